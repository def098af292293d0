"""SMS by Kannel.

out     GET {url}/cgi-bin/sendsms?username=…&password=…&from=1414&to=%2B77011234567&text=…&charset=UTF-8&coding=2
            &dlr-mask=31&dlr-url=…          → 202 «0: Accepted for delivery» or «3: Queued for later delivery»
            (coding=0 where the alphabet of GSM has every letter; Kannel cuts long texts itself)
in      GET /sms/kannel/{secret}/mo?from=%p&to=%P&text=%b&id=%I&ts=%T    → 200 and nothing, or the person gets it
report  GET /sms/kannel/{secret}/dlr?id=…&type=%d                       → 200

answer                      outcome             report              status
2xx with «0:» or «3:»       Sent                1                   delivered
408, 429, other 5xx         Retry               2, 16               failed, rejected
502, 504, other 2xx, none   Unclear             4                   buffered
other 4xx                   Rejected            8                   sent
"""

import re
from collections.abc import Collection, Mapping
from datetime import datetime
from urllib.parse import quote, unquote_to_bytes

from msgspec import Struct

from dialogs.sms_length import fitted, is_latin
from gateway.channels import Attempt, Inbound, Letter, Rejected, Retry, Sent, Unclear
from gateway.letters import Delivery, Status
from gateway.routes import inbound
from gateway.routes.http import Reply, Wire, pause
from gateway.routes.route import Ignored

NAME = "kannel"

_REPORTS = {
    b"1": Status.DELIVERED,
    b"2": Status.FAILED,
    b"4": Status.BUFFERED,
    b"8": Status.SENT,
    b"16": Status.REJECTED,
}
_TAKEN = re.compile(rb"(?<!\d)[03]:(?:[^:\n]*:\s*([\w.-]{1,64}))?")
"""With Kannel's own name for the message behind it, or without: «0: Accepted for delivery: 7b1f-9»."""
_AGAIN = (408, 429)
_UNCLEAR = (502, 504)
"""The words of something between us and Kannel, that has heard nothing from it; as is any other 2xx."""
_LONGEST_VALUE = 3 * (inbound.LONGEST_BODY + 4)
"""Of a field, as it stands in the address: what comes after it is not read anyway."""


class Account(Struct, frozen=True):
    """How Kannel knows us, and where it reports."""

    url: str
    username: str
    password: str
    sender: str
    reports: str
    """`https://…/sms/kannel/{secret}/dlr`"""


def parse_mo(query: bytes, secret: bytes, now: datetime, own: Collection[str] = ()) -> Inbound | Ignored:
    """One message of a person, from the query string. `own`: numbers that we send from."""
    fields = _fields(query)
    to = fields.get(b"to", b"").decode("ascii", "replace").strip()
    phone = inbound.person(fields.get(b"from", b"").decode("ascii", "replace"), (*own, to))
    if isinstance(phone, Ignored):
        return phone
    body = fields.get(b"text", b"")
    given, sent = fields.get(b"id", b""), fields.get(b"ts", b"")
    name = inbound.name(secret, now, given=given, phone=phone.e164, body=body, sent=sent)
    return Inbound(f"kannel:{name}", f"sms:{phone.e164}", inbound.content(body))


def parse_dlr(query: bytes) -> Delivery | Ignored:
    fields = _fields(query)
    status = _REPORTS.get(fields.get(b"type", b""))
    letter = fields.get(b"id", b"").decode(errors="replace")
    if status is None or not letter:
        return Ignored("no report about a letter")
    return Delivery(letter, status)


def build(letter: Letter, account: Account) -> dict[str, str]:
    """The parameters of a sendsms request. `%d` in the report's address is filled in by Kannel."""
    text = fitted(letter.text)
    return {
        "username": account.username,
        "password": account.password,
        "from": account.sender,
        "to": letter.address.removeprefix("sms:"),
        "text": text,
        "charset": "UTF-8",
        "coding": "0" if is_latin(text) else "2",
        "dlr-mask": "31",
        "dlr-url": f"{account.reports}?id={quote(letter.id, safe=':')}&type=%d",
    }


def read(status: int, body: bytes, headers: Mapping[str, str]) -> Attempt:
    if 200 <= status < 300 and (taken := _TAKEN.search(body)):
        return Sent((taken[1] or b"").decode())
    if 400 <= status < 500 and status not in _AGAIN:
        return Rejected(f"Kannel answered {status}")
    if status in _UNCLEAR or 200 <= status < 300:
        return Unclear(f"Kannel answered {status}")
    return Retry(f"Kannel answered {status}", pause(headers))


class Kannel:
    """The route."""

    name = NAME

    def __init__(self, account: Account, wire: Wire | None = None) -> None:
        self._account = account
        self._url = f"{account.url}/cgi-bin/sendsms"
        self._wire = wire or Wire("Kannel")

    async def send(self, letter: Letter) -> Attempt:
        answer = await self._wire.ask(
            "GET", self._url, params=build(letter, self._account), gives_way=letter.broadcast
        )
        return read(answer.status, answer.body, answer.headers) if isinstance(answer, Reply) else answer

    async def ask(self, letter: Letter) -> Attempt:
        """Only its reports tell."""
        return Unclear(f"Kannel cannot be asked about {letter.id}")

    async def aclose(self) -> None:
        await self._wire.aclose()


def _fields(query: bytes) -> dict[bytes, bytes]:
    """Bytes, because nobody promises UTF-8. The first of two fields of one name counts."""
    found: dict[bytes, bytes] = {}
    for pair in query.split(b"&"):
        name, _, value = pair.partition(b"=")
        found.setdefault(name, unquote_to_bytes(value[:_LONGEST_VALUE].replace(b"+", b" ")))
    return found

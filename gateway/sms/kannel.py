"""SMS by Kannel.

out     GET {url}/cgi-bin/sendsms?username=…&password=…&from=1414&to=%2B77011234567&text=…&charset=UTF-8&coding=2
            &dlr-mask=31&dlr-url=…          → 202 «0: Accepted for delivery» or «3: Queued for later delivery»
in      GET /sms/kannel/{secret}/mo?from=%p&to=%P&text=%b&id=%I&ts=%T    → 200 and nothing, or the person gets it
report  GET /sms/kannel/{secret}/dlr?id=…&type=%d                       → 200

answer                      outcome             report              status
2xx with «0:» or «3:»       Sent                1                   delivered
408, 429, 5xx, other 2xx    Retry               2, 16               failed, rejected
no answer                   Retry               4                   buffered
other 4xx                   Rejected            8                   sent
"""

import logging
import re
from collections.abc import Mapping
from datetime import datetime
from hashlib import blake2b
from urllib.parse import quote, unquote_to_bytes

from msgspec import Struct

from dialogs.messages import Content, Text, Unreadable
from dialogs.people import read_phone
from gateway.channels import Inbound, Letter, Outcome, Rejected, Retry, Sent
from gateway.letters import Delivery, Status

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
_PLAIN = re.compile(rb"[\w.-]{1,64}", re.ASCII)
"""A name that can stand in the address for reports without escapes, which Kannel would take for its own."""
_PATIENCE = 20.0
_CONNECTIONS = 64


class Ignored(Struct, frozen=True):
    """Taken with 200 and left unanswered: asking Kannel to repeat it would not change it."""

    reason: str


class Account(Struct, frozen=True):
    """How Kannel knows us, and where it reports."""

    url: str
    username: str
    password: str
    sender: str
    reports: str
    """`https://…/sms/kannel/{secret}/dlr`"""


def parse_mo(query: bytes, secret: bytes, now: datetime) -> Inbound | Ignored:
    """One message of a person, from the query string."""
    fields = _fields(query)
    sender = fields.get(b"from", b"")
    phone = read_phone(sender.decode("ascii", "replace"))
    if phone is None:
        return Ignored("no phone" if not sender else "not a person's phone")
    body = fields.get(b"text", b"")
    given = fields.get(b"id", b"")
    if not given:
        name = _derived(secret, sender, body, fields.get(b"ts") or f"{now:%Y-%m-%d %H:%M}".encode())
    elif _PLAIN.fullmatch(given):
        name = given.decode()
    else:
        name = _derived(secret, given)
    return Inbound(f"kannel:{name}", f"sms:{phone.e164}", _content(body))


def parse_dlr(query: bytes) -> Delivery | Ignored:
    fields = _fields(query)
    status = _REPORTS.get(fields.get(b"type", b""))
    letter = fields.get(b"id", b"").decode(errors="replace")
    if status is None or not letter:
        return Ignored("no report about a letter")
    return Delivery(letter, status)


def build(letter: Letter, account: Account) -> dict[str, str]:
    """The parameters of a sendsms request. `%d` in the report's address is filled in by Kannel."""
    return {
        "username": account.username,
        "password": account.password,
        "from": account.sender,
        "to": letter.address.removeprefix("sms:"),
        "text": letter.text,
        "charset": "UTF-8",
        "coding": "2",
        "dlr-mask": "31",
        "dlr-url": f"{account.reports}?id={quote(letter.id, safe=':')}&type=%d",
    }


def read(status: int, body: bytes, headers: Mapping[str, str]) -> Outcome:
    if 200 <= status < 300 and (taken := _TAKEN.search(body)):
        return Sent((taken[1] or b"").decode())
    if 400 <= status < 500 and status not in _AGAIN:
        return Rejected(f"Kannel answered {status}")
    after = headers.get("retry-after", "")
    return Retry(f"Kannel answered {status}", float(after) if after.isdecimal() else None)


class Kannel:
    """The channel: one client, so that connections stay open."""

    def __init__(self, account: Account) -> None:
        import httpx  # half of the program's start, and only needed where Kannel is connected

        logging.getLogger("httpx").setLevel(logging.WARNING)  # it writes whole addresses, phone and password too
        self._account = account
        self._url = f"{account.url}/cgi-bin/sendsms"
        self._broken = httpx.HTTPError
        limits = httpx.Limits(max_connections=_CONNECTIONS, max_keepalive_connections=_CONNECTIONS)
        self._client = httpx.AsyncClient(timeout=_PATIENCE, limits=limits, trust_env=False)

    async def send(self, letter: Letter) -> Outcome:
        try:
            answer = await self._client.get(self._url, params=build(letter, self._account))
        except self._broken as error:
            return Retry(f"Kannel: {type(error).__name__}")
        return read(answer.status_code, answer.content, answer.headers)

    async def aclose(self) -> None:
        await self._client.aclose()


def _fields(query: bytes) -> dict[bytes, bytes]:
    """Bytes, because nobody promises UTF-8. The first of two fields of one name counts."""
    found: dict[bytes, bytes] = {}
    for pair in query.split(b"&"):
        name, _, value = pair.partition(b"=")
        found.setdefault(name, unquote_to_bytes(value.replace(b"+", b" ")))
    return found


def _content(body: bytes) -> Content:
    """Kannel hands over UTF-16 as it came from the operator unless it is told to convert; then every other byte is
    the number of an alphabet: 0 for Latin, 4 for Cyrillic."""
    encoding = "utf-16-be" if len(body) % 2 == 0 and (b"\x00" in body[::2] or b"\x04" in body[::2]) else "utf-8"
    try:
        return Text(body.decode(encoding))
    except UnicodeDecodeError:
        return Unreadable("other")


def _derived(secret: bytes, *parts: bytes) -> str:
    """The same message gets the same name, and without the secret nobody finds the phone in it."""
    return blake2b(b"\0".join(parts), key=secret[:64], digest_size=12).hexdigest()

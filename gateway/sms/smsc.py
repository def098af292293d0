"""SMS by smsc.kz; smsc.ru and its other houses speak alike. UTF-8 is said each time: the default is windows-1251.

out     POST {url}/rest/send/        {"login":…,"psw":…,"phones":"+77011234567","mes":"Сәлем","id":"k4f…",
                                      "sender":…,"charset":"utf-8","fmt":3}     {"id":"k4f…","cnt":1}
ask     POST {url}/sys/status.php    login=…&psw=…&phone=%2B77011234567&id=k4f…&fmt=3&charset=utf-8
                                                               {"status":1,"last_date":…,"last_timestamp":1583948130}
wrong   {"error":"invalid number","error_code":7,"id":"k4f…"}
report  POST /sms/smsc/{secret}/status   id=k4f…&phone=77011234567&status=1&time=…&ts=…&sha1=…
in      POST /sms/smsc/{secret}/mo       id=998877&phone=77011234567&mes=1&to=77750000000&ts=…&sha1=…
        sha1 or md5 of «id:phone:status:word», «phone:mes:to:word»

error                                   outcome      status                       report      asked for
2 password, 3 money, 4 blocked          Retry        -3 not found                             Retry
9 «too many concurrent»                 Retry        -2 stopped, -1 waits         accepted    Sent
9 the same within a minute              Unclear      0 with the operator          sent        Sent
1 parameters, 6 forbidden text,         Rejected     1, 2 read, 4 link followed   delivered   Sent
  7 no such number, 8 no way there                   3 expired, 20 impossible     failed      Sent
anything else                           Unclear      22 number, 23 forbidden,     rejected    Rejected
                                                       25 no way there
                                                     24 no money                  rejected    Retry
"""

from datetime import UTC, datetime
from hashlib import blake2b, md5, sha1
from hmac import compare_digest
from urllib.parse import unquote_to_bytes

import msgspec
from msgspec import Struct

from dialogs.people import Phone
from dialogs.sms_length import fitted
from gateway.channels import Attempt, Inbound, Letter, Rejected, Retry, Sent, Unclear
from gateway.connection import RedisAwayError
from gateway.letters import Status
from gateway.routes import inbound
from gateway.routes.http import Wire
from gateway.routes.named import Named
from gateway.routes.route import Ignored

NAME = "smsc"

Pairs = list[tuple[bytes, bytes]]
"""The fields of a form, in bytes, because the signature is over bytes. Of two of one name the first counts."""

_NOT_FOUND, _NO_MONEY = -3, 24
_REFUSED = (22, 23, 25)
_DELIVERED = (1, 2, 4)
_REPORTS = {
    -2: Status.ACCEPTED,
    -1: Status.ACCEPTED,
    0: Status.SENT,
    3: Status.FAILED,
    20: Status.FAILED,
    _NO_MONEY: Status.REJECTED,
    **dict.fromkeys(_REFUSED, Status.REJECTED),
    **dict.fromkeys(_DELIVERED, Status.DELIVERED),
}
_OFFICE = {2: "wrong login or password", 3: "no money left", 4: "our address is blocked for a while"}
"""The letter is as good as any other; somebody has to look after the account."""
_NEVER = {1: "wrong parameters", 6: "the text or the sender is forbidden", 7: "no such number", 8: "no way there"}
_SAME = 9
_TOO_MANY = "concurrent"
_AT_ONCE = 12
"""Connections: fifteen requests at the same time are one too many there."""
_SIGNS = {b"sha1": sha1, b"md5": md5}
"""Not crc32, which anybody can make fit."""


class Account(Struct, frozen=True):
    """How smsc knows us. `apikey` stands in the place of login and password."""

    url: str
    login: str
    password: str
    apikey: str
    sender: str
    """Empty: the account's own."""
    word: str
    """What it signs its reports and messages with."""

    @property
    def keys(self) -> dict[str, str]:
        return {"apikey": self.apikey} if self.apikey else {"login": self.login, "psw": self.password}


class Told(Struct, frozen=True):
    """Any answer of theirs."""

    id: int | str = ""
    status: int | None = None
    error: str = ""
    error_code: int | None = None


def own_numbers(account: Account) -> frozenset[str]:
    return inbound.own_numbers(account.sender)


def name(letter: str) -> str:
    """What smsc is told to call a letter: up to forty Latin letters and digits, the same for the same letter."""
    return "k" + blake2b(letter.encode(), digest_size=16).hexdigest()


def parse_report(pairs: Pairs) -> tuple[str, Status] | Ignored:
    """smsc's name for the letter, and what became of it."""
    fields = dict(reversed(pairs))
    try:
        status = _REPORTS.get(int(fields.get(b"status", b"")))
    except ValueError:
        status = None
    given = fields.get(b"id", b"").decode(errors="replace")
    return (given, status) if status is not None and given else Ignored("no report about a letter")


def parse_mo(pairs: Pairs, secret: bytes, now: datetime, own: frozenset[str]) -> Inbound | Ignored:
    """One message of a person."""
    fields = dict(reversed(pairs))
    ours = own | inbound.own_numbers(fields.get(b"to", b"").decode("ascii", "replace"))
    sender = inbound.person(fields.get(b"phone", b"").decode("ascii", "replace"), ours)
    if not isinstance(sender, Phone):
        return sender
    body, ts = fields.get(b"mes", b""), fields.get(b"ts", b"")
    sent = f"{datetime.fromtimestamp(int(ts), UTC):%Y-%m-%d %H:%M:%S}".encode() if _is_time(ts) else b""
    called = inbound.name(secret, now, given=fields.get(b"id", b""), phone=sender.e164, body=body, sent=sent)
    return Inbound(f"{NAME}:{called}", f"sms:{sender.e164}", inbound.content(body))


def is_signed(pairs: Pairs, signed: tuple[bytes, ...], word: bytes) -> bool:
    """`signed`: the fields that the signature covers. Several may be given, for the address can bring one of its own;
    one that fits is enough."""
    fields = dict(reversed(pairs))
    whole = b":".join((*(fields.get(field, b"") for field in signed), word))
    given = [(_SIGNS[field], value) for field, value in pairs if field in _SIGNS]
    return bool(word) and any(
        compare_digest(value.lower(), make(whole, usedforsecurity=False).hexdigest().encode())
        for make, value in given
    )


def pairs_of(form: bytes) -> Pairs:
    split = (pair.partition(b"=") for pair in form.split(b"&") if pair)
    return [(field, unquote_to_bytes(value.replace(b"+", b" "))) for field, _, value in split]


def build(letter: Letter, account: Account) -> dict[str, str | int]:
    """What is sent. With the plus, smsc does not correct the number."""
    return {
        **account.keys,
        "phones": letter.address.removeprefix("sms:"),
        "mes": fitted(letter.text),
        "id": name(letter.id),
        **({"sender": account.sender} if account.sender else {}),
        "charset": "utf-8",
        "fmt": 3,
    }


def build_question(letter: Letter, account: Account) -> dict[str, str]:
    phone = letter.address.removeprefix("sms:")
    return {**account.keys, "phone": phone, "id": name(letter.id), "fmt": "3", "charset": "utf-8"}


def read(body: bytes) -> Attempt:
    told = _told(body)
    if told is None:
        return Unclear("smsc: not the answer that was agreed on")
    code = told.error_code
    if code is None:
        return Sent(str(told.id)) if told.id and not told.error else Unclear("smsc: neither taken nor refused")
    if code in _OFFICE:
        return Retry(f"smsc: {_OFFICE[code]}")
    if code in _NEVER:
        return Rejected(f"smsc: {_NEVER[code]}")
    if code == _SAME and _TOO_MANY in told.error:
        return Retry("smsc: too many requests at once")
    return Unclear(f"smsc: error {code}")


def read_status(body: bytes) -> Attempt:
    """What the answer means to a letter of which nobody knew whether it had arrived there."""
    told = _told(body)
    if told is None or told.error_code is not None or told.status is None:
        return Unclear(f"smsc: error {told.error_code}" if told else "smsc: not the answer that was agreed on")
    if told.status == _NOT_FOUND:
        return Retry("smsc: it was never there")
    if told.status == _NO_MONEY:
        return Retry(f"smsc: {_OFFICE[3]}")
    if told.status in _REFUSED:
        return Rejected(f"smsc: status {told.status}")
    return Sent("", told.status in _DELIVERED)


class Smsc:
    """The route."""

    def __init__(self, account: Account, named: Named, wire: Wire | None = None) -> None:
        self.name = NAME
        self._account = account
        self._named = named
        self._wire = wire or Wire(NAME, connections=_AT_ONCE)

    async def send(self, letter: Letter) -> Attempt:
        try:  # first, for a report may be faster than the answer
            await self._named.remember(NAME, name(letter.id), letter.id)
        except RedisAwayError:
            return Retry("smsc: its name for the letter could not be written down")
        url, body = f"{self._account.url}/rest/send/", build(letter, self._account)
        return await self._wire.hand_over(url, read, json=body, gives_way=letter.broadcast)

    async def ask(self, letter: Letter) -> Attempt:
        question = build_question(letter, self._account)
        return await self._wire.look_up(f"{self._account.url}/sys/status.php", read_status, data=question)

    async def aclose(self) -> None:
        await self._wire.aclose()


def _told(body: bytes) -> Told | None:
    try:
        return msgspec.json.decode(body, type=Told, strict=False)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def _is_time(ts: bytes) -> bool:
    return len(ts) <= 10 and ts.isdigit()

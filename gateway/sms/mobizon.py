"""SMS by mobizon.kz. Nothing comes in there. Each call carries the key in its address, as they want it.

out     POST {url}/service/message/sendsmsmessage?output=json&api=v1&apiKey=…
            recipient=77011234567&text=…&from=…   {"code":0,"data":{"campaignId":1,"messageId":169275418,"status":2}}
status  POST {url}/service/message/getsmsstatus?…     ids[0]=169275418
                                      {"code":0,"data":[{"id":169275418,"status":"DELIVRD","segNum":1,…}]}
ask     POST {url}/service/message/list?…             criteria[to]=77011234567&criteria[text]=…&sort[campaignId]=DESC
                                      {"code":0,"data":{"items":[{"id":169275418,"startSendTs":…}],"totalItemCount":"1"}}
report  POST /sms/mobizon/{secret}/status
            {"eventId":26,"eventType":"sms-delivery-report","eventCreateTs":"2026-01-15 11:42:28","attempt":1,
             "data":{"messageId":169275418,"status":"DELIVRD",…},"sign":sha1 of «eventId|attempt|eventCreateTs|word»}
        The signature does not cover what is reported: only what a status call answers is believed.

code                                              outcome       status             report
0                                                 Sent          NEW, ENQUEUD       accepted
8 key, 9 no access, 13 wrong server, 14 blocked   Retry         ACCEPTD, PDLIVRD   sent
4, 5, 6 wrong address, 15 details in words        Retry         DELIVRD            delivered
30 too often                                      Retry         UNDELIV, EXPIRED   failed
1, 11, 12 the letter's fields                     Rejected      REJECTD, DELETED   rejected
1 the sender                                      Retry
3, 10, 98, 99, 100, 999, anything else            Unclear
"""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from hashlib import sha1
from hmac import compare_digest
from typing import Any, TypeVar

import msgspec
from msgspec import Struct

from dialogs.sms_length import fitted
from gateway.channels import Attempt, Letter, Rejected, Retry, Sent, Unclear
from gateway.connection import RedisAwayError
from gateway.letters import Status
from gateway.routes.http import Reply, Wire
from gateway.routes.named import Named

NAME = "mobizon"

_T = TypeVar("_T")

_REPORTS = {
    "NEW": Status.ACCEPTED,
    "ENQUEUD": Status.ACCEPTED,
    "ACCEPTD": Status.SENT,
    "PDLIVRD": Status.SENT,
    "DELIVRD": Status.DELIVERED,
    "UNDELIV": Status.FAILED,
    "EXPIRED": Status.FAILED,
    "REJECTD": Status.REJECTED,
    "DELETED": Status.REJECTED,
}
FINAL = frozenset((Status.DELIVERED, Status.FAILED, Status.REJECTED))
_OFFICE = {
    4: "no such module",
    5: "no such method",
    6: "no such format",
    8: "wrong key",
    9: "no access",
    13: "another server serves this account",
    14: "the account is blocked",
    15: "it was not done",
    30: "too often",
}
"""The letter is as good as any other; somebody has to look after the account."""
_NEVER = (1, 11, 12)
_DELIVERY = "sms-delivery-report"
_LISTED = 25
_CLOCKS_DIFFER = timedelta(days=1)
"""Nobody says in which zone they write times, so this is between any two."""


class Account(Struct, frozen=True):
    """How Mobizon knows us."""

    url: str
    apikey: str
    sender: str
    """Empty: the account's own."""
    word: str
    """What it signs its reports with."""


class Told(Struct, frozen=True):
    """Any answer of theirs."""

    code: int
    data: msgspec.Raw = msgspec.Raw(b"null")


class Taken(Struct, frozen=True, rename="camel"):
    message_id: int


class One(Struct, frozen=True, rename="camel"):
    """A message, as the list and the status call have it."""

    id: int
    status: str = ""
    start_send_ts: str | None = None


class Listed(Struct, frozen=True):
    items: tuple[One, ...] = ()


class Event(Struct, frozen=True, rename="camel"):
    event_id: int | str
    event_create_ts: str
    attempt: int | str
    sign: str
    event_type: str = ""
    data: msgspec.Raw = msgspec.Raw(b"null")


def parse_event(body: bytes) -> Event | None:
    return _decode(body, Event)


def is_signed(event: Event, word: str) -> bool:
    """That they have sent something, at least."""
    whole = f"{event.event_id}|{event.attempt}|{event.event_create_ts}|{word}".encode()
    ours = sha1(whole, usedforsecurity=False).hexdigest()
    return bool(word) and compare_digest(event.sign.lower().encode(), ours.encode())


def reported(event: Event) -> int | None:
    """The message that it is about."""
    data = _decode(event.data, Taken) if event.event_type == _DELIVERY else None
    return data.message_id if data else None


def build(letter: Letter, account: Account) -> dict[str, str]:
    form = {"recipient": _digits(letter), "text": fitted(letter.text)}
    return form | {"from": account.sender} if account.sender else form


def build_question(letter: Letter) -> dict[str, str]:
    """For messages to the same phone with the same text, the newest first."""
    return {
        "criteria[to]": _digits(letter),
        "criteria[text]": fitted(letter.text),
        "pagination[currentPage]": "0",
        "pagination[pageSize]": str(_LISTED),
        "sort[campaignId]": "DESC",
    }


def read(body: bytes) -> Attempt:
    told = _decode(body, Told)
    if told is None:
        return Unclear("mobizon: not the answer that was agreed on")
    if told.code == 0:
        taken = _decode(told.data, Taken)
        return Sent(str(taken.message_id)) if taken else Unclear("mobizon: taken, without a name")
    if told.code in _OFFICE:
        return Retry(f"mobizon: {_OFFICE[told.code]}")
    wrong = _decode(told.data, dict[str, Any]) or {}
    if told.code in _NEVER:
        return (
            Retry("mobizon: the sender is refused") if set(wrong) == {"from"} else Rejected(f"mobizon: {told.code}")
        )
    return Unclear(f"mobizon: code {told.code}")


def read_list(body: bytes, letter: Letter) -> tuple[str, ...] | None:
    """Names of the messages that this letter may be. None: there was no answer to that."""
    told = _decode(body, Told)
    listed = _decode(told.data, Listed) if told and told.code == 0 else None
    if listed is None:
        return None
    since = datetime.fromtimestamp(letter.created, UTC) - _CLOCKS_DIFFER
    return tuple(str(one.id) for one in listed.items if _left(one, since) >= since)


def read_status(body: bytes, message: int) -> Status | None:
    """None: nobody knows."""
    told = _decode(body, Told)
    listed = _decode(told.data, tuple[One, ...]) if told and told.code == 0 else None
    return next((_REPORTS.get(one.status) for one in listed or () if one.id == message), None)


class Mobizon:
    """The route."""

    def __init__(self, account: Account, named: Named, wire: Wire | None = None) -> None:
        self.name = NAME
        self._account = account
        self._named = named
        self._wire = wire or Wire(NAME)
        self._params = {"output": "json", "api": "v1", "apiKey": account.apikey}

    async def send(self, letter: Letter) -> Attempt:
        form = build(letter, self._account)
        url, gives_way = self._url("sendsmsmessage"), letter.broadcast
        attempt = await self._wire.hand_over(url, read, params=self._params, data=form, gives_way=gives_way)
        if isinstance(attempt, Sent):
            with suppress(RedisAwayError):  # then no report is matched, but it left
                await self._named.claim(NAME, attempt.provider, letter.id)
        return attempt

    async def ask(self, letter: Letter) -> Attempt:
        """They know no names of ours, so one that looks like it, and that is no other letter of ours, is it. If there
        is none, it may still be on its way."""
        form = build_question(letter)
        reply = await self._wire.ask("POST", self._url("list"), params=self._params, data=form)
        listed = read_list(reply.body, letter) if isinstance(reply, Reply) and reply.status < 300 else None
        if listed is None:
            return Unclear("mobizon: the list cannot be had")
        try:
            for name in listed:
                if await self._named.claim(NAME, name, letter.id):
                    return Sent(name)
        except RedisAwayError:
            return Unclear("mobizon: its names for letters cannot be looked up")
        return Unclear("mobizon: not in the list yet")

    async def status(self, message: int) -> Status | None:
        """What has become of it, in their own words and not in anybody's who writes to us. None: nobody knows."""
        reply = await self._wire.ask(
            "POST", self._url("getsmsstatus"), params=self._params, data={"ids[0]": str(message)}
        )
        return read_status(reply.body, message) if isinstance(reply, Reply) and reply.status < 300 else None

    async def aclose(self) -> None:
        await self._wire.aclose()

    def _url(self, method: str) -> str:
        return f"{self._account.url}/service/message/{method}"


def _digits(letter: Letter) -> str:
    return letter.address.removeprefix("sms:+")


def _left(one: One, otherwise: datetime) -> datetime:
    """One that has not left yet has no time."""
    try:
        return datetime.strptime(one.start_send_ts or "", "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
    except ValueError:
        return otherwise


def _decode(body: bytes | msgspec.Raw, type: type[_T]) -> _T | None:
    """Numbers may come as text: PHP is not strict there."""
    try:
        return msgspec.json.decode(body, type=type, strict=False)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None

"""The other side: phones, with an operator between, and E-Sobes."""

import asyncio
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, timedelta

import httpx
import msgspec
from msgspec import Struct

from gateway.channels import Letter, Outcome, Rejected, Retry, Sent


class Way(Struct, frozen=True):
    """How an address is served."""

    mode: str = "takes"
    """`takes`; `refuses` for good; `away` for now; `silent`: takes the next letter, and the answer gets lost."""
    report: str = "none"
    """`delivered`, `failed`, or none ever comes."""


class Shown(Struct, frozen=True):
    letter: Letter
    at: datetime
    report: str


class Operator:
    """A channel. The phone shows a letter once, however often it comes."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.ways: dict[str, Way] = {}
        self.shown: dict[str, Shown] = {}
        self.fates: dict[str, str] = {}
        """Letter → `taken`, `delivered`, `failed`, `refused`."""
        self.sent: Counter[str] = Counter()
        self.unheard: Counter[str] = Counter()
        """Letters whose answer got lost."""
        self.reports: list[tuple[str, str]] = []
        """What has to be reported."""
        self.troubled: set[str] = set()
        """Addresses that were not always served."""
        self._now = now

    def serve(self, address: str, way: Way) -> None:
        self.ways[address] = way
        if way != Way():
            self.troubled.add(address)

    def serves(self, address: str) -> bool:
        return self.ways.get(address, Way()).mode != "away"

    async def send(self, letter: Letter) -> Outcome:
        way = self.ways.get(letter.address, Way())
        if way.mode == "away":
            return Retry("nobody answers")
        if way.mode == "refuses":
            self.fates.setdefault(letter.id, "refused")
            return Rejected("no such number")
        self.sent[letter.id] += 1
        if letter.id not in self.shown:
            report = way.report if letter.address.startswith("sms:") else "none"
            self.shown[letter.id] = Shown(letter, self._now(), report)
            self.fates[letter.id] = "taken"
            if report != "none":
                self.reports.append((letter.id, report))
        if way.mode == "silent":
            self.ways[letter.address] = msgspec.structs.replace(way, mode="takes")
            self.unheard[letter.id] += 1
            return Retry("the answer got lost")
        return Sent(f"p{len(self.shown)}")


class Told(Struct, frozen=True):
    key: str
    path: str
    body: bytes
    at: datetime


class Final(Struct, frozen=True):
    """An answer after which nothing is repeated."""

    key: str
    status: int
    held: str | None
    at: datetime
    sign_by: date | None = None
    """Of a wish to postpone."""


class Ministry:
    """E-Sobes at httpx' own seam."""

    def __init__(
        self, now: Callable[[], datetime], last_word: frozenset[str], passed_on: frozenset[str] = frozenset()
    ) -> None:
        self.down = False
        self.postponed: Counter[str] = Counter()
        """How often each invitation was."""
        self._passed_on = passed_on
        self.troubles: list[str] = []
        """What happens to the next calls, one after the other."""
        self.slow: str | None = None
        """The offer of which nothing is answered."""
        self.holds: dict[str, str] = {}
        """Offer → the answer that E-Sobes goes by."""
        self.told: dict[str, Told] = {}
        """Key → what came with it first, in the order of coming."""
        self.finals: list[Final] = []
        self.wrong: list[str] = []
        self.calls = 0
        self._now = now
        self._last_word = last_word
        self._first: dict[str, httpx.Response] = {}
        self._heard: set[str] = set()
        """Keys whose answer has arrived: they come again only if the program died in the next moment."""
        self._released = asyncio.Event()

    def release(self) -> None:
        self.slow = None
        self._released.set()
        self._released = asyncio.Event()

    async def answer(self, request: httpx.Request) -> httpx.Response:
        self.calls += 1
        key, path = request.headers["idempotency-key"], request.url.path.removeprefix("/api")
        told = Told(key, path, request.content, self._now())
        trouble = ""
        if key not in self._heard:
            if self.down:
                raise httpx.ConnectError("refused", request=request)
            trouble = self.troubles.pop(0) if self.troubles else ""
        if trouble == "busy":
            return httpx.Response(503, headers={"retry-after": "20"})
        if trouble == "unreachable":
            raise httpx.ConnectError("refused", request=request)
        if trouble == "unknown":
            self._first.setdefault(key, httpx.Response(404, json={"title": "no such offer"}))
        self._take(told)
        while self.slow is not None and f"/{self.slow}/" in path:
            await self._released.wait()
        if trouble == "cut":
            raise httpx.ReadError("cut", request=request)
        if trouble == "half":
            return httpx.Response(200, content=b'{"offer')
        said = self._first[key]
        if key not in self._heard:
            self._heard.add(key)
            body = msgspec.json.decode(said.content)
            sign_by = body.get("sign_by")
            self.finals.append(
                Final(
                    key,
                    said.status_code,
                    body.get("answer") if said.status_code == 409 else None,
                    self._now(),
                    date.fromisoformat(sign_by) if sign_by else None,
                )
            )
        return httpx.Response(said.status_code, content=said.content)

    def _take(self, told: Told) -> None:
        before = self.told.setdefault(told.key, told)
        if (before.path, before.body) != (told.path, told.body):
            self.wrong.append(f"{told.key} came with other words")
        offer, _, number = told.key.rpartition(":")
        if (
            before is told
            and number.isdigit()
            and int(number) > 1
            and f"{offer}:{int(number) - 1}" not in self._heard
        ):
            self.wrong.append(f"{told.key} came before the one before it was answered")
        if told.key not in self._first:
            self._first[told.key] = self._decide(offer, told)

    def _postpone(self, told: Told) -> httpx.Response:
        """Some days are left to sign it in, or nothing is said of that."""
        invitation, until = told.path.split("/")[2], msgspec.json.decode(told.body)["arrive_by"]
        if invitation in self._passed_on:
            return httpx.Response(409, json={"title": "the place was passed on"})
        self.postponed[invitation] += 1
        left = sum(map(ord, f"{invitation}{until}")) % 9
        sign_by = str(told.at.date() + timedelta(left)) if left else None
        return httpx.Response(200, json={"arrive_by": until, "signed": False, "sign_by": sign_by})

    def _decide(self, offer: str, told: Told) -> httpx.Response:
        if told.path.startswith("/invitations/"):
            return self._postpone(told)
        if told.path == "/requests":
            return httpx.Response(201, json={"application": {"id": "A"}})
        answer = msgspec.json.decode(told.body)["answer"]
        held = self.holds.setdefault(offer, answer)
        if held == "refusal" and answer == "consent" and offer not in self._last_word:
            held = self.holds[offer] = answer
        if held != answer:
            return httpx.Response(409, json={"title": "another answer is held", "answer": held})
        return httpx.Response(200, json={})

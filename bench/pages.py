"""Pages of the staff console with a year behind it: a million lines of the SMS journal and a hundred thousand open
matters. By itself: `python -m bench.pages`."""

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, process_time

import httpx
import msgspec
import uvloop
from msgspec import Struct, structs
from redis.asyncio import Redis

from bench import matters
from bench.contenders import LOCALES
from bench.load import LoadError
from bench.memory import used
from bench.pending import MONDAY, Command, Hand, Pending, iin, phone, pour
from bench.processes import Cores, split_cores
from bench.tables import met, table
from bot.app import settle_memory
from dialogs import dialogue
from dialogs.dialogue import Dialogue
from dialogs.matters.letters import Letters as Wording
from dialogs.matters.matter import Answer, Given, Telling
from dialogs.messages import Surface
from gateway.channels import Letter
from gateway.connection import Batched, close, connect
from gateway.embedded import Embedded
from gateway.esobes.relays import Backlog
from gateway.journal.index import JournalIndex
from gateway.journal.journal import Entry, journal_key
from gateway.journal.making import Making
from gateway.journal.pages import LOOK, JournalPages
from gateway.journal.subject import subject
from gateway.matters.shelves import shelve
from gateway.matters.store import home_of
from gateway.staff.accounts import Account, Accounts, Held
from gateway.staff.deeds import Deeds
from gateway.staff.roles import Role
from gateway.staff.sessions import Sessions
from gateway.web import app
from gateway.web.staff.console import Console
from gateway.web.staff.cookies import SESSION, Cookies
from gateway.web.staff.journal import JournalRoom
from gateway.web.staff.matters import MattersRoom
from gateway.web.staff.origin import Origin
from gateway.web.staff.person import PersonRoom

OPEN = 100_000
PEOPLE = 200_000
EACH = 5
"""Lines of a person: asked, reminded, an answer, what was said to it, a decision."""
LINES = PEOPLE * EACH
DAYS = 365
TIMES = 60
AIM = 0.1
URL = "http://bench"
_WARM = 3
_BREATH = 0.001

_WRITE = "redis.call('XADD', KEYS[1], ARGV[1], 'entry', ARGV[2]) return 1"
"""Answers with a number, as all that is poured."""

_encode = msgspec.json.Encoder().encode
Call = Callable[[int], Awaitable[httpx.Response]]


class Shown(Struct, frozen=True):
    page: str
    waits: list[float]
    """Seconds."""
    cpu: float
    """Of this process, each time."""
    held: float
    """The longest that nobody else was served meanwhile."""

    def at(self, share: float) -> float:
        return sorted(self.waits)[int((len(self.waits) - 1) * share)]


class PageResults(Struct, frozen=True):
    pages: list[Shown]
    line: float
    """Bytes of Redis, each for one."""
    words: float
    """Of a line, its words."""
    index: float
    shelf: float
    indexed: float
    """Seconds for all lines."""

    def aim(self) -> str:
        slowest = max(page.at(0.5) for page in self.pages)
        aim = met(f"≤ {AIM * 1e3:.0f} ms", slowest <= AIM)
        return f"The slowest page of the console takes {slowest * 1e3:.0f} ms (median). Aim: {aim}."

    def text(self) -> str:
        heads = ["page", "median ms", "p95 ms", "server CPU ms", "others wait at most, ms"]
        lines = [
            [
                one.page,
                *(f"{one.at(share) * 1e3:.1f}" for share in (0.5, 0.95)),
                f"{one.cpu * 1e3:.1f}",
                f"{one.held * 1e3:.1f}",
            ]
            for one in self.pages
        ]
        kept = [
            ["a line of the SMS journal, with its words", f"{self.line:.0f}"],
            ["of this, the words", f"{self.words:.0f}"],
            ["its places in the index, with those of its person and phone", f"{self.index:.0f}"],
            ["an open matter on its shelf", f"{self.shelf:.0f}"],
        ]
        return "\n\n".join(
            (
                f"## The console with {LINES:,} lines of the journal and {OPEN:,} open matters",
                table(heads, lines),
                table(["memory of Redis", "bytes"], kept),
                f"A journal that has no index yet is read in {self.indexed:.0f} s, while people are being answered.",
            )
        )

    def how(self) -> str:
        return f"""- Pages of the console: the rooms themselves behind the program's own front, asked from the same \
process, {TIMES} times each, every time for another page, day or person; appendfsync always. Lines are poured into \
Redis with the program's own words, {EACH} for each of {PEOPLE:,} people over {DAYS} days."""


async def measure(spoken: Dialogue, folder: Path, cores: Cores) -> PageResults:
    async with _ground(folder) as (url, redis, batched):
        empty = await used(redis)
        pour(url, _matters(spoken))
        bare = await used(redis)
        pour(url, _shelves(spoken))
        shelved = await used(redis)
        pour(url, _lines(spoken, str(await redis.script_load(_WRITE))))
        full = await used(redis)
        if bare <= empty:
            raise LoadError("no matter has come to Redis")
        index, started = JournalIndex(batched), perf_counter()
        await index.advance()
        indexed, known = perf_counter() - started, await used(redis)
        await redis.config_set("appendfsync", "always")
        settle_memory()
        with cores.server_here():
            pages = await _pages(spoken, url, batched, index)
    return PageResults(
        pages,
        line=(full - shelved) / LINES,
        words=sum(len(entry.text.encode()) for entry in _year(spoken, 0)) / EACH,
        index=(known - full) / LINES,
        shelf=(shelved - bare) / OPEN,
        indexed=indexed,
    )


@asynccontextmanager
async def _ground(folder: Path) -> AsyncIterator[tuple[str, Redis, Batched]]:
    async with Embedded(folder) as url, Redis.from_url(url, protocol=2) as redis:
        await redis.config_set("auto-aof-rewrite-percentage", 0)
        await redis.config_set("appendfsync", "everysec")
        ours = connect(url)
        yield url, redis, Batched(ours)
        await close(ours)


def _matters(spoken: Dialogue) -> Iterator[Command]:
    pending = Pending(matters.law(spoken))
    yield from pending.matters(range(OPEN))
    yield from pending.pockets(range(OPEN))


def _shelves(spoken: Dialogue) -> Iterator[Command]:
    pending = Pending(matters.law(spoken))
    for number in range(OPEN):
        matter = pending.matter(number)
        record = f"matter:{matter.id}"
        place = shelve(record, matter)
        assert place is not None
        yield "ZADD", place.shelf.key(home_of(matter.person.iin)), repr(place.due), record


def _lines(spoken: Dialogue, script: str) -> Iterator[Command]:
    """In the order of the year: each person's turn comes at another minute of it."""
    lines = _models(spoken)
    step, begin = timedelta(DAYS) / LINES, MONDAY - timedelta(DAYS)
    for number in range(LINES):
        person, at = number % PEOPLE, begin + step * number
        model = lines[person % len(lines)][number // PEOPLE]
        entry = structs.replace(
            model, at=at, iin=iin(person), phone=phone(person), letter=model.letter and f"{model.letter}:{number}"
        )
        place = f"{int(at.timestamp() * 1000)}-{number % 1000}"
        yield "EVALSHA", script, 1, journal_key(home_of(entry.iin)), place, _encode(entry)


def _models(spoken: Dialogue) -> list[list[Entry]]:
    return [_year(spoken, number) for number in range(20)]


def _year(spoken: Dialogue, number: int) -> list[Entry]:
    """What one person was sent, and answered."""
    law = matters.law(spoken)
    matter, wording = Pending(law).matter(number), Wording(spoken.guide.words, law)
    about = subject(matter)

    def told(name: str) -> Entry:
        message = wording.about(
            Telling(name), matter, matter.person.language, Surface.SMS, now=MONDAY, named=False, answers_here=True
        )
        letter = Letter(f"offer:{number}:{name}:1", f"sms:{matter.phones[0]}", message.text, MONDAY.timestamp())
        return about.told(letter, name, matter.phones[0])

    given = Given(Answer.CONSENT, MONDAY, phone=matter.phones[0], code=matter.yes, text=matter.yes)
    answered = about.answered(given, "answer.consent")
    return [told("question"), told("reminder"), answered, told("consented"), told("withdrawn")]


async def _pages(spoken: Dialogue, url: str, redis: Batched, index: JournalIndex) -> list[Shown]:
    browser, csrf = await _browser(spoken, url, redis, index)

    async def post(path: str, **fields: str) -> httpx.Response:
        return await browser.post(path, data={"csrf": csrf, **fields})

    def day(number: int) -> str:
        return str((MONDAY - timedelta(1 + number * 5 % DAYS)).date())

    def somewhere(number: int) -> str:
        at = MONDAY - timedelta(DAYS * (number + 1) / (TIMES + 2))
        return f"{int(at.timestamp() * 1000)}-0.0"

    async with browser:
        after = await _last(browser, "/staff/matters/proactive/asked", 20)
        asked: dict[str, Call] = {
            "matters: the overview": lambda _: browser.get("/staff/matters"),
            "matters: the first page of a list": lambda _: browser.get("/staff/matters/proactive/asked"),
            "matters: a page further on": lambda _: browser.get(after),
            "a person, by IIN": lambda n: post("/staff/person", who=iin(n * 1663)),
            "a person, by phone": lambda n: post("/staff/person", who=phone(n * 1663)),
            "the journal: the newest lines": lambda _: browser.get("/staff/journal"),
            "the journal: somewhere in the year": lambda n: browser.get(f"/staff/journal?before={somewhere(n)}"),
            "the journal: a day": lambda n: browser.get(f"/staff/journal?first={day(n)}&last={day(n)}"),
            "the journal: answers about a service": lambda _: browser.get(
                "/staff/journal?direction=in&service=sanatorium_treatment&first=2026-04-01&last=2026-08-31"
            ),
            "the journal: a phone": lambda n: post("/staff/journal", who=phone(n * 1663)),
            f"the journal: what is nowhere, {LOOK:,} lines looked at": lambda n: browser.get(
                f"/staff/journal?nature=died&before={somewhere(n % 40)}"
            ),
        }
        return [await _shown(name, call) for name, call in asked.items()]


async def _last(browser: httpx.AsyncClient, path: str, pages: int) -> str:
    """The address of a page so far on."""
    address = path
    for _ in range(pages):
        page = (await browser.get(address)).text
        address = path + page.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    return address


async def _shown(name: str, call: Call) -> Shown:
    waits, watch, cpu = [], _Watch(), 0.0
    for number in range(TIMES + _WARM):
        if number == _WARM:  # templates are compiled, connections open
            watch.start()
            cpu = process_time()
        started = perf_counter()
        answer = await call(number)
        waits.append(perf_counter() - started)
        if answer.status_code != 200:
            raise LoadError(f"{name}: {answer.status_code}")
    cpu = (process_time() - cpu) / TIMES
    return Shown(name, waits[_WARM:], cpu, await watch.stop())


class _Watch:
    """Wants to be served every millisecond."""

    def __init__(self) -> None:
        self._longest = 0.0

    def start(self) -> None:
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> float:
        self._task.cancel()
        return self._longest

    async def _run(self) -> None:
        while True:
            began = perf_counter()
            await asyncio.sleep(_BREATH)
            self._longest = max(self._longest, perf_counter() - began - _BREATH)


async def _browser(spoken: Dialogue, url: str, redis: Batched, index: JournalIndex) -> tuple[httpx.AsyncClient, str]:
    """Of an auditor, who may see everything."""
    words, clock = spoken.guide.words, Hand(MONDAY)
    accounts, deeds = Accounts(redis), Deeds(redis, "bench", clock)
    sessions = Sessions(redis, accounts)
    console = Console(words, clock, deeds, sessions, cookies=Cookies(secure=False), origin=Origin("", secure=False))
    pages, services = JournalPages(redis, index), spoken.guide.catalogue.services
    console.open(
        MattersRoom(console, redis, Backlog(redis, clock)).router(),
        PersonRoom(console, redis, pages).router(),
        JournalRoom(console, redis, index, Making(url, LOCALES), services).router(),
    )
    account = Account(login="auditor", name="auditor", roles=frozenset({Role.AUDITOR}))
    await accounts.add(Held(account, ""))
    token = await sessions.begin(account, "bench", "127.0.0.1")
    found = await sessions.find(token)
    assert found is not None
    front = app.build(lambda: redis("PING"), letters={}, staff=console)
    transport = httpx.ASGITransport(front)
    browser = httpx.AsyncClient(
        transport=transport, base_url=URL, headers={"Origin": URL}, cookies={SESSION: token}, timeout=60
    )
    return browser, found.session.csrf


def main() -> int:
    folder = LOCALES.parent / "var"
    folder.mkdir(exist_ok=True)
    with (
        TemporaryDirectory(prefix="bench-", dir=folder) as name,
        asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner,
    ):
        found = runner.run(measure(dialogue.load(LOCALES), Path(name), split_cores()))
    print("\n\n".join((found.aim(), found.text(), found.how())))
    return 0


if __name__ == "__main__":
    sys.exit(main())

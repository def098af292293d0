"""What came out of offers: events, answers, the clock, memory."""

from msgspec import Struct

from bench.leavings import Leavings
from bench.million import FIRED, PENDING, Million, Tick
from bench.offers import ANSWER, ASKED, EVENT, KEPT, PLAIN, TURN
from bench.tables import RATIO_HEADS, met, ratio, table, throughput, waits
from bench.turns import AT_ONCE, Row

AIM_BYTES = 1536


class OfferResults(Struct):
    rows: list[Row]
    rounds: dict[str, int]
    rate: int
    million: Million
    leavings: Leavings

    def aim(self) -> str:
        size = self.million.parts.whole
        aim = met("≤ 1.5 KB", size <= AIM_BYTES)
        return f"An offer that waits for an answer takes **{size:.0f} bytes** of Redis. Aim: {aim}."

    def text(self) -> str:
        return "\n\n".join(
            (
                f"## Offers: events and answers, {AT_ONCE} at once",
                throughput(self.rows, self.rounds, "requests"),
                self._ratios(),
                f"At {self.rate} a second, appendfsync always:",
                waits(self.rows),
                f"## Offers: {PENDING:,} pending",
                self._ticks(),
                self._memory(),
                self._restarts(),
            )
        )

    def _ratios(self) -> str:
        lines = [
            [what, *ratio(self.rows[row], self.rows[over])]
            for what, row, over in (
                ("an event / kept by the same door (d)", EVENT, KEPT),
                ("an event / plain FastAPI (e)", EVENT, PLAIN),
                ("an answer by SMS / an ordinary turn by SMS", ANSWER, TURN),
            )
        ]
        return table(["requests a second, ratio", *RATIO_HEADS], lines)

    def _ticks(self) -> str:
        million = self.million
        fired = Tick(*(new - old for new, old in _pairs(million.firing, million.quiet)))
        lines = [
            ["nothing pending", *_milliseconds(million.empty, 1)],
            [f"{PENDING:,} pending, none due", *_milliseconds(million.quiet, 1)],
            [f"{FIRED:,} of them due: reminders, letters, journal", *_milliseconds(million.firing, 1)],
            ["each of these", *_milliseconds(fired, FIRED)],
        ]
        return table(["one tick of the clock", "ms", "CPU ms"], lines)

    def _memory(self) -> str:
        parts, leavings = self.million.parts, self.leavings
        lines: list[tuple[str, float, str]] = [
            ("a pending offer, one phone", parts.whole, "see its parts"),
            ("of this, the matter", parts.matter, "for good"),
            ("the phone's pocket", parts.pocket, "for good; codes for 75 days"),
            ("the wake-up", parts.wakeup, "while it is pending"),
            ("that the event was seen", parts.seen, "30 days"),
            ("besides: the question in the outbox", leavings.letter, "until a provider has taken it"),
            ("one line of the SMS journal", leavings.line, "for good, as the law wants it"),
            ("what became of one letter", leavings.proof, "for good, as proof"),
        ]
        return table(["bytes of Redis", "bytes", "kept"], [[what, f"{size:.0f}", kept] for what, size, kept in lines])

    def _restarts(self) -> str:
        written, anew = self.million.restarts
        return f"Redis starts with them in {written:.1f} s; once it has written its file anew, in {anew:.1f} s."

    def how(self) -> str:
        return f"""- Events: real bodies, each about a person of their own, every other one with two phones; the \
clock says Monday, 10:00. (d) is the program's own door with all its checks, and a listener that keeps the body by \
one XADD. (e) is FastAPI as its documentation shows it: a body model, a bearer token, redis-py, one XADD. Neither \
knows a repeated event, and neither does anything with it. Afterwards every event has to be an offer that the clock \
knows.
- Answers: the code for yes by SMS, through Kannel's door, each from a phone with one open offer ({ASKED:,} were put \
into Redis before). When one is answered, its relay is in the stream: afterwards there has to be one for each.
- The pending offers are written to Redis by a loader, with the program's own encoders and names of keys; an offer \
that the program opens itself takes {self.leavings.pending:.0f} bytes. They were written in \
{self.million.filled:.0f} s. Ticks run in the benchmark's process, on the server's core, appendfsync always."""


def _pairs(one: Tick, other: Tick) -> tuple[tuple[float, float], tuple[float, float]]:
    return (one.wall, other.wall), (one.cpu, other.cpu)


def _milliseconds(tick: Tick, number: int) -> list[str]:
    return [f"{seconds / number * 1e3:.2f}" for seconds in (tick.wall, tick.cpu)]

"""What came out of offers: events, answers, and what each leaves behind."""

from msgspec import Struct

from bench.leavings import Leavings
from bench.offers import ANSWER, ASKED, EVENT, KEPT, PLAIN, TURN
from bench.tables import RATIO_HEADS, ratio, table, throughput, waits
from bench.turns import AT_ONCE, Row


class OfferResults(Struct):
    rows: list[Row]
    rounds: dict[str, int]
    rate: int
    leavings: Leavings

    def text(self) -> str:
        return "\n\n".join(
            (
                f"## Offers: events and answers, {AT_ONCE} at once",
                throughput(self.rows, self.rounds, "requests"),
                self._ratios(),
                f"At {self.rate} a second, appendfsync always:",
                waits(self.rows),
                self._memory(),
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

    def _memory(self) -> str:
        leavings = self.leavings
        lines: list[tuple[str, float, str]] = [
            ("an offer that the program opens: matter, pocket, wake-up, event", leavings.pending, "see below"),
            ("the question in the outbox", leavings.letter, "until a provider has taken it"),
            ("one line of the SMS journal", leavings.line, "for good, as the law wants it"),
            ("what became of one letter", leavings.proof, "for good, as proof"),
        ]
        return table(["bytes of Redis", "bytes", "kept"], [[what, f"{size:.0f}", kept] for what, size, kept in lines])

    def how(self) -> str:
        return f"""- Events: real bodies, each about a person of their own, every other one with two phones; the \
clock says Monday, 10:00. (d) is the program's own door with all its checks, and a listener that keeps the body by \
one XADD. (e) is FastAPI as its documentation shows it: a body model, a bearer token, redis-py, one XADD. Neither \
knows a repeated event, and neither does anything with it. Afterwards every event has to be an offer that the clock \
knows.
- Answers: the code for yes by SMS, through Kannel's door, each from a phone with one open offer ({ASKED:,} were put \
into Redis before). When one is answered, its relay is in the stream: afterwards there has to be one for each."""

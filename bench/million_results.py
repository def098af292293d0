"""What came out of a million open matters: the clock, memory, restarts."""

from collections.abc import Sequence

from msgspec import Struct

from bench.kinds import WEIGHED, Kind, Parts
from bench.million import FIRED, MANY, OPEN, USUAL, Million, Tick
from bench.tables import met, table

AIM_BYTES = 1536


class MillionResults(Struct):
    million: Million
    kinds: Sequence[Kind]
    """Each weighed alone; offers first."""

    def aim(self) -> str:
        size, most = self.kinds[0].parts.whole, max(self.kinds, key=lambda kind: kind.parts.whole)
        aim = met("≤ 1.5 KB", most.parts.whole <= AIM_BYTES)
        return (
            f"An offer that waits for an answer takes **{size:.0f} bytes** of Redis; of all kinds of matters the "
            f"{most.name}s are the largest, **{most.parts.whole:.0f} bytes** each. Aim: {aim}."
        )

    def text(self) -> str:
        shares = ", ".join(f"{kind.share} % {kind.name}s" for kind in self.kinds)
        return "\n\n".join(
            (
                f"## {OPEN:,} open matters",
                f"{shares}.",
                self._ticks(),
                self._firing(),
                self._memory(),
                self._restarts(),
            )
        )

    def _ticks(self) -> str:
        million = self.million
        usual, many = _each(million.usual, million.quiet, USUAL), _each(million.many, million.quiet, MANY)
        lines = [
            ["nothing open", *_milliseconds(million.empty), "", ""],
            [f"{OPEN:,} open, none due", *_milliseconds(million.quiet), "", ""],
            [f"{USUAL} of them due: reminders, letters, journal", *_milliseconds(million.usual), *usual],
            [f"{MANY:,} of them due at once", *_milliseconds(million.many), *many],
        ]
        return table(["one tick of the clock, all kinds", "ms", "CPU ms", "each: ms", "CPU ms"], lines)

    def _firing(self) -> str:
        million = self.million
        offer = million.fired[self.kinds[0].name]
        lines = []
        for name, tick in million.fired.items():
            ratio = (tick.wall - million.quiet.wall) / (offer.wall - million.quiet.wall)
            lines.append([name, *_milliseconds(tick), *_each(tick, million.quiet, FIRED), f"{ratio:.2f}"])
        return table([f"{FIRED:,} of one kind due", "ms", "CPU ms", "each: ms", "CPU ms", "ratio to offers"], lines)

    def _memory(self) -> str:
        lines = [[f"one {kind.name}, one phone", *_bytes(kind.parts)] for kind in self.kinds]
        lines.append(["any of the million, on average", *_bytes(self.million.parts)])
        lines.append(["kept", "", "for good", "for good; codes for 75 days", "while it is open", "30 days"])
        return table(["bytes of Redis", "whole", "matter", "phone's pocket", "wake-up", "event was seen"], lines)

    def _restarts(self) -> str:
        written, anew = self.million.restarts
        return f"Redis starts with them in {written:.1f} s; once it has written its file anew, in {anew:.1f} s."

    def how(self) -> str:
        return f"""- Open matters are written to Redis by a loader, with the program's own encoders and names of \
keys. Their states come from the program's own tables: invitations not answered, agreed to, waiting for a signature, \
signed, and at home; choices by months and by working days; orders of a bed that can and cannot be given up. The \
million was written in {self.million.filled:.0f} s. Each kind is weighed alone, {WEIGHED:,} of it, which fills \
Redis' tables as the million does. Ticks run in the benchmark's process, on the server's core, appendfsync always; \
figures are medians, and afterwards there has to be a letter and a line of the journal for each matter that was \
due."""


def _each(tick: Tick, quiet: Tick, number: int) -> list[str]:
    return _milliseconds(Tick((tick.wall - quiet.wall) / number, (tick.cpu - quiet.cpu) / number))


def _milliseconds(tick: Tick) -> list[str]:
    return [f"{seconds * 1e3:.2f}" for seconds in (tick.wall, tick.cpu)]


def _bytes(parts: Parts) -> list[str]:
    sizes = (parts.whole, parts.matter, parts.pocket, parts.wakeup, parts.seen)
    return [f"{size:.0f}" for size in sizes]

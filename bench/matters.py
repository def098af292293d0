"""The parts of the program that deal with offers and with duties, with the law as a fresh installation has it."""

from collections.abc import Awaitable, Callable
from datetime import time, timedelta

from msgspec import structs

from dialogs import statutory
from dialogs.dialogue import Dialogue
from dialogs.duties.letters import Letters as DutyWording
from dialogs.duties.rules import Rules as Terms
from dialogs.matters import rules
from dialogs.matters.letters import Letters as Wording
from dialogs.matters.rules import Rules
from gateway.clock import Clock
from gateway.connection import Batched
from gateway.letters import Letters
from gateway.matters.duties import Duties
from gateway.matters.matters import Matters
from gateway.matters.store import MatterStore
from gateway.readers import Readers
from gateway.store import Store
from gateway.ways import Ways

REMINDER = time(10)
QUIET = (time(21), time(9))
WAYS = Ways(statutory.load(), QUIET)


def law(spoken: Dialogue) -> Rules:
    return rules.load(
        spoken.guide.workdays,
        hold=timedelta(minutes=15),
        reminder_at=REMINDER,
        quiet=QUIET,
        chat_answers=True,
    )


def terms(spoken: Dialogue) -> Terms:
    """The law about duties."""
    return structs.replace(spoken.guide.duties, reminder_at=REMINDER, quiet=QUIET)


def build(redis: Batched, spoken: Dialogue, law: Rules, clock: Clock, wake: Callable[[int], None]) -> Matters:
    """What E-Sobes is to be told stays where it was written."""
    return Matters(
        store=MatterStore(redis),
        letters=Letters(redis),
        wording=Wording(spoken.guide.words, law),
        rules=law,
        ways=WAYS,
        clock=clock,
        wake=wake,
        wake_relays=lambda _: None,
    )


def clocked(redis: Batched, spoken: Dialogue, clock: Clock) -> Callable[[int, str], Awaitable[None]]:
    """What the clock wakes, as the program's own desk has it."""
    matters = build(redis, spoken, law(spoken), clock, _nobody)
    duties = Duties(
        store=MatterStore(redis),
        readers=Readers(Store(redis)),
        wording=DutyWording(spoken.guide.words, terms(spoken)),
        rules=terms(spoken),
        ways=WAYS,
        clock=clock,
        wake=_nobody,
        wake_relays=_nobody,
    )

    async def woken(home: int, name: str) -> None:
        await (duties if name.startswith(".") else matters).woken(home, name)

    return woken


def _nobody(_: int) -> None:
    """No outbox is at work."""

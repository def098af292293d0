"""The part of the program that deals with offers, with the law as a fresh installation has it."""

from collections.abc import Callable
from datetime import time, timedelta

from dialogs.dialogue import Dialogue
from dialogs.matters import rules
from dialogs.matters.letters import Letters as Wording
from dialogs.matters.rules import Rules
from gateway.clock import Clock
from gateway.connection import Batched
from gateway.letters import Letters
from gateway.matter_store import MatterStore
from gateway.matters import Matters


def law(spoken: Dialogue) -> Rules:
    return rules.load(
        spoken.guide.workdays,
        hold=timedelta(minutes=15),
        reminder_at=time(10),
        quiet=(time(21), time(9)),
        chat_answers=True,
    )


def build(redis: Batched, spoken: Dialogue, law: Rules, clock: Clock, wake: Callable[[int], None]) -> Matters:
    """What E-Sobes is to be told stays where it was written."""
    return Matters(
        store=MatterStore(redis),
        letters=Letters(redis),
        wording=Wording(spoken.guide.words, law),
        rules=law,
        clock=clock,
        wake=wake,
        wake_relays=lambda _: None,
    )

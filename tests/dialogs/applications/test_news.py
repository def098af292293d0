"""What waits to be told, and what was told: whatever comes in whichever order, the last word is how things stand."""

from datetime import date, datetime, time, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from dialogs.applications import news
from dialogs.applications.application import Application, Stage
from dialogs.applications.news import Tidings, Waiting
from dialogs.language import Language
from dialogs.matters.matter import Person
from gateway.clock import ALMATY

MONDAY = datetime(2026, 11, 23, 10, tzinfo=ALMATY)
AIGUL = Person("680412400123", "Нұрғалиева Айгүл Серікқызы", date(1968, 4, 12), Language.KK)
QUIET = (time(21), time(9))

Events = list[tuple[int, Stage, bool, int]]
"""When E-Sobes wrote it down, the stage, whether the law asks for a letter, and how many minutes pass then."""


def said(at: int, stage: Stage, statutory: bool) -> Waiting:
    application = Application(
        id="A-1",
        service="technical_aids_hygiene",
        iin=AIGUL.iin,
        channel="sms",
        submitted_at=MONDAY,
        registered_on=MONDAY.date(),
        stage=stage,
    )
    return Waiting(MONDAY + timedelta(minutes=at), f"e-{at}", application, statutory)


def tell(events: Events) -> tuple[list[Stage], Tidings]:
    """The stages that were told, in their order."""
    tidings, now, told = Tidings(AIGUL, ("+77011234567",), MONDAY), MONDAY, []
    for at, stage, statutory, minutes in [*events, (-1, Stage.REGISTERED, False, 2000)]:
        if at >= 0:
            tidings = news.heard(tidings, said(at, stage, statutory), now, QUIET)
        for _ in range(2):
            if tidings.leaves is not None and tidings.leaves <= now:
                told += [one.stage for one in tidings.waiting]
                tidings = news.left(tidings, ())
            now += timedelta(minutes=minutes / 2)
    if tidings.leaves is not None:
        told += [one.stage for one in tidings.waiting]
        tidings = news.left(tidings, ())
    return told, tidings


@given(
    st.lists(
        st.tuples(
            st.integers(0, 1000),
            st.sampled_from(list(Stage)),
            st.booleans(),
            st.sampled_from((0, 1, 5, 700)),
        ),
        min_size=1,
        unique_by=lambda one: one[0],
    )
)
def test_the_last_that_is_told_is_the_newest_and_nothing_is_told_twice_in_a_row(events: Events) -> None:
    told, tidings = tell(events)
    newest = max(events)[1]
    assert told[-1] == newest
    assert tidings.told["A-1"].stage == newest
    assert all(one != other for one, other in pairwise(told))
    assert tidings.waiting == ()
    assert tidings.leaves is None


def test_nothing_leaves_in_quiet_hours() -> None:
    tidings = Tidings(AIGUL, (), MONDAY)
    for hour in range(24):
        now = MONDAY.replace(hour=hour)
        for statutory in (True, False):
            leaves = news.heard(tidings, said(0, Stage.APPROVED, statutory), now, QUIET).leaves
            assert leaves is not None
            assert 9 <= leaves.hour < 21
            assert leaves >= now

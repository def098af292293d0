"""The whole life of an offer: what happens, what the person reads, what E-Sobes is told, when the clock looks again.

In November 2026 no working day is moved; a question that leaves on Monday the 16th can be answered up to and
including Thursday the 19th.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from dialogs.matters import steps
from dialogs.matters.affair import Happening, Sending
from dialogs.matters.matter import Answer, Given, Kind, Matter, Relay
from dialogs.matters.steps import Step
from tests.dialogs.matters.lives import (
    ASKED,
    CODES,
    DIAPERS,
    FINE,
    LAW,
    LIVES,
    SETTINGS,
    law,
    live,
    moment,
    read,
    write,
)


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("life", LIVES)
def test_a_life(life: str, kind: Kind) -> None:
    asked = DIAPERS if "@ diapers are offered" in LIVES[life] else ASKED
    if asked is ASKED or kind is Kind.PROACTIVE:
        live(LIVES[life], kind, asked)


def test_a_replacement_asks_for_no_size() -> None:
    live(LIVES["a consent is passed on at once, and only once"], Kind.REPLACEMENT, DIAPERS)


def test_an_offer_withdrawn_before_it_came_is_never_asked_about() -> None:
    now = moment("Mon 16 Nov 12:00")
    matter = read(write(steps.withdrawn_unseen(ASKED, now)))
    assert (matter.state, matter.wake, matter.yes, matter.no) == ("withdrawn", None, "", "")
    again = steps.step(matter, Happening("withdrawn"), now, LAW, FINE)
    assert (again.matter, again.tellings, again.relays) == (matter, (), ())


def test_what_e_sobes_is_told_is_what_the_person_sent() -> None:
    now = moment("Mon 16 Nov 12:00")
    refusal = Given(Answer.REFUSAL, now, "telegram", "+77077654321", "815", "815 керек емес")
    matter = steps.opened(ASKED, CODES, now - timedelta(hours=1), LAW).matter
    held = steps.step(matter, Happening("refusal", refusal), now, LAW, FINE).matter
    passed = steps.step(read(write(held)), None, now + timedelta(minutes=15), LAW, FINE)
    assert passed.relays == (Relay(1, refusal),)


def test_a_window_that_closed_in_silence_names_the_first_phone_and_no_code() -> None:
    matter = steps.opened(ASKED, CODES, moment("Mon 16 Nov 12:00"), LAW).matter
    (relay,) = steps.step(matter, None, matter.closes, LAW, FINE).relays
    assert relay == Relay(1, Given(Answer.SILENCE, matter.closes, "sms", ASKED.phones[0], None, None))
    matter.phones = ()
    (relay,) = steps.step(matter, None, matter.closes, LAW, Sending(left=True, arrived=False)).relays
    assert relay == Relay(1, Given(Answer.UNDELIVERABLE, matter.closes, "sms", None, None, None))


STARTS = [
    moment(when)
    for when in (
        "Mon 16 Nov 10:00",
        "Mon 16 Nov 22:00",
        "Fri 20 Nov 20:59:59",
        "Fri 23 Oct 23:00",
        "Thu 31 Dec 23:59",
    )
]
WHAT = ["consent", "refusal", "sized", "accepted", "contradicted", "withdrawn", "clock", "clock"]
PAUSES = st.one_of(
    st.timedeltas(timedelta(), timedelta(minutes=20)),
    st.timedeltas(timedelta(), timedelta(days=2)),
    st.sampled_from([timedelta(), timedelta(minutes=15), timedelta(hours=14), timedelta(days=1), timedelta(days=9)]),
)
HAPPENINGS = st.tuples(
    PAUSES, st.sampled_from(WHAT), st.booleans(), st.builds(Sending, left=st.booleans(), arrived=st.booleans())
)
OF_THE_PERSON = frozenset({"consent", "refusal"})


@dataclass
class Life:
    """Follows one offer and minds what must never happen."""

    matter: Matter
    now: datetime
    relays: list[Relay] = field(default_factory=list)
    refusal: Given | None = None
    """The first of those that came while the window was open."""
    withdrawn: bool = False
    reminders: int = 0

    def goes_on(self, name: str, sending: Sending, held: Answer) -> None:
        answers = {"consent": Answer.CONSENT, "refusal": Answer.REFUSAL, "sized": Answer.CONSENT}
        given = Given(answers[name], self.now, "sms", "+77011234567", None, "96 см") if name in answers else None
        happening = None if name == "clock" else Happening(name, given, held if name == "contradicted" else None)
        before = self.matter
        step = steps.step(read(write(before)), happening, self.now, LAW, sending)
        self.matter = read(write(step.matter))
        assert self.matter == step.matter
        in_time = self.now < self.matter.closes
        undecided = self.matter.state in {"asked", "refusing"} or (self.matter.state == "refused" and in_time)
        assert (self.matter.wake is not None) == undecided
        assert self.matter.wake is None or self.now < self.matter.wake <= self.matter.closes
        if name == "refusal" and in_time and before.state in {"asked", "refusing", "refused"}:
            self.refusal = self.refusal or given
        if name in OF_THE_PERSON:
            assert any(telling.asked for telling in step.tellings), "somebody wrote, and is not answered"
            assert step.nature
        for relay in step.relays:
            self._relayed(relay, given if name == "consent" and in_time else None)
        self._told(before, step, name)
        self.withdrawn = self.withdrawn or name == "withdrawn"

    def _relayed(self, relay: Relay, consent: Given | None) -> None:
        assert relay.number not in {one.number for one in self.relays}
        before = [one.given.answer for one in self.relays if one.number]
        self.relays.append(relay)
        assert not self.withdrawn
        if relay.note is not None:
            assert before[-1:] == [Answer.CONSENT]
            return
        assert relay.number == len(before) + 1
        match relay.given.answer:
            case Answer.CONSENT:
                assert relay.given == consent
                assert before in ([], [Answer.REFUSAL])
            case Answer.REFUSAL:
                assert relay.given == self.refusal
                assert before == []
            case _:
                assert before == []
                assert relay.given.at == self.matter.closes <= self.now

    def _told(self, before: Matter, step: Step, name: str) -> None:
        names = [telling.name for telling in step.tellings]
        if "question" in names:
            assert self.matter.state == "asked"
            assert self.matter.tries == before.tries + 1
            assert self.matter.sent >= self.now
            self.reminders = 0
        if "reminder" in names:
            assert self.matter.state == "asked"
            assert self.now.date() == self.matter.closes.date() - timedelta(1)
            self.reminders += 1
            assert self.reminders == 1
        if before.state == "withdrawn":
            assert set(names) <= {"late_withdrawn"}


@settings(max_examples=500, deadline=None)
@given(
    kind=st.sampled_from(list(Kind)),
    asked=st.sampled_from([ASKED, DIAPERS]),
    start=st.sampled_from(STARTS),
    happenings=st.lists(HAPPENINGS, max_size=14),
    held=st.sampled_from(list(Answer)),
)
def test_whatever_happens_nobody_agrees_who_did_not_and_every_offer_ends(
    kind: Kind,
    asked: steps.Asked,
    start: datetime,
    happenings: list[tuple[timedelta, str, bool, Sending]],
    held: Answer,
) -> None:
    opened = steps.opened(structs.replace(asked, kind=kind), CODES, start, LAW).matter
    life = Life(read(write(opened)), start)
    for pause, name, wait_for_the_clock, sending in happenings:
        ahead = life.matter.wake
        life.now = ahead if wait_for_the_clock and ahead is not None else life.now + pause
        life.goes_on("clock" if name not in steps.MACHINES[kind].events else name, sending, held)
    for _ in range(4):
        if life.matter.wake is not None:
            life.now = life.matter.wake
            life.goes_on("clock", FINE, held)
    assert life.matter.wake is None
    assert life.withdrawn or life.relays
    assert life.matter.state not in {"asked", "refusing"}


@pytest.mark.parametrize("setting", SETTINGS)
@pytest.mark.parametrize("name", ["consent", "refusal", "withdrawn", "clock"])
def test_settings_may_change_at_any_moment_of_a_life(setting: str, name: str) -> None:
    """A refusal is passed on, a question closed, whatever the clock was to wake for."""
    now = moment("Mon 16 Nov 12:00")
    changed = law(**SETTINGS[setting])
    for first in ("clock", "refusal"):
        given = Given(Answer.REFUSAL, now, "sms", "+77011234567", "815", "815")
        matter = steps.opened(ASKED, CODES, now - timedelta(hours=1), LAW).matter
        matter = steps.step(matter, None if first == "clock" else Happening(first, given), now, LAW, FINE).matter
        for later in (timedelta(minutes=7), timedelta(minutes=20), timedelta(days=3), timedelta(days=9)):
            at = now + later
            said = Given(Answer.CONSENT, at) if name == "consent" else Given(Answer.REFUSAL, at)
            step = steps.step(matter, None if name == "clock" else Happening(name, said), at, changed, FINE)
            assert step.matter.wake is None or step.matter.wake > at
        assert step.matter.wake is None
        assert step.relays or step.matter.state == "withdrawn"

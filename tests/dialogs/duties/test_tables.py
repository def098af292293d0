"""The three tables of duties: no dead end, nothing that a step was given is changed, and one wish to postpone."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from itertools import product
from typing import Any

import pytest
from msgspec import structs
from transitions import Machine

from dialogs.duties import choice, invitation, order, steps
from dialogs.duties.course import Course, Happening
from dialogs.duties.duty import AnyDuty, Choice, Invitation, Order, Setting
from dialogs.table import Row
from tests.dialogs.duties.lives import AIGUL, ELSEWHERE, LAW, PHONES, PLACE, moment, read, wanted, write

TABLES: dict[type[AnyDuty], tuple[tuple[str, ...], Sequence[Row[Any]], str]] = {
    Invitation: (invitation.STATES, invitation.ROWS, "invited"),
    Choice: (choice.STATES, choice.ROWS, "open"),
    Order: (order.STATES, order.ROWS, "new"),
}
KINDS = list(TABLES)
EVERY_STATE = [(kind, state) for kind, (states, _, _) in TABLES.items() for state in states]
NOW, LATER = moment("Mon 16 Nov 2026 12:00"), moment("Mon 15 Mar 2027 22:00")
DAYS = (date(2026, 11, 30), date(2027, 4, 1))
HOME = "special_social_services_home"
PEOPLE = frozenset({"come", "decline", "dispute", "postpone"})


def events(kind: type[AnyDuty]) -> list[str]:
    return list(dict.fromkeys(row.event for row in TABLES[kind][1]))


def somewhere(kind: type[AnyDuty], state: str, now: datetime) -> AnyDuty:
    about: dict[str, Any] = {"id": "in-3", "person": AIGUL, "phones": PHONES, "sent": now, "round": 1}
    if kind is Choice:
        return Choice(state=state, service=HOME, opened_on=NOW.date(), last=date(2027, 1, 30), **about)
    if kind is Order:
        days = {"arrive_on": DAYS[0], "leave_on": DAYS[1], "cancel_by": date(2026, 11, 25)}
        known: dict[str, Any] = days if state == "accepted" else {}
        return Order(state=state, service="sanatorium_treatment", place=PLACE, **known, **about)
    asked = wanted(date(2026, 12, 30), now) if state in ("postponing", "unsigned") else None
    if state == "unsigned" and asked is not None:
        asked = structs.replace(asked, sign_by=date(2026, 11, 27))
    return Invitation(
        state=state,
        place=PLACE,
        setting=Setting.INPATIENT,
        arrive_by=DAYS[0],
        used=asked is not None or state == "postponed",
        wanted=asked,
        **about,
    )


def happenings(kind: type[AnyDuty], name: str, now: datetime) -> Iterator[Happening]:
    for day, place, outcome, sign_by in product(
        (None, *DAYS), (PLACE, ELSEWHERE), ("accepted", "refused", "chosen", "passed_on", "admitted"), (None, DAYS[0])
    ):
        yield Happening(
            name=name,
            day=day,
            place=place,
            setting=Setting.INPATIENT,
            outcome=outcome if kind is Order or outcome not in ("accepted", "refused") else "cancelled",
            wanted=wanted(date(2026, 12, 30), now),
            sign_by=sign_by,
            arrive_on=day,
            leave_on=day,
        )


def courses(kind: type[AnyDuty], state: str, event: str) -> Iterator[Course[Any]]:
    """Whatever may be the case when it happens there."""
    for now in (NOW, LATER):
        for happening in happenings(kind, event, now):
            course: Course[Any] = Course(somewhere(kind, state, NOW), now, LAW)
            course.happening = happening
            if event.startswith(("taken", "conflict", "not_taken")) and state in ("invited", "lapsed"):
                course.duty.wanted = happening.wanted  # these come only after a wish
            steps.MACHINES[kind].events[event].trigger(course)
            yield course


@pytest.mark.parametrize("kind", KINDS)
def test_rows_name_only_states_that_exist(kind: type[AnyDuty]) -> None:
    states, rows, first = TABLES[kind]
    machine: Machine = steps.MACHINES[kind]
    assert {row.at for row in rows} | {row.to for row in rows if row.to} == set(states)
    assert set(machine.states) == set(states)
    assert machine.initial == first


@pytest.mark.parametrize("kind", KINDS)
def test_every_state_can_be_reached(kind: type[AnyDuty]) -> None:
    states, _, first = TABLES[kind]
    reached, waiting = {first}, [first]
    while waiting:
        state = waiting.pop()
        found = {course.state for event in events(kind) for course in courses(kind, state, event)}
        waiting += found - reached
        reached |= found
    assert reached == set(states)


@pytest.mark.parametrize(("kind", "state"), EVERY_STATE)
def test_every_state_answers_every_event(kind: type[AnyDuty], state: str) -> None:
    known = {(row.event, row.at) for row in TABLES[kind][1]}
    for event in events(kind):
        for course in courses(kind, state, event):
            assert course.state in TABLES[kind][0]
            if (event, state) not in known:
                fresh = somewhere(kind, state, NOW)
                if isinstance(fresh, Invitation):
                    fresh.wanted = course.duty.wanted
                assert (course.state, course.duty) == (state, fresh), event
                assert [course.tellings, course.relays, course.notes] == [[], [], []], event


@pytest.mark.parametrize(("kind", "state"), EVERY_STATE)
def test_all_that_is_told_is_known_by_name(kind: type[AnyDuty], state: str) -> None:
    for event in events(kind):
        for course in courses(kind, state, event):
            assert {telling.name for *_, telling in course.tellings} <= steps.LETTERS


def test_every_letter_is_told_somewhere() -> None:
    told = {
        telling.name
        for kind, state in EVERY_STATE
        for event in events(kind)
        for course in courses(kind, state, event)
        for *_, telling in course.tellings
    }
    assert told == steps.LETTERS


@pytest.mark.parametrize(("kind", "state"), EVERY_STATE)
def test_a_step_changes_nothing_that_it_was_given(kind: type[AnyDuty], state: str) -> None:
    for event in events(kind):
        for now in (NOW, LATER):
            before = somewhere(kind, state, NOW)
            if isinstance(before, Invitation) and event == "taken":
                before.wanted = wanted(DAYS[1], now)
            written = write(before)
            steps.step(before, next(happenings(kind, event, now)), now, LAW)
            assert write(before) == written, event


@pytest.mark.parametrize("state", invitation.STATES)
def test_only_a_person_who_is_invited_and_has_not_postponed_yet_is_passed_on(state: str) -> None:
    for event in events(Invitation):
        for used in (False, True):
            for happening in happenings(Invitation, event, NOW):
                duty = somewhere(Invitation, state, NOW)
                assert isinstance(duty, Invitation)
                duty.used = used
                duty.wanted = duty.wanted or wanted(DAYS[1], NOW)
                relays = steps.step(duty, happening, NOW, LAW).relays
                assert bool(relays) == (event == "postpone" and state == "invited" and not used)


@pytest.mark.parametrize("state", invitation.STATES)
def test_only_e_sobes_moves_the_day_that_counts(state: str) -> None:
    for event in set(events(Invitation)) - {"opened", "changed"}:
        for course in courses(Invitation, state, event):
            assert course.duty.arrive_by == DAYS[0], event
            assert course.state != "postponed" or state == "postponed", event


@pytest.mark.parametrize(("kind", "state"), EVERY_STATE)
def test_left_alone_every_state_comes_to_rest(kind: type[AnyDuty], state: str) -> None:
    duty = steps.step(somewhere(kind, state, NOW), None, NOW, LAW).duty
    for _ in range(8):
        if duty.wake is not None:
            duty = steps.step(read(write(duty)), None, duty.wake, LAW).duty
    assert duty.wake is None
    resting: dict[type[AnyDuty], Callable[[str], bool]] = {
        Invitation: lambda state: state in ("lapsed", "over"),
        Choice: lambda state: state in ("blocked", "lapsed", "over"),
        Order: lambda state: state in ("new", "refused", "over"),
    }
    assert resting[kind](duty.state)


@pytest.mark.parametrize("kind", [Invitation, Choice])
def test_where_it_is_over_only_what_e_sobes_opens_anew_leads_anywhere(kind: type[AnyDuty]) -> None:
    for event in events(kind):
        for course in courses(kind, "over", event):
            assert course.state == "over" or (kind is Choice and event == "opened"), event

"""The whole life of a duty, and whatever may happen to it in whichever order."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from dialogs.duties import asking, steps
from dialogs.duties.asking import Act, Verdict
from dialogs.duties.course import Happening
from dialogs.duties.duty import AnyDuty, Choice, Invitation, Order, Setting
from dialogs.duties.rules import Rules
from dialogs.duties.steps import WANTING
from tests.dialogs.duties.lives import (
    LAW,
    LIVES,
    PLACE,
    SETTINGS,
    fresh,
    law,
    moment,
    play,
    read,
    wanted,
    write,
)


@pytest.mark.parametrize("life", LIVES)
def test_a_life(life: str) -> None:
    assert play(LIVES[life]) == [line for line in LIVES[life].splitlines() if line]


REMINDERS = frozenset(
    {
        "soon",
        "eve",
        "sign_soon",
        "sign_eve",
        "sign_last",
        "month_over",
        "choose_soon",
        "cancel_soon",
        "arrive_soon",
    }
)
STARTS = [
    moment(when)
    for when in (
        "Mon 16 Nov 2026 10:00",
        "Mon 16 Nov 2026 22:00",
        "Thu 10 Dec 2026 08:59",
        "Thu 31 Dec 2026 23:59",
        "Sun 20 Feb 2028 20:59",
    )
]
PAUSES = st.one_of(
    st.timedeltas(timedelta(), timedelta(hours=12)),
    st.timedeltas(timedelta(), timedelta(days=20)),
    st.sampled_from([timedelta(), timedelta(minutes=10), timedelta(days=1), timedelta(days=40)]),
)
KINDS = {
    "opened inpatient": ("opened", "changed", "closed", "come", "decline", "postpone", "taken", "conflict"),
    "opened home": ("opened", "changed", "closed", "come", "decline"),
    "choose technical_aids_hygiene": ("opened", "closed"),
    "choose special_social_services_home": ("opened", "closed"),
    "answered sanatorium_treatment": ("answered",),
}
WHAT = st.tuples(PAUSES, st.integers(0, 20), st.integers(-3, 45), st.booleans(), st.sampled_from(["", *SETTINGS]))


def draw(kind: str, name: str, day: date, now: datetime, *, well: bool) -> Happening:
    outcomes = {"closed": ("passed_on", "cancelled"), "answered": ("accepted", "refused")}
    if kind.startswith("choose"):
        outcomes["closed"] = ("chosen", "cancelled")
    return Happening(
        name=name,
        day=day,
        place=PLACE,
        setting=Setting(kind.split()[1]) if kind.startswith("opened") else None,
        outcome=outcomes.get(name, ("", ""))[not well],
        wanted=wanted(day, now) if name == "postpone" else None,
        sign_by=day - timedelta(30) if well else None,
        arrive_on=day if well else None,
        leave_on=day + timedelta(10) if well else None,
    )


def may(duty: AnyDuty, act: Act, today: date, rules: Rules) -> bool:
    return isinstance(duty, Invitation) and asking.verdict(duty, act, today, rules) is Verdict.FINE


def last_of_use(name: str, duty: AnyDuty) -> date | None:
    match duty:
        case Invitation():
            signing = name.startswith("sign") and duty.wanted is not None
            return duty.wanted.sign_by if signing and duty.wanted else duty.arrive_by
        case Choice():
            return duty.last
        case Order():
            return duty.cancel_by if name == "cancel_soon" else duty.arrive_on


@settings(max_examples=400)
@given(
    kind=st.sampled_from(sorted(KINDS)),
    start=st.sampled_from(STARTS),
    happenings=st.lists(WHAT, min_size=1, max_size=14),
)
def test_whatever_happens_nobody_is_reminded_twice_or_in_vain_and_one_wish_is_passed_on(
    kind: str, start: datetime, happenings: list[tuple[timedelta, int, int, bool, str]]
) -> None:
    duty, now = fresh(kind, start), start
    if isinstance(duty, Choice):
        duty.opened_on = date.min
    reminded: set[tuple[str, int]] = set()
    relays = 0
    for pause, choice, days, well, setting in happenings:
        rules = law(**SETTINGS[setting]) if setting else LAW
        names = (*KINDS[kind], "clock")
        name, now = names[choice % len(names)], now + pause
        if name == "clock" and duty.wake is not None:
            now = max(now, duty.wake)
        happening = None if name == "clock" else draw(kind, name, now.date() + timedelta(days), now, well=well)
        if name in tuple(Act) and not may(duty, Act(name), now.date(), rules):
            continue
        if name in ("taken", "conflict") and not relays:
            continue
        before = write(duty)
        step = steps.step(duty, happening, now, rules)
        assert write(duty) == before
        duty = read(write(step.duty))
        assert duty == step.duty
        assert duty.wake is None or duty.wake > now
        leaves = now if now.hour in range(9, 21) or rules.quiet is None else None
        told = [telling.name for telling in step.tellings]
        assert len([one for one in told if one in REMINDERS]) <= 1
        for one in told:
            if one in REMINDERS:
                assert (one, duty.round) not in reminded
                reminded.add((one, duty.round))
                last = last_of_use(one, duty)
                assert last is not None
                assert (leaves or now).date() <= last
            if one in WANTING:
                assert duty.state not in ("over", "lapsed", "blocked")
        relays += len(step.relays)
    assert relays <= 1
    for _ in range(8):
        if duty.wake is not None:
            duty = read(write(steps.step(duty, None, duty.wake, LAW).duty))
    assert duty.wake is None, "left alone it comes to rest"


@pytest.mark.parametrize("setting", SETTINGS)
@pytest.mark.parametrize("kind", sorted(KINDS))
def test_settings_may_change_at_any_moment_of_a_life(setting: str, kind: str) -> None:
    now = moment("Mon 16 Nov 2026 12:00")
    name = KINDS[kind][0]
    duty = steps.step(fresh(kind, now), draw(kind, name, date(2026, 12, 30), now, well=True), now, LAW).duty
    changed = structs.replace(LAW, **SETTINGS[setting])
    for later in (timedelta(hours=2), timedelta(days=20), timedelta(days=43), timedelta(days=199)):
        step = steps.step(read(write(duty)), None, now + later, changed)
        assert step.duty.wake is None or step.duty.wake > now + later
    assert step.duty.wake is None

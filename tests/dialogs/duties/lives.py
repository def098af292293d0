"""Plays the lives of duties that `lives.txt` tells, line by line: on every line the duty is written and read."""

from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import msgspec
from msgspec import structs

from dialogs import workdays
from dialogs.duties import rules, steps
from dialogs.duties.course import Happening
from dialogs.duties.duty import AnyDuty, Choice, Invitation, Order, Place, Postponement, Reason, Setting
from dialogs.duties.rules import Rules
from dialogs.duties.steps import Step
from dialogs.language import Language
from dialogs.matters.matter import Person
from gateway.clock import ALMATY

LAW = rules.load(workdays.load(), reminder_at=time(10), quiet=(time(21), time(9)))
SETTINGS: dict[str, dict[str, object]] = {
    "nobody is reminded": {"reminder_at": None},
    "reminded at 8": {"reminder_at": time(8)},
    "no working days before": {"workdays_before": 0},
    "no days before": {"days_before": 0},
    "neither": {"workdays_before": 0, "days_before": 0},
    "five days before": {"days_before": 5},
    "no quiet hours": {"quiet": None},
}
AIGUL = Person("500301400123", "Серікова Айгүл", date(1950, 3, 1), Language.KK)
PHONES = ("+77011234567", "+77077654321")
PLACE = Place("Центр «Үміт»", "Жаркент, Абай көшесі, 5", "+77283155555")
ELSEWHERE = Place("Центр «Шапағат»", "Алматы, Төле би көшесі, 7", "+77272555555")
_DAY = "%a %d %b %Y"
LIVES = {
    title.strip(): table
    for title, _, table in (
        life.partition("\n") for life in Path(__file__).with_name("lives.txt").read_text("utf-8").split("\n== ")[1:]
    )
}


def play(table: str) -> list[str]:
    """The same lines, with what really came of each."""
    duty: AnyDuty | None = None
    law, found = LAW, []
    for line in table.strip().splitlines():
        if line.startswith("@ "):
            law = structs.replace(LAW, **SETTINGS[line.removeprefix("@ ")])
            found.append(line)
            continue
        when, what = (cell.strip() for cell in line.split("|")[:2])
        now = moment(when)
        duty = read(write(duty)) if duty else fresh(what, now)
        before = write(duty)
        step = steps.step(duty, None if what == "clock" else happening(what, now), now, law)
        assert write(duty) == before, "a step changes nothing that it was given"
        assert step.duty.wake is None or step.duty.wake > now
        duty = step.duty
        found.append(" | ".join([when, what, *_told(step)]))
    return _aligned(found)


def _told(step: Step[AnyDuty]) -> list[str]:
    letters = [telling.name for telling in step.tellings]
    more = [*(f"→{wanted.until:%d %b}" for wanted in step.relays), *(f"!{note}" for note in step.notes)]
    wake = step.duty.wake
    return [step.duty.state, " ".join([*letters, *more]) or "-", written(wake) if wake else "-"]


def _aligned(lines: list[str]) -> list[str]:
    rows = [line.split(" | ") for line in lines]
    widths = [max(len(row[place]) for row in rows if len(row) > 1) for place in range(5)]
    return [
        " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        if len(row) > 1
        else row[0]
        for row in rows
    ]


def fresh(what: str, now: datetime) -> AnyDuty:
    """As it is before anything has happened to it."""
    about: dict[str, Any] = {"id": "in-3", "person": AIGUL, "phones": PHONES, "sent": now}
    said = what.split()
    if said[0] == "answered":
        return Order(state="new", service=said[1], **about)
    if said[0] == "choose":
        return Choice(state="open", service=said[1], opened_on=date.min, **about)
    if said[0] == "choice_closed":
        return Choice(state="open", service="", opened_on=now.date(), **about)
    return Invitation(state="invited", place=None, setting=None, arrive_by=now.date(), **about)


def happening(what: str, now: datetime) -> Happening:
    name, *rest = what.split()
    first, second = (*(day(word) for word in rest if "-" in word), None, None)[:2]
    match name:
        case "opened":
            place = ELSEWHERE if "elsewhere" in rest else PLACE
            return Happening(name=name, day=first, place=place, setting=Setting(rest[0]))
        case "choose":
            return Happening(name="opened", day=first)
        case "answered":
            reason = "" if rest[1] == "accepted" else "нет мест"
            return Happening(name=name, outcome=rest[1], arrive_on=first, leave_on=second, place=PLACE, reason=reason)
        case "closed" | "choice_closed":
            return Happening(name="closed", outcome=rest[0])
        case "postpone":
            assert first is not None
            return Happening(name=name, wanted=wanted(first, now))
        case "taken":
            return Happening(name=name, day=first, sign_by=second, url="https://aleumet.egov.kz/")
        case _:
            return Happening(name=name, day=first)


def day(text: str) -> date:
    """«2026-11-16_Mon»."""
    found = date.fromisoformat(text.partition("_")[0])
    assert f"{found:%Y-%m-%d_%a}" == text, f"{text} is a {found:%A}"
    return found


def wanted(until: date, at: datetime) -> Postponement:
    return Postponement(until, Reason.ILLNESS, at, "sms", PHONES[0], f"sms:{PHONES[0]}")


def moment(text: str) -> datetime:
    """«Mon 16 Nov 2026 10:00»."""
    at = datetime.strptime(text, f"{_DAY} %H:%M").replace(tzinfo=ALMATY)
    assert written(at) == text, f"{text} is a {at:%A}"
    return at


def written(at: datetime) -> str:
    return f"{at:{_DAY} %H:%M}"


def write(duty: AnyDuty) -> bytes:
    return msgspec.json.encode(duty)


def read(stored: bytes) -> AnyDuty:
    return msgspec.json.decode(stored, type=Invitation | Choice | Order)


def law(**settings: object) -> Rules:
    return structs.replace(LAW, **settings)

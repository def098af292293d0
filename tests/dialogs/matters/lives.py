"""Plays the lives of offers that `lives.txt` tells, line by line."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path

import msgspec
from msgspec import structs

from dialogs import workdays
from dialogs.language import Language
from dialogs.matters import rules, steps
from dialogs.matters.affair import Happening, Sending
from dialogs.matters.matter import Answer, Given, Kind, Matter, Person, Relay, Telling
from dialogs.matters.rules import Rules
from dialogs.matters.steps import Asked, Step
from gateway.clock import ALMATY

LAW = rules.load(
    workdays.load(), hold=timedelta(minutes=15), reminder_at=time(10), quiet=(time(21), time(9)), chat_answers=True
)
FINE = Sending(left=True, arrived=True)
NEWS = {
    "the question arrived": FINE,
    "the question has not left": Sending(left=False, arrived=False),
    "the question never arrived": Sending(left=True, arrived=False),
}
SETTINGS: dict[str, dict[str, object]] = {
    "nothing is held": {"hold": timedelta()},
    "held for 5 minutes": {"hold": timedelta(minutes=5)},
    "held for an hour": {"hold": timedelta(hours=1)},
    "nobody is reminded": {"reminder_at": None},
    "reminded at 9": {"reminder_at": time(9)},
    "reminded at 11": {"reminder_at": time(11)},
    "no quiet hours": {"quiet": None},
}
ASKED = Asked(
    "O-17",
    Kind.PROACTIVE,
    "special_transport_wheelchair",
    None,
    Person("500301400123", "Серікова Айгүл", date(1950, 3, 1), Language.KK),
    ("+77011234567", "+77077654321"),
    "Ахметова Д.",
    "2026-114",
)
DIAPERS = structs.replace(ASKED, service="technical_aids_hygiene", device="diapers")
CODES = ("472", "815")
LIVES = {
    title.strip(): table
    for title, _, table in (
        life.partition("\n") for life in Path(__file__).with_name("lives.txt").read_text("utf-8").split("\n== ")[1:]
    )
}


def live(table: str, kind: Kind, asked: Asked = ASKED) -> None:
    """Between every two lines the matter is written and read."""
    matter: Matter | None = None
    law, sending = LAW, FINE
    for line in filter(None, map(str.strip, table.splitlines())):
        if line.startswith("~"):
            sending = NEWS[line[1:].strip()]
            continue
        if line.startswith("@"):
            if line == "@ diapers are offered":
                continue
            law = structs.replace(law, **SETTINGS[line[1:].strip()])
            continue
        when, what, *expected = (cell.strip() for cell in line.split("|"))
        now = moment(when)
        if matter is None:
            assert what == "opened", line
            after = steps.opened(structs.replace(asked, kind=kind), CODES, now, law)
        else:
            before = write(matter)
            after = steps.step(matter, happening(what, now), now, law, sending)
            assert write(matter) == before, "a step changes nothing that it was given"
        assert list(follows(after)) == [of_kind(cell, kind) for cell in expected], line
        matter = read(write(after.matter))
        assert matter == after.matter, line


def moment(when: str) -> datetime:
    """«Mon 16 Nov 10:00», with seconds where they matter."""
    weekday, rest = when.split(" ", 1)
    shape = "%d %b %H:%M:%S" if when.count(":") == 2 else "%d %b %H:%M"
    there = datetime.strptime(f"2026 {rest}", f"%Y {shape}").replace(tzinfo=ALMATY)
    assert f"{there:%a}" == weekday, f"{when} is no {weekday}"
    return there


def happening(what: str, now: datetime) -> Happening | None:
    word, _, rest = what.partition(" ")
    match word:
        case "clock":
            return None
        case "yes":
            return Happening("consent", Given(Answer.CONSENT, now, "sms", ASKED.phones[0], "472", "472"))
        case "no":
            return Happening("refusal", Given(Answer.REFUSAL, now, "sms", ASKED.phones[0], "815", "815"))
        case "writes":
            return Happening("sized", Given(Answer.CONSENT, now, "sms", ASKED.phones[0], None, rest))
        case "contradicted":
            return Happening(word, held=Answer(rest) if rest else None)
    return Happening(word)


def follows(step: Step) -> Iterator[str]:
    yield step.matter.state
    yield " ".join(map(_letter, step.tellings)) or "-"
    yield ", ".join(map(_relay, step.relays)) or "-"
    yield _written(step.matter.wake) if step.matter.wake else "-"


def of_kind(cell: str, kind: Kind) -> str:
    words = []
    for word in cell.split():
        if "/" in word:
            begun, pair = (">", word[1:]) if word.startswith(">") else ("", word)
            words.append(begun + pair.split("/")[kind is Kind.REPLACEMENT])
        else:
            words.append(word)
    return " ".join(words)


def _letter(telling: Telling) -> str:
    more = telling.held or (telling.minutes if telling.name == "refusing" else "")
    return f"{'>' * telling.asked}{telling.name}{f'({more})' if more != '' else ''}"


def _relay(relay: Relay) -> str:
    what = f"{relay.number} {relay.given.answer}" if relay.note is None else "note"
    return f"{what} {_written(relay.given.at)}"


def _written(at: datetime) -> str:
    return f"{at:%a} {at.day} {at:%b %H:%M:%S}".removesuffix(":00")


def write(matter: Matter) -> bytes:
    return msgspec.json.encode(matter)


def read(stored: bytes) -> Matter:
    return msgspec.json.decode(stored, type=Matter)


def law(**settings: object) -> Rules:
    return structs.replace(LAW, **settings)

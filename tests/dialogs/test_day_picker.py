"""The calendar of buttons, and the days that an SMS suggests."""

from datetime import date, timedelta
from itertools import groupby

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogs import render, workdays
from dialogs.day_picker import calendar, chosen, pages, suggested, suggestions, turned
from dialogs.dialogue import Dialogue
from dialogs.language import Language
from dialogs.messages import Event, Message, Pressed, Reply, Say, Surface, Text, say
from dialogs.session import Session
from dialogs.understand import understand

WORKDAYS = workdays.load()
FIRST, LAST = date(2026, 12, 16), date(2027, 1, 14)


def shown(dialogue: Dialogue, page: int, language: Language = Language.KK) -> Message:
    asked = Reply((Say("days.day", (("day", FIRST),)),), calendar(FIRST, LAST, page))
    return render.chat(asked, dialogue.guide.words, language)


def drawn(message: Message) -> list[str]:
    return [" ".join(b.label for b in row) for _, row in groupby(message.buttons, key=lambda b: b.row)]


def test_a_month_is_drawn_by_weeks_with_only_the_days_allowed(dialogue: Dialogue) -> None:
    assert drawn(shown(dialogue, 0)) == [
        "Желтоқсан 2026",
        "Дс Сс Ср Бс Жм Сб Жс",
        "· · 16 17 18 19 20",
        "21 22 23 24 25 26 27",
        "28 29 30 31 · · ·",
        "Қаңтар ›",
    ]


def test_the_next_month_leads_back(dialogue: Dialogue) -> None:
    assert drawn(shown(dialogue, 1, Language.RU)) == [
        "Январь 2027",
        "Пн Вт Ср Чт Пт Сб Вс",
        "· · · · 1 2 3",
        "4 5 6 7 8 9 10",
        "11 12 13 14 · · ·",
        "‹ Декабрь",
    ]


def test_a_day_that_cannot_be_chosen_shows_the_same_month_again(dialogue: Dialogue) -> None:
    message = shown(dialogue, 1)
    pressed = {b.label: b.id for b in message.buttons}
    assert pressed["·"] == pressed["Сс"] == pressed["Қаңтар 2027"] == "days:1"
    assert pressed["‹ Желтоқсан"] == "days:0"
    assert pressed["4"] == "day:2027-01-04"


@given(st.dates(date(2026, 1, 1), date(2040, 1, 1)), st.integers(0, 31))
def test_every_day_allowed_is_on_exactly_one_page(first: date, length: int) -> None:
    last = first + timedelta(length)
    offered = []
    for page in range(pages(first, last)):
        choices = calendar(first, last, page)
        assert len(choices) <= 100
        assert all(len(choice.id.encode()) <= 64 for choice in choices)
        weeks = [list(row) for name, row in groupby(choices, key=lambda c: c.row) if name.startswith("week")]
        assert {len(week) for week in weeks} == {7}
        for week in weeks[1:]:
            for column, choice in enumerate(week):
                if choice.id.startswith("day:"):
                    assert date.fromisoformat(choice.id[4:]).weekday() == column
        offered += [choice.id for choice in choices if choice.id.startswith("day:")]
    assert offered == [f"day:{first + timedelta(number)}" for number in range(length + 1)]


@pytest.mark.parametrize("page", [-1, 2, 99])
def test_a_page_that_there_is_not_is_the_nearest_one(page: int) -> None:
    assert calendar(FIRST, LAST, page) == calendar(FIRST, LAST, max(0, min(page, 1)))


def test_without_a_day_allowed_there_is_no_calendar() -> None:
    assert calendar(LAST, FIRST) == ()
    assert suggestions(LAST, FIRST, WORKDAYS) == ()


@pytest.mark.parametrize(
    ("first", "last", "days"),
    [
        ("2026-12-02", "2026-12-31", "2026-12-08 2026-12-15 2026-12-31"),
        ("2026-12-11", "2027-01-09", "2026-12-17 2026-12-24 2027-01-08"),
        ("2026-12-25", "2027-01-03", "2026-12-31"),
        ("2026-11-24", "2026-12-03", "2026-11-30 2026-12-03"),
        ("2026-11-24", "2026-11-26", "2026-11-24 2026-11-26"),
        ("2026-11-28", "2026-11-29", ""),
        ("2026-11-27", "2026-11-27", "2026-11-27"),
    ],
)
def test_an_sms_suggests_a_few_working_days(first: str, last: str, days: str) -> None:
    found = suggestions(date.fromisoformat(first), date.fromisoformat(last), WORKDAYS)
    assert [str(day) for day in found] == days.split()
    assert all(WORKDAYS.is_working(day) for day in found)


def test_an_sms_numbers_what_it_suggests(dialogue: Dialogue) -> None:
    days = suggestions(FIRST, LAST, WORKDAYS)
    (page,) = render.sms(Reply((say("days.day", day=FIRST),), suggested(days)), dialogue.guide.words, Language.RU)
    assert page.text.split("\n")[1:] == [
        "1 – вторник, 22 декабря",
        "2 – вторник, 29 декабря",
        "3 – четверг, 14 января",
    ]
    assert page.offered == ("day:2026-12-22", "day:2026-12-29", "day:2027-01-14")


@pytest.mark.parametrize(
    ("typed", "event"),
    [
        ("20", Event("day", ("2026-12-20",))),
        ("31", Event("day", ("2026-12-31",))),
        ("5", Event("no_such_number", ("5",))),
        ("15", Event("no_such_number", ("15",))),
        ("0", Event("menu")),
        ("+5", Event("say", ("+5",))),
        ("чт", Event("say", ("чт",))),
        ("бс", Event("say", ("бс",))),
        ("·", Event("say", ("·",))),
        ("20.12", Event("say", ("20.12",))),
    ],
)
def test_in_a_calendar_a_number_is_the_day_that_it_stands_on(dialogue: Dialogue, typed: str, event: Event) -> None:
    message = shown(dialogue, 0)
    labels = [(button.id, button.label) for button in message.buttons]
    session = Session(language=Language.KK, state="menu", offered=[button.id for button in message.buttons])
    assert understand(Text(typed), session, Surface.CHAT, lambda: labels) == event


def test_by_sms_a_number_is_the_place_of_what_is_suggested() -> None:
    session = Session(language=Language.KK, state="menu", offered=["day:2026-12-22", "day:2027-01-14", "menu"])
    read = {n: understand(Text(n), session, Surface.SMS, lambda: []) for n in ("1", "2", "20", "+5")}
    assert read == {
        "1": Event("day", ("2026-12-22",)),
        "2": Event("day", ("2027-01-14",)),
        "20": Event("no_such_number", ("20",)),
        "+5": Event("say", ("+5",)),
    }


def test_a_button_that_was_made_up_does_no_harm(dialogue: Dialogue) -> None:
    assert chosen("2026-12-20") == date(2026, 12, 20)
    assert [chosen(said) for said in ("2026-02-30", "", "x", "20.12")] == [None] * 4
    assert [turned(said) for said in ("0", "1", "-1", "", "²", "9" * 5000, "500")] == [0, 1, 0, 0, 0, 0, 99]
    session = Session(language=Language.KK, state="menu", offered=["day:nonsense"])
    assert understand(Text("20"), session, Surface.CHAT, lambda: []).name == "no_such_number"
    assert understand(Pressed("day:nonsense"), session, Surface.CHAT, lambda: []).args == ("nonsense",)

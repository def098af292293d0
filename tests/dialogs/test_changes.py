"""The same question on the last day of a wording and on the next day: the talk gives both answers."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from msgspec import Struct

from dialogs.dialogue import Dialogue
from dialogs.language import Language
from dialogs.messages import Surface
from tests.dialogs.talks import Talk

ALMATY = ZoneInfo("Asia/Almaty")
MORNING = time(10, 0)


class Change(Struct, frozen=True):
    source: str
    service: int
    answers: str
    last_day: date
    before: str
    """Said in Russian until the last day, and not after it."""
    after: str
    details: bool = False


ORDER_72, ORDER_194 = date(2025, 3, 5), date(2026, 5, 25)
CHANGES = [
    Change(
        "78 row 3", 17, "applicant=self", date(2026, 3, 31), "в течение 8 рабочих дней", "в течение 5 рабочих дней"
    ),
    Change("78 row 3, due", 17, "applicant=self", date(2026, 3, 31), "пятница, 10 апреля", "среда, 8 апреля"),
    Change("78, price", 17, "applicant=self", date(2026, 3, 31), "Платная услуга или нет, не знаем", "Бесплатно."),
    Change(
        "194: filed on eGov",
        4,
        "channel=egov aid_tiflo=cane circumstance=none",
        ORDER_194,
        "Через eGov ответ дадут в течение 5 рабочих дней.",
        "в течение 5 рабочих дней с момента подачи на eGov",
    ),
    Change(
        "196: a term, and papers from the systems",
        10,
        "channel=state_corp applicant=self",
        ORDER_194,
        "5. Документ с номером банковского счёта",
        "последний день ответа: понедельник, 8 июня",
    ),
    Change(
        "194: eGov for an assistant",
        9,
        "channel=egov",
        ORDER_194,
        "Срока ответа не знаю",
        "последний день ответа: среда",
    ),
    Change(
        "72: how long in a shelter",
        14,
        "",
        ORDER_72,
        "Жить там можно до 1 года.",
        "Берите детей с собой",
        details=True,
    ),
]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: f"{change.service}, {change.source}")
def test_the_talk_says_what_holds_on_the_day(dialogue: Dialogue, change: Change) -> None:
    before = said(dialogue, change, change.last_day)
    after = said(dialogue, change, change.last_day + timedelta(1))
    assert (change.before in before, change.after in before) == (True, False)
    assert (change.before in after, change.after in after) == (False, True)


def said(dialogue: Dialogue, change: Change, day: date) -> str:
    talk = Talk(dialogue, Surface.CHAT, datetime.combine(day, MORNING, ALMATY)).known(Language.RU)
    talk.send(f"[old button: svc:{change.service}]")
    for answer in change.answers.split():
        question, option = answer.split("=")
        talk.send(f"[old button: o:{change.service}:{question}:{option}]")
    if change.details:
        talk.send("[old button: details]")
    assert talk.session.state == ("documents.details" if change.details else "documents.answer")
    assert talk.last is not None
    return talk.last.text


def test_a_talk_begun_before_a_change_goes_on_by_the_new_wording(dialogue: Dialogue) -> None:
    """Asked in the evening, answered the next morning: what counts is the day of the answer."""
    talk = Talk(dialogue, Surface.CHAT, datetime(2026, 3, 31, 23, 50, tzinfo=ALMATY)).known(Language.RU)
    talk.send("[old button: svc:17]")
    talk.now += timedelta(hours=11)
    talk.send("[old button: o:17:applicant:self]")
    assert talk.last is not None
    assert "последний день ответа: среда, 8 апреля" in talk.last.text

"""The day by which an answer is due, for papers handed in now."""

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from dialogs import session as sessions
from dialogs.dialogue import Dialogue, load
from dialogs.language import Language
from dialogs.messages import Surface
from tests.dialogs.talks import Talk

ALMATY = ZoneInfo("Asia/Almaty")


def said(dialogue: Dialogue, now: str, *lines: str) -> str:
    talk = Talk(dialogue, Surface.CHAT, datetime.fromisoformat(now).replace(tzinfo=ALMATY)).known(Language.RU)
    for line in lines:
        talk.send(line)
    return "\n".join(talk.lines)


REHABILITATED = ("[old button: svc:17]", "1")
ASSISTANT_BY_EGOV = ("[old button: o:8:channel:egov]",)
AID_BY_EGOV = ("[old button: o:1:channel:egov]",)
SHELTER = ("[old button: svc:14]",)


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("2026-11-23T10:00", "Сдадите сегодня – последний день ответа: понедельник, 30 ноября."),  # Monday morning
        ("2026-11-23T08:00", "Сдадите сегодня – последний день ответа: понедельник, 30 ноября."),  # before opening
        ("2026-11-23T18:30", "вторник, 24 ноября. Сдадите тогда – последний день ответа: вторник, 1 декабря."),
        (
            "2026-11-21T11:00",
            "понедельник, 23 ноября. Сдадите тогда – последний день ответа: понедельник, 30 ноября.",
        ),
        ("2026-12-15T17:59", "Сдадите сегодня – последний день ответа: среда, 23 декабря."),  # 16 December is off
        ("2026-12-30T10:00", "Сдадите сегодня – последний день ответа: понедельник, 11 января."),  # 1, 4, 7 January
    ],
)
def test_the_state_corporation_counts_from_the_day_after_handing_in(dialogue: Dialogue, now: str, due: str) -> None:
    assert due in said(dialogue, now, *REHABILITATED)


def test_for_an_assistant_the_days_run_from_filing_on_egov_even_on_a_saturday(dialogue: Dialogue) -> None:
    told = said(dialogue, "2026-11-21T11:00", *ASSISTANT_BY_EGOV)
    assert "Сдадите сегодня – последний день ответа: пятница, 27 ноября." in told


def test_local_aid_filed_on_egov_on_a_saturday_is_accepted_on_monday(dialogue: Dialogue) -> None:
    told = said(dialogue, "2026-11-21T11:00", *AID_BY_EGOV)
    assert "понедельник, 23 ноября. Сдадите тогда – последний день ответа: четверг, 3 декабря." in told


def test_nothing_about_a_shelter_goes_to_a_phone_that_others_may_read(dialogue: Dialogue) -> None:
    assert "Получить список по SMS" in said(dialogue, "2026-11-23T10:00", *ASSISTANT_BY_EGOV)
    told = said(dialogue, "2026-11-23T10:00", *SHELTER)
    assert "[Подробнее]" in told
    assert "SMS]" not in told
    assert "SMS]" not in said(dialogue, "2026-11-23T10:00", *SHELTER, "[old button: sms]")
    assert "(SMS " not in said(dialogue, "2026-11-23T10:00", *SHELTER, "[old button: sms]", "[contact: own]")


def test_where_no_sms_can_leave_no_list_is_offered_by_sms() -> None:
    silent = load(Path(__file__).parents[2] / "locales", sends_sms=False)
    told = said(silent, "2026-11-23T10:00", *ASSISTANT_BY_EGOV, "[old button: sms]")
    assert "SMS]" not in told


@pytest.mark.parametrize("language", [None, *Language])
def test_where_answering_failed_the_talk_goes_on_from_the_menu(dialogue: Dialogue, language: Language | None) -> None:
    session = sessions.new("ref")
    session.language, session.state, session.offered = language, "documents.answer", ["more"]
    answer = dialogue.sorry(session, Surface.SMS)
    assert "1414" in answer.messages[0].text
    assert answer.session is not None
    assert answer.session.state == ("menu" if language else "language")
    assert answer.session.offered == []

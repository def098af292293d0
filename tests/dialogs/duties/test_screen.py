"""What a bare number by SMS means once letters about invitations have come."""

from datetime import date, timedelta
from typing import Any

import pytest
from msgspec import structs

from dialogs.duties import screen
from dialogs.duties.duty import Invitation, Setting
from dialogs.language import Language
from dialogs.messages import Pressed, Surface, Text
from dialogs.session import Session, new
from tests.dialogs.duties.lives import AIGUL, PHONES, PLACE, moment

NOW = moment("Mon 23 Nov 2026 10:00")
HOUR = timedelta(hours=1)
OFFERED = ["o:6:channel:state_corp", "o:6:channel:egov"]


def invitation(name: str = "in-3", ago: timedelta = HOUR, **more: Any) -> Invitation:
    values: dict[str, Any] = {"state": "invited", "place": PLACE, "setting": Setting.INPATIENT, **more}
    return Invitation(id=name, person=AIGUL, phones=PHONES, sent=NOW - ago, arrive_by=date(2026, 12, 7), **values)


def talk(letter: float = 0.0) -> Session:
    return structs.replace(
        new("ref"), language=Language.KK, state="documents.question", offered=OFFERED, letter=letter
    )


def after(*duties: Invitation, said: str = "1", session: Session | None = None) -> list[str]:
    return screen.before(session or talk(), Text(said), Surface.SMS, duties, NOW).offered


@pytest.mark.parametrize("said", ["1", "2.", "3", " 1)"])
def test_a_number_answers_the_letter_that_came_after_the_question(said: str) -> None:
    its = invitation()
    assert after(its, said=said) == screen.answers(its)


@pytest.mark.parametrize("said", ["4", "12", "иә", "1 2"])
def test_nothing_else_does(said: str) -> None:
    assert after(invitation(), said=said) == OFFERED


def test_in_a_chat_buttons_do() -> None:
    its = invitation()
    for content in (Text("1"), Pressed("1")):
        assert screen.before(talk(), content, Surface.CHAT, [its], NOW).offered == OFFERED


@pytest.mark.parametrize(
    "its",
    [
        invitation(ago=-HOUR),
        invitation(state="unsigned"),
        invitation(place=None),
        invitation(setting=Setting.TEMPORARY),
    ],
    ids=["not sent yet", "to be signed", "not known where to", "no numbers in its letter"],
)
def test_what_asks_nothing_is_not_answered(its: Invitation) -> None:
    assert after(its) == OFFERED


def test_after_letters_about_two_invitations_it_is_asked_which() -> None:
    one, other = invitation("in-3"), invitation("in-4", timedelta(0))
    assert after(one, other) == screen.OF_SEVERAL
    assert after(one, other, session=talk(one.sent.timestamp())) == screen.answers(other)


def test_a_letter_is_answered_only_until_something_else_was_said() -> None:
    one, other = invitation("in-3", 2 * HOUR), invitation("in-4")
    known = screen.newest([one, other], NOW, 0.0)
    assert after(one, other, session=talk(known)) == OFFERED
    assert screen.newest([one], NOW, known) == screen.newest([], NOW, known) == known
    over = structs.replace(other, state="over")
    assert after(one, over, session=talk(known)) == OFFERED

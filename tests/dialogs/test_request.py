"""Asking for a service: only an explicit yes to the last page passes a wish on, and never a second one."""

from datetime import datetime, timedelta

import pytest

from dialogs.applications.application import OVER, Stage
from dialogs.applications.ways import Manner
from dialogs.dialogue import Dialogue
from dialogs.errands import ServiceRequest
from dialogs.language import Language
from dialogs.matters.voice import LONGEST_NAME
from dialogs.messages import Choice, Message, Reply, Say, Surface
from dialogs.people import mark
from dialogs.render import BACK, MENU, SMS_UNITS, sms
from dialogs.session import Wish
from dialogs.sms_length import measure, units
from dialogs.topics import privacy, request
from tests.dialogs.registry import (
    AIGUL,
    ALMATY,
    CODE,
    DANA,
    FAMILY_PHONE,
    PAVEL,
    PHONE,
    UNKNOWN_PHONE,
    Registry,
    application,
)
from tests.dialogs.talks import Talk

WHEELCHAIR, HYGIENE = "special_transport_wheelchair", "technical_aids_hygiene"
MONDAY = datetime(2026, 11, 23, 10, tzinfo=ALMATY)
YES = f"request_yes:6:{mark(PAVEL.iin)}"


def pavel(
    dialogue: Dialogue, surface: Surface = Surface.CHAT, *, registry: Registry | None = None, phone: str = PHONE
) -> Talk:
    return Talk(dialogue, surface, registry=registry, phone=phone).known(Language.RU)


def press(talk: Talk, choice: str) -> None:
    talk.send(f"[old button: {choice}]")


def asked(talk: Talk) -> list[ServiceRequest]:
    return [answer.request for answer in talk.answers if answer.request is not None]


def last(talk: Talk) -> Message:
    assert talk.last is not None
    return talk.last


def offered(talk: Talk) -> list[str]:
    return talk.session.offered


# --- from the page of a service ---


@pytest.mark.parametrize("surface", Surface)
def test_the_page_of_every_service_leads_to_the_way_of_asking_for_it(dialogue: Dialogue, surface: Surface) -> None:
    begins = {Manner.OFFICE: "request", Manner.SIGN: "apply", Manner.COME: "apply"}
    for slug, service in dialogue.guide.catalogue.services.items():
        talk = pavel(dialogue, surface)
        press(talk, f"svc:{service.number}")
        session = talk.session
        session.state, session.general = "documents.answer", True
        talk.restore(session)
        talk.send("/again")
        talk.read_on()
        found = [choice for choice in offered(talk) if choice.startswith(("request:", "apply:"))]
        manner = dialogue.guide.ways[slug].manner
        assert found == ([f"{begins[manner]}:{service.number}"] if manner in begins else []), slug
        if found:
            press(talk, found[0])
            assert talk.session.state == ("request" if manner is Manner.OFFICE else "request.how")
            talk.send("/back")
            assert talk.session.state == "documents.answer"


def test_a_tick_on_the_page_still_changes_it_in_place(dialogue: Dialogue) -> None:
    talk = pavel(dialogue)
    for choice in ("svc:6", "o:6:channel:office", "o:6:applicant:self"):
        press(talk, choice)
    while not any(choice.startswith("tick:") for choice in offered(talk)):
        press(talk, offered(talk)[0])
    press(talk, next(choice for choice in offered(talk) if choice.startswith("tick:")))
    assert last(talk).replaces == 1
    assert "request:6" in offered(talk)


@pytest.mark.parametrize("language", Language)
def test_by_sms_the_question_and_its_numbers_are_never_apart(dialogue: Dialogue, language: Language) -> None:
    """Whoever sends «1» has just read for what, and for whom."""
    for slug, way in dialogue.guide.ways.items():
        if way.manner is Manner.OFFICE:
            wish = Wish("1", slug, "Н" * LONGEST_NAME)
            question = (Say("request.ask"), Say("request.question", (("what", request.called(wish)),)))
            choices = (Choice(YES, Say("request.yes")), BACK, MENU)
            (page,) = sms(Reply(question, choices), dialogue.guide.words, language)
            assert units(page.text) <= SMS_UNITS


# --- who, and whether they agree ---


def test_nothing_is_asked_before_the_notice_is_agreed_to(dialogue: Dialogue) -> None:
    talk = Talk(dialogue, Surface.CHAT, phone=PHONE)
    for choice in ("lang:ru", "request:6"):
        press(talk, choice)
    assert talk.session.state == "request.privacy"
    press(talk, YES)
    assert (talk.session.state, asked(talk)) == ("request.privacy", [])
    press(talk, "decline")
    assert (talk.session.state, talk.session.agreed) == ("documents.answer", None)
    press(talk, "request:6")
    press(talk, f"agree:{privacy.VERSION}")
    assert talk.session.state == "request"
    press(talk, YES)
    assert asked(talk) == [ServiceRequest(PAVEL.iin, WHEELCHAIR)]


def test_an_older_notice_agrees_to_nothing(dialogue: Dialogue) -> None:
    talk = Talk(dialogue, Surface.CHAT, phone=PHONE)
    for choice in ("lang:ru", "request:6", f"agree:{privacy.VERSION - 1}"):
        press(talk, choice)
    assert (talk.session.state, talk.session.agreed) == ("request.privacy", None)


def test_a_chat_without_a_number_is_asked_for_one_first_and_then_goes_on(dialogue: Dialogue) -> None:
    talk = Talk(dialogue, Surface.CHAT).known(Language.RU)
    press(talk, "request:6")
    assert talk.session.state == "who.contact"
    talk.send("[contact: own]")
    assert talk.session.state == "request"
    press(talk, YES)
    assert asked(talk) == [ServiceRequest(PAVEL.iin, WHEELCHAIR)]


def test_whoever_shows_by_a_code_who_they_are_may_ask_from_any_phone(dialogue: Dialogue) -> None:
    talk = pavel(dialogue, Surface.SMS, phone=UNKNOWN_PHONE)
    press(talk, "request:6")
    for said in (PAVEL.iin, CODE):
        assert asked(talk) == []
        talk.send(said)
    assert talk.session.state == "request"
    talk.send("1")
    assert asked(talk) == [ServiceRequest(PAVEL.iin, WHEELCHAIR)]


@pytest.mark.parametrize("e_sobes_stays", [True, False])
def test_from_a_chat_without_a_phone_the_one_goes_along_to_which_the_code_went(
    dialogue: Dialogue, *, e_sobes_stays: bool
) -> None:
    registry = Registry()
    talk = Talk(dialogue, Surface.CHAT, registry=registry).known(Language.RU)
    press(talk, "request:6")
    press(talk, "by_iin")
    for said in (PAVEL.iin, CODE):
        talk.send(said)
    registry.away = not e_sobes_stays
    press(talk, f"request_yes:6:{PAVEL.key}")
    assert asked(talk) == [ServiceRequest(PAVEL.iin, WHEELCHAIR, phone=PHONE)]
    assert talk.session.wish is None


@pytest.mark.parametrize("surface", Surface)
def test_for_whom_is_chosen_remembered_and_always_said(dialogue: Dialogue, surface: Surface) -> None:
    talk = pavel(dialogue, surface, phone=FAMILY_PHONE)
    press(talk, "request:6")
    assert talk.session.state == "who.choose"
    press(talk, f"whom:{DANA.key}")
    assert "Дана" in last(talk).text
    press(talk, f"request_yes:6:{DANA.key}")
    assert asked(talk) == [ServiceRequest(DANA.iin, WHEELCHAIR, "Дана")]
    assert "Дана" in last(talk).text
    press(talk, "request:3")
    assert "Дана" in last(talk).text


def test_somebody_who_is_not_there_is_never_chosen(dialogue: Dialogue) -> None:
    talk = pavel(dialogue, phone=FAMILY_PHONE)
    press(talk, "request:6")
    press(talk, f"whom:{PAVEL.key}")
    press(talk, YES)
    assert (talk.session.state, asked(talk)) == ("who.choose", [])


# --- an explicit yes, to this ---


@pytest.mark.parametrize("surface", Surface)
@pytest.mark.parametrize("word", ["да", "иә", "ия", "ok", "yes", "+", "согласен", "хорошо", "жарайды", "0"])
def test_a_bare_word_confirms_nothing(dialogue: Dialogue, surface: Surface, word: str) -> None:
    talk = pavel(dialogue, surface)
    press(talk, "request:6")
    talk.send(word)
    assert asked(talk) == []


def test_a_number_confirms_by_sms_and_never_in_a_chat(dialogue: Dialogue) -> None:
    for surface, count in ((Surface.SMS, 1), (Surface.CHAT, 0)):
        talk = pavel(dialogue, surface)
        press(talk, "request:6")
        talk.send("1")
        assert len(asked(talk)) == count


@pytest.mark.parametrize("surface", Surface)
@pytest.mark.parametrize("word", ["нет", "жоқ", "no"])
def test_a_bare_no_leads_back(dialogue: Dialogue, surface: Surface, word: str) -> None:
    talk = pavel(dialogue, surface)
    press(talk, "request:6")
    talk.send(word)
    assert (talk.session.state, asked(talk)) == ("documents.answer", [])


@pytest.mark.parametrize(
    "choice",
    [
        "request_yes",
        "request_yes:6",
        f"request_yes:7:{PAVEL.key}",
        f"request_yes:6:{DANA.key}",
        f"request_yes:999:{PAVEL.key}",
        f"{YES}:more",
    ],
)
def test_a_button_of_another_page_confirms_nothing(dialogue: Dialogue, choice: str) -> None:
    talk = pavel(dialogue)
    press(talk, "request:6")
    press(talk, choice)
    assert asked(talk) == []


@pytest.mark.parametrize("state", ["menu", "documents.answer", "documents.groups", "request.passed", "settings"])
def test_a_button_from_elsewhere_is_asked_anew(dialogue: Dialogue, state: str) -> None:
    talk = pavel(dialogue)
    session = talk.session
    session.state, session.service = state, HYGIENE
    talk.restore(session)
    press(talk, YES)
    assert (talk.session.state, talk.session.service, asked(talk)) == ("request", WHEELCHAIR, [])
    press(talk, YES)
    assert asked(talk) == [ServiceRequest(PAVEL.iin, WHEELCHAIR)]


def test_the_second_press_of_the_same_button_asks_for_nothing_more(dialogue: Dialogue) -> None:
    talk = pavel(dialogue)
    for choice in ("request:6", YES, YES, YES):
        press(talk, choice)
    assert len(asked(talk)) == 1


def test_three_days_later_a_button_still_does_what_it_says_and_a_number_does_not(dialogue: Dialogue) -> None:
    for surface, said, count in ((Surface.CHAT, f"[old button: {YES}]", 1), (Surface.SMS, "1", 0)):
        talk = pavel(dialogue, surface)
        press(talk, "request:6")
        talk.now += timedelta(days=3)
        talk.send(said)
        assert len(asked(talk)) == count


# --- not twice ---


@pytest.mark.parametrize("surface", Surface)
@pytest.mark.parametrize("stage", [stage for stage in Stage if stage not in OVER])
def test_what_is_under_way_is_not_asked_for_again_and_its_status_is_said(
    dialogue: Dialogue, stage: Stage, surface: Surface
) -> None:
    registry = Registry(application(WHEELCHAIR, stage, MONDAY))
    talk = pavel(dialogue, surface, registry=registry)
    press(talk, "request:6")
    assert not any(choice.startswith("request_yes") for choice in offered(talk))
    assert "Кресло-коляска" in last(talk).text
    assert surface is Surface.CHAT or measure(last(talk).text).parts <= 3
    press(talk, YES)
    assert asked(talk) == []


@pytest.mark.parametrize("stage", sorted(OVER))
def test_what_is_over_may_be_asked_for_again(dialogue: Dialogue, stage: Stage) -> None:
    talk = pavel(dialogue, registry=Registry(application(WHEELCHAIR, stage, MONDAY)))
    press(talk, "request:6")
    press(talk, YES)
    assert len(asked(talk)) == 1


def test_what_came_under_way_after_the_question_is_not_asked_for(dialogue: Dialogue) -> None:
    talk = pavel(dialogue)
    press(talk, "request:6")
    talk.registry.applications = (application(WHEELCHAIR, Stage.REGISTERED, MONDAY),)
    press(talk, YES)
    assert asked(talk) == []
    assert "заявление уже есть" in last(talk).text


def test_another_service_of_the_same_person_and_another_person_may_be_asked_for(dialogue: Dialogue) -> None:
    registry = Registry(application(WHEELCHAIR, Stage.QUEUED, MONDAY, AIGUL.iin))
    registry.requested = {AIGUL.iin: frozenset({HYGIENE})}
    talk = pavel(dialogue, registry=registry, phone=FAMILY_PHONE)
    for key, number, may in (
        (AIGUL.key, 6, 0),
        (AIGUL.key, 3, 0),
        (AIGUL.key, 7, 1),
        (DANA.key, 6, 1),
        (DANA.key, 3, 1),
    ):
        before = len(asked(talk))
        session = talk.session
        session.whom = key
        talk.restore(session)
        for choice in (f"request:{number}", f"request_yes:{number}:{key}"):
            press(talk, choice)
        assert len(asked(talk)) - before == may, (key, number)


# --- E-Sobes away ---


@pytest.mark.parametrize("surface", Surface)
def test_while_e_sobes_is_away_what_was_asked_before_is_still_taken(dialogue: Dialogue, surface: Surface) -> None:
    talk = pavel(dialogue, surface, phone=FAMILY_PHONE)
    press(talk, "request:6")
    press(talk, f"whom:{DANA.key}")
    talk.registry.away = True
    press(talk, f"request_yes:6:{DANA.key}")
    assert asked(talk) == [ServiceRequest(DANA.iin, WHEELCHAIR, "Дана")]
    assert "как только" in last(talk).text
    assert talk.session.wish is None


def test_while_e_sobes_is_away_nobody_unknown_is_asked_for(dialogue: Dialogue) -> None:
    talk = pavel(dialogue)
    talk.registry.away = True
    press(talk, "request:6")
    press(talk, YES)
    assert (talk.session.state, asked(talk)) == ("request", [])
    assert offered(talk)[:2] == ["again", "apply:6"]
    talk.registry.away = False
    press(talk, "again")
    assert offered(talk)[0] == YES


def test_an_iin_stays_no_longer_than_the_question_about_it(dialogue: Dialogue) -> None:
    for leaves in ("menu", "help", "apply:6", "back", YES):
        talk = pavel(dialogue)
        press(talk, "request:6")
        assert talk.session.wish == Wish(PAVEL.iin, WHEELCHAIR)
        assert PAVEL.iin not in repr(talk.session.wish)
        press(talk, leaves)
        assert talk.session.wish is None


# --- everything is answered ---


@pytest.mark.parametrize("surface", Surface)
@pytest.mark.parametrize("state", ["request", "request.privacy", "request.how", "request.passed"])
def test_every_page_answers_whatever_comes(dialogue: Dialogue, state: str, surface: Surface) -> None:
    said = [
        "/menu",
        "/back",
        "/help",
        "абракадабра",
        "[sends: photo]",
        "[sends: voice]",
        "99",
        "/again",
        "[old button: x]",
    ]
    for service in ("", "abolished", *(dialogue.guide.ways)):
        for line in said:
            talk = pavel(dialogue, surface)
            session = talk.session
            session.state, session.service, session.aim = state, service, "request"
            talk.restore(session)
            talk.send(line)
            assert talk.answers[-1].messages, (service, line)
            assert asked(talk) == []


@pytest.mark.parametrize("language", Language)
def test_a_discreet_service_is_named_in_the_chat_alone(dialogue: Dialogue, language: Language) -> None:
    name = dialogue.guide.words.say(Say("special_social_services_temporary.name"), language, Surface.CHAT)
    for surface in Surface:
        talk = Talk(dialogue, surface, phone=PHONE).known(language)
        press(talk, "apply:14")
        assert (name in last(talk).text) == (surface is Surface.CHAT)
        assert "1414" in last(talk).text

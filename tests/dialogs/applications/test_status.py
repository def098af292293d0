"""Where an application is, as a talk: lists that lose nobody, old buttons, families, promises."""

import gc
from datetime import timedelta
from functools import partial

import pytest
from msgspec import structs

from dialogs import session as sessions
from dialogs.applications.application import Application, Stage
from dialogs.dialogue import Dialogue
from dialogs.errands import WriteBack
from dialogs.language import Language
from dialogs.messages import Surface, Text
from dialogs.sms_length import measure
from dialogs.talk import Here
from tests.dialogs.applications.cases import KINDS, NOW, SERVICES, case
from tests.dialogs.registry import AIGUL, DANA, FAMILY_PHONE, PAVEL, PHONE, Registry, answered
from tests.dialogs.talks import Talk


def begun(
    dialogue: Dialogue,
    *applications: Application,
    surface: Surface = Surface.SMS,
    phone: str = PHONE,
    language: Language = Language.KK,
) -> Talk:
    return Talk(dialogue, surface, NOW, registry=Registry(*applications), phone=phone).known(language)


def text(talk: Talk) -> str:
    assert talk.last is not None
    return talk.last.text


@pytest.mark.parametrize("surface", Surface)
@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("count", [2, 7, 8, 19])
def test_every_application_of_a_long_list_can_be_reached_once(
    dialogue: Dialogue, count: int, language: Language, surface: Surface
) -> None:
    slugs = [slug for slug in SERVICES if slug != KINDS["temporary"]][:count]
    told = [case(slug, Stage.UNDER_REVIEW, NOW - timedelta(n)) for n, slug in enumerate(slugs)]
    talk = begun(dialogue, *told, surface=surface, language=language)
    talk.send("/status")
    seen = []
    while True:
        if surface is Surface.SMS:
            assert measure(text(talk)).parts <= 3
        seen += [choice for choice in talk.session.offered if choice.startswith("app:")]
        if "earlier" not in talk.session.offered:
            break
        talk.now += timedelta(seconds=10)
        talk.choose("earlier")
    assert seen == [f"app:{its.key}" for its in told]


def test_of_the_same_service_the_buttons_have_days(dialogue: Dialogue) -> None:
    one = structs.replace(case(KINDS["housing"], Stage.REFUSED), id="one")
    other = structs.replace(case(KINDS["housing"], Stage.REGISTERED, NOW - timedelta(90)), id="other")
    talk = begun(dialogue, one, other, surface=Surface.CHAT, language=Language.RU)
    talk.send("/status")
    assert talk.last is not None
    labels = [button.label for button in talk.last.buttons][:2]
    assert labels == ["Жилищная помощь, 17 ноября", "Жилищная помощь, 22 августа"]


def test_a_button_of_another_of_the_family_is_about_them(dialogue: Dialogue) -> None:
    hers = case(KINDS["semi_inpatient"], Stage.QUEUED, iin=DANA.iin)
    mine = case(KINDS["aid"], Stage.QUEUED, iin=AIGUL.iin)
    talk = begun(dialogue, hers, mine, surface=Surface.CHAT, phone=FAMILY_PHONE, language=Language.RU)
    talk.send(f"[old button: app:{hers.key}]")
    assert text(talk).startswith("Дневной центр (Дана)")
    talk.send(f"[old button: app:{mine.key}]")
    assert text(talk).startswith("Кресло-коляска (Айгүл)")


def test_a_button_of_somebody_else_shows_nothing_of_theirs(dialogue: Dialogue) -> None:
    hers = case(KINDS["semi_inpatient"], Stage.QUEUED, iin=DANA.iin)
    talk = begun(dialogue, hers, case(KINDS["aid"], Stage.QUEUED, iin=PAVEL.iin), surface=Surface.CHAT)
    talk.send(f"[old button: app:{hers.key}]")
    assert "Кресло-арба" in text(talk)
    assert "орталық" not in text(talk)


def test_an_application_that_is_gone_leads_to_the_others_with_a_word(dialogue: Dialogue) -> None:
    talk = begun(dialogue, case(KINDS["aid"], Stage.QUEUED))
    talk.send("[old button: app:0000000000]")
    assert text(talk).startswith("Бұл өтініш тізімде жоқ.")
    assert "Кресло-арба" in text(talk)


def test_what_was_asked_for_through_us_is_not_called_nothing(dialogue: Dialogue) -> None:
    talk = begun(dialogue, language=Language.RU)
    talk.registry.requested = {PAVEL.iin: frozenset({KINDS["aid"], KINDS["temporary"], "abolished"})}
    talk.send("/status")
    assert text(talk).startswith("Кресло-коляска: просьбу передаём отделу, придёт ответ – напишем.\n1 – ")


def test_it_is_promised_once_to_write_back_and_anew_after_three_days(dialogue: Dialogue) -> None:
    talk = begun(dialogue, case(KINDS["aid"], Stage.QUEUED))
    talk.happens("away")
    for days, promises in ((0, 1), (1, 0), (3, 1)):
        talk.now += timedelta(days, minutes=1)
        talk.send("/status")
        assert talk.answers[-1].errands == (WriteBack("status"),) * promises


def test_whoever_has_seen_it_meanwhile_is_not_written_to(dialogue: Dialogue) -> None:
    talk = begun(dialogue, case(KINDS["aid"], Stage.QUEUED))
    talk.happens("away")
    talk.send("/status")
    assert talk.session.promised
    talk.happens("back")
    talk.send("/status")
    assert not talk.session.promised


def test_what_was_promised_to_a_family_asks_of_whom(dialogue: Dialogue) -> None:
    talk = begun(dialogue, case(KINDS["aid"], Stage.QUEUED, iin=DANA.iin), phone=FAMILY_PHONE)
    talk.send("[kept: status]")
    assert text(talk) == "Жүйе қосылды. Өтінішіңіз туралы білу үшін «статус» деп жазыңыз."


@pytest.mark.parametrize("promise", ["status", "moon"])
def test_what_was_promised_never_moves_the_talk(dialogue: Dialogue, promise: str) -> None:
    talk = begun(dialogue, case(KINDS["temporary"], Stage.QUEUED), case(KINDS["aid"], Stage.QUEUED))
    talk.send("/settings")
    before = talk.session
    talk.send(f"[kept: {promise}]")
    assert (talk.session.state, talk.session.offered) == (before.state, before.offered)
    assert all("баспана" not in line.casefold() for line in talk.lines)


def test_missing_papers_are_one_step_away(dialogue: Dialogue) -> None:
    talk = begun(dialogue, case(KINDS["aid"], Stage.DOCUMENTS_INCOMPLETE))
    talk.send("/status")
    talk.send("1")
    assert talk.session.service == KINDS["aid"]
    assert talk.session.state.startswith("documents.")


def test_a_turn_that_asks_leaves_no_cycles_for_the_collector(dialogue: Dialogue) -> None:
    """With them, everybody waits now and then for a tenth of a second."""
    session, here = sessions.new("ref"), Here(NOW, Surface.SMS, PHONE)
    session.language, session.state = Language.RU, "menu"
    ask = partial(dialogue.answer, session, Text("статус"))
    assert answered(ask, here, Registry()).messages
    gc.collect()
    gc.disable()
    try:
        for _ in range(5):
            answered(ask, here, Registry())
        assert gc.collect() == 0
    finally:
        gc.enable()

"""What somebody reads when E-Sobes has answered that they asked for a service."""

from collections.abc import Iterator
from datetime import date, datetime

import pytest

from dialogs.applications.application import Stage
from dialogs.applications.ways import Manner
from dialogs.applications.wishes import Reader, Wording
from dialogs.dialogue import Dialogue
from dialogs.language import Language
from dialogs.matters.voice import LONGEST_NAME
from dialogs.messages import Message, Say, Surface
from dialogs.sms_length import measure
from tests.dialogs.registry import ALMATY, application

MONDAY = datetime(2026, 11, 23, 10, tzinfo=ALMATY)
NUMBER = "app-1f2e3d4c5b6a"
NAMES = ("", "Дана", "Н" * LONGEST_NAME)


@pytest.fixture(scope="module", name="wording")
def _wording(dialogue: Dialogue) -> Wording:
    return Wording(dialogue.guide)


def asked_for(dialogue: Dialogue) -> Iterator[str]:
    return (slug for slug, way in dialogue.guide.ways.items() if way.manner is Manner.OFFICE)


def letters(wording: Wording, slug: str, reader: Reader) -> dict[str, Message]:
    new = application(slug, Stage.REGISTERED, MONDAY, id=NUMBER, due_on=date(2026, 11, 30))
    return {
        "registered": wording.registered(new, reader, MONDAY),
        "received": wording.received(slug, reader),
        "refused": wording.refused(slug, reader),
    }


@pytest.mark.parametrize("surface", Surface)
@pytest.mark.parametrize("language", Language)
def test_every_letter_says_what_for_whom_and_fits(
    dialogue: Dialogue, wording: Wording, language: Language, surface: Surface
) -> None:
    for slug in asked_for(dialogue):
        called = dialogue.guide.words.say(Say(f"{slug}.name"), language, surface)
        for name in NAMES:
            for kind, message in letters(wording, slug, Reader(language, surface, name)).items():
                assert called in message.text, (slug, kind)
                assert name in message.text, (slug, kind)
                if surface is Surface.SMS:
                    assert measure(message.text).parts <= 2, (slug, kind, message.text)


@pytest.mark.parametrize("surface", Surface)
@pytest.mark.parametrize("language", Language)
def test_the_number_is_told_and_after_a_refusal_where_to_apply(
    wording: Wording, language: Language, surface: Surface
) -> None:
    told = letters(wording, "sanatorium_treatment", Reader(language, surface, ""))
    assert NUMBER in told["registered"].text
    assert "egov.kz" in told["refused"].text
    assert "1414" in told["refused"].text


def test_a_chat_leads_on_by_a_button(wording: Wording) -> None:
    told = letters(wording, "sanatorium_treatment", Reader(Language.KK, Surface.CHAT, ""))
    assert {kind: message.buttons[0].id for kind, message in told.items()} == {
        "registered": "status",
        "received": "status",
        "refused": "apply:7",
    }


@pytest.mark.parametrize("language", Language)
def test_a_service_that_is_unknown_here_is_told_of_all_the_same(wording: Wording, language: Language) -> None:
    for message in letters(wording, "moon_journey", Reader(language, Surface.CHAT, "")).values():
        assert "moon" not in message.text

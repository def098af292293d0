"""Papers on their way: as values, in letters, in replies."""

import msgspec
import pytest

from dialogs import render
from dialogs.dialogue import Dialogue
from dialogs.language import Language
from dialogs.messages import Reply, say
from dialogs.papers import Paper
from gateway.channels import Letter
from tests.papers import CALENDAR, NOTICE, PERSON, PLACE


@pytest.mark.parametrize("paper", [NOTICE, CALENDAR])
def test_a_letter_keeps_its_paper_on_the_way(paper: Paper) -> None:
    letter = Letter("a:0", "tg:77", "Сәлем", 1.0, paper=paper)
    assert msgspec.json.decode(msgspec.json.encode(letter), type=Letter) == letter


def test_a_letter_written_before_there_were_papers_is_read_as_one_without() -> None:
    old = b'{"id":"a:0","address":"tg:77","text":"\xd0\xa1","created":1.0}'
    letter = msgspec.json.decode(old, type=Letter)
    assert letter.paper is None
    assert msgspec.json.encode(letter) == old


@pytest.mark.parametrize("paper", [NOTICE, CALENDAR])
def test_a_chat_gets_the_paper_and_an_sms_only_the_words(dialogue: Dialogue, paper: Paper) -> None:
    reply = Reply((say("sorry"),), paper=paper)
    assert render.chat(reply, dialogue.guide.words, Language.KK).paper == paper
    assert render.sms(reply, dialogue.guide.words, Language.KK) == render.sms(
        Reply((say("sorry"),)), dialogue.guide.words, Language.KK
    )


def test_printed_by_mistake_a_paper_shows_nobody() -> None:
    printed = repr(Letter("a:0", "tg:77", "", 1.0, paper=NOTICE)) + repr(CALENDAR) + repr(CALENDAR.entries)
    for private in (PERSON.iin, PERSON.name, PLACE.name, "1990", CALENDAR.entries[0].title, "I-7"):
        assert private not in printed

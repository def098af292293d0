"""A long answer by SMS is read on from where the person is, whatever they send meanwhile."""

from dialogs.dialogue import Dialogue
from dialogs.language import Language
from dialogs.messages import Surface
from tests.dialogs.talks import READING, Talk


def test_a_message_that_is_not_understood_does_not_send_a_list_from_its_beginning(dialogue: Dialogue) -> None:
    talk = Talk(dialogue, Surface.SMS).known(Language.RU)
    for line in ("кресло-коляска", "1", "1", "1", "1"):
        talk.send(line)
    portions = []
    while talk.session.offered == ["more"]:
        talk.now += READING * 12
        assert talk.last is not None
        portions.append(talk.last.text)
        for unclear in ("абракадабра", "9", "[sends: voice]"):
            talk.send(unclear)
            assert talk.last.text.endswith("1 – далее\n0 – Меню")
            assert "Что принести" not in talk.last.text
        talk.send("1")
    assert len(portions) > 1
    assert len(set(portions)) == len(portions)


def test_a_choice_that_stands_on_a_later_portion_can_be_named(dialogue: Dialogue) -> None:
    talk = Talk(dialogue, Surface.SMS).known(Language.RU)
    for line in ("кресло-коляска", "1", "1", "1", "1"):
        talk.send(line)
    assert talk.session.offered == ["more"]
    talk.send("другой случай")
    assert talk.session.state == "documents.question"
    assert talk.session.answers == {}

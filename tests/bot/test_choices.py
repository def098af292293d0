"""Every choice that the dialogue can offer fits into a Telegram button, and a press on it is answered."""

from datetime import datetime

from dialogs import session as sessions
from dialogs.dialogue import Dialogue
from dialogs.language import Language
from dialogs.messages import Content, Pressed, Surface, Text
from dialogs.session import Session
from dialogs.talk import Here
from gateway.clock import ALMATY

NOW = datetime(2026, 11, 23, 10, tzinfo=ALMATY)
"""A Monday."""
BEGINNINGS = ("/start", "/lang", "/settings", "протез")
LONGEST = 64
"""Bytes of `callback_data`."""


def offered(dialogue: Dialogue) -> set[str]:
    """Presses every button once, from where it was first seen, until no new ones come up."""
    known: set[str] = set()
    waiting: list[tuple[Session, Content]] = [(_session(), Text(text)) for text in BEGINNINGS]
    while waiting:
        session, content = waiting.pop(0)
        answer = dialogue.answer(sessions.read(sessions.write(session)), content, Here(NOW, Surface.CHAT))
        for message in answer.messages:
            for button in message.buttons:
                assert button.label.strip()
                if button.id not in known:
                    known.add(button.id)
                    waiting.append((answer.session, Pressed(button.id, 1)))
    return known


def _session() -> Session:
    session = sessions.new("test")
    session.language = Language.KK
    return session


def test_every_choice_fits_into_a_button(dialogue: Dialogue) -> None:
    choices = offered(dialogue)
    for service in dialogue.guide.catalogue.services.values():
        choices.add(f"svc:{service.number}")
        choices |= {f"tick:{service.number}:{fact.id}" for fact in service.facts}
        choices |= {f"o:{service.number}:{q.id}:{option}" for q in service.questions for option in q.options}
    assert {f"svc:{service.number}" for service in dialogue.guide.catalogue.services.values()} <= choices
    assert len(choices) > 150
    too_long = {choice for choice in choices if not 1 <= len(choice.encode()) <= LONGEST}
    assert not too_long

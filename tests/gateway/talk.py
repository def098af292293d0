"""A dialogue small enough to see through: it counts a person's messages and tells the number."""

from datetime import datetime

from dialogs.dialogue import Answer
from dialogs.messages import Content, Message, Surface, Text
from dialogs.session import Session


class Counting:
    def answer(self, session: Session, content: Content, now: datetime, surface: Surface) -> Answer:
        match content:
            case Text("forget me"):
                return Answer(None, (Message("forgotten"),), "forgotten")
            case Text("silence"):
                return Answer(session, (), "nothing")
            case Text("break"):
                raise KeyError("what the person said")
            case Text(text) if text.startswith("send to "):
                return Answer(session, (Message("here"), Message("there", to_phone=text[8:])), "sent")
        session.missed += 1
        return Answer(session, (Message(f"message {session.missed}"),), "counted")

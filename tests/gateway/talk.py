"""A dialogue small enough to see through: it counts a person's messages and tells the number."""

from datetime import datetime
from typing import Any, cast

from dialogs.dialogue import Answer, Grasp
from dialogs.messages import Content, Message, Surface, Text
from dialogs.session import Session
from gateway.connection import Client


class Counting:
    def answer(self, session: Session, content: Content, now: datetime, surface: Surface) -> Answer:
        match content:
            case Text("forget me"):
                return Answer(None, (Message("forgotten"),), "forgotten")
            case Text("silence"):
                return Answer(session, (), "nothing")
            case Text(text) if text.startswith("break"):
                raise KeyError(text)
            case Text(text) if text.startswith("send to "):
                return Answer(session, (Message("here"), Message("there", to_phone=text[8:])), "sent")
        session.missed += 1
        return Answer(session, (Message(f"message {session.missed}"),), "counted")

    def grasp(self, session: Session, content: Content, now: datetime, surface: Surface) -> Grasp:
        return Grasp(session.language, (), fits=False)

    def sorry(self, session: Session, surface: Surface) -> Answer:
        return Answer(session, (Message("sorry"),), "failed")


async def entries(redis: Client, stream: str) -> list[dict[bytes, bytes]]:
    return [fields for _, fields in cast(Any, await redis.xrange(stream))]

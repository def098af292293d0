"""A dialogue small enough to see through: it counts a person's messages and tells the number."""

from collections.abc import Callable
from typing import Any, cast

from dialogs.dialogue import Answer, Grasp
from dialogs.messages import Content, Interrupted, Message, Surface, Text
from dialogs.session import Session, remains
from dialogs.talk import Here
from gateway.clock import Clock
from gateway.connection import Client
from gateway.esobes.telling import Esobes
from gateway.inquiries import Inquiries
from gateway.matters.answers import Answers
from gateway.receive import Arrivals, Dialogue, Receiver
from gateway.store import Store


class Counting:
    def answer(self, session: Session, content: Content, here: Here) -> Answer:
        match content:
            case Text("forget me"):
                return Answer(remains(session), (Message("forgotten"),), "forgotten", forgotten=True)
            case Text("silence") | Interrupted():
                return Answer(session, (), "nothing")
            case Text(text) if text.startswith("break"):
                raise KeyError(text)
            case Text(text) if text.startswith("send to "):
                return Answer(session, (Message("here"), Message("there", to_phone=text[8:])), "sent")
        session.missed += 1
        return Answer(session, (Message(f"message {session.missed}"),), "counted")

    def grasp(self, session: Session, content: Content, here: Here) -> Grasp:
        return Grasp(session.language, (), fits=False)

    def sorry(self, session: Session, surface: Surface) -> Answer:
        return Answer(session, (Message("sorry"),), "failed")


class Nobody:
    """Asks for anything, or is invited anywhere."""

    async def make(self, *_: object) -> None:
        raise AssertionError

    async def do(self, *_: object) -> None:
        raise AssertionError


def receiver(
    store: Store,
    dialogue: Dialogue,
    offers: Answers,
    clock: Clock,
    wake: Callable[[int], None],
    *,
    arrivals: Arrivals | None = None,
) -> Receiver:
    """Where nobody asks E-Sobes anything, and none is there."""
    return Receiver(
        store,
        dialogue,
        offers,
        inquiries=Inquiries(Esobes("http://127.0.0.1:9", "")),
        requests=Nobody(),
        arrivals=arrivals or Nobody(),
        clock=clock,
        wake=wake,
        wake_errands=lambda _: None,
    )


async def entries(redis: Client, stream: str) -> list[dict[bytes, bytes]]:
    return [fields for _, fields in cast(Any, await redis.xrange(stream))]

"""What somebody reads when E-Sobes has answered that they asked for a service: whoever asked, and nobody else."""

from collections.abc import Iterator
from datetime import datetime

from msgspec import Struct

from dialogs.applications import lines
from dialogs.applications.application import Application
from dialogs.language import Language
from dialogs.matters.voice import first_that_fits
from dialogs.messages import Button, Message, Say, Surface, say
from dialogs.talk import Guide

SHORT_PARTS = 2
"""Of an SMS."""


class Reader(Struct, frozen=True):
    language: Language
    surface: Surface
    name: str
    """Whose service it is, if the reader has to be told."""


class Wording:
    """Built once."""

    def __init__(self, guide: Guide) -> None:
        self._guide = guide

    def registered(self, application: Application, reader: Reader, now: datetime) -> Message:
        """With what follows now, in the words of the status page; by SMS, if there is room for it."""
        texts = list(self._registered(application, reader, now))
        text = first_that_fits(texts, SHORT_PARTS) if reader.surface is Surface.SMS else texts[0]
        return Message(text, self._button(reader, "status", "menu.status"))

    def received(self, service: str, reader: Reader) -> Message:
        """E-Sobes took it, and did not say what came of it."""
        return Message(
            self._about("request.received", service, reader), self._button(reader, "status", "menu.status")
        )

    def refused(self, service: str, reader: Reader) -> Message:
        known = self._guide.catalogue.services.get(service)
        button = self._button(reader, f"apply:{known.number}", "request.apply") if known else ()
        return Message(self._about("request.refused", service, reader), button)

    def _registered(self, application: Application, reader: Reader, now: datetime) -> Iterator[str]:
        number = application.id
        begun = self._say(say("request.registered.short", number=number), reader)
        told = lines.brief(application, self._guide, now, reader.surface, whom=reader.name)
        between = " " if reader.surface is Surface.SMS else "\n\n"
        yield between.join((begun, *(self._say(one, reader) for one in told)))
        yield self._about("request.registered", application.service, reader, number=number)

    def _about(self, text: str, service: str, reader: Reader, **values: str) -> str:
        known = service in self._guide.catalogue.services
        what = Say(f"{service}.name") if known else Say("status.service")
        whose = say("request.whose", what=what, name=reader.name) if reader.name else what
        return self._say(say(text, what=whose, **values), reader)

    def _say(self, what: Say, reader: Reader) -> str:
        return self._guide.words.say(what, reader.language, reader.surface)

    def _button(self, reader: Reader, choice: str, text: str) -> tuple[Button, ...]:
        return () if reader.surface is Surface.SMS else (Button(choice, self._say(Say(text), reader)),)

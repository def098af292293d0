"""What a person reads when something has become of their applications, unasked: the words of the status page, and of
these by SMS as many as are worth their price.

A service of which others should not read is named nowhere here: a letter comes when anybody may hold the phone.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

from msgspec import Struct, structs

from dialogs.applications import lines
from dialogs.applications.application import Application, Stage
from dialogs.applications.rights import shortened
from dialogs.language import Language
from dialogs.matters.voice import first_that_fits, given_name
from dialogs.messages import Button, Message, Say, Surface, say
from dialogs.sms_length import measure
from dialogs.talk import Guide

SHORT_PARTS = 2
"""Of a letter that nobody has asked for."""
MOST_PARTS = 3
MOST_LINES = 7
LONGEST_CHAT = 3500
FIRST_LEFT_OUT = frozenset({"status.hearing.how", "status.queue", "status.organisation"})
LEFT_OUT = 10
"""From this rank on a sentence is worth no third part."""
ENOUGH, LITTLE = 40, 20
"""Letters of a reason or a place, the office's own words: less than enough is worse than a third part."""


class _Text(Struct, frozen=True):
    text: str
    worth: int = 2
    """2: whoever has to act in time can do so by it; 1: the office's own words are too short; 0: something is left
    out."""


class Letters:
    """Built once."""

    def __init__(self, guide: Guide) -> None:
        self._guide = guide

    def about(
        self, news: Sequence[Application], name: str | None, language: Language, surface: Surface, now: datetime
    ) -> Message:
        """`news`: what matters most comes first. `name`: of the person, if the reader has to be told whose it is."""
        voice = _Voice(self._guide, language, surface, now, given_name(name) if name else "")
        if surface is Surface.CHAT:
            return Message(voice.chat(news), (Button("status", voice.say(Say("news.more"))),))
        return Message(_fitting(list(voice.sms(news))))


class _Voice(Struct, frozen=True):
    """One language on one surface, at one time, about one person."""

    guide: Guide
    language: Language
    surface: Surface
    now: datetime
    name: str

    def say(self, what: Say) -> str:
        said = self.guide.words.say(what, self.language, self.surface)
        return said.replace("….", "…")  # where the office's own words were cut

    def chat(self, news: Sequence[Application]) -> str:
        if len(news) == 1:
            return "\n\n".join(map(self.say, self._page(news[0])))
        told = ["\n".join(map(self.say, self._one(one))) for one in news[:MOST_LINES]]
        while sum(map(len, told)) > LONGEST_CHAT:
            told.pop()
        return "\n\n".join((*told, *self._more(len(news) - len(told))))

    def sms(self, news: Sequence[Application]) -> Iterator[_Text]:
        """The fullest first. As many as there is room for have a line; the first has more, where it has to be acted
        on."""
        first, *others = news
        if not others:
            yield from self._fuller(first, ask=True)
            return
        begun = list(self._fuller(first, ask=False)) if _is_urgent(first) else [_Text(self._line(first))]
        rest = [self.say(self._brief_line(one)) for one in others]
        for shown in range(min(len(rest), MOST_LINES - 1), -1, -1):
            for one in begun:
                text = "\n".join((one.text, *rest[:shown], *self._more(len(rest) - shown)))
                yield _Text(text, one.worth)

    def _fuller(self, application: Application, *, ask: bool) -> Iterator[_Text]:
        """All that the page says, then less."""
        urgent = _is_urgent(application)
        for shorter, worth in _shorter(application) if urgent else [(application, 2)]:
            page = enumerate(self._page(shorter))
            said = [(_rank(one, place, urgent=urgent), self.say(one)) for place, one in page]
            for most in sorted({rank for rank, _ in said}, reverse=True):
                text = " ".join(text for rank, text in said if rank <= most)
                whole = not urgent or all(rank <= most for rank, _ in said if rank < LEFT_OUT)
                if ask and "1414" not in text:
                    yield _Text(f"{text} {self.say(Say('news.ask'))}", worth * whole)
                yield _Text(text, worth * whole)

    def _one(self, application: Application) -> tuple[Say, ...]:
        """In a chat, one of several."""
        if _is_urgent(application) or self._is_discreet(application):
            return self._page(application)
        return lines.brief(application, self.guide, self.now, self.surface, whom=self.name)

    def _page(self, application: Application) -> tuple[Say, ...]:
        if self._is_discreet(application):
            hearing = application.hearing if application.stage is Stage.HEARING_SCHEDULED else None
            at = hearing and hearing.at.astimezone(self.now.tzinfo)
            return (say("news.discreet.hearing", at=at) if at else Say("news.discreet"),)
        return lines.page(application, self.guide, self.now, self.surface, whom=self.name)

    def _line(self, application: Application) -> str:
        line = self.say(self._brief_line(application))
        return f"{self.name}:\n{line}" if self.name else line

    def _brief_line(self, application: Application) -> Say:
        if self._is_discreet(application):
            return self._page(application)[0]
        return lines.line(application, self.guide, self.now, self.surface)

    def _more(self, count: int) -> list[str]:
        return [self.say(say("news.others", number=count))] if count > 0 else []

    def _is_discreet(self, application: Application) -> bool:
        service = self.guide.catalogue.services.get(application.service)
        return service is not None and service.discreet


def _is_urgent(application: Application) -> bool:
    return application.stage in (Stage.REFUSED, Stage.HEARING_SCHEDULED)


def _rank(what: Say, place: int, *, urgent: bool) -> int:
    """Of a sentence; the highest is left out first. That of a refusal or a hearing comes with its reason or time."""
    if what.id in FIRST_LEFT_OUT:
        return LEFT_OUT
    return max(0, place - urgent)


def _shorter(application: Application) -> Iterator[tuple[Application, int]]:
    """With less of the office's own words, and what that is worth."""
    yield application, 2
    for longest, worth in ((ENOUGH, 2), (LITTLE, 1)):
        reason, hearing = application.refusal_reason, application.hearing
        yield (
            structs.replace(
                application,
                refusal_reason=reason and shortened(reason, longest),
                hearing=hearing and structs.replace(hearing, place=shortened(hearing.place, longest)),
            ),
            worth,
        )


def _fitting(texts: Sequence[_Text]) -> str:
    for parts, least in ((SHORT_PARTS, 2), (MOST_PARTS, 2), (MOST_PARTS, 1), (MOST_PARTS, 0)):
        text = first_that_fits((one.text for one in texts if one.worth >= least), parts)
        if measure(text).parts <= parts:
            break
    return text

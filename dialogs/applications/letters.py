"""What a person reads when something has become of their applications: by SMS, where parts are counted, and in chats.

What it is about and how far it has come is said in the words of the status page; what has to be done in time, a
hearing or a refusal, in words of its own, in `news.po`.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

from msgspec import Struct

from dialogs.applications import lines
from dialogs.applications.application import Application, Stage
from dialogs.matters.voice import first_that_fits, given_name
from dialogs.messages import Button, Language, Message, Say, Surface, Value, say
from dialogs.sms_length import measure
from dialogs.talk import Guide

SHORT_PARTS = 2
"""Of a letter that nobody has asked for."""
MOST_PARTS = 3
MOST_LINES = 7
LONGEST_REASON = 1000
"""In a chat; by SMS as much as fits."""
LEAST_REASON = 40
"""A third part of an SMS is better than less of a reason."""
LONGEST_PLACE = 60
"""By SMS."""
OBJECTION = 2
"""Working days after the preliminary decision was heard of, the same in all the orders that have such a term."""
OBJECTED_TO = frozenset(
    {
        "local_social_aid",
        "home_schooling_compensation",
        "nuclear_test_compensation",
        "rehabilitated_person_certificate",
    }
)
"""Order 84, annexes 1 (¶14), 2 (¶15) and 3 (¶10), and order 78 (¶12). Elsewhere people say at the hearing what they
think; where the law is not known to us, that is not wrong either."""


class _Said(Struct, frozen=True):
    text: str
    enough: bool = True
    """To be understood."""


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


class _Voice:
    """One language on one surface, at one time, about one person."""

    def __init__(self, guide: Guide, language: Language, surface: Surface, now: datetime, name: str) -> None:
        self._guide = guide
        self._language = language
        self._surface = surface
        self._now = now
        self._name = name

    def say(self, what: Say) -> str:
        """Also what is made of other texts."""
        values = tuple((name, self.say(one) if isinstance(one, Say) else one) for name, one in what.values)
        return self._guide.words.say(Say(what.id, values, what.count), self._language, self._surface)

    def chat(self, news: Sequence[Application]) -> str:
        told = [next(self._one(one)).text for one in news[:MOST_LINES]]
        more = self._more(len(news) - MOST_LINES)
        return "\n\n".join((*told, *more, self._text("ask")))

    def sms(self, news: Sequence[Application]) -> Iterator[_Said]:
        """The fullest first. All have a line, as long as there is room; the first has its own words, where it has to
        be acted on."""
        first, *others = news
        if not others:
            for said in self._one(first):
                for ask in ("ask", "ask.short"):
                    yield _Said(f"{said.text} {self._text(ask)}", said.enough)
            return
        begun = list(self._one(first)) if _is_urgent(first) else [_Said(self._line(first, self._name))]
        rest = [self._line(one) for one in others]
        for shown in range(min(len(rest), MOST_LINES - 1), -1, -1):
            for said in begun:
                text = "\n".join((said.text, *rest[:shown], *self._more(len(rest) - shown)))
                yield _Said(text, said.enough)

    def _one(self, application: Application) -> Iterator[_Said]:
        """In full, then shorter, if that is possible; in a chat, below a line that says what it is about."""
        if application.stage is Stage.REFUSED:
            yield from self._refused(application)
        elif _is_hearing(application):
            yield from map(_Said, self._hearing(application))
        elif self._is_discreet(application):
            yield _Said(f"{self._line(application, self._name)}.")
        else:
            told = lines.brief(application, self._guide, self._now, self._surface, whom=self._name)
            yield _Said(self._joined([_ended(self.say(one)) for one in told]))

    def _refused(self, application: Application) -> Iterator[_Said]:
        said, reason = self._text("refused"), application.refusal_reason
        if not reason or self._is_discreet(application):
            yield _Said(self._below(application, [said]))
            return
        reasons = list(_shorter(" ".join(reason.split()).rstrip(".")))
        least = min(len(reasons[0]), LEAST_REASON)
        for some in reasons:
            text = self._below(application, [said, self._text("reason", reason=some)])
            yield _Said(text, enough=len(some) >= least)

    def _hearing(self, application: Application) -> Iterator[str]:
        hearing = application.hearing
        assert hearing is not None  # noqa: S101 - it is one
        at = hearing.at.astimezone(self._now.tzinfo)
        if application.service in OBJECTED_TO:
            day = self._guide.workdays.add(self._now.date(), OBJECTION)
            answer = self._text("hearing.object", day=day)
        else:
            answer = self._text("hearing.say")
        if self._is_discreet(application):
            yield self._below(application, [self._text("hearing.discreet", at=at), answer])
            return
        place, way = hearing.place.rstrip(". "), hearing.method.rstrip(". ")
        full = self._text("hearing", at=at, place=place, way=way)
        yield self._below(application, [full, self._text("hearing.before"), answer])
        where = f"{place[: LONGEST_PLACE - 1]}…" if len(place) > LONGEST_PLACE else place
        short = self._text("hearing.short", at=at, place=where)
        yield self._below(application, [short, self._text("hearing.before"), answer])
        yield self._below(application, [short, answer])

    def _line(self, application: Application, name: str = "") -> str:
        """One of several."""
        if _is_hearing(application):
            assert application.hearing is not None  # noqa: S101 - it is one
            at = application.hearing.at.astimezone(self._now.tzinfo)
            stage = self._text("hearing.line", at=at)
        elif not self._is_discreet(application):
            line = self.say(lines.line(application, self._guide, self._now, self._surface))
            return f"{name}: {line}" if name else line
        else:
            stage = self.say(Say(f"status.short.{application.stage}"))
        return self._text("line", head=self._head(application, name), stage=stage)

    def _below(self, application: Application, said: Sequence[str]) -> str:
        head = self._head(application, self._name)
        return " ".join((f"{head}.", *said)) if self._surface is Surface.SMS else f"{head}\n{self._joined(said)}"

    def _head(self, application: Application, name: str) -> str:
        """What it is about; a service of which others should not read is not named."""
        if self._is_discreet(application):
            head = self._text("discreet")
        else:
            head = self.say(lines.name(application, self._guide))
        return f"{head} ({name})" if name else head

    def _joined(self, said: Sequence[str]) -> str:
        return (" " if self._surface is Surface.SMS else "\n").join(said)

    def _more(self, count: int) -> list[str]:
        return [self._text("others", number=count)] if count > 0 else []

    def _text(self, text: str, /, **values: Value) -> str:
        return self.say(say(f"news.{text}", **values))

    def _is_discreet(self, application: Application) -> bool:
        service = self._guide.catalogue.services.get(application.service)
        return service is not None and service.discreet


def _is_hearing(application: Application) -> bool:
    return application.stage is Stage.HEARING_SCHEDULED and application.hearing is not None


def _is_urgent(application: Application) -> bool:
    return application.stage is Stage.REFUSED or _is_hearing(application)


def _ended(text: str) -> str:
    return text if text.endswith((".", "?", "…")) else f"{text}."


def _fitting(said: Sequence[_Said]) -> str:
    """In two parts, if they hold enough; else in three."""
    text = first_that_fits((one.text for one in said if one.enough), SHORT_PARTS)
    return text if measure(text).parts <= SHORT_PARTS else first_that_fits((one.text for one in said), MOST_PARTS)


def _shorter(text: str) -> Iterator[str]:
    """Somebody else's words as a sentence, cut between words until they fit."""
    if len(text) <= LONGEST_REASON:
        yield f"{text}."
    words = text[:LONGEST_REASON].split(" ")
    for count in range(len(words) - 1, 0, -1):
        yield " ".join(words[:count]).rstrip(",;:.") + "…"
    yield "…"

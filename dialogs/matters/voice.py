"""One language on one surface: the words of the letters about offers, and how they are put together."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from hashlib import blake2b

from msgspec import Struct

from dialogs.language import Language
from dialogs.matters import sizes
from dialogs.matters.matter import Kind, Matter
from dialogs.matters.window import last_day
from dialogs.messages import Button, Say, Surface, Value
from dialogs.sms_length import measure
from dialogs.words import Words

LONGEST_NAME = 12
DISCREET = frozenset({"special_social_services_temporary"})
"""Never named on a phone that others may read."""


def key(offer: str) -> str:
    """The offer's short name in buttons."""
    return blake2b(offer.encode()).hexdigest()[:10]


def given_name(name: str) -> str:
    """What people call each other by, out of a name with the surname first, as in the papers."""
    names = name.split() or [""]
    given = names[min(1, len(names) - 1)]
    given = given.title() if given.isupper() else given
    return given if len(given) <= LONGEST_NAME else f"{given[: LONGEST_NAME - 1]}."


def whom(matter: Matter, now: datetime, *, named: bool) -> str:
    """The name that has to be said; an offer to a child is read by its parents. Empty: the reader knows."""
    person = matter.person
    return given_name(person.name) if named or sizes.child(person.birth_date, now.date()) else ""


class Voice(Struct, frozen=True):
    words: Words
    language: Language
    surface: Surface

    @property
    def sms(self) -> bool:
        return self.surface is Surface.SMS

    def say(self, text: str, /, **values: Value) -> str:
        return self._say(Say(f"matter.{text}", tuple(values.items())))

    def counted(self, text: str, count: int, /, **values: Value) -> str:
        return self._say(Say(f"matter.{text}", tuple(values.items()), count))

    def _say(self, what: Say) -> str:
        return self.words.say(what, self.language, self.surface)

    def join(self, said: Iterable[str]) -> str:
        return (" " if self.sms else "\n\n").join(said)

    def below(self, head: str, said: Sequence[str]) -> str:
        """Says first what it is about; in a chat, on a line of its own."""
        return self.join((f"{head}.", *said)) if self.sms else f"{head}\n{self.join(said)}"

    def service(self, slug: str) -> str:
        name = f"{slug}.name"
        return self.say("discreet") if slug in DISCREET or not self.words.has(name) else self._say(Say(name))

    def head(self, slug: str, name: str) -> str:
        """What it is about, in a form that no sentence around it can make wrong."""
        return f"{self.service(slug)} ({name})" if name else self.service(slug)

    def offers(self, matter: Matter, name: str) -> Iterator[str]:
        """The first sentence of a question; that of a replacement says that it is free, or, where no room is, not."""
        if matter.kind is Kind.PROACTIVE:
            what = self._known(f"offer.{matter.service}", "offer.other")
            yield self.say("for", name=name, what=what) if name else self.say("you", what=what)
            return
        thing = self._known(f"swap.{matter.service}", "swap.other")
        for text in ("swap", "swap.short"):
            what = self.say(text, what=thing)
            yield self.say("for", name=name, what=what) if name else what[0].upper() + what[1:]

    def about(self, slug: str, head: str) -> str:
        """What the service is, in a sentence."""
        known = self.words.has(f"matter.about.{slug}")
        return f"{head}: {self.say(f'about.{slug}')}" if known else f"{head}."

    def _known(self, text: str, other: str) -> str:
        return self.say(text if self.words.has(f"matter.{text}") else other)

    def codes(self, matter: Matter, *, swap: bool = False) -> str:
        """`swap`: after the question whether to replace, which is answered with yes or no."""
        return self.say("codes.swap" if swap else "codes", yes=matter.yes, no=matter.no)

    def line(self, matter: Matter, name: str, *, short: bool = False) -> str:
        """One of a list."""
        text = "line.short" if short else "line"
        return self.say(text, head=self.head(matter.service, name), yes=matter.yes, no=matter.no)

    def last(self, matter: Matter) -> str:
        return self.say("last", day=last_day(matter.closes))

    def buttons(self, matter: Matter, *, coded: bool = False) -> tuple[Button, Button]:
        """`coded`: several offers stand above them, so they say which code each is."""
        yes, no = (f"offer:{key(matter.id)}:{answer}" for answer in ("yes", "no"))
        if coded:
            return (
                Button(yes, self.say("button.code.yes", code=matter.yes)),
                Button(no, self.say("button.code.no", code=matter.no)),
            )
        return Button(yes, self.say("button.yes")), Button(no, self.say("button.no"))


def first_that_fits(texts: Iterable[str], parts: int) -> str:
    """The fullest that is short enough; if none is, the shortest."""
    text = ""
    for text in texts:
        if measure(text).parts <= parts:
            break
    return text


def with_less(said: Sequence[tuple[int, str]]) -> Iterator[list[str]]:
    """Sentences with their rank, all of them first; then those of the lowest rank fall away. Those of rank 0 stay."""
    for rank in sorted({rank for rank, _ in said}, reverse=True):
        yield [text for number, text in said if number <= rank]

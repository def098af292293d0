"""What a person reads about their duties: by SMS, where every part counts, and in a linked chat.

All words are in `duties.po`. In an SMS the day and the numbers to answer with stand in its first part: they survive
if the second is lost. Who provides something may have a name of two hundred letters: it is cut, not what has to be
done.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from msgspec import Struct

from dialogs.duties import screen
from dialogs.duties.bring import for_invitation, for_sanatorium
from dialogs.duties.clipping import CHAT_ROOM, ROOMS, ROOMS_TO_CALL, Room, clipped, quoted, short_address, short_name
from dialogs.duties.contents import Content, content
from dialogs.duties.duty import AnyDuty, Invitation, Order, Place, Setting
from dialogs.duties.plans import ANSWERED, ENDS_IN_BUTTONS, ONLY_CHAT, ONLY_SMS, RANKS
from dialogs.duties.rules import Rules
from dialogs.language import Language
from dialogs.matters.matter import Telling
from dialogs.matters.voice import DISCREET, Voice, first_that_fits, given_name, with_less
from dialogs.messages import Button, Message, Say, Surface, Value
from dialogs.words import Words

PARTS = 2
"""Of an SMS that nobody has asked for."""
FIRST_PART = 67
"""Letters of the first part of an SMS that has several."""
SHORTER = ((False, False), (False, True), (True, True))
"""Whether the first sentence, and the others, are said in shorter words, where there are any."""


class Letters:
    """Built once."""

    def __init__(self, words: Words, rules: Rules) -> None:
        self._words = words
        self._rules = rules

    def about(
        self,
        telling: Telling,
        duty: AnyDuty,
        language: Language,
        surface: Surface,
        *,
        now: datetime,
        named: bool,
    ) -> Message:
        """`now`: when it leaves; `named`: the phone serves several persons."""
        told = content(telling.name, duty, now.date(), self._rules)
        name = given_name(duty.person.name) if named or told.child else ""
        letter = _Letter(Voice(self._words, language, surface), duty, told, name)
        if surface is Surface.SMS:
            return Message(first_that_fits(letter.sms(), PARTS))
        return Message(letter.chat(), tuple(letter.buttons(telling.name)))


class _Letter(Struct, frozen=True):
    """One duty in one language on one surface."""

    voice: Voice
    duty: AnyDuty
    told: Content
    name: str
    """Of the person, if the reader has to be told whose duty it is."""

    def sms(self) -> Iterator[str]:
        """The fullest first: before anybody's name is cut, all is left out that may be."""
        first, *others = (said for said in self.told.plan if said not in ONLY_CHAT)
        for room in self._rooms():
            for shorter, short in SHORTER:
                opening, dated = self._opening(first, short=shorter)
                rest = [said for said in others if said != "last" or not dated]
                said = [(_rank(one), text) for one, text in self._sentences(rest, room, opening, short=short)]
                for less in with_less([(0, opening), *said]):
                    yield " ".join(less)

    def chat(self) -> str:
        first, *others = (said for said in self.told.plan if said not in ONLY_SMS)
        opening, _ = self._opening(first, short=False)
        head = self.voice.service(self.duty.service) if isinstance(self.duty, Invitation) else self._head()
        said = (text for _, text in self._sentences(others, CHAT_ROOM, opening, short=False))
        return "\n\n".join((f"{head}\n{opening}", *said))

    def buttons(self, telling: str) -> Iterator[Button]:
        if isinstance(self.duty, Invitation) and telling in ENDS_IN_BUTTONS:
            stays = self.duty.setting in (Setting.HOME, Setting.TEMPORARY)
            form = ".home" if stays else ".named" if self.name else ""
            for choice, answer in zip(screen.answers(self.duty), screen.ANSWERS, strict=True):
                yield Button(choice, self._say(f"button.{answer}{form}"))
        if self.duty.service in DISCREET or telling not in ENDS_IN_BUTTONS:
            yield Button("deadlines", self._say("button.deadlines"))

    def _opening(self, first: str, *, short: bool) -> tuple[str, bool]:
        """And whether it says the weekday."""
        if not self.voice.sms:
            return self._addressed(first), True
        if first not in ANSWERED:
            return self._headed(self._addressed(first, short=short)), True
        if not self.told.numbered:
            return self._addressed(f"{first.partition('.')[0]}.quiet"), True
        full = self._addressed(first)
        if len(full) <= FIRST_PART:
            return full, True
        return self._addressed(first, short=True), not self.name

    def _headed(self, text: str) -> str:
        return text if isinstance(self.duty, Invitation) else f"{self._head()}. {text}"

    def _head(self) -> str:
        """What it is about; the name takes the place of what the service is also called."""
        service = self.voice.service(self.duty.service)
        return f"{service.partition(' (')[0]} ({self.name})" if self.name else service

    def _addressed(self, text: str, *, short: bool = False) -> str:
        """With the name of whom it is about, in words that fit it."""
        if not isinstance(self.duty, Invitation) or not self.name:
            return self._say(text, short=short)
        form = next((f for f in self._forms(text) if f != text), "")
        if form:
            return self._say(form, short=short)
        said = self._say(text, short=short)
        begun = said[:1].lower() + said[1:] if said[1:2].islower() else said
        return f"{self.name}: {begun}"

    def _forms(self, text: str) -> Iterator[str]:
        """The words for a child, or for somebody who is named, if there are such."""
        if self.told.child:
            yield from self._known(f"{text}.child")
        if self.name:
            yield from self._known(f"{text}.named")
        yield text

    def _known(self, text: str) -> Iterator[str]:
        if self.voice.words.has(f"duty.{text}"):
            yield text

    def _sentences(self, rest: Sequence[str], room: Room, opening: str, *, short: bool) -> Iterator[tuple[str, str]]:
        """Whom to ask is not said twice."""
        asks = "1414" in opening
        for one in rest:
            text = self._sentence(one, room, short=short)
            if text and not (asks and one == "ask"):
                yield one, text
            asks = asks or "1414" in text

    def _sentence(self, text: str, room: Room, *, short: bool) -> str:
        match text:
            case "where" | "where.told":
                return self._where(room)
            case "bring":
                return self._bring()
            case "reason":
                return self._reason(room.reason)
            case "once":
                return self._say(text, button=self._say("button.cannot.named" if self.name else "button.cannot"))
            case "hidden.where":
                return self._say(text, button=self._say("button.deadlines"))
            case "ask":
                return self.voice.say(text)
        return self._say(next(self._forms(text)), short=short)

    def _reason(self, longest: int) -> str:
        reason = getattr(self.duty, "reason", "")
        return self._say("reason", reason=quoted(reason, longest)) if longest else ""

    def _where(self, room: Room) -> str:
        place: Place | None = getattr(self.duty, "place", None)
        if place is None or self.duty.service in DISCREET:
            return ""
        if not self.voice.sms:
            return "\n".join(filter(None, (place.name, place.address, place.phone)))
        parts = (
            short_name(place.name, room.name) if room.name else "",
            short_address(place.address, room.address) if room.address else "",
            clipped(place.phone, room.phone) if room.phone else "",
        )
        said = ", ".join(filter(None, parts))
        return f"{said.rstrip('.')}.".replace("….", "…") if said else ""

    def _bring(self) -> str:
        duty, born = self.duty, self.duty.person.birth_date
        things: tuple[str, ...] = ()
        if isinstance(duty, Invitation) and duty.setting is not None:
            things = for_invitation(duty.setting, born, duty.arrive_by)
        elif isinstance(duty, Order) and duty.arrive_on is not None:
            things = for_sanatorium(None, born, duty.arrive_on)
        voice = self.voice
        lines = [f"• {voice.words.say(Say(thing), voice.language, voice.surface).rstrip('.')}" for thing in things]
        return "\n".join((self._say("bring"), *lines)) if lines else ""

    def _rooms(self) -> Iterable[Room]:
        return ROOMS_TO_CALL if getattr(self.duty, "setting", None) is Setting.HOME else ROOMS

    def _say(self, text: str, *, short: bool = False, **more: Value) -> str:
        if short:
            text = next(self._known(f"{text}.short"), text)
        values = {"name": self.name, **self.told.values, **more}
        what = Say(f"duty.{text}", tuple(values.items()))
        return self.voice.words.say(what, self.voice.language, self.voice.surface)


def _rank(said: str) -> int:
    return RANKS.get(said, RANKS.get(said.partition(".")[0], 0))

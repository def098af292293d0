"""What a person reads about their offers: by SMS, where every part counts, and in a linked chat.

All words are in `matters.po`. The codes stand early in a letter, the one for yes before the one for no, and beside
them no other number of three digits.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from dialogs.language import Language
from dialogs.matters.matter import Kind, Matter, Telling
from dialogs.matters.rules import Rules, decision_by
from dialogs.matters.voice import DISCREET, Voice, first_that_fits, key, whom, with_less
from dialogs.matters.window import last_day
from dialogs.messages import Message, Surface, say
from dialogs.words import Words

__all__ = ["Letters", "key"]

SHORT_PARTS = 2
"""Of a letter that nobody has asked for."""
SHORTER = (False, True)
"""By SMS the full words, or, if a long name makes them too long, shorter ones where there are any."""
MOST_PARTS = 3
MOST_LINES = 7

TO_ANSWER = frozenset({"question", "reminder"})
BY_KIND = frozenset({"consented", "refused", "turned"})
"""They say to each kind of offer what it means there."""
OF_NO_OFFER = frozenset({"not_mine", "stranger", "died"})
"""They name nothing and nobody: the phone is somebody else's, or somebody mourns."""
DECIDED = frozenset({"consented", "turned"})
"""They say, of a proactive offer, till when it will be decided."""

Closing = tuple[str, ...]
SILENT = {kind: f"silence.{kind}" for kind in Kind}
SILENCE_RANKS = {Kind.PROACTIVE: 1, Kind.REPLACEMENT: 0}
"""Of an explanation: where silence is consent, it is always said."""
BRIEFLY = {Kind.PROACTIVE: f"explained.{Kind.PROACTIVE}", Kind.REPLACEMENT: "silence.full"}
CLOSINGS: dict[tuple[str, Kind], tuple[Closing, ...]] = {
    ("question", Kind.PROACTIVE): (
        ("send", "last", "ask"),
        ("send", "last", "ask.short"),
        ("last", "ask"),
        ("last", "ask.short"),
    ),
    ("question", Kind.REPLACEMENT): (
        ("last", "silence.full", "ask"),
        ("last", "silence.full", "ask.short"),
        ("last", SILENT[Kind.REPLACEMENT], "ask"),
        ("last", SILENT[Kind.REPLACEMENT], "ask.short"),
        ("last", "silence.brief", "ask.short"),
        ("last", "silence.short", "ask.short"),
    ),
    ("reminder", Kind.PROACTIVE): (
        ("send", SILENT[Kind.PROACTIVE], "ask"),
        (SILENT[Kind.PROACTIVE], "ask"),
        (SILENT[Kind.PROACTIVE], "ask.short"),
        ("ask.short",),
    ),
    ("reminder", Kind.REPLACEMENT): (
        ("send", "silence.full", "ask"),
        ("silence.full", "ask"),
        ("silence.full", "ask.short"),
        (SILENT[Kind.REPLACEMENT], "ask.short"),
        ("silence.brief", "ask.short"),
        ("silence.short", "ask.short"),
    ),
}
"""What an SMS says after the codes; the first that fits is taken. What silence means in a replacement is never left
out."""


class Letters:
    """Built once."""

    def __init__(self, words: Words, rules: Rules) -> None:
        self._words = words
        self._rules = rules

    def about(
        self,
        telling: Telling,
        matter: Matter,
        language: Language,
        surface: Surface,
        *,
        now: datetime,
        named: bool,
        answers_here: bool,
    ) -> Message:
        """One matter. `named`: the phone serves several persons; `answers_here`: it is a chat that may answer."""
        voice = Voice(self._words, language, surface)
        name = whom(matter, now, named=named)
        if telling.name in TO_ANSWER:
            openings = list(voice.offers(matter, name))
            if telling.name == "reminder":
                openings = [voice.below(voice.head(matter.service, name), [voice.say("today")])]
            return _to_answer(voice, telling.name, openings, matter, answers_here=answers_here)
        head = voice.head(matter.service, name)
        texts = (voice.below(head, list(self._told(voice, telling, matter, now, short=short))) for short in SHORTER)
        text = _fitting(voice, texts)
        way_back = telling.name == "refusing" and telling.minutes and answers_here and not voice.sms
        return Message(text, voice.buttons(matter)[:1] if way_back else ())

    def _told(self, voice: Voice, telling: Telling, matter: Matter, now: datetime, *, short: bool) -> Iterator[str]:
        name = telling.name
        text = f"{name}.{matter.kind}" if name in BY_KIND else name
        if short and self._words.has(f"matter.{text}.short"):
            text = f"{text}.short"
        if name == "refusing":
            minutes = telling.minutes
            yield voice.counted(name, minutes, yes=matter.yes) if minutes else voice.say(f"{name}.done")
        elif name == "conflict":
            held = telling.held
            yield voice.say(text, held=voice.say(f"held.{held}")) if held else voice.say(f"{name}.unknown")
        else:
            yield voice.say(text, day=last_day(matter.closes))
        if name in DECIDED and matter.kind is Kind.PROACTIVE:
            agreed = matter.given.at if matter.given else now
            day = decision_by(matter.service, agreed.date(), self._rules)
            yield voice.say("decided_by", day=day) if day else voice.say("decided_some_day")

    def taken_over(self, end: str, language: Language | None, surface: Surface) -> str:
        """To a chat whose phone belongs to another one from now on. `end`: the last digits of its number."""
        text = "link.taken_over" if language else "link.taken_over_both"
        return self._words.say(say(text, end=end), language or Language.KK, surface)

    def several(
        self,
        name: str,
        matters: Sequence[Matter],
        language: Language,
        surface: Surface,
        *,
        now: datetime,
        named: bool,
        reason: str = "",
    ) -> Message:
        """All that is open on a phone: `again` (`reason` says why), `explained`, `office`. To a stranger: `not_mine`,
        `stranger`; to those who mourn: `died`."""
        voice = Voice(self._words, language, surface)
        if name in OF_NO_OFFER:
            return Message(voice.say(name))
        opened = sorted(matters, key=lambda matter: (matter.closes, matter.id))
        lists = [
            [voice.line(matter, whom(matter, now, named=named), short=short) for matter in opened]
            for short in SHORTER
        ]
        if len(opened) == 1 and name == "again":
            lists = [[f"{lists[0][0]}. {voice.last(opened[0])}"]]
        if name == "explained" and opened:
            head = voice.head(opened[0].service, whom(opened[0], now, named=named))
            return self._listed(
                voice, self._explained(voice, opened[0], head), [lines[1:] for lines in lists], opened
            )
        begun = voice.say(f"again.{reason or 'unsure'}" if name == "again" else "office")
        return self._listed(voice, [begun], lists, opened)

    def _explained(self, voice: Voice, matter: Matter, head: str) -> Iterator[str]:
        """The fullest explanation first; the last says no more of the service than its name."""
        slug, last, ask = matter.service, voice.last(matter), voice.say("ask")
        said = [(0, voice.about(slug, head)), (0, voice.say(f"explained.{matter.kind}"))]
        if slug not in DISCREET:
            word = voice.service(slug)
            said.append((2, voice.say("papers", word=word[0].lower() + word[1:])))
        said.append((SILENCE_RANKS[matter.kind], voice.say(SILENT[matter.kind])))
        for less in with_less([*said, (0, voice.codes(matter)), (0, last), (3, ask)]):
            yield voice.join(less)
        yield voice.join((f"{head}.", voice.say(BRIEFLY[matter.kind]), voice.codes(matter, swap=True), last))

    def _listed(
        self, voice: Voice, beginnings: Iterable[str], lists: Sequence[Sequence[str]], opened: Sequence[Matter]
    ) -> Message:
        """`lists`: the open offers that the beginning does not speak of, a line for each; in full, then shorter."""
        texts = _with_lines(voice, list(beginnings), lists, opened)
        if voice.sms:
            return Message(first_that_fits(texts, MOST_PARTS))
        text = next(texts)
        if not opened:
            return Message(text)
        if not self._rules.chat_answers:
            return Message(voice.join((text, voice.say("how.sms"))))
        buttons = (b for matter in opened[:MOST_LINES] for b in voice.buttons(matter, coded=len(opened) > 1))
        return Message(voice.join((text, voice.say("how.here"))), tuple(buttons))


def _fitting(voice: Voice, texts: Iterator[str]) -> str:
    return first_that_fits(texts, SHORT_PARTS) if voice.sms else next(texts)


def _to_answer(voice: Voice, name: str, openings: Sequence[str], matter: Matter, *, answers_here: bool) -> Message:
    """Of the first opening all is left out that may be, before the next is taken."""
    asks = name == "question"
    codes = voice.codes(matter, swap=asks and matter.kind is Kind.REPLACEMENT)
    if voice.sms:
        day = last_day(matter.closes)
        closings = [[voice.say(text, day=day) for text in closing] for closing in CLOSINGS[name, matter.kind]]
        texts = (voice.join((opening, codes, *closing)) for opening in openings for closing in closings)
        return Message(first_that_fits(texts, SHORT_PARTS))
    last = [voice.last(matter)] * asks
    how = " ".join([*last, voice.say("how.here" if answers_here else "how.sms")])
    text = voice.join((openings[0], codes, how, voice.say(SILENT[matter.kind]), voice.say("ask")))
    return Message(text, voice.buttons(matter) if answers_here else ())


def _with_lines(
    voice: Voice, beginnings: Sequence[str], lists: Sequence[Sequence[str]], opened: Sequence[Matter]
) -> Iterator[str]:
    """As many lines as possible first, below the fullest beginning; where nothing else speaks of an offer, at least
    one."""
    count = len(lists[0])
    told = len(opened) - count
    least = 0 if told or not count else 1
    for shown in range(min(count, MOST_LINES - told), least - 1, -1):
        more = [voice.say("more", number=count - shown)] * (shown < count)
        for begun in beginnings:
            for lines in lists:
                yield ("\n" if voice.sms else "\n\n").join((begun, *lines[:shown], *more))

"""Conversations as readable text: played against the real dialogue, stored and read back after every line.

▸ what the person sends; [in brackets] a button, or what else happens
— what happens meanwhile
  what the assistant answers
  [buttons]
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from msgspec import structs

from dialogs import session as sessions
from dialogs.applications.application import Stage
from dialogs.catalogue.catalogue import facts_for, next_question, paths
from dialogs.catalogue.schema import Service
from dialogs.dialogue import Answer, Dialogue
from dialogs.duties import steps
from dialogs.duties.duty import AnyDuty, Invitation
from dialogs.language import Language
from dialogs.matters.matter import Matter
from dialogs.messages import (
    Contact,
    Content,
    Handed,
    Interrupted,
    Kept,
    Message,
    Pressed,
    Say,
    Surface,
    Text,
    Unreadable,
)
from dialogs.session import Agreement, Session
from dialogs.talk import Here
from dialogs.topics.answer import DETAILS
from dialogs.topics.privacy import VERSION
from tests.dialogs.registry import DUTY_RULES, Registry, answered, application

ALMATY = ZoneInfo("Asia/Almaty")
MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=ALMATY)
READING = timedelta(seconds=5)
MOST_PORTIONS = 25
CONTACTS = {"own": Contact("+77011234567", own=True), "foreign": Contact("+77017654321", own=False)}


class Talk:
    """One phone. Keeps what was said as lines of text."""

    def __init__(
        self,
        dialogue: Dialogue,
        surface: Surface,
        now: datetime = MONDAY,
        *,
        registry: Registry | None = None,
        phone: str | None = None,
    ) -> None:
        """`phone`: of the SMS, or the one that the chat is linked to."""
        self.dialogue = dialogue
        self.surface = surface
        self.registry = registry or Registry()
        self.phone = phone
        self.answers: list[Answer] = []
        """What each line was answered, oldest first."""
        self.duties: tuple[AnyDuty, ...] = ()
        """Of the persons reached at the phone…"""
        self.offers: tuple[Matter, ...] = ()
        """…and what they were offered."""
        self.now = now
        self.lines: list[str] = []
        self.last: Message | None = None
        self._stored = sessions.write(sessions.new("ref"))

    @property
    def session(self) -> Session:
        return sessions.read(self._stored)

    def known(self, language: Language) -> "Talk":
        """Somebody who wrote before, and agreed to the privacy notice."""
        session = self.session
        session.language, session.state, session.agreed = language, "menu", Agreement(VERSION, self.now)
        self._stored = sessions.write(session)
        return self

    def restore(self, session: Session) -> None:
        """As it was stored long ago."""
        self._stored = sessions.write(session)

    def send(self, line: str) -> None:
        self.lines.append(f"▸ {line}")
        if line.startswith("[waits: "):
            self.now += timedelta(minutes=int(line.removeprefix("[waits: ").removesuffix(" min]")))
            return
        answer = self._answer(self._content(line))
        self.answers.append(answer)
        if answer.link is not None and self.surface is Surface.CHAT:
            self.phone = answer.link or None
        if (wish := answer.request) is not None:  # it waits until E-Sobes has taken it
            self.registry.requested[wish.iin] = self.registry.requested.get(wish.iin, frozenset()) | {wish.service}
        self._stored = sessions.write(answer.session)
        for message in answer.messages:
            self.lines += self._shown(message)
            if message.to_phone is None:
                self.last = message

    def happens(self, line: str) -> None:
        """Between two messages: `away`, `back`, `taken` (E-Sobes has), or so many `minutes: 40`, `days: 3`."""
        self.lines.append(f"— {line}")
        name, _, count = line.partition(": ")
        if count:
            self.now += timedelta(**{name: int(count)})
        elif name == "taken":
            self.registry.requested.clear()
        else:
            self.registry.away = {"away": True, "back": False}[name]

    def _answer(self, content: Content) -> Answer:
        self.duties = tuple(steps.step(duty, None, self.now, DUTY_RULES).duty for duty in self.duties)
        here = Here(self.now, self.surface, self.phone, offers=self.offers, duties=self.duties)
        session = self.session
        languages = {one.person.language for one in (*self.offers, *self.duties)}
        if session.language is None and len(languages) == 1:  # as the shell does it
            session = structs.replace(session, language=languages.pop(), state="menu")
        answer = answered(lambda here: self.dialogue.answer(session, content, here), here, self.registry)
        self.duties = tuple(
            self.registry.arrived.pop(one.id, one) if isinstance(one, Invitation) else one for one in self.duties
        )
        return answer

    def _content(self, line: str) -> Content:
        if line.startswith("[") and line.endswith("]"):
            return self._special(line[1:-1])
        return Text(line)

    def _special(self, name: str) -> Content:
        kind, _, rest = name.partition(": ")
        if kind == "contact":
            return CONTACTS[rest]
        if kind == "sends":
            return Unreadable(rest)
        if kind == "answers an offer":
            return Interrupted()
        if kind == "old button":
            return Pressed(rest, 1)
        if kind == "kept":
            return Kept(rest)
        if kind == "a specialist":
            return Handed(rest)
        buttons = self.last.buttons if self.last else ()
        return Pressed(next(button.id for button in buttons if button.label == name), 7)

    def choose(self, choice: str) -> None:
        """Press the button, or send its number; by SMS first ask for more until the number is there."""
        if self.surface is Surface.CHAT:
            assert self.last is not None
            self.send(f"[{next(b.label for b in self.last.buttons if b.id == choice)}]")
            return
        if choice not in self.session.offered and "more" not in self.session.offered:
            self.send("/again")
        while choice not in self.session.offered:
            self.send(str(self.session.offered.index("more") + 1))
        self.send(str(self.session.offered.index(choice) + 1))

    def read_on(self) -> None:
        """A portion takes a few seconds to read: nobody is told to slow down for reading to the end."""
        for _ in range(MOST_PORTIONS):
            if "more" not in self.session.offered:
                return
            self.now += READING
            self.send(str(self.session.offered.index("more") + 1))
        raise AssertionError("no end of portions")

    def _shown(self, message: Message) -> Iterator[str]:
        if message.to_phone:
            yield f"  (SMS {message.to_phone})"
        if message.replaces is not None:
            yield "  (in place)"
        for line in message.text.split("\n"):
            yield f"  {line}".rstrip()
        if message.buttons:
            yield "  " + " ".join(f"[{button.label}]" for button in message.buttons)


def about(dialogue: Dialogue, service: Service, language: Language, surface: Surface) -> str:
    """All conversations about one service that are needed to hear every option of every question, and every fact."""
    parts = []
    told: set[str] = set()
    for path in _enough_paths(service):
        talk = Talk(dialogue, surface).known(language)
        talk.send(dialogue.guide.words.say(Say(f"{service.slug}.name"), language, surface))
        if talk.session.state == "search.results":
            talk.choose(f"svc:{service.number}")
        answers: dict[str, str] = {}
        while (asked := next_question(service, answers, talk.now.date())) is not None:
            answers[asked.id] = path[asked.id]
            talk.choose(f"o:{service.number}:{asked.id}:{path[asked.id]}")
        talk.read_on()
        details = {fact.id for fact in facts_for(service, path, talk.now.date()) if fact.kind in DETAILS}
        if details - told:
            told |= details
            talk.choose("details")
            talk.read_on()
        parts.append("\n".join(talk.lines))
    return "\n\n———\n\n".join(parts) + "\n"


def _enough_paths(service: Service) -> list[dict[str, str]]:
    """As few ways through the questions as hear every option of each, and every fact."""
    ways = list(paths(service, MONDAY.date()))
    heard = [_heard(service, way) for way in ways]
    unheard = set[object]().union(*heard) - heard[0]
    chosen = [0]
    while unheard:
        best = max(range(len(ways)), key=lambda number: len(unheard & heard[number]))
        chosen.append(best)
        unheard -= heard[best]
    return [ways[number] for number in chosen]


def _heard(service: Service, path: dict[str, str]) -> set[object]:
    return {*path.items(), *(fact.id for fact in facts_for(service, path, MONDAY.date()))}


def replay(dialogue: Dialogue, text: str) -> str:
    """A written conversation: its header lines say who talks, the lines with ▸ are sent again, those with — happen.
    `phone`: whose it is, if anybody's; `under way`: their application, and its stage.
    `away`: E-Sobes does not answer; `fetched`: when it told its register."""
    header, _, body = text.partition("\n\n")
    said = dict(line.split(": ", 1) for line in header.splitlines())
    talk = Talk(dialogue, Surface(said["surface"]), datetime.fromisoformat(said["now"]).replace(tzinfo=ALMATY))
    if "known" in said:
        talk.known(Language(said["known"]))
    talk.phone, talk.registry.away = said.get("phone"), "away" in said
    if "under way" in said:
        service, stage = said["under way"].split()
        (owner,) = (one for one in talk.registry.persons if talk.phone in one.phones)
        talk.registry.applications = (application(service, Stage(stage), talk.now, owner.iin),)
    if "fetched" in said:
        talk.registry.fetched = datetime.fromisoformat(said["fetched"]).replace(tzinfo=ALMATY)
    for mark, line in _played(body.splitlines()):
        if mark == "▸":
            talk.send(line)
        else:
            talk.happens(line)
    return f"{header}\n\n" + "\n".join(talk.lines) + "\n"


def _played(lines: Iterable[str]) -> Iterator[tuple[str, str]]:
    return ((line[0], line[2:]) for line in lines if line.startswith(("▸ ", "— ")))

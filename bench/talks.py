"""What citizens say in a benchmark: whole talks, walked once through the real dialogue and kept as a score."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta

from msgspec import Struct

from dialogs import session as sessions
from dialogs.conversation import PER_MINUTE
from dialogs.dialogue import Dialogue
from dialogs.messages import Content, Message, Pressed, Surface, Text
from dialogs.session import Session
from dialogs.talk import Here

TALKS = (
    "«/start» lang:kk services grp:aids svc:4 case details «кресло-арба керек» menu",
    "«Какие документы на путевку» lang:ru case «назад» case «меню» operator menu",
    "«протез керек» lang:kk case details «кресло-арба керек» case menu",
    "«/start» lang:ru services grp:rehab svc:8 case «нужна каляска» case «меню» settings",
)
"""«Words» typed, choices by the beginning of their ids, and `case`: every question about it, the first option."""

REF = "Zm9yYmVuY2g0"
"""As long as a real one."""

PAUSE = timedelta(seconds=10)

ACTIVE = 2_000
"""Citizens in the middle of their talks at any moment."""


class Step(Struct, frozen=True):
    content: Content
    shown: Message | None
    """What the person had before them when answering."""
    before: bytes | None
    after: bytes
    answer: Message
    note: str


Talk = tuple[Step, ...]


def walk(dialogue: Dialogue, surface: Surface, now: datetime) -> list[Talk]:
    return [_Walk(dialogue, surface, now).all(talk) for talk in TALKS]


class _Walk:
    def __init__(self, dialogue: Dialogue, surface: Surface, now: datetime) -> None:
        self._dialogue = dialogue
        self._surface = surface
        self._now = now
        self._steps: list[Step] = []

    def all(self, wishes: str) -> Talk:
        for wish in re.findall(r"«.*?»|\S+", wishes):
            if wish[0] == "«":
                self._say(Text(wish[1:-1]))
            elif wish == "case":
                while self._find("o:", "agree:"):
                    self._choose("o:", "agree:")
            else:
                self._choose(wish)
        return tuple(self._steps[:PER_MINUTE])  # in a benchmark, all of them come within a minute

    def _find(self, *wishes: str) -> str:
        """The id of the choice; by SMS, it may stand on a later page."""
        while True:
            for choice in self._session().offered:
                if choice.startswith(wishes):
                    return choice
            if "more" not in self._session().offered:
                return ""
            self._say(self._press("more"))

    def _choose(self, *wishes: str) -> None:
        choice = self._find(*wishes)
        if not choice and wishes != ("menu",):
            raise ValueError(f"nothing like {wishes} is offered after «{self._steps[-1].note}»")
        self._say(self._press(choice or "menu"))

    def _press(self, choice: str) -> Content:
        if self._surface is Surface.CHAT:
            return Pressed(choice, 4071)
        return Text("0" if choice == "menu" else str(self._session().offered.index(choice) + 1))

    def _session(self) -> Session:
        return sessions.read(self._steps[-1].after) if self._steps else sessions.new(REF)

    def _say(self, content: Content) -> None:
        session, now = self._session(), self._now + len(self._steps) * PAUSE
        answer = self._dialogue.answer(session, content, Here(now, self._surface))
        if len(answer.messages) != 1 or answer.session.missed:
            raise ValueError(f"the dialogue does not understand {content}: {answer.note}")
        shown, before = (self._steps[-1].answer, self._steps[-1].after) if self._steps else (None, None)
        after = sessions.write(answer.session)
        self._steps.append(Step(content, shown, before, after, answer.messages[0], answer.note))


def endless(lengths: list[int]) -> Iterator[tuple[int, int, int]]:
    """(citizen, talk, step) for ever: `ACTIVE` citizens talk side by side, spread evenly over the steps of their
    talks. Between two messages of one citizen lie about as many of others."""
    crowd = ACTIVE // max(lengths)
    newest = 0
    while True:
        for step in range(min(max(lengths), newest // crowd + 1)):
            for citizen in range(newest - step * crowd, newest - step * crowd + crowd):
                talk = citizen % len(lengths)
                if step < lengths[talk]:
                    yield citizen, talk, step
        newest += crowd


def until_even(talks: list[Talk]) -> int:
    """Messages after which all steps of the talks come equally often."""
    return ACTIVE * max(map(len, talks)) // 2

"""How often the search understands people: `python -m tests.dialogs.search.score`. Below 95 % it fails."""

import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from time import perf_counter
from zoneinfo import ZoneInfo

from msgspec import Struct

from dialogs import session as sessions
from dialogs.dialogue import Dialogue, load
from dialogs.language import Language
from dialogs.messages import Surface, Text
from dialogs.search import Search
from dialogs.session import Session
from dialogs.talk import Here
from dialogs.topics.privacy import VERSION

ROOT = Path(__file__).parents[3]
UTTERANCES = Path(__file__).with_name("utterances.tsv")
NEEDED = 0.95
NOW = datetime(2026, 11, 23, 10, 0, tzinfo=ZoneInfo("Asia/Almaty"))


ANSWERS = {Surface.CHAT: {"согласен", "согласна"}, Surface.SMS: {"согласен", "согласна", "1"}}
"""Not wrong but right, where an agreement is asked for: the words of the choice, and by SMS its number."""


class Utterance(Struct, frozen=True):
    text: str
    expected: tuple[str, ...]
    """Empty: nothing of ours. Several: it may mean each of them."""
    kind: str
    part: str
    """`dev` and `held` were written before the search; `fresh`, `last` and `final` after it, each counted before
    anything was changed for it. Only `final` has never been looked at while words were added."""


class Outcome(Struct, frozen=True):
    utterance: Utterance
    found: tuple[str, ...]

    @property
    def right(self) -> bool:
        """Sure and right, or a choice that holds everything it may mean; for `none`, nothing found."""
        if not self.utterance.expected:
            return not self.found
        return set(self.utterance.expected) <= set(self.found)

    @property
    def first(self) -> bool:
        return self.right and self.found[: len(self.utterance.expected)] == self.found


def utterances() -> list[Utterance]:
    rows = (line.split("\t") for line in UTTERANCES.read_text("utf-8").splitlines()[1:])
    return [Utterance(text, tuple(s for s in slugs.split("|") if s), kind, part) for text, slugs, kind, part in rows]


def index() -> Search:
    return load(ROOT / "locales").guide.search


def outcomes(search: Search, asked: Iterable[Utterance]) -> list[Outcome]:
    return [Outcome(utterance, search.find(utterance.text).services) for utterance in asked]


def wrong_acts(dialogue: Dialogue, asked: Iterable[Utterance]) -> list[str]:
    """What was said where an agreement or the end of everything was asked for, and was taken for a yes; or anywhere
    for a wish to stop messages."""
    return [
        utterance.text
        for utterance in asked
        for surface in Surface
        if utterance.text not in ANSWERS[surface]
        for session in _asked_to_act()
        if _acted(session, dialogue.answer(session, Text(utterance.text), Here(NOW, surface)).session)
    ]


def _asked_to_act() -> Iterator[Session]:
    states = {
        "documents.privacy": [f"agree:{VERSION}", "decline"],
        "settings.forget": ["forget_yes"],
        "menu": ["services"],
    }
    for state, offered in states.items():
        session = sessions.new("ref")
        session.language, session.state, session.offered = Language.RU, state, offered
        session.service, session.answers = "technical_aids_tiflo", {"channel": "office"}
        yield session


def _acted(before: Session, after: Session | None) -> bool:
    return after is None or (after.agreed, after.quiet) != (before.agreed, before.quiet)


def rate(outcomes: Iterable[Outcome]) -> float:
    marks = [outcome.right for outcome in outcomes]
    return sum(marks) / len(marks)


def main() -> int:
    dialogue = load(ROOT / "locales")
    search = dialogue.guide.search
    asked = utterances()
    started = perf_counter()
    done = outcomes(search, asked)
    each = (perf_counter() - started) / len(asked)
    groups = defaultdict(list)
    for outcome in done:
        groups[outcome.utterance.kind].append(outcome)
        groups[outcome.utterance.part].append(outcome)
    ours = [outcome for outcome in done if outcome.utterance.expected]
    for name, group in groups.items():
        print(f"{name:10} {len(group):4} {rate(group):7.1%}")
    sure = sum(outcome.first for outcome in ours) / len(ours)
    print(f"{'services':10} {len(ours):4} {rate(ours):7.1%}, right without a choice {sure:.1%}")
    acts = wrong_acts(dialogue, asked)
    print(f"wrong acts {len(acts)} {' | '.join(acts)}")
    print(f"{each * 1e6:.0f} µs a message")
    for outcome in done:
        if not outcome.right and (outcome.utterance.part == "dev" or "--all" in sys.argv):
            print("  ", outcome.utterance.text, "→", ", ".join(outcome.found) or "nothing")
    false = [outcome for outcome in done if not outcome.utterance.expected and outcome.found]
    return int(rate(ours) < NEEDED or bool(false) or bool(acts))


if __name__ == "__main__":
    sys.exit(main())

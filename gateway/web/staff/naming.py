"""How matters and persons are called on pages of the console, and what is hidden from whom."""

import re
from datetime import date

from dialogs.messages import Value
from dialogs.people import initials
from gateway.matters.shelves import OFFERS
from gateway.staff.roles import Right
from gateway.web.staff.console import Console, Visit

PARTS = re.compile(r"[\s.\u2010-\u2015\u2212-]+")
"""How people part long numbers."""
NUMBER = re.compile(r"\d{12}", re.ASCII)
"""An IIN, also one that cannot be right: E-Sobes may hold it, and so does what was sent about it."""
_NUMBERS = re.compile(r"\+?\d(?:[ \-()]{0,2}\d){8,}")
"""IINs and phones, however they are parted."""
_SHORTEST = 3
"""Letters of a name: what is shorter may be any word."""


class Naming:
    """For one page. `open`: personal data are shown in full."""

    def __init__(self, console: Console, visit: Visit, *, opened: bool = False) -> None:
        self._console = console
        self._visit = visit
        self.opened = opened or visit.may(Right.PERSONAL)

    def say(self, text: str, **values: Value) -> str:
        return self._console.say(self._visit, text, count=None, **values)

    def known(self, text: str, otherwise: str) -> str:
        """Lines stay when a service or a kind of letter is no more: what has no words keeps its bare name."""
        return self.say(text) if self._console.words.has(text) else otherwise

    def service(self, slug: str) -> str:
        return self.known(f"{slug}.name", slug) if slug else "–"

    def kind(self, kind: str) -> str:
        return self.say(f"staff.matters.kind.{kind}")

    def state(self, kind: str, state: str) -> str:
        group = "offer" if kind in OFFERS else kind
        return self.known(f"staff.matters.state.{group}.{state}", state)

    def nature(self, nature: str, letter: str) -> str:
        """Letters about duties may be called as those about offers, and mean something else; letters about the size,
        `size.…`, share their words."""
        if letter.startswith("duty:") and self._console.words.has(f"journal.nature.duty.{nature}"):
            return self.say(f"journal.nature.duty.{nature}")
        return self.known(
            f"journal.nature.{nature}", self.known(f"journal.nature.{nature.partition('.')[0]}", nature)
        )

    def name(self, name: str) -> str:
        return name if self.opened else initials(name)

    def number(self, number: str) -> str:
        """An IIN or a phone."""
        return number if self.opened or not number else f"••••••••{number[-4:]}"

    def born(self, day: date) -> str:
        return f"{day:%d.%m.%Y}" if self.opened else str(day.year)

    def text(self, text: str, name: str) -> str:
        """Word for word; hidden from whoever may not see them are the person's names and long numbers."""
        if self.opened or not text:
            return text
        for part in name.split():
            if len(part) >= _SHORTEST:
                text = re.sub(rf"\b{re.escape(part)}\b", f"{part[0]}.", text, flags=re.IGNORECASE)
        return _NUMBERS.sub(lambda found: f"••••••••{found[0][-4:]}", text)

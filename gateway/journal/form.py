"""The form of the journal: its columns, what stands in them, and what is hidden from whom.

The order of the columns is that of the Kazakh text of annex 7. The Russian one of order 287 puts the date before the
nature; that of order 288, for the same form, does not. One journal has one order, so Russian headings keep it too.
"""

import re
from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal
from enum import StrEnum

from msgspec import Struct

from dialogs.language import Language
from dialogs.messages import Surface, say
from dialogs.people import Phone, initials
from dialogs.words import Words
from gateway.clock import ALMATY
from gateway.journal.journal import Entry, JournalError, Period
from gateway.letters import News
from gateway.staff.roles import Role, may_see_personal

_UNFIT = re.compile(r"[\s\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]+")

Value = str | int | Decimal | date | time | datetime | None


class Asked(Struct, frozen=True):
    """What somebody wants to see of the journal."""

    period: Period
    service: str | None = None
    """None: all of them."""
    extended: bool = False
    """More lines and more columns than the form of the law has."""
    language: Language = Language.KK
    role: Role = Role.OPERATOR


class Kind(StrEnum):
    TEXT = "text"
    CENTRED = "centred"
    NUMBER = "number"
    MONEY = "money"
    DAY = "day"
    TIME = "time"
    MOMENT = "moment"


class Line(Struct, frozen=True):
    number: int
    entry: Entry
    news: News | None = None


class Column(Struct, frozen=True):
    name: str
    """Its heading is the text `journal.column.{name}`."""
    kind: Kind
    width: int
    """In letters."""
    cell: "Callable[[Form, Line], Value]"


class Form:
    def __init__(self, words: Words, asked: Asked) -> None:
        if asked.service is not None and not words.has(f"{asked.service}.official"):
            raise JournalError(f"no service is called «{asked.service}»")
        self.asked = asked
        self._words = words
        self._personal = may_see_personal(asked.role)
        self.columns = COLUMNS + MORE_COLUMNS if asked.extended else COLUMNS

    @property
    def title(self) -> str:
        return self.text("title")

    @property
    def service(self) -> str:
        """Below the title, in full."""
        service = self.asked.service
        return self._say(f"{service}.official") if service else self.text("all_services")

    def headings(self) -> list[str]:
        return [self.text(f"column.{column.name}") for column in self.columns]

    def row(self, line: Line) -> list[Value]:
        cells = (column.cell(self, line) for column in self.columns)
        return [clean(cell) or None if isinstance(cell, str) else cell for cell in cells]

    def text(self, name: str) -> str:
        return self._say(f"journal.{name}")

    def _say(self, name: str) -> str:
        return self._words.say(say(name), self.asked.language, Surface.CHAT)

    def _named(self, text: str, name: str) -> str:
        """Lines stay when a service or a kind of letter is no more: what has no words keeps its bare name. Letters
        about the size, `size.…`, share their words."""
        known = (text.format(known) for known in (name, name.partition(".")[0]))
        return next((self._say(known) for known in known if self._words.has(known)), name)

    def iin(self, line: Line) -> str:
        return line.entry.iin if self._personal else f"••••••••{line.entry.iin[-4:]}"

    def name(self, line: Line) -> str:
        name = line.entry.name
        return name if self._personal else initials(name)

    def birth_date(self, line: Line) -> Value:
        day = line.entry.birth_date
        return day if self._personal else str(day.year)

    def phone(self, line: Line) -> str | None:
        phone = line.entry.phone
        if not phone:  # of a chat that is linked to none
            return None
        return phone if self._personal else str(Phone(phone))

    def service_of(self, line: Line) -> str:
        return self._named("{}.name", line.entry.service)

    def nature(self, line: Line) -> str:
        """Letters about duties may be called as those about offers, and mean something else."""
        code, nature = line.entry.code, line.entry.nature
        duty = f"duty.{nature}"
        is_duty = line.entry.letter.startswith("duty:") and self._words.has(f"journal.nature.{duty}")
        words = self._named("journal.nature.{}", duty if is_duty else nature)
        return f"{words} / {code}" if code else words

    def channel(self, line: Line) -> str:
        return self._named("journal.channel.{}", line.entry.channel)

    def status(self, line: Line) -> str | None:
        """Of a letter without news nobody knows more than that it was written."""
        if not line.entry.letter:
            return None
        return self.text(f"status.{line.news.status if line.news else 'waiting'}")

    def price(self, line: Line) -> Decimal | None:
        """In tenge; of what was free, or of what nobody set a price for, nothing."""
        price = line.news.price if line.news else 0
        return Decimal(price).scaleb(-2) if price else None


def clean(text: str) -> str:
    """One line of what may stand in a cell: XML has no place for most control characters, nor have we."""
    return _UNFIT.sub(" ", text).strip()


def _at(line: Line) -> datetime:
    return line.entry.at.astimezone(ALMATY)


COLUMNS: tuple[Column, ...] = (
    Column("number", Kind.NUMBER, 7, lambda _, line: line.number),
    Column("iin", Kind.CENTRED, 20, Form.iin),
    Column("name", Kind.TEXT, 31, Form.name),
    Column("birth_date", Kind.DAY, 12, Form.birth_date),
    Column("case", Kind.CENTRED, 14, lambda _, line: line.entry.case),
    Column("service", Kind.TEXT, 24, Form.service_of),
    Column("nature", Kind.TEXT, 33, Form.nature),
    Column("day", Kind.DAY, 14, lambda _, line: _at(line).date()),
    Column("phone", Kind.CENTRED, 15, Form.phone),
    Column("specialist", Kind.TEXT, 22, lambda _, line: line.entry.specialist),
)
MORE_COLUMNS: tuple[Column, ...] = (
    Column("channel", Kind.CENTRED, 11, Form.channel),
    Column("direction", Kind.CENTRED, 13, lambda form, line: form.text(f"direction.{line.entry.direction}")),
    Column("time", Kind.TIME, 10, lambda _, line: _at(line).time().replace(microsecond=0)),
    Column("status", Kind.CENTRED, 16, Form.status),
    Column("status_at", Kind.MOMENT, 19, lambda _, line: line.news.at.replace(tzinfo=None) if line.news else None),
    Column("parts", Kind.NUMBER, 9, lambda _, line: line.entry.parts or None),
    Column("route", Kind.CENTRED, 12, lambda _, line: line.news.route if line.news else None),
    Column("price", Kind.MONEY, 11, Form.price),
    Column("provider", Kind.TEXT, 20, lambda _, line: line.news.provider if line.news else None),
    Column("letter", Kind.TEXT, 36, lambda _, line: line.entry.letter),
)

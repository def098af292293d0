"""The shape of the catalogue: services, the facts of law about them, and where each fact comes from."""

from datetime import date, time
from enum import StrEnum

from msgspec import Struct


class Status(StrEnum):
    IN_FORCE = "in_force"
    """Read in the official text of an act in force."""
    ARTICLE = "article"
    """Only from a newspaper article of the department: said with care."""
    UNCERTAIN = "uncertain"
    """Garbled, contradictory, or the wording after some day was not found: said with care."""
    GAP = "gap"
    """Nobody found it: the assistant says that it does not know."""


class Kind(StrEnum):
    """What a fact is about; also the order in which the answer says it."""

    WHO = "who"
    BRING = "bring"
    SYSTEMS = "systems"
    """The office gets it by itself."""
    IF_ABSENT = "if_absent"
    """Brought only if the information systems have nothing."""
    TERM = "term"
    PRICE = "price"
    WHERE = "where"
    WAIT = "wait"
    RESULT = "result"
    GOOD_TO_KNOW = "good_to_know"
    RISK = "risk"
    """What can go wrong."""
    UNKNOWN = "unknown"
    """What the assistant does not know, and whom to ask."""


class Act(Struct, frozen=True, forbid_unknown_fields=True):
    """A legal act, or another text that facts were taken from."""

    number: str
    of: date
    title: str
    repealed: date | None = None
    by: str | None = None
    """Id of the act that repealed it."""
    article: bool = False
    """Not an act but a printed article about one."""


class Source(Struct, frozen=True, forbid_unknown_fields=True):
    act: str
    """Id in acts.toml."""
    at: str
    """Paragraph, annex, row: «¶106», «annex 11 row 8»."""
    wording: date | None = None
    """Date of the wording that was read."""


Condition = dict[str, list[str]]
"""Question → answers under which it holds. All questions must hold; none = always."""


class Fact(Struct, frozen=True, eq=False, forbid_unknown_fields=True, kw_only=True, rename={"since": "from"}):
    id: str
    kind: Kind
    source: Source
    since: date
    status: Status = Status.IN_FORCE
    until: date | None = None
    """Last day of this wording."""
    sure_until: date | None = None
    """Last day on which the text read is known to be in force; after it, the fact is said with care."""
    when: Condition = {}
    text: str | None = None
    """Id of the words, if they are shared; else `{slug}.{id}`."""
    values: dict[str, str | int] = {}
    """Numbers of the law that the words mention: exactly the placeholders of the text."""
    also: list[Source] = []
    """Further acts that say the same, or contradict it."""
    days: int | None = None
    """Kind `term` only: working days, counted from the day after handing in; 0 = the same day."""
    from_filing: bool = False
    """Kind `term` only: the days run from the moment of filing, also on a day off."""
    longer: int = 0
    """Kind `term` only: by so many months the office may lengthen it."""
    office: str | None = None
    """Kind `where` only: id in offices.toml, for opening hours."""


class Question(Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    options: list[str]
    when: Condition = {}


class Service(Struct, frozen=True, eq=False, forbid_unknown_fields=True, kw_only=True):
    slug: str
    number: int
    """Its short name in buttons. Never given to another service."""
    group: str
    synonyms: dict[str, list[str]]
    """Language → words and phrases by which people ask for it."""
    discreet: bool = False
    """Nothing about it goes to a phone that others may read."""
    questions: list[Question] = []
    facts: list[Fact] = []


class Hours(Struct, frozen=True, forbid_unknown_fields=True):
    """Days are Monday = 1 … Sunday = 7."""

    days: list[int]
    opens: time
    closes: time
    lunch_from: time | None = None
    lunch_to: time | None = None


class Office(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, rename={"since": "from"}):
    """Where one can go, call or apply. Its words are `office.{id}` and, for its hours, `office.{id}.hours`."""

    id: str
    source: Source
    since: date
    until: date | None = None
    status: Status = Status.IN_FORCE
    hours: list[Hours] = []
    """Empty = the acts name no hours («by their own schedule»)."""
    always_open: bool = False
    phones: list[str] = []
    site: str | None = None

"""What day somebody typed, in Kazakh or Russian, on any keyboard. What is not plain is asked again, never guessed.

A day is read wherever it stands in a sentence, but only if it is the only one: with another number beside it, with a
«not» or an «after», nothing is. A number alone is no day, unless whoever asks says so: it may be meant for a button.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from enum import StrEnum

from msgspec import Struct

from dialogs import day_figures, months
from dialogs.day_words import Item
from dialogs.understand import normalised


class Doubt(StrEnum):
    NONE = ""
    UNCLEAR = "unclear"
    """No day was understood."""
    NO_SUCH_DAY = "no_such_day"
    """The 31st of November, the 29th of February in a common year."""
    SEVERAL = "several"
    """The text names several days, a stretch of them, or a day with the wrong weekday. `maybe`: those it may mean."""
    PAST = "past"
    """`day` is over."""


class Read(Struct, frozen=True):
    day: date | None = None
    doubt: Doubt = Doubt.NONE
    maybe: tuple[date, ...] = ()


UNCLEAR = Read(doubt=Doubt.UNCLEAR)
NO_SUCH_DAY = Read(doubt=Doubt.NO_SUCH_DAY)
SEVERAL = Read(doubt=Doubt.SEVERAL)
HALF_A_YEAR = timedelta(184)
TWO_MONTHS = 62
"""Days in which every number of a month comes, the 31st as well."""
TOMORROW = 1


class _Asked(Struct, frozen=True):
    """What a day is asked for."""

    today: date
    first: date
    last: date
    old: date

    def allows(self, day: date) -> bool:
        return self.first <= day <= self.last


def read(text: str, today: date, first: date, last: date, *, old: date | None = None, bare: bool = False) -> Read:
    """`first` and `last` are the first and the last day allowed, `old` the day that is put off: the one before the
    first, if it is not given. A day outside is told as well: why it cannot be is for the caller to say.

    Without a year it is the day that is allowed, or else the nearest. «In a week» counts from today if that day is
    allowed, else from the old day if that one is; «+5» and «for five days» always count from the old day.
    `bare`: a number alone is a day of the month."""
    asked = _Asked(today, first, last, old or first - timedelta(1))
    found = day_figures.read(_CHANGES_NOTHING.sub("", normalised(text)))
    kinds = "".join(one.kind for one in found)
    if bare and _BARE.fullmatch(kinds):
        return _checked(_of_month(found, asked), asked)
    reads: list[Read] = []
    rest = kinds
    for match in _SAID.finditer(kinds):
        reads.append(_READERS[str(match.lastgroup)](found[match.start() : match.end()], asked))
        rest = rest[: match.start()] + "_" * len(match[0]) + rest[match.end() :]
    weekdays = {one.values[0] for one in found if one.kind == "W"}
    if _SPOILS.search(rest) or not (reads or weekdays):
        return UNCLEAR
    if reads:
        return _checked(_agreed(reads, weekdays), asked)
    return (
        UNCLEAR if "w" in rest or "v" in rest else _on_weekday(weekdays, asked)
    )  # «next week, on Monday» is another Monday


def _agreed(reads: Sequence[Read], weekdays: Iterable[int]) -> Read:
    """What was said in several ways has to be the same day."""
    if doubtful := [one for one in reads if one.day is None and not one.maybe]:
        return doubtful[0]
    said = [{one.day} if one.day else set(one.maybe) for one in reads]
    common = {day for day in set.intersection(*said) if all(day.isoweekday() == weekday for weekday in weekdays)}
    if len(common) == 1:
        return Read(common.pop())
    return Read(doubt=Doubt.SEVERAL, maybe=tuple(sorted(common or set.union(*said))))


def _checked(found: Read, asked: _Asked) -> Read:
    return Read(found.day, Doubt.PAST) if found.day and found.day < asked.today else found


# ---- ways to say a day ----


def _in_figures(said: Sequence[Item], asked: _Asked) -> Read:
    day, month, *year = said[0].values
    return _dated(day, month, year, asked)


def _by_name(said: Sequence[Item], asked: _Asked) -> Read:
    """«20 декабря 2026», «2026 жылғы желтоқсанның 20-сы», «20 декабря 26 года»."""
    (month,) = _values(said, "Ms")
    day, *year = _values(said, "NOnr")
    return _dated(day, month, _values(said, "Y") or [2000 + short for short in year], asked)


def _dated(day: int, month: int, years: Sequence[int], asked: _Asked) -> Read:
    if years:
        days = _existing(years, month, day)
        return Read(days[0]) if days else NO_SUCH_DAY
    return _nearest(_existing(_years(asked), month, day), asked)


def _end_of_month(said: Sequence[Item], asked: _Asked) -> Read:
    if named := _values(said, "M"):
        return _nearest([months.end(day) for day in _existing(_years(asked), named[0], 1)], asked)
    ends = [months.end(asked.today), months.end(asked.first)]
    return Read(next(filter(asked.allows, ends), ends[0]))


def _last(_: Sequence[Item], asked: _Asked) -> Read:
    return Read(asked.last) if asked.first <= asked.last else UNCLEAR


def _later(said: Sequence[Item], asked: _Asked) -> Read:
    """«Через неделю», «екі аптадан кейін»."""
    days = [_moved(start, said) for start in (asked.today, asked.old)]
    return Read(next(filter(asked.allows, days), days[0]))


def _put_off(said: Sequence[Item], asked: _Asked) -> Read:
    """«+5», «на неделю», «тағы 5 күн»."""
    return Read(_moved(asked.old, said))


def _moved(start: date, said: Sequence[Item]) -> date:
    number = next(iter(_values(said, "NnP")), 1)
    unit = next((one.kind for one in said if one.kind in "dwm"), "d")
    if unit == "m":
        return months.after(start, number)
    return start + timedelta(weeks=number) if unit == "w" else start + timedelta(number)


def _from_today(said: Sequence[Item], asked: _Asked) -> Read:
    """«Завтра»; «после завтра» is the day after."""
    (days,) = _values(said, "t")
    if len(said) > 1:
        if days != TOMORROW:
            return UNCLEAR
        days += 1
    return Read(asked.today + timedelta(days))


def _of_month(said: Sequence[Item], asked: _Asked) -> Read:
    """«20 числа», «20-сына»: the month is that in which it is allowed, or else the nearest to come."""
    number = _values(said, "NOnr")[0]
    allowed = [day for day in _days(asked.first, (asked.last - asked.first).days + 1) if day.day == number]
    if len(allowed) > 1:
        return Read(doubt=Doubt.SEVERAL, maybe=tuple(allowed))
    if allowed:
        return Read(allowed[0])
    coming = next((day for day in _days(asked.today, TWO_MONTHS + 1) if day.day == number), None)
    return Read(coming) if coming else NO_SUCH_DAY


def _on_weekday(weekdays: Iterable[int], asked: _Asked) -> Read:
    """The first one allowed, or else the next to come."""
    weekday, *others = weekdays
    if others:
        return SEVERAL
    allowed = _days(asked.first, (asked.last - asked.first).days + 1)
    days = (*allowed, *_days(asked.today + timedelta(1), 7))
    return Read(next(day for day in days if day.isoweekday() == weekday))


def _stretch(_: Sequence[Item], __: _Asked) -> Read:
    """«20-25 декабря», «через 2-3 недели»."""
    return SEVERAL


def _values(said: Sequence[Item], kinds: str) -> list[int]:
    return [value for one in said if one.kind in kinds for value in one.values]


def _days(first: date, number: int) -> list[date]:
    return [first + timedelta(days) for days in range(number)]


def _years(asked: _Asked) -> range:
    return range(asked.today.year - 1, max(asked.today.year + 1, asked.last.year) + 1)


def _existing(years: Iterable[int], month: int, day: int) -> list[date]:
    found = []
    for year in years:
        try:
            found.append(date(year, month, day))
        except ValueError:
            continue
    return found


def _nearest(days: Sequence[date], asked: _Asked) -> Read:
    """A 29th of February that is years away was not meant."""
    if allowed := next(filter(asked.allows, days), None):
        return Read(allowed)
    near = [day for day in days if abs(day - asked.today) <= HALF_A_YEAR]
    return Read(min(near, key=lambda day: abs(day - asked.today))) if near else NO_SUCH_DAY


# ---- what these look like: words of the letters of `Item.kind` ----

_CHANGES_NOTHING = re.compile(
    r"^(?:нет|жоқ|жок|net|joq|zhok)\s?[,.!;]\s?|(?<!\w)(?:не|ne) (?=(?:позднее|позже|pozdnee|pozzhe)(?!\w))"
    r"|после обеда|т[үу]стен кей[иі]н"
)
"""«Нет, 20 декабря», «не позднее 20 декабря», «после обеда»."""
_BARE = re.compile("b?[NOnr]")
_WAYS: dict[str, tuple[str, Callable[[Sequence[Item], _Asked], Read]]] = {
    "stretch": (">?D[Msdwm][<>]?", _stretch),
    "figures": ("Dc?y?", _in_figures),
    "named": ("(?:Yy?)?[NOnr]c?m?[Ms]m?(?:Yy?|Ny)?c?", _by_name),
    "month_first": ("(?:Yy?)?Mm?[NOnr](?!y)c?", _by_name),
    "end": ("z[mM]|l[dc][mM]|[mM]m?e[dc]?", _end_of_month),
    "last": ("[le][dc]", _last),
    "later": (">[Nn]?[dwm]|[Nn][dwm][<>]|(?<![.])[dwm][<>]", _later),
    "put_off": ("P[dwm]?|[dwm]P|b?[Nn][dwm]|b[dwm]", _put_off),
    "today": ("A?t", _from_today),
    "of_month": ("m?Oc?|[Nr]c|cN", _of_month),
}
_SAID = re.compile("|".join(f"(?P<{name}>{pattern})" for name, (pattern, _) in _WAYS.items()))
_READERS = {name: reader for name, (_, reader) in _WAYS.items()}
_SPOILS = re.compile("[NOXPYMDA<>!lze]|[nr]_|_[nr]")
"""What must not be left over: a number, a word that turns the meaning, one that belongs to a day and was not
understood. «_» is what was read."""

"""The size of diapers, asked after the consent: adults by the waist and how much is absorbed, children by weight.

What is known so far rests in the matter as a short text: what is measured, the number, the absorbency.
"""

from datetime import date
from decimal import Decimal

from msgspec import Struct, structs

from dialogs import spelling
from dialogs.matters.matter import Kind, Matter
from dialogs.matters.rules import Rules
from dialogs.matters.size_words import Absorbency, Heard, Measure, hear

ADULT = 18
"""Years."""
_DIAPERS = ("diaper", "podguzn", "pamper", "jorgek")
"""How their names begin, in the coarse spelling."""
_NOTE = {Measure.WAIST: ("талия", "см"), Measure.WEIGHT: ("вес", "кг")}
_NOTE_ABSORBENCY = {Absorbency.ORDINARY: "обычная", Absorbency.RAISED: "повышенная"}


class Known(Struct, frozen=True):
    measure: Measure
    number: Decimal | None = None
    absorbency: Absorbency | None = None
    """Adults only."""

    @property
    def missing(self) -> str | None:
        """What has to be asked next: `waist`, `weight`, `absorbency`, or nothing."""
        if self.number is None:
            return self.measure.value
        return "absorbency" if self.measure is Measure.WAIST and self.absorbency is None else None


class Read(Struct, frozen=True):
    """What an answer has led to."""

    size: str
    """What is known now, as the matter keeps it."""
    says: str
    """The letter: the next question, the same once more (`size.unclear.…`), or `size.taken`."""
    note: str | None = None
    """For E-Sobes, once everything is known."""


def asks(matter: Matter, rules: Rules) -> bool:
    """Whether the law wants the size after a consent to this offer."""
    diapers = any(word.startswith(_DIAPERS) for word in spelling.tokens(matter.device or ""))
    return diapers and matter.kind is Kind.PROACTIVE and matter.service == rules.diapers.service


def child(birth_date: date, day: date) -> bool:
    return day.year - birth_date.year - ((day.month, day.day) < (birth_date.month, birth_date.day)) < ADULT


def start(matter: Matter, day: date) -> str:
    return _stored(Known(Measure.WEIGHT if child(matter.person.birth_date, day) else Measure.WAIST))


def known(size: str) -> Known:
    """`size`: as the matter keeps it, once it was asked for."""
    measure, number, absorbency = size.split(":")
    return Known(
        Measure(measure), Decimal(number) if number else None, Absorbency(absorbency) if absorbency else None
    )


def wanted(size: str) -> bool:
    """Whether something was asked for that is not known yet."""
    return bool(size) and known(size).missing is not None


def question(size: str) -> str:
    """The letter that asks for what is missing, or thanks for all of it."""
    missing = known(size).missing
    return f"size.{missing}" if missing else "size.taken"


def read(text: str, size: str, rules: Rules) -> Read:
    """Takes from the answer all it says, or nothing: what is doubtful is asked again."""
    so_far = known(size)
    if so_far.missing is None:
        return Read(size, "size.taken")
    learnt = _learnt(hear(text), so_far)
    if learnt is None:
        return Read(size, f"size.unclear.{so_far.missing}")
    stored = _stored(learnt)
    return Read(stored, question(stored), None if learnt.missing else note(learnt, rules))


def plain(text: str) -> bool:
    """Nothing but a size: each number has a unit or a name, so that none of them was meant for a code."""
    heard = hear(text)
    marked = heard.absorbency is not None and len(heard.numbers) == 1
    return (
        bool(heard.numbers)
        and not heard.doubtful
        and all(number.may_be and (number.marked or marked) for number in heard.numbers)
    )


def looks_like(text: str) -> bool:
    """Whether there is anything in it that could be a size, if only a number; a phone or an IIN could not."""
    heard = hear(text)
    return heard.absorbency is not None or any(number.value < 1000 for number in heard.numbers)


def note(size: Known, rules: Rules) -> str:
    """What the specialist reads in E-Sobes, once the number is known."""
    assert size.number is not None  # noqa: S101 - see above
    name, unit = _NOTE[size.measure]
    steps = rules.diapers.waist if size.measure is Measure.WAIST else rules.diapers.weight
    below = [f"свыше {step}" for step in steps if step < size.number][-1:]
    above = [f"до {step}" for step in steps if step >= size.number][:1]
    number = _written(size.number).replace(".", ",")
    words = f"Подгузники: {name} {number} {unit} ({' '.join(below + above)} {unit})"
    return words + (f", впитываемость {_NOTE_ABSORBENCY[size.absorbency]}" if size.absorbency else "")


def _learnt(heard: Heard, so_far: Known) -> Known | None:
    """None: nothing new, or nothing sure."""
    numbers = [number.value for number in heard.numbers if so_far.measure in number.may_be]
    absorbency = heard.absorbency if so_far.measure is Measure.WAIST else None
    if heard.doubtful or len(numbers) > 1 or (heard.numbers and not numbers) or not (numbers or absorbency):
        return None
    return structs.replace(
        so_far,
        number=numbers[0] if numbers else so_far.number,
        absorbency=absorbency or so_far.absorbency,
    )


def _stored(size: Known) -> str:
    number = "" if size.number is None else _written(size.number)
    return f"{size.measure}:{number}:{size.absorbency or ''}"


def _written(number: Decimal) -> str:
    """«18.0» is 18, and 20 is not «2E+1»."""
    return f"{number.normalize():f}"

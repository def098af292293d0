"""What people answer an offer with: nobody ever consents or refuses by mistake."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from dialogs.matters.answers import Asks, Decides, Heard, NotMine, Open, Unclear, hear

YES, NO, YES2, NO2 = "475", "817", "635", "204"
FIRST, SECOND = Open("first", YES, NO), Open("second", YES2, NO2)
CLOSED = Open("first", YES, NO, open=False)
SITUATIONS: dict[str, tuple[list[Open], frozenset[str]]] = {
    "one": ([FIRST], frozenset()),
    "two": ([FIRST, SECOND], frozenset()),
    "mixed": ([CLOSED, SECOND], frozenset()),
    "closed": ([CLOSED], frozenset()),
    "none": ([], frozenset()),
    "choices": ([FIRST], frozenset({"да", "нет"})),
}


class Row(NamedTuple):
    text: str
    expected: str
    situation: str


def digits(code: str, zero: str) -> str:
    return "".join(chr(ord(zero) + int(digit)) for digit in code)


def filled(text: str, yes: str = YES, no: str = NO, yes2: str = YES2, no2: str = NO2) -> str:
    return text.format(
        yes=yes, no=no, yes2=yes2, no2=no2, a=yes[0], b=yes[1], c=yes[2], x=no[0], y=no[1], z=no[2],
        wide=digits(yes, "０"), wide_no=digits(no, "０"), arabic=digits(yes, "٠"), arabic_no=digits(no, "٠"),
        persian=digits(yes, "۰"),
    )  # fmt: skip


def table() -> Iterator[Row]:
    lines = (Path(__file__).parent / "answers.tsv").read_text().splitlines()
    return (Row(*line.split("\t")) for line in lines[1:] if not line.startswith("# "))


def told(heard: Heard | None) -> str:
    match heard:
        case Decides(id, consent, _):
            return ("consent" if consent else "refusal") + (":second" if id == "second" else "")
        case Unclear(reason):
            return f"again:{reason.name}"
        case Asks():
            return "asks"
        case NotMine():
            return "not_mine"
        case None:
            return "talk"


def test_no_answer_of_the_table_is_decided_wrongly() -> None:
    rows = list(table())
    wrong = [
        f"{row.situation}: «{row.text}» is {row.expected}, heard {heard}"
        for row in rows
        for offers, choices in [SITUATIONS[row.situation]]
        if (heard := told(hear(filled(row.text), offers, choices=choices))) != row.expected
    ]
    print(f"\nanswers: {len(rows)}, wrong {len(wrong)}")
    assert len(rows) >= 450
    assert not wrong, "\n".join(wrong)

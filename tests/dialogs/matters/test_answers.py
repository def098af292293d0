"""What people answer an offer with: nobody ever consents or refuses by mistake."""

import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from dialogs.matters.answer_reading import read
from dialogs.matters.answer_words import WORDS
from dialogs.matters.answers import Asks, Decides, Died, Heard, NotMine, Open, Unclear, hear
from dialogs.matters.codes import CODES
from dialogs.spelling import tokens
from dialogs.understand import LONGEST

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
        case Died():
            return "died"
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


DECIDING = [row for row in table() if row.situation == "one" and row.expected in ("consent", "refusal")]
BY_CODE = [row for row in DECIDING if "{" in row.text]
BY_WORD = [row for row in DECIDING if "{" not in row.text]
LETTERS = "абвгдеёжзийклмнопрстуфхцчшщъыьэюяәғқңөұүһіabcdefghijklmnopqrstuvwxyz"

steadily = settings(max_examples=400, deadline=None, derandomize=True)


CLEAR_WORDS = {word for row in BY_WORD for word in tokens(row.text)}

consents = st.sampled_from(["да", "иә", "Келісемін", "согласна", "kelisemin"])
refusals = st.sampled_from(["нет", "жоқ", "Бас тартамын", "отказываюсь", "не согласна", "келіспеймін"])
harmless = st.sampled_from(["код", "R", "рахмет", "Здравствуйте", "спасибо", "жауап", "ответ", "🙂", "пожалуйста"])
DOUBTS = [
    *("если бесплатно", "егер тегін болса", "но", "бірақ", "потом", "наверное", "?", "ма", "ли", "когда", "зачем"),
    *("емес", "бұл не", "что это", "коляска", "мама", "данияр", "интернет", "кем"),
    *("1414", "26.11", "2000 теңге", "476", "50", "87011234567", "🤔", "%"),
]
doubts = st.sampled_from(DOUBTS)
codes = st.sampled_from([YES, NO, YES2, NO2])
between = st.sampled_from([" ", ", ", ". ", "! ", "\n", " - "])


@steadily
@given(data=st.data(), several=st.booleans())
def test_only_a_live_code_or_a_clear_word_with_nothing_against_it_decides(data: st.DataObject, several: bool) -> None:
    kinds = {"yes": consents, "no": refusals, "": harmless, "doubt": doubts, "code": codes}
    names = data.draw(st.lists(st.sampled_from([*kinds]), min_size=1, max_size=5))
    pieces = [(name, data.draw(kinds[name])) for name in names]
    text = "".join(piece + data.draw(between) for _, piece in pieces)
    heard = hear(text, [FIRST, SECOND] if several else [FIRST])
    if not isinstance(heard, Decides):
        return
    meant = {name == "yes" for name in names if name in ("yes", "no")}
    named = {piece for name, piece in pieces if name == "code"}
    assert "doubt" not in names
    assert meant | {code in (YES, YES2) for code in named} == {heard.consent}
    assert named == ({heard.code} if heard.code else set())
    assert named or not several
    assert heard.id == ("second" if heard.code in (YES2, NO2) else "first")


@steadily
@given(
    st.lists(
        st.one_of(
            st.text(max_size=6),
            st.text(LETTERS + " .-,?47581٤٧٥４７５", max_size=6),
            st.sampled_from([row.text for row in BY_WORD]),
            codes,
        ),
        max_size=6,
    ).map("".join)
)
def test_whatever_is_typed_nothing_decides_without_a_code_or_a_clear_word(text: str) -> None:
    heard = hear(text, [FIRST])
    if isinstance(heard, Decides):
        numbers = "".join(str(unicodedata.decimal(c)) for c in unicodedata.normalize("NFKC", text) if c.isdecimal())
        if heard.code:
            assert numbers == heard.code * max(1, len(numbers) // 3)
        else:
            assert not numbers
            for word in tokens(text):
                assert any(OSA.distance(word, clear) <= 1 for clear in CLEAR_WORDS), text


@steadily
@given(data=st.data(), row=st.sampled_from(BY_CODE))
def test_one_changed_digit_never_answers(data: st.DataObject, row: Row) -> None:
    yes, no, yes2, no2 = data.draw(st.lists(st.sampled_from(CODES), min_size=4, max_size=4, unique=True))
    offers = [Open("first", yes, no), Open("second", yes2, no2)]
    text = filled(row.text, yes, no, yes2, no2)
    assert told(hear(text, offers)) == row.expected
    at = data.draw(st.sampled_from([place for place, c in enumerate(text) if c.isdecimal()]))
    was = unicodedata.decimal(text[at])
    other = data.draw(st.integers(0, 9).filter(lambda digit: digit != was))
    slipped = text[:at] + chr(ord(text[at]) - was + other) + text[at + 1 :]
    assert not isinstance(hear(slipped, offers), Decides), slipped


@steadily
@given(data=st.data(), row=st.sampled_from(BY_WORD))
def test_one_changed_letter_never_turns_a_word_into_its_opposite(data: st.DataObject, row: Row) -> None:
    at = data.draw(st.integers(0, len(row.text)))
    letter = data.draw(st.sampled_from(["", *LETTERS, " ", "."]))
    slipped = row.text[:at] + letter + row.text[at + data.draw(st.integers(0, 1)) :]
    heard = hear(slipped, [FIRST])
    assert not isinstance(heard, Decides) or heard.consent == (row.expected == "consent"), slipped


@pytest.mark.parametrize("doubt", DOUBTS)
def test_a_doubt_beside_any_answer_asks_again(doubt: str) -> None:
    for row in DECIDING:
        for text in (f"{filled(row.text)} {doubt}", f"{doubt}, {filled(row.text)}"):
            assert isinstance(hear(text, [FIRST]), Unclear), text


def test_what_is_negated_never_consents() -> None:
    for row in DECIDING:
        for negated in (
            "не {}",
            "{} емес",
            "ни {}",
            "не, {}",
            "{} не надо",
            "{} керек емес",
            "нет, {}",
            "жоқ {}",
            "{} нет",
            "{} жоқ",
            "{} отказ",
        ):
            heard = hear(negated.format(filled(row.text)), [FIRST])
            assert not (isinstance(heard, Decides) and heard.consent), negated.format(row.text)


def test_a_clear_word_decides_only_where_one_offer_is_open() -> None:
    for row in BY_WORD:
        assert told(hear(row.text, [FIRST, SECOND])) == "again:SEVERAL", row.text
        assert hear(row.text, [CLOSED]) is None, row.text
        assert hear(row.text, []) is None, row.text
        assert hear(row.text, [CLOSED, SECOND]) == Decides("second", row.expected == "consent", None), row.text


def test_an_offer_without_codes_stands_in_no_answers_way() -> None:
    """One that was withdrawn before it came has none."""
    withdrawn = Open("withdrawn", "", "", open=False)
    assert hear("да", [FIRST, withdrawn]) == Decides("first", True, None)
    assert hear("жоқ рахмет", [withdrawn]) is None


def test_a_code_that_went_round_means_the_offer_that_is_open() -> None:
    again = Open("again", NO, YES)
    for offers in ([CLOSED, again], [again, CLOSED]):
        assert hear(YES, offers) == Decides("again", consent=False, code=YES)


def test_whoever_looks_for_a_service_answers_no_offer() -> None:
    lines = (Path(__file__).parents[1] / "search" / "utterances.tsv").read_text().splitlines()[1:]
    for text, service in (line.split("\t")[:2] for line in lines):
        if service:
            assert told(hear(text, [FIRST])) in ("talk", "again:UNSURE"), text


@pytest.mark.parametrize(
    "text", ["475\n", "\u202e475", "4\u00a07\u00a05", "4\u200b7\u200b5", "Код:\r\n475", "\ufeff475"]
)
def test_what_is_invisible_hides_no_code(text: str) -> None:
    assert hear(text, [FIRST]) == Decides("first", consent=True, code=YES)


@pytest.mark.parametrize("text", ["47⁵", "④⑦⑤", "4̶7̶5̶", "475̶", "475²", "⒋⒎⒌", "47㏤", "475\u20ac", "4\n7\n5\n1"])
def test_what_only_looks_like_a_code_decides_nothing(text: str) -> None:
    assert not isinstance(hear(text, [FIRST]), Decides)


@pytest.mark.parametrize("text", [YES, "да", "отказываюсь"])
def test_what_is_too_long_to_be_read_decides_nothing(text: str) -> None:
    heard = hear(text + " " * LONGEST + "мама", [FIRST])
    assert told(heard) == "again:UNSURE"


def test_not_mine_names_the_offer_whose_code_stands_beside_it() -> None:
    assert hear(f"{YES2} қате нөмір", [FIRST, SECOND]) == NotMine("second")
    assert hear("қате нөмір", [FIRST, SECOND]) == NotMine(None)
    assert hear(f"не мой номер {YES} {NO}", [FIRST, SECOND]) == NotMine("first")
    assert hear(f"не мой номер {YES} {YES2}", [FIRST, SECOND]) == NotMine(None)


def test_no_word_has_two_meanings() -> None:
    for sense, phrases in WORDS.items():
        for phrase in phrases.split(","):
            assert read(phrase).senses == (sense,), phrase

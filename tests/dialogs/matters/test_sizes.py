"""The size of diapers: what people write, and what E-Sobes is told."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogs import workdays
from dialogs.language import Language
from dialogs.matters import rules, sizes
from dialogs.matters.codes import CODES
from dialogs.matters.matter import Kind, Matter, Person
from gateway.clock import ALMATY

LAW = rules.load(
    workdays.load(), hold=timedelta(minutes=15), reminder_at=time(10), quiet=(time(21), time(9)), chat_answers=True
)
ADULT, CHILD, WAIST_KNOWN = "waist::", "weight::", "waist:96:"
SENT = datetime(2026, 11, 20, 12, tzinfo=ALMATY)


def offer(
    device: str | None,
    kind: Kind = Kind.PROACTIVE,
    service: str = "technical_aids_hygiene",
    born: date = date(1950, 3, 1),
) -> Matter:
    return Matter(
        id="o-1",
        kind=kind,
        service=service,
        device=device,
        person=Person("500301300123", "Серікова Айгүл", born, Language.KK),
        phones=("+77011234567",),
        specialist=None,
        case=None,
        yes="472",
        no="815",
        state="consented",
        sent=SENT,
        closes=SENT,
        wake=None,
    )


@pytest.mark.parametrize(
    "device",
    ["diapers", "Diaper", "adult_diapers", "Подгузники для взрослых", "памперсы", "Жөргек", "жөргектер", "жоргек"],
)
def test_the_size_is_asked_when_diapers_were_offered(device: str) -> None:
    assert sizes.asks(offer(device), LAW)


def test_the_size_is_asked_for_nothing_else() -> None:
    assert not sizes.asks(offer(None), LAW)
    assert not sizes.asks(offer("catheters"), LAW)
    assert not sizes.asks(offer("diapers", service="sanatorium_treatment"), LAW)
    assert not sizes.asks(offer("diapers", kind=Kind.REPLACEMENT), LAW)


@pytest.mark.parametrize(
    ("born", "day", "child"),
    [
        (date(2008, 11, 21), date(2026, 11, 20), True),
        (date(2008, 11, 21), date(2026, 11, 21), False),
        (date(2008, 2, 29), date(2026, 2, 28), True),
        (date(2008, 2, 29), date(2026, 3, 1), False),
        (date(2026, 11, 1), date(2026, 11, 20), True),
    ],
)
def test_up_to_eighteen_the_weight_is_asked_and_then_the_waist(born: date, day: date, child: bool) -> None:
    size = sizes.start(offer("diapers", born=born), day)
    assert sizes.question(size) == ("size.weight" if child else "size.waist")
    assert sizes.wanted(size)


def test_without_a_question_nothing_is_wanted() -> None:
    assert not sizes.wanted("")


@pytest.mark.parametrize(
    ("text", "size", "says"),
    [
        # The waist, as people write it
        ("96", "waist:96:", "size.absorbency"),
        ("96 см", "waist:96:", "size.absorbency"),
        ("96см.", "waist:96:", "size.absorbency"),
        ("96,5 cm", "waist:96.5:", "size.absorbency"),
        ("белім 96", "waist:96:", "size.absorbency"),
        ("белі – 96 см", "waist:96:", "size.absorbency"),
        ("96 белім", "waist:96:", "size.absorbency"),
        ("Бел өлшемі 96 см", "waist:96:", "size.absorbency"),
        ("белімнің өлшемі: 96", "waist:96:", "size.absorbency"),
        ("белдің көлемі 96", "waist:96:", "size.absorbency"),
        ("талия 96", "waist:96:", "size.absorbency"),
        ("Обхват талии: 96 сантиметров", "waist:96:", "size.absorbency"),
        ("talia 96", "waist:96:", "size.absorbency"),
        ("９６ см", "waist:96:", "size.absorbency"),
        ("٩٦", "waist:96:", "size.absorbency"),
        ("талия 96, бедра 110, вес 80 кг, рост 165", "waist:96:", "size.absorbency"),
        ("80 кг, талия 96", "waist:96:", "size.absorbency"),
        ("размер 3, талия 96", "waist:96:", "size.absorbency"),
        # The absorbency, also before the waist, and both at once
        ("повышенная", "waist::raised", "size.waist"),
        ("қарапайым", "waist::ordinary", "size.waist"),
        ("96 обычная", "waist:96:ordinary", "size.taken"),
        ("Повышеная, 96 см", "waist:96:raised", "size.taken"),
        ("белім 96, жоғары", "waist:96:raised", "size.taken"),
        ("karapaiym, beli 96", "waist:96:ordinary", "size.taken"),
        # Nothing sure
        ("5", "waist::", "size.unclear.waist"),
        ("300 см", "waist::", "size.unclear.waist"),
        ("96 кг", "waist::", "size.unclear.waist"),
        ("вес 96", "waist::", "size.unclear.waist"),
        ("бедра 110", "waist::", "size.unclear.waist"),
        ("96 110", "waist::", "size.unclear.waist"),
        ("95-97", "waist::", "size.unclear.waist"),
        ("96 см талия, 110 см бедра", "waist::", "size.unclear.waist"),
        ("талия 96, талия 98", "waist::", "size.unclear.waist"),
        ("талия 96?", "waist::", "size.unclear.waist"),
        ("не 96", "waist::", "size.unclear.waist"),
        ("96 емес", "waist::", "size.unclear.waist"),
        ("96 лет", "waist::", "size.unclear.waist"),
        ("размер 50", "waist::", "size.unclear.waist"),
        ("өлшемі 3", "waist::", "size.unclear.waist"),
        ("XL", "waist::", "size.unclear.waist"),
        ("96 обычная или повышенная", "waist::", "size.unclear.waist"),
        ("901231300123", "waist::", "size.unclear.waist"),
        ("", "waist::", "size.unclear.waist"),
    ],
)
def test_an_adult_is_asked_for_the_waist(text: str, size: str, says: str) -> None:
    read = sizes.read(text, ADULT, LAW)
    assert (read.size, read.says) == (size, says)


@pytest.mark.parametrize(
    ("text", "size", "says"),
    [
        ("обычная", "waist:96:ordinary", "size.taken"),
        ("Обычную", "waist:96:ordinary", "size.taken"),
        ("кәдімгі", "waist:96:ordinary", "size.taken"),
        ("ПОВЫШЕННАЯ!", "waist:96:raised", "size.taken"),
        ("жогары", "waist:96:raised", "size.taken"),
        ("zhogary", "waist:96:raised", "size.taken"),
        ("joğary", "waist:96:raised", "size.taken"),
        ("98 повышенная", "waist:98:raised", "size.taken"),
        ("98", "waist:98:", "size.absorbency"),
        ("не повышенная", "waist:96:", "size.unclear.absorbency"),
        ("жоғары емес", "waist:96:", "size.unclear.absorbency"),
        ("а какая обычная?", "waist:96:", "size.unclear.absorbency"),
        ("повышенная 5", "waist:96:", "size.unclear.absorbency"),
        ("не знаю", "waist:96:", "size.unclear.absorbency"),
        ("2", "waist:96:", "size.unclear.absorbency"),
    ],
)
def test_then_for_the_absorbency(text: str, size: str, says: str) -> None:
    read = sizes.read(text, WAIST_KNOWN, LAW)
    assert (read.size, read.says) == (size, says)


@pytest.mark.parametrize(
    ("text", "size", "says"),
    [
        ("18", "weight:18:", "size.taken"),
        ("18 кг", "weight:18:", "size.taken"),
        ("18.0kg", "weight:18:", "size.taken"),
        ("7,5", "weight:7.5:", "size.taken"),
        ("салмағы 18", "weight:18:", "size.taken"),
        ("18 килограмм весит", "weight:18:", "size.taken"),
        ("5 лет, вес 18", "weight:18:", "size.taken"),
        ("рост 110, вес 18", "weight:18:", "size.taken"),
        ("70 кг", "weight:70:", "size.taken"),
        ("18, обычная", "weight:18:", "size.taken"),
        ("96", "weight::", "size.unclear.weight"),  # rather the height
        ("5 жаста", "weight::", "size.unclear.weight"),
        ("8 ай", "weight::", "size.unclear.weight"),
        ("96 см", "weight::", "size.unclear.weight"),
        ("300 кг", "weight::", "size.unclear.weight"),
        ("110 рост 18 вес", "weight::", "size.unclear.weight"),
        ("обычная", "weight::", "size.unclear.weight"),
        ("0", "weight::", "size.unclear.weight"),
    ],
)
def test_for_a_child_the_weight_is_enough(text: str, size: str, says: str) -> None:
    read = sizes.read(text, CHILD, LAW)
    assert (read.size, read.says) == (size, says)


@pytest.mark.parametrize(
    ("text", "size", "note"),
    [
        ("55 обычная", ADULT, "Подгузники: талия 55 см (до 55 см), впитываемость обычная"),
        ("55,5 обычная", ADULT, "Подгузники: талия 55,5 см (свыше 55 до 75 см), впитываемость обычная"),
        ("75 обычная", ADULT, "Подгузники: талия 75 см (свыше 55 до 75 см), впитываемость обычная"),
        ("96 повышенная", ADULT, "Подгузники: талия 96 см (свыше 75 до 100 см), впитываемость повышенная"),
        ("100 повышенная", ADULT, "Подгузники: талия 100 см (свыше 75 до 100 см), впитываемость повышенная"),
        ("101 повышенная", ADULT, "Подгузники: талия 101 см (свыше 100 до 130 см), впитываемость повышенная"),
        ("130 повышенная", ADULT, "Подгузники: талия 130 см (свыше 100 до 130 см), впитываемость повышенная"),
        ("131 повышенная", ADULT, "Подгузники: талия 131 см (свыше 130 см), впитываемость повышенная"),
        ("5", CHILD, "Подгузники: вес 5 кг (до 5 кг)"),
        ("5,1", CHILD, "Подгузники: вес 5,1 кг (свыше 5 до 7 кг)"),
        ("7", CHILD, "Подгузники: вес 7 кг (свыше 5 до 7 кг)"),
        ("9", CHILD, "Подгузники: вес 9 кг (свыше 7 до 9 кг)"),
        ("20,0", CHILD, "Подгузники: вес 20 кг (свыше 9 до 20 кг)"),
        ("20,1 кг", CHILD, "Подгузники: вес 20,1 кг (свыше 20 кг)"),
    ],
)
def test_the_specialist_is_told_the_size_and_its_step(text: str, size: str, note: str) -> None:
    assert sizes.read(text, size, LAW).note == note


def test_an_answer_after_everything_is_known_changes_nothing() -> None:
    assert sizes.read("120 см", "waist:96:raised", LAW) == sizes.Read("waist:96:raised", "size.taken")


@pytest.mark.parametrize(
    "text", ["110 см", "талия 110", "белі 110", "110 белім", "18 кг", "110 обычная", "80 кг, талия 96"]
)
def test_a_number_with_a_unit_or_a_name_is_plainly_a_size(text: str) -> None:
    assert sizes.plain(text)


@pytest.mark.parametrize(
    "text",
    [
        "110",
        "136",
        "472 см",
        "обычная",
        "136, как обычно",
        "472 келісемін, белім 110 см",
        "талия 136?",
        "не 136 см",
        "",
    ],
)
def test_what_may_have_been_meant_for_a_code_is_not(text: str) -> None:
    assert not sizes.plain(text)


@given(st.sampled_from(CODES), st.sampled_from(["", "иә", "да", "келісемін", "код", "R", "нет", "талия", "см 96"]))
def test_a_code_that_nothing_goes_with_is_never_plainly_a_size(code: str, word: str) -> None:
    assert not sizes.plain(f"{code}, белім 96 см {word}")
    assert sizes.plain(f"{word} {code}") is (word == "талия" and int(code) <= 200)


@pytest.mark.parametrize(
    ("text", "looks"), [("96", True), ("жоғары", True), ("меню", False), ("+77011234567", False)]
)
def test_what_cannot_be_a_size_is_left_to_others(text: str, looks: bool) -> None:
    assert sizes.looks_like(text) is looks


WAISTS = st.integers(300, 2000).map(lambda tenths: Decimal(tenths) / 10)
WEIGHTS = st.integers(10, 600).map(lambda tenths: Decimal(tenths) / 10)
ABOUT_WAIST = st.sampled_from(["{}", "{} см", "{}см", "талия {}", "белі {} см", "  {} сантиметр.", "Белім – {}!"])
ABOUT_WEIGHT = st.sampled_from(["{}", "{} кг", "{}kg", "вес {}", "салмағы {} кг", "{} кило."])
ABSORBENCIES = st.sampled_from([("обычная", "ordinary"), ("қарапайым", "ordinary"), ("жоғары", "raised")])
STATES = st.sampled_from([ADULT, CHILD, WAIST_KNOWN, "waist::raised", "weight:18:", "waist:96:raised"])
NUMBERS = st.sampled_from(["96", "18", "5", "7,5", "472", "12345"])
WORDS = st.sampled_from(
    ["см", "кг", "талия", "белім", "вес", "салмағы", "бедра", "обычная", "жоғары", "не", "?", "–"]
)
ANSWERS = st.text() | st.lists(NUMBERS | WORDS, max_size=8).map(" ".join)


@given(WAISTS, ABOUT_WAIST, ABSORBENCIES, st.booleans(), st.booleans())
def test_waist_and_absorbency_come_to_the_same_in_any_order(
    waist: Decimal, about: str, absorbency: tuple[str, str], at_once: bool, waist_first: bool
) -> None:
    word, name = absorbency
    answers = [about.format(str(waist).replace(".", ",")), word]
    if not waist_first:
        answers.reverse()
    size = ADULT
    for answer in ["; ".join(answers)] if at_once else answers:
        assert sizes.wanted(size)
        read = sizes.read(answer, size, LAW)
        size = read.size
    assert not sizes.wanted(size)
    known = sizes.known(size)
    assert (known.number, known.absorbency) == (waist, name)
    over = sum(waist > step for step in (55, 75, 100, 130))
    steps = ["до 55", "свыше 55 до 75", "свыше 75 до 100", "свыше 100 до 130", "свыше 130"]
    assert read.note is not None
    assert f"({steps[over]} см)" in read.note


@given(WEIGHTS, ABOUT_WEIGHT)
def test_every_weight_of_a_child_has_its_step(weight: Decimal, about: str) -> None:
    read = sizes.read(about.format(weight), CHILD, LAW)
    assert sizes.known(read.size).number == weight
    over = sum(weight > step for step in (5, 7, 9, 20))
    steps = ["до 5", "свыше 5 до 7", "свыше 7 до 9", "свыше 9 до 20", "свыше 20"]
    assert read.note is not None
    assert f"({steps[over]} кг)" in read.note


@given(ANSWERS, STATES)
def test_whatever_is_sent_is_learnt_as_a_whole_or_not_at_all(text: str, size: str) -> None:
    read = sizes.read(text, size, LAW)
    if read.says.startswith("size.unclear."):
        assert (read.size, read.note) == (size, None)
        assert read.says == f"size.unclear.{sizes.known(size).missing}"
    else:
        assert read.says == sizes.question(read.size)
    if read.note:
        assert sizes.wanted(size)
        assert not sizes.wanted(read.size)
    if not sizes.looks_like(text):
        assert read.size == size
    assert len(read.size) <= 24


@given(st.text(), st.sampled_from([ADULT, CHILD, WAIST_KNOWN]))
def test_no_number_comes_from_a_text_without_one(text: str, size: str) -> None:
    text = "".join(letter for letter in normalize("NFKC", text) if not letter.isdecimal())
    assert sizes.known(sizes.read(text, size, LAW).size).number == sizes.known(size).number

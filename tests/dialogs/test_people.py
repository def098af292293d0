"""Numbers as people and gateways write them, and what is no person's number."""

import random
import string
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogs.people import Bin, BinFault, Iin, IinFault, read_bin, read_iin, read_phone

TODAY = date(2026, 11, 23)
MILLION = 1_000_000


@pytest.mark.parametrize(
    "written",
    [
        "+77011234567",
        "87011234567",
        "77011234567",
        "7011234567",
        " 77011234567",
        "+7 (701) 123-45-67",
        "8 701 123 45 67",
    ],
)
def test_a_number_is_the_same_however_it_is_written(written: str) -> None:
    phone = read_phone(written)
    assert phone is not None
    assert phone.e164 == "+77011234567"
    assert phone.of_kazakhstan


@pytest.mark.parametrize(
    "written", ["", "1414", "Beeline", "KASPI700123", "701kaspi22", "+7", "0", "x" * 300, "7701"]
)
def test_short_codes_and_names_are_nobodys_phone(written: str) -> None:
    assert read_phone(written) is None


def test_a_number_from_abroad_is_a_phone_too() -> None:
    phone = read_phone("+79161234567")
    assert phone is not None
    assert not phone.of_kazakhstan


def test_a_phone_printed_by_mistake_hides_itself() -> None:
    phone = read_phone("+77011234567")
    assert f"{phone} {phone!r} {[phone]}" == "••••••••4567 ••••••••4567 [••••••••4567]"


# The published algorithm once more, word for word, to compare with: it shares nothing with the other.


DIGITS = frozenset(string.digits)
MONTHS = frozenset(f"{month:02}" for month in range(1, 13))


def check_digit(number: str) -> int:
    """Of the first eleven digits; 10 where no number is given out."""
    total = 0
    for place in range(11):
        total += int(number[place]) * (place + 1)
    if total % 11 != 10:
        return total % 11
    total = 0
    for place in range(11):
        total += int(number[place]) * ((place + 2) % 11 + 1)
    return total % 11


def is_iin(text: str) -> bool:
    if len(text) != 12 or not DIGITS.issuperset(text) or text[6] not in "0123456":
        return False
    for century in ("19 20", "18", "18", "19", "19", "20", "20")[int(text[6])].split():
        try:
            born = date(int(century + text[:2]), int(text[2:4]), int(text[4:6]))
        except ValueError:
            continue
        if born <= TODAY and born.year >= TODAY.year - 125:
            return check_digit(text) == int(text[11])
    return False


def is_bin(text: str) -> bool:
    return (
        len(text) == 12
        and DIGITS.issuperset(text)
        and text[2:4] in MONTHS
        and text[4] in "456"
        and check_digit(text) == int(text[11])
    )


@st.composite
def iins(draw: st.DrawFn) -> str:
    born = draw(st.dates(date(1901, 1, 1), TODAY))
    sexes = "340" if born.year < 2000 else "560"
    begin = f"{born:%y%m%d}{draw(st.sampled_from(sexes))}"
    serial = draw(st.integers(0, 9999).filter(lambda number: check_digit(f"{begin}{number:04}") < 10))
    number = f"{begin}{serial:04}"
    return f"{number}{check_digit(number)}"


@st.composite
def bins(draw: st.DrawFn) -> str:
    begin = f"{draw(st.integers(0, 99)):02}{draw(st.integers(1, 12)):02}{draw(st.sampled_from('456'))}"
    rest = draw(st.integers(0, 999_999).filter(lambda number: check_digit(f"{begin}{number:06}") < 10))
    number = f"{begin}{rest:06}"
    return f"{number}{check_digit(number)}"


@given(iins())
def test_every_iin_that_is_given_out_is_one(number: str) -> None:
    assert read_iin(number, TODAY) == Iin(number)


@given(bins())
def test_every_bin_that_is_given_out_is_one(number: str) -> None:
    assert read_bin(number) == Bin(number)


@given(iins(), st.integers(0, 11), st.sampled_from(string.digits))
def test_a_wrong_digit_passes_only_where_the_algorithm_itself_lets_it_pass(
    number: str, place: int, digit: str
) -> None:
    wrong = number[:place] + digit + number[place + 1 :]
    assert isinstance(read_iin(wrong, TODAY), Iin) is is_iin(wrong)


@given(bins(), st.integers(0, 11), st.sampled_from(string.digits))
def test_a_wrong_digit_of_a_bin_passes_only_where_the_algorithm_lets_it_pass(
    number: str, place: int, digit: str
) -> None:
    wrong = number[:place] + digit + number[place + 1 :]
    assert isinstance(read_bin(wrong), Bin) is is_bin(wrong)


def test_nearly_all_wrong_digits_and_transpositions_are_found() -> None:
    """The algorithm counts the eleventh digit eleven times, which is as good as not at all."""
    chance = random.Random(4)
    passed = {"digit": 0, "transposition": 0}
    tried = dict(passed)
    for _ in range(2000):
        number = made_iin(chance)
        for place in range(12):
            digit = chance.choice([one for one in string.digits if one != number[place]])
            found = {"digit": number[:place] + digit + number[place + 1 :]}
            if place < 11 and number[place] != number[place + 1]:
                found["transposition"] = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
            for kind, wrong in found.items():
                tried[kind] += 1
                passed[kind] += isinstance(read_iin(wrong, TODAY), Iin)
    assert passed["digit"] / tried["digit"] < 0.1
    assert passed["transposition"] / tried["transposition"] < 0.02


def made_iin(chance: random.Random) -> str:
    while True:
        born = date(1901, 1, 1) + timedelta(chance.randrange(45_000))
        number = f"{born:%y%m%d}{chance.choice('34' if born.year < 2000 else '56')}{chance.randrange(10_000):04}"
        if check_digit(number) < 10:
            return f"{number}{check_digit(number)}"


def test_of_a_million_random_strings_only_iins_and_bins_pass() -> None:
    chance = random.Random(3)
    pool = string.digits * 6 + "OoЗб -+№\u0661\uff12²Ⅻ\x00\ud800"
    passed = 0
    for number in range(MILLION):
        if number % 8 == 0:
            text = "".join(chance.choices(pool, k=chance.randrange(15)))
        elif number % 8 == 1:
            text = f"{chance.randrange(100):02}{chance.randrange(13):02}{chance.randrange(10**8):08}"
        elif number % 8 == 2:
            text = f"{chance.randrange(10**11):011}0"
            text = f"{text[:11]}{check_digit(text) % 10}"
        else:
            text = f"{chance.randrange(10**12):012}"
        iin, organisation = read_iin(text, TODAY), read_bin(text)
        if (text.isascii() and text.isdigit()) or number % 8:
            assert isinstance(iin, Iin) is is_iin(text), text
            assert isinstance(organisation, Bin) is is_bin(text), text
        passed += isinstance(iin, Iin)
    assert passed > 1000


@given(st.text(max_size=40))
def test_no_text_crashes_and_what_passes_holds_twelve_digits(text: str) -> None:
    read_bin(text)
    found = read_iin(text, TODAY)
    if isinstance(found, Iin):
        assert is_iin(found.digits)


@pytest.mark.parametrize(
    "written",
    [
        "550301300456",
        "550301 300456",
        "5503 0130 0456",
        "550301-300-456",
        "550301 – 300456",
        "５５０３０１３００４５６",
        "٥٥٠٣٠١٣٠٠٤٥٦",
        " 550301300456. ",
    ],
)
def test_an_iin_is_the_same_however_it_is_written(written: str) -> None:
    assert read_iin(written, TODAY) == Iin("550301300456")


@pytest.mark.parametrize(
    ("written", "fault"),
    [
        ("", IinFault.LENGTH),
        ("55030130045", IinFault.LENGTH),
        ("5503013004566", IinFault.LENGTH),
        ("55O301300456", IinFault.LETTERS),
        ("5503О1300456", IinFault.LETTERS),
        ("551301300456", IinFault.BIRTH_DATE),
        ("550230300456", IinFault.BIRTH_DATE),
        ("550229300456", IinFault.BIRTH_DATE),
        ("261231500456", IinFault.BIRTH_DATE),
        ("550301700456", IinFault.CENTURY),
        ("550301500456", IinFault.CENTURY),
        ("550301100456", IinFault.CENTURY),
        ("000101300456", IinFault.CENTURY),
        ("550301300457", IinFault.CHECK),
        ("550301300546", IinFault.CHECK),
    ],
)
def test_it_is_known_which_part_of_an_iin_is_wrong(written: str, fault: IinFault) -> None:
    assert read_iin(written, TODAY) is fault


@pytest.mark.parametrize(
    ("written", "fault"),
    [
        ("99024000001", BinFault.LENGTH),
        ("99О240000012", BinFault.LETTERS),
        ("991340000012", BinFault.REGISTERED),
        ("990230000012", BinFault.KIND),
        ("990240000011", BinFault.CHECK),
    ],
)
def test_it_is_known_which_part_of_a_bin_is_wrong(written: str, fault: BinFault) -> None:
    assert read_bin(written) is fault


def test_where_no_check_digit_can_be_told_no_number_is_given_out() -> None:
    begin = next(f"900101300{n:02}" for n in range(100) if check_digit(f"900101300{n:02}") == 10)
    for last in string.digits:
        assert read_iin(begin + last, TODAY) is IinFault.CHECK


def test_a_foreigner_has_no_century_in_the_number() -> None:
    for begin in ("90010100001", "05010100001"):
        number = f"{begin}{check_digit(begin)}"
        assert read_iin(number, TODAY) == Iin(number)


def test_numbers_printed_by_mistake_hide_themselves() -> None:
    iin, organisation = read_iin("550301300456", TODAY), read_bin("990240000010")
    assert f"{iin} {iin!r} {[iin]}" == "••••••••0456 ••••••••0456 [••••••••0456]"
    assert f"{organisation} {organisation!r} {[organisation]}" == "••••••••0010 ••••••••0010 [••••••••0010]"

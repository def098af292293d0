"""The cells that say whom to write to."""

from datetime import date
from random import Random

import phonenumbers
import pytest
from phonenumbers import PhoneNumber, PhoneNumberType

from dialogs.people import read_phone
from gateway.broadcasts.intake import phones
from gateway.broadcasts.intake.rows import Reason
from tests.gateway.broadcasts.intake.tables import IIN, TODAY

PHONE = "+77771234567"


@pytest.mark.parametrize(
    "written",
    [
        "+77771234567",
        "77771234567",
        "87771234567",
        "7771234567",
        "+7 (777) 123-45-67",
        "8 777 123 45 67",
        "8(777)1234567",
        "8-777-123-45-67",
        "8.777.123.45.67",
        "+7 777 123 45 67",
        "\u202a+7 777 123\u201145\u201167\u202c",
        "8 777 123 45 67\u200b",
        "77771234567.0",
        "77771234567,00",
        "7.7771234567E+10",
        "7,7771234567E+10",
        "8.7771234567e10",
        "+７７７７１２３４５６７",
    ],
)
def test_a_mobile_phone_is_known_however_it_is_written(written: str) -> None:
    assert phones.read(written) == PHONE


@pytest.mark.parametrize(
    ("written", "wrong"),
    [
        ("7.77123E+10", "phone_rounded"),
        ("7,77123E+10", "phone_rounded"),
        ("7.7712E10", "phone_rounded"),
        ("+7 727 250 01 02", "phone_landline"),
        ("8 (7172) 55-55-55", "phone_landline"),
        ("+79161234567", "phone_foreign"),
        ("8 916 123 45 67", "phone_foreign"),
        ("+998 90 123 45 67", "phone_foreign"),
        ("+996 555 123 456", "phone_foreign"),
        ("+1 212 555 01 00", "phone_foreign"),
        ("Айгүл", "phone_letters"),
        ("тел. 87771234567", "phone_letters"),
        ("8777I234567", "phone_letters"),
        ("87771234567, 87019876543", "phone_several"),
        ("87771234567 / 87019876543", "phone_several"),
        ("87771234567 и 87019876543", "phone_several"),
        ("87771234567 немесе 87019876543", "phone_several"),
        ("87771234567\n87019876543", "phone_several"),
        ("12345", "phone_digits"),
        ("8777123456", "phone_digits"),
        ("877712345678", "phone_digits"),
        ("1414", "phone_digits"),
        ("-", "phone_digits"),
        ("?", "phone_digits"),
        ("+7 779 123 45 67", "phone_wrong"),
        ("+87771234567", "phone_wrong"),
        ("00000000000", "phone_wrong"),
        ("=1+1", "phone_digits"),
        ("😀", "phone_digits"),
        ("1" * 1000, "phone_digits"),
        ("9E99", "phone_rounded"),
    ],
)
def test_of_every_other_number_it_is_said_what_is_wrong(written: str, wrong: str) -> None:
    read = phones.read(written)
    assert isinstance(read, Reason)
    assert read.id == f"staff.intake.{wrong}"


def test_the_short_way_and_the_long_way_agree() -> None:
    chance = Random(7)
    for _ in range(2_000):
        digits = f"7{chance.randrange(10**9):09}"
        if f"+7{digits}".startswith(phones.SIMULATED):
            continue
        whole = read_phone(f"8{digits}")
        kind = phonenumbers.number_type(PhoneNumber(country_code=7, national_number=int(digits)))
        mobile = whole is not None and kind == PhoneNumberType.MOBILE
        assert (phones.read(f"8 ({digits[:3]}) {digits[3:]}") == f"+7{digits}") == mobile


@pytest.mark.parametrize(
    "written", [IIN, "050101 500127", IIN.lstrip("0"), f"{IIN.lstrip('0')}.0", "5.0101500127E+10"]
)
def test_an_iin_is_known_even_without_the_zeros_that_a_spreadsheet_takes_away(written: str) -> None:
    assert phones.read_own_number(written, TODAY) == IIN


@pytest.mark.parametrize(
    ("written", "wrong"),
    [
        ("5.01015E+10", "iin_rounded"),
        ("05010150012", "iin_length"),
        ("0501015001270", "iin_length"),
        ("05010150012б", "iin_letters"),
        ("051301500127", "iin_birth_date"),
        ("050101900126", "iin_century"),
        ("050101500126", "iin_check"),
    ],
)
def test_of_every_other_iin_it_is_said_what_is_wrong(written: str, wrong: str) -> None:
    read = phones.read_own_number(written, TODAY)
    assert isinstance(read, Reason)
    assert read.id == f"staff.intake.{wrong}"


def test_nobody_is_born_tomorrow() -> None:
    assert phones.read_own_number(IIN, date(2004, 12, 31)) != IIN

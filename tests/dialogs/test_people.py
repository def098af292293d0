"""Numbers as people and gateways write them, and what is no person's number."""

import pytest

from dialogs.people import read_phone


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

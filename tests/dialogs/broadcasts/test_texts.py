import pytest

from dialogs.broadcasts.texts import LONGEST, Pattern, TextFault, Texts, as_sms, faults, placeholders
from dialogs.language import Language

KK, RU = Language.KK, Language.RU


@pytest.mark.parametrize(
    ("text", "columns", "values", "filled"),
    [
        ("Сәлем, {Аты}.", ["Аты"], ["Айгүл"], "Сәлем, Айгүл."),
        ("{ аты } – {АТЫ}", ["Аты"], ["Айгүл"], "Айгүл – Айгүл"),
        ("{Күні}, {Уақыты}", ["Уақыты", "Күні"], ["10:00", "5 мамыр"], "5 мамыр, 10:00"),
        ("{Аты}", ["Аты", "Аты"], ["бірінші", "екінші"], "бірінші"),
        ("Ай {Жоқ} күн", ["Аты"], ["Айгүл"], "Ай  күн"),
        ("{Аты}", ["Аты"], [], ""),
        ("{Аты}", ["Аты"], [" Айгүл \n Серік "], "Айгүл Серік"),
        ("{Аты}", ["Аты"], ["{Күні}"], "{Күні}"),
        ("  Сәлем  ", [], [], "Сәлем"),
    ],
)
def test_placeholders_are_filled_in(text: str, columns: list[str], values: list[str], filled: str) -> None:
    assert Pattern(text, columns).filled(values) == filled


def test_placeholders_are_named_once_and_as_they_are_written() -> None:
    assert placeholders("{Аты}, {Күні} және {Аты}; { Орны }") == ("Аты", "Күні", "Орны")


@pytest.mark.parametrize(
    ("texts", "columns", "found"),
    [
        (Texts("Сәлем", "Привет"), [], []),
        (Texts("Сәлем, {Аты}", "Привет, {аты}"), ["Аты"], []),
        (Texts("", " \n"), [], [TextFault(KK, "empty"), TextFault(RU, "empty")]),
        (Texts("{Аты}", "Привет"), ["Күні"], [TextFault(KK, "no_column", "Аты")]),
        (Texts("Сәлем {", "Привет {} "), [], [TextFault(KK, "brace"), TextFault(RU, "brace")]),
        (Texts("ә" * (LONGEST + 1), "Привет"), [], [TextFault(KK, "too_long", str(LONGEST))]),
    ],
)
def test_what_cannot_be_sent_is_said(texts: Texts, columns: list[str], found: list[TextFault]) -> None:
    assert faults(texts, columns) == found


def test_an_sms_is_counted_as_it_leaves() -> None:
    assert as_sms("Сәлем") == ("Сәлем", 1)
    assert as_sms("Ә" * 71)[1] == 2

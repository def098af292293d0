"""The rows that could not be taken, to be put right and brought again."""

import csv
import io
from pathlib import Path

import openpyxl
import pytest

from dialogs import words
from dialogs.language import Language
from dialogs.messages import Say, Surface
from dialogs.words import Words
from gateway.broadcasts.intake.headings import WRONG
from gateway.broadcasts.intake.report import Report
from tests.conftest import LOCALES
from tests.gateway.broadcasts.intake.tables import Intake, taken, text, text_file

FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
HOSTILE = [
    *("+1+1", "-1+1", "@SUM(A1)", "＝1+1", "<b>&amp;", "a;b", 'a"b', "a\nb"),
    *("Әңғүұқөһі 😀", "007", "'x", "_x000D_"),
]


@pytest.fixture(scope="module", name="texts")
def _texts() -> Words:
    return words.load(LOCALES)


def report(intake: Intake, texts: Words, language: Language = Language.RU) -> Report:
    return Report(intake.summary, intake.faults, texts, language)


def test_a_row_keeps_its_cells_and_says_what_to_do(tmp_path: Path, texts: Words) -> None:
    content = "Телефон;ЖСН;Аты\n8 727 250 01 02;1;Айгүл\n87771234567;;Болат\n7771234567;;Әсем\n87011112233;;a;b\n"
    intake = text(tmp_path, content)
    pieces = b"".join(report(intake, texts).csv())
    assert pieces.startswith(b"\xef\xbb\xbf")
    head, first, second, third = csv.reader(io.StringIO(pieces.decode("utf-8-sig")), delimiter=";")
    assert head == ["Телефон", "ЖСН", "Аты", "Что исправить"]
    assert first == [
        "8 727 250 01 02",
        "1",
        "Айгүл",
        "Телефон: Это городской номер, SMS на него не приходят. Впишите мобильный. "
        "ЖСН: Цифр в ИИН: 1, а нужно 12. Проверьте, не потеряны ли нули в начале.",
    ]
    assert second[0] == "'+77771234567"
    assert second[3].startswith("Телефон: Этот номер уже стоит в строке 3,")
    assert third[:3] == ["87011112233", "", "a"]
    assert (third[3].startswith("В строке лишние ячейки: 4 вместо 3."), third[4]) == (True, "b")


def test_it_speaks_the_language_of_who_asks(tmp_path: Path, texts: Words) -> None:
    intake = text(tmp_path, "phone\n1\n")
    assert "Нені түзету керек" in b"".join(report(intake, texts, Language.KK).csv()).decode()


@pytest.mark.parametrize("language", Language)
def test_its_last_column_is_known_when_it_comes_back(texts: Words, language: Language) -> None:
    assert texts.say(Say("staff.intake.wrong"), language, Surface.CHAT) == WRONG[language]


@pytest.mark.parametrize("format", ["csv", "xlsx"])
def test_what_was_put_right_is_taken_the_second_time(tmp_path: Path, texts: Words, format: str) -> None:
    content = "".join(f'{number:03};"{cell.replace(chr(34), chr(34) * 2)}"\n' for number, cell in enumerate(HOSTILE))
    intake = text(tmp_path, f"phone;x\n{content}")
    assert len(intake.faults) == len(HOSTILE)
    made = report(intake, texts)
    back = taken(text_file(tmp_path, b"".join(getattr(made, format)()), name="report"))
    assert (back.summary.format, back.summary.columns) == (format, ("x",))
    assert [fault.cells[:2] for fault in back.faults] == [fault.cells for fault in intake.faults]
    assert [fault.cells[1] for fault in back.faults] == HOSTILE
    again = report(back, texts)
    assert next(csv.reader(io.StringIO(b"".join(again.csv()).decode()), delimiter=";"))[-2:] == ["x", "Что исправить"]


def test_no_cell_of_a_csv_computes(tmp_path: Path, texts: Words) -> None:
    cells = [f"{sign}cmd|' /C calc'!A0" for sign in FORMULAS]
    content = "".join(f'1;"{cell}"\n' for cell in cells)
    intake = text(tmp_path, f"phone;x;=1+1\n{content.replace(chr(10) + '1;', ';' + chr(10) + '1;')}")
    table = csv.reader(io.StringIO(b"".join(report(intake, texts).csv()).decode("utf-8-sig")), delimiter=";")
    assert [cell for row in table for cell in row if cell.startswith(FORMULAS)] == []


def test_a_workbook_holds_text_only(tmp_path: Path, texts: Words) -> None:
    intake = text(tmp_path, "phone;x\n007;=1+1\n1;a\x00b\n87271234567;+1\n")
    file = text_file(tmp_path, b"".join(report(intake, texts).xlsx()), name="report.xlsx")
    sheet = openpyxl.load_workbook(file)["Что исправить"]
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"}
    assert [cell.value for cell in sheet["A"]] == ["phone", "007", "1", "87271234567"]
    assert [cell.value for cell in sheet["B"]] == ["x", "=1+1", "a\ufffdb", "+1"]
    assert (sheet.freeze_panes, sheet["A2"].number_format, sheet["A1"].font.b) == ("A2", "@", True)


def test_many_faults_come_in_pieces(tmp_path: Path, texts: Words) -> None:
    intake = text(tmp_path, "phone\n" + "1\n" * 100_000)
    for pieces in (list(report(intake, texts).csv()), list(report(intake, texts).xlsx())):
        assert len(pieces) > 1
        assert max(map(len, pieces)) < 1 << 20

"""CSV files, whoever wrote them."""

from pathlib import Path

import pytest

from dialogs.language import Language
from gateway.broadcasts.intake import limits, text_table
from tests.gateway.broadcasts.intake.tables import Intake, taken, text, text_file

KAZAKH = "Әңғүұқөһі ӘҢҒҮҰҚӨҺІ"
PHONE = "+77771234567"


def phones(intake: Intake) -> list[tuple[int, str]]:
    return [(row.number, row.phone) for row in intake.rows]


@pytest.mark.parametrize(
    ("codec", "known"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16"),
        ("utf-16-be", "utf-16"),
        ("kz1048", "kz1048"),
    ],
)
def test_letters_are_read_in_whatever_way_they_are_written(tmp_path: Path, codec: str, known: str) -> None:
    intake = text(tmp_path, f"Телефон;Аты\r\n87771234567;{KAZAKH}\r\n", codec)
    assert [row.values for row in intake.rows] == [(KAZAKH,)]
    assert (intake.summary.encoding, intake.summary.separator) == (known, ";")


def test_big_endian_with_its_mark(tmp_path: Path) -> None:
    content = b"\xfe\xff" + f"Телефон\tАты\n87771234567\t{KAZAKH}\n".encode("utf-16-be")
    intake = text(tmp_path, content)
    assert (intake.rows[0].values, intake.summary.encoding, intake.summary.separator) == ((KAZAKH,), "utf-16", "\t")


def test_russian_in_windows_1251_is_read_even_if_it_begins_a_megabyte_later(tmp_path: Path) -> None:
    latin = "".join(f"{87770000000 + number};Aigul\n" for number in range(100_000))
    intake = text(tmp_path, f"phone;name\n{latin}87771234567;Ольга Ёжикова\n", "windows-1251")
    assert intake.rows[-1].values == ("Ольга Ёжикова",)


def test_a_few_spoiled_letters_do_not_make_another_encoding_of_it(tmp_path: Path) -> None:
    names = "".join(f"{87770000000 + number};Айгүл Серікқызы\n" for number in range(20)).encode()
    intake = text(tmp_path, "Телефон;Аты\n".encode() + names + b"87771234567;\xd0\xffya\n")
    assert (intake.summary.encoding, intake.summary.good) == ("utf-8", 20)
    assert intake.wrong == [(22, "Аты", "letters_spoiled")]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_separator_and_end_of_line(tmp_path: Path, separator: str, end: str) -> None:
    rows = [["Телефон", "Тіл", "Аты, жөні"], ["8 777 123 45 67", "қаз", "Айгүл"]]
    intake = text(tmp_path, end.join(separator.join(f'"{cell}"' for cell in row) for row in rows))
    assert (intake.rows[0].phone, intake.rows[0].language, intake.rows[0].values) == (PHONE, Language.KK, ("Айгүл",))
    assert intake.summary.columns == ("Аты, жөні",)


def test_one_column_needs_no_separator(tmp_path: Path) -> None:
    assert phones(text(tmp_path, "phone\n87771234567\n")) == [(2, PHONE)]


def test_excel_may_name_the_separator_first(tmp_path: Path) -> None:
    assert phones(text(tmp_path, "sep=;\nphone;a,b,c,d\n87771234567;x\n")) == [(3, PHONE)]


def test_quotes_hold_newlines_separators_and_quotes(tmp_path: Path) -> None:
    content = 'phone;address;note\r\n87771234567;"Абай к.\r\n5-үй; 3";"«Үміт» ""орталығы"""\r\n87011112233;a;b\r\n'
    intake = text(tmp_path, content)
    assert intake.rows[0].values == ("Абай к.\n5-үй; 3", '«Үміт» "орталығы"')
    assert phones(intake) == [(2, PHONE), (3, "+77011112233")]


def test_a_quote_that_is_never_closed_costs_one_row(tmp_path: Path) -> None:
    others = "".join(f"{87770000000 + number};Болат;x\n" for number in range(5_000))
    intake = text(tmp_path, f'phone;name;x\n87771234567;"Айгүл;x\n{others}')
    assert intake.wrong == [(2, "", "quote")]
    assert intake.faults[0].cells == ("87771234567", '"Айгүл', "x")
    assert (intake.summary.good, intake.rows[0].number, intake.rows[-1].number) == (5_000, 3, 5_002)


def test_a_quote_that_another_row_closes_swallows_nobody(tmp_path: Path) -> None:
    content = 'phone;name\n87771234567;"\n87011112233;"\n87021112233;Айгүл\n'
    intake = text(tmp_path, content)
    assert intake.wrong == [(2, "", "quote"), (3, "", "quote")]
    assert phones(intake) == [(4, "+77021112233")]


def test_quotes_made_to_be_read_again_and_again_are_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    count = 0

    class Counted(text_table._Lines):
        def __next__(self) -> str:
            nonlocal count
            count += 1
            return super().__next__()

    monkeypatch.setattr(text_table, "_Lines", Counted)
    assert text(tmp_path, "phone;name\n" + 'a";"\n' * 1_000_000).refused == "quotes"
    assert count < 2 * text_table._PATIENCE


def test_a_quote_in_the_wrong_place_is_said(tmp_path: Path) -> None:
    intake = text(tmp_path, 'phone;name\n87771234567;"Үміт" ЖШС\n87011112233;ЖШС "Үміт"\n')
    assert intake.wrong == [(2, "", "quote")]
    assert intake.rows[0].values == ('ЖШС "Үміт"',)


def test_a_zero_byte_is_a_fault_of_its_row(tmp_path: Path) -> None:
    rows = "".join(f"{87770000000 + number};Болат\n" for number in range(100))
    intake = text(tmp_path, f"phone;name\n{rows}87771234567;Ай\x00гүл\n")
    assert intake.wrong == [(102, "name", "letters_unseen")]
    assert intake.summary.good == 100


def test_formulas_are_text_or_a_fault_and_never_anything_else(tmp_path: Path) -> None:
    rows = ["=cmd|' /C calc'!A0", "=1+1", "+1+1", "-1", "@SUM(A1)", "'=1+1", "#REF!", "#ЗНАЧ!", "####", '="0012"']
    content = "".join(f"{87770000000 + number};{cell}\n" for number, cell in enumerate(rows))
    intake = text(tmp_path, f"phone;x\n{content}")
    assert [row.values[0] for row in intake.rows] == ["+1+1", "-1", "@SUM(A1)", "0012"]
    wrong = [what for _, _, what in intake.wrong]
    assert wrong == ["formula", "formula", "formula", "cell_error", "cell_error", "cell_narrow"]


def test_signs_of_pages_and_pictures_are_letters_like_others(tmp_path: Path) -> None:
    nasty = "<script>alert(1)</script> & «😀» {name}"
    assert text(tmp_path, f"phone;x\n87771234567;{nasty}\n").rows[0].values == (nasty,)


def test_rows_that_are_too_short_or_too_long_are_said(tmp_path: Path) -> None:
    content = "phone;name;sum\n87771234567;Айгүл\n87011112233;Болат;5;6\n87021112233;Әсем;5;;;\n;;\n\n;\n"
    intake = text(tmp_path, content)
    assert intake.wrong == [(2, "", "cells_few"), (3, "", "cells_many")]
    assert intake.faults[1].reason.values == (("cells", 4), ("columns", 3))
    assert (phones(intake), intake.summary.rows) == ([(4, "+77021112233")], 3)


def test_a_cell_may_have_a_thousand_letters(tmp_path: Path) -> None:
    intake = text(tmp_path, f"phone;x\n87771234567;{'ә' * 1_000}\n87011112233;{'ә' * 1_001}\n")
    assert (phones(intake), intake.wrong) == ([(2, PHONE)], [(3, "x", "cell_long")])


def test_a_row_may_have_several_faults_and_is_counted_once(tmp_path: Path) -> None:
    intake = text(tmp_path, "phone;iin;lang;x\n123;1;de;#REF!\n;;;1\n")
    assert intake.wrong == [
        (2, "phone", "phone_digits"),
        (2, "iin", "iin_length"),
        (2, "lang", "language"),
        (2, "x", "cell_error"),
        (3, "", "nobody"),
    ]
    assert (intake.summary.rows, intake.summary.faulty, intake.summary.good) == (2, 2, 0)


@pytest.mark.parametrize(
    ("content", "refused"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b"\n\n;;\n", "empty"),
        ("Телефон;Аты\n".encode(), "no_rows"),
        ("Телефон;Аты\n;\n;;;\n\n".encode(), "no_rows"),
        ("Қала;Аты\nАлматы;Айгүл\n".encode(), "headings"),
        ("87771234567;Айгүл\n".encode(), "no_headings"),
        ("Телефон;Мобильный\n87771234567;87771234567\n".encode(), "column_twice"),
        ("Телефон;Аты;аты:\n87771234567;1;2\n".encode(), "heading_twice"),
        ("Телефон;;Аты\n87771234567;1;2\n".encode(), "heading_blank"),
        (f"phone;{'x' * 101}\n87771234567;1\n".encode(), "heading_long"),
        ("phone" + ";x" * 100 + "\n", "too_many_columns"),
        ('"phone;name\n87771234567;1\n', "headings_unclosed"),
        (bytes(range(256)) * 40, "not_a_table"),
        (b"%PDF-1.7\n...", "not_a_table"),
        (b"\x89PNG\r\n\x1a\n", "not_a_table"),
        (b"<html><table><tr><td>phone</td></tr></table>", "page"),
        (b'\xef\xbb\xbf<?xml version="1.0"?><Workbook/>', "page"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2_000), "old_excel"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "password"),
        (b"Rar!\x1a\x07", "archive"),
        (b"\x1f\x8b\x08", "archive"),
    ],
)
def test_what_is_no_list_of_recipients_is_refused(tmp_path: Path, content: bytes | str, refused: str) -> None:
    intake = text(tmp_path, content)
    assert intake.refused == refused
    assert [file.name for file in intake.folder.iterdir()] == ["summary.json"]


def test_a_number_of_the_row_does_not_stand_for_the_phone(tmp_path: Path) -> None:
    intake = text(tmp_path, "№;Номер;Телефон\n1;5;87771234567\n")
    assert (phones(intake), intake.summary.columns) == ([(2, PHONE)], ("№", "Номер"))


@pytest.mark.parametrize("rest", ["hole", "letters"])
def test_a_line_of_a_gigabyte_is_refused_early(tmp_path: Path, rest: str) -> None:
    file = text_file(tmp_path, f"phone;name\n87771234567;Айгүл\n87011112233;{'a' * 3_000_000}")
    with file.open("r+b") as opened:
        opened.truncate(limits.FILE)
        if rest == "letters":
            opened.seek(limits.FILE - 1)
            opened.write(b"\n")
    before = bytes_read()
    intake = taken(file)
    assert intake.refused == "row_long"
    assert bytes_read() - before < limits.FILE // 10
    assert intake.summary.refused is not None
    assert intake.summary.refused.values == (("row", 3), ("most", 64))


def test_a_file_of_zeros_is_refused_early(tmp_path: Path) -> None:
    file = text_file(tmp_path, "phone\n87771234567\n")
    with file.open("r+b") as opened:
        opened.truncate(limits.FILE)
    assert taken(file).refused == "not_a_table"


def test_a_line_that_is_just_too_long_is_refused_with_its_number(tmp_path: Path) -> None:
    assert text(tmp_path, f"phone;x\n87771234567;1\n87011112233;{'a' * limits.ROW}\n").refused == "row_long"
    assert text(tmp_path, f"{'a' * limits.ROW * 2}\n87011112233\n").refused == "row_long"


def test_more_than_a_gigabyte_is_not_even_opened(tmp_path: Path) -> None:
    file = text_file(tmp_path, "phone\n")
    with file.open("r+b") as opened:
        opened.truncate(limits.FILE + 1)
    assert taken(file).refused == "too_large"


def bytes_read() -> int:
    """By this process, until now."""
    return int(Path("/proc/self/io").read_text().split()[1])

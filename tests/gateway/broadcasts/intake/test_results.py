"""The folder that a file becomes: who is in it, where, and who is named twice."""

from pathlib import Path

import pytest

from gateway.broadcasts.intake import limits
from gateway.broadcasts.intake import rows as lines
from gateway.broadcasts.intake.rows import Row
from gateway.store import SHARDS, shard_number
from tests.gateway.broadcasts.intake.tables import IIN, MEMORY, measured, taken, text, text_file


def test_each_shard_has_its_rows_in_the_order_of_phones(tmp_path: Path) -> None:
    content = "".join(f"8777{(number * 7_654_321) % 10_000_000:07};{number}\n" for number in range(2_000))
    intake = text(tmp_path, f"phone;n\n{content}")
    assert (intake.summary.good, len(intake.rows)) == (2_000, 2_000)
    for shard in range(SHARDS):
        found = list(lines.rows(intake.folder, shard))
        assert found == sorted(found, key=lambda row: row.phone)
        assert {shard_number(f"sms:{row.phone}") for row in found} == {shard}
    assert [row.number for row in intake.rows] == list(range(2, 2_002))


def test_who_has_only_an_iin_stands_apart(tmp_path: Path) -> None:
    intake = text(tmp_path, f"ЖСН;Телефон;Тіл\n{IIN};;ru\n{IIN};87771234567;\n;87011112233;\n")
    assert [row.number for row in lines.iins(intake.folder)] == [2]
    assert [(row.iin, row.phone) for row in intake.rows] == [(IIN, ""), (IIN, "+77771234567"), ("", "+77011112233")]
    assert (intake.summary.good, intake.summary.without_phone) == (3, 1)


def test_a_phone_is_named_once_however_it_is_written(tmp_path: Path) -> None:
    content = f"""phone;x;iin;lang;y
87771234567;a;;kk;1
+7 777 123 45 67;b;;ru;2
;c;{IIN};;3
12;d;;;4
77771234567;e;{IIN};;5
;f;{IIN[1:]};;6
"""
    intake = text(tmp_path, content)
    assert intake.wrong == [
        (3, "phone", "duplicate"),
        (5, "phone", "phone_digits"),
        (6, "phone", "duplicate"),
        (7, "iin", "duplicate_iin"),
    ]
    first, _, _, last = intake.faults
    assert (first.reason.values, last.reason.values) == ((("row", 2),), (("row", 4),))
    assert first.cells == ("+77771234567", "b", "", "ru", "2")
    summary = intake.summary
    assert (summary.rows, summary.good, summary.faulty, summary.duplicates) == (6, 2, 1, 3)


def test_a_million_times_the_same_phone(tmp_path: Path) -> None:
    file = text_file(tmp_path, "phone;name\n" + "87771234567;Айгүл\n" * limits.ROWS)
    summary, megabytes = measured(file)
    assert (summary.rows, summary.good, summary.duplicates) == (limits.ROWS, 1, limits.ROWS - 1)
    assert megabytes < MEMORY


def test_more_rows_than_may_be_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "ROWS", 1_000)
    assert text(tmp_path, "phone\n" + "87771234567\n" * 1_000).refused == ""
    assert text(tmp_path, "phone\n" + "87771234567\n" * 1_001).refused == "too_many_rows"


def test_what_another_run_has_left_is_gone(tmp_path: Path) -> None:
    first = taken(text_file(tmp_path, "phone\n87771234567\n1\n"))
    second = taken(text_file(first.folder, "iin\n", name="upload"))
    assert second.refused == "no_rows"
    again = taken(text_file(tmp_path, f"iin\n{IIN}\n"))
    assert again.rows == [Row(2, "", IIN, None, ())]


@pytest.mark.parametrize("shard", [0, SHARDS - 1])
def test_a_shard_without_rows_is_an_empty_file(tmp_path: Path, shard: int) -> None:
    assert list(lines.rows(text(tmp_path, f"iin\n{IIN}\n").folder, shard)) == []

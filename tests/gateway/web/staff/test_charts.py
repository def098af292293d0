"""Drawings of numbers, by their lines."""

from hypothesis import given
from hypothesis import strategies as st

from gateway.web.staff import charts
from gateway.web.staff.charts import NARROW, WIDE

DAYS = [f"{day:02}.11" for day in range(1, 31)]
counts = st.lists(st.lists(st.integers(0, 10**7), min_size=3, max_size=3), min_size=1, max_size=31)


@given(counts, st.sampled_from([WIDE, NARROW]))
def test_nothing_is_drawn_outside_and_nothing_over_another(rows: list[list[int]], width: int) -> None:
    labels = [f"{number:02}.11" for number in range(len(rows))]
    drawing = charts.columns(labels, ["a", "b", "c"], rows, width)
    assert len(drawing.boxes) == sum(number > 0 for row in rows for number in row)
    for box in drawing.boxes:
        assert box.x >= 0
        assert box.x + box.width <= width + 0.2
        assert box.y >= 0
        assert box.y + box.height <= drawing.height
    for word in drawing.words:
        half = {"middle": len(word.text) * 3.6, "end": 0.0}.get(word.anchor, 0.0)
        assert word.x - half >= 0
        assert word.x + half <= width + 0.2


@given(counts)
def test_bars_and_the_numbers_behind_them_fit(rows: list[list[int]]) -> None:
    drawing = charts.bars([str(number) for number in range(len(rows))], ["a", "b", "c"], rows, NARROW)
    for word in drawing.words:
        assert word.x + len(word.text) * 7.2 <= NARROW + 1
        assert word.y <= drawing.height
    for box in drawing.boxes:
        assert box.x + box.width <= NARROW


def test_a_line_is_interrupted_where_there_is_no_number() -> None:
    drawing = charts.line(DAYS[:6], [10, 20, None, None, 30, 40], WIDE, most=100, unit="%")
    assert [len(path.split(" ")) for path in drawing.paths] == [2, 2]
    assert [dot.title for dot in drawing.dots] == ["01.11: 10%", "02.11: 20%", "05.11: 30%", "06.11: 40%"]


def test_a_number_that_stands_alone_is_a_dot() -> None:
    drawing = charts.line(DAYS[:3], [None, 50, None], WIDE, most=100, unit="%")
    assert drawing.paths == ()
    assert len(drawing.dots) == 1


def test_each_series_has_a_pattern_of_its_own_and_names_its_number() -> None:
    drawing = charts.columns(["01.11"], ["да", "нет"], [[3, 1]], WIDE)
    assert [(box.pattern, box.title) for box in drawing.boxes] == [(1, "01.11: да – 3"), (2, "01.11: нет – 1")]


def test_the_scale_has_few_round_numbers() -> None:
    for most in (0, 1, 3, 7, 12, 99, 101, 12_345, 0.5, 99_999_999):
        ticks = [one.text for one in charts.columns(["a"], ["n"], [[most]], WIDE).words if one.anchor == "end"]
        assert 2 <= len(ticks) <= 6, most


def test_few_days_are_named_on_a_phone() -> None:
    def named(width: int) -> int:
        return sum(one.anchor == "middle" for one in charts.columns(DAYS, ["n"], [[1]] * 30, width).words)

    assert named(NARROW) <= 4 < named(WIDE) <= 8


def test_numbers_are_written_as_people_write_them() -> None:
    assert [charts.plain(one) for one in (0, 1200, 396.5, 0.25, 1234567.0)] == [
        "0",
        "1\u202f200",
        "396,5",
        "0,25",
        "1\u202f234\u202f567",
    ]

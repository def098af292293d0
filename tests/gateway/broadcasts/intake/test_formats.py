"""Numbers of a workbook as its reader sees them."""

import pytest

from gateway.broadcasts.intake.formats import Format, Kind, shown, understand

DATE, TIME, MOMENT = Format(Kind.DATE), Format(Kind.TIME), Format(Kind.MOMENT)


@pytest.mark.parametrize(
    ("code", "kind", "places"),
    [
        ("General", Kind.NUMBER, None),
        ("", Kind.NUMBER, None),
        ("@", Kind.NUMBER, None),
        ("0", Kind.NUMBER, None),
        ("#,##0.00", Kind.NUMBER, 2),
        ('# ##0.0" тг"', Kind.NUMBER, 1),
        ("0.00E+00", Kind.NUMBER, 2),
        ("[Red]-0.00;[Blue]0", Kind.NUMBER, 2),
        ("0%", Kind.PERCENT, 0),
        ("0.00%", Kind.PERCENT, 2),
        ("dd.mm.yyyy", Kind.DATE, None),
        ("mm-dd-yy", Kind.DATE, None),
        ("mmmm", Kind.DATE, None),
        ("[$-43F]d mmmm yyyy;@", Kind.DATE, None),
        ("h:mm", Kind.TIME, None),
        ("hh:mm:ss", Kind.TIME, None),
        ("mm:ss", Kind.TIME, None),
        ("[h]:mm", Kind.TIME, None),
        ("h:mm AM/PM", Kind.TIME, None),
        ("m/d/yy h:mm", Kind.MOMENT, None),
        ('yyyy"ж." d mmmm, hh:mm', Kind.MOMENT, None),
    ],
)
def test_a_format_is_understood(code: str, kind: Kind, places: int | None) -> None:
    assert understand(code) == Format(kind, places)


@pytest.mark.parametrize(
    ("number", "format", "text"),
    [
        ("46356", DATE, "30.11.2026"),
        ("46356.395833333336", MOMENT, "30.11.2026 09:30"),
        ("46356.99999999", MOMENT, "01.12.2026 00:00"),
        ("0.395833333333333", TIME, "09:30"),
        ("1", DATE, "01.01.1900"),
        ("61", DATE, "01.03.1900"),
        ("2958465", DATE, "31.12.9999"),
        ("2958466", DATE, "2958466"),
        ("-1", DATE, "-1"),
        ("1E308", DATE, f"{int(1e308)}"),
        ("1E400", Format(), "1E400"),
        ("NaN", Format(), "NaN"),
        ("x", DATE, "x"),
        ("0.30000000000000004", Format(), "0,3"),
        ("1234.5", Format(Kind.NUMBER, 2), "1234,50"),
        ("77771234567", Format(Kind.NUMBER, 2), "77771234567"),
        ("0.155", Format(Kind.PERCENT, 1), "15,5%"),
        ("0.15", Format(Kind.PERCENT, 0), "15%"),
    ],
)
def test_a_number_is_shown_by_its_format(number: str, format: Format, text: str) -> None:
    assert shown(number, format, since_1904=False) == text

import pytest

from dialogs.sms_length import Length, measure


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("", Length(1, 0)),
        ("a" * 160, Length(1, 160)),
        ("a" * 161, Length(2, 161)),
        ("a" * 306, Length(2, 306)),
        ("a" * 307, Length(3, 307)),
        ("€" * 80, Length(1, 160)),
        ("ә" * 70, Length(1, 70)),
        ("ә" * 71, Length(2, 71)),
        ("ә" * 134, Length(2, 134)),
        ("ә" * 135, Length(3, 135)),
        ("a" * 70 + "ә", Length(2, 71)),
        ("😀" * 35, Length(1, 70)),
        ("😀" * 36, Length(2, 72)),
        ("😀" * 67, Length(3, 134)),
        ("€" * 153, Length(3, 306)),
        ("\f", Length(1, 2)),
    ],
)
def test_a_text_takes_as_many_sms_as_operators_count(text: str, length: Length) -> None:
    assert measure(text) == length

import unicodedata

import pytest

from dialogs.sms_length import Length, fitted, is_latin, measure, units


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
        ("😀" * 36, Length(2, 73)),
        ("😀" * 67, Length(3, 136)),
        ("€" * 153, Length(3, 306)),
        ("\f", Length(1, 2)),
    ],
)
def test_a_text_takes_as_many_sms_as_operators_count(text: str, length: Length) -> None:
    assert measure(text) == length


@pytest.mark.parametrize(
    ("text", "leaves"),
    [
        ("Your code – «4711»… it’s\u00a0“short”", 'Your code - "4711"... it\'s "short"'),
        ("No 5 \u2022 A\u00adB`", "No 5 - AB'"),
        ("Kazpost №7", "Kazpost No7"),
        ("a\tb\x00c\x1bd\r\n", "a bcd\r\n"),
        ("Сіздің кодыңыз – «4711»…", "Сіздің кодыңыз – «4711»…"),
        ("Your code – 4711 ә", "Your code – 4711 ә"),
        ("Your code – 😀", "Your code – 😀"),
        ("…" * 70, "…" * 70),
        (unicodedata.normalize("NFD", "Ёлка, йод, қағаз é"), "Ёлка, йод, қағаз é"),
        ("e\u0301", "é"),
        ("ә\x00\x07б\ud83d", "әб"),
    ],
)
def test_a_text_leaves_plainly_where_that_makes_it_latin_and_as_it_is_elsewhere(text: str, leaves: str) -> None:
    assert fitted(text) == leaves
    assert fitted(leaves) == leaves
    assert measure(text) == measure(leaves)


@pytest.mark.parametrize("face", ["😀", "👍🏽", "🇰🇿", "👩\u200d🦽", "❤\ufe0f\u200d🔥"])
def test_no_face_is_torn_between_two_parts(face: str) -> None:
    for before in range(60, 140):
        leaves = fitted("ә" * before + face + "б" * 70)
        ends = [leaves.encode("utf-16-le")[: 134 * part].decode("utf-16-le") for part in (1, 2)]
        assert all(leaves.startswith(end) for end in ends)
        assert face in leaves
        assert leaves.replace(" ", "") == "ә" * before + face + "б" * 70
        assert units(leaves) - units(face) in (before + 70, before + 71)


def test_one_part_is_not_touched() -> None:
    for text in ("😀" * 35, "ә" * 66 + "😀" + "ә" * 2):
        assert fitted(text) == text
    assert not is_latin("😀")
    assert is_latin("{€}\n")

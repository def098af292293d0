import pytest

from dialogs.cleaning import LONGEST, cleaned


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            " ",
            "иә",
            "ИӘ, 402!",
            "не\u0301т",
            "и\u0306",
            "４０２",
            "٤٠٢",
            "👩\u200d🦽",
            "👍🏽",
            "1\ufe0f\u20e3",
            "🇰🇿",
        ),
        *("екі\nжол", "a\tb", "\u00a0", "﷽", "שלום 402", "\u0336", "\ue000", "\ufffd"),
    ],
)
def test_what_is_seen_stays(text: str) -> None:
    assert cleaned(text) == text


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("\ufeffиә", "иә"),
        ("\u200fиә\u200e", "иә"),
        ("\u202bиә\u202c", "иә"),
        ("\u2067иә\u2069", "иә"),
        ("4\u200b0\u20602", "402"),
        ("келісе\u00adмін", "келісемін"),
        ("\u202b402\u202c", "402"),
        ("и\x00ә", "и ә"),
        ("\x1b[31mиә\x07", " [31mиә "),
        ("бір\r\nекі\u2028үш\x85", "бір\nекі\nүш\n"),
        ("\U000e0034\U000e0030", ""),
        ("\u202e204\u202c", "\ufffd204"),
        ("\u202d402", "\ufffd402"),
        ("\u200f4 0 2", "\ufffd4 0 2"),
        ("\u200f402 403", "\ufffd402 403"),
        ("\ud83dиә", "\ufffdиә"),
        ("иә\uffff", "иә\ufffd"),
    ],
)
def test_what_is_not_seen_goes_and_what_is_not_sure_is_marked(text: str, seen: str) -> None:
    assert cleaned(text) == seen
    assert cleaned(seen) == seen
    seen.encode()


def test_a_long_text_is_cut() -> None:
    assert cleaned("ә" * 70_000) == "ә" * LONGEST
    assert len(cleaned("\x00" * 70_000)) == LONGEST

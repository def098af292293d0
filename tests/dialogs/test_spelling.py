"""Different spellings of one word fall together, and different words stay apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogs.spelling import by_ear, stems, tokens


@pytest.mark.parametrize(
    "spellings",
    [
        "коляска КОЛЯСКА koliaska kolyaska koljaska қоляска",
        "жөргек жоргек jorgek zhorgek jörgek",
        "көмекші комекши kömekşi komekshi kömekshi",
        "құлақ кулак qulaq kulak qūlaq",
        "ғимарат гимарат ğimarat gimarat ghimarat",
        "тілі тили тiлi tili",
        "обувь obuv obuv'",
        "центр centr tsentr",
        "путёвка путевка putevka putyovka",
        "шипажай shipajai shipazhay şıpajay",
        "помощь помощ pomosh pomosch pomoshch",
        "ұйым уйым uiym uıym",
    ],
)
def test_spellings_of_a_word_fall_together(spellings: str) -> None:
    assert len(set(tokens(spellings))) == 1, tokens(spellings)


@pytest.mark.parametrize(
    "forms",
    [
        "арба арбаны арбаға арбамен арбалар",
        "протез протезге протезді протезов протезом",
        "коляска коляски коляску коляской коляскаға",
        "көмек көмегі көмекке көмегін",
        "үй үйде үйге үйдегі uide",
        "нога ноги ногу ногой",
        "жөргек жөргегі жөргектер жөргекті",
    ],
)
def test_forms_of_a_word_share_a_stem(forms: str) -> None:
    first, *others = (set(stems(token)) for token in tokens(forms))
    assert all(first & other for other in others)


@pytest.mark.parametrize("pair", ["көмек көмекші", "арба арбуз", "протез протест", "үй уход", "тіл тілек"])
def test_different_words_share_no_stem(pair: str) -> None:
    one, other = (set(stems(token)) for token in tokens(pair))
    assert not one & other


def test_words_are_cut_at_anything_but_letters_and_digits() -> None:
    assert tokens("  Кресло-арба,\nкерек!!! (2 дана) ") == ["kreslo", "arba", "kerek", "2", "dana"]
    assert tokens("👍 ... —") == []


def test_unstressed_vowels_sound_alike() -> None:
    assert by_ear(tokens("санаторий")[0]) == by_ear(tokens("сонаторий")[0])


@given(st.text(max_size=200))
def test_any_text_can_be_read(text: str) -> None:
    for token in tokens(text):
        assert stems(token)

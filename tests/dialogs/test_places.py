"""Places are found however people write them, and are not taken for others."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogs import places
from dialogs.places import Alike, Kind
from dialogs.spelling import tokens


def word(text: str) -> str:
    return tokens(text)[0]


@pytest.mark.parametrize(
    "same",
    [
        "Алматы Алматинская Алматинской Алматыда",
        "Жетісу жетису Жетысу Жетысуская zhetisu jetisu",
        "Қарағанды Карагандинская Караганда",
        "Ақтөбе Актюбинская Актобе",
        "Шығыс Восточно Восточный",
        "Қазақстан Казахстанская",
        "Қостанай Костанай Костанайской",
        "Панфилов Панфиловский Панфиловского",
        "Жаркент Жаркентте Джаркент Zharkent",
        "Талдықорған Талдыкорган Taldyqorgan",
        "Кеген Кегенский кегенде",
        "Орал Уральск",
    ],
)
def test_a_place_is_the_same_in_both_languages_and_in_any_case(same: str) -> None:
    first, *others = same.split()
    assert {other: places.alike(word(other), word(first)) >= Alike.SOUND for other in others} == dict.fromkeys(
        others, True
    )


@pytest.mark.parametrize("typed", ["жаркен", "жаркннт", "Талдыкурган", "Түркстан", "панфилав"])
def test_a_slip_is_forgiven(typed: str) -> None:
    known = ("Жаркент", "Талдықорған", "Түркістан", "Панфилов")
    assert any(places.alike(word(typed), word(name)) for name in known)


@pytest.mark.parametrize(
    "two", ["Ақсу Көксу", "Ақсу Ақсуат", "Алматы Астана", "Кеген Кербұлақ", "Сарқан Сайрам", "Абай Арал"]
)
def test_different_places_are_different(two: str) -> None:
    one, other = map(word, two.split())
    assert places.alike(one, other) is Alike.NO


@pytest.mark.parametrize(
    ("address", "town"),
    [
        ("Жаркент қ., Жібек жолы к-сі, 1", "Жаркент"),
        ("г. Талдыкорган, ул. Абая, 10", "Талдыкорган"),
        ("с. Үлкен Шыған, ул. Мира, 7", "Үлкен Шыған"),
        ("Жетісу облысы, Панфилов ауданы, Жаркент қаласы, Абай 5", "Жаркент"),
        ("Алматы, Сейфуллин даңғылы, 12", "Алматы"),
        ("Абай көшесі, 5", ""),
        ("", ""),
        (", ,", ""),
    ],
)
def test_the_town_of_an_address_is_found(address: str, town: str) -> None:
    assert places.name(address) == town


@pytest.mark.parametrize(
    ("typed", "kind"),
    [
        ("Алматы облысы", Kind.REGION),
        ("Алматинская область", Kind.REGION),
        ("в Панфиловском районе", Kind.DISTRICT),
        ("г. Алматы", Kind.TOWN),
        ("Көктал ауылы", Kind.VILLAGE),
        ("Жаркент", None),
        ("Алматы облысы Кеген ауданы", None),
    ],
)
def test_what_kind_of_place_is_meant_is_heard(typed: str, kind: Kind | None) -> None:
    assert places.asked(typed).kind is kind


def test_a_region_may_be_asked_for_by_its_initials() -> None:
    assert places.asked("ВКО") == places.asked("ШҚО") == places.asked("Шығыс Қазақстан")


@given(st.text(max_size=80), st.text(max_size=80))
def test_any_text_can_be_asked_for_and_written(typed: str, written: str) -> None:
    places.name(written)
    said = places.asked(typed).words
    for place in places.read(written):
        for near in places.best(said, place.words).values():
            assert set(near.values()) <= {Alike.SLIP, Alike.SOUND, Alike.SAME}

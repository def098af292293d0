"""The register is looked through as people ask: for whom, where, by name; and a licence is what its dates say."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from dialogs import organisations
from dialogs.inquiries import Organisation
from dialogs.organisations import Licence
from tests.dialogs.registry import ORGANISATIONS

TODAY = date(2026, 11, 23)
UMIT = ORGANISATIONS[0]


def names(entries: tuple[Organisation, ...]) -> set[str]:
    return {organisations.short_name(entry) for entry in entries}


def towns(entries: tuple[Organisation, ...]) -> set[str]:
    return {organisations.town(entry) for entry in entries}


@pytest.mark.parametrize(
    ("issued", "until", "state"),
    [
        (date(2023, 1, 1), date(2028, 1, 1), Licence.VALID),
        (date(2023, 1, 1), TODAY, Licence.VALID),
        (TODAY, date(2028, 1, 1), Licence.VALID),
        (None, date(2028, 1, 1), Licence.VALID),
        (date(2023, 1, 1), date(2026, 11, 22), Licence.EXPIRED),
        (None, date(2026, 11, 22), Licence.EXPIRED),
        (date(2023, 1, 1), None, Licence.UNKNOWN),
        (date(2026, 11, 24), date(2028, 1, 1), Licence.UNKNOWN),
        (None, None, Licence.UNKNOWN),
    ],
)
def test_a_licence_is_good_to_its_last_day(issued: date | None, until: date | None, state: Licence) -> None:
    entry = structs.replace(UMIT, license_issued=issued, license_until=until)
    assert organisations.licence(entry, TODAY) is state


@pytest.mark.parametrize(
    "typed",
    [
        "Алматы облысы",
        "Алматинская область",
        "алматинской области",
        "Кеген",
        "в Кегене",
        "Кегенский район",
        "кеген ауданы",
    ],
)
def test_a_region_or_a_town_is_found_in_any_spelling(typed: str) -> None:
    assert towns(organisations.near(ORGANISATIONS, typed)) == {"Кеген"}


@pytest.mark.parametrize(
    "typed", ["Жаркент", "жаркентте", "джаркент", "zharkent", "г. Жаркент", "жаркен", "жаркент ауылы"]
)
def test_a_town_is_found_in_any_spelling(typed: str) -> None:
    assert towns(organisations.near(ORGANISATIONS, typed)) == {"Жаркент"}


@pytest.mark.parametrize("typed", ["жетису", "Жетісу", "Жетысуская область", "область Жетісу", "ЖЕТІСУ ОБЛЫСЫ"])
def test_all_of_a_region_is_found(typed: str) -> None:
    found = organisations.near(ORGANISATIONS, typed)
    assert found == tuple(entry for entry in ORGANISATIONS if "Жетісу облысы" in entry.region)


@pytest.mark.parametrize("typed", ["Қостанай", "Алматы қаласы", "коляска", "", "12", "көше", "Абай"])
def test_where_nothing_is_nothing_is_found(typed: str) -> None:
    """A town is no region of that name, and a street no town."""
    assert organisations.near(ORGANISATIONS, typed) == ()


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("үміт", "«Үміт»"),
        ("umit", "«Үміт»"),
        ("балапан", "«Балапан»"),
        ("забота рядом", "«Забота рядом»"),
        ("милосердие талдыкорган", "«Милосердие на дому»"),
    ],
)
def test_an_organisation_is_found_by_its_name(typed: str, name: str) -> None:
    assert names(organisations.called(ORGANISATIONS, typed)) == {name}


def test_a_region_chosen_is_not_another_of_the_same_name() -> None:
    city = structs.replace(UMIT, region="Алматы қаласы", address="Алматы, Абай даңғылы, 1")
    entries = (*ORGANISATIONS, city)
    assert organisations.in_region(entries, "Алматы қаласы") == (city,)
    assert towns(organisations.in_region(entries, "Кеген ауданы, Алматы облысы")) == {"Кеген"}
    assert towns(organisations.in_region(entries, "Алматы")) == {"Кеген", "Алматы"}


def test_a_region_written_in_two_languages_is_offered_once() -> None:
    russian = structs.replace(UMIT, region="Панфиловский район, область Жетісу")
    assert organisations.regions((*ORGANISATIONS, russian)) == organisations.regions(ORGANISATIONS)
    assert russian in organisations.in_region((*ORGANISATIONS, russian), "Панфилов ауданы, Жетісу облысы")


def test_categories_that_are_known_are_one_whatever_they_are_called() -> None:
    entries = [
        structs.replace(UMIT, categories=(text,)) for text in ("elderly", "Престарелые", "Older_Persons", "Қарттар")
    ]
    assert organisations.categories(entries) == ("elderly",)
    assert organisations.helping(entries, "elderly") == tuple(entries)


def test_categories_that_are_not_known_stay_as_they_came() -> None:
    entry = structs.replace(UMIT, categories=("Соғыс  ардагерлері", "", "elderly", "Соғыс ардагерлері"))
    assert organisations.categories([entry]) == ("elderly", "Соғыс ардагерлері")
    assert organisations.helping([entry], "Соғыс ардагерлері") == (entry,)


def test_those_that_most_organisations_help_stand_first() -> None:
    assert organisations.categories(ORGANISATIONS)[:2] == ("elderly", "disability")


def test_whose_licence_has_run_out_stands_last() -> None:
    ordered = organisations.ordered(ORGANISATIONS, TODAY)
    states = [organisations.licence(entry, TODAY) for entry in ordered]
    assert states == sorted(states, key=[Licence.VALID, Licence.UNKNOWN, Licence.EXPIRED].index)
    assert set(ordered) == set(ORGANISATIONS)


def test_the_same_number_at_two_addresses_has_two_buttons() -> None:
    other = structs.replace(UMIT, address="Көктал а., Абай к-сі, 1")
    keyed = organisations.keyed((UMIT, other))
    assert set(keyed.values()) == {UMIT, other}
    assert keyed[UMIT.bin] == UMIT
    assert {organisations.key(entry, keyed) for entry in (UMIT, other)} == set(keyed)


@pytest.mark.parametrize("number", ["", "БСН", "12:34", "1" * 80, "²²²"])
def test_a_number_that_is_none_has_a_button_all_the_same(number: str) -> None:
    (key,) = organisations.keyed([structs.replace(UMIT, bin=number)])
    assert key.isalnum()
    assert len(key) == 12


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("Панфилов аудандық «Үміт» әлеуметтік қызмет көрсету орталығы", "«Үміт»"),
        ('ТОО "Забота рядом"', "«Забота рядом»"),
        ("Талдықорған қарттар үйі", "Талдықорған қарттар үйі"),
        ("Үйде әлеуметтік қызмет көрсету орталығы", "Үйде әлеуметтік қызмет…"),
        ("Ш" * 50, "Ш" * 29 + "…"),
        ("«»", "«»"),
    ],
)
def test_a_button_has_room_for_a_short_name(name: str, short: str) -> None:
    assert organisations.short_name(structs.replace(UMIT, name=name)) == short


texts = st.text(max_size=60)
entries = st.builds(
    Organisation,
    bin=texts,
    name=texts,
    address=texts,
    region=texts,
    categories=st.lists(texts, max_size=3).map(tuple),
    license_issued=st.none() | st.dates(),
    license_until=st.none() | st.dates(),
)


@given(found=st.lists(entries, max_size=5).map(tuple), typed=texts)
def test_whatever_the_register_holds_can_be_looked_through(found: tuple[Organisation, ...], typed: str) -> None:
    for narrowed in (
        organisations.near(found, typed),
        organisations.called(found, typed),
        organisations.in_region(found, typed),
        organisations.ordered(found, TODAY),
    ):
        assert set(narrowed) <= set(found)
    for region in organisations.regions(found):
        assert organisations.in_region(found, region)
    for category in organisations.categories(found):
        assert organisations.helping(found, category)
    assert set(organisations.keyed(found).values()) == set(found)
    for entry in found:
        assert len(organisations.short_name(entry)) <= 32
        organisations.town(entry)

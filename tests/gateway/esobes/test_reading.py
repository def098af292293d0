"""What E-Sobes answers is read strictly where somebody could be told something untrue, and kindly elsewhere."""

import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogs.applications.application import Application, Passed, Stage
from dialogs.inquiries import Organisation
from dialogs.language import Language
from dialogs.people import Citizen
from gateway.clock import ALMATY
from gateway.esobes import reading
from gateway.esobes.reading import Signing, UnreadableError

IIN, OTHER = "550301300456", "840312400017"
PERSON = {
    "iin": IIN,
    "name": "Орлов Павел Ильич",
    "birth_date": "1955-03-01",
    "language": "ru",
    "relation": "self",
    "phones": ["+77011234567"],
}
APPLICATION = {
    "id": "A-1",
    "service": "sanatorium",
    "iin": IIN,
    "channel": "portal",
    "submitted_at": "2026-11-16T09:00:00+05:00",
    "registered_on": "2026-11-16",
    "stage": "under_review",
    "due_on": "2026-11-27",
    "queue_number": 12,
    "organisation": "Нұр",
    "refusal_reason": None,
    "history": [{"stage": "registered", "at": "2026-11-16T09:00:00+05:00"}],
}
ORGANISATION = {
    "bin": "030240001236",
    "name": "Нұр",
    "address": "Алматы, Абай 1",
    "region": "Алматы",
    "setting": "inpatient",
    "categories": ["children"],
    "capacity": 40,
    "phone": "+77272000000",
    "email": None,
    "license_issued": "2024-01-15",
    "license_until": None,
}


def persons(*entries: object) -> tuple[Citizen, ...]:
    return reading.persons(msgspec.json.encode({"persons": entries}))


def person(entry: object, iin: str = IIN) -> Citizen:
    return reading.person(msgspec.json.encode({"person": entry}), iin)


def applications(*entries: object) -> tuple[Application, ...]:
    return reading.applications(msgspec.json.encode({"applications": entries}), IIN)


def organisations(*entries: object) -> tuple[Organisation, ...]:
    return reading.organisations(msgspec.json.encode({"organisations": entries}), "inpatient")


def test_a_person_as_the_contract_has_one() -> None:
    (found,) = persons(PERSON)
    assert found == Citizen(
        iin=IIN,
        name="Орлов Павел Ильич",
        birth_date=date(1955, 3, 1),
        language=Language.RU,
        ward=False,
        phones=("+77011234567",),
    )
    assert person(PERSON) == found
    assert persons() == ()


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        (None, ()),
        ([], ()),
        ("+77011234567", ()),
        ([None, 7, {}, "call me", "+77011234567"], ("+77011234567",)),
        (["8 701 123 45 67", "+77011234567", "+7 (727) 250-00-00"], ("+77011234567", "+77272500000")),
    ],
)
def test_phones_are_those_that_can_be_reached(told: object, kept: tuple[str, ...]) -> None:
    assert persons(PERSON | {"phones": told})[0].phones == kept


@pytest.mark.parametrize("language", [None, "en", "", 7, "KK"])
def test_whoever_has_no_language_of_ours_is_spoken_to_in_kazakh(language: object) -> None:
    assert persons(PERSON | {"language": language})[0].language is Language.KK


@pytest.mark.parametrize(
    ("relation", "ward"), [("self", False), (None, False), ("ward", True), ("child", True), ({}, False)]
)
def test_whoever_is_not_the_owner_of_the_phone_is_a_ward(relation: object, ward: bool) -> None:
    assert persons(PERSON | {"relation": relation})[0].ward is ward


def test_what_is_only_told_along_may_be_missing() -> None:
    (found,) = persons({name: PERSON[name] for name in ("iin", "name", "birth_date")})
    assert (found.language, found.ward, found.phones) == (Language.KK, False, ())
    needed = ("id", "service", "iin", "submitted_at", "registered_on", "stage")
    (application,) = applications({name: APPLICATION[name] for name in needed})
    assert (application.due_on, application.queue_number, application.organisation) == (None, None, None)
    assert (application.channel, application.history) == ("", ())
    assert organisations({"name": "Нұр"}) == (Organisation(bin="", name="Нұр", setting="inpatient"),)


@pytest.mark.parametrize(
    "wrong",
    [
        {"iin": "55030130045"},
        {"iin": "5503013004567"},
        {"iin": "55030130045O"},
        {"iin": None},
        {"iin": 550301300456},
        {"name": ""},
        {"name": "  "},
        {"name": None},
        {"name": "x" * 201},
        {"birth_date": "01.03.1955"},
        {"birth_date": None},
    ],
)
def test_a_person_who_cannot_be_asked_about_is_left_out_and_counted(
    wrong: dict[str, object], caplog: pytest.LogCaptureFixture
) -> None:
    other = PERSON | {"iin": OTHER}
    assert [one.iin for one in persons(PERSON | wrong, other)] == [OTHER]
    assert "left out of the persons that E-Sobes told: 1" in caplog.text
    assert IIN[:11] not in caplog.text
    assert "Орлов" not in caplog.text
    with pytest.raises(UnreadableError):
        persons(PERSON | wrong)
    with pytest.raises(UnreadableError):
        person(PERSON | wrong)


def test_who_stands_there_twice_is_one_person() -> None:
    found = persons(PERSON, PERSON | {"iin": OTHER}, PERSON | {"relation": "ward"})
    assert [(one.iin, one.ward) for one in found] == [(IIN, False), (OTHER, False)]


def test_another_person_than_the_one_who_was_asked_for_is_nobody() -> None:
    with pytest.raises(UnreadableError, match="another person"):
        person(PERSON | {"iin": OTHER})


def test_an_application_as_the_contract_has_one() -> None:
    at = datetime(2026, 11, 16, 9, tzinfo=ALMATY)
    assert applications(APPLICATION) == (
        Application(
            id="A-1",
            service="sanatorium",
            iin=IIN,
            channel="portal",
            submitted_at=at,
            registered_on=date(2026, 11, 16),
            stage=Stage.UNDER_REVIEW,
            due_on=date(2026, 11, 27),
            queue_number="12",
            organisation="Нұр",
            history=(Passed(Stage.REGISTERED, at),),
        ),
    )
    assert applications() == ()


def test_the_newest_comes_first_and_each_once_as_it_stands_now() -> None:
    older = APPLICATION | {"id": "A-0", "submitted_at": "2026-11-15T23:30:00Z"}
    later = {"stage": "approved", "history": [{"stage": "approved", "at": "2026-11-20T10:00:00+05:00"}]}
    found = applications(older, APPLICATION | later, APPLICATION)
    assert [(one.id, one.stage) for one in found] == [("A-1", Stage.APPROVED), ("A-0", Stage.UNDER_REVIEW)]


def test_the_applications_of_somebody_else_are_nobodys_business(caplog: pytest.LogCaptureFixture) -> None:
    others = APPLICATION | {"iin": OTHER, "stage": "nothing that we know"}
    assert [one.id for one in applications(others, APPLICATION)] == ["A-1"]
    assert applications(others) == ()
    assert "applications of another person: 1" in caplog.text
    assert OTHER not in caplog.text


@pytest.mark.parametrize(
    "wrong",
    [
        {"stage": "lost"},
        {"stage": None},
        {"id": None},
        {"id": ""},
        {"service": 3},
        {"submitted_at": "yesterday"},
        {"submitted_at": None},
        {"submitted_at": "0001-01-01T00:00:00+23:00"},
        {"submitted_at": "9999-12-31T23:59:59Z"},
        {"registered_on": "16.11.2026"},
        {"registered_on": None},
        {"registered_on": "9999-12-31"},
        {"iin": "55030130045"},
    ],
)
def test_an_application_that_cannot_be_read_is_not_kept_from_the_person_as_if_there_were_none(
    wrong: dict[str, object],
) -> None:
    with pytest.raises(UnreadableError) as raised:
        applications(APPLICATION, APPLICATION | {"id": "A-2"} | wrong)
    assert IIN[:11] not in str(raised.value)


@pytest.mark.parametrize("stage", ["admitted", "no_show", "completed", "withdrawn"])
def test_what_came_to_its_end_long_ago_hides_nothing_that_goes_on(
    stage: str, caplog: pytest.LogCaptureFixture
) -> None:
    imported = APPLICATION | {"id": "A-0", "stage": stage, "registered_on": None}
    assert [one.id for one in applications(imported, APPLICATION)] == ["A-1"]
    assert "left out of the applications that E-Sobes told: 1" in caplog.text
    with pytest.raises(UnreadableError):
        applications(imported)
    with pytest.raises(UnreadableError):
        applications(imported | {"stage": "refused"}, APPLICATION)


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("2026-11-16T09:00:00", datetime(2026, 11, 16, 9, tzinfo=ALMATY)),
        ("2026-11-16T20:00:00Z", datetime(2026, 11, 17, 1, tzinfo=ALMATY)),
        ("2026-11-16 09:00:00.123456+05:00", datetime(2026, 11, 16, 9, 0, 0, 123456, tzinfo=ALMATY)),
    ],
)
def test_times_are_those_of_our_clocks(told: str, kept: datetime) -> None:
    (found,) = applications(APPLICATION | {"submitted_at": told})
    assert found.submitted_at == kept
    assert found.submitted_at.utcoffset() == timedelta(hours=5)


def test_times_with_and_without_an_offset_can_stand_side_by_side() -> None:
    history = [
        {"stage": "registered", "at": "2026-11-16T09:00:00"},
        {"stage": "under_review", "at": "2026-11-17T09:00:00Z"},
    ]
    (found,) = applications(APPLICATION | {"history": history})
    assert found.since == datetime(2026, 11, 17, 9, tzinfo=UTC)


@pytest.mark.parametrize("history", [None, "none", {}, [None], [{"stage": "registered"}]])
def test_a_history_that_cannot_be_read_is_none(history: object) -> None:
    assert applications(APPLICATION | {"history": history})[0].history == ()


def test_what_cannot_be_read_of_a_history_is_left_out() -> None:
    at = "2026-11-16T09:00:00+05:00"
    history = [{"stage": "lost", "at": at}, {"stage": "registered", "at": at}, {"stage": "registered", "at": "?"}]
    (found,) = applications(
        APPLICATION | {"history": [*history, {"stage": "approved", "at": "0001-01-01T00:00:00Z"}]}
    )
    assert [one.stage for one in found.history] == [Stage.REGISTERED]


@pytest.mark.parametrize(
    ("field", "told", "kept"),
    [
        ("due_on", "", None),
        ("due_on", "27.11.2026", None),
        ("due_on", "9999-12-31", None),
        ("queue_number", "", None),
        ("queue_number", "12/а", "12/а"),
        ("queue_number", ["12"], None),
        ("organisation", {"name": "Нұр", "bin": "030240001236"}, "Нұр"),
        ("organisation", {"bin": "030240001236"}, None),
        ("organisation", "", None),
        ("refusal_reason", 'Нет\n\tсправки \u202e\x00"ВКК"', 'Нет справки "ВКК"'),
        ("refusal_reason", {"code": 4}, None),
        ("channel", None, ""),
    ],
)
def test_what_is_told_along_is_taken_if_it_can_be(field: str, told: object, kept: object) -> None:
    (found,) = applications(APPLICATION | {field: told})
    assert getattr(found, field) == kept


def test_an_organisation_as_the_contract_has_one() -> None:
    assert organisations(ORGANISATION) == (
        Organisation(
            bin="030240001236",
            name="Нұр",
            address="Алматы, Абай 1",
            region="Алматы",
            setting="inpatient",
            categories=("children",),
            capacity=40,
            phone="+77272000000",
            license_issued=date(2024, 1, 15),
        ),
    )
    assert organisations() == ()


def test_an_organisation_that_cannot_be_read_hides_no_other(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        assert [one.name for one in organisations({"bin": "1"}, ORGANISATION, 7, None)] == ["Нұр"]
    assert "left out of the organisations that E-Sobes told: 3" in caplog.text
    with pytest.raises(UnreadableError):
        organisations({"bin": "1"})


def test_only_organisations_of_the_setting_count() -> None:
    assert [one.name for one in organisations(ORGANISATION | {"setting": "home", "name": "a"}, ORGANISATION)] == [
        "Нұр"
    ]


@pytest.mark.parametrize(("told", "kept"), [(0, 0), (-1, None), ("40", None), (40.5, None), (10**30, None)])
def test_a_capacity_is_a_number_of_places(told: object, kept: int | None) -> None:
    assert organisations(ORGANISATION | {"capacity": told})[0].capacity == kept


def test_a_mark_at_the_beginning_that_some_systems_write_is_passed_over() -> None:
    assert reading.persons(b'\xef\xbb\xbf{"persons":[]}') == ()


POSTPONED = {
    "arrive_by": "2026-12-20",
    "signed": False,
    "sign_by": "2026-12-10",
    "sign_url": "https://aleumet.egov.kz/notices/17",
}
ASKED, OLD = date(2026, 12, 20), date(2026, 12, 10)


def postponement(**changes: object) -> Signing:
    return reading.postponement(msgspec.json.encode(POSTPONED | changes))


def test_a_postponement_says_until_when_and_where_it_is_signed() -> None:
    assert postponement() == Signing(ASKED, OLD, "https://aleumet.egov.kz/notices/17")


@pytest.mark.parametrize("nothing", [None, 5, "", "soon", "10.12.2026", "0001-01-01", ["2026-12-10"], {}])
def test_what_a_postponement_does_not_say_is_not_made_up(nothing: object) -> None:
    assert postponement(sign_by=nothing).sign_by is None
    assert postponement(arrive_by=nothing).arrive_by is None
    assert postponement(sign_url=nothing) == Signing(ASKED, OLD)
    assert reading.postponement(b'{"signed":false}') == Signing()


@pytest.mark.parametrize(
    "url",
    [
        "https://egov.kz",
        "https://www.egov.kz/",
        "https://aleumet.egov.kz/ru/sign?notice=in-1&x=%D0%B0#here",
        "HTTPS://Aleumet.eGov.kz/a",
        "https://aleumet.egov.kz/" + "a" * 176,
    ],
)
def test_people_are_sent_to_sites_of_the_government(url: str) -> None:
    assert postponement(sign_url=url).url == url


@pytest.mark.parametrize(
    "url",
    [
        "http://aleumet.egov.kz/",
        "aleumet.egov.kz",
        "//aleumet.egov.kz/",
        "javascript:alert(1)//https://egov.kz",
        "https://notegov.kz/",
        "https://egov.kz.example.com/",
        "https://example.com/egov.kz",
        "https://example.com#.egov.kz",
        "https://example.com?.egov.kz",
        "https://example.com\\.egov.kz/",
        "https://aleumet.egov.kz@example.com/",
        "https://example.com@aleumet.egov.kz/",
        "https://aleumet.egov.kz:8443/",
        "https://aleumet.egov.kz:443@example.com/",
        "https://аleumet.egov.kz/",
        "https://aleumet.egov.kz/қол",
        "https://aleumet.egov.kz/a b",
        "https://aleumet.egov.kz/\nhttps://example.com",
        "https://aleumet.egov.kz\n",
        " https://aleumet.egov.kz/",
        'https://aleumet.egov.kz/"><b>',
        "https://aleumet.egov.kz/" + "a" * 177,
    ],
)
def test_nobody_is_sent_anywhere_else(url: str) -> None:
    assert postponement(sign_url=url) == Signing(ASKED, OLD)


@pytest.mark.parametrize("body", [b"", b"null", b"[]", b"<html>", b'{"a":', b"\xff", b"[" * 100_000, b"{}"])
def test_a_postponement_that_was_taken_stays_so_whatever_is_said(body: bytes) -> None:
    assert reading.postponement(body) == Signing()


READERS: list[Callable[[bytes], object]] = [
    reading.persons,
    lambda body: reading.person(body, IIN),
    lambda body: reading.applications(body, IIN),
    lambda body: reading.organisations(body, "home"),
]


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b"<html></html>",
        b'{"persons":null,"person":null,"applications":null,"organisations":null}',
        b'{"persons":{},"person":[],"applications":"","organisations":1}',
        b'{"persons":["\xc0\xf0"],"person":"\xc0","applications":["\xc0"],"organisations":["\xc0"]}',
        b'{"persons":["\\ud800"],"person":"\\ud800","applications":["\\ud800"],"organisations":["\\ud800"]}',
        b'{"persons":[' + b"[" * 100_000,
        b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        '{"persons":[]}'.encode("utf-16"),
    ],
)
def test_whatever_else_comes_is_no_answer(read: Callable[[bytes], object], body: bytes) -> None:
    with pytest.raises(UnreadableError):
        read(body)


PLAIN = st.none() | st.booleans() | st.integers() | st.floats(-1e300, 1e300) | st.text(max_size=8)
JSON = st.recursive(
    PLAIN,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
LISTS: dict[str, dict[str, object]] = {
    "persons": dict(PERSON),
    "applications": dict(APPLICATION),
    "organisations": dict(ORGANISATION),
}


@given(data=st.data(), what=st.sampled_from(sorted(LISTS)))
def test_one_value_of_another_kind_is_read_or_refused(data: st.DataObject, what: str) -> None:
    entry = LISTS[what]
    changed = entry | {data.draw(st.sampled_from(sorted(entry))): data.draw(JSON)}
    body = msgspec.json.encode({what: [changed], "person": changed})
    for read in READERS:
        with suppress(UnreadableError):
            read(body)


@given(data=st.data())
def test_no_postponement_is_beyond_reading(data: st.DataObject) -> None:
    found = postponement(**{data.draw(st.sampled_from(sorted(POSTPONED))): data.draw(JSON)})
    assert not found.url or found.url.startswith("https://")

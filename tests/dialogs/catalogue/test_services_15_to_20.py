"""Housing, nuclear tests, rehabilitation, a ward's property, labour migrants, the register: who brings what."""

from datetime import date, timedelta

import pytest
from msgspec import Struct

from dialogs.catalogue.catalogue import Catalogue, careful
from dialogs.catalogue.schema import Kind, Status
from tests.dialogs.catalogue.cases import TODAY, Case, ids, must_hold, told

HOUSING = "housing_assistance"
NUCLEAR = "nuclear_test_compensation"
REHABILITATED = "rehabilitated_person_certificate"
PROPERTY = "incapacitated_property_permission"
MIGRANT = "labour_migrant_permit"
REGISTER = "provider_register"


HOUSING_FIRST = "account utilities condominium telephone alimony"
PROOF = "proof surname court"
MIGRANT_NEW = "application tax passport medical insurance intent"

CASES = [
    Case(
        "117 ¶5, 14(2)",
        HOUSING,
        "channel=state_corp applicant=self housing_turn=first housing_home=own",
        f"application identity {HOUSING_FIRST}",
        "income work",
        6,
    ),
    Case(
        "117 ¶14(2): rent bill",
        HOUSING,
        "channel=state_corp applicant=self housing_turn=first housing_home=rented",
        f"application identity {HOUSING_FIRST} rent",
        "income work",
        6,
    ),
    Case(
        "117 ¶4-1(9): state housing",
        HOUSING,
        "channel=state_corp applicant=self housing_turn=first housing_home=state",
        f"application identity {HOUSING_FIRST}",
        "income work",
        6,
    ),
    Case(
        "117 ¶6: repeated",
        HOUSING,
        "channel=state_corp applicant=self housing_turn=repeat",
        "application identity utilities",
        "income_quarter",
        6,
    ),
    Case(
        "117 ¶6: notarised power of attorney",
        HOUSING,
        "channel=state_corp applicant=proxy housing_turn=repeat",
        "application identity power utilities",
        "income_quarter",
        6,
    ),
    Case(
        "117 ¶5: representative by law",
        HOUSING,
        "channel=state_corp applicant=representative housing_turn=repeat",
        "application identity authority utilities",
        "income_quarter",
        6,
    ),
    Case(
        "117 ¶9: eGov",
        HOUSING,
        "channel=egov housing_turn=first housing_home=own",
        f"egov_request {HOUSING_FIRST}",
        "income work",
        6,
    ),
    Case(
        "117 ¶6, 9: eGov, repeated",
        HOUSING,
        "channel=egov housing_turn=repeat",
        "egov_request utilities",
        "income_quarter",
        6,
    ),
    Case(
        "84 annex 1 row 8, ¶13",
        NUCLEAR,
        "nuclear_need=compensation channel=state_corp applicant=self",
        f"application identity {PROOF} certificate",
        days=20,
    ),
    Case(
        "84 annex 1 ¶2–3: notarised power of attorney",
        NUCLEAR,
        "nuclear_need=compensation channel=office applicant=proxy",
        f"application identity power {PROOF} certificate",
        days=20,
    ),
    Case(
        "84 annex 1 row 8: eGov",
        NUCLEAR,
        "nuclear_need=compensation channel=egov",
        f"egov_request {PROOF} certificate",
        days=20,
    ),
    Case(
        "84 annex 1 ¶12–13: first certificate",
        NUCLEAR,
        "nuclear_need=certificate channel=office applicant=self",
        f"application identity {PROOF}",
        days=20,
    ),
    Case(
        "84 annex 1 ¶18: duplicate",
        NUCLEAR,
        "nuclear_need=duplicate channel=office applicant=self",
        f"application_duplicate identity {PROOF}",
        days=5,
    ),
    Case("78 row 8, ¶8", REHABILITATED, "applicant=self", "application identity proof", days=5),
    Case(
        "78 row 8: notarised authority",
        REHABILITATED,
        "applicant=proxy",
        "application identity proof authority",
        days=5,
    ),
    Case(
        "article on rehabilitation: 8 days before 1 April 2026",
        REHABILITATED,
        "applicant=self",
        "application identity proof",
        days=8,
        day=date(2026, 3, 31),
    ),
    Case(
        "428 annex 3 row 8, kind A: payments",
        PROPERTY,
        "property_need=payments channel=state_corp applicant=self",
        "application identity account",
        "guardianship income",
        5,
    ),
    Case(
        "428 annex 3 row 8, kind A: vehicle",
        PROPERTY,
        "property_need=use property_kind=vehicle channel=office applicant=self",
        "application identity inheritance account",
        "guardianship vehicle income",
        5,
    ),
    Case(
        "428 annex 3 row 8, kind B: vehicle",
        PROPERTY,
        "property_need=sell property_kind=vehicle channel=state_corp applicant=self",
        "application identity inheritance guarantee",
        "guardianship vehicle",
        5,
    ),
    Case(
        "428 annex 3 row 8, kind B: home, proxy",
        PROPERTY,
        "property_need=sell property_kind=other channel=state_corp applicant=proxy",
        "application identity power inheritance guarantee",
        "guardianship title",
        5,
    ),
    Case(
        "428 annex 3 row 8, kind B: eGov",
        PROPERTY,
        "property_need=sell property_kind=other channel=egov",
        "egov_request inheritance guarantee",
        "guardianship title",
        5,
    ),
    Case(
        "article on order 428: everything is brought before 30 June 2026",
        PROPERTY,
        "property_need=sell property_kind=other channel=state_corp applicant=self",
        "application identity inheritance guarantee guardianship title",
        days=5,
        day=date(2026, 6, 29),
    ),
    Case(
        "article on order 123, permit; 123 ¶7", MIGRANT, "migrant_need=permit channel=state_corp", MIGRANT_NEW, days=2
    ),
    Case(
        "article on order 123, permit; 123 ¶11",
        MIGRANT,
        "migrant_need=permit channel=portal",
        f"{MIGRANT_NEW} signature",
        days=2,
    ),
    Case(
        "article on order 123, new permit",
        MIGRANT,
        "migrant_need=renewal channel=egov",
        f"{MIGRANT_NEW} signature",
        days=2,
    ),
    Case(
        "article on order 123, extension",
        MIGRANT,
        "migrant_need=extension channel=state_corp",
        "application tax passport_extension insurance_extension contract",
        days=2,
    ),
    Case(
        "article on order 123, extension through the portal",
        MIGRANT,
        "migrant_need=extension channel=portal",
        "application tax passport_copy insurance_extension contract signature",
        days=2,
    ),
    Case("123 ¶24–28: copy on the same day", MIGRANT, "migrant_need=lost", "passport_lost", days=0),
    Case("205 ¶7: open to everybody", REGISTER, "", ""),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.slug}: {case.source}")
def test_a_case_gets_exactly_these_papers_and_this_term(catalogue: Catalogue, case: Case) -> None:
    must_hold(catalogue, case)


COMPENSATION = "nuclear_need=compensation channel=egov"
PAYMENTS = "property_need=payments channel=egov"


class Change(Struct, frozen=True):
    source: str
    slug: str
    answers: str
    fact: str
    last_day: date
    before: tuple[int | None, Status]
    after: tuple[int | None, Status]


CHANGES = [
    Change(
        "78 row 3",
        REHABILITATED,
        "applicant=self",
        "term",
        date(2026, 3, 31),
        (8, Status.ARTICLE),
        (5, Status.IN_FORCE),
    ),
    Change(
        "78, price",
        REHABILITATED,
        "applicant=self",
        "price",
        date(2026, 3, 31),
        (None, Status.GAP),
        (None, Status.IN_FORCE),
    ),
    Change(
        "78 row 8: notarised authority",
        REHABILITATED,
        "applicant=proxy",
        "authority",
        date(2026, 3, 31),
        (None, Status.ARTICLE),
        (None, Status.IN_FORCE),
    ),
    Change(
        "428 annex 3 row 3",
        PROPERTY,
        PAYMENTS,
        "term",
        date(2026, 6, 29),
        (5, Status.ARTICLE),
        (5, Status.IN_FORCE),
    ),
    Change(
        "428 annex 3, price",
        PROPERTY,
        PAYMENTS,
        "price",
        date(2026, 6, 29),
        (None, Status.GAP),
        (None, Status.IN_FORCE),
    ),
]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: f"{change.slug}: {change.source}")
def test_the_wording_changes_overnight(catalogue: Catalogue, change: Change) -> None:
    for day, expected in ((change.last_day, change.before), (change.last_day + timedelta(1), change.after)):
        (said,) = (f for f in told(catalogue, change.slug, change.answers, day) if f.id == change.fact)
        assert (said.days, said.status) == expected


@pytest.mark.parametrize(
    ("day", "tenge"),
    [
        (date(2025, 12, 31), "3 932"),
        (date(2026, 1, 1), "4 325"),
        (date(2026, 12, 31), "4 325"),
        (date(2027, 1, 1), None),
    ],
    ids=["law on the budget 2025 art. 9", "law on the budget 2026 art. 7", "its last day", "not yet known"],
)
def test_the_index_of_the_year_is_told_and_nothing_in_a_year_without_one(
    catalogue: Catalogue, day: date, tenge: str | None
) -> None:
    facts = told(catalogue, NUCLEAR, COMPENSATION, day)
    assert [fact.values["tenge"] for fact in facts if fact.id == "mci"] == ([] if tenge is None else [tenge])
    assert any(fact.id == "mci_unknown" for fact in facts) == (tenge is None)


@pytest.mark.parametrize(
    ("zone", "early", "late"),
    [
        ("rate_extreme", "5,23", "1,05"),
        ("rate_maximum", "2,62", "1,05"),
        ("rate_increased", "1,57", "0,79"),
        ("rate_minimum", "1,05", "0,52"),
    ],
)
def test_each_zone_has_its_two_rates_and_both_are_said_with_care(
    catalogue: Catalogue, zone: str, early: str, late: str
) -> None:
    (rate,) = (fact for fact in told(catalogue, NUCLEAR, COMPENSATION, TODAY) if fact.id == zone)
    assert (rate.values["early"], rate.values["late"]) == (early, late)
    assert careful(rate, TODAY)


@pytest.mark.parametrize(
    ("slug", "answers", "sure", "doubtful"),
    [
        (PROPERTY, PAYMENTS, date(2026, 7, 11), date(2026, 7, 12)),
        (NUCLEAR, COMPENSATION, date(2026, 5, 25), date(2026, 5, 26)),
    ],
    ids=["428 annex 3: until 12 July 2026", "84 annex 1: order 196 of 26 May 2026 was not read"],
)
def test_a_list_is_said_with_care_once_its_wording_may_have_changed(
    catalogue: Catalogue, slug: str, answers: str, sure: date, doubtful: date
) -> None:
    for day, with_care in ((sure, False), (doubtful, True)):
        papers = [fact for fact in told(catalogue, slug, answers, day) if fact.kind is Kind.BRING]
        assert papers
        assert all(careful(fact, day) == with_care for fact in papers)


@pytest.mark.parametrize(
    ("slug", "answers", "fact", "values"),
    [
        (HOUSING, "channel=egov housing_turn=first housing_home=own", "share", {"least": 5, "most": 10}),
        (HOUSING, "channel=egov housing_turn=first housing_home=own", "norm_area", {"person": 18, "single": 30}),
        (HOUSING, "channel=egov housing_turn=first housing_home=own", "norm_use", {"gas": 15, "cold": 4, "hot": 2}),
        (
            HOUSING,
            "channel=egov housing_turn=first housing_home=own",
            "norm_money",
            {"waste": 650, "lift": 1300, "phone": 1399, "upkeep": 60},
        ),
        (HOUSING, "channel=egov housing_turn=first housing_home=own", "norm_heating", {"gas": 15}),
        (HOUSING, "channel=egov housing_turn=first housing_home=state", "norm_rent", {"rent": 120}),
        (MIGRANT, "migrant_need=extension channel=state_corp", "passport_extension", {"months": 12}),
        (MIGRANT, "migrant_need=extension channel=egov", "passport_copy", {"months": 12}),
        (MIGRANT, "migrant_need=extension channel=egov", "extension_window", {"earliest": 30, "latest": 5}),
        (MIGRANT, "migrant_need=renewal channel=egov", "renewal_window", {"most": 12, "before": 4}),
        (MIGRANT, "migrant_need=permit channel=egov", "length", {"least": 1, "most": 12}),
        (REHABILITATED, "applicant=self", "wait", {"minutes": 15}),
    ],
    ids=[
        "117 ¶3",
        "117 ¶4-1(10)",
        "117 ¶4-1(1), (3)",
        "117 ¶4-1(5)–(8)",
        "117 ¶4-1(1), private houses",
        "117 ¶4-1(9)",
        "article on order 123, extension 3",
        "article on order 123, extension 3: through the portal",
        "123 ¶24–28, extension",
        "123 ¶24–28, new permit",
        "123 ¶24–28, length",
        "78 row 3",
    ],
)
def test_the_numbers_are_those_of_the_act(
    catalogue: Catalogue, slug: str, answers: str, fact: str, values: dict[str, int]
) -> None:
    (said,) = (f for f in told(catalogue, slug, answers, TODAY) if f.id == fact)
    assert said.values == values


@pytest.mark.parametrize(
    ("need", "window"), [("extension", "extension_window"), ("renewal", "renewal_window")], ids=["longer", "anew"]
)
def test_the_days_for_asking_a_permit_longer_or_anew_stand_beside_the_papers(
    catalogue: Catalogue, need: str, window: str
) -> None:
    facts = told(catalogue, MIGRANT, f"migrant_need={need} channel=state_corp", TODAY)
    assert window in ids(facts, Kind.WHERE)


def test_the_insurance_for_an_extension_is_the_same_as_for_a_permit(catalogue: Catalogue) -> None:
    facts = told(catalogue, MIGRANT, "migrant_need=extension channel=egov", TODAY)
    assert [fact.text for fact in facts if fact.id == "insurance_extension"] == [f"{MIGRANT}.insurance"]


def test_the_register_is_explained_instead_of_asking_for_papers(catalogue: Catalogue) -> None:
    facts = told(catalogue, REGISTER, "", TODAY)
    assert {"no_papers", "shows", "consent", "no_vacancies"} <= {fact.id for fact in facts}
    assert not catalogue.services[REGISTER].questions

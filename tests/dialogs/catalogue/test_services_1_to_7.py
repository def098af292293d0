"""Local aid, prostheses, technical aids, wheelchairs, sanatorium: who brings what, and by when the answer comes."""

from datetime import date

import pytest

from dialogs.catalogue.catalogue import Catalogue, careful, paths
from dialogs.catalogue.schema import Fact, Kind, Status
from tests.dialogs.catalogue.cases import TODAY, Case, ids, must_hold, told

LAST_OLD_DAY = date(2026, 5, 25)  # Monday
ORDER_194 = date(2026, 5, 26)  # Tuesday
LAST_SURE_DAY = date(2026, 7, 11)  # Saturday: the lists say «until 12.07.2026»

AID = "local_social_aid"
PROSTHETIC = "prosthetic_orthopaedic_aid"
HYGIENE = "technical_aids_hygiene"
TIFLO = "technical_aids_tiflo"
SURDO = "technical_aids_surdo"
WHEELCHAIR = "special_transport_wheelchair"
SANATORIUM = "sanatorium_treatment"

ANNEX = {PROSTHETIC: "4", HYGIENE: "11", TIFLO: "11", SURDO: "11", WHEELCHAIR: "13"}
DEVICE = {
    PROSTHETIC: "aid_prosthetic=limb",
    HYGIENE: "aid_hygiene=diapers",
    TIFLO: "aid_tiflo=cane",
    SURDO: "aid_surdo=hearing_aid",
    WHEELCHAIR: "wheelchair=outdoor",
}
MEASURED = {HYGIENE: "measurements", WHEELCHAIR: "measurements"}
PLAIN = "application identity"


def one(facts: list[Fact], name: str) -> Fact:
    return next(fact for fact in facts if fact.id == name)


def order_287(slug: str) -> list[Case]:
    """The five services of order 287 ask for the same papers; what is measured goes into the application."""
    row, device, measured = f"287 annex {ANNEX[slug]} row", DEVICE[slug], MEASURED.get(slug, "")

    def case(source: str, answers: str, bring: str, if_absent: str = "copies") -> Case:
        return Case(f"{row} {source}", slug, answers, f"{bring} {measured}", if_absent, 5)

    office = f"channel=office applicant=self {device}"
    return [
        case(
            "8(1–2): State Corporation",
            f"channel=state_corp applicant=self {device} circumstance=none",
            PLAIN,
        ),
        case("8(1–2): department", f"{office} circumstance=none", PLAIN),
        case(
            "8(2), ¶98: parent or guardian",
            f"channel=office applicant=representative {device} circumstance=none",
            "application identity_other identity_own",
        ),
        case(
            "8(3): power of attorney, no notary",
            f"channel=state_corp applicant=proxy {device} circumstance=none",
            "application identity_other identity_own power",
        ),
        case(
            "8, ¶99: work injury",
            f"{office} circumstance=injury_works",
            PLAIN,
            "copies copy_accident",
        ),
        case(
            "8, ¶8: work injury, employer closed",
            f"{office} circumstance=injury_closed",
            PLAIN,
            "copies copy_accident copy_employer",
        ),
        case(
            "8, ¶3: war participant",
            f"{office} circumstance=participant",
            "application identity veteran_participant doctors_commission",
        ),
        case("8: equated", f"{office} circumstance=equated", "application identity veteran_equated"),
        case("8: eGov", f"channel=egov {device} circumstance=none", "egov_request", ""),
        case(
            "8, ¶3: eGov, war participant",
            f"channel=egov {device} circumstance=participant",
            "egov_request veteran_participant_file doctors_commission_file",
            "",
        ),
        case(
            "8, ¶3: eGov, equated",
            f"channel=egov {device} circumstance=equated",
            "egov_request veteran_equated_file",
            "",
        ),
    ]


def application_287(source: str, slug: str, device: str, extra: str) -> Case:
    answers = f"channel=office applicant=self {device} circumstance=none"
    return Case(f"287 annex 1: {source}", slug, answers, f"application identity {extra}", "copies", 5)


def local_aid(source: str, answers: str, bring: str) -> Case:
    return Case(f"84 {source}", AID, answers, bring, "copies", 8)


AID_PAPERS = "application bank_account identity"
CASES = [
    *(case for slug in ANNEX for case in order_287(slug)),
    application_287("shoe size and season", PROSTHETIC, "aid_prosthetic=shoes", "shoe_size"),
    application_287("chest girth and cup", PROSTHETIC, "aid_prosthetic=breast", "chest_size"),
    application_287("a stick needs no size", PROSTHETIC, "aid_prosthetic=support", ""),
    application_287("sanitary chair", HYGIENE, "aid_hygiene=chair", "measurements"),
    *(
        local_aid(
            f"annex 2 row 8(3): {ground}",
            f"channel=office applicant=self income=dependent ground={ground}",
            f"{AID_PAPERS} income {ground}",
        )
        for ground in ("disaster", "fire", "disease", "orphan", "old_age", "released")
    ),
    local_aid(
        "annex 2 row 8(2): regardless of income",
        "channel=state_corp applicant=self income=independent ground=disease",
        f"{AID_PAPERS} disease",
    ),
    local_aid(
        "annex 2 row 8(2): income rule not known",
        "channel=akim applicant=self income=unknown ground=fire",
        f"{AID_PAPERS} income_perhaps fire",
    ),
    local_aid(
        "¶3: power of attorney",
        "channel=akim applicant=proxy income=dependent ground=old_age",
        f"{AID_PAPERS} identity_person power income old_age",
    ),
    Case("84 annex 2 row 8, annex 1-1: eGov", AID, "channel=egov", "egov_request bank_account", "files", 8),
    Case(
        "84 annex 2 rows 3, 8: on the first day of order 36",
        AID,
        "channel=office applicant=self income=dependent ground=fire",
        f"{AID_PAPERS} income fire",
        "copies",
        8,
        date(2025, 2, 6),  # Thursday
    ),
    Case(
        "283 annex 3 row 8(1–2)",
        SANATORIUM,
        "channel=state_corp applicant=self sanatorium_for=adult injury=no",
        PLAIN,
        "copies",
        5,
    ),
    Case(
        "283 annex 3 row 8(3): power of attorney, no notary",
        SANATORIUM,
        "channel=office applicant=proxy sanatorium_for=adult injury=no",
        "application identity_other identity_own power",
        "copies",
        5,
    ),
    Case(
        "283 ¶5, 10: child with an escort",
        SANATORIUM,
        "channel=office applicant=representative sanatorium_for=child_escorted",
        "application identity_other identity_own",
        "copies",
        5,
    ),
    Case(
        "283 ¶9, 11: employer closed",
        SANATORIUM,
        "channel=office applicant=self sanatorium_for=adult injury=employer_closed",
        PLAIN,
        "copies copy_accident copy_employer",
        5,
    ),
    Case("283 annex 3 row 8: eGov", SANATORIUM, "channel=egov sanatorium_for=child", "egov_request", "", 5),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.slug}: {case.source}")
def test_the_list_holds_exactly_these_papers(catalogue: Catalogue, case: Case) -> None:
    must_hold(catalogue, case)


@pytest.mark.parametrize("slug", [*ANNEX, SANATORIUM])
def test_on_egov_the_days_run_from_the_filing_since_order_194(catalogue: Catalogue, slug: str) -> None:
    case = "sanatorium_for=child" if slug == SANATORIUM else f"{DEVICE[slug]} circumstance=none"
    before = one(told(catalogue, slug, f"channel=egov {case}", LAST_OLD_DAY), "term_egov")
    after = one(told(catalogue, slug, f"channel=egov {case}", ORDER_194), "term_egov")
    assert (before.text, before.days) == ("term.egov", 5)
    assert (after.text, after.days) == ("term.egov_filed", 5)


@pytest.mark.parametrize("slug", [*ANNEX, SANATORIUM])
def test_a_bankruptcy_is_looked_up_since_order_194(catalogue: Catalogue, slug: str) -> None:
    answers = "channel=office applicant=self "
    answers += (
        "sanatorium_for=adult injury=employer_closed"
        if slug == SANATORIUM
        else f"{DEVICE[slug]} circumstance=injury_closed"
    )
    before = set(ids(told(catalogue, slug, answers, LAST_OLD_DAY), Kind.SYSTEMS))
    after = set(ids(told(catalogue, slug, answers, ORDER_194), Kind.SYSTEMS))
    assert before == {"systems", "systems_accident", "systems_employer"}
    assert after - before == {"systems_bankruptcy"}


@pytest.mark.parametrize("slug", [*ANNEX, SANATORIUM])
def test_the_departments_hours_go_by_the_clock_before_order_194_and_by_schedule_after(
    catalogue: Catalogue, slug: str
) -> None:
    where = next(f for f in catalogue.services[slug].facts if f.id == "where_office")
    assert where.office is not None
    assert catalogue.office(where.office, LAST_OLD_DAY).hours
    assert not catalogue.office(where.office, ORDER_194).hours


@pytest.mark.parametrize(
    ("slug", "answers"),
    [
        (AID, "channel=office applicant=self income=dependent ground=fire"),
        (SANATORIUM, "channel=office applicant=self sanatorium_for=adult injury=no"),
    ],
    ids=["84 annex 2", "283 annex 3"],
)
def test_lists_marked_until_12_july_2026_are_said_with_care_from_that_day(
    catalogue: Catalogue, slug: str, answers: str
) -> None:
    identity = one(told(catalogue, slug, answers), "identity")
    assert not careful(identity, LAST_SURE_DAY)
    assert careful(identity, date(2026, 7, 12))  # Sunday


@pytest.mark.parametrize(
    ("slug", "device", "fact", "values"),
    [
        pytest.param(PROSTHETIC, "aid_prosthetic=limb", "limb_replaced", [3, 2, 5, 1], id="287 annex 3 rows 1–4"),
        pytest.param(PROSTHETIC, "aid_prosthetic=breast", "breast_replaced", [2], id="287 annex 3 row 5"),
        pytest.param(PROSTHETIC, "aid_prosthetic=shoes", "shoes_replaced", [1], id="287 annex 3 rows 6–10"),
        pytest.param(PROSTHETIC, "aid_prosthetic=corset", "corset_replaced", [1], id="287 annex 3 rows 11–17"),
        pytest.param(PROSTHETIC, "aid_prosthetic=support", "support_replaced", [1, 2], id="287 annex 3 rows 18–20"),
        pytest.param(PROSTHETIC, "aid_prosthetic=dressing", "dressing_replaced", [5], id="287 annex 3 rows 21–28"),
        pytest.param(PROSTHETIC, "aid_prosthetic=shoes", "shoes_group3", [50], id="287 ¶52: group III pays half"),
        pytest.param(PROSTHETIC, "aid_prosthetic=shoes", "shoes_pairs", [1, 2], id="287 ¶50"),
        pytest.param(PROSTHETIC, "aid_prosthetic=limb", "made_in", [45, 7], id="287 ¶37–39"),
        pytest.param(PROSTHETIC, "aid_prosthetic=limb", "travel", [2, 1, 1], id="287 ¶40–42"),
        pytest.param(HYGIENE, "aid_hygiene=diapers", "diapers", [1460, 4, 360], id="287 ¶93: diapers"),
        pytest.param(HYGIENE, "aid_hygiene=diapers", "diapers_adult", [55, 75, 100, 130], id="287 ¶94: adults"),
        pytest.param(HYGIENE, "aid_hygiene=diapers", "diapers_child", [5, 7, 9, 20], id="287 ¶94: children"),
        pytest.param(HYGIENE, "aid_hygiene=bags", "bags", [365, 1, 90], id="287 ¶93: bags"),
        pytest.param(HYGIENE, "aid_hygiene=sheets", "sheets", [365, 1, 90], id="287 ¶93: sheets"),
        pytest.param(HYGIENE, "aid_hygiene=catheters", "catheters_spina", [2190, 6, 540], id="287 ¶93: Spina bifida"),
        pytest.param(HYGIENE, "aid_hygiene=chair", "chair_replaced", [4, 5], id="287 annex 3 rows 55–57"),
        pytest.param(TIFLO, "aid_tiflo=cane", "cane_replaced", [2], id="287 annex 3 row 37"),
        pytest.param(TIFLO, "aid_tiflo=meters", "strips", [300], id="287 ¶89–91: test strips"),
        pytest.param(TIFLO, "aid_tiflo=braille", "paper_sheets", [1500], id="287 annex 3 row 42"),
        pytest.param(SURDO, "aid_surdo=hearing_aid", "hearing_aid_replaced", [3, 4], id="287 annex 3 rows 29–30"),
        pytest.param(SURDO, "aid_surdo=hearing_aid", "batteries", [36], id="287 ¶81, 83"),
        pytest.param(SURDO, "aid_surdo=processor", "processor_replaced", [5], id="287 annex 3 row 35"),
        pytest.param(WHEELCHAIR, "wheelchair=indoor", "indoor_replaced", [7], id="287 annex 3 row 51"),
        pytest.param(WHEELCHAIR, "wheelchair=outdoor", "outdoor_replaced", [4], id="287 annex 3 row 52"),
        pytest.param(WHEELCHAIR, "wheelchair=universal", "universal_replaced", [5], id="287 annex 3 row 53"),
        pytest.param(WHEELCHAIR, "wheelchair=push", "push_replaced", [5], id="287 annex 3 row 54"),
    ],
)
def test_quantities_and_terms_of_one_device(
    catalogue: Catalogue, slug: str, device: str, fact: str, values: list[int]
) -> None:
    facts = told(catalogue, slug, f"channel=office applicant=self {device} circumstance=none")
    assert list(one(facts, fact).values.values()) == values


@pytest.mark.parametrize("slug", ANNEX)
def test_silence_cancels_an_offer_but_queues_for_replacement(catalogue: Catalogue, slug: str) -> None:
    device = "aid_hygiene=chair" if slug == HYGIENE else DEVICE[slug]
    facts = told(catalogue, slug, f"channel=office applicant=self {device} circumstance=none")
    offer, replacement = one(facts, "proactive"), one(facts, "replacement_silence")
    assert (offer.values["decision"], offer.values["silence"]) == (5, 3)
    assert replacement.values["within"] == 3
    assert offer.text != replacement.text


def test_what_is_used_up_is_not_replaced(catalogue: Catalogue) -> None:
    facts = told(catalogue, HYGIENE, "channel=office applicant=self aid_hygiene=diapers circumstance=none")
    assert "replacement_silence" not in {fact.id for fact in facts}


@pytest.mark.parametrize(
    ("circumstance", "price"),
    [
        ("none", {"price", "price_above"}),
        ("injury_works", {"price_employer"}),
        ("injury_closed", {"price_employer_closed", "price_above"}),
    ],
    ids=["287 row 6, ¶129", "287 ¶7", "287 ¶8"],
)
@pytest.mark.parametrize("slug", [HYGIENE, TIFLO, SURDO, WHEELCHAIR])
def test_who_pays_after_a_work_injury(catalogue: Catalogue, slug: str, circumstance: str, price: set[str]) -> None:
    facts = told(catalogue, slug, f"channel=office applicant=self {DEVICE[slug]} circumstance={circumstance}")
    assert set(ids(facts, Kind.PRICE)) == price


@pytest.mark.parametrize(
    ("slug", "answers", "minutes"),
    [
        *(
            pytest.param(
                slug, f"channel={channel} applicant=self {DEVICE[slug]} circumstance=none", minutes, id=source
            )
            for slug, annex in ANNEX.items()
            for channel, minutes, source in (
                ("state_corp", 15, f"287 annex {annex} row 3, {slug}: State Corporation"),
                ("office", 30, f"287 annex {annex} row 3, {slug}: department"),
            )
        ),
        pytest.param(
            AID,
            "channel=state_corp applicant=self income=dependent ground=fire",
            30,
            id="84 annex 2 row 3: everywhere",
        ),
    ],
)
def test_how_long_one_waits(catalogue: Catalogue, slug: str, answers: str, minutes: int) -> None:
    waits = [fact for fact in told(catalogue, slug, answers) if fact.kind is Kind.WAIT]
    assert [wait.values["minutes"] for wait in waits] == [minutes]


def test_a_child_with_an_escort_is_told_what_the_escort_brings_and_gets(catalogue: Catalogue) -> None:
    facts = told(catalogue, SANATORIUM, "channel=egov sanatorium_for=child_escorted")
    alone = told(catalogue, SANATORIUM, "channel=egov sanatorium_for=child")
    assert {fact.id for fact in facts} - {fact.id for fact in alone} == {"escort", "arrival_escort", "escort_stays"}
    assert one(facts, "escort").values == {"percent": 70, "times": 1}
    assert "travel" in ids(alone, Kind.PRICE)


def test_arrival_by_password_or_gps_is_told_since_order_149(catalogue: Catalogue) -> None:
    answers = "channel=egov sanatorium_for=child"
    before = told(catalogue, SANATORIUM, answers, date(2024, 5, 13))  # Monday
    after = told(catalogue, SANATORIUM, answers, date(2024, 5, 14))  # Tuesday
    assert {fact.id for fact in after} - {fact.id for fact in before} == {"arrival_phone"}


def test_a_sanatorium_place_is_cancelled_three_working_days_before(catalogue: Catalogue) -> None:
    facts = told(catalogue, SANATORIUM, "channel=egov sanatorium_for=child")
    assert one(facts, "cancel").values == {"before": 3, "months": 1}
    assert one(facts, "voucher").values == {"before": 3}
    assert one(facts, "limit").values == {"times": 1, "length": 14}


def test_on_egov_nobody_fetches_the_data_for_the_applicant(catalogue: Catalogue) -> None:
    facts = told(catalogue, AID, "channel=egov")
    assert not ids(facts, Kind.SYSTEMS)
    assert "egov_requests" in ids(facts, Kind.WHERE)


@pytest.mark.parametrize(
    ("circumstance", "own_share"),
    [
        ("none", {"shoes_group3"}),
        ("injury_works", set()),
        ("injury_closed", {"shoes_group3"}),
        ("participant", set()),
    ],
    ids=["287 ¶52", "287 ¶7: the employer pays", "287 ¶8, 52", "287 ¶50: veterans"],
)
def test_who_pays_half_for_complex_shoes(catalogue: Catalogue, circumstance: str, own_share: set[str]) -> None:
    answers = f"channel=office applicant=self aid_prosthetic=shoes circumstance={circumstance}"
    facts = told(catalogue, PROSTHETIC, answers)
    assert (
        set(ids(facts, Kind.PRICE)) - {"price", "price_above", "price_employer", "price_employer_closed"} == own_share
    )
    pairs = {"participant": "shoes_pairs_veteran"}.get(circumstance, "shoes_pairs")
    assert {fact.id for fact in facts} & {"shoes_pairs", "shoes_pairs_veteran"} == {pairs}


@pytest.mark.parametrize(
    ("slug", "device", "fact"),
    [
        (PROSTHETIC, "aid_prosthetic=shoes", "shoe_size"),
        (HYGIENE, "aid_hygiene=diapers", "measurements"),
        (WHEELCHAIR, "wheelchair=indoor", "measurements"),
        (WHEELCHAIR, "wheelchair=indoor", "hearing"),
    ],
    ids=["287 annex 1: shoes", "287 annex 1: girths", "287 annex 1: wheelchair", "287 ¶104"],
)
def test_what_was_read_only_before_order_194_is_said_with_care_since(
    catalogue: Catalogue, slug: str, device: str, fact: str
) -> None:
    found = one(told(catalogue, slug, f"channel=office applicant=self {device} circumstance=none"), fact)
    assert not careful(found, LAST_OLD_DAY)
    assert careful(found, ORDER_194)


def test_local_aid_does_not_use_the_outdated_article(catalogue: Catalogue) -> None:
    sources = {s.act for fact in catalogue.services[AID].facts for s in (fact.source, *fact.also)}
    assert sources == {"84", "523"}


@pytest.mark.parametrize("slug", [AID, *ANNEX, SANATORIUM])
def test_amounts_and_local_phones_are_a_gap_and_said_so(catalogue: Catalogue, slug: str) -> None:
    gaps = [fact for fact in catalogue.services[slug].facts if fact.kind is Kind.UNKNOWN]
    assert all(fact.status is Status.GAP for fact in gaps)
    assert "unknown" in {fact.id for fact in gaps}


@pytest.mark.parametrize("slug", [AID, *ANNEX, SANATORIUM])
def test_no_way_has_more_than_four_questions(catalogue: Catalogue, slug: str) -> None:
    assert max(len(answers) for answers in paths(catalogue.services[slug], TODAY)) <= 4

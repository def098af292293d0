"""Assistant, sign language, schooling at home, the four kinds of care: who brings what, and until when."""

from datetime import date, timedelta

import pytest
from msgspec import Struct

from dialogs.catalogue.catalogue import Catalogue, careful, facts_for, paths
from dialogs.catalogue.schema import Fact, Kind, Status
from tests.dialogs.catalogue.cases import TODAY, Case, ids, must_hold

IN_2024 = date(2024, 6, 3)
IN_SPRING = date(2026, 3, 2)

ASSISTANT = "personal_assistant"
SIGN = "sign_language_specialist"
SCHOOLING = "home_schooling_compensation"
INPATIENT = "special_social_services_inpatient"
SEMI = "special_social_services_semi_inpatient"
HOME = "special_social_services_home"
TEMPORARY = "special_social_services_temporary"
CARE = (INPATIENT, SEMI, HOME)


def told(catalogue: Catalogue, slug: str, answers: str, day: date = TODAY) -> list[Fact]:
    """Also of half a case: what hangs on one answer alone."""
    return facts_for(catalogue.services[slug], dict(pair.split("=") for pair in answers.split()), day)


def fact(catalogue: Catalogue, slug: str, answers: str, name: str, day: date = TODAY) -> Fact:
    (found,) = (f for f in told(catalogue, slug, answers, day) if f.id == name)
    return found


COPIES = "copy_disability copy_programme"
AT_CORP, AT_OFFICE = "channel=state_corp", "channel=office"
ADULT, CHILD = "person=adult", "person=child"
SIX_PAPERS = "application identity child_papers disability_paper account_paper commission school"
BY_OTHERS = "application identity_other identity_own"
CARE_PAPERS = "application identity medical_card"
CHILD_PAPERS = "application identity_child identity_own medical_card"
BY_EGOV = "egov_request medical_card_file"

CASES = [
    Case("288 annex 3 row 8", ASSISTANT, f"{AT_CORP} applicant=self", "application identity", "", 5),
    Case("288 annex 3 row 8, office", ASSISTANT, f"{AT_OFFICE} applicant=self", "application identity", "", 5),
    Case("288 annex 3 row 8, parent", ASSISTANT, f"{AT_OFFICE} applicant=representative", BY_OTHERS, "", 5),
    Case("288 annex 3 row 8, proxy", ASSISTANT, f"{AT_CORP} applicant=proxy", f"{BY_OTHERS} power", "", 5),
    Case("288 annex 3 rows 2, 3: eGov", ASSISTANT, "channel=egov", "egov_request", "", 5),
    Case("288 as the article tells", ASSISTANT, f"{AT_CORP} applicant=self", "application", "", None, IN_SPRING),
    Case("286 list row 8", SIGN, f"{AT_CORP} applicant=self", "application identity", COPIES, 5),
    Case("286 list row 8, parent", SIGN, f"{AT_OFFICE} applicant=representative", BY_OTHERS, COPIES, 5),
    Case("286 list row 8, proxy", SIGN, f"{AT_OFFICE} applicant=proxy", f"{BY_OTHERS} power", COPIES, 5),
    Case("286 list rows 2, 3: eGov", SIGN, "channel=egov", "egov_request", "", 5),
    Case("286 ¶1 article", SIGN, f"{AT_CORP} applicant=self", "application identity", COPIES, None, IN_SPRING),
    Case("84 annex 3 row 10", SCHOOLING, AT_CORP, "application identity", "commission_absent school_absent", 8),
    Case("84 annex 3 row 10: eGov", SCHOOLING, "channel=egov", "egov_request", "commission_file school_file", 8),
    Case("84 annex 3 as the article tells", SCHOOLING, AT_CORP, SIX_PAPERS, "", None, IN_SPRING),
    Case("197 row 9", INPATIENT, f"{AT_CORP} {ADULT}", CARE_PAPERS, "court_copy", 15),
    Case("197 row 9, office", INPATIENT, f"{AT_OFFICE} {ADULT}", CARE_PAPERS, "court_copy", 15),
    Case("197 row 9, child", INPATIENT, f"{AT_CORP} {CHILD}", CHILD_PAPERS, "", 15),
    Case("197 rows 3, 9: eGov", INPATIENT, f"channel=egov {ADULT}", BY_EGOV, "court_copy", 15),
    Case("263 annex 1 ¶5", INPATIENT, ADULT, CARE_PAPERS, "court_copy", None, IN_2024),
    Case("263 annex 1 ¶5, child", INPATIENT, CHILD, CHILD_PAPERS, "", None, IN_2024),
    Case("197 row 9", SEMI, f"{AT_CORP} {ADULT}", CARE_PAPERS, "court_copy", 15),
    Case("197 row 9, child", SEMI, f"{AT_OFFICE} {CHILD}", CHILD_PAPERS, "", 15),
    Case("197 rows 3, 9: eGov", SEMI, f"channel=egov {CHILD}", BY_EGOV, "", 15),
    Case("263 annex 2 ¶5", SEMI, ADULT, CARE_PAPERS, "court_copy", None, IN_2024),
    Case("197 row 9", HOME, f"{AT_CORP} {ADULT}", CARE_PAPERS, "court_copy", 15),
    Case("197 row 9, 263 annex 3 ¶5(4)", HOME, f"{AT_OFFICE} {CHILD}", f"{CHILD_PAPERS} consultation", "", 15),
    Case("197 row 9, 263 annex 3 ¶5(4): eGov", HOME, f"channel=egov {CHILD}", f"{BY_EGOV} consultation", "", 15),
    Case("263 annex 3 ¶5", HOME, ADULT, CARE_PAPERS, "", None, IN_2024),
    Case("263 annex 3 ¶5(4)", HOME, CHILD, f"{CHILD_PAPERS} consultation", "", None, IN_2024),
    Case("263 annex 4 ¶3, 230 ¶31", TEMPORARY, "", "application identity"),
    Case("230 ¶31, 37", TEMPORARY, "", "application identity", day=IN_2024),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.slug}: {case.source}")
def test_who_brings_what_and_when_the_answer_is_due(catalogue: Catalogue, case: Case) -> None:
    must_hold(catalogue, case)


@pytest.mark.parametrize("slug", CARE)
def test_what_the_office_finds_by_itself_for_a_child_and_for_an_adult(catalogue: Catalogue, slug: str) -> None:
    assert ids(told(catalogue, slug, f"{AT_CORP} {CHILD}"), Kind.SYSTEMS) == ["systems"]
    adult = ids(told(catalogue, slug, f"{AT_CORP} {ADULT}"), Kind.SYSTEMS)
    assert adult == ["systems", "systems_adult", "systems_court"]


class Change(Struct, frozen=True):
    """What is said on the last day of the old wording, and the next morning: text or None if it is not said."""

    source: str
    slug: str
    answers: str
    fact: str
    last_day: date
    before: str | None
    after: str | None


ORDER_72, ORDER_411 = date(2025, 3, 5), date(2025, 12, 24)
ORDER_194, ORDER_276 = date(2026, 5, 25), date(2026, 6, 29)

CHANGES = [
    *(
        Change("411: a term", slug, f"{AT_OFFICE} {ADULT}", "term", ORDER_411, None, "term.registered")
        for slug in CARE
    ),
    *(
        Change(
            "411: no longer unknown", slug, f"{AT_OFFICE} {ADULT}", "unknown_term", ORDER_411, "unknown.term", None
        )
        for slug in CARE
    ),
    *(
        Change(
            "411: State Corp too", slug, f"{AT_CORP} {ADULT}", "where_state_corp", ORDER_411, None, "where.state_corp"
        )
        for slug in CARE
    ),
    *(
        Change("411: the extract", slug, f"{AT_CORP} {ADULT}", "medical_card", ORDER_411, bare, "paper.medical_card")
        for slug, bare in ((SEMI, "paper.medical_card_bare"), (HOME, "paper.medical_card_bare"))
    ),
    Change("411: no akim", HOME, f"{AT_OFFICE} {ADULT}", "where_akim", ORDER_411, "where.akim", None),
    Change("411: court decision", HOME, f"{AT_OFFICE} {ADULT}", "court_copy", ORDER_411, None, "paper.copy_court"),
    Change("411: notice", HOME, f"{AT_OFFICE} {ADULT}", "choose", ORDER_411, f"{HOME}.choose_before", "care.choose"),
    Change("72: no petition", INPATIENT, ADULT, "petition", ORDER_72, "care.petition", None),
    Change("72: children", TEMPORARY, "", "children", ORDER_72, None, f"{TEMPORARY}.children"),
    Change("72: children", TEMPORARY, "", "unknown_children", ORDER_72, f"{TEMPORARY}.unknown_children", None),
    Change("72: referral", TEMPORARY, "", "referral", ORDER_72, None, f"{TEMPORARY}.referral"),
    Change("72: length", TEMPORARY, "", "length", ORDER_72, f"{TEMPORARY}.length_before", f"{TEMPORARY}.length"),
    Change("276: ¶15", HOME, ADULT, "ends", ORDER_276, f"{HOME}.ends_before", f"{HOME}.ends"),
    Change("194: a term", ASSISTANT, AT_OFFICE, "term_office", ORDER_194, None, "term.registered"),
    Change("194: a term", SIGN, AT_CORP, "term_state_corp", ORDER_194, None, "term.state_corp"),
    Change("194: proactive", SIGN, AT_CORP, "proactive", ORDER_194, None, "proactive.request"),
    Change("194: eGov", SIGN, "channel=egov", "where_egov", ORDER_194, None, "where.egov"),
    Change("196: from systems", SCHOOLING, AT_CORP, "account_paper", ORDER_194, f"{SCHOOLING}.account_paper", None),
    Change("196: a term", SCHOOLING, AT_CORP, "term", ORDER_194, None, "term.registered"),
    Change(
        "336, budget of 2026",
        ASSISTANT,
        AT_CORP,
        "pay",
        date(2026, 12, 31),
        f"{ASSISTANT}.pay_sum",
        f"{ASSISTANT}.pay",
    ),
]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: f"{change.slug}: {change.source}, {change.fact}")
def test_the_wording_changes_overnight(catalogue: Catalogue, change: Change) -> None:
    for day, expected in ((change.last_day, change.before), (change.last_day + timedelta(1), change.after)):
        facts = told(catalogue, change.slug, change.answers, day)
        said = [f.text or f"{change.slug}.{f.id}" for f in facts if f.id == change.fact]
        assert said == ([] if expected is None else [expected])


NUMBERS = [
    ("263 annex 1 ¶7, 197 ¶13", INPATIENT, ADULT, "choose", {"notice": 2, "choose": 10}),
    ("263 annex 1 ¶7", INPATIENT, ADULT, "arrive", {"arrive": 15}),
    ("263 annex 1 ¶7: place freed", INPATIENT, ADULT, "freed", {"freed": 10}),
    ("263 annex 1 ¶7, 230 ¶12(1)", INPATIENT, ADULT, "postpone", {"postpone": 30}),
    ("263 annex 1 ¶7: repeat examination", INPATIENT, ADULT, "again_doctors", {"months": 1}),
    ("263 annex 1 ¶2", INPATIENT, CHILD, "who_child", {"from": 3, "to": 18}),
    ("263 annex 2 ¶7, 197 ¶13", SEMI, ADULT, "choose", {"notice": 2, "choose": 5}),
    ("263 annex 2 ¶7", SEMI, ADULT, "arrive", {"arrive": 3}),
    ("230 ¶23(1) against 263 annex 2 ¶7", SEMI, ADULT, "postpone", {"safe": 10, "standard": 14}),
    ("230 ¶14", SEMI, CHILD, "who_child", {"from": "1,5", "to": 18}),
    ("197 ¶13 against 263 annex 3 ¶8", HOME, ADULT, "choose", {"notice": 2, "choose": 5}),
    ("263 annex 3 ¶8", HOME, ADULT, "visit", {"visit": 5}),
    ("263 annex 3 ¶8", HOME, ADULT, "decision", {"act": 3, "decide": 3}),
    ("230 annex 7", HOME, ADULT, "visits", {"times": 2}),
    ("263 annex 4 ¶4", TEMPORARY, "", "other_region", {"stay": 30}),
    ("263 annex 4 ¶9, 12", TEMPORARY, "", "length", {"years": 1, "months": 6}),
    ("263 annex 4 ¶4-9", TEMPORARY, "", "decision", {"decide": 3}),
    ("263 annex 4 ¶4-10", TEMPORARY, "", "police", {"police": 3}),
    ("197 row 4", HOME, AT_CORP, "wait_state_corp", {"minutes": 15}),
    ("197 row 4", HOME, AT_OFFICE, "wait_office", {"minutes": 30}),
    ("288 ¶15–21", ASSISTANT, AT_CORP, "proactive", {"decision": 5, "silence": 3}),
    ("286 chapter 2 §2", SIGN, AT_CORP, "proactive", {"decision": 5, "silence": 3}),
    ("197 ¶15–16", SEMI, AT_CORP, "hearing_complaint", {"hearing": 2, "complaint": 5}),
    ("288 ¶29–37", ASSISTANT, AT_CORP, "choice", {"months": 2}),
    ("288 ¶41", ASSISTANT, AT_CORP, "hours", {"hours": 8}),
    ("286, Social Code art. 163(3)", SIGN, AT_CORP, "hours", {"hours": 60}),
    ("84 annex 3 row 5", SCHOOLING, AT_CORP, "serve_state_corp", {"minutes": 20}),
]


@pytest.mark.parametrize(
    ("slug", "answers", "name", "values"),
    [row[1:] for row in NUMBERS],
    ids=[f"{n[1]}: {n[0]}, {n[3]}" for n in NUMBERS],
)
def test_the_numbers_are_those_of_the_act(
    catalogue: Catalogue, slug: str, answers: str, name: str, values: dict[str, str | int]
) -> None:
    assert fact(catalogue, slug, answers, name).values == values


@pytest.mark.parametrize(
    ("slug", "answers", "name"),
    [
        (SEMI, ADULT, "postpone"),
        (SEMI, ADULT, "petition"),
        (HOME, ADULT, "petition"),
        (HOME, CHILD, "consultation"),
        (SIGN, AT_CORP, "hours"),
        (ASSISTANT, AT_CORP, "cannot_help"),
        (TEMPORARY, "", "price"),
    ],
    ids=[
        "263 against 230",
        "263 against 197",
        "263 against 197",
        "263 against 197: ПМПК",
        "286 article",
        "288 article",
        "230 ¶29-5",
    ],
)
def test_where_the_acts_disagree_or_only_an_article_speaks_it_is_said_with_care(
    catalogue: Catalogue, slug: str, answers: str, name: str
) -> None:
    assert careful(fact(catalogue, slug, answers, name), TODAY)


def test_the_list_for_schooling_at_home_is_said_with_care_after_11_july_2026(catalogue: Catalogue) -> None:
    for day, with_care in ((date(2026, 7, 11), False), (date(2026, 7, 12), True)):
        listed = {Kind.BRING, Kind.SYSTEMS, Kind.IF_ABSENT, Kind.TERM}
        facts = [f for f in told(catalogue, SCHOOLING, AT_CORP, day) if f.kind in listed]
        assert facts
        assert all(careful(f, day) == with_care for f in facts)


@pytest.mark.parametrize("slug", CARE)
def test_before_order_411_the_place_to_apply_was_no_question(catalogue: Catalogue, slug: str) -> None:
    asked = {question for answers in paths(catalogue.services[slug], IN_2024) for question in answers}
    assert asked == {"person"}


@pytest.mark.parametrize("slug", [INPATIENT, HOME])
def test_the_duty_of_relatives_to_care_is_told_of_adults_only(catalogue: Catalogue, slug: str) -> None:
    assert "who_duty" in ids(told(catalogue, slug, ADULT), Kind.WHO)
    assert "who_duty" not in ids(told(catalogue, slug, CHILD), Kind.WHO)


def test_on_arrival_a_child_hands_over_other_papers_than_an_adult(catalogue: Catalogue) -> None:
    child = ids(told(catalogue, INPATIENT, CHILD), Kind.GOOD_TO_KNOW)
    adult = ids(told(catalogue, INPATIENT, ADULT), Kind.GOOD_TO_KNOW)
    assert ("hand_over_child" in child, "hand_over_adult" in child) == (True, False)
    assert ("hand_over_child" in adult, "hand_over_adult" in adult) == (False, True)


def test_families_of_the_fallen_come_first_with_their_children_too(catalogue: Catalogue) -> None:
    for slug in CARE:
        for who in (ADULT, CHILD):
            assert "priority" in ids(told(catalogue, slug, who), Kind.GOOD_TO_KNOW)


def test_a_copy_is_brought_where_the_standard_compares_it_with_the_original(catalogue: Catalogue) -> None:
    """263 annex 1 ¶5, annex 2 ¶5; annex 3 does not ask for it."""
    for slug, adult, child in (
        (INPATIENT, "paper.identity_recipient_copy", "paper.identity_child_copy"),
        (SEMI, "paper.identity_recipient_copy", "paper.identity_child_copy"),
        (HOME, "paper.identity_recipient", "paper.identity_child"),
    ):
        for day in (TODAY, IN_2024):
            assert fact(catalogue, slug, f"{AT_CORP} {ADULT}", "identity", day).text == adult
            assert fact(catalogue, slug, f"{AT_CORP} {CHILD}", "identity_child", day).text == child
        assert ("originals" in ids(told(catalogue, slug, f"{AT_CORP} {ADULT}"), Kind.GOOD_TO_KNOW)) == (slug != HOME)


def test_whoever_seeks_shelter_is_asked_nothing_and_told_of_the_danger_first(catalogue: Catalogue) -> None:
    facts = told(catalogue, TEMPORARY, "")
    assert not catalogue.services[TEMPORARY].questions
    assert ids(facts, Kind.WHERE) == ["danger", "where_shelter", "private"]
    assert {"no_papers", "children", "police", "unknown_meanwhile"} <= {f.id for f in facts}


def test_no_care_service_offers_itself(catalogue: Catalogue) -> None:
    for slug in (*CARE, SCHOOLING, TEMPORARY):
        assert not [f for f in catalogue.services[slug].facts if f.id == "proactive"]


def test_a_refusal_to_accept_is_never_told_as_a_refusal(catalogue: Catalogue) -> None:
    for slug in (ASSISTANT, SIGN, *CARE):
        risks = ids(told(catalogue, slug, f"{AT_OFFICE} {ADULT}"), Kind.RISK)
        assert "not_accepted" in risks
        assert risks.index("not_accepted") < risks.index("refusal")


def test_nothing_rests_on_the_repealed_order_9(catalogue: Catalogue) -> None:
    for slug in (ASSISTANT, SIGN, SCHOOLING, *CARE, TEMPORARY):
        for said in catalogue.services[slug].facts:
            assert "9-of-2022" not in {said.source.act, *(source.act for source in said.also)}
            assert said.status is not Status.GAP or said.kind is Kind.UNKNOWN

"""What the law says about asking: the file that ships, and files that must be refused."""

from datetime import date, time, timedelta
from pathlib import Path

import pytest

from dialogs import workdays
from dialogs.matters import rules
from dialogs.matters.rules import Rules, RulesError, decision_by

WORKDAYS = workdays.load()
AIDS = {
    "prosthetic_orthopaedic_aid",
    "technical_aids_hygiene",
    "technical_aids_tiflo",
    "technical_aids_surdo",
    "special_transport_wheelchair",
}


def loaded(file: Path = rules.HERE / "rules.toml") -> Rules:
    return rules.load(
        WORKDAYS, hold=timedelta(minutes=15), reminder_at=time(10), quiet=None, chat_answers=True, file=file
    )


@pytest.fixture(scope="module")
def law() -> Rules:
    return loaded()


def test_three_working_days_to_answer_and_five_to_the_decision(law: Rules) -> None:
    assert (law.window, law.decision) == (3, 5)


def test_devices_are_replaced_and_more_is_offered_without_an_application(law: Rules) -> None:
    assert law.replaceable == AIDS
    assert law.proactive == AIDS | {"sanatorium_treatment", "personal_assistant", "sign_language_specialist"}


def test_adults_have_five_steps_of_waist_and_children_five_of_weight(law: Rules) -> None:
    assert law.diapers.waist == (55, 75, 100, 130)
    assert law.diapers.weight == (5, 7, 9, 20)
    assert law.diapers.service == "technical_aids_hygiene"


@pytest.mark.parametrize(
    ("consent", "decision"),
    [
        (date(2026, 11, 23), date(2026, 11, 30)),  # Monday → Monday
        (date(2026, 11, 21), date(2026, 11, 27)),  # Saturday → Friday
        (date(2026, 12, 30), date(2027, 1, 11)),  # Wednesday; 1, 4 and 7 January are off → Monday
        (date(2025, 1, 1), date(2025, 1, 10)),  # Wednesday; Sunday 5 January is worked → Friday
    ],
)
def test_the_decision_is_due_five_working_days_after_the_consent(law: Rules, consent: date, decision: date) -> None:
    for service in AIDS | {"sanatorium_treatment", "personal_assistant"}:
        assert decision_by(service, consent, law) == decision


def test_no_day_is_promised_where_the_acts_name_none(law: Rules) -> None:
    assert decision_by("sign_language_specialist", date(2026, 11, 23), law) is None
    assert decision_by("housing_assistance", date(2026, 11, 23), law) is None


def test_rules_can_be_a_key(law: Rules) -> None:
    assert {law: 1}[law] == 1
    with pytest.raises(AttributeError):
        law.window = 4  # type: ignore[misc]


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ('{ act = "283", at = "¶19"', '{ act = "2830", at = "¶19"', "window.sources: act «2830» is not in acts.toml"),
        ('{ act = "283", at = "¶19"', '{ act = "165", at = "¶19"', "window.sources: «165» is not an act in force"),
        ('act = "287", at = "¶6; annex 3"', 'act = "article-hygiene", at = "1"', "replacement.sources: «article-hyg"),
        ('at = "¶19"', 'at = " "', "window.sources: the paragraph is missing"),
        ('at = "¶19",', "", "Object missing required field `at`"),
        ('service = "technical_aids_hygiene"', 'service = "diapers"', "diapers: no service is called «diapers»"),
        ('"sign_language_specialist"', '"sign_language"', "proactive: no service is called «sign_language»"),
        ("[window]\ndays = 3", "[window]\ndays = 3\nhours = 2", "unknown field `hours`"),
        ("[window]\ndays = 3", "[window]\ndays = 0", "Expected `int` >= 1"),
        ("[window]\ndays = 3", "[window]", "Object missing required field `days`"),
        ("[55, 75, 100, 130]", "[55, 75, 100, 100]", "diapers.waist_cm: each step is above"),
        ("[5, 7, 9, 20]", "[7, 5, 9, 20]", "diapers.weight_kg: each step is above"),
        ("[replacement]", "[replacement", "rules.toml: "),
    ],
)
def test_what_cannot_be_trusted_is_refused_by_name(tmp_path: Path, right: str, wrong: str, said: str) -> None:
    text = (rules.HERE / "rules.toml").read_text("utf-8")
    assert right in text
    file = tmp_path / "rules.toml"
    file.write_text(text.replace(right, wrong), "utf-8")
    with pytest.raises(RulesError, match=r"^rules\.toml: ") as error:
        loaded(file)
    assert said in str(error.value)

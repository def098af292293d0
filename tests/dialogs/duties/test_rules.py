"""What the law says about arriving, postponing and choosing: the file that ships, and files that must be refused."""

from datetime import date, time
from pathlib import Path

import pytest

from dialogs import workdays
from dialogs.duties import rules
from dialogs.duties.duty import Setting
from dialogs.duties.rules import Rules, RulesError
from tests.dialogs.duties.lives import LAW, day

FILE = rules.HERE / "rules.toml"
DEVICES = (
    "prosthetic_orthopaedic_aid",
    "technical_aids_hygiene",
    "technical_aids_tiflo",
    "technical_aids_surdo",
    "special_transport_wheelchair",
)
MONTHS = (*DEVICES, "sanatorium_treatment", "personal_assistant", "sign_language_specialist")


def test_devices_a_sanatorium_and_assistants_are_chosen_within_two_months_with_a_reminder_after_one() -> None:
    assert (LAW.law.months.months, LAW.law.months.reminder) == (2, 1)
    assert sorted(LAW.law.months.services) == sorted(MONTHS)


def test_an_organisation_is_chosen_within_ten_or_five_working_days() -> None:
    assert LAW.law.days.services == {
        "special_social_services_inpatient": 10,
        "special_social_services_semi_inpatient": 5,
        "special_social_services_home": 5,
    }


def test_an_arrival_is_postponed_by_thirty_or_by_ten_days_and_about_fourteen_acts_disagree() -> None:
    limits = {setting: (limit.days, limit.disputed) for setting, limit in LAW.law.postponing.items()}
    assert limits == {"inpatient": (30, None), "semi_inpatient": (10, 14)}
    sources = {source.act: source.at for source in LAW.law.postponing[Setting.SEMI_INPATIENT].sources}
    assert sources.keys() == {"230", "263"}
    assert "10" in sources["230"]
    assert "14" in sources["263"]


def test_a_bed_is_given_up_three_working_days_before_and_chosen_anew_within_a_month() -> None:
    bed = LAW.law.bed
    assert (bed.services, bed.days, bed.months) == (["sanatorium_treatment"], 3, 1)


@pytest.mark.parametrize(
    ("service", "opened", "last"),
    [
        ("technical_aids_hygiene", "2026-11-16_Mon", "2027-01-16_Sat"),
        ("sanatorium_treatment", "2026-12-31_Thu", "2027-02-28_Sun"),
        ("sanatorium_treatment", "2027-12-31_Fri", "2028-02-29_Tue"),
        ("personal_assistant", "2027-01-31_Sun", "2027-03-31_Wed"),
        ("sign_language_specialist", "2026-06-30_Tue", "2026-08-30_Sun"),
        ("special_social_services_inpatient", "2026-12-07_Mon", "2026-12-22_Tue"),  # the 16th is a day off
        ("special_social_services_inpatient", "2026-11-13_Fri", "2026-11-27_Fri"),
        ("special_social_services_semi_inpatient", "2026-11-13_Fri", "2026-11-20_Fri"),
        ("special_social_services_home", "2026-12-28_Mon", "2027-01-06_Wed"),  # 1 and 4 January
        ("special_social_services_home", "2026-11-14_Sat", "2026-11-20_Fri"),
    ],
)
def test_the_last_day_to_choose(service: str, opened: str, last: str) -> None:
    assert LAW.last_to_choose(service, day(opened)) == day(last)


def test_where_no_act_names_a_day_there_is_none() -> None:
    assert LAW.last_to_choose("special_social_services_temporary", date(2026, 11, 16)) is None
    assert LAW.last_to_choose("no_such_service", date(2026, 11, 16)) is None


@pytest.mark.parametrize(
    ("arrival", "last"),
    [
        ("2026-12-10_Thu", "2026-12-07_Mon"),
        ("2026-12-07_Mon", "2026-12-02_Wed"),
        ("2026-12-06_Sun", "2026-12-02_Wed"),
        ("2026-12-17_Thu", "2026-12-11_Fri"),  # the 16th is a day off
        ("2027-01-08_Fri", "2026-12-31_Thu"),  # 1, 4 and 7 January
        ("2027-03-25_Thu", "2027-03-17_Wed"),  # Nauryz
    ],
)
def test_the_last_day_to_give_up_a_bed(arrival: str, last: str) -> None:
    assert LAW.last_to_cancel("sanatorium_treatment", day(arrival)) == day(last)
    assert LAW.last_to_cancel("technical_aids_hygiene", day(arrival)) is None
    assert LAW.last_to_cancel("sanatorium_treatment", None) is None


def test_outside_the_calendar_no_day_is_known() -> None:
    assert LAW.before(date(1900, 1, 8), 3) is None
    assert LAW.last_to_choose("special_social_services_home", date(2400, 1, 1)) is None


def broken(tmp_path: Path, old: str, new: str) -> Path:
    text = FILE.read_text("utf-8")
    assert old in text
    file = tmp_path / "rules.toml"
    file.write_text(text.replace(old, new, 1), "utf-8")
    return file


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("months = 2", "months = 0", "months"),
        ("months = 2", 'months = "two"', "months"),
        ("months = 2\nreminder = 1", "months = 2\nreminder = 2", "months.reminder"),
        ("months = 2", "months = 2\nyears = 1", "years"),
        ('"sanatorium_treatment", "personal', '"sanatorium", "personal', "no service is called «sanatorium»"),
        ("special_social_services_home = 5", "special_social_services_house = 5", "special_social_services_house"),
        ("special_social_services_home = 5", "special_social_services_home = 0", "days.services"),
        ("disputed = 14", "disputed = 10", "postponing.semi_inpatient.disputed"),
        ("disputed = 14", "disputed = 9", "postponing.semi_inpatient.disputed"),
        ("days = 30", "days = -1", "days"),
        ("[postponing.inpatient]", "[postponing.anywhere]", "anywhere"),
        ('act = "283", at = "¶44"', 'act = "999", at = "¶44"', "bed.sources"),
        ('act = "283", at = "¶44"', 'act = "283", at = ""', "bed.sources"),
        ('sources = [{ act = "283", at = "¶44", wording = 2026-05-26 }]', "sources = []", "sources"),
        ("[bed]", "[bed", "rules.toml"),
    ],
)
def test_a_wrong_file_is_refused_and_says_where(old: str, new: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(RulesError, match=r"rules\.toml") as error:
        load(broken(tmp_path, old, new))
    assert message in str(error.value)


def load(file: Path = FILE) -> Rules:
    return rules.load(workdays.load(), reminder_at=time(10), quiet=None, file=file)


def test_three_working_days_and_one_day_before_are_set_unless_the_operator_says_otherwise() -> None:
    assert (load().workdays_before, load().days_before) == (3, 1)

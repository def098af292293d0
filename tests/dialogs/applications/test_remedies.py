"""What can be done, and what follows: the files that ship, and files that must be refused."""

from pathlib import Path

import pytest

from dialogs.applications import remedies, steps
from dialogs.applications.application import Stage
from dialogs.applications.remedies import RemediesError
from dialogs.applications.steps import StepsError
from dialogs.dialogue import Dialogue
from tests.dialogs.applications.cases import SERVICES, UNKNOWN

FOLDER = Path("dialogs/applications")


def test_a_complaint_is_examined_within_five_working_days_and_above_within_fifteen() -> None:
    complaints = remedies.load().complaints
    assert {(one.days, one.higher) for one in complaints.values()} == {(5, 15)}


def test_where_both_the_law_and_the_newer_wordings_are_silent_nothing_is_said_to_be_known() -> None:
    known = remedies.load()
    assert set(SERVICES) - set(known.complaints) == {
        "sign_language_specialist",
        "local_social_aid",
        "incapacitated_property_permission",
        "rehabilitated_person_certificate",
        "special_social_services_temporary",
        "provider_register",
    }
    assert set(SERVICES) - set(known.hearings) == {
        "sign_language_specialist",
        "labour_migrant_permit",
        "special_social_services_temporary",
        "provider_register",
    }
    assert {slug for slug, one in known.hearings.items() if one.objection == 2} == {
        "local_social_aid",
        "home_schooling_compensation",
        "nuclear_test_compensation",
        "rehabilitated_person_certificate",
    }


@pytest.mark.parametrize(
    ("said", "ground"),
    [
        ("Құжаттардың және (немесе) олардағы мәліметтердің дұрыс емес екені анықталды", "unreliable"),
        ("Установление недостоверности документов и (или) данных", "unreliable"),
        ("Өтініш берушінің Қағидаларда белгіленген талаптарға сәйкес келмеуі", "mismatch"),
        ("несоответствие услугополучателя требованиям Правил", "mismatch"),
        ("отсутствие согласия на доступ к персональным данным ограниченного доступа", "consent"),
        ("қолжетімділігі шектеулі дербес деректерге қол жеткізуге келісімінің болмауы", "consent"),
        ("отрицательный ответ уполномоченного государственного органа на запрос о согласовании", "body"),
        ("уәкілетті мемлекеттік органның теріс жауабы", "body"),
        ("отрицательное заключение экспертизы, исследования либо проверки", "expertise"),
        ("сараптаманың, зерттеудің не тексерудің теріс қорытындысы", "expertise"),
        ("решение суда о запрете на деятельность", "court"),
        ("решение суда, на основании которого услугополучатель лишен специального права", "right"),
        ("Представленные документы недействительны", "invalid"),
        ("неполный пакет документов", "incomplete"),
        ("құжаттардың мерзімі өтіп кеткен", "expired"),
        ("документы не соответствуют требованиям, срок справки истек", None),
        ("отрицательный ответ на запрос о согласовании, а также отрицательное заключение экспертизы", None),
        ("Прошу уточнить", None),
        ("", None),
    ],
)
def test_the_grounds_of_the_law_are_recognised_in_both_languages(said: str, ground: str | None) -> None:
    assert remedies.load().ground(said) == ground


def test_every_stage_of_every_service_has_a_next_step_or_needs_none() -> None:
    silent = {Stage.ADMITTED, Stage.COMPLETED, Stage.REFUSED, Stage.HEARING_SCHEDULED, Stage.DOCUMENTS_INCOMPLETE}
    for stage in Stage:
        for service in (*SERVICES, UNKNOWN):
            assert (steps.load().after(stage, service) is None) == (stage in silent), (stage, service)


def test_every_step_and_every_ground_has_its_words(dialogue: Dialogue) -> None:
    words = dialogue.guide.words
    for stage in Stage:
        for service in (*SERVICES, UNKNOWN):
            if step := steps.load().after(stage, service):
                assert words.has(f"status.next.{step.says}")
                assert not step.late or words.has(f"status.next.{step.late}")
    for ground in remedies.load().grounds:
        assert words.has(f"status.ground.{ground.id}")
        assert words.has(f"status.fix.{ground.id}")


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ('{ act = "283", at = "¶16"', '{ act = "2830", at = "¶16"', "complaint: act «2830» is not in acts.toml"),
        ('{ act = "283", at = "¶16"', '{ act = "165", at = "¶16"', "complaint: «165» is not an act in force"),
        ('{ act = "283", at = "¶16"', '{ act = "article-288", at = "1"', "complaint: «article-288» is not an act"),
        ('{ act = "283", at = "¶16"', '{ act = "283", at = " "', "complaint: the paragraph is missing"),
        ('services = ["housing_assistance"]', 'services = ["housing"]', "hearing: no service is called «housing»"),
        ('services = ["sanatorium_treatment"]', 'services = ["housing_assistance"]', "stands there twice"),
        ('to = "head"', 'to = "nobody"', "Invalid enum value"),
        ("[[again]]", "[[again", "remedies.toml: "),
    ],
)
def test_remedies_that_cannot_be_trusted_are_refused_by_name(
    tmp_path: Path, right: str, wrong: str, said: str
) -> None:
    file = _changed(FOLDER / "remedies.toml", tmp_path, right, wrong)
    with pytest.raises(RemediesError, match=r"^remedies\.toml: ") as error:
        remedies.load(file)
    assert said in str(error.value)


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ('{ act = "117", at = "¶49"', '{ act = "1170", at = "¶49"', "money_bank.sources: act «1170» is not in acts"),
        ('services = ["housing_assistance"]', "", "money_bank.sources: go with services"),
        ('services = ["housing_assistance"]', 'services = ["housing"]', "no service is called «housing»"),
        ("months = 2\n", "", "supplier.late: goes with days or months"),
        ('stages = ["withdrawn"]', 'stages = ["gone"]', "Invalid enum value"),
        ('stages = ["withdrawn"]', 'stages = ["no_show"]', "two steps for no_show"),
    ],
)
def test_steps_that_cannot_be_trusted_are_refused_by_name(tmp_path: Path, right: str, wrong: str, said: str) -> None:
    file = _changed(FOLDER / "steps.toml", tmp_path, right, wrong)
    with pytest.raises(StepsError, match=r"^steps\.toml: ") as error:
        steps.load(file)
    assert said in str(error.value)


def _changed(file: Path, folder: Path, right: str, wrong: str) -> Path:
    text = file.read_text("utf-8")
    assert right in text
    changed = folder / file.name
    changed.write_text(text.replace(right, wrong), "utf-8")
    return changed

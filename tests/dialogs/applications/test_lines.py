"""What is said of an application: every stage of every service, in both languages, in a chat and by SMS."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest
from msgspec import structs

from dialogs import render
from dialogs.applications import lines
from dialogs.applications.application import Application, Hearing, Passed, Stage
from dialogs.dialogue import Dialogue
from dialogs.language import Language
from dialogs.messages import Reply, Say, Surface
from dialogs.render import BACK, MENU
from dialogs.sms_length import measure
from tests.dialogs.applications.cases import KINDS, NOW, SERVICES, UNKNOWN, case
from tests.dialogs.registry import ALMATY

LONG = "Жетісу облысы Панфилов ауданының жұмыспен қамту және әлеуметтік бағдарламалар бөлімінің орталығы " * 5
SHELTER = KINDS["temporary"]


def applications(service: str) -> Iterator[Application]:
    """Lately and long ago, with little and with much that E-Sobes tells."""
    for stage in Stage:
        for ago in (timedelta(0), timedelta(3), timedelta(40), timedelta(700)):
            its = case(service, stage, NOW - ago)
            yield its
            yield structs.replace(its, refusal_reason=None, hearing=None, due_on=date(2026, 9, 30))
            yield structs.replace(
                its,
                refusal_reason=LONG,
                organisation=LONG,
                queue_number="Ж-" * 40,
                hearing=Hearing(NOW + timedelta(3), LONG, LONG),
                channel=LONG,
            )


def said(dialogue: Dialogue, language: Language, surface: Surface, told: tuple[Say, ...]) -> str:
    return "\n".join(dialogue.guide.words.say(one, language, surface) for one in told)


@pytest.mark.parametrize("surface", Surface)
@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("service", [*SERVICES, UNKNOWN])
def test_every_stage_of_every_service_is_told_and_fits(
    dialogue: Dialogue, service: str, language: Language, surface: Surface
) -> None:
    for its in applications(service):
        page = lines.page(its, dialogue.guide, NOW, surface, whom="Абдрахманбек")
        line = lines.line(its, dialogue.guide, NOW, surface)
        brief = lines.brief(its, dialogue.guide, NOW, surface, whom="Абдрахманбек")
        reply = Reply(page, (BACK, MENU))
        for told in (page, (line,), brief):
            text = said(dialogue, language, surface, told)
            assert text.strip()
            assert "{" not in text
            assert "None" not in text
        if surface is Surface.CHAT:
            assert len(render.chat(reply, dialogue.guide.words, language).text) < 4096
            continue
        for portion in render.sms(reply, dialogue.guide.words, language):
            assert measure(portion.text).parts <= 3
        assert measure(said(dialogue, language, surface, (line,))).parts <= 2


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("service", SERVICES)
def test_what_usually_is_to_be_told_takes_one_sms_and_what_has_changed_two_parts(
    dialogue: Dialogue, language: Language, service: str
) -> None:
    longer = []
    for stage in Stage:
        its = structs.replace(case(service, stage), organisation=None)
        reply = Reply(lines.page(its, dialogue.guide, NOW, Surface.SMS), (BACK, MENU))
        if len(render.sms(reply, dialogue.guide.words, language)) > 1:
            longer.append(stage)
        if stage not in (Stage.REFUSED, Stage.HEARING_SCHEDULED):  # they have words of their own in letters
            brief = said(dialogue, language, Surface.SMS, lines.brief(its, dialogue.guide, NOW, Surface.SMS))
            assert measure(brief).parts <= 2, brief
    assert set(longer) <= {Stage.HEARING_SCHEDULED}


@pytest.mark.parametrize("language", Language)
def test_by_sms_a_discreet_service_is_neither_named_nor_told_of(dialogue: Dialogue, language: Language) -> None:
    for its in applications(SHELTER):
        guide = dialogue.guide
        told = (
            *lines.page(its, guide, NOW, Surface.SMS),
            lines.line(its, guide, NOW, Surface.SMS),
            *lines.brief(its, guide, NOW, Surface.SMS),
        )
        assert {one.id for one in told} == {
            "status.discreet",
            "status.discreet.only",
            "status.discreet.news",
        }
        text = said(dialogue, language, Surface.SMS, told).casefold()
        for word in ("баспана", "дағдарыс", "жильё", "кризис", "17", "үміт"):
            assert word not in text
        assert lines.name(its, guide).id in str(lines.page(its, guide, NOW, Surface.CHAT))


@pytest.mark.parametrize("surface", Surface)
def test_the_last_day_stands_right_after_what_it_is_about(dialogue: Dialogue, surface: Surface) -> None:
    its = case(KINDS["aid"], Stage.UNDER_REVIEW, datetime(2026, 11, 23, 9, tzinfo=ALMATY))
    page = lines.page(its, dialogue.guide, NOW, surface)
    assert [one.id for one in page] == ["status.head", "status.due", "status.next.wait"]
    assert said(dialogue, Language.KK, surface, page[1:2]) == "Жауап 27 қарашаға, жұмаға дейін шығуы керек."
    assert said(dialogue, Language.RU, surface, page[1:2]) == "Ответ должны дать до пятницы, 27 ноября."


def test_on_the_last_day_it_is_said_that_it_is_today_and_on_the_next_that_it_is_late(dialogue: Dialogue) -> None:
    its = structs.replace(case(KINDS["aid"], Stage.UNDER_REVIEW), due_on=NOW.date())
    ids = [one.id for one in lines.page(its, dialogue.guide, NOW, Surface.SMS)]
    assert ids == ["status.head", "status.due.today", "status.next.wait"]
    tomorrow = [one.id for one in lines.page(its, dialogue.guide, NOW + timedelta(1), Surface.SMS)]
    assert tomorrow == ["status.head", "status.overdue", "status.overdue.head"]


def test_an_approval_that_has_to_be_signed_is_not_done_in_a_list(dialogue: Dialogue) -> None:
    for kind, stage in (("home", Stage.APPROVED), ("inpatient", Stage.APPROVED), ("aid", Stage.PROVIDER_CHOICE)):
        line = lines.line(case(KINDS[kind], stage), dialogue.guide, NOW, Surface.SMS)
        assert line.id == "status.line.choose"
    late = case(KINDS["home"], Stage.APPROVED, NOW - timedelta(30))
    assert lines.page(late, dialogue.guide, NOW, Surface.SMS)[1].id == "status.next.choose_late"


@pytest.mark.parametrize(
    ("kind", "stage", "since", "day"),
    [
        ("inpatient", Stage.APPROVED, datetime(2026, 11, 20, 15, tzinfo=ALMATY), date(2026, 12, 4)),  # 10, Friday
        ("home", Stage.APPROVED, datetime(2026, 11, 20, 15, tzinfo=ALMATY), date(2026, 11, 27)),  # 5, Friday
        ("semi_inpatient", Stage.APPROVED, datetime(2026, 11, 21, 15, tzinfo=ALMATY), date(2026, 11, 27)),
        ("aid", Stage.PROVIDER_CHOICE, datetime(2026, 10, 31, 15, tzinfo=ALMATY), date(2026, 12, 31)),  # 2 months
        ("aid", Stage.ORDERED, datetime(2026, 11, 20, 15, tzinfo=ALMATY), date(2026, 11, 27)),  # the supplier, 5
    ],
)
def test_the_day_until_which_somebody_has_to_act(
    dialogue: Dialogue, kind: str, stage: Stage, since: datetime, day: date
) -> None:
    page = lines.page(case(KINDS[kind], stage, since), dialogue.guide, NOW, Surface.CHAT)
    assert page[1].values == (("day", day),)


def test_a_stage_of_long_ago_is_told_with_its_year(dialogue: Dialogue) -> None:
    its = case(KINDS["inpatient"], Stage.QUEUED, datetime(2024, 11, 16, 9, tzinfo=ALMATY))
    page = lines.page(its, dialogue.guide, NOW, Surface.CHAT)
    assert "с 16 ноября 2024 года" in said(dialogue, Language.RU, Surface.CHAT, page)
    assert "2024 жылғы 16 қарашадан бері" in said(dialogue, Language.KK, Surface.CHAT, page)


def test_hours_are_those_of_here_wherever_e_sobes_counts_them(dialogue: Dialogue) -> None:
    its = case(KINDS["aid"], Stage.HEARING_SCHEDULED)
    assert its.hearing is not None
    utc = datetime.fromisoformat("2026-11-26T05:00:00+00:00")
    its = structs.replace(its, hearing=structs.replace(its.hearing, at=utc))
    text = said(dialogue, Language.RU, Surface.SMS, lines.page(its, dialogue.guide, NOW, Surface.SMS))
    assert "четверг, 26 ноября, 10:00" in text
    late = datetime.fromisoformat("2026-11-19T20:30:00+00:00")
    queued = structs.replace(case(KINDS["aid"], Stage.QUEUED), history=(Passed(Stage.QUEUED, late),))
    text = said(dialogue, Language.RU, Surface.SMS, lines.page(queued, dialogue.guide, NOW, Surface.SMS))
    assert "20 ноября" in text


def test_a_service_that_we_do_not_know_is_shown_with_its_stage(dialogue: Dialogue) -> None:
    line = lines.line(case(UNKNOWN, Stage.QUEUED), dialogue.guide, NOW, Surface.SMS)
    assert said(dialogue, Language.KK, Surface.SMS, (line,)) == "Қызмет: кезекте"
    assert said(dialogue, Language.RU, Surface.SMS, (line,)) == "Услуга: в очереди"


@pytest.mark.parametrize("surface", Surface)
def test_of_a_term_that_may_have_been_lengthened_it_is_said_that_it_may(dialogue: Dialogue, surface: Surface) -> None:
    its = structs.replace(case(KINDS["nuclear"], Stage.UNDER_REVIEW), registered_on=date(2026, 10, 20))
    told = lines.page(its, dialogue.guide, NOW, surface)
    assert [one.id for one in told[1:]] == ["status.due.longer", "status.next.wait"]
    assert lines.line(its, dialogue.guide, NOW, surface).id == "status.line"


def test_while_a_hearing_is_still_to_come_no_day_that_has_passed_is_named(dialogue: Dialogue) -> None:
    its = structs.replace(
        case(KINDS["aid"], Stage.UNDER_REVIEW), registered_on=date(2026, 11, 10), hearing=Hearing(NOW, "", "")
    )
    told = lines.page(its, dialogue.guide, NOW, Surface.CHAT)
    assert [one.id for one in told[1:]] == ["status.next.wait"]
    assert lines.line(its, dialogue.guide, NOW, Surface.CHAT).id == "status.line"

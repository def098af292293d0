"""Golden conversations about applications. REWRITE=1 writes them anew; a person reads the difference."""

import os
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from msgspec import structs

from dialogs.applications.application import Application, Hearing, Stage
from dialogs.dialogue import Dialogue
from dialogs.language import Language
from dialogs.messages import Surface
from tests.dialogs.applications.cases import HEARING, KINDS, NOW, case
from tests.dialogs.registry import AIGUL, ALMATY, DANA, FAMILY_PHONE, PHONE, Registry
from tests.dialogs.talks import Talk

FOLDER = Path(__file__).parents[2] / "transcripts" / "status"
REWRITE = bool(os.environ.get("REWRITE"))
ASKS = {Language.KK: "өтінішім қайда", Language.RU: "где моё заявление"}
BETWEEN = "\n\n———\n\n"


def compare(name: str, text: str) -> None:
    file = FOLDER / f"{name}.txt"
    if REWRITE:
        file.write_text(text, "utf-8")
    assert text == file.read_text("utf-8")


def asked(
    dialogue: Dialogue, language: Language, surface: Surface, *applications: Application, phone: str = PHONE
) -> Talk:
    talk = Talk(dialogue, surface, NOW, registry=Registry(*applications), phone=phone).known(language)
    talk.send(ASKS[language])
    return talk


@pytest.mark.parametrize("surface", Surface)
@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("kind", KINDS)
def test_every_stage_of_every_kind_of_service_is_told_as_written(
    dialogue: Dialogue, kind: str, language: Language, surface: Surface
) -> None:
    parts = []
    for stage in Stage:
        talk = asked(dialogue, language, surface, case(KINDS[kind], stage))
        talk.read_on()
        parts.append("\n".join((f"— {stage}", *talk.lines)))
    compare(f"{kind}.{language}.{surface}", "\n\n".join(parts) + "\n")


def overdue(dialogue: Dialogue, language: Language, surface: Surface) -> list[Talk]:
    """Once for each way to complain."""
    long_ago = NOW - timedelta(60)
    return [
        asked(dialogue, language, surface, case(KINDS[kind], Stage.UNDER_REVIEW, long_ago))
        for kind in ("aid", "home", "housing", "local_aid")
    ]


def last_day(dialogue: Dialogue, language: Language, surface: Surface) -> list[Talk]:
    """On the day itself nothing is late."""
    talk = asked(
        dialogue, language, surface, case(KINDS["aid"], Stage.UNDER_REVIEW, datetime(2026, 11, 19, 9, tzinfo=ALMATY))
    )
    talk.now += timedelta(days=1)
    talk.send(ASKS[language])
    return [talk]


def hearing(dialogue: Dialogue, language: Language, surface: Surface) -> list[Talk]:
    """Position stated there, objection in writing, nothing known; by video, already over, not told where."""
    video = Hearing(HEARING.at, "https://meet.gov.kz/12", "видеоконференция")
    over = Hearing(NOW - timedelta(2), HEARING.place, HEARING.method)
    hears = Stage.HEARING_SCHEDULED
    told = [case(KINDS[kind], hears) for kind in ("aid", "local_aid", "property", "migrant")]
    told += [structs.replace(case(KINDS["housing"], hears), hearing=one) for one in (video, over, None)]
    return [asked(dialogue, language, surface, one) for one in told]


REASONS = (
    "Представленные документы недействительны",
    "Нет согласия на доступ к персональным данным ограниченного доступа",
    "Өтініш берушінің қағидаларда белгіленген талаптарға сәйкес келмеуі",
    "отрицательное заключение экспертизы",
    "Необходимо обратиться в другое подразделение по вопросу уточнения состава семьи и доходов за квартал, "
    "поскольку в заявлении указаны не все совместно проживающие",
    None,
)


def refusal(dialogue: Dialogue, language: Language, surface: Surface) -> list[Talk]:
    """Each way to complain, and each kind of reason."""
    kinds = ("aid", "certificate", "housing", "nuclear", "schooling", "migrant")
    talks = []
    for kind, reason in zip(kinds, REASONS, strict=True):
        its = structs.replace(case(KINDS[kind], Stage.REFUSED), refusal_reason=reason)
        talks.append(asked(dialogue, language, surface, its))
    return talks


def wards(dialogue: Dialogue, language: Language, surface: Surface) -> list[Talk]:
    talk = asked(
        dialogue,
        language,
        surface,
        case(KINDS["aid"], Stage.UNDER_REVIEW, iin=AIGUL.iin),
        case(KINDS["semi_inpatient"], Stage.APPROVED, iin=DANA.iin),
        case(KINDS["schooling"], Stage.REGISTERED, iin=DANA.iin),
        phone=FAMILY_PHONE,
    )
    talk.choose(f"whom:{DANA.key}")
    talk.choose(f"app:{case(KINDS['semi_inpatient'], Stage.APPROVED).key}")
    talk.choose("others")
    talk.choose(f"whom:{AIGUL.key}")
    return [talk]


def several(dialogue: Dialogue, language: Language, surface: Surface) -> list[Talk]:
    """More than a list holds; one of it, back, one that is gone."""
    stages = (Stage.REGISTERED, Stage.HEARING_SCHEDULED, Stage.APPROVED, Stage.QUEUED, Stage.ORDERED, Stage.COMPLETED)
    kinds = ("aid", "local_aid", "sanatorium", "inpatient", "prosthesis", "assistant")
    told = [
        case(KINDS[kind], stage, NOW - timedelta(3 + 20 * n))
        for n, (kind, stage) in enumerate(zip(kinds, stages, strict=True))
    ]
    told += [
        case(KINDS["housing"], Stage.COMPLETED, NOW - timedelta(200)),
        case(KINDS["housing"], Stage.REFUSED, NOW - timedelta(500)),
    ]
    talk = asked(dialogue, language, surface, *told)
    while "earlier" in talk.session.offered:
        talk.choose("earlier")
    talk.send("/status")
    talk.choose(f"app:{told[0].key}")
    talk.send("/back")
    talk.send("[old button: app:0123456789]")
    return [talk]


def nothing(dialogue: Dialogue, language: Language, surface: Surface) -> list[Talk]:
    talk = asked(dialogue, language, surface)
    talk.choose("services")
    asks = asked(dialogue, language, surface, phone=FAMILY_PHONE)
    asks.choose(f"whom:{DANA.key}")
    return [talk, asks]


def discreet(dialogue: Dialogue, language: Language, surface: Surface) -> list[Talk]:
    """A shelter is nobody's business."""
    shelter = case(KINDS["temporary"], Stage.APPROVED)
    alone = asked(dialogue, language, surface, shelter)
    beside = asked(dialogue, language, surface, shelter, case(KINDS["aid"], Stage.UNDER_REVIEW))
    return [alone, beside]


def away(dialogue: Dialogue, language: Language, surface: Surface) -> list[Talk]:
    """Promised once, and kept wherever the person stands meanwhile."""
    registry = Registry(case(KINDS["aid"], Stage.UNDER_REVIEW))
    talk = Talk(dialogue, surface, NOW, registry=registry, phone=PHONE).known(language)
    talk.happens("away")
    talk.send(ASKS[language])
    talk.send("/status")
    assert [len(answer.errands) for answer in talk.answers] == [1, 0]
    talk.send("/settings")
    talk.send("[kept: status]")
    assert talk.answers[-1].messages == ()
    talk.happens("back")
    talk.send("[kept: status]")
    assert (talk.session.promised, talk.session.state) == (0, "settings")
    return [talk]


QUEUE = {Language.KK: "кезек", Language.RU: "очередь"}


def queue(dialogue: Dialogue, language: Language, surface: Surface) -> list[Talk]:
    """By the word: each queue, and one of which nothing is known; by the button and back, longer than a month;
    nothing waits."""
    talks = []
    for kind in ("inpatient", "semi_inpatient", "home", "aid", "sanatorium", "assistant", "housing"):
        talk = Talk(dialogue, surface, NOW, registry=Registry(case(KINDS[kind], Stage.QUEUED)), phone=PHONE)
        talk.known(language).send(QUEUE[language])
        talks.append(talk)
    waiting = structs.replace(case(KINDS["inpatient"], Stage.QUEUED, NOW - timedelta(40)), queue_number=None)
    talk = asked(dialogue, language, surface, waiting, case(KINDS["aid"], Stage.QUEUED))
    talk.send(QUEUE[language])
    talk.choose(f"app:{waiting.key}")
    talk.choose(f"queue:{waiting.key}")
    talk.read_on()
    talk.send("/back")
    ordered = Talk(dialogue, surface, NOW, registry=Registry(case(KINDS["aid"], Stage.ORDERED)), phone=PHONE)
    ordered.known(language).send(QUEUE[language])
    return [*talks, talk, ordered]


STORIES = (overdue, last_day, hearing, refusal, wards, several, nothing, discreet, away, queue)


@pytest.mark.parametrize("surface", Surface)
@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
def test_the_talk_about_applications_goes_as_written(
    dialogue: Dialogue,
    story: Callable[[Dialogue, Language, Surface], list[Talk]],
    language: Language,
    surface: Surface,
) -> None:
    talks = story(dialogue, language, surface)
    for talk in talks:
        talk.read_on()
    compare(f"{story.__name__}.{language}.{surface}", BETWEEN.join("\n".join(talk.lines) for talk in talks) + "\n")

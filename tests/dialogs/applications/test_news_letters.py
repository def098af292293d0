"""What people read when something has become of their applications: short enough, and with all that they need to act
in time."""

import os
import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from dialogs.applications.application import Application, Hearing, Passed, Stage
from dialogs.applications.letters import Letters
from dialogs.applications.remedies import remedies
from dialogs.dialogue import Dialogue
from dialogs.language import Language
from dialogs.messages import Button, Surface
from dialogs.sms_length import measure
from gateway.clock import ALMATY

REWRITE = bool(os.environ.get("REWRITE"))
WRITTEN = Path(__file__).parents[2] / "transcripts" / "news" / "letters.txt"
NOW = datetime(2026, 11, 23, 10, tzinfo=ALMATY)
SERVICES = sorted(path.stem for path in Path("dialogs/catalogue/services").glob("*.toml"))
WHEELCHAIR, HYGIENE, AID, SHELTER = (
    "special_transport_wheelchair",
    "technical_aids_hygiene",
    "local_social_aid",
    "special_social_services_temporary",
)
AIGUL = "Нұрғалиева Айгүл Серікқызы"
LONG_NAME = "Нұрғалиева Гүлбаршынхан Серікқызы"
HEARING = Hearing(NOW + timedelta(days=2, hours=1), "Жаркент, Жібек жолы, 1", "in person")
REASON = "в базе данных нет действующей программы реабилитации"
LONG = "очень длинные слова отдела " * 40


@pytest.fixture(scope="module")
def letters(dialogue: Dialogue) -> Letters:
    return Letters(dialogue.guide)


def application(stage: str, service: str = WHEELCHAIR, **more: Any) -> Application:
    return Application(
        id=f"A-{service}",
        service=service,
        iin="680412400123",
        channel="sms",
        submitted_at=NOW - timedelta(4),
        registered_on=(NOW - timedelta(4)).date(),
        stage=Stage(stage),
        history=(Passed(Stage(stage), NOW),),
        **more,
    )


def heard(service: str = WHEELCHAIR, hearing: Hearing = HEARING) -> Application:
    return application("hearing_scheduled", service, hearing=hearing)


def sms(letters: Letters, *news: Application, language: Language = Language.RU, name: str | None = None) -> str:
    return letters.about(news, name, language, Surface.SMS, NOW).text


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("service", SERVICES)
def test_no_letter_is_longer_than_three_parts(letters: Letters, service: str, language: Language) -> None:
    place = structs.replace(HEARING, place=LONG[:200], method=LONG[:200])
    for name in (None, AIGUL, LONG_NAME):
        for stage in Stage:
            one = application(stage, service, refusal_reason=LONG, queue_number="7" * 50, organisation=LONG[:200])
            text = sms(letters, one, language=language, name=name)
            assert measure(text).parts <= 3, text
        for hearing in (HEARING, place):
            text = sms(letters, heard(service, hearing), language=language, name=name)
            assert measure(text).parts <= 3, text


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("stage", sorted(set(Stage) - {Stage.REFUSED, Stage.HEARING_SCHEDULED}))
def test_what_is_only_news_takes_two_parts(letters: Letters, stage: Stage, language: Language) -> None:
    for service in SERVICES:
        text = sms(letters, application(stage, service, queue_number="1024"), language=language, name=AIGUL)
        assert measure(text).parts <= 2, text


@pytest.mark.parametrize("language", Language)
def test_several_take_two_parts_and_what_does_not_fit_is_counted(letters: Letters, language: Language) -> None:
    for count in range(2, 20):
        news = [application("under_review", SERVICES[number % len(SERVICES)]) for number in range(count)]
        text = sms(letters, *news, language=language, name=LONG_NAME)
        assert measure(text).parts <= 2, text
        _, *shown, last = text.split("\n")  # the first says whose they are
        if "«статус»" in last:
            assert len(shown) + int("".join(re.findall("[0-9]+", last))) == count
        else:
            assert len(shown) + 1 == count


@pytest.mark.parametrize("language", Language)
def test_of_several_what_has_to_be_acted_on_is_told_in_full(letters: Letters, language: Language) -> None:
    others = [application("under_review", HYGIENE), application("queued", "sanatorium_treatment")]
    refusal = sms(letters, application("refused", refusal_reason=REASON), *others, language=language)
    assert measure(refusal).parts <= 3, refusal
    assert ("шағым" if language is Language.KK else "жаловаться") in refusal
    hearing = sms(letters, heard(), *others, language=language)
    assert measure(hearing).parts <= 3, hearing
    assert "11:00" in hearing
    assert HEARING.place in hearing


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("service", sorted(remedies().hearings))
def test_an_invitation_to_be_heard_says_when_and_where_and_that_nothing_is_refused_yet(
    letters: Letters, service: str, language: Language
) -> None:
    for surface in Surface:
        text = letters.about([heard(service)], None, language, surface, NOW).text
        assert "11:00" in text
        assert HEARING.place[:14] in text
        first = {Language.KK: "алдымен сізді тыңдайды", Language.RU: "сначала вас выслушают"}[language]
        assert text.index(first) < text.index("11:00")


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("service", [slug for slug, one in remedies().hearings.items() if one.objection])
def test_where_there_is_a_term_to_object_it_is_said(letters: Letters, service: str, language: Language) -> None:
    days = str(remedies().hearings[service].objection)
    assert re.search(rf"\b{days} (жұмыс күні|рабочих)", sms(letters, heard(service), language=language))


@pytest.mark.parametrize("language", Language)
def test_a_refusal_says_why_and_that_one_may_complain(letters: Letters, language: Language) -> None:
    for name in (None, AIGUL):
        text = sms(letters, application("refused", refusal_reason=REASON), language=language, name=name)
        assert REASON[:30] in text
        assert ("шағым" if language is Language.KK else "жаловаться") in text


@pytest.mark.parametrize("surface", Surface)
@pytest.mark.parametrize("language", Language)
def test_what_is_discreet_is_never_named(letters: Letters, language: Language, surface: Surface) -> None:
    hidden = [
        application(stage, SHELTER, refusal_reason="Нет мест в кризисном центре", organisation="Приют «Үміт»")
        for stage in Stage
    ]
    hidden.append(heard(SHELTER, structs.replace(HEARING, place="Приют «Үміт»")))
    for one in hidden:
        for news in ([one], [one, application("queued")], [application("queued"), one]):
            text = letters.about(news, AIGUL, language, surface, NOW).text
            assert not re.search(r"баспана|дағдарыс|приют|кризис|жильё|үміт", text, re.IGNORECASE), text
    assert "11:00" in letters.about([hidden[-1]], None, language, surface, NOW).text


def test_a_name_is_said_where_the_reader_has_to_know_it(letters: Letters) -> None:
    news = [application("approved"), application("queued", HYGIENE)]
    for surface in Surface:
        for told in (news[:1], news):
            for one in (told, [heard(), *told], [application("refused"), *told]):
                assert "Айгүл" in letters.about(one, AIGUL, Language.KK, surface, NOW).text
                assert "Айгүл" not in letters.about(one, None, Language.KK, surface, NOW).text


def test_a_chat_has_room_for_all_and_a_button_that_leads_to_more(letters: Letters) -> None:
    news = [application("refused", service, refusal_reason=LONG) for service in SERVICES]
    message = letters.about(news, AIGUL, Language.RU, Surface.CHAT, NOW)
    assert len(message.text) < 4000
    assert "«статус»" in message.text
    assert message.buttons == (Button("status", "Подробнее"),)


def test_a_service_that_we_do_not_know_has_a_letter_as_well(letters: Letters) -> None:
    for stage in Stage:
        for surface in Surface:
            assert letters.about([application(stage, "new_service")], None, Language.KK, surface, NOW).text


# To be read


def test_all_letters_read_as_written(letters: Letters) -> None:
    now = "\n".join(_sheet(letters))
    if REWRITE:
        WRITTEN.write_text(now, "utf-8")
    assert now == WRITTEN.read_text("utf-8")


def _sheet(letters: Letters) -> Iterator[str]:
    for title, news, name in _all():
        yield f"== {title}"
        for language in Language:
            for surface in reversed(Surface):
                message = letters.about(news, name, language, surface, NOW)
                parts = f" {measure(message.text).parts}" if surface is Surface.SMS else ""
                yield f"-- {language} {surface}{parts}"
                yield message.text
                if message.buttons:
                    yield " ".join(f"[{button.label}]" for button in message.buttons)
        yield ""


def _all() -> Iterator[tuple[str, Sequence[Application], str | None]]:
    for stage in Stage:
        yield stage, [application(stage, queue_number="1024" if stage is Stage.QUEUED else None)], None
    yield "approved · for a child", [application("approved")], AIGUL
    yield "hearing", [heard()], None
    yield "hearing · with a term to object", [heard(AID)], None
    yield "hearing · for a child, with a term to object", [heard(AID)], AIGUL
    yield "hearing · discreet", [heard(SHELTER)], None
    yield "refused · with its reason", [application("refused", refusal_reason=REASON)], None
    yield "refused · a long reason", [application("refused", AID, refusal_reason=LONG)], AIGUL
    yield "refused · discreet", [application("refused", SHELTER, refusal_reason=REASON)], None
    several = [application("under_review", HYGIENE), application("queued", "sanatorium_treatment")]
    many = [*several, *(application("registered", service) for service in SERVICES[:6])]
    yield "several", several, None
    yield "several · for a child", several, AIGUL
    yield "many", many, None
    yield "several and a refusal", [application("refused", refusal_reason=REASON), *several], AIGUL
    yield "many and a hearing", [heard(), *many], None

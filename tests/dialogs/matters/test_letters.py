"""What people read about their offers: every letter in both languages, short enough, and with nothing in it that
could be taken for another code."""

import os
import re
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
from msgspec import structs

from dialogs import workdays
from dialogs.dialogue import Dialogue
from dialogs.language import Language
from dialogs.matters import rules
from dialogs.matters.answers import Reason
from dialogs.matters.letters import Letters, key
from dialogs.matters.matter import Answer, Given, Kind, Matter, Person, Telling
from dialogs.matters.voice import DISCREET, given_name
from dialogs.messages import Message, Surface
from dialogs.sms_length import measure, units
from dialogs.words import spoken
from gateway.clock import ALMATY

REWRITE = bool(os.environ.get("REWRITE"))
WRITTEN = Path(__file__).parents[2] / "transcripts" / "matters" / "letters.txt"
LAW = rules.load(
    workdays.load(), hold=timedelta(minutes=15), reminder_at=time(10), quiet=(time(21), time(9)), chat_answers=True
)
BY_SMS_ONLY = rules.load(
    workdays.load(), hold=timedelta(minutes=15), reminder_at=time(10), quiet=None, chat_answers=False
)
SERVICES = sorted(path.stem for path in Path("dialogs/catalogue/services").glob("*.toml"))
WHEELCHAIR, HYGIENE, SHELTER = (
    "special_transport_wheelchair",
    "technical_aids_hygiene",
    "special_social_services_temporary",
)
BOTH, PROACTIVE, REPLACEMENT = tuple(Kind), (Kind.PROACTIVE,), (Kind.REPLACEMENT,)
TELLINGS: dict[str, tuple[Kind, ...]] = {
    "question": BOTH,
    "reminder": BOTH,
    "consented": BOTH,
    "consented_elsewhere": BOTH,
    "refusing": BOTH,
    "refused": BOTH,
    "refused_again": BOTH,
    "consented_again": BOTH,
    "consented_no_way_back": BOTH,
    "turning": BOTH,
    "turned": BOTH,
    "conflict": BOTH,
    "cancelled": PROACTIVE,
    "queued": REPLACEMENT,
    "unreached_offer": PROACTIVE,
    "unreached_replacement": REPLACEMENT,
    "late_cancelled": PROACTIVE,
    "late_queued": REPLACEMENT,
    "late_withdrawn": BOTH,
    "late_over": BOTH,
    "withdrawn": BOTH,
    "size.waist": PROACTIVE,
    "size.weight": PROACTIVE,
    "size.absorbency": PROACTIVE,
    "size.taken": PROACTIVE,
    "size.unclear.waist": PROACTIVE,
    "size.unclear.weight": PROACTIVE,
    "size.unclear.absorbency": PROACTIVE,
}
UNASKED = (
    "consented_elsewhere",
    "refused",
    "turned",
    "conflict",
    "cancelled",
    "queued",
    "unreached_offer",
    "unreached_replacement",
    "withdrawn",
)
REASONS = [*(str(reason) for reason in Reason), "unreadable", "by_sms"]
MINUTES = range(16)
LONGEST_NAME = "Оразмағамбетова Абдрахманбек Нұрмұхаммедұлы"
SHORT_NAME = "Серікұлы Нұрлан Бекұлы"
NOW = datetime(2026, 11, 23, 12, tzinfo=ALMATY)
LAST = date(2026, 11, 26)
THREE_DIGITS = re.compile(r"(?<![0-9])[0-9]{3}(?![0-9])")
FIRST_PART = 67
CHILD_BORN = date(2018, 5, 1)
LONG_DAY = date(2027, 9, 27)
READ_MINUTES = (0, 1, 2, 15)
Said = Callable[[Language, Surface], Message]


@pytest.fixture(scope="session", name="letters")
def _letters(dialogue: Dialogue) -> Letters:
    return Letters(dialogue.guide.words, LAW)


def offer(
    service: str = WHEELCHAIR,
    kind: Kind = Kind.PROACTIVE,
    last: date = LAST,
    name: str = SHORT_NAME,
    *,
    codes: tuple[str, str] = ("472", "815"),
    born: date = date(1950, 3, 1),
    number: int = 1,
) -> Matter:
    return Matter(
        id=f"o-{number}",
        kind=kind,
        service=service,
        device=None,
        person=Person("500301300123", name, born, Language.KK),
        phones=("+77011234567",),
        specialist=None,
        case=None,
        yes=codes[0],
        no=codes[1],
        state="asked",
        sent=NOW,
        closes=datetime.combine(last + timedelta(1), time(), ALMATY),
        wake=None,
    )


def long_days(language: Language) -> list[date]:
    """Of the days of a year, one of every length that their names have."""
    days = (date(2027, 1, 1) + timedelta(number) for number in range(365))
    return list({units(spoken(day, language)): day for day in days}.values())


def matters(language: Language, name: str, kinds: tuple[Kind, ...] = BOTH) -> Iterator[Matter]:
    for service in SERVICES:
        for kind in kinds:
            for day in long_days(language):
                yield offer(service, kind, day, name)


def tellings(name: str) -> list[Telling]:
    if name == "refusing":
        return [Telling(name, minutes=minutes) for minutes in MINUTES]
    if name == "conflict":
        return [Telling(name, held=held) for held in ("", *Answer)]
    return [Telling(name)]


def sms(letters: Letters, telling: Telling, matter: Matter, language: Language, *, named: bool = False) -> str:
    message = letters.about(telling, matter, language, Surface.SMS, now=NOW, named=named, answers_here=True)
    assert message.buttons == ()
    return message.text


def chat(letters: Letters, telling: Telling, matter: Matter, language: Language = Language.RU) -> Message:
    return letters.about(telling, matter, language, Surface.CHAT, now=NOW, named=False, answers_here=True)


def listed(
    letters: Letters,
    name: str,
    matters: list[Matter],
    language: Language,
    surface: Surface = Surface.SMS,
    *,
    reason: str = "",
    named: bool = False,
) -> Message:
    return letters.several(name, matters, language, surface, now=NOW, named=named, reason=reason)


# What stands in a question


@pytest.mark.parametrize("name", ["question", "reminder"])
@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("named", [False, True])
def test_a_question_takes_two_parts_of_an_sms_at_most(
    letters: Letters, name: str, language: Language, *, named: bool
) -> None:
    for matter in matters(language, LONGEST_NAME):
        text = sms(letters, Telling(name), matter, language, named=named)
        assert measure(text).parts <= 2, text


@pytest.mark.parametrize("name", ["question", "reminder"])
@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("surface", Surface)
def test_the_code_for_yes_stands_before_the_code_for_no_and_no_other_three_digits_anywhere(
    letters: Letters, name: str, language: Language, surface: Surface
) -> None:
    for matter in matters(language, SHORT_NAME):
        message = letters.about(
            Telling(name), matter, language, surface, now=NOW, named=True, answers_here=surface is Surface.CHAT
        )
        assert THREE_DIGITS.findall(message.text) == ["472", "815"], message.text
        assert message.text.endswith(("1414", "1414.", "тегін қоңырау шалыңыз.", "1414, бесплатно."))


@pytest.mark.parametrize("language", Language)
def test_both_codes_survive_when_the_second_part_is_lost(letters: Letters, language: Language) -> None:
    for service in LAW.proactive:
        for kind in Kind:
            text = sms(letters, Telling("question"), offer(service, kind), language)
            assert THREE_DIGITS.findall(text[:FIRST_PART]) == ["472", "815"], text


@pytest.mark.parametrize("language", Language)
def test_a_question_names_the_last_day_with_its_weekday(letters: Letters, language: Language) -> None:
    for matter in matters(language, SHORT_NAME):
        day = spoken(matter.closes.date() - timedelta(1), language)
        assert f": {day}." in sms(letters, Telling("question"), matter, language, named=True)


@pytest.mark.parametrize(("language", "free"), [(Language.KK, "тегін"), (Language.RU, "бесплатно")])
def test_what_is_offered_by_itself_is_said_to_be_free(letters: Letters, language: Language, free: str) -> None:
    for service in LAW.proactive:
        assert free in sms(letters, Telling("question"), offer(service), language)


@pytest.mark.parametrize(("language", "free"), [(Language.KK, "тегін"), (Language.RU, "есплатно")])
def test_a_replacement_is_said_to_be_free_unless_both_the_name_and_the_day_are_long(
    letters: Letters, language: Language, free: str
) -> None:
    for service in LAW.replaceable:
        for day in long_days(language):
            asked = offer(service, Kind.REPLACEMENT, day)
            assert free in sms(letters, Telling("question"), asked, language)
        named = offer(service, Kind.REPLACEMENT)
        assert free in sms(letters, Telling("question"), named, language, named=True)
        assert free in chat(letters, Telling("question"), named, language).text


@pytest.mark.parametrize(("language", "silence"), [(Language.KK, "кезе"), (Language.RU, "в очередь")])
def test_a_question_about_a_replacement_says_that_silence_is_consent(
    letters: Letters, language: Language, silence: str
) -> None:
    short = {Language.KK: "Үндемеу – келісу.", Language.RU: "Молчание – согласие."}[language]
    for service in LAW.replaceable:
        for day in long_days(language):
            for name in (SHORT_NAME, LONGEST_NAME):
                asked = offer(service, Kind.REPLACEMENT, day, name)
                text = sms(letters, Telling("question"), asked, language, named=name == LONGEST_NAME)
                assert silence in text or short in text, text
        assert silence in chat(letters, Telling("question"), offer(service, Kind.REPLACEMENT), language).text


def test_an_offer_to_a_child_says_for_whom_it_is(letters: Letters) -> None:
    child = offer(born=CHILD_BORN)
    assert sms(letters, Telling("question"), child, Language.RU).startswith("Нұрлан: ")
    assert "(Нұрлан)" in sms(letters, Telling("reminder"), child, Language.KK)
    assert "Нұрлан" not in sms(letters, Telling("question"), offer(), Language.KK)


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("Серікұлы Нұрлан Бекұлы", "Нұрлан"),
        ("ИВАНОВА АННА-МАРИЯ", "Анна-Мария"),
        ("Айгүл", "Айгүл"),
        ("Ахметов Мұхаммедғабдолла", "Мұхаммедғаб."),
        ("", ""),
    ],
)
def test_people_are_called_by_their_given_names(name: str, given: str) -> None:
    assert given_name(name) == given


# All letters


@pytest.mark.parametrize("name", TELLINGS)
@pytest.mark.parametrize("language", Language)
def test_every_letter_takes_three_parts_of_an_sms_at_most(letters: Letters, name: str, language: Language) -> None:
    for matter in matters(language, LONGEST_NAME, TELLINGS[name]):
        for telling in tellings(name):
            text = sms(letters, telling, matter, language, named=True)
            assert measure(text).parts <= 3, text


@pytest.mark.parametrize("name", UNASKED)
@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("named", [False, True])
def test_a_letter_that_nobody_has_asked_for_takes_two_parts(
    letters: Letters, name: str, language: Language, named: bool
) -> None:
    """For the services that are offered or replaced by law."""
    lawful = {Kind.PROACTIVE: LAW.proactive, Kind.REPLACEMENT: LAW.replaceable}
    for matter in matters(language, LONGEST_NAME, TELLINGS[name]):
        if matter.service in lawful[matter.kind]:
            for telling in tellings(name):
                text = sms(letters, telling, matter, language, named=named)
                assert measure(text).parts <= 2, text


def test_every_letter_that_the_tables_send_is_known_here() -> None:
    """Names are read from the code, so that a new one is not forgotten."""
    found: set[str] = set()
    for file in ("affair", "offer", "replacement", "sizes"):
        code = Path(f"dialogs/matters/{file}.py").read_text("utf-8")
        found.update(re.findall(r'(?:tell|answer|says)\("([a-z_.]+)"', code))
        found.update(re.findall(r'close\([A-Za-z.]+, "([a-z_]+)"', code, re.IGNORECASE))
        found.update(re.findall(r'"(size\.[a-z.]+)"', code))
    assert {"question", "consented", "cancelled", "late_over", "size.taken"} <= found
    assert found <= TELLINGS.keys()


NEVER = re.compile(r"мүгедек(?!ті)|инвалид(?!ност)|!|E-Sobes|Е-Собес|қате|ошиб|\berror\b", re.IGNORECASE)


@pytest.mark.parametrize("language", Language)
def test_no_word_hurts_blames_or_names_a_machine(language: Language) -> None:
    texts = Path(f"locales/{language}/LC_MESSAGES/matters.po").read_text("utf-8").split("\n\n", 1)[1]
    said = [line for line in texts.splitlines() if line.startswith("msgstr")]
    assert len(said) > 100
    assert [line for line in said if NEVER.search(line)] == []


def test_both_languages_have_the_same_placeholders_on_both_surfaces(dialogue: Dialogue) -> None:
    words = dialogue.guide.words
    for text in words.ids():
        if text.startswith("matter."):
            assert len(set(words.placeholders(text).values())) == 1, text


@pytest.mark.parametrize("language", Language)
def test_what_is_discreet_is_never_named(dialogue: Dialogue, letters: Letters, language: Language) -> None:
    services = dialogue.guide.catalogue.services
    assert {slug for slug, service in services.items() if service.discreet} == DISCREET
    told = [*everything(letters, SHELTER, language), *lists(letters, SHELTER, language)]
    for message in told:
        assert not re.search(r"баспана|дағдарыс|приют|кризис|жильё|қауіп|опасн", message.text, re.IGNORECASE)


def everything(letters: Letters, service: str, language: Language) -> Iterator[Message]:
    for name, kinds in TELLINGS.items():
        for kind in kinds:
            for telling in tellings(name):
                for surface in Surface:
                    yield letters.about(
                        telling,
                        offer(service, kind),
                        language,
                        surface,
                        now=NOW,
                        named=True,
                        answers_here=surface is Surface.CHAT,
                    )


def lists(letters: Letters, service: str, language: Language) -> Iterator[Message]:
    for kind in Kind:
        for surface in Surface:
            for name in ("again", "explained", "office", "not_mine", "stranger", "died"):
                yield listed(letters, name, [offer(service, kind)], language, surface, named=True)


@pytest.mark.parametrize("language", Language)
def test_a_service_without_words_is_offered_as_some_service(letters: Letters, language: Language) -> None:
    for kind in Kind:
        for name in ("question", "reminder", "consented"):
            text = sms(letters, Telling(name), offer("new_service", kind), language)
            assert "new_service" not in text
            assert measure(text).parts <= 2
        assert listed(letters, "explained", [offer("new_service", kind)], language).text


# Several offers


def some(
    count: int, name: str = LONGEST_NAME, service: str = "technical_aids_tiflo", last: date = LAST
) -> list[Matter]:
    return [
        offer(service, Kind.PROACTIVE, last + timedelta(n), name, codes=(f"{n + 1}03", f"{n + 1}96"), number=n)
        for n in range(count)
    ]


@pytest.mark.parametrize("name", ["again", "office", "explained"])
@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("service", SERVICES)
def test_a_list_of_offers_takes_three_parts_and_names_one_at_least(
    letters: Letters, name: str, language: Language, service: str
) -> None:
    reasons = REASONS if name == "again" else [""]
    longest = max(long_days(language), key=lambda day: units(spoken(day, language)))
    for reason in reasons:
        for count in (1, 2, 4):
            opened = some(count, service=service, last=longest)
            for kind in Kind:
                for matter in opened:
                    matter.kind = kind
                text = listed(letters, name, opened, language, reason=reason, named=True).text
                assert measure(text).parts <= 3, text
                codes = THREE_DIGITS.findall(text)
                assert codes == ["103", "196", "203", "296", "303", "396", "403", "496"][: len(codes)]
                assert codes, text


@pytest.mark.parametrize("language", Language)
def test_what_does_not_fit_is_counted(letters: Letters, language: Language) -> None:
    text = listed(letters, "again", some(4), language, reason="several", named=True).text
    shown = len(THREE_DIGITS.findall(text)) // 2
    assert shown >= 2
    assert text.endswith(
        {Language.KK: f"Тағы {4 - shown} ұсыныс бар.", Language.RU: f"Ещё предложений: {4 - shown}."}[language]
    )


@pytest.mark.parametrize("language", Language)
def test_three_offers_of_several_persons_are_all_listed(letters: Letters, language: Language) -> None:
    text = listed(letters, "again", some(3, SHORT_NAME), language, reason="several", named=True).text
    assert len(THREE_DIGITS.findall(text)) == 6


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("count", [2, 3])
def test_an_explanation_gives_the_codes_of_the_other_offers_too(
    letters: Letters, language: Language, kind: Kind, count: int
) -> None:
    opened = [offer(HYGIENE, kind, number=0), *some(count - 1, service="personal_assistant")]
    text = listed(letters, "explained", opened, language).text
    assert len(THREE_DIGITS.findall(text)) == 2 * count, text


@pytest.mark.parametrize("language", Language)
def test_an_explanation_to_parents_of_two_children_gives_both_their_codes(
    letters: Letters, language: Language
) -> None:
    for service in LAW.replaceable:
        for kind in Kind:
            opened = [offer(service, kind, number=0), *some(1, service=service)]
            text = listed(letters, "explained", opened, language, named=True).text
            assert THREE_DIGITS.findall(text) == ["472", "815", "103", "196"], text


def test_offers_are_listed_by_their_last_day(letters: Letters) -> None:
    early, late = offer(number=2), offer(HYGIENE, last=LAST + timedelta(1), codes=("203", "396"), number=1)
    text = listed(letters, "again", [late, early], Language.RU, reason="several").text
    assert THREE_DIGITS.findall(text) == ["472", "815", "203", "396"]


def test_somebody_with_no_open_offer_is_told_what_was_not_understood(letters: Letters) -> None:
    for surface in Surface:
        message = listed(letters, "again", [], Language.RU, surface, reason="unsure")
        assert (message.text, message.buttons) == ("Не поняли ответ. Отправьте только код.", ())


@pytest.mark.parametrize("language", Language)
def test_an_explanation_says_which_word_brings_the_papers_and_the_word_finds_the_service(
    dialogue: Dialogue, letters: Letters, language: Language
) -> None:
    words = dialogue.guide.words
    for service in LAW.proactive:
        text = listed(letters, "explained", [offer(service)], language, Surface.CHAT).text
        word = re.findall("«(.+?)»", text)[-1]
        assert dialogue.guide.search.find(word).services == (service,)
        assert words.has(f"matter.about.{service}")


@pytest.mark.parametrize(("language", "silence"), [(Language.KK, "кезе"), (Language.RU, "в очередь")])
def test_an_explanation_of_a_replacement_says_what_silence_means(
    letters: Letters, language: Language, silence: str
) -> None:
    for service in LAW.replaceable:
        assert silence in listed(letters, "explained", [offer(service, Kind.REPLACEMENT)], language).text


# In a chat


def test_buttons_answer_by_the_offers_short_name(letters: Letters) -> None:
    matter = offer()
    buttons = chat(letters, Telling("question"), matter).buttons
    assert [(b.id, b.label) for b in buttons] == [
        (f"offer:{key('o-1')}:yes", "Согласен (согласна)"),
        (f"offer:{key('o-1')}:no", "Отказываюсь"),
    ]
    assert re.fullmatch("[0-9a-f]{10}", key("o-1"))
    assert len(f"offer:{key(matter.id)}:yes") <= 64


def test_a_refusal_can_be_taken_back_by_a_button_while_it_is_held(letters: Letters) -> None:
    held = chat(letters, Telling("refusing", minutes=15), offer())
    assert [button.id for button in held.buttons] == [f"offer:{key('o-1')}:yes"]
    assert chat(letters, Telling("refusing"), offer()).buttons == ()


def test_buttons_of_several_offers_name_their_codes(letters: Letters) -> None:
    message = listed(letters, "again", some(9, SHORT_NAME), Language.KK, Surface.CHAT, reason="several")
    assert len(message.buttons) == 14
    assert [button.label for button in message.buttons[:2]] == ["103 – келісу", "196 – бас тарту"]
    assert "Тағы 2 ұсыныс бар." in message.text


def test_what_a_chat_lists_has_its_buttons(letters: Letters) -> None:
    message = listed(letters, "explained", some(9, SHORT_NAME), Language.KK, Surface.CHAT)
    assert len(message.buttons) == len(THREE_DIGITS.findall(message.text)) == 14
    assert "Тағы 2 ұсыныс бар." in message.text


def test_a_chat_that_may_not_answer_has_no_buttons_and_says_how_to_answer(dialogue: Dialogue) -> None:
    letters = Letters(dialogue.guide.words, BY_SMS_ONLY)
    asked = letters.about(
        Telling("question"), offer(), Language.RU, Surface.CHAT, now=NOW, named=False, answers_here=False
    )
    for message in (asked, listed(letters, "again", [offer()], Language.RU, Surface.CHAT, reason="by_sms")):
        assert message.buttons == ()
        assert "по SMS" in message.text


# To be read


def test_all_letters_read_as_written(dialogue: Dialogue) -> None:
    words = dialogue.guide.words
    now = "\n".join(_sheet(Letters(words, LAW), Letters(words, BY_SMS_ONLY)))
    if REWRITE:
        WRITTEN.write_text(now, "utf-8")
    assert now == WRITTEN.read_text("utf-8")


def _sheet(letters: Letters, by_sms: Letters) -> Iterator[str]:
    for title, said in (*_all(letters), ("again by_sms", _several(by_sms, "again", [offer()], "by_sms"))):
        yield f"== {title}"
        for language in Language:
            for surface in reversed(Surface):
                message = said(language, surface)
                parts = f" {measure(message.text).parts}" if surface is Surface.SMS else ""
                yield f"-- {language} {surface}{parts}"
                yield message.text
                if message.buttons:
                    yield " ".join(f"[{button.label}]" for button in message.buttons)
        yield ""


def _all(letters: Letters) -> Iterator[tuple[str, Said]]:
    for service in SERVICES:
        yield f"question · {service}", _about(letters, Telling("question"), offer(service))
    for service in sorted(LAW.replaceable):
        yield f"replacement · {service}", _about(letters, Telling("question"), offer(service, Kind.REPLACEMENT))
    yield "question · for a child", _about(letters, Telling("question"), offer(HYGIENE, born=CHILD_BORN))
    long = offer("technical_aids_tiflo", Kind.REPLACEMENT, LONG_DAY, LONGEST_NAME, born=CHILD_BORN)
    yield "replacement · for a child, long", _about(letters, Telling("question"), long)
    for name, kinds in TELLINGS.items():
        for kind in kinds:
            for telling in tellings(name):
                if name != "question" and telling.minutes in READ_MINUTES:
                    title = " ".join(filter(None, (name, telling.held, str(telling.minutes or ""))))
                    yield f"{title} · {kind}", _about(letters, telling, offer(kind=kind))
    for service in ("sign_language_specialist", "local_social_aid"):
        yield f"consented · {service}", _about(letters, Telling("consented"), offer(service))
    yield from _of_several(letters)


def _of_several(letters: Letters) -> Iterator[tuple[str, Said]]:
    one, three = [offer()], [offer(number=0), *some(2, SHORT_NAME)]
    for reason in REASONS[:-1]:
        yield f"again {reason}", _several(letters, "again", one, reason)
    yield "again several · three", _several(letters, "again", three, "several")
    yield "office", _several(letters, "office", one)
    yield "office · three", _several(letters, "office", three)
    for service in sorted(LAW.proactive | {"housing_assistance", SHELTER}):
        yield f"explained · {service}", _several(letters, "explained", [offer(service)])
    yield "explained · replacement", _several(letters, "explained", [offer(kind=Kind.REPLACEMENT)])
    yield "explained · three", _several(letters, "explained", three)
    for name in ("not_mine", "stranger", "died"):
        yield name, _several(letters, name, one)


def _about(letters: Letters, telling: Telling, matter: Matter) -> Said:
    given = Given(Answer.CONSENT, NOW)
    answered = structs.replace(matter, given=None if telling.name in ("question", "reminder") else given)
    return lambda language, surface: letters.about(
        telling, answered, language, surface, now=NOW, named=False, answers_here=surface is Surface.CHAT
    )


def _several(letters: Letters, name: str, matters: list[Matter], reason: str = "") -> Said:
    return lambda language, surface: listed(letters, name, matters, language, surface, reason=reason)

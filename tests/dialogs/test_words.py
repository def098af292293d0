"""All texts are there in both languages, fit together, and fit into an SMS."""

from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from dialogs import render, words
from dialogs.catalogue.catalogue import paths
from dialogs.dialogue import Dialogue
from dialogs.language import Language
from dialogs.messages import Choice, Plain, Reply, Say, Surface
from dialogs.render import BACK, MENU, SMS_UNITS
from dialogs.sms_length import measure, units
from dialogs.topics.answer import Asked, Sheet
from dialogs.words import Words, WordsError, spoken

LOCALES = Path(__file__).parents[2] / "locales"
LONGEST_LABEL = 40
OF_STAFF = ("staff.", "deed.")
"""What no citizen reads."""
MOST_PARTS = 3
MOST_LETTERS = 5
"""Of a list sent to a phone: nobody can ask for its next portion there, so it comes whole."""
HEADER = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n'


def test_both_languages_have_the_same_texts_with_the_same_placeholders(dialogue: Dialogue) -> None:
    texts = dialogue.guide.words
    for text in texts.ids():
        chat = texts.placeholders(text)
        assert chat[Language.KK, Surface.CHAT] == chat[Language.RU, Surface.CHAT], text
        for language in Language:
            assert chat[language, Surface.SMS] <= chat[language, Surface.CHAT], text


YEAR = [datetime(2026, 1, 1, 9, 0) + timedelta(days) for days in range(730)]
LARGEST_COUNT = 100
LONGEST_NUMBER = "999"
LONG_NAME = "Психоневрологиялық аурулары бар балаларға арналған «Мейірім» арнаулы әлеуметтік қызметтер орталығы"
LONGEST_WORDS = "Ш" * 40
"""Of what is told elsewhere and put into a text: the name of a person or an office."""


def longest_values(dialogue: Dialogue, language: Language) -> dict[str, Plain]:
    """Placeholder → the longest that can really stand there: of dates, and of the numbers that the law names."""
    moment = max(YEAR, key=lambda day: units(spoken(day, language)))
    values: dict[str, set[Plain]] = {"day": {moment.date()}, "start": {moment.date()}, "at": {moment}}
    values |= {"number": {LONGEST_NUMBER}, "end": {"0000"}, "code": {"000000"}, "until": {time(23, 59)}}
    values |= {"what": names(dialogue, language, ".name"), "stage": names(dialogue, language, "status.short.")}
    values |= {"written": {LONG_NAME}, "places": {999}, "page": {600}, "pages": {600}}
    values |= {"since": {"31.12.2026"}, "until": {"31.12.2026"}}
    values |= {name: {moment.date()} for name in ("old", "last", "wanted")}
    values |= {"less": {10}, "more": {14}}
    for service in dialogue.guide.catalogue.services.values():
        for fact in service.facts:
            for name, value in [*fact.values.items(), ("days", fact.days or 0)]:
                values.setdefault(name, set()).add(value)
    return {name: max(known, key=lambda value: units(spoken(value, language))) for name, known in values.items()}


def names(dialogue: Dialogue, language: Language, part: str) -> set[Plain]:
    """Texts that stand in others."""
    texts = dialogue.guide.words
    found = (text for text in texts.ids() if part in text and not text.startswith(("web.", "journal.", *OF_STAFF)))
    return {
        texts.say(Say(text), language, Surface.SMS)
        for text in found
        if not texts.placeholders(text)[language, Surface.SMS]
    }


@pytest.mark.parametrize("language", Language)
def test_every_single_text_fits_into_one_portion_of_an_sms(dialogue: Dialogue, language: Language) -> None:
    longest = longest_values(dialogue, language)
    texts = dialogue.guide.words
    too_long = {}
    for text in texts.ids():
        if text.startswith(("web.", "telegram.", "matter.", "duty.", "file.", *OF_STAFF)):
            continue
        names = texts.placeholders(text)[language, Surface.SMS]
        counts = range(LARGEST_COUNT) if "count" in names else [None]
        values = tuple((name, longest.get(name, LONGEST_WORDS)) for name in names - {"count"})
        length = max(units(texts.say(Say(text, values, count), language, Surface.SMS)) for count in counts)
        if length > SMS_UNITS - 20:
            too_long[text] = length
    assert too_long == {}


@pytest.mark.parametrize("language", Language)
def test_every_question_with_all_its_choices_stands_on_one_sms(dialogue: Dialogue, language: Language) -> None:
    guide = dialogue.guide
    for service in guide.catalogue.services.values():
        for asked in service.questions:
            labels = [Say(f"option.{asked.id}.{option}") for option in asked.options]
            choices = tuple(Choice(str(number), label) for number, label in enumerate(labels))
            name = (Say(f"{service.slug}.name"),) if asked is service.questions[0] else ()
            said = (*name, Say(f"question.{asked.id}"))
            assert len(render.sms(Reply(said, (*choices, BACK, MENU)), guide.words, language)) == 1, asked.id
            assert max(len(guide.words.say(label, language, Surface.SMS)) for label in labels) <= LONGEST_LABEL


@pytest.mark.parametrize("general", [False, True])
@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("now", ["2026-09-12T20:00", "2026-12-09T19:00"])
def test_every_portion_of_every_way_through_every_service_fits_three_parts(
    dialogue: Dialogue, language: Language, now: str, *, general: bool
) -> None:
    """On evenings before long dates: the answer names two of them."""
    moment = datetime.fromisoformat(now).replace(tzinfo=ZoneInfo("Asia/Almaty"))
    guide = dialogue.guide
    for service in guide.catalogue.services.values():
        for path in paths(service, moment.date()):
            told = Sheet(Asked(guide, service, tuple(path.items()), general, (), moment, 0))
            buttons = (Choice("details", Say("documents.details")), Choice("redo", Say("documents.redo")), BACK, MENU)
            pages = [
                page
                for part in (told.main, told.details)
                for page in render.sms(Reply(part, buttons), guide.words, language)
            ]
            by_sms = render.letters(Reply(told.summary), guide.words, language)
            assert len(by_sms) <= MOST_LETTERS, (service.slug, path)
            for text in [*(page.text for page in pages), *by_sms]:
                assert measure(text).parts <= MOST_PARTS, (service.slug, path, text)


@pytest.mark.parametrize(
    ("value", "kk", "ru"),
    [
        (date(2026, 11, 26), "26 қараша, бейсенбі", "четверг, 26 ноября"),
        (datetime(2026, 11, 30, 9, 0), "30 қараша, дүйсенбі, 09:00", "понедельник, 30 ноября, 09:00"),
        (time(17, 30), "17:30", "17:30"),
        (5, "5", "5"),
    ],
)
def test_dates_are_said_as_people_say_them(value: date | time | int, kk: str, ru: str) -> None:
    assert spoken(value, Language.KK) == kk
    assert spoken(value, Language.RU) == ru


def test_a_text_may_stand_within_a_text(dialogue: Dialogue) -> None:
    inner = Say("special_transport_wheelchair.name")
    outer = Say("status.line", (("what", inner), ("stage", Say("status.short.queued"))))
    said = [dialogue.guide.words.say(outer, language, Surface.SMS) for language in Language]
    assert said == ["Кресло-арба: кезекте", "Кресло-коляска: в очереди"]
    assert hash(outer) == hash(Say(outer.id, outer.values))


def _locales(folder: Path, kk: str, ru: str) -> Path:
    for language, text in (("kk", kk), ("ru", ru)):
        place = folder / language / "LC_MESSAGES"
        place.mkdir(parents=True)
        (place / "messages.po").write_text(HEADER + text, "utf-8")
    return folder


def test_an_empty_text_is_refused_by_file_and_name(tmp_path: Path) -> None:
    folder = _locales(tmp_path, '\nmsgid "a"\nmsgstr ""\n', '\nmsgid "a"\nmsgstr "А"\n')
    with pytest.raises(WordsError, match=r"messages\.po: «a» has no text"):
        words.load(folder)


def test_a_text_that_one_language_lacks_is_refused_by_name(tmp_path: Path) -> None:
    folder = _locales(tmp_path, '\nmsgid "a"\nmsgstr "А"\n', '\nmsgid "b"\nmsgstr "Б"\n')
    with pytest.raises(WordsError, match="«a» is missing in ru"):
        words.load(folder)


def test_plural_forms_follow_the_language(tmp_path: Path) -> None:
    plural = (
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\nPlural-Forms: {}\\n"\n\n'
        'msgid "days"\nmsgid_plural "days"\n{}'
    )
    kk = plural.format("nplurals=2; plural=(n != 1);", 'msgstr[0] "{count} күн"\nmsgstr[1] "{count} күн"\n')
    ru = plural.format(
        "nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);",
        'msgstr[0] "{count} день"\nmsgstr[1] "{count} дня"\nmsgstr[2] "{count} дней"\n',
    )
    for language, text in (("kk", kk), ("ru", ru)):
        place = tmp_path / language / "LC_MESSAGES"
        place.mkdir(parents=True)
        (place / "messages.po").write_text(text, "utf-8")
    loaded: Words = words.load(tmp_path)
    said = [loaded.say(Say("days", count=n), Language.RU, Surface.SMS) for n in (1, 3, 5, 11, 21)]
    assert said == ["1 день", "3 дня", "5 дней", "11 дней", "21 день"]
    assert loaded.say(Say("days", count=5), Language.KK, Surface.CHAT) == "5 күн"

"""All texts are there in both languages, fit together, and fit into an SMS."""

from datetime import date, datetime, time
from pathlib import Path

import pytest

from dialogs import words
from dialogs.catalogue.catalogue import paths
from dialogs.dialogue import Dialogue
from dialogs.messages import Language, Say, Surface
from dialogs.render import SMS_UNITS
from dialogs.sms_length import units
from dialogs.words import Words, WordsError, spoken

LOCALES = Path(__file__).parents[2] / "locales"
LONGEST_LABEL = 40
HEADER = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n'


def test_both_languages_have_the_same_texts_with_the_same_placeholders(dialogue: Dialogue) -> None:
    texts = dialogue.guide.words
    for text in texts.ids():
        chat = texts.placeholders(text)
        assert chat[Language.KK, Surface.CHAT] == chat[Language.RU, Surface.CHAT], text
        for language in Language:
            assert chat[language, Surface.SMS] <= chat[language, Surface.CHAT], text


@pytest.mark.parametrize("language", Language)
def test_every_single_text_fits_into_one_portion_of_an_sms(dialogue: Dialogue, language: Language) -> None:
    longest = {"day": datetime(2026, 9, 30, 18, 30), "start": date(2026, 9, 30), "at": datetime(2026, 9, 30, 18, 30)}
    too_long = {}
    for text in dialogue.guide.words.ids():
        if text.startswith(("web.", "telegram.")):
            continue
        names = dialogue.guide.words.placeholders(text)[language, Surface.SMS]
        values = {name: longest.get(name, "0000000000") for name in names}
        count = 5 if names & {"count"} else None
        length = units(dialogue.guide.words.say(Say(text, tuple(values.items()), count), language, Surface.SMS))
        if length > SMS_UNITS - 20:
            too_long[text] = length
    assert too_long == {}


@pytest.mark.parametrize("language", Language)
def test_the_choices_of_a_question_stand_together_on_one_sms(dialogue: Dialogue, language: Language) -> None:
    for service in dialogue.guide.catalogue.services.values():
        for path in paths(service, date(2026, 11, 23)):
            for question in path:
                options = next(q.options for q in service.questions if q.id == question)
                label = [Say(f"option.{question}.{option}") for option in options]
                lines = [dialogue.guide.words.say(what, language, Surface.SMS) for what in label]
                assert max(map(len, lines)) <= LONGEST_LABEL, (question, lines)


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

"""The loader refuses a catalogue that cannot be trusted, and names the file and the field."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from dialogs import words
from dialogs.catalogue import loader
from dialogs.catalogue.catalogue import Catalogue
from dialogs.catalogue.loader import CatalogueError
from dialogs.words import WordsError

ROOT = Path(__file__).parents[3]
REHABILITATED = "services/rehabilitated_person_certificate.toml"
REGISTER = "services/provider_register.toml"
HOUSING = "services/housing_assistance.toml"


class Copy:
    """The real catalogue and its words, copied so that they can be broken."""

    def __init__(self, folder: Path) -> None:
        self.data = folder / "catalogue"
        self.locales = folder / "locales"
        shutil.copytree(loader.HERE, self.data, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
        shutil.copytree(ROOT / "locales", self.locales)

    def load(self) -> Catalogue:
        return loader.load(words.load(self.locales), self.data)

    def put(self, file: str, old: str, new: str) -> None:
        """Replace the first place where it stands in a file of the catalogue."""
        self._put(self.data / file, old, new)

    def put_word(self, language: str, file: str, old: str, new: str) -> None:
        self._put(self.locales / language / "LC_MESSAGES" / file, old, new)

    def put_words(self, file: str, old: str, new: str) -> None:
        """The same in both languages."""
        for language in ("kk", "ru"):
            self.put_word(language, file, old, new)

    def put_fact(self, file: str, fact: str, old: str, new: str) -> None:
        """Replace inside the first wording of one fact."""
        path = self.data / file
        head, start, rest = path.read_text("utf-8").partition(f'[[facts]]\nid = "{fact}"\n')
        body, end, tail = rest.partition("\n[[facts]]")
        assert old in body, f"{fact}: {old}"
        path.write_text(head + start + body.replace(old, new, 1) + end + tail, "utf-8")

    @staticmethod
    def _put(path: Path, old: str, new: str) -> None:
        text = path.read_text("utf-8")
        assert old in text, f"{path.name}: {old}"
        path.write_text(text.replace(old, new, 1), "utf-8")


@pytest.fixture(name="copy")
def _copy(tmp_path: Path) -> Copy:
    return Copy(tmp_path)


def test_an_unbroken_copy_is_read(copy: Copy) -> None:
    assert copy.load().services["provider_register"].number == 20


def _missing_words(copy: Copy) -> None:
    copy.put_words("provider_register.po", 'msgid "provider_register.consent"', 'msgid "provider_register.other"')


def _missing_name(copy: Copy) -> None:
    copy.put_words("provider_register.po", 'msgid "provider_register.name"', 'msgid "provider_register.other"')


def _missing_source(copy: Copy) -> None:
    copy.put_fact(REGISTER, "consent", 'source = { act = "205", at = "¶7", wording = 2025-04-07 }', "")


def _unknown_act(copy: Copy) -> None:
    copy.put_fact(REGISTER, "consent", 'act = "205"', 'act = "999"')


def _empty_place(copy: Copy) -> None:
    copy.put_fact(REGISTER, "consent", 'at = "¶7"', 'at = " "')


def _unknown_field(copy: Copy) -> None:
    copy.put_fact(REGISTER, "consent", 'kind = "risk"', 'kind = "risk"\ncolour = "red"')


def _misspelt_kind(copy: Copy) -> None:
    copy.put_fact(REGISTER, "consent", 'kind = "risk"', 'kind = "danger"')


def _repealed_source(copy: Copy) -> None:
    copy.put_fact(REGISTER, "consent", 'act = "205"', 'act = "9-of-2022"')


def _outdated_article(copy: Copy) -> None:
    copy.put_fact(REGISTER, "consent", 'act = "205"', 'act = "article-local-aid"')


def _article_in_force(copy: Copy) -> None:
    copy.put_fact(REGISTER, "consent", 'act = "205"', 'act = "article-rehab"')


def _two_wordings(copy: Copy) -> None:
    copy.put_fact(REHABILITATED, "term", "until = 2026-03-31", "until = 2026-04-01")


def _ends_before_it_begins(copy: Copy) -> None:
    copy.put_fact(REHABILITATED, "term", "until = 2026-03-31", "until = 2021-03-31")


def _unknown_option(copy: Copy) -> None:
    copy.put_fact(HOUSING, "rent", 'housing_home = ["rented"]', 'housing_home = ["hired"]')


def _option_nobody_knows(copy: Copy) -> None:
    copy.put(HOUSING, 'options = ["own", "state", "rented"]', 'options = ["own", "state", "hired"]')


def _question_not_asked(copy: Copy) -> None:
    copy.put_fact(HOUSING, "rent", 'housing_home = ["rented"]', 'veteran = ["no"]')


def _unknown_question(copy: Copy) -> None:
    copy.put(HOUSING, '[[questions]]\nid = "housing_home"', '[[questions]]\nid = "dwelling"')


def _value_without_a_place(copy: Copy) -> None:
    copy.put_fact(HOUSING, "rent", 'kind = "bring"', 'kind = "bring"\nvalues = { tenge = 1 }')


def _place_without_a_value(copy: Copy) -> None:
    copy.put_fact(HOUSING, "norm_area", "{ person = 18, single = 30 }", "{ person = 18 }")


def _term_without_days(copy: Copy) -> None:
    copy.put_fact(HOUSING, "term", "days = 6", "")


def _days_without_a_term(copy: Copy) -> None:
    copy.put_fact(REGISTER, "consent", 'kind = "risk"', 'kind = "risk"\ndays = 5')


def _unknown_office(copy: Copy) -> None:
    copy.put_fact(REGISTER, "where", 'office = "social_portal"', 'office = "town_hall"')


def _duplicate_number(copy: Copy) -> None:
    copy.put(REGISTER, "number = 20", "number = 15")


def _other_slug(copy: Copy) -> None:
    copy.put(REGISTER, 'slug = "provider_register"', 'slug = "register"')


def _no_synonyms(copy: Copy) -> None:
    path = copy.data / REGISTER
    path.write_text(re.sub(r"ru = \[.*?\]", "ru = []", path.read_text("utf-8"), count=1, flags=re.DOTALL), "utf-8")


def _nobody_to_ask(copy: Copy) -> None:
    copy.put_fact(REGISTER, "no_vacancies", 'kind = "unknown"', 'kind = "risk"')


def _no_toml(copy: Copy) -> None:
    copy.put(REGISTER, "number = 20", "number = ")


def _office_without_a_name(copy: Copy) -> None:
    copy.put_words("offices.po", 'msgid "office.akim"', 'msgid "office.mayor"')


def _office_without_a_source(copy: Copy) -> None:
    copy.put("offices.toml", 'act = "84"', 'act = "999"')


def _question_without_words(copy: Copy) -> None:
    copy.put_words("questions.po", 'msgid "option.housing_home.own"', 'msgid "option.housing_home.mine"')


BROKEN: list[tuple[Callable[[Copy], None], str]] = [
    (
        _missing_words,
        "provider_register.toml: facts.consent.text: «provider_register.consent» has no words",
    ),
    (_missing_name, "provider_register.toml: name: «provider_register.name» has no words"),
    (_missing_source, "provider_register.toml: Object missing required field `source`"),
    (_unknown_act, "provider_register.toml: facts.consent.source.act: «999» is not in acts.toml"),
    (_empty_place, "provider_register.toml: facts.consent.source.at: empty"),
    (_unknown_field, "provider_register.toml: Object contains unknown field `colour`"),
    (_misspelt_kind, "provider_register.toml: Invalid enum value 'danger'"),
    (
        _repealed_source,
        "provider_register.toml: facts.consent.source: act 9-of-2022 was repealed on 2023-07-01 by 263",
    ),
    (_outdated_article, "provider_register.toml: facts.consent.source: act article-local-aid was repealed"),
    (_article_in_force, "provider_register.toml: facts.consent.status: «in_force», but the source is an article"),
    (_two_wordings, "rehabilitated_person_certificate.toml: facts.term.from: two wordings hold on the same day"),
    (_ends_before_it_begins, "rehabilitated_person_certificate.toml: facts.term.until: before «from»"),
    (_unknown_option, "housing_assistance.toml: facts.rent.when.housing_home: «hired» is not an option here"),
    (
        _option_nobody_knows,
        "housing_assistance.toml: questions.housing_home.options: «hired» is not in questions",
    ),
    (_question_not_asked, "housing_assistance.toml: facts.rent.when: «veteran» is not asked by this service"),
    (_unknown_question, "housing_assistance.toml: questions.dwelling: not in questions.toml"),
    (_value_without_a_place, "housing_assistance.toml: facts.rent.text: value «tenge» is not mentioned"),
    (_place_without_a_value, "facts.norm_area.text: «housing_assistance.norm_area» (kk, chat) mentions {single}"),
    (_term_without_days, "housing_assistance.toml: facts.term.days: goes with kind «term»"),
    (_days_without_a_term, "provider_register.toml: facts.consent.days: goes with kind «term», and only with it"),
    (_unknown_office, "provider_register.toml: facts.where.office: «town_hall» is not in offices.toml"),
    (_duplicate_number, "housing_assistance.toml: number: 15 belongs to provider_register"),
    (_other_slug, "provider_register.toml: slug: says «register»"),
    (_no_synonyms, "provider_register.toml: synonyms: words in kk and in ru are needed"),
    (_nobody_to_ask, "provider_register.toml: facts: none of kind «unknown»"),
    (_no_toml, "provider_register.toml: Invalid value"),
    (_office_without_a_name, "offices.toml: akim: «office.akim» has no words in both languages"),
    (_office_without_a_source, "offices.toml: state_corp.source.act: «999» is not in acts.toml"),
    (_question_without_words, "questions.toml: housing_home.own: «option.housing_home.own» has no words"),
]


@pytest.mark.parametrize(
    ("break_it", "message"),
    BROKEN,
    ids=[break_it.__name__.strip("_").replace("_", " ") for break_it, _ in BROKEN],
)
def test_what_cannot_be_trusted_is_refused_by_file_and_field(
    copy: Copy, break_it: Callable[[Copy], None], message: str
) -> None:
    break_it(copy)
    with pytest.raises(CatalogueError) as refused:
        copy.load()
    assert message in str(refused.value)


def test_a_placeholder_that_stands_in_one_language_only_is_refused_by_language(copy: Copy) -> None:
    copy.put_word("ru", "housing_assistance.po", "{single}", "{alone}")
    with pytest.raises(CatalogueError, match=r"facts\.norm_area\.text: .*\(ru, chat\) mentions \{alone\}"):
        copy.load()


@pytest.mark.parametrize("language", ["kk", "ru"])
def test_a_translation_that_is_missing_is_refused_by_id(copy: Copy, language: str) -> None:
    copy.put_word(
        language, "provider_register.po", 'msgid "provider_register.consent"\n', 'msgid "provider_register.moved"\n'
    )
    with pytest.raises((CatalogueError, WordsError), match=r"«provider_register\.(consent|moved)»"):
        copy.load()


@pytest.mark.parametrize("language", ["kk", "ru"])
def test_words_left_empty_are_refused_by_file_and_id(copy: Copy, language: str) -> None:
    path = copy.locales / language / "LC_MESSAGES" / "provider_register.po"
    text = re.sub(r'(msgid "provider_register\.consent"\nmsgstr )".*"', r'\1""', path.read_text("utf-8"))
    path.write_text(text, "utf-8")
    with pytest.raises(WordsError, match=r"provider_register\.po: «provider_register\.consent» has no text"):
        copy.load()


def test_a_text_that_stands_in_two_files_is_refused(copy: Copy) -> None:
    copy.put_word("ru", "provider_register.po", 'msgid "provider_register.consent"', 'msgid "price.free"')
    with pytest.raises(WordsError, match=r"«price\.free» stands in two files"):
        copy.load()

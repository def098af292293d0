"""What holds for every service: sound sources, complete answers, questions worth asking, no loose numbers."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from itertools import combinations
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from dialogs.catalogue import loader
from dialogs.catalogue.catalogue import Catalogue, facts_for, facts_on, paths
from dialogs.catalogue.schema import Fact, Kind, Service, Status

LOCALES = Path(__file__).parents[3] / "locales"
TODAY = date(2026, 11, 21)
SLUGS = sorted(file.stem for file in (loader.HERE / "services").glob("*.toml"))

OFFICIAL_SINCE = {
    "article-prosthetic": date(2026, 5, 26),
    "article-hygiene": date(2026, 5, 26),
    "article-tiflo": date(2026, 5, 26),
    "article-surdo": date(2026, 5, 26),
    "article-288": date(2026, 5, 26),
    "article-286": date(2026, 5, 26),
    "article-homeschool": date(2026, 5, 26),
    "article-rehab": date(2026, 4, 1),
    "article-428": date(2026, 6, 30),
    "article-nuclear": date(2025, 9, 30),
}
"""From these days the official list was read: papers, term, price and place no longer rest on the article."""
OF_THE_LIST = {Kind.BRING, Kind.TERM, Kind.PRICE, Kind.WHERE}

ALLOWED_DIGITS = ["8 800 080 7777", "1414", "102"]
"""Phone numbers. Every other number belongs to an act, and so to the values of a fact."""


def last_day(fact: Fact) -> date:
    return min(fact.until or TODAY, TODAY)


@pytest.fixture(name="service", params=SLUGS)
def _service(request: pytest.FixtureRequest, catalogue: Catalogue) -> Service:
    return catalogue.services[request.param]


def test_no_fact_rests_on_an_act_that_is_repealed_on_its_days(service: Service, catalogue: Catalogue) -> None:
    for fact in service.facts:
        for source in (fact.source, *fact.also):
            repealed = catalogue.acts[source.act].repealed
            assert repealed is None or (fact.until is not None and fact.until < repealed), f"{fact.id}: {source.act}"


def test_no_fact_is_older_than_its_act(service: Service, catalogue: Catalogue) -> None:
    for fact in service.facts:
        act = catalogue.acts[fact.source.act]
        assert act.article or fact.since >= act.of, (
            f"{fact.id}: {fact.since} is before order {act.number} of {act.of}"
        )


def test_no_list_rests_on_an_article_once_the_official_text_was_read(service: Service) -> None:
    for fact in service.facts:
        official = OFFICIAL_SINCE.get(fact.source.act)
        if official is not None and fact.kind in OF_THE_LIST and fact.status is not Status.GAP:
            assert fact.until is not None, f"{fact.id}: {fact.source.act}"
            assert fact.until < official, f"{fact.id}: {fact.source.act}"


def test_an_article_is_never_said_as_if_it_were_the_act(service: Service, catalogue: Catalogue) -> None:
    for fact in service.facts:
        if catalogue.acts[fact.source.act].article:
            assert fact.status is not Status.IN_FORCE, fact.id


def test_adjoining_wordings_leave_no_gap_between_them(service: Service) -> None:
    for one, other in combinations(service.facts, 2):
        if one.id == other.id:
            first, second = sorted((one, other), key=lambda fact: fact.since)
            assert first.until is not None
            between = [f for f in service.facts if f.id == one.id and first.until < f.since < second.since]
            assert between or second.since == first.until + timedelta(1), one.id


def test_every_office_named_is_known_on_the_days_of_the_fact(service: Service, catalogue: Catalogue) -> None:
    for fact in service.facts:
        if fact.office is not None:
            for day in (fact.since, last_day(fact)):
                assert catalogue.office(fact.office, day), fact.id


def test_every_way_through_the_questions_says_who_where_and_what_is_not_known(service: Service) -> None:
    for answers in paths(service, TODAY):
        kinds = {fact.kind for fact in facts_for(service, answers, TODAY)}
        assert kinds >= {Kind.WHO, Kind.WHERE, Kind.UNKNOWN}, answers


def test_every_way_through_the_questions_says_what_to_bring_and_till_when(service: Service) -> None:
    for answers in paths(service, TODAY):
        facts = facts_for(service, answers, TODAY)
        kinds = {fact.kind for fact in facts}
        explained = any(fact.id == "no_papers" or fact.id.startswith("unknown") for fact in facts)
        assert Kind.BRING in kinds or explained, answers
        assert Kind.TERM in kinds or explained, answers
        assert Kind.PRICE in kinds or explained, answers


def test_no_two_facts_of_one_answer_say_the_same(service: Service) -> None:
    for answers in paths(service, TODAY):
        texts = [fact.text or fact.id for fact in facts_for(service, answers, TODAY)]
        assert len(texts) == len(set(texts)), (answers, sorted(t for t in texts if texts.count(t) > 1))


def test_every_question_asked_changes_what_the_person_is_told(service: Service) -> None:
    ways = [
        (answers, frozenset(f.id for f in facts_for(service, answers, TODAY))) for answers in paths(service, TODAY)
    ]
    for question in service.questions:
        outcomes: dict[tuple[tuple[str, str], ...], dict[str, set[frozenset[str]]]] = {}
        for answers, told in ways:
            if question.id in answers:
                before = tuple(answers.items())[: list(answers).index(question.id)]
                outcomes.setdefault(before, {}).setdefault(answers[question.id], set()).add(told)
        assert outcomes, f"{question.id} is never asked"
        for before, options in outcomes.items():
            assert set(options) == set(question.options), f"{question.id}: an option cannot be reached"
            told_by = list(options.values())
            assert any(one != other for one, other in combinations(told_by, 2)), f"{question.id} after {before}"


def test_every_fact_in_force_is_told_to_somebody(service: Service) -> None:
    told = {fact.id for answers in paths(service, TODAY) for fact in facts_for(service, answers, TODAY)}
    assert told == {fact.id for fact in facts_on(service, TODAY)}


@cache
def _templates(language: str) -> dict[str, list[str]]:
    """Every text of one language in all its forms, for chat and for SMS."""
    found: dict[str, list[str]] = {}
    for file in sorted((LOCALES / language / "LC_MESSAGES").glob("*.po")):
        with file.open("rb") as stream:
            for message in read_po(stream, locale=language):
                if isinstance(message.id, str) and isinstance(message.string, str):
                    found.setdefault(message.id, []).append(message.string)
    return found


def _texts(service: Service) -> Iterator[str]:
    yield from (f"{service.slug}.{part}" for part in ("name", "official", "about"))
    yield from (fact.text or f"{service.slug}.{fact.id}" for fact in service.facts)


@pytest.mark.parametrize("language", ["kk", "ru"])
def test_every_number_in_a_text_comes_from_the_values_of_its_fact(service: Service, language: str) -> None:
    for text in _texts(service):
        for template in _templates(language)[text]:
            bare = re.sub(r"\{\w+\}", "", template)
            for allowed in ALLOWED_DIGITS:
                bare = bare.replace(allowed, "")
            assert not re.search(r"\d", bare), f"{text}: {template}"


@pytest.mark.parametrize("language", ["kk", "ru"])
def test_lines_of_a_list_have_no_full_stop_and_sentences_have_one(service: Service, language: str) -> None:
    for fact in service.facts:
        for template in _templates(language)[fact.text or f"{service.slug}.{fact.id}"]:
            line = fact.kind in {Kind.BRING, Kind.SYSTEMS, Kind.IF_ABSENT}
            assert template.endswith(".") != line, f"{fact.id}: {template}"

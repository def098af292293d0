"""Reads the catalogue and refuses what cannot be trusted, naming file and field."""

from collections.abc import Iterator, Mapping
from datetime import date
from itertools import combinations
from pathlib import Path

from dialogs.catalogue import law_files
from dialogs.catalogue.catalogue import Catalogue, QuestionKind
from dialogs.catalogue.schema import Act, Condition, Fact, Kind, Office, Service, Source, Status
from dialogs.words import Words

HERE = Path(__file__).parent


class CatalogueError(Exception):
    """The catalogue is wrong. The message names file and field."""


def load(words: Words, folder: Path = HERE) -> Catalogue:
    acts = law_files.read(folder / "acts.toml", dict[str, Act], CatalogueError)
    questions = law_files.read(folder / "questions.toml", dict[str, QuestionKind], CatalogueError)
    offices = law_files.read(folder / "offices.toml", dict[str, list[Office]], CatalogueError)["office"]
    checks = _Checks(acts, questions, {office.id for office in offices}, words)
    services = {}
    for file in sorted((folder / "services").glob("*.toml")):
        service = law_files.read(file, Service, CatalogueError)
        _refuse(file.name, checks.service(service, file.stem))
        services[service.slug] = service
    for one, other in combinations(services.values(), 2):
        if one.number == other.number:
            raise CatalogueError(f"{one.slug}.toml: number: {one.number} belongs to {other.slug}")
    _refuse("offices.toml", checks.offices(offices))
    _refuse("questions.toml", checks.questions())
    return Catalogue(services, acts, questions, offices)


def _refuse(file: str, problems: Iterator[str]) -> None:
    if problem := next(problems, None):
        raise CatalogueError(f"{file}: {problem}")


class _Checks:
    """Each check yields what is wrong; the first one found is shown."""

    def __init__(
        self, acts: Mapping[str, Act], questions: Mapping[str, QuestionKind], offices: set[str], words: Words
    ) -> None:
        self._acts = acts
        self._questions = questions
        self._offices = offices
        self._words = words

    def service(self, service: Service, stem: str) -> Iterator[str]:
        if service.slug != stem:
            yield f"slug: says «{service.slug}»"
        for name in ("name", "official", "about"):
            yield from self._text(f"{service.slug}.{name}", {}, name)
        if set(service.synonyms) != {"kk", "ru"} or not all(service.synonyms.values()):
            yield "synonyms: words in kk and in ru are needed"
        for question in service.questions:
            where = f"questions.{question.id}"
            known = self._questions.get(question.id)
            if known is None:
                yield f"{where}: not in questions.toml"
                continue
            for option in question.options:
                if option not in known.options:
                    yield f"{where}.options: «{option}» is not in questions.toml"
            yield from self._condition(question.when, service, f"{where}.when")
        for fact in service.facts:
            yield from self._fact(fact, service)
        for one, other in combinations(service.facts, 2):
            if one.id == other.id and not _apart(one, other):
                yield f"facts.{one.id}.from: two wordings hold on the same day"
        if not any(fact.kind is Kind.UNKNOWN for fact in service.facts):
            yield "facts: none of kind «unknown»: every service says where to ask"

    def _fact(self, fact: Fact, service: Service) -> Iterator[str]:
        where = f"facts.{fact.id}"
        for source in (fact.source, *fact.also):
            yield from self._source(source, where)
        act = self._acts.get(fact.source.act)
        if act is not None and act.repealed and (fact.until is None or fact.until >= act.repealed):
            yield f"{where}.source: act {fact.source.act} was repealed on {act.repealed} by {act.by}"
        if act is not None and act.article and fact.status is Status.IN_FORCE:
            yield f"{where}.status: «in_force», but the source is an article"
        if fact.until is not None and fact.until < fact.since:
            yield f"{where}.until: before «from»"
        if (fact.kind is Kind.TERM) != (fact.days is not None):
            yield f"{where}.days: goes with kind «term», and only with it"
        if fact.from_filing and fact.kind is not Kind.TERM:
            yield f"{where}.from_filing: goes with kind «term» only"
        if fact.longer and fact.kind is not Kind.TERM:
            yield f"{where}.longer: goes with kind «term» only"
        if fact.office is not None and fact.office not in self._offices:
            yield f"{where}.office: «{fact.office}» is not in offices.toml"
        yield from self._condition(fact.when, service, f"{where}.when")
        values = dict(fact.values) if fact.days is None else {**fact.values, "days": fact.days}
        yield from self._text(fact.text or f"{service.slug}.{fact.id}", values, f"{where}.text")

    def _condition(self, when: Condition, service: Service, where: str) -> Iterator[str]:
        asked = {question.id: question.options for question in service.questions}
        for question, allowed in when.items():
            if question not in asked:
                yield f"{where}: «{question}» is not asked by this service"
            elif unknown := set(allowed) - set(asked[question]):
                yield f"{where}.{question}: «{min(unknown)}» is not an option here"

    def _source(self, source: Source, where: str) -> Iterator[str]:
        if source.act not in self._acts:
            yield f"{where}.source.act: «{source.act}» is not in acts.toml"
        if not source.at.strip():
            yield f"{where}.source.at: empty"

    def _text(self, text: str, values: Mapping[str, object], where: str) -> Iterator[str]:
        if not self._words.has(text):
            yield f"{where}: «{text}» has no words in both languages"
            return
        for (language, surface), found in self._words.placeholders(text).items():
            if unknown := found - set(values):
                placed = f"«{text}» ({language}, {surface})"
                yield f"{where}: {placed} mentions {{{min(unknown)}}}, the fact has no such value"
        used = frozenset[str]().union(*self._words.placeholders(text).values())
        if unused := set(values) - used - {"days"}:
            yield f"{where}: value «{min(unused)}» is not mentioned by «{text}»"

    def offices(self, offices: list[Office]) -> Iterator[str]:
        for office in offices:
            yield from self._source(office.source, office.id)
            yield from self._text(f"office.{office.id}", {}, office.id)

    def questions(self) -> Iterator[str]:
        for question, kind in self._questions.items():
            yield from self._text(f"question.{question}", {}, question)
            for option in kind.options:
                yield from self._text(f"option.{question}.{option}", {}, f"{question}.{option}")


def _apart(one: Fact, other: Fact) -> bool:
    last = date.max
    return (one.until or last) < other.since or (other.until or last) < one.since

"""What the law says on a given day, for a given case."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import lru_cache

from msgspec import Struct

from dialogs.catalogue.schema import Act, Condition, Fact, Kind, Office, Question, Service, Status

Answers = Mapping[str, str]


class QuestionKind(Struct, frozen=True, forbid_unknown_fields=True):
    """A question that several services may ask. Its words are `question.{id}` and `option.{id}.{option}`."""

    options: list[str]
    personal: bool
    """Asked only after the person agreed to the privacy notice."""


class Catalogue:
    def __init__(
        self,
        services: Mapping[str, Service],
        acts: Mapping[str, Act],
        questions: Mapping[str, QuestionKind],
        offices: list[Office],
    ) -> None:
        self.services = services
        self.acts = acts
        self.questions = questions
        self.offices = offices
        self._numbered = {str(s.number): s for s in services.values()}

    def numbered(self, number: str) -> Service | None:
        return self._numbered.get(number)

    def in_group(self, group: str) -> list[Service]:
        members = [s for s in self.services.values() if s.group == group]
        return sorted(members, key=lambda s: s.number)

    def office(self, office: str, on: date) -> Office:
        return next(o for o in self.offices if o.id == office and _valid(o.since, o.until, on))


def facts_on(service: Service, on: date) -> list[Fact]:
    """The wording in force on that day."""
    return [fact for fact in service.facts if _valid(fact.since, fact.until, on)]


def facts_for(service: Service, answers: Answers, on: date) -> list[Fact]:
    """What holds for this person's case, in the order in which it is said."""
    return list(_facts_for(service, tuple(answers.items()), on))


@lru_cache(maxsize=4096)
def _facts_for(service: Service, answers: tuple[tuple[str, str], ...], on: date) -> tuple[Fact, ...]:
    facts = [fact for fact in facts_on(service, on) if _holds(fact.when, dict(answers))]
    return tuple(sorted(facts, key=lambda fact: list(Kind).index(fact.kind)))


def facts_possible(service: Service, answers: Answers, on: date) -> list[tuple[Fact, bool]]:
    """What may hold whatever else is answered, and of each fact whether it surely does."""
    facts = [(fact, _holds(fact.when, answers)) for fact in facts_on(service, on) if _possible(fact.when, answers)]
    return sorted(facts, key=lambda pair: list(Kind).index(pair[0].kind))


def careful(fact: Fact, on: date) -> bool:
    """Whether the fact is said with care: «the office will confirm»."""
    if fact.status in (Status.ARTICLE, Status.UNCERTAIN):
        return True
    return fact.sure_until is not None and on > fact.sure_until


def next_question(service: Service, answers: Answers, on: date) -> Question | None:
    """The first unanswered question whose answer still changes what the person is told."""
    return _next_question(service, tuple(answers.items()), on)


@lru_cache(maxsize=4096)
def _next_question(service: Service, given: tuple[tuple[str, str], ...], on: date) -> Question | None:
    answers = dict(given)
    facts = facts_on(service, on)
    for question in service.questions:
        if question.id in answers or not _holds(question.when, answers):
            continue
        if _matters(question.id, service, facts, answers):
            return question
    return None


def _matters(question: str, service: Service, facts: Iterable[Fact], answers: Answers) -> bool:
    """Directly, because some fact that may still hold depends on it; or because a later question does."""
    if any(question in fact.when and _possible(fact.when, answers) for fact in facts):
        return True
    later = (q for q in service.questions if question in q.when and _possible(q.when, answers))
    return any(_matters(q.id, service, facts, answers) for q in later)


def _possible(when: Condition, answers: Answers) -> bool:
    return all(question not in answers or answers[question] in allowed for question, allowed in when.items())


def _holds(when: Condition, answers: Answers) -> bool:
    return all(answers.get(question) in allowed for question, allowed in when.items())


def _valid(since: date, until: date | None, on: date) -> bool:
    return since <= on and (until is None or on <= until)


def paths(service: Service, on: date) -> Iterator[dict[str, str]]:
    """Every way through the questions of a service: what the tests walk."""
    waiting: list[dict[str, str]] = [{}]
    while waiting:
        answers = waiting.pop(0)
        question = next_question(service, answers, on)
        if question is None:
            yield answers
        else:
            waiting.extend({**answers, question.id: option} for option in question.options)

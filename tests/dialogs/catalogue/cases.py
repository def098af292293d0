"""What a person answers, and what must be told then: one line of a table in the tests of the services."""

from datetime import date

from msgspec import Struct

from dialogs.catalogue.catalogue import Catalogue, facts_for, paths
from dialogs.catalogue.schema import Fact, Kind

TODAY = date(2026, 11, 21)  # Saturday


class Case(Struct, frozen=True):
    source: str
    slug: str
    answers: str
    bring: str
    if_absent: str = ""
    days: int | None = None
    day: date = TODAY


def told(catalogue: Catalogue, slug: str, answers: str, day: date = TODAY) -> list[Fact]:
    """Refuses answers that no person could give."""
    case = dict(pair.split("=") for pair in answers.split())
    service = catalogue.services[slug]
    assert case in list(paths(service, day)), f"{slug}: nobody is asked this way: {answers}"
    return facts_for(service, case, day)


def ids(facts: list[Fact], kind: Kind) -> list[str]:
    """In the order in which they are told."""
    return [fact.id for fact in facts if fact.kind is kind]


def must_hold(catalogue: Catalogue, case: Case) -> None:
    """Exactly these papers in this order, and the answer within so many working days."""
    facts = told(catalogue, case.slug, case.answers, case.day)
    assert ids(facts, Kind.BRING) == case.bring.split()
    assert ids(facts, Kind.IF_ABSENT) == case.if_absent.split()
    assert [fact.days for fact in facts if fact.kind is Kind.TERM] == ([] if case.days is None else [case.days])

"""The list of papers and all that goes with it, put together from the facts that hold for one case."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time

from msgspec import structs

from dialogs.catalogue.catalogue import careful
from dialogs.catalogue.schema import Fact, Kind, Office, Service
from dialogs.hours import State, counted_from, opening
from dialogs.messages import Say, say
from dialogs.talk import Talk

LISTS = {Kind.SYSTEMS: "answer.systems", Kind.IF_ABSENT: "answer.if_absent"}
DETAILS = (Kind.WHO, Kind.WAIT, Kind.RESULT, Kind.GOOD_TO_KNOW, Kind.RISK, Kind.UNKNOWN)


def papers(facts: Iterable[Fact]) -> list[Fact]:
    return [fact for fact in facts if fact.kind is Kind.BRING]


def main(talk: Talk, service: Service, facts: list[Fact]) -> tuple[Say, ...]:
    """What to bring, what not, until when, what it costs, where."""
    lines = [Say(f"{service.slug}.name"), *_bring(talk, service, facts)]
    for kind, heading in LISTS.items():
        if members := [fact for fact in facts if fact.kind is kind]:
            lines += [Say(heading), *(_fact(fact, service, talk, item=True) for fact in members)]
    lines += _term(talk, service, facts)
    lines += [_fact(fact, service, talk) for fact in facts if fact.kind is Kind.PRICE]
    for fact in facts:
        if fact.kind is Kind.WHERE:
            lines.append(_fact(fact, service, talk))
            if fact.office:
                lines += hours(talk, talk.guide.catalogue.office(fact.office, talk.now.date()))
    return _with_care(lines)


def details(talk: Talk, service: Service, facts: list[Fact]) -> tuple[Say, ...]:
    """For whom, how it goes on, what can go wrong, what the assistant does not know."""
    lines = [Say(f"{service.slug}.official"), Say(f"{service.slug}.about")]
    lines += [_fact(fact, service, talk) for kind in DETAILS for fact in facts if fact.kind is kind]
    return _with_care(lines)


def summary(talk: Talk, service: Service, facts: list[Fact]) -> tuple[Say, ...]:
    """The list alone, to be kept in a phone."""
    return _with_care([Say(f"{service.slug}.name"), *_bring(talk, service, facts), *_term(talk, service, facts)])


def hours(talk: Talk, office: Office) -> Iterator[Say]:
    """Whether it is open right now."""
    found = opening(office, talk.guide.workdays, talk.now)
    if found.state is State.ALWAYS_OPEN:
        yield Say("hours.always")
    elif found.state is State.UNKNOWN:
        if talk.guide.words.has(f"office.{office.id}.hours"):
            yield Say(f"office.{office.id}.hours")
    elif found.until is not None:
        at: time | datetime = found.until.time() if found.until.date() == talk.now.date() else found.until
        to_lunch = found.state is State.OPEN and found.until != found.closes
        yield say("hours.open_to_lunch" if to_lunch else f"hours.{found.state}", at=at)


def _bring(talk: Talk, service: Service, facts: list[Fact]) -> Iterator[Say]:
    members = papers(facts)
    if not members:
        if papers(service.facts):
            yield Say("answer.bring_nothing")
        return
    ticked = talk.session.ticks.get(service.slug, ())
    yield Say("answer.bring")
    for number, fact in enumerate(members, 1):
        yield structs.replace(_fact(fact, service, talk, item=True), number=number, ticked=fact.id in ticked)


def _term(talk: Talk, service: Service, facts: list[Fact]) -> Iterator[Say]:
    terms = [fact for fact in facts if fact.kind is Kind.TERM]
    if not terms and any(fact.kind is Kind.TERM for fact in service.facts):
        yield Say("answer.term_unknown")
    for fact in terms:
        yield _fact(fact, service, talk)
        if fact.days is not None:
            yield _due(talk, facts, fact.days)


def _due(talk: Talk, facts: list[Fact], days: int) -> Say:
    """The day by which an answer is due if the papers are handed in at the next chance."""
    today = talk.now.date()
    places = [fact.office for fact in facts if fact.kind is Kind.WHERE and fact.office]
    start: date = talk.guide.workdays.next_working(today)
    if places:
        start = counted_from(talk.guide.catalogue.office(places[0], today), talk.guide.workdays, talk.now)
    due = talk.guide.workdays.add(start, days)
    if start == today:
        return say("answer.due", day=due)
    return say("answer.due_later", start=start, day=due)


def _fact(fact: Fact, service: Service, talk: Talk, *, item: bool = False) -> Say:
    return Say(
        fact.text or f"{service.slug}.{fact.id}",
        (*fact.values.items(), ("days", fact.days)) if fact.days is not None else tuple(fact.values.items()),
        item=item,
        careful=careful(fact, talk.now.date()),
    )


def _with_care(lines: list[Say]) -> tuple[Say, ...]:
    return (*lines, Say("answer.careful")) if any(line.careful for line in lines) else tuple(lines)

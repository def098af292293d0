"""The list of papers and all that goes with it, put together from the facts that hold for one case."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from functools import cached_property, lru_cache

from msgspec import Struct, structs

from dialogs.catalogue.catalogue import careful, facts_for, facts_possible
from dialogs.catalogue.schema import Fact, Kind, Office, Service
from dialogs.hours import State, counted_from, opening
from dialogs.messages import Say, say
from dialogs.talk import Case, Guide, Talk

LISTS = {Kind.SYSTEMS: "answer.systems", Kind.IF_ABSENT: "answer.if_absent"}
ONLINE = ("egov", "portal")
"""Channels to which nothing is carried."""
DETAILS = {
    Kind.WHO: "answer.who",
    Kind.WAIT: "answer.wait",
    Kind.RESULT: "answer.result",
    Kind.GOOD_TO_KNOW: "answer.good_to_know",
    Kind.RISK: "answer.risk",
    Kind.UNKNOWN: "answer.unknown",
}


class Asked(Struct, frozen=True):
    """All that a sheet depends on."""

    guide: Guide
    service: Service
    answers: tuple[tuple[str, str], ...]
    general: bool
    ticked: tuple[str, ...]
    now: datetime
    edition: int
    """Of the calendar."""


def sheet(talk: Talk, case: Case) -> "Sheet":
    """The same case is told to many, and to one person portion by portion: it is put together once a minute."""
    session = talk.session
    ticked, edition = tuple(session.ticks.get(case.service.slug, ())), talk.guide.workdays.edition
    minute = talk.now.replace(second=0, microsecond=0)
    return _sheet(
        Asked(talk.guide, case.service, tuple(case.answers.items()), session.general, ticked, minute, edition)
    )


class Sheet:
    """What is told about one case. Whoever would not be asked about themselves hears all that may be needed."""

    def __init__(self, asked: Asked) -> None:
        self._guide = asked.guide
        self._service = asked.service
        self._ticked = asked.ticked
        self._now = asked.now
        self._today = asked.now.date()
        answers = dict(asked.answers)
        self._online = answers.get("channel") in ONLINE
        if asked.general:
            told = facts_possible(asked.service, answers, self._today)
        else:
            told = [(fact, True) for fact in facts_for(asked.service, answers, self._today)]
        self._facts = [fact for fact, _ in told]
        self._unsure = {fact.id for fact, sure in told if not sure}

    def of(self, kind: Kind) -> list[Fact]:
        return [fact for fact in self._facts if fact.kind is kind]

    @cached_property
    def main(self) -> tuple[Say, ...]:
        """What to bring, what not, until when, what it costs, where."""
        lines = [self._name(), *self._bring(), *self._lists(LISTS), *self._term()]
        lines += [self._told(fact) for fact in self.of(Kind.PRICE)]
        for fact in self.of(Kind.WHERE):
            lines.append(self._told(fact))
            if fact.office:
                lines += hours(self._guide, self._office(fact.office), self._now)
        return _with_care(lines)

    @cached_property
    def details(self) -> tuple[Say, ...]:
        """For whom, how it goes on, what can go wrong, what the assistant does not know."""
        about = [Say(f"{self._service.slug}.official"), Say(f"{self._service.slug}.about")]
        return _with_care([*about, *self._lists(DETAILS)])

    @cached_property
    def summary(self) -> tuple[Say, ...]:
        """The list alone, to be kept in a phone."""
        return _with_care([self._name(), *self._bring(), *self._term()])

    def _lists(self, headings: Mapping[Kind, str]) -> Iterator[Say]:
        for kind, heading in headings.items():
            if members := self.of(kind):
                yield Say(heading)
                yield from (self._item(fact) for fact in members)

    def _name(self) -> Say:
        return Say(f"{self._service.slug}.name")

    def _bring(self) -> Iterator[Say]:
        papers = self.of(Kind.BRING)
        if papers:
            yield Say("answer.prepare" if self._online else "answer.bring")
        elif any(fact.kind is Kind.BRING for fact in self._service.facts):
            yield Say("answer.prepare_nothing" if self._online else "answer.bring_nothing")
        for number, fact in enumerate(papers, 1):
            yield structs.replace(self._item(fact), number=number, ticked=fact.id in self._ticked)

    def _term(self) -> Iterator[Say]:
        terms = self.of(Kind.TERM)
        if not terms and any(fact.kind is Kind.TERM for fact in self._service.facts):
            yield Say("answer.term_unknown")
        for fact in terms:
            yield self._told(fact)
            if fact.days:
                start = self._today if fact.from_filing else self._next_chance()
                yield self._due(start, fact.days)

    def _next_chance(self) -> date:
        """When papers can be handed in: today while the office is open."""
        offices = [fact.office for fact in self.of(Kind.WHERE) if fact.office]
        if not offices:
            return self._guide.workdays.next_working(self._today)
        return counted_from(self._office(offices[0]), self._guide.workdays, self._now)

    def _due(self, start: date, days: int) -> Say:
        due = self._guide.workdays.add(start, days)
        return say("answer.due", day=due) if start == self._today else say("answer.due_later", start=start, day=due)

    def _office(self, office: str) -> Office:
        return self._guide.catalogue.office(office, self._today)

    def _item(self, fact: Fact) -> Say:
        return structs.replace(self._told(fact), item=True)

    def _told(self, fact: Fact) -> Say:
        days = () if fact.days is None else (("days", fact.days),)
        return Say(
            fact.text or f"{self._service.slug}.{fact.id}",
            (*fact.values.items(), *days),
            maybe=fact.id in self._unsure,
            careful=careful(fact, self._today),
        )


@lru_cache(maxsize=1024)
def _sheet(asked: Asked) -> Sheet:
    return Sheet(asked)


def hours(guide: Guide, office: Office, now: datetime) -> Iterator[Say]:
    """Whether it is open right now."""
    found = opening(office, guide.workdays, now)
    if found.state is State.ALWAYS_OPEN:
        yield Say("hours.always")
    elif found.state is State.UNKNOWN:
        if guide.words.has(f"office.{office.id}.hours"):
            yield Say(f"office.{office.id}.hours")
    elif found.until is not None:
        at: time | datetime = found.until.time() if found.until.date() == now.date() else found.until
        to_lunch = found.state is State.OPEN and found.until != found.closes
        yield say("hours.open_to_lunch" if to_lunch else f"hours.{found.state}", at=at)


def _with_care(lines: list[Say]) -> tuple[Say, ...]:
    """A star at each line that the office has to confirm; if that is most of them, one sentence about all."""
    doubtful = sum(line.careful for line in lines)
    if doubtful * 2 > len(lines):
        return (*(structs.replace(line, careful=False) for line in lines), Say("answer.all_careful"))
    return (*lines, Say("answer.careful")) if doubtful else tuple(lines)

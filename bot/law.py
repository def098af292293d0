"""For staff: what the assistant says about a service on a day, and which paragraph each line rests on."""

from collections.abc import Iterator
from datetime import date

from dialogs.catalogue.catalogue import Catalogue, careful
from dialogs.catalogue.schema import Fact, Kind, Service, Source, Status
from dialogs.dialogue import Dialogue
from dialogs.language import Language
from dialogs.messages import Say, Surface, say
from dialogs.words import Words

STATUS = {
    Status.IN_FORCE: "in force",
    Status.ARTICLE: "from an article only",
    Status.UNCERTAIN: "uncertain",
    Status.GAP: "not found",
}


def lines(dialogue: Dialogue, service: Service, on: date) -> Iterator[str]:
    words, catalogue = dialogue.guide.words, dialogue.guide.catalogue
    names = [_spoken(words, say(f"{service.slug}.name"), language) for language in Language]
    yield f"{' · '.join(names)}   ({service.slug}, number {service.number}, group {service.group})"
    yield f"as of {on:%d.%m.%Y}"
    for fact in sorted(service.facts, key=lambda fact: (list(Kind).index(fact.kind), fact.since)):
        yield ""
        yield f"{fact.kind} · {fact.id} · {_standing(fact, on)}"
        for language in Language:
            yield f"    {language}  {_spoken(words, _words_of(fact, service), language)}"
        for source in (fact.source, *fact.also):
            yield f"    {_cited(catalogue, source)}"
        if fact.when:
            yield "    if  " + "; ".join(
                f"{question} = {' / '.join(options)}" for question, options in fact.when.items()
            )


def _words_of(fact: Fact, service: Service) -> Say:
    values = fact.values if fact.days is None else {**fact.values, "days": fact.days}
    return say(fact.text or f"{service.slug}.{fact.id}", **values)


def _standing(fact: Fact, on: date) -> str:
    """Whether this wording holds on the day, and from when until when."""
    window = f"from {fact.since:%d.%m.%Y}" + (f" until {fact.until:%d.%m.%Y}" if fact.until else "")
    if fact.since > on:
        return f"NOT YET · {window}"
    if fact.until is not None and fact.until < on:
        return f"NO LONGER · {window}"
    sure = f", text known until {fact.sure_until:%d.%m.%Y}" if fact.sure_until else ""
    care = " · said with care" if careful(fact, on) else ""
    return f"{STATUS[fact.status]} · {window}{sure}{care}"


def _cited(catalogue: Catalogue, source: Source) -> str:
    act = catalogue.acts[source.act]
    read = f", wording of {source.wording:%d.%m.%Y}" if source.wording else ""
    gone = f" REPEALED {act.repealed:%d.%m.%Y}" if act.repealed else ""
    return f"act {act.number} of {act.of:%d.%m.%Y}{gone} «{act.title}», {source.at}{read}"


def _spoken(words: Words, what: Say, language: Language) -> str:
    return words.say(what, language, Surface.CHAT)

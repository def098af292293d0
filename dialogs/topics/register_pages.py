"""What somebody sees in the register of organisations: choices, lists, and one of them with all that is known."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from msgspec import structs

from dialogs import organisations
from dialogs.inquiries import Away, Organisation
from dialogs.messages import Choice, Reply, Say, Surface, say
from dialogs.organisations import CATEGORIES, SETTINGS, Licence
from dialogs.render import BACK, MENU
from dialogs.talk import Talk, View, choice
from dialogs.topics.register import (
    A_PAGE,
    ANY,
    DISCREET,
    everything,
    is_discreet,
    matching,
    page_of,
    setting,
    told,
    without,
)

MOST_CHOICES = {Surface.CHAT: 7, Surface.SMS: 5}
"""By SMS they stand together with what is asked."""
FRESH = timedelta(hours=1)
"""What is older is said to be of its day."""
LONGEST = 200
"""Of what E-Sobes writes: nobody reads more of it on a phone."""
DANGER = Say("special_social_services_temporary.danger")


def settings(_: Talk) -> Reply:
    offered = (choice(f"org_setting:{one}", f"special_social_services_{one}.name") for one in SETTINGS)
    return Reply((Say("organisations.ask_setting"),), (*offered, BACK, MENU))


def of_a_setting(view: View) -> View:
    """Shown only where the register may be read, and can be."""

    def shown(talk: Talk) -> Reply:
        wanted = setting(talk)
        if not wanted:
            return settings(talk)
        if is_discreet(talk, wanted):
            return Reply((DANGER, Say("organisations.not_by_sms")), (BACK, MENU))
        if isinstance(told(talk, wanted), Away):
            return Reply((Say("organisations.away"),), (choice("again", "organisations.again"), BACK, MENU))
        return view(talk)

    return shown


def categories(talk: Talk) -> Reply:
    known = organisations.categories(everything(talk, setting(talk)))
    offered = (
        Choice(f"org_category:{organisations.mark(one)}", _category(one))
        for one in known[: MOST_CHOICES[talk.surface] - 1]
    )
    anybody = choice(f"org_category:{ANY}", "organisations.anybody")
    return Reply((*_heading(talk), Say("organisations.ask_category")), (*offered, anybody, BACK, MENU))


def regions(talk: Talk) -> Reply:
    known = organisations.regions(matching(talk, without(talk.session.register, "region", "text")))
    few = known if len(known) < MOST_CHOICES[talk.surface] else ()
    offered = (
        choice(f"org_region:{organisations.mark(one)}", "organisations.verbatim", written=_cut(one)) for one in few
    )
    ask = "organisations.ask_region" if few else "organisations.ask_place"
    return Reply(
        (*_heading(talk), Say(ask)), (*offered, choice(f"org_region:{ANY}", "organisations.anywhere"), BACK, MENU)
    )


def listed(talk: Talk) -> Reply:
    today = talk.now.date()
    entries = organisations.ordered(matching(talk, talk.session.register), today)
    if not entries:
        return _none(talk)
    first = page_of(talk.session.register) * A_PAGE
    if first >= len(entries):
        first = 0  # fewer than there were
    shown = entries[first : first + A_PAGE]
    more = (choice("org_more", "organisations.more"),) if len(entries) > first + A_PAGE else ()
    return Reply(
        (
            *_danger(talk),
            *_heading(talk),
            *_extent(len(entries), first),
            *_lines(talk, shown),
            *_age(talk),
            *_hint(talk, entries),
        ),
        (*_entries(talk, shown), *more, BACK, MENU),
    )


def _heading(talk: Talk) -> Iterable[Say]:
    """By SMS there is room for the choices, and little more."""
    if talk.surface is Surface.CHAT:
        yield _setting(talk)
        yield from _narrowed(talk)


def _extent(count: int, first: int) -> Iterable[Say]:
    yield Say("organisations.found", count=count)
    if count > A_PAGE:
        yield say("organisations.page", page=first // A_PAGE + 1, pages=-(-count // A_PAGE))


def _hint(talk: Talk, entries: Sequence[Organisation]) -> Iterable[Say]:
    if talk.surface is Surface.CHAT and len(entries) > A_PAGE:
        yield Say("organisations.search_hint")


def _none(talk: Talk) -> Reply:
    region, category = (talk.session.register.get(name) for name in ("region", "category"))
    wider = [choice(f"org_region:{ANY}", "organisations.anywhere")] if region else []
    wider += [choice(f"org_category:{ANY}", "organisations.anybody")] if category else []
    return Reply((_setting(talk), *_narrowed(talk), Say("organisations.none")), (*wider, BACK, MENU))


def _lines(talk: Talk, shown: Iterable[Organisation]) -> Iterable[Say]:
    """In a chat whole names stand above the buttons; by SMS the choices say it all."""
    if talk.surface is Surface.SMS:
        return
    for number, entry in enumerate(shown, 1):
        text = "organisations.line_expired" if _is_expired(talk, entry) else "organisations.verbatim"
        whole = ", ".join(filter(None, (_cut(entry.name), organisations.town(entry))))
        yield Say(text, (("written", whole),), item=True, number=number)


def _entries(talk: Talk, shown: Iterable[Organisation]) -> Iterable[Choice]:
    among = organisations.keyed(everything(talk, setting(talk)))
    for number, entry in enumerate(shown, 1):
        text = "organisations.entry_expired" if _is_expired(talk, entry) else "organisations.entry"
        name = ", ".join(filter(None, (organisations.short_name(entry), organisations.town(entry))))
        yield choice(f"org:{organisations.key(entry, among)}", text, number=number, name=name)


def card(talk: Talk) -> Reply:
    entry = organisations.keyed(everything(talk, setting(talk))).get(talk.session.register.get("bin", ""))
    if entry is None:
        return listed(talk)
    service = talk.guide.catalogue.services.get(f"special_social_services_{setting(talk)}")
    papers = (choice(f"svc:{service.number}", "organisations.papers"),) if service else ()
    return Reply(tuple(_card(talk, entry)), (*papers, BACK, MENU))


def _card(talk: Talk, entry: Organisation) -> Iterable[Say]:
    yield say("organisations.verbatim", written=_cut(entry.name))
    if talk.surface is Surface.CHAT:
        yield _setting(talk)
    yield from (structs.replace(line, item=True) for line in _contacts(talk, entry))
    yield from _licence(entry, talk.now.date())
    yield Say("organisations.no_vacancies")
    if helped := organisations.categories([entry]):
        yield Say("organisations.helps")
        yield from (Say(text.id, text.values, item=True) for text in map(_category, helped))
    yield from _age(talk)
    if setting(talk) == DISCREET:
        yield Say("special_social_services_temporary.private")


def _contacts(talk: Talk, entry: Organisation) -> Iterable[Say]:
    if address := entry.address or entry.region:
        yield say("organisations.address", written=_cut(address))
    yield say("organisations.phone", written=_cut(entry.phone)) if entry.phone else Say("organisations.no_phone")
    if entry.email and talk.surface is Surface.CHAT:
        yield say("organisations.email", written=_cut(entry.email))
    if entry.capacity:
        yield say("organisations.capacity", places=entry.capacity)


def _licence(entry: Organisation, today: date) -> Iterable[Say]:
    since, until = (f"{day:%d.%m.%Y}" if day else "" for day in (entry.license_issued, entry.license_until))
    match organisations.licence(entry, today):
        case Licence.VALID:
            yield (
                say("organisations.licence", since=since, until=until)
                if since
                else say("organisations.licence_until", until=until)
            )
        case Licence.EXPIRED:
            yield say("organisations.licence_expired", until=until)
            yield Say("organisations.licence_expired_advice")
        case Licence.UNKNOWN:
            yield Say("organisations.licence_unknown")


def _is_expired(talk: Talk, entry: Organisation) -> bool:
    return organisations.licence(entry, talk.now.date()) is Licence.EXPIRED


def _age(talk: Talk) -> Iterable[Say]:
    register = told(talk, setting(talk))
    if not isinstance(register, Away) and talk.now - register.fetched > FRESH:
        yield say("organisations.as_of", at=register.fetched.astimezone(talk.now.tzinfo))


def _setting(talk: Talk) -> Say:
    return Say(f"special_social_services_{setting(talk)}.name")


def _narrowed(talk: Talk) -> Iterable[Say]:
    narrowed = talk.session.register
    if category := narrowed.get("category"):
        yield _category(category)
    if region := narrowed.get("region"):
        known = region in organisations.regions(everything(talk, setting(talk)))
        yield say("organisations.verbatim" if known else "organisations.by_words", written=_cut(region))
    if text := narrowed.get("text"):
        yield say("organisations.by_words", written=_cut(text))


def _category(category: str) -> Say:
    if category in CATEGORIES:
        return Say(f"organisations.category.{category}")
    return say("organisations.verbatim", written=_cut(category))


def _danger(talk: Talk) -> tuple[Say, ...]:
    return (DANGER,) if setting(talk) == DISCREET else ()


def _cut(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"

"""What somebody sees in the register of organisations: choices and lists, and why there are none."""

from collections.abc import Iterable, Sequence

from dialogs import organisations
from dialogs.inquiries import Away, Organisation
from dialogs.messages import Choice, Reply, Say, Surface, say
from dialogs.organisations import SETTINGS
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
from dialogs.topics.register_card import LABEL, age, category_name, cut, is_expired, lines, setting_name

MOST_CHOICES = {Surface.CHAT: 7, Surface.SMS: 5}
"""By SMS they stand together with what is asked."""
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
        Choice(f"org_category:{organisations.mark(one)}", category_name(one, LABEL))
        for one in known[: MOST_CHOICES[talk.surface] - 1]
    )
    anybody = choice(f"org_category:{ANY}", "organisations.anybody")
    return Reply((*_heading(talk), Say("organisations.ask_category")), (*offered, anybody, BACK, MENU))


def regions(talk: Talk) -> Reply:
    known = organisations.regions(matching(talk, without(talk.session.register, "region", "text")))
    few = known if len(known) < MOST_CHOICES[talk.surface] else ()
    offered = (
        Choice(f"org_region:{organisations.mark(one)}", say("organisations.verbatim", written=cut(one, LABEL)))
        for one in few
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
            *age(talk),
            *_hint(talk, entries),
        ),
        (*_entries(talk, shown), *more, BACK, MENU),
    )


def _heading(talk: Talk) -> Iterable[Say]:
    """By SMS there is room for the choices, and little more."""
    if talk.surface is Surface.CHAT:
        yield setting_name(talk)
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
    return Reply((setting_name(talk), *_narrowed(talk), Say("organisations.none")), (*wider, BACK, MENU))


def _lines(talk: Talk, shown: Iterable[Organisation]) -> Iterable[Say]:
    """In a chat whole names stand above the buttons; by SMS the choices say it all."""
    if talk.surface is Surface.SMS:
        return
    for number, entry in enumerate(shown, 1):
        text = "organisations.line_expired" if is_expired(talk, entry) else "organisations.verbatim"
        whole = ", ".join(filter(None, (cut(entry.name), organisations.town(entry))))
        yield Say(text, (("written", whole),), item=True, number=number)


def _entries(talk: Talk, shown: Iterable[Organisation]) -> Iterable[Choice]:
    among = organisations.keyed(everything(talk, setting(talk)))
    for number, entry in enumerate(shown, 1):
        text = "organisations.entry_expired" if is_expired(talk, entry) else "organisations.entry"
        name = ", ".join(filter(None, (organisations.short_name(entry), organisations.town(entry))))
        yield choice(f"org:{organisations.key(entry, among)}", text, number=number, name=name)


def card(talk: Talk) -> Reply:
    entry = organisations.keyed(everything(talk, setting(talk))).get(talk.session.register.get("bin", ""))
    if entry is None:
        return listed(talk)
    service = talk.guide.catalogue.services.get(f"special_social_services_{setting(talk)}")
    papers = (choice(f"svc:{service.number}", "organisations.papers"),) if service else ()
    return Reply(tuple(lines(talk, entry)), (*papers, BACK, MENU))


def _narrowed(talk: Talk) -> Iterable[Say]:
    narrowed = talk.session.register
    if category := narrowed.get("category"):
        yield category_name(category)
    if region := narrowed.get("region"):
        known = region in organisations.regions(everything(talk, setting(talk)))
        yield say("organisations.verbatim" if known else "organisations.by_words", written=cut(region))
    if text := narrowed.get("text"):
        yield say("organisations.by_words", written=cut(text))


def _danger(talk: Talk) -> tuple[Say, ...]:
    return (DANGER,) if setting(talk) == DISCREET else ()

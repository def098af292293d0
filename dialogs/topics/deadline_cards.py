"""One thing that is to be done, on a page of its own: by when, how, and what happens otherwise."""

from collections.abc import Iterator
from datetime import date

from dialogs.applications.application import Stage
from dialogs.applications.rights import shortened
from dialogs.applications.steps import steps
from dialogs.deadlines import OVER, Deadline, Kind, workdays_left
from dialogs.duties import bring as things
from dialogs.duties.bring import Escort
from dialogs.duties.duty import Choice as Choosing
from dialogs.duties.duty import Order, Place
from dialogs.language import Language
from dialogs.matters import sizes
from dialogs.matters.matter import Kind as OfferKind
from dialogs.matters.matter import Matter
from dialogs.matters.voice import Voice
from dialogs.messages import Choice, Reply, Say, Surface, say
from dialogs.months import after
from dialogs.render import BACK, MENU
from dialogs.talk import Talk, choice
from dialogs.topics.deadline_pages import LONGEST_NAME, left, silent, subject

ASK_AGAIN = (choice("deadlines", "menu.deadlines"), MENU)
SANATORIUMS = "sanatorium_treatment"
HOW = frozenset({"supplier", "helper", "choose"})
"""Ways to choose that the law tells of."""
LONGEST_REASON = {Surface.CHAT: 200, Surface.SMS: 60}


def has_page(its: Deadline) -> bool:
    """Arriving and applications have pages elsewhere."""
    return isinstance(its.about, Matter | Choosing | Order)


def card(talk: Talk, its: Deadline) -> Reply:
    if silent(talk, its.service):
        return Reply((_discreet(talk, its),), (BACK, MENU))
    about, more = its.about, list[Choice]()
    if isinstance(about, Matter):
        said = tuple(_offer(talk, its, about))
    elif isinstance(about, Choosing):
        said = tuple(_choice(talk, its, about))
    else:
        assert isinstance(about, Order)  # noqa: S101 - see `has_page`
        said = tuple(_order(talk, its, about))
        if is_journey(its):
            more.append(choice(f"take_along:{its.key}", "deadlines.bring"))
    if its.kind in OVER and talk.surface is Surface.CHAT:
        more.append(choice("operator", "menu.operator"))
    return Reply(said, (*more, BACK, MENU))


def _discreet(talk: Talk, its: Deadline) -> Say:
    if its.day is None or its.kind in OVER:
        return Say("deadlines.discreet.over")
    return say("deadlines.discreet.card", day=its.day, left=left(its.day, its.left, talk.now.date()))


def _last(talk: Talk, its: Deadline) -> Iterator[Say]:
    if its.day is None:
        yield Say("deadlines.undated")
    else:
        yield say("deadlines.last", day=its.day, left=left(its.day, its.left, talk.now.date()))


def _offer(talk: Talk, its: Deadline, offer: Matter) -> Iterator[Say]:
    """The question again, and its codes."""
    voice = Voice(talk.guide.words, talk.session.language or Language.KK, talk.surface)
    yield say("deadlines.said", text=next(voice.offers(offer, its.whom)))
    if its.kind is Kind.REFUSING:
        yield say("deadlines.refusing", yes=offer.yes)
        return
    swap = offer.kind is OfferKind.REPLACEMENT
    yield say("matter.codes.swap" if swap else "matter.codes", yes=offer.yes, no=offer.no)
    yield Say("deadlines.answer")
    yield from _last(talk, its)
    yield Say(f"matter.silence.{offer.kind}")


def _choice(talk: Talk, its: Deadline, duty: Choosing) -> Iterator[Say]:
    what, day = subject(talk, its, LONGEST_NAME[talk.surface]), its.day or duty.opened_on
    if its.kind is Kind.BLOCKED:
        yield say("deadlines.blocked", what=what, day=day)
        yield Say(f"status.next.{_step(Stage.PROVIDER_BLOCKED, duty.service, 'ask_blocked')}")
    elif its.kind is Kind.LAPSED:
        yield say("deadlines.choose.over", what=what, day=day)
        yield Say("deadlines.choose.ask")
    else:
        yield say("deadlines.choose", what=what)
        yield from _last(talk, its)
        way = _step(Stage.PROVIDER_CHOICE, duty.service, "portal")
        yield Say(f"deadlines.choose.{way if way in HOW else 'portal'}")
        if duty.service in talk.guide.duties.law.months.services and its.day is not None:
            yield say("deadlines.choose.closes", day=its.day)
        else:
            yield Say("deadlines.choose.unsaid")


def _step(stage: Stage, slug: str, otherwise: str) -> str:
    step = steps().after(stage, slug)
    return step.says if step is not None else otherwise


def _order(talk: Talk, its: Deadline, order: Order) -> Iterator[Say]:
    what, today = subject(talk, its, LONGEST_NAME[talk.surface]), talk.now.date()
    if order.arrive_on is None:
        yield say("deadlines.refused", what=what)
        if order.reason:
            yield say("deadlines.refused.reason", reason=shortened(order.reason, LONGEST_REASON[talk.surface]))
        yield Say("deadlines.refused.ask")
        return
    workdays = workdays_left(today, order.arrive_on, talk.guide.duties)
    yield say("deadlines.order", what=what, day=order.arrive_on, left=left(order.arrive_on, workdays, today))
    where = (*_leaving(order), *(_place(talk, order.place) if order.place else ()))
    cancel = tuple(_cancelling(talk, its, order))
    yield from (*cancel, *where) if talk.surface is Surface.SMS else (*where, *cancel)


def _leaving(order: Order) -> Iterator[Say]:
    if order.leave_on is not None:
        yield say("deadlines.order.leave", day=order.leave_on)


def _place(talk: Talk, place: Place) -> Iterator[Say]:
    longest = LONGEST_NAME[talk.surface]
    yield say("deadlines.order.place", place=shortened(place.name, longest))
    if talk.surface is Surface.CHAT and place.address:
        yield say("deadlines.order.address", address=shortened(place.address, 2 * longest))
    if place.phone:
        yield say("deadlines.order.phone", phone=shortened(place.phone, longest))


def _cancelling(talk: Talk, its: Deadline, order: Order) -> Iterator[Say]:
    """Until when, how, and what follows; by SMS it is not left to the last portion."""
    if order.cancel_by is None:
        return
    if its.kind is not Kind.CANCEL:
        yield say("deadlines.cancel.over", day=order.cancel_by)
        return
    today = talk.now.date()
    yield say("deadlines.cancel", day=order.cancel_by, left=left(order.cancel_by, its.left, today))
    yield say("deadlines.cancel.another", day=after(today, talk.guide.duties.law.bed.months))


def is_journey(its: Deadline) -> bool:
    """To a sanatorium: what to take along is known."""
    return isinstance(its.about, Order) and its.about.service == SANATORIUMS and its.about.arrive_on is not None


def is_childs_journey(its: Deadline) -> bool:
    """A child may have somebody with them, whose papers are wanted as well."""
    return (
        isinstance(its.about, Order) and is_journey(its) and sizes.child(its.about.person.birth_date, _arrival(its))
    )


def _arrival(its: Deadline) -> date:
    arrive_on = its.about.arrive_on if isinstance(its.about, Order) else None
    return arrive_on or date.max


def ask_escort(talk: Talk, its: Deadline) -> Reply:
    ways = (
        choice(f"take_along:{its.key}:{escort}", f"deadlines.escort.{escort}")
        for escort in (Escort.NOBODY, Escort.UNTREATED, Escort.TREATED)
    )
    return Reply((say("deadlines.escort", what=subject(talk, its, LONGEST_NAME[talk.surface])),), (*ways, BACK, MENU))


def bring(talk: Talk, its: Deadline) -> Reply:
    """To the sanatorium. `nobody`: whether a child is taken in alone, only they can say."""
    assert isinstance(its.about, Order)  # noqa: S101 - see `is_journey`
    said = talk.session.escort if is_childs_journey(its) else ""
    escort = Escort(said) if said in set(Escort) else None
    listed = things.for_sanatorium(escort, its.about.person.birth_date, _arrival(its))
    alone = (Say("deadlines.bring.alone"),) if escort is Escort.NOBODY else ()
    items = (Say(thing, item=True) for thing in listed)
    return Reply((Say("deadlines.bring.head"), *items, *alone), (BACK, MENU))

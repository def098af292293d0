"""What is shown of an invitation: where a place is free, that somebody comes, or gives it up."""

from collections.abc import Callable

from dialogs.duties.asking import Verdict
from dialogs.duties.duty import Invitation, Setting
from dialogs.messages import Choice, Reply, Say, Surface, say
from dialogs.render import BACK, MENU
from dialogs.talk import Talk, View, choice
from dialogs.topics import arriving
from dialogs.topics.arrival_lines import (
    answers,
    briefly,
    is_pending,
    last_day,
    named,
    pending,
    phone,
    place,
    said,
    things,
    where,
)
from dialogs.topics.arriving import deciding, key_of

SOMEBODY = choice("operator", "menu.operator")
ENDINGS = ("admitted", "passed_on", "cancelled")

Page = Callable[[Talk, Invitation], Reply]


def about(page: Page) -> View:
    """Once it is known which one it is about, and while there is still something to do about it."""

    def seen(talk: Talk) -> Reply:
        its = arriving.current(talk)
        if its is None:
            return which(talk)
        verdict = arriving.verdict(talk, its)
        return page(talk, its) if verdict is Verdict.FINE else _ended(talk, its, verdict)

    seen.__name__ = page.__name__
    return seen


def which(talk: Talk) -> Reply:
    found = arriving.ahead(talk)
    if not found or arriving.is_named(talk):
        return Reply((Say("arrival.unknown"),), (SOMEBODY, MENU))
    wish = deciding(talk).wish or "arrive"
    choices = (Choice(f"{wish}:{key_of(one)}", _label(talk, one)) for one in found)
    return Reply((Say(f"arrival.which.{wish}"),), (*choices, BACK, MENU))


def _label(talk: Talk, its: Invitation) -> Say:
    name, where = arriving.whom(talk, its), place(talk, its) or Say("matter.discreet")
    return say("arrival.label.of", name=name, place=where) if name else say("arrival.place", name=where)


def page(talk: Talk, its: Invitation) -> Reply:
    if talk.surface is Surface.SMS and is_pending(its):
        return {"come": come, "decline": declined}.get(its.said, waiting)(talk, its)
    name = arriving.whom(talk, its)
    head = named(talk, its, "arrival.page.of", name=name) if name else named(talk, its, "arrival.page")
    lines = (head, *where(talk, its), *last_day(talk, its), *said(talk, its))
    if talk.surface is Surface.CHAT:
        passes_on = its.setting in arriving.rules(talk).law.postponing  # of others no act says so
        lines += (*((Say("arrival.otherwise"),) if passes_on else ()), *things(its))
    return Reply(lines, (*answers(its), BACK, MENU))


def waiting(talk: Talk, its: Invitation) -> Reply:
    """Another day is wanted, and does not count yet. By SMS a 1 that agreed to it may come twice: the second one
    undoes nothing."""
    said = tuple(pending(talk, its))
    if talk.surface is Surface.CHAT:
        return Reply(said, (*answers(its, "cannot"), BACK, MENU))
    first = tuple(answers(its, "come", "cannot", "decline"))
    return Reply(said, (*first, *(answers(its, "cannot", "decline", "notice") if first else ()), BACK, MENU))


def come(talk: Talk, its: Invitation) -> Reply:
    """That somebody is coming; where, and with what."""
    if its.said != "come":
        return page(talk, its)
    unsigned = (Say("arrival.come.unsigned"),) if is_pending(its) else ()
    at_home = its.setting is Setting.HOME
    head = named(talk, its, "arrival.come.home" if at_home else "arrival.come", day=its.arrive_by)
    chat = talk.surface is Surface.CHAT
    lines = (head, *unsigned, *where(talk, its), *(things(its) if chat else briefly(talk, its)))
    cannot = Choice(f"cannot:{key_of(its)}", Say("arrival.cannot.button"), spare=True)
    return Reply(lines, (*(() if at_home else (cannot,)), BACK, MENU))


def decline(talk: Talk, its: Invitation) -> Reply:
    yes = choice(f"decline_yes:{key_of(its)}", "arrival.decline.yes")
    return Reply((named(talk, its, "arrival.decline"),), (yes, choice("back", "arrival.decline.no"), MENU))


def declined(talk: Talk, its: Invitation) -> Reply:
    if its.said != "decline":
        return page(talk, its)
    lines = (
        Say("arrival.declined"),
        say("arrival.declined.call", phone=phone(talk, its)),
        say("arrival.declined.back", day=its.arrive_by),
    )
    return Reply(lines, (choice(f"come:{key_of(its)}", "arrival.come.button"), MENU))


def _ended(talk: Talk, its: Invitation, verdict: Verdict) -> Reply:
    if verdict is Verdict.LATE:
        text = say("arrival.late", day=its.arrive_by, phone=phone(talk, its))
    else:
        text = Say(f"arrival.over.{its.outcome}" if its.outcome in ENDINGS else "arrival.over")
    return Reply((text,), (SOMEBODY, MENU))

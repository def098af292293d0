"""What is shown of an invitation, and of each question on the way to another day."""

from collections.abc import Callable, Iterator
from datetime import date

from dialogs import day_picker
from dialogs.days import LongAgo
from dialogs.duties import asking, bring
from dialogs.duties.asking import Act, Verdict
from dialogs.duties.duty import Invitation, Postponement, Reason, Setting
from dialogs.duties.notices import notice as paper
from dialogs.messages import Choice, Language, Reply, Say, Surface, Value, say
from dialogs.papers import Notice
from dialogs.render import BACK, MENU
from dialogs.talk import Talk, View, choice
from dialogs.topics import arriving
from dialogs.topics.arriving import deciding, key_of

CENTRE = "1414"
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


def postponing(page: Page) -> View:
    """While it may still be put off; else why it may not."""

    def seen(talk: Talk, its: Invitation) -> Reply:
        verdict = arriving.verdict(talk, its, Act.POSTPONE)
        return page(talk, its) if verdict is Verdict.FINE else stays(talk, its)

    seen.__name__ = page.__name__
    return about(seen)


def which(talk: Talk) -> Reply:
    found = arriving.ahead(talk)
    if not found or arriving.is_named(talk):
        return Reply((Say("arrival.unknown"),), (SOMEBODY, MENU))
    wish = deciding(talk).wish or "arrive"
    choices = (Choice(f"{wish}:{key_of(one)}", _label(talk, one)) for one in found)
    return Reply((Say(f"arrival.which.{wish}"),), (*choices, BACK, MENU))


def _label(talk: Talk, its: Invitation) -> Say:
    name, place = arriving.whom(talk, its), _place(talk, its) or Say("matter.discreet")
    return say("arrival.label.of", name=name, place=place) if name else say("arrival.place", name=place)


def page(talk: Talk, its: Invitation) -> Reply:
    if talk.surface is Surface.SMS and is_pending(its):
        return stays(talk, its)
    name = arriving.whom(talk, its)
    head = _about(talk, its, "arrival.page.of", name=name) if name else _about(talk, its, "arrival.page")
    lines = (head, *_where(talk, its), *_last(talk, its), *_said(talk, its))
    if talk.surface is Surface.CHAT:
        passes_on = its.setting in arriving.rules(talk).law.postponing  # of others no act says so
        lines += (*((Say("arrival.otherwise"),) if passes_on else ()), *_bring(its))
    return Reply(lines, (*_answers(its), BACK, MENU))


def _place(talk: Talk, its: Invitation) -> str:
    """A shelter is named in no SMS."""
    return "" if its.place is None or is_discreet(talk, its) else its.place.name


def _about(talk: Talk, its: Invitation, text: str, **values: Value) -> Say:
    """With the name of the place, where it can be said."""
    place = _place(talk, its)
    return say(text, place=place, **values) if place else say(f"{text}.unnamed", **values)


def is_pending(its: Invitation) -> bool:
    """Another day is wanted, and not signed."""
    return its.state in ("postponing", "unsigned")


def is_discreet(talk: Talk, its: Invitation) -> bool:
    return its.setting is Setting.TEMPORARY and talk.surface is Surface.SMS


def _phone(talk: Talk, its: Invitation) -> str:
    return CENTRE if its.place is None or is_discreet(talk, its) else its.place.phone or CENTRE


def _where(talk: Talk, its: Invitation) -> Iterator[Say]:
    if its.place is None or is_discreet(talk, its):
        yield Say("arrival.untold" if its.place is None else "arrival.discreet")
    elif its.place.address:
        yield say("arrival.address", address=its.place.address, phone=_phone(talk, its))
    else:
        yield say("arrival.phone", phone=_phone(talk, its))


def _last(talk: Talk, its: Invitation) -> Iterator[Say]:
    left = (its.arrive_by - talk.now.date()).days
    if left:
        yield say("arrival.last", day=its.arrive_by, left=Say("arrival.left", (), left))
    else:
        yield say("arrival.last.today", day=its.arrive_by)


def _said(talk: Talk, its: Invitation) -> Iterator[Say]:
    if its.wanted is not None and is_pending(its):
        yield from _pending(talk, its, its.wanted)
    elif its.used:
        yield Say("arrival.said.moved" if its.state == "postponed" else "arrival.said.not_moved")
    if its.said:
        yield Say(f"arrival.said.{its.said}")


def _bring(its: Invitation) -> Iterator[Say]:
    if its.setting is None:
        return
    yield Say("arrival.bring")
    for thing in bring.for_invitation(its.setting, its.person.birth_date, its.arrive_by):
        yield Say(thing, item=True)


def _answers(its: Invitation, *without: str) -> Iterator[Choice]:
    key = key_of(its)
    for answer in ("come", "cannot", "decline"):
        if answer != its.said and answer not in without:
            yield choice(f"{answer}:{key}", f"arrival.{answer}.button")
    if its.state == "unsigned" and its.place is not None:
        yield choice(f"notice:{key}", "arrival.notice.button")


def come(talk: Talk, its: Invitation) -> Reply:
    """That somebody is coming; where, and with what."""
    if its.said != "come":
        return page(talk, its)
    unsigned = (Say("arrival.come.unsigned"),) if is_pending(its) else ()
    head = _about(talk, its, "arrival.come", day=its.arrive_by)
    chat = talk.surface is Surface.CHAT
    lines = (head, *unsigned, *_where(talk, its), *(_bring(its) if chat else _briefly(talk, its)))
    cannot = Choice(f"cannot:{key_of(its)}", Say("arrival.cannot.button"), spare=True)
    return Reply(lines, (cannot, BACK, MENU))


def _briefly(talk: Talk, its: Invitation) -> Iterator[Say]:
    """The first thing that can be taken along."""
    if its.setting is None or is_discreet(talk, its):
        return
    first, *_ = bring.for_invitation(its.setting, its.person.birth_date, its.arrive_by)
    yield Say(first) if first == "bring.sent" else say("arrival.bring.briefly", what=Say(first))


def decline(talk: Talk, its: Invitation) -> Reply:
    yes = choice(f"decline_yes:{key_of(its)}", "arrival.decline.yes")
    return Reply((_about(talk, its, "arrival.decline"),), (yes, choice("back", "arrival.decline.no"), MENU))


def declined(talk: Talk, its: Invitation) -> Reply:
    if its.said != "decline":
        return page(talk, its)
    lines = (
        Say("arrival.declined"),
        say("arrival.declined.call", phone=_phone(talk, its)),
        say("arrival.declined.back", day=its.arrive_by),
    )
    return Reply(lines, (choice(f"come:{key_of(its)}", "arrival.come.button"), MENU))


def reason(talk: Talk, its: Invitation) -> Reply:
    key = key_of(its)
    whys = (choice(f"because:{key}:{why}", f"arrival.because.{why}") for why in (*Reason, "other"))
    return Reply((_about(talk, its, "arrival.reason"),), (*whys, BACK, MENU))


def other(talk: Talk, its: Invitation) -> Reply:
    lines = (Say("arrival.other"), say("arrival.other.call", phone=_phone(talk, its), day=its.arrive_by))
    return Reply(lines, (*_answers(its, "cannot"), BACK, MENU))


def day(talk: Talk, its: Invitation) -> Reply:
    first, last = asking.allowed(its, talk.now.date(), arriving.rules(talk))
    asked = say("arrival.day", last=last, example=f"{last:%d.%m}")
    if talk.surface is Surface.SMS:
        days = day_picker.suggested(day_picker.suggestions(first, last, talk.guide.workdays))
        return Reply((asked,), (*days, BACK, MENU))
    picked = day_picker.calendar(first, last, talk.session.page)
    return Reply((asked,), (*picked, BACK, MENU), in_place=talk.event.name == day_picker.PAGE)


def disputed(talk: Talk, its: Invitation) -> Reply:
    """Two acts in force do not agree, and no one of them goes before the other."""
    until = deciding(talk).until
    limit = arriving.rules(talk).law.postponing[its.setting] if its.setting else None
    if until is None or limit is None or arriving.verdict(talk, its, Act.POSTPONE, until) is not Verdict.DISPUTED:
        return day(talk, its)
    _, last = asking.allowed(its, talk.now.date(), arriving.rules(talk))
    lines = (
        say("arrival.disputed", day=until, less=limit.days, more=limit.disputed or limit.days),
        say("arrival.disputed.then", last=last),
    )
    return Reply(lines, (Choice(f"{day_picker.DAY}:{last}", say("days.day", day=last)), SOMEBODY, BACK, MENU))


def confirm(talk: Talk, its: Invitation) -> Reply:
    """Always with the weekday: a day that was misunderstood is seen by that."""
    said = deciding(talk)
    until = said.until
    if not said.reason:
        return reason(talk, its)
    if until is None or arriving.verdict(talk, its, Act.POSTPONE, until) is not Verdict.FINE:
        return day(talk, its)
    lines = [say("arrival.confirm", day=until, old=its.arrive_by, reason=Say(f"arrival.why.{said.reason}"))]
    if not talk.guide.workdays.is_working(until):
        lines.append(say("arrival.day_off", phone=_phone(talk, its)))
    lines.append(Say("arrival.confirm.ask"))
    yes = choice(f"postpone:{key_of(its)}:{until}:{said.reason}", "arrival.confirm.yes")
    return Reply(tuple(lines), (yes, choice("back", "arrival.confirm.no"), MENU))


def stays(talk: Talk, its: Invitation) -> Reply:
    """Why it cannot be put off, or not any more; first what is still possible."""
    match arriving.verdict(talk, its, Act.POSTPONE):
        case Verdict.PENDING if its.wanted is not None:
            without = ("cannot", "decline") if talk.surface is Surface.SMS else ("cannot",)
            return Reply(tuple(_pending(talk, its, its.wanted)), (*_answers(its, *without), BACK, MENU))
        case Verdict.SETTING:
            name = "discreet" if is_discreet(talk, its) else str(its.setting)
            lines = (say(f"arrival.stays.{name}", day=its.arrive_by, phone=_phone(talk, its)),)
        case Verdict.USED:
            lines = (_used(talk, its),)
        case Verdict.UNTOLD:
            lines = (say("arrival.stays.untold", day=its.arrive_by),)
        case _:
            return reason(talk, its)
    without = ("cannot", "come") if its.setting is Setting.HOME else ("cannot",)
    return Reply(lines, (*_answers(its, *without), BACK, MENU))


def _used(talk: Talk, its: Invitation) -> Say:
    values: dict[str, Value] = {"day": its.arrive_by, "phone": _phone(talk, its)}
    if its.state == "postponed" or its.wanted is None:
        return say("arrival.used", **values)
    return say("arrival.used.unsigned" if its.wanted.sign_by else "arrival.used.not_taken", **values)


def _pending(talk: Talk, its: Invitation, wanted: Postponement) -> Iterator[Say]:
    """What was passed on counts only once it is signed. By SMS one paragraph says it all."""
    values: dict[str, Value] = {"wanted": wanted.until, "old": its.arrive_by}
    chat = talk.surface is Surface.CHAT
    if its.state == "postponing" or wanted.sign_by is None:
        yield say("arrival.pending", **values)
        if chat:
            yield say("arrival.pending.wait", **values)
        return
    yield say("arrival.unsigned", **values, day=wanted.sign_by)
    if chat:
        yield Say("arrival.unsigned.who")
        if wanted.url:
            yield say("arrival.unsigned.url", url=wanted.url)
        yield say("arrival.unsigned.else", **values)


def notice(talk: Talk, its: Invitation) -> Reply:
    """In a chat a file, by SMS a text to copy."""
    language = talk.session.language or Language.KK
    file = paper(its, language, talk.now.date()) if its.state == "unsigned" else None
    if file is None:
        return stays(talk, its)
    sign_by = (its.wanted.sign_by if its.wanted else None) or its.arrive_by
    if talk.surface is Surface.CHAT:
        return Reply((say("arrival.notice.file", day=sign_by),), (*_answers(its, "cannot"), BACK, MENU), paper=file)
    return Reply((say("arrival.notice.copy", day=sign_by), *_copied(file)), (BACK, MENU))


def _copied(file: Notice) -> Iterator[Say]:
    """The sentences of the file, of which each is short enough for a portion."""
    who = "representative" if file.by_representative else "self"
    yield say(f"file.notice.must.{who}", before=_dated(file.before))
    yield Say(f"file.notice.{file.reason}.{who}")
    yield say("file.notice.ask", until=_dated(file.until))


def _dated(day: date) -> LongAgo:
    """With its year."""
    return LongAgo(day.year, day.month, day.day)


def _ended(talk: Talk, its: Invitation, verdict: Verdict) -> Reply:
    if verdict is Verdict.LATE:
        text = say("arrival.late", day=its.arrive_by, phone=_phone(talk, its))
    else:
        text = Say(f"arrival.over.{its.outcome}" if its.outcome in ENDINGS else "arrival.over")
    return Reply((text,), (SOMEBODY, MENU))

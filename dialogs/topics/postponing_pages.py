"""The questions on the way to another last day, and why there may be none."""

from collections.abc import Iterator
from datetime import date

from dialogs import day_picker
from dialogs.days import LongAgo
from dialogs.duties import asking
from dialogs.duties.asking import Act, Verdict
from dialogs.duties.duty import Invitation, Reason, Setting
from dialogs.duties.notices import notice as paper
from dialogs.language import Language
from dialogs.messages import Choice, Reply, Say, Surface, Value, say
from dialogs.papers import Notice
from dialogs.render import BACK, MENU
from dialogs.talk import Talk, View, choice
from dialogs.topics import arriving
from dialogs.topics.arrival_lines import answers, is_discreet, named, phone
from dialogs.topics.arrival_pages import SOMEBODY, Page, about, waiting
from dialogs.topics.arriving import deciding, key_of


def postponing(page: Page) -> View:
    """While it may still be put off; else why it may not."""

    def seen(talk: Talk, its: Invitation) -> Reply:
        verdict = arriving.verdict(talk, its, Act.POSTPONE)
        return page(talk, its) if verdict is Verdict.FINE else stays(talk, its)

    seen.__name__ = page.__name__
    return about(seen)


def reason(talk: Talk, its: Invitation) -> Reply:
    key = key_of(its)
    whys = (choice(f"because:{key}:{why}", f"arrival.because.{why}") for why in (*Reason, "other"))
    return Reply((named(talk, its, "arrival.reason"),), (*whys, BACK, MENU))


def other(talk: Talk, its: Invitation) -> Reply:
    lines = (Say("arrival.other"), say("arrival.other.call", phone=phone(talk, its), day=its.arrive_by))
    return Reply(lines, (*answers(its, "cannot"), BACK, MENU))


def day(talk: Talk, its: Invitation) -> Reply:
    first, last = asking.allowed(its, talk.now.date(), arriving.rules(talk))
    asked = say("arrival.day", last=last, example=f"{last:%d.%m}")
    if talk.surface is Surface.SMS:
        days = day_picker.suggested(day_picker.suggestions(first, last, talk.guide.workdays))
        return Reply((asked, *_meanwhile(its)), (*days, BACK, MENU))  # the confirmation has no room for it
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
        lines.append(say("arrival.day_off", phone=phone(talk, its)))
    if talk.surface is Surface.CHAT:
        lines += _meanwhile(its)
    lines.append(Say("arrival.confirm.ask"))
    yes = choice(f"postpone:{key_of(its)}:{until}:{said.reason}", "arrival.confirm.yes")
    return Reply(tuple(lines), (yes, choice("back", "arrival.confirm.no"), MENU))


def _meanwhile(its: Invitation) -> Iterator[Say]:
    """A day centre takes the next person in the meantime (order 263 annex 2 ¶7); of others no act says so."""
    if its.setting is Setting.SEMI_INPATIENT:
        yield Say("special_social_services_semi_inpatient.replaced")


def stays(talk: Talk, its: Invitation) -> Reply:
    """Why it cannot be put off, or not any more; first what is still possible."""
    match arriving.verdict(talk, its, Act.POSTPONE):
        case Verdict.PENDING:
            return waiting(talk, its)
        case Verdict.SETTING:
            name = "discreet" if is_discreet(talk, its) else str(its.setting)
            lines = (say(f"arrival.stays.{name}", day=its.arrive_by, phone=phone(talk, its)),)
        case Verdict.USED:
            lines = (_used(talk, its),)
        case Verdict.UNTOLD:
            lines = (say("arrival.stays.untold", day=its.arrive_by),)
        case _:
            return reason(talk, its)
    return Reply(lines, (*answers(its, "cannot"), BACK, MENU))


def _used(talk: Talk, its: Invitation) -> Say:
    values: dict[str, Value] = {"day": its.arrive_by, "phone": phone(talk, its)}
    if its.state == "postponed" or its.wanted is None:
        return say("arrival.used", **values)
    return say("arrival.used.unsigned" if its.wanted.sign_by else "arrival.used.not_taken", **values)


def notice(talk: Talk, its: Invitation) -> Reply:
    """In a chat a file, by SMS a text to copy."""
    language = talk.session.language or Language.KK
    file = paper(its, language, talk.now.date()) if its.state == "unsigned" else None
    if file is None:
        return stays(talk, its)
    sign_by = (its.wanted.sign_by if its.wanted else None) or its.arrive_by
    if talk.surface is Surface.CHAT:
        return Reply((say("arrival.notice.file", day=sign_by),), (*answers(its, "cannot"), BACK, MENU), paper=file)
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

"""Which papers a service needs: choose the service, answer what changes the list, get the list for one's own case."""

from dialogs.applications.ways import Manner
from dialogs.catalogue.schema import Fact, Kind, Service
from dialogs.messages import Choice, Reply, Say, Surface
from dialogs.organisations import SETTINGS
from dialogs.people import read_phone
from dialogs.render import BACK, MENU
from dialogs.table import ANYWHERE
from dialogs.talk import Row, Talk, Topic, View, choice
from dialogs.topics import privacy
from dialogs.topics.answer import sheet
from dialogs.topics.case import (
    case,
    case_here,
    is_known,
    keep_case,
    keep_general_case,
    may_ask,
    needs_answer,
    onwards,
)
from dialogs.topics.menu import missed, understood

ASKED = {
    Manner.OFFICE: ("request", "request.button"),
    Manner.SIGN: ("apply", "request.how.button"),
    Manner.COME: ("apply", "request.come.button"),
}
"""How a service can be asked for → the choice that begins it, and its words; see `topics.request`."""

GROUPS = ("aids", "rehab", "care", "money", "papers")

REGISTER = {
    "provider_register": "register",
    **{f"special_social_services_{setting}": f"org_setting:{setting}" for setting in SETTINGS},
}
"""Where the register of organisations is one step away, and what begins it."""

LISTS_PER_DAY = 3
"""An SMS costs money: so many lists a day go to a phone."""


def groups(_: Talk) -> Reply:
    return Reply((Say("documents.groups"),), (*(choice(f"grp:{g}", f"group.{g}") for g in GROUPS), MENU))


def services(talk: Talk) -> Reply:
    members = talk.guide.catalogue.in_group(talk.session.group or GROUPS[0])
    offered = (choice(f"svc:{s.number}", f"{s.slug}.name") for s in members)
    return Reply((Say("documents.services"),), (*offered, BACK, MENU))


def agreement(_: Talk) -> Reply:
    return Reply(
        (Say("privacy.notice"), Say("privacy.ask")),
        (choice(f"agree:{privacy.VERSION}", "privacy.agree"), choice("decline", "privacy.decline"), MENU),
    )


def unless_asked(view: View) -> View:
    """A list is shown only when nothing that changes it is still to be asked, however the person came here."""

    def shown(talk: Talk) -> Reply:
        if talk.session.service not in talk.guide.catalogue.services:
            return groups(talk)  # a session of long ago, about a service that is no more
        its = case_here(talk)
        if its.asked is None or talk.session.general:
            return view(talk)
        return question(talk) if may_ask(talk, its.asked.id) else agreement(talk)

    return shown


def question(talk: Talk) -> Reply:
    its = case_here(talk)
    if its.asked is None:
        return answer(talk)
    about = (Say(f"{its.service.slug}.name"),) if not its.answers else ()
    asked = its.asked.id
    options = (choice(f"o:{its.service.number}:{asked}:{o}", f"option.{asked}.{o}") for o in its.asked.options)
    return Reply((*about, Say(f"question.{asked}")), (*options, BACK, MENU))


def answer(talk: Talk) -> Reply:
    its = case_here(talk)
    told = sheet(talk, its)
    papers = told.of(Kind.BRING)
    more: tuple[Choice, ...] = (choice("details", "documents.details"),)
    if talk.surface is Surface.CHAT and papers:
        by_sms = (choice("sms", "documents.by_sms"),) if may_go_by_sms(talk) else ()
        more = (*_ticks(talk, its.service, papers), *more, *by_sms)
    more = (*more, *_asking(talk, its.service), *_organisations(talk, its.service))
    if its.answers:
        more = (*more, choice("redo", "documents.redo"))
    note = (Say("documents.general"),) if talk.session.general else ()
    return Reply((*note, *told.main), (*more, BACK, MENU), in_place=talk.event.name == "tick")


def _ticks(talk: Talk, service: Service, papers: list[Fact]) -> tuple[Choice, ...]:
    ticked = talk.session.ticks.get(service.slug, [])
    return tuple(
        choice(
            f"tick:{service.number}:{fact.id}",
            "documents.ticked" if fact.id in ticked else "documents.unticked",
            number=number,
        )
        for number, fact in enumerate(papers, 1)
    )


def _asking(talk: Talk, service: Service) -> tuple[Choice, ...]:
    """Whoever knows what is needed may want it now."""
    found = ASKED.get(talk.guide.ways[service.slug].manner)
    return (choice(f"{found[0]}:{service.number}", found[1]),) if found else ()


def _organisations(talk: Talk, service: Service) -> tuple[Choice, ...]:
    """Who does it, as far as the register knows."""
    shown = REGISTER.get(service.slug)
    hidden = service.discreet and talk.surface is Surface.SMS
    return (choice(shown, "organisations.show"),) if shown and not hidden else ()


def more_about(talk: Talk) -> Reply:
    return Reply(sheet(talk, case_here(talk)).details, (choice("back", "documents.to_list"), MENU))


def ask_phone(_: Talk) -> Reply:
    return Reply((Say("documents.ask_phone"),), (BACK, MENU), ask_contact=True)


def agrees_about_a_case(talk: Talk) -> bool:
    return privacy.this_notice(talk) and is_known(talk)


def a_group(talk: Talk) -> bool:
    return bool(talk.event.args) and talk.event.args[0] in GROUPS


def keep_group(talk: Talk) -> None:
    understood(talk)
    talk.session.group = talk.event.args[0]


def answers_to_undo(talk: Talk) -> bool:
    return bool(talk.session.answers)


def a_paper_here(talk: Talk) -> bool:
    """`tick:{service number}:{paper}` of the list the person is reading, not of one still being asked about."""
    if len(talk.event.args) != 2 or is_unfinished(talk):
        return False
    service = talk.guide.catalogue.numbered(talk.event.args[0])
    return (
        service is not None
        and service.slug == talk.session.service
        and any(fact.id == talk.event.args[1] and fact.kind is Kind.BRING for fact in service.facts)
    )


def tick(talk: Talk) -> None:
    understood(talk)
    paper, slug = talk.event.args[1], talk.session.service
    ticked = talk.session.ticks.get(slug, [])
    changed = [p for p in ticked if p != paper] if paper in ticked else [*ticked, paper]
    talk.session.ticks = {**talk.session.ticks, slug: changed}


def may_go_by_sms(talk: Talk) -> bool:
    its = case(talk)
    in_chat = talk.surface is Surface.CHAT and talk.guide.sends_sms
    return in_chat and its is not None and not its.service.discreet


def may_not_go_by_sms(talk: Talk) -> bool:
    return not may_go_by_sms(talk)


def may_go_unagreed(talk: Talk) -> bool:
    return may_go_by_sms(talk) and not privacy.agreed(talk)


def is_unfinished(talk: Talk) -> bool:
    """Something that changes the list is still to be asked: no list leaves before."""
    return needs_answer(talk) and not talk.session.general


def own_number(talk: Talk) -> bool:
    phone = read_phone(talk.event.args[0])
    return talk.event.args[1] == "own" and phone is not None and phone.of_kazakhstan


def may_send_list(talk: Talk) -> bool:
    day, count = talk.session.lists_sent
    return own_number(talk) and (day != talk.now.toordinal() or count < LISTS_PER_DAY)


def send_list(talk: Talk) -> None:
    understood(talk)
    phone = read_phone(talk.event.args[0])
    if phone is None:
        return
    talk.to_phone = (phone.e164, Reply(sheet(talk, case_here(talk)).summary))
    day, count = talk.session.lists_sent
    today = talk.now.toordinal()
    talk.session.lists_sent = (today, count + 1 if day == today else 1)
    talk.say("documents.list_sent", end=phone.e164[-4:])


def enough_lists(talk: Talk) -> None:
    understood(talk)
    talk.notices.append(Say("documents.enough_lists", count=LISTS_PER_DAY))


def typed_a_number(talk: Talk) -> bool:
    """Anybody's number can be typed; only the button shows whose it is."""
    return read_phone(talk.event.args[0]) is not None


def not_own_number(talk: Talk) -> None:
    typed = talk.event.name == "say"
    if typed or talk.event.args[1] != "own":
        talk.audit("number_typed" if typed else "contact_foreign")
    missed(talk, "documents.not_own_number")


def unasked_contact(talk: Talk) -> None:
    if talk.event.args[1] != "own":
        talk.audit("contact_foreign")
    missed(talk, "missed.contact")


TOPIC = Topic(
    views={
        "documents.groups": groups,
        "documents.services": services,
        "documents.privacy": agreement,
        "documents.question": unless_asked(answer),
        "documents.answer": unless_asked(answer),
        "documents.details": unless_asked(more_about),
        "documents.phone": unless_asked(ask_phone),
    },
    rows=(
        Row("services", ANYWHERE, "documents.groups", do=understood),
        Row("grp", ANYWHERE, "documents.services", when=a_group, do=keep_group),
        *onwards("svc"),
        *onwards("o"),
        *onwards("redo"),
        Row("agree", ANYWHERE, "documents.answer", when=agrees_about_a_case, do=privacy.agree),
        Row("agree", ANYWHERE, when=privacy.this_notice, do=privacy.agree),
        Row("decline", ANYWHERE, "documents.answer", when=is_known, do=keep_general_case),
        Row("details", ANYWHERE, "documents.details", when=is_known, do=understood),
        Row("tick", ANYWHERE, "documents.answer", when=a_paper_here, do=tick),
        Row("sms", ANYWHERE, "documents.answer", when=is_unfinished, do=understood),
        Row("sms", ANYWHERE, "documents.privacy", when=may_go_unagreed, do=understood),
        Row("sms", ANYWHERE, "documents.phone", when=may_go_by_sms, do=understood),
        Row("contact", "documents.phone", "documents.answer", when=may_not_go_by_sms, do=unasked_contact),
        Row("contact", "documents.phone", "documents.answer", when=may_send_list, do=send_list),
        Row("contact", "documents.phone", "documents.answer", when=own_number, do=enough_lists),
        Row("contact", "documents.phone", do=not_own_number),
        Row("say", "documents.phone", when=typed_a_number, do=not_own_number),
        Row("back", "documents.groups", "menu", do=understood),
        Row("back", "documents.services", "documents.groups", do=understood),
        Row("back", "documents.privacy", "documents.services", do=understood),
        Row("back", "documents.question", "documents.question", when=answers_to_undo, do=keep_case),
        Row("back", "documents.question", "documents.services", do=understood),
        Row("back", "documents.answer", "documents.question", when=answers_to_undo, do=keep_case),
        Row("back", "documents.answer", "documents.services", do=understood),
        Row("back", "documents.details", "documents.answer", do=understood),
        Row("back", "documents.phone", "documents.answer", do=understood),
    ),
    asks=frozenset({"documents.privacy", "documents.question", "documents.phone"}),
)

"""Which papers a service needs: choose the service, answer what changes the list, get the list for one's own case.

`case` is what the person's service and answers will be once the event is taken; the rows choose by it where to go.
"""

from msgspec import Struct

from dialogs.catalogue.catalogue import Answers, facts_for, next_question
from dialogs.catalogue.schema import Fact, Question, Service
from dialogs.messages import Choice, Reply, Say, Surface
from dialogs.people import read_phone
from dialogs.render import BACK, MENU
from dialogs.talk import ANYWHERE, Row, Talk, Topic, choice
from dialogs.topics import privacy
from dialogs.topics.answer import details, main, papers, summary
from dialogs.topics.menu import missed, understood

GROUPS = ("aids", "rehab", "care", "money", "papers")

LISTS_PER_DAY = 3
"""An SMS costs money: so many lists a day go to a phone."""


class Case(Struct, frozen=True):
    service: Service
    answers: Answers

    def question(self, talk: Talk) -> Question | None:
        return next_question(self.service, self.answers, talk.now.date())


def found(talk: Talk) -> tuple[str, ...]:
    """What the free text is about, searched for once a turn."""
    if talk.found is None:
        talk.found = tuple(talk.guide.search.find(talk.event.args[0]).services)
    return talk.found


def case(talk: Talk) -> Case | None:
    """The case as it will be after this event; None if the event is about nothing that exists."""
    name, args = talk.event.name, talk.event.args
    if name == "svc":
        service = talk.guide.catalogue.numbered(args[0]) if args else None
        return Case(service, {}) if service else None
    if name == "o":
        return _answered(talk)
    if name == "say":
        return Case(talk.guide.catalogue.services[found(talk)[0]], {}) if len(found(talk)) == 1 else None
    service = talk.guide.catalogue.services.get(talk.session.service)
    if service is None:
        return None
    answers = talk.session.answers
    if name == "redo":
        return Case(service, {})
    if name == "back" and talk.state in ("documents.question", "documents.answer"):
        return Case(service, dict(list(answers.items())[:-1]))
    return Case(service, answers)


def _answered(talk: Talk) -> Case | None:
    """`o:{service number}:{question}:{option}`: also from an old button, which changes an earlier answer."""
    if len(talk.event.args) != 3:
        return None
    number, question, option = talk.event.args
    service = talk.guide.catalogue.numbered(number)
    asked = next((q for q in service.questions if q.id == question), None) if service else None
    if service is None or asked is None or option not in asked.options:
        return None
    known = talk.session.answers if talk.session.service == service.slug else {}
    earlier = {}
    for q in service.questions:
        if q.id == question:
            break
        if q.id in known:
            earlier[q.id] = known[q.id]
    personal = talk.guide.catalogue.questions[question].personal
    if personal and not privacy.agreed(talk):
        return Case(service, earlier)
    if (first := next_question(service, earlier, talk.now.date())) is None or first.id != question:
        return Case(service, earlier)
    return Case(service, {**earlier, question: option})


def keep_case(talk: Talk) -> None:
    understood(talk)
    its = case(talk)
    if its is not None:
        talk.session.service = its.service.slug
        talk.session.group = its.service.group
        talk.session.answers = dict(its.answers)


def needs_agreement(talk: Talk) -> bool:
    its = case(talk)
    question = its.question(talk) if its else None
    return question is not None and talk.guide.catalogue.questions[question.id].personal and not privacy.agreed(talk)


def needs_answer(talk: Talk) -> bool:
    its = case(talk)
    return its is not None and its.question(talk) is not None


def is_complete(talk: Talk) -> bool:
    return case(talk) is not None


def answers_to_undo(talk: Talk) -> bool:
    return bool(talk.session.answers)


def decline(talk: Talk) -> None:
    """Without agreement nothing personal is asked: the list is the one of the commonest case."""
    understood(talk)
    its = case(talk)
    while its is not None and (question := its.question(talk)) is not None:
        its = Case(its.service, {**its.answers, question.id: question.options[0]})
        talk.session.answers = dict(its.answers)
    talk.say("documents.common_case")


def a_group(talk: Talk) -> bool:
    return bool(talk.event.args) and talk.event.args[0] in GROUPS


def keep_group(talk: Talk) -> None:
    understood(talk)
    talk.session.group = talk.event.args[0]


def a_paper(talk: Talk) -> bool:
    """`tick:{service number}:{paper}`"""
    if len(talk.event.args) != 2:
        return False
    service = talk.guide.catalogue.numbered(talk.event.args[0])
    return service is not None and any(fact.id == talk.event.args[1] for fact in service.facts)


def a_paper_here(talk: Talk) -> bool:
    service = talk.guide.catalogue.numbered(talk.event.args[0]) if talk.event.args else None
    return service is not None and service.slug == talk.session.service and a_paper(talk)


def tick(talk: Talk) -> None:
    understood(talk)
    service = talk.guide.catalogue.numbered(talk.event.args[0])
    if service is None:
        return
    paper = talk.event.args[1]
    ticked = talk.session.ticks.get(service.slug, [])
    changed = [p for p in ticked if p != paper] if paper in ticked else [*ticked, paper]
    talk.session.ticks = {**talk.session.ticks, service.slug: changed}


def groups(_: Talk) -> Reply:
    return Reply((Say("documents.groups"),), (*(choice(f"grp:{g}", f"group.{g}") for g in GROUPS), MENU))


def services(talk: Talk) -> Reply:
    members = talk.guide.catalogue.in_group(talk.session.group or GROUPS[0])
    offered = (choice(f"svc:{s.number}", f"{s.slug}.name") for s in members)
    return Reply((Say("documents.services"),), (*offered, BACK, MENU))


def agreement(_: Talk) -> Reply:
    return Reply(
        (Say("privacy.notice"), Say("privacy.ask")),
        (choice("agree", "privacy.agree"), choice("decline", "privacy.decline"), MENU),
    )


def question(talk: Talk) -> Reply:
    its = case_here(talk)
    asked = its.question(talk)
    if asked is None:
        return answer(talk)
    about = (Say(f"{its.service.slug}.name"),) if not its.answers else ()
    options = (
        choice(f"o:{its.service.number}:{asked.id}:{option}", f"option.{asked.id}.{option}")
        for option in asked.options
    )
    return Reply((*about, Say(f"question.{asked.id}")), (*options, BACK, MENU))


def answer(talk: Talk) -> Reply:
    its = case_here(talk)
    facts = facts_for(its.service, its.answers, talk.now.date())
    chat = talk.surface is Surface.CHAT
    ticks = _ticks(talk, its.service, facts) if chat else ()
    by_sms = (choice("sms", "documents.by_sms"),) if chat and papers(facts) else ()
    redo = (choice("redo", "documents.redo"),) if its.service.questions else ()
    return Reply(
        main(talk, its.service, facts),
        (*ticks, choice("details", "documents.details"), *by_sms, *redo, MENU),
        in_place=talk.event.name == "tick",
    )


def _ticks(talk: Talk, service: Service, facts: list[Fact]) -> tuple[Choice, ...]:
    ticked = talk.session.ticks.get(service.slug, [])
    return tuple(
        choice(
            f"tick:{service.number}:{fact.id}",
            "documents.ticked" if fact.id in ticked else "documents.unticked",
            number=number,
        )
        for number, fact in enumerate(papers(facts), 1)
    )


def more_about(talk: Talk) -> Reply:
    its = case_here(talk)
    facts = facts_for(its.service, its.answers, talk.now.date())
    return Reply(details(talk, its.service, facts), (BACK, MENU))


def ask_phone(_: Talk) -> Reply:
    return Reply((Say("documents.ask_phone"),), (BACK, MENU), ask_contact=True)


def case_here(talk: Talk) -> Case:
    """The case of the session as it stands; the service is known in every state that asks for it."""
    services_known = talk.guide.catalogue.services
    service = services_known.get(talk.session.service) or next(iter(services_known.values()))
    return Case(service, talk.session.answers)


def own_number(talk: Talk) -> bool:
    return talk.event.args[1] == "own" and read_phone(talk.event.args[0]) is not None


def lists_left(talk: Talk) -> bool:
    day, count = talk.session.lists_sent
    return day != talk.now.toordinal() or count < LISTS_PER_DAY


def may_send_list(talk: Talk) -> bool:
    return own_number(talk) and lists_left(talk)


def send_list(talk: Talk) -> None:
    understood(talk)
    phone = read_phone(talk.event.args[0])
    if phone is None:
        return
    its = case_here(talk)
    facts = facts_for(its.service, its.answers, talk.now.date())
    talk.to_phone = (phone.e164, Reply(summary(talk, its.service, facts)))
    day, count = talk.session.lists_sent
    today = talk.now.toordinal()
    talk.session.lists_sent = (today, count + 1 if day == today else 1)
    talk.say("documents.list_sent", end=phone.e164[-4:])


def no_list(talk: Talk) -> None:
    if not own_number(talk):
        missed(talk, "documents.not_own_number")
    else:
        understood(talk)
        talk.say("documents.enough_lists", count=str(LISTS_PER_DAY))


def unasked_contact(talk: Talk) -> None:
    missed(talk, "missed.contact")


def in_chat(talk: Talk) -> bool:
    return talk.surface is Surface.CHAT and bool(talk.session.service)


def not_agreed(talk: Talk) -> bool:
    return in_chat(talk) and not privacy.agreed(talk)


def onwards(event: str) -> tuple[Row, ...]:
    """From a case to what it needs next: the agreement, an answer, or nothing more."""
    return (
        Row(event, ANYWHERE, "documents.privacy", when=needs_agreement, do=keep_case),
        Row(event, ANYWHERE, "documents.question", when=needs_answer, do=keep_case),
        Row(event, ANYWHERE, "documents.answer", when=is_complete, do=keep_case),
    )


TOPIC = Topic(
    views={
        "documents.groups": groups,
        "documents.services": services,
        "documents.privacy": agreement,
        "documents.question": question,
        "documents.answer": answer,
        "documents.details": more_about,
        "documents.phone": ask_phone,
    },
    rows=(
        Row("services", ANYWHERE, "documents.groups", do=understood),
        Row("grp", ANYWHERE, "documents.services", when=a_group, do=keep_group),
        *onwards("svc"),
        *onwards("o"),
        *onwards("redo"),
        Row("agree", "documents.privacy", "documents.question", when=needs_answer, do=privacy.agree),
        Row("agree", "documents.privacy", "documents.answer", do=privacy.agree),
        Row("decline", "documents.privacy", "documents.answer", do=decline),
        Row("details", ANYWHERE, "documents.details", when=is_complete, do=understood),
        Row("tick", ANYWHERE, "documents.answer", when=a_paper_here, do=tick),
        Row("sms", ANYWHERE, "documents.privacy", when=not_agreed, do=understood),
        Row("sms", ANYWHERE, "documents.phone", when=in_chat, do=understood),
        Row("contact", "documents.phone", "documents.answer", when=may_send_list, do=send_list),
        Row("contact", "documents.phone", "documents.answer", when=own_number, do=no_list),
        Row("contact", "documents.phone", do=no_list),
        Row("contact", ANYWHERE, do=unasked_contact),
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
)

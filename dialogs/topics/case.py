"""The person's own case: which service, what is known, and what must still be asked.

`case` is how it will stand once the event is taken; the rows of the conversation choose by it where to go.
"""

from dialogs.catalogue.catalogue import Answers, next_question
from dialogs.catalogue.schema import Service
from dialogs.table import ANYWHERE
from dialogs.talk import Case, Row, Talk
from dialogs.topics import privacy
from dialogs.topics.menu import understood


def found(talk: Talk) -> tuple[str, ...]:
    """What the free text is about, searched for once a turn."""
    if talk.found is None:
        talk.found = tuple(talk.guide.search.find(talk.event.args[0]).services)
    return talk.found


def case(talk: Talk) -> Case | None:
    """Once a turn; None if the event is about nothing that exists."""
    if not talk.case_known:
        talk.case_known = True
        talk.case = _case(talk)
    return talk.case


def case_here(talk: Talk) -> Case:
    """As the session stands. Its service has to be one that exists."""
    return _of(talk, talk.guide.catalogue.services[talk.session.service], talk.session.answers)


def _of(talk: Talk, service: Service, answers: Answers) -> Case:
    return Case(service, answers, next_question(service, answers, talk.now.date()))


def _case(talk: Talk) -> Case | None:
    name, args = talk.event.name, talk.event.args
    if name == "svc":
        service = talk.guide.catalogue.numbered(args[0]) if args else None
        return _of(talk, service, {}) if service else None
    if name == "o":
        return _answered(talk)
    if name == "say":
        return _of(talk, talk.guide.catalogue.services[found(talk)[0]], {}) if len(found(talk)) == 1 else None
    service = talk.guide.catalogue.services.get(talk.session.service)
    if service is None:
        return None
    answers = talk.session.answers
    if name == "redo":
        return _of(talk, service, {})
    if name == "back" and talk.state in ("documents.question", "documents.answer"):
        return _of(talk, service, dict(list(answers.items())[:-1]))
    return _of(talk, service, answers)


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
    order = [q.id for q in service.questions]
    earlier = {q: known[q] for q in order[: order.index(question)] if q in known}
    here = _of(talk, service, earlier)
    if here.asked is None or here.asked.id != question or not may_ask(talk, question):
        return here
    return _of(talk, service, {**earlier, question: option})


def may_ask(talk: Talk, question: str) -> bool:
    return privacy.agreed(talk) or not talk.guide.catalogue.questions[question].personal


def keep_case(talk: Talk) -> None:
    understood(talk)
    its = case(talk)
    if its is not None:
        talk.session.service = its.service.slug
        talk.session.group = its.service.group
        talk.session.answers = dict(its.answers)
        talk.session.general = False


def keep_general_case(talk: Talk) -> None:
    """Without agreement nothing personal is asked or kept, and the list holds all that may be needed."""
    understood(talk)
    kinds, answers = talk.guide.catalogue.questions, talk.session.answers
    talk.session.agreed = None
    talk.session.answers = {q: option for q, option in answers.items() if q in kinds and not kinds[q].personal}
    talk.session.general = True


def needs_agreement(talk: Talk) -> bool:
    its = case(talk)
    return its is not None and its.asked is not None and not may_ask(talk, its.asked.id)


def needs_answer(talk: Talk) -> bool:
    its = case(talk)
    return its is not None and its.asked is not None


def is_known(talk: Talk) -> bool:
    return case(talk) is not None


def onwards(event: str) -> tuple[Row, ...]:
    """From a case to what it needs next: the agreement, an answer, or nothing more."""
    return (
        Row(event, ANYWHERE, "documents.privacy", when=needs_agreement, do=keep_case),
        Row(event, ANYWHERE, "documents.question", when=needs_answer, do=keep_case),
        Row(event, ANYWHERE, "documents.answer", when=is_known, do=keep_case),
    )

"""Who somebody is: the persons that E-Sobes knows at their phone, one of them chosen, and always shown.

`persons` and `person` are how it will stand once the event is taken; the rows choose by it where to go, as those of
`case` do. Whatever is about one person leads there by `onwards`, through as many questions as are needed.
"""

from collections.abc import Callable
from datetime import datetime

from dialogs.inquiries import Away, Persons, PersonWith
from dialogs.messages import Reply, Say, say
from dialogs.people import Citizen, mark, read_phone
from dialogs.render import BACK, MENU
from dialogs.table import ANYWHERE
from dialogs.talk import Row, Talk, Topic, View, choice
from dialogs.topics import privacy, proof
from dialogs.topics.documents import not_own_number, own_number, typed_a_number
from dialogs.topics.link import in_chat, link, own_number_here
from dialogs.topics.menu import understood

AIMS = ("status", "request")
"""What somebody has to be known for: the event, the aim in the session and the state have one name."""
BEGIN = {
    **{name: name for name in AIMS},
    "request_yes": "request",
    "app": "status",
    "queue": "status",
    "others": "status",
}
"""Events that lead to them: what is confirmed by an old button is asked anew."""

Condition = Callable[[Talk], bool]


def aim(talk: Talk) -> str:
    return BEGIN.get(talk.event.name) or talk.session.aim or AIMS[0]


def phone(talk: Talk) -> str | None:
    """Whose persons they are."""
    if talk.event.name == "contact" and own_number(talk) and in_chat(talk):
        shared = read_phone(talk.event.args[0])
        return shared.e164 if shared else None
    return talk.phone


def persons(talk: Talk) -> tuple[Citizen, ...] | Away:
    """Whom this talk may be about: whoever is reached at the phone, and whoever showed to be the sender."""
    number = phone(talk)
    found = talk.ask(Persons(number)) if number else ()
    if isinstance(found, Away):
        return found
    known = {one.iin: one for one in found if one.key not in talk.here.strangers}
    for iin in proof.proven(talk):
        one = known.get(iin) or talk.ask(PersonWith(iin))
        if isinstance(one, Away):
            return one
        if one is not None:
            known[iin] = one
    return tuple(known.values())


def person(talk: Talk) -> Citizen | None:
    """Whom it is about; None while that is not known."""
    known = persons(talk)
    if isinstance(known, Away):
        return None
    return known[0] if len(known) == 1 else next((one for one in known if one.key == _wanted(talk)), None)


def _wanted(talk: Talk) -> str:
    if talk.event.name == "whom" and talk.event.args:
        return talk.event.args[0]
    shown = proof.proves(talk)
    return mark(shown) if shown else talk.session.whom


def is_settled(talk: Talk) -> bool:
    """Nothing more has to be asked, or nothing can be."""
    return isinstance(persons(talk), Away) or person(talk) is not None


def are_several(talk: Talk) -> bool:
    return bool(persons(talk))


def has_no_number(talk: Talk) -> bool:
    return phone(talk) is None


def is_unagreed(talk: Talk) -> bool:
    """An IIN is asked for only after the privacy notice."""
    return not privacy.agreed(talk)


def always(_: Talk) -> bool:
    return True


def ask_whom(talk: Talk) -> Reply:
    known = persons(talk)
    several = () if isinstance(known, Away) else known
    return Reply(
        (Say("who.choose"),),
        (*(choice(f"whom:{one.key}", "who.person", name=one.name) for one in several), BACK, MENU),
    )


def ask_contact(_: Talk) -> Reply:
    return Reply((Say("who.contact"),), (choice("by_iin", "who.by_iin"), BACK, MENU), ask_contact=True)


def ask_agreement(_: Talk) -> Reply:
    return Reply(
        (Say("privacy.notice"), Say("who.privacy")),
        (choice(f"agree:{privacy.VERSION}", "privacy.agree"), choice("decline", "who.decline"), BACK, MENU),
    )


def ask_iin(talk: Talk) -> Reply:
    until = proof.locked_until(talk)
    if until is not None:
        return Reply((say("who.locked", at=until),), (choice("operator", "menu.operator"), MENU))
    how = Say("who.iin_how" if has_no_number(talk) else "who.iin_of_unknown")
    return Reply((how, Say("who.iin")), (BACK, MENU))


def ask_code(talk: Talk) -> Reply:
    challenge = talk.session.challenge
    if challenge is None or (not proof.is_live(talk) and proof.is_locked(talk)):
        return ask_iin(talk)
    until = datetime.fromtimestamp(challenge.until, talk.now.tzinfo).time()
    asked = say("who.code", until=until) if proof.is_live(talk) else Say("who.code_old")
    return Reply((asked,), (choice("code_again", "who.code_again"), BACK, MENU))


QUESTIONS: dict[str, tuple[Condition, View]] = {
    "who.choose": (are_several, ask_whom),
    "who.code": (proof.is_live, ask_code),
    "who.contact": (has_no_number, ask_contact),
    "who.privacy": (is_unagreed, ask_agreement),
    "who.iin": (always, ask_iin),
}
"""What may have to be asked before it is known who somebody is, in this order, where the condition holds."""


def question(talk: Talk) -> str:
    return next(state for state, (stands, _) in QUESTIONS.items() if stands(talk))


def for_somebody(view: View) -> View:
    """Shown once it is known whom it is about, however the person came here."""

    def shown(talk: Talk) -> Reply:
        return view(talk) if is_settled(talk) else QUESTIONS[question(talk)][1](talk)

    return shown


def asked(talk: Talk) -> str:
    """The question that the person sees; it may also stand in place of something that is about somebody."""
    unsettled = talk.state.partition(".")[0] in AIMS and not is_settled(talk)
    return question(talk) if unsettled else talk.state


def sees(*states: str) -> Condition:
    def seen(talk: Talk) -> bool:
        return asked(talk) in states

    return seen


def keep_aim(talk: Talk) -> None:
    understood(talk)
    talk.session.aim = aim(talk)


def keep_whom(talk: Talk) -> None:
    understood(talk)
    talk.session.whom = talk.event.args[0]


def onwards(event: str, *, at: str = ANYWHERE, when: Condition, do: Callable[[Talk], None]) -> tuple[Row, ...]:
    """To what the person wants, or to the question that stands before it."""

    def towards(state: str, *conditions: Condition) -> Row:
        def holds(talk: Talk) -> bool:
            return when(talk) and all(condition(talk) for condition in conditions)

        return Row(event, at, state, when=holds, do=do)

    return (
        *(towards(name, _aims_at(name), is_settled) for name in AIMS),
        *(towards(state, condition) for state, (condition, _) in QUESTIONS.items()),
    )


def _aims_at(name: str) -> Condition:
    def aims(talk: Talk) -> bool:
        return aim(talk) == name

    return aims


def one_of_them(talk: Talk) -> bool:
    known = persons(talk)
    return not isinstance(known, Away) and any((one.key,) == talk.event.args for one in known)


TOPIC = Topic(
    views={state: view for state, (_, view) in QUESTIONS.items()},
    rows=(
        *onwards("whom", when=one_of_them, do=keep_whom),
        *onwards("contact", at="who.contact", when=own_number_here, do=link),
        Row("contact", "who.contact", do=not_own_number),
        Row("say", "who.contact", when=typed_a_number, do=not_own_number),
        Row("back", "who.choose", "menu", do=understood),
        Row("back", "who.contact", "menu", do=understood),
        Row("back", "who.privacy", "menu", do=understood),
        Row("back", "who.iin", "menu", do=understood),
        Row("back", "who.code", "who.iin", do=understood),
    ),
    asks=frozenset(QUESTIONS),
)

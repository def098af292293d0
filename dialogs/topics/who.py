"""Who somebody is: the persons that E-Sobes knows at their phone, one of them chosen, and always shown.

`persons` and `person` are how it will stand once the event is taken; the rows choose by it where to go, as those of
`case` do. Whatever is about one person leads there by `onwards`, through as many questions as are needed.
"""

from collections.abc import Callable

from dialogs.inquiries import Away, Persons
from dialogs.messages import Reply, Say
from dialogs.people import Citizen, read_phone
from dialogs.render import BACK, MENU
from dialogs.table import ANYWHERE
from dialogs.talk import Row, Talk, Topic, View, choice
from dialogs.topics.documents import own_number
from dialogs.topics.link import in_chat, link, own_number_here
from dialogs.topics.menu import understood

AIMS = ("status", "request")
"""What somebody has to be known for: the event, the aim in the session and the state have one name."""
BEGIN = {**{name: name for name in AIMS}, "request_yes": "request"}
"""Events that lead to them: what is confirmed by an old button is asked anew."""

Condition = Callable[[Talk], bool]


def aim(talk: Talk) -> str:
    return BEGIN.get(talk.event.name, talk.session.aim)


def phone(talk: Talk) -> str | None:
    """Whose persons they are."""
    if talk.event.name == "contact" and own_number(talk) and in_chat(talk):
        shared = read_phone(talk.event.args[0])
        return shared.e164 if shared else None
    return talk.phone


def persons(talk: Talk) -> tuple[Citizen, ...] | Away:
    """Whom this talk may be about."""
    number = phone(talk)
    found = talk.ask(Persons(number)) if number else ()
    if isinstance(found, Away):
        return found
    return tuple(one for one in found if one.key not in talk.here.strangers)


def person(talk: Talk) -> Citizen | None:
    """Whom it is about; None while that is not known."""
    known = persons(talk)
    if isinstance(known, Away):
        return None
    wanted = talk.event.args[0] if talk.event.name == "whom" and talk.event.args else talk.session.whom
    return known[0] if len(known) == 1 else next((one for one in known if one.key == wanted), None)


def is_settled(talk: Talk) -> bool:
    """Nothing more has to be asked, or nothing can be."""
    return isinstance(persons(talk), Away) or person(talk) is not None


def are_several(talk: Talk) -> bool:
    return bool(persons(talk))


def has_no_number(talk: Talk) -> bool:
    return phone(talk) is None


def prompt(talk: Talk) -> View:
    """What has to be asked before it is known who somebody is."""
    if are_several(talk):
        return ask_whom
    return ask_contact if has_no_number(talk) else ask_iin


def for_somebody(view: View) -> View:
    """Shown once it is known whom it is about, however the person came here."""

    def shown(talk: Talk) -> Reply:
        return view(talk) if is_settled(talk) else prompt(talk)(talk)

    return shown


def ask_whom(talk: Talk) -> Reply:
    known = persons(talk)
    several = () if isinstance(known, Away) else known
    return Reply(
        (Say("who.choose"),),
        (*(choice(f"whom:{one.key}", "who.person", name=one.name) for one in several), BACK, MENU),
    )


def ask_contact(_: Talk) -> Reply:
    return Reply((Say("who.contact"),), (BACK, MENU), ask_contact=True)


def ask_iin(_: Talk) -> Reply:
    return Reply((Say("who.iin"),), (BACK, MENU))


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
        towards("who.choose", are_several),
        towards("who.contact", has_no_number),
        towards("who.iin"),
    )


def _aims_at(name: str) -> Condition:
    def aims(talk: Talk) -> bool:
        return aim(talk) == name

    return aims


def one_of_them(talk: Talk) -> bool:
    known = persons(talk)
    return not isinstance(known, Away) and any((one.key,) == talk.event.args for one in known)


def always(_: Talk) -> bool:
    return True


TOPIC = Topic(
    views={"who.choose": ask_whom, "who.contact": ask_contact, "who.iin": ask_iin},
    rows=(
        *onwards("whom", when=one_of_them, do=keep_whom),
        *onwards("contact", at="who.contact", when=own_number_here, do=link),
        Row("back", "who.choose", "menu", do=understood),
        Row("back", "who.contact", "menu", do=understood),
        Row("back", "who.iin", "menu", do=understood),
    ),
)

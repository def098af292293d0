"""What travels along a matter's table for one step, and the rows that both kinds of offers have in common.

What silence means is not among them: each kind says that in its own table.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from msgspec import Struct, structs

from dialogs import table
from dialogs.matters import window
from dialogs.matters.matter import Answer, Given, Matter, Relay, Telling
from dialogs.matters.rules import Rules


class Happening(Struct, frozen=True):
    """Something that a matter has to answer: the name of a row, and what comes with it."""

    name: str
    given: Given | None = None
    """With `consent`, `refusal` and `sized`: what the person sent."""
    held: Answer | None = None
    """With `contradicted`: which answer E-Sobes holds."""


class Sending(Struct, frozen=True):
    """What became of the question, as far as anybody knows."""

    left: bool
    """A provider has taken it, or never will: sending it once more would change nothing."""
    arrived: bool
    """It reached some phone of the person, or nothing was heard to the contrary."""


class Affair:
    __slots__ = ("given", "held", "matter", "nature", "now", "relays", "rules", "sending", "state", "tellings")

    def __init__(self, matter: Matter, now: datetime, rules: Rules, sending: Sending) -> None:
        self.matter = structs.replace(matter)
        self.state = matter.state
        self.now = now
        self.rules = rules
        self.sending = sending
        self.given: Given | None = None
        self.held: Answer | None = None
        self.tellings: list[Telling] = []
        self.relays: list[Relay] = []
        self.nature = ""
        """What the person's answer was taken for, in the journal."""

    def tell(self, name: str, *, asked: bool = False, minutes: int = 0, held: str = "") -> None:
        self.tellings.append(Telling(name, asked, minutes, held))

    def answer(self, name: str, minutes: int = 0) -> None:
        self.tell(name, asked=True, minutes=minutes)

    def relay(self, given: Given) -> None:
        self.matter.given = given
        self.matter.relays += 1
        self.relays.append(Relay(self.matter.relays, given))

    def close(self, how: Answer, letter: str) -> None:
        """Nobody answered; what counts is the moment when the window closed."""
        phone = self.matter.phones[0] if self.matter.phones else None
        self.relay(Given(how, self.matter.closes, phone=phone))
        self.tell(letter)

    @property
    def way_back(self) -> datetime:
        """Until then a refusal is not passed on."""
        assert self.matter.given is not None  # noqa: S101 - there is a refusal to take back
        return min(self.matter.given.at + self.rules.hold, self.matter.closes)


Row = table.Row[Affair]


def agree(affair: Affair) -> None:
    affair.relay(given(affair))
    affair.nature = "answer.consent"
    affair.answer("consented")
    affair.tell("consented_elsewhere")


def hold(affair: Affair) -> None:
    """Held for a while before it is passed on, in case it was sent by accident."""
    affair.matter.given = given(affair)
    affair.nature = "answer.refusal"
    still_held(affair)


def refuse(affair: Affair) -> None:
    """Nothing is held: it is passed on in the same breath."""
    affair.relay(given(affair))
    affair.nature = "answer.refusal"
    affair.answer("refused")
    affair.tell("refused")


def still_held(affair: Affair) -> None:
    affair.nature = "answer.refusal"
    affair.answer("refusing", minutes=int((affair.way_back - affair.now) / timedelta(minutes=1)))


def pass_refusal(affair: Affair) -> None:
    assert affair.matter.given is not None  # noqa: S101 - it was held until now
    affair.relay(affair.matter.given)
    affair.tell("refused")


def refused_again(affair: Affair) -> None:
    """If the refusal has only just been passed on, the answer is the letter about it, which says what remains."""
    affair.nature = "answer.refusal"
    just_now = any(telling.name == "refused" for telling in affair.tellings)
    affair.answer("refused" if just_now else "refused_again")


def turn(affair: Affair) -> None:
    """E-Sobes knows of a refusal; it decides whether the consent still counts."""
    affair.relay(given(affair))
    affair.nature = "answer.consent"
    affair.answer("turning")


def turned(affair: Affair) -> None:
    affair.tell("turned")


def contradicted(affair: Affair) -> None:
    affair.tell("conflict", held=affair.held or "")


def withdrawn(affair: Affair) -> None:
    """Nothing is said of a question that still waits for the morning: the person has never heard of it."""
    if affair.matter.tries > 1 or affair.now >= affair.matter.sent:
        affair.tell("withdrawn")


def put_off(affair: Affair) -> None:
    """No provider took the question on its day: the window begins with the day on which it leaves."""
    matter = affair.matter
    matter.tries += 1
    matter.sent = window.leaves(affair.now, affair.rules.quiet)
    matter.closes = window.closes(matter.sent, affair.rules)
    matter.reminded = False
    affair.tell("question")


def remind(affair: Affair) -> None:
    affair.matter.reminded = True
    affair.tell("reminder")


def says(letter: str, nature: str) -> Callable[[Affair], None]:
    """The answer changes nothing; the person is told how things stand."""

    def say(affair: Affair) -> None:
        affair.nature = nature
        affair.answer(letter)

    say.__name__ = f"say_{letter}"
    return say


def nothing(_: Affair) -> None:
    """It comes too late or for the second time."""


def not_left(affair: Affair) -> bool:
    return not affair.sending.left


def never_arrived(affair: Affair) -> bool:
    return not affair.sending.arrived


def in_time(affair: Affair) -> bool:
    return affair.now < affair.matter.closes


def unheld(affair: Affair) -> bool:
    return not affair.rules.hold


def to_be_reminded(affair: Affair) -> bool:
    """Once, and only if the reminder can still leave on the last day."""
    matter = affair.matter
    return not matter.reminded and window.leaves(affair.now, affair.rules.quiet) < matter.closes


def given(affair: Affair) -> Given:
    assert affair.given is not None  # noqa: S101 - these come with what the person sent
    return affair.given

"""What somebody writes or presses, and what the reference makes of it."""

from collections.abc import Callable, Collection
from datetime import datetime

from msgspec import Struct

from dialogs.matters.codes import CODES
from dialogs.matters.letters import key
from dialogs.messages import Pressed, Text
from tests.model import steps
from tests.model.cast import Cast
from tests.model.reference import Heard, Offer, Reference
from tests.model.steps import Step

Said = tuple[Text | Pressed, Callable[[], Heard]]


class Speaker(Struct, frozen=True):
    """Somebody at a phone or chat, with one offer in mind."""

    step: Step
    now: datetime
    reference: Reference
    phone: str
    offer: Offer | None

    @property
    def knows(self) -> bool:
        """The codes mean this offer here."""
        return self.offer is not None and self.phone in self.offer.knows

    @property
    def codes(self) -> tuple[str, str]:
        return (self.offer.yes, self.offer.no) if self.offer else ("", "")

    def press(self) -> Said:
        pressed = Pressed(f"offer:{key(self.step.offer)}:{self.step.how}")
        if not self.knows:
            return pressed, in_the_talk
        code = self.codes[self.step.how == "no"]
        return pressed, lambda: self.reference.by_code(self.now, self.step.address, code, None)

    def code(self) -> Said:
        code = self.codes[self.step.how == "no"]
        forms = steps.YES_CODES if self.step.how == "yes" else steps.NO_CODES
        form = forms[self.step.variant % len(forms)] if self.knows else "{0}"
        return self._code(code, form.format(code, " ".join(code)))

    def slip(self) -> Said:
        slipped = _slip(self.codes[0], self.step.variant)
        return self._code(slipped, slipped)

    def _code(self, code: str, text: str) -> Said:
        return Text(text), lambda: self.reference.by_code(self.now, self.step.address, code, text)

    def word(self) -> Said:
        yes = self.step.how == "yes"
        words = steps.YES_WORDS if yes else steps.NO_WORDS
        text = words[self.step.variant % len(words)]
        return Text(text), lambda: self.reference.by_word(self.now, self.step.address, yes, text)

    def question(self) -> Said:
        return self._unclear(steps.QUESTIONS[self.step.variant % len(steps.QUESTIONS)])

    def unclear(self) -> Said:
        form = steps.UNCLEAR[self.step.variant % len(steps.UNCLEAR)]
        if not self.knows and "{" in form:
            form = steps.UNCLEAR[0]
        return self._unclear(form.format(yes=self.codes[0], no=self.codes[1]))

    def _unclear(self, text: str) -> Said:
        return Text(text), lambda: self.reference.unclear(self.now, self.step.address)

    def stranger(self) -> Said:
        code = self.codes[1] if self.knows and self.step.variant % 3 == 0 else None
        text = steps.STRANGER[self.step.variant % len(steps.STRANGER)]
        said = Text(f"{text} {code}" if code else text)
        return said, lambda: self.reference.not_mine(self.now, self.step.address, code)

    def size(self) -> Said:
        return Text(steps.SIZE), lambda: self.reference.size(self.now, self.step.address, steps.SIZE)

    def specialist(self) -> Said:
        return Text("маманға"), in_the_talk

    def menu(self) -> Said:
        return Text("0"), in_the_talk

    def hello(self) -> Said:
        return Text("сәлем"), in_the_talk


def said(step: Step, now: datetime, reference: Reference, cast: Cast, talked: Collection[str]) -> Said:
    """`talked`: where the talk has heard something, so that a «yes» may be meant for it. Meant for a specialist, it
    decides nothing."""
    speaker = Speaker(step, now, reference, cast.phone(step.address), reference.offers.get(step.offer))
    if (step.do in ("code", "slip") and speaker.offer is None) or (
        step.do == "word" and step.address in talked and step.address not in reference.helped
    ):
        return speaker.hello()
    ways: dict[str, Callable[[], Said]] = {
        "press": speaker.press,
        "code": speaker.code,
        "slip": speaker.slip,
        "word": speaker.word,
        "question": speaker.question,
        "unclear": speaker.unclear,
        "stranger": speaker.stranger,
        "size": speaker.size,
        "specialist": speaker.specialist,
        "menu": speaker.menu,
        "hello": speaker.hello,
    }
    return ways[step.do]()


def in_the_talk() -> Heard:
    return Heard(about=None)


def _slip(code: str, variant: int) -> str:
    """One digit of it is another: no code that exists."""
    place, digit = variant % 3, str((int(code[variant % 3]) + 1 + variant) % 10)
    slipped = f"{code[:place]}{digit}{code[place + 1 :]}"
    assert slipped not in CODES
    return slipped

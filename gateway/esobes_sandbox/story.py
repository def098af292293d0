"""What happened in the district before anybody opened the page, one step after the other."""

import re
from collections.abc import Sequence

from gateway.esobes_sandbox.district import Step
from gateway.esobes_sandbox.shelf import Offer
from gateway.esobes_sandbox.teller import Heard, NoSuchError, Teller

_CODE = re.compile(r"\b\d{3}\b")


async def play(step: Step, teller: Teller) -> Heard:
    """A step of E-Sobes; what a person writes is not its to play."""
    whose = teller.resident(step.person)
    if step.do == "offer.opened":
        return await teller.offer_opened(whose, step.service, step.kind, step.device)
    offer = await latest_offer(step, teller)
    if step.do == "offer.withdrawn":
        return await teller.offer_withdrawn(offer.id)
    return await teller.decided(offer.id, step.outcome)


def codes(read: Sequence[str]) -> dict[str, str]:
    """The codes for yes and for no in the latest of these messages that has both, in this order."""
    found = (_CODE.findall(text) for text in reversed(read))
    yes, no, *_ = next(numbers for numbers in found if len(numbers) > 1)
    return {"yes": yes, "no": no}


async def latest_offer(step: Step, teller: Teller) -> Offer:
    """Of this person, and of this service if one is named."""
    whose = teller.resident(step.person)
    offers = [one for one in await teller.ministry.shelf.all(Offer) if one.iin == whose.iin]
    offers = [one for one in offers if step.service in ("", one.service)]
    if not offers:
        raise NoSuchError("This person has no such offer.")
    return max(offers, key=lambda one: one.opened)

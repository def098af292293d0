"""What a letter counts as when it has left, and whether it was the first word of an answer."""

from functools import lru_cache

from gateway.channels import Letter, channel_of
from gateway.figures.tallies import SOON, within
from gateway.letters import Status

ROUTELESS = "-"
"""Where a channel has one way only, or nobody took the letter."""
PEOPLE = frozenset({"sms", "tg", "chat"})
"""Channels that people read."""
_LEFT = frozenset({Status.ACCEPTED, Status.DELIVERED})


def leaving(letter: Letter, status: Status, route: str, at: float) -> tuple[str, ...]:
    """`at`: when that was known, in seconds since 1970."""
    channel = channel_of(letter.address)
    reply = ""
    if status in _LEFT and channel in PEOPLE and _is_first_word(letter):
        reply = within(at - letter.created, SOON)
    return _names(letter.broadcast, channel, route, status, reply)


@lru_cache(maxsize=1024)
def _names(broadcast: bool, channel: str, route: str, status: Status, reply: str) -> tuple[str, ...]:
    left = f"{'cast' if broadcast else 'left'} {channel} {route or ROUTELESS} {status}"
    return (left, f"reply {channel} {reply}") if reply else (left,)


def reported(route: str, status: Status, *, broadcast: bool = False) -> str:
    return f"{'cast-report' if broadcast else 'report'} {route} {status}"


def _is_first_word(letter: Letter) -> bool:
    """Letters that answer a message bear its name, and the first of them the number 0."""
    return not (letter.unasked or letter.broadcast) and letter.id.endswith(":0")

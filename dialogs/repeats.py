"""The same asked again and again: the answer did not help, and somebody else may."""

from typing import Any
from zlib import crc32

from msgspec import structs

from dialogs.messages import Event
from dialogs.session import NOT_ONCE, Session

TOO_OFTEN = 3
SHORT = 0xFFFF
"""It rests in a million sessions, and two questions alike by chance do no harm."""
NOT_ASKED = frozenset(
    {
        *("menu", "back", "more", "earlier", "later", "again", "resume", "start", "thanks", "help", "operator"),
        *("lang", "quiet", "loud", "forget", "forget_yes", "o", "agree", "decline", "tick", "contact"),
        *("first_contact", "kept", "interrupted", "unreadable", "old_button", "no_such_number", "unknown_command"),
        *("specialist", "write", "handed"),
    }
)
"""Finding one's way, answering, or nothing that could be understood: none of it asks for anything, and none of it
comes between two questions that are the same."""
PASSING: dict[str, Any] = {
    **dict.fromkeys(("state", "behind", "closed"), ""),
    **dict.fromkeys(("page", "missed"), 0),
    **dict.fromkeys(("pace", "repeats"), (0, 0)),
    "offered": [],
}
"""What may differ between two answers that are the same."""


def counted(before: Session, after: Session, event: Event) -> tuple[int, int]:
    """What was asked last, and how many times in a row it led to the same."""
    nothing_done = structs.replace(before, **PASSING) == structs.replace(after, **PASSING)
    if event.name in NOT_ASKED or after.missed:
        return before.repeats if nothing_done else NOT_ONCE
    asked = crc32(":".join((event.name, *event.args)).encode()) & SHORT
    return asked, before.repeats[1] + 1 if nothing_done and asked == before.repeats[0] else 1


def too_often(before: Session, after: Session) -> bool:
    """It is said at the third time, and not at each one that follows."""
    times = after.repeats[1]
    return after.repeats != before.repeats and times > 0 and times % TOO_OFTEN == 0

"""Words that nobody could make anything of, as they may be kept: whoever writes our texts sees what is missing.

Nothing is kept of what somebody answers to a question of ours, or while a code is awaited: that is theirs.
"""

from collections.abc import Container

from dialogs.messages import Event
from dialogs.session import Session

LONGEST = 80
DIGIT = "•"


def unmet(before: Session, after: Session, event: Event, asking: Container[str]) -> str:
    """Empty if the words were understood, or are not to be kept. `before`: as the words found the session; `asking`:
    states in which a question stands."""
    if event.name != "say" or after.missed <= before.missed:
        return ""
    if before.state in asking or after.state in asking or before.closed or before.challenge is not None:
        return ""
    return masked(event.args[0])


def masked(words: str) -> str:
    """Names cannot be known; numbers can."""
    return "".join(DIGIT if letter.isdigit() else letter for letter in " ".join(words.split()))[:LONGEST].rstrip()

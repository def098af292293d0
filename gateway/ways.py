"""One person, several ways: what goes to a phone by SMS, what to the chat linked to it, and when an SMS follows.

What the law asks for goes by SMS, and to the chat as well. Anything else goes to the chat, and an SMS waits in its
place: it leaves only if nothing says in time that the chat has taken the letter.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from msgspec import Struct

from dialogs.matters import window
from dialogs.matters.pocket import Pocket
from dialogs.matters.window import Quiet
from dialogs.statutory import Statutory

_DAY = timedelta(1)
_HAIR = 100_000
"""A day by this is less than a second: what waits for the same morning leaves in the order in which it was told."""


class Way(Struct, frozen=True):
    """One letter of a telling."""

    address: str
    leaves: datetime
    until: datetime | None = None
    """Of a chat's letter in whose place an SMS waits: then it is of no use any more, and the SMS leaves."""
    waits: bool = False
    """An SMS that leaves only if the chat's letter does not get through."""


class Ways(Struct, frozen=True):
    law: Statutory
    quiet: Quiet | None
    """From when until when nothing unasked-for is sent."""
    sms_too: bool = True
    """Whether what the law asks for always goes by SMS, too."""
    after: timedelta = timedelta(minutes=2)
    """For so long an SMS waits for the chat."""

    def by_law(self, asked: bool) -> bool:
        """Whether a letter goes by SMS and to the chat at once. `asked`: the law asks for it."""
        return asked and self.sms_too

    def of(
        self,
        phone: str,
        known: Pocket,
        leaves: Callable[[str], datetime],
        until: Callable[[datetime], datetime],
        *,
        both: bool = False,
    ) -> list[Way]:
        """How somebody with this phone is told something. `leaves`: when, at an address; `until`: till when it is of
        use, if it leaves then; `both`: by SMS and to the chat at once."""
        sms, chat = f"sms:{phone}", chat_of(known)
        by_sms = Way(sms, leaves(sms))
        if chat is None:
            return [by_sms]
        to_chat = Way(chat, leaves(chat))
        follows = self._follows(to_chat.leaves)
        if both or follows >= until(to_chat.leaves):  # too late: nobody may wait for it
            return [by_sms, to_chat]
        asked_at_night = window.leaves(to_chat.leaves, self.quiet) > to_chat.leaves
        ends = follows if asked_at_night else to_chat.leaves + self.after
        return [Way(sms, follows, waits=True), Way(chat, to_chat.leaves, until=ends)]

    def _follows(self, leaves: datetime) -> datetime:
        """When an SMS leaves that waits for the chat's letter."""
        due = leaves + self.after
        morning = window.leaves(due, self.quiet)
        return due if due == morning else morning + (due - morning + _DAY) / _HAIR


def chat_of(known: Pocket) -> str | None:
    """The chat in which somebody with this phone can be reached."""
    return None if known.blocked else known.chat

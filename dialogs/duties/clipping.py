"""Somebody else's words, short enough for an SMS: a name, an address, a reason."""

import re

from msgspec import Struct

from dialogs.applications.rights import shortened

_OWN_NAME = re.compile(r"«[^«»]+»|\"[^\"]+\"")
LONGEST_REASON = 300
"""Letters in a chat."""


class Room(Struct, frozen=True):
    """How many letters somebody else's words may take."""

    name: int
    address: int
    phone: int
    reason: int


ROOMS = (
    Room(200, 200, 40, 200),
    Room(200, 200, 0, 100),
    Room(200, 0, 40, 80),
    Room(48, 40, 0, 60),
    Room(40, 0, 24, 50),
    Room(40, 0, 0, 40),
    Room(24, 0, 0, 24),
    Room(0, 0, 0, 0),
)
"""In an SMS, the most first."""
ROOMS_TO_CALL = (
    ROOMS[0],
    ROOMS[2],
    Room(48, 0, 40, 0),
    Room(40, 0, 24, 0),
    Room(24, 0, 24, 0),
    Room(0, 0, 24, 0),
    Room(0, 0, 0, 0),
)
"""Where the phone matters more than the address."""
CHAT_ROOM = Room(200, 200, 200, LONGEST_REASON)


def clipped(words: str, longest: int) -> str:
    """Cut between words; a quotation that was begun is closed."""
    cut = shortened(words, longest)
    return f"{cut}»" if cut.count("«") > cut.count("»") else cut


def quoted(words: str, longest: int) -> str:
    """To stand between quotation marks."""
    return clipped(" ".join(words.split()).strip(' .«»"'), longest)


def short_name(name: str, longest: int) -> str:
    """People know an organisation by what stands between the quotation marks."""
    if len(name) <= longest:
        return name
    own = _OWN_NAME.search(name)
    return own[0] if own and len(own[0]) <= longest else clipped(name, longest)


def short_address(address: str, longest: int) -> str:
    """The region is known: what is nearest to the house stays."""
    parts = address.split(", ")
    while len(parts) > 1 and len(", ".join(parts)) > longest:
        parts = parts[1:]
    return clipped(", ".join(parts), longest)

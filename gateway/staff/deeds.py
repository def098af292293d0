"""The audit of staff: whatever they see or do about a person, and about each other. Only ever appended to.

    {staff}:deeds             stream, field `deed`
    {staff}:deeds:of:{mark}   list of the entries about one person, oldest first

Whom a deed is about stands there as a mark only: by IIN or phone it is found, and nobody reads either out of it.
"""

import hmac
from datetime import datetime
from hashlib import sha256

import msgspec
from msgspec import Struct

from dialogs.people import read_phone
from gateway.clock import Clock
from gateway.connection import Batched

DEEDS = "{staff}:deeds"
TERMINAL = "terminal"
"""Whoever sits at the server; there is no such login."""
NOBODY = "?"
"""Whoever typed a login that nobody has."""
_LONGEST = 500
_NOTE = """
local entry = redis.call('XADD', KEYS[1], '*', 'deed', ARGV[1])
if ARGV[2] == '1' then redis.call('RPUSH', KEYS[2], entry) end
return entry
"""


class Deed(Struct, frozen=True, omit_defaults=True):
    at: datetime
    who: str
    """A login, `TERMINAL` or `NOBODY`."""
    what: str
    """Its words are the text `deed.{what}`."""
    mark: str = ""
    tail: str = ""
    """The last four digits of the IIN or the phone."""
    detail: str = ""


_encode = msgspec.json.Encoder().encode


class Deeds:
    def __init__(self, redis: Batched, secret: str, clock: Clock) -> None:
        self._redis = redis
        self._secret = secret.encode()
        self._clock = clock
        self._note = redis.script(_NOTE)

    async def note(self, who: str, what: str, *, about: str = "", detail: str = "") -> None:
        """`about`: an IIN or a phone in full. `detail`: never anything personal."""
        mark = self.mark(about) if about else ""
        deed = Deed(self._clock.now(), who, what, mark, tail_of(about), detail[:_LONGEST])
        named = about_key(mark)
        await self._redis("EVALSHA", self._note, 2, DEEDS, named, _encode(deed), str(int(bool(mark))))

    def mark(self, about: str) -> str:
        return hmac.new(self._secret, plain(about).encode(), sha256).hexdigest()[:32]


def about_key(mark: str) -> str:
    return f"{{staff}}:deeds:of:{mark or '-'}"


def plain(about: str) -> str:
    """However an IIN or a phone was typed."""
    digits = "".join(letter for letter in about if letter.isdecimal())
    if len(digits) == 12 and not about.lstrip().startswith("+"):
        return digits
    phone = read_phone(about.strip())
    return phone.e164 if phone is not None else about.strip()


def tail_of(about: str) -> str:
    return plain(about)[-4:] if len(about) >= 10 else ""

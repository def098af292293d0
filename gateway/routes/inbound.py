"""What all providers of SMS have in common when a message comes in: whose it is, how it is called, and what it says.

Only a person is ever answered: not a short code, not the name of a company, not a line that takes no SMS, and not
ourselves. Two robots that thank each other would do so for ever, at the state's expense.
"""

import re
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from hashlib import blake2b

import phonenumbers
from phonenumbers import PhoneNumberType

from dialogs.messages import Content, Text, Unreadable
from dialogs.people import Phone, read_phone
from gateway.routes.route import Ignored

NOBODY = Ignored("no phone")
NO_PERSON = Ignored("not a person's phone")
OURSELVES = Ignored("our own number")

LONGEST_BODY = 4096
"""Bytes of a message that are decoded: four times what is read. Whoever sends more gets an answer all the same."""

_LANDLINE = re.compile(r"\+77[12][0-9]{8}")
"""The cities of Kazakhstan: such a line can be rung up, but reads no SMS."""
_EITHER = PhoneNumberType.FIXED_LINE_OR_MOBILE
"""Where nobody can tell, as in North America."""
_BARE = re.compile(r"[1-9][0-9]{9,14}")
"""From abroad, and the gateway left the plus off."""
_NUMBER = re.compile(r"[0-9+() .-]{10,24}")
_PLAIN = re.compile(rb"[\w.-]{1,64}", re.ASCII)
"""A name that can stand in the address for reports without escapes, which Kannel would take for its own."""
_TIME = re.compile(rb"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d", re.ASCII)
_CLOCKS_DIFFER = timedelta(days=2)
_WIDE = frozenset((0x00, 0x04, 0x20, 0x21, *range(0xD8, 0xE0)))
"""What every other byte of UTF-16 is here: Latin, Cyrillic, signs, and both halves of an emoji."""
_LETTERS = frozenset((0x00, 0x04))


def person(sender: str, own: Collection[str] = ()) -> Phone | Ignored:
    """`sender`: as the gateway wrote it; `own`: the numbers that we send from; see `own_numbers`."""
    text = sender.strip()
    if not text:
        return NOBODY
    phone = _mobile(text) if _NUMBER.fullmatch(text) else None
    if text in own or (phone is not None and phone.e164 in own):
        return OURSELVES
    return phone or NO_PERSON


def own_numbers(*senders: str) -> frozenset[str]:
    """What we send from, also in the form in which a message would come from there."""
    phones = [phone.e164 for sender in senders if (phone := read_phone(sender)) is not None]
    return frozenset((*filter(None, senders), *phones))


def name(secret: bytes, now: datetime, *, given: bytes, phone: str, body: bytes, sent: bytes = b"") -> str:
    """By which a message is known when it comes again. `given`: the gateway's own id; `sent`: when, by its clock.

    Gateways begin to count anew, and two of them may count alike: so an id means the same message only together with
    the same sender and text. Without an id, what the operator took in the same second is the same; where that clock
    cannot be believed, what we take in the same minute.
    """
    if given:
        plain = given.decode() if _PLAIN.fullmatch(given) else _derived(secret, given)
        return f"{plain}.{_derived(secret, phone.encode(), body, size=6)}"
    when = sent if _believed(sent, now) else f"{now:%Y-%m-%d %H:%M}".encode()
    return _derived(secret, phone.encode(), body, when)


def content(body: bytes) -> Content:
    """Nobody promises UTF-8: some gateways hand over UTF-16 as it came from the operator."""
    cut = body[:LONGEST_BODY]
    encoding = "utf-8"
    if cut[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encoding = "utf-16"
    elif len(body) % 2 == 0 and not _LETTERS.isdisjoint(cut[::2]) and _WIDE.issuperset(cut[::2]):
        encoding = "utf-16-be"
    for left in range(4 if cut != body else 1):  # the cut may have gone through a letter
        try:
            return Text(cut[: len(cut) - left].decode(encoding))
        except UnicodeDecodeError:
            continue
    return Unreadable("other")


@lru_cache(maxsize=16_384)
def _mobile(text: str) -> Phone | None:
    phone = read_phone(text)
    if phone is not None and phone.of_kazakhstan:
        return None if _LANDLINE.fullmatch(phone.e164) else phone
    bare = phone is None and _BARE.fullmatch(text) is not None
    if bare:
        phone = read_phone(f"+{text}")
    if phone is None:
        return None
    kind = phonenumbers.number_type(phonenumbers.parse(phone.e164))
    return phone if kind == PhoneNumberType.MOBILE or (kind == _EITHER and not bare) else None


def _believed(sent: bytes, now: datetime) -> bool:
    if not _TIME.fullmatch(sent):
        return False
    try:
        there = datetime.fromisoformat(sent.decode()).replace(tzinfo=UTC)
    except ValueError:
        return False
    return abs(there - now) < _CLOCKS_DIFFER


def _derived(secret: bytes, *parts: bytes, size: int = 12) -> str:
    """The same message gets the same name, and without the secret nobody finds the phone in it."""
    whole = b"".join(b"%d:%b" % (len(part), part) for part in parts)
    return blake2b(whole, key=secret[:64], digest_size=size).hexdigest()

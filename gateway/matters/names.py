"""How letters are called that nobody asked for: the same cause writes the same name, and no phone is in it."""

from hashlib import blake2b

from dialogs.duties.duty import AnyDuty
from dialogs.duties.duty import name as name_of
from dialogs.matters.letters import key
from dialogs.matters.matter import Matter
from dialogs.people import mark


def notice_id(matter: Matter, name: str, phone: str, address: str) -> str:
    return _at(address, phone, _letter_id(matter, name, matter.tries, phone))


def asking_ids(matter: Matter, phone: str) -> list[str]:
    """The SMS that asked at this phone: the questions, one for each try, then the reminders."""
    tries = range(1, matter.tries + 1)
    return [_letter_id(matter, name, number, phone) for name in ("question", "reminder") for number in tries]


def _letter_id(matter: Matter, name: str, tries: int, phone: str) -> str:
    """It can stand in an address without escapes."""
    return f"offer:{key(matter.id)}:{name}:{tries}:{short(phone)}"


def names_about(one: Matter | AnyDuty) -> tuple[str, str]:
    """How the names of letters begin that nobody asked for: about the offer or the duty, and about its person's
    applications."""
    begin = f"offer:{key(one.id)}:" if isinstance(one, Matter) else _of_duty(one)
    return begin, f"news:{mark(one.person.iin)}:"


def screen_of(one: Matter | AnyDuty) -> str:
    """What buttons under its letters are about."""
    return names_about(one)[0].removesuffix(":")


def news_id(iin: str, event: str, phone: str, address: str) -> str:
    """`event`: the first that the letter tells of."""
    return _at(address, phone, f"news:{mark(iin)}:{short(event)}:{short(phone)}")


def duty_letter_id(duty: AnyDuty, letter: str, phone: str, address: str) -> str:
    return _at(address, phone, f"{_of_duty(duty)}{letter}:{duty.round}:{short(phone)}")


def _of_duty(duty: AnyDuty) -> str:
    return f"duty:{key(name_of(duty))}:"


def _at(address: str, phone: str, name: str) -> str:
    """At the phone itself, or at the chat linked to it."""
    return name if address == f"sms:{phone}" else in_chat(name)


def in_chat(name: str) -> str:
    """How the letter to a chat is called, where the SMS is called so."""
    return f"{name}:chat"


def of_linked_chat(phone: str) -> str:
    """How the names end of what goes to the chat linked to this phone."""
    return f":{short(phone)}:chat"


def short(*parts: str) -> str:
    """Stands for them in a name, where they themselves would be too long or too personal."""
    return blake2b("\0".join(parts).encode(), digest_size=6).hexdigest()

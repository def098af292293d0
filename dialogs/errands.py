"""What a turn leaves to be done after it, however long that takes and whatever is restarted meanwhile."""

from msgspec import Struct


class SendCode(Struct, frozen=True, tag=True):
    """Send this code to a phone that E-Sobes holds for the person with this IIN, if there is such a person. Whoever
    asked is told the same, and as fast, if there is not."""

    iin: str
    challenge: str
    code: str
    until: float
    """Seconds since 1970 after which it is of no use."""
    language: str

    def __repr__(self) -> str:
        return "SendCode()"


class WriteBack(Struct, frozen=True, tag=True):
    """As soon as E-Sobes answers, what the person asked about comes to them by itself."""

    about: str
    """`status`."""


class Write(Struct, frozen=True, tag=True):
    """These words go to the specialists."""

    text: str
    language: str
    reason: str
    """`asked`; `missed`: nobody asked for a specialist, but the person is not understood."""

    def __repr__(self) -> str:
        return f"Write({self.reason})"


class Left(Struct, frozen=True, tag=True):
    """The person speaks to the assistant again; what they asked a specialist stays there."""


class Erase(Struct, frozen=True, tag=True):
    """Nothing that the person has written to the specialists is kept."""


ToSpecialist = Write | Left | Erase
Errand = SendCode | WriteBack | ToSpecialist


class ServiceRequest(Struct, frozen=True):
    """The person asks for a service. The office gets to know of it through E-Sobes, once."""

    iin: str
    service: str
    name: str = ""
    """The given name, where a phone serves several persons: the answer says whose it is."""
    phone: str | None = None
    """The person's own, to which the code went: of whoever writes in a chat that is linked to no phone."""

    def __repr__(self) -> str:
        return f"ServiceRequest({self.service})"


class Audit(Struct, frozen=True):
    """Something that whoever looks into a misuse will want to know. No IIN, no phone, no text."""

    what: str
    about: str = ""
    """Tells persons apart without naming them; see `people.mark`."""

"""What a line of the SMS journal is about, and the lines about it."""

from datetime import datetime

from msgspec import Struct, structs

from dialogs.duties.duty import AnyDuty
from dialogs.matters.matter import Given, Matter, Person
from dialogs.sms_length import measure
from gateway.channels import Letter, channel_of
from gateway.clock import ALMATY
from gateway.journal.journal import Direction, Entry


class Subject(Struct, frozen=True):
    """What a line of the journal is about."""

    person: Person
    case: str | None
    service: str
    specialist: str | None

    def answered(self, given: Given, nature: str) -> Entry:
        entry = self._line(given.at, Direction.IN, given.channel, nature)
        return structs.replace(entry, phone=given.phone or "", code=given.code, text=given.text or "")

    def told(self, letter: Letter, nature: str, phone: str | None) -> Entry:
        parts = measure(letter.text).parts if channel_of(letter.address) == "sms" else 0
        at = datetime.fromtimestamp(letter.created, ALMATY)
        entry = self._line(at, Direction.OUT, channel(letter.address), nature)
        return structs.replace(entry, phone=phone or "", letter=letter.id, parts=parts, text=letter.text)

    def _line(self, at: datetime, direction: Direction, by: str, nature: str) -> Entry:
        return Entry(
            at,
            direction,
            by,
            self.person.iin,
            self.person.name,
            self.person.birth_date,
            self.case,
            self.service,
            nature,
            code=None,
            phone="",
            specialist=self.specialist,
        )


def subject(matter: Matter) -> Subject:
    return Subject(matter.person, matter.case, matter.service, matter.specialist)


def of_duty(duty: AnyDuty) -> Subject:
    return Subject(duty.person, duty.case, duty.service, duty.specialist)


def channel(address: str) -> str:
    """As E-Sobes and the journal call it."""
    return "sms" if channel_of(address) == "sms" else "telegram"

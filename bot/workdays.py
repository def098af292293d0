"""The parts that keep the calendar of working days, and count what is open by it."""

from msgspec import Struct

from bot.affairs import Affairs
from bot.ground import Ground
from dialogs import workdays
from dialogs.talk import Guide
from gateway.web.staff.calendar import CalendarRoom
from gateway.web.staff.console import Console
from gateway.workdays.calendar import Calendar
from gateway.workdays.looks import Looks
from gateway.workdays.open_deadlines import Law
from gateway.workdays.recount import Recount


class Counted(Struct, frozen=True):
    calendar: Calendar
    looks: Looks
    recount: Recount
    reach: int
    """The longest term that is counted, in working days."""

    def room(self, console: Console) -> CalendarRoom:
        return CalendarRoom(console, self.calendar, self.looks, self.recount, self.reach)


def build(ground: Ground, offers: Affairs) -> Counted:
    redis, guide, law = ground.batched, ground.dialogue.guide, Law(offers.rules, offers.terms)
    calendar = Calendar(redis, workdays.base(), guide.workdays)
    recount = Recount(
        redis, calendar, law, matters=offers.matters, duties=offers.duties, clock=ground.clock, me=ground.reader
    )
    return Counted(calendar, Looks(redis, calendar, law, ground.clock), recount, _reach(guide, law))


def _reach(guide: Guide, law: Law) -> int:
    terms = (fact.days or 0 for service in guide.catalogue.services.values() for fact in service.facts)
    return max(law.offers.window, law.offers.decision, *law.duties.law.days.services.values(), *terms)

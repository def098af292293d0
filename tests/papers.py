"""Papers of people who do not exist."""

from datetime import date, datetime

from dialogs.duties.duty import Place, Reason
from dialogs.language import Language
from dialogs.matters.matter import Person
from dialogs.papers import Calendar, Entry, Notice
from gateway.clock import ALMATY

PERSON = Person("900101450017", "Әбдіғалиқызы Гүлмәрия Қуанышбекқызы", date(1990, 1, 1), Language.KK)
PLACE = Place("«Үміт» орталығы", "Жаркент қаласы, Абай көшесі, 17")
NOTICE = Notice(
    Language.KK,
    PLACE,
    PERSON,
    by_representative=False,
    reason=Reason.ILLNESS,
    before=date(2026, 11, 30),
    until=date(2026, 12, 10),
    on=date(2026, 11, 26),
)
CALENDAR = Calendar(
    Language.RU,
    (Entry("invitation:I-7", "Центр «Үміт»: приехать", date(2026, 11, 30)),),
    made=datetime(2026, 11, 26, 9, 0, tzinfo=ALMATY),
)

"""The calendar of a phone, read back as a phone would."""

from datetime import UTC, date, datetime, time, timedelta

import icalendar
import pytest
from msgspec import structs

from dialogs.language import Language
from dialogs.papers import Calendar, Entry
from gateway.clock import ALMATY
from gateway.papers import Papers
from tests.papers import CALENDAR

LONG = "Тұрғылықты жері бойынша жұмыспен қамту бөліміне өтініш беріңіз, құжаттарыңызды ұмытпаңыз; сұрақ: 1414"
WHOLE = Entry(
    "invitation:I-7",
    f"«Үміт» орталығы: {LONG}",
    date(2026, 11, 30),
    None,
    f"Ертіп алыңыз:\n{LONG}",
    "Абай, 17; 2-қабат",
)
TIMED = Entry("order:O-3", "Санаторий", date(2026, 12, 1), time(3, 30))


def calendar(*entries: Entry, language: Language = Language.KK) -> Calendar:
    return structs.replace(CALENDAR, entries=entries, language=language)


async def read(papers: Papers, what: Calendar) -> list[icalendar.Event]:
    file = icalendar.Calendar.from_ical((await papers.made(what)).content)
    assert not any(part.errors for part in file.walk())
    return [event for event in file.walk("VEVENT") if isinstance(event, icalendar.Event)]


async def test_a_whole_day_and_a_moment_are_said_as_such(papers: Papers) -> None:
    whole, timed = await read(papers, calendar(WHOLE, TIMED))
    assert whole.decoded("dtstart") == date(2026, 11, 30)
    assert type(whole.decoded("dtstart")) is date
    assert whole["dtstart"].params["value"] == "DATE"
    assert timed.decoded("dtstart") == datetime(2026, 11, 30, 22, 30, tzinfo=UTC)
    assert [event.decoded("dtstamp") for event in (whole, timed)] == [datetime(2026, 11, 26, 4, 0, tzinfo=UTC)] * 2


async def test_the_words_arrive_whole_in_lines_that_are_not_too_long(papers: Papers) -> None:
    file = await papers.made(calendar(WHOLE))
    assert all(len(line) <= 75 for line in file.content.split(b"\r\n"))
    assert b"\n" not in file.content.replace(b"\r\n", b"")
    assert file.content.endswith(b"END:VCALENDAR\r\n")
    (event,) = await read(papers, calendar(WHOLE))
    assert (event["summary"], event["description"], event["location"]) == (WHOLE.title, WHOLE.details, WHOLE.place)


@pytest.mark.parametrize(("language", "tomorrow"), [(Language.KK, "Ертең"), (Language.RU, "Завтра")])
async def test_the_phone_reminds_at_ten_on_the_day_before(papers: Papers, language: Language, tomorrow: str) -> None:
    whole, timed = await read(papers, calendar(WHOLE, TIMED, language=language))
    (alarm,) = whole.walk("VALARM")
    assert (alarm["action"], alarm["description"]) == ("DISPLAY", f"{tomorrow}: {WHOLE.title}")
    midnight = datetime.combine(WHOLE.day, time(), ALMATY)
    assert midnight + alarm.decoded("trigger") == datetime(2026, 11, 29, 10, 0, tzinfo=ALMATY)
    (alarm,) = timed.walk("VALARM")
    assert timed.decoded("dtstart") + alarm.decoded("trigger") == datetime(2026, 11, 30, 10, 0, tzinfo=ALMATY)


async def test_a_second_calendar_changes_what_the_first_brought_and_doubles_nothing(papers: Papers) -> None:
    later = structs.replace(WHOLE, title="Басқа орталық", day=date(2026, 12, 10))
    (before,) = await read(papers, calendar(WHOLE))
    made = CALENDAR.made + timedelta(minutes=1)
    (after,) = await read(papers, structs.replace(calendar(later, language=Language.RU), made=made))
    assert after.uid == before.uid
    assert after.sequence > before.sequence
    (other,) = await read(papers, calendar(TIMED))
    assert other.uid != before.uid
    assert "I-7" not in before.uid


async def test_it_is_a_calendar_that_phones_take(papers: Papers) -> None:
    file = await papers.made(calendar(WHOLE))
    assert (file.name, file.media_type) == ("merzimder.ics", "text/calendar; charset=utf-8")
    assert file == await papers.made(calendar(WHOLE))
    read_back = icalendar.Calendar.from_ical(file.content)
    assert (read_back["version"], read_back["method"]) == ("2.0", "PUBLISH")
    assert read_back["x-wr-calname"] == "Келісім: мерзімдер"
    assert file.content.count(b"BEGIN:VEVENT") == 1


async def test_words_of_others_stay_words(papers: Papers) -> None:
    sly = Entry("a", "Үміт\r\nEND:VEVENT\r\nATTACH:http://evil\x00", date(2026, 11, 30), place="a\nb", details="\n\n")
    (event,) = await read(papers, calendar(sly))
    assert event["summary"] == "Үміт END:VEVENT ATTACH:http://evil"
    assert event["location"] == "a b"
    assert "attach" not in event
    assert "description" not in event

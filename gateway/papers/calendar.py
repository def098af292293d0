"""Days not to be missed, as an iCalendar file (RFC 5545)."""

from datetime import UTC, datetime, time, timedelta
from hashlib import blake2b

from icalendar import Alarm, Event
from icalendar import Calendar as File

from dialogs.messages import Surface, Value, say
from dialogs.papers import Calendar, Entry
from dialogs.words import Words
from gateway.clock import ALMATY
from gateway.papers import line

_PRODUCT = "-//Kelisim//Kelisim//KK"
_REMINDS_AT = time(10)
"""The day before."""


def ics(calendar: Calendar, words: Words) -> bytes:
    def said(text: str, **values: Value) -> str:
        return words.say(say(f"file.calendar.{text}", **values), calendar.language, Surface.CHAT)

    file = File()
    file.add("prodid", _PRODUCT)
    file.add("version", "2.0")
    file.add("method", "PUBLISH")
    file.add("x-wr-calname", said("title"))
    for entry in calendar.entries:
        title = line(entry.title)
        event = _event(entry, title, calendar.made.astimezone(UTC))
        event.add_component(_alarm(entry, said("tomorrow", title=title)))
        file.add_component(event)
    content: bytes = file.to_ical()
    return content


def _event(entry: Entry, title: str, made: datetime) -> Event:
    event = Event()
    event.add(
        "uid", f"{blake2b(entry.name.encode(), digest_size=12).hexdigest()}@kelisim"
    )  # it tells nobody anything
    event.add("dtstamp", made)
    event.add("last-modified", made)
    event.add("sequence", int(made.timestamp()) // 60)  # what was made later takes the place of what was earlier
    event.add("dtstart", entry.day if entry.at is None else _begins(entry).astimezone(UTC))
    event.add("transp", "TRANSPARENT")  # the person is not busy because of it
    event.add("summary", title)
    if details := "\n".join(filter(None, map(line, entry.details.splitlines()))):
        event.add("description", details)
    if place := line(entry.place):
        event.add("location", place)
    return event


def _alarm(entry: Entry, title: str) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", title)
    reminded = datetime.combine(entry.day - timedelta(days=1), _REMINDS_AT, ALMATY)
    alarm.add("trigger", reminded - _begins(entry))
    return alarm


def _begins(entry: Entry) -> datetime:
    """Of the whole day, midnight: a reminder is counted from there."""
    return datetime.combine(entry.day, entry.at or time(), ALMATY)

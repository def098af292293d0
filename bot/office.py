"""For specialists: who needs a place no longer, who wants a day that acts in force disagree about, and who was told a
later last day than the calendar has now; what the assistant has done, and what is left to the office. Names are
initials; the case and the matter say who it is."""

import asyncio
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time

from bot.redis import open_redis
from bot.settings import Settings
from dialogs.catalogue.schema import Act
from dialogs.duties import rules
from dialogs.duties.rules import Law
from dialogs.people import initials
from gateway.clock import ALMATY
from gateway.matters import office
from gateway.matters.office import Dispute, Said
from gateway.matters.writing import Note

_SAID = {
    "declined": "does not need the place any more",
    "disputed": "wants another day to arrive, and acts in force disagree about it",
    "shortened": "was told a later last day than the calendar of working days has now",
}
_WIDTH = 22


def show(settings: Settings, since: date | None) -> int:
    print("\n".join(asyncio.run(told(settings, since))))
    return 0


async def told(settings: Settings, since: date | None = None) -> list[str]:
    law, acts = rules.read()
    async with open_redis(settings) as redis:
        start = None if since is None else datetime.combine(since, time(), ALMATY)
        notes = await office.read(redis, start)
    if not notes:
        return ["nothing waits for the office"]
    return [line for note in notes for line in ("", *_lines(note, law, acts))][1:]


def _lines(note: Note, law: Law, acts: Mapping[str, Act]) -> Iterator[str]:
    at = note.at.astimezone(ALMATY)
    yield f"{at:%d.%m.%Y %H:%M}  {note.duty.replace(':', ' ', 1)}: {_SAID.get(note.what, note.what)}"
    yield _row("person", f"{initials(note.whose)} ({note.person})")
    yield _row("specialist", f"{note.specialist or 'not named'}, case {note.case or 'not named'}")
    disagreed = office.dispute(note, law, acts)
    if disagreed is not None:
        yield from _disputed(disagreed)
    elif note.what == "shortened" and note.last is not None and note.day is not None:
        yield _row("the day told", f"{_day(note.last)}; it stays with us")
        yield _row("by the calendar", f"{_day(note.day)}; the portal may hold it to be so")
        yield _row("the office can", "call the person, so that they act by the earlier day")
    elif note.what == "declined":
        yield _row("the assistant", "told E-Sobes nothing, it has no way to; sends no more reminders of this place")
        yield _row("the office can", "call the person to be sure, and close the invitation in E-Sobes")


def _disputed(about: Dispute) -> Iterator[str]:
    yield _row("last day that counts", _day(about.last))
    yield _row("day wanted", f"{_day(about.wanted)}: {about.days} calendar days after it")
    for said in about.said:
        yield _row("what the acts say", _cited(said))
    safe = f"{_day(about.safe)}, {about.safe_days} days after it, which all of them allow"
    yield _row("the assistant", f"told E-Sobes nothing; offered {safe}, or an operator")
    yield _row("the office can", "say which act it follows, and call the person before the last day is over;")
    yield _row("", "the assistant tells the person of another day once E-Sobes has changed it")


def _cited(said: Said) -> str:
    read = f" (wording of {said.source.wording:%d.%m.%Y})" if said.source.wording else ""
    return f"act {said.act.number} of {said.act.of:%d.%m.%Y} {said.source.at}{read}"


def _day(day: date) -> str:
    return f"{day:%d.%m.%Y, %A}"


def _row(name: str, what: str) -> str:
    return f"    {name:{_WIDTH}}{what}"

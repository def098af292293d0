"""Two robots that answer each other: whoever writes by SMS and gets nowhere is told once how to go on, and then hears
nothing for a while, longer each time.

A person gets somewhere: chooses another number, names a command, says something that is understood. That ends a pause
at once; words do so only the first time. And what somebody decides always counts and is confirmed: codes, an
invitation, a language, «stop».
"""

from datetime import datetime
from zlib import crc32

from msgspec import structs

from dialogs.conversation import Turn
from dialogs.duties.asking import Arrive
from dialogs.messages import Content, Event, Pressed, Reply, Say, Surface, Text, say
from dialogs.session import NO_LOOP, Loop, Session
from dialogs.talk import Here

WORDS = frozenset({"say", "unreadable", "no_such_number", "unknown_command", "old_button"})
"""What is no choice among what was offered, and no command."""
TURNS_A_PAGE = frozenset({"more"})
"""By the same number again and again, until everything has been read."""
UNSAID = frozenset({"kept", "interrupted"})
"""What nobody wrote."""
LONG = 120
"""Letters. People choose in few words; two robots send each other screens."""
NOWHERE = 2
"""How far back words bring somebody that led nowhere; the same once more, half of it."""
ENOUGH = 16
ONCE_MORE = 4
"""After a pause there is less patience."""
PAUSES = (10, 60, 6 * 60, 24 * 60)
"""Minutes."""
WORDS_END = 1
"""So many pauses are ended by words that are understood."""
A_DAY = 24 * 60
MOST = 200
FORGOTTEN = 12 * 60
"""So many answers in so many minutes: an hour without a rest, and more. A robot that knows how to choose gets no
more either."""
DECIDED = ("language", "agreed", "quiet", "challenge", "proven", "wish", "arrival", "promised")
"""What a turn changes in a session that is more than the place where somebody reads."""


def guarded(before: Session, turn: Turn, event: Event, content: Content, here: Here) -> Turn:
    if here.surface is not Surface.SMS or event.name in UNSAID:
        return turn
    loop, minute, said = before.loop, int(here.now.timestamp()) // 60, _short(content)
    if turn.note == "too_fast":
        return structs.replace(turn, reply=None) if minute < loop.until else turn
    answers = _lately(before, minute)
    if answers > MOST:
        turn = structs.replace(turn, reply=None)
    weight = _weight(before, turn.session, event, content, said)
    pausing, decided = minute < loop.until, _decides(before, turn, here)
    if pausing and not decided and (weight or (weight == 0 and loop.pauses > WORDS_END) or answers > MOST // 2):
        unmoved = structs.replace(before, pace=turn.session.pace)  # what is on the person's screen still stands
        return Turn(unmoved, None, None, None, "looping")
    if minute >= (loop.until if loop.pauses else before.pace[0]) + A_DAY:
        loop = NO_LOOP  # one that was out of place now and then is no robot
    idle = 0 if pausing or weight is None else loop.idle + weight
    turn.session.lately = (said, answers + (turn.reply is not None))
    if not decided and (turn.session.lately[1] > MOST or idle >= (ONCE_MORE if loop.pauses else ENOUGH)):
        return _paused(before, turn.session, loop, here.now)
    until = minute if pausing and not decided else loop.until
    turn.session.loop = Loop(idle, loop.pauses, until) if idle or loop.pauses else NO_LOOP
    return turn


def _lately(session: Session, minute: int) -> int:
    """They are forgotten little by little."""
    return max(0, session.lately[1] - (minute - session.pace[0]) * MOST // FORGOTTEN)


def _paused(before: Session, after: Session, loop: Loop, now: datetime) -> Turn:
    pause = PAUSES[-1] if after.lately[1] > MOST else PAUSES[min(loop.pauses, len(PAUSES) - 1)]
    until = int(now.timestamp()) // 60 + pause
    paused = Loop(0, min(loop.pauses + 1, len(PAUSES)), until)
    spent = after.lately[1] > MOST // 2  # then no word ends the pause
    name = ("loop.spent" if spent else "loop.pause") + ("" if before.language else ".both")
    words = say(name, at=datetime.fromtimestamp(until * 60, now.tzinfo)) if name == "loop.pause" else Say(name)
    session = structs.replace(before, lately=after.lately, pace=after.pace, loop=paused)
    return Turn(session, Reply((words,)), None, None, "looping")


def _weight(before: Session, after: Session, event: Event, content: Content, said: int) -> int | None:
    """None: the talk moves. 0: words that mean something."""
    again = said == before.lately[0]
    if event.name in TURNS_A_PAGE and after.page != before.page:
        return 0 if again else None
    if event.name not in WORDS:
        return int(again) or None
    nowhere = event.name != "say" or after.missed or after.language is None or again or _long(content)
    return NOWHERE if nowhere else 0


def _decides(before: Session, turn: Turn, here: Here) -> bool:
    return (
        turn.forgotten
        or turn.erases
        or bool(turn.link or turn.request or turn.errands or turn.to_phone)
        or any(isinstance(one, Arrive) for one in here.told)
        or any(getattr(before, name) != getattr(turn.session, name) for name in DECIDED)
    )


def _short(content: Content) -> int:
    match content:
        case Text(said) | Pressed(said):
            return crc32(said.strip().casefold().encode(errors="replace")) & 0xFFFF
    return 0


def _long(content: Content) -> bool:
    return isinstance(content, Text) and len(content.text) > LONG

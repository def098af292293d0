"""What must be so at the end of a sequence; each line that comes out of here is something wrong."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime, time, timedelta
from typing import Any

import msgspec

from dialogs.duties.duty import AnyDuty, Choice, Invitation, Order
from dialogs.matters.letters import key
from dialogs.people import mark
from gateway.journal.journal import Direction, Entry
from gateway.matters.names import in_chat, short
from gateway.matters.writing import Note
from tests.model.cast import Cast, Due
from tests.model.doubles import Ministry, Operator, Shown, Told
from tests.model.duties import Duties, Duty
from tests.model.duties import Name as DutyName
from tests.model.reference import Name, Offer, Reference, leaves

Sleep = tuple[datetime, datetime]
"""From when until when the program did not run."""
TOLD_EXACTLY = frozenset(
    {
        "question",
        "reminder",
        "consented_elsewhere",
        "turned",
        "conflict",
        "cancelled",
        "queued",
        "unreached_offer",
        "unreached_replacement",
    }
)
"""Letters that the reference knows of. Others may come, each once."""


def posts(reference: Reference, ministry: Ministry) -> Iterator[str]:
    """E-Sobes was told of each offer what the reference says, in its order, and of nothing else."""
    yield from ministry.wrong
    told: dict[str, list[tuple[str, dict[str, Any]]]] = defaultdict(list)
    notes: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for one in ministry.told.values():
        if one.path.startswith("/invitations/"):
            continue
        offer, _, number = one.key.rpartition(":")
        body = msgspec.json.decode(one.body)
        if number == "note":
            notes[offer].append(body)
        else:
            told[offer].append((one.key, body))
    for about in reference.offers.values():
        yield from _of_offer(about, told.pop(about.id, []), notes.pop(about.id, []))
    for offer in [*told, *notes]:
        yield f"E-Sobes was told of {offer}, which it never opened"


def _of_offer(offer: Offer, told: list[tuple[str, dict[str, Any]]], notes: list[dict[str, Any]]) -> Iterator[str]:
    expected = [
        (f"{offer.id}:{number}", msgspec.to_builtins(post, builtin_types=()))
        for number, post in enumerate(offer.posts, 1)
    ]
    if told != expected:
        yield f"{offer.id}: E-Sobes was told\n      {told}\n    and not\n      {expected}"
    wanted = [(offer.note.at.isoformat(), offer.note.phone, offer.iin)] if offer.note else []
    if [(body["at"], body["phone"], body["iin"]) for body in notes] != wanted:
        yield f"{offer.id}: E-Sobes got the notes {notes} and not {wanted}"
    if not offer.posts and offer.state != "withdrawn":
        yield f"{offer.id}: it has no outcome"


def letters(cast: Cast, reference: Reference, operator: Operator, deaths: int) -> Iterator[str]:
    """Every phone got what it had to get, at its time; and nothing else."""
    wanted = {letter_id(cast, name): (name, when) for name, when in reference.letters.items()}
    known = wanted | {letter_id(cast, name): (name, when) for name, when in reference.overtaken.items()}
    for letter, shown in operator.shown.items():
        if operator.sent[letter] > 1 + operator.unheard[letter] + deaths:
            yield f"{letter} was sent {operator.sent[letter]} times"
        if not unasked(letter) or letter.startswith("duty:"):
            continue
        if not time(9) <= shown.at.time() < time(21):
            yield f"{letter} came at {shown.at:%H:%M:%S}"
        if letter in known:
            yield from _at_its_time(shown, *known[letter])
        else:
            yield from _unknown(cast, reference, shown)
    stood_in = {letter_id(cast, sms): letter_id(cast, chat) for sms, (chat, _) in reference.follows.items()}
    for sms, (_, follows) in reference.follows.items():
        yield from _stands_in(operator, letter_id(cast, sms), stood_in[letter_id(cast, sms)], follows)
    for letter in wanted.keys() - operator.shown.keys():
        name, when = wanted[letter]
        spared = stood_in.get(letter) in operator.shown
        if name[3] not in operator.troubled and name[3].startswith("sms:") and not spared:
            yield f"{letter} ({name[1]} to {name[3]}) did not come, which was due at {when}"


def _stands_in(operator: Operator, sms: str, chat: str, follows: datetime) -> Iterator[str]:
    """An SMS comes in the place of what the chat has not taken: when that is known, or at its own time."""
    shown = operator.shown.get(sms)
    if shown is None or operator.unheard[chat]:
        return
    if operator.sent[chat] == 1:
        yield f"{sms} came at {shown.at}, though {chat} had"
    if shown.at < follows and operator.fates.get(chat) != "refused":
        yield f"{sms} came at {shown.at}, before {chat} was given up"


def _at_its_time(shown: Shown, name: Name, when: datetime) -> Iterator[str]:
    asks = name[1] in ("question", "reminder")
    if shown.at < when or (asks and shown.at.date() != when.date()):
        yield f"{shown.letter.id} came at {shown.at} and not at {when}"


def _unknown(cast: Cast, reference: Reference, shown: Shown) -> Iterator[str]:
    letter = shown.letter
    kind, about, named, *_ = letter.id.split(":")
    if kind == "news" or named in TOLD_EXACTLY:
        yield f"{letter.id} came to {letter.address} at {shown.at}, and nobody knows why"
    for offer in cast.offers:
        since = reference.strangers.get((offer.person.iin, cast.phone(letter.address)))
        # What was on its way before cannot be called back.
        if about == key(offer.id) and since is not None and letter.created > since.timestamp():
            yield f"{letter.id} came to a stranger's phone"


def journal(lines: list[Entry], answers: Iterable[tuple[datetime, str, str]], shown: Iterable[str]) -> Iterator[str]:
    """Each answer and each letter stands in it once for each person whom it is about. `answers`: when, at which
    phone, about whom."""
    heard = Counter((line.at, line.phone, line.iin) for line in lines if line.direction is Direction.IN)
    told = Counter((line.letter, line.iin) for line in lines if line.direction is Direction.OUT)
    given = Counter(answers)
    for line, times in heard.items():
        if times > max(1, given[line]):
            yield f"{line} stands in the journal {times} times"
    for letter, times in told.items():
        if times > 1:
            yield f"{letter} stands in the journal {times} times"
    for answer in given - heard:
        yield f"the answer {answer} is not in the journal"
    written = {name for name, _ in told}
    for name in shown:
        if unasked(name) and name not in written:
            yield f"{name} is not in the journal"


def unasked(letter: str) -> bool:
    return letter.startswith(("offer:", "news:", "duty:"))


def wishes(reference: Duties, ministry: Ministry) -> Iterator[str]:
    """Of each invitation E-Sobes was told of the one wish, and at most once as of a new one."""
    told: dict[str, list[Told]] = defaultdict(list)
    for one in ministry.told.values():
        if one.path.startswith("/invitations/"):
            told[one.path.split("/")[2]].append(one)
    for id, times in ministry.postponed.items():
        if times > 1:
            yield f"{id} was postponed {times} times"
    for id in told.keys() | reference.wishes.keys():
        wish = reference.wishes.get(id)
        expected = wish and {
            "arrive_by": str(wish.until),
            "reason": "illness",
            "at": wish.at.isoformat(),
            "channel": wish.channel,
            "phone": wish.phone,
        }
        keys = [one.key for one in told[id]]
        if keys[:1] != [f"{id}:postponement"] or any(f"{id}:postponement:again" not in key for key in keys[1:]):
            yield f"{id}: E-Sobes was told with the keys {keys}"
        for one in told[id]:
            if msgspec.json.decode(one.body) != expected:
                yield f"{id}: E-Sobes was told {one.body!r} and not {expected}"


def duty_letters(cast: Cast, reference: Duties, operator: Operator, sleeps: list[Sleep]) -> Iterator[str]:
    """Every phone got what it had to get, at its time; and nothing else."""
    wanted = {duty_letter_id(cast, name): (name, come) for name, come in reference.letters.items()}
    known = wanted | {duty_letter_id(cast, name): (name, come) for name, come in reference.overtaken.items()}
    for letter, shown in operator.shown.items():
        if not letter.startswith("duty:"):
            continue
        if letter not in known:
            yield f"{letter} ({shown.letter.text}) came to {shown.letter.address} at {shown.at}, nobody knows why"
            continue
        name, come = known[letter]
        if not come.asked and not time(9) <= shown.at.time() < time(21):
            yield f"{letter} ({name}) came at {shown.at:%H:%M:%S}"
        woken = come.follows or come.when
        for since, until in sleeps:
            if since <= woken <= until:
                woken = leaves(until)
        if name[3] not in operator.troubled and shown.at > woken + timedelta(minutes=1):
            yield f"{letter} ({name}) came at {shown.at}, late: it was due at {come.when}"
        if not come.when <= shown.at < come.until:
            yield f"{letter} ({name}) came at {shown.at}, which is of use from {come.when} until {come.until}"
    following = {letter: come.follows for letter, (_, come) in known.items() if come.follows is not None}
    for letter, follows in following.items():
        yield from _stands_in(operator, letter, in_chat(letter), follows)
    for letter in wanted.keys() - operator.shown.keys():
        name, come = wanted[letter]
        spared = letter in following and in_chat(letter) in operator.shown
        if name[3] not in operator.troubled and not spared:
            yield f"{letter} ({name}) did not come, which was due at {come.when}"


def replies(reference: Duties, operator: Operator) -> Iterator[str]:
    """Whoever said something was told what came of it, once."""
    for message, verdict in reference.answers.items():
        shown = operator.shown.get(message)
        if shown is not None and shown.letter.text.split()[0] != verdict:
            yield f"{message} was answered with «{shown.letter.text}» and not with «{verdict}»"


def standing(due: Due, known: Duty | None, stored: AnyDuty | None) -> Iterator[str]:
    """Nothing that E-Sobes told or a person said is lost."""
    if (known is None) != (stored is None):
        yield f"{due.name} is {stored} and not {known}"
    if known is None or stored is None:
        return
    expected: dict[str, object] = {"state": known.state, "round": known.round}
    match stored:
        case Invitation():
            wish = known.wish
            expected |= {
                "arrive_by": known.last,
                "said": known.said,
                "used": known.used,
                "wish": wish and (wish.until, wish.at, wish.phone, wish.address, known.sign_by),
                "where": known.where or None,
            }
            theirs = stored.wanted
            more = {
                "arrive_by": stored.arrive_by,
                "said": stored.said,
                "used": stored.used,
                "wish": theirs and (theirs.until, theirs.at, theirs.phone, theirs.address, theirs.sign_by),
                "where": stored.place and stored.place.name,
            }
        case Choice():
            expected |= {"last": known.last}
            more = {"last": stored.last}
        case Order():
            more = {}
    found: dict[str, object] = {"state": stored.state, "round": stored.round, **more}
    if found != expected:
        yield f"{due.name} is\n      {found}\n    and not\n      {expected}"
    if stored.wake is not None:
        yield f"{due.name} still waits for {stored.wake}"


def notes(reference: Duties, found: list[Note]) -> Iterator[str]:
    """The office is told of each decision once."""
    expected: Counter[tuple[str, str]] = Counter()
    for duty in reference.known.values():
        expected["declined", duty.name] += duty.declined
        expected["disputed", duty.name] += duty.disputed
    written = Counter((note.what, note.duty) for note in found)
    if +expected != +written:
        yield f"the office was told {+written} and not {+expected}"


def duty_letter_id(cast: Cast, name: DutyName) -> str:
    duty, letter, number, address = name
    phone, chat = short(cast.phone(address)), "" if address.startswith("sms:") else ":chat"
    return f"duty:{key(duty)}:{letter}:{number}:{phone}{chat}"


def letter_id(cast: Cast, name: Name) -> str:
    offer, letter, tries, address = name
    phone, chat = short(cast.phone(address)), "" if address.startswith("sms:") else ":chat"
    if letter.startswith("news:"):
        event = letter.partition(":")[2]
        return f"news:{mark(cast.offer(offer).person.iin)}:{short(event)}:{phone}{chat}"
    return f"offer:{key(offer)}:{letter}:{tries}:{phone}{chat}"

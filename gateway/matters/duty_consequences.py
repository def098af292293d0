"""What follows from a step of a duty: letters to phones and chats, lines for the journal, relays for E-Sobes, and
what the office has to look at."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta

import msgspec
from msgspec import Struct

from dialogs.duties import steps
from dialogs.duties.duty import AnyDuty, Choice, Invitation, Order, Postponement, name
from dialogs.duties.letters import Letters
from dialogs.duties.notices import notice
from dialogs.duties.rules import Rules
from dialogs.duties.steps import WANTING, Step
from dialogs.language import Language
from dialogs.matters import window
from dialogs.matters.matter import Telling
from dialogs.matters.pocket import Pocket
from dialogs.messages import Surface
from dialogs.people import mark
from gateway.channels import Letter, surface
from gateway.esobes.telling import Post
from gateway.journal.subject import of_duty
from gateway.matters.consequences import OF_USE, addresses, several_persons, unasked
from gateway.matters.names import duty_letter_id, screen_of
from gateway.matters.writing import Note, Outgoing, Waiting, Writing
from gateway.ways import Way, Ways

SOON = timedelta(minutes=10)
"""So long what E-Sobes answers to a wish is an answer to the person, who gets it at any hour."""
ANSWERS = frozenset({"sign", "sign_late", "conflict", "not_taken"})


class Scene(Struct, frozen=True, kw_only=True):
    """Where and when a step happens."""

    home: int
    pockets: Mapping[str, Pocket]
    """Of the person's phones."""
    languages: Mapping[str, Language]
    """Address → in what language somebody talks to us there, where it is known."""
    now: datetime
    cause: str = ""
    gone: Sequence[str] = ()
    """Phones at which the person is not reached any more."""


class DutyConsequences:
    def __init__(self, wording: Letters, rules: Rules, ways: Ways) -> None:
        self._wording = wording
        self._rules = rules
        self._ways = ways

    def of(self, was: AnyDuty, step: Step[AnyDuty], scene: Scene) -> Writing:
        """`was`: the duty before the step."""
        duty = step.duty
        about = of_duty(duty)
        out = Outgoing(scene.now)
        for number, telling in enumerate(step.tellings):
            for phone in duty.phones:
                for way in self._ways_of(telling, number, duty, scene, phone):
                    letter = self._letter(telling, duty, scene, phone, way)
                    out.add(letter, about.told(letter, telling.name, phone))
        return Writing(
            cause=scene.cause,
            letters=out.leaving,
            later=out.waiting,
            unsend=_outdated(was, step, scene, out.waiting),
            relays=[_post(wanted, duty, scene) for wanted in step.relays],
            entries=out.entries,
            notes=[_note(what, duty, scene.now) for what in step.notes],
        )

    def _ways_of(self, telling: Telling, number: int, duty: AnyDuty, scene: Scene, phone: str) -> list[Way]:
        """Who has asked by SMS is answered by SMS, and does not wait for a chat."""

        def leaves(address: str) -> datetime:
            if _has_just_asked(telling, duty, address, scene.now):
                return scene.now
            morning = window.leaves(scene.now, self._rules.quiet)
            # those that wait for the same moment leave in their order
            return morning + number * timedelta.resolution if morning > scene.now else morning

        return self._ways.of(
            phone,
            scene.pockets[phone],
            leaves,
            lambda then: _until(telling, duty, then),
            both=self._ways.by_law(telling.name in self._ways.law.duties)
            or _has_just_asked(telling, duty, f"sms:{phone}", scene.now),
        )

    def _letter(self, telling: Telling, duty: AnyDuty, scene: Scene, phone: str, way: Way) -> Letter:
        address = way.address
        language = scene.languages.get(address, duty.person.language)
        message = self._wording.about(
            telling,
            duty,
            language,
            surface(address),
            now=way.leaves,
            named=several_persons(scene.pockets[phone]),
        )
        named = duty_letter_id(duty, telling.name, phone, address)
        instead = duty_letter_id(duty, telling.name, phone, f"sms:{phone}") if way.until else ""
        letter = unasked(named, message, way, way.until or _until(telling, duty, way.leaves), instead)
        paper = None
        if telling.name == "sign" and surface(address) is Surface.CHAT:
            paper = notice(duty, language, way.leaves.date())
        asked = _has_just_asked(telling, duty, address, scene.now)
        return msgspec.structs.replace(letter, unasked=not asked, paper=paper, screen=screen_of(duty))


def _has_just_asked(telling: Telling, duty: AnyDuty, address: str, now: datetime) -> bool:
    wanted = duty.wanted if isinstance(duty, Invitation) else None
    return telling.name in ANSWERS and wanted is not None and wanted.address == address and now - wanted.at < SOON


def _until(telling: Telling, duty: AnyDuty, leaves: datetime) -> datetime:
    """What wants something by a day is of no use after it."""
    last = _last_day(telling, duty) if telling.name in WANTING else None
    of_use = leaves + OF_USE
    if last is None or last < leaves.date():
        return of_use
    return min(of_use, datetime.combine(last + timedelta(1), time(), leaves.tzinfo))


def _last_day(telling: Telling, duty: AnyDuty) -> date | None:
    match duty:
        case Invitation():
            signing = telling.name.startswith("sign") and duty.wanted is not None
            return duty.wanted.sign_by if signing and duty.wanted else duty.arrive_by
        case Choice():
            return duty.last
        case Order():
            return duty.cancel_by if telling.name == "cancel_soon" else duty.arrive_on


def _outdated(was: AnyDuty, step: Step[AnyDuty], scene: Scene, waiting: list[Waiting]) -> list[str]:
    """Names of letters that say what is not so any more, or to whom they are not to, should they still wait for the
    morning."""
    duty = step.duty
    rounds = (was, duty) if was.round != duty.round else (duty,)
    outdated = steps.outdated(was, duty, instead=bool(step.tellings))
    names = {
        duty_letter_id(one, told, phone, address)
        for phone, address in addresses(scene.pockets)  # a stranger's phone is still among them
        for told in (steps.LETTERS if phone in scene.gone else outdated)
        for one in rounds
    }
    return sorted(names.difference(one.letter.id for one in waiting))


def _post(wanted: Postponement, duty: AnyDuty, scene: Scene) -> Letter:
    """Its name is the Idempotency-Key, and there is one for an invitation: E-Sobes can never count two."""
    body = {
        "arrive_by": wanted.until,
        "reason": wanted.reason,
        "at": wanted.at,
        "channel": wanted.channel,
        "phone": wanted.phone,
    }
    matter = f".{name(duty)}"
    post = Post(scene.home, matter, ("invitations", duty.id, "postponement"), msgspec.Raw(msgspec.json.encode(body)))
    text = msgspec.json.encode(post).decode()
    return Letter(f"{duty.id}:postponement", f"esobes:{matter}", text, scene.now.timestamp(), proof=True)


def _note(what: str, duty: AnyDuty, now: datetime) -> Note:
    note = Note(now, what, name(duty), mark(duty.person.iin), duty.person.name, duty.specialist, duty.case)
    if not isinstance(duty, Invitation) or what != "disputed":
        return note
    return msgspec.structs.replace(note, day=duty.disputed, last=duty.arrive_by, setting=duty.setting)

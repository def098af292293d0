"""What follows from a step of a matter: letters to phones and chats, lines for the journal, relays for E-Sobes."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, time, timedelta

import msgspec
from msgspec import Struct, structs

from dialogs.language import Language
from dialogs.matters import window
from dialogs.matters.letters import Letters
from dialogs.matters.matter import Given, Matter, Relay, Telling
from dialogs.matters.pocket import Pocket
from dialogs.matters.rules import Rules
from dialogs.matters.steps import Step
from dialogs.messages import Message
from gateway.channels import Inbound, Letter, surface
from gateway.esobes.telling import Post
from gateway.journal.subject import subject
from gateway.matters.names import notice_id, screen_of
from gateway.matters.writing import Outgoing, Waiting, Writing
from gateway.ways import Way, Ways, chat_of

BEFORE_MIDNIGHT = timedelta(minutes=1)
"""A question names its last day, so it must not leave on another day than it was written for."""
OF_USE = timedelta(7)
"""What has become of an offer or an application is worth knowing even if no provider could be reached for days."""
OVERTAKEN = ("question", "reminder", "refused")
"""Letters that are wrong as soon as something else happens to the offer…"""
ENDS = ("cancelled", "queued", "unreached_offer", "unreached_replacement", "turned", "consented_elsewhere")
"""…and those that are, if another letter says what has become of it."""


class Asker(Struct, frozen=True):
    """Whose message the step answers."""

    inbound: Inbound
    given: Given
    language: Language | None
    """That of their talk, if it is known."""


class Scene(Struct, frozen=True, kw_only=True):
    """Where and when a step happens."""

    home: int
    pockets: Mapping[str, Pocket]
    """Of the person's phones."""
    now: datetime
    cause: str = ""
    asker: Asker | None = None
    was: str = ""
    """The state before the step."""


class _Notice(Struct, frozen=True):
    """A letter that nobody has asked for."""

    letter: Letter
    number: int
    """Of its telling."""
    phone: str
    waits: bool
    """An SMS that leaves only if the chat does not get it."""


class Consequences:
    def __init__(self, wording: Letters, rules: Rules, ways: Ways) -> None:
        self._wording = wording
        self._rules = rules
        self._ways = ways

    def of(self, step: Step, scene: Scene) -> Writing:
        matter, asker = step.matter, scene.asker
        about = subject(matter)
        out = Outgoing(scene.now)
        if asker and step.nature:
            out.entries.append(about.answered(asker.given, step.nature))
        notices = self._notices(step, scene)
        waiting = [
            one for one in notices if one.waits and chat_of(scene.pockets[one.phone]) == _answered(step, scene)
        ]
        for number, telling in enumerate(step.tellings):
            if telling.asked and asker is not None:
                letter = self._reply(telling, number, matter, scene, asker)
                if waiting:
                    letter = structs.replace(letter, instead=waiting.pop(0).letter.id)
                out.add(letter, about.told(letter, telling.name, asker.given.phone))
            for one in (one for one in notices if one.number == number):
                out.add(one.letter, about.told(one.letter, telling.name, one.phone))
        return Writing(
            cause=scene.cause,
            letters=out.leaving,
            later=out.waiting,
            unsend=_outdated(step, scene, out.waiting),
            relays=[_post(relay, matter, scene) for relay in step.relays],
            entries=out.entries,
        )

    def _reply(self, telling: Telling, number: int, matter: Matter, scene: Scene, asker: Asker) -> Letter:
        address = asker.inbound.address
        pocket = scene.pockets.get(asker.given.phone or "", Pocket())
        message = self._wording.about(
            telling,
            matter,
            asker.language or matter.person.language,
            surface(address),
            now=scene.now,
            named=several_persons(pocket),
            answers_here=self._rules.chat_answers,
        )
        name, at = f"{asker.inbound.id}:{number}", scene.now.timestamp()
        return Letter(name, address, message.text, at, message.buttons, proof=True, screen=screen_of(matter))

    def _notices(self, step: Step, scene: Scene) -> list[_Notice]:
        """What leaves unasked. Where somebody has just been answered they are told no more."""
        answered_at = _answered(step, scene)
        return [
            _Notice(self._notice(telling, step.matter, scene, phone, way), number, phone, way.waits)
            for number, telling in enumerate(step.tellings)
            if not (telling.asked and scene.asker)
            for phone in step.matter.phones
            for way in self._ways_of(telling, number, step, scene, phone)
            if way.address != answered_at
        ]

    def _ways_of(self, telling: Telling, number: int, step: Step, scene: Scene, phone: str) -> list[Way]:
        question = telling.name == "question"
        leaves = max(scene.now, step.matter.sent) if question else window.leaves(scene.now, self._rules.quiet)
        if leaves > scene.now:
            leaves += number * timedelta.resolution  # those that wait for the same moment leave in their order
        return self._ways.of(
            phone,
            scene.pockets[phone],
            lambda _: leaves,
            lambda then: _until(telling, then),
            both=self._ways.by_law(telling.name in self._ways.law.offers) or _answered(step, scene) == f"sms:{phone}",
        )

    def _notice(self, telling: Telling, matter: Matter, scene: Scene, phone: str, way: Way) -> Letter:
        message = self._wording.about(
            telling,
            matter,
            matter.person.language,
            surface(way.address),
            now=way.leaves,
            named=several_persons(scene.pockets[phone]),
            answers_here=self._rules.chat_answers,
        )
        instead = notice_id(matter, telling.name, phone, f"sms:{phone}") if way.until else ""
        name = notice_id(matter, telling.name, phone, way.address)
        letter = unasked(name, message, way, way.until or _until(telling, way.leaves), instead)
        return msgspec.structs.replace(letter, screen=screen_of(matter))


def _answered(step: Step, scene: Scene) -> str:
    """Where somebody gets an answer to what they have sent; empty: nowhere."""
    return scene.asker.inbound.address if scene.asker and any(told.asked for told in step.tellings) else ""


def _until(telling: Telling, leaves: datetime) -> datetime:
    if telling.name not in ("question", "reminder"):
        return leaves + OF_USE
    return datetime.combine(leaves.date() + timedelta(1), time(), leaves.tzinfo) - BEFORE_MIDNIGHT


def several_persons(pocket: Pocket) -> bool:
    return len({offer.person for offer in pocket.offers} | {duty.person for duty in pocket.duties}) > 1


def _outdated(step: Step, scene: Scene, waiting: Sequence[Waiting]) -> list[str]:
    """Names of letters that say what is not so any more, should they still wait for the morning."""
    matter = step.matter
    if scene.was in ("", matter.state):
        return []
    instead = any(not telling.asked for telling in step.tellings)
    names = {
        notice_id(matter, name, phone, address)
        for phone, address in addresses(scene.pockets)  # a stranger's phone is still among them
        for name in (*OVERTAKEN, *(ENDS if instead else ()))
    }
    return sorted(names.difference(one.letter.id for one in waiting))


def addresses(pockets: Mapping[str, Pocket]) -> Iterator[tuple[str, str]]:
    """Each phone, and each chat linked to one, whether it takes letters or not."""
    for phone, known in pockets.items():
        yield phone, f"sms:{phone}"
        if known.chat is not None:
            yield phone, known.chat


def unasked(name: str, message: Message, way: Way, until: datetime, instead: str) -> Letter:
    """`instead`: name of the SMS that waits in its place."""
    return Letter(
        name,
        way.address,
        message.text,
        way.leaves.timestamp(),
        message.buttons,
        until=until.timestamp(),
        proof=True,
        unasked=True,
        instead=instead,
    )


def _post(relay: Relay, matter: Matter, scene: Scene) -> Letter:
    given = relay.given
    path: tuple[str, ...]
    said = {"at": given.at, "channel": given.channel, "phone": given.phone}
    if relay.note is None:
        name, path = f"{matter.id}:{relay.number}", ("offers", matter.id, "answer")
        body = {"answer": given.answer, **said, "code": given.code, "text": given.text}
    else:
        name, path = f"{matter.id}:note", ("requests",)
        body = {"iin": matter.person.iin, "service": matter.service, **said, "note": relay.note}
    post = Post(scene.home, matter.id, path, msgspec.Raw(msgspec.json.encode(body)))
    at = scene.now.timestamp()
    return Letter(name, f"esobes:{matter.id}", msgspec.json.encode(post).decode(), at, proof=True)

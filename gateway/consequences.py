"""What follows from a step of a matter: letters to phones and chats, lines for the journal, relays for E-Sobes."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, time, timedelta

import msgspec
from msgspec import Struct

from dialogs.language import Language
from dialogs.matters import window
from dialogs.matters.affair import Sending
from dialogs.matters.letters import Letters
from dialogs.matters.matter import Given, Matter, Relay, Telling
from dialogs.matters.pocket import Pocket
from dialogs.matters.rules import Rules
from dialogs.matters.steps import Step
from dialogs.messages import Message
from gateway import letters as sent
from gateway.channels import Inbound, Letter, surface
from gateway.esobes import Post
from gateway.letters import Status
from gateway.names import asking_ids, notice_id
from gateway.subject import subject
from gateway.writing import Outgoing, Waiting, Writing

BEFORE_MIDNIGHT = timedelta(minutes=1)
"""A question names its last day, so it must not leave on another day than it was written for."""
OF_USE = timedelta(7)
"""What has become of an offer or an application is worth knowing even if no provider could be reached for days."""
OVERTAKEN = ("question", "reminder", "refused")
"""Letters that are wrong as soon as something else happens to the offer…"""
ENDS = ("cancelled", "queued", "unreached_offer", "unreached_replacement", "turned", "consented_elsewhere")
"""…and those that are, if another letter says what has become of it."""
TAKEN = frozenset({Status.ACCEPTED, Status.SENT})
CAME = TAKEN | {Status.DELIVERED}
NOT_THERE = frozenset({Status.BUFFERED, Status.FAILED, Status.REJECTED, Status.OPTED_OUT})


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


class Consequences:
    def __init__(self, wording: Letters, rules: Rules) -> None:
        self._wording = wording
        self._rules = rules

    def of(self, step: Step, scene: Scene) -> Writing:
        matter, asker = step.matter, scene.asker
        about = subject(matter)
        out = Outgoing(scene.now)
        if asker and step.nature:
            out.entries.append(about.answered(asker.given, step.nature))
        answered_at = {asker.inbound.address} if asker and any(telling.asked for telling in step.tellings) else set()
        for number, telling in enumerate(step.tellings):
            if telling.asked and asker is not None:
                letter = self._reply(telling, number, matter, scene, asker)
                out.add(letter, about.told(letter, telling.name, asker.given.phone))
                continue
            for phone, address in reached(matter.phones, scene.pockets):
                if address not in answered_at:
                    letter = self._notice(telling, number, matter, scene, phone=phone, address=address)
                    out.add(letter, about.told(letter, telling.name, phone))
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
        return Letter(name, address, message.text, at, message.buttons, proof=True)

    def _notice(
        self, telling: Telling, number: int, matter: Matter, scene: Scene, *, phone: str, address: str
    ) -> Letter:
        question = telling.name == "question"
        leaves = max(scene.now, matter.sent) if question else window.leaves(scene.now, self._rules.quiet)
        if leaves > scene.now:
            leaves += number * timedelta.resolution  # those that wait for the same moment leave in their order
        message = self._wording.about(
            telling,
            matter,
            matter.person.language,
            surface(address),
            now=leaves,
            named=several_persons(scene.pockets[phone]),
            answers_here=self._rules.chat_answers,
        )
        until = leaves + OF_USE
        if telling.name in ("question", "reminder"):
            midnight = datetime.combine(leaves.date() + timedelta(1), time(), leaves.tzinfo)
            until = midnight - BEFORE_MIDNIGHT
        return unasked(notice_id(matter, telling.name, phone, address), address, message, leaves, until)


async def sending(matter: Matter, known: sent.Letters) -> Sending:
    """What became of the question and of the reminder, on every phone."""
    asked = [asking_ids(matter, phone) for phone in matter.phones]
    news = iter(await known.news([letter for letters in asked for letter in letters]))
    told = [[next(news) for _ in letters] for letters in asked]
    last = [letters[matter.tries - 1] for letters in told]
    return Sending(
        left=not last or any(one is not None and one.status is not Status.EXPIRED for one in last),
        arrived=any(_arrived({one.status for one in letters if one is not None}) for letters in told),
    )


async def was_asked(matter: Matter, phone: str, known: sent.Letters) -> bool:
    """Whether the question, or the reminder of it, has come to this phone or to the chat linked to it."""
    names = asking_ids(matter, phone)
    news = await known.news([*names, *(f"{name}:chat" for name in names)])
    return any(one is not None and one.status in CAME for one in news)


def _arrived(at_a_phone: set[Status]) -> bool:
    """Not every operator reports a delivery: letters that were taken, and none of which is known to have failed
    there, count."""
    return Status.DELIVERED in at_a_phone or (not at_a_phone.isdisjoint(TAKEN) and at_a_phone.isdisjoint(NOT_THERE))


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
        for phone, address in reached(scene.pockets, scene.pockets)  # a stranger's phone is still among them
        for name in (*OVERTAKEN, *(ENDS if instead else ()))
    }
    return sorted(names.difference(one.letter.id for one in waiting))


def reached(phones: Iterable[str], pockets: Mapping[str, Pocket]) -> Iterator[tuple[str, str]]:
    """Each phone of the person, and each chat linked to one."""
    for phone in phones:
        yield phone, f"sms:{phone}"
        chat = pockets[phone].chat
        if chat is not None:
            yield phone, chat


def unasked(name: str, address: str, message: Message, leaves: datetime, until: datetime) -> Letter:
    at, ends = leaves.timestamp(), until.timestamp()
    return Letter(name, address, message.text, at, message.buttons, until=ends, proof=True, unasked=True)


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
    return Letter(name, f"esobes:{matter.id}", msgspec.json.encode(post).decode(), scene.now.timestamp())

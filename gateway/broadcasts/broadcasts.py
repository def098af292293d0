"""The use cases of a broadcast: what staff, or a program of theirs, do with it. What cannot be done is refused with a
reason, and what is done is written down with who did it."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import msgspec
from msgspec import Struct, structs

from dialogs.broadcasts import states, texts
from dialogs.broadcasts.texts import Texts, as_sms
from dialogs.language import Language
from gateway.broadcasts.broadcast import Broadcast, BroadcastError, Change, Filter, Mode, Reading
from gateway.broadcasts.estimates import Estimate, estimate
from gateway.broadcasts.fates import AGAIN, Fate, Fates, rows_in
from gateway.broadcasts.lists import UPLOAD, Lists, Stage
from gateway.broadcasts.rolls import Counts, Recipient, Rolls
from gateway.broadcasts.sender import Sender
from gateway.broadcasts.store import BroadcastStore, new_id, roll_of
from gateway.broadcasts.writing import TextsOf
from gateway.channels import Letter
from gateway.clock import Clock
from gateway.connection import Batched
from gateway.store import SHARDS, outbox_key, shard_number

TITLE = 100
ROUNDS = 9
_MOVED = 1000
_CHANGES = 200
"""That are kept of one broadcast."""

_encode = msgspec.json.Encoder().encode


class Progress(Struct, frozen=True):
    broadcast: Broadcast
    counts: Counts | None
    """None: there is no list."""
    stage: Stage | None
    """Of a list that is being read."""


class Broadcasts:
    def __init__(
        self,
        redis: Batched,
        store: BroadcastStore,
        rolls: Rolls,
        lists: Lists,
        sender: Sender,
        *,
        clock: Clock,
        approve_above: int,
        price: int,
        wake: Callable[[int], None],
    ) -> None:
        """`approve_above`: with more recipients a second person has to approve; `price`: hundredths of a tenge for a
        part of an SMS; `wake` tells the outbox in which shard a letter waits."""
        self.store = store
        self.rolls = rolls
        self.lists = lists
        self.approve_above = approve_above
        self.price = price
        self._redis = redis
        self._fates = Fates(redis)
        self._sender = sender
        self._clock = clock
        self._wake = wake

    async def make(
        self,
        who: str,
        title: str,
        written: Texts,
        *,
        mode: Mode = Mode.LIVE,
        otherwise: Language = Language.KK,
        starts: datetime | None = None,
        name: str = "",
        behind: str = "",
    ) -> Broadcast:
        """`name`: its id, where the same author may come again for the same one."""
        now = self._clock.now()
        while True:
            made = Broadcast(
                id=name or new_id(),
                title=_title(title),
                author=who,
                behind=behind,
                made=now,
                mode=mode,
                texts=written,
                otherwise=otherwise,
                starts=starts,
                changes=(Change(now, who, "made"),),
            )
            if await self.store.add(made):
                return made
            if name:
                return await self._made_before(name, who)

    async def _made_before(self, name: str, who: str) -> Broadcast:
        known = await self.store.load(name)
        if known.author != who:
            raise BroadcastError("taken")
        return known

    async def load(self, name: str) -> Broadcast:
        return await self.lists.closed_if_interrupted(await self.store.load(name))

    async def progress(self, name: str) -> Progress:
        broadcast = await self.load(name)
        counts = await self.rolls.counts(broadcast.audience.roll) if broadcast.audience else None
        stage = await self.lists.stage(broadcast.reading.roll) if broadcast.reading else None
        return Progress(broadcast, counts, stage)

    async def rewrite(
        self, name: str, who: str, *, title: str, written: Texts, otherwise: Language, seen: str = ""
    ) -> Broadcast:
        """`seen`: the wording that is replaced, if it has to be that one."""

        def rewrite(known: Broadcast) -> Broadcast:
            same = (known.title, known.texts, known.otherwise) == (_title(title), written, otherwise)
            if same:
                return known
            self._check(known, "write")
            if seen and seen != known.wording:
                raise BroadcastError("changed")
            changed = structs.replace(known, title=_title(title), texts=written, otherwise=otherwise)
            return self._stepped(changed, "write", who, "written")

        return await self.store.change(name, rewrite)

    async def take_list(self, name: str, who: str, file_name: str) -> tuple[Broadcast, Reading, Path]:
        """A new list is on its way: where to put it. Then `read_list`."""
        reading = Reading(roll_of(name), file_name[:200], self._clock.now(), who)
        folder = self.lists.folder(reading.roll)
        broadcast = await self.load(name)
        self._check(broadcast, "write")
        folder.mkdir(parents=True)
        return broadcast, reading, folder / UPLOAD

    async def read_list(self, name: str, reading: Reading, team: frozenset[str]) -> Broadcast:
        """The upload is where it was to be put. `team`: the phones that a broadcast to the team may go to."""

        def begin(known: Broadcast) -> Broadcast:
            self._check(known, "write")
            if known.reading is not None:
                raise BroadcastError("reading")
            return structs.replace(known, reading=reading, refused=None)

        try:
            broadcast = await self.store.change(name, begin)
        except BroadcastError:
            await self.lists.forget(reading.roll)
            raise
        self.lists.read(broadcast, reading, team)
        return broadcast

    async def find_list(self, name: str, who: str, wanted: Filter, team: frozenset[str]) -> Broadcast:
        """Everybody known of whom this is so."""
        reading = Reading(roll_of(name), "", self._clock.now(), who, wanted)
        return await self.read_list(name, reading, team)

    async def estimate(self, broadcast: Broadcast) -> Estimate:
        return await estimate(broadcast, self.rolls, self.price)

    async def start(self, name: str, who: str, starts: datetime | None = None, *, seen: str = "") -> Broadcast:
        """At once or at its hour, or once a second person has approved it. `seen`: the edition that is meant, here
        and below."""
        broadcast = await self.load(name)
        self._check_whole(broadcast)
        if (await self.estimate(broadcast)).too_long:
            raise BroadcastError("too_long")

        def start(known: Broadcast) -> Broadcast:
            self._check_whole(known)
            _check_seen(known, seen)
            assert known.audience is not None  # noqa: S101 - it is whole
            many = known.mode is Mode.LIVE and known.audience.recipients > self.approve_above
            known = structs.replace(known, starts=starts, approver="")
            return self._stepped(known, "ask" if many else "start", who, "asked" if many else "started")

        return await self._nudged(name, start)

    async def approve(self, name: str, who: str, *, seen: str = "") -> Broadcast:
        def approve(known: Broadcast) -> Broadcast:
            self._check(known, "approve")
            _check_seen(known, seen)
            if who in known.writers:
                raise BroadcastError("own")
            return self._stepped(structs.replace(known, approver=who), "approve", who, "approved")

        return await self._nudged(name, approve)

    async def send_back(self, name: str, who: str, why: str = "") -> Broadcast:
        return await self._step(name, who, "send_back", "sent_back", why[:500])

    async def pause(self, name: str, who: str) -> Broadcast:
        return await self._step(name, who, "pause", "paused")

    async def resume(self, name: str, who: str) -> Broadcast:
        return await self._step(name, who, "resume", "resumed")

    async def cancel(self, name: str, who: str) -> Broadcast:
        def cancel(known: Broadcast) -> Broadcast:
            known = structs.replace(known, ended=self._clock.now(), reading=None, settled=known.audience is None)
            return self._stepped(known, "cancel", who, "cancelled")

        return await self._nudged(name, cancel)

    async def again(self, name: str, who: str) -> Broadcast:
        """To those only whom it surely has not reached."""
        broadcast = await self.load(name)
        self._check(broadcast, "again")
        if broadcast.round >= ROUNDS:
            raise BroadcastError("rounds")
        if broadcast.audience is None or broadcast.audience.forgotten:
            raise BroadcastError("no_list")
        if not await self._put_back(broadcast.audience.roll, broadcast.round + 1):
            raise BroadcastError("nobody_failed")

        def again(known: Broadcast) -> Broadcast:
            if known.round != broadcast.round:
                raise BroadcastError("not_now", state=known.state.value)
            known = structs.replace(known, round=known.round + 1, ended=None, settled=False)
            return self._stepped(known, "again", who, "again")

        return await self._nudged(name, again)

    async def try_on(self, name: str, phone: str, token: str) -> tuple[str, ...]:
        """Both texts, as the first of the list would get them, to one's own phone. `token`: the same press of a
        button is one SMS."""
        broadcast = await self.load(name)
        some = await self.rolls.some(broadcast.audience.roll) if broadcast.audience else []
        found = TextsOf(broadcast)
        example = some[0] if some else Recipient(0, phone)
        sent = []
        address, now = f"sms:{phone}", self._clock.now().timestamp()
        for language in Language:
            if text := as_sms(found.filled(example, language))[0]:
                letter = Letter(f"try:{name}:{token}:{language}", address, text, now)
                await self._redis("XADD", outbox_key(shard_number(address)), "*", "letter", _encode(letter))
                sent.append(text)
        self._wake(shard_number(address))
        return tuple(sent)

    async def _put_back(self, roll: str, round_: int) -> int:
        """How many wait now for another round; also those whom somebody had put back and died."""
        at = self._clock.now().timestamp()
        for shard in range(SHARDS):
            rows = rows_in(await self._fates.records(roll, shard), AGAIN)
            for first in range(0, len(rows), _MOVED):
                some = rows[first : first + _MOVED]
                await self._fates.move(roll, shard, some, from_=AGAIN, to=Fate.WAITS, at=at, round_=round_)
        return (await self.rolls.counts(roll)).open

    async def _step(self, name: str, who: str, event: str, what: str, why: str = "") -> Broadcast:
        return await self._nudged(name, lambda known: self._stepped(known, event, who, what, why))

    async def _nudged(self, name: str, change: Callable[[Broadcast], Broadcast]) -> Broadcast:
        after = await self.store.change(name, change)
        self._sender.nudge()
        return after

    def _stepped(self, known: Broadcast, event: str, who: str, what: str, why: str = "") -> Broadcast:
        self._check(known, event)
        changes = _kept((*known.changes, Change(self._clock.now(), who, what, why)))
        return structs.replace(known, state=states.after(known.state, event) or known.state, changes=changes)

    def _check(self, known: Broadcast, event: str) -> None:
        if not states.may(known.state, event):
            raise BroadcastError("not_now", state=known.state.value)

    def _check_whole(self, known: Broadcast) -> None:
        self._check(known, "start")
        if known.reading is not None:
            raise BroadcastError("reading")
        if known.audience is None or known.audience.forgotten:
            raise BroadcastError("no_list")
        if not known.audience.recipients:
            raise BroadcastError("nobody")
        if texts.faults(known.texts, known.audience.columns):
            raise BroadcastError("texts")


def _kept(changes: tuple[Change, ...]) -> tuple[Change, ...]:
    """The oldest goes first, unless nothing else tells that this person has done this: who has written is not to
    approve, however long ago it was."""
    if len(changes) <= _CHANGES:
        return changes
    last = {(one.who, one.what): place for place, one in enumerate(changes)}
    spare = next((place for place, one in enumerate(changes) if last[one.who, one.what] != place), None)
    return changes if spare is None else changes[:spare] + changes[spare + 1 :]


def _check_seen(known: Broadcast, seen: str) -> None:
    if seen and seen != known.edition:
        raise BroadcastError("changed")


def _title(title: str) -> str:
    return " ".join(title.split())[:TITLE]

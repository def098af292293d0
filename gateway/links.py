"""Which chat belongs to which phone. Of two chats linked to one phone the last one counts, and the other is told."""

from collections.abc import Callable
from datetime import datetime

import msgspec
from msgspec import structs

from dialogs import session as sessions
from dialogs.language import Language
from dialogs.matters import pocket
from dialogs.matters.letters import Letters as Wording
from dialogs.matters.pocket import Pocket
from gateway.channels import Letter, surface
from gateway.matters.names import of_linked_chat, short
from gateway.matters.store import MatterStore
from gateway.matters.writing import Writing
from gateway.store import AuditLine, Commit, shard_number


class Links:
    def __init__(self, store: MatterStore, wording: Wording, wake_phone: Callable[[str], None]) -> None:
        self._store = store
        self._wording = wording
        self._wake_phone = wake_phone

    async def link(self, chat: str, phone: str | None, now: datetime, ref: str = "") -> None:
        """What goes to this phone may go to the chat; None: to this chat goes nothing more. Done twice it is done
        once. `ref`: whose talk it is, for the audit."""
        before = pocket.read(await self._stored(chat)).phone
        if before is not None and before != phone:
            await self._change(f"sms:{before}", lambda known: _without_chat(known, chat), before)
        if phone is not None:
            await self._take(chat, phone, now, ref)
        await self._change(chat, lambda known: structs.replace(known, phone=phone, blocked=False))

    async def block(self, chat: str) -> None:
        """The chat takes no letters of ours any more: what would go to it goes to its phone. Also of a chat that is
        linked to none, so that nothing more is tried there. Twice is as once."""
        await self._change(chat, lambda known: structs.replace(known, blocked=True))
        phone = pocket.read(await self._stored(chat)).phone
        if phone is not None:
            await self._change(f"sms:{phone}", lambda known: _blocked(known, chat, blocked=True))

    async def unblock(self, chat: str) -> None:
        """Somebody writes from it again. The chat's own mark goes last: as long as it stands, the next message does
        all this once more."""
        phone = pocket.read(await self._stored(chat)).phone
        if phone is not None:
            await self._change(f"sms:{phone}", lambda known: _blocked(known, chat, blocked=False))
        await self._change(chat, lambda known: structs.replace(known, blocked=False))

    async def _take(self, chat: str, phone: str, now: datetime, ref: str) -> None:
        """From whichever chat it was linked to before, which is told so in the same breath."""
        address = f"sms:{phone}"
        outcome = Commit.CONFLICT
        while outcome is Commit.CONFLICT:
            stored = await self._stored(address)
            known = pocket.read(stored)
            writing = Writing()
            if known.chat is not None and known.chat != chat:
                await self._silence(phone)
                letter = await self._farewell(known.chat, phone, chat, now)
                line = AuditLine(int(now.timestamp()), ref, surface(chat), "link_taken_over", "")
                writing = Writing(letters=[letter], audits=[line])
            linked = structs.replace(known, chat=chat, blocked=False)
            outcome = await self._store.commit_pocket(address, stored, linked, writing)
        self._wake_phone(phone)

    async def _farewell(self, chat: str, phone: str, taker: str, now: datetime) -> Letter:
        name = f"taken_over:{short(phone, taker, now.isoformat())}"
        text = self._wording.taken_over(phone[-4:], await self._language(chat), surface(chat))
        return Letter(name, chat, text, now.timestamp(), unasked=True)

    async def _language(self, chat: str) -> Language | None:
        stored = await self._store.record(shard_number(chat), f"session:{chat}")
        try:
            return sessions.read(stored).language if stored else None
        except (msgspec.MsgspecError, KeyError):
            return None

    async def _silence(self, phone: str) -> None:
        """What waits for the morning does not come to the chat any more. First, because once the link is another,
        nobody comes back to it."""
        await self._store.unsend_everywhere(of_linked_chat(phone))

    async def _stored(self, address: str) -> bytes | None:
        return (await self._store.pockets([address]))[address]

    async def _change(self, address: str, change: Callable[[Pocket], Pocket], phone: str | None = None) -> None:
        """`phone`: whose chat it was until now."""
        outcome = Commit.CONFLICT
        while outcome is Commit.CONFLICT:
            stored = await self._stored(address)
            known = pocket.read(stored)
            after = change(known)
            if after == known:
                return
            if phone is not None:
                await self._silence(phone)
            outcome = await self._store.commit_pocket(address, stored, after, Writing())


def _without_chat(known: Pocket, chat: str) -> Pocket:
    return structs.replace(known, chat=None, blocked=False) if known.chat == chat else known


def _blocked(known: Pocket, chat: str, *, blocked: bool) -> Pocket:
    return structs.replace(known, blocked=blocked) if known.chat == chat else known

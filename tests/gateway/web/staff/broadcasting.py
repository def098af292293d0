"""The room of broadcasts with its engine before a channel that does what a test tells it to."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from html import unescape
from pathlib import Path

import httpx
from msgspec import Struct

from dialogs.broadcasts.texts import Texts
from dialogs.matters.window import Quiet
from dialogs.words import Words
from gateway.broadcasts.broadcast import Broadcast
from gateway.broadcasts.broadcasts import Broadcasts
from gateway.connection import Batched, Client
from gateway.staff.roles import Role
from gateway.web.front import Front
from gateway.web.staff.broadcasts.desk import Desk as RoomDesk
from gateway.web.staff.broadcasts.room import BroadcastRoom
from tests.gateway.broadcasts.sending import Desk, desk, hand, people
from tests.gateway.web.staff.signed import Signed, Staffed, staffed

HOME = "/staff/broadcasts"
TEXTS = Texts("Сәлем, {Аты}", "Привет, {Аты}")
UPLOAD_LIMIT = 300_000
SERVICE = "special_transport_wheelchair"


def table(number: int) -> str:
    return "Телефон;Аты\n" + "".join(f"{one.phone};{one.values[0]}\n" for one in people(number))


class Hall(Struct):
    whole: Desk
    staff: Staffed
    broadcasts: Broadcasts
    front: Front

    async def writer(self, login: str = "aigul", phone: str = "") -> Signed:
        return await self.staff.signed_in(self.front, Role.BROADCASTER, login=login, phone=phone)

    async def approver(self, *more: Role) -> Signed:
        return await self.staff.signed_in(self.front, Role.APPROVER, *more)

    async def ready(self, number: int = 2, who: str = "aigul") -> Broadcast:
        """With a list and texts, by somebody's hand."""
        made = await self.broadcasts.make(who, "Жаңалық", TEXTS)
        _, reading, path = await self.broadcasts.take_list(made.id, who, "list.csv")
        path.write_text(table(number), "utf-8")
        await self.broadcasts.read_list(made.id, reading, frozenset())
        return await self.read(made.id)

    async def read(self, name: str) -> Broadcast:
        """Once nobody is at work on its list."""
        async with asyncio.timeout(60):
            while (known := await self.broadcasts.load(name)).reading is not None:  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        return known

    async def deeds(self) -> list[str]:
        found = await self.whole.redis("XRANGE", "{staff}:deeds", "-", "+")
        return re.findall(
            r'"what":"(broadcast\.[a-z_]+)"', b" ".join(fields[b"deed"] for _, fields in found).decode()
        )


async def bring(signed: Signed, name: str, content: bytes, file_name: str = "list.csv") -> httpx.Response:
    """As the form without a script sends it."""
    return await signed.browser.post(
        f"{HOME}/{name}/list", data={"csrf": signed.csrf}, files={"file": (file_name, content, "text/csv")}
    )


def field(page: str, name: str) -> str:
    """What a hidden field holds."""
    return unescape(re.findall(rf'name="{name}" value="([^"]*)"', page)[0])


@asynccontextmanager
async def hall(
    batched: Batched,
    redis: Client,
    words: Words,
    folder: Path,
    *,
    quiet: Quiet | None = None,
    price: int = 1250,
) -> AsyncIterator[Hall]:
    async with desk(batched, quiet=quiet) as whole, hand(whole, redis, folder, price=price) as found:
        staff = staffed(batched, words, whole.clock)
        room = RoomDesk(
            staff.console,
            found.broadcasts,
            found.known,
            staff.accounts,
            services=(SERVICE,),
            quiet=quiet,
            prices={"kannel": price},
        )
        staff.console.open(BroadcastRoom(room).router())
        yield Hall(whole, staff, found.broadcasts, staff.front(batched, upload_limit=UPLOAD_LIMIT))

"""Who is measured, each a process of its own behind the same HTTP server: `python -m bench.contenders NAME URL …`."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path
from typing import Protocol, cast

import uvloop
from msgspec import Struct
from starlette.types import ASGIApp, Receive, Scope, Send

from bench import asking, matters
from bench.pending import Daylight
from bench.requests import SECRET
from bot import logs
from bot.app import settle_memory
from bot.server import Server, address, listen
from dialogs import dialogue
from dialogs.dialogue import Dialogue
from dialogs.matters.rules import Rules
from gateway.broadcasts.casting import Castings
from gateway.broadcasts.rolls import Rolls
from gateway.broadcasts.sender import Sender
from gateway.broadcasts.store import BroadcastStore
from gateway.channels import Channel, Letter, Sent
from gateway.clock import Clock
from gateway.connection import Batched, check, connect
from gateway.esobes.looking import Looking
from gateway.esobes.telling import Esobes
from gateway.matters.answers import Answers
from gateway.matters.store import MatterStore
from gateway.outbox.outbox import BROADCASTS_AHEAD, Outbox
from gateway.routes.reports import Reported
from gateway.routes.trails import STREAMS
from gateway.sms import kannel
from gateway.store import Store
from gateway.web import app as web
from gateway.web.events import Events, Listener
from gateway.web.front import Front
from gateway.web.sms_doors import KannelDoor
from gateway.web.webhooks import TELEGRAM_PATH, TelegramWebhook

LOCALES = Path(__file__).parent.parent / "locales"
TOKEN = "123456789:AAbenchmark-benchmark-benchmark-000"


class App(Protocol):
    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None: ...

    def close(self) -> None: ...


class Raw:
    """An ASGI function where the program has its door."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app(scope, receive, send)

    def close(self) -> None:
        pass


NOBODY = "http://127.0.0.1:9"
"""Where nobody listens."""


class Loopback:
    """A provider that takes every letter at once."""

    async def send(self, _: Letter) -> Sent:
        return Sent()


class Carried(Struct, frozen=True):
    """SMS leave by Kannel."""

    url: str
    rate: float
    """Of broadcasts, letters a second."""


async def kelisim(
    url: str,
    sending: bool = False,
    clock: Clock | None = None,
    esobes: str = "",
    carried: Carried | None = None,
) -> App:
    """The application's own parts, put together as `bot/app.py` does it; the outbox sends only if told to, broadcasts
    too where SMS are carried, and E-Sobes is asked where there is one."""
    from bot import telegram

    redis = connect(url)
    await check(redis)
    batched, clock, spoken = Batched(redis), clock or Clock(), dialogue.load(LOCALES)
    store, loopback = Store(batched), Loopback()
    channels: dict[str, Channel] = {"tg": loopback, "sms": loopback}
    if carried is not None:
        from bench import leaving

        route = kannel.Kannel(leaving.kannel_account(carried.url))
        channels["sms"] = leaving.routes_of(route, batched, carried.rate)
        casting = Castings(batched, channels, clock)
        broadcasts = Outbox(batched, casting, clock, "bench", stream=STREAMS[True], ahead=BROADCASTS_AHEAD)
        sender = Sender(
            batched,
            BroadcastStore(batched),
            Rolls(batched),
            channels,
            clock=clock,
            quiet=None,
            wake=broadcasts.wake,
        )
        _BACKGROUND.extend(asyncio.create_task(one.run()) for one in (broadcasts, sender))
    outbox = Outbox(batched, channels, clock, "bench")
    law = matters.law(spoken)
    affairs = matters.build(batched, spoken, law, clock, outbox.wake)
    offers = Answers(MatterStore(batched), affairs)
    asked = Esobes(esobes or NOBODY, SECRET)
    _CLOSING.append(asked.aclose)
    receiver = asking.receiver(batched, spoken, offers, law=law, clock=clock, wake=outbox.wake, esobes=asked)
    if sending:
        _BACKGROUND.append(asyncio.create_task(outbox.run()))
    bot = telegram.Telegram(
        telegram.connect(TOKEN, NOBODY),
        telegram.Webhook(f"{NOBODY}{TELEGRAM_PATH}", SECRET),
        words=spoken.guide.words,
        receiver=receiver,
        store=store,
        clock=clock,
        wake=outbox.wake,
        reach=offers,
    )
    door = KannelDoor(receiver, Reported(batched, None, clock, lambda _: None), clock, SECRET)
    return web.build(
        lambda: batched("PING"),
        TelegramWebhook(bot, SECRET),
        {"kannel": door},
        events=_events(affairs, spoken, law, clock),
        letters={},
    )


def _events(listener: Listener, spoken: Dialogue, law: Rules, clock: Clock) -> Events:
    services = spoken.guide.catalogue.services
    return Events(listener, SECRET, clock, services=services, replaceable=law.replaceable)


async def kelisim_sending(url: str) -> App:
    return await kelisim(url, sending=True)


async def kelisim_carried(url: str, carrier: str, rate: str) -> App:
    return await kelisim(url, sending=True, carried=Carried(carrier, float(rate)))


async def kelisim_offers(url: str) -> App:
    return await kelisim(url, clock=Daylight())


async def kelisim_status(url: str, esobes: str) -> App:
    return await kelisim(url, clock=Daylight(), esobes=esobes)


async def status_floor(_: str, esobes: str) -> App:
    looking = Looking(esobes, SECRET)
    _CLOSING.append(looking.aclose)
    return Raw(asking.floor(looking))


async def kept_event(url: str) -> App:
    """The site's door for events alone, and a listener that only keeps them."""
    from bench import event_floors

    redis = connect(url)
    await check(redis)
    batched, clock, spoken = Batched(redis), Daylight(), dialogue.load(LOCALES)
    events = _events(event_floors.Kept(batched), spoken, matters.law(spoken), clock)
    return web.build(lambda: batched("PING"), events=events, letters={})


async def plain_event(url: str) -> App:
    from bench import event_floors

    return Raw(event_floors.plain(url))


async def aiogram_echo(url: str) -> App:
    from bench import aiogram_echo as echo

    return Raw(echo.build(url, TOKEN))


async def floor(url: str) -> App:
    from bench import floor as by_hand

    return Raw(by_hand.build(url, LOCALES))


async def raw_echo(_: str) -> App:
    from bench import raw_echo as echo

    return Raw(echo.app)


BUILD: dict[str, Callable[..., Awaitable[App]]] = {
    "kelisim": kelisim,
    "kelisim-sending": kelisim_sending,
    "kelisim-carried": kelisim_carried,
    "kelisim-offers": kelisim_offers,
    "kelisim-status": kelisim_status,
    "status-floor": status_floor,
    "kept-event": kept_event,
    "plain-event": plain_event,
    "aiogram": aiogram_echo,
    "floor": floor,
    "raw": raw_echo,
}

_BACKGROUND: list[asyncio.Task[None]] = []
_CLOSING: list[Callable[[], Awaitable[None]]] = []


async def serve(name: str, *given: str) -> None:
    """Prints the port once it answers, and serves until stdin is closed."""
    with closing(listen("127.0.0.1", 0)) as listening:
        server = Server(cast(Front, await BUILD[name](*given)), listening)
        await server.start()
        settle_memory()
        print(address(listening).rpartition(":")[2], flush=True)
        await asyncio.to_thread(sys.stdin.read)
        await server.stop()
        for close in _CLOSING:
            await close()


if __name__ == "__main__":
    logs.start("warning")
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve(*sys.argv[1:]))

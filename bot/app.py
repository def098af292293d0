"""The composition root: everything is built here, started in order and stopped in reverse."""

import asyncio
import gc
import signal
import socket
import sys
from collections import ChainMap
from contextlib import AsyncExitStack, closing
from functools import partial
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

import structlog
import uvloop
from fastapi import APIRouter, HTTPException
from pydantic import SecretStr

from bot import affairs, api, books, carriers, casts, console, demo, district, logs, secrets, talks, workdays
from bot.errors import StartError
from bot.ground import Ground
from bot.server import Server, address, listen
from bot.settings import NO_SECRET, Settings
from dialogs import dialogue
from gateway.broadcasts import simulated
from gateway.broadcasts.sender import Sender
from gateway.broadcasts.simulated import Simulated
from gateway.channels import Channel, Letter
from gateway.clock import Clock, SandboxClock
from gateway.connection import Batched, RedisUnfitError, check, close, connect
from gateway.embedded import Embedded, EmbeddedError
from gateway.figures.counting import Counting
from gateway.figures.today import Today
from gateway.matters.answers import Answers
from gateway.outbox.outbox import Outbox
from gateway.papers import Papers
from gateway.phones import Phones
from gateway.receive import Receiver
from gateway.screens import Screens
from gateway.store import Store
from gateway.web import app as web
from gateway.web.front import Front
from gateway.web.journal import SandboxJournal
from gateway.web.sandbox import Sandbox
from gateway.web.simulator import Simulator
from gateway.web.webhooks import TELEGRAM_PATH, TelegramWebhook

if TYPE_CHECKING:  # aiogram takes seconds to import: only where a bot is set
    from aiogram import Bot

BEGAN = monotonic()
MEGABYTE = 1024 * 1024

log = structlog.get_logger()


def run(settings: Settings, locales: Path) -> int:
    """Until SIGINT or SIGTERM. 1 if some part failed that the others cannot do without."""
    blotter = logs.start(settings.log)
    blotter.hide(
        settings.telegram_token.get_secret_value(),
        settings.kannel_password.get_secret_value(),
        settings.smsc_password.get_secret_value(),
        settings.smsc_apikey.get_secret_value(),
        settings.smsc_secret.get_secret_value(),
        settings.mobizon_apikey.get_secret_value(),
        settings.mobizon_secret.get_secret_value(),
        settings.esobes_token.get_secret_value(),
        urlsplit(settings.redis_url.get_secret_value()).password or "",
    )
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            return runner.run(Application(settings, blotter).run(locales))
    except (EmbeddedError, RedisUnfitError) as error:
        raise StartError(str(error)) from error


class Work(Protocol):
    """A part of the program that goes on by itself."""

    async def run(self) -> None: ...

    def stop(self) -> None: ...


class Application:
    def __init__(self, settings: Settings, blotter: logs.Blotter) -> None:
        self._settings = settings
        self._blotter = blotter
        self._stack = AsyncExitStack()
        """What was started. Leaving it stops everything in reverse."""
        self._begun = False
        self._vital: list[asyncio.Task[None]] = []
        """What ends only when told to."""

    async def run(self, locales: Path) -> int:
        told = asyncio.Event()
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(logs.unhandled)
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, told.set)
        async with self._stack:
            listening = self._stack.enter_context(closing(listen(self._settings.http_host, self._settings.http_port)))
            ground = await self._ground(locales, address(listening))
            await self._start(ground, listening)
            settle_memory()
            self._tell(ground, await demo.lines(self._settings, ground.batched, ground.url))
            log.info("ready", seconds=round(monotonic() - BEGAN, 2))
            failed = await self._until(told)
            log.info("stopping")
        log.info("stopped")
        return int(failed)

    async def _ground(self, locales: Path, url: str) -> Ground:
        sends_sms = self._settings.sandbox or bool(self._settings.sms_routes)
        load = partial(dialogue.load, locales, sends_sms=sends_sms, inbox=self._settings.inbox)
        speaking = asyncio.create_task(asyncio.to_thread(load))  # while Redis reads its file
        redis_url = self._settings.redis_url.get_secret_value()
        if not redis_url:
            redis_url = await self._stack.enter_async_context(Embedded(self._settings.data_dir))
        redis = connect(redis_url)
        self._stack.push_async_callback(close, redis)
        await check(redis, self._settings.redis_accept)
        batched = Batched(redis)
        if self._settings.sms_routes or not self._settings.sandbox:
            await district.refuse_played(batched)
        if demo.is_real(self._settings):
            await demo.refuse_left(batched)
        clock = Clock()
        if self._settings.sandbox:
            clock = SandboxClock(batched)
            await clock.load()
        outside = bool(self._settings.redis_url.get_secret_value())
        return Ground(
            settings=self._settings,
            dialogue=await speaking,
            redis=redis,
            batched=batched,
            store=Store(batched),
            clock=clock,
            url=url,
            redis_url=redis_url,
            locales=locales,
            reader=f"{socket.gethostname()} {url}" if outside else "kelisim",
            sms_secret=await self._secret(batched, "sms", self._settings.sms_secret),
            esobes_token=await self._secret(batched, "esobes", self._settings.esobes_token),
            deeds_secret=await self._secret(batched, secrets.DEEDS, NO_SECRET),
        )

    async def _start(self, ground: Ground, listening: socket.socket) -> Front:
        """Everything is put together first. What others need is begun first, and so ends last."""
        settings, words = self._settings, ground.dialogue.guide.words
        phones = Phones(ground.batched, ground.redis, ground.clock)
        channels: dict[str, Channel] = {"sms": phones, "chat": phones} if settings.sandbox else {}
        outbox, broadcasts = outboxes = carriers.outboxes(ground, channels)
        offers = affairs.build(ground, outbox.wake)
        counted = workdays.build(ground, offers)
        await counted.calendar.look()
        spoken = talks.build(ground, offers, outbox.wake)
        cast = casts.build(ground, channels, spoken, outbox, broadcasts)
        kept = books.build(ground, offers.backlog)
        counts = [outbox.counts, offers.relays.counts, spoken.errands.counts]
        carried = carriers.build(ground) if settings.sms_routes else None
        if carried is not None:
            channels["sms"] = carried.channel
            self._stack.push_async_callback(carried.channel.aclose)
            self._keep(carried.watch)
        if (bot := self._bot()) is not None:
            from bot import telegram

            chats = telegram.letters(bot, words, Screens(ground.batched), offers.answers.block)
            channels["tg"] = chats
            counts.append(chats.counts)
            self._stack.push_async_callback(chats.aclose)
        channels[simulated.CHANNEL] = nobodys = Simulated(ground.batched, ground.clock)
        self._keep(outbox, broadcasts, nobodys)
        self._stack.push_async_callback(cast.lists.aclose)
        self._keep(cast.sender, cast.forgetting.rounds)
        self._stack.push_async_callback(offers.esobes.aclose)
        self._keep(offers.relays, offers.wakeups.rounds, counted.calendar.rounds, counted.recount.rounds)
        self._stack.push_async_callback(counted.looks.aclose)
        self._keep(kept.index.rounds, kept.archive.rounds, kept.tidying.rounds)
        self._stack.push_async_callback(spoken.registers.aclose)
        self._keep(spoken.errands)
        sandbox = self._sandbox(ground, phones, outboxes, offers=offers, spoken=spoken, sender=cast.sender)
        played = district.build(ground) if sandbox and not settings.esobes_url else None
        routes: list[APIRouter] = []
        if played is not None:
            self._stack.push_async_callback(played.wire.aclose)
            routes += (
                *played.routes,
                SandboxJournal(ground.batched, ground.dialogue.guide.words, ground.clock).router(),
            )

        def hurry(letter: Letter) -> None:
            (broadcasts if letter.broadcast else outbox).hurry(letter)

        doors = carriers.doors(ground, carried, spoken.receiver, hurry)
        staff = console.build(ground, counted, spoken, kept, cast)
        front = web.build(
            partial(self._ping, ground.batched),
            await self._telegram(bot, ground, spoken.receiver, offers.answers, outbox) if bot is not None else None,
            doors if "sms" in channels else {},
            sandbox,
            Simulator(sandbox, ground.store, ground.dialogue.guide, offers.rules) if sandbox else None,
            events=offers.events,
            played=routes,
            letters=ChainMap(*counts),
            sms=carried.channel if carried else None,
            relays=offers.backlog.figures,
            errands=spoken.waiting.figures,
            registers=spoken.registers.copies.all,
            inbox=spoken.inbox.waiting,
            today=self._figures(ground),
            staff=staff,
            api=api.build(ground, staff, cast.broadcasts, settings.upload_limit * MEGABYTE),
            upload_limit=settings.upload_limit * MEGABYTE,
        )
        server = Server(front, listening)
        self._vital.append(await server.start())
        self._stack.push_async_callback(server.stop)
        if sandbox is not None and played is not None:
            await played.open(sandbox, plays=not settings.sms_routes)
        self._begun = True
        return front

    def _sandbox(
        self,
        ground: Ground,
        phones: Phones,
        outboxes: tuple[Outbox, Outbox],
        *,
        offers: affairs.Affairs,
        spoken: talks.Talks,
        sender: Sender,
    ) -> Sandbox | None:
        if not isinstance(ground.clock, SandboxClock):
            return None
        return Sandbox(
            spoken.receiver,
            ground.clock,
            phones,
            Papers(ground.dialogue.guide.words),
            outbox=outboxes[0],
            broadcasts=outboxes[1],
            sender=sender,
            relays=offers.relays,
            errands=spoken.errands,
            wakeups=offers.wakeups,
        )

    async def _ping(self, redis: Batched) -> None:
        if not self._begun:
            raise HTTPException(503, "The program is still starting.")
        await redis("PING")

    def _bot(self) -> "Bot | None":
        if not self._settings.telegram:
            return None
        from bot import telegram

        bot = telegram.connect(self._settings.telegram_token.get_secret_value(), self._settings.telegram_api)
        self._stack.push_async_callback(bot.session.close)
        return bot

    async def _telegram(
        self, bot: "Bot", ground: Ground, receiver: Receiver, reach: Answers, outbox: Outbox
    ) -> TelegramWebhook | None:
        """Started; and, if Telegram brings the updates, the place where it does."""
        from bot.telegram import Telegram, Webhook

        webhook = None
        if base := self._settings.telegram_webhook:
            secret = await self._secret(ground.batched, "telegram", self._settings.telegram_secret)
            webhook = Webhook(f"{base.removesuffix(TELEGRAM_PATH)}{TELEGRAM_PATH}", secret)
        telegram = Telegram(
            bot,
            webhook,
            words=ground.dialogue.guide.words,
            receiver=receiver,
            store=ground.store,
            clock=ground.clock,
            wake=outbox.wake,
            reach=reach,
        )
        await telegram.start()
        self._stack.push_async_callback(telegram.stop)
        return TelegramWebhook(telegram, webhook.secret) if webhook else None

    def _figures(self, ground: Ground) -> web.CountToday:
        """They are counted from now on."""
        counting = Counting(ground.batched)
        self._keep(counting.rounds)
        return Today(ground.batched, ground.clock).counted

    def _keep(self, *works: Work) -> None:
        """They run until the program stops; then each is told to end, the last one first, in its own time."""
        for work in works:
            task = asyncio.create_task(work.run())
            self._vital.append(task)
            self._stack.push_async_callback(_ended, work, task)

    async def _until(self, told: asyncio.Event) -> bool:
        """Until the program is told to stop; True if some part failed that the others cannot do without."""
        waiting = asyncio.create_task(told.wait())
        await asyncio.wait([waiting, *self._vital], return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        for task in self._vital:
            if task.done():
                log.error("a part of the program ended by itself", exc_info=task.exception() or False)
        return any(task.done() for task in self._vital)

    def _tell(self, ground: Ground, staff: list[str]) -> None:
        """Where to go now, on stdout. The secret of the SMS address is shown to a person only, not to a log."""
        if self._settings.sandbox:
            print(f"Kelisim is ready: {ground.url}/sandbox")
        else:
            print(f"Kelisim is ready: {ground.url}")
        for line in staff:
            print(line)
        if self._settings.sms_routes:
            secret = ground.sms_secret if sys.stdout.isatty() else "{KELISIM_SMS_SECRET}"
            for line in carriers.addresses(ground, secret):
                print(line)
        sys.stdout.flush()

    async def _secret(self, redis: Batched, name: str, given: SecretStr) -> str:
        """One that was not set is made up once and kept."""
        secret = given.get_secret_value() or await secrets.kept(redis, name)
        self._blotter.hide(secret)
        return secret


async def _ended(work: Work, task: asyncio.Task[None]) -> None:
    work.stop()
    await asyncio.wait([task])


def settle_memory() -> None:
    """What was built until now stays for good: the collector need not look at it again. With aiogram and the
    catalogue loaded, one full look takes about 100 ms, during which everybody waits; and the default thresholds
    bring it about every few hundred turns. Turns leave next to no cycles behind, so it may come far less often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    gc.enable()

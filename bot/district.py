"""The E-Sobes that is played where no real one is set: a small district, and what happened there lately."""

from datetime import date, datetime, timedelta

from fastapi import APIRouter
from msgspec import Struct

from bot.errors import StartError
from bot.ground import Ground
from gateway.clock import ALMATY, SandboxClock
from gateway.connection import Batched
from gateway.esobes.relays import Backlog
from gateway.esobes_sandbox import district as districts
from gateway.esobes_sandbox.district import Step
from gateway.esobes_sandbox.facade import Facade
from gateway.esobes_sandbox.ministry import Ministry
from gateway.esobes_sandbox.office import Office
from gateway.esobes_sandbox.page import Page
from gateway.esobes_sandbox.shelf import Shelf
from gateway.esobes_sandbox.story import codes, play
from gateway.esobes_sandbox.teller import Teller
from gateway.esobes_sandbox.wire import Wire
from gateway.matters.store import MatterStore
from gateway.web.sandbox import Sandbox, Sms


class Played(Struct, frozen=True):
    ministry: Ministry
    teller: Teller
    wire: Wire
    routes: tuple[APIRouter, ...]

    async def open(self, sandbox: Sandbox, *, plays: bool) -> None:
        """On the first day the last weeks are played, so that there is something of every kind to look at. But not
        where a real provider would carry the letters to whoever has these numbers."""
        if await self.ministry.open() and plays:
            await self.ministry.shelf.plays()
            await _play(self, sandbox)


async def refuse_played(redis: Batched) -> None:
    """Made-up people have numbers that belong to somebody: no real letter and no real relay may be about them."""
    if await Shelf(redis).played():
        raise StartError(
            "this Redis holds what was played in the sandbox, with made-up people in it; "
            "for real channels set KELISIM_DATA_DIR or KELISIM_REDIS_URL to another one"
        )


def build(ground: Ground) -> Played:
    ministry = Ministry(Shelf(ground.batched), districts.load(), ground.dialogue.guide.workdays, ground.clock)
    wire = Wire(ground.url, ground.esobes_token)
    teller = Teller(ministry, wire)
    redis = ground.batched
    page = Page(teller, MatterStore(redis), Backlog(redis, ground.clock), Office(redis))
    return Played(ministry, teller, wire, (Facade(ministry, ground.esobes_token).router(), page.router()))


async def _play(played: Played, sandbox: Sandbox) -> None:
    """With the clock set back, and moved on to each step of the story as if time had passed."""
    clock: SandboxClock = sandbox.clock
    now, story = clock.now(), played.ministry.district.story
    if not story:
        return
    last = now.date() - timedelta(now.time() < max(step.time for step in story if not step.days_ago))
    async with sandbox.hands:
        try:
            await clock.set_back(_moment(story[0], last))
            for step in story:
                await sandbox.go(_moment(step, last))
                if step.do == "sms":
                    await _write(step, played, sandbox)
                else:
                    await play(step, played.teller)
            await sandbox.go(now)
        finally:
            await sandbox.go(None)


def _moment(step: Step, last: date) -> datetime:
    return datetime.combine(last - timedelta(step.days_ago), step.time, ALMATY)


async def _write(step: Step, played: Played, sandbox: Sandbox) -> None:
    phone = played.ministry.district.phones(played.teller.resident(step.person))[0]
    read = [entry.text for entry in await sandbox.phones.history(f"sms:{phone}")]
    await sandbox.send_sms(Sms.model_validate({"from": phone, "text": step.text.format_map(codes(read))}))

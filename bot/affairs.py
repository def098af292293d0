"""The parts that have to do with offers and with news of applications: what E-Sobes tells and is told, and the clock
that counts their days."""

from collections.abc import Callable
from datetime import timedelta

from msgspec import Struct, structs

from bot.ground import Ground
from dialogs import statutory
from dialogs.applications.letters import Letters as NewsWording
from dialogs.applications.wishes import Wording as WishWording
from dialogs.duties.letters import Letters as DutyWording
from dialogs.duties.rules import Rules as DutyRules
from dialogs.matters import rules
from dialogs.matters.letters import Letters as Wording
from dialogs.matters.rules import Rules
from gateway.channels import Channel
from gateway.esobes.relays import STREAM, Backlog, Relays
from gateway.esobes.telling import Esobes
from gateway.esobes_sandbox import facade
from gateway.letters import Letters
from gateway.matters.answers import Answers
from gateway.matters.desk import Desk
from gateway.matters.duties import Duties
from gateway.matters.matters import Matters
from gateway.matters.news import News
from gateway.matters.requests import Requests
from gateway.matters.store import MatterStore
from gateway.matters.wakeups import Wakeups
from gateway.old_iins import OldIins
from gateway.outbox.outbox import Outbox
from gateway.readers import Readers
from gateway.ways import Ways
from gateway.web.events import Events

AT_ONCE = 8
"""Relays under way: E-Sobes is one system, and not a fast one."""


class Affairs(Struct, frozen=True):
    rules: Rules
    terms: DutyRules
    answers: Answers
    matters: Matters
    duties: Duties
    news: News
    events: Events
    requests: Requests
    esobes: Esobes
    relays: Outbox
    backlog: Backlog
    wakeups: Wakeups


def build(ground: Ground, wake: Callable[[int], None]) -> Affairs:
    """`wake` tells the letters' outbox in which shard something waits."""
    settings, guide, redis, clock = ground.settings, ground.dialogue.guide, ground.batched, ground.clock
    law = rules.load(
        guide.workdays,
        hold=timedelta(minutes=settings.refusal_hold),
        reminder_at=settings.reminder_at,
        quiet=settings.quiet,
        chat_answers=settings.telegram_consent,
    )
    ways = Ways(
        statutory.load(),
        settings.quiet,
        sms_too=settings.statutory_sms,
        after=timedelta(seconds=settings.sms_after),
    )
    store, backlog = MatterStore(redis), Backlog(redis, clock)
    channels: dict[str, Channel] = {}
    relays = Outbox(redis, channels, clock, ground.reader, stream=STREAM, forever=True, at_once=AT_ONCE)
    matters = Matters(
        store=store,
        letters=Letters(redis),
        wording=Wording(guide.words, law),
        rules=law,
        ways=ways,
        clock=clock,
        wake=wake,
        wake_relays=relays.wake,
    )
    news = News(
        store=store,
        sessions=ground.store,
        wording=NewsWording(guide),
        rules=law,
        ways=ways,
        clock=clock,
        wake=wake,
    )
    terms = structs.replace(
        guide.duties,
        reminder_at=settings.reminder_at,
        quiet=settings.quiet,
        workdays_before=settings.arrival_workdays_before,
        days_before=settings.arrival_days_before,
    )
    duties = Duties(
        store=store,
        readers=Readers(ground.store),
        wording=DutyWording(guide.words, terms),
        rules=terms,
        ways=ways,
        clock=clock,
        wake=wake,
        wake_relays=relays.wake,
    )
    requests = Requests(store, WishWording(guide), clock, wake)
    desk = Desk(matters, duties, news, requests=requests, old_iins=OldIins(ground.store, clock))
    played = f"{ground.url}{facade.PATH}" if settings.sandbox else ""
    esobes = Esobes(settings.esobes_url or played, ground.esobes_token)
    if settings.esobes_url or settings.sandbox:  # else what is to be told waits until somebody says where to
        channels["esobes"] = Relays(esobes, backlog, desk.settled)
    services = guide.catalogue.services
    return Affairs(
        rules=law,
        terms=terms,
        answers=Answers(store, matters),
        matters=matters,
        duties=duties,
        news=news,
        events=Events(desk, ground.esobes_token, clock, services=services, replaceable=law.replaceable),
        requests=requests,
        esobes=esobes,
        relays=relays,
        backlog=backlog,
        wakeups=Wakeups(store, clock, desk.woken, wake),
    )

"""The staff console put together: who may come in, and its rooms."""

from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from bot.books import Books
from bot.casts import Casts
from bot.ground import Ground
from bot.talks import Talks
from bot.workdays import Counted
from gateway.figures.counting import Counting
from gateway.inbox.quick import QuickAnswers
from gateway.staff.accounts import Accounts
from gateway.staff.codes import Codes
from gateway.staff.deeds import Deeds
from gateway.staff.deeds_search import Search
from gateway.staff.keys import Keys
from gateway.staff.lockout import Lockout
from gateway.staff.sessions import Sessions
from gateway.staff.signing import Signing
from gateway.web.staff.accounts import AccountsRoom
from gateway.web.staff.audit import AuditRoom
from gateway.web.staff.broadcasts.desk import Desk
from gateway.web.staff.broadcasts.room import BroadcastRoom
from gateway.web.staff.console import Console
from gateway.web.staff.cookies import Cookies
from gateway.web.staff.door import Door
from gateway.web.staff.figures import FigureRoom
from gateway.web.staff.guide import GuideRoom
from gateway.web.staff.inbox import InboxRoom, signed_in
from gateway.web.staff.keys import KeyRoom
from gateway.web.staff.me import Me
from gateway.web.staff.origin import Origin

GUIDE = Path(__file__).parent.parent / "docs" / "guide"
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


def build(ground: Ground, counted: Counted, spoken: Talks, kept: Books, cast: Casts) -> Console:
    settings, redis = ground.settings, ground.batched
    accounts, deeds = Accounts(redis), Deeds(redis, ground.deeds_secret, ground.clock)
    sessions = Sessions(redis, accounts, timedelta(minutes=settings.staff_idle))
    secure = not _by_plain_http(ground)
    origin = Origin(settings.public_url, secure=secure, proxies=settings.trusted_proxy)
    words = ground.dialogue.guide.words
    console = Console(words, ground.clock, deeds, sessions, cookies=Cookies(secure=secure), origin=origin)
    signing = Signing(accounts, sessions, Lockout(redis), Codes(redis), deeds)
    console.open(
        Door(console, signing).router(),
        Me(console, signing).router(),
        AccountsRoom(console, signing).router(),
        AuditRoom(console, accounts, Search(redis, by_ids=not settings.sandbox)).router(),
        # A line for each room.
        BroadcastRoom(
            Desk(
                console,
                cast.broadcasts,
                cast.known,
                accounts,
                services=tuple(ground.dialogue.guide.catalogue.services),
                quiet=settings.quiet,
                prices=settings.prices,
            )
        ).router(),
        FigureRoom(console, redis, Counting(redis)).router(),
        KeyRoom(console, Keys(redis, ground.clock)).router(),
        GuideRoom(console, GUIDE).router(),
        *kept.rooms(console),
        counted.room(console).router(),
        InboxRoom(console, spoken.inbox, QuickAnswers(redis), signed_in(sessions)).router(),
    )
    return console


def _by_plain_http(ground: Ground) -> bool:
    """A sandbox on one's own machine: there is no https, and nobody in between."""
    here = urlsplit(ground.settings.public_url or ground.url)
    return ground.settings.sandbox and here.scheme == "http" and here.hostname in _LOOPBACK

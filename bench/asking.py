"""Where is my application: the program's receiver with everything that it asks, and the floor below it, which asks
E-Sobes the same two questions with the same client and does nothing else."""

import asyncio
from collections.abc import Callable
from urllib.parse import unquote_to_bytes

from starlette.types import ASGIApp, Receive, Scope, Send

from bench.matters import WAYS
from dialogs.applications.letters import Letters as NewsWording
from dialogs.applications.wishes import Wording as WishWording
from dialogs.dialogue import Dialogue
from dialogs.duties.letters import Letters as DutyWording
from dialogs.matters.rules import Rules
from gateway.clock import Clock
from gateway.connection import Batched
from gateway.esobes.looking import Looking
from gateway.esobes.telling import Esobes
from gateway.inquiries import Inquiries
from gateway.matters.answers import Answers
from gateway.matters.duties import Duties
from gateway.matters.news import News
from gateway.matters.requests import Requests
from gateway.matters.store import MatterStore
from gateway.proofs import Proofs
from gateway.readers import Readers
from gateway.receive import PATIENCE, Receiver
from gateway.store import Store

HEADERS = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", b"0")]


def receiver(
    redis: Batched,
    spoken: Dialogue,
    offers: Answers,
    *,
    law: Rules,
    clock: Clock,
    wake: Callable[[int], None],
    esobes: Esobes,
) -> Receiver:
    store, talks = MatterStore(redis), Store(redis)
    requests = Requests(store, WishWording(spoken.guide), clock, wake)
    news = News(
        store=store, sessions=talks, wording=NewsWording(spoken.guide), rules=law, ways=WAYS, clock=clock, wake=wake
    )
    return Receiver(
        talks,
        spoken,
        offers,
        inquiries=Inquiries(esobes, requests=requests, proofs=Proofs(redis), news=news),
        requests=requests,
        arrivals=Duties(
            store=store,
            readers=Readers(talks),
            wording=DutyWording(spoken.guide.words, spoken.guide.duties),
            rules=spoken.guide.duties,
            ways=WAYS,
            clock=clock,
            wake=wake,
            wake_relays=lambda _: None,
        ),
        clock=clock,
        wake=wake,
        wake_errands=lambda _: None,
    )


def floor(looking: Looking) -> ASGIApp:
    async def app(scope: Scope, _: Receive, send: Send) -> None:
        fields = dict(pair.split(b"=", 1) for pair in scope["query_string"].split(b"&"))
        phone = unquote_to_bytes(fields[b"from"]).decode()
        until = asyncio.get_running_loop().time() + PATIENCE
        await looking.look(("persons",), {"phone": phone}, until)
        await looking.look(("persons", f"680{phone[-9:]}", "applications"), {}, until)
        await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
        await send({"type": "http.response.body", "body": b""})

    return app

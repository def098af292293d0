"""What all pages of the room of broadcasts stand on."""

from collections.abc import Mapping, Sequence
from typing import Annotated

from fastapi import Form, Path
from msgspec import structs
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse

from dialogs.broadcasts.states import State
from dialogs.matters.window import Quiet
from dialogs.messages import Say, Surface
from gateway.broadcasts.broadcast import Broadcast, BroadcastError, UnknownError
from gateway.broadcasts.broadcasts import Broadcasts, Progress
from gateway.broadcasts.known import APPLICATION, Known
from gateway.broadcasts.rolls import Counts, Recipient
from gateway.staff.accounts import Accounts
from gateway.staff.roles import Right
from gateway.web.staff.broadcasts.shown import Tally, tally
from gateway.web.staff.console import Console, Visit
from gateway.web.staff.naming import Naming

PREFIX = "/staff/broadcasts"

Name = Annotated[str, Path(pattern=r"^[0-9A-Za-z_-]{1,80}$")]
Typed = Annotated[str, Form(max_length=8000)]


class Desk:
    def __init__(
        self,
        console: Console,
        broadcasts: Broadcasts,
        known: Known,
        accounts: Accounts,
        *,
        services: Sequence[str],
        quiet: Quiet | None,
        prices: Mapping[str, int],
    ) -> None:
        """`services`: that people can be looked for by; `prices`: route → hundredths of a tenge for a part of an
        SMS."""
        self.console = console
        self.broadcasts = broadcasts
        self.known = known
        self.accounts = accounts
        self.services = services
        self.quiet = quiet
        self._prices = prices

    async def load(self, name: str) -> Broadcast:
        try:
            return await self.broadcasts.load(name)
        except UnknownError:
            raise HTTPException(404) from None

    async def progress(self, name: str) -> Progress:
        try:
            return await self.broadcasts.progress(name)
        except UnknownError:
            raise HTTPException(404) from None

    def page(
        self,
        visit: Visit,
        template: str,
        broadcast: Broadcast,
        values: Mapping[str, object] = {},
        status: int = 200,
        /,
        **more: object,
    ) -> HTMLResponse:
        return self.console.page(
            visit,
            f"broadcasts/{template}",
            status,
            broadcast=broadcast,
            base=f"{PREFIX}/{broadcast.id}",
            writes=visit.may(Right.BROADCASTS_WRITE),
            found_by=self._found_by(visit, broadcast),
            **{**values, **more},
        )

    async def note(self, visit: Visit, what: str, broadcast: Broadcast, *, about: str = "") -> None:
        await self.console.deeds.note(visit.account.login, f"broadcast.{what}", about=about, detail=broadcast.id)

    def refusal(self, visit: Visit, error: BroadcastError) -> str:
        values = {**error.values}
        if "state" in values:
            values["state"] = self.console.say(visit, f"staff.broadcast.state.{State(values['state'])}")
        what = Say(f"staff.broadcast.refused.{error.what}", tuple(values.items()))
        return self.console.words.say(what, visit.language, Surface.CHAT)

    def words_of(self, visit: Visit, what: str, value: str) -> str:
        """Of something that people are looked for by."""
        naming = Naming(self.console, visit)
        kind, _, state = value.partition(":")
        match what:
            case "service":
                return naming.service(value)
            case "stage" if kind == APPLICATION:
                return naming.known(f"staff.broadcast.stage.{state}", value)
            case "stage":
                return f"{naming.kind(kind)}: {naming.state(kind, state)}"
            case "language" | "telegram":
                return naming.say(f"staff.broadcast.find.{what}.{value}")
        return value

    def _found_by(self, visit: Visit, broadcast: Broadcast) -> list[tuple[str, str]]:
        """Of an audience that was looked for: what, and in which way."""
        wanted = broadcast.audience.filter if broadcast.audience else None
        given = structs.asdict(wanted) if wanted is not None else {}
        return [(what, self.words_of(visit, what, value)) for what, value in given.items() if value]

    def tally(self, counts: Counts) -> Tally:
        return tally(counts, self._prices, self.broadcasts.price)

    async def example(self, broadcast: Broadcast) -> Recipient | None:
        """The first of its list: whose values stand for the placeholders."""
        some = await self.broadcasts.rolls.some(broadcast.audience.roll) if broadcast.audience else []
        return some[0] if some else None

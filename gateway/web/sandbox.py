"""`/sandbox/…`: a clock that can be moved, and phones that anybody can write from. For demonstrations and for tests
from outside; never where real people listen."""

import asyncio
from datetime import datetime
from typing import Annotated, Any, Literal, Self
from uuid import uuid4

from fastapi import APIRouter, HTTPException, Path, Response
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    WithJsonSchema,
    model_validator,
)

from dialogs.messages import Contact, Content, Pressed, Surface, Text
from dialogs.workdays import LAST_YEAR
from gateway.broadcasts.sender import Sender
from gateway.channels import Inbound, surface
from gateway.clock import ALMATY, SandboxClock
from gateway.connection import RedisAwayError
from gateway.matters.wakeups import Wakeups
from gateway.outbox.outbox import Outbox
from gateway.papers import Papers, name
from gateway.phones import Entry, Phones
from gateway.receive import Receiver
from gateway.web.fields import Phone, Strict, whole

_FILES: dict[int | str, dict[str, Any]] = {
    200: {"content": {kind: {} for kind in ("application/pdf", "text/calendar")}},
    404: {"description": "No file came with this message"},
}

PATIENCE = 30.0
"""Seconds for everything due to be done; longer only if Redis is away."""


def _moment(written: object) -> object:
    if not isinstance(written, str):
        raise ValueError("a time is written like 2026-11-25T18:00:00+05:00")
    return datetime.fromisoformat(written)


def within_calendar(moment: datetime) -> datetime:
    if moment.year >= LAST_YEAR:
        raise ValueError(f"the calendar of working days ends in {LAST_YEAR}")
    return moment


def _user(given: object) -> object:
    """Telegram's own users are numbers."""
    given = whole(given)
    return str(given) if isinstance(given, int) and not isinstance(given, bool) else given


_NAME = r"^[A-Za-z0-9_-]{1,64}$"
User = Annotated[
    str,
    Field(pattern=_NAME, examples=["aigul"]),
    BeforeValidator(_user),
    WithJsonSchema({"anyOf": [{"type": "string", "pattern": _NAME}, {"type": "integer"}]}),
]
Moment = Annotated[AwareDatetime, BeforeValidator(_moment), AfterValidator(within_calendar)]


class ClockHands(Strict):
    now: Moment | None
    """None: back to real time."""


class Sms(Strict):
    sender: Annotated[Phone, Field(alias="from")]
    text: Annotated[str, Field(min_length=1, max_length=1000)]


def _one_of(schema: dict[str, Any]) -> None:
    """What `_one_thing` asks for, in the words of a schema."""
    things, nothing = ("text", "choice", "contact"), {"type": "null"}
    schema["oneOf"] = [
        {
            "required": [thing],
            "properties": {
                **{other: {"type": "string"} if other == thing else nothing for other in things},
                **({} if thing == "choice" else {"message": nothing}),
                **({} if thing == "contact" else {"foreign": {"const": False}}),
            },
        }
        for thing in things
    ]


class ChatMessage(Strict):
    model_config = ConfigDict(json_schema_extra=_one_of)

    user: User
    text: Annotated[str, Field(min_length=1, max_length=4096)] | None = None
    choice: Annotated[str, Field(min_length=1, max_length=64)] | None = None
    contact: Phone | None = None
    foreign: bool = False
    """With a contact: somebody else's, passed on."""
    message: Annotated[int, Field(ge=1, le=1_000_000_000), BeforeValidator(whole)] | None = None
    """With a choice: the number of the message under which it was pressed; without it, the latest that offers it."""

    @model_validator(mode="after")
    def _one_thing(self) -> Self:
        if sum(thing is not None for thing in (self.text, self.choice, self.contact)) != 1:
            raise ValueError("exactly one of text, choice and contact is needed")
        if self.message is not None and self.choice is None:
            raise ValueError("message goes with choice only")
        if self.foreign and self.contact is None:
            raise ValueError("foreign goes with contact only")
        return self


class Told(BaseModel):
    """One message on a phone's screen, as tests and demonstrations read it."""

    direction: Literal["in", "out"]
    text: str
    at: datetime
    status: str


class FileTold(BaseModel):
    name: str
    url: str


class ToldInChat(Told):
    number: int
    buttons: list[dict[str, str]]
    ask_contact: bool
    file: FileTold | None = None
    """Only where there is one."""


class ClockTold(BaseModel):
    now: datetime


class SmsTold(BaseModel):
    messages: list[Told]


class ChatTold(BaseModel):
    messages: list[ToldInChat]


class Sandbox:
    def __init__(
        self,
        receiver: Receiver,
        clock: SandboxClock,
        phones: Phones,
        papers: Papers,
        *,
        outbox: Outbox,
        broadcasts: Outbox,
        sender: Sender,
        relays: Outbox,
        errands: Outbox,
        wakeups: Wakeups,
    ) -> None:
        self.clock = clock
        self.phones = phones
        self._papers = papers
        self._receiver = receiver
        self.hands = asyncio.Lock()
        """One at a time moves the clock."""
        self._outbox = outbox
        self._broadcasts = broadcasts
        self._sender = sender
        self._relays = relays
        self._errands = errands
        self._wakeups = wakeups

    def router(self) -> APIRouter:
        routes = APIRouter(prefix="/sandbox", tags=["sandbox"])
        routes.get("/clock")(self.read_clock)
        routes.put("/clock", responses={409: {"description": "The clock moves forward only"}})(self.set_clock)
        routes.post("/sms")(self.send_sms)
        routes.get("/sms/{phone}")(self.read_sms)
        routes.post("/telegram", response_model_exclude_none=True)(self.send_chat)
        routes.get("/telegram/{user}", response_model_exclude_none=True)(self.read_chat)
        routes.get("/telegram/{user}/files/{number}", response_class=Response, responses=_FILES)(self.read_file)
        return routes

    async def read_clock(self) -> ClockTold:
        return ClockTold(now=self.clock.now())

    async def set_clock(self, hands: ClockHands) -> ClockTold:
        """Moves the clock forward and returns once everything then due is done; `null` is real time again."""
        await self.move(hands.now)
        return ClockTold(now=self.clock.now())

    async def send_sms(self, sms: Sms) -> SmsTold:
        """A citizen's SMS; returns once it is answered, with the phone's whole screen."""
        await self._say(f"sms:{sms.sender}", Text(sms.text), sms.text)
        return await self.read_sms(sms.sender)

    async def read_sms(self, phone: Annotated[Phone, Path()]) -> SmsTold:
        return SmsTold(messages=[_told(entry) for entry in await self.phones.history(f"sms:{phone}")])

    async def send_chat(self, message: ChatMessage) -> ChatTold:
        """A citizen writes, presses a button (`choice` is its id) or shares a phone number (`contact`)."""
        address = f"chat:{message.user}"
        if message.contact is not None:
            await self._say(address, Contact(message.contact, own=not message.foreign), message.contact)
        elif message.text is not None:
            await self._say(address, Text(message.text), message.text)
        elif message.choice is not None:
            # As in Telegram, a press leaves no message behind.
            under = message.message or await self._latest_offer(address, message.choice)
            await self._say(address, Pressed(message.choice, under), None)
        return await self.read_chat(message.user)

    async def read_chat(self, user: Annotated[User, Path()]) -> ChatTold:
        return ChatTold(messages=[_told_in_chat(entry, user) for entry in await self.phones.history(f"chat:{user}")])

    async def read_file(self, user: Annotated[User, Path()], number: Annotated[int, Path(ge=1)]) -> Response:
        """What came with the message of that number."""
        for entry in await self.phones.history(f"chat:{user}"):
            if entry.number == number and entry.paper is not None:
                file = await self._papers.made(entry.paper)
                headers = {"Content-Disposition": f'attachment; filename="{file.name}"', "Cache-Control": "no-store"}
                return Response(file.content, media_type=file.media_type, headers=headers)
        raise HTTPException(404, "No file came with this message.")

    async def move(self, to: datetime | None) -> None:
        async with self.hands:
            await self.go(to)

    async def go(self, to: datetime | None) -> None:
        """From one moment at which something is due to the next, so that everything happens at its own time. For
        whoever has the clock's `hands`."""
        try:
            while to is not None and (due := await self._all_done()) <= to:
                await self.clock.move(max(due, self.clock.now()))
            await self.clock.move(to)
        except ValueError as refusal:
            raise HTTPException(409, str(refusal)) from None
        await self._all_done()

    async def _all_done(self) -> datetime:
        """Everything due now has happened and left; when something is due next."""
        before = await self._wakeups.ring()
        await self._done()
        while (due := await self._wakeups.ring()) != before:  # letters may follow from what E-Sobes answers
            before = due
            await self._done()
        moved = True
        while moved:
            await self._broadcasts.drained()  # first: what waited for the morning is released already
            moved, opens = await self._sender.ring()
        first = min((one for one in (due, opens) if one is not None), default=None)
        return datetime.max.replace(tzinfo=ALMATY) if first is None else datetime.fromtimestamp(first, ALMATY)

    async def _say(self, address: str, content: Content, shown: str | None) -> None:
        number = None if shown is None else await self.phones.write(address, shown)
        message = number if surface(address) is Surface.CHAT else None  # what went by SMS nobody can erase
        await self._receiver.receive(Inbound(f"sandbox:{uuid4().hex}", address, content, message))
        await self._done(address)

    async def _done(self, address: str | None = None) -> None:
        """Everything due has left; for one address, what is due there."""
        try:
            async with asyncio.timeout(PATIENCE):
                if address is None:  # first what letters may follow from
                    await self._errands.drained()
                    await self._relays.drained()
                await self._outbox.drained(address)
        except TimeoutError:
            raise RedisAwayError("letters are still waiting") from None

    async def _latest_offer(self, address: str, choice: str) -> int | None:
        for entry in reversed(await self.phones.history(address)):
            if any(button.id == choice for button in entry.buttons):
                return entry.number
        return None


def _told(entry: Entry) -> Told:
    return Told(direction=entry.direction.value, text=entry.text, at=entry.at, status=entry.status)


def _told_in_chat(entry: Entry, user: str) -> ToldInChat:
    buttons = [{"id": button.id, "label": button.label} for button in entry.buttons]
    return ToldInChat(
        **_told(entry).model_dump(),
        number=entry.number,
        buttons=buttons,
        ask_contact=entry.ask_contact,
        file=file_told(entry, user),
    )


def file_told(entry: Entry, user: str) -> FileTold | None:
    """Where to get what came with a message."""
    if entry.paper is None:
        return None
    return FileTold(name=name(entry.paper), url=f"/sandbox/telegram/{user}/files/{entry.number}")

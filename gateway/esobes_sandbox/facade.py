"""The built-in E-Sobes as the assistant sees it: the calls of the contract, under `/sandbox/esobes` or by itself."""

from typing import Annotated, Any, Literal

import msgspec
from fastapi import APIRouter, Depends, FastAPI, Header, HTTPException, Path, Query, Response
from pydantic import BeforeValidator, Field

from dialogs.matters.matter import Answer
from gateway.esobes_sandbox.district import Organisation, Resident
from gateway.esobes_sandbox.ministry import Ministry, Request
from gateway.esobes_sandbox.shelf import Answered, First
from gateway.web import problems
from gateway.web.bearer import Bearer
from gateway.web.fields import Day, Id, Iin, Line, Long, Moment, Phone, Strict

PATH = "/sandbox/esobes"


def _plus(written: str) -> str:
    """As in an address where nobody escaped the plus."""
    return f"+{written[1:]}" if written.startswith(" ") else written


Key = Annotated[str, Header(alias="Idempotency-Key", min_length=1, max_length=1000, pattern=r"^[!-~]+$")]
Channel = Literal["sms", "telegram"]


class AnswerTold(Strict):
    answer: Literal["consent", "refusal", "silence", "undeliverable"]
    at: Moment
    channel: Channel
    phone: Phone | None = None
    code: Annotated[str, Field(pattern="^[0-9]{3}$")] | None = None
    text: Annotated[str, Field(max_length=4096)] | None = None


class PostponementTold(Strict):
    arrive_by: Day
    reason: Literal["illness", "hospitalisation"]
    at: Moment
    channel: Channel
    phone: Phone | None = None


class RequestTold(Strict):
    iin: Iin
    service: Line
    at: Moment
    channel: Channel
    phone: Phone | None = None
    note: Long | None = None


class Facade:
    def __init__(self, ministry: Ministry, token: str) -> None:
        self._ministry = ministry
        self._bearer = Bearer(token)

    def router(self, prefix: str = PATH) -> APIRouter:
        guards = [Depends(self._present), Depends(self._bearer)]
        refusals = problems.described(401, 422, 503)
        routes = APIRouter(prefix=prefix, tags=["sandbox"], dependencies=guards, responses=refusals)
        routes.default_response_class = Response
        unknown, conflict = problems.described(404), problems.described(409)
        routes.get("/persons", responses=_told("persons"))(self.persons)
        routes.get("/persons/{iin}", responses=unknown | _told("person"))(self.person)
        routes.get("/persons/{iin}/applications", responses=unknown | _told("applications"))(self.applications)
        routes.get("/organisations", responses=_told("organisations"))(self.organisations)
        # An id may hold a slash.
        routes.post("/offers/{offer:path}/answer", responses=unknown | conflict | _told("answer"))(self.answer)
        routes.post(
            "/invitations/{invitation:path}/postponement",
            responses=unknown | conflict | _told("arrive_by", "sign_by"),
        )(self.postpone)
        routes.post("/requests", status_code=201, responses=unknown | _told("application", status=201))(self.request)
        return routes

    def site(self) -> FastAPI:
        """E-Sobes by itself, as a server of its own."""
        site = FastAPI(docs_url=None, redoc_url=None)
        problems.install(site)
        site.include_router(self.router(""))
        return site

    async def persons(self, phone: Annotated[Phone, Query(), BeforeValidator(_plus)]) -> Response:
        """Whoever can be reached there, and their wards; nobody if the number is unknown."""
        return _json({"persons": [self._person(one) for one in self._ministry.district.at(phone)]})

    async def person(self, iin: Annotated[Iin, Path()]) -> Response:
        return _json({"person": self._person(self._known(iin))})

    async def applications(self, iin: Annotated[Iin, Path()]) -> Response:
        self._known(iin)
        return _json({"applications": await self._ministry.applications(iin)})

    async def organisations(
        self,
        setting: Literal["inpatient", "semi_inpatient", "home", "temporary"] | None = None,
        region: str = "",
        text: str = "",
    ) -> Response:
        """`region` and `text` are looked for in whatever is written there, in any case."""
        found = [
            one
            for one in self._ministry.district.organisations
            if setting in (None, one.setting) and _holds(one.region, region) and _holds(_all(one), text)
        ]
        return _json({"organisations": found})

    async def answer(self, offer: Annotated[Id, Path()], told: AnswerTold, key: Key) -> Response:
        """How the person answered. 409: another answer is held, and `answer` of the problem says which."""
        given = Answered(Answer(told.answer), told.at, told.channel, told.phone, told.code, told.text)
        return _first(await self._ministry.answered(offer, given, key))

    async def postpone(self, invitation: Annotated[Id, Path()], told: PostponementTold, key: Key) -> Response:
        """The new date counts once the notice is signed on the portal."""
        said = told.model_dump(mode="json")
        return _first(await self._ministry.postponed(invitation, told.arrive_by, said, key))

    async def request(self, told: RequestTold, key: Key) -> Response:
        """A citizen asks for a service on their own initiative, or adds a note to what is under way."""
        return _first(await self._ministry.asked(Request(**told.model_dump()), key))

    async def _present(self) -> None:
        if await self._ministry.shelf.away():
            raise HTTPException(503, "E-Sobes is away.", {"Retry-After": "1"})

    def _known(self, iin: str) -> Resident:
        resident = self._ministry.district.with_iin(iin)
        if resident is None:
            raise HTTPException(404, "Nobody has this IIN.")
        return resident

    def _person(self, resident: Resident) -> dict[str, object]:
        return {
            "iin": resident.iin,
            "name": resident.name,
            "birth_date": resident.birth_date,
            "language": resident.language,
            "relation": "ward" if resident.guardian else "self",
            "phones": self._ministry.district.phones(resident),
        }


def _told(*fields: str, status: int = 200) -> dict[int | str, dict[str, Any]]:
    """Of an answer the description says only what stands at its top."""
    schema = {"type": "object", "required": list(fields)}
    return {status: {"description": "As agreed", "content": {"application/json": {"schema": schema}}}}


def _json(body: object) -> Response:
    return Response(msgspec.json.encode(body), media_type="application/json")


def _first(first: First) -> Response:
    kind = problems.MEDIA_TYPE if first.status >= 400 else "application/json"
    return Response(bytes(first.body), first.status, media_type=kind)


def _holds(whole: str, part: str) -> bool:
    return part.casefold() in whole.casefold()


def _all(one: Organisation) -> str:
    return " ".join((one.name, one.address, one.region, one.bin, *one.categories))

"""One's own account: the password, the code from an app, where one is signed in, the phone."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from msgspec import structs
from starlette.responses import Response

from dialogs.people import read_phone
from gateway.staff import codes
from gateway.staff.accounts import Held
from gateway.staff.passwords import weakness
from gateway.staff.signing import Signing, Wait, Wrong
from gateway.web.staff import qr
from gateway.web.staff.agents import called
from gateway.web.staff.console import ME, Console, Visit
from gateway.web.staff.cookies import SESSION

Typed = Annotated[str, Form(max_length=1000)]
_CODE = f"{ME}/code"


class Me:
    def __init__(self, console: Console, signing: Signing) -> None:
        self._console = console
        self._signing = signing
        self._accounts = signing.accounts
        self._sessions = signing.sessions

    def router(self) -> APIRouter:
        routes, console = APIRouter(prefix=ME, include_in_schema=False), self._console
        self._add_password(routes)
        self._add_code(routes)

        @routes.get("")
        async def me(visit: Annotated[Visit, Depends(console.needs())]) -> Response:
            return await self._page(visit)

        @routes.post("/phone")
        async def phone(visit: Annotated[Visit, Depends(console.acts())], phone: Typed = "") -> Response:
            read = read_phone(phone) if phone.strip() else None
            if phone.strip() and (read is None or not read.of_kazakhstan):
                return await self._page(visit, phone=phone[:40], wrong=console.say(visit, "staff.phone.wrong"))
            number = read.e164 if read else ""
            await self._accounts.change(visit.account.login, lambda held: _changed(held, phone=number))
            await console.deeds.note(visit.account.login, "account.own_phone")
            return console.back(ME, "staff.me.saved")

        @routes.post("/sessions/end")
        async def end(visit: Annotated[Visit, Depends(console.acts())], session: Typed = "") -> Response:
            """One, or all the others."""
            login = visit.account.login
            if session:
                await self._sessions.end(login, session)
            else:
                await self._sessions.end_all(login, but=visit.session)
            await console.deeds.note(login, "account.own_sessions")
            return console.back(ME, "staff.me.ended")

        return routes

    def _add_password(self, routes: APIRouter) -> None:
        console = self._console

        @routes.get("/password")
        async def form(visit: Annotated[Visit, Depends(console.needs())]) -> Response:
            return console.page(visit, "me_password.html", wrong={})

        @routes.post("/password")
        async def change(
            request: Request,
            visit: Annotated[Visit, Depends(console.acts())],
            old: Typed = "",
            new: Typed = "",
            again: Typed = "",
        ) -> Response:
            if wrong := self._unfit(visit, new, again, old):
                return console.page(visit, "me_password.html", 422, wrong=wrong)
            if why := await self._refused(request, visit, old):
                return console.page(visit, "me_password.html", 422, wrong={"old": why})
            hashed = await self._signing.passwords.hash(new)
            login = visit.account.login
            held = await self._accounts.change(
                login, lambda held: structs.replace(_changed(held, given=False), password=hashed)
            )
            await console.deeds.note(login, "account.own_password")
            agent, address = request.headers.get("user-agent", ""), console.origin.address(request)
            token = await self._sessions.begin(held.account, agent, address)
            answer = console.back(ME, "staff.me.password.done")
            console.cookies.put(answer, SESSION, token)
            return answer

    def _add_code(self, routes: APIRouter) -> None:
        console, accounts = self._console, self._accounts

        @routes.get("/code")
        async def form(visit: Annotated[Visit, Depends(console.needs())]) -> Response:
            return await self._code_page(visit)

        @routes.post("/code")
        async def turn_on(
            request: Request, visit: Annotated[Visit, Depends(console.acts())], code: Typed = "", old: Typed = ""
        ) -> Response:
            if why := await self._refused(request, visit, old):
                return await self._code_page(visit, {"old": why})
            login = visit.account.login
            secret = await self._signing.codes.offered(visit.session)
            if not secret or not await self._signing.codes.fits(login, secret, code):
                return await self._code_page(visit, {"code": console.say(visit, "staff.code.wrong")})
            await accounts.change(login, lambda held: structs.replace(held, totp=secret))
            await self._signing.codes.withdraw(visit.session)
            await console.deeds.note(login, "account.own_code_on")
            return console.back(ME, "staff.me.code.on")

        @routes.post("/code/off")
        async def turn_off(
            request: Request, visit: Annotated[Visit, Depends(console.acts())], old: Typed = ""
        ) -> Response:
            if why := await self._refused(request, visit, old):
                return await self._code_page(visit, {"old": why})
            await accounts.change(visit.account.login, partial(structs.replace, totp=""))
            await console.deeds.note(visit.account.login, "account.own_code_off")
            return console.back(ME, "staff.me.code.off")

    async def _page(self, visit: Visit, *, phone: str | None = None, wrong: str = "") -> Response:
        held = await self._accounts.get(visit.account.login)
        return self._console.page(
            visit,
            "me.html",
            422 if wrong else 200,
            code_on=bool(held and held.totp),
            sessions=[(one, called(one.agent)) for one in await self._sessions.of(visit.account.login)],
            phone=visit.account.phone if phone is None else phone,
            wrong=wrong,
        )

    async def _code_page(self, visit: Visit, wrong: dict[str, str] | None = None) -> Response:
        held = await self._accounts.get(visit.account.login)
        is_on = bool(held and held.totp)
        secret = "" if is_on else await self._signing.codes.offer(visit.session)
        drawn = qr.draw(codes.address(secret, visit.account.login)) if secret else None
        spelled = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
        values = {"is_on": is_on, "qr": drawn, "secret": spelled, "wrong": wrong or {}}
        return self._console.page(visit, "me_code.html", 422 if wrong else 200, **values)

    def _unfit(self, visit: Visit, new: str, again: str, old: str) -> dict[str, str]:
        weak = weakness(new, visit.account.login)
        if weak is not None:
            return {"new": self._console.say(visit, weak)}
        if new == old:
            return {"new": self._console.say(visit, "staff.password.same")}
        return {} if new == again else {"again": self._console.say(visit, "staff.password.two")}

    async def _refused(self, request: Request, visit: Visit, password: str) -> str:
        """Whoever finds an open screen does not know the password."""
        address = self._console.origin.address(request)
        match await self._signing.knows_password(visit.account, password, address):
            case Wait(seconds=seconds):
                return self._console.say(visit, "staff.login.wait", count=-(-seconds // 60))
            case Wrong():
                return self._console.say(visit, "staff.password.wrong")
        return ""


def _changed(held: Held, **changes: object) -> Held:
    return structs.replace(held, account=structs.replace(held.account, **changes))

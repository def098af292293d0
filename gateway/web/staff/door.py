"""The way in and out: signing in, leaving, and the language in which the pages are."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from msgspec import structs
from starlette.responses import RedirectResponse, Response

from dialogs.language import Language
from gateway.staff.accounts import Accounts, Held
from gateway.staff.signing import CodeAsked, In, Late, Signing, Wait, Wrong
from gateway.web.staff.console import ME, Console, Visit
from gateway.web.staff.cookies import HALF, LANGUAGE, SESSION, YEAR
from gateway.web.staff.origin import HOME, LOGIN, inside

Typed = Annotated[str, Form(max_length=1000)]
_HALF_LASTS = 300


class Door:
    def __init__(self, console: Console, signing: Signing) -> None:
        self._console = console
        self._signing = signing
        self._accounts: Accounts = signing.accounts

    def router(self) -> APIRouter:
        routes, console = APIRouter(prefix=HOME, include_in_schema=False), self._console

        @routes.get("")
        @routes.get("/")
        async def home(visit: Annotated[Visit, Depends(console.needs())]) -> Response:
            return console.back(next((where for _, where in console.rooms(visit)), ME))

        @routes.get("/login")
        async def login(request: Request, next: str = HOME) -> Response:
            visit = await console.visit(request)
            if visit.account.login:
                return console.back(next)
            return self._form(visit, next)

        @routes.post("/login")
        async def sign_in(request: Request, login: Typed = "", password: Typed = "", next: Typed = HOME) -> Response:
            visit = await console.visit(request)
            if not console.origin.is_ours(request):
                return console.page(visit, "refused.html", 403, why="staff.refused.foreign")
            address, agent = console.origin.address(request), request.headers.get("user-agent", "")
            outcome = await self._signing.by_password(login, password, address, agent)
            match outcome:
                case CodeAsked(half=half):
                    answer = self._code(visit, next)
                    console.cookies.put(answer, HALF, half, _HALF_LASTS)
                    return answer
                case In():
                    return await self._in(visit, outcome, next)
                case Wait() | Wrong():
                    return self._form(visit, next, login, self._why(visit, outcome, "staff.login.wrong"))

        @routes.post("/login/code")
        async def confirm(request: Request, code: Typed = "", next: Typed = HOME) -> Response:
            visit = await console.visit(request)
            if not console.origin.is_ours(request):
                return console.page(visit, "refused.html", 403, why="staff.refused.foreign")
            half = console.cookies.read(request, HALF)
            address, agent = console.origin.address(request), request.headers.get("user-agent", "")
            outcome = await self._signing.by_code(half, code, address, agent)
            match outcome:
                case In():
                    return await self._in(visit, outcome, next)
                case Late():
                    return self._form(visit, next, why=console.say(visit, "staff.code.late"))
                case Wait() | Wrong():
                    return self._code(visit, next, self._why(visit, outcome, "staff.code.wrong"))

        @routes.get("/login/code")
        async def begin_again() -> Response:
            return console.back(LOGIN)

        @routes.post("/leave")
        async def leave(visit: Annotated[Visit, Depends(console.acts())]) -> Response:
            await console.sessions.end(visit.account.login, visit.session)
            await console.deeds.note(visit.account.login, "login.left")
            answer = console.back(LOGIN, "staff.left")
            console.cookies.drop(answer, SESSION)
            return answer

        @routes.post("/language")
        async def choose(request: Request, language: Annotated[Language, Form()], next: Typed = HOME) -> Response:
            """Also for whoever is not signed in yet. The account keeps what was chosen last, for other browsers."""
            visit = await console.visit(request)
            signed_in = bool(visit.account.login)
            if not (await console.meant(request, visit) if signed_in else console.origin.is_ours(request)):
                return console.page(visit, "refused.html", 403, why="staff.refused.foreign")
            if signed_in:
                await self._accounts.change(visit.account.login, partial(_speaking, language))
            answer = console.back(next)
            console.cookies.put(answer, LANGUAGE, language.value, YEAR)
            return answer

        return routes

    async def _in(self, visit: Visit, entered: In, wanted: str) -> RedirectResponse:
        """Whoever was signed in here before is not any more."""
        if visit.account.login:
            await self._console.sessions.end(visit.account.login, visit.session)
        answer = self._console.back(wanted)
        self._console.cookies.put(answer, SESSION, entered.token)
        self._console.cookies.drop(answer, HALF)
        return answer

    def _form(self, visit: Visit, wanted: str, login: str = "", why: str = "") -> Response:
        values = {"next": inside(wanted), "login": login[:32], "wrong": why}
        return self._console.page(visit, "login.html", 422 if why else 200, **values)

    def _code(self, visit: Visit, wanted: str, why: str = "") -> Response:
        return self._console.page(visit, "code.html", 422 if why else 200, next=inside(wanted), wrong=why)

    def _why(self, visit: Visit, outcome: Wait | Wrong, wrong: str) -> str:
        if isinstance(outcome, Wait):
            return self._console.say(visit, "staff.login.wait", count=-(-outcome.seconds // 60))
        return self._console.say(visit, wrong)


def _speaking(language: Language, held: Held) -> Held:
    return structs.replace(held, account=structs.replace(held.account, language=language))

"""Who may sign in, and what they may do here: the room of administrators."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Depends, Form, HTTPException
from msgspec import structs
from starlette.responses import Response

from dialogs.people import read_phone
from gateway.staff.accounts import Account, AccountError, Held, is_login
from gateway.staff.passwords import made_up
from gateway.staff.roles import Right, Role
from gateway.staff.signing import Signing
from gateway.web.staff.console import Console, Visit

ROOM = "/staff/accounts"
Typed = Annotated[str, Form(max_length=200)]
Ticked = Annotated[frozenset[Role], Form()]


class AccountsRoom:
    def __init__(self, console: Console, signing: Signing) -> None:
        self._console = console
        self._signing = signing
        self._accounts = signing.accounts
        self._needs, self._acts = console.needs(Right.ACCOUNTS), console.acts(Right.ACCOUNTS)

    def router(self) -> APIRouter:
        routes, console = APIRouter(prefix=ROOM, include_in_schema=False), self._console
        self._add_new(routes)
        self._add_changes(routes)

        @routes.get("")
        async def everybody(visit: Annotated[Visit, Depends(self._needs)]) -> Response:
            held = await self._accounts.all()
            waits = {one.account.login: await self._signing.lockout.waits(one.account.login) for one in held}
            return console.page(visit, "accounts.html", everybody=held, waits=waits)

        @routes.get("/{login}")
        async def one(login: str, visit: Annotated[Visit, Depends(self._needs)]) -> Response:
            return await self._page(visit, await self._held(login))

        return routes

    def _add_new(self, routes: APIRouter) -> None:
        console = self._console

        @routes.get("/new")
        async def form(visit: Annotated[Visit, Depends(self._needs)]) -> Response:
            return self._form(visit, Account(login="", name="", roles=frozenset()), {})

        @routes.post("/new")
        async def add(
            visit: Annotated[Visit, Depends(self._acts)],
            login: Typed = "",
            name: Typed = "",
            phone: Typed = "",
            roles: Ticked = frozenset(),
        ) -> Response:
            account = Account(
                login=login.strip().lower(), name=name.strip(), roles=roles, phone=phone.strip(), given=True
            )
            wrong = self._wrong(visit, account)
            if not is_login(account.login):
                wrong["login"] = console.say(visit, "staff.accounts.login.wrong")
            if wrong:
                return self._form(visit, account, wrong)
            password = made_up()
            fresh = structs.replace(account, phone=_e164(account.phone), language=visit.language)
            try:
                await self._accounts.add(Held(fresh, await self._signing.passwords.hash(password)))
            except AccountError as error:
                return self._form(visit, account, {"login": console.say(visit, error.args[0])})
            await self._note(visit, "account.added", fresh.login, " ".join(sorted(fresh.roles)))
            return self._password(visit, fresh, password)

    def _add_changes(self, routes: APIRouter) -> None:
        @routes.post("/{login}")
        async def change(
            login: str,
            visit: Annotated[Visit, Depends(self._acts)],
            name: Typed = "",
            phone: Typed = "",
            roles: Ticked = frozenset(),
        ) -> Response:
            held = await self._held(login)
            changes = {"name": name.strip(), "phone": phone.strip(), "roles": roles}
            wanted = structs.replace(held.account, **changes)
            if wrong := self._wrong(visit, wanted):
                return await self._page(visit, structs.replace(held, account=wanted), wrong)
            changes["phone"] = _e164(wanted.phone)
            return await self._do(visit, login, "account.changed", lambda held: _with(held, **changes), wanted.roles)

        @routes.post("/{login}/password")
        async def password(login: str, visit: Annotated[Visit, Depends(self._acts)]) -> Response:
            held, fresh = await self._held(login), made_up()
            hashed = await self._signing.passwords.hash(fresh)
            await self._accounts.change(login, lambda held: structs.replace(_with(held, given=True), password=hashed))
            await self._signing.lockout.unlock(login)
            await self._note(visit, "account.password", login)
            return self._password(visit, held.account, fresh)

        @routes.post("/{login}/code")
        async def code(login: str, visit: Annotated[Visit, Depends(self._acts)]) -> Response:
            return await self._do(visit, login, "account.code_off", lambda held: structs.replace(held, totp=""))

        @routes.post("/{login}/unlock")
        async def unlock(login: str, visit: Annotated[Visit, Depends(self._acts)]) -> Response:
            await self._signing.lockout.unlock((await self._held(login)).account.login)
            return await self._do(visit, login, "account.unlocked", lambda held: held)

        @routes.post("/{login}/sessions")
        async def sessions(login: str, visit: Annotated[Visit, Depends(self._acts)]) -> Response:
            await self._signing.sessions.end_all((await self._held(login)).account.login, but=visit.session)
            return await self._do(visit, login, "account.sessions", lambda held: held)

        @routes.post("/{login}/end")
        async def end(login: str, visit: Annotated[Visit, Depends(self._acts)]) -> Response:
            return await self._do(visit, login, "account.ended", lambda held: _with(held, ended=True))

        @routes.post("/{login}/open")
        async def reopen(login: str, visit: Annotated[Visit, Depends(self._acts)]) -> Response:
            return await self._do(visit, login, "account.opened", lambda held: _with(held, ended=False))

    async def _held(self, login: str) -> Held:
        held = await self._accounts.get(login)
        if held is None:
            raise HTTPException(404)
        return held

    async def _do(
        self,
        visit: Visit,
        login: str,
        what: str,
        change: Callable[[Held], Held],
        roles: frozenset[Role] = frozenset(),
    ) -> Response:
        held = await self._held(login)
        try:
            await self._accounts.change(login, change)
        except AccountError as error:
            return await self._page(visit, held, {"account": self._console.say(visit, error.args[0])})
        await self._note(visit, what, login, " ".join(sorted(roles)))
        return self._console.back(f"{ROOM}/{login}", "staff.accounts.done")

    async def _note(self, visit: Visit, what: str, login: str, detail: str = "") -> None:
        await self._console.deeds.note(visit.account.login, what, detail=f"{login} {detail}".strip())

    async def _page(self, visit: Visit, held: Held, wrong: dict[str, str] | None = None) -> Response:
        login = held.account.login
        values = {
            "account": held.account,
            "code_on": bool(held.totp),
            "waits": await self._signing.lockout.waits(login),
            "sessions": len(await self._signing.sessions.of(login)),
            "roles": self._roles(visit),
            "wrong": wrong or {},
        }
        return self._console.page(visit, "account.html", 422 if wrong else 200, **values)

    def _form(self, visit: Visit, account: Account, wrong: dict[str, str]) -> Response:
        values = {"account": account, "roles": self._roles(visit), "wrong": wrong}
        return self._console.page(visit, "account_new.html", 422 if wrong else 200, **values)

    def _password(self, visit: Visit, account: Account, password: str) -> Response:
        """In the answer itself and nowhere else: once this page is left nobody sees it again."""
        return self._console.page(visit, "account_password.html", account=account, password=password)

    def _roles(self, visit: Visit) -> list[tuple[str, str, str]]:
        say = self._console.say
        return [(role, say(visit, f"staff.role.{role}"), say(visit, f"staff.role.{role}.may")) for role in Role]

    def _wrong(self, visit: Visit, account: Account) -> dict[str, str]:
        phone = read_phone(account.phone) if account.phone else None
        found = {
            "name": "" if account.name else "staff.accounts.name.wrong",
            "roles": "" if account.roles else "staff.accounts.roles.wrong",
            "phone": "" if not account.phone or (phone and phone.of_kazakhstan) else "staff.phone.wrong",
        }
        return {field: self._console.say(visit, why) for field, why in found.items() if why}


def _e164(text: str) -> str:
    phone = read_phone(text) if text else None
    return phone.e164 if phone else ""


def _with(held: Held, **changes: object) -> Held:
    return structs.replace(held, account=structs.replace(held.account, **changes))

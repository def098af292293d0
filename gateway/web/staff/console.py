"""What every room of the console stands on: who comes in, with which right, and what they see.

A room is a class with `router() -> APIRouter`, whose prefix is `/staff/{room}`. Each of its routes depends on
`console.needs(right)` or `console.acts(right)`; `entry_of` finds that again, for whoever checks all of them.
"""

from asyncio import Event
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime
from hmac import compare_digest
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.routing import APIRoute
from msgspec import Struct
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute

from dialogs.language import Language
from dialogs.messages import Value
from dialogs.words import Words
from gateway.clock import Clock
from gateway.connection import RedisAwayError
from gateway.staff.accounts import Account
from gateway.staff.deeds import Deeds
from gateway.staff.roles import Right
from gateway.staff.sessions import Found, Sessions
from gateway.web.staff.cookies import LANGUAGE, NOTICE, SESSION, Cookies
from gateway.web.staff.origin import HOME, LOGIN, Origin, came_from, inside
from gateway.web.staff.pages import Pages

ME = "/staff/me"
OWN_PASSWORD = "/staff/me/password"  # noqa: S105 - a page
_WITHOUT_OWN_PASSWORD = (OWN_PASSWORD, "/staff/leave")
_NOTICE_LASTS = 60
_NOBODY = Account(login="", name="", roles=frozenset())
_HEADERS = {"Cache-Control": "no-store", "Referrer-Policy": "same-origin"}

ROOMS: tuple[tuple[str, Right | None], ...] = (
    ("inbox", Right.INBOX),
    ("broadcasts", Right.BROADCASTS_SEE),
    ("matters", Right.MATTERS),
    ("person", Right.PERSON),
    ("journal", Right.JOURNAL),
    ("figures", Right.FIGURES),
    ("calendar", Right.CALENDAR),
    ("accounts", Right.ACCOUNTS),
    ("keys", Right.KEYS),
    ("audit", Right.AUDIT),
    ("guide", None),
)
"""In the order of the navigation, with the right to enter; None: everybody who is signed in."""


class TurnedAwayError(Exception):
    """Whoever came in is sent elsewhere, or told why not."""

    def __init__(self, response: Response) -> None:
        self.response = response
        super().__init__()


class Visit(Struct, frozen=True):
    """One signed-in request. Of somebody who is not signed in the account has no login."""

    account: Account
    session: str
    """The session's digest, not its token."""
    csrf: str
    language: Language
    now: datetime
    path: str
    here: str
    """The path with its query; of a form that was sent off, the page on which it stood."""
    notice: str = ""

    def may(self, right: Right) -> bool:
        return self.account.may(right)


class Entry:
    """The dependency of a route: whom it lets in."""

    def __init__(self, console: "Console", right: Right | None, *, acts: bool, streams: bool = False) -> None:
        self.right = right
        """None: everybody who is signed in."""
        self.acts = acts
        self.streams = streams
        """The body may be large; it is looked at who sends it before any of it is read."""
        self._console = console

    async def __call__(self, request: Request) -> Visit:
        visit = await self._console.visit(request)
        if not visit.account.login:
            raise TurnedAwayError(self._console.to_login(request, visit))
        if visit.account.given and visit.path not in _WITHOUT_OWN_PASSWORD:
            raise TurnedAwayError(self._console.back(OWN_PASSWORD))
        if self.right is not None and not visit.may(self.right):
            raise TurnedAwayError(self._console.page(visit, "refused.html", 403, why="staff.refused.right"))
        if self.acts and not await self._console.meant(request, visit, form=not self.streams):
            raise TurnedAwayError(self._console.page(visit, "refused.html", 403, why="staff.refused.foreign"))
        return visit


class Console:
    def __init__(
        self, words: Words, clock: Clock, deeds: Deeds, sessions: Sessions, *, cookies: Cookies, origin: Origin
    ) -> None:
        self.words = words
        self.clock = clock
        self.deeds = deeds
        self.sessions = sessions
        self.cookies = cookies
        self.origin = origin
        self.routers: list[APIRouter] = []
        self.closing = Event()
        """The program stops: live streams end."""
        self.streams = Counter[str]()
        """Login → live streams at this moment."""
        self._pages = Pages(words)

    def open(self, *routers: APIRouter) -> None:
        """Rooms that can be entered from now on: only these stand in the navigation."""
        self.routers += routers

    def needs(self, right: Right | None = None) -> Entry:
        """For what only shows something."""
        return Entry(self, right, acts=False)

    def acts(self, right: Right | None = None) -> Entry:
        """For what changes something: only by a form of ours, with the token of this session."""
        return Entry(self, right, acts=True)

    def uploads(self, right: Right) -> Entry:
        """As `acts`, for a large file. The token is in the header X-CSRF; if it is not, the route reads the body by
        `upload.receive`, which looks for the token before the file."""
        return Entry(self, right, acts=True, streams=True)

    def page(self, visit: Visit, template: str, /, status: int = 200, **values: object) -> HTMLResponse:
        known: dict[str, object] = {
            "visit": visit,
            "path": visit.path,
            "may": lambda right: visit.may(Right(right)),
            "mask": lambda text: mask(str(text), visit),
            "rooms": list(self.rooms(visit)),
            **values,
        }
        html = self._pages.render(template, visit.language, visit.now, known)
        response = HTMLResponse(html, status, _HEADERS)
        if visit.notice:
            self.cookies.drop(response, NOTICE)
        return response

    def say(self, visit: Visit, text: str, /, *, count: int | None = None, **values: Value) -> str:
        return self._pages.say(visit.language, text, count=count, **values)

    def back(self, path: str, notice: str = "") -> RedirectResponse:
        """After a form. `notice`: the id of a text without placeholders, shown once on the next page."""
        response = RedirectResponse(inside(path), 303, _HEADERS)
        if notice:
            self.cookies.put(response, NOTICE, notice, _NOTICE_LASTS)
        return response

    async def still(self, visit: Visit) -> bool:
        """For a live stream, from time to time: whoever looks on may have been signed out meanwhile."""
        return await self.sessions.lives(visit.session)

    async def visit(self, request: Request) -> Visit:
        """Whoever it is. A live stream that comes again by itself does not keep anybody signed in."""
        token = self.cookies.read(request, SESSION)
        used = "text/event-stream" not in request.headers.get("accept", "")
        return self._visit(request, await self.sessions.find(token, used=used) if token else None)

    def _visit(self, request: Request, found: Found | None) -> Visit:
        account = found.account if found else _NOBODY
        path, query = request.url.path, request.url.query
        here = inside(f"{path}?{query}" if query else path) if request.method == "GET" else came_from(request)
        notice = self.cookies.read(request, NOTICE)
        return Visit(
            account=account,
            session=found.digest if found else "",
            csrf=found.session.csrf if found else "",
            language=self._language(request, account),
            now=self.clock.now(),
            path=path,
            here=here,
            notice=notice if notice.startswith("staff.") and self.words.has(notice) else "",
        )

    def _language(self, request: Request, account: Account) -> Language:
        chosen = self.cookies.read(request, LANGUAGE)
        return Language(chosen) if chosen in list(Language) else account.language

    async def meant(self, request: Request, visit: Visit, *, form: bool = True) -> bool:
        """A page of ours has sent this, in this very session."""
        if not self.origin.is_ours(request):
            return False
        given = request.headers.get("x-csrf")
        if given is None and not form:
            return True  # it stands in the body, before the file
        if given is None:
            field = (await request.form()).get("csrf")
            given = field if isinstance(field, str) else ""
        return same(given, visit.csrf)

    def to_login(self, request: Request, visit: Visit) -> Response:
        """For scripts a plain 401. By a link on another site a browser brings no cookie of ours, from a page of ours
        it does: so such a page asks for the same once more."""
        if request.headers.get("sec-fetch-mode", "navigate") != "navigate":
            raise HTTPException(401, "Not signed in.")
        if request.method == "GET" and request.headers.get("sec-fetch-site") == "cross-site":
            return self.page(visit, "again.html", wanted=visit.here)
        return RedirectResponse(f"{LOGIN}?{urlencode({'next': visit.here})}", 303, _HEADERS)

    async def trouble(self, request: Request, status: int, headers: dict[str, str]) -> Response:
        """What went wrong, as a page; also while Redis is away and nobody can be asked who it is."""
        try:
            visit = await self.visit(request)
        except RedisAwayError:
            visit = self._visit(request, None)
        known = f"staff.trouble.{status}"
        why = known if self.words.has(known) else "staff.trouble.other"
        page = self.page(visit, "refused.html", status, why=why)
        page.headers.update(headers)
        return page

    def rooms(self, visit: Visit) -> Iterable[tuple[str, str]]:
        there = {router.prefix for router in self.routers} if visit.account.login else set()
        for room, right in ROOMS:
            if f"{HOME}/{room}" in there and (right is None or visit.may(right)):
                yield room, f"{HOME}/{room}"


def same(given: str, ours: str) -> bool:
    """In constant time; nothing of ours is the same as nothing."""
    return bool(ours) and compare_digest(given.encode(), ours.encode())


def mask(text: str, visit: Visit) -> str:
    """An IIN or a phone; whoever may not see it sees its end."""
    return text if not text or visit.may(Right.PERSONAL) else f"••••••••{text[-4:]}"


def entry_of(route: BaseRoute) -> Entry | None:
    """Whom a route lets in."""
    if not isinstance(route, APIRoute):
        return None
    calls: list[Callable[..., object] | None] = [one.call for one in route.dependant.dependencies]
    return next((call for call in calls if isinstance(call, Entry)), None)

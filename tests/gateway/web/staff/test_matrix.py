"""Who may do what: every address of the console and of the interface for programs, as the program really has them,
tried by everybody. A new address belongs into the table below, or the first test fails."""

import itertools
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from msgspec import structs

from gateway.broadcasts.broadcast import Mode
from gateway.staff.accounts import Account
from gateway.staff.keys import Scope
from gateway.staff.roles import RIGHTS, Right, Role
from gateway.web.staff.console import ROOMS
from gateway.web.staff.cookies import SESSION
from tests.gateway.web.staff.house import House, Route, house
from tests.gateway.web.staff.signed import Signed

pytestmark = pytest.mark.asyncio(loop_scope="module")

# «anybody»: also without an account. «signed in»: whoever has one, whatever their roles. Otherwise the right that it
# takes, or the scope of a program's key.
TABLE = """
GET  /staff                                  signed in
GET  /staff/                                 signed in
GET  /staff/login                            anybody
POST /staff/login                            anybody
GET  /staff/login/code                       anybody
POST /staff/login/code                       anybody
POST /staff/language                         anybody
POST /staff/leave                            signed in
GET  /staff/guide                            signed in
GET  /staff/me                               signed in
GET  /staff/me/password                      signed in
POST /staff/me/password                      signed in
GET  /staff/me/code                          signed in
POST /staff/me/code                          signed in
POST /staff/me/code/off                      signed in
POST /staff/me/phone                         signed in
POST /staff/me/sessions/end                  signed in

GET  /staff/inbox                            inbox
GET  /staff/inbox/stream                     inbox
GET  /staff/inbox/case/{name}                inbox
GET  /staff/inbox/case/{name}/lines          inbox
POST /staff/inbox/case/{name}/unmask         inbox
POST /staff/inbox/case/{name}/take           inbox
POST /staff/inbox/case/{name}/answer         inbox
POST /staff/inbox/case/{name}/note           inbox
POST /staff/inbox/case/{name}/back           inbox
POST /staff/inbox/case/{name}/close          inbox
GET  /staff/inbox/quick                      inbox
POST /staff/inbox/quick                      inbox
POST /staff/inbox/quick/drop                 inbox

GET  /staff/broadcasts                       broadcasts_see
GET  /staff/broadcasts/{name}                broadcasts_see
GET  /staff/broadcasts/{name}/stream         broadcasts_see
GET  /staff/broadcasts/{name}/people         broadcasts_see
POST /staff/broadcasts/{name}/people         broadcasts_see
GET  /staff/broadcasts/{name}/people.{format}    broadcasts_see
POST /staff/broadcasts/new                   broadcasts_write
POST /staff/broadcasts/copy                  broadcasts_write
GET  /staff/broadcasts/example.{format}      broadcasts_write
GET  /staff/broadcasts/{name}/list           broadcasts_write
POST /staff/broadcasts/{name}/list           broadcasts_write
GET  /staff/broadcasts/{name}/faults.{format}    broadcasts_write
GET  /staff/broadcasts/{name}/find           broadcasts_write
POST /staff/broadcasts/{name}/find           broadcasts_write
GET  /staff/broadcasts/{name}/text           broadcasts_write
POST /staff/broadcasts/{name}/text           broadcasts_write
POST /staff/broadcasts/{name}/look           broadcasts_write
GET  /staff/broadcasts/{name}/when           broadcasts_write
POST /staff/broadcasts/{name}/try            broadcasts_write
GET  /staff/broadcasts/{name}/check          broadcasts_write
POST /staff/broadcasts/{name}/start          broadcasts_write
POST /staff/broadcasts/{name}/take-back      broadcasts_write
POST /staff/broadcasts/{name}/pause          broadcasts_write
POST /staff/broadcasts/{name}/resume         broadcasts_write
GET  /staff/broadcasts/{name}/cancel         broadcasts_write
POST /staff/broadcasts/{name}/cancel         broadcasts_write
GET  /staff/broadcasts/{name}/again          broadcasts_write
POST /staff/broadcasts/{name}/again          broadcasts_write
POST /staff/broadcasts/{name}/approve        broadcasts_approve
POST /staff/broadcasts/{name}/send-back      broadcasts_approve

GET  /staff/matters                          matters
GET  /staff/matters/{kind}/{state}           matters
POST /staff/matters/again                    matters
GET  /staff/person                           person
POST /staff/person                           person
GET  /staff/journal                          journal
POST /staff/journal                          journal
POST /staff/journal/export                   journal
GET  /staff/figures                          figures
GET  /staff/figures/{name}.csv               figures
GET  /staff/calendar                         calendar
GET  /staff/calendar/look/{name}             calendar
POST /staff/calendar/look                    calendar
POST /staff/calendar/back                    calendar
POST /staff/calendar/save                    calendar

GET  /staff/accounts                         accounts
GET  /staff/accounts/new                     accounts
POST /staff/accounts/new                     accounts
GET  /staff/accounts/{login}                 accounts
POST /staff/accounts/{login}                 accounts
POST /staff/accounts/{login}/password        accounts
POST /staff/accounts/{login}/code            accounts
POST /staff/accounts/{login}/unlock          accounts
POST /staff/accounts/{login}/sessions        accounts
POST /staff/accounts/{login}/end             accounts
POST /staff/accounts/{login}/open            accounts
GET  /staff/keys                             keys
GET  /staff/keys/new                         keys
POST /staff/keys/new                         keys
POST /staff/keys/{name}/revoke               keys
GET  /staff/audit                            audit
POST /staff/audit                            audit
GET  /staff/audit/table.csv                  audit

GET  /api/broadcasts                         broadcasts:read
GET  /api/broadcasts/{name}                  broadcasts:read
GET  /api/broadcasts/{name}/counts           broadcasts:read
GET  /api/broadcasts/{name}/outcomes         broadcasts:read
GET  /api/broadcasts/{name}/outcomes.csv     broadcasts:read
GET  /api/broadcasts/{name}/faults           broadcasts:read
GET  /api/broadcasts/{name}/estimate         broadcasts:read
POST /api/broadcasts                         broadcasts:write
PATCH /api/broadcasts/{name}                 broadcasts:write
PUT  /api/broadcasts/{name}/list             broadcasts:write
PUT  /api/broadcasts/{name}/audience         broadcasts:write
POST /api/broadcasts/{name}/take-back        broadcasts:write
POST /api/broadcasts/{name}/start            broadcasts:write
POST /api/broadcasts/{name}/pause            broadcasts:write
POST /api/broadcasts/{name}/resume           broadcasts:write
POST /api/broadcasts/{name}/cancel           broadcasts:write
POST /api/broadcasts/{name}/again            broadcasts:write
"""

ROLES = """
| right              | operator | broadcaster | approver | auditor | administrator |
| ------------------ | -------- | ----------- | -------- | ------- | ------------- |
| inbox              | yes      |             |          |         |               |
| broadcasts_see     |          | yes         | yes      | yes     | yes           |
| broadcasts_write   |          | yes         |          |         |               |
| broadcasts_approve |          |             | yes      |         |               |
| matters            | yes      |             |          | yes     |               |
| person             | yes      |             |          | yes     |               |
| personal           |          |             |          | yes     |               |
| journal            |          |             |          | yes     | yes           |
| figures            | yes      | yes         | yes      | yes     | yes           |
| calendar           |          |             |          |         | yes           |
| accounts           |          |             |          |         | yes           |
| keys               |          |             |          |         | yes           |
| audit              |          |             |          | yes     | yes           |
"""
"""The same table stands in docs/staff.md."""

DOCS = Path(__file__).parents[4] / "docs" / "staff.md"
ANYBODY, SIGNED_IN = "anybody", "signed in"
METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")
NOBODYS = {"name": "00-00000000000000aa", "login": "nobody.here", "format": "csv", "kind": "offer", "state": "asked"}
"""What stands in an address where there is nothing."""


def listed() -> dict[Route, str]:
    lines = [line.split(maxsplit=2) for line in TABLE.splitlines() if line]
    return {Route(path, method): takes for method, path, takes in lines}


def roles() -> dict[str, frozenset[Role]]:
    """Right → who has it."""
    head, _, *rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in ROLES.strip().splitlines()]
    return {
        right: frozenset(Role(role) for role, cell in zip(head[1:], cells, strict=True) if cell == "yes")
        for right, *cells in rows
    }


OF_STAFF = {route: takes for route, takes in listed().items() if route.path.startswith("/staff")}
OF_PROGRAMS = {route: takes for route, takes in listed().items() if route.path.startswith("/api")}
GUARDED = {route: takes for route, takes in OF_STAFF.items() if takes != ANYBODY}


@pytest_asyncio.fixture(scope="module", loop_scope="module", name="whole")
async def _whole(redis_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """With nothing played in it, so that nothing happens but what is asked for."""
    elsewhere = {"esobes_url": "http://127.0.0.1:9", "esobes_token": "a-token-of-theirs"}
    async with house(redis_url, tmp_path_factory.mktemp("matrix"), **elsewhere) as found:
        yield found


class Targets:
    """What is there to be harmed."""

    def __init__(self, account: Account, broadcast: str, key: str) -> None:
        self._names = {"/staff/accounts": account.login, "/staff/keys": key}
        self._broadcast = broadcast

    def at(self, route: Route) -> str:
        name = next((name for room, name in self._names.items() if route.path.startswith(room)), self._broadcast)
        if route.path.startswith("/staff/figures"):
            name = "offers"
        return route.path.format(**{**NOBODYS, "name": name, "login": name})


@pytest_asyncio.fixture(scope="module", loop_scope="module", name="targets")
async def _targets(whole: House) -> Targets:
    account = await whole.account(Role.OPERATOR, login="somebody", phone="+77010000001")
    _, key = await whole.keys.make("program", Mode.TEST, frozenset(Scope), "somebody")
    written = {"title": "Жаңалық", "texts": {"kk": "1", "ru": "2"}}
    answer = await whole.program(await whole.key()).post("/api/broadcasts", json=written, headers=once("target"))
    assert answer.status_code == 201, answer.text
    return Targets(account, answer.json()["id"], key.id)


def once(key: str) -> dict[str, str]:
    return {"Idempotency-Key": key}


async def asked(http: httpx.AsyncClient, method: str, path: str, csrf: str = "") -> httpx.Response:
    """The answer's head; of a live stream that is all."""
    headers = once(f"{method}{path}") if path.startswith("/api") else {}
    data = {"csrf": csrf} if csrf and method == "POST" else None
    async with http.stream(method, path, data=data, headers=headers) as answer:
        if not answer.headers.get("content-type", "").startswith("text/event-stream"):
            await answer.aread()
        return answer


def outcome(answer: httpx.Response) -> str:
    """How somebody fared at the door."""
    location = answer.headers.get("location", "")
    if answer.status_code == 303 and location.startswith("/staff/login?next="):
        return "to the login"
    if answer.status_code in (401, 403):
        return str(answer.status_code)
    assert answer.status_code < 500, answer.text
    return "in"


def elsewhere(route: Route) -> str:
    return route.path.format(**NOBODYS)


async def test_the_table_knows_every_address_and_no_other(whole: House) -> None:
    found = list(whole.routes())
    assert len(found) == len(set(found)), "two routes at one address: nobody knows which of them is meant"
    assert sorted(found) == sorted(listed())


async def test_the_table_of_roles_is_what_the_program_goes_by() -> None:
    assert {Right(right): who for right, who in roles().items()} == {
        right: frozenset(role for role in Role if right in RIGHTS[role]) for right in Right
    }
    assert set(OF_STAFF.values()) - {ANYBODY, SIGNED_IN} <= set(Right)


async def test_the_description_shows_the_same_table() -> None:
    assert ROLES.strip() in DOCS.read_text("utf-8")


def _mixed() -> list[tuple[Role, ...]]:
    return [(), *((role,) for role in Role), *itertools.combinations(Role, 2), tuple(Role)]


@pytest.mark.parametrize("has", _mixed(), ids=lambda has: "+".join(has) or "none")
async def test_everybody_may_do_what_their_roles_say_and_nothing_else(
    whole: House, targets: Targets, has: tuple[Role, ...]
) -> None:
    """What is refused, is refused at what is there; what is allowed, is asked for where there is nothing."""
    account = await whole.account(*has)
    who = await whole.enter(account)
    expected = {
        route: "in" if takes == SIGNED_IN or roles()[takes] & {*has} else "403" for route, takes in GUARDED.items()
    }
    refused = [route for route, how in expected.items() if how == "403"]
    before = await whole.everything()
    found = {route: outcome(await asked(who.browser, route.method, targets.at(route), who.csrf)) for route in refused}
    assert await whole.everything() == before
    for route in expected.keys() - found.keys():
        if route.path == "/staff/leave":
            other = await whole.enter(account)
            found[route] = outcome(await asked(other.browser, route.method, route.path, other.csrf))
        else:
            found[route] = outcome(await asked(who.browser, route.method, elsewhere(route), who.csrf))
    assert found == expected


@pytest.mark.parametrize("has", [(), *((role,) for role in Role)], ids=lambda has: "+".join(has) or "none")
async def test_the_navigation_shows_the_rooms_that_open(whole: House, has: tuple[Role, ...]) -> None:
    who = await whole.signed_in(*has)
    page = (await who.get("/staff/me")).text
    shown = set(re.findall(r'<li><a href="/staff/([a-z]+)"', page))
    assert shown == {room for room, right in ROOMS if right is None or roles()[right] & {*has}}


async def _nobody(whole: House) -> Signed:
    return Signed(Account(login="", name="", roles=frozenset()), whole.browser(), "x" * 43, "")


async def _wrong_token(whole: House) -> Signed:
    nobody = await _nobody(whole)
    nobody.browser.cookies.set(SESSION, "x" * 43, "127.0.0.1", "/")
    return nobody


async def _ended_session(whole: House) -> Signed:
    who = await whole.signed_in(*Role)
    await whole.sessions.end(who.account.login, who.session)
    return who


async def _ended_account(whole: House) -> Signed:
    who = await whole.signed_in(*Role)
    await _change(whole, who, ended=True)
    return who


async def _other_roles(whole: House) -> Signed:
    """They had them all when they signed in."""
    who = await whole.signed_in(*Role)
    await _change(whole, who, roles=frozenset({Role.OPERATOR}))
    return who


async def _other_roles_and_back(whole: House) -> Signed:
    who = await _other_roles(whole)
    await _change(whole, who, roles=frozenset(Role))
    return who


async def _ended_and_open_again(whole: House) -> Signed:
    who = await _ended_account(whole)
    await _change(whole, who, ended=False)
    return who


async def _other_password(whole: House) -> Signed:
    who = await whole.signed_in(*Role)
    await whole.accounts.change(who.account.login, lambda held: structs.replace(held, password="another"))
    return who


async def _change(whole: House, who: Signed, **changes: object) -> None:
    await whole.accounts.change(
        who.account.login, lambda held: structs.replace(held, account=structs.replace(held.account, **changes))
    )


OUTSIDE = (
    _nobody,
    _wrong_token,
    _ended_session,
    _ended_account,
    _ended_and_open_again,
    _other_roles,
    _other_roles_and_back,
    _other_password,
)


@pytest.mark.parametrize("come", OUTSIDE, ids=lambda come: come.__name__.strip("_"))
async def test_whoever_is_not_signed_in_any_more_gets_nowhere(
    whole: House, targets: Targets, come: Callable[[House], Awaitable[Signed]]
) -> None:
    who = await come(whole)
    await who.get("/staff")  # a session that has ended is cleared away where it is met
    before = await whole.everything()
    for route in GUARDED:
        answer = await asked(who.browser, route.method, targets.at(route), who.csrf)
        assert outcome(answer) == "to the login", route
    for route in OF_PROGRAMS:
        assert outcome(await asked(who.browser, route.method, targets.at(route))) == "401", route
    assert await whole.everything() == before


async def test_whose_password_somebody_else_made_up_gets_to_change_it_and_no_further(
    whole: House, targets: Targets
) -> None:
    who = await whole.signed_in(*Role, given=True)
    before = await whole.everything()
    for route in GUARDED:
        if route.path in ("/staff/me/password", "/staff/leave"):
            continue
        answer = await asked(who.browser, route.method, targets.at(route), who.csrf)
        assert (answer.status_code, answer.headers["location"]) == (303, "/staff/me/password"), route
    assert await whole.everything() == before
    assert (await who.get("/staff/me/password")).status_code == 200


async def test_nothing_is_done_without_the_token_of_the_form_whatever_the_roles(
    whole: House, targets: Targets
) -> None:
    who = await whole.signed_in(*Role)
    before = await whole.everything()
    for route in GUARDED:
        if route.method == "POST" and route.path != "/staff/broadcasts/{name}/list":  # there it is in the body
            for csrf in ("", "x" * 43):
                assert outcome(await asked(who.browser, "POST", targets.at(route), csrf)) == "403", route
    files = {"file": ("list.csv", "phone\n+77010000001\n", "text/csv")}
    answer = await who.browser.post(targets.at(Route("/staff/broadcasts/{name}/list", "POST")), files=files)
    assert answer.status_code == 403
    assert await whole.everything() == before


async def test_other_methods_do_nothing_anywhere(whole: House, targets: Targets) -> None:
    who = await whole.signed_in(*Role)
    key = await whole.key()
    before = await whole.everything()
    async with whole.program(key) as program:
        for path in {route.path for route in listed()}:
            there = {route.method for route in listed() if route.path == path}
            http = program if path.startswith("/api") else who.browser
            for method in METHODS:
                if method in there:
                    continue
                answer = await asked(http, method, targets.at(Route(path, method)), who.csrf)
                assert answer.status_code in (404, 405), (method, path)
    assert await whole.everything() == before


@pytest.mark.parametrize("kind", Mode)
@pytest.mark.parametrize("scopes", [(), (Scope.READ,), (Scope.WRITE,), tuple(Scope)], ids="+".join)
async def test_a_key_opens_what_its_scopes_say(
    whole: House, targets: Targets, kind: Mode, scopes: tuple[Scope, ...]
) -> None:
    token = await whole.key(kind, scopes, name="another")
    async with whole.program(token) as program:
        before = await whole.everything()
        found = {
            route: outcome(await asked(program, route.method, targets.at(route)))
            for route, takes in OF_PROGRAMS.items()
            if takes not in scopes
        }
        assert await whole.everything() == before
        assert set(found.values()) <= {"403"}
        for route in OF_PROGRAMS.keys() - found.keys():
            answer = await asked(program, route.method, elsewhere(route))
            assert outcome(answer) == "in", (route, answer.text)
        for route in GUARDED:  # a program is nobody of the staff
            assert outcome(await asked(program, route.method, targets.at(route))) == "to the login", route


@pytest.mark.parametrize("kind", Mode)
async def test_what_belongs_to_another_program_or_kind_of_key_or_to_staff_is_as_if_it_were_not(
    whole: House, targets: Targets, kind: Mode
) -> None:
    """The target is of a test key of «portal»."""
    token = await whole.key(kind, name="portal" if kind is not Mode.TEST else "another")
    async with whole.program(token) as program:
        before = await whole.everything()
        for route in OF_PROGRAMS:
            if "{name}" in route.path:
                path, content = targets.at(route), "phone\n+77010000001\n" if route.path.endswith("/list") else None
                headers = once(f"theirs-{kind}-{route.path}") | ({"Content-Type": "text/csv"} if content else {})
                answer = await program.request(route.method, path, content=content, headers=headers)
                assert answer.status_code == 404, route
        after = await whole.everything()
        changed = {key for key in after if after[key] != before.get(key)}
        assert all(key.startswith("{staff}:once:") for key in changed)
        assert (await program.get("/api/broadcasts")).json()["broadcasts"] == []


async def test_a_key_that_opens_nothing_any_more_opens_nothing(whole: House, targets: Targets) -> None:
    token, key = await whole.keys.make("gone", Mode.LIVE, frozenset(Scope), "administrator")
    await whole.keys.revoke(key.id, "administrator")
    late, _ = await whole.keys.make(
        "late", Mode.LIVE, frozenset(Scope), "administrator", whole.ground.clock.now().date().replace(year=2020)
    )
    for one in (token, late):
        async with whole.program(one) as program:
            for route in OF_PROGRAMS:
                assert outcome(await asked(program, route.method, targets.at(route))) == "401", route

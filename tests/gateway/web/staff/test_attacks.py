"""The console and the interface for programs as a stranger tries them: real requests to the whole program. What
people send to be shown is in test_foreign_words."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from http.cookies import SimpleCookie
from typing import Any

import argon2
import httpx
import pyotp
import pytest
import pytest_asyncio
from msgspec import structs

from gateway.authorities import authorities
from gateway.broadcasts.broadcast import Mode
from gateway.staff.accounts import Account
from gateway.staff.keys import KEYS, WRONG_ALLOWED, Scope
from gateway.staff.lockout import ADDRESS, LOGIN, Lockout
from gateway.staff.passwords import Passwords
from gateway.staff.roles import Role
from gateway.web.guard import BODY_LIMIT, HEADERS
from gateway.web.staff import live
from gateway.web.staff.audit import AuditRoom
from gateway.web.staff.cookies import HALF, LANGUAGE, NOTICE, SESSION
from tests.gateway.staff.people import PASSWORD
from tests.gateway.web.staff.house import House, house, problem
from tests.gateway.web.staff.signed import Signed

pytestmark = pytest.mark.asyncio(loop_scope="module")

FORM = "application/x-www-form-urlencoded"
SECRET = "JBSWY3DPEHPK3PXP" * 2
ELSEWHERE = (
    *(
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "https://evil.example",
        "http:evil.example",
        "///evil",
    ),
    *("/%2f%2fevil.example", "%2f%2fevil.example", "/staff//evil.example", "/staff/../..//evil.example"),
    *("javascript:alert(1)", "/staff\r\nSet-Cookie: a=b", "/staffevil.example", "/staff@evil.example"),
)
NASTY_NAMES = (
    *("..%2f..%2f..%2f..%2fetc%2fpasswd", "%2e%2e", "%00", "%ff%fe", "a" * 3000, "s00%7d:x"),
    *("%3Cscript%3Ealert(1)%3C%2Fscript%3E", "{{7*7}}", "%0d%0aX-Evil:%201"),
)


@pytest_asyncio.fixture(scope="module", loop_scope="module", name="whole")
async def _whole(redis_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """With nothing played in it, so that nothing happens but what is asked for."""
    elsewhere = {"esobes_url": "http://127.0.0.1:9", "esobes_token": "a-token-of-theirs"}
    async with house(redis_url, tmp_path_factory.mktemp("attacks"), **elsewhere) as found:
        yield found


@pytest_asyncio.fixture(scope="module", loop_scope="module", name="hashed")
async def _hashed() -> str:
    """As cheap as it can be, where its cost is not what is looked at."""
    return await Passwords(memory=64).hash(PASSWORD)


@pytest_asyncio.fixture(loop_scope="module", name="aigul")
async def _aigul(whole: House, hashed: str) -> AsyncIterator[Account]:
    """Who has a password; and nobody waits because of what another test has tried."""
    yield await whole.account(*Role, hashed=hashed)
    await whole.redis.delete("{staff}:tries:address:127.0.0.1")


class Work:
    """How often Argon2 was at work, and how hard."""

    def __init__(self) -> None:
        self.done: list[argon2.Parameters] = []


@pytest.fixture(name="work")
def _work(monkeypatch: pytest.MonkeyPatch) -> Work:
    work, verify = Work(), argon2.PasswordHasher.verify

    def counted(self: argon2.PasswordHasher, hash: Any, password: Any) -> Any:
        work.done.append(argon2.extract_parameters(hash))
        return verify(self, hash, password)

    monkeypatch.setattr(argon2.PasswordHasher, "verify", counted)
    return work


async def enter(
    browser: httpx.AsyncClient, login: str, password: str = PASSWORD, next: str = "/staff/me"
) -> httpx.Response:
    return await browser.post("/staff/login", data={"login": login, "password": password, "next": next})


def cookies(answer: httpx.Response) -> dict[str, Any]:
    found: SimpleCookie = SimpleCookie()
    for line in answer.headers.get_list("set-cookie"):
        found.load(line)
    return dict(found)


async def csrf_of(whole: House, browser: httpx.AsyncClient) -> str:
    found = await whole.sessions.find(browser.cookies[SESSION])
    assert found is not None
    return found.session.csrf


async def is_in(browser: httpx.AsyncClient) -> bool:
    return (await browser.get("/staff/me")).status_code == 200


def thief(whole: House, token: str) -> httpx.AsyncClient:
    browser = whole.browser()
    browser.cookies.set(SESSION, token, "127.0.0.1", "/")
    return browser


async def test_a_stolen_cookie_opens_nothing_once_its_owner_has_left(whole: House, aigul: Account) -> None:
    owner = whole.browser()
    await enter(owner, aigul.login)
    stolen = thief(whole, owner.cookies[SESSION])
    assert await is_in(stolen)
    await owner.post("/staff/leave", data={"csrf": await csrf_of(whole, owner)})
    assert not await is_in(stolen)


async def test_a_stolen_cookie_opens_nothing_after_another_password_and_the_owner_stays(
    whole: House, aigul: Account
) -> None:
    owner = whole.browser()
    await enter(owner, aigul.login)
    token = owner.cookies[SESSION]
    stolen, fresh = thief(whole, token), "зелёный трамвай под горой"
    form = {"csrf": await csrf_of(whole, owner), "old": PASSWORD, "new": fresh, "again": fresh}
    assert (await owner.post("/staff/me/password", data=form)).status_code == 303
    assert not await is_in(stolen)
    assert owner.cookies[SESSION] != token
    assert await is_in(owner)
    assert (await enter(whole.browser(), aigul.login)).status_code == 422


async def test_who_has_stolen_a_cookie_cannot_change_what_asks_for_the_password(whole: House, aigul: Account) -> None:
    """And guessing it there counts as guessing it at the door."""
    who = await whole.enter(aigul)
    tries = [await who.post("/staff/me/code/off", old=f"guess {number}") for number in range(LOGIN.free + 1)]
    assert {answer.status_code for answer in tries} == {422}
    assert (await enter(whole.browser(), aigul.login)).status_code == 422
    fresh = "зелёный трамвай под горой"
    answer = await who.post("/staff/me/password", old=PASSWORD, new=fresh, again=fresh)
    assert answer.status_code == 422


async def test_sessions_are_ended_one_by_one_or_all_the_others_and_only_ones_own(
    whole: House, aigul: Account
) -> None:
    first, second, third = [await whole.enter(aigul) for _ in range(3)]
    other = await whole.signed_in(*Role)
    await other.post("/staff/me/sessions/end", session=first.session)
    assert await is_in(first.browser)
    await first.post("/staff/me/sessions/end", session=second.session)
    assert not await is_in(second.browser)
    await first.post("/staff/me/sessions/end")
    assert not await is_in(third.browser)
    assert await is_in(first.browser)


async def test_a_token_that_was_there_before_is_never_the_one_afterwards(whole: House, aigul: Account) -> None:
    chosen = "x" * 43
    victim = thief(whole, chosen)
    await enter(victim, aigul.login)
    assert victim.cookies[SESSION] != chosen
    assert not await is_in(thief(whole, chosen))
    evil = await whole.signed_in(Role.OPERATOR)
    planted = evil.browser.cookies[SESSION]
    victim = thief(whole, planted)
    await enter(victim, aigul.login)
    assert victim.cookies[SESSION] != planted
    assert not await is_in(thief(whole, planted))  # and it is theirs no more, nor anybody's


async def test_half_a_sign_in_is_none(whole: House, aigul: Account) -> None:
    await whole.accounts.change(aigul.login, lambda held: structs.replace(held, totp=SECRET))
    browser = whole.browser()
    assert (await enter(browser, aigul.login)).status_code == 200
    assert not await is_in(thief(whole, browser.cookies[HALF]))
    assert not await is_in(browser)


async def test_cookies_are_out_of_reach_of_scripts_and_other_sites(whole: House, aigul: Account) -> None:
    browser = whole.browser()
    answers = [await enter(browser, aigul.login)]
    form = {"csrf": await csrf_of(whole, browser), "language": "kk"}
    answers += [await browser.post("/staff/language", data=form), await browser.post("/staff/leave", data=form)]
    answers += [await browser.get("/staff/login")]
    await whole.accounts.change(aigul.login, lambda held: structs.replace(held, totp=SECRET))
    answers += [await enter(browser, aigul.login)]
    put = [(name, one) for answer in answers for name, one in cookies(answer).items()]
    assert {name for name, _ in put} == {SESSION, HALF, NOTICE, LANGUAGE}
    for name, one in put:
        assert (one["httponly"], one["samesite"], one["path"], one["domain"]) == (True, "strict", "/", ""), name


# --- forms of other sites


def _forms(whole: House, who: Signed, other: Signed) -> Iterator[tuple[str, dict[str, str], dict[str, str]]]:
    """What somebody else's page may send: how it is called, fields, headers."""
    ours = {"csrf": who.csrf}
    yield "no token", {}, {}
    yield "an empty token", {"csrf": ""}, {}
    yield "a wrong token", {"csrf": who.csrf[:-1] + "?"}, {}
    yield "another's token", {"csrf": other.csrf}, {}
    yield "the session's own digest", {"csrf": who.session}, {}
    yield "a wrong token in the header that comes first", ours, {"X-CSRF": other.csrf}
    yield "an empty header", ours, {"X-CSRF": ""}
    for origin in ("https://evil.example", "null", whole.url.replace("http:", "https:"), f"{whole.url}.evil.example"):
        yield f"from {origin}", ours, {"Origin": origin}
    for site in ("cross-site", "same-site", "none"):
        yield f"from {site}", ours, {"Sec-Fetch-Site": site}
    yield "as if it were ours", ours, {"Origin": "http://evil.example", "Sec-Fetch-Site": "same-origin"}


async def test_no_page_but_ours_changes_anything(whole: House) -> None:
    who, other = await whole.signed_in(*Role), await whole.signed_in(*Role)
    key = {"name": "program", "kind": "live", "scopes": "broadcasts:write"}
    before = await whole.everything()
    for what, fields, headers in _forms(whole, who, other):
        answer = await who.browser.post("/staff/keys/new", data={**key, **fields}, headers=headers)
        assert answer.status_code == 403, what
    bare = {"Cookie": f"{SESSION}={who.browser.cookies[SESSION]}"}  # neither Origin nor Sec-Fetch-Site
    async with httpx.AsyncClient(base_url=whole.url, verify=authorities(), trust_env=False, headers=bare) as silent:
        assert (await silent.post("/staff/keys/new", data={**key, "csrf": who.csrf})).status_code == 403
        assert (await silent.post("/staff/login", data={"login": who.account.login})).status_code == 403
    asked = {**key, "csrf": who.csrf}
    assert (await who.browser.post("/staff/keys/new", params=asked)).status_code == 403
    for kind, content in (("application/json", b'{"csrf": "%s"}'), ("text/plain", b"name=program&csrf=%s")):
        body = content % who.csrf.encode()
        answer = await who.browser.post("/staff/keys/new", content=body, headers={"Content-Type": kind})
        assert answer.status_code == 403, kind
    assert await whole.everything() == before
    assert (await who.post("/staff/keys/new", **key)).status_code == 200


async def test_looking_changes_nothing_whatever_the_address_says(whole: House) -> None:
    """But for what is written down about it."""
    who = await whole.signed_in(*Role)
    broadcast = await _broadcast(whole)
    names = {"login": who.account.login, "name": broadcast, "format": "csv", "kind": "offer", "state": "asked"}
    asked = {"csrf": who.csrf, "language": "kk", "title": "x", "name": "x", "step": "leave", "roles": "operator"}
    await who.get("/staff/figures")  # counts what was not counted

    async def kept() -> dict[str, str]:
        found = await whole.everything()
        return {
            key: value for key, value in found.items() if not key.startswith(("{staff}:deeds", "{staff}:offered"))
        }

    before = await kept()
    for route in whole.routes():
        if route.method == "GET" and route.path.startswith("/staff") and not route.path.endswith("/stream"):
            await who.get(route.path.format(**names), **asked)
    assert await kept() == before


# --- guessing


async def test_of_many_guesses_at_once_no_more_than_allowed_are_looked_at(
    whole: House, aigul: Account, work: Work
) -> None:
    guesses = [enter(whole.browser(), aigul.login, f"guess {number}") for number in range(3 * LOGIN.free)]
    answers = await asyncio.gather(*guesses)
    assert {answer.status_code for answer in answers} == {422}
    assert len(work.done) <= LOGIN.free
    assert (await enter(whole.browser(), aigul.login)).status_code == 422
    assert len(work.done) <= LOGIN.free


async def test_from_one_address_only_so_many_logins_are_tried(whole: House, aigul: Account, work: Work) -> None:
    await whole.redis.hset("{staff}:tries:address:127.0.0.1", "tries", str(ADDRESS.free - 1))
    headers = {"X-Forwarded-For": "198.51.100.7", "X-Real-IP": "198.51.100.7", "Forwarded": "for=198.51.100.7"}
    await enter(whole.browser(**headers), "somebody.else", "guess")
    work.done.clear()
    answer = await enter(whole.browser(**headers), aigul.login)
    assert (answer.status_code, work.done) == (422, [])
    assert not await is_in(whole.browser())


async def test_no_answer_and_no_work_tells_whether_there_is_such_a_login(
    whole: House, aigul: Account, work: Work
) -> None:
    hashed = await Passwords().hash(PASSWORD)
    await whole.accounts.change(aigul.login, lambda held: structs.replace(held, password=hashed))
    ended = await whole.account(Role.OPERATOR, login="ended-somebody", hashed=hashed, ended=True)
    told, done = [], []
    for login, password in ((aigul.login, "guess"), ("nobody-at-all", "guess"), (ended.login, PASSWORD)):
        work.done.clear()
        answer = await enter(whole.browser(), login, password)
        told.append((answer.status_code, answer.text.replace(f'value="{login}"', 'value=""'), sorted(answer.headers)))
        done.append([*work.done])
    assert [one for one in told if one != told[0]] == []
    assert done == [[argon2.extract_parameters(hashed)]] * 3
    waits = []
    for login in (aigul.login, "nobody-at-all"):
        while not await Lockout(whole.ground.batched).tries(login, "192.0.2.9"):
            pass
        answer = await enter(whole.browser(), login, "guess")
        waits.append(answer.text.replace(f'value="{login}"', ""))
    assert waits[0] == waits[1]


async def test_a_code_opens_one_session_however_many_come_with_it_at_once(whole: House, aigul: Account) -> None:
    await whole.accounts.change(aigul.login, lambda held: structs.replace(held, totp=SECRET))
    browsers = [whole.browser() for _ in range(4)]
    for browser in browsers:
        await enter(browser, aigul.login)
    code = pyotp.TOTP(SECRET).at(int(time.time()))
    answers = await asyncio.gather(*(one.post("/staff/login/code", data={"code": code}) for one in browsers))
    assert sorted(answer.status_code for answer in answers) == [303, 422, 422, 422]


async def test_codes_are_guessed_no_faster_than_passwords(whole: House, aigul: Account) -> None:
    await whole.accounts.change(aigul.login, lambda held: structs.replace(held, totp=SECRET))
    browser = whole.browser()
    await enter(browser, aigul.login)
    right = pyotp.TOTP(SECRET).at(int(time.time()))
    guesses = [browser.post("/staff/login/code", data={"code": f"{number:06}"}) for number in range(2 * LOGIN.free)]
    await asyncio.gather(*guesses)
    assert (await browser.post("/staff/login/code", data={"code": right})).status_code == 422
    assert not await is_in(browser)


async def test_keys_are_not_guessed(whole: House) -> None:
    token, key = await whole.keys.make("portal", Mode.TEST, frozenset(Scope), "administrator")
    other, known = await whole.keys.make("other", Mode.TEST, frozenset(Scope), "administrator")
    begin, kind, _, secret = token.split("_", 3)
    wrong = (
        f"{begin}_{kind}_{key.id}_{'x' * len(secret)}",  # whose id there is
        f"{begin}_{kind}_00000000_{secret}",  # whose id there is not
        f"{begin}_live_{key.id}_{secret}",  # of another kind than it is
        f"{begin}_{kind}_{known.id}_{secret}",
        token[:-1],
        token + "x",
        token.upper(),
        key.digest,
        "x" * 10_000,
    )
    answers = [await whole.program(one).get("/api/broadcasts") for one in wrong]
    assert {(answer.status_code, answer.text) for answer in answers} == {(401, answers[0].text)}
    for _ in range(WRONG_ALLOWED):
        answer = await whole.program(wrong[0]).get("/api/broadcasts")
    assert (answer.status_code, problem(answer)["code"]) == (429, "too_often")
    assert int(answer.headers["retry-after"]) > 0
    assert (await whole.program(token).get("/api/broadcasts")).status_code == 200
    stored = repr(await whole.redis.hgetall(KEYS))
    assert secret not in stored
    assert other not in stored
    for refused in ("", f"?key={token}", f"?access_token={token}"):
        async with httpx.AsyncClient(base_url=whole.url, verify=authorities(), trust_env=False) as nobody:
            nobody.cookies.set(SESSION, token, "127.0.0.1", "/")
            assert (await nobody.get(f"/api/broadcasts{refused}")).status_code == 401


# --- being sent elsewhere


@pytest.mark.parametrize("wanted", ELSEWHERE)
async def test_nobody_is_sent_to_another_site(whole: House, aigul: Account, wanted: str) -> None:
    browser = whole.browser()
    page = await browser.get("/staff/login", params={"next": wanted})
    assert 'name="next" value="/staff"' in page.text
    answers = [
        await browser.post("/staff/language", data={"language": "ru", "next": wanted}),
        await enter(browser, aigul.login, next=wanted),
        await browser.get("/staff/login", params={"next": wanted}),
    ]
    assert [answer.headers["location"] for answer in answers] == ["/staff"] * 3


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80@127.0.0.1", "127.0.0.1.evil.example", ""])
async def test_a_host_that_somebody_made_up_leads_nowhere_and_opens_nothing(whole: House, host: str) -> None:
    who = await whole.signed_in(*Role)
    for path in ("/staff", "/staff/", "/staff/keys/", "/staff/login/", "//evil.example/staff", "/api/broadcasts/"):
        answer = await who.browser.get(f"{whole.url}{path}", headers={"Host": host})
        assert answer.headers.get("location", "/staff/").startswith("/staff/"), path
        assert "evil" not in answer.text, path
    form = {"csrf": who.csrf}
    answer = await who.browser.post("/staff/broadcasts/new", data=form, headers={"Host": host})
    assert answer.status_code == 403


async def test_headers_cannot_be_broken_by_what_is_sent(whole: House) -> None:
    who = await whole.signed_in(*Role)
    broken = "staff.left%0d%0aX-Evil: 1"
    for cookie in (f"{NOTICE}={broken}", f"{NOTICE}=<script>", f"{LANGUAGE}=xx%0d%0aX-Evil:1", f"{SESSION}=a\xffb"):
        async with httpx.AsyncClient(base_url=whole.url, verify=authorities(), trust_env=False) as browser:
            answer = await browser.get("/staff/login", headers={b"Cookie": cookie.encode("latin-1")})
        assert answer.status_code == 200
        assert "x-evil" not in answer.headers
        assert "X-Evil" not in answer.text
        assert "<script>" not in answer.text
    broadcast = await _broadcast(whole, who)
    for name in ('a"\r\nX-Evil: 1.csv', "../../../etc/passwd", "..\\..\\x.csv", "\x00.csv", "x" * 3000):
        body = (
            f'--b\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n{who.csrf}\r\n'
            f'--b\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
            "phone\n+77010000001\r\n--b--\r\n"
        )
        kind = {"Content-Type": "multipart/form-data; boundary=b"}
        answer = await who.browser.post(f"/staff/broadcasts/{broadcast}/list", content=body.encode(), headers=kind)
        assert answer.status_code in (303, 409, 422), name
        assert "x-evil" not in answer.headers
        await whole.read(broadcast)
    folder = whole.ground.settings.data_dir
    assert {path.parent.parent.name for path in folder.rglob("*") if path.is_file()} <= {"lists", folder.name}


# --- addresses and bodies that make no sense


@pytest.mark.parametrize("name", NASTY_NAMES)
async def test_no_name_in_an_address_leads_out_of_its_place(whole: House, name: str) -> None:
    who, program = await whole.signed_in(*Role), whole.program(await whole.key())
    fields = {"name": name, "login": name, "format": name, "kind": name, "state": name}
    before = set(await whole.everything())
    for route in whole.routes():
        if "{" not in route.path or route.path.endswith("/stream"):
            continue
        path, http = route.path.format(**fields), program if route.path.startswith("/api") else who.browser
        data = {"csrf": who.csrf} if route.method == "POST" and http is who.browser else None
        headers = {"Idempotency-Key": "nasty"} if http is program else {}
        answer = await http.request(route.method, f"{whole.url}{path}", data=data, headers=headers)
        assert answer.status_code in (303, 400, 404, 405, 409, 414, 415, 422, 429), (route, answer.status_code)
        assert answer.headers.get("location", "/staff").startswith("/staff"), route
        assert not any(leak in answer.text for leak in ("root:", "<script>alert", "Traceback", ">49<")), route
        assert "x-evil" not in answer.headers
    after = set(await whole.everything())
    assert {key for key in after - before if not key.startswith(("{staff}:deeds", "{staff}:once"))} == set()


def _bodies(csrf: str) -> Iterator[tuple[str, str, bytes, tuple[int, ...]]]:
    """What it is, its kind, the body, and the statuses that fit. The token is right."""
    token = f"csrf={csrf}".encode()
    many = token + b"".join(b"&a%d=1" % number for number in range(3000))
    part = b'--b\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n'
    parts = b"".join(part % (b"a", b"1") for _ in range(1001))
    deep = b"--b\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n--c\r\n"
    multipart = "multipart/form-data; boundary=b"
    yield "too large", FORM, token + b"&name=" + b"x" * BODY_LIMIT, (413,)
    yield "thousands of fields", FORM, many, (400,)
    yield "thousands of parts", multipart, parts + b"--b--", (400, 413)
    yield "parts within parts", multipart, deep * 300 + b"--b--", (400, 403, 422)
    yield "no boundary", "multipart/form-data", part % (b"csrf", csrf.encode()), (400,)
    yield "no end", multipart, part % (b"csrf", csrf.encode()), (400, 403, 422)
    yield "a header without an end", multipart, b"--b\r\nContent-Disposition: " + b"x" * 20_000, (400, 403, 422)
    yield (
        "a file in the place of a field",
        multipart,
        (
            part % (b"csrf", csrf.encode())
            + b'--b\r\nContent-Disposition: form-data; name="name"; filename="x"\r\n\r\ny\r\n--b--'
        ),
        (422,),
    )
    yield (
        "a file in the place of the token",
        multipart,
        (b'--b\r\nContent-Disposition: form-data; name="csrf"; filename="x"\r\n\r\n' + csrf.encode() + b"\r\n--b--"),
        (403,),
    )
    yield "no UTF-8", FORM, token + b"&name=\xff\xfe%ff&login=%ff", (422,)
    yield "half a letter", FORM, token + b"&name=%ed%a0%80&login=%ed%a0%80", (422,)
    yield "an odd charset", f"{FORM}; charset=utf-7", token + b"&login=+ADw-", (422,)
    yield "nothing", FORM, b"", (403,)
    yield "no form", "application/xml", b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>', (403,)
    yield "packed", FORM, b"\x1f\x8b\x08\x00", (403,)


async def test_bodies_that_make_no_sense_are_refused_kindly(whole: House) -> None:
    who = await whole.signed_in(*Role)
    before = await whole.everything()
    for what, kind, body, fitting in _bodies(who.csrf):
        for path in ("/staff/accounts/new", "/staff/keys/new"):
            answer = await who.browser.post(path, content=body, headers={"Content-Type": kind})
            assert answer.status_code in fitting, (what, path, answer.status_code)
            assert "root:" not in answer.text
    assert await whole.everything() == before


async def test_of_a_field_that_comes_twice_the_token_is_the_last_and_must_be_ours(whole: House) -> None:
    who = await whole.signed_in(*Role)
    for first, second, status in (("x", who.csrf, 422), (who.csrf, "x", 403)):
        body = f"csrf={first}&csrf={second}&name=&login=".encode()
        answer = await who.browser.post("/staff/accounts/new", content=body, headers={"Content-Type": FORM})
        assert answer.status_code == status


async def test_programs_that_send_nonsense_are_told(whole: House) -> None:
    program = whole.program(await whole.key())
    deep = b"[" * 50_000
    bodies = (b"{", b"\xff\xfe", deep, b'{"title":1}', b'{"title":"\\ud800"}', b"NaN", b"null", b'{"a":1,"a":2}')
    for number, body in enumerate(bodies):
        headers = {"Idempotency-Key": f"nonsense-{number}", "Content-Type": "application/json"}
        answer = await program.post("/api/broadcasts", content=body, headers=headers)
        assert answer.status_code == 422, body[:20]
        assert answer.headers["content-type"] == "application/problem+json"
    for number, kind in enumerate(("text/html", "multipart/form-data; boundary=b", "application/xml")):
        headers = {"Idempotency-Key": f"kind-{number}", "Content-Type": kind}
        assert (await program.post("/api/broadcasts", content=b"{}", headers=headers)).status_code == 415
    for key in ("", "x" * 300, "two words", "é"):
        answer = await program.post("/api/broadcasts", json={}, headers={b"Idempotency-Key": key.encode()})
        assert answer.status_code == 422, key


# --- what stands on every answer


async def test_every_answer_has_the_headers_that_protect_it(whole: House, monkeypatch: pytest.MonkeyPatch) -> None:
    who, program = await whole.signed_in(*Role), whole.program(await whole.key())
    nobody = await whole.signed_in()

    async def fails(*_: object) -> None:
        raise RuntimeError("root: a secret of ours")

    async with whole.browser() as stranger:
        answers = {
            "page": await who.get("/staff/me"),
            "to the login": await stranger.get("/staff/me"),
            "login": await stranger.get("/staff/login"),
            "refused": await nobody.get("/staff/keys"),
            "foreign": await who.browser.post("/staff/keys/new"),
            "unknown": await who.get("/staff/nothing"),
            "method": await who.browser.put("/staff/keys"),
            "fields": await who.post("/staff/inbox/case/00-00000000000000aa/take"),
            "large": await who.post("/staff/keys/new", name="x" * BODY_LIMIT),
            "table": await who.get("/staff/figures/offers.csv"),
            "api": await program.get("/api/broadcasts"),
            "api unknown": await program.get("/api/broadcasts/x"),
            "api nobody": await stranger.get("/api/broadcasts"),
            "api nothing": await stranger.get("/api/nothing"),
        }
        monkeypatch.setattr(AuditRoom, "_page", fails)
        answers["ours"] = await who.get("/staff/audit")
    statuses = [answer.status_code for answer in answers.values()]
    assert statuses == [200, 303, 200, 403, 403, 404, 405, 422, 413, 200, 200, 404, 401, 404, 500]
    for what, answer in answers.items():
        policy = "no-referrer" if what.startswith("api") else "same-origin"
        for name, value in {**HEADERS, "Referrer-Policy": policy, "Cache-Control": "no-store"}.items():
            assert answer.headers.get_list(name) == [value], (what, name)
        assert "server" not in answer.headers
        assert "root:" not in answer.text
    assert "unsafe" not in HEADERS["Content-Security-Policy"]
    assert "*" not in HEADERS["Content-Security-Policy"]


# --- live streams


@pytest.mark.parametrize("path", ["/staff/inbox/stream", "/staff/broadcasts/{name}/stream"])
async def test_a_stream_ends_with_the_session_of_whoever_looks(
    whole: House, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.setattr(live, "EVERY", 0.01)
    monkeypatch.setattr(live, "HEARTBEAT", 0.01)
    who = await whole.signed_in(*Role)
    async with (
        asyncio.timeout(60),
        who.browser.stream("GET", path.format(name=await _broadcast(whole)), headers=EVENTS) as stream,
    ):
        lines = stream.aiter_lines()
        async for line in lines:
            if line.startswith("event: beat"):
                break
        await whole.sessions.end(who.account.login, who.session)
        async for _ in lines:
            pass


@pytest.mark.parametrize("bound", ["STREAMS", "OWN"])
async def test_streams_are_counted_and_keep_nobody_signed_in(
    whole: House, monkeypatch: pytest.MonkeyPatch, bound: str
) -> None:
    who = await whole.signed_in(*Role)
    name = await _broadcast(whole, who)
    monkeypatch.setattr(live, bound, 1)
    key = f"{{staff}}:session:{who.session}"
    await whole.redis.expire(key, 100)
    async with who.browser.stream("GET", "/staff/inbox/stream", headers=EVENTS) as first:
        lines = first.aiter_lines()
        await anext(lines)
        for room in ("inbox", f"broadcasts/{name}"):
            second = await who.browser.get(f"/staff/{room}/stream", headers=EVENTS)
            assert (second.status_code, second.headers["retry-after"]) == (503, "5")
    assert await whole.redis.ttl(key) <= 100


EVENTS = {"Accept": "text/event-stream", "Sec-Fetch-Mode": "cors"}


async def _broadcast(whole: House, who: Signed | None = None) -> str:
    who = who or await whole.signed_in(Role.BROADCASTER)
    location = (await who.post("/staff/broadcasts/new")).headers["location"]
    return str(location).split("/")[3]

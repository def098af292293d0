"""The way in and out."""

import re
import time

import httpx
import pyotp
import pytest
from msgspec import structs

from dialogs.dialogue import Dialogue
from dialogs.language import Language
from gateway.clock import Clock
from gateway.connection import Batched, Client
from gateway.staff.accounts import Account, Held
from gateway.staff.deeds import DEEDS
from gateway.staff.deeds_search import Asked, Search
from gateway.staff.lockout import LOGIN
from gateway.staff.roles import Role
from gateway.web.front import Front
from gateway.web.staff.cookies import HALF, SESSION
from gateway.web.staff.me import Me
from tests.gateway.staff.people import PASSWORD
from tests.gateway.web.staff.signed import URL, Staffed, browsing, staffed

SECRET = "JBSWY3DPEHPK3PXP" * 2


@pytest.fixture
async def staff(batched: Batched, dialogue: Dialogue) -> Staffed:
    made = staffed(batched, dialogue.guide.words, Clock())
    made.console.open(Me(made.console, made.signing).router())
    return made


@pytest.fixture
def browser(front: Front) -> httpx.AsyncClient:
    return browsing(front)


@pytest.fixture(autouse=True)
async def aigul(staff: Staffed) -> Account:
    account = Account(login="aigul", name="Айгүл", roles=frozenset({Role.OPERATOR}))
    await staff.accounts.add(Held(account, await staff.signing.passwords.hash(PASSWORD)))
    return account


async def enter(
    browser: httpx.AsyncClient, login: str = "aigul", password: str = PASSWORD, next: str = "/staff/me"
) -> httpx.Response:
    return await browser.post("/staff/login", data={"login": login, "password": password, "next": next})


async def test_who_knows_the_password_comes_in_where_they_wanted_to(browser: httpx.AsyncClient) -> None:
    answer = await enter(browser, " Aigul ")
    assert (answer.status_code, answer.headers["location"]) == (303, "/staff/me")
    page = await browser.get("/staff/me")
    assert page.status_code == 200
    assert "Айгүл" in page.text
    assert (await browser.get("/staff/login?next=/staff/me")).headers["location"] == "/staff/me"


@pytest.mark.parametrize("wanted", ["//evil.example", "https://evil.example", "/staff/\\evil.example"])
async def test_nobody_is_sent_elsewhere(browser: httpx.AsyncClient, wanted: str) -> None:
    assert 'name="next" value="/staff"' in (await browser.get("/staff/login", params={"next": wanted})).text
    assert (await enter(browser, next=wanted)).headers["location"] == "/staff"
    assert (await browser.get("/staff/login", params={"next": wanted})).headers["location"] == "/staff"


@pytest.mark.parametrize(("login", "password"), [("aigul", "wrong"), ("nobody", PASSWORD), ("", ""), ("aigul", "")])
async def test_what_is_wrong_is_not_told(browser: httpx.AsyncClient, login: str, password: str) -> None:
    answer = await enter(browser, login, password)
    assert answer.status_code == 422
    assert "Логин немесе құпиясөз сәйкес келмеді." in answer.text
    assert SESSION not in browser.cookies


async def test_what_was_typed_is_shown_escaped_and_a_password_never(browser: httpx.AsyncClient) -> None:
    answer = await enter(browser, '"><script>x', "<b>secret")
    assert "<script>x" not in answer.text
    assert "secret" not in answer.text


async def test_an_ended_account_is_as_if_the_password_were_wrong(browser: httpx.AsyncClient, staff: Staffed) -> None:
    await staff.accounts.change(
        "aigul", lambda held: structs.replace(held, account=structs.replace(held.account, ended=True))
    )
    assert (await enter(browser)).status_code == 422


async def test_who_guesses_waits_even_with_the_right_password_until_somebody_unlocks(
    browser: httpx.AsyncClient, staff: Staffed
) -> None:
    for _ in range(LOGIN.free):
        assert "сәйкес келмеді" in (await enter(browser, password="wrong")).text
    for password in ("wrong", PASSWORD):
        answer = await enter(browser, password=password)
        assert answer.status_code == 422
        assert "1 минуттан кейін" in answer.text
    await staff.signing.lockout.unlock("aigul")
    assert (await enter(browser)).status_code == 303


@pytest.mark.parametrize(
    "headers", [{"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}]
)
async def test_no_other_page_signs_anybody_in(browser: httpx.AsyncClient, headers: dict[str, str]) -> None:
    form = {"login": "aigul", "password": PASSWORD}
    assert (await browser.post("/staff/login", data=form, headers=headers)).status_code == 403
    assert SESSION not in browser.cookies


async def test_the_cookie_is_for_the_browser_alone(browser: httpx.AsyncClient) -> None:
    cookie = (await enter(browser)).headers["set-cookie"]
    parts = {part.strip().lower() for part in cookie.split(";")[1:]}
    assert cookie.startswith(f"{SESSION}=")
    assert parts >= {"httponly", "samesite=strict", "path=/"}


async def test_by_https_it_is_for_https_and_this_host_alone(batched: Batched, dialogue: Dialogue) -> None:
    staff = staffed(batched, dialogue.guide.words, Clock(), secure=True)
    browser = browsing(staff.front(batched), "https://kelisim")
    cookie = (await enter(browser)).headers["set-cookie"]
    assert cookie.startswith(f"__Host-{SESSION}=")
    parts = {part.strip().lower() for part in cookie.split(";")[1:]}
    assert parts >= {"httponly", "secure", "samesite=strict", "path=/"}
    assert not any(part.startswith("domain") for part in parts)


async def test_every_page_may_be_kept_by_nobody(browser: httpx.AsyncClient) -> None:
    for path in ("/staff", "/staff/login", "/staff/me", "/staff/nothing"):
        answer = await browser.get(path)
        assert answer.headers["cache-control"] == "no-store", path
        assert answer.headers["referrer-policy"] == "same-origin", path  # or our own forms would say «Origin: null»
        assert "unsafe" not in answer.headers["content-security-policy"]
    await enter(browser)
    assert (await browser.get("/staff/me")).headers["cache-control"] == "no-store"


async def test_pages_have_nothing_that_the_policy_would_stop(browser: httpx.AsyncClient) -> None:
    for path in ("/staff/login", "/staff/nothing"):
        text = (await browser.get(path)).text
        assert not re.search(r"<script(?![^>]*src=)|<style|\sstyle=|\son[a-z]+=|javascript:", text), path


async def test_a_code_is_asked_for_where_one_is_set_and_is_taken_once(
    browser: httpx.AsyncClient, staff: Staffed, front: Front
) -> None:
    await staff.accounts.change("aigul", lambda held: structs.replace(held, totp=SECRET))
    asked = await enter(browser)
    assert asked.status_code == 200
    assert 'name="code"' in asked.text
    assert SESSION not in browser.cookies
    assert (await browser.get("/staff/me")).status_code == 303
    wrong = await browser.post("/staff/login/code", data={"code": "000000"})
    assert wrong.status_code == 422
    code = pyotp.TOTP(SECRET).at(int(time.time()))
    right = await browser.post("/staff/login/code", data={"code": code, "next": "/staff/me"})
    assert (right.status_code, right.headers["location"]) == (303, "/staff/me")
    assert HALF not in browser.cookies
    assert (await browser.get("/staff/me")).status_code == 200
    other = browsing(front)
    await enter(other)
    assert (await other.post("/staff/login/code", data={"code": code})).status_code == 422


async def test_a_code_cannot_be_guessed_either(browser: httpx.AsyncClient, staff: Staffed) -> None:
    await staff.accounts.change("aigul", lambda held: structs.replace(held, totp=SECRET))
    await enter(browser)
    told = [(await browser.post("/staff/login/code", data={"code": f"00000{n}"})).text for n in range(6)]
    assert "минуттан кейін" in told[-1]


async def test_without_a_password_before_it_a_code_opens_nothing(browser: httpx.AsyncClient, staff: Staffed) -> None:
    await staff.accounts.change("aigul", lambda held: structs.replace(held, totp=SECRET))
    answer = await browser.post("/staff/login/code", data={"code": pyotp.TOTP(SECRET).now()})
    assert "Қайта кіріңіз." in answer.text
    assert SESSION not in browser.cookies
    await enter(browser)
    await staff.accounts.change("aigul", lambda held: structs.replace(held, password="another"))
    answer = await browser.post("/staff/login/code", data={"code": pyotp.TOTP(SECRET).now()})
    assert "Қайта кіріңіз." in answer.text


async def test_who_leaves_is_out(browser: httpx.AsyncClient, staff: Staffed) -> None:
    await enter(browser)
    token = browser.cookies[SESSION]
    found = await staff.sessions.find(token)
    assert found is not None
    assert (await browser.post("/staff/leave", data={"csrf": "x"})).status_code == 403
    answer = await browser.post("/staff/leave", data={"csrf": found.session.csrf})
    assert answer.headers["location"] == "/staff/login"
    assert "Сіз шықтыңыз." in (await browser.get("/staff/login")).text
    assert await staff.sessions.find(token) is None


async def test_a_second_sign_in_of_the_same_browser_ends_the_first(
    browser: httpx.AsyncClient, staff: Staffed
) -> None:
    await enter(browser)
    first = browser.cookies[SESSION]
    await enter(browser)
    assert browser.cookies[SESSION] != first
    assert await staff.sessions.find(first) is None


async def test_the_language_changes_on_every_page_and_stays(browser: httpx.AsyncClient, staff: Staffed) -> None:
    assert '<html lang="kk">' in (await browser.get("/staff/login")).text
    answer = await browser.post("/staff/language", data={"language": "ru", "next": "/staff/login?next=/staff/me"})
    assert answer.headers["location"] == "/staff/login?next=/staff/me"
    assert '<html lang="ru">' in (await browser.get("/staff/login")).text
    await enter(browser)
    form = {"language": "ru", "next": "https://evil.example"}
    assert (await browser.post("/staff/language", data=form)).status_code == 403
    found = await staff.sessions.find(browser.cookies[SESSION])
    assert found is not None
    answer = await browser.post("/staff/language", data={**form, "csrf": found.session.csrf})
    assert answer.headers["location"] == "/staff"
    kept = await staff.accounts.get("aigul")
    assert kept is not None
    assert kept.account.language is Language.RU
    assert (await browser.post("/staff/language", data={"language": "en"})).status_code == 422


async def test_whose_password_was_made_up_by_somebody_else_has_to_change_it_first(
    browser: httpx.AsyncClient, staff: Staffed
) -> None:
    await staff.accounts.change(
        "aigul", lambda held: structs.replace(held, account=structs.replace(held.account, given=True))
    )
    await enter(browser)
    assert (await browser.get("/staff/me")).headers["location"] == "/staff/me/password"
    assert (await browser.get("/staff/me/password")).status_code == 200


async def test_the_audit_knows_who_came_and_who_could_not_but_not_what_was_typed(
    browser: httpx.AsyncClient, batched: Batched, redis: Client
) -> None:
    await enter(browser, "my-password-in-the-wrong-field", "x")
    await enter(browser, password="wrong")
    await enter(browser)
    deeds = (await Search(batched, by_ids=True).page(Asked())).deeds
    assert [(deed.who, deed.what, deed.detail) for deed in deeds] == [
        ("aigul", "login.right", "192.0.2.1"),
        ("aigul", "login.wrong", "192.0.2.1"),
        ("?", "login.wrong", "192.0.2.1"),
    ]
    everything = repr([key async for key in redis.scan_iter()]) + repr(await redis.xrange(DEEDS))
    assert "my-password" not in everything


async def test_a_link_on_another_site_leads_through_a_page_of_ours(browser: httpx.AsyncClient) -> None:
    """There the browser brings no cookie; on the way from a page of ours it does."""
    headers = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
    answer = await browser.get("/staff/me?x=1", headers=headers)
    assert answer.status_code == 200
    assert 'http-equiv="refresh" content="0;url=/staff/me?x=1"' in answer.text


async def test_a_script_is_told_plainly(browser: httpx.AsyncClient) -> None:
    answer = await browser.get("/staff/me", headers={"Sec-Fetch-Mode": "cors"})
    assert (answer.status_code, answer.headers["content-type"]) == (401, "application/problem+json")
    assert (await browser.get("/staff/nothing")).headers["content-type"].startswith("text/html")
    away = await browser.get(f"{URL}/nothing")
    assert away.headers["content-type"] == "application/problem+json"

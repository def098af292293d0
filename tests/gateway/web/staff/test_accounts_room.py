"""The room of administrators."""

import re

import pytest

from dialogs.dialogue import Dialogue
from gateway.clock import Clock
from gateway.connection import Batched
from gateway.staff.accounts import Held
from gateway.staff.deeds_search import Asked, Search
from gateway.staff.lockout import LOGIN
from gateway.staff.roles import Role
from gateway.web.front import Front
from gateway.web.staff.accounts import AccountsRoom
from gateway.web.staff.me import Me
from tests.gateway.staff.people import held
from tests.gateway.web.staff.signed import Signed, Staffed, browsing, staffed

ROOM = "/staff/accounts"


@pytest.fixture
def staff(batched: Batched, dialogue: Dialogue) -> Staffed:
    made = staffed(batched, dialogue.guide.words, Clock())
    made.console.open(Me(made.console, made.signing).router(), AccountsRoom(made.console, made.signing).router())
    return made


@pytest.fixture
async def boss(staff: Staffed, front: Front) -> Signed:
    return await staff.signed_in(front, Role.ADMINISTRATOR, login="boss")


async def kept(staff: Staffed, login: str) -> Held:
    found = await staff.accounts.get(login)
    assert found is not None
    return found


def shown(page: str) -> str:
    found = re.search(r'class="secret">([^<]+)<', page)
    assert found is not None
    return found[1]


async def test_a_new_account_has_a_password_that_is_shown_once_and_has_to_be_changed(
    staff: Staffed, front: Front, boss: Signed
) -> None:
    answer = await boss.post(
        f"{ROOM}/new", name="Болат", login="Bolat", roles=["operator", "auditor"], phone="87011234567"
    )
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    password = shown(answer.text)
    account = (await kept(staff, "bolat")).account
    assert (account.name, account.phone, set(account.roles)) == (
        "Болат",
        "+77011234567",
        {Role.OPERATOR, Role.AUDITOR},
    )
    bolat = browsing(front)
    assert (await bolat.post("/staff/login", data={"login": "bolat", "password": password})).status_code == 303
    assert (await bolat.get("/staff/me")).headers["location"] == "/staff/me/password"
    assert password not in (await boss.get(f"{ROOM}/bolat")).text


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"login": "b olat"}, "От 2 до 32 знаков"),
        ({"login": "boss"}, "Такой логин уже есть"),
        ({"name": " "}, "Напишите имя"),
        ({"roles": []}, "Выберите хотя бы одну роль"),
        ({"phone": "112"}, "не мобильный номер"),
    ],
)
async def test_what_is_wrong_in_it_is_told(
    staff: Staffed, boss: Signed, fields: dict[str, str | list[str]], why: str
) -> None:
    good: dict[str, str | list[str]] = {"name": "Болат", "login": "bolat", "roles": ["operator"], "phone": ""}
    answer = await boss.post(f"{ROOM}/new", **(good | fields))
    assert answer.status_code == 422
    assert why in answer.text
    assert len(await staff.accounts.all()) == 1


async def test_there_is_no_role_that_does_not_exist(staff: Staffed, boss: Signed) -> None:
    answer = await boss.post(f"{ROOM}/new", name="Болат", login="bolat", roles=["god"])
    assert answer.status_code == 422
    assert await staff.accounts.get("bolat") is None


async def test_other_roles_end_what_somebody_has_open(staff: Staffed, front: Front, boss: Signed) -> None:
    bolat = await staff.signed_in(front, Role.OPERATOR, login="bolat")
    answer = await boss.post(f"{ROOM}/bolat", name="Болат", roles=["operator"])
    assert answer.headers["location"] == f"{ROOM}/bolat"
    assert (await bolat.get("/staff/me")).status_code == 200
    await boss.post(f"{ROOM}/bolat", name="Болат", roles=["auditor"])
    assert (await bolat.get("/staff/me")).status_code == 303
    assert (await kept(staff, "bolat")).account.roles == {Role.AUDITOR}


@pytest.mark.parametrize("way", ["/end", ""])
async def test_the_last_administrator_stays_one(staff: Staffed, boss: Signed, way: str) -> None:
    answer = await boss.post(f"{ROOM}/boss{way}", name="Boss", roles=["auditor"])
    assert answer.status_code == 422
    assert "Это последний администратор" in answer.text
    assert (await kept(staff, "boss")).account.roles == {Role.ADMINISTRATOR}
    assert (await boss.get(ROOM)).status_code == 200


async def test_an_ended_account_is_out_at_once_and_may_be_opened_again(
    staff: Staffed, front: Front, boss: Signed
) -> None:
    bolat = await staff.signed_in(front, Role.OPERATOR, login="bolat")
    await boss.post(f"{ROOM}/bolat/end")
    assert (await bolat.get("/staff/me")).status_code == 303
    assert "закрыт" in (await boss.get(ROOM)).text
    await boss.post(f"{ROOM}/bolat/open")
    assert not (await kept(staff, "bolat")).account.ended
    assert (await bolat.get("/staff/me")).status_code == 303


async def test_a_locked_account_is_seen_and_unlocked(staff: Staffed, boss: Signed) -> None:
    await staff.accounts.add(held("bolat"))
    for number in range(LOGIN.free):
        await staff.signing.lockout.tries("bolat", f"192.0.2.{number}")
    assert "вход временно закрыт" in (await boss.get(ROOM)).text
    assert (await boss.post(f"{ROOM}/bolat/unlock")).status_code == 303
    assert await staff.signing.lockout.waits("bolat") == 0


async def test_a_new_password_unlocks_and_ends_sessions_and_the_code_can_be_taken_off(
    staff: Staffed, front: Front, boss: Signed
) -> None:
    bolat = await staff.signed_in(front, Role.OPERATOR, login="bolat")
    password = shown((await boss.post(f"{ROOM}/bolat/password")).text)
    assert await staff.signing.passwords.fits(password, (await kept(staff, "bolat")).password)
    assert (await bolat.get("/staff/me")).status_code == 303
    assert (await boss.post(f"{ROOM}/bolat/code")).status_code == 303


async def test_an_administrator_signs_somebody_out(staff: Staffed, front: Front, boss: Signed) -> None:
    bolat = await staff.signed_in(front, Role.OPERATOR, login="bolat")
    await boss.post(f"{ROOM}/bolat/sessions")
    assert (await bolat.get("/staff/me")).status_code == 303


async def test_only_administrators_come_in_and_who_is_unknown_is_not_there(
    staff: Staffed, front: Front, boss: Signed
) -> None:
    other = await staff.signed_in(front, *(role for role in Role if role is not Role.ADMINISTRATOR))
    assert (await other.get(ROOM)).status_code == 403
    assert (await other.post(f"{ROOM}/boss/end")).status_code == 403
    assert (await boss.get(f"{ROOM}/nobody")).status_code == 404
    assert (await boss.post(f"{ROOM}/nobody/end")).status_code == 404


async def test_everything_that_is_done_here_is_in_the_audit(staff: Staffed, boss: Signed, batched: Batched) -> None:
    await boss.post(f"{ROOM}/new", name="Болат", login="bolat", roles=["operator"])
    await boss.post(f"{ROOM}/bolat", name="Болат", roles=["auditor"])
    for way in ("password", "code", "unlock", "sessions", "end", "open"):
        await boss.post(f"{ROOM}/bolat/{way}")
    deeds = (await Search(batched, by_ids=True).page(Asked(who="boss"))).deeds
    assert [deed.what for deed in reversed(deeds)] == [
        "account.added",
        "account.changed",
        "account.password",
        "account.code_off",
        "account.unlocked",
        "account.sessions",
        "account.ended",
        "account.opened",
    ]
    assert {deed.detail for deed in deeds} == {"bolat", "bolat operator", "bolat auditor"}
    assert all(staff.console.words.has(f"deed.{deed.what}") for deed in deeds)

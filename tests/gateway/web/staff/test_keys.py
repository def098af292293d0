"""The room of keys, as an administrator sees it."""

import re

import pytest

from dialogs.dialogue import Dialogue
from dialogs.language import Language
from gateway.broadcasts.broadcast import Mode
from gateway.clock import Clock
from gateway.connection import Batched, Client
from gateway.staff.deeds import DEEDS
from gateway.staff.keys import Keys, Scope
from gateway.staff.roles import Role
from gateway.web.staff.keys import PREFIX, KeyRoom
from tests.gateway.web.staff.signed import Signed, staffed

GOOD: dict[str, str | list[str]] = {
    "name": "Portal ",
    "kind": "team",
    "scopes": ["broadcasts:read", "broadcasts:write"],
    "ends": "",
}


class Room:
    def __init__(self, redis: Batched, dialogue: Dialogue) -> None:
        clock = Clock()
        self.keys = Keys(redis, clock)
        self.staff = staffed(redis, dialogue.guide.words, clock)
        self.staff.console.open(KeyRoom(self.staff.console, self.keys).router())
        self.front = self.staff.front(redis)

    async def somebody(self, role: Role = Role.ADMINISTRATOR, language: Language = Language.RU) -> Signed:
        return await self.staff.signed_in(self.front, role, language=language)


@pytest.fixture
async def room(batched: Batched, dialogue: Dialogue) -> Room:
    return Room(batched, dialogue)


async def test_a_new_key_is_shown_once_and_never_again(room: Room, redis: Client) -> None:
    admin = await room.somebody()
    made = await admin.post(f"{PREFIX}/new", **GOOD)
    assert made.status_code == 200
    assert made.headers["cache-control"] == "no-store"
    (token,) = re.findall(r"kelisim_team_[0-9a-f]{8}_[\w-]{43}", made.text)
    key = await room.keys.find(token)
    assert key is not None
    assert (key.name, key.kind, key.scopes, key.by) == ("portal", Mode.TEAM, frozenset(Scope), admin.account.login)
    page = await admin.get(PREFIX)
    assert token not in page.text
    assert key.id in page.text
    told = str(await redis.xrange(DEEDS))
    assert "key.made" in told
    assert token not in told


async def test_what_is_wrong_stands_at_its_field_and_nothing_is_made(room: Room) -> None:
    admin = await room.somebody()
    wrongs: list[dict[str, str | list[str]]] = [
        {"name": "Портал"},
        {"name": "x"},
        {"name": "api:portal"},
        {"name": '"><script>'},
        {"kind": "real"},
        {"kind": ""},
        {"scopes": []},
        {"scopes": ["broadcasts:approve"]},
        {"ends": "2020-01-01"},
        {"ends": "soon"},
    ]
    for wrong in wrongs:
        answer = await admin.post(f"{PREFIX}/new", **{**GOOD, **wrong})
        assert answer.status_code == 422, wrong
        assert 'aria-invalid="true"' in answer.text
        assert "<script>" not in answer.text
    assert await room.keys.all() == []


async def test_a_revoked_key_opens_nothing_and_says_who_closed_it(room: Room) -> None:
    admin = await room.somebody()
    _, key = await room.keys.make("portal", Mode.LIVE, frozenset(Scope), "admin")
    answer = await admin.post(f"{PREFIX}/{key.id}/revoke")
    assert answer.status_code == 303
    assert not await room.keys.lives(key)
    page = await admin.get(PREFIX)
    assert admin.account.login in page.text
    assert f"{PREFIX}/{key.id}/revoke" not in page.text
    assert (await admin.post(f"{PREFIX}/00000000/revoke")).status_code == 404


async def test_only_whoever_has_the_right_sees_or_makes_keys(room: Room) -> None:
    for role in set(Role) - {Role.ADMINISTRATOR}:
        somebody = await room.somebody(role)
        assert (await somebody.get(PREFIX)).status_code == 403
        assert (await somebody.get(f"{PREFIX}/new")).status_code == 403
        assert (await somebody.post(f"{PREFIX}/new", **GOOD)).status_code == 403
        assert (await somebody.post(f"{PREFIX}/00000000/revoke")).status_code == 403
    admin = await room.somebody()
    foreign = await admin.browser.post(f"{PREFIX}/new", data={**GOOD, "csrf": "another"})
    assert foreign.status_code == 403
    assert await room.keys.all() == []


@pytest.mark.parametrize("language", Language)
async def test_every_page_is_there_in_both_languages(room: Room, language: Language) -> None:
    admin = await room.somebody(language=language)
    await room.keys.make("portal", Mode.TEST, frozenset({Scope.READ}), "admin")
    for path in (PREFIX, f"{PREFIX}/new"):
        page = await admin.get(path)
        assert page.status_code == 200
        assert f'<html lang="{language}"' in page.text
        assert "staff.keys" not in page.text

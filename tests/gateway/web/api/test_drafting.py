"""A program writes its draft anew, has people found for it, and learns what it will cost."""

from collections.abc import Mapping
from datetime import date

import msgspec
import pytest

from dialogs.broadcasts.states import State
from dialogs.language import Language
from gateway.broadcasts.broadcast import Mode
from gateway.connection import Client
from gateway.staff.keys import Scope
from tests.dialogs.open_matters import offer
from tests.dialogs.registry import PAVEL
from tests.gateway.web.api.programs import GOOD, TEAM, Office, Program

PHONES = {"kk": "+77010000001", "ru": "+77010000002"}
FEW = [{"phone": f"+7799000010{number}", "values": {"Аты": "Айгүл"}} for number in range(3)]


async def found(program: Program, name: str, **wanted: object) -> dict[str, object]:
    answer = await program.http.put(f"/api/broadcasts/{name}/audience", json=wanted)
    assert (answer.status_code, answer.json()["list"]["state"]) == (202, "reading"), answer.text
    known: dict[str, object] = (await program.read(name))["list"]
    return known


async def offered(redis: Client) -> None:
    """A transport to somebody who speaks Kazakh, and one to somebody who speaks Russian."""
    for number, (language, phone) in enumerate(PHONES.items()):
        citizen = msgspec.structs.replace(PAVEL, iin=f"90010130012{number}", language=Language(language))
        one = offer(date(2026, 11, 25), citizen, phones=(phone,), id=f"O-{number}")
        await redis.set(f"{{s0{number}}}:matter:{one.id}", msgspec.json.encode(one))


async def test_a_draft_is_written_anew_and_what_is_not_named_stays(office: Office) -> None:
    program = await office.program()
    name = await program.made(FEW)
    texts = {"kk": "Жаңа: {Аты}", "ru": "Новое: {Аты}"}
    for told in ({"texts": texts}, {"title": "Түзетілді", "otherwise": "ru"}, {}, {"texts": texts}):
        answer = await program.http.patch(f"/api/broadcasts/{name}", json=told)
        assert answer.status_code == 200, answer.text
    known = (await program.get(f"/{name}")).json()
    assert (known["title"], known["texts"], known["otherwise"]) == ("Түзетілді", texts, "ru")
    assert known["list"]["recipients"] == 3
    changes = (await office.broadcasts.load(name)).changes
    assert [one.what for one in changes] == ["made", "list", "written", "written"]


async def test_what_has_started_is_written_anew_only_after_it_was_taken_back(office: Office) -> None:
    program = await office.program()
    name = await program.made(FEW)
    await program.post(f"/{name}/start", once="start", json={"starts": "2026-12-01T10:00:00+05:00"})
    for answer in (
        await program.http.patch(f"/api/broadcasts/{name}", json={"title": "Түзетілді"}),
        await program.http.put(f"/api/broadcasts/{name}/audience", json={}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (409, "not_now")
    assert (await program.post(f"/{name}/take-back", once="back")).json()["state"] == "draft"
    assert (await program.post(f"/{name}/take-back", once="back")).headers["idempotent-replayed"] == "true"
    assert (await program.http.patch(f"/api/broadcasts/{name}", json={"title": "Түзетілді"})).status_code == 200
    assert (await program.post(f"/{name}/take-back", once="again")).json()["code"] == "not_now"


@pytest.mark.parametrize(
    ("wanted", "recipients"),
    [
        ({}, 2),
        ({"language": "ru"}, 1),
        ({"service": "special_transport_wheelchair", "stage": "proactive:asked", "telegram": False}, 2),
        ({"telegram": True}, 0),
        ({"service": "sanatorium_treatment"}, 0),
        ({"region": "Ұлытау облысы"}, 0),
    ],
)
async def test_a_live_key_reaches_whom_the_assistant_knows(
    office: Office, redis: Client, wanted: Mapping[str, object], recipients: int
) -> None:
    await offered(redis)
    program = await office.program(Mode.LIVE)
    name = await program.made()
    known = await found(program, name, **wanted)
    assert known["recipients"] == recipients
    if not recipients:
        assert (known["state"], known["refused"]["code"]) == ("empty", "found_nobody")  # type: ignore[index]
        return
    assert known["columns"] == ["Аты", "Имя"]
    assert (await program.post(f"/{name}/start", once="start")).json()["state"] == "scheduled"
    await office.whole.until(await office.whole.store.load(name), lambda one, _: one.state is State.DONE)
    assert await program.counts(name) == {"accepted": recipients}


async def test_a_team_key_reaches_of_them_the_team(office: Office, redis: Client) -> None:
    await offered(redis)
    await office.colleague(TEAM)
    program = await office.program(Mode.TEAM)
    name = await program.made()
    known = await found(program, name)
    assert (known["recipients"], known["faulty"]) == (1, 1)


async def test_a_test_key_finds_nobody_but_a_number_of_every_kind(office: Office, redis: Client) -> None:
    await offered(redis)
    program = await office.program()
    name = await program.made()
    assert (await found(program, name, language="kk"))["recipients"] == 4
    await program.post(f"/{name}/start", once="start")
    await office.whole.until(await office.whole.store.load(name), lambda one, _: one.state is State.DONE)
    await office.simulated.ring()
    assert await program.counts(name) == {"delivered": 1, "failed": 1, "accepted": 1, "opted_out": 1}
    assert office.whole.carrier.letters == []


async def test_what_it_costs_is_told_before_it_starts(office: Office) -> None:
    program = await office.program()
    name = await program.made()
    nobody = (await program.get(f"/{name}/estimate")).json()
    assert (nobody["recipients"], nobody["parts"], nobody["tenge"]) == (0, 0, 0)
    await program.put(name, "phone;Аты\n+77990000101;Айгүл\n+77990000102;Ербол\n".encode())
    await program.read(name)
    told = (await program.get(f"/{name}/estimate")).json()
    price = office.broadcasts.price / 100
    assert (told["recipients"], told["parts"], told["tenge"], told["exact"]) == (2, 2, 2 * price, True)
    assert told["by_language"] == {"kk": {"usual": 1, "most": 1}, "ru": {"usual": 1, "most": 1}}
    long = {"kk": "ә" * 300, "ru": "Привет"}
    await program.http.patch(f"/api/broadcasts/{name}", json={"texts": long})
    told = (await program.get(f"/{name}/estimate")).json()
    assert (told["by_language"]["kk"]["most"], told["too_long"]) == (5, 2)
    assert (await program.post(f"/{name}/start", once="start")).json()["code"] == "too_long"


@pytest.mark.parametrize(
    ("path", "told", "field"),
    [
        ("", {"title": ""}, "body.title"),
        ("", {"texts": {"kk": "Сәлем"}}, "body.texts.ru"),
        ("", {"otherwise": "en"}, "body.otherwise"),
        ("", {"state": "done"}, "body.state"),
        ("", [], "body"),
        ("/audience", {"service": "no such service"}, "body.service"),
        ("/audience", {"stage": "asked"}, "body.stage"),
        ("/audience", {"telegram": "yes"}, "body.telegram"),
        ("/audience", {"city": "Алматы"}, "body.city"),
    ],
)
async def test_what_is_wrong_is_named_and_nothing_changes(
    office: Office, path: str, told: object, field: str
) -> None:
    program = await office.program()
    name = await program.made(FEW)
    before = (await program.get(f"/{name}")).json()
    method = "PUT" if path else "PATCH"
    answer = await program.http.request(method, f"/api/broadcasts/{name}{path}", json=told)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)
    assert (await program.get(f"/{name}")).json() == before


async def test_nobody_else_writes_it_anew_nor_chooses_its_people(office: Office) -> None:
    name = await (await office.program()).made(FEW)
    stranger = await office.program(name="other")
    reader = await office.program(scopes=frozenset({Scope.READ}))
    for program, status in ((stranger, 404), (reader, 403)):
        for method, path in (("PATCH", ""), ("PUT", "/audience")):
            answer = await program.http.request(method, f"/api/broadcasts/{name}{path}", json={})
            assert answer.status_code == status
    assert (await stranger.get(f"/{name}/estimate")).status_code == 404
    assert (await reader.get(f"/{name}/estimate")).status_code == 200
    assert (await office.broadcasts.load(name)).title == GOOD["title"]

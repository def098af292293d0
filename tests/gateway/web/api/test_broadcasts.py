"""A program writes a broadcast, sends it, and learns what became of it."""

import csv
from datetime import timedelta
from io import StringIO

import pytest

from dialogs.broadcasts.states import State
from gateway.broadcasts.broadcast import Mode
from gateway.clock import SandboxClock
from gateway.staff.keys import Scope
from tests.gateway.broadcasts.sending import NOON
from tests.gateway.web.api.programs import GOOD, TEAM, Office, Program

DELIVERS, FAILS, LATER, STOPPED = (f"+7799000000{number}" for number in (1, 2, 3, 4))
PEOPLE = [{"phone": phone, "values": {"Аты": "Айгүл"}} for phone in (DELIVERS, FAILS, LATER, STOPPED)]


def people(number: int) -> list[dict[str, object]]:
    return [{"phone": f"+7701000000{place}", "values": {"Аты": "Ербол"}} for place in range(number)]


async def through(office: Office, program: Program, name: str) -> dict[str, int]:
    await office.whole.until(await office.whole.store.load(name), lambda known, _: known.state is State.DONE)
    await office.simulated.ring()
    return await program.counts(name)


async def test_from_four_rows_to_what_became_of_each(office: Office) -> None:
    program = await office.program()
    name = await program.made([*PEOPLE, {"phone": "12"}, {"iin": "900101300017"}, {"phone": DELIVERS}])
    known = (await program.get(f"/{name}")).json()
    assert (known["state"], known["mode"], known["list"]["columns"]) == ("draft", "test", ["Аты"])
    assert [known["list"][count] for count in ("rows", "recipients", "faulty", "duplicates")] == [7, 5, 1, 1]
    wrong = (await program.get(f"/{name}/faults")).json()["faults"]
    assert [(one["row"], one["column"], one["reason"]["code"]) for one in wrong] == [
        (6, "phone", "phone_digits"),
        (8, "phone", "duplicate"),
    ]
    assert all(one["reason"]["kk"] and one["reason"]["ru"] for one in wrong)
    started = await program.post(f"/{name}/start", once="start")
    assert started.json()["state"] == "scheduled"
    assert await through(office, program, name) == {"delivered": 2, "failed": 1, "accepted": 1, "opted_out": 1}
    assert isinstance(office.whole.clock, SandboxClock)
    await office.whole.clock.move(NOON + timedelta(minutes=2))
    await office.simulated.ring()
    assert await program.counts(name) == {"delivered": 3, "failed": 1, "opted_out": 1}
    lines = list(csv.DictReader(StringIO((await program.get(f"/{name}/outcomes.csv")).text)))
    became = {(line["row"], line["phone_ends"], line["status"]) for line in lines}
    assert became >= {("2", "0001", "delivered"), ("3", "0002", "failed"), ("5", "0004", "opted_out")}
    assert office.whole.carrier.letters == []
    again = await program.post(f"/{name}/again", once="again")
    assert (again.status_code, again.json()["round"]) == (200, 1)


async def test_pages_hold_everybody_once(office: Office) -> None:
    program = await office.program()
    name = await program.made([{"phone": f"+7799{number:07}"} for number in range(100, 150)])
    for path, what in (("outcomes", "outcomes"), ("faults", "faults")):
        found, after, pages = [], "", 0
        while after is not None:
            page = (await program.get(f"/{name}/{path}", limit="7", **({"after": after} if after else {}))).json()
            found += [one["row"] for one in page[what]]
            after, pages = page["next"], pages + 1
        assert sorted(found) == (list(range(2, 52)) if path == "outcomes" else [])
    waiting = (await program.get(f"/{name}/outcomes", status="waiting", limit="1000")).json()["outcomes"]
    assert len(waiting) == 50
    assert (await program.get(f"/{name}/outcomes", status=["failed", "delivered"])).json()["outcomes"] == []
    for wrong in ("x", "1", "1.x", "-1.1", "999.1", "0.99999999"):
        answer = await program.get(f"/{name}/outcomes", after=wrong)
        assert answer.status_code in (200, 422), wrong
    assert (await program.get(f"/{name}/faults", after="x")).status_code == 422


async def test_faults_are_told_a_page_at_a_time(office: Office) -> None:
    program = await office.program()
    name = await program.made([{"phone": f"{number}"} for number in range(20)] + [{"phone": DELIVERS}])
    rows, after = [], ""
    while after is not None:
        page = (await program.get(f"/{name}/faults", limit="6", **({"after": after} if after else {}))).json()
        rows += [one["row"] for one in page["faults"]]
        after = page["next"]
    assert rows == list(range(2, 22))
    assert (await program.get(f"/{name}/faults", after="3")).status_code == 422


async def test_a_list_may_come_as_a_file(office: Office) -> None:
    program = await office.program()
    name = await program.made()
    table = "телефон;Аты\n" + "".join(f"+7799{number:07};Адам\n" for number in range(2000))
    for body, kind in ((table.encode("utf-16"), "text/csv"), (table.encode("utf-8-sig"), "application/octet-stream")):
        answer = await program.put(name, body, kind, params={"file": "күз.csv"})
        assert (answer.status_code, answer.json()["list"]["state"]) == (202, "reading")
        known = await program.read(name)
        assert (known["list"]["recipients"], known["list"]["name"]) == (2000, "күз.csv")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "not_a_table"),
        ("Аты;Күні\nА;Б\n".encode(), "headings"),
        (b"\xff\xfe\x00\xd8" * 20, "not_a_table"),
    ],
)
async def test_what_is_no_list_is_refused_with_a_reason_and_the_one_before_stays(
    office: Office, body: bytes, code: str
) -> None:
    program = await office.program()
    name = await program.made(PEOPLE)
    assert (await program.put(name, body)).status_code == 202
    known = (await program.read(name))["list"]
    assert (known["state"], known["recipients"], known["refused"]["code"]) == ("ready", 4, code)


async def test_what_cannot_be_read_as_a_list_is_refused_at_once(office: Office) -> None:
    program = await office.program()
    name = await program.made()
    assert (await program.put(name, b"")).json()["code"] == "empty"
    assert (await program.put(name, b"x", "multipart/form-data; boundary=x")).status_code == 415
    packed = {"Content-Encoding": "gzip", "Content-Type": "text/csv"}
    assert (await program.http.put(f"/api/broadcasts/{name}/list", content=b"x", headers=packed)).status_code == 415
    assert (await program.put(name, b"x" * (1 << 20) + b"x")).status_code == 413
    assert (await program.get(f"/{name}")).json()["list"]["state"] == "empty"
    assert list(office.lists.folder("x").parent.iterdir()) == []


async def test_a_live_one_to_many_waits_for_a_second_person_and_no_key_is_one(office: Office) -> None:
    program = await office.program(Mode.LIVE)
    few = await program.made(people(3), "few")
    many = await program.made(people(4), "many")
    assert (await program.post(f"/{few}/start", once="a")).json()["state"] == "scheduled"
    assert (await program.post(f"/{many}/start", once="b")).json()["state"] == "waiting"
    assert (await program.post(f"/{many}/approve", once="c")).status_code == 404
    await office.broadcasts.approve(many, "erlan")
    await office.whole.until(await office.whole.store.load(many), lambda known, _: known.state is State.DONE)
    assert await program.counts(many) == {"accepted": 4}


async def test_live_and_team_refuse_numbers_that_nobody_has(office: Office) -> None:
    await office.colleague()
    for kind in (Mode.LIVE, Mode.TEAM):
        program = await office.program(kind)
        name = await program.made([{"phone": TEAM}, {"phone": DELIVERS}], f"{kind}")
        wrong = (await program.get(f"/{name}/faults")).json()["faults"]
        assert [(one["row"], one["reason"]["code"]) for one in wrong] == [(3, "simulated")]
        assert wrong[0]["reason"]["kk"]


async def test_team_reaches_the_phones_of_staff_and_nobody_else(office: Office) -> None:
    await office.colleague()
    await office.colleague("+77010000002", ended=True)
    program = await office.program(Mode.TEAM)
    name = await program.made(people(4))
    wrong = (await program.get(f"/{name}/faults")).json()["faults"]
    assert {one["row"] for one in wrong} == {2, 4, 5}
    assert {one["reason"]["code"] for one in wrong} == {"not_team"}
    await program.post(f"/{name}/start", once="start")
    assert await through(office, program, name) == {"accepted": 1}
    assert office.whole.carrier.phones == [TEAM]


async def test_a_program_sees_its_own_and_nothing_else(office: Office) -> None:
    mine, live = await office.program(), await office.program(Mode.LIVE)
    other, next_key = await office.program(name="other"), await office.program()
    names = [await mine.made(once=str(number)) for number in range(3)]
    of_staff = await office.broadcasts.make("aigul", "Басқа", (await office.broadcasts.load(names[0])).texts)
    for foreign in (live, other):
        assert (await foreign.get()).json() == {"broadcasts": [], "next": None}
        for path in ("", "/counts", "/outcomes", "/outcomes.csv", "/faults"):
            assert (await foreign.get(f"/{names[0]}{path}")).status_code == 404
        for step in ("start", "pause", "resume", "cancel", "again"):
            assert (await foreign.post(f"/{names[0]}/{step}", once=step)).status_code == 404
        assert (await foreign.put(names[0], b"phone\n1\n")).status_code == 404
    assert (await mine.get(f"/{of_staff.id}")).status_code == 404
    assert (await mine.get("/00000000")).status_code == 404
    page = (await next_key.get(limit="2")).json()
    assert [one["id"] for one in page["broadcasts"]] == names[:0:-1]
    page = (await next_key.get(limit="2", before=page["next"])).json()
    assert [one["id"] for one in page["broadcasts"]] == names[:1]


async def test_pause_resume_and_cancel(office: Office) -> None:
    program = await office.program()
    name = await program.made(PEOPLE)
    steps = [("start", 200), ("pause", 409), ("cancel", 200), ("resume", 409), ("start", 409), ("again", 409)]
    for number, (step, status) in enumerate(steps):
        answer = await program.post(f"/{name}/{step}", once=f"{number}")
        assert answer.status_code == status, answer.text
        if status == 409:
            assert answer.json()["code"] == "not_now"
            assert answer.headers["content-type"] == "application/problem+json"
    assert (await program.get(f"/{name}")).json()["state"] == "cancelled"


async def test_what_is_not_whole_cannot_start_and_says_what_is_missing(office: Office) -> None:
    program = await office.program()
    name = await program.made()
    assert (await program.post(f"/{name}/start", once="1")).json()["code"] == "no_list"
    await program.put(name, b"phone\n" + DELIVERS.encode())
    await program.read(name)
    answer = (await program.post(f"/{name}/start", once="2")).json()
    assert answer["code"] == "texts"
    assert {one["field"] for one in answer["errors"]} == {"texts.kk", "texts.ru"}
    assert "{Аты}" in answer["errors"][0]["reason"]


async def test_its_hour_may_be_told_when_it_is_made_or_started(office: Office) -> None:
    program = await office.program()
    told = {**GOOD, "starts": "2026-11-27T10:00:00+05:00", "otherwise": "ru", "recipients": PEOPLE}
    names = []
    for number in range(2):
        made = (await program.post(once=f"make {number}".replace(" ", "-"), json=told)).json()
        assert (made["starts"], made["otherwise"]) == ("2026-11-27T10:00:00+05:00", "ru")
        names.append(made["id"])
        await program.read(made["id"])
    later = {"starts": "2026-11-28T10:00:00Z"}
    assert (await program.post(f"/{names[0]}/start", once="a")).json()["starts"] == "2026-11-27T10:00:00+05:00"
    assert (await program.post(f"/{names[1]}/start", once="b", json=later)).json()["starts"].startswith("2026-11-28")


async def test_who_may_only_read_changes_nothing(office: Office) -> None:
    reader, writer = await office.program(scopes=frozenset({Scope.READ})), await office.program()
    name = await writer.made(PEOPLE)
    assert (await reader.get(f"/{name}")).status_code == 200
    for answer in (
        await reader.post(once="x", json=GOOD),
        await reader.put(name, b"x"),
        *[await reader.post(f"/{name}/{step}", once=step) for step in ("start", "pause", "cancel")],
    ):
        assert answer.status_code == 403
        assert "broadcasts:write" in answer.headers["www-authenticate"]
    only_writes = await office.program(scopes=frozenset({Scope.WRITE}))
    assert (await only_writes.get(f"/{name}")).status_code == 403
    assert (await only_writes.post(f"/{name}/start", once="y")).status_code == 200


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": ""},
        {"title": "x" * 101},
        {"texts": {"kk": "Сәлем"}},
        {"texts": {"kk": " ", "ru": "Привет"}},
        {"texts": {"kk": "x" * 1001, "ru": "Привет"}},
        {"otherwise": "en"},
        {"starts": "tomorrow"},
        {"starts": "2026-11-27T10:00:00"},
        {"recipients": []},
        {"recipients": [{}]},
        {"recipients": [{"phone": 77010000001}]},
        {"recipients": [{"phone": "1"}] * 10_001},
        {"recipients": [{"phone": "1", "values": {"phone": "x"}}]},
        {"recipients": [{"phone": "1", "values": {"a{b": "x"}}]},
        {"recipients": [{"phone": "1", "values": {"a": "x\u0000"}}]},
        {"mode": "live"},
        {"id": "00000000"},
    ],
)
async def test_what_is_wrong_with_a_broadcast_is_named_and_nothing_is_made(
    office: Office, wrong: dict[str, object]
) -> None:
    program = await office.program()
    answer = await program.post(once="x", json={**GOOD, **wrong})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"].startswith("body")
    assert (await program.get()).json()["broadcasts"] == []


async def test_what_is_no_json_in_utf8_is_refused(office: Office) -> None:
    program = await office.program()
    json = {"Content-Type": "application/json", "Idempotency-Key": "x"}
    bodies = (b"", b"{", "{}".encode("utf-16"), b'{"title": "\xff"}', b'{"title": 1, "title": 2}', b"[" * 100_000)
    for body in bodies:
        answer = await program.http.post("/api/broadcasts", content=body, headers=json)
        assert answer.status_code == 422, body[:20]
    large = b'{"title": "' + b"x" * (8 << 20) + b'"}'
    assert (await program.http.post("/api/broadcasts", content=large, headers=json)).status_code == 413
    form = {**json, "Content-Type": "text/xml"}
    assert (await program.http.post("/api/broadcasts", content=b"<a/>", headers=form)).status_code == 415

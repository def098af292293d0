"""The room of the inbox: who may enter, what is masked and audited, and that no words of a person become a page."""

import asyncio
import re
from datetime import datetime

import msgspec
import pytest

from dialogs.dialogue import Dialogue
from dialogs.errands import Write
from dialogs.language import Language
from gateway.channels import Letter
from gateway.clock import ALMATY, Clock
from gateway.connection import Batched, Client
from gateway.inbox.case import State
from gateway.inbox.inbox import Inbox
from gateway.inbox.quick import QuickAnswers
from gateway.staff.deeds import DEEDS
from gateway.staff.roles import Role
from gateway.web.staff.console import Visit
from gateway.web.staff.inbox import PREFIX, InboxRoom, signed_in
from gateway.web.staff.inbox_lines import hidden
from gateway.web.staff.live import Live
from tests.gateway.web.staff.signed import Signed, staffed

PHONE = "+77011234567"
ADDRESS = f"sms:{PHONE}"
NASTY = '<script>alert(1)</script> {{ 7 * 7 }} "onclick="x'
FORM = "a-form-token-of-a-test"


class Room:
    def __init__(self, redis: Batched, dialogue: Dialogue) -> None:
        clock = Clock()
        self.redis = redis
        self.staff = staffed(redis, dialogue.guide.words, clock)
        self.inbox = Inbox(redis, dialogue.guide.words, clock, wake=lambda _: None, wake_errands=lambda _: None)
        room = InboxRoom(self.staff.console, self.inbox, QuickAnswers(redis), signed_in(self.staff.sessions))
        self.staff.console.open(room.router())
        self.room = room
        self.front = self.staff.front(redis)

    async def somebody(self, role: Role = Role.OPERATOR, login: str = "") -> Signed:
        return await self.staff.signed_in(self.front, role, login=login)

    async def asked(self, text: str = "Когда привезут?", address: str = ADDRESS) -> str:
        await self.inbox.heard(Write(text, "ru", "asked"), address, f"m-{text}-{address}", Clock().now().timestamp())
        _, case = await self.inbox.desk.load(address)
        assert case is not None
        return case.id

    async def letters(self) -> list[Letter]:
        found = []
        for number in range(16):
            for _, fields in await self.redis("XRANGE", f"{{s{number:02}}}:outbox", "-", "+"):
                found.append(msgspec.json.decode(fields[b"letter"], type=Letter))
        return found

    async def deeds(self) -> list[str]:
        stored = await self.redis("XRANGE", DEEDS, "-", "+")
        return [msgspec.json.decode(fields[b"deed"])["what"] for _, fields in stored]


def visit_of(signed: Signed) -> Visit:
    return Visit(
        account=signed.account,
        session=signed.session,
        csrf=signed.csrf,
        language=Language.RU,
        now=datetime.now(ALMATY),
        path=PREFIX,
        here=PREFIX,
    )


@pytest.fixture
async def room(batched: Batched, dialogue: Dialogue) -> Room:
    return Room(batched, dialogue)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.OPERATOR])
async def test_only_operators_enter(room: Room, role: Role) -> None:
    name = await room.asked()
    visitor = await room.somebody(role)
    for path in (
        PREFIX,
        f"{PREFIX}/case/{name}",
        f"{PREFIX}/case/{name}/lines",
        f"{PREFIX}/quick",
        f"{PREFIX}/stream",
    ):
        assert (await visitor.get(path)).status_code == 403
    for act in ("take", "answer", "note", "back", "close", "unmask"):
        assert (await visitor.post(f"{PREFIX}/case/{name}/{act}", mark=FORM)).status_code == 403
    assert await room.deeds() == []


@pytest.mark.parametrize("act", ["take", "answer", "note", "back", "close", "unmask"])
async def test_nothing_is_done_by_a_form_of_another_site(room: Room, act: str) -> None:
    name = await room.asked()
    operator = await room.somebody()
    answer = await operator.browser.post(f"{PREFIX}/case/{name}/{act}", data={"mark": FORM, "text": "x"})
    assert answer.status_code == 403
    answer = await operator.browser.post(
        f"{PREFIX}/case/{name}/{act}",
        data={"mark": FORM, "csrf": operator.csrf},
        headers={"Origin": "https://elsewhere.example", "Sec-Fetch-Site": "cross-site"},
    )
    assert answer.status_code == 403
    _, case = await room.inbox.desk.load(ADDRESS)
    assert case is not None
    assert case.state is State.WAITING


async def test_what_a_person_writes_is_shown_as_text_and_its_numbers_are_hidden(room: Room) -> None:
    name = await room.asked(f"{NASTY} 900101300123 +7 701 765-43-21")
    operator = await room.somebody()
    for path in (PREFIX, f"{PREFIX}/case/{name}", f"{PREFIX}/case/{name}/lines"):
        page = (await operator.get(path)).text
        assert "<script>alert" not in page
        assert "&lt;script&gt;" in page
        assert "{{ 7 * 7 }}" in page
        for personal in ("900101300123", "765-43-21", PHONE, PHONE[1:]):
            assert personal not in page
        assert "••••0123" in page
        assert "••••4321" in page


async def test_hidden_numbers_are_shown_once_for_a_reason_that_the_audit_keeps(room: Room) -> None:
    name = await room.asked("900101300123")
    operator = await room.somebody()
    refused = await operator.post(f"{PREFIX}/case/{name}/unmask", reason="  ")
    assert refused.status_code == 422
    assert "900101300123" not in refused.text
    page = await operator.post(f"{PREFIX}/case/{name}/unmask", reason="Найти заявление 900101300123")
    assert "900101300123" in page.text
    assert "900101300123" not in (await operator.get(f"{PREFIX}/case/{name}")).text
    stored = str(await room.redis("XRANGE", DEEDS, "-", "+"))
    assert "inbox.unmasked" in stored
    assert "900101300123" not in stored
    assert PHONE not in stored


async def test_every_view_and_every_act_is_a_deed(room: Room) -> None:
    name = await room.asked()
    operator = await room.somebody()
    await operator.get(f"{PREFIX}/case/{name}")
    await operator.get(f"{PREFIX}/case/{name}/lines")  # the same look goes on
    for number, act in enumerate(("take", "answer", "note", "back", "take", "close")):
        fields = {"mark": f"{FORM}-{number}", "text": "Завтра", "note": "Проверить"}
        assert (await operator.post(f"{PREFIX}/case/{name}/{act}", **fields)).status_code == 303, act
    done = ["seen", "taken", "answered", "noted", "returned", "taken", "closed"]
    assert await room.deeds() == [f"inbox.{one}" for one in done]


async def test_an_answer_that_is_sent_off_twice_leaves_once(room: Room) -> None:
    name = await room.asked()
    operator = await room.somebody()
    await operator.post(f"{PREFIX}/case/{name}/take", mark=f"{FORM}-take")
    sent = await asyncio.gather(
        *(operator.post(f"{PREFIX}/case/{name}/answer", mark=FORM, text="Завтра") for _ in range(5))
    )
    assert {answer.status_code for answer in sent} == {303}
    (letter,) = await room.letters()
    assert (letter.text, letter.address) == ("Специалист: Завтра", ADDRESS)


async def test_what_cannot_be_sent_is_told_and_the_words_stay_in_the_form(room: Room) -> None:
    name = await room.asked()
    operator = await room.somebody()
    early = await operator.post(f"{PREFIX}/case/{name}/answer", mark=FORM, text="Завтра")
    assert early.status_code == 409
    await operator.post(f"{PREFIX}/case/{name}/take", mark=f"{FORM}-take")
    for number, text in enumerate(("ж" * 500, "  ")):
        answer = await operator.post(f"{PREFIX}/case/{name}/answer", mark=f"{FORM}-{number}", text=text)
        assert answer.status_code == 409
        assert 'role="alert"' in answer.text
        assert text.strip() in answer.text
    assert await room.letters() == []


async def test_two_operators_and_one_person(room: Room) -> None:
    name = await room.asked()
    first, second = await room.somebody(), await room.somebody()
    assert (await first.post(f"{PREFIX}/case/{name}/take", mark=f"{FORM}-1")).status_code == 303
    refused = await second.post(f"{PREFIX}/case/{name}/take", mark=f"{FORM}-2")
    assert refused.status_code == 409
    assert (await second.post(f"{PREFIX}/case/{name}/close", mark=f"{FORM}-3")).status_code == 409
    await room.staff.sessions.end(first.account.login, first.session)
    assert "take" in (await second.get(PREFIX)).text
    assert (await second.post(f"{PREFIX}/case/{name}/take", mark=f"{FORM}-4")).status_code == 303
    assert (await room.deeds())[-1] == "inbox.taken_over"


async def test_an_unknown_case_leads_back_to_the_queue(room: Room) -> None:
    operator = await room.somebody()
    gone = await operator.get(f"{PREFIX}/case/07-0123456789abcdef")
    assert (gone.status_code, gone.headers["location"]) == (303, PREFIX)
    assert (await operator.get(f"{PREFIX}/case/nothing")).status_code == 422
    assert (await operator.get(f"{PREFIX}/case/07-0123456789abcdef/lines")).status_code == 404


async def test_ready_answers_are_kept_in_both_languages(room: Room) -> None:
    operator = await room.somebody()
    half = await operator.post(f"{PREFIX}/quick", title="Часы", kk="", ru="До 17:30")
    assert half.status_code == 422
    assert "До 17:30" in half.text
    await operator.post(f"{PREFIX}/quick", title="Часы", kk="17:30 дейін", ru="До 17:30")
    page = (await operator.get(f"{PREFIX}/quick")).text
    (name,) = set(re.findall(r'name="name" value="([0-9a-f]{12})"', page))
    await operator.post(f"{PREFIX}/quick", title="Часы работы", kk="17:30 дейін", ru=NASTY, name=name)
    page = (await operator.get(f"{PREFIX}/quick")).text
    assert "Часы работы" in page
    assert "<script>alert" not in page
    await operator.post(f"{PREFIX}/quick/drop", name=name)
    assert "Часы работы" not in (await operator.get(f"{PREFIX}/quick")).text


async def test_a_live_stream_tells_numbers_only_and_ends_with_the_session(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.web.staff.live.EVERY", 0.01)
    monkeypatch.setattr("gateway.web.staff.live.HEARTBEAT", 0.02)
    operator = await room.somebody()
    told: list[str] = []

    async def look() -> dict[str, object]:
        return {"waiting": await room.inbox.waiting()}

    async for event in Live(room.staff.console, look).events(visit_of(operator)):
        told.append(event)
        if "beat" in event and len(told) < 4:
            await room.asked()
        if '"waiting": 1' in event:
            await room.staff.sessions.end(operator.account.login, operator.session)
    assert any('"waiting": 0' in event for event in told)
    assert any('"waiting": 1' in event for event in told)
    assert PHONE not in "".join(told)


async def test_a_live_stream_ends_with_the_program(room: Room) -> None:
    operator = await room.somebody()

    async def look() -> dict[str, object]:
        room.staff.console.closing.set()
        return {}

    async with asyncio.timeout(60):
        told = [one async for one in Live(room.staff.console, look).events(visit_of(operator))]
    assert len(told) == 2


def test_numbers_are_hidden_however_they_are_written() -> None:
    for text in ("900101300123", "900101 300123", "8(701)765-43-21", "+7 701 765 43 21", "KZ 8701765 4321"):
        assert "••••" in hidden(text), text
        assert len(re.sub(r"\D", "", hidden(text))) == 4, text
    for text in ("26 ноября", "17:30", "472", "до 2026-11-26", "комната 214, этаж 3"):
        assert hidden(text) == text


async def test_redis_holds_no_session_token_with_the_case(room: Room, redis: Client) -> None:
    name = await room.asked()
    operator = await room.somebody()
    await operator.post(f"{PREFIX}/case/{name}/take", mark=FORM)
    stored, _ = await room.inbox.desk.load(ADDRESS)
    assert stored is not None
    assert operator.session.encode() not in stored
    assert operator.csrf.encode() not in stored

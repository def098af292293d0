"""The rooms of matters and of a person, after real offers, answers and relays."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from markupsafe import escape
from msgspec import structs

from dialogs.dialogue import Dialogue
from dialogs.language import Language
from dialogs.matters.matter import Kind
from gateway.broadcasts.rolls import Recipient
from gateway.connection import Batched, Client
from gateway.journal.index import JournalIndex
from gateway.journal.pages import JournalPages
from gateway.matters.board import Board
from gateway.matters.shelves import SHELVES, Shelf
from gateway.matters.store import home_of
from gateway.staff.roles import Role
from gateway.web.front import Front
from gateway.web.staff.matters import MattersRoom
from gateway.web.staff.person import PersonRoom
from tests.gateway.affairs import AIGUL, FRIDAY, MONDAY, OTHER, PAVEL, PHONE, Affairs, Hands, opened, put_together
from tests.gateway.broadcasts.sending import Desk, desk
from tests.gateway.ministry import problem
from tests.gateway.web.staff.signed import Signed, Staffed, staffed

ASKED = Shelf(Kind.PROACTIVE, "asked")


@pytest.fixture
async def affairs(redis: Client, dialogue: Dialogue) -> AsyncIterator[Affairs]:
    async with put_together(redis, dialogue, Hands()) as together:
        yield together


@pytest.fixture
async def cast(batched: Batched) -> AsyncIterator[Desk]:
    async with desk(batched) as whole:
        yield whole


@pytest.fixture
def staff(affairs: Affairs, batched: Batched, dialogue: Dialogue) -> Staffed:
    staff = staffed(batched, dialogue.guide.words, affairs.clock)
    pages = JournalPages(batched, JournalIndex(batched))
    staff.console.open(
        MattersRoom(staff.console, batched, affairs.backlog).router(),
        PersonRoom(staff.console, batched, pages).router(),
    )
    return staff


@pytest.fixture
async def operator(staff: Staffed, front: Front) -> Signed:
    return await staff.signed_in(front, Role.OPERATOR)


@pytest.fixture
async def auditor(staff: Staffed, front: Front) -> Signed:
    return await staff.signed_in(front, Role.AUDITOR)


async def counted(batched: Batched) -> dict[tuple[str, str], int]:
    return {(one.kind, one.state): number for one, number in (await Board(batched).counts()).items() if number}


async def test_an_offer_moves_from_shelf_to_shelf(affairs: Affairs, batched: Batched) -> None:
    await affairs.told(opened())
    assert await counted(batched) == {(Kind.PROACTIVE, "asked"): 1}
    matter = await affairs.matter()
    await affairs.sms(matter.no)
    assert await counted(batched) == {(Kind.PROACTIVE, "refusing"): 1}
    await affairs.until(MONDAY + timedelta(minutes=16))
    assert await counted(batched) == {(Kind.PROACTIVE, "refused"): 1}


async def test_what_nobody_answered_is_found_by_the_day_on_which_it_closed(
    affairs: Affairs, batched: Batched
) -> None:
    await affairs.told(opened())
    await affairs.until(FRIDAY)
    board = Board(batched)
    assert {one.state: number for one, number in (await board.ended(FRIDAY)).items() if number} == {"cancelled": 1}
    assert not any((await board.ended(FRIDAY + timedelta(1))).values())
    await board.sweep(FRIDAY + timedelta(91))
    assert await counted(batched) == {}


async def test_what_was_open_before_there_were_shelves_is_put_there(affairs: Affairs, batched: Batched) -> None:
    await affairs.told(opened())
    for shelf in SHELVES:
        for number in range(16):
            await batched("DEL", shelf.key(number))
    board = Board(batched)
    assert await board.fill() == 1
    assert await counted(batched) == {(Kind.PROACTIVE, "asked"): 1}
    assert await board.fill() == 0


async def test_what_is_answered_while_it_is_put_on_its_shelf_stands_on_one(
    affairs: Affairs, batched: Batched
) -> None:
    await affairs.told(opened())
    await batched("ZREM", ASKED.key(home_of(AIGUL.iin)), "matter:O-1")
    answers = [affairs.sms]

    class Between:
        """Redis, and an answer just after the first record was read."""

        def __getattr__(self, name: str) -> object:
            return getattr(batched, name)

        async def __call__(self, *command: bytes | str | int) -> object:
            told = await batched(*command)
            if command[0] == "GET" and answers:
                await answers.pop()((await affairs.matter()).yes)
            return told

    await Board(Between()).fill()  # type: ignore[arg-type]
    assert await counted(batched) == {(Kind.PROACTIVE, "consented"): 1}


async def test_lists_go_on_where_the_page_before_has_ended(affairs: Affairs, batched: Batched) -> None:
    """Most close at the same midnight."""
    for number in range(25):
        await affairs.desk.told(opened(f"O-{number}"))
    board, seen, after = Board(batched), [], None
    while True:
        found = await board.rows(ASKED, after, 4)
        seen += [row.one.id for row in found.rows]
        if (after := found.next) is None:
            break
    assert sorted(seen) == sorted(f"O-{number}" for number in range(25))


async def test_the_overview_tells_what_is_open_and_what_waits(affairs: Affairs, operator: Signed) -> None:
    await affairs.told(opened())
    page = (await operator.get("/staff/matters")).text
    assert "Ждём ответа" in page
    assert "Всё передано" in page


async def test_what_esobes_refused_can_be_told_once_more(affairs: Affairs, operator: Signed, auditor: Signed) -> None:
    await affairs.told(opened())
    affairs.ministry.answers.append(problem("404 Not Found", detail="Нұрғалиева Айгүл жоқ"))
    await affairs.sms((await affairs.matter()).yes)
    page = (await operator.get("/staff/matters")).text
    assert "O-1:1" in page
    assert "Нұрғалиева" not in page
    assert "Нұрғалиева" in (await auditor.get("/staff/matters")).text
    assert "E-Sobes не принял (404)" in (await operator.post("/staff/person", who=AIGUL.iin)).text
    answer = await operator.post("/staff/matters/again", relay="O-1:1")
    assert answer.headers["location"] == "/staff/matters"
    await affairs.settle()
    assert "O-1:1" not in (await operator.get("/staff/matters")).text
    assert "E-Sobes принял" in (await operator.post("/staff/person", who=AIGUL.iin)).text
    assert (await operator.post("/staff/matters/again", relay="O-1:1")).status_code == 303


async def test_a_list_names_nobody_to_whom_personal_data_are_not_open(
    affairs: Affairs, operator: Signed, auditor: Signed
) -> None:
    await affairs.told(opened())
    masked = (await operator.get("/staff/matters/proactive/asked")).text
    assert "Н. А. С." in masked
    for secret in (AIGUL.iin, AIGUL.name, PHONE):
        assert secret not in masked
    shown = (await auditor.get("/staff/matters/proactive/asked")).text
    for known in (AIGUL.iin, AIGUL.name, PHONE):
        assert known in shown


@pytest.mark.parametrize("path", ["/staff/matters/proactive/queued", "/staff/matters/nothing/asked"])
async def test_a_list_that_there_is_not_is_not_found(path: str, operator: Signed) -> None:
    assert (await operator.get(path)).status_code == 404


async def test_a_person_is_told_word_for_word_what_they_were_sent(
    affairs: Affairs, operator: Signed, auditor: Signed, staff: Staffed
) -> None:
    await affairs.told(opened())
    matter = await affairs.matter()
    (asked,) = await affairs.screen()
    await affairs.sms(matter.yes)
    for who in (AIGUL.iin, "8 701 123 45 67"):
        page = (await auditor.post("/staff/person", who=who)).text
        for text in await affairs.screen():
            assert escape(text) in page
        assert f"код {matter.yes}" in page
        assert "Передано согласие" in page
        assert "E-Sobes принял" in page
    assert escape(asked) in page
    masked = (await operator.post("/staff/person", who=AIGUL.iin)).text
    assert escape(asked) in masked
    for secret in (AIGUL.name, PHONE, "12.04.1968"):
        assert secret not in masked


async def test_every_look_is_written_down_with_the_person(
    affairs: Affairs, operator: Signed, staff: Staffed, batched: Batched
) -> None:
    await affairs.told(opened())
    await operator.post("/staff/person", who=PHONE)
    await operator.post("/staff/person", who=AIGUL.iin, reason="complaint")
    seen = [line[b"deed"].decode() for _, line in await batched("XRANGE", "{staff}:deeds", "-", "+")]
    assert ["person.unmasked" in line for line in seen] == [False, False, False, True]
    assert "complaint" in seen[-1]
    assert staff.deeds.mark(AIGUL.iin) in seen[-1]
    assert not any(AIGUL.iin in line or PHONE in line for line in seen)


async def test_with_a_reason_personal_data_are_open_for_one_look(affairs: Affairs, operator: Signed) -> None:
    await affairs.told(opened())
    page = (await operator.post("/staff/person", who=PHONE, reason="asks")).text
    assert AIGUL.iin in page
    assert AIGUL.name in page
    for reason in ("", "curious"):
        page = (await operator.post("/staff/person", who=PHONE, reason=reason)).text
        assert AIGUL.name not in page


async def test_a_phone_of_several_persons_asks_whom(affairs: Affairs, auditor: Signed) -> None:
    await affairs.told(opened())
    await affairs.told(opened("O-2", person=PAVEL))
    page = (await auditor.post("/staff/person", who=PHONE)).text
    assert AIGUL.name in page
    assert PAVEL.name in page


async def test_from_a_list_the_person_opens_without_a_number_in_the_page(
    affairs: Affairs, operator: Signed, batched: Batched
) -> None:
    await affairs.told(opened())
    (row,) = (await Board(batched).rows(ASKED)).rows
    page = (await operator.post("/staff/person", record=f"{row.place.shard}:{row.place.record}")).text
    assert "Запрос согласия" in page


@pytest.mark.parametrize("record", ["", "x", "99:matter:O-1", "3:session:sms:+77011234567", "3:matter:none", "3"])
async def test_a_record_that_is_none_finds_nobody(record: str, operator: Signed) -> None:
    answer = await operator.post("/staff/person", record=record, who="12")
    assert answer.status_code == 422
    assert "Это не ИИН" in answer.text


async def test_of_somebody_unknown_it_says_so(affairs: Affairs, operator: Signed) -> None:
    for who in (OTHER, "550301300456"):
        assert "человека мы не знаем" in (await operator.post("/staff/person", who=who)).text


async def test_what_the_office_has_to_look_at_and_words_in_kazakh(
    affairs: Affairs, staff: Staffed, front: Front
) -> None:
    operator = await staff.signed_in(front, Role.OPERATOR, language=Language.KK)
    await affairs.told(opened())
    assert "Жауап күтіліп отыр" in (await operator.get("/staff/matters")).text


async def test_how_somebody_is_reached_is_shown(affairs: Affairs, operator: Signed) -> None:
    await affairs.told(opened())
    await affairs.link("chat:demo")
    assert "чат подключён" in (await operator.post("/staff/person", who=PHONE)).text
    await affairs.sms("не мой номер")
    page = (await operator.post("/staff/person", who=AIGUL.iin)).text
    assert "сказали «не мой номер», не пишем" in page
    assert "«Не мой номер»" in page


async def test_long_numbers_in_words_are_hidden(affairs: Affairs, operator: Signed) -> None:
    await affairs.told(opened())
    matter = await affairs.matter()
    await affairs.sms(f"{matter.yes} мой иин {AIGUL.iin}, Айгүл")
    page = (await operator.post("/staff/person", who=PHONE)).text
    assert AIGUL.iin not in page
    assert "Айгүл" not in page


async def test_markup_of_a_person_is_shown_and_not_run(affairs: Affairs, auditor: Signed) -> None:
    sly = structs.replace(AIGUL, name="<script>alert(1)</script> Айгүл")
    await affairs.told(opened(person=sly))
    for answer in (
        await auditor.get("/staff/matters/proactive/asked"),
        await auditor.post("/staff/person", who=AIGUL.iin),
    ):
        assert "&lt;script&gt;" in answer.text
        assert "<script>" not in answer.text


async def test_undelivered_questions_stand_out(affairs: Affairs, operator: Signed) -> None:
    await affairs.phones.unreachable(f"sms:{PHONE}", on=True)
    await affairs.told(opened())
    page = (await operator.get("/staff/matters/proactive/asked")).text
    assert 'badge bad">Не принято' in page


async def test_a_broadcast_stands_among_what_somebody_was_sent(
    affairs: Affairs, operator: Signed, cast: Desk
) -> None:
    broadcast = await cast.broadcast([Recipient(2, PHONE, Language.RU, (AIGUL.name,))])
    await cast.through(broadcast)
    await affairs.told(opened())
    page = (await operator.post("/staff/person", who=AIGUL.iin)).text
    assert "Жаңалық" in page
    assert "Привет, Н. А. С." in page
    assert "Нұрғалиева" not in page
    by_phone = (await operator.post("/staff/person", who=OTHER)).text
    assert "Привет" not in by_phone


async def test_a_phone_of_which_nobody_is_known_shows_its_broadcasts(operator: Signed, cast: Desk) -> None:
    await cast.through(await cast.broadcast([Recipient(2, OTHER, Language.KK, ("Айгүл",))]))
    assert "Сәлем, Айгүл" in (await operator.post("/staff/person", who=OTHER)).text

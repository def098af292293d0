"""A wish comes to E-Sobes once, and its answer to whoever asked, whatever happens in between."""

import asyncio
from datetime import datetime, timedelta

import msgspec
import pytest

from dialogs.errands import ServiceRequest
from dialogs.language import Language
from dialogs.messages import Pressed, Surface, Text
from dialogs.people import mark
from dialogs.sms_length import measure
from dialogs.talk import Here
from dialogs.topics import privacy
from gateway.channels import Inbound, surface
from gateway.matters.store import home_of
from gateway.store import tag
from tests.gateway.affairs import AIGUL, MONDAY, OTHER, PAVEL, PHONE, Affairs, Hands
from tests.gateway.ministry import Fault, Told, answer, problem

HYGIENE = "technical_aids_hygiene"
WHEELCHAIR = "special_transport_wheelchair"
CHAT = "chat:pavel"
UNAVAILABLE = answer("503 Service Unavailable")


def taken(told: Told) -> bytes:
    """As E-Sobes registers it."""
    asked = msgspec.json.decode(told.body)
    registered = {
        "id": "A-7",
        "service": asked["service"],
        "iin": asked["iin"],
        "channel": asked["channel"],
        "submitted_at": asked["at"],
        "registered_on": "2026-11-23",
        "stage": "registered",
        "due_on": "2026-11-30",
        "history": [{"stage": "registered", "at": asked["at"]}],
    }
    return answer("201 Created", msgspec.json.encode({"application": registered}).decode())


@pytest.fixture(autouse=True)
def _takes(affairs: Affairs) -> None:
    affairs.ministry.answer_to = taken


async def ask(
    affairs: Affairs,
    service: str = HYGIENE,
    *,
    address: str = f"sms:{PHONE}",
    name: str = "m1",
    whose: str = "",
    phone: str = PHONE,
) -> None:
    """As a turn leaves it to be done."""
    here = Here(affairs.clock.now(), surface(address), phone)
    inbound = Inbound(name, address, Text("1"))
    await affairs.requests.make(ServiceRequest(PAVEL.iin, service, whose), inbound, here, Language.RU)


async def waits(affairs: Affairs) -> frozenset[str]:
    return await affairs.requests.requested(PAVEL.iin)


def later(affairs: Affairs, **by: float) -> None:
    assert isinstance(affairs.clock, Hands)
    affairs.clock.at += timedelta(**by)


def at(affairs: Affairs, moment: datetime) -> None:
    assert isinstance(affairs.clock, Hands)
    affairs.clock.at = moment


async def test_e_sobes_is_told_to_the_letter_and_its_answer_comes_to_whoever_asked(affairs: Affairs) -> None:
    await ask(affairs)
    assert await waits(affairs) == {HYGIENE}
    await affairs.settle()
    (told,) = affairs.ministry.taken
    assert told.path == "/requests"
    body = msgspec.json.decode(told.body)
    assert list(body) == ["iin", "service", "at", "channel", "phone", "note"]
    assert (body["iin"], body["service"], body["channel"], body["phone"]) == (PAVEL.iin, HYGIENE, "sms", PHONE)
    assert datetime.fromisoformat(body["at"]) == MONDAY
    assert "по собственной инициативе" in body["note"]
    assert PAVEL.iin not in told.key
    (text,) = await affairs.screen()
    assert "A-7" in text
    assert "Средства гигиены" in text
    assert measure(text).parts <= 2
    assert await affairs.screen(OTHER) == []
    assert await waits(affairs) == frozenset()


async def test_the_same_message_once_more_asks_for_nothing_again(affairs: Affairs) -> None:
    for _ in range(2):
        await ask(affairs)
    await affairs.settle()
    await ask(affairs)
    await affairs.settle()
    assert len(affairs.ministry.calls) == 1
    assert len(await affairs.screen()) == 1
    assert await waits(affairs) == frozenset()


async def test_two_phones_that_ask_for_the_same_at_once_make_one_wish_and_both_are_told(affairs: Affairs) -> None:
    both = (f"sms:{PHONE}", f"sms:{OTHER}")
    await asyncio.gather(*(ask(affairs, address=one, name=one, phone=one[4:]) for one in both))
    await affairs.settle()
    assert len(affairs.ministry.calls) == 1
    assert len(await affairs.screen(PHONE)) == len(await affairs.screen(OTHER)) == 1


async def test_different_services_of_one_person_are_different_wishes(affairs: Affairs) -> None:
    await asyncio.gather(ask(affairs, HYGIENE, name="m1"), ask(affairs, WHEELCHAIR, name="m2"))
    assert await waits(affairs) == {HYGIENE, WHEELCHAIR}
    await affairs.settle()
    assert sorted(msgspec.json.decode(one.body)["service"] for one in affairs.ministry.taken) == [WHEELCHAIR, HYGIENE]
    assert len(await affairs.screen()) == 2


async def test_after_the_answer_the_same_may_be_asked_for_anew(affairs: Affairs) -> None:
    await ask(affairs)
    await affairs.settle()
    later(affairs, days=400)
    await ask(affairs, name="m2")
    await affairs.settle()
    first, second = affairs.ministry.taken
    assert first.key != second.key


async def test_however_long_e_sobes_is_away_the_wish_waits_and_staff_see_it(affairs: Affairs) -> None:
    affairs.ministry.answer_to = lambda _: UNAVAILABLE
    await ask(affairs)
    for _ in range(5):
        await affairs.settle()
        later(affairs, hours=20)
    assert await waits(affairs) == {HYGIENE}
    assert await affairs.screen() == []
    queue = await affairs.backlog.waiting()
    assert (queue.count, queue.first[0].offer) == (1, f"request:{mark(PAVEL.iin)}:{HYGIENE}")
    assert queue.first[0].relay.startswith(f"request:{HYGIENE}:")
    affairs.ministry.answer_to = taken
    at(affairs, MONDAY + timedelta(days=5))
    await affairs.settle()
    assert len(affairs.ministry.taken) == 1
    assert len(await affairs.screen()) == 1


async def test_an_answer_that_comes_late_does_not_wake_anybody(affairs: Affairs) -> None:
    affairs.ministry.answer_to = lambda _: UNAVAILABLE
    await ask(affairs)
    await affairs.settle()
    affairs.ministry.answer_to = taken
    at(affairs, MONDAY.replace(hour=23))
    await affairs.settle()
    assert (await affairs.screen(), await waits(affairs)) == ([], frozenset())
    await affairs.until(MONDAY.replace(day=24, hour=9))
    assert len(await affairs.screen()) == 1


async def test_whoever_asks_at_night_and_waits_is_answered_at_night(affairs: Affairs) -> None:
    at(affairs, MONDAY.replace(hour=23))
    await ask(affairs)
    await affairs.settle()
    assert len(await affairs.screen()) == 1


@pytest.mark.parametrize("status", ["400 Bad Request", "404 Not Found", "409 Conflict", "422 Unprocessable"])
async def test_what_e_sobes_does_not_take_is_said_with_the_way_that_stays_open(affairs: Affairs, status: str) -> None:
    affairs.ministry.answer_to = lambda _: problem(status, detail="no")
    await ask(affairs)
    await affairs.settle()
    (text,) = await affairs.screen()
    assert "ЦОН" in text
    assert "1414" in text
    assert measure(text).parts <= 2
    assert await waits(affairs) == frozenset()
    (refusal,) = await affairs.backlog.refused()
    assert refusal.letter.id.startswith(f"request:{HYGIENE}:")
    await ask(affairs, name="m2")  # it may be asked for anew
    assert await waits(affairs) == {HYGIENE}


async def test_what_staff_send_once_more_is_told_when_it_is_taken(affairs: Affairs) -> None:
    affairs.ministry.answer_to = lambda _: problem("401 Unauthorized")
    await ask(affairs)
    await affairs.settle()
    (refusal,) = await affairs.backlog.refused()
    for answer_to in (affairs.ministry.answer_to, taken):
        affairs.ministry.answer_to = answer_to
        await affairs.backlog.again(refusal.letter.id)
        await affairs.settle()
    refused, registered = await affairs.screen()
    assert "1414" in refused
    assert "A-7" in registered


async def test_an_answer_that_does_not_say_what_came_of_it_is_told_all_the_same(affairs: Affairs) -> None:
    for number, body in enumerate(("{}", '{"application":{"id":1}}', '{"application":[]}')):
        affairs.ministry.answer_to = lambda _, body=body: answer("201 Created", body)  # type: ignore[misc]
        await ask(affairs, name=f"m{number}")
        await affairs.settle()
    assert [text.startswith("Средства гигиены: отдел получил") for text in await affairs.screen()] == [True] * 3


async def test_somebody_elses_application_is_told_to_nobody(affairs: Affairs) -> None:
    def of_another(told: Told) -> bytes:
        return taken(Told(told.key, told.path, told.body.replace(PAVEL.iin.encode(), AIGUL.iin.encode())))

    affairs.ministry.answer_to = of_another
    await ask(affairs)
    await affairs.settle()
    (text,) = await affairs.screen()
    assert "A-7" not in text


async def test_an_answer_that_gets_lost_is_told_once(affairs: Affairs) -> None:
    affairs.ministry.answers = [Fault(b"HTTP/1.1 201 Created\r\nContent-Length: 9\r\n\r\n", done=True)]
    await ask(affairs)
    for _ in range(4):
        await affairs.settle()
        later(affairs, minutes=5)
    assert len(affairs.ministry.taken) == 1
    assert len(affairs.ministry.calls) > 1
    assert len(await affairs.screen()) == 1


async def test_a_crash_between_the_answer_and_the_end_of_the_relay_tells_it_once(affairs: Affairs) -> None:
    await ask(affairs)
    home = home_of(PAVEL.iin)
    ((_, fields),) = await affairs.batched("XRANGE", f"{tag(home)}:relays", "-", "+")
    await affairs.settle()
    await affairs.batched("XADD", f"{tag(home)}:relays", "*", "letter", fields[b"letter"])  # as if it still stood
    affairs.relays.wake(home)
    await affairs.settle()
    assert len(affairs.ministry.calls) == 2
    assert len(affairs.ministry.taken) == 1
    assert len(await affairs.screen()) == 1


async def test_for_several_persons_the_answer_says_for_whom(affairs: Affairs) -> None:
    await ask(affairs, whose="Дана")
    await affairs.settle()
    affairs.ministry.answer_to = lambda _: problem("400 Bad Request")
    await ask(affairs, WHEELCHAIR, name="m2", whose="Дана")
    await affairs.settle()
    assert ["Дана" in text for text in await affairs.screen()] == [True, True]


async def test_a_chat_that_asked_is_told_and_its_phone_is_not(affairs: Affairs) -> None:
    await affairs.link(CHAT)
    await ask(affairs, address=CHAT)
    await affairs.settle()
    (text,) = await affairs.screen(CHAT)
    assert "A-7" in text
    assert await affairs.screen() == []
    assert msgspec.json.decode(affairs.ministry.taken[0].body)["channel"] == "telegram"


async def test_e_sobes_hears_the_phone_of_whoever_writes_in_a_chat_without_one(affairs: Affairs) -> None:
    here, inbound = Here(affairs.clock.now(), Surface.CHAT), Inbound("m1", CHAT, Pressed("request_yes"))
    await affairs.requests.make(ServiceRequest(PAVEL.iin, HYGIENE, phone=OTHER), inbound, here, Language.RU)
    await affairs.settle()
    (told,) = affairs.ministry.taken
    assert msgspec.json.decode(told.body)["phone"] == OTHER
    assert len(await affairs.screen(CHAT)) == 1
    assert await affairs.screen(OTHER) == []


async def test_a_chat_that_lost_its_phone_meanwhile_is_told_nothing(affairs: Affairs) -> None:
    await affairs.link(CHAT)
    await ask(affairs, address=CHAT)
    await affairs.link("chat:other")
    await affairs.settle()
    assert len(affairs.ministry.taken) == 1
    read = [*await affairs.screen(CHAT), *await affairs.screen("chat:other"), *await affairs.screen()]
    assert not any("A-7" in text or "Средства" in text for text in read)


async def test_nothing_of_it_is_left_behind_but_the_letter(affairs: Affairs) -> None:
    await ask(affairs)
    assert PAVEL.iin not in repr(await affairs.store.record(home_of(PAVEL.iin), f"requests:{mark(PAVEL.iin)}"))
    await affairs.settle()
    assert await affairs.redis.keys("*:requests:*") == []
    assert await affairs.journal() == []


# --- in the talk ---


def knows(affairs: Affairs) -> None:
    person = {"iin": PAVEL.iin, "name": PAVEL.name, "birth_date": PAVEL.birth_date, "language": "ru"}
    told = {**person, "relation": "self", "phones": [PHONE]}
    affairs.ministry.known["/persons?phone=%2B77011234567"] = {"persons": [told]}
    affairs.ministry.known[f"/persons/{PAVEL.iin}/applications"] = {"applications": []}


async def to_the_question(affairs: Affairs) -> str:
    """The button that confirms."""
    knows(affairs)
    await affairs.link(CHAT)
    for choice in ("lang:ru", "request:3", f"agree:{privacy.VERSION}"):
        await affairs.press(choice, CHAT)
    assert "передать просьбу" in (await affairs.screen(CHAT))[-1]
    return f"request_yes:3:{mark(PAVEL.iin)}"


async def test_a_wish_that_is_confirmed_reaches_e_sobes_and_its_answer_the_person(affairs: Affairs) -> None:
    await affairs.press(await to_the_question(affairs), CHAT)
    assert len(affairs.ministry.taken) == 1
    accepted, registered = (await affairs.screen(CHAT))[-2:]
    assert "просьбу записали" in accepted
    assert "A-7" in registered


async def test_while_e_sobes_is_away_a_wish_is_taken_and_a_second_one_is_not(affairs: Affairs) -> None:
    yes = await to_the_question(affairs)
    affairs.ministry.known.clear()
    affairs.ministry.answer_to = lambda _: UNAVAILABLE

    async def hangs_up(_: asyncio.StreamWriter) -> None:
        return

    affairs.ministry.mischief = hangs_up
    await affairs.press(yes, CHAT)
    assert "Система сейчас не отвечает" in (await affairs.screen(CHAT))[-1]
    assert await waits(affairs) == {HYGIENE}
    affairs.ministry.mischief = None
    knows(affairs)
    await affairs.press("request:3", CHAT)
    assert "Просить ещё раз не нужно" in (await affairs.screen(CHAT))[-1]
    await affairs.press(yes, CHAT)
    affairs.ministry.answer_to = taken
    later(affairs, minutes=30)
    await affairs.settle()
    assert len(affairs.ministry.taken) == 1
    assert "A-7" in (await affairs.screen(CHAT))[-1]


async def test_a_crash_before_the_talk_was_written_down_leaves_one_wish_and_an_answer(affairs: Affairs) -> None:
    yes = await to_the_question(affairs)
    pavel = Inbound("tg:812", CHAT, Pressed(yes))
    here = Here(affairs.clock.now(), Surface.CHAT, PHONE)
    await affairs.requests.make(ServiceRequest(PAVEL.iin, HYGIENE), pavel, here, Language.RU)  # and then it broke off
    await affairs.receiver.receive(pavel)
    await affairs.settle()
    assert len(affairs.ministry.calls) == 1
    said = (await affairs.screen(CHAT))[-2:]
    assert any("A-7" in text for text in said)
    assert any("Просить ещё раз не нужно" in text for text in said)

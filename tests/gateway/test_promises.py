"""«We shall write as soon as the system answers» is kept: once, soon, not by night, and whatever is restarted."""

import asyncio
from datetime import datetime, timedelta

import msgspec
import pytest
from msgspec import structs

from dialogs import session as sessions
from dialogs.dialogue import Dialogue
from dialogs.errands import WriteBack
from dialogs.language import Language
from dialogs.messages import Text
from dialogs.people import mark
from dialogs.session import Proven
from gateway.channels import Inbound
from gateway.connection import Client
from gateway.errands import Errands, errand_letter
from gateway.store import Line, Store, shard, shard_number
from tests.gateway.affairs import AIGUL, MONDAY, PAVEL, PHONE, Affairs, Hands, put_together
from tests.gateway.ministry import answer

ASKER = f"sms:{PHONE}"
CHAT = "chat:aigul"
NAME = "Кресло-арба"


async def unavailable(writer: asyncio.StreamWriter) -> None:
    writer.write(answer("503 Service Unavailable"))
    await writer.drain()


def known(affairs: Affairs) -> None:
    """What E-Sobes holds of one person with one application."""
    person = {"iin": AIGUL.iin, "name": AIGUL.name, "birth_date": AIGUL.birth_date, "language": "kk"}
    application = {
        "id": "A-1",
        "service": "special_transport_wheelchair",
        "iin": AIGUL.iin,
        "channel": "office",
        "submitted_at": MONDAY,
        "registered_on": MONDAY.date(),
        "stage": "under_review",
        "history": [{"stage": "registered", "at": MONDAY}],
    }
    affairs.ministry.known |= {
        f"/persons?phone=%2B{PHONE[1:]}": {"persons": [{**person, "relation": "self", "phones": [PHONE]}]},
        "/persons?phone=%2B77000000000": {"persons": []},
        f"/persons/{AIGUL.iin}/applications": {"applications": [application]},
    }


@pytest.fixture
async def asked(affairs: Affairs) -> Affairs:
    """Somebody was promised to be written to."""
    await ask(affairs)
    return affairs


async def ask(affairs: Affairs) -> None:
    await affairs.sms("сәлем")
    await affairs.sms("1")
    affairs.ministry.mischief = unavailable
    await affairs.sms("статус")
    assert await promised(affairs)
    assert NAME not in (await affairs.screen())[-1]


async def promised(affairs: Affairs, address: str = ASKER) -> float:
    stored = await Store(affairs.batched).load(address)
    return sessions.read(stored).promised if stored else 0.0


async def waiting(affairs: Affairs) -> int:
    return (await Errands(affairs.batched, affairs.clock).figures()).waiting


async def later(affairs: Affairs, by: timedelta, steps: int = 1) -> None:
    assert isinstance(affairs.clock, Hands)
    for _ in range(steps):
        affairs.clock.at += by / steps
        await affairs.settle()


async def at(affairs: Affairs, moment: datetime) -> None:
    await later(affairs, moment - affairs.clock.now())


async def come_back(affairs: Affairs) -> None:
    known(affairs)
    affairs.ministry.mischief = None
    affairs.ministry.asked.clear()


async def told(affairs: Affairs) -> list[str]:
    """What came after the promise."""
    screen = await affairs.screen()
    return screen[3:]


async def test_a_promise_is_kept_once_within_a_minute_after_esobes_is_back(asked: Affairs) -> None:
    await later(asked, timedelta(hours=2), 40)
    assert await told(asked) == []
    assert await waiting(asked) == 1
    await come_back(asked)
    await later(asked, timedelta(seconds=61))
    (text,) = await told(asked)
    assert NAME in text
    assert await promised(asked) == 0.0
    assert await waiting(asked) == 0
    await later(asked, timedelta(hours=1), 10)
    assert len(await told(asked)) == 1


async def test_soon_after_the_question_esobes_is_asked_every_few_seconds_and_after_hours_once_a_minute(
    asked: Affairs,
) -> None:
    asked.ministry.asked.clear()
    await later(asked, timedelta(seconds=20), 20)
    assert 3 <= len(asked.ministry.asked) <= 8
    await later(asked, timedelta(hours=3), 10)
    asked.ministry.asked.clear()
    await later(asked, timedelta(minutes=10), 120)
    assert 8 <= len(asked.ministry.asked) <= 10


async def test_where_only_the_applications_cannot_be_read_esobes_counts_as_away(asked: Affairs) -> None:
    await come_back(asked)
    asked.ministry.known[f"/persons/{AIGUL.iin}/applications"] = {"applications": "none"}
    await later(asked, timedelta(minutes=5), 20)
    assert await told(asked) == []
    await come_back(asked)
    await later(asked, timedelta(seconds=61), 4)
    assert len(await told(asked)) == 1


async def test_esobes_that_is_away_again_at_once_is_waited_for_without_a_word(asked: Affairs) -> None:
    await come_back(asked)
    phone, applications = f"/persons?phone=%2B{PHONE[1:]}", f"/persons/{AIGUL.iin}/applications"
    answers = [
        answer("200 OK", msgspec.json.encode(asked.ministry.known[path]).decode()) for path in (phone, applications)
    ]

    async def twice(writer: asyncio.StreamWriter) -> None:
        writer.write(answers.pop(0) if answers else answer("503 Service Unavailable"))
        await writer.drain()

    asked.ministry.mischief = twice
    since = await promised(asked)
    await later(asked, timedelta(seconds=61))
    assert await told(asked) == []
    assert await waiting(asked) == 1
    assert await promised(asked) == since
    asked.ministry.mischief = None
    await later(asked, timedelta(seconds=61))
    assert len(await told(asked)) == 1


async def test_an_answer_that_is_hours_late_lets_people_sleep(affairs: Affairs) -> None:
    await at(affairs, MONDAY.replace(hour=20, minute=30))
    await ask(affairs)
    await at(affairs, MONDAY.replace(hour=22))
    await come_back(affairs)
    await later(affairs, timedelta(hours=10), 10)
    assert await told(affairs) == []
    assert affairs.ministry.asked == []
    await at(affairs, MONDAY.replace(hour=9) + timedelta(days=1, seconds=1))
    assert len(await told(affairs)) == 1


async def test_whoever_asks_by_night_gets_the_answer_while_they_are_awake(affairs: Affairs) -> None:
    await at(affairs, MONDAY.replace(hour=23))
    await ask(affairs)
    await later(affairs, timedelta(minutes=5))
    await come_back(affairs)
    await later(affairs, timedelta(seconds=61))
    assert len(await told(affairs)) == 1


async def test_after_three_days_there_is_one_last_word_and_nothing_is_promised_any_more(asked: Affairs) -> None:
    await later(asked, timedelta(days=3) - timedelta(minutes=1), 20)
    assert await told(asked) == []
    await later(asked, timedelta(minutes=2), 2)
    (text,) = await told(asked)
    assert "1414" in text
    assert await promised(asked) == 0.0
    assert await waiting(asked) == 0
    await come_back(asked)
    await later(asked, timedelta(days=1), 5)
    assert len(await told(asked)) == 1


async def test_a_program_that_stood_still_for_longer_than_that_asks_once_more_before_the_last_word(
    asked: Affairs,
) -> None:
    await come_back(asked)
    await later(asked, timedelta(days=4))
    (text,) = await told(asked)
    assert NAME in text


async def test_what_cannot_be_told_though_esobes_is_there_is_given_up_as_well(asked: Affairs) -> None:
    await come_back(asked)
    both = [{"iin": one.iin, "name": one.name, "birth_date": one.birth_date} for one in (AIGUL, PAVEL)]
    asked.ministry.known[f"/persons?phone=%2B{PHONE[1:]}"] = {"persons": both}
    asked.ministry.known[f"/persons/{PAVEL.iin}/applications"] = {"applications": "none"}
    await choose(asked, PAVEL.iin)
    await later(asked, timedelta(days=3, minutes=2), 40)
    (text,) = await told(asked)
    assert "1414" in text
    assert await promised(asked) == 0.0
    await later(asked, timedelta(minutes=2), 2)
    assert await waiting(asked) == 0


async def choose(affairs: Affairs, iin: str) -> None:
    """Whom the talk is about, as if they had been asked."""
    store = Store(affairs.batched)
    before = await store.load(ASKER)
    assert before is not None
    after = sessions.write(structs.replace(sessions.read(before), whom=mark(iin)))
    await store.commit("chosen", ASKER, before=before, after=after, letters=(), line=Line(1, "", "sms", "", ()))


async def test_the_last_word_waits_for_the_morning(affairs: Affairs) -> None:
    await at(affairs, MONDAY.replace(hour=23))
    await ask(affairs)
    await at(affairs, MONDAY.replace(hour=23) + timedelta(days=3, minutes=1))
    assert await told(affairs) == []
    await affairs.until(MONDAY.replace(hour=9) + timedelta(days=4, minutes=1))
    assert len(await told(affairs)) == 1


async def test_whoever_asked_again_meanwhile_and_was_told_is_not_told_twice(asked: Affairs) -> None:
    await come_back(asked)
    await forget_the_promise(asked)
    await later(asked, timedelta(seconds=61))
    assert await told(asked) == []
    assert await waiting(asked) == 0


async def forget_the_promise(affairs: Affairs) -> None:
    store = Store(affairs.batched)
    before = await store.load(ASKER)
    assert before is not None
    after = sessions.write(structs.replace(sessions.read(before), promised=0.0))
    await store.commit("told", ASKER, before=before, after=after, letters=(), line=Line(1, "", "sms", "", ()))


async def test_what_is_done_again_after_a_crash_tells_nobody_twice(asked: Affairs) -> None:
    entries = await asked.batched("XRANGE", f"{shard(ASKER)}:errands", "-", "+")
    await come_back(asked)
    await later(asked, timedelta(seconds=61))
    await asked.batched("XADD", f"{shard(ASKER)}:errands", "*", "letter", entries[0][1][b"letter"])
    asked.errands.wake(shard_number(ASKER))
    await later(asked, timedelta(seconds=61))
    assert len(await told(asked)) == 1
    assert await waiting(asked) == 0


async def test_a_promise_outlives_the_program(redis: Client, dialogue: Dialogue) -> None:
    clock = Hands()
    async with put_together(redis, dialogue, clock) as first:
        await ask(first)
    async with put_together(redis, dialogue, clock) as second:
        known(second)
        await later(second, timedelta(seconds=61), 2)
        assert len(await told(second)) == 1
        assert await waiting(second) == 0


async def test_for_a_chat_that_is_linked_to_no_phone_its_owners_own_applications_are_asked_for(
    affairs: Affairs,
) -> None:
    await promise_to_chat(affairs)
    await later(affairs, timedelta(seconds=3))
    await come_back(affairs)
    affairs.ministry.known.pop(f"/persons/{AIGUL.iin}/applications")
    await later(affairs, timedelta(seconds=61))
    assert affairs.ministry.asked[:2] == ["/persons?phone=%2B77000000000", f"/persons/{AIGUL.iin}/applications"]
    assert await waiting(affairs) == 0


async def promise_to_chat(affairs: Affairs) -> None:
    """To somebody who showed by a code whose IIN it is."""
    affairs.ministry.mischief = unavailable
    now = affairs.clock.now()
    proven = Proven(AIGUL.iin, (now + timedelta(days=30)).timestamp())
    session = structs.replace(sessions.new("Ab1"), language=Language.KK, state="menu", promised=now.timestamp())
    letter = errand_letter(WriteBack("status"), Inbound("test:1", CHAT, Text("")), "Ab1", now)
    await Store(affairs.batched).commit(
        "test:1",
        CHAT,
        before=None,
        after=sessions.write(structs.replace(session, proven=[proven])),
        letters=(),
        line=Line(1, "Ab1", "chat", "", ()),
        errands=[letter],
    )
    affairs.errands.wake(shard_number(CHAT))
    await affairs.settle()
    assert msgspec.json.decode(letter.text)["ref"] == "Ab1"

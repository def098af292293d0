"""Somebody who tries to learn about somebody else, from the message to the last byte: each is refused, and the audit
knows. Whoever it is about learns it."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from dialogs import session as sessions
from dialogs.language import Language
from dialogs.messages import Contact, Content, Pressed, Text
from dialogs.people import mark
from dialogs.session import Agreement, Session
from dialogs.topics.privacy import VERSION
from gateway.channels import Inbound, Letter, Outcome, Sent
from gateway.connection import Batched
from gateway.matters import audit
from gateway.store import shard
from tests.gateway.affairs import MONDAY, Affairs, Hands, opened
from tests.gateway.ministry import answer

OWNER, UNKNOWN = "+77011234567", "+77019999999"
PAVEL, NOBODY = "550301300456", "900101300017"
NAME = "Орлов Павел Ильич"
THIEF, CHAT, OTHER_CHAT = "chat:thief", "chat:pavel", "chat:other"
NIGHT = MONDAY + timedelta(hours=13)
SECRETS = ("Орлов", "Павел", "Гигиена", "гигиен", OWNER, OWNER[-4:])


@pytest.fixture(autouse=True)
def known(affairs: Affairs) -> None:
    """E-Sobes knows Pavel at his phone, and an application of his."""
    person = {
        "iin": PAVEL,
        "name": NAME,
        "birth_date": "1955-03-01",
        "language": "ru",
        "relation": "self",
        "phones": [OWNER],
    }
    application = {
        "id": "A-1",
        "service": "technical_aids_hygiene",
        "iin": PAVEL,
        "channel": "state_corp",
        "submitted_at": "2026-11-20T10:00:00+05:00",
        "registered_on": "2026-11-20",
        "stage": "under_review",
        "due_on": None,
        "queue_number": None,
        "organisation": None,
        "refusal_reason": None,
        "history": [{"stage": "under_review", "at": "2026-11-20T10:00:00+05:00"}],
    }
    affairs.ministry.known[f"/persons?phone=%2B{OWNER[1:]}"] = {"persons": [person]}
    affairs.ministry.known[f"/persons/{PAVEL}"] = {"person": person}
    affairs.ministry.known[f"/persons/{PAVEL}/applications"] = {"applications": [application]}


async def says(affairs: Affairs, address: str, *contents: Content | str) -> str:
    """What the last of them was answered."""
    assert isinstance(affairs.clock, Hands)
    for content in contents:
        affairs.clock.at += timedelta(seconds=7)
        number = len(await affairs.phones.history(address))
        sent = Text(content) if isinstance(content, str) else content
        name = f"{address}:{number}:{affairs.clock.at.timestamp()}"
        await affairs.receiver.receive(Inbound(name, address, sent, message=number))
        await affairs.settle()
    return (await affairs.screen(address))[-1]


async def stands(
    affairs: Affairs, address: str, state: str = "menu", language: Language | None = Language.RU
) -> None:
    """Somebody who has agreed to the notice."""
    session = sessions.new(f"ref of {address}")
    session.state, session.language = state, language
    session.agreed = Agreement(VERSION, MONDAY)
    await affairs.redis.set(f"{shard(address)}:session:{address}", sessions.write(session))


async def session(affairs: Affairs, address: str) -> Session:
    stored = await affairs.redis.get(f"{shard(address)}:session:{address}")
    assert isinstance(stored, bytes)
    return sessions.read(stored)


async def at_iin(affairs: Affairs, address: str = THIEF) -> None:
    await stands(affairs, address)
    await says(affairs, address, "/status")
    await affairs.press("by_iin", address)


async def code(affairs: Affairs) -> str:
    """The last that came to the owner's phone."""
    return (await affairs.screen(OWNER))[-1][:6]


def wrong(right: str) -> str:
    return f"{(int(right) + 1) % 10**6:06}"


async def audited(affairs: Affairs) -> list[str]:
    return [line.what for line in await audit.read(affairs.batched)]


async def learns_nothing(affairs: Affairs, address: str = THIEF) -> None:
    for text in await affairs.screen(address):
        assert not any(secret in text for secret in SECRETS), text


# Whoever it is about learns it.


async def test_the_owner_of_an_iin_learns_where_their_application_is(affairs: Affairs) -> None:
    await at_iin(affairs, CHAT)
    await says(affairs, CHAT, PAVEL)
    assert "игиен" in await says(affairs, CHAT, await code(affairs))
    assert await audited(affairs) == ["code_asked", "proven"]
    assert {line.about for line in await audit.read(affairs.batched)} == {mark(PAVEL)}


async def test_a_message_with_an_iin_is_erased_before_it_is_answered(affairs: Affairs) -> None:
    class Seen:
        def __init__(self) -> None:
            self.erased: list[int | None] = []

        async def send(self, letter: Letter) -> Outcome:
            self.erased.append(letter.erases)
            return Sent()

    seen = Seen()
    affairs.channels["chat"] = seen
    await stands(affairs, THIEF, "who.iin")
    for number, text in enumerate(("55030130045", PAVEL, "здравствуйте", PAVEL), 10):
        await affairs.receiver.receive(Inbound(f"t:{number}", THIEF, Text(text), message=number))
    await affairs.settle()
    assert seen.erased == [10, 11, None, 13]


# Somebody else's phone.


async def test_a_forwarded_contact_and_a_typed_number_open_nothing(affairs: Affairs) -> None:
    await stands(affairs, THIEF)
    await says(affairs, THIEF, "/status", Contact(OWNER, own=False), OWNER, "8 701 123 45 67", "/status")
    assert (await affairs.pocket(THIEF)).phone is None
    assert (await affairs.pocket(f"sms:{OWNER}")).chat is None
    assert await audited(affairs) == ["contact_foreign", "number_typed", "number_typed"]
    assert affairs.ministry.asked == []
    await learns_nothing(affairs)


# Somebody else's IIN.


async def test_with_a_foreign_iin_only_its_person_gets_anything(affairs: Affairs) -> None:
    await at_iin(affairs)
    await says(affairs, THIEF, PAVEL, "/status", "/again", "/back")
    assert len(await affairs.screen(OWNER)) == 1
    assert "никому" in (await affairs.screen(OWNER))[-1].lower()
    assert await audited(affairs) == ["code_asked"]
    await learns_nothing(affairs)


async def test_three_guesses_and_a_break_that_grows_and_that_being_forgotten_does_not_end(affairs: Affairs) -> None:
    await at_iin(affairs)
    await says(affairs, THIEF, PAVEL)
    right = await code(affairs)
    assert "10:1" in await says(affairs, THIEF, *([wrong(right)] * 3))
    assert await audited(affairs) == ["code_asked", "code_wrong", "code_wrong", "code_wrong", "code_locked"]
    await says(affairs, THIEF, right, PAVEL)
    assert (await audited(affairs))[-2:] == ["code_replayed", "code_locked"]
    await says(affairs, THIEF, "/forget")
    await affairs.press("forget_yes", THIEF)
    left = await session(affairs, THIEF)
    assert left.guard.strikes == 1
    assert "1414" in await begins_anew(affairs, PAVEL)
    assert len(await affairs.screen(OWNER)) == 1
    assert isinstance(affairs.clock, Hands)
    affairs.clock.at += timedelta(minutes=16)
    await says(affairs, THIEF, PAVEL, *([wrong(await code(affairs))] * 3))
    guard = (await session(affairs, THIEF)).guard
    assert guard.strikes == 2
    assert guard.locked - affairs.clock.at.timestamp() > 3000
    assert len(await affairs.screen(OWNER)) == 2
    await learns_nothing(affairs)


async def begins_anew(affairs: Affairs, iin: str) -> str:
    await says(affairs, THIEF, "/lang")
    await affairs.press("lang:ru", THIEF)
    await says(affairs, THIEF, "/status")
    await affairs.press("by_iin", THIEF)
    await affairs.press(f"agree:{VERSION}", THIEF)
    return await says(affairs, THIEF, iin)


async def test_a_code_of_somebody_else_is_of_no_use_in_another_chat(affairs: Affairs) -> None:
    await at_iin(affairs, CHAT)
    await says(affairs, CHAT, PAVEL)
    right = await code(affairs)
    await stands(affairs, THIEF)
    await says(affairs, THIEF, right)
    await at_iin(affairs)
    await says(affairs, THIEF, NOBODY, right)
    assert await audited(affairs) == ["code_asked", "code_replayed", "code_asked", "code_not_sent", "code_wrong"]
    assert (await session(affairs, THIEF)).proven == []
    await learns_nothing(affairs)


async def test_a_code_is_of_use_once(affairs: Affairs) -> None:
    await at_iin(affairs, CHAT)
    await says(affairs, CHAT, PAVEL)
    right = await code(affairs)
    await says(affairs, CHAT, right)
    await affairs.press("unlink", CHAT)
    assert "игиен" not in await says(affairs, CHAT, right)
    assert (await session(affairs, CHAT)).proven == []
    assert await audited(affairs) == ["code_asked", "proven", "code_replayed"]


async def test_the_same_message_with_a_code_again_shows_nobody_again(affairs: Affairs) -> None:
    await at_iin(affairs, CHAT)
    await says(affairs, CHAT, PAVEL)
    message = Inbound("tg:77", CHAT, Text(await code(affairs)))
    for _ in range(3):
        await affairs.receiver.receive(message)
    await affairs.settle()
    assert await audited(affairs) == ["code_asked", "proven"]


async def test_a_late_code_shows_nobody(affairs: Affairs) -> None:
    await at_iin(affairs)
    await says(affairs, THIEF, PAVEL)
    right = await code(affairs)
    assert isinstance(affairs.clock, Hands)
    affairs.clock.at += timedelta(minutes=5)
    await says(affairs, THIEF, right)
    assert await audited(affairs) == ["code_asked", "code_late"]
    await learns_nothing(affairs)


async def test_what_was_shown_does_not_last_for_ever(affairs: Affairs) -> None:
    await at_iin(affairs, CHAT)
    await says(affairs, CHAT, PAVEL)
    await says(affairs, CHAT, await code(affairs))
    assert isinstance(affairs.clock, Hands)
    affairs.clock.at += timedelta(days=30)
    assert "игиен" not in await says(affairs, CHAT, "/status")


async def test_an_iin_goes_in_time_though_nobody_writes_there_again(affairs: Affairs) -> None:
    for address, said in ((CHAT, PAVEL), (THIEF, NOBODY)):
        await at_iin(affairs, address)
        await says(affairs, address, said)
    await says(affairs, CHAT, await code(affairs))
    await affairs.until(MONDAY + timedelta(days=1, hours=1))
    assert (await session(affairs, THIEF)).challenge is None
    assert (await session(affairs, THIEF)).language is Language.RU
    assert [one.iin for one in (await session(affairs, CHAT)).proven] == [PAVEL]
    await affairs.until(MONDAY + timedelta(days=30, hours=1))
    assert (await session(affairs, CHAT)).proven == []
    assert (await session(affairs, CHAT)).agreed is not None
    assert await affairs.redis.keys("*:wakeups") == []


async def test_who_is_forgotten_stays_so_when_the_time_of_the_iin_comes(affairs: Affairs) -> None:
    await at_iin(affairs, CHAT)
    await says(affairs, CHAT, PAVEL)
    await says(affairs, CHAT, await code(affairs), "/forget")
    await affairs.press("forget_yes", CHAT)
    before = await session(affairs, CHAT)
    await affairs.until(MONDAY + timedelta(days=31))
    assert await session(affairs, CHAT) == before
    assert await affairs.redis.ttl(f"{shard(CHAT)}:session:{CHAT}") > 0
    assert await affairs.redis.keys("*:wakeups") == []


# One phone, two chats.


@pytest.mark.parametrize("language", [Language.KK, Language.RU, None])
async def test_of_two_chats_linked_to_one_phone_the_earlier_loses_all_and_is_told(
    affairs: Affairs, language: Language | None
) -> None:
    await stands(affairs, CHAT)
    await says(affairs, CHAT, Contact(OWNER, own=True))
    await stands(affairs, CHAT, "language" if language is None else "menu", language)
    await stands(affairs, OTHER_CHAT)
    await says(affairs, OTHER_CHAT, Contact(OWNER, own=True))
    told = (await affairs.screen(CHAT))[-1]
    assert ("Номер ••4567" in told, "••4567 нөмірі" in told) == (
        language is not Language.KK,
        language is not Language.RU,
    )
    assert await audited(affairs) == ["chat_linked", "link_taken_over", "chat_linked"]
    assert "игиен" in await says(affairs, OTHER_CHAT, "/status")
    before = len(await affairs.screen(CHAT))
    await stands(affairs, CHAT)
    await says(affairs, CHAT, "/status", "/settings")
    assert not any("Орлов" in text or "игиен" in text for text in (await affairs.screen(CHAT))[before:])
    await affairs.told(opened(phones=[OWNER]))
    assert len(await affairs.screen(CHAT)) == before + 2


async def test_it_is_told_once_even_if_the_message_comes_again(affairs: Affairs) -> None:
    await says(affairs, CHAT, Contact(OWNER, own=True))
    for _ in range(2):
        await affairs.answers.link(OTHER_CHAT, OWNER, affairs.clock.now())
    await affairs.settle()
    assert len(await affairs.screen(CHAT)) == 2
    assert await audited(affairs) == ["chat_linked", "link_taken_over"]


async def test_what_waits_for_the_morning_does_not_come_to_the_earlier_chat(affairs: Affairs) -> None:
    await says(affairs, CHAT, Contact(OWNER, own=True))
    await affairs.until(NIGHT)
    await affairs.told(opened(phones=[OWNER]))
    await says(affairs, OTHER_CHAT, Contact(OWNER, own=True))
    await affairs.until(NIGHT + timedelta(hours=12))
    assert len(await affairs.screen(OWNER)) == 1
    first, told = await affairs.screen(CHAT)
    assert "••4567" in first
    assert "1414" in told


async def test_a_number_that_changed_hands_is_its_new_owners(affairs: Affairs) -> None:
    """The same number, another account: whoever has the phone now; the person before is no longer reached there."""
    await stands(affairs, CHAT)
    await says(affairs, CHAT, "/status", Contact(OWNER, own=True))
    affairs.ministry.known[f"/persons?phone=%2B{OWNER[1:]}"] = {"persons": []}
    await stands(affairs, THIEF)
    await says(affairs, THIEF, "/status", Contact(OWNER, own=True), "/status")
    assert (await affairs.pocket(f"sms:{OWNER}")).chat == THIEF
    for text in await affairs.screen(THIEF):
        assert "Орлов" not in text
        assert "игиен" not in text
    before = len(await affairs.screen(CHAT))
    await says(affairs, CHAT, "/again", "/status")
    assert not any("игиен" in text for text in (await affairs.screen(CHAT))[before:])
    assert await audited(affairs) == ["chat_linked", "link_taken_over", "chat_linked"]


async def test_ending_the_link_ends_everything(affairs: Affairs) -> None:
    await at_iin(affairs, CHAT)
    await says(affairs, CHAT, PAVEL)
    await says(affairs, CHAT, await code(affairs), Contact(OWNER, own=True))
    await affairs.press("unlink", CHAT)
    left = await session(affairs, CHAT)
    assert (left.proven, left.challenge, left.whom) == ([], None, "")
    assert (await affairs.pocket(CHAT)).phone is None
    assert (await affairs.pocket(f"sms:{OWNER}")).chat is None
    assert (await audited(affairs))[-1] == "chat_unlinked"
    assert "игиен" not in await says(affairs, CHAT, "/status")


async def test_what_was_asked_before_the_link_ended_is_answered_as_after_it(affairs: Affairs) -> None:
    await stands(affairs, CHAT)
    await says(affairs, CHAT, Contact(OWNER, own=True))

    async def ends_meanwhile(writer: asyncio.StreamWriter) -> None:
        affairs.ministry.mischief = None
        await affairs.elsewhere.receive(Inbound("test:ends", CHAT, Pressed("unlink")))
        writer.write(answer("503 Service Unavailable"))
        await writer.drain()

    affairs.ministry.mischief = ends_meanwhile
    await says(affairs, CHAT, "/status")
    assert await audited(affairs) == ["chat_linked", "chat_unlinked"]
    assert not any("игиен" in text for text in await affairs.screen(CHAT))


async def test_a_press_that_was_made_up_links_no_phone(affairs: Affairs) -> None:
    await stands(affairs, THIEF)
    await affairs.press(f"contact:{OWNER}:own", THIEF)
    assert not await affairs.redis.keys("*:pocket:*")
    assert await audited(affairs) == ["contact_foreign"]
    await says(affairs, THIEF, "/status")
    await learns_nothing(affairs)


# Whether an IIN exists.


async def test_known_or_not_the_same_is_done_and_said_before_anybody_is_asked(affairs: Affairs) -> None:
    class Later:
        """The errand is not done yet."""

        async def send(self, _: Letter) -> Outcome:
            return Sent()

    affairs.channels["code"] = Later()
    assert isinstance(affairs.clock, Hands)
    said = []
    for iin in (PAVEL, NOBODY):
        address = f"chat:{iin[:2]}"
        await stands(affairs, address, "who.iin")
        said.append([await says(affairs, address, text) for text in (iin, "000000", "/again", "/status")])
        affairs.clock.at = MONDAY
    assert said[0] == said[1]
    assert affairs.ministry.asked == []


async def test_known_or_not_the_errand_asks_the_same(affairs: Affairs) -> None:
    for iin in (PAVEL, NOBODY):
        await stands(affairs, f"chat:{iin}", "who.iin")
        await says(affairs, f"chat:{iin}", iin)
    assert affairs.ministry.asked == [f"/persons/{PAVEL}", f"/persons/{NOBODY}"]


async def test_the_work_of_an_answer_does_not_tell_whether_there_is_such_a_person(
    affairs: Affairs, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Step by step the same is asked of Redis, and nothing of anybody else: so the time of the answer tells nothing
    either."""
    command, turn = Batched.__call__, asyncio.current_task()
    asked: list[tuple[object, ...]] = []

    def noted(redis: Batched, *what: bytes | str | int) -> asyncio.Future[Any]:
        if asyncio.current_task() is turn:
            asked.append((*what[:2], len(what)) if what[0] == "EVALSHA" else (what[0], len(what)))
        return command(redis, *what)

    monkeypatch.setattr(Batched, "__call__", noted)
    done = []
    for number, iin in enumerate((PAVEL, NOBODY) * 4):
        chat = f"chat:{number}"
        await stands(affairs, chat, "who.iin")
        asked.clear()
        await affairs.receiver.receive(Inbound(f"t:{number}", chat, Text(iin)))
        done.append(list(asked))
        await affairs.settle()
    assert done[0]
    assert all(one == done[0] for one in done)

"""The program is killed at random moments while people write to it in Telegram: no update is lost, whether Telegram
brings them or they are fetched, and nothing comes twice but what was on its way when the program died."""

import asyncio
import os
import random
import signal
from collections import Counter
from itertools import count, groupby, pairwise
from pathlib import Path

import pytest

from tests.bot.bot_api import TOKEN, BotApi, serving
from tests.faults.program import Program
from tests.faults.test_kill import free_port

KILLS = int(os.environ.get("TELEGRAM_KILLS", "12"))
SEED = int(os.environ.get("KILL_SEED", random.SystemRandom().randrange(10**6)))
EVERY = 0.35
"""Seconds after which the next person comes: their answers are about as many as Telegram takes."""
TALK = ("сәлем", "1", "көмек")
"""What everybody writes. Then they press a button."""
BUTTON = "menu"


class People:
    """Each with a chat of their own, who do not wait for answers."""

    def __init__(self, api: BotApi) -> None:
        self.chats: list[int] = []
        self.pressed: set[str] = set()
        self._api = api
        self._updates = count(1)

    async def come(self, enough: asyncio.Event) -> None:
        while not enough.is_set():
            await self.one()
            await asyncio.sleep(EVERY)

    async def one(self) -> int:
        chat = 5_000_000 + len(self.chats)
        self.chats.append(chat)
        for words in TALK:
            await self._write(chat, {"message": {"text": words}})
        await self._write(chat, {"callback_query": {"data": BUTTON}})
        return chat

    async def _write(self, chat: int, what: dict[str, dict[str, object]]) -> None:
        number, sender = next(self._updates), {"id": chat, "is_bot": False, "first_name": "А"}
        message = {"message_id": -number, "chat": {"id": chat, "type": "private"}, "from": sender}
        if "message" in what:
            update: dict[str, object] = {"message": message | what["message"]}
        else:
            self.pressed.add(f"q{number}")
            update = {
                "callback_query": {"id": f"q{number}", "from": sender, "message": message, **what["callback_query"]}
            }
        await self._api.add({"update_id": number, **update})


@pytest.mark.parametrize("way", ["fetched", "brought"])
async def test_no_update_is_lost_though_the_program_is_killed_again_and_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], way: str
) -> None:
    chance, port = random.Random(SEED), free_port()
    async with serving() as api:
        api.front = f"http://127.0.0.1:{port}"
        webhook = "https://bot.example.kz" if way == "brought" else ""
        settings = {
            "KELISIM_TELEGRAM_TOKEN": TOKEN,
            "KELISIM_TELEGRAM_API": f"{api.url}/start{{start}}",
            "KELISIM_TELEGRAM_WEBHOOK": webhook,
        }
        async with Program(tmp_path, port, "http://127.0.0.1:9", "secret-of-the-kill-test", **settings) as program:
            people, enough = People(api), asyncio.Event()
            await program.start()
            expected = await answers_to(await people.one(), api)
            coming = asyncio.create_task(people.come(enough))
            for _ in range(KILLS):
                await moment(chance, api, program)
                await program.end(signal.SIGKILL)
                if chance.random() < 0.1:
                    await program.kill_redis()
                await program.start()
            enough.set()
            await coming
            await all_answered(api, people, expected, program)
        with capsys.disabled():
            print(f"\n{way}, KILL_SEED={SEED}: {figures(api, people)}", flush=True)
        judge(api, people, expected)


async def answers_to(chat: int, api: BotApi) -> list[str]:
    """What somebody hears while nothing goes wrong: the last answer is there once nothing is waiting."""
    await api.until(lambda: api.confirmed > len(TALK) + 1 or (bool(api.sent("setWebhook")) and not api.queue.waiting))
    await api.until(lambda: len(heard(api, chat)) == len(TALK) + 1)
    return [text for text, _ in heard(api, chat)]


def heard(api: BotApi, chat: int) -> list[tuple[str, int]]:
    """What was written to this chat, and by which start of the program."""
    return [
        (call.parameters["text"], int(call.start))
        for call in api.calls
        if call.method in ("sendMessage", "editMessageText") and call.parameters["chat_id"] == str(chat)
    ]


async def moment(chance: random.Random, api: BotApi, program: Program) -> None:
    """A quarter of the kills falls somewhere in a start, the others somewhere in the work after it."""
    if chance.random() < 0.25:
        await asyncio.sleep(chance.uniform(0, 0.4))
        return
    calls = len(api.calls) + chance.randrange(1, 30)
    while len(api.calls) < calls:
        program.check()
        await asyncio.sleep(0.002)
    await asyncio.sleep(chance.uniform(0, 0.02))


async def all_answered(api: BotApi, people: People, expected: list[str], program: Program) -> None:
    async with asyncio.timeout(120):
        while api.queue.waiting or not all(told(api, chat) == expected for chat in people.chats):
            program.check()
            await asyncio.sleep(0.2)


def told(api: BotApi, chat: int) -> list[str]:
    """Each answer once, in the order of their first arrival."""
    return [text for text, _ in groupby(text for text, _ in heard(api, chat))]


def figures(api: BotApi, people: People) -> str:
    again = Counter(
        len(list(same)) for chat in people.chats for _, same in groupby(text for text, _ in heard(api, chat))
    )
    return (
        f"kills {KILLS}, updates {len(people.chats) * (len(TALK) + 1)}, answered once {again[1]}, twice "
        f"{again[2]}, more often {sum(again.values()) - again[1] - again[2]}; "
        f"confirmed {api.queue.confirmations} times, brought again {api.bringing_refused}, "
        f"too many {api.flood.refused}, in the fullest second "
        f"{api.flood.busiest}, buttons answered {len(api.callbacks.answered)} of {len(people.pressed)}"
    )


def judge(api: BotApi, people: People, expected: list[str]) -> None:
    assert not api.wrong
    assert len({*expected}) == len(expected), "answers can be told apart"
    assert not api.queue.waiting
    for chat in people.chats:
        assert told(api, chat) == expected, chat
        for one, other in pairwise(heard(api, chat)):
            # A process that lives knows what has become of a call. Only the next one may have to write again.
            assert one[0] != other[0] or one[1] < other[1], f"{chat} was written the same twice by one process"

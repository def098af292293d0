"""Start, stop, and start again: the program as a process of its own."""

import asyncio
import signal
import socket
from pathlib import Path

import httpx
import pytest

from tests.bot.bot_api import TOKEN, BotApi
from tests.bot.running import Running, refused

ANNA = "+77011234567"


async def answered(program: Running, phone: str, count: int) -> list[dict[str, str]]:
    """The screen, once it holds so many answers."""
    async with asyncio.timeout(60):
        while True:
            screen = await program.screen(phone)
            if sum(message["direction"] == "out" for message in screen) >= count:
                return screen


async def sms_sent(program: Running) -> float:
    lines = (await program.figures()).splitlines()
    return float(next(line for line in lines if 'channel="sms",outcome="accepted"' in line).split()[-1])


async def test_a_second_start_goes_on_where_the_first_stopped(tmp_path: Path) -> None:
    async with Running(tmp_path) as first:
        assert first.out == f"Kelisim is ready: {first.url}/sandbox\n"
        assert (await first.http.get("/sandbox")).status_code == 200
        earlier = await sms_sent(first)
        await first.sms(ANNA, "салем")
        await answered(first, ANNA, 1)
        await first.sms(ANNA, "РУС")
        before = await answered(first, ANNA, 2)
        assert await sms_sent(first) == earlier + 2
    async with Running(tmp_path) as second:
        assert await second.screen(ANNA) == before
        await second.sms(ANNA, "помощь")
        after = await answered(second, ANNA, 3)
    assert after[: len(before)] == before
    help_text = after[-1]["text"]
    assert any(letter in help_text for letter in "ыэ")
    assert not any(letter in help_text for letter in "әғқңөұүһі")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_what_was_taken_before_the_end_is_answered_after_it(tmp_path: Path, number: signal.Signals) -> None:
    taken: list[str] = []
    under_way = asyncio.Event()

    async def send(program: Running, phone: str) -> None:
        try:
            await program.sms(phone, "сәлем")
        except (httpx.TransportError, httpx.HTTPStatusError):
            return
        taken.append(phone)
        if len(taken) == 20:
            under_way.set()

    phones = [f"+7701100{serial:04}" for serial in range(150)]
    async with Running(tmp_path) as first:
        stream = [asyncio.create_task(send(first, phone)) for phone in phones]
        await under_way.wait()
        first.process.send_signal(number)
        await asyncio.gather(*stream)
        assert await first.ended() == 0
    assert len(taken) >= 20
    async with Running(tmp_path) as second:
        for phone in taken:
            screen = await answered(second, phone, 1)
            assert [message["direction"] for message in screen] in (["in", "out"], ["out"])


async def test_a_port_in_use_is_told(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        said = await refused(tmp_path, KELISIM_HTTP_PORT=str(port))
    assert said == f"KELISIM_HTTP_PORT: 127.0.0.1:{port} is in use by another program"
    assert not (tmp_path / "var").exists()


async def test_an_address_that_is_not_ours_is_told(tmp_path: Path) -> None:
    said = await refused(tmp_path, KELISIM_HTTP_HOST="203.0.113.1")
    assert said.startswith("KELISIM_HTTP_HOST: cannot listen on 203.0.113.1:0")


async def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    said = await refused(tmp_path, KELISIM_DATA_DIR=str(tmp_path / "file" / "var"))
    assert said.startswith(f"cannot write to the data folder {tmp_path}/file/var")


async def test_a_folder_that_another_run_uses_is_told(tmp_path: Path) -> None:
    async with Running(tmp_path):
        assert "in use by another run" in await refused(tmp_path)


async def test_a_redis_that_is_not_there_is_told_without_its_password(tmp_path: Path) -> None:
    said = await refused(tmp_path, KELISIM_REDIS_URL="redis://:hidden-word@127.0.0.1:1/0")
    assert said.startswith("Redis does not answer")
    assert "hidden-word" not in said


async def test_an_unknown_variable_is_told(tmp_path: Path) -> None:
    said = await refused(tmp_path, KELISIM_HTTP_PRT="80")
    assert said == "KELISIM_HTTP_PRT: no such setting; did you mean KELISIM_HTTP_PORT?"


async def test_a_wrong_token_is_told_and_not_shown(tmp_path: Path, api: BotApi) -> None:
    said = await refused(tmp_path, KELISIM_TELEGRAM_TOKEN="1:wrong-token-wrong-token", KELISIM_TELEGRAM_API=api.url)
    assert said == "KELISIM_TELEGRAM_TOKEN: Telegram does not know this token"


async def test_telegram_brings_updates_to_the_webhook_that_it_was_told(tmp_path: Path, api: BotApi) -> None:
    variables = {
        "KELISIM_TELEGRAM_TOKEN": TOKEN,
        "KELISIM_TELEGRAM_API": api.url,
        "KELISIM_TELEGRAM_WEBHOOK": "https://bot.example.kz/",
    }
    sender = {"id": 77, "is_bot": False, "first_name": "А"}
    message = {"message_id": 5, "chat": {"id": 77, "type": "private"}}
    pressed = {"update_id": 1, "callback_query": {"id": "9", "from": sender, "data": "lang:ru", "message": message}}
    async with Running(tmp_path, **variables) as first:
        (webhook,) = api.sent("setWebhook")
        assert webhook["url"] == "https://bot.example.kz/telegram/webhook"
        secret = {"X-Telegram-Bot-Api-Secret-Token": webhook["secret_token"]}
        assert (await first.http.post("/telegram/webhook", json=pressed)).status_code == 403
        answer = await first.http.post("/telegram/webhook", json=pressed, headers=secret)
        assert answer.json() == {"method": "answerCallbackQuery", "callback_query_id": "9"}
        await api.until(lambda: len(api.sent()) == 1)
        assert webhook["secret_token"] not in first.out
    async with Running(tmp_path, **variables) as second:
        assert api.sent("setWebhook")[1] == webhook
        answer = await second.http.post("/telegram/webhook", json=pressed, headers=secret)
        assert answer.status_code == 200
    assert len(api.sent()) == 1


async def test_without_the_simulator_there_is_nothing_to_play_with(tmp_path: Path) -> None:
    async with Running(tmp_path, KELISIM_SANDBOX="0") as program:
        assert program.out == f"Kelisim is ready: {program.url}\n"
        assert (await program.http.get("/health/ready")).status_code == 200
        for path in ("/sandbox", "/sandbox/clock", "/sms/kannel/x/mo", "/telegram/webhook"):
            assert (await program.http.get(path)).status_code == 404


async def test_made_up_people_get_nothing_from_real_channels(tmp_path: Path) -> None:
    async with Running(tmp_path):
        pass
    assert "KELISIM_DATA_DIR" in await refused(tmp_path, KELISIM_SANDBOX="0")

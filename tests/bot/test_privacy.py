"""A whole run with every channel, everything going wrong, and the log as talkative as it gets: nobody is in it."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.bot.bot_api import TOKEN, BotApi, Fault
from tests.bot.running import Running
from tests.gateway.loopback import Loopback, answer

PHONE = "77017654321"
IIN = "900101300123"
WISH = "қайтпас арба бөлмеме"
CHAT = 5550001112
SECRETS = {"sms": "sms-secret-sms-secret", "telegram": "telegram-secret-tg", "password": "kannel-password"}
SENDER = {"id": CHAT, "is_bot": False, "first_name": "Құпиябек", "last_name": "Тұлғаұлы", "username": "secret_user"}

NOWHERE = (
    PHONE[1:],
    "701 765 43 21",
    "701 765-43-21",
    IIN,
    "қайтпас",
    str(CHAT),
    "Құпиябек",
    "Тұлғаұлы",
    "secret_user",
    TOKEN,
    TOKEN.partition(":")[2],
    *SECRETS.values(),
)


@pytest.fixture(name="carrier")
async def _carrier() -> AsyncIterator[Loopback]:
    refusals = [
        answer("503 Service Unavailable"),
        answer("400 Bad Request", f"bad receiver +{PHONE}"),
        answer("202 Accepted", f"5: +{PHONE} unknown"),
    ]
    async with Loopback(refusals) as carrier:
        yield carrier


def updates() -> list[dict[str, object]]:
    chat = {"id": CHAT, "type": "private"}
    said = [{"text": "/start"}, {"text": "қаз"}, {"text": f"{WISH} {IIN}"}, {"text": f"+{PHONE}"}]
    said += [{"contact": {"phone_number": PHONE, "user_id": CHAT}}, {"photo": [{"file_id": "x"}], "caption": IIN}]  # type: ignore[dict-item]
    messages: list[dict[str, object]] = [
        {"update_id": n, "message": {"message_id": n, "chat": chat, "from": SENDER, **what}}
        for n, what in enumerate(said, 700)
    ]
    pressed = {"id": "9", "from": SENDER, "data": f"o:4:{IIN}:{PHONE}", "message": {"message_id": 1, "chat": chat}}
    return [*messages, {"update_id": 790, "callback_query": pressed}, {"update_id": 791, "message": {"chat": PHONE}}]


async def test_no_log_of_a_whole_run_names_anybody(tmp_path: Path, api: BotApi, carrier: Loopback) -> None:
    api.faults["sendMessage"].extend(
        [
            Fault(429, "Too Many Requests", retry_after=1),
            Fault(502, page=f"<html>{PHONE}</html>"),
            Fault(cut=True),
            Fault(400, "Bad Request: BUTTON_DATA_INVALID"),
            Fault(403, "Forbidden: bot was blocked by the user"),
        ]
    )
    await api.add(*updates())
    variables = {
        "KELISIM_LOG": "debug",
        "KELISIM_SANDBOX": "1",
        "KELISIM_SANDBOX_WITH_REAL_CHANNELS": "1",
        "KELISIM_TELEGRAM_TOKEN": TOKEN,
        "KELISIM_TELEGRAM_API": api.url,
        "KELISIM_TELEGRAM_SECRET": SECRETS["telegram"],
        "KELISIM_SMS_ROUTES": "kannel",
        "KELISIM_SMS_SECRET": SECRETS["sms"],
        "KELISIM_KANNEL_URL": carrier.url,
        "KELISIM_KANNEL_USERNAME": "u",
        "KELISIM_KANNEL_PASSWORD": SECRETS["password"],
        "KELISIM_KANNEL_FROM": "1414",
    }
    async with Running(tmp_path, **variables) as program:
        for number, text in enumerate(["РУС", f"{WISH} {IIN}", f"мой номер +{PHONE}", "0"]):
            query = f"from=%2B{PHONE}&to=1414&text={quote(text)}&id={number}"
            assert (await program.http.get(f"/sms/kannel/{SECRETS['sms']}/mo?{query}")).status_code == 200
        for path in (f"/sms/kannel/wrong/mo?from=%2B{PHONE}", f"/sandbox/sms/{PHONE}", f"/nowhere/{IIN}?x={PHONE}"):
            assert (await program.http.get(path)).status_code >= 400
        await program.http.post("/sandbox/sms", json={"from": f"+{PHONE}", "text": WISH, "iin": IIN})
        await program.http.post("/sandbox/telegram", json={"user": str(CHAT), "contact": f"+{PHONE}"})
        await api.until(lambda: api.confirmed > 791 and not api.faults["sendMessage"])
        async with asyncio.timeout(60):
            while len(carrier.queries) < 5:  # noqa: ASYNC110 - it is another process that sends them
                await asyncio.sleep(0.02)
    files = [tmp_path / "stderr.log", *(tmp_path / "var").glob("*.log")]
    logs = {file.name: file.read_text("utf-8", "replace") for file in files}
    assert "level=warning" in logs["stderr.log"]
    assert "level=info event=stopped" in logs["stderr.log"]
    for name, written in {**logs, "stdout": program.out}.items():
        for private in NOWHERE:
            assert private not in written, f"{private} stands in {name}"

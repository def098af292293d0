"""The whole program with providers that speak HTTP themselves: only they are doubles."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from tests.bot.running import Running, refused
from tests.gateway.sms import mobizon_double, smsc_double
from tests.gateway.sms.double import Fault
from tests.gateway.sms.mobizon_double import MobizonDouble
from tests.gateway.sms.smsc_double import SmscDouble

SECRET, SIGN = "a-secret-of-ours", "a-word-of-theirs"
PHONE = "77011234567"


def settings(smsc: SmscDouble, mobizon: MobizonDouble) -> dict[str, str]:
    return {
        "KELISIM_SMS_ROUTES": "smsc,mobizon",
        "KELISIM_SMS_SECRET": SECRET,
        "KELISIM_SMSC_URL": smsc.url,
        "KELISIM_SMSC_LOGIN": smsc_double.LOGIN,
        "KELISIM_SMSC_PASSWORD": smsc_double.PASSWORD,
        "KELISIM_SMSC_SENDER": "ESOBES",
        "KELISIM_SMSC_SECRET": SIGN,
        "KELISIM_MOBIZON_URL": mobizon.url,
        "KELISIM_MOBIZON_APIKEY": mobizon_double.APIKEY,
        "KELISIM_MOBIZON_SENDER": "ESOBES",
        "KELISIM_MOBIZON_SECRET": SIGN,
    }


async def until(holds: Callable[[], object]) -> None:
    async with asyncio.timeout(60):
        while not holds():  # noqa: ASYNC110 - the other end is no part of ours
            await asyncio.sleep(0.05)


async def test_a_person_is_answered_by_smsc_and_by_mobizon_where_smsc_refuses(tmp_path: Path) -> None:
    async with SmscDouble() as smsc, MobizonDouble() as mobizon:
        async with Running(tmp_path, **settings(smsc, mobizon)) as program:

            async def say(text: str, number: str) -> int:
                form = smsc.message(PHONE, text, number, word=SIGN)
                return (await program.http.post(f"/sms/smsc/{SECRET}/mo", data=form)).status_code

            for _ in range(2):
                assert await say("коляска керек", "1") == 200
            await until(lambda: smsc.letters)
            ((name, phone, _),) = smsc.letters
            assert phone == f"+{PHONE}"
            answer = await program.http.post(f"/sms/smsc/{SECRET}/status", data=smsc.report(name, 1, word=SIGN))
            assert answer.status_code == 200
            forged = smsc.report(name, 1, word="guessed")
            assert (await program.http.post(f"/sms/smsc/{SECRET}/status", data=forged)).status_code == 403

            smsc.faults.append(b'{"error":"message is denied","error_code":6}')
            assert await say("қазақша", "2") == 200
            await until(lambda: mobizon.letters)
            ((number, (recipient, _)),) = mobizon.letters.items()
            assert recipient == PHONE
            mobizon.statuses[number] = "DELIVRD"
            report = mobizon.report(number, "DELIVRD", word=SIGN)
            assert (await program.http.post(f"/sms/mobizon/{SECRET}/status", content=report)).status_code == 200

            smsc.faults += [Fault.E502]
            assert await say("мәзір", "3") == 200
            await until(lambda: len(smsc.letters) == 2)
            await until(lambda: any(request.path == "/sys/status.php" for request in smsc.requests))
            figures = await program.figures()
        assert len(smsc.letters) == 2
        assert len(mobizon.letters) == 1
    assert "smsc" in figures
    assert "smsc's address" in program.out
    assert SECRET not in program.out
    for secret in (smsc_double.PASSWORD, mobizon_double.APIKEY, SECRET, SIGN, PHONE):
        assert secret not in program.err


async def test_a_route_without_its_settings_stops_the_start(tmp_path: Path) -> None:
    assert "KELISIM_SMSC_LOGIN" in await refused(tmp_path, KELISIM_SMS_ROUTES="smsc")

"""The talk in the terminal and the law for staff: the same dialogue and catalogue, without any server."""

import asyncio
import sys

from tests.bot.running import HOME, clean_environment


async def typed(*arguments: str, text: str = "") -> tuple[int, str, str]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "bot", *arguments),
        cwd=HOME,
        env=clean_environment(),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(60):
        out, err = await process.communicate(text.encode())
    assert process.returncode is not None
    return process.returncode, out.decode(), err.decode()


async def test_a_talk_in_a_pipe_answers_numbers_and_words() -> None:
    code, out, err = await typed("chat", "--language", "ru", text="1\nнужна коляска\n")
    assert (code, err) == (0, "")
    assert "  1 – " in out
    assert "Кресло-коляска" in out


async def test_an_sms_talk_carries_its_numbers_in_the_text() -> None:
    code, out, _ = await typed("chat", "--language", "kk", "--surface", "sms", text="1\n")
    assert code == 0
    assert "\n1 – " in out
    assert "  1 – " not in out


async def test_without_a_language_it_asks() -> None:
    _, out, _ = await typed("chat", text="2\n")
    assert "Қазақша" in out
    assert "Русский" in out


async def test_the_law_names_act_paragraph_status_and_days() -> None:
    code, out, _ = await typed("law", "technical_aids_tiflo", "--on", "2026-11-21")
    assert code == 0
    assert "as of 21.11.2026" in out
    assert "act 287 of 30.06.2023" in out
    assert "in force · from 01.07.2023" in out


async def test_a_wording_that_does_not_hold_yet_or_any_more_is_marked() -> None:
    _, past, _ = await typed("law", "4", "--on", "2020-01-31")
    assert "NOT YET" in past
    assert "in force ·" not in past


async def test_what_cannot_be_done_is_told_in_one_line() -> None:
    code, out, err = await typed("law", "technical_aid_tiflo")
    assert (code, out) == (2, "")
    assert err == "kelisim: no service is called «technical_aid_tiflo»; the nearest is technical_aids_tiflo\n"
    code, _, err = await typed("law", "4", "--on", "31.01.2026")
    assert code == 2
    assert "«31.01.2026» is no day; it looks like 2026-11-26" in err


async def test_a_language_that_the_assistant_does_not_speak_is_refused() -> None:
    code, _, err = await typed("chat", "--language", "en")
    assert code == 2
    assert "invalid choice: 'en'" in err

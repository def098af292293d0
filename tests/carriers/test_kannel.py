"""What we rely on the real Kannel for, with the configuration that we hand out."""

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from pathlib import Path

import pytest

from gateway.channels import Letter, Retry, Sent
from gateway.sms.kannel import Account
from gateway.sms.kannel import Kannel as Route
from tests.carriers.door import AWAY, DONE, Door, Knock
from tests.carriers.kannel import PASSWORD, USERNAME, Kannel
from tests.carriers.smpp import INVALID_ADDRESS, THROTTLED, Operator, Part

PHONE = "+77011234567"
SECRET = "secret-of-kannel"


@asynccontextmanager
async def connected(folder: Path, **lines: str) -> AsyncIterator[tuple[Operator, Kannel, Door]]:
    quick = {"sms_resend_freq": "1", "reconnect_delay": "1", "http_queue_delay": "1"}
    async with (
        Operator() as operator,
        Door() as door,
        Kannel(folder, operator.port, door.url, SECRET, **(quick | lines)) as kannel,
    ):
        await operator.bound()
        yield operator, kannel, door


def route(kannel: Kannel, door: Door) -> Route:
    return Route(Account(kannel.url, USERNAME, PASSWORD, "1414", f"{door.url}/sms/kannel/{SECRET}/dlr"))


def letter(name: str, text: str = "Сәлем, әже!") -> Letter:
    return Letter(name, f"sms:{PHONE}", text, 1.0)


def types(door: Door, name: str) -> list[str]:
    return sorted(report["type"] for report in door.of("dlr") if report["id"] == name)


async def test_a_letter_is_delivered_and_two_reports_say_so(tmp_path: Path) -> None:
    async with connected(tmp_path) as (operator, kannel, door), aclosing(route(kannel, door)) as out:
        long = "Сіздің өтінішіңіз қабылданды. " * 20
        assert isinstance(await out.send(letter("kannel:4f:0", long)), Sent)
        await door.until(lambda: len(door.of("dlr")) == 2)
        await kannel.emptied()
    assert types(door, "kannel:4f:0") == ["1", "8"]
    (whole,) = operator.wholes()
    assert (whole.text, whole.parts, whole.coding) == (long, 9, 8)
    assert operator.parts[0].sender == "1414"


async def test_what_the_operator_will_never_take_is_reported_as_rejected(tmp_path: Path) -> None:
    async with connected(tmp_path) as (operator, kannel, door), aclosing(route(kannel, door)) as out:
        operator.verdict = lambda part: INVALID_ADDRESS
        assert isinstance(await out.send(letter("kannel:4f:0")), Sent)
        await door.until(lambda: types(door, "kannel:4f:0") == ["16"])
        operator.verdict = lambda part: 0
        operator.fate = "UNDELIV"
        assert isinstance(await out.send(letter("kannel:5f:0")), Sent)
        await door.until(lambda: types(door, "kannel:5f:0") == ["2", "8"])


async def test_what_the_operator_does_not_take_now_comes_again_until_it_does(tmp_path: Path) -> None:
    refusals = iter([THROTTLED] * 2)

    def verdict(part: Part) -> int:
        return next(refusals, 0)

    async with connected(tmp_path) as (operator, kannel, door), aclosing(route(kannel, door)) as out:
        operator.verdict = verdict
        assert isinstance(await out.send(letter("kannel:4f:0")), Sent)
        await door.until(lambda: types(door, "kannel:4f:0") == ["1", "8"])
    assert operator.submits == 3
    assert len(operator.parts) == 1


async def test_while_the_operator_is_away_letters_wait_and_a_killed_kannel_forgets_none(tmp_path: Path) -> None:
    names = {f"kannel:{number}:0" for number in range(20)}
    async with connected(tmp_path) as (operator, kannel, door), aclosing(route(kannel, door)) as out:
        await operator.go()
        for name in names:
            assert isinstance(await out.send(letter(name)), Sent)
        await kannel.kill()
        assert kannel.waits() == len(names)
        assert isinstance(await out.send(letter("kannel:x:0")), Retry)
        await kannel.start()
        await operator.come()
        await door.until(lambda: all(types(door, name) == ["1", "8"] for name in names))
    assert len(operator.parts) == len(names)


async def test_a_report_finds_its_letter_though_kannel_was_killed_before_it_came(tmp_path: Path) -> None:
    async with connected(tmp_path) as (operator, kannel, door), aclosing(route(kannel, door)) as out:
        operator.keeps_reports = True
        await out.send(letter("kannel:4f:0"))
        await door.until(lambda: types(door, "kannel:4f:0") == ["8"])
        await kannel.kill()
        await kannel.start()
        operator.report()
        await door.until(lambda: "1" in types(door, "kannel:4f:0"))  # and the other one perhaps again


@pytest.mark.parametrize("number", ["1414", "1515"])
async def test_a_message_comes_again_with_the_same_id_until_it_is_taken(tmp_path: Path, number: str) -> None:
    """Messages to our number go from bearerbox to us, those to others by smsbox and its get-url."""
    moods = iter([AWAY, b"", AWAY, DONE])

    def mood(knock: Knock) -> bytes:
        return next(moods) if knock.kind == "mo" else DONE

    text = "Қоляска керек, " * 12
    async with connected(tmp_path) as (operator, kannel, door):
        door.answer = mood
        await operator.bring(PHONE, text, to=number)
        await door.until(lambda: len(door.of("mo")) == 4)
        await kannel.emptied()
        await kannel.stop()
    assert len(Counter(knock["id"] for knock in door.of("mo"))) == 1
    assert {knock["from"] for knock in door.of("mo")} == {PHONE}
    assert operator.parts == []


async def test_messages_that_wait_for_us_outlive_a_killed_kannel(tmp_path: Path) -> None:
    texts = {f"Қоляска керек {number}" for number in range(20)}
    async with connected(tmp_path) as (operator, kannel, door):
        door.answer = lambda knock: AWAY
        for text in texts:
            await operator.bring(PHONE, text)
        await kannel.kill()
        door.knocks.clear()
        door.answer = lambda knock: DONE
        await kannel.start()
        await door.until(lambda: len(door.of("mo")) >= len(texts))
        await kannel.stop()
    assert len({knock["id"] for knock in door.of("mo")}) == len(door.of("mo")) == len(texts)
    assert operator.parts == []


async def test_the_logs_have_neither_texts_nor_numbers_in_them(tmp_path: Path) -> None:
    async with connected(tmp_path) as (operator, kannel, door), aclosing(route(kannel, door)) as out:
        door.answer = lambda knock: AWAY if len(door.knocks) < 3 else DONE
        await out.send(letter("kannel:4f:0", "secret-text"))
        await operator.bring(PHONE, "secret text")
        await door.until(lambda: len(door.of("mo")) > 0 and types(door, "kannel:4f:0").count("1") > 0)
    logs = kannel.logs()
    assert "Sent SMS" in logs
    for private in ("secret", "7701123", PASSWORD, SECRET):
        assert private not in logs

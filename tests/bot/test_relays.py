"""What staff see of relays, and how they send a refused one again."""

from datetime import datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from pydantic import SecretStr

from bot import relays
from bot.errors import StartError
from bot.settings import Settings
from dialogs.people import mark
from gateway.channels import Letter
from gateway.clock import ALMATY, Clock
from gateway.connection import Batched
from gateway.esobes.relays import Backlog
from gateway.esobes.telling import Post

AT = datetime(2026, 11, 25, 10, 5, tzinfo=ALMATY)


class Noon(Clock):
    def now(self) -> datetime:
        return AT.replace(hour=12)


@pytest.fixture
def settings(tmp_path: Path, redis_url: str) -> Settings:
    return Settings(data_dir=tmp_path, redis_url=SecretStr(redis_url))


def relay(offer: str, minutes: int = 0) -> Letter:
    post = Post(0, offer, ("offers", offer, "answer"), msgspec.Raw(b"{}"))
    text = msgspec.json.encode(post).decode()
    return Letter(f"{offer}:1", f"esobes:{offer}", text, (AT + timedelta(minutes=minutes)).timestamp())


async def shown(settings: Settings) -> list[str]:
    return await relays.told(settings)


async def test_where_nothing_waits_that_is_said(settings: Settings, batched: Batched) -> None:
    assert await shown(settings) == ["nothing waits for E-Sobes", "nothing was refused"]


async def test_what_waits_and_what_was_refused_is_told_with_time_and_reason(
    settings: Settings, batched: Batched
) -> None:
    for number in range(22, 0, -1):
        letter = msgspec.json.encode(relay(f"O-{number}", number))
        await batched("XADD", f"{{s{number % 16:02}}}:relays", "*", "letter", letter)
    backlog = Backlog(batched, Noon())
    await backlog.keep(0, relay("R-1"), 409, "refusal", "Another answer\nis held")
    await backlog.keep(7, relay("R-22"), 401)
    lines = await shown(settings)
    assert lines[:3] == [
        "waiting for E-Sobes: 22, the first since 25.11.2026 10:06",
        "    O-1:1   since 25.11.2026 10:06",
        "    O-2:1   since 25.11.2026 10:07",
    ]
    assert lines[20:] == [
        "    O-20:1  since 25.11.2026 10:25",
        "    and 2 more",
        "refused by E-Sobes: 2; to send again: python -m bot relays --again ID, or all",
        "    R-1:1   25.11.2026 12:05  409, it holds «refusal»: Another answer is held",
        "    R-22:1  25.11.2026 12:05  401",
    ]


async def test_a_wish_that_waits_is_told_by_its_service(settings: Settings, batched: Batched) -> None:
    """Its name holds nobody's IIN."""
    service, person = "special_transport_wheelchair", mark("550301300456")
    post = Post(0, "", ("requests",), msgspec.Raw(b"{}"), person=person)
    name = f"request:{service}:{person}:0a1b2c3d4e5f"
    text, address = msgspec.json.encode(post).decode(), f"esobes:request:{person}:{service}"
    letter = Letter(name, address, text, AT.timestamp())
    await batched("XADD", "{s03}:relays", "*", "letter", msgspec.json.encode(letter))
    assert await shown(settings) == [
        "waiting for E-Sobes: 1, the first since 25.11.2026 10:05",
        f"    {name}  since 25.11.2026 10:05",
        "nothing was refused",
    ]


async def test_what_was_refused_is_sent_again_by_its_name_or_all_of_it(
    settings: Settings, batched: Batched, capsys: pytest.CaptureFixture[str]
) -> None:
    backlog = Backlog(batched, Noon())
    for number in range(4):
        await backlog.keep(number, relay(f"R-{number}"), 401)
    assert await relays.put_back(settings, ["R-2:1", "R-9:1"]) == ["R-9:1"]
    assert capsys.readouterr().out == "R-2:1 waits for E-Sobes again\n"
    assert await relays.put_back(settings, ["all"]) == []
    assert len(capsys.readouterr().out.splitlines()) == 3
    assert await backlog.refused() == []
    assert (await backlog.waiting()).count == 4


def test_a_name_that_nothing_has_is_told_in_one_line(settings: Settings) -> None:
    with pytest.raises(StartError, match="nothing called «R-9:1» was refused by E-Sobes"):
        relays.again(settings, ["R-9:1"])

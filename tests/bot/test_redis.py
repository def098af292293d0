"""Staff's commands find the assistant's Redis, whether it runs or not, and say in one line why not."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.errors import StartError
from bot.redis import open_redis
from bot.settings import Settings
from gateway.embedded import Embedded


def settings(folder: Path, url: str = "") -> Settings:
    return Settings(data_dir=folder, redis_url=SecretStr(url))


async def test_a_running_assistants_server_is_used_and_goes_on_afterwards(tmp_path: Path) -> None:
    async with Embedded(tmp_path):
        for number in (b"1", b"2"):
            async with open_redis(settings(tmp_path)) as redis:
                assert await redis("INCR", "visits") == int(number)


async def test_a_server_that_is_not_running_is_started_and_ended_again(tmp_path: Path) -> None:
    async with Embedded(tmp_path), open_redis(settings(tmp_path)) as redis:
        await redis("SET", "kept", "yes")
    async with open_redis(settings(tmp_path)) as redis:
        assert await redis("GET", "kept") == b"yes"
    async with Embedded(tmp_path), open_redis(settings(tmp_path)) as redis:  # its folder is free again
        assert await redis("GET", "kept") == b"yes"


async def test_an_outside_server_is_used(tmp_path: Path, redis_url: str) -> None:
    async with open_redis(settings(tmp_path, redis_url)) as redis:
        assert await redis("ECHO", "here") == b"here"


async def test_a_folder_where_the_assistant_never_ran_stays_as_it_is(tmp_path: Path) -> None:
    with pytest.raises(StartError, match="has never run in"):
        async with open_redis(settings(tmp_path / "typo")):
            pass
    assert not (tmp_path / "typo").exists()


async def test_a_server_that_is_away_is_told_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(StartError, match=r"^Redis does not answer: .+"):
        async with open_redis(settings(tmp_path, f"unix://{tmp_path}/nothing.sock")):
            pass


async def test_a_server_that_goes_away_meanwhile_is_told_in_one_line(tmp_path: Path) -> None:
    server = Embedded(tmp_path)
    await server.start()

    async def ask() -> None:
        async with open_redis(settings(tmp_path)) as redis:
            await server.stop()
            await redis("PING")

    with pytest.raises(StartError, match=r"^Redis does not answer: .+"):
        await ask()

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from redis.exceptions import RedisError

from gateway.connection import Client, check, connect
from gateway.embedded import Embedded, EmbeddedError

RUN_AND_DIE = """
import asyncio, os, signal, sys
from pathlib import Path
from gateway.connection import connect
from gateway.embedded import Embedded

async def main():
    redis = connect(await Embedded(Path(sys.argv[1])).start())
    await redis.set("written", "before the end")
    print((await redis.info("server"))["process_id"], flush=True)
    os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(main())
"""


async def pid_of(url: str) -> int:
    redis = connect(url)
    try:
        return int((await redis.info("server"))["process_id"])
    finally:
        await redis.aclose()


def running(pid: int) -> bool:
    """A server that nobody has waited for yet leaves an entry without a command line."""
    try:
        return bool(Path(f"/proc/{pid}/cmdline").read_bytes())
    except FileNotFoundError:
        return False


async def test_what_was_written_is_there_after_a_restart(tmp_path: Path) -> None:
    for expected in (None, b"1"):
        async with Embedded(tmp_path) as url:
            redis = connect(url)
            assert await redis.get("key") == expected
            await redis.set("key", "1")
            await redis.aclose()


async def test_the_server_is_set_up_so_that_nothing_acknowledged_is_lost(tmp_path: Path) -> None:
    async with Embedded(tmp_path) as url:
        redis = connect(url)
        await check(redis)
        assert (await redis.config_get("appendfsync"))["appendfsync"] == "always"
        assert (await redis.config_get("port"))["port"] == "0"
        await redis.aclose()


async def test_a_server_left_by_a_killed_run_is_taken_over_and_ended_at_the_end(tmp_path: Path) -> None:
    run = await asyncio.to_thread(
        subprocess.run, [sys.executable, "-c", RUN_AND_DIE, str(tmp_path)], stdout=subprocess.PIPE, check=False
    )
    assert run.returncode == -signal.SIGKILL
    orphan = int(run.stdout)
    async with Embedded(tmp_path) as url:
        assert await pid_of(url) == orphan
        redis = connect(url)
        assert await redis.get("written") == b"before the end"
        await redis.aclose()
    assert not running(orphan)


async def test_a_server_that_dies_is_started_again_with_everything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.embedded._GUARD", 0.02)
    async with Embedded(tmp_path) as url:
        redis = connect(url)
        await redis.set("key", "1")
        first = await pid_of(url)
        os.kill(first, signal.SIGKILL)
        async with asyncio.timeout(60):
            assert await eventually(redis) == b"1"
        assert await pid_of(url) != first
        await redis.aclose()


async def eventually(redis: Client) -> object:
    while True:
        try:
            return await redis.get("key")
        except (RedisError, OSError):
            await asyncio.sleep(0.02)


async def test_what_was_written_before_our_own_end_and_the_servers_is_there(tmp_path: Path) -> None:
    server = Embedded(tmp_path)
    url = await server.start()
    redis = connect(url)
    await redis.set("key", "1")
    await redis.aclose()
    os.kill(await pid_of(url), signal.SIGKILL)
    await server.stop()
    async with Embedded(tmp_path) as url:
        redis = connect(url)
        assert await redis.get("key") == b"1"
        await redis.aclose()


async def test_a_second_run_in_the_same_folder_is_refused_and_harms_nothing(tmp_path: Path) -> None:
    async with Embedded(tmp_path) as url:
        with pytest.raises(EmbeddedError, match="in use by another run"):
            await Embedded(tmp_path).start()
        assert await pid_of(url)


async def test_a_folder_that_cannot_be_written_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(EmbeddedError, match=r"cannot write to the data folder .*/file/var") as caught:
        await Embedded(tmp_path / "file" / "var").start()
    assert "\n" not in str(caught.value)


async def test_a_server_that_cannot_start_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "appendonlydir").mkdir()
    (tmp_path / "appendonlydir" / "appendonly.aof.manifest").write_text("not a manifest\n")
    with pytest.raises(EmbeddedError, match=r"redis\.log says why"):
        await Embedded(tmp_path).start()


async def test_a_folder_with_a_long_name_works_too(tmp_path: Path) -> None:
    deep = tmp_path / ("long" * 20) / ("longer" * 10)
    async with Embedded(deep) as url:
        assert len(url) < 100
        assert (deep / "appendonlydir").is_dir()

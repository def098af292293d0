"""Redis behind a Sentinel: the address of the server is asked for, not known."""

import asyncio
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis.exceptions import RedisError

from gateway.connection import Batched, RedisAwayError, check, close, connect
from gateway.embedded import binary
from gateway.store import Commit, Line, Store

LINE = Line(1, "", "sms", "", ())


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def sentinel(tmp_path: Path) -> Iterator[int]:
    port, watching = free_port(), free_port()
    file = tmp_path / "sentinel.conf"
    file.write_text(f"port {watching}\nbind 127.0.0.1\ndir {tmp_path}\nsentinel monitor kelisim 127.0.0.1 {port} 1\n")
    flags = f"--port {port} --bind 127.0.0.1 --dir {tmp_path} --appendonly yes --save"
    commands = [[binary(), *flags.split(), ""], [binary(), str(file), "--sentinel"]]
    running = [subprocess.Popen(command, stdout=subprocess.DEVNULL) for command in commands]
    yield watching
    for process in running:
        process.kill()
        process.wait()


async def test_a_commit_goes_to_the_server_that_the_sentinel_names(sentinel: int) -> None:
    redis = connect(f"redis+sentinel://127.0.0.1:{sentinel}/kelisim")
    batched = Batched(redis)
    async with asyncio.timeout(60):
        while True:
            try:
                await batched("PING")
            except (RedisError, RedisAwayError):
                await asyncio.sleep(0.05)
            else:
                break
    await check(redis)
    store = Store(batched)
    assert await store.commit("a", "tg:1", before=None, after=b"one", letters=[], line=LINE) is Commit.DONE
    assert await store.load("tg:1") == b"one"
    await close(redis)

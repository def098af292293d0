import asyncio
from collections.abc import AsyncIterator

import pytest

from gateway.connection import Batched, Client, RedisAwayError, RedisUnfitError, check, close, connect


@pytest.fixture
async def changed(redis: Client) -> AsyncIterator[Client]:
    yield redis
    await redis.config_set("maxmemory-policy", "noeviction")
    await redis.config_set("appendonly", "yes")


async def test_a_server_that_forgets_on_restart_is_refused(changed: Client) -> None:
    await changed.config_set("appendonly", "no")
    with pytest.raises(RedisUnfitError, match="appendonly yes"):
        await check(changed)


async def test_a_server_that_throws_letters_away_is_refused_unless_accepted(changed: Client) -> None:
    await changed.config_set("maxmemory-policy", "allkeys-lru")
    with pytest.raises(RedisUnfitError, match="noeviction"):
        await check(changed)
    await check(changed, accept=True)


async def test_a_server_that_is_not_there_is_told_in_one_line() -> None:
    client = connect("redis://127.0.0.1:1/0")
    with pytest.raises(RedisUnfitError, match="does not answer") as caught:
        await check(client, accept=True)
    assert "\n" not in str(caught.value)
    await client.aclose()


@pytest.mark.parametrize(
    "url",
    [
        "redis://127.0.0.1:99999/0",
        "redis://127.0.0.1:1/0?colour=red",
        "rediss://127.0.0.1:1/0?ssl_cert_reqs=red",
        "redis+sentinel://127.0.0.1:abc/kelisim",
        "redis+cluster://",
    ],
)
async def test_an_address_that_cannot_be_one_is_told_and_not_shown(url: str) -> None:
    with pytest.raises(RedisUnfitError, match="KELISIM_REDIS_URL") as caught:
        connect(url)
    assert url not in str(caught.value)


@pytest.mark.parametrize("url", ["redis+sentinel://127.0.0.1:1/kelisim", "redis+cluster://127.0.0.1:1"])
async def test_many_servers_of_which_none_is_there_are_told_in_one_line(url: str) -> None:
    client = connect(url)
    with pytest.raises(RedisUnfitError, match="does not answer") as caught:
        await check(client)
    assert len(str(caught.value)) < 200
    await close(client)


async def test_a_cluster_that_has_gone_counts_as_away() -> None:
    client = connect("redis+cluster://127.0.0.1:1")
    with pytest.raises(RedisAwayError):
        await Batched(client)("PING")
    await close(client)


async def test_a_server_that_falls_silent_counts_as_away(redis: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.connection.PATIENCE", 0.05)
    batched = Batched(redis)
    with pytest.raises(RedisAwayError, match="in time"):
        await batched("BLPOP", "nothing", 1)
    monkeypatch.setattr("gateway.connection.PATIENCE", 60.0)
    assert await batched("PING")


async def test_whoever_has_gone_does_not_disturb_the_others(batched: Batched) -> None:
    gone, stays = batched("INCR", "a"), batched("INCR", "a")
    gone.cancel()
    assert await stays == 2


async def test_what_redis_refuses_counts_as_away_alone_and_among_others(batched: Batched) -> None:
    await batched("SET", "a", "word")
    with pytest.raises(RedisAwayError):
        await batched("INCR", "a")
    refused, taken = batched("INCR", "a"), batched("GET", "a")
    with pytest.raises(RedisAwayError):
        await refused
    assert await taken == b"word"


async def test_many_commands_at_once_each_get_their_own_answer(batched: Batched) -> None:
    assert sorted(await asyncio.gather(*(batched("INCR", "a") for _ in range(1200)))) == list(range(1, 1201))
    assert await asyncio.gather(*(batched("ECHO", str(n)) for n in range(1200))) == [b"%d" % n for n in range(1200)]


class Gated:
    """A server that answers GET when told to, and everything else at once."""

    def __init__(self) -> None:
        self.asked: asyncio.Queue[str] = asyncio.Queue()
        self.gate = asyncio.Event()

    async def execute_command(self, *command: str) -> int:
        if command[0] == "GET":
            self.asked.put_nowait(command[1])
            await self.gate.wait()
        return 1


async def test_a_command_put_down_while_the_last_traveller_leaves_is_not_left_lying() -> None:
    server = Gated()
    batched = Batched(server)  # type: ignore[arg-type]  # the two calls of redis-py that matter here

    async def read_and_write() -> int:
        await batched("GET", "a")
        written: int = await batched("SET", "a")
        return written

    talk = asyncio.create_task(read_and_write())
    await server.asked.get()
    other = batched("GET", "b")
    await server.asked.get()
    server.gate.set()
    async with asyncio.timeout(60):
        assert await talk == 1
        await other

"""The way to Redis: which server, whether it is fit to keep people's letters, and many calls in one breath."""

import asyncio
from asyncio import Future
from collections.abc import Iterable, Mapping
from hashlib import sha1
from typing import Any, cast
from urllib.parse import unquote, urlsplit

from hiredis import pack_command
from redis.asyncio import Connection, Redis, RedisCluster, Sentinel, SSLConnection, UnixDomainSocketConnection
from redis.asyncio.connection import AbstractConnection
from redis.asyncio.retry import Retry
from redis.asyncio.sentinel import MasterNotFoundError, SentinelConnectionPool
from redis.backoff import NoBackoff
from redis.connection import HiredisRespSerializer
from redis.exceptions import NoScriptError, RedisClusterException, RedisError
from redis.typing import EncodableT

Client = Redis | RedisCluster

PATIENCE = 10.0
"""Seconds after which a silent server counts as away."""
_SENTINEL = 26379
"""The port where Sentinels listen unless told otherwise."""
_AT_ONCE = 2
"""Pipelines under way. With one, Redis would wait while we read its answers; more would only make them shorter."""
_LONGEST = 500
"""Commands in one pipeline."""


class RedisUnfitError(Exception):
    """The server could lose what it was given. One line for whoever starts the program."""


class RedisAwayError(ConnectionError):
    """Nothing could be stored, or nobody knows whether it was: the sender has to come again."""


def connect(url: str) -> Client:
    """`redis://`, `rediss://`, `unix://`; `redis+cluster://host:port`; `redis+sentinel://host:port,host:port/name`.

    Time-outs are kept by `Batched`, once for many commands: those of redis-py cost a task for every single one.
    Nothing is retried here, because whoever asks knows better what may be asked twice.
    """
    try:
        return _client(url)
    except (ValueError, TypeError, RedisError, RedisClusterException) as error:
        raise RedisUnfitError("KELISIM_REDIS_URL: host, port, or an option after «?» is not one of Redis") from error


def _client(url: str) -> Client:
    if url.startswith("redis+cluster://"):
        return RedisCluster.from_url(url.replace("redis+cluster", "redis", 1), protocol=2, socket_timeout=None)
    quiet: dict[str, Any] = {"socket_timeout": None, "protocol": 2, "retry": Retry(NoBackoff(), 0)}
    if url.startswith("redis+sentinel://"):
        return _master(url, quiet)
    redis = Redis.from_url(url, **quiet)
    pool = redis.connection_pool
    pool.connection_class = _PACKED[pool.connection_class]
    pool.connection_class(**pool.connection_kwargs)  # takes no option that it does not know
    return redis


async def close(redis: Client) -> None:
    await redis.aclose()
    if isinstance(redis, Redis) and isinstance(redis.connection_pool, SentinelConnectionPool):
        for sentinel in redis.connection_pool.sentinel_manager.sentinels:
            await sentinel.aclose()


class _Packed:
    """Commands are put into bytes by hiredis, as redis-py's other half does: that is a quarter of a turn's time.
    Those in a pipeline are ours, and each name is one word: redis-py need not look for a second."""

    _serializer: Any = HiredisRespSerializer()
    _pack: Any = pack_command

    def pack_command(self, *args: EncodableT) -> list[bytes]:
        packed: list[bytes] = self._serializer.pack(*args)
        return packed

    def pack_commands(self, commands: Iterable[Iterable[EncodableT]]) -> list[bytes]:
        return [self._pack(command) for command in commands]


class _Socket(_Packed, UnixDomainSocketConnection):
    pass


class _Network(_Packed, Connection):
    pass


class _Guarded(_Packed, SSLConnection):
    pass


_PACKED: dict[type[AbstractConnection], type[AbstractConnection]] = {
    UnixDomainSocketConnection: _Socket,
    Connection: _Network,
    SSLConnection: _Guarded,
}


def _master(url: str, quiet: dict[str, Any]) -> Redis:
    parts = urlsplit(url)
    hosts = [host.partition(":") for host in parts.netloc.rpartition("@")[2].split(",")]
    login: dict[str, Any] = {"username": parts.username or None, "password": unquote(parts.password or "") or None}
    sentinel = Sentinel([(host, int(port or _SENTINEL)) for host, _, port in hosts])  # type: ignore[no-untyped-call]
    return cast(Redis, sentinel.master_for(parts.path.strip("/"), **login, **quiet))


async def check(redis: Client, accept: bool = False) -> None:
    """Refuse a server that forgets on restart or throws away keys when it is full."""
    try:
        for node in (await redis.initialize()).get_primaries() if isinstance(redis, RedisCluster) else [redis]:
            found = await _settings(node)
            if accept:
                continue
            if found.get("appendonly") != "yes":
                raise RedisUnfitError("Redis would forget on restart: set «appendonly yes» or KELISIM_REDIS_ACCEPT=1")
            if found.get("maxmemory-policy") != "noeviction":
                raise RedisUnfitError(
                    "Redis would throw away letters when full: set «maxmemory-policy noeviction» "
                    "or KELISIM_REDIS_ACCEPT=1"
                )
    except MasterNotFoundError as error:  # its own words name our side of the connection, in a thousand letters
        raise RedisUnfitError("Redis does not answer: no Sentinel names a master") from error
    except (RedisError, RedisClusterException, OSError) as error:
        raise RedisUnfitError(f"Redis does not answer: {error}") from error


async def _settings(node: Any) -> Mapping[str, str]:
    await node.execute_command("PING")
    found: dict[str, str] = {}
    for name in ("appendonly", "maxmemory-policy"):
        try:
            answer = await node.execute_command("CONFIG GET", name)
        except RedisError:
            continue  # a hosted server may hide its settings; then only KELISIM_REDIS_ACCEPT=1 helps
        pairs = answer.items() if isinstance(answer, dict) else zip(answer[::2], answer[1::2], strict=True)
        found.update({_text(key): _text(value) for key, value in pairs})
    return found


def _text(value: bytes | str) -> str:
    return value.decode() if isinstance(value, bytes) else value


class Batched:
    """Commands that are waiting at the same moment travel as one pipeline.

    One turn alone goes out at once. Under load a pipeline takes with it all that gathered while the one before was
    on its way, which makes a turn about three times cheaper than one command after the other.

    Calling it puts a command down and answers with a future: whoever calls twice before awaiting sends both together.
    """

    def __init__(self, redis: Client) -> None:
        self._redis = redis
        self._waiting: list[tuple[tuple[bytes | str | int, ...], Future[Any]]] = []
        self._travelling: set[asyncio.Task[None]] = set()
        self._scripts: dict[bytes, str] = {}
        self._loop = asyncio.get_running_loop()

    def script(self, source: str) -> bytes:
        """The name under which `source` is called by EVALSHA. A server that does not know it is taught."""
        name = sha1(source.encode()).hexdigest().encode()  # noqa: S324 - Redis names scripts so
        self._scripts[name] = source
        return name

    def __call__(self, *command: bytes | str | int) -> Future[Any]:
        answer: Future[Any] = self._loop.create_future()
        self._waiting.append((command, answer))
        if len(self._travelling) < _AT_ONCE:
            task = self._loop.create_task(self._travel())
            self._travelling.add(task)
        return answer

    async def _travel(self) -> None:
        task = cast("asyncio.Task[None]", asyncio.current_task())
        try:
            while self._waiting:
                batch = self._waiting[:_LONGEST]
                del self._waiting[:_LONGEST]
                await self._carry(batch)
        finally:
            # At once and not by a callback: what is put down before that would wait for the next command to come.
            self._travelling.discard(task)

    async def _carry(self, batch: list[tuple[tuple[bytes | str | int, ...], Future[Any]]]) -> None:
        try:
            async with asyncio.timeout(PATIENCE):
                answers = await self._ask([command for command, _ in batch])
        except (RedisError, RedisClusterException, OSError) as error:  # TimeoutError is an OSError
            answers = [RedisAwayError(str(error) or "no answer in time")] * len(batch)
        except BaseException:
            for _, answer in batch:
                answer.cancel()
            raise
        for (_, answer), value in zip(batch, answers, strict=True):
            if answer.done():  # whoever asked has gone
                continue
            if isinstance(value, Exception):  # refused: the server is full, read-only, or reading its file
                answer.set_exception(RedisAwayError(str(value)))
            else:
                answer.set_result(value)

    async def _ask(self, commands: list[tuple[bytes | str | int, ...]]) -> list[Any]:
        if len(commands) == 1:
            try:
                return [await self._redis.execute_command(*commands[0])]
            except NoScriptError:
                return [await self._redis.execute_command(*self._in_full(commands[0]))]
        pipeline = self._redis.pipeline(transaction=False)
        for command in commands:
            pipeline.execute_command(*command)
        answers: list[Any] = await pipeline.execute(raise_on_error=False)
        for place, value in enumerate(answers):
            if isinstance(value, NoScriptError):
                try:
                    answers[place] = await self._redis.execute_command(*self._in_full(commands[place]))
                except RedisError as error:
                    answers[place] = error
        return answers

    def _in_full(self, command: tuple[bytes | str | int, ...]) -> tuple[bytes | str | int, ...]:
        return ("EVAL", self._scripts[bytes(command[1])], *command[2:])  # type: ignore[arg-type]

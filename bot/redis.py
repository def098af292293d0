"""For the commands of staff: the same Redis as the assistant's, whether it is running or not."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from bot.errors import StartError
from bot.settings import Settings
from gateway.connection import Batched, RedisAwayError, RedisUnfitError, check, close, connect
from gateway.embedded import Embedded, EmbeddedError, FolderInUseError


@asynccontextmanager
async def open_redis(settings: Settings, *, first: bool = False) -> AsyncIterator[Batched]:
    """What goes wrong is told in one line. A server of our own is started only if the assistant is not running, and
    is then stopped at the end. `first`: the assistant need not have run here before."""
    try:
        async with AsyncExitStack() as stack:
            url = settings.redis_url.get_secret_value()
            if not url and not first:
                _expect_server_of_ours(settings.data_dir)
            if not url:
                url = await _ours(settings.data_dir, stack)
            redis = connect(url)
            stack.push_async_callback(close, redis)
            await check(redis, accept=True)  # that it forgets nothing was asked when the assistant started
            yield Batched(redis)
    except (EmbeddedError, RedisUnfitError) as error:
        raise StartError(str(error)) from error
    except RedisAwayError as error:
        raise StartError(f"Redis does not answer: {error}") from error


def _expect_server_of_ours(folder: Path) -> None:
    if not (folder / "appendonlydir").is_dir():
        raise StartError(f"KELISIM_DATA_DIR: the assistant has never run in {folder.absolute()}")


async def _ours(folder: Path, stack: AsyncExitStack) -> str:
    embedded = Embedded(folder)
    try:
        return await stack.enter_async_context(embedded)
    except FolderInUseError:  # the assistant is running: its server takes guests
        return embedded.url

"""For staff: the SMS journal as a file. The assistant may be running meanwhile."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO

from msgspec import Struct

from bot.errors import StartError
from bot.redis import open_redis
from bot.settings import Settings
from dialogs import words
from dialogs.language import Language
from gateway.clock import Clock, SandboxClock
from gateway.journal.export import Format, export
from gateway.journal.form import Asked
from gateway.journal.journal import JournalError, Period
from gateway.staff.roles import Role


class Order(Struct, frozen=True):
    """As it was typed."""

    out: Path
    first: date | None = None
    """None: since the month began."""
    last: date | None = None
    service: str | None = None
    extended: bool = False
    language: Language = Language.KK
    role: Role = Role.OPERATOR


def run(settings: Settings, locales: Path, order: Order) -> int:
    try:
        lines = asyncio.run(_written(settings, locales, order))
    except JournalError as error:
        raise StartError(str(error)) from error
    except OSError as error:
        raise StartError(f"cannot write {order.out}: {error.strerror or error}") from error
    print(f"{order.out}: {lines} lines")
    return 0


async def _written(settings: Settings, locales: Path, order: Order) -> int:
    form = _format(order.out)
    async with open_redis(settings) as redis:
        clock = Clock()
        if settings.sandbox:
            clock = SandboxClock(redis)
            await clock.load()
        month = Period.month(clock.now().date())
        period = Period(order.first or month.first, order.last or month.last)
        asked = Asked(period, order.service, order.extended, order.language, order.role)
        with _whole(order.out) as file:
            return await export(file, form, asked, redis, words.load(locales))


@contextmanager
def _whole(out: Path) -> Iterator[IO[bytes]]:
    """There is a file only once it is whole, and only its owner can read it."""
    with NamedTemporaryFile(dir=out.parent, prefix=f"{out.name}.", delete=False) as file:
        part = Path(file.name)
        try:
            yield file
            part.replace(out)
        finally:
            part.unlink(missing_ok=True)


def _format(out: Path) -> Format:
    try:
        return Format(out.suffix.removeprefix(".").lower())
    except ValueError:
        raise StartError(f"--out: «{out.name}» ends neither in .xlsx nor in .csv") from None

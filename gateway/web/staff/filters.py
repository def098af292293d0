"""What somebody has filled into a form, as a struct of texts: from an address or from a form sent off, whichever it
is, one reading of it."""

from collections.abc import Awaitable, Callable, Mapping
from typing import TypeVar

import msgspec
from fastapi import HTTPException, Request
from msgspec import Struct

T = TypeVar("T", bound=Struct)


def of_address(shape: type[T], *, without: str = "") -> Callable[[Request], Awaitable[T]]:
    """A dependency. `without`: a field that may stand in no address; whoever writes it there is not listened to."""

    async def read(request: Request) -> T:
        return _read({name: value for name, value in request.query_params.items() if name != without}, shape)

    return read


def of_form(shape: type[T]) -> Callable[[Request], Awaitable[T]]:
    """A dependency."""

    async def read(request: Request) -> T:
        return _read(await request.form(), shape)

    return read


def _read(given: Mapping[str, object], shape: type[T]) -> T:
    try:
        return msgspec.convert(dict(given), shape)
    except msgspec.ValidationError as error:
        raise HTTPException(422, "A field is longer than it may be.") from error

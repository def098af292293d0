"""What programs send, read once it is known who they are: JSON whole, lists piece by piece into a file."""

import asyncio
import csv
import os
from collections.abc import Iterator, Sequence
from pathlib import Path as File
from typing import TypeVar

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError
from starlette.requests import ClientDisconnect

from gateway.web.api.models import NewRecipient
from gateway.web.api.refusals import RefusedError
from gateway.web.raw import GoneError
from gateway.web.reading import read_json, wrong

_PIECE = 1 << 18
_TABLES = (
    "text/csv",
    "text/plain",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.ms-excel",
    "application/octet-stream",
    "application/x-www-form-urlencoded",
)
"""What a list may be called, the last of them by curl unless it is told better. What it is, shows in itself."""
_JSON = ("application/json", "application/x-www-form-urlencoded")

Model = TypeVar("Model", bound=BaseModel)


async def json_of(request: Request, model: type[Model]) -> tuple[Model, bytes]:
    """With the bytes that it was."""
    check_kind(request, _JSON)
    try:
        body = await request.body()
    except ClientDisconnect:
        raise GoneError from None
    return await asyncio.to_thread(_read, body, model), body


def check_kind(request: Request, kinds: tuple[str, ...] = _TABLES) -> None:
    kind = request.headers.get("content-type", kinds[0]).partition(";")[0].strip().lower()
    if kind not in kinds:
        raise RefusedError(415, "kind", f"Send {' or '.join(kinds[:-1])} as the body itself, not as a form.")
    if request.headers.get("content-encoding", "identity").strip().lower() != "identity":
        raise RefusedError(415, "packed", "Send it unpacked.")


async def write(request: Request, file: File) -> int:
    """The body as it comes; how many bytes it was."""
    size, waiting = 0, bytearray()
    with file.open("wb") as there:
        try:
            async for piece in request.stream():
                waiting += piece
                if len(waiting) >= _PIECE:
                    size += await asyncio.to_thread(there.write, bytes(waiting))
                    waiting.clear()
        except ClientDisconnect:
            raise GoneError from None
        size += await asyncio.to_thread(there.write, bytes(waiting))
    return size


async def write_rows(recipients: Sequence[NewRecipient], file: File) -> int:
    """As the table that they could have been sent as: what is wrong with them is found and told in the same way."""
    await asyncio.to_thread(_write_rows, recipients, file)
    return len(recipients)


def _write_rows(recipients: Sequence[NewRecipient], file: File) -> None:
    columns = list(dict.fromkeys(column for one in recipients for column in one.values))
    with file.open("w", encoding="utf-8", newline="") as there:
        table = csv.writer(there, quoting=csv.QUOTE_ALL, lineterminator=os.linesep)
        table.writerow(["phone", "iin", "language", *columns])
        table.writerows(_cells(recipients, columns))


def _cells(recipients: Sequence[NewRecipient], columns: Sequence[str]) -> Iterator[list[str]]:
    for one in recipients:
        yield [one.phone or "", one.iin or "", one.language or "", *(one.values.get(name, "") for name in columns)]


def _read(body: bytes, model: type[Model]) -> Model:
    said = read_json(body) if body.strip() else {}
    try:
        return model.model_validate(said)
    except ValidationError as error:
        raise RequestValidationError(wrong(error, said)) from None

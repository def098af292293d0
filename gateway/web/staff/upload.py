"""A large file as a form sends it, piece by piece onto the disk: neither it nor a piece of it waits in memory for the
rest. Behind the fields of the form comes the file; of the fields only the session's token is of interest."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING

from fastapi import Request
from msgspec import Struct
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from gateway.web.raw import GoneError
from gateway.web.staff.console import Console, TurnedAwayError, Visit, same

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

FILE, TOKEN = "file", "csrf"
_FIELD = 1000
"""Bytes of a field."""
_HEADER = 4000
"""Bytes of what is said about a part."""
_LONGEST_NAME = 200

Place = Callable[[str], Awaitable[Path]]
"""Where to put a file of that name."""


class Received(Struct, frozen=True):
    name: str
    """As it is called where it comes from; for people."""
    path: Path
    bytes: int


async def receive(request: Request, console: Console, visit: Visit, place: Place) -> Received | None:
    """None: no file was chosen. `place` is asked once it is known that a page of this session has sent the form; if
    the file does not come to its end, what is there of it is taken away again."""
    trusted = request.headers.get("x-csrf") is not None  # the entry has looked at it
    form = _Form(request.headers.get("content-type", ""))
    received = None
    try:
        async for chunk in request.stream():
            form.take(chunk)
            if form.begun and received is None:
                if not trusted and not same(form.token, visit.csrf):
                    raise TurnedAwayError(console.page(visit, "refused.html", 403, why="staff.refused.foreign"))
                received = await place(form.name) if form.name else None
            if received is not None:
                await _append(received, form.taken())
        form.end()
    except BaseException as error:
        if received is not None:
            await asyncio.to_thread(received.unlink, missing_ok=True)
        if isinstance(error, ClientDisconnect):
            raise GoneError from error
        raise
    return Received(form.name, received, form.bytes) if received is not None else None


async def _append(path: Path, pieces: bytes) -> None:
    def append() -> None:
        with path.open("ab") as file:
            file.write(pieces)

    if pieces:
        await asyncio.to_thread(append)


class _Form:
    """Fields, and the file behind them. Another file in the same form is passed over."""

    def __init__(self, content_type: str) -> None:
        kind, options = parse_options_header(content_type)
        if kind != b"multipart/form-data" or b"boundary" not in options:
            raise HTTPException(422, "A form with a file is needed.")
        self.token = self.name = ""
        self.begun = False
        self.bytes = 0
        self._ended = self._in_file = False
        self._header = self._said = self._value = b""
        self._field = ""
        self._file = bytearray()
        callbacks: MultipartCallbacks = {
            "on_part_begin": self._part_begins,
            "on_header_field": self._named,
            "on_header_value": self._described,
            "on_header_end": self._header_ends,
            "on_headers_finished": self._headers_end,
            "on_part_data": self._data,
            "on_part_end": self._part_ends,
            "on_end": self._all_ends,
        }
        self._parser = MultipartParser(options[b"boundary"], callbacks)

    def take(self, chunk: bytes) -> None:
        try:
            self._parser.write(chunk)
        except FormParserError:
            raise HTTPException(422, "The form is damaged.") from None

    def taken(self) -> bytes:
        """Of the file, what has come since."""
        found = bytes(self._file)
        self._file.clear()
        return found

    def end(self) -> None:
        if not self._ended:
            raise HTTPException(422, "The form has no end.")

    def _part_begins(self) -> None:
        self._field, self._said, self._value, self._header = "", b"", b"", b""
        self._in_file = False

    def _named(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]

    def _described(self, data: bytes, start: int, end: int) -> None:
        self._said += data[start:end]
        if len(self._said) + len(self._header) > _HEADER:
            raise HTTPException(422, "The form is damaged.")

    def _header_ends(self) -> None:
        if self._header.lower() == b"content-disposition":
            _, options = parse_options_header(self._said)
            self._field = options.get(b"name", b"").decode(errors="replace")
            if b"filename" in options and self._field == FILE and not self.begun:
                self._in_file = True
                self.name = _plain(options[b"filename"].decode(errors="replace"))
        self._header = self._said = b""

    def _headers_end(self) -> None:
        self.begun = self.begun or self._in_file

    def _data(self, data: bytes, start: int, end: int) -> None:
        if self._in_file:
            self._file += data[start:end]
            self.bytes += end - start
        elif self._field == TOKEN:
            self._value += data[start:end]
            if len(self._value) > _FIELD:
                raise HTTPException(422, "The form is damaged.")

    def _part_ends(self) -> None:
        if self._field == TOKEN and not self._in_file and not self.begun:
            self.token = self._value.decode(errors="replace")

    def _all_ends(self) -> None:
        self._ended = True


def _plain(name: str) -> str:
    """Without the folders that some browsers tell."""
    return PurePosixPath(PureWindowsPath(name).name).name.strip()[:_LONGEST_NAME]

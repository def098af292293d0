"""In which letters a file of text is written. Nobody says so in the file, so all of it is looked at first."""

import codecs
from collections.abc import Generator
from typing import IO

from gateway.broadcasts.intake import limits
from gateway.broadcasts.intake.refusal import RefusedError

UTF_8, UTF_16, KAZAKH = "utf-8", "utf-16", "kz1048"
"""The last is windows-1251 with the letters of Kazakh; it has the Russian ones in the same places."""
_CHUNK = limits.MEGABYTE
_JUNK = 0.01
"""The share of zeros in a megabyte that no text has, not even a spoiled one."""
_SPECKS = 8
"""Zeros that even a small file may have."""
_UTF_16_ZEROS = 0.1
"""The share of pairs with a zero: digits, separators and ends of lines have one."""
_SPOILED = 0.05
"""A UTF-8 file may be hurt in places; of letters in another encoding nearly all would be."""
_REPLACED = "\ufffd".encode()


def find(file: IO[bytes]) -> Generator[None, None, str]:
    """From its beginning; a step at each megabyte."""
    chunk = file.read(_CHUNK)
    if chunk.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return UTF_16
    if codec := _utf_16(chunk):
        return codec
    judge = _Judge()
    while chunk and not judge.sure:
        judge.take(chunk)
        chunk = file.read(_CHUNK)
        yield
    return "utf-8-sig" if judge.is_utf_8 else KAZAKH


def name(codec: str) -> str:
    """For people."""
    return codec.removesuffix("-sig").removesuffix("-le").removesuffix("-be")


def _utf_16(first: bytes) -> str | None:
    """Without a mark at the beginning."""
    even, odd = first[::2].count(0), first[1::2].count(0)
    if max(even, odd) < len(first) / 2 * _UTF_16_ZEROS or min(even, odd) > max(even, odd) / 10:
        return None
    return "utf-16-le" if odd > even else "utf-16-be"


class _Judge:
    def __init__(self) -> None:
        self.sure = False
        self._decoder = codecs.getincrementaldecoder(UTF_8)("replace")
        self._rows = 1
        self._good = self._bad = 0

    def take(self, chunk: bytes) -> None:
        if chunk.count(0) > max(len(chunk) * _JUNK, _SPECKS):
            raise RefusedError("not_a_table")
        ends = chunk.count(b"\n") or chunk.count(b"\r")
        if not ends and len(chunk) == _CHUNK:
            raise RefusedError("row_long", row=self._rows, most=limits.ROW // 1024)
        self._rows += ends
        text = self._decoder.decode(chunk)
        if not chunk.isascii():
            self._bad += text.count("\ufffd") - chunk.count(_REPLACED)
            self._good += max(len(chunk) - len(text), 0)  # a letter that is not Latin takes more bytes than one
            self.sure = self._bad > _CHUNK * _SPOILED and not self.is_utf_8

    @property
    def is_utf_8(self) -> bool:
        return self._bad <= self._good * _SPOILED

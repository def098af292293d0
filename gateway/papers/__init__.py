"""Papers as files. What makes them takes long to import, so it is imported with the first of them; and they are made
beside everything else, in a thread."""

import asyncio
import unicodedata

from msgspec import Struct

from dialogs.language import Language
from dialogs.papers import Calendar, Notice, Paper
from dialogs.words import Words

_NAMES = {
    (Notice, Language.KK): "habarlama.pdf",
    (Notice, Language.RU): "uvedomlenie.pdf",
    (Calendar, Language.KK): "merzimder.ics",
    (Calendar, Language.RU): "sroki.ics",
}


class File(Struct, frozen=True):
    name: str
    media_type: str
    content: bytes

    def __repr__(self) -> str:
        return f"File({self.name!r})"


class Papers:
    def __init__(self, words: Words) -> None:
        self._words = words

    async def made(self, paper: Paper) -> File:
        """The same paper is the same file, to the byte."""
        return await asyncio.to_thread(self._make, paper)

    def _make(self, paper: Paper) -> File:
        if isinstance(paper, Notice):
            from gateway.papers import notice

            return File(name(paper), "application/pdf", notice.pdf(paper, self._words))
        from gateway.papers import calendar

        return File(name(paper), "text/calendar; charset=utf-8", calendar.ics(paper, self._words))


def name(paper: Paper) -> str:
    """Nobody is named in it: it stands in lists of files, and in logs of programs that are not ours."""
    return _NAMES[type(paper), paper.language]


def line(text: str) -> str:
    """On one line, of letters only: what others wrote may hold anything."""
    seen = (letter for letter in unicodedata.normalize("NFC", text) if letter.isprintable() or letter.isspace())
    return " ".join("".join(seen).split())

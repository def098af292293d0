"""The room with the guide: what to do, room by room. It is written in `docs/guide`, in a little of Markdown.

Of that there are headings, paragraphs, numbered and plain lists, and in a line bold words, words of a machine and
links within the console. Everything else is text, and shown as such.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends
from msgspec import Struct
from starlette.responses import HTMLResponse

from dialogs.language import Language
from gateway.web.staff.console import Console, Visit

PREFIX = "/staff/guide"
FOR_ALL = "me"
"""The section that everybody reads, whatever their rights."""

_SECTION = re.compile(r"## (?P<title>.+) \{#(?P<anchor>[a-z]+)\}")
_ITEM = re.compile(r"(?:\d+\.|-) (.+)")
_INLINE = re.compile(
    r"\*\*(?P<bold>[^*]+)\*\*|`(?P<code>[^`]+)`|\[(?P<text>[^\]]+)\]\((?P<link>(?:/staff|#)[^)\s]*)\)"
)


class GuideError(Exception):
    """The guide cannot be read. The message names file and line."""


class Piece(Struct, frozen=True):
    """Of a line. `kind`: `text`, `bold`, `code`, `link`."""

    kind: str
    text: str
    link: str = ""


class Block(Struct, frozen=True):
    """`kind`: `task` (its heading), `text`, `steps`, `list`."""

    kind: str
    lines: list[tuple[Piece, ...]]


class Section(Struct, frozen=True):
    anchor: str
    title: str
    blocks: list[Block]


class Guide(Struct, frozen=True):
    title: str
    lead: list[Block]
    sections: list[Section]


class GuideRoom:
    def __init__(self, console: Console, folder: Path) -> None:
        self._console = console
        self._guides: Mapping[Language, Guide] = {one: load(folder / f"{one}.md") for one in Language}

    def router(self) -> APIRouter:
        routes = APIRouter(prefix=PREFIX, include_in_schema=False)

        @routes.get("")
        async def page(visit: Annotated[Visit, Depends(self._console.needs())]) -> HTMLResponse:
            guide = self._guides[visit.language]
            open_to = {FOR_ALL, *(room for room, _ in self._console.rooms(visit))}
            sections = [section for section in guide.sections if section.anchor in open_to]
            return self._console.page(visit, "guide.html", guide=guide, sections=sections)

        return routes


def load(file: Path) -> Guide:
    title, lead, sections = "", list[Block](), list[Section]()
    for number, part in _parts(file.read_text("utf-8")):
        first = part[0]
        if first.startswith("# "):
            title = first[2:]
        elif found := _SECTION.fullmatch(first):
            sections.append(Section(found["anchor"], found["title"], []))
        elif first.startswith("## "):
            raise GuideError(f"{file.name}, line {number}: «## title {{#anchor}}»")
        else:
            (sections[-1].blocks if sections else lead).append(_block(part))
    return Guide(title, lead, sections)


def pieces(line: str) -> tuple[Piece, ...]:
    return tuple(_pieces(line))


def _parts(text: str) -> Iterator[tuple[int, list[str]]]:
    """What stands between empty lines, with the number of its first line."""
    part: list[str] = []
    for number, line in enumerate([*text.splitlines(), ""], 1):
        if line.strip():
            part.append(line.strip())
        elif part:
            yield number - len(part), part
            part = []


def _block(part: Sequence[str]) -> Block:
    if part[0].startswith("### "):
        return Block("task", [pieces(part[0][4:])])
    items = [_ITEM.fullmatch(line) for line in part]
    if all(items):
        kind = "steps" if part[0][0].isdigit() else "list"
        return Block(kind, [pieces(item[1]) for item in items if item is not None])
    return Block("text", [pieces(" ".join(part))])


def _pieces(line: str) -> Iterator[Piece]:
    at = 0
    for found in _INLINE.finditer(line):
        if found.start() > at:
            yield Piece("text", line[at : found.start()])
        if found["link"]:
            yield Piece("link", found["text"], found["link"])
        else:
            yield Piece("bold" if found["bold"] else "code", found["bold"] or found["code"])
        at = found.end()
    if at < len(line):
        yield Piece("text", line[at:])

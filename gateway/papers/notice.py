"""The notice that somebody cannot arrive in time: one page, in a font that has the Kazakh letters."""

import logging
from contextlib import ExitStack, closing
from datetime import UTC, date, datetime, time
from importlib import resources
from pathlib import Path
from typing import cast

from fpdf import FPDF
from fpdf.fonts import TTFFont

from dialogs.days import LongAgo
from dialogs.messages import Surface, Value, say
from dialogs.papers import Notice
from dialogs.words import Words
from gateway.papers import line

for _talkative in ("fpdf", "fontTools"):  # they write which letters a paper has
    logging.getLogger(_talkative).setLevel(logging.ERROR)

_FONTS = Path(str(resources.files("font_source_sans_pro") / "files"))
_FONT = "text"
_STYLES = {"": "Regular", "B": "Semibold"}
_SIZES = (12.0, 11.0, 10.0, 9.0, 8.0, 7.0)
"""Points. The largest with which everything stands on the page."""
_LEFT, _RIGHT, _TOP, _BOTTOM = 25.0, 20.0, 22.0, 20.0
"""Millimetres."""
_COLUMN = 92.0
"""Where begins to whom and from whom it is."""
_MM = 25.4 / 72
_BLACK, _GREY, _BLUE, _PALE = (20, 28, 38), (98, 110, 122), (0, 122, 158), (232, 244, 248)
_FOREIGN = "?"
"""For a letter that the font does not have."""


def pdf(notice: Notice, words: Words) -> bytes:
    with ExitStack() as stack:
        for size in _SIZES:
            page = stack.enter_context(closing(_Page(notice, words, size)))
            page.write()
            if page.fits:
                break
        return bytes(page.paper.output())


class _Page:
    def __init__(self, notice: Notice, words: Words, size: float) -> None:
        self._notice = notice
        self._words = words
        self._size = size
        self.paper = FPDF(format="A4")
        self.paper.set_margins(_LEFT, _TOP, _RIGHT)
        self.paper.set_auto_page_break(False)
        for style, weight in _STYLES.items():
            self.paper.add_font(_FONT, style, _FONTS / f"SourceSansPro-{weight}.ttf")
        self._letters = self._font("").cmap

    @property
    def fits(self) -> bool:
        return self.paper.get_y() <= self.paper.h - _BOTTOM

    def close(self) -> None:
        """The files of the fonts."""
        for style in _STYLES:
            self._font(style).ttfont.close()

    def write(self) -> None:
        paper, on = self.paper, self._notice.on
        paper.set_lang(self._notice.language)
        paper.set_title(self._say("title"))
        paper.set_creation_date(datetime.combine(on, time(), UTC))
        paper.add_page()
        self._address()
        self._text()
        self._signature()
        self._hint()

    def _address(self) -> None:
        """To whom, from whom."""
        notice, person, place = self._notice, self._notice.person, self._notice.place
        self._fact(self._say("to"), place.name, place.address)
        if notice.by_representative:
            self._fact(self._say("from"), "_" * 36, self._say("representative"))
        self._fact(
            self._say("for" if notice.by_representative else "from"),
            person.name,
            self._say("iin", iin=person.iin),
            self._say("born", birth=f"{person.birth_date:%d.%m.%Y}"),
        )

    def _fact(self, label: str, head: str, *more: str) -> None:
        self._write(label, scale=0.85, colour=_GREY, left=_COLUMN)
        self._write(head, bold=True, left=_COLUMN)
        for text in filter(None, more):
            self._write(text, left=_COLUMN)
        self._down(0.6)

    def _text(self) -> None:
        notice, who = self._notice, "representative" if self._notice.by_representative else "self"
        self._down(1.4)
        self._write(self._say("title"), scale=1.5, bold=True)
        self._down(0.7)
        before, until = _dated(notice.before), _dated(notice.until)
        for text in (
            self._say(f"must.{who}", before=before),
            self._say(f"{notice.reason}.{who}"),
            self._say("ask", until=until),
        ):
            self._write(text, spacing=1.5)
            self._down(0.35)

    def _signature(self) -> None:
        self._down(1.2)
        self._write(self._say("date", on=_dated(self._notice.on)))
        self._down(0.35)
        self._write(self._say("signature"))
        self._down(2.2)

    def _hint(self) -> None:
        """That it postpones nothing by itself; in a box."""
        paper, top = self.paper, self.paper.get_y()
        paper.set_fill_color(*_PALE)
        self._write(self._say("hint", before=_dated(self._notice.before)), fill=True, padding=5)
        paper.set_fill_color(*_BLUE)
        paper.rect(_LEFT, top, 1.2, paper.get_y() - top, style="F")

    def _write(
        self,
        text: str,
        *,
        scale: float = 1.0,
        bold: bool = False,
        colour: tuple[int, int, int] = _BLACK,
        left: float = _LEFT,
        spacing: float = 1.3,
        fill: bool = False,
        padding: int = 0,
    ) -> None:
        paper, size = self.paper, self._size * scale
        paper.set_font(_FONT, "B" if bold else "", size)
        paper.set_text_color(*colour)
        paper.set_x(left)
        text = "".join(letter if ord(letter) in self._letters else _FOREIGN for letter in line(text))
        height = size * spacing * _MM
        paper.multi_cell(0, height, text, align="L", fill=fill, padding=padding, new_x="LMARGIN", new_y="NEXT")

    def _font(self, style: str) -> TTFFont:
        return cast(TTFFont, self.paper.fonts[_FONT + style])

    def _down(self, lines: float) -> None:
        self.paper.set_y(self.paper.get_y() + lines * self._size * 1.3 * _MM)

    def _say(self, text: str, **values: Value) -> str:
        return self._words.say(say(f"file.notice.{text}", **values), self._notice.language, Surface.CHAT)


def _dated(day: date) -> LongAgo:
    """With its year: a paper may be read long after."""
    return LongAgo(day.year, day.month, day.day)

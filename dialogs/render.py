"""Words for a phone: a reply in one language, for a chat or cut into portions for SMS."""

from collections.abc import Sequence
from functools import lru_cache

from msgspec import Struct, structs

from dialogs.language import Language
from dialogs.messages import Button, Choice, Message, Reply, Say, Surface
from dialogs.sms_length import units
from dialogs.words import Words

SMS_UNITS = 3 * 67
"""What three parts of a long SMS hold; a longer answer is offered in portions."""

MENU = Choice("menu", Say("choice.menu"))
"""By SMS always «0»."""
BACK = Choice("back", Say("choice.back"))
"""By SMS only the word: a number for it would cost every message a line."""
MORE = Choice("more", Say("choice.more"))
MAYBE = Say("answer.maybe")
ITEM = "- "
CACHED = 4096
"""The same replies are given to many: a reply is a value, so its words are put together once."""


class Page(Struct, frozen=True):
    """What one SMS says, and which choice each of its numbers means."""

    text: str
    offered: tuple[str, ...]
    below: str
    """The numbers alone."""


@lru_cache(maxsize=CACHED)
def chat(reply: Reply, words: Words, language: Language) -> Message:
    text = ""
    for what in reply.say:
        spoken = _spoken(what, words, language, Surface.CHAT)
        text += f"\n{_mark(what)} {spoken}" if what.item else f"\n\n{spoken}"
    buttons = tuple(Button(c.id, _spoken(c.label, words, language, Surface.CHAT), c.row) for c in reply.choices)
    return Message(text.strip(), buttons, ask_contact=reply.ask_contact, paper=reply.paper)


def _mark(what: Say) -> str:
    mark = "•" if what.number is None else f"{what.number}."
    return f"✓ {mark}" if what.ticked else mark


@lru_cache(maxsize=CACHED)
def sms(reply: Reply, words: Words, language: Language) -> tuple[Page, ...]:
    """The portions of a reply. Every one but the last ends with the number that brings the next."""
    pages = _portions(reply, words, language)
    needed = tuple(choice for choice in reply.choices if not choice.spare)
    if len(pages) == 1 or needed == reply.choices:
        return pages
    fewer = _portions(structs.replace(reply, choices=needed), words, language)
    return fewer if len(fewer) < len(pages) else pages


def _portions(reply: Reply, words: Words, language: Language) -> tuple[Page, ...]:
    labels = {c.id: _spoken(c.label, words, language, Surface.SMS) for c in (*reply.choices, MORE)}
    more = (MORE.id, labels.pop(MORE.id))
    labels.pop(BACK.id, None)
    home = [f"0 – {menu}"] if (menu := labels.pop(MENU.id, None)) else []
    choices = list(labels.items())
    lines = [_line(what, words, language) for what in reply.say]
    for said in _shortened(lines, reply.notices, units(_text(lines[reply.notices :], choices, home)) <= SMS_UNITS):
        if units(whole := _text(said, choices, home)) <= SMS_UNITS:
            return (Page(whole, tuple(c for c, _ in choices), _text([], choices, home)),)
    pages = []
    room = SMS_UNITS - units(_text([""], [more], home))
    pieces = [piece for line in lines for piece in _pieces(line, room)]
    while pieces or choices:
        on_page, offered = _page(pieces, choices, more, home)
        pieces, choices = pieces[len(on_page) :], choices[len(offered) :]
        last = not pieces and not choices
        offered = offered if last else [*offered, more]
        text = _text(on_page, offered, home if last else [])
        pages.append(Page(text, tuple(c for c, _ in offered), _text([], offered, home)))
    return tuple(pages)


def aside(reply: Reply, words: Words, language: Language, number: int) -> Page:
    """What is said about a message that came in the middle of portions: it does not send them again from the
    beginning, and the person reads on where they were."""
    pages = sms(structs.replace(reply, say=reply.say[reply.notices :], notices=0), words, language)
    if len(pages) == 1:
        return sms(reply, words, language)[0]
    here = pages[min(number, len(pages) - 1)]
    said = [_line(what, words, language) for what in reply.say[: reply.notices]]
    texts = ("\n".join((*lines, here.below)) for lines in (said, said[-1:]))
    return Page(next(text for text in texts if units(text) <= SMS_UNITS), here.offered, here.below)


def _shortened(lines: list[str], notices: int, fits_alone: bool) -> list[list[str]]:
    """A question that fits into one SMS keeps its numbers when something is said before it: rather the words of the
    question go, which the person has just read, down to its last line; then of what is said all but the last; and
    at last the question itself."""
    if not notices or notices == len(lines) or not fits_alone:
        return [lines]
    said, last = lines[:notices], lines[-1]
    return [lines, [*said, last], [said[-1], last], [said[-1]]]


def letters(reply: Reply, words: Words, language: Language) -> list[str]:
    """The same as one SMS after another, for somebody who did not ask on that phone and will not ask for more."""
    pieces = [piece for what in reply.say for piece in _pieces(_line(what, words, language), SMS_UNITS)]
    texts = [pieces[0]]
    for piece in pieces[1:]:
        longer = f"{texts[-1]}\n{piece}"
        if units(longer) <= SMS_UNITS:
            texts[-1] = longer
        else:
            before, _, last = texts[-1].rpartition("\n")
            if before and last.endswith(":") and units(headed := f"{last}\n{piece}") <= SMS_UNITS:
                texts[-1:] = [before, headed]
            else:
                texts.append(piece)
    return texts


_Labelled = tuple[str, str]


def _page(
    lines: Sequence[str], choices: Sequence[_Labelled], more: _Labelled, home: Sequence[str]
) -> tuple[list[str], list[_Labelled]]:
    """As many lines, then as many choices, as fit beside the offer of more."""
    on_page: list[str] = []
    for line in lines:
        if units(_text([*on_page, line], [more], home)) > SMS_UNITS:
            return _without_lonely_heading(on_page, line), []
        on_page.append(line)
    if units(_text(on_page, choices, home)) <= SMS_UNITS:
        return on_page, list(choices)
    if on_page:
        return on_page, []  # what can be chosen stands together, on the next page
    offered: list[_Labelled] = []
    for choice in choices:
        # a page takes at least one, or there would be no end
        if offered and units(_text([], [*offered, choice, more], home)) > SMS_UNITS:
            break
        offered.append(choice)
    return [], offered


def _without_lonely_heading(lines: list[str], following: str) -> list[str]:
    """A heading goes with what it heads, and an office with its hours."""
    heads = len(lines) > 1 and not lines[-1].startswith(ITEM)
    return lines[:-1] if heads and (lines[-1].endswith(":") or following.startswith(ITEM)) else lines


def _text(lines: Sequence[str], choices: Sequence[_Labelled], home: Sequence[str]) -> str:
    return "\n".join([*lines, *(f"{number} – {label}" for number, (_, label) in enumerate(choices, 1)), *home])


def _pieces(line: str, room: int) -> list[str]:
    """A line longer than a whole SMS is cut between words; a word without an end, anywhere."""
    if units(line) <= room:
        return [line]
    pieces: list[str] = []
    for word in line.split(" "):
        for part in _word_parts(word, room):
            longer = f"{pieces[-1]} {part}" if pieces else part
            if pieces and units(longer) <= room:
                pieces[-1] = longer
            else:
                pieces.append(part)
    return pieces


def _word_parts(word: str, room: int) -> list[str]:
    if units(word) <= room:
        return [word]
    half = room // 2  # characters: each takes two units at most
    return [word[start : start + half] for start in range(0, len(word), half)]


def _line(what: Say, words: Words, language: Language) -> str:
    text = _spoken(what, words, language, Surface.SMS)
    return f"{ITEM}{text}" if what.item else text


def _spoken(what: Say, words: Words, language: Language, surface: Surface) -> str:
    """What the office still has to confirm carries a star; the answer's last line explains it."""
    text = words.say(what, language, surface)
    if what.maybe:
        text = f"{text} {words.say(MAYBE, language, surface)}"
    return f"{text}*" if what.careful else text

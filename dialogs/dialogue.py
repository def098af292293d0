"""One message in, the answer out: understand, step along the conversation, and put the reply into words."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from msgspec import Struct, structs

from dialogs import loops, render, search, words, workdays
from dialogs.applications import ways
from dialogs.applications.ways import Ways
from dialogs.catalogue import loader
from dialogs.catalogue.catalogue import Catalogue
from dialogs.conversation import NOTHING_MEANT, Turn, step, takes_words, view, waits
from dialogs.duties import rules, screen
from dialogs.errands import Audit, Errand, ServiceRequest
from dialogs.inquiries import Inquiry, UnansweredError
from dialogs.language import Language
from dialogs.messages import (
    Content,
    Event,
    Handed,
    Interrupted,
    Message,
    Pressed,
    Reply,
    Say,
    Surface,
    Text,
)
from dialogs.search import Search
from dialogs.session import Session
from dialogs.talk import Guide, Here
from dialogs.topics import specialist
from dialogs.topics.arriving import about_arriving
from dialogs.understand import normalised, understand
from dialogs.words import Words


class Answer(Struct, frozen=True):
    session: Session
    """What to remember."""
    messages: tuple[Message, ...]
    note: str
    """For the journal: what happened, nothing personal."""
    link: str | None = None
    """The phone that the chat is linked to from now on; empty: to none."""
    errands: tuple[Errand, ...] = ()
    request: ServiceRequest | None = None
    audits: tuple[Audit, ...] = ()
    erases: bool = False
    """The message that was answered holds what nobody else should read."""
    forgotten: bool = False
    """The person asked for it: of the session only what protects others is left."""
    unmet: str = ""
    """Words of the person that nobody could make anything of, without numbers; empty: they were understood, or are
    not to be kept."""
    inquiry: Inquiry[Any] | None = None
    """Nothing has happened yet: this has to be found out, and the same asked again."""


class Grasp(Struct, frozen=True):
    """What the talk has to do with a message."""

    language: Language | None
    labels: tuple[str, ...]
    """What can be chosen there right now, in the person's words."""
    fits: bool
    """The message means something there."""
    helped: bool = False
    """It is written to a specialist: nothing but a code answers an offer."""


class Dialogue:
    def __init__(self, guide: Guide) -> None:
        self.guide = guide

    def answer(self, session: Session, content: Content, here: Here) -> Answer:
        if isinstance(content, Interrupted) and not waits(session, here.now):
            return Answer(session, (), "nothing")
        if isinstance(content, Handed) and session.language is None:
            return Answer(session, (), "nothing")  # they were forgotten meanwhile
        session = screen.before(session, content, here.surface, here.duties, here.now)
        try:
            event = understand(content, session, here.surface, lambda: self._labels(session, here))
            turn = step(session, event, here, self.guide, typed=isinstance(content, Text))
            if turn.session.pending and turn.session.language is not None:
                turn = self._take_up(turn.session, here)
            turn = loops.guarded(session, turn, event, content, here)
        except UnansweredError as unanswered:
            unanswered.__traceback__ = None  # the machine keeps the error: with its frames it would be a cycle
            return Answer(session, (), "asked", inquiry=unanswered.inquiry)
        return self._worded(turn, session, content, here.surface)

    def grasp(self, session: Session, content: Content, here: Here) -> Grasp:
        """Whether the talk would make anything of this message; asked where it may as well be meant for an offer."""
        session = screen.before(session, content, here.surface, here.duties, here.now)
        try:
            labels = self._labels(session, here) if session.offered else ()
        except UnansweredError:
            labels = ()  # what can be chosen there is read out of E-Sobes: it is chosen by its number
        event = understand(content, session, here.surface, lambda: labels)
        match event.name:
            case "say":
                fits = takes_words(session.state) or about_arriving(event.args[0], here)
                fits = fits or bool(self.guide.search.find(event.args[0]).services)
            case "unreadable":
                fits = session.language is not None
            case name:
                fits = name not in NOTHING_MEANT
        helped = self.guide.inbox and event.name in ("write", "unreadable") and session.state == specialist.STATE
        return Grasp(session.language, tuple(normalised(label) for _, label in labels), fits, helped)

    def sorry(self, session: Session, surface: Surface) -> Answer:
        """When answering failed: nobody is left without a word, and the talk goes on from the menu."""
        language = session.language or Language.KK
        state = "menu" if session.language else "language"
        text = self.guide.words.say(Say("sorry" if session.language else "sorry.both"), language, surface)
        return Answer(structs.replace(session, state=state, offered=[], page=0), (Message(text),), "failed")

    def _take_up(self, session: Session, here: Here) -> Turn:
        """What the person came with before the language was known."""
        name, _, said = session.pending.partition(":")
        event = Event(name, (said,) if name == "say" else tuple(said.split(":")) if said else ())
        return step(structs.replace(session, pending=""), event, here, self.guide)

    def _worded(self, turn: Turn, before: Session, content: Content, surface: Surface) -> Answer:
        session = turn.session
        language = session.language or before.language or Language.KK
        messages = []
        if turn.reply is not None:
            if surface is Surface.CHAT:
                message = render.chat(turn.reply, self.guide.words, language)
                offered = [button.id for button in message.buttons]
                if turn.reply.in_place and isinstance(content, Pressed):
                    message = structs.replace(message, replaces=content.message)
            else:
                page = self._page(turn.reply, session, language)
                message = Message(page.text)
                offered = list(page.offered)
            messages.append(message)
            if turn.reply.choices:
                session.offered = offered
        if turn.to_phone is not None:
            phone, listed = turn.to_phone
            texts = render.letters(listed, self.guide.words, language)
            messages += [Message(text, to_phone=phone) for text in texts]
        return Answer(
            session,
            tuple(messages),
            turn.note,
            "" if turn.forgotten else turn.link,
            turn.errands,
            turn.request,
            turn.audits,
            turn.erases,
            turn.forgotten,
            turn.unmet,
        )

    def _page(self, reply: Reply, session: Session, language: Language) -> render.Page:
        if session.missed and reply.notices:
            return render.aside(reply, self.guide.words, language, session.page)
        pages = render.sms(reply, self.guide.words, language)
        return pages[min(session.page, len(pages) - 1)]

    def _labels(self, session: Session, here: Here) -> Sequence[tuple[str, str]]:
        language = session.language or Language.KK
        shown = view(session, here, self.guide).choices
        return [(choice.id, self.guide.words.say(choice.label, language, here.surface)) for choice in shown]


def load(locales: Path, *, sends_sms: bool = True, inbox: bool = False) -> Dialogue:
    texts, catalogue, found, asked = _read(locales)
    calendar = workdays.load()
    law = rules.load(calendar, reminder_at=None, quiet=None)
    return Dialogue(Guide(texts, catalogue, found, calendar, law, asked, sends_sms, inbox))


@cache
def _read(locales: Path) -> tuple[Words, Catalogue, Search, Ways]:
    """What never changes while the program runs is read from disk once; the calendar does change."""
    texts = words.load(locales)
    catalogue = loader.load(texts)
    return texts, catalogue, search.build(catalogue, texts), ways.load(catalogue, texts)

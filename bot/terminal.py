"""A talk in the terminal: the same dialogue, a session that lives as long as the program."""

import sys
from datetime import datetime

from msgspec import structs

from dialogs import session as sessions
from dialogs.dialogue import Dialogue
from dialogs.inquiries import AWAY
from dialogs.language import Language
from dialogs.messages import Button, Contact, Content, Message, Pressed, Surface, Text
from dialogs.people import read_phone
from dialogs.talk import Here
from gateway import papers
from gateway.clock import ALMATY


class Terminal:
    def __init__(self, dialogue: Dialogue, language: Language | None, surface: Surface) -> None:
        self._dialogue = dialogue
        self._surface = surface
        self._session = sessions.new("terminal")
        self._session.language = language
        self._asked_contact = False
        self._buttons: tuple[Button, ...] = ()

    def run(self) -> None:
        """Until the input ends. Works in a pipe as well."""
        by_hand = sys.stdin.isatty()
        self.answer("/start")
        while True:
            if by_hand:
                print("> ", end="", flush=True)
            line = sys.stdin.readline()
            if not line:
                return
            if line.strip():
                self.answer(line.strip())

    def answer(self, line: str) -> None:
        here, content = Here(datetime.now(ALMATY), self._surface, told={}), self._content(line)
        answer = self._dialogue.answer(self._session, content, here)
        while answer.inquiry is not None:  # there is nobody to ask in here
            here = structs.replace(here, told={**here.told, answer.inquiry: AWAY})
            answer = self._dialogue.answer(self._session, content, here)
        self._session = answer.session
        for message in answer.messages:
            self._show(message)
        print(flush=True)

    def _content(self, line: str) -> Content:
        """A phone typed where the button for one's own number stands counts as that button; in here a number stands
        beside each button, and presses it."""
        if self._asked_contact and read_phone(line) is not None:
            return Contact(line, own=True)
        if line.isdecimal() and 0 < int(line) <= len(self._buttons):
            return Pressed(self._buttons[int(line) - 1].id)
        return Text(line)

    def _show(self, message: Message) -> None:
        print()
        if message.to_phone is not None:
            print(f"[SMS {read_phone(message.to_phone)}]")
        else:
            self._asked_contact = message.ask_contact
            self._buttons = message.buttons
        print(message.text)
        if message.paper is not None:
            print(f"[{papers.name(message.paper)}]")
        for number, button in enumerate(message.buttons, 1):
            print(f"{number:>3} – {button.label}")

"""The simulator's page, rendered in the language of whoever plays."""

import json
from collections.abc import Callable
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from dialogs.messages import Language, Say, Surface, say
from dialogs.words import Words

HERE = Path(__file__).parent
STATIC = HERE / "static"

_SCRIPT_WORDS = {
    "count": "web.sms.count",
    "unread": "web.unread",
    "real": "web.clock.real",
    "moved": "web.clock.moved",
    "done": "web.clock.done",
    "refused": "web.clock.refused",
    "restarted": "web.citizen.restarted",
    "wrong": "web.citizen.wrong",
    "failed": "web.failed",
    "status.received": "web.status.received",
    "status.delivered": "web.status.delivered",
}
"""Names in the script → texts. Their placeholders are filled in by the script."""


class Page:
    def __init__(self, words: Words) -> None:
        self._words = words
        environment = Environment(
            loader=FileSystemLoader(HERE / "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
        )
        self._template = environment.get_template("simulator.html")

    def render(self, language: Language, phone: str, user: str) -> str:
        return self._template.render(
            language=language.value,
            phone=phone,
            user=user,
            say=self._speaker(language),
            words=json.dumps(self._script_words(language), ensure_ascii=False),
        )

    def _speaker(self, language: Language) -> Callable[[str], str]:
        return lambda text: self._words.say(Say(text), language, Surface.CHAT)

    def _script_words(self, language: Language) -> dict[str, str]:
        found = {}
        for name, text in _SCRIPT_WORDS.items():
            kept = {field: f"{{{field}}}" for field in self._words.placeholders(text)[language, Surface.CHAT]}
            found[name] = self._words.say(say(text, **kept), language, Surface.CHAT)
        return found

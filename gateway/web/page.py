"""The simulator's page, rendered in the language of whoever plays."""

import json
from collections.abc import Callable
from pathlib import Path

from babel.dates import get_day_names, get_month_names
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from dialogs.language import Language
from dialogs.matters.rules import Rules
from dialogs.messages import Say, Surface, say
from dialogs.talk import Guide

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
    "sms.turn_off": "web.sms.turn_off",
    "sms.turn_on": "web.sms.turn_on",
    "status.received": "web.status.received",
    "status.delivered": "web.status.delivered",
}
"""Names in the script → texts. Their placeholders are filled in by the script."""
_OF_ESOBES = "web.esobes."
"""All texts that begin so are for the script, without «web.»."""


class Page:
    def __init__(self, guide: Guide, law: Rules) -> None:
        self._words = guide.words
        self._services = list(guide.catalogue.services)
        self._law = law
        environment = Environment(
            loader=FileSystemLoader(HERE / "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
        )
        self._template = environment.get_template("simulator.html")

    def render(self, language: Language, phone: str, user: str) -> str:
        speak = self._speaker(language)
        services = {slug: speak(f"{slug}.name") for slug in self._services}
        offered = {"proactive": self._law.proactive, "replacement": self._law.replaceable}
        months, weekdays = (names("wide", locale=language.value) for names in (get_month_names, get_day_names))
        known = {
            "services": services,
            "offered": {kind: [slug for slug in services if slug in some] for kind, some in offered.items()},
            "diapers": self._law.diapers.service,
            "months": [months[number] for number in range(1, 13)],
            "weekdays": [weekdays[number] for number in range(7)],
        }
        return self._template.render(
            language=language.value,
            phone=phone,
            user=user,
            say=speak,
            words=json.dumps(self._script_words(language), ensure_ascii=False),
            known=json.dumps(known, ensure_ascii=False),
        )

    def _speaker(self, language: Language) -> Callable[[str], str]:
        return lambda text: self._words.say(Say(text), language, Surface.CHAT)

    def _script_words(self, language: Language) -> dict[str, str]:
        texts = {text.removeprefix("web."): text for text in self._words.ids() if text.startswith(_OF_ESOBES)}
        found = {}
        for name, text in (_SCRIPT_WORDS | texts).items():
            kept = {field: f"{{{field}}}" for field in self._words.placeholders(text)[language, Surface.CHAT]}
            found[name] = self._words.say(say(text, **kept), language, Surface.CHAT)
        return found

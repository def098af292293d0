"""A page of the console, rendered in the language of whoever looks at it."""

from collections.abc import Mapping
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any

from babel.dates import format_date, format_skeleton
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from dialogs.days import BABEL_LOCALE, with_weekday
from dialogs.language import Language
from dialogs.messages import Say, Surface, Value
from dialogs.words import Words
from gateway.clock import ALMATY

TEMPLATES = Path(__file__).parents[1] / "templates"
NARROW = "\u202f"
"""A thin space at which no line is broken."""


class Pages:
    def __init__(self, words: Words) -> None:
        self.words = words
        self._environment = Environment(
            loader=FileSystemLoader(TEMPLATES),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def render(self, template: str, language: Language, now: datetime, values: Mapping[str, object]) -> str:
        known: dict[str, Any] = {
            "language": language.value,
            "say": partial(self.say, language),
            "day": partial(day, language, now),
            "moment": partial(moment, language, now),
            "number": number,
            **values,
        }
        ui: Any = self._environment.get_template("staff/_macros.html").make_module(known)
        known |= {"ui": ui, "csrf_field": ui.csrf_field}
        return self._environment.get_template(f"staff/{template}").render(known)

    def say(self, language: Language, text: str, /, *, count: int | None = None, **values: Value) -> str:
        """`count`: for a text with plural forms."""
        return self.words.say(Say(text, tuple(values.items()), count), language, Surface.CHAT)


def day(language: Language, now: datetime, one: date, *, weekday: bool = False) -> str:
    """«26 қараша», with the year if it is another one; with the weekday where there is a deadline."""
    if isinstance(one, datetime):
        one = one.astimezone(ALMATY).date()
    if weekday:
        return with_weekday(one, language)
    if one.year != now.year:
        return format_date(one, "long", locale=BABEL_LOCALE[language])
    return format_skeleton("MMMMd", one, locale=BABEL_LOCALE[language])


def moment(language: Language, now: datetime, one: datetime) -> str:
    """«26 қараша, 14:05»; of today the time alone."""
    at = one.astimezone(ALMATY)
    return f"{at:%H:%M}" if at.date() == now.date() else f"{day(language, now, at)}, {at:%H:%M}"


def number(one: float) -> str:
    return f"{one:,}".replace(",", NARROW).replace(".", ",")

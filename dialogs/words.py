"""The texts of `locales/`, by their ids, for both languages and both surfaces; dates as people say them."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, time
from gettext import c2py
from pathlib import Path
from string import Formatter

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from msgspec import Struct

from dialogs.days import Day, with_weekday
from dialogs.language import Language
from dialogs.messages import Plain, Say, Surface, Value


class WordsError(Exception):
    """A catalogue of texts is incomplete. The message names the file and the text."""


class _Texts(Struct, frozen=True):
    """One language on one surface."""

    single: dict[str, str]
    plural: dict[str, tuple[str, ...]]
    form: Callable[[int], int]


class Words:
    """Every text, ready to be filled in."""

    def __init__(self, texts: Mapping[tuple[Language, Surface], _Texts]) -> None:
        self._texts = texts

    def say(self, what: Say, language: Language, surface: Surface) -> str:
        texts = self._texts[language, surface]
        if what.count is None:
            template = texts.single[what.id]
            if not what.values:
                return template
            values = {name: self._value(value, language, surface) for name, value in what.values}
        else:
            template = texts.plural[what.id][texts.form(what.count)]
            values = {name: self._value(value, language, surface) for name, value in what.values}
            values["count"] = str(what.count)
        return template.format_map(values).replace("….", "…")  # where somebody else's words were cut

    def _value(self, value: Value, language: Language, surface: Surface) -> str:
        return self.say(value, language, surface) if isinstance(value, Say) else spoken(value, language)

    def has(self, text: str) -> bool:
        return all(text in t.single or text in t.plural for t in self._texts.values())

    def placeholders(self, text: str) -> dict[tuple[Language, Surface], frozenset[str]]:
        """The placeholders of a text, as each language and surface has them."""
        found = {}
        for key, texts in self._texts.items():
            forms = texts.plural.get(text) or (texts.single[text],)
            found[key] = frozenset(name for form in forms for name in _fields(form))
        return found

    def ids(self) -> Iterator[str]:
        texts = self._texts[Language.KK, Surface.CHAT]
        yield from texts.single
        yield from texts.plural


def spoken(value: Plain, language: Language) -> str:
    if isinstance(value, datetime):
        return f"{with_weekday(value.date(), language)}, {value:%H:%M}"
    if isinstance(value, date):
        return Day(value, language)
    if isinstance(value, time):
        return f"{value:%H:%M}"
    return str(value)


def load(folder: Path) -> Words:
    """Read every `.po` file below `folder/{kk,ru}/LC_MESSAGES`."""
    texts: dict[tuple[Language, Surface], _Texts] = {}
    for language in Language:
        chat: dict[str, str] = {}
        sms: dict[str, str] = {}
        plural: dict[str, tuple[str, ...]] = {}
        form: Callable[[int], int] = int
        for file in sorted((folder / language / "LC_MESSAGES").glob("*.po")):
            catalog = _read(file, language)
            form = c2py(catalog.plural_expr)
            _collect(file, catalog, chat, sms, plural)
        if not chat and not plural:
            raise WordsError(f"{folder / language}: no texts found")
        texts[language, Surface.CHAT] = _Texts(chat, plural, form)
        texts[language, Surface.SMS] = _Texts({**chat, **sms}, plural, form)
    _compare({language: {*t.single, *t.plural} for (language, _), t in texts.items()})
    return Words(texts)


def _compare(ids: Mapping[Language, set[str]]) -> None:
    for one in Language:
        for other in Language:
            if missing := ids[one] - ids[other]:
                raise WordsError(f"locales: «{min(missing)}» is missing in {other}")


def _read(file: Path, language: Language) -> Catalog:
    with file.open("rb") as stream:
        return read_po(stream, locale=str(language), abort_invalid=True)


def _collect(
    file: Path,
    catalog: Catalog,
    chat: dict[str, str],
    sms: dict[str, str],
    plural: dict[str, tuple[str, ...]],
) -> None:
    for message in catalog:
        if not message.id:
            continue
        forms = (message.string,) if isinstance(message.string, str) else tuple(message.string or ())
        name = message.id if isinstance(message.id, str) else message.id[0]
        if not forms or not all(forms):
            raise WordsError(f"{file.name}: «{name}» has no text")
        if name in plural or name in (sms if message.context == "sms" else chat):
            raise WordsError(f"{file.name}: «{name}» stands in two files")
        if message.pluralizable:
            plural[name] = forms
        elif message.context == "sms":
            sms[name] = forms[0]
        else:
            chat[name] = forms[0]


def _fields(template: str) -> Iterator[str]:
    for _, name, _, _ in Formatter().parse(template):
        if name:
            yield name

"""Is a call as Telegram has published it? `bot_api.toml` holds names and types; the limits stand here."""

import json
import re
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

FACTS: dict[str, dict[str, dict[str, str]]] = tomllib.loads(Path(__file__).with_name("bot_api.toml").read_text())
METHODS, TYPES = FACTS["methods"], FACTS["types"]
WHOLE = re.compile(r"-?\d+")


class Upload(NamedTuple):
    name: str
    content: bytes


class WrongError(Exception):
    """What Telegram would say behind «Bad Request: »."""


def units(text: str) -> int:
    """As Telegram measures: UTF-16."""
    return len(text.encode("utf-16-le")) // 2


def check(method: str, parameters: Mapping[str, Any]) -> None:
    """Values are as they came: in a form, everything but files and JSON is words."""
    _fields(parameters, METHODS[method], method)
    for name, value in parameters.items():
        for limit, said in LIMITS.get(name, ()):
            if not limit(value):
                raise WrongError(said)


def plain(method: str, name: str, given: str) -> Any:
    """A parameter out of a form: JSON where it is more than a word or a number."""
    types = METHODS[method].get(name, "String").removesuffix("!").split("|")
    if any(one not in ("Integer", "String", "Boolean", "InputFile") for one in types):
        try:
            return json.loads(given)
        except ValueError:
            raise WrongError(f"can't parse {name} JSON object") from None
    return given


def _fields(given: Mapping[str, Any], known: Mapping[str, str], where: str) -> None:
    for name in given:
        if name not in known:
            raise WrongError(f"{where} has no {name}")
    for name, types in known.items():
        if name not in given and types.endswith("!"):
            raise WrongError(f"{name} is missing in {where}")
    for name, value in given.items():
        if not any(_fits(value, one, f"{where}.{name}") for one in known[name].removesuffix("!").split("|")):
            raise WrongError(f"{where}.{name} is not of type {known[name]}")


def _fits(value: Any, kind: str, where: str) -> bool:
    if kind.startswith("Array of "):
        inner = kind.removeprefix("Array of ")
        return isinstance(value, list) and all(_fits(one, inner, where) for one in value)
    match kind:
        case "Integer":
            return (isinstance(value, int) and not isinstance(value, bool)) or _is_word(value, WHOLE.fullmatch)
        case "Boolean":
            return isinstance(value, bool) or value in ("true", "false")
        case "String":
            return isinstance(value, str)
        case "InputFile":
            return isinstance(value, Upload)
        case _ if kind in TYPES and isinstance(value, dict) and value.keys() <= TYPES[kind].keys():
            _fields(value, TYPES[kind], kind)
            return True
    return False


def _is_word(value: Any, fits: Callable[[str], object]) -> bool:
    return isinstance(value, str) and bool(fits(value))


def _buttons(markup: Mapping[str, Any]) -> list[dict[str, Any]]:
    rows = markup.get("inline_keyboard") or markup.get("keyboard") or []
    return [button for row in rows for button in row]


def _has_good_data(markup: Mapping[str, Any]) -> bool:
    """Every button under a message does one thing, and the bot's ones carry a choice."""
    return "inline_keyboard" not in markup or all(
        1 <= len(button.get("callback_data", "").encode()) <= 64 and not button.keys() - {"text", "callback_data"}
        for button in _buttons(markup)
    )


def _is_command(command: Mapping[str, str]) -> bool:
    return bool(re.fullmatch(r"[a-z0-9_]{1,32}", command["command"])) and 1 <= len(command["description"]) <= 256


Limit = tuple[Callable[[Any], bool], str]

LIMITS: dict[str, tuple[Limit, ...]] = {
    "chat_id": ((lambda chat: int(chat) != 0, "chat not found"),),
    "text": (
        (lambda text: bool(text.strip()), "message text is empty"),
        (lambda text: units(text) <= 4096, "message is too long"),
        (lambda text: text == text.strip(), "the text would be changed by Telegram"),
        (lambda text: "\x00" not in text, "strings must be encoded in UTF-8"),
    ),
    "caption": (
        (lambda text: units(text) <= 1024, "message caption is too long"),
        (lambda text: bool(text) and text == text.strip(), "the caption would be changed by Telegram"),
    ),
    "document": ((lambda file: isinstance(file, str) or 0 < len(file.content) <= 50_000_000, "file is empty"),),
    "reply_markup": (
        (_has_good_data, "BUTTON_DATA_INVALID"),
        (lambda markup: all(button["text"] for button in _buttons(markup)), "text buttons are unallowed to be empty"),
        (lambda markup: len(_buttons(markup)) <= 100, "reply markup has too many buttons"),
        (lambda markup: all(len(row) <= 8 for row in markup.get("inline_keyboard", ())), "a row is too long"),
        (lambda markup: len(json.dumps(markup, ensure_ascii=False).encode()) <= 10_240, "reply markup is too long"),
    ),
    "commands": (
        (lambda commands: len(commands) <= 100, "BOT_COMMANDS_TOO_MUCH"),
        (lambda commands: all(map(_is_command, commands)), "BOT_COMMAND_INVALID"),
    ),
    "description": ((lambda text: len(text) <= 512, "description is too long"),),
    "short_description": ((lambda text: len(text) <= 120, "short description is too long"),),
    "language_code": ((lambda code: bool(re.fullmatch(r"[a-z]{2}", code)), "LANG_CODE_INVALID"),),
    "secret_token": (
        (
            lambda secret: bool(re.fullmatch(r"[A-Za-z0-9_-]{1,256}", secret)),
            "secret token contains illegal characters",
        ),
    ),
    "url": ((lambda url: url == "" or url.startswith("https://"), "bad webhook: HTTPS URL must be provided"),),
    "max_connections": ((lambda number: 1 <= int(number) <= 100, "max_connections must be between 1 and 100"),),
    "limit": ((lambda number: 1 <= int(number) <= 100, "limit must be between 1 and 100"),),
    "timeout": ((lambda seconds: 0 <= int(seconds) <= 50, "timeout must not be longer than 50 seconds"),),
}
"""What may stand in a parameter, and what is said otherwise. Private chats only, so keyboards are the bot's own."""

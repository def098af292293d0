"""The table of settings: every `KELISIM_*` variable, read here once and nowhere else."""

import difflib
import os
import re
from datetime import time
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from dotenv.parser import parse_stream
from pydantic import Field, HttpUrl, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.errors import StartError
from dialogs.matters.window import Quiet, is_quiet

PREFIX = "KELISIM_"
FILE = ".env"
ROUTES = ("kannel", "smsc", "mobizon")
"""SMS providers the assistant can speak to."""
NO_SECRET = SecretStr("")
OFF = "off"
Price = Annotated[Decimal, Field(ge=0, le=1000, decimal_places=2)]
"""Of one part of an SMS, in tenge."""
CLOCK = "(?:[01][0-9]|2[0-3]):[0-5][0-9]"


class Settings(BaseSettings):
    """Field names are the variables without their prefix. An empty variable counts as not set."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_file=FILE, env_ignore_empty=True, extra="ignore", frozen=True
    )

    http_host: str = "127.0.0.1"
    http_port: Annotated[int, Field(ge=0, le=65535)] = 8080
    public_url: str = ""
    """Where other systems reach the HTTP side, for Kannel's delivery reports."""
    redis_url: SecretStr = NO_SECRET
    redis_accept: bool = False
    """Take an outside Redis although it may forget what was acknowledged."""
    data_dir: Path = Path("var")

    telegram_token: SecretStr = NO_SECRET
    telegram_api: str = "https://api.telegram.org"
    telegram_webhook: str = ""
    telegram_secret: SecretStr = NO_SECRET
    telegram_consent: bool = True

    sms_routes: Annotated[tuple[str, ...], NoDecode] = ()
    sms_broadcast_routes: Annotated[tuple[str, ...], NoDecode] = ()
    """For what goes to many; empty: the same."""
    sms_prefix_routes: Annotated[dict[str, tuple[str, ...]], NoDecode] = {}
    """`+7701` → routes that come before the others there; written `+7701,+7702=smsc,kannel;+7705=mobizon`."""
    sms_unclear_wait: Annotated[int, Field(ge=0, le=3600)] = 5
    """Seconds that an SMS of which nobody knows whether the gateway has it waits for a report before it is sent
    again."""
    sms_delivered_within: Annotated[int, Field(ge=10, le=86400)] = 300
    """Seconds in which an SMS should be delivered, and…"""
    sms_delivered_share: Annotated[int, Field(ge=0, le=100)] = 50
    """…how many of a hundred have to be, or another route is preferred; 0: nobody minds."""
    sms_broadcast_rate: Annotated[int, Field(ge=1, le=1000)] = 20
    """Broadcast SMS in a second."""
    sms_secret: SecretStr = NO_SECRET
    kannel_url: str = ""
    kannel_username: str = ""
    kannel_password: SecretStr = NO_SECRET
    kannel_from: str = ""
    kannel_price: Price = Decimal(0)
    smsc_url: str = "https://smsc.kz"
    smsc_login: str = ""
    smsc_password: SecretStr = NO_SECRET
    smsc_apikey: SecretStr = NO_SECRET
    """In the place of login and password."""
    smsc_sender: str = ""
    """Empty: the account's own, here and below."""
    smsc_secret: SecretStr = NO_SECRET
    """What the provider signs its reports with, here and below."""
    smsc_price: Price = Decimal(0)
    mobizon_url: str = "https://api.mobizon.kz"
    mobizon_apikey: SecretStr = NO_SECRET
    mobizon_sender: str = ""
    mobizon_secret: SecretStr = NO_SECRET
    mobizon_price: Price = Decimal(0)

    statutory_sms: bool = True
    """Whether what the law asks for goes by SMS as well, where a chat is linked."""
    sms_after: Annotated[int, Field(ge=10, le=3600)] = 120
    """Seconds after which an SMS follows what goes to a chat, unless the chat has taken it."""

    esobes_url: str = ""
    esobes_token: SecretStr = NO_SECRET
    quiet_hours: str = "21:00-09:00"
    refusal_hold: Annotated[int, Field(ge=0, le=1440)] = 15
    """Minutes in which a refusal can be taken back before it is passed on."""
    reminder: str = "10:00"
    """When those who have not answered are reminded on the last day, or «off»."""
    arrival_workdays_before: Annotated[int, Field(ge=0, le=30)] = 3
    """So many working days before the last day to arrive somebody is reminded, and…"""
    arrival_days_before: Annotated[int, Field(ge=0, le=30)] = 1
    """…so many days before it; 0: not then."""

    journal_keep: Annotated[int, Field(ge=0, le=1200)] = 0
    """Months after which lines of the journals are put into files; 0: never."""

    trusted_proxy: Annotated[int, Field(ge=0, le=9)] = 0
    """How many proxies before us say truly whom they speak for."""
    lists_keep: Annotated[int, Field(ge=0, le=36500)] = 365
    """Days after the end of a broadcast after which nobody is known to have been among its recipients; 0: never."""
    approve_above: Annotated[int, Field(ge=0)] = 500
    """A broadcast to more has to be approved by a second person."""
    staff_idle: Annotated[int, Field(ge=5, le=720)] = 60
    """Minutes after which somebody who does nothing is signed out."""
    upload_limit: Annotated[int, Field(ge=1, le=2000)] = 300
    """Megabytes of a file that staff send."""

    sandbox_wanted: Annotated[bool | None, Field(validation_alias=f"{PREFIX}SANDBOX")] = None
    sandbox_with_real_channels: bool = False
    log: Literal["debug", "info", "warning", "error"] = "info"

    inbox_wanted: Annotated[bool | None, Field(validation_alias=f"{PREFIX}INBOX")] = None
    staff_chat: str = ""
    """The specialists' own chat in Telegram."""

    @property
    def inbox(self) -> bool:
        """Whether people can write to the specialists: on in the sandbox, unless told otherwise."""
        return self.sandbox if self.inbox_wanted is None else self.inbox_wanted

    @property
    def telegram(self) -> bool:
        return bool(self.telegram_token.get_secret_value())

    @property
    def sandbox(self) -> bool:
        """On when asked for; and, unless told otherwise, as long as no real channel is set."""
        if self.sandbox_wanted is None:
            return not self.telegram and not self.sms_routes
        return self.sandbox_wanted

    @property
    def quiet(self) -> Quiet | None:
        begins, ends = (time.fromisoformat(clock) for clock in self.quiet_hours.split("-"))
        return (begins, ends) if begins != ends else None

    @property
    def reminder_at(self) -> time | None:
        return None if self.reminder == OFF else time.fromisoformat(self.reminder)

    @field_validator("sms_routes", "sms_broadcast_routes", mode="before")
    @classmethod
    def _routes(cls, value: object) -> object:
        return _listed(value) if isinstance(value, str) else value

    @field_validator("sms_routes", "sms_broadcast_routes")
    @classmethod
    def _known_routes(cls, routes: tuple[str, ...]) -> tuple[str, ...]:
        for route in routes:
            if route not in ROUTES:
                raise ValueError(f"no SMS route is called «{route}»; there is: {', '.join(ROUTES)}")
        return routes

    @field_validator("sms_prefix_routes", mode="before")
    @classmethod
    def _prefixes(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        found: dict[str, tuple[str, ...]] = {}
        for rule in filter(None, map(str.strip, value.split(";"))):
            prefixes, _, routes = rule.partition("=")
            for prefix in _listed(prefixes):
                if not _listed(routes) or not re.fullmatch(r"\+[0-9]{1,14}", prefix):
                    raise ValueError("prefixes and routes are needed, like +7701,+7702=smsc,kannel;+7705=kannel")
                found[prefix] = cls._known_routes(_listed(routes))
        return found

    @field_validator("log", "reminder", mode="before")
    @classmethod
    def _lower(cls, value: object) -> object:
        return value.lower() if isinstance(value, str) else value

    @field_validator("quiet_hours")
    @classmethod
    def _hours(cls, hours: str) -> str:
        if not re.fullmatch(f"{CLOCK}-{CLOCK}", hours):
            raise ValueError("two times of the day are needed, like 21:00-09:00")
        return hours

    @field_validator("reminder")
    @classmethod
    def _reminder(cls, clock: str) -> str:
        if clock != OFF and not re.fullmatch(CLOCK, clock):
            raise ValueError(f"a time of the day is needed, like 10:00, or «{OFF}»")
        return clock

    @field_validator("staff_chat")
    @classmethod
    def _chat(cls, chat: str) -> str:
        if not re.fullmatch(r"(-?[0-9]{1,19})?", chat, re.ASCII):
            raise ValueError("not the number of a chat in Telegram; of a group it looks like -1001234567890")
        return chat

    @field_validator("telegram_token")
    @classmethod
    def _token(cls, token: SecretStr) -> SecretStr:
        if not re.fullmatch(r"(\d+:[\w-]+)?", token.get_secret_value(), re.ASCII):
            raise ValueError("not a bot token; it looks like 123456:AbC-dEf, as BotFather shows it")
        return token

    @field_validator("telegram_secret", "sms_secret", "smsc_secret", "mobizon_secret")
    @classmethod
    def _secret(cls, secret: SecretStr) -> SecretStr:
        # Telegram's own rule for secret tokens; also safe in a URL, where the SMS secret stands.
        if not re.fullmatch(r"([\w-]{8,256})?", secret.get_secret_value(), re.ASCII):
            raise ValueError("8 to 256 Latin letters, digits, «_» or «-» are needed")
        return secret

    @field_validator("esobes_token")
    @classmethod
    def _bearer(cls, token: SecretStr) -> SecretStr:
        if not re.fullmatch(r"[!-~]*", token.get_secret_value()):  # it stands in a header
            raise ValueError("only letters, digits and signs of ASCII are possible, and no spaces")
        return token

    @field_validator(
        "telegram_api", "telegram_webhook", "kannel_url", "smsc_url", "mobizon_url", "esobes_url", "public_url"
    )
    @classmethod
    def _url(cls, url: str) -> str:
        if not url:
            return url
        try:
            HttpUrl(url)
        except ValidationError:
            whole = False
        else:
            whole = re.fullmatch(r"https?://[^\s?#]+", url) is not None  # paths of ours are put behind it
        if not whole:
            raise ValueError("not a web address; it looks like https://example.kz or http://localhost:13013")
        return url.rstrip("/")

    @field_validator("redis_url")
    @classmethod
    def _redis(cls, url: SecretStr) -> SecretStr:
        if not re.fullmatch(r"((rediss?|redis\+sentinel|redis\+cluster|unix)://\S+)?", url.get_secret_value()):
            raise ValueError("not an address of Redis; it looks like redis://localhost:6379")
        try:
            urlsplit(url.get_secret_value())
        except ValueError:
            raise ValueError("not an address of Redis; a bracket in it stands alone") from None
        return url

    @model_validator(mode="after")
    def _together(self) -> Self:
        if self.reminder_at and is_quiet(self.reminder_at, self.quiet):
            raise ValueError(f"{PREFIX}REMINDER: lies within {PREFIX}QUIET_HOURS, when nothing unasked-for is sent")
        if self.telegram and self.sandbox and not self.sandbox_with_real_channels:
            raise ValueError(
                f"{PREFIX}SANDBOX: the simulator and its clock do not go together with a real Telegram bot; "
                f"if you mean it, set {PREFIX}SANDBOX_WITH_REAL_CHANNELS=1"
            )
        if self.staff_chat and not self.telegram:
            raise ValueError(f"{PREFIX}TELEGRAM_TOKEN: not set, but {PREFIX}STAFF_CHAT is")
        if self.esobes_url and not self.esobes_token.get_secret_value():  # one made up here would be known to nobody
            raise ValueError(f"{PREFIX}ESOBES_TOKEN: not set, but {PREFIX}ESOBES_URL is")
        if not self.statutory_sms and not self.telegram_consent:  # a question in a chat that takes no answer
            raise ValueError(
                f"{PREFIX}STATUTORY_SMS: 0 does not go together with {PREFIX}TELEGRAM_CONSENT=0: "
                "whoever can answer by SMS only has to be asked by SMS"
            )
        preferred = {*self.sms_broadcast_routes}.union(*self.sms_prefix_routes.values())
        if unset := sorted(preferred.difference(self.sms_routes)):
            raise ValueError(f"{PREFIX}SMS_ROUTES: does not name {unset[0]}, which another setting prefers")
        for route in self.sms_routes:
            for name in self._needed(route):
                value = getattr(self, name)
                if not (value.get_secret_value() if isinstance(value, SecretStr) else value):
                    raise ValueError(f"{_variable(name)}: not set, but {PREFIX}SMS_ROUTES names {route}")
        return self

    @property
    def prices(self) -> dict[str, int]:
        """Route → hundredths of a tenge for a part."""
        return {route: int(getattr(self, f"{route}_price") * 100) for route in ROUTES}

    def _needed(self, route: str) -> tuple[str, ...]:
        match route:
            case "kannel":
                return "kannel_url", "kannel_username", "kannel_password", "kannel_from"
            case "smsc" if self.smsc_apikey.get_secret_value():
                return "smsc_url", "smsc_secret"
            case "smsc":
                return "smsc_url", "smsc_login", "smsc_password", "smsc_secret"
        return "mobizon_url", "mobizon_apikey", "mobizon_secret"


def load() -> Settings:
    """From the environment and `.env`; what is wrong is told in one line."""
    known = {_variable(name) for name in Settings.model_fields}
    given = {name.upper() for name in (*os.environ, *_in_the_file())}
    for name in sorted(given - known):
        if name.startswith(PREFIX):
            near = difflib.get_close_matches(name, sorted(known), 1)
            raise StartError(f"{name}: no such setting" + (f"; did you mean {near[0]}?" if near else ""))
    try:
        return Settings()
    except ValidationError as error:
        raise StartError(_first(error)) from None


def _in_the_file() -> list[str]:
    """The names in `.env`. A line that cannot be read is told, because its setting would be passed over."""
    try:
        with open(FILE, encoding="utf-8-sig") as file:
            lines = [line for line in parse_stream(file) if line.key or line.error]
    except (FileNotFoundError, IsADirectoryError):
        return []
    except UnicodeDecodeError:
        raise StartError(f"{FILE}: not in UTF-8") from None
    except OSError as error:
        raise StartError(f"{FILE}: cannot be read: {error.strerror}") from error
    for line in lines:
        if line.error or line.value is None:
            raise StartError(f"{FILE}: line {line.original.line} does not look like NAME=value")
    return [line.key for line in lines if line.key]


def _listed(value: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in value.split(",") if part.strip())


def _variable(field: str) -> str:
    alias = Settings.model_fields[field].validation_alias
    return alias if isinstance(alias, str) else PREFIX + field.upper()


def _first(error: ValidationError) -> str:
    """Never with the value itself: it may be a secret."""
    problem = error.errors(include_input=False, include_url=False, include_context=False)[0]
    words = problem["msg"].removeprefix("Value error, ")
    if not problem["loc"]:
        return words
    name = str(problem["loc"][0])
    return f"{_variable(name) if name in Settings.model_fields else name.upper()}: {words}"

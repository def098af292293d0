"""The log: one line an event on stderr, and nothing in it that belongs to a person.

Our own code logs what happened, never what was said. What is here is the second line of defence, for a value that
slips in all the same and for the loggers of libraries: values are shown only if they are plain, long numbers are
blotted out, and of an exception its kind and place are shown, not its words, which may repeat a message.
"""

import asyncio
import logging
import re
import sys
import traceback
from collections.abc import MutableMapping
from typing import Any

import structlog

HIDDEN = "•••"

_LONG_NUMBER = re.compile(r"\+?\d(?:[\s()-]{0,2}\d){10,}")
"""Eleven digits and more, also written in groups: phones and IINs. Times and sums are shorter."""
_BOT_TOKEN = re.compile(r"(?<!\d)\d{5,}:[A-Za-z0-9_-]{20,}")

_SAID = frozenset({"text", "content", "message", "body", "payload", "url", "address", "phone", "iin", "label"})
"""Names under which something a person said, or is reached by, may come."""

Event = MutableMapping[str, Any]


class Blotter:
    """The last step: whatever the line holds, long numbers and known secrets do not get out."""

    def __init__(self) -> None:
        self._secrets: list[str] = []

    def hide(self, *secrets: str) -> None:
        self._secrets += [secret for secret in secrets if secret]

    def __call__(self, _: Any, __: str, line: Any) -> str:
        for secret in self._secrets:
            line = line.replace(secret, HIDDEN)
        return _BOT_TOKEN.sub(HIDDEN, _LONG_NUMBER.sub(HIDDEN, line))


def start(level: str) -> Blotter:
    """From here on, all logging of the process goes through here."""
    blotter = Blotter()
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper("iso", key="at"),
            _place,
            _plain,
            structlog.processors.LogfmtRenderer(key_order=["at", "level", "event"]),
            blotter,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    root = logging.getLogger()
    root.handlers = [_Libraries()]
    # Libraries log whole requests, and in them phones and texts, below this level.
    root.setLevel(logging.WARNING)
    logging.getLogger("gateway").setLevel(level.upper())
    logging.captureWarnings(capture=True)
    return blotter


def unhandled(_: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """What asyncio says about a task that failed with nobody looking: its own words repeat the exception's."""
    structlog.get_logger().error("a task failed", exc_info=context.get("exception") or False)


class _Libraries(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        logger = structlog.get_logger()
        logger.log(record.levelno, record.getMessage(), logger=record.name, exc_info=record.exc_info or False)


def _place(_: Any, __: str, event: Event) -> Event:
    """An exception's kind and place. Only the system's own errors are quoted: they speak of files and ports."""
    given = event.pop("exc_info", None)
    error = given if isinstance(given, BaseException) else given[1] if isinstance(given, tuple) else None
    if given is True:
        error = sys.exc_info()[1]
    if error is not None:
        event["error"] = f"{type(error).__name__}: {error}" if isinstance(error, OSError) else type(error).__name__
        frames = traceback.extract_tb(error.__traceback__)
        event["where"] = " > ".join(f"{frame.filename}:{frame.lineno}" for frame in frames[-8:])
    return event


def _plain(_: Any, __: str, event: Event) -> Event:
    for name, value in event.items():
        if name in _SAID:
            event[name] = HIDDEN
        elif not isinstance(value, str | int | float | None):
            event[name] = type(value).__name__
    return event

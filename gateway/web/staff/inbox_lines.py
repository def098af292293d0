"""The lines of a talk as the inbox shows them, with the numbers hidden that are nobody's business."""

import re

from msgspec import Struct

from gateway.channels import channel_of
from gateway.inbox.case import Case, Kind, Line
from gateway.inbox.inbox import Read
from gateway.staff.roles import Right
from gateway.web.staff.console import Visit

_PERSONAL = re.compile(r"(?<!\d)(?:\d[ \-\u2011()]{0,2}){8,15}\d(?!\d)")
"""An IIN, a phone, an account."""


class Shown(Struct, frozen=True):
    """A line as the page draws it."""

    line: Line
    status: str
    """What became of an answer."""
    by: str
    """Of an answer, the channel."""


def shown(line: Line, read: Read) -> Shown:
    news = read.news.get(line.letter)
    status = "" if line.kind is not Kind.ANSWER else "waiting" if news is None else str(news.status)
    return Shown(line, status, channel_of(line.to))


def hidden(text: str, visit: Visit | None = None) -> str:
    """What looks like an IIN or a phone shows its end only, unless the reader may see personal data."""
    if visit is not None and visit.may(Right.PERSONAL):
        return text
    return _PERSONAL.sub(lambda found: f"••••{''.join(filter(str.isdigit, found[0]))[-4:]}", text)


def about_whom(case: Case, phone: str | None) -> str:
    """For the audit: the person's phone, or the chat if no phone is known."""
    return phone or case.address

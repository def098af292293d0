"""What programs are told when something cannot be done: a code for the program, a sentence for whoever wrote it."""

from collections.abc import Iterable

from fastapi import Request
from starlette.responses import Response

from dialogs.broadcasts import texts
from dialogs.broadcasts.texts import LONGEST, MOST_PARTS, TextFault
from gateway.broadcasts.broadcast import Broadcast, BroadcastError
from gateway.web import problems
from gateway.web.problems import Wrong

_SECONDS = "1"

WORDS = {
    "not_now": "That cannot be done with the broadcast in its state; it is «{state}».",
    "changed": "Somebody has written it anew meanwhile. Look at it and ask again.",
    "reading": "The list is still being read. Ask again shortly.",
    "no_list": "There is no list of recipients.",
    "nobody": "Nobody on the list can be sent to; /faults says why.",
    "texts": "The texts cannot be sent so.",
    "too_long": f"A text is longer than {MOST_PARTS} parts of an SMS for some recipients.",
    "nobody_failed": "It has failed for nobody.",
    "rounds": "It has been sent to those whom it failed often enough.",
    "taken": "Its id is taken. Use another Idempotency-Key.",
}
_TEXT_WORDS = {
    "empty": "there is no text",
    "too_long": f"more than {LONGEST} characters",
    "no_column": "the list has no column for {{{value}}}",
    "brace": "a brace that belongs to no placeholder",
}


class RefusedError(Exception):
    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        errors: Iterable[Wrong] = (),
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.detail = detail
        self.errors = tuple(errors)
        self.headers = headers or {}


def later(status: int, code: str, detail: str, seconds: int) -> RefusedError:
    return RefusedError(status, code, detail, headers={"Retry-After": str(seconds)})


def unknown() -> RefusedError:
    """Also of what belongs to somebody else."""
    return RefusedError(404, "unknown", "You have no broadcast of this id.")


def of_broadcast(error: BroadcastError, broadcast: Broadcast | None) -> RefusedError:
    """`broadcast`: as it is."""
    if error.what == "unknown" or broadcast is None:
        return unknown()
    values = {"state": broadcast.state.value, **error.values}
    detail = WORDS.get(error.what, "That cannot be done now.").format(**values)
    columns = broadcast.audience.columns if broadcast.audience else ()
    found = texts.faults(broadcast.texts, columns) if error.what == "texts" else []
    headers = {"Retry-After": _SECONDS} if error.what == "reading" else {}
    return RefusedError(409, error.what, detail, map(_wrong, found), headers)


def _wrong(fault: TextFault) -> Wrong:
    return Wrong(f"texts.{fault.language}", _TEXT_WORDS[fault.what].format(value=fault.value))


async def told(_: Request, error: Exception) -> Response:
    assert isinstance(error, RefusedError)  # noqa: S101 - this is what the handler is registered for
    answer = problems.problem(error.status, error.detail, error.errors, error.code)
    return Response(answer.body, answer.status, error.headers, media_type=problems.MEDIA_TYPE)

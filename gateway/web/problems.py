"""Everything that goes wrong over HTTP is told as `application/problem+json` (RFC 9457), without a trace of our code
and without repeating what was sent."""

from http import HTTPStatus
from typing import Any

import msgspec
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from redis.exceptions import RedisError
from starlette.exceptions import HTTPException

from gateway.connection import RedisAwayError
from gateway.web.raw import Answer

MEDIA_TYPE = "application/problem+json"
REF = "#/components/schemas/{model}"
"""Where the description of the interface keeps the shape of something."""
_KIND = (b"content-type", MEDIA_TYPE.encode())


class Wrong(msgspec.Struct, frozen=True):
    field: str
    reason: str


class Problem(msgspec.Struct, frozen=True, omit_defaults=True):
    title: str
    status: int
    detail: str = ""
    errors: tuple[Wrong, ...] = ()
    code: str = ""
    """For programs that have to tell one reason from another."""


def problem(status: int, detail: str = "", errors: tuple[Wrong, ...] = (), code: str = "") -> Answer:
    body = Problem(HTTPStatus(status).phrase, status, detail, errors, code)
    return Answer(status, msgspec.json.encode(body), (_KIND,))


def again(detail: str) -> Answer:
    """Shortly. Its words matter: Kannel takes an answer without any for a yes, whatever the status says."""
    asked = problem(503, detail)
    return msgspec.structs.replace(asked, headers=(*asked.headers, (b"retry-after", b"1")))


def content() -> dict[str, Any]:
    return {MEDIA_TYPE: {"schema": {"$ref": REF.format(model="Problem")}}}


def described(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """What the description of the interface says about these refusals."""
    return {status: {"description": HTTPStatus(status).phrase, "content": content()} for status in statuses}


def schemas() -> dict[str, Any]:
    return msgspec.json.schema_components([Problem], ref_template=REF.format(model="{name}"))[1]


def install(site: FastAPI) -> None:
    site.add_exception_handler(HTTPException, _refused)
    site.add_exception_handler(RequestValidationError, _invalid)
    site.add_exception_handler(RedisAwayError, _redis_away)
    site.add_exception_handler(RedisError, _redis_away)
    site.add_exception_handler(Exception, _unforeseen)


def _response(answer: Answer, headers: dict[str, str] | None = None) -> Response:
    return Response(answer.body, answer.status, headers, media_type=MEDIA_TYPE)


def _refused(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - this is what the handler was registered for
    told = "" if error.detail == HTTPStatus(error.status_code).phrase else str(error.detail)
    return _response(problem(error.status_code, told), dict(error.headers or {}))


def _invalid(_: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - likewise
    wrong = tuple(Wrong(_place(one["loc"]), str(one["msg"]).removeprefix("Value error, ")) for one in error.errors())
    return _response(problem(422, "Some fields are not as they should be.", wrong))


def _place(steps: tuple[str | int, ...]) -> str:
    """`body.from`, `path.phone`: where the field stands."""
    return ".".join(str(step) for step in steps)


def _redis_away(_: Request, error: Exception) -> Response:
    reason = str(error) if isinstance(error, RedisAwayError) else type(error).__name__
    return _response(problem(503, f"Redis is away: {reason}"), {"Retry-After": "1"})


def _unforeseen(_: Request, __: Exception) -> Response:
    return _response(problem(500, "Something went wrong on our side."))

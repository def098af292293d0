"""JSON that another program has sent, read once it is known who has sent it."""

import json

import msgspec
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError


def read_json(body: bytes) -> object:
    """Nothing that one reader takes for something else than another does: no double names, no NaN."""
    try:
        msgspec.json.decode(body)
        return json.loads(body.decode(), object_pairs_hook=_once)
    except (ValueError, msgspec.MsgspecError, RecursionError):
        wrong = {"loc": ("body",), "msg": "not JSON in UTF-8, or one name twice in an object", "type": "json"}
        raise RequestValidationError([wrong]) from None


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError
    return found


def wrong(error: ValidationError, said: object) -> list[dict[str, object]]:
    """Each field once, under the name that the sender gave it."""
    found: dict[tuple[str | int, ...], dict[str, object]] = {}
    for one in error.errors(include_url=False, include_context=False, include_input=False):
        place = ("body", *_place(one["loc"], said, missing=one["type"] == "missing"))
        reason = "Input should be an object" if one["type"] == "model_type" else one["msg"]
        found.setdefault(place, {"loc": place, "msg": reason, "type": one["type"]})
    return list(found.values())


def _place(steps: tuple[str | int, ...], said: object, *, missing: bool) -> list[str | int]:
    """Without the names of our own alternatives, which stand among the steps."""
    place: list[str | int] = []
    for number, step in enumerate(steps, 1):
        if (isinstance(said, dict) and step in said) or (isinstance(said, list) and isinstance(step, int)):
            said = said[step]  # type: ignore[index]
        elif not (missing and number == len(steps)):
            continue
        place.append(step)
    return place

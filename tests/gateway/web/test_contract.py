"""The whole interface against its own description: every call, as it should be and as it should not, made up by a
machine that never tires of nonsense."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Iterator
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from msgspec import Struct
from schemathesis import GenerationMode
from schemathesis.core.result import Ok
from schemathesis.specs.openapi import checks as openapi
from schemathesis.specs.openapi.formats import STRING_FORMATS

from dialogs.broadcasts.texts import Texts
from dialogs.dialogue import Dialogue
from gateway.broadcasts.broadcast import Mode
from gateway.clock import ALMATY, SandboxClock
from gateway.connection import Batched, Client
from gateway.esobes_sandbox.facade import Facade
from gateway.staff import keys
from gateway.staff.keys import Scope
from gateway.web import app
from gateway.web.api import doing
from gateway.web.api.broadcasts import PREFIX
from gateway.web.events import PATH, Events
from tests.gateway.affairs import put_together
from tests.gateway.loopback_esobes import ministry
from tests.gateway.serving import served
from tests.gateway.web.api import programs
from tests.gateway.web.telling import TOKEN

BEARER = {"Authorization": f"Bearer {TOKEN}"}
CHECKS = [
    schemathesis.checks.not_a_server_error,
    openapi.status_code_conformance,
    openapi.content_type_conformance,
    openapi.response_schema_conformance,
    openapi.negative_data_rejection,
    openapi.positive_data_acceptance,
    openapi.missing_required_header,
    openapi.ignored_auth,
    openapi.unsupported_method,
]
ONCE = "Idempotency-Key"
_numbers = itertools.count()
OFTEN, SOMETIMES = 60, 12
"""Calls of each kind: of the door that another system knocks at, and of the others."""


class Site(Struct, frozen=True):
    url: str
    key: str
    """Of a program."""
    broadcast: str
    """That it has made."""


@pytest.fixture
async def site(
    redis: Client, batched: Batched, dialogue: Dialogue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Site]:
    clock = SandboxClock(batched)
    monkeypatch.setattr(doing, "READ_AT_ONCE", 1000)
    monkeypatch.setattr(keys, "WRONG_ALLOWED", 100_000)
    async with (
        put_together(redis, dialogue, clock) as affairs,
        programs.office(redis, batched, dialogue, tmp_path) as office,
    ):
        key, _ = await office.keys.make("portal", Mode.TEST, frozenset(Scope), "admin")
        made = await office.broadcasts.make("api:portal", "Жаңалық", Texts("а", "б"), mode=Mode.TEST)
        front = app.build(
            lambda: batched("PING"),
            sandbox=affairs.sandbox,
            events=Events(
                affairs.desk,
                TOKEN,
                clock,
                services=dialogue.guide.catalogue.services,
                replaceable=affairs.matters.rules.replaceable,
            ),
            played=[Facade(ministry(batched, clock), TOKEN).router()],
            letters=affairs.outbox.counts,
            api=office.api(),
        )
        async with served(front) as url:
            yield Site(url, key, made.id)


@pytest.fixture
def _formats() -> Iterator[None]:
    """What a schema cannot say of a field: that a number exists, that a day is past."""
    known = dict(STRING_FORMATS)
    days = st.dates(date(1900, 1, 1), date(2026, 1, 1))
    times = st.datetimes(datetime(1900, 1, 1), datetime(2040, 1, 1), timezones=st.just(ALMATY))
    schemathesis.openapi.format("phone", st.from_regex(r"\A\+7701[0-9]{7}\Z"))
    schemathesis.openapi.format("date", days.map(str))
    schemathesis.openapi.format("date-time", times.map(datetime.isoformat))
    yield
    STRING_FORMATS.clear()
    STRING_FORMATS.update(known)


@pytest.mark.usefixtures("_formats")
@pytest.mark.parametrize("mode", GenerationMode, ids=lambda mode: mode.value)
async def test_nothing_breaks_it_and_no_nonsense_is_accepted(site: Site, mode: GenerationMode) -> None:
    await asyncio.to_thread(_try_everything, site, mode)


def _try_everything(site: Site, mode: GenerationMode) -> None:
    schema = schemathesis.openapi.from_url(f"{site.url}/openapi.json")
    schema.hooks.hook("map_body")(_consistent)
    schema.hooks.hook("map_path_parameters")(partial(_known, site.broadcast))
    if mode is GenerationMode.POSITIVE:
        schema.hooks.hook("map_headers")(_once_each)
    for found in schema.get_all_operations():
        assert isinstance(found, Ok)
        operation = found.ok()
        if mode is GenerationMode.NEGATIVE and not (operation.body or list(operation.iter_parameters())):
            continue  # it can only be called in one way

        @settings(
            derandomize=True,
            database=None,
            deadline=None,
            max_examples=OFTEN if operation.path == PATH else SOMETIMES,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(mode, headers=_headers(operation.path, site)))
        def attempt(case: "schemathesis.Case[Any]") -> None:
            headers = _headers(case.operation.path, site)
            case.call_and_validate(headers=headers, checks=CHECKS, timeout=30)

        attempt()


def _headers(path: str, site: Site) -> dict[str, str]:
    return {"Authorization": f"Bearer {site.key}"} if path.startswith(PREFIX) else BEARER


def _once_each(_: schemathesis.HookContext, headers: Any) -> Any:
    """Each thing that is asked for has a key of its own."""
    if isinstance(headers, dict) and ONCE in headers:
        headers[ONCE] = f"{next(_numbers)}"
    return headers


def _known(broadcast: str, context: schemathesis.HookContext, named: Any) -> Any:
    """A broadcast that is there; but its list, which takes a process to read, is sent to one that is not."""
    path = context.operation.path if context.operation is not None else ""
    if isinstance(named, dict) and path.startswith(PREFIX) and not path.endswith("/list"):
        named["name"] = broadcast
    return named


def _consistent(_: schemathesis.HookContext, body: Any) -> Any:
    """What a schema cannot say of two fields: that they are the same, or that one day follows the other."""
    if not isinstance(body, dict):
        return body
    parts = [body.get(name) for name in ("person", "application")]
    if all(isinstance(part, dict) and "iin" in part for part in parts):
        body["application"]["iin"] = body["person"]["iin"]
    order = body.get("order")
    if isinstance(order, dict):
        arrive, leave = order.get("arrive_on"), order.get("leave_on")
        if isinstance(arrive, str) and isinstance(leave, str):
            order |= {"arrive_on": min(arrive, leave), "leave_on": max(arrive, leave)}
    return body

"""Every route of the console says whom it lets in."""

import pytest
from fastapi import APIRouter

from dialogs.dialogue import Dialogue
from gateway.clock import Clock
from gateway.connection import Batched
from gateway.staff.deeds_search import Search
from gateway.web.staff.accounts import AccountsRoom
from gateway.web.staff.audit import AuditRoom
from gateway.web.staff.console import entry_of
from gateway.web.staff.me import Me
from gateway.web.staff.rooms import routes_of
from tests.gateway.web.staff.signed import staffed

FOR_EVERYBODY = {"/staff/login", "/staff/login/code", "/staff/language"}
"""Also for whoever is not signed in."""


async def test_every_route_has_an_entry_and_what_changes_something_asks_for_a_form_of_ours(
    batched: Batched, dialogue: Dialogue
) -> None:
    staff = staffed(batched, dialogue.guide.words, Clock())
    console, signing = staff.console, staff.signing
    search = Search(batched, by_ids=True)
    console.open(
        Me(console, signing).router(),
        AccountsRoom(console, signing).router(),
        AuditRoom(console, staff.accounts, search).router(),
    )
    routes = routes_of(console)
    assert len(routes) > 20
    for route in routes:
        entry = entry_of(route)
        if route.path in FOR_EVERYBODY:
            assert entry is None
            continue
        assert entry is not None, route.path
        assert entry.acts is (route.methods == {"POST"}), route.path


async def test_no_route_can_hide_in_a_router_within_another(batched: Batched, dialogue: Dialogue) -> None:
    staff = staffed(batched, dialogue.guide.words, Clock())
    inner, outer = APIRouter(prefix="/inner"), APIRouter(prefix="/staff/outer")
    inner.add_api_route("/x", lambda: "open to everybody")
    outer.include_router(inner)
    staff.console.open(outer)
    with pytest.raises(TypeError, match="one router"):
        routes_of(staff.console)

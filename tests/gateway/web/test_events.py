"""The door for E-Sobes, to the letter of its contract: other systems hold the other end."""

import json
from collections.abc import AsyncIterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from msgspec import structs

from dialogs.applications.application import Application, Hearing, Passed, Stage
from dialogs.duties.duty import Place, Setting
from dialogs.language import Language
from dialogs.matters.matter import Kind
from gateway.clock import ALMATY, Clock
from gateway.connection import Batched, connect
from gateway.esobes.events import ChoiceTold, InvitationTold, OrderTold, Told
from gateway.matters.matters import NoRoomError
from gateway.web import app
from gateway.web.events import Events, Listener
from gateway.web.front import Front
from gateway.web.guard import BODY_LIMIT
from tests.gateway.serving import served
from tests.gateway.web.conftest import browser
from tests.gateway.web.telling import AT, ORGANISATION, OWN, PATH, REPLACEABLE, SERVICES, TOKEN, Ledger, event

BEARER = {"Authorization": f"Bearer {TOKEN}"}


class Today(Clock):
    def now(self) -> datetime:
        return datetime(2026, 11, 25, 18, 5, tzinfo=ALMATY)


def door(ledger: Listener, clock: Clock | None = None) -> Front:
    events = Events(ledger, TOKEN, clock or Today(), services=SERVICES, replaceable=REPLACEABLE)

    async def ping() -> None: ...

    return app.build(ping, events=events, letters={})


@pytest.fixture
def ledger(batched: Batched) -> Ledger:
    return Ledger(batched)


@pytest.fixture
async def esobes(ledger: Ledger) -> AsyncIterator[httpx.AsyncClient]:
    async with browser(door(ledger)) as client:
        client.headers.update(BEARER)
        yield client


async def tell(esobes: httpx.AsyncClient, what: dict[str, Any]) -> httpx.Response:
    return await esobes.post(PATH, json=what)


def named(answer: httpx.Response) -> list[str]:
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    return [error["field"] for error in answer.json()["errors"]]


@pytest.mark.parametrize("kind", OWN)
async def test_every_type_of_event_is_taken_once(esobes: httpx.AsyncClient, ledger: Ledger, kind: str) -> None:
    first, again = await tell(esobes, event(kind)), await tell(esobes, event(kind))
    assert (first.status_code, first.json()) == (202, {"id": "ev-1", "stored": "now"})
    assert (again.status_code, again.json()) == (200, {"id": "ev-1", "stored": "before"})
    assert [(told.id, told.type) for told in ledger.heard] == [("ev-1", kind)]


async def test_an_offer_is_handed_on_with_everything_the_journal_needs(
    esobes: httpx.AsyncClient, ledger: Ledger
) -> None:
    await tell(esobes, event(person__phones=["+77011234567", "+77017654321", "+77011234567"], at=AT))
    (told,) = ledger.heard
    assert (told.person.iin, told.person.language) == ("900101300123", Language.KK)
    assert told.phones == ("+77011234567", "+77017654321")
    assert told.at == datetime(2026, 11, 25, 18, tzinfo=ALMATY)
    assert (told.specialist, told.case) == ("Ахметова Г.", "07-12")
    assert told.offer is not None
    assert (told.offer.id, told.offer.service, told.offer.kind, told.offer.device) == (
        "of-1",
        "technical_aids_hygiene",
        Kind.PROACTIVE,
        "diapers",
    )
    assert told.application is None
    assert json.loads(told.body)["offer"]["id"] == "of-1"


async def test_of_an_application_its_stage_and_its_place_in_the_queue_are_handed_on(
    esobes: httpx.AsyncClient, ledger: Ledger
) -> None:
    for number, written in enumerate((12, 12.0, "12")):  # JSON knows one kind of number
        changes = {"application__stage": "queued", "application__queue_number": written}
        await tell(esobes, event("decision.made", id=f"ev-{number}", **changes))
    for told in ledger.heard:
        assert told.application is not None
        place = (told.application.id, told.application.stage, told.application.queue_number)
        assert place == ("app-1", "queued", "12")
    assert len(ledger.heard) == 3


async def test_an_application_and_a_hearing_are_handed_on_as_they_are(
    esobes: httpx.AsyncClient, ledger: Ledger
) -> None:
    changes = {"application__organisation": ORGANISATION, "application__due_on": "2026-12-02"}
    await tell(esobes, event("hearing.scheduled", **changes))
    (told,) = ledger.heard
    at = datetime(2026, 11, 25, 18, tzinfo=ALMATY)
    assert told.hearing == Hearing(at, "Жаркент, Жібек жолы 1", "in person")
    assert told.application == Application(
        id="app-1",
        service="personal_assistant",
        iin="900101300123",
        channel="sms",
        submitted_at=at,
        registered_on=date(2026, 11, 25),
        stage=Stage.APPROVED,
        due_on=date(2026, 12, 2),
        queue_number="12",
        organisation="«Үміт» орталығы",
        history=(Passed(Stage.REGISTERED, at),),
    )


async def heard(esobes: httpx.AsyncClient, ledger: Ledger, kind: str, /, **changes: Any) -> object:
    """The duty that such an event is about."""
    answer = await tell(esobes, event(kind, id=f"ev-{len(ledger.heard)}", **changes))
    assert answer.status_code == 202, answer.text
    return ledger.heard[-1].duty


async def test_a_choice_of_a_provider_is_handed_on(esobes: httpx.AsyncClient, ledger: Ledger) -> None:
    opened = ChoiceTold("ch-1", "technical_aids_hygiene", date(2026, 11, 25))
    assert await heard(esobes, ledger, "provider_choice.opened") == opened
    for outcome in ("chosen", "cancelled"):
        told = await heard(esobes, ledger, "provider_choice.closed", choice__outcome=outcome)
        assert told == ChoiceTold("ch-1", outcome=outcome)
    earlier = await heard(esobes, ledger, "provider_choice.opened", choice__opened_on="2026-09-01")
    assert earlier == structs.replace(opened, opened_on=date(2026, 9, 1))


async def test_an_order_is_handed_on_with_its_days_and_its_provider(
    esobes: httpx.AsyncClient, ledger: Ledger
) -> None:
    refused = OrderTold("or-1", "technical_aids_hygiene", "refused", "қоймада жоқ", place=Place("«Қамқор» ЖШС"))
    assert await heard(esobes, ledger, "order.answered") == refused
    place = {"name": "«Шипа»", "address": "Сарыағаш, Абай 5", "phone": None}
    days = {"order__arrive_on": "2026-12-20", "order__leave_on": "2026-12-20"}
    accepted = {"order__outcome": "accepted", "order__reason": "", "order__provider": place, **days}
    arrives = date(2026, 12, 20)
    assert await heard(esobes, ledger, "order.answered", **accepted) == OrderTold(
        id="or-1",
        service="technical_aids_hygiene",
        outcome="accepted",
        arrive_on=arrives,
        leave_on=arrives,
        place=Place("«Шипа»", "Сарыағаш, Абай 5"),
    )
    nothing = {"order__provider": None, "order__reason": None, "order__leave_on": "2026-12-20"}
    told = await heard(esobes, ledger, "order.answered", **nothing)
    assert told == OrderTold("or-1", "technical_aids_hygiene", "refused", leave_on=arrives)


async def test_an_invitation_is_handed_on_from_its_opening_to_its_end(
    esobes: httpx.AsyncClient, ledger: Ledger
) -> None:
    organisation = ORGANISATION | {"setting": "home", "address": "Жаркент, Абай 1", "phone": "+77283120000"}
    assert await heard(esobes, ledger, "invitation.opened", invitation__organisation=organisation) == InvitationTold(
        id="in-1",
        arrive_by=date(2026, 12, 10),
        place=Place("«Үміт» орталығы", "Жаркент, Абай 1", "+77283120000"),
        setting=Setting.INPATIENT,
    )
    bare = await heard(esobes, ledger, "invitation.opened", invitation__organisation={"name": "Үміт", "phone": " "})
    assert bare == InvitationTold("in-1", date(2026, 12, 10), Place("Үміт"), Setting.INPATIENT)
    changed = await heard(esobes, ledger, "invitation.changed")
    assert changed == InvitationTold("in-1", date(2026, 12, 20))
    for outcome in ("admitted", "passed_on", "cancelled"):
        closed = await heard(esobes, ledger, "invitation.closed", invitation__outcome=outcome)
        assert closed == InvitationTold("in-1", outcome=outcome)


async def test_a_day_that_is_over_is_for_e_sobes_to_tell(esobes: httpx.AsyncClient, ledger: Ledger) -> None:
    told = await heard(esobes, ledger, "invitation.opened", invitation__arrive_by="2026-11-01")
    assert isinstance(told, InvitationTold)
    assert told.arrive_by == date(2026, 11, 1)


async def test_what_is_told_of_anything_else_is_no_duty(esobes: httpx.AsyncClient, ledger: Ledger) -> None:
    for kind in ("offer.opened", "offer.withdrawn", "decision.made", "application.changed", "hearing.scheduled"):
        assert await heard(esobes, ledger, kind) is None


async def test_a_day_that_began_on_another_clock_a_little_earlier_has_come(ledger: Ledger) -> None:
    class Late(Clock):
        def now(self) -> datetime:
            return datetime(2026, 11, 25, 23, 58, tzinfo=ALMATY)

    async with browser(door(ledger, Late())) as esobes:
        esobes.headers.update(BEARER)
        for day, status in (("2026-11-26", 202), ("2026-11-27", 422)):
            what = event("provider_choice.opened", choice__opened_on=day)
            assert (await tell(esobes, what)).status_code == status


@pytest.mark.parametrize("kind", ["decision.made", "application.changed", "hearing.scheduled"])
async def test_nobody_is_told_of_somebody_elses_application(
    esobes: httpx.AsyncClient, ledger: Ledger, kind: str
) -> None:
    assert named(await tell(esobes, event(kind, application__iin="900101300124"))) == ["body.application.iin"]
    assert ledger.heard == []


async def test_what_may_be_absent_may_also_be_null_or_blank(esobes: httpx.AsyncClient, ledger: Ledger) -> None:
    for number, nothing in enumerate((None, "", " ")):
        what = event(id=f"ev-{number}", specialist=nothing, case_number=nothing, offer__device=nothing)
        assert (await tell(esobes, what)).status_code == 202
    bare = event(id="bare", person__phones=[])
    for name in ("specialist", "case_number"):
        del bare[name]
    del bare["offer"]["device"]
    assert (await tell(esobes, bare)).status_code == 202
    for told in ledger.heard:
        assert told.offer is not None
        assert (told.specialist, told.case, told.offer.device) == (None, None, None)


async def test_a_field_that_nobody_here_knows_is_passed_over(esobes: httpx.AsyncClient) -> None:
    what = event(extra={"deep": [1, None]}, person__email="a@b.kz", offer__price=0.5)
    assert (await tell(esobes, what)).status_code == 202


async def test_an_iin_is_twelve_digits_and_its_arithmetic_is_not_our_business(esobes: httpx.AsyncClient) -> None:
    assert (await tell(esobes, event(person__iin="000000000000"))).status_code == 202


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"id": ""}, "id"),
        ({"id": "a" * 129}, "id"),
        ({"id": "a\nb"}, "id"),
        ({"id": " a"}, "id"),
        ({"id": ".."}, "id"),
        ({"id": 5}, "id"),
        ({"id": None}, "id"),
        ({"type": "offer.closed"}, "type"),
        ({"type": None}, "type"),
        ({"type": ["offer.opened"]}, "type"),
        ({"at": "2026-11-25T18:00:00"}, "at"),
        ({"at": "2026-11-25"}, "at"),
        ({"at": "1795000000"}, "at"),
        ({"at": 1795000000}, "at"),
        ({"at": "0001-01-01T00:00:00+05:00"}, "at"),
        ({"at": "2026-11-31T18:00:00+05:00"}, "at"),
        ({"person": None}, "person"),
        ({"person": "900101300123"}, "person"),
        ({"person__iin": "90010130012"}, "person.iin"),
        ({"person__iin": "9001013001234"}, "person.iin"),
        ({"person__iin": "90010130012x"}, "person.iin"),
        ({"person__iin": "٩٠٠١٠١٣٠٠١٢٣"}, "person.iin"),
        ({"person__iin": 900101300123}, "person.iin"),
        ({"person__name": ""}, "person.name"),
        ({"person__name": "  "}, "person.name"),
        ({"person__name": "а" * 201}, "person.name"),
        ({"person__name": "Айгүл\x00"}, "person.name"),
        ({"person__name": "Айгүл\u2028"}, "person.name"),
        ({"person__birth_date": "2026-11-26"}, "person.birth_date"),
        ({"person__birth_date": "1899-12-31"}, "person.birth_date"),
        ({"person__birth_date": "01.01.1990"}, "person.birth_date"),
        ({"person__birth_date": "1990-02-30"}, "person.birth_date"),
        ({"person__birth_date": "1990-01-01T00:00:00"}, "person.birth_date"),
        ({"person__birth_date": 631152000}, "person.birth_date"),
        ({"person__language": "en"}, "person.language"),
        ({"person__language": "KK"}, "person.language"),
        ({"person__phones": "+77011234567"}, "person.phones"),
        ({"person__phones": None}, "person.phones"),
        ({"person__phones": ["+77011234567"] * 21}, "person.phones"),
        ({"person__phones": ["+77011234567", "+77017654321", "87011234567"]}, "person.phones.2"),
        ({"person__phones": ["1414"]}, "person.phones.0"),
        ({"person__phones": [77011234567]}, "person.phones.0"),
        ({"specialist": "а" * 201}, "specialist"),
        ({"specialist": 7}, "specialist"),
        ({"case_number": 12}, "case_number"),
        ({"case_number": "07\t12"}, "case_number"),
        ({"offer": None}, "offer"),
        ({"offer": []}, "offer"),
        ({"offer__id": "."}, "offer.id"),
        ({"offer__service": "yacht"}, "offer.service"),
        ({"offer__service": ""}, "offer.service"),
        ({"offer__service": None}, "offer.service"),
        ({"offer__kind": "Proactive"}, "offer.kind"),
        ({"offer__kind": True}, "offer.kind"),
        ({"offer__device": 1}, "offer.device"),
        ({"offer__device": "а" * 201}, "offer.device"),
    ],
)
async def test_a_wrong_field_is_named_and_nothing_is_stored(
    esobes: httpx.AsyncClient, ledger: Ledger, changes: dict[str, Any], field: str
) -> None:
    assert named(await tell(esobes, event(**changes))) == [f"body.{field}"]
    assert ledger.heard == []


@pytest.mark.parametrize(
    ("kind", "changes", "field"),
    [
        ("offer.withdrawn", {"offer": {}}, "offer.id"),
        ("decision.made", {"application__stage": "done"}, "application.stage"),
        ("decision.made", {"application__history": [{"stage": "approved"}]}, "application.history.0.at"),
        ("decision.made", {"application__history": None}, "application.history"),
        ("decision.made", {"application__queue_number": True}, "application.queue_number"),
        ("decision.made", {"application__queue_number": -1}, "application.queue_number"),
        ("decision.made", {"application__organisation": 5}, "application.organisation"),
        ("decision.made", {"application__organisation": {"name": ""}}, "application.organisation.name"),
        ("decision.made", {"application__organisation": {}}, "application.organisation.name"),
        ("application.changed", {"application__service": "yacht"}, "application.service"),
        ("application.changed", {"application__registered_on": AT}, "application.registered_on"),
        ("application.changed", {"application__iin": "1"}, "application.iin"),
        ("hearing.scheduled", {"hearing__at": "2026-11-25"}, "hearing.at"),
        ("hearing.scheduled", {"hearing__place": ""}, "hearing.place"),
        ("provider_choice.opened", {"choice__opened_on": "soon"}, "choice.opened_on"),
        ("provider_choice.opened", {"choice__opened_on": "2026-11-26"}, "choice.opened_on"),
        ("provider_choice.opened", {"choice__service": "yacht"}, "choice.service"),
        ("provider_choice.closed", {"choice__outcome": "lost"}, "choice.outcome"),
        ("order.answered", {"order__outcome": "perhaps"}, "order.outcome"),
        ("order.answered", {"order__reason": "қоймада\u0007жоқ"}, "order.reason"),
        ("order.answered", {"order__arrive_on": "2026-12-20", "order__leave_on": "2026-12-19"}, "order.leave_on"),
        ("order.answered", {"order__arrive_on": "soon", "order__leave_on": "2026-12-19"}, "order.arrive_on"),
        ("order.answered", {"order__provider": ""}, "order.provider"),
        ("order.answered", {"order__provider": {"name": "А", "phone": 5}}, "order.provider.phone"),
        ("invitation.opened", {"invitation__organisation": "«Үміт»"}, "invitation.organisation"),
        ("invitation.opened", {"invitation__arrive_by": "10.12.2026"}, "invitation.arrive_by"),
        ("invitation.changed", {"invitation__arrive_by": None}, "invitation.arrive_by"),
        ("invitation.opened", {"invitation__postponed": True}, "invitation.postponed"),
        ("invitation.opened", {"invitation__postponed": 0}, "invitation.postponed"),
        ("invitation.opened", {"invitation__setting": "hotel"}, "invitation.setting"),
        ("invitation.opened", {"invitation__organisation__capacity": "40"}, "invitation.organisation.capacity"),
        ("invitation.changed", {"invitation__signed": False}, "invitation.signed"),
        ("invitation.changed", {"invitation__signed": "1"}, "invitation.signed"),
        ("invitation.closed", {"invitation__outcome": "gone"}, "invitation.outcome"),
    ],
)
async def test_every_type_has_fields_of_its_own(
    esobes: httpx.AsyncClient, kind: str, changes: dict[str, Any], field: str
) -> None:
    assert named(await tell(esobes, event(kind, **changes))) == [f"body.{field}"]


async def test_all_wrong_fields_are_named_also_in_an_event_of_no_known_type(esobes: httpx.AsyncClient) -> None:
    what = event(type="offer.lost", at="now", person__iin="1", person__phones=["+77011234567", "1414"])
    wrong = {"body.type", "body.at", "body.person.iin", "body.person.phones.1"}
    assert set(named(await tell(esobes, what))) == wrong
    assert set(named(await tell(esobes, {}))) == {"body.id", "body.type", "body.at", "body.person"}


async def test_a_refusal_does_not_repeat_what_was_sent(esobes: httpx.AsyncClient) -> None:
    what = event(type="very-private", person__iin="very-private", person__language="very-private")
    assert "very-private" not in (await tell(esobes, what)).text


async def test_nothing_is_replaced_where_the_law_knows_no_replacement(
    esobes: httpx.AsyncClient, ledger: Ledger
) -> None:
    """Silence would count as consent there."""
    what = event(offer__kind="replacement", offer__service="personal_assistant")
    assert named(await tell(esobes, what)) == ["body.offer.service"]
    assert ledger.heard == []
    assert (await tell(esobes, event(offer__kind="replacement"))).status_code == 202


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"5",
        b'"event"',
        b"[]",
        b"{",
        b"[" * 60_000,
        b'{"a":' * 10_000,
        b"9" * 5000,
        b"\xff",
        b"\xef\xbb\xbf{}",
        json.dumps(event()).encode("utf-16"),
        json.dumps(event(extra=float("nan"))).encode(),
        json.dumps(event(extra=float("inf"))).encode(),
        json.dumps(event(person__name="\ud800")).encode(),
        json.dumps(event(extra=["\udfff"])).encode(),
        json.dumps(event()).replace('"id"', '"id": "ev-0", "id"', 1).encode(),
    ],
)
async def test_what_is_no_event_at_all_is_refused(esobes: httpx.AsyncClient, ledger: Ledger, body: bytes) -> None:
    assert named(await esobes.post(PATH, content=body)) == ["body"]
    assert ledger.heard == []


async def test_what_kind_of_content_it_calls_itself_does_not_matter(esobes: httpx.AsyncClient) -> None:
    body = json.dumps(event(), ensure_ascii=False).encode()
    for kind in ("text/plain", "application/json; charset=utf-8", ""):
        answer = await esobes.post(PATH, content=body, headers={"Content-Type": kind})
        assert answer.status_code in (200, 202)


@pytest.mark.parametrize(
    "header", [None, "", "Bearer", "Bearer ", f"Basic {TOKEN}", TOKEN, f"Bearer {TOKEN}x", "Bearer \xff"]
)
async def test_without_the_token_nothing_is_read(ledger: Ledger, header: str | None) -> None:
    headers = {} if header is None else {b"Authorization": header.encode("latin-1")}
    async with browser(door(ledger)) as stranger:
        for body in (json.dumps(event()).encode(), b"{"):
            answer = await stranger.post(PATH, content=body, headers=headers)
            assert (answer.status_code, answer.headers["content-type"]) == (401, "application/problem+json")
            assert answer.headers["www-authenticate"] == "Bearer"
    assert ledger.heard == []


async def test_without_a_token_of_ours_nobody_is_let_in(ledger: Ledger) -> None:
    async def ping() -> None: ...

    events = Events(ledger, "", Today(), services=SERVICES, replaceable=REPLACEABLE)
    async with browser(app.build(ping, events=events, letters={})) as stranger:
        for header in ("Bearer", "Bearer ", "Bearer x"):
            answer = await stranger.post(PATH, json=event(), headers={"Authorization": header})
            assert answer.status_code == 401


async def test_a_body_over_the_limit_is_refused_announced_or_not(ledger: Ledger) -> None:
    async def dripping() -> AsyncIterator[bytes]:
        for _ in range(BODY_LIMIT // 1024 + 1):
            yield b" " * 1024

    async with served(door(ledger)) as url, httpx.AsyncClient(base_url=url, headers=BEARER) as esobes:
        for body in (b" " * (BODY_LIMIT + 1), dripping()):
            answer = await esobes.post(PATH, content=body)
            assert (answer.status_code, answer.headers["content-type"]) == (413, "application/problem+json")


async def test_while_redis_is_away_nothing_is_acknowledged(tmp_path: Path) -> None:
    away = Ledger(Batched(connect(f"unix://{tmp_path}/nobody")))
    async with browser(door(away)) as esobes:
        answer = await esobes.post(PATH, json=event(), headers=BEARER)
        assert (answer.status_code, answer.headers["content-type"]) == (503, "application/problem+json")
        assert answer.headers["retry-after"] == "1"


async def test_an_offer_that_there_is_no_code_for_has_to_come_again() -> None:
    class Full:
        async def told(self, told: Told) -> bool:
            raise NoRoomError("no codes are free on this phone")

    async with browser(door(Full())) as esobes:
        answer = await esobes.post(PATH, json=event(), headers=BEARER)
        assert (answer.status_code, answer.headers["content-type"]) == (503, "application/problem+json")
        assert int(answer.headers["retry-after"]) > 60


async def test_the_interface_says_what_it_takes_and_answers(esobes: httpx.AsyncClient) -> None:
    described = (await esobes.get("/openapi.json")).json()
    tell = described["paths"][PATH]["post"]
    assert tell["security"] == [{"esobes": []}]
    assert described["components"]["securitySchemes"]["esobes"]["scheme"] == "bearer"
    assert {"200", "202", "401", "413", "422", "503"} < set(tell["responses"])
    schemas = described["components"]["schemas"]
    assert set(schemas["Event"]["discriminator"]["mapping"]) == set(OWN)
    assert schemas["Service"]["enum"] == list(SERVICES)
    assert schemas["Offer"]["then"] == {"properties": {"service": {"enum": list(REPLACEABLE)}}}

"""The built-in E-Sobes: to the letter of the contract on one side, and on the other what it tells over real HTTP."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import aclosing
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from dialogs.applications.application import Stage
from dialogs.catalogue import loader
from dialogs.dialogue import Dialogue
from dialogs.duties import duty as duties
from dialogs.duties.duty import Place, Setting
from dialogs.matters import rules
from dialogs.matters.matter import Answer, Kind, Matter, Person
from dialogs.people import Bin, read_bin
from gateway.channels import Letter
from gateway.clock import ALMATY, Clock
from gateway.connection import Batched
from gateway.esobes.events import ChoiceTold, InvitationTold, OrderTold
from gateway.esobes.relays import Backlog
from gateway.esobes.telling import Esobes, Post, Refused, Taken
from gateway.esobes_sandbox import district, story
from gateway.esobes_sandbox.facade import Facade
from gateway.esobes_sandbox.ministry import Ministry
from gateway.esobes_sandbox.office import Office
from gateway.esobes_sandbox.page import Page
from gateway.esobes_sandbox.shelf import Answered, Application, Choice, Invitation, Offer, Order, Relay
from gateway.esobes_sandbox.teller import Heard, NoSuchError, Teller
from gateway.esobes_sandbox.wire import Wire
from gateway.matters.store import MatterStore, home_of
from gateway.matters.writing import Writing
from gateway.web import app
from gateway.web.events import Events
from gateway.web.front import Front
from tests.gateway.loopback_esobes import TOKEN, ministry, playing
from tests.gateway.serving import served
from tests.gateway.web.conftest import browser
from tests.gateway.web.telling import Ledger

FRIDAY = datetime(2026, 11, 27, 18, tzinfo=ALMATY)
PHONE = "+77010000101"
PROBLEM = "application/problem+json"
DISTRICT = district.load()


class Hands(Clock):
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.at = FRIDAY

    def now(self) -> datetime:
        return self.at


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
async def esobes(batched: Batched, hands: Hands) -> Ministry:
    return ministry(batched, hands)


@pytest.fixture
async def facade(esobes: Ministry) -> AsyncIterator[httpx.AsyncClient]:
    async with browser(Facade(esobes, TOKEN).site()) as client:
        client.headers["Authorization"] = f"Bearer {TOKEN}"
        yield client


async def open_offer(esobes: Ministry, hands: Hands, kind: Kind = Kind.PROACTIVE) -> str:
    offer = Offer(f"of-{kind}", DISTRICT.people[0].iin, "technical_aids_hygiene", kind, None, hands.now())
    await esobes.shelf.put(offer)
    return offer.id


async def relay(
    facade: httpx.AsyncClient, offer: str, answer: str, key: str, at: datetime = FRIDAY
) -> httpx.Response:
    told = {"answer": answer, "at": at.isoformat(), "channel": "sms", "phone": PHONE, "code": None, "text": None}
    return await facade.post(f"/offers/{offer}/answer", json=told, headers={"Idempotency-Key": key})


async def test_who_can_be_reached_at_a_number(facade: httpx.AsyncClient) -> None:
    people = (await facade.get("/persons", params={"phone": PHONE})).json()["persons"]
    assert [one["relation"] for one in people] == ["self", "ward", "ward"]
    assert all(one["phones"] == [PHONE] for one in people)
    assert set(people[0]) == {"iin", "name", "birth_date", "language", "relation", "phones"}
    assert (await facade.get(f"/persons?phone={PHONE}")).json()["persons"] == people  # a plus that nobody escaped
    assert (await facade.get("/persons", params={"phone": "+77019999999"})).json() == {"persons": []}
    assert (await facade.get("/persons", params={"phone": "1414"})).status_code == 422
    assert (await facade.get("/persons")).status_code == 422


async def test_a_person_and_the_applications_of_one(facade: httpx.AsyncClient, esobes: Ministry) -> None:
    assert await esobes.open()
    galina = DISTRICT.resident("galina")
    assert galina is not None
    assert (await facade.get(f"/persons/{galina.iin}")).json()["person"]["name"] == galina.name
    (application,) = (await facade.get(f"/persons/{galina.iin}/applications")).json()["applications"]
    assert set(application) == {
        *("id", "service", "iin", "channel", "submitted_at", "registered_on", "stage", "due_on"),
        *("queue_number", "organisation", "refusal_reason", "history"),
    }
    assert (application["stage"], application["history"][-1]["stage"]) == ("approved", "approved")
    for path in ("/persons/000000000000", "/persons/000000000000/applications"):
        answer = await facade.get(path)
        assert (answer.status_code, answer.headers["content-type"]) == (404, PROBLEM)
    assert (await facade.get("/persons/12")).status_code == 422


async def test_what_was_there_before_is_written_down_once(batched: Batched, hands: Hands) -> None:
    first, again = ministry(batched, hands), ministry(batched, hands)
    assert [await first.open(), await again.open()] == [True, False]
    applications = await again.shelf.all(Application)
    assert len(applications) == len(DISTRICT.applications)
    assert any(one.organisation and "«Үміт»" in one.organisation for one in applications)


async def test_organisations_are_found_by_setting_region_and_words(facade: httpx.AsyncClient) -> None:
    async def found(**query: str) -> list[str]:
        answer = (await facade.get("/organisations", params=query)).json()
        return [one["name"] for one in answer["organisations"]]

    assert len(await found()) == len(DISTRICT.organisations)
    assert len(await found(setting="inpatient")) == sum(one.setting == "inpatient" for one in DISTRICT.organisations)
    assert len(await found(text="үміт")) == len(await found(text="ҮМІТ", region="панфилов", setting="inpatient")) == 1
    assert await found(region="Қостанай") == []
    assert (await facade.get("/organisations", params={"setting": "hotel"})).status_code == 422


async def test_a_consent_becomes_an_application_with_a_day_for_its_decision(
    facade: httpx.AsyncClient, esobes: Ministry, hands: Hands
) -> None:
    offer = await open_offer(esobes, hands)
    answer = await relay(facade, offer, "consent", "k1")
    assert (answer.status_code, answer.json()) == (200, {"answer": "consent"})
    (application,) = await esobes.shelf.all(Application)
    assert (application.stage, application.channel) == ("registered", "sms")
    assert application.due_on == date(2026, 12, 4)


@pytest.mark.parametrize("answer", ["consent", "silence"])
async def test_a_replacement_is_queued_also_by_silence(
    facade: httpx.AsyncClient, esobes: Ministry, hands: Hands, answer: str
) -> None:
    offer = await open_offer(esobes, hands, Kind.REPLACEMENT)
    assert (await relay(facade, offer, answer, "k1")).status_code == 200
    (application,) = await esobes.shelf.all(Application)
    assert (application.stage, application.queue_number, application.due_on) == ("queued", "1", None)


@pytest.mark.parametrize("answer", ["refusal", "undeliverable"])
@pytest.mark.parametrize("kind", Kind)
async def test_nothing_comes_of_a_refusal_nor_of_a_question_that_never_arrived(
    facade: httpx.AsyncClient, esobes: Ministry, hands: Hands, answer: str, kind: Kind
) -> None:
    assert (await relay(facade, await open_offer(esobes, hands, kind), answer, "k1")).status_code == 200
    assert await esobes.shelf.all(Application) == []


async def test_silence_closes_what_was_offered(facade: httpx.AsyncClient, esobes: Ministry, hands: Hands) -> None:
    offer = await open_offer(esobes, hands)
    assert (await relay(facade, offer, "silence", "k1")).status_code == 200
    assert await esobes.shelf.all(Application) == []
    late = await relay(facade, offer, "consent", "k2")
    assert (late.status_code, late.json()["answer"]) == (409, "silence")


async def test_the_same_answer_again_changes_nothing(
    facade: httpx.AsyncClient, esobes: Ministry, hands: Hands
) -> None:
    offer = await open_offer(esobes, hands)
    for key in ("k1", "k2"):
        assert (await relay(facade, offer, "consent", key)).status_code == 200
    assert len(await esobes.shelf.all(Application)) == 1


async def test_a_consent_is_not_taken_back_and_the_answer_held_is_named(
    facade: httpx.AsyncClient, esobes: Ministry, hands: Hands
) -> None:
    offer = await open_offer(esobes, hands)
    await relay(facade, offer, "consent", "k1")
    answer = await relay(facade, offer, "refusal", "k2")
    assert (answer.status_code, answer.headers["content-type"]) == (409, PROBLEM)
    assert (answer.json()["status"], answer.json()["answer"]) == (409, "consent")


async def test_a_refusal_can_be_turned_while_the_offer_is_open(
    facade: httpx.AsyncClient, esobes: Ministry, hands: Hands
) -> None:
    offer = await open_offer(esobes, hands)
    await relay(facade, offer, "refusal", "k1")
    friday_after = FRIDAY + timedelta(days=7)
    assert (await relay(facade, offer, "consent", "k2", friday_after)).status_code == 200
    assert len(await esobes.shelf.all(Application)) == 1


async def test_a_refusal_cannot_be_turned_afterwards(
    facade: httpx.AsyncClient, esobes: Ministry, hands: Hands
) -> None:
    """What counts is when the person answered, not when it got here."""
    offer = await open_offer(esobes, hands)
    await relay(facade, offer, "refusal", "k1")
    answer = await relay(facade, offer, "consent", "k2", FRIDAY + timedelta(days=8))
    assert (answer.status_code, answer.json()["answer"]) == (409, "refusal")


async def test_what_was_withdrawn_takes_no_answer(facade: httpx.AsyncClient, esobes: Ministry, hands: Hands) -> None:
    offer = await open_offer(esobes, hands)
    wire = Wire("http://127.0.0.1:1", TOKEN)
    heard = await Teller(esobes, wire).offer_withdrawn(offer)
    await wire.aclose()
    assert heard.status == 0  # the assistant could not be reached
    answer = await relay(facade, offer, "consent", "k1")
    assert (answer.status_code, answer.json()["answer"]) == (409, None)


async def test_a_key_is_answered_as_it_was_first(facade: httpx.AsyncClient, esobes: Ministry, hands: Hands) -> None:
    offer = await open_offer(esobes, hands)
    first = await relay(facade, offer, "refusal", "k1")
    await relay(facade, offer, "consent", "k2")
    again = await relay(facade, offer, "refusal", "k1")
    assert (again.status_code, again.content) == (first.status_code, first.content)
    unknown = await relay(facade, "of-none", "consent", "k3")
    assert (unknown.status_code, unknown.headers["content-type"]) == (404, PROBLEM)
    assert (await relay(facade, offer, "consent", "k3")).status_code == 404
    told = await esobes.shelf.relays()
    assert [(one.key, one.status) for one in reversed(told)] == [("k1", 200), ("k2", 200), ("k3", 404)]


async def test_of_two_answers_at_the_same_moment_one_is_held(
    facade: httpx.AsyncClient, esobes: Ministry, hands: Hands
) -> None:
    offer = await open_offer(esobes, hands)
    answers = [relay(facade, offer, answer, f"k{answer}") for answer in ("consent", "silence", "undeliverable")]
    assert sorted(one.status_code for one in await asyncio.gather(*answers)) == [200, 409, 409]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"answer": "yes"}, "body.answer"),
        ({"answer": None}, "body.answer"),
        ({"at": "2026-11-27T18:00:00"}, "body.at"),
        ({"channel": "letter"}, "body.channel"),
        ({"phone": "1414"}, "body.phone"),
        ({"code": 472}, "body.code"),
        ({"code": "47"}, "body.code"),
        ({"mood": "good"}, "body.mood"),
    ],
)
async def test_an_answer_that_is_none_is_refused(
    facade: httpx.AsyncClient, esobes: Ministry, hands: Hands, body: dict[str, Any], field: str
) -> None:
    told = {"answer": "consent", "at": FRIDAY.isoformat(), "channel": "sms", "phone": PHONE, **body}
    path = f"/offers/{await open_offer(esobes, hands)}/answer"
    answer = await facade.post(path, json=told, headers={"Idempotency-Key": "k1"})
    assert (answer.status_code, answer.headers["content-type"]) == (422, PROBLEM)
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert await esobes.shelf.relays() == []


async def test_nothing_is_told_without_a_key(facade: httpx.AsyncClient, esobes: Ministry, hands: Hands) -> None:
    told = {"answer": "consent", "at": FRIDAY.isoformat(), "channel": "sms", "phone": PHONE}
    answer = await facade.post(f"/offers/{await open_offer(esobes, hands)}/answer", json=told)
    assert [error["field"] for error in answer.json()["errors"]] == ["header.Idempotency-Key"]


async def test_an_id_may_hold_a_slash(facade: httpx.AsyncClient, esobes: Ministry, hands: Hands) -> None:
    iin = DISTRICT.people[0].iin
    offer = Offer("07/12 а", iin, "technical_aids_hygiene", Kind.PROACTIVE, None, hands.now())
    await esobes.shelf.put(offer)
    assert (await relay(facade, "07%2F12%20%D0%B0", "consent", "k1")).status_code == 200


async def test_our_own_client_is_understood(batched: Batched, hands: Hands) -> None:
    async with playing(batched, hands) as played, aclosing(Esobes(played.url, TOKEN)) as client:
        iin = DISTRICT.people[0].iin
        for name in ("of-1", "07/12 №5"):
            offer = Offer(name, iin, "technical_aids_hygiene", Kind.PROACTIVE, None, hands.now())
            await played.ministry.shelf.put(offer)
            told = Answered(Answer.CONSENT, hands.now(), "sms", PHONE, "472", "472 келісемін")
            answer = Post(0, name, ("offers", name, "answer"), msgspec.Raw(msgspec.json.encode(told)))
            assert await client.tell(answer, f"{name}:1") == Taken(200, b'{"answer":"consent"}')
            other = Answered(Answer.REFUSAL, hands.now(), "sms", PHONE)
            answer = Post(0, name, ("offers", name, "answer"), msgspec.Raw(msgspec.json.encode(other)))
            assert await client.tell(answer, f"{name}:2") == Refused(409, "consent", "Another answer is held.")


async def test_only_the_token_opens_it(batched: Batched, hands: Hands) -> None:
    async with playing(batched, hands) as played, httpx.AsyncClient(base_url=played.url) as stranger:
        for headers in ({}, {"Authorization": "Bearer wrong"}):
            answer = await stranger.get("/organisations", headers=headers)
            assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")


async def test_while_it_is_away_it_answers_nothing_and_remembers_nothing(
    facade: httpx.AsyncClient, esobes: Ministry, hands: Hands
) -> None:
    offer = await open_offer(esobes, hands)
    await esobes.shelf.go(away=True)
    for answer in (await relay(facade, offer, "consent", "k1"), await facade.get("/organisations")):
        assert (answer.status_code, answer.headers["content-type"]) == (503, PROBLEM)
    await esobes.shelf.go(away=False)
    assert (await relay(facade, offer, "consent", "k1")).status_code == 200
    assert [one.key for one in await esobes.shelf.relays()] == ["k1"]


async def test_a_note_goes_to_what_is_under_way_and_anything_else_is_a_new_application(
    facade: httpx.AsyncClient, esobes: Ministry, hands: Hands
) -> None:
    await relay(facade, await open_offer(esobes, hands), "consent", "k1")
    told = {
        "iin": DISTRICT.people[0].iin,
        "service": "technical_aids_hygiene",
        "at": FRIDAY.isoformat(),
        "channel": "sms",
        "phone": PHONE,
        "note": "Подгузники: талия 96 см",
    }
    first = await facade.post("/requests", json=told, headers={"Idempotency-Key": "k2"})
    (application,) = await esobes.shelf.all(Application)
    assert (first.status_code, first.json()["application"]["id"]) == (201, application.id)
    again = await facade.post("/requests", json=told, headers={"Idempotency-Key": "k2"})
    assert again.content == first.content
    other = {**told, "service": "personal_assistant", "note": None}
    assert (await facade.post("/requests", json=other, headers={"Idempotency-Key": "k3"})).status_code == 201
    assert len(await esobes.shelf.all(Application)) == 2
    nobody = {**told, "iin": "000000000000"}
    assert (await facade.post("/requests", json=nobody, headers={"Idempotency-Key": "k4"})).status_code == 404


BY = date(2026, 12, 10)


def invited(name: str = "in-1", setting: str = "inpatient", **changes: Any) -> Invitation:
    return Invitation(name, DISTRICT.people[0].iin, "000140000012", setting, BY, **changes)


async def put_off(
    facade: httpx.AsyncClient, until: str, key: str = "k1", name: str = "in-1", reason: str = "illness"
) -> httpx.Response:
    told = {"arrive_by": until, "reason": reason, "at": FRIDAY.isoformat(), "channel": "sms", "phone": PHONE}
    path = f"/invitations/{name}/postponement"
    return await facade.post(path, json=told, headers={"Idempotency-Key": key})


async def test_an_arrival_is_put_off_once_and_the_old_day_is_the_last_to_sign(
    facade: httpx.AsyncClient, esobes: Ministry
) -> None:
    await esobes.shelf.put(invited())
    answer = await put_off(facade, "2026-12-20")
    assert answer.status_code == 200
    assert answer.json() == {
        "arrive_by": "2026-12-20",
        "signed": False,
        "sign_by": "2026-12-10",
        "sign_url": "https://aleumet.egov.kz/",
    }
    assert await esobes.shelf.get(Invitation, "in-1") == invited(postponed_to=date(2026, 12, 20))
    assert (await put_off(facade, "2026-12-21", "k2")).status_code == 409
    again = await put_off(facade, "2026-12-20")
    assert (again.status_code, again.content) == (200, answer.content)
    assert (await put_off(facade, "2026-12-20", "k3", "in-3")).status_code == 404


@pytest.mark.parametrize(
    ("setting", "longest", "too_long"),
    [("inpatient", "2027-01-09", "2027-01-10"), ("semi_inpatient", "2026-12-20", "2026-12-21")],
)
async def test_an_arrival_is_not_put_off_for_ever(
    facade: httpx.AsyncClient, esobes: Ministry, setting: str, longest: str, too_long: str
) -> None:
    await esobes.shelf.put(invited(setting=setting))
    for number, until in enumerate((too_long, "2026-12-10", "2026-12-09")):
        assert (await put_off(facade, until, f"k{number}")).status_code == 422
    assert (await put_off(facade, longest, "k9")).status_code == 200


@pytest.mark.parametrize("setting", ["home", "temporary"])
async def test_where_the_law_knows_no_postponing_there_is_none(
    facade: httpx.AsyncClient, esobes: Ministry, setting: str
) -> None:
    await esobes.shelf.put(invited(setting=setting))
    answer = await put_off(facade, "2026-12-11")
    assert (answer.status_code, answer.headers["content-type"]) == (422, PROBLEM)
    assert await esobes.shelf.get(Invitation, "in-1") == invited(setting=setting)


async def test_an_arrival_is_put_off_for_the_reasons_of_the_law_only(
    facade: httpx.AsyncClient, esobes: Ministry
) -> None:
    await esobes.shelf.put(invited())
    assert (await put_off(facade, "2026-12-20", reason="holiday")).status_code == 422
    assert (await put_off(facade, "2026-12-20", reason="hospitalisation")).status_code == 200


async def test_a_place_is_kept_until_its_last_day_is_over(
    facade: httpx.AsyncClient, esobes: Ministry, hands: Hands
) -> None:
    await esobes.shelf.put(invited(), invited("in-2"), invited("in-3", outcome="passed_on"))
    assert (await put_off(facade, "2026-12-20", "k1", "in-3")).status_code == 409
    hands.at = datetime(2026, 12, 10, 23, 59, tzinfo=ALMATY)
    assert (await put_off(facade, "2026-12-20", "k2", "in-1")).status_code == 200
    hands.at = datetime(2026, 12, 11, tzinfo=ALMATY)
    assert (await put_off(facade, "2026-12-20", "k3", "in-2")).status_code == 409


class Assistant:
    """The real door, before a listener that only remembers."""

    def __init__(self, redis: Batched, clock: Clock, dialogue: Dialogue) -> None:
        self.ledger = Ledger(redis)
        law = rules.load(
            dialogue.guide.workdays, hold=timedelta(minutes=15), reminder_at=None, quiet=None, chat_answers=True
        )
        self._events = Events(
            self.ledger,
            TOKEN,
            clock,
            services=dialogue.guide.catalogue.services,
            replaceable=law.replaceable,
        )

    async def ping(self) -> None: ...

    def site(self, *played: Page) -> Front:
        return app.build(self.ping, events=self._events, played=[one.router() for one in played], letters={})


@pytest.fixture
async def assistant(batched: Batched, hands: Hands, dialogue: Dialogue) -> Assistant:
    return Assistant(batched, hands, dialogue)


@pytest.fixture
async def teller(assistant: Assistant, batched: Batched, hands: Hands) -> AsyncIterator[Teller]:
    async with served(assistant.site()) as url:
        wire = Wire(url, TOKEN)
        yield Teller(ministry(batched, hands), wire)
        await wire.aclose()


async def test_everything_that_it_tells_is_to_the_letter_of_the_contract(
    teller: Teller, assistant: Assistant
) -> None:
    dana, batima = teller.resident("dana"), teller.resident("batima")
    offer = await teller.offer_opened(dana, "technical_aids_hygiene", Kind.REPLACEMENT, "жөргек")
    invited = await teller.invitation_opened(batima, "000140000012", date(2026, 12, 10))
    await teller.ministry.postponed(invited.about, date(2026, 12, 20), {}, "k1")
    choice = await teller.choice_opened(dana, "technical_aids_hygiene")
    decision = await teller.decided(offer.about, "approved")
    told: list[Heard] = [
        *(offer, invited, choice, decision),
        await teller.offer_withdrawn(offer.about),
        await teller.decided(offer.about, "refused", "Құжаттар жарамсыз"),
        await teller.decided(offer.about, "queued"),
        await teller.application_changed(decision.about, "delivering"),
        await teller.hearing_scheduled(decision.about, FRIDAY, "Жаркент, Жібек жолы, 1", "келіп"),
        await teller.choice_closed(choice.about, "chosen"),
        await teller.order_answered(dana, "technical_aids_hygiene", "refused", "«Қамқор» ЖШС", reason="жоқ"),
        await teller.invitation_signed(invited.about),
        await teller.invitation_closed(invited.about, "admitted"),
    ]
    assert [one.status for one in told] == [202] * len(told)
    heard = assistant.ledger.heard
    assert [one.id for one in heard] == [one.id for one in told]
    assert len({one.type for one in heard}) == 11
    assert all(one.specialist and one.case for one in heard)
    first = heard[0]
    assert (first.person.iin, first.phones) == (dana.iin, (PHONE,))  # a child is asked at its mother's phone
    assert first.offer is not None
    assert (first.offer.kind, first.offer.device) == (Kind.REPLACEMENT, "жөргек")
    queued = next(one.application for one in heard if one.application and one.application.stage == "queued")
    assert queued.queue_number == "1"


async def test_a_decision_may_come_before_the_answer_which_is_then_no_news(
    teller: Teller, facade: httpx.AsyncClient
) -> None:
    offer = await teller.offer_opened(teller.resident("erbol"), "personal_assistant", Kind.PROACTIVE)
    decision = await teller.decided(offer.about, "approved")
    refusal = await relay(facade, offer.about, "refusal", "k1")
    assert (refusal.status_code, refusal.json()["answer"]) == (409, "consent")
    assert (await relay(facade, offer.about, "consent", "k2")).status_code == 200
    applications = await teller.ministry.shelf.all(Application)
    assert [(one.id, one.stage) for one in applications] == [(decision.about, "approved")]


async def test_what_it_does_not_hold_it_does_not_tell(teller: Teller, assistant: Assistant) -> None:
    for telling in (
        teller.offer_withdrawn("of-none"),
        teller.decided("of-none", "approved"),
        teller.choice_closed("ch-none", "chosen"),
        teller.invitation_opened(teller.resident("erbol"), "000000000000", date(2026, 12, 10)),
        teller.invitation_signed("in-none"),
        teller.invitation_closed("in-none", "admitted"),
    ):
        with pytest.raises(NoSuchError):
            await telling
    with pytest.raises(NoSuchError):
        teller.resident("nobody")
    assert assistant.ledger.heard == []


def duty(assistant: Assistant) -> object:
    """Of the latest event."""
    return assistant.ledger.heard[-1].duty


async def test_a_postponement_is_signed_only_after_somebody_asked_for_it_and_then_counts(
    teller: Teller, assistant: Assistant
) -> None:
    told = await teller.invitation_opened(teller.resident("batima"), "000140000012", BY)
    with pytest.raises(NoSuchError):
        await teller.invitation_signed(told.about)
    await teller.ministry.postponed(told.about, date(2026, 12, 20), {}, "k1")
    await teller.invitation_signed(told.about)
    assert duty(assistant) == InvitationTold(told.about, date(2026, 12, 20))
    held = await teller.ministry.shelf.get(Invitation, told.about)
    assert held is not None
    assert (held.arrive_by, held.signed) == (date(2026, 12, 20), True)


async def test_an_invitation_is_told_anew_with_its_right_day_and_place_while_it_is_open(
    teller: Teller, assistant: Assistant
) -> None:
    batima, later = teller.resident("batima"), date(2026, 12, 15)
    told = await teller.invitation_opened(batima, "000140000012", BY)
    again = await teller.invitation_opened(batima, "000140000022", later, told.about)
    assert (again.about, again.status) == (told.about, 202)
    heard = duty(assistant)
    assert isinstance(heard, InvitationTold)
    assert (heard.id, heard.arrive_by, heard.setting) == (told.about, later, Setting.SEMI_INPATIENT)
    (held,) = await teller.ministry.shelf.all(Invitation)
    assert (held.arrive_by, held.organisation, held.setting) == (later, "000140000022", "semi_inpatient")
    with pytest.raises(NoSuchError):
        await teller.invitation_opened(teller.resident("erbol"), "000140000012", BY, told.about)
    await teller.invitation_closed(told.about, "cancelled")
    for name in (told.about, "in-none"):
        with pytest.raises(NoSuchError):
            await teller.invitation_opened(batima, "000140000012", BY, name)


async def test_a_supplier_refuses_what_it_had_accepted(teller: Teller, assistant: Assistant) -> None:
    nurlan, service, place = teller.resident("nurlan"), "sanatorium_treatment", Place("«Шипа»")
    first, last = date(2026, 12, 17), date(2026, 12, 31)
    told = await teller.order_answered(nurlan, service, "accepted", place.name, arrive_on=first, leave_on=last)
    assert duty(assistant) == OrderTold(told.about, service, "accepted", "", first, last, place)
    again = await teller.order_answered(nurlan, service, "refused", place.name, order=told.about, reason="мест нет")
    assert again.about == told.about
    assert duty(assistant) == OrderTold(told.about, service, "refused", "мест нет", place=place)
    (held,) = await teller.ministry.shelf.all(Order)
    assert (held.id, held.outcome, held.reason, held.told) == (told.about, "refused", "мест нет", FRIDAY)
    for whose, order in (("erbol", told.about), ("nurlan", "or-none")):
        with pytest.raises(NoSuchError):
            await teller.order_answered(teller.resident(whose), service, "refused", "«Шипа»", order=order)


async def test_a_choice_may_have_opened_months_ago(teller: Teller, assistant: Assistant) -> None:
    told = await teller.choice_opened(teller.resident("erbol"), "sign_language_specialist", date(2026, 9, 30))
    assert duty(assistant) == ChoiceTold(told.about, "sign_language_specialist", date(2026, 9, 30))
    told = await teller.choice_opened(teller.resident("erbol"), "sign_language_specialist")
    assert duty(assistant) == ChoiceTold(told.about, "sign_language_specialist", FRIDAY.date())


async def test_a_blocked_choice_is_reactivated_under_its_own_name(teller: Teller, assistant: Assistant) -> None:
    erbol, service = teller.resident("erbol"), "prosthetic_orthopaedic_aid"
    told = await teller.choice_opened(erbol, service, date(2026, 8, 31))
    again = await teller.choice_opened(erbol, service, choice=told.about)
    assert duty(assistant) == ChoiceTold(told.about, service, FRIDAY.date())
    assert again.about == told.about
    (held,) = await teller.ministry.shelf.all(Choice)
    assert (held.opened_on, held.outcome, held.told) == (FRIDAY.date(), None, FRIDAY)
    with pytest.raises(NoSuchError):
        await teller.choice_opened(teller.resident("nurlan"), service, choice=told.about)


async def test_the_district_is_one_that_could_be(dialogue: Dialogue) -> None:
    assert len(DISTRICT.people) >= 12
    assert {one.language for one in DISTRICT.people} == {"kk", "ru"}
    assert sum(one.guardian is not None for one in DISTRICT.people) == 2
    assert {len(one.phones) for one in DISTRICT.people} == {0, 1, 2}
    assert any(not DISTRICT.phones(one) for one in DISTRICT.people)
    assert {one.setting for one in DISTRICT.organisations} == {"inpatient", "semi_inpatient", "home", "temporary"}
    assert any(one.license_until < FRIDAY.date() for one in DISTRICT.organisations)
    services = loader.load(dialogue.guide.words).services
    named = {one.service for one in DISTRICT.applications} | {one.service for one in DISTRICT.story}
    assert named - {""} <= set(services)
    assert {stage for one in DISTRICT.applications for stage, _ in one.history} <= set(Stage)
    assert len({one.iin for one in DISTRICT.people}) == len({one.id for one in DISTRICT.people})


@pytest.mark.parametrize("resident", DISTRICT.people, ids=lambda one: one.id)
def test_an_iin_has_its_birthday_and_a_right_check_digit(resident: district.Resident) -> None:
    digits = [int(digit) for digit in resident.iin]
    assert resident.iin[:6] == f"{resident.birth_date:%y%m%d}"
    assert (digits[6] + 1) // 2 == resident.birth_date.year // 100 - 17
    check = sum(digit * (place + 1) for place, digit in enumerate(digits[:11])) % 11
    if check == 10:
        check = sum(digit * ((place + 2) % 11 + 1) for place, digit in enumerate(digits[:11])) % 11
    assert digits[11] == check


@pytest.mark.parametrize("organisation", DISTRICT.organisations, ids=lambda one: one.bin)
def test_a_bin_has_a_right_check_digit(organisation: district.Organisation) -> None:
    assert isinstance(read_bin(organisation.bin), Bin)


async def test_its_story_can_be_played(teller: Teller, assistant: Assistant) -> None:
    steps = DISTRICT.story
    assert [(-one.days_ago, one.time) for one in steps] == sorted((-one.days_ago, one.time) for one in steps)
    for step in steps:
        if step.do != "sms":
            assert (await story.play(step, teller)).status == 202
    assert {one.type for one in assistant.ledger.heard} == {"offer.opened", "offer.withdrawn", "decision.made"}


@pytest.fixture
async def page(
    teller: Teller, assistant: Assistant, batched: Batched, hands: Hands
) -> AsyncIterator[httpx.AsyncClient]:
    shown = Page(teller, MatterStore(batched), Backlog(batched, hands), Office(batched))
    async with browser(assistant.site(shown)) as client:
        yield client


PAGE = "/sandbox/page/esobes"


async def test_the_page_shows_what_is_held_of_everybody(
    page: httpx.AsyncClient, teller: Teller, facade: httpx.AsyncClient
) -> None:
    opened = await page.post(
        f"{PAGE}/events",
        json={"type": "offer.opened", "person": "dana", "service": "technical_aids_hygiene", "kind": "proactive"},
    )
    assert (opened.status_code, set(opened.json()), opened.json()["status"]) == (200, {"id", "about", "status"}, 202)
    offer = opened.json()["about"]
    await relay(facade, offer, "consent", "k1")
    shown = (await page.get(PAGE)).json()
    assert shown["away"] is False
    dana = next(one for one in shown["people"] if one["id"] == "dana")
    assert (dana["guardian"], dana["phones"], dana["iin"]) == ("aigul", [PHONE], "••••••••0027")
    (one,) = dana["offers"]
    assert (one["id"], one["state"], one["answered"]["answer"]) == (offer, "answered", "consent")
    assert [application["stage"] for application in dana["applications"]] == ["registered"]
    (told,) = shown["relays"]
    assert (told["path"], told["key"], told["status"]) == (f"/offers/{offer}/answer", "k1", 200)
    assert told["body"]["answer"] == "consent"
    assert (one["asked"], shown["waiting"], shown["refused"]) == (None, {"count": 0, "first": []}, [])
    assert teller.resident("dana").iin not in json.dumps(shown)


async def test_the_page_shows_how_far_the_assistant_is(
    page: httpx.AsyncClient, esobes: Ministry, hands: Hands, batched: Batched
) -> None:
    offer, person = await open_offer(esobes, hands), DISTRICT.people[0]
    sent = FRIDAY + timedelta(hours=15)
    asked = Matter(
        id=offer,
        kind=Kind.PROACTIVE,
        service="technical_aids_hygiene",
        device=None,
        person=Person(person.iin, person.name, person.birth_date, person.language),
        phones=person.phones,
        specialist=None,
        case=None,
        yes="472",
        no="815",
        state="refusing",
        sent=sent,
        closes=datetime(2026, 12, 3, tzinfo=ALMATY),
        wake=None,
    )
    home, backlog = home_of(person.iin), Backlog(batched, hands)
    waits = Letter("r-1", f"esobes:{offer}", "{}", created=FRIDAY.timestamp())
    refused = Letter("r-2", f"esobes:{offer}", "{}", created=FRIDAY.timestamp())
    await MatterStore(batched).commit_matter(home, offer, None, asked, Writing(relays=[waits]))
    await backlog.keep(home, refused, 409, "consent")
    shown = (await page.get(PAGE)).json()
    assert shown["people"][0]["offers"][0]["asked"] == {
        "state": "refusing",
        "sent": sent.isoformat(),
        "last_day": "2026-12-02",
        "closes": "2026-12-03T00:00:00+05:00",
    }
    since = FRIDAY.isoformat()
    first = {"relay": "r-1", "what": "", "offer": offer, "since": since, "home": home}
    assert shown["waiting"] == {"count": 1, "first": [first]}
    assert shown["refused"] == [{"offer": offer, "status": 409, "held": "consent", "at": since}]
    assert person.iin not in json.dumps(shown)


async def test_the_page_shows_what_the_assistant_makes_of_a_duty(
    page: httpx.AsyncClient, teller: Teller, batched: Batched
) -> None:
    whose, place = teller.resident("erbol"), "000140000012"
    choice = (await teller.choice_opened(whose, "personal_assistant")).about
    order = (await teller.order_answered(whose, "sanatorium_treatment", "accepted", "«Шипа»")).about
    come, unheard = [(await teller.invitation_opened(whose, place, BY)).about for _ in range(2)]
    person = Person(whose.iin, whose.name, whose.birth_date, whose.language)
    for duty in (
        duties.Choice(
            id=choice,
            person=person,
            phones=whose.phones,
            state="blocked",
            sent=FRIDAY,
            service="personal_assistant",
            opened_on=BY,
            last=BY,
        ),
        duties.Order(
            id=order,
            person=person,
            phones=whose.phones,
            state="accepted",
            sent=FRIDAY,
            service="sanatorium_treatment",
            cancel_by=BY,
        ),
        duties.Invitation(
            id=come,
            person=person,
            phones=whose.phones,
            state="invited",
            sent=FRIDAY,
            place=None,
            setting=None,
            arrive_by=BY,
            said="come",
        ),
    ):
        name, stored = duties.name(duty), msgspec.json.encode(duty)
        await MatterStore(batched).commit(home_of(whose.iin), name, None, stored, Writing())
    shown = next(one for one in (await page.get(PAGE)).json()["people"] if one["id"] == "erbol")
    assert [one["known"] for one in shown["choices"]] == [{"state": "blocked", "last_day": str(BY)}]
    assert [one["known"] for one in shown["orders"]] == [{"state": "accepted", "cancel_by": str(BY)}]
    known = {one["id"]: one["known"] for one in shown["invitations"]}
    assert known == {come: {"state": "invited", "said": "come"}, unheard: None}


async def test_the_page_names_no_iin_of_a_request_either(
    page: httpx.AsyncClient, facade: httpx.AsyncClient, teller: Teller
) -> None:
    iin = teller.resident("erbol").iin
    told = {"iin": iin, "service": "local_social_aid", "at": FRIDAY.isoformat(), "channel": "sms", "note": "сұраймын"}
    await facade.post("/requests", json=told, headers={"Idempotency-Key": "k1"})
    shown = await page.get(PAGE)
    assert iin not in shown.text
    assert shown.json()["relays"][0]["body"]["iin"] == f"••••••••{iin[-4:]}"


async def test_every_button_tells_its_event(page: httpx.AsyncClient, assistant: Assistant, teller: Teller) -> None:
    async def press(kind: str, /, **fields: object) -> str:
        answer = await page.post(f"{PAGE}/events", json={"type": kind, **fields})
        assert (answer.status_code, answer.json().get("status")) == (200, 202), answer.text
        return str(answer.json()["about"])

    offer = await press("offer.opened", person="erbol", service="personal_assistant", kind="proactive", device="")
    application = await press("decision.made", about=offer, outcome="approved")
    await press("application.changed", application=application, stage="ordered")
    place = {"place": "Жаркент", "method": "online"}
    await press("hearing.scheduled", application=application, at=FRIDAY.isoformat(), **place)
    await press("offer.withdrawn", offer=offer)
    choice = await press("provider_choice.opened", person="erbol", service="personal_assistant")
    await press("provider_choice.closed", choice=choice, outcome="cancelled")
    choosing = {"person": "erbol", "service": "sanatorium_treatment", "opened_on": "2026-10-31"}
    await press("provider_choice.opened", **choosing)
    order = {"person": "erbol", "service": "sanatorium_treatment", "outcome": "accepted", "provider": "«Шипа»"}
    answered = await press("order.answered", **order, arrive_on="2026-12-20", leave_on="2027-01-03")
    refused = {**order, "outcome": "refused", "order": answered, "reason": "мест нет"}
    assert await press("order.answered", **refused) == answered
    inviting = {"person": "batima", "organisation": "000140000012"}
    invitation = await press("invitation.opened", **inviting, arrive_by="2026-12-09")
    await press("invitation.opened", **inviting, arrive_by="2026-12-10", invitation=invitation)
    await teller.ministry.postponed(invitation, date(2026, 12, 20), {}, "k1")
    await press("invitation.changed", invitation=invitation)
    await press("invitation.closed", invitation=invitation, outcome="admitted")
    assert len({told.type for told in assistant.ledger.heard}) == 11
    people = {one["id"]: one for one in (await page.get(PAGE)).json()["people"]}
    assert [one["opened_on"] for one in people["erbol"]["choices"]] == ["2026-10-31", "2026-11-27"]
    assert [(one["id"], one["outcome"]) for one in people["erbol"]["orders"]] == [(answered, "refused")]
    (shown,) = people["batima"]["invitations"]
    assert (shown["id"], shown["arrive_by"], shown["signed"]) == (invitation, "2026-12-20", True)
    assert shown["outcome"] == "admitted"


async def test_a_button_for_what_is_not_held_says_so(page: httpx.AsyncClient) -> None:
    for told in (
        {"type": "offer.withdrawn", "offer": "of-none"},
        {"type": "offer.opened", "person": "nobody", "service": "personal_assistant", "kind": "proactive"},
    ):
        answer = await page.post(f"{PAGE}/events", json=told)
        assert (answer.status_code, answer.headers["content-type"]) == (404, PROBLEM)
    assert (await page.post(f"{PAGE}/events", json={"type": "offer.lost"})).status_code == 422


async def test_the_page_sends_e_sobes_away_and_back(page: httpx.AsyncClient, facade: httpx.AsyncClient) -> None:
    for away, status in ((True, 503), (False, 200)):
        assert (await page.put(f"{PAGE}/away", json={"away": away})).json() == {"away": away}
        assert (await page.get(PAGE)).json()["away"] is away
        assert (await facade.get("/organisations")).status_code == status


async def test_what_it_holds_survives_a_restart(
    facade: httpx.AsyncClient, esobes: Ministry, hands: Hands, batched: Batched
) -> None:
    await relay(facade, await open_offer(esobes, hands), "consent", "k1")
    again = ministry(batched, hands)
    assert len(await again.shelf.all(Application)) == 1
    (told,) = await again.shelf.relays()
    assert isinstance(told, Relay)
    assert told.at == FRIDAY


def test_a_district_where_somebody_is_named_who_is_not_there_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "district.toml"
    person = 'id = "a"\niin = "1"\nname = "A"\nbirth_date = 1990-01-01\nlanguage = "kk"\n'
    file.write_text(f'[[people]]\n{person}guardian = "b"\n')
    with pytest.raises(district.DistrictError, match="nobody is called «b»"):
        district.load(file)
    file.write_text(f"[[people]]\n{person}age = 5\n")
    with pytest.raises(district.DistrictError, match="age"):
        district.load(file)


def test_nobody_is_printed_by_mistake() -> None:
    assert f"{DISTRICT.people[0]} {DISTRICT.people[:1]}" == "••••••••0017 (••••••••0017,)"

"""Redis goes away in the middle: nothing is lost, and nothing happens twice."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import pytest

from dialogs.dialogue import Dialogue
from dialogs.messages import Text
from gateway.channels import Inbound
from gateway.connection import Client, RedisAwayError
from gateway.esobes.events import Told
from tests.gateway.affairs import (
    FRIDAY,
    MONDAY,
    OTHER,
    PHONE,
    Affairs,
    Hands,
    changed,
    decided,
    opened,
    put_together,
    withdrawn,
)
from tests.gateway.cutting import When, Wire, wire

COMMIT = b":events"
"""Only the script that commits a step has this key."""
Cut = tuple[Wire, Affairs]


@pytest.fixture
async def cut(
    redis: Client, redis_url: str, dialogue: Dialogue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Cut]:
    """`redis` empties the server; everything goes over a wire that can be cut."""
    monkeypatch.setattr("gateway.outbox.outbox._LOOK", 0.01)
    async with (
        wire(redis_url, tmp_path, COMMIT) as (cutting, client),
        put_together(client, dialogue, Hands()) as affairs,
    ):
        yield cutting, affairs


async def tell(affairs: Affairs, told: Told) -> int:
    return await insist(affairs, lambda: affairs.desk.told(told))


async def answer(affairs: Affairs, text: str) -> int:
    message = Inbound("kannel:1", f"sms:{PHONE}", Text(text))
    return await insist(affairs, lambda: affairs.receiver.receive(message))


async def insist(affairs: Affairs, bring: Callable[[], Awaitable[object]]) -> int:
    """As E-Sobes and the providers do, until it is taken. How often it was not."""
    failed = 0
    while True:
        try:
            await bring()
        except RedisAwayError:
            failed += 1
        else:
            await affairs.settle()
            return failed


EVERYWHERE = [(number, when) for number in (1, 2, 3) for when in ("before", "after")]


@pytest.mark.parametrize(("number", "when"), EVERYWHERE)
async def test_an_event_that_was_not_answered_comes_again(number: int, when: When, cut: Cut) -> None:
    """Two commits reserve the codes, one on each phone, and the third opens the offer."""
    wire, affairs = cut
    wire.cut_at(number, when)
    assert await tell(affairs, opened(phones=(PHONE, OTHER))) == 1
    matter = await affairs.matter()
    for phone in (PHONE, OTHER):
        (offer,) = (await affairs.pocket(f"sms:{phone}")).offers
        assert (offer.yes, offer.no) == (matter.yes, matter.no)
        assert await affairs.sent(phone) == ["question"]
        assert len(await affairs.screen(phone)) == 1


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("told", [withdrawn(), decided(), opened(event="another")], ids=lambda told: told.id)
async def test_other_events_come_again_too(told: Told, when: When, cut: Cut) -> None:
    wire, affairs = cut
    await affairs.told(opened())
    wire.cut_at(1, when)
    assert await tell(affairs, told) == 1
    more = {"offer.withdrawn": ["withdrawn"], "decision.made": ["decision"], "offer.opened": []}[told.type]
    assert await affairs.sent() == ["question", *more]
    assert len(await affairs.screen()) == 1 + len(more)


@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_change_is_told_once_though_neither_it_nor_its_minute_could_be_stored_at_first(
    when: When, cut: Cut
) -> None:
    wire, affairs = cut
    wire.cut_at(1, when)
    assert await tell(affairs, changed(phones=(PHONE, OTHER))) == 1
    assert await tell(affairs, changed("queued", "A-2", phones=(PHONE, OTHER))) == 0
    await affairs.clock.move(MONDAY + timedelta(minutes=1))
    wire.cut_at(1, when)
    with pytest.raises(RedisAwayError):
        await affairs.wakeups.ring()
    await affairs.wakeups.ring()
    await affairs.until(FRIDAY)
    for phone in (PHONE, OTHER):
        assert await affairs.sent(phone) == ["change"]
        assert len(await affairs.screen(phone)) == 1


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize(
    ("text", "letter", "heard"),
    [
        ("{yes}", "consented", "answer.consent"),
        ("{no}", "refusing", "answer.refusal"),
        ("да нет", "again", "answer.unclear"),
        ("не мой номер", "not_mine", "answer.not_mine"),
    ],
)
async def test_an_answer_that_was_not_acknowledged_comes_again(
    text: str, letter: str, heard: str, when: When, cut: Cut
) -> None:
    wire, affairs = cut
    await affairs.told(opened())
    matter = await affairs.matter()
    wire.cut_at(1, when)
    assert await answer(affairs, text.format(yes=matter.yes, no=matter.no)) == 1
    assert await affairs.sent() == ["question", letter]
    assert await affairs.heard() == [heard]
    assert len(await affairs.screen()) == 2
    await affairs.until(MONDAY + timedelta(hours=1))
    answers = {"answer.consent": "consent", "answer.refusal": "refusal"}
    assert affairs.answered() == ([("O-1:1", answers[heard])] if heard in answers else [])


@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_wakeup_that_was_not_committed_rings_again(when: When, cut: Cut) -> None:
    wire, affairs = cut
    await affairs.told(opened("O-1"))
    await affairs.told(opened("O-2"))
    await affairs.until(FRIDAY - timedelta(seconds=1))
    await affairs.clock.move(FRIDAY)
    wire.cut_at(1, when)
    with pytest.raises(RedisAwayError):
        await affairs.wakeups.ring()
    await affairs.wakeups.ring()
    await affairs.until(FRIDAY.replace(hour=9))
    assert sorted(affairs.answered()) == [("O-1:1", "silence"), ("O-2:1", "silence")]
    assert sorted(await affairs.sent()) == sorted(["question", "reminder", "cancelled"] * 2)


@pytest.mark.parametrize("when", ["before", "after"])
async def test_what_e_sobes_says_is_asked_for_again_if_it_could_not_be_stored(when: When, cut: Cut) -> None:
    wire, affairs = cut
    await affairs.told(opened())
    matter = await affairs.matter()
    await affairs.sms(matter.no)
    await affairs.until(MONDAY + timedelta(minutes=15))
    wire.cut_at(2, when)  # the first is the answer itself
    await affairs.sms(matter.yes)
    assert affairs.relays.counts["esobes", "retry"] == 1
    await affairs.until(MONDAY + timedelta(minutes=17))
    assert affairs.answered() == [("O-1:1", "refusal"), ("O-1:2", "consent")]
    assert await affairs.sent() == ["question", "refusing", "refused", "turning", "turned"]

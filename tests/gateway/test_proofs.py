"""Which one-time codes went out, and how many may."""

from datetime import date

import msgspec
import pytest

from dialogs.people import mark
from gateway.channels import Letter
from gateway.connection import Batched, Client
from gateway.proofs import PER_DAY, Proofs
from gateway.store import AuditLine, shard
from tests.gateway.talk import entries

IIN, OTHER = "680412400123", "550301300456"
DAY = date(2026, 11, 23)
LETTER = Letter("code:c1", "sms:+77011234567", "314159 – код", 1.0, until=301.0)
LINE = AuditLine(1, "Ab1", "chat", "code_not_sent", mark(IIN))


@pytest.fixture
def proofs(batched: Batched) -> Proofs:
    return Proofs(batched)


async def settle(
    proofs: Proofs, challenge: str = "c1", *, letter: Letter | None = LETTER, day: date = DAY, iin: str = IIN
) -> bool:
    return await proofs.settle(iin, challenge, lasts=299.5, day=day, letter=letter, line=LINE)


async def test_a_code_that_went_out_counts_for_its_person_and_challenge_only(proofs: Proofs, redis: Client) -> None:
    assert await settle(proofs)
    assert await proofs.sent(IIN, "c1")
    assert not await proofs.sent(IIN, "c2")
    assert not await proofs.sent(OTHER, "c1")
    (letter,) = await entries(redis, f"{shard(IIN)}:outbox")
    assert msgspec.json.decode(letter[b"letter"], type=Letter) == LETTER
    assert await entries(redis, f"{shard(IIN)}:audit") == []


async def test_what_went_out_is_known_for_as_long_as_the_code_lives(proofs: Proofs, redis: Client) -> None:
    await settle(proofs)
    assert await redis.ttl(f"{shard(IIN)}:proof:c1") == 300


async def test_what_is_done_twice_happens_once(proofs: Proofs, redis: Client) -> None:
    assert [await settle(proofs) for _ in range(3)] == [True, False, False]
    assert len(await entries(redis, f"{shard(IIN)}:outbox")) == 1
    assert await redis.get(f"{shard(IIN)}:codes:{mark(IIN)}:{DAY}") == b"1"


async def test_where_no_code_goes_out_the_audit_says_so_once_and_the_challenge_stays_without(
    proofs: Proofs, redis: Client
) -> None:
    assert not await settle(proofs, letter=None)
    assert not await settle(proofs)
    assert not await proofs.sent(IIN, "c1")
    assert await entries(redis, f"{shard(IIN)}:outbox") == []
    (line,) = await entries(redis, f"{shard(IIN)}:audit")
    assert msgspec.json.decode(line[b"audit"], type=AuditLine) == LINE


async def test_a_person_gets_so_many_codes_a_day_and_no_more(proofs: Proofs, redis: Client) -> None:
    sent = [await settle(proofs, f"c{number}") for number in range(PER_DAY + 2)]
    assert sent == [True] * PER_DAY + [False] * 2
    assert not await proofs.sent(IIN, f"c{PER_DAY}")
    assert len(await entries(redis, f"{shard(IIN)}:audit")) == 2
    assert await settle(proofs, "of another", iin=OTHER)
    assert await settle(proofs, "next day", day=date(2026, 11, 24))

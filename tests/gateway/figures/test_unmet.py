"""Words that were not understood, as they are kept and as staff see them."""

from datetime import timedelta

from gateway.connection import Batched, Client
from gateway.figures import unmet
from gateway.figures.figures import Figures
from gateway.store import UNMET_KEPT, Unmet, shard_number, tag
from tests.gateway.affairs import MONDAY, PHONE, Affairs

BEGAN, ENDED = MONDAY.timestamp() - 60, MONDAY.timestamp() + 86_400


async def test_they_are_kept_with_the_answer_and_counted(affairs: Affairs) -> None:
    await affairs.sms("рус", name="m1")
    for _ in range(2):  # a gateway brings it twice
        await affairs.sms("сколько стоит зелёный жираф 77", name="m2")
    (one,) = await unmet.read(affairs.batched, BEGAN, ENDED)
    assert one == Unmet(int(MONDAY.timestamp()), "sms", "ru", "menu", "сколько стоит зелёный жираф ••")
    assert (await Figures(affairs.batched).day(MONDAY.date()))["unmet sms"] == 1
    assert (
        PHONE.encode()
        not in repr(await affairs.batched("XRANGE", f"{tag(shard_number(f'sms:{PHONE}'))}:unmet", "-", "+")).encode()
    )


async def test_of_other_days_nothing_is_shown(affairs: Affairs) -> None:
    await affairs.sms("рус")
    await affairs.sms("зелёный жираф")
    await affairs.until(MONDAY + timedelta(days=3))
    assert await unmet.read(affairs.batched, ENDED, ENDED + 86_400) == []


async def test_only_the_newest_are_kept(affairs: Affairs, redis: Client) -> None:
    await affairs.sms("рус")
    await affairs.sms("зелёный жираф")
    shard = shard_number(f"sms:{PHONE}")
    async with redis.pipeline(transaction=False) as calls:
        for _ in range(3 * UNMET_KEPT):
            calls.xadd(f"{tag(shard)}:unmet", {"unmet": "[]"})
        await calls.execute()
    await affairs.sms("фиолетовый крокодил")
    assert await redis.xlen(f"{tag(shard)}:unmet") < 2 * UNMET_KEPT


async def test_what_cannot_be_read_is_left_out(batched: Batched) -> None:
    await batched("XADD", f"{tag(3)}:unmet", "*", "unmet", "{")
    assert await unmet.read(batched, 0, ENDED) == []


def test_those_alike_stand_together_the_most_frequent_first() -> None:
    said = [
        "жираф зелёный где",
        "где зелёный жираф",
        "где зеленый жираф",
        "как пройти в библиотеку",
        "а где зелёный жираф",
    ]
    groups = unmet.grouped(Unmet(1000 - number, "sms", "ru", "menu", words) for number, words in enumerate(said))
    assert [(one.words, one.count) for one in groups] == [("жираф зелёный где", 4), ("как пройти в библиотеку", 1)]
    assert groups[0].last == 1000
    assert groups[0].languages == ("ru",)
    assert len(groups[0].others) == 3

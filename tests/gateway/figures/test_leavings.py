"""What became of letters, counted where it becomes known."""

import time
from datetime import timedelta
from itertools import count

from gateway.channels import Letter, OptedOut, Sent
from gateway.clock import Clock, day_of
from gateway.connection import Batched
from gateway.figures.figures import Day, Figures
from gateway.figures.leavings import leaving
from gateway.letters import Delivery, Letters, Status
from gateway.outbox.outbox import Outbox
from gateway.outbox.streams import Streams
from gateway.routes.reports import Reported
from gateway.store import outbox_key
from tests.gateway.affairs import MONDAY, Affairs, opened

NOW = MONDAY.timestamp()
names = count()


async def today(redis: Batched) -> Day:
    return await Figures(redis).day(MONDAY.date())


def of(day: Day, beginning: str) -> dict[str, int]:
    return {name: number for name, number in day.items() if name.startswith(beginning)}


async def test_a_question_and_an_answer_leave_and_only_the_answer_is_a_reply(affairs: Affairs) -> None:
    await affairs.told(opened())
    assert of(await today(affairs.batched), "left sms ") == {"left sms - delivered": 1}
    assert of(await today(affairs.batched), "reply ") == {}
    await affairs.sms("мәзір")
    assert of(await today(affairs.batched), "left sms ") == {"left sms - delivered": 2}
    assert of(await today(affairs.batched), "reply ") == {"reply sms 1s": 1}


async def test_what_e_sobes_was_told_counts_as_well(affairs: Affairs) -> None:
    await affairs.told(opened())
    await affairs.sms((await affairs.matter()).yes)
    assert of(await today(affairs.batched), "left esobes ") == {"left esobes - accepted": 1}


async def test_a_letter_struck_off_twice_counts_once(batched: Batched) -> None:
    streams = Streams(batched, "outbox", "me")
    entries = [await batched("XADD", outbox_key(3), "*", "letter", "{}") for _ in range(5)]
    await streams.read(3, b">", 0)
    for struck in (entries[:3], entries[:3], entries[2:]):
        await streams.done(3, MONDAY.date(), {("left sms smsc accepted", "reply sms 3s"): struck})
    found = await today(batched)
    assert found == {"left sms smsc accepted": 5, "reply sms 3s": 5}
    assert await batched("XLEN", outbox_key(3)) == 0


async def test_letters_of_one_round_count_as_what_each_is(batched: Batched) -> None:
    streams = Streams(batched, "outbox", "me")
    one, two, three = [await batched("XADD", outbox_key(3), "*", "letter", "{}") for _ in range(3)]
    await streams.read(3, b">", 0)
    groups = {("left tg - opted_out",): [one], (): [two], ("left tg - accepted", "reply tg 1s"): [three]}
    await streams.done(3, MONDAY.date(), groups)
    assert await today(batched) == {"left tg - opted_out": 1, "left tg - accepted": 1, "reply tg 1s": 1}
    assert await batched("XLEN", outbox_key(3)) == 0


async def test_a_report_that_comes_twice_counts_once_and_none_goes_back(batched: Batched) -> None:
    reported, name = Reported(batched, None, Clock(), lambda _: None), f"letter {next(names)}"
    for status in (Status.SENT, Status.DELIVERED, Status.DELIVERED, Status.SENT, Status.FAILED):
        await reported.reported("smsc", Delivery(name, status))
    found = await Figures(batched).day(day_of(time.time()))
    assert found == {"report smsc sent": 1, "report smsc delivered": 1}


async def test_news_without_a_figure_counts_as_nothing(batched: Batched) -> None:
    await Letters(batched).mark("a", Status.ACCEPTED, at=NOW, proof=True)
    assert await today(batched) == {}


async def test_an_sms_in_whose_place_a_chat_has_come_counts_once(batched: Batched) -> None:
    streams = Streams(batched, "outbox", "me")
    entry = await batched("XADD", outbox_key(3), "*", "letter", "{}")
    await streams.read(3, b">", 0)
    for _ in range(2):
        await streams.in_place(3, entry, "a:sms", None, day=MONDAY.date(), names=("left tg - accepted",))
    assert await today(batched) == {"left tg - accepted": 1}


def test_only_the_first_word_of_an_answer_is_a_reply() -> None:
    def named(name: str, *, unasked: bool = False, broadcast: bool = False) -> tuple[str, ...]:
        letter = Letter(name, "tg:1", "", NOW, unasked=unasked, broadcast=broadcast)
        return leaving(letter, Status.ACCEPTED, "", NOW + 2)

    assert named("tg:5:0") == ("left tg - accepted", "reply tg 3s")
    assert named("tg:5:1") == named("tg:5:0", unasked=True) == ("left tg - accepted",)
    assert named("tg:5:0", broadcast=True) == ("cast tg - accepted",)
    refused = leaving(Letter("tg:5:0", "tg:1", "", NOW), Status.OPTED_OUT, "", NOW)
    assert refused == ("left tg - opted_out",)


async def test_the_route_of_an_sms_is_told(affairs: Affairs) -> None:
    class Carrier:
        async def send(self, letter: Letter) -> Sent | OptedOut:
            return Sent("8b1c", route="mobizon", price=1650) if letter.address.startswith("sms") else OptedOut("no")

    affairs.channels["sms"] = Carrier()
    await affairs.told(opened())
    assert of(await today(affairs.batched), "left sms ") == {"left sms mobizon accepted": 1}
    await affairs.until(MONDAY + timedelta(minutes=1))


async def test_an_outbox_that_begins_again_counts_nothing_twice(affairs: Affairs) -> None:
    await affairs.told(opened())
    again = Outbox(affairs.batched, affairs.channels, affairs.clock, "another")
    again.stop()
    await again.run()
    assert of(await today(affairs.batched), "left sms ") == {"left sms - delivered": 1}

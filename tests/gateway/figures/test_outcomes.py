"""How offers end, counted in the commit that ends them."""

from datetime import date, datetime, timedelta

from dialogs.matters.matter import Kind
from gateway.figures import views
from gateway.figures.figures import Day, Figures, Span
from tests.gateway.affairs import FRIDAY, MONDAY, PAVEL, Affairs, opened, withdrawn

SPAN = Span(date(2026, 11, 16), date(2026, 12, 6))


async def counted(affairs: Affairs, day: date | datetime | None = None) -> Day:
    days = await Figures(affairs.batched).days(SPAN)
    if day is None:
        return views.added(days.values())
    return days[day.date() if isinstance(day, datetime) else day]


def offers(day: Day) -> dict[str, int]:
    return {name.split(" ")[1]: number for name, number in day.items() if name.startswith("offer ")}


async def test_a_consent_counts_on_its_day_with_the_time_that_it_took(affairs: Affairs) -> None:
    await affairs.told(opened())
    matter = await affairs.matter()
    await affairs.until(MONDAY + timedelta(days=1, hours=2))
    await affairs.sms(matter.yes)
    assert offers(await counted(affairs, MONDAY)) == {"opened": 1}
    tuesday = await counted(affairs, MONDAY + timedelta(1))
    assert offers(tuesday) == {"consent": 1}
    assert tuesday["answered sms 2d"] == 1
    assert tuesday[f"offer consent {matter.service}"] == 1


async def test_said_again_and_again_it_counts_once(affairs: Affairs) -> None:
    event = opened()
    await affairs.told(event)
    await affairs.told(event)
    matter = await affairs.matter()
    for name in ("m1", "m1", "m2"):
        await affairs.sms(matter.yes, name=name)
    await affairs.sms(matter.no)
    assert offers(await counted(affairs)) == {"opened": 1, "consent": 1}


async def test_a_refusal_ends_it_once_its_time_is_over_and_counts_on_the_day_it_was_given(affairs: Affairs) -> None:
    late = MONDAY.replace(hour=23, minute=55)
    await affairs.told(opened())
    matter = await affairs.matter()
    await affairs.until(late)
    await affairs.sms(matter.no)
    assert offers(await counted(affairs)) == {"opened": 1}, "it can still be taken back"
    await affairs.until(late + timedelta(minutes=20))
    assert offers(await counted(affairs, MONDAY)) == {"opened": 1, "refusal": 1}


async def test_a_refusal_taken_back_in_time_was_none(affairs: Affairs) -> None:
    await affairs.told(opened())
    matter = await affairs.matter()
    await affairs.sms(matter.no)
    await affairs.sms(matter.yes)
    await affairs.until(FRIDAY + timedelta(days=1))
    assert offers(await counted(affairs)) == {"opened": 1, "consent": 1}


async def test_a_refusal_that_is_turned_later_stays_one_and_is_told_besides(affairs: Affairs) -> None:
    await affairs.told(opened())
    matter = await affairs.matter()
    await affairs.sms(matter.no)
    await affairs.until(MONDAY + timedelta(hours=1))
    await affairs.sms(matter.yes)
    assert (await affairs.matter()).state == "consented"
    assert offers(await counted(affairs)) == {"opened": 1, "refusal": 1, "turned": 1}


async def test_silence_counts_when_the_days_are_over_however_late_the_clock_rings(affairs: Affairs) -> None:
    await affairs.told(opened())
    await affairs.told(opened("O-2", kind=Kind.REPLACEMENT, person=PAVEL, service="special_transport_wheelchair"))
    await affairs.until(FRIDAY + timedelta(days=5))
    assert offers(await counted(affairs, FRIDAY)) == {"cancelled": 1, "queued": 1}
    assert not any(name.startswith("answered ") for name in await counted(affairs))


async def test_an_offer_that_is_withdrawn_counts_unless_nobody_was_ever_asked(affairs: Affairs) -> None:
    await affairs.told(opened())
    await affairs.told(withdrawn())
    await affairs.told(withdrawn("O-9"))
    assert offers(await counted(affairs)) == {"opened": 1, "withdrawn": 1}


async def test_what_is_counted_is_what_the_matters_say(affairs: Affairs) -> None:
    for number in range(12):
        await affairs.told(opened(f"O-{number}"))
    for number in range(0, 12, 3):
        await affairs.sms((await affairs.matter(f"O-{number}")).yes)
    for number in range(1, 12, 3):
        await affairs.sms((await affairs.matter(f"O-{number}")).no)
    await affairs.until(FRIDAY + timedelta(days=1))
    ended = [(await affairs.matter(f"O-{number}")).state for number in range(12)]
    assert offers(await counted(affairs)) == {
        "opened": 12,
        "consent": ended.count("consented"),
        "refusal": ended.count("refused"),
        "cancelled": ended.count("cancelled"),
    }

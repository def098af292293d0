"""«It is not my number»: what waits for the morning does not come any more, for anybody but them."""

from datetime import timedelta

from tests.gateway.affairs import AIGUL, MONDAY, OTHER, PAVEL, PHONE, Affairs, Hands, decided, opened

NIGHT = MONDAY + timedelta(hours=12)
MORNING = MONDAY + timedelta(hours=23, minutes=1)


async def in_the_night(affairs: Affairs) -> None:
    """Two offers and a decision wait for Aigul's phones, and an offer to Pavel, who shares one of them."""
    await affairs.until(NIGHT)
    for name in ("O-1", "O-2"):
        await affairs.told(opened(name, phones=(PHONE, OTHER)))
    await affairs.told(decided(phones=(PHONE, OTHER)))
    await affairs.told(opened("O-3", person=PAVEL))


async def test_what_waits_about_a_stranger_does_not_come_to_that_phone(affairs: Affairs) -> None:
    await in_the_night(affairs)
    await affairs.link("chat:aigul")
    code = (await affairs.matter("O-1", AIGUL)).no
    await affairs.sms(f"не мой номер {code}")
    await affairs.until(MORNING)
    assert await affairs.sent(PHONE) == ["not_mine", "question"]
    assert await affairs.screen("chat:aigul") == []
    assert sorted(await affairs.sent(OTHER)) == ["decision", "question", "question"]
    assert not await affairs.redis.keys("*:letters")


async def test_a_phone_that_knows_none_of_them_gets_nothing(affairs: Affairs) -> None:
    await in_the_night(affairs)
    await affairs.sms("не мой номер")
    await affairs.until(MORNING)
    assert set(await affairs.sent(PHONE)) == {"not_mine"}


async def test_the_end_of_a_window_is_told_though_nobody_could_be_reached_for_days(affairs: Affairs) -> None:
    assert isinstance(affairs.clock, Hands)
    await affairs.told(opened())
    affairs.clock.at = MONDAY + timedelta(days=3, hours=22)  # the evening before its last day ends, then nothing runs
    await affairs.wakeups.ring()
    affairs.clock.at = MONDAY + timedelta(days=4, hours=-9)
    await affairs.wakeups.ring()
    affairs.clock.at = MONDAY + timedelta(days=8)
    await affairs.wakeups.ring()
    await affairs.settle()
    assert (await affairs.sent())[-1] == "cancelled"
    assert len(await affairs.screen()) == 2

"""What a duty's own letter has told is not told once more as news of an application."""

from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from msgspec import structs

from dialogs.duties.duty import Place, Setting
from dialogs.matters.matter import Person
from gateway.connection import Client
from gateway.esobes.events import ChoiceTold, InvitationTold, OrderTold, Told
from gateway.matters.news_store import place_of
from tests.gateway.affairs import AIGUL, MONDAY, OTHER, PAVEL, PHONE, Affairs, changed, decided
from tests.gateway.matters.test_news import MINUTE, later

About = InvitationTold | ChoiceTold | OrderTold
INVITED_TO = "special_social_services_semi_inpatient"
INVITATION = InvitationTold("in-1", date(2026, 12, 7), Place("Үміт"), Setting.SEMI_INPATIENT)
CHOICE = ChoiceTold("pc-1", "technical_aids_hygiene", MONDAY.date())
ORDER = OrderTold("or-1", "technical_aids_hygiene", "accepted", place=Place("Шипа"))
SAME: dict[str, tuple[Told, About]] = {
    "invited": (changed("invited", service=INVITED_TO), INVITATION),
    "postponed": (changed("postponed", service=INVITED_TO), INVITATION),
    "provider_choice": (changed("provider_choice"), CHOICE),
    "ordered": (changed("ordered"), ORDER),
}
TYPES = {InvitationTold: "invitation.opened", ChoiceTold: "provider_choice.opened", OrderTold: "order.answered"}


def duty(
    about: About,
    *,
    person: Person = AIGUL,
    phones: Sequence[str] = (PHONE,),
    kind: str = "",
) -> Told:
    kind = kind or TYPES[type(about)]
    return Told(f"{kind}-{about.id}", kind, MONDAY, person, tuple(phones), b"{}", duty=about)


async def news_sent(affairs: Affairs, phone: str = PHONE) -> list[str]:
    return [one for one in await affairs.sent(phone) if one in ("change", "decision", "hearing")]


@pytest.mark.parametrize("stage", SAME)
@pytest.mark.parametrize("first", ["change", "duty"])
async def test_what_a_duty_tells_within_the_minute_is_not_told_once_more(
    stage: str, first: str, affairs: Affairs
) -> None:
    change, about = SAME[stage]
    events = [change, duty(about)] if first == "change" else [duty(about), change]
    await affairs.told(events[0])
    await affairs.until(MONDAY + MINUTE / 2)
    await affairs.told(events[1])
    await affairs.until(MONDAY + timedelta(hours=1))
    assert len(await affairs.sent()) == 1
    assert await news_sent(affairs) == []
    await affairs.told(later(structs.replace(change, id="again"), hours=2))
    await affairs.until(MONDAY + timedelta(hours=3))
    assert await news_sent(affairs) == []


async def test_what_comes_two_days_after_the_letter_is_news(affairs: Affairs) -> None:
    await affairs.told(duty(INVITATION))
    await affairs.until(MONDAY + timedelta(days=2))
    await affairs.told(later(changed("invited", service=INVITED_TO), days=2))
    await affairs.until(MONDAY + timedelta(days=2, hours=1))
    assert await news_sent(affairs) == ["change"]


async def test_an_order_that_was_refused_is_no_reason_not_to_tell_of_another(affairs: Affairs) -> None:
    await affairs.told(duty(structs.replace(ORDER, outcome="refused", reason="мест нет")))
    await affairs.told(later(changed("ordered"), hours=1))
    await affairs.until(MONDAY + MINUTE)
    assert await news_sent(affairs) == ["change"]


async def test_a_choice_that_is_blocked_is_told_once_before_or_after_the_letter_of_the_morning(
    affairs: Affairs,
) -> None:
    for person, phone in ((AIGUL, PHONE), (PAVEL, OTHER)):
        about = structs.replace(CHOICE, id=f"pc-{phone}")
        assert await affairs.told(duty(about, person=person, phones=(phone,)))
    last = MONDAY.replace(year=2027, month=1)
    await affairs.until(last + timedelta(hours=15))
    await affairs.told(later(changed("provider_blocked"), days=62))
    await affairs.until(last + timedelta(days=1, hours=1))
    blocked = changed("provider_blocked", person=PAVEL, phones=(OTHER,), event="after")
    await affairs.told(later(blocked, days=62))
    await affairs.until(last + timedelta(days=2))
    for phone in (PHONE, OTHER):
        assert (await affairs.sent(phone))[-1].endswith("blocked")
        assert await news_sent(affairs, phone) == []


async def test_a_choice_that_is_blocked_before_its_time_is_news(affairs: Affairs) -> None:
    await affairs.told(duty(CHOICE))
    await affairs.told(later(changed("provider_blocked"), seconds=1))
    await affairs.until(MONDAY + MINUTE)
    assert await news_sent(affairs) == ["change"]


@pytest.mark.parametrize(
    ("change", "about"),
    [
        (changed("provider_choice", service="technical_aids_tiflo"), CHOICE),
        (changed("ordered", service="sanatorium_treatment"), ORDER),
        (changed("invited", service="special_social_services_inpatient"), INVITATION),
        (changed("ordered"), CHOICE),
        (changed("delivering"), ORDER),
    ],
    ids=["choice", "order", "invitation", "kind", "stage"],
)
async def test_another_service_or_another_step_is_news(change: Told, about: About, affairs: Affairs) -> None:
    await affairs.told(duty(about))
    await affairs.told(change)
    await affairs.until(MONDAY + MINUTE)
    assert await news_sent(affairs) == ["change"]


async def test_a_duty_of_somebody_else_at_the_same_phone_keeps_nothing_back(affairs: Affairs) -> None:
    await affairs.told(duty(INVITATION, person=PAVEL))
    await affairs.told(changed("invited", service=INVITED_TO))
    await affairs.until(MONDAY + MINUTE)
    assert await news_sent(affairs) == ["change"]


async def test_at_a_phone_that_the_duty_was_not_told_at_it_is_news(affairs: Affairs) -> None:
    await affairs.told(duty(INVITATION))
    await affairs.told(changed("invited", service=INVITED_TO, phones=(PHONE, OTHER)))
    await affairs.until(MONDAY + MINUTE)
    assert (await news_sent(affairs), await news_sent(affairs, OTHER)) == ([], ["change"])


async def test_an_invitation_that_is_over_keeps_nothing_back(affairs: Affairs) -> None:
    await affairs.told(duty(INVITATION))
    closed = InvitationTold("in-1", outcome="cancelled")
    await affairs.told(duty(closed, kind="invitation.closed"))
    await affairs.told(changed("invited", service=INVITED_TO))
    await affairs.until(MONDAY + MINUTE)
    assert await news_sent(affairs) == ["change"]


async def test_what_the_law_wants_told_is_told_whatever_a_duty_has_said(affairs: Affairs) -> None:
    await affairs.told(duty(CHOICE))
    await affairs.told(changed("provider_choice"))
    await affairs.until(MONDAY + MINUTE)
    assert await news_sent(affairs) == []
    await affairs.told(later(decided("provider_choice"), hours=1))
    assert await news_sent(affairs) == ["decision"]


async def test_all_else_that_waits_is_told_without_it(affairs: Affairs) -> None:
    await affairs.told(duty(CHOICE))
    await affairs.told(changed("provider_choice"))
    await affairs.told(changed("home_visit", "A-2", service="special_transport_wheelchair"))
    await affairs.until(MONDAY + MINUTE)
    assert "Гигиеналық" not in (await affairs.screen())[-1]
    assert await news_sent(affairs) == ["change"]


async def test_where_no_such_stage_waits_no_duty_is_looked_for(affairs: Affairs, redis: Client) -> None:
    await affairs.told(duty(CHOICE))
    asked = await _reads(affairs, redis, changed())
    assert await _reads(affairs, redis, changed("provider_choice", "A-2")) == asked + 1


async def _reads(affairs: Affairs, redis: Client, change: Told) -> int:
    """How often Redis is asked for a key when this leaves."""
    await affairs.told(change)
    await affairs.clock.move(affairs.clock.now() + MINUTE)
    before = await redis.info("commandstats")
    home, record = place_of(AIGUL.iin)
    await affairs.desk.woken(home, f".{record}")
    after = await redis.info("commandstats")
    return int(after["cmdstat_get"]["calls"] - before["cmdstat_get"]["calls"])

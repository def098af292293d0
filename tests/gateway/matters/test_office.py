"""What the office has to look at is found in all shards, with what the acts say that disagree."""

from datetime import date, datetime, timedelta

import msgspec
import pytest
from msgspec import structs

from dialogs.duties import rules
from dialogs.duties.asking import Act, Arrive
from dialogs.duties.duty import Place, Reason, Setting
from dialogs.messages import Surface, Text
from dialogs.talk import Here
from gateway.channels import Inbound
from gateway.connection import Batched
from gateway.esobes.events import InvitationTold, Told
from gateway.matters import office
from gateway.matters import store as matter_store
from gateway.matters.store import home_of
from gateway.matters.writing import Note
from gateway.store import tag
from tests.gateway.affairs import AIGUL, MONDAY, PAVEL, PHONE, Affairs

LAST = date(2026, 11, 30)
NOTE = Note(MONDAY, "declined", "invitation:in-1", "0a1b2c3d4e5f", "Орлов Павел Ильич", None, None)


def disputed(day: date, setting: Setting = Setting.SEMI_INPATIENT) -> Note:
    return structs.replace(NOTE, what="disputed", day=day, last=LAST, setting=setting)


async def write(redis: Batched, shard: int, note: Note) -> None:
    await redis("XADD", f"{tag(shard)}:office", "*", "note", msgspec.json.encode(note))


async def test_notes_of_all_shards_are_read_in_the_order_of_their_time(batched: Batched) -> None:
    for shard, minutes in ((3, 2), (9, 1), (3, 0)):
        await write(batched, shard, structs.replace(NOTE, at=MONDAY + timedelta(minutes=minutes)))
    await batched("XADD", f"{tag(5)}:office", "*", "note", "{")
    found = await office.read(batched)
    assert [note.at - MONDAY for note in found] == [timedelta(minutes=number) for number in range(3)]
    since = await office.read(batched, MONDAY + timedelta(minutes=1))
    assert since == found[1:]


async def test_more_notes_are_read_than_one_look_brings(batched: Batched) -> None:
    for number in range(1005):
        await write(batched, 5, structs.replace(NOTE, duty=f"invitation:in-{number}"))
    assert [note.duty for note in await office.read(batched)] == [f"invitation:in-{n}" for n in range(1005)]


@pytest.mark.parametrize("days", [11, 14])
def test_a_dispute_says_what_each_of_the_acts_allows(days: int) -> None:
    law, acts = rules.read()
    found = office.dispute(disputed(LAST + timedelta(days)), law, acts)
    assert found is not None
    assert (found.last, found.days, found.safe, found.safe_days) == (LAST, days, date(2026, 12, 10), 10)
    assert [(said.act.number, said.act.of, said.source.at, said.days) for said in found.said] == [
        ("230", date(2023, 6, 22), "¶23(1): additionally up to 10 calendar days", 10),
        ("263", date(2023, 6, 29), "annex 2 ¶7: additionally up to 14 calendar days", 14),
    ]


def test_what_is_no_dispute_has_nothing_to_say_about_acts() -> None:
    law, acts = rules.read()
    assert office.dispute(NOTE, law, acts) is None
    assert office.dispute(disputed(LAST, Setting.HOME), law, acts) is None


async def test_who_wants_a_disputed_day_or_no_place_any_more_is_noted_for_the_office(affairs: Affairs) -> None:
    place = Place("Үміт", "Жаркент, Абай, 5", "+7 728 000 00 00")
    for number, person in enumerate((AIGUL, PAVEL)):
        about = InvitationTold(f"in-{number}", LAST, place, Setting.SEMI_INPATIENT)
        told = Told(f"ev-{number}", "invitation.opened", MONDAY, person, (PHONE,), b"{}", "Ахметова Г.", "07-12")
        assert await affairs.told(structs.replace(told, duty=about))
    await _decide(affairs, "in-0", Act.POSTPONE, date(2026, 12, 11), Reason.ILLNESS)
    await _decide(affairs, "in-1", Act.DECLINE)
    first, second = await office.read(affairs.batched)
    assert (first.what, first.whose, first.day, first.last) == ("disputed", AIGUL.name, date(2026, 12, 11), LAST)
    assert (first.setting, first.specialist, first.case) == (Setting.SEMI_INPATIENT, "Ахметова Г.", "07-12")
    assert (second.what, second.duty, second.whose, second.day) == (
        *("declined", "invitation:in-1", PAVEL.name),
        None,
    )
    assert affairs.ministry.taken == []


async def _decide(
    affairs: Affairs, invitation: str, act: Act, until: date | None = None, reason: Reason | None = None
) -> None:
    """As a talk at the phone does."""
    person = AIGUL if invitation == "in-0" else PAVEL
    held = matter_store.read_duty(await affairs.store.record(home_of(person.iin), f"invitation:{invitation}"))
    assert held is not None
    now: datetime = affairs.clock.now()
    inbound = Inbound(f"test:{invitation}", f"sms:{PHONE}", Text("…"))
    here = Here(now, Surface.SMS, phone=PHONE, duties=(held,))
    done = await affairs.duties.do(Arrive(invitation, act, until, reason), inbound, here)
    assert done is not None

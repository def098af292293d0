"""What the simulator's page shows of what is left to the office."""

from datetime import date, timedelta

import msgspec
from msgspec import structs

from dialogs.duties.duty import Setting
from gateway.connection import Batched
from gateway.esobes_sandbox.office import SHOWN, Office
from gateway.matters.writing import Note
from gateway.store import tag
from tests.gateway.affairs import MONDAY

NOTE = Note(MONDAY, "declined", "invitation:in-1", "0a1b2c3d4e5f", "Орлов Павел Ильич", "Ахметова Г.", "07-12")


async def test_the_newest_come_first_and_only_so_many(batched: Batched) -> None:
    for number in range(SHOWN + 1):
        note = structs.replace(NOTE, at=MONDAY + timedelta(minutes=number), duty=f"invitation:in-{number}")
        await batched("XADD", f"{tag(number % 3)}:office", "*", "note", msgspec.json.encode(note))
    shown = await Office(batched).shown()
    assert [one["duty"] for one in shown] == [f"invitation:in-{number}" for number in range(SHOWN, 0, -1)]
    assert shown[0]["dispute"] is None


async def test_a_dispute_comes_with_both_acts_and_the_day_that_both_allow(batched: Batched) -> None:
    note = structs.replace(
        NOTE, what="disputed", day=date(2026, 12, 12), last=date(2026, 11, 30), setting=Setting.SEMI_INPATIENT
    )
    await batched("XADD", f"{tag(0)}:office", "*", "note", msgspec.json.encode(note))
    (shown,) = await Office(batched).shown()
    assert shown["dispute"] == {
        "last": date(2026, 11, 30),
        "wanted": date(2026, 12, 12),
        "days": 12,
        "safe": date(2026, 12, 10),
        "safe_days": 10,
        "said": [
            {"act": "230", "of": date(2023, 6, 22), "at": "¶23(1)", "days": 10},
            {"act": "263", "of": date(2023, 6, 29), "at": "annex 2 ¶7", "days": 14},
        ],
    }

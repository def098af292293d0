"""What a specialist sees of what is left to the office."""

from datetime import date, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from pydantic import SecretStr

from bot import office
from bot.settings import Settings
from dialogs.duties.duty import Setting
from gateway.clock import ALMATY
from gateway.connection import Batched
from gateway.matters.writing import Note
from gateway.store import tag

AT = datetime(2026, 11, 25, 10, 5, tzinfo=ALMATY)
DECLINED = Note(AT, "declined", "invitation:in-7", "0a1b2c3d4e5f", "Орлов Павел Ильич", None, None)
DISPUTED = Note(
    AT + timedelta(days=1),
    "disputed",
    "invitation:in-3",
    "4dd5438b8db0",
    "Нұрғалиева Айгүл Серікқызы",
    "Ахметова Гүлнар",
    "41-26",
    date(2026, 12, 12),
    date(2026, 11, 30),
    Setting.SEMI_INPATIENT,
)

SHORTENED = Note(
    AT,
    "shortened",
    "order:or-1",
    "4dd5438b8db0",
    "Орлов Павел Ильич",
    None,
    None,
    date(2026, 11, 26),
    date(2026, 11, 27),
)


@pytest.fixture
def settings(tmp_path: Path, redis_url: str) -> Settings:
    return Settings(data_dir=tmp_path, redis_url=SecretStr(redis_url))


async def write(redis: Batched, *notes: Note) -> None:
    for shard, note in enumerate(notes):
        await redis("XADD", f"{tag(shard)}:office", "*", "note", msgspec.json.encode(note))


async def test_where_nothing_is_left_to_the_office_that_is_said(settings: Settings, batched: Batched) -> None:
    assert await office.told(settings) == ["nothing waits for the office"]


async def test_both_acts_stand_under_a_day_that_they_disagree_about(settings: Settings, batched: Batched) -> None:
    await write(batched, DISPUTED)
    assert await office.told(settings) == [
        "26.11.2026 10:05  invitation in-3: wants another day to arrive, and acts in force disagree about it",
        "    person                Н. А. С. (4dd5438b8db0)",
        "    specialist            Ахметова Гүлнар, case 41-26",
        "    last day that counts  30.11.2026, Monday",
        "    day wanted            12.12.2026, Saturday: 12 calendar days after it",
        "    what the acts say     act 230 of 22.06.2023 ¶23(1): additionally up to 10 calendar days"
        " (wording of 30.06.2026)",
        "    what the acts say     act 263 of 29.06.2023 annex 2 ¶7: additionally up to 14 calendar days"
        " (wording of 30.06.2026)",
        "    the assistant         told E-Sobes nothing; offered 10.12.2026, Thursday, 10 days after it, which all of"
        " them allow, or an operator",
        "    the office can        say which act it follows, and call the person before the last day is over;",
        "                          the assistant tells the person of another day once E-Sobes has changed it",
    ]


async def test_a_place_that_is_not_needed_is_told_first_as_it_happened_first(
    settings: Settings, batched: Batched
) -> None:
    await write(batched, DISPUTED, DECLINED)
    lines = await office.told(settings)
    assert lines[:3] == [
        "25.11.2026 10:05  invitation in-7: does not need the place any more",
        "    person                О. П. И. (0a1b2c3d4e5f)",
        "    specialist            not named, case not named",
    ]
    assert lines[5] == ""
    assert lines[6].startswith("26.11.2026 10:05  invitation in-3")


async def test_only_what_came_since_a_day_is_told_if_so_asked(settings: Settings, batched: Batched) -> None:
    await write(batched, DISPUTED, DECLINED)
    assert (await office.told(settings, date(2026, 11, 26)))[0].startswith("26.11.2026")
    assert await office.told(settings, date(2026, 11, 27)) == ["nothing waits for the office"]
    assert "Айгүл" not in "\n".join(await office.told(settings))


async def test_a_last_day_that_stays_although_the_calendar_has_an_earlier_one_is_told(
    settings: Settings, batched: Batched
) -> None:
    await write(batched, SHORTENED)
    lines = await office.told(settings)
    assert "was told a later last day" in lines[0]
    assert lines[3:] == [
        "    the day told          27.11.2026, Friday; it stays with us",
        "    by the calendar       26.11.2026, Thursday; the portal may hold it to be so",
        "    the office can        call the person, so that they act by the earlier day",
    ]

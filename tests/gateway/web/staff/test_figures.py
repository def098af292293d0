"""The room of figures, as somebody of the staff sees it."""

import csv
import xml.etree.ElementTree as ET
from datetime import timedelta
from io import StringIO

import pytest

from dialogs.dialogue import Dialogue
from dialogs.language import Language
from gateway.channels import Letter
from gateway.figures.counting import Counting
from gateway.routes.trails import Carriage, Trail, Trails
from gateway.staff.roles import Right, Role
from gateway.web.front import Front
from gateway.web.staff.console import entry_of
from gateway.web.staff.figures import PREFIX, FigureRoom, chosen
from tests.gateway.affairs import MONDAY, Affairs, opened
from tests.gateway.web.staff.signed import Signed, Staffed, staffed

FORMULA = "=cmd зелёный <script>alert</script>"


@pytest.fixture
def staff(affairs: Affairs, dialogue: Dialogue) -> Staffed:
    made = staffed(affairs.batched, dialogue.guide.words, affairs.clock)
    made.console.open(FigureRoom(made.console, affairs.batched, Counting(affairs.batched)).router())
    return made


@pytest.fixture
def front(staff: Staffed, affairs: Affairs) -> Front:
    return staff.front(affairs.batched)


async def busy(affairs: Affairs) -> None:
    """Some days on which something happens."""
    await affairs.told(opened())
    await affairs.told(opened("O-2"))
    await affairs.sms("рус", phone="+77019999999")
    await affairs.sms(FORMULA, phone="+77019999999")
    await affairs.sms("санаторий", phone="+77019999999")
    await affairs.sms((await affairs.matter()).yes)
    trails, letter = Trails(affairs.batched), Letter("a", "sms:+77011234567", "", MONDAY.timestamp())
    left = Trail("smsc", since=MONDAY.timestamp())
    await trails.move("a", Trail(), left, 60)
    await trails.taken(letter, left, 60, Carriage(2, 3300))
    await affairs.until(MONDAY + timedelta(days=5))


async def page(front: Front, staff: Staffed, path: str = "", language: Language = Language.RU) -> str:
    somebody = await staff.signed_in(front, Role.OPERATOR, language=language)
    answer = await somebody.get(f"{PREFIX}{path}")
    assert answer.status_code == 200
    return answer.text


def drawings(html: str) -> list[ET.Element]:
    parts = html.split("<svg")[1:]
    found = [ET.fromstring("<svg" + part.split("</svg>")[0] + "</svg>") for part in parts]
    return [one for one in found if one.get("role") == "img"]


async def test_every_picture_is_an_image_with_a_title_and_what_is_to_be_seen(
    front: Front, staff: Staffed, affairs: Affairs
) -> None:
    await busy(affairs)
    html = await page(front, staff)
    pictures = drawings(html)
    assert len(pictures) >= 12
    space = "{http://www.w3.org/2000/svg}"
    for one in pictures:
        named = [one.find(f"{space}{tag}") for tag in ("title", "desc")]
        assert one.get("aria-labelledby") == " ".join(part.get("id") or "" for part in named if part is not None)
        assert all(part is not None and part.text for part in named)
    assert "Больше всего" in html


async def test_the_numbers_stand_in_a_table_and_in_a_file(front: Front, staff: Staffed, affairs: Affairs) -> None:
    await busy(affairs)
    somebody = await staff.signed_in(front, Role.OPERATOR)
    html = (await somebody.get(PREFIX)).text
    assert html.count("<details>") >= 8
    rows = await file(somebody, "offers.csv")
    assert rows[0] == ["День", "Согласие", "Отказ", "Нет ответа, отменено", "Нет ответа, поставлен в очередь",
                       "Не дошло", "Отозвано E-Sobes"]  # fmt: skip
    assert ["2026-11-23", "1", "0", "0", "0", "0", "0"] in rows
    assert ["2026-11-27", "0", "0", "1", "0", "0", "0"] in rows
    assert len(rows) == 31


async def file(somebody: Signed, name: str, **query: str) -> list[list[str]]:
    answer = await somebody.get(f"{PREFIX}/{name}", **query)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))


async def test_every_picture_has_its_file(front: Front, staff: Staffed, affairs: Affairs) -> None:
    await busy(affairs)
    somebody = await staff.signed_in(front, Role.OPERATOR)
    html = (await somebody.get(PREFIX)).text
    names = {part.split(".csv")[0] for part in html.split(f'href="{PREFIX}/')[1:]}
    assert {"offers", "silence", "answered", "spending", "deliveries", "asked", "reply", "words"} <= names
    for name in names:
        assert len(await file(somebody, f"{name}.csv", days="90")) > 1, name
    assert (await somebody.get(f"{PREFIX}/nothing.csv")).status_code == 404


async def test_money_is_told_to_the_hundredth(front: Front, staff: Staffed, affairs: Affairs) -> None:
    await busy(affairs)
    somebody = await staff.signed_in(front, Role.OPERATOR)
    assert ["smsc", "33,0", "1", "2"] in [[row[0].lower(), *row[1:]] for row in await file(somebody, "by_route.csv")]


async def test_what_citizens_wrote_is_shown_escaped_and_runs_in_no_table(
    front: Front, staff: Staffed, affairs: Affairs
) -> None:
    await busy(affairs)
    somebody = await staff.signed_in(front, Role.OPERATOR)
    html = (await somebody.get(PREFIX)).text
    assert "<script>alert" not in html
    assert "=cmd зелёный &lt;script&gt;alert" in html
    (row,) = (await file(somebody, "words.csv"))[1:]
    assert row[0].startswith("'=cmd")


@pytest.mark.parametrize("language", Language)
async def test_where_nothing_has_happened_the_page_says_so(front: Front, staff: Staffed, language: Language) -> None:
    html = await page(front, staff, "?month=2024-02", language)
    assert drawings(html) == []
    assert ("Алғашқы хабарлардан кейін" if language is Language.KK else "после первых сообщений") in html


async def test_what_stands_in_the_streams_is_counted_when_somebody_looks(
    front: Front, staff: Staffed, affairs: Affairs
) -> None:
    await busy(affairs)
    somebody = await staff.signed_in(front, Role.OPERATOR)
    ((name, number),) = (await file(somebody, "asked.csv"))[1:]
    assert (name.lower()[:9], number) == ("санаторий", "1")


@pytest.mark.parametrize(
    "query", ["days=7", "days=90", "month=2026-11", "month=2026-13", "days=x", "days=9", "month=x"]
)
async def test_any_period_is_shown_and_nonsense_is_the_usual_one(front: Front, staff: Staffed, query: str) -> None:
    assert "aria-current" in await page(front, staff, f"?{query}")


def test_a_period_ends_today_or_is_a_whole_month() -> None:
    today = MONDAY.date()
    assert [*chosen(today, "7").span][::6] == [today - timedelta(6), today]
    assert chosen(today, "5").days == 30
    whole = chosen(today, "7", "2024-02")
    assert (whole.span.first.day, whole.span.last.day, whole.query) == (1, 29, "month=2024-02")


async def test_only_who_may_see_figures_enters(front: Front, staff: Staffed) -> None:
    nobody = await staff.signed_in(front)
    assert (await nobody.get(PREFIX)).status_code == 403
    assert (await nobody.get(f"{PREFIX}/offers.csv")).status_code == 403
    (router,) = [one for one in staff.console.routers if one.prefix == PREFIX]
    for route in router.routes:
        entry = entry_of(route)
        assert entry is not None
        assert entry.right is Right.FIGURES


async def test_what_has_not_been_counted_yet_is_told(
    front: Front, staff: Staffed, affairs: Affairs, monkeypatch: pytest.MonkeyPatch
) -> None:
    await busy(affairs)
    monkeypatch.setattr("gateway.web.staff.figures.CATCH_UP", 0.0)
    assert "Подсчёт ещё идёт" in await page(front, staff)

"""What somebody asks the console for, and gets: what was sent to a person, files, days, keys, a second opinion."""

import csv
from collections.abc import Callable, Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import httpx
import openpyxl
import pytest
from selenium.webdriver import Chrome

from gateway.web.staff.cookies import LANGUAGE
from tests.browser.conftest import Program
from tests.browser.office import clock
from tests.browser.sight import WIDE
from tests.browser.staff import Staff
from tests.browser.workday import OWNER, TITLES, Colleague, Workday

Be = Callable[[str, str], None]
Taken = Callable[[str], bytes]


@pytest.fixture(scope="module")
def workday(program: Program) -> Iterator[Workday]:
    with Workday(program) as begun:
        yield begun


@pytest.fixture
def staff(browser: Chrome, workday: Workday) -> Iterator[Staff]:
    somebody = Staff(browser, workday.program)
    somebody.resize(WIDE)
    yield somebody
    assert somebody.complaints() == []
    somebody.be("")


@pytest.fixture
def be(staff: Staff) -> Be:
    """In Russian, on one of the pages."""

    def begin(login: str, path: str) -> None:
        staff.be(login)
        staff.keep(LANGUAGE, "ru")
        staff.complaints()
        staff.open(path)

    return begin


@pytest.fixture
def taken(staff: Staff, tmp_path: Path) -> Taken:
    """The file that a press brings."""
    way = {"behavior": "allow", "downloadPath": str(tmp_path)}
    staff.browser.execute_cdp_cmd("Browser.setDownloadBehavior", way)

    def press(selector: str) -> bytes:
        staff.one(selector).click()
        staff.until(lambda: [one for one in tmp_path.iterdir() if one.suffix in (".csv", ".xlsx")])
        (file,) = tmp_path.iterdir()
        content = file.read_bytes()
        file.unlink()
        return content

    return press


def rows(content: bytes, separator: str = ";") -> list[list[str]]:
    return list(csv.reader(content.decode("utf-8-sig").splitlines(), delimiter=separator))


def find(staff: Staff, who: str) -> None:
    staff.step("#who", who)
    staff.step(".asking button")


def test_what_exactly_was_sent_to_somebody_and_when_and_who_has_looked(staff: Staff, be: Be) -> None:
    be("operator", "/staff/person")
    find(staff, OWNER)
    sent = staff.one(".timeline").text
    assert "Петренко" not in staff.source()
    assert OWNER not in staff.one("main").text
    assert TITLES["done"] in sent
    assert "Согласие" in sent
    assert "E-Sobes принял" in sent
    message = next(one for one in staff.texts(".timeline li.out") if TITLES["done"] in one)
    assert "выдаём технические средства. Вопросы: 1414" in message
    assert "Доставлено" in message
    assert message.splitlines()[2].count(":") == 1  # the hour
    staff.step(".reasons button")
    assert "Петренко Галина" in staff.one("h1").text
    assert "Здравствуйте, Галина!" in staff.one(".timeline").text
    assert OWNER in staff.one("main").text
    be("auditor", "/staff/audit")
    staff.step("#about", OWNER)
    staff.step("form.card button")
    deeds = staff.texts("tbody tr")
    assert all("••••0104" in one for one in deeds)
    assert any("operator" in one and "полностью" in one for one in deeds), deeds


def test_the_journal_is_narrowed_down_and_taken_away(staff: Staff, be: Be, taken: Taken) -> None:
    be("auditor", "/staff/journal")
    everything = len(staff.all("tbody tr"))
    staff.step("#who", OWNER)
    staff.step("form.card .strong")
    found = staff.texts("tbody tr")
    assert 0 < len(found) < everything
    assert all(OWNER in one for one in found)
    book = openpyxl.load_workbook(BytesIO(taken("[name=format][value=xlsx]")))
    phones = [cell for line in book.worksheets[0].iter_rows(values_only=True) for cell in line if cell == OWNER]
    assert len(phones) == len(found)
    table = rows(taken("[name=format][value=csv]"))
    assert sum(any(OWNER in cell for cell in line) for line in table) == len(found)
    staff.open("/staff/journal")
    staff.one("[name=undelivered]").click()
    staff.step("form.card .strong")
    assert "undelivered" in staff.browser.current_url
    assert len(staff.all("tbody tr")) < everything


def test_a_day_off_is_looked_at_before_it_is_entered_and_then_holds(program: Program, staff: Staff, be: Be) -> None:
    be("administrator", "/staff/calendar")
    day = clock(program).date() + timedelta(30)
    while day.weekday() > 3 or (day.month, day.day) in ((12, 16), (12, 17)):
        day += timedelta(1)
    staff.script("document.querySelector('#day-off').value = arguments[0]", str(day))
    staff.step("#source-off", "Приказ № 7")
    staff.step("[aria-labelledby=enter-off] button")
    assert staff.all("[action$='/save']")
    assert "выходной" in staff.one(".entry").text
    assert staff.one(".means").is_displayed()
    staff.open(f"/staff/calendar?year={day.year}")
    assert str(day.day) not in staff.texts(".month .entered a")
    staff.browser.back()
    staff.step("[action$='/save'] button")
    staff.open(f"/staff/calendar?year={day.year}")
    assert str(day.day) in staff.texts(".month .entered a")
    assert "Приказ № 7" in staff.source()


def test_what_a_picture_shows_can_be_taken_as_a_table(staff: Staff, be: Be, taken: Taken) -> None:
    be("operator", "/staff/figures")
    staff.one(".pictures details summary").click()
    shown = staff.texts(".pictures .card:first-child thead th")
    table = rows(taken(".pictures a[download]"))
    assert table[0] == shown
    assert len(table) == len(staff.all(".pictures .card:first-child tbody tr")) + 1


def test_a_key_is_shown_once_works_and_is_revoked(program: Program, staff: Staff, be: Be) -> None:
    be("administrator", "/staff/keys/new")
    staff.step("#name", "visitor")
    staff.step("form.card .strong")
    token = staff.one(".secret").text

    def status() -> int:
        headers = {"Authorization": f"Bearer {token}"}
        return httpx.get(f"{program.url}/api/broadcasts", headers=headers, trust_env=False).status_code

    assert status() == 200
    staff.step("a.strong")
    assert token not in staff.source()
    row = next(one for one in staff.all("tbody tr") if "visitor" in one.text)
    row.find_element("css selector", "summary").click()
    staff.leads_on(row.find_element("css selector", "button.danger").click)
    assert staff.all(".notice.done")
    assert status() == 401


def test_a_large_broadcast_is_sent_back_and_then_approved_by_a_second_person(
    workday: Workday, staff: Staff, be: Be
) -> None:
    path = f"/staff/broadcasts/{workday.names['waiting']}"
    be("broadcaster", path)
    assert not staff.all("[action$='/approve']")
    be("approver", path)
    staff.step("[action$='/send-back'] button")
    assert staff.all("#why-error")  # not without saying why
    staff.step("#why", "Уточните дату")
    staff.step("[action$='/send-back'] button")
    be("broadcaster", f"{path}/check?leaves=now")
    staff.step("form[action$='/start'] button")
    be("approver", path)
    assert "Уточните дату" in staff.source()
    staff.step("[action$='/approve'] button")
    staff.until(lambda: staff.all("[data-said]"))
    with Colleague(workday.program, "broadcaster") as writer:
        writer.post(f"{path}/cancel")


@pytest.mark.parametrize("who", ["operator", "broadcaster", "administrator"])
def test_help_leads_from_every_room_to_its_part_of_the_guide(staff: Staff, be: Be, who: str) -> None:
    be(who, "/staff/me")
    rooms = [str(one.get_attribute("href")).rpartition("/")[2] for one in staff.all("nav.rooms a")]
    for room in ["me", *rooms]:
        staff.open(f"/staff/{room}")
        staff.step("a.help")
        if room != "guide":
            assert staff.browser.current_url.endswith(f"/staff/guide#{room}")
            place = "return document.querySelector(':target').getBoundingClientRect()"
            assert 0 <= staff.script(place)["top"] < WIDE[1], room

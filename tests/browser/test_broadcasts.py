"""A broadcast from signing in to the phones, as somebody who sends their first one."""

import json
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote
from urllib.request import urlopen

import httpx
import pytest
from selenium.webdriver import Chrome

from tests.browser.conftest import Program
from tests.browser.office import clock, morning
from tests.browser.sight import NARROW, WIDE
from tests.browser.staff import Staff

HOME = "/staff/broadcasts"
THREE_MINUTES = 180.0
TITLE = {"kk": "Кресло-арба күні", "ru": "День кресел-колясок"}
KK = ("Сәлеметсіз бе, ", "! 30 қараша, дүйсенбі күні кресло-арба беріледі. Сұрақ: 1414")
RU = "Здравствуйте, {Аты}! 30 ноября, в понедельник, выдаём кресла-коляски. Вопросы: 1414"


@pytest.fixture
def staff(browser: Chrome, program: Program) -> Iterator[Staff]:
    by_day(program)
    signed_in = Staff(browser, program)
    yield signed_in
    signed_in.leave()


def by_day(program: Program) -> None:
    """At night broadcasts wait."""
    now = clock(program)
    if not 9 <= now.hour < 20:
        morning(program)


def table(folder: Path, number: int, begin: str) -> Path:
    """Three of its rows are wrong: too short, a formula, and the first once more."""
    rows = [f"{begin}{place:04};{'ru' if place % 2 else 'kk'};Адам {place}" for place in range(number)]
    rows += ["12345;kk;Қате", f"{begin}9999;kk;=1+1", rows[0]]
    file = folder / "list.csv"
    file.write_text("\n".join(["Телефон;Тіл;Аты", *rows]), "utf-8")
    return file


def screen(program: Program, number: str) -> list[str]:
    with urlopen(f"{program.url}/sandbox/sms/{quote(number)}") as answer:
        return [one["text"] for one in json.load(answer)["messages"]]


@pytest.mark.parametrize(
    ("language", "size", "begin"),
    [("kk", WIDE, "8701600"), ("ru", NARROW, "8701601"), ("ru", WIDE, "8701602"), ("kk", NARROW, "8701603")],
)
def test_the_first_broadcast_is_sent_within_three_minutes(
    program: Program, staff: Staff, tmp_path: Path, *, language: str, size: tuple[int, int], begin: str
) -> None:
    began, place = time.monotonic(), f"{language}-{size[0]}"

    def looked_at(name: str) -> None:
        staff.picture(f"broadcasts-{name}-{place}")
        assert staff.fits(), name

    staff.look(size, language)
    staff.sign_in("broadcaster", HOME)
    looked_at("all")
    staff.step("form[action$='/new'] button")
    looked_at("list")
    staff.one("#file").type(str(table(tmp_path, 6, begin)))
    staff.until(lambda: staff.all("#faults"))
    assert len(staff.all("[aria-labelledby=faults] tbody tr")) == 3
    looked_at("read")
    staff.step("[aria-labelledby=result] a.strong")
    staff.one("#title").clear()
    staff.one("#title").type(TITLE[language])
    staff.one("#kk").type(KK[0])
    staff.one("[data-insert='{Аты}']").click()
    staff.one("#kk").type(KK[1])
    staff.one("#ru").type(RU)
    staff.until(lambda: "Здравствуйте, Адам" in staff.one("[data-preview]").text)
    assert "Сәлеметсіз бе, Адам" in staff.one("[data-preview]").text
    looked_at("text")
    staff.step("button[value=next]")
    looked_at("when")
    staff.step("form[action$='/check'] button")
    looked_at("check")
    staff.step("form[action$='/start'] button")
    staff.until(lambda: staff.all(".badge.good"))  # the page changes by itself
    looked_at("done")
    assert time.monotonic() - began < THREE_MINUTES
    assert screen(program, f"+7{begin[1:]}0001") == [RU.format(Аты="Адам 1")]
    assert screen(program, f"+7{begin[1:]}0002") == ["Адам 2".join(KK)]
    staff.step("a[href$='/people']")
    looked_at("people")
    assert f"+7{begin[1:]}" not in staff.source()
    staff.one("#phone").type(f"{begin}0003")
    staff.step(".search button")
    assert "0003" in staff.one("tbody").text
    assert staff.complaints() == []


def test_it_waits_for_its_hour_and_is_taken_back_and_cancelled(
    program: Program, staff: Staff, tmp_path: Path
) -> None:
    staff.look(WIDE, "ru")
    staff.sign_in("broadcaster", HOME)
    staff.step("form[action$='/new'] button")
    staff.one("#file").type(str(table(tmp_path, 3, "8701604")))
    staff.until(lambda: staff.all("#faults"))
    staff.step("[aria-labelledby=result] a.strong")
    staff.one("#kk").type("Сәлем")
    staff.one("#ru").type("Привет")
    staff.step("button[value=next]")
    assert not staff.one("#day").is_displayed()
    staff.one("[data-later]").click()
    tomorrow = clock(program) + timedelta(1)
    staff.script("document.querySelector('#day').value = arguments[0]", f"{tomorrow:%Y-%m-%d}")
    staff.step("form[action$='/check'] button")
    staff.step("form[action$='/start'] button")
    assert "Запланирована" in staff.one(".badge").text
    staff.picture("broadcasts-scheduled-ru-1280")
    staff.step(".acts a.danger")
    staff.picture("broadcasts-cancel-ru-1280")
    assert "3 человека не получат" in staff.one(".decision").text
    staff.step(".decision button")
    staff.until(lambda: "Отменена" in staff.one(".badge").text)
    assert screen(program, "+77016040001") == []
    assert staff.complaints() == []


def test_another_file_by_drag_or_choice_shows_what_it_is_about(staff: Staff, tmp_path: Path) -> None:
    staff.look(NARROW, "kk")
    staff.sign_in("broadcaster", HOME)
    staff.step("form[action$='/new'] button")
    picture = tmp_path / "picture.png"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(5000))
    staff.one("#file").type(str(picture))
    staff.until(lambda: staff.all(".notice.alarm"))
    staff.picture("broadcasts-refused-kk-390")
    assert staff.fits()
    assert staff.complaints() == []


def test_who_is_signed_out_while_writing_finds_their_words_again(program: Program, staff: Staff) -> None:
    staff.look(WIDE, "kk")
    staff.sign_in("broadcaster", HOME)
    staff.step("form[action$='/new'] button")
    staff.step(".steps li:nth-child(2) a")
    staff.one("#title").type("Ұзақ жазылған")
    staff.one("#kk").type("Сәлем")
    text = staff.browser.current_url
    staff.browser.delete_all_cookies()
    staff.step("button[value=next]")
    assert "/staff/login" in staff.browser.current_url
    staff.one("#login").type("broadcaster")
    staff.one("#password").type(program.password)
    staff.step("form.card button.strong")
    assert staff.browser.current_url == text
    assert staff.one("#kk").attribute("value") == "Сәлем"
    assert staff.one("[data-restored]").is_displayed()
    staff.step("button[value=leave]")
    staff.browser.get(text)
    assert staff.one("#title").attribute("value") == "Ұзақ жазылған"
    assert not staff.one("[data-restored]").is_displayed()


def test_without_scripts_the_same_pages_do_the_same(program: Program, staff: Staff, tmp_path: Path) -> None:
    staff.look(WIDE, "kk")
    with staff.without_scripts():
        staff.sign_in("broadcaster", HOME)
        staff.step("form[action$='/new'] button")
        staff.one("#file").type(str(table(tmp_path, 2, "8701605")))
        staff.step("[data-upload] button")
        while not staff.all("#faults"):
            staff.browser.refresh()
        staff.step("[aria-labelledby=result] a.strong")
        staff.one("#kk").type("Сәлем, {Аты}")
        staff.one("#ru").type("Привет, {Аты}")
        staff.step("button[value=look]")
        assert "Привет, Адам" in staff.source()
        staff.step("button[value=next]")
        assert staff.one("#day").is_displayed()
        staff.step("form[action$='/check'] button")
        staff.step("form[action$='/start'] button")
        while not staff.all(".badge.good"):
            staff.browser.refresh()
    assert screen(program, "+77016050000") == ["Сәлем, Адам 0"]


def test_the_pages_of_somebody_who_has_left_end_with_them(program: Program) -> None:
    with httpx.Client(base_url=program.url, headers={"Origin": program.url}, follow_redirects=True) as browser:
        browser.post("/staff/login", data={"login": "broadcaster", "password": program.password})
        assert browser.get(HOME).url.path == HOME
        csrf = browser.get(HOME).text.split('name="csrf" value="')[1].split('"')[0]
        browser.post("/staff/leave", data={"csrf": csrf})
        assert browser.get(HOME).url.path == "/staff/login"

"""How staff come in: passwords, codes from an app, other devices, and the language of it all."""

import time
from collections.abc import Iterator

import pyotp
import pytest
from selenium.webdriver import ActionChains, Chrome
from selenium.webdriver.common.keys import Keys

from gateway.web.staff.cookies import LANGUAGE
from tests.browser.conftest import Program
from tests.browser.sight import NARROW, WIDE
from tests.browser.staff import Staff
from tests.browser.workday import Colleague

LOGIN = "/staff/login"
OWN = "төрт ұзақ қазақша сөз"


@pytest.fixture
def staff(browser: Chrome, program: Program) -> Iterator[Staff]:
    somebody = Staff(browser, program)
    somebody.be("")
    yield somebody
    somebody.be("")


def enter(staff: Staff, login: str, password: str) -> None:
    if not staff.all("#login"):
        staff.open(LOGIN)
    staff.step("#login", login)
    staff.step("#password", password)
    staff.step("form.card button")


def leave(staff: Staff) -> None:
    staff.step(".leave button")


def told(staff: Staff) -> str:
    return staff.one(".notice").text


@pytest.mark.parametrize(
    ("language", "wrong", "wait"),
    [("kk", "сәйкес келмеді", "минуттан кейін"), ("ru", "не подошли", "Повторите через 1 минуту")],
)
def test_whoever_guesses_passwords_waits_until_the_administrator_lets_them(
    program: Program, staff: Staff, language: str, wrong: str, wait: str
) -> None:
    login = f"guessed.{language}"
    with Colleague(program, "administrator") as chief:
        chief.post("/staff/accounts/new", login=login, name="Болат", roles=["operator"])
        staff.look(NARROW, language)
        for _ in range(5):
            enter(staff, login, "not this one")
            assert wrong in told(staff)
        enter(staff, login, "not this one")
        assert wait in told(staff)
        assert staff.one("#login").attribute("value") == login
        assert staff.fits()
        staff.be("administrator")
        staff.open(f"/staff/accounts/{login}")
        staff.step("[action$='/unlock'] button")
    staff.be("")
    enter(staff, login, "not this one")
    assert wait not in told(staff)


def test_a_new_colleague_puts_an_own_password_and_a_code_before_everything_else(staff: Staff) -> None:
    """The first half without scripts."""
    staff.resize(WIDE)
    with staff.without_scripts():
        staff.be("administrator")
        staff.keep(LANGUAGE, "ru")
        staff.open("/staff/accounts")
        staff.step("a.strong")
        staff.step("#name", "Айжан Нұрланқызы")
        staff.step("#login", "a.nurlan")
        staff.one("[name=roles][value=operator]").click()
        staff.step("form.card .strong")
        given = staff.one(".secret").text
        staff.step("a.strong")
        leave(staff)
        enter(staff, "a.nurlan", given)
        staff.open("/staff/inbox")  # not before there is an own password
        assert staff.browser.current_url.endswith("/staff/me/password")
        for field, typed in (("#old", given), ("#new", OWN), ("#again", OWN)):
            staff.step(field, typed)
        staff.step("form.card button")
        staff.open("/staff/inbox")
        assert staff.one("h1").text == "Ждут специалиста"
    staff.open("/staff/me/code")
    app = pyotp.TOTP(staff.one(".secret").text.replace(" ", ""))
    staff.step("#code", app.now())
    staff.step("#old", OWN)
    staff.step("form.card .strong")
    staff.picture("door-code-on-ru-1280")
    leave(staff)
    enter(staff, "a.nurlan", OWN)
    staff.step("#code", "000000")
    staff.step("form.card button")
    assert told(staff)
    staff.picture("door-code-wrong-ru-1280")
    staff.step("#code", app.at(time.time() + 30))  # no code is taken twice
    staff.step("form.card button")
    assert staff.one("nav.rooms").is_displayed()


def test_a_session_that_was_ended_elsewhere_is_over_at_once(program: Program, staff: Staff) -> None:
    staff.look(WIDE, "kk")
    staff.be("approver")
    with Colleague(program, "approver") as elsewhere:
        staff.open("/staff/me")
        assert len(staff.all("tbody tr")) >= 2
        staff.step("main > form button")
        assert len(staff.all("tbody tr")) == 1
        assert elsewhere.http.get("/staff/broadcasts").url.path == LOGIN
    staff.open("/staff/broadcasts")
    assert staff.one("h1").text == "Хабарландырулар"


def test_the_language_chosen_before_signing_in_stays_and_other_devices_have_it(
    program: Program, staff: Staff
) -> None:
    staff.look(NARROW, "ru")
    staff.sign_in("operator", "/staff/inbox")
    assert staff.one("h1").text == "Ждут специалиста"
    staff.step(".languages [value=kk]")
    assert staff.browser.current_url.endswith("/staff/inbox")
    assert staff.one("h1").text == "Маманды күткендер"
    staff.open("/staff/keys")
    assert staff.one("h1").text == "Бұл бөлім сізге ашық емес"
    with Colleague(program, "operator") as elsewhere:
        assert "Маманды күткендер" in elsewhere.page("/staff/inbox")


def test_by_the_keyboard_alone_from_signing_in_to_a_room(program: Program, staff: Staff) -> None:
    staff.look(WIDE, "kk")
    staff.open(LOGIN)

    def press(*keys: str) -> None:
        ActionChains(staff.browser).send_keys(*keys).perform()

    press("operator", Keys.TAB, program.password, Keys.ENTER)  # the field for the login has the focus already
    staff.until(lambda: staff.all("nav.rooms"))
    press(Keys.TAB)
    assert staff.script("return document.activeElement.className") == "skip"
    assert staff.script("return document.activeElement.getBoundingClientRect().top") >= 0
    press(Keys.ENTER, Keys.TAB)
    assert staff.script("return document.querySelector('main').contains(document.activeElement)")
    staff.open("/staff/inbox")
    for _ in range(20):
        press(Keys.TAB)
        if staff.script("return document.activeElement.getAttribute('href')") == "/staff/matters":
            break
    press(Keys.ENTER)
    staff.until(lambda: staff.browser.current_url.endswith("/staff/matters"))

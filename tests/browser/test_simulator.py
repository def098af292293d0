"""The simulator in a real browser: both phones, both languages, wide and narrow, and with the keyboard alone."""

import json
from typing import Any
from urllib.request import Request, urlopen

import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.keys import Keys

from dialogs.topics.privacy import VERSION
from tests.browser.conftest import Program
from tests.browser.page import Page
from tests.browser.sight import NARROW, WIDE

WANTED = {"kk": "коляска керек", "ru": "нужна коляска"}
NAMED = {"kk": "Кресло-арба", "ru": "Кресло-коляска"}
TONGUE = {"kk": "Қазақша", "ru": "Русский"}
SIZES = {"1280": WIDE, "390": NARROW}


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("language", TONGUE)
def test_a_citizen_asks_on_both_phones_and_is_answered(
    program: Program, browser: Chrome, language: str, size: str
) -> None:
    number = f"+7700{size:0>4}{'001' if language == 'kk' else '002'}"
    page = Page(browser, program.url, SIZES[size], lang=language, phone=number, user=f"{language}-{size}")
    page.picture(f"{language}-{size}-empty")
    assert page.fits()

    page.one("[data-begin]").click()
    page.until(lambda: page.all("#chat .choices button"))
    assert not page.one("[data-begin]").is_displayed()
    page.choose(TONGUE[language])
    assert page.say("chat", WANTED[language]).startswith(NAMED[language])
    page.picture(f"{language}-{size}-chat")

    if page.narrow:
        page.one("#tab-sms").click()
    page.say("sms", WANTED[language])
    assert NAMED[language] in page.say("sms", "1" if language == "kk" else "2")
    assert page.say("sms", "1")
    meta = page.one("#sms .message.out:last-child .meta").attribute("textContent")
    assert meta
    assert " SMS, " in meta
    assert "✓✓" in meta
    page.picture(f"{language}-{size}-sms")
    assert page.fits()
    assert page.complaints() == []


def test_the_keyboard_alone_is_enough(program: Program, browser: Chrome) -> None:
    page = Page(browser, program.url, WIDE, lang="kk", phone="+77000000003", user="keyboard")
    page.tab_to(".skip")
    page.press(Keys.ENTER)
    page.tab_to("#sms .log")
    page.tab_to("#sms textarea")
    page.press("сәлем", Keys.ENTER)
    page.until(lambda: len(page.messages("sms")) == 2)
    assert page.script("return document.activeElement.matches('#sms textarea')")
    page.press("1")
    page.tab_to("#sms [data-send]")
    page.press(Keys.ENTER)
    page.until(lambda: len(page.messages("sms")) == 4)

    page.tab_to("#chat textarea")
    page.press("/start", Keys.ENTER)
    page.until(lambda: page.all("#chat .choices button"))
    page.tab_back(2)
    assert page.focused() == "Русский"
    assert page.shows_focus()
    page.picture("keyboard-focus")
    page.press(Keys.SPACE)
    page.until(lambda: len(page.messages("chat")) == 3)
    assert "по-русски" in page.messages("chat")[-1]


def test_the_keys_of_the_phone_type(program: Program, browser: Chrome) -> None:
    page = Page(browser, program.url, WIDE, lang="ru", phone="+77000000004", user="keys")
    for key in "129":
        page.one(f'[data-key="{key}"]').click()
    page.one("[data-erase]").click()
    assert page.one("#sms textarea").attribute("value") == "12"
    page.one("[data-send]").click()
    page.until(lambda: len(page.messages("sms")) == 2)
    assert page.messages("sms")[0] == "12"


def test_a_number_is_shared_with_one_press(program: Program, browser: Chrome) -> None:
    page = Page(browser, program.url, WIDE, lang="ru", phone="+77000000005", user="shares")
    page.one("#chat .contact").click()
    page.until(lambda: len(page.messages("chat")) == 2)
    assert page.messages("chat")[0] == "+77000000005"


def test_a_number_of_a_person_is_erased_from_the_chat(program: Program, browser: Chrome) -> None:
    page = Page(browser, program.url, WIDE, lang="ru", phone="+77000000015", user="erased")
    page.say("chat", "/start")
    page.choose("Русский")
    page.until(lambda: len(page.messages("chat")) == 3)
    page.say("chat", "840312400017")
    page.until(lambda: page.messages("chat")[3] == "•••")
    assert page.messages("chat")[:1] == ["/start"]
    assert len(page.messages("chat")) == 5


def test_what_people_write_stays_text(program: Program, browser: Chrome) -> None:
    page = Page(browser, program.url, WIDE, lang="ru", phone="+77000000006", user="mischief")
    mischief = "<img src=x onerror=\"document.title='broken'\"><b>"
    page.say("sms", mischief)
    page.say("chat", mischief)
    assert page.messages("sms")[0] == page.messages("chat")[0] == mischief
    assert page.all(".words *") == []
    assert page.script("return document.title") == "Келісім: симулятор"


def test_the_clock_moves_and_comes_back(program: Program, browser: Chrome) -> None:
    page = Page(browser, program.url, WIDE, lang="ru", phone="+77000000007", user="clock")
    page.one('[data-forward="working_day"]').click()
    page.until(lambda: page.one(".clock .kind").text == "Пробное время")
    day = page.one('[data-clock="day"]').text
    page.say("chat", "/start")
    assert page.one("#chat .day").text == day
    page.picture("ru-1280-clock")
    page.one("[data-clock-back]").click()
    page.until(lambda: page.one(".clock .kind").text == "Настоящее время")
    page.script("document.querySelector('[name=moment]').min = ''")
    page.script("document.querySelector('[name=moment]').value = '2026-01-05T09:00'")
    page.one("[data-clock-form] button").click()
    page.until(lambda: page.one("[data-notice]").text == "Время идёт только вперёд.")


def test_a_new_citizen_has_empty_phones_and_the_earlier_one_is_kept(program: Program, browser: Chrome) -> None:
    page = Page(browser, program.url, WIDE, lang="kk", phone="+77000000008", user="earlier")
    page.say("sms", "сәлем")
    page.one(".citizen summary").click()
    page.one("[data-citizen-new]").click()
    page.until(lambda: page.messages("sms") == [])
    assert page.one("#sms [data-own]").text.startswith("+7700")
    phone = page.one("[name=phone]")
    phone.clear()
    phone.type("+77000000008", Keys.ENTER)
    page.until(lambda: len(page.messages("sms")) == 2)
    assert page.one("[name=user]").attribute("value") == "earlier"

    page.one(".languages [hreflang=ru]").click()
    page.until(lambda: page.script("return document.documentElement.lang") == "ru")
    page.until(lambda: len(page.messages("sms")) == 2)

    page.one(".citizen summary").click()
    page.one("[data-citizen-restart]").click()
    page.until(lambda: page.messages("sms") == [])


def test_on_a_narrow_screen_the_other_phone_says_that_something_came(program: Program, browser: Chrome) -> None:
    page = Page(browser, program.url, NARROW, lang="kk", phone="+77000000009", user="narrow")
    assert not page.one("#sms").is_displayed()
    _send(program, "+77000000009", "сәлем")
    page.until(lambda: page.one("#tab-sms [data-unread]").is_displayed())
    page.picture("kk-390-unread")
    page.one("#tab-chat").click()
    page.press(Keys.ARROW_LEFT)
    page.until(lambda: page.one("#sms").is_displayed())
    assert not page.one("#chat").is_displayed()
    assert not page.one("#tab-sms [data-unread]").is_displayed()
    page.one("#panel summary").click()
    page.picture("kk-390-panel")
    assert page.fits()


def test_the_page_comes_back_by_itself_after_a_restart_and_keeps_what_was_said(
    program: Program, browser: Chrome
) -> None:
    page = Page(browser, program.url, WIDE, lang="kk", phone="+77000000010", user="stays")
    page.say("chat", "/start")
    page.say("sms", "сәлем")
    kept = page.messages("sms") + page.messages("chat")

    program.stop()
    page.until(lambda: page.one("[data-offline]").is_displayed())
    page.picture("kk-1280-offline")
    page.one("#sms textarea").type("1", Keys.ENTER)
    page.until(lambda: page.one("#sms [data-trouble]").text)
    assert page.one("#sms textarea").attribute("value") == "1"

    program.start()
    page.until(lambda: not page.one("[data-offline]").is_displayed())
    assert page.messages("sms") + page.messages("chat") == kept
    _send(program, "+77000000010", "1")
    page.until(lambda: len(page.messages("sms")) == 4)


def test_a_tick_changes_the_list_where_it_stands_and_keeps_the_focus(program: Program, browser: Chrome) -> None:
    page = Page(browser, program.url, WIDE, lang="ru", phone="+77000000011", user="ticks")
    offered = _chat(program, "ticks", text="нужна коляска")
    while not offered[0].startswith("tick:"):
        offered = _chat(program, "ticks", choice=offered[-1 if "lang:ru" in offered else 0])
    page.until(lambda: page.all("#chat .choices button"))
    before = page.messages("chat")
    page.until(lambda: page.script("return document.querySelectorAll('#chat .message:last-child button').length > 4"))
    page.script("document.querySelectorAll('#chat .message:last-child button')[1].focus()")
    page.press(Keys.SPACE)
    page.until(lambda: page.messages("chat") != before)
    assert page.messages("chat")[:-1] == before[:-1]
    place = "[...document.querySelectorAll('#chat .message:last-child button')].indexOf(document.activeElement)"
    assert page.script(f"return {place}") == 1
    page.picture("ru-1280-ticks")


@pytest.mark.parametrize("size", SIZES)
def test_the_button_that_shares_a_number_hides_nothing_of_the_question(
    program: Program, browser: Chrome, size: str
) -> None:
    user = f"asked-{size}"
    page = Page(browser, program.url, SIZES[size], lang="kk", phone="+77000000012", user=user)
    _chat(program, user, text="ҚАЗ")
    _chat(program, user, choice=f"agree:{VERSION}")
    offered = _chat(program, user, text="ақталған адам куәлігі")
    while "sms" not in offered:
        offered = _chat(program, user, choice=offered[0])
    page.until(lambda: page.script("return document.querySelectorAll('#chat .message:last-child button').length > 4"))
    _chat(program, user, choice="sms")
    page.until(lambda: page.one("#chat [data-share]").is_displayed())
    ends = "document.querySelector('#chat .message:last-child').getBoundingClientRect().bottom"
    room = "document.querySelector('#chat .log').getBoundingClientRect().bottom"
    page.until(lambda: page.script(f"return {ends} <= {room} + 1"))
    page.picture(f"kk-{size}-share")


def _chat(program: Program, user: str, **what: str) -> list[str]:
    """Speaks past the page; the ids of the buttons that are offered last."""
    answer = _post(f"{program.url}/sandbox/telegram", {"user": user, **what})
    return [button["id"] for button in answer["messages"][-1]["buttons"]]


def _send(program: Program, phone: str, text: str) -> None:
    _post(f"{program.url}/sandbox/sms", {"from": phone, "text": text})


def _post(address: str, body: dict[str, str]) -> Any:
    request = Request(address, json.dumps(body).encode(), {"Content-Type": "application/json"})
    with urlopen(request, timeout=20) as answer:
        return json.load(answer)

"""Choices, orders and invitations on the simulator's page: every button tells E-Sobes' event as it should be."""

import json
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import Request, urlopen

from selenium.webdriver import Chrome
from selenium.webdriver.common.keys import Keys

from tests.browser.conftest import TOKEN, Program
from tests.browser.office import Office, clock, morning
from tests.browser.page import Page
from tests.browser.sight import NARROW, WIDE

TOLD = {"ru": "Помощник получил сообщение.", "kk": "Көмекші хабарды алды."}


class Calendar:
    """What a person has to do by a day, as whoever plays E-Sobes opens it and carries it on."""

    def __init__(self, program: Program, page: Page, language: str, person: str) -> None:
        self.page = page
        self.office = Office(page)
        self.today = clock(program).date()
        self._program = program
        self._told = TOLD[language]
        self._person = person
        self.office.choose(person)

    def held(self, what: str) -> list[dict[str, Any]]:
        """In the built-in E-Sobes, of this person: what was in the event, and has been taken by the assistant."""
        with urlopen(f"{self._program.url}/sandbox/page/esobes") as answer:
            people = json.load(answer)["people"]
        return list(next(one for one in people if one["id"] == self._person)[what])

    def open(self, event: str, **fields: object) -> None:
        """Fills in the form for one of the three events, and sends it."""
        self.page.one(f'[data-duty] [value="{event}"]').click()
        for name, value in fields.items():
            self.write(f"[data-duty] [name={name}]", value)
        self._sent(lambda: self.page.one("[data-duty] .strong").click())

    def press(self, button: str, **fields: object) -> None:
        """A button of the newest thing that has one; with fields, one that unfolds them first."""
        if fields:
            self.office.press(button)
            for name, value in fields.items():
                self.write(f"[data-case] form:not([hidden]) [name={name}]", value)
            self._sent(lambda: self.page.one("[data-case] form:not([hidden]) .strong").click())
        else:
            self._sent(lambda: self.office.press(button))

    def write(self, selector: str, value: object) -> None:
        """A day is not typed: how, differs from browser to browser."""
        field = self.page.one(selector)
        kind = field.attribute("type")
        if kind == "date":
            field_now = "const field = document.querySelector(arguments[0]); field.value = arguments[1];"
            changed = "field.dispatchEvent(new Event('change', {bubbles: true}))"
            self.page.script(f"{field_now} {changed}", selector, str(value))
        elif kind == "select-one":
            field.select(str(value))
        else:
            field.clear()
            field.type(str(value))

    def postpone(self, invitation: str, until: date) -> int:
        """As the assistant tells it."""
        told = {
            "arrive_by": str(until),
            "reason": "illness",
            "at": clock(self._program).isoformat(),
            "channel": "sms",
        }
        headers = {
            "Authorization": f"Bearer {TOKEN}",
            "Content-Type": "application/json",
            "Idempotency-Key": f"{invitation}:postponement",
        }
        address = f"{self._program.url}/sandbox/esobes/invitations/{quote(invitation)}/postponement"
        try:
            with urlopen(Request(address, json.dumps(told).encode(), headers, method="POST")) as answer:
                return int(answer.status)
        except HTTPError as error:
            return error.code

    def _sent(self, act: Callable[[], object]) -> None:
        self.page.script("document.querySelector('[data-notice]').textContent = ''")
        act()
        self.page.until(lambda: self.page.one("[data-notice]").text)
        assert self.page.one("[data-notice]").text == self._told


def test_a_choice_and_an_order_are_played_to_their_end(program: Program, browser: Chrome) -> None:
    morning(program)
    page = Page(browser, program.url, WIDE, lang="ru", phone="+77000000110", user="demo")
    calendar = Calendar(program, page, "ru", "erbol")
    opened = calendar.today - timedelta(days=20)
    calendar.open("provider_choice.opened", service="sanatorium_treatment", opened_on=opened)
    (choice,) = calendar.held("choices")
    assert (choice["service"], choice["opened_on"]) == ("sanatorium_treatment", str(opened))
    assert calendar.office.state() == "Ждут выбора"
    calendar.press("close.chosen")
    assert calendar.held("choices")[0]["outcome"] == "chosen"

    arrive, leave = calendar.today + timedelta(days=20), calendar.today + timedelta(days=34)
    calendar.open(
        "order.answered",
        service="sanatorium_treatment",
        outcome="accepted",
        provider="Санаторий «Шипа»",
        arrive_on=arrive,
        leave_on=leave,
    )
    (order,) = calendar.held("orders")
    assert (order["service"], order["outcome"]) == ("sanatorium_treatment", "accepted")
    assert order["provider"] == "Санаторий «Шипа»"
    assert (order["arrive_on"], order["leave_on"], order["reason"]) == (str(arrive), str(leave), None)
    page.picture("duties-ru-1280-order")
    calendar.press("refuse", reason="Ремонт корпуса")
    (refused,) = calendar.held("orders")
    assert (refused["id"], refused["outcome"], refused["reason"]) == (order["id"], "refused", "Ремонт корпуса")
    assert "Ремонт корпуса" in calendar.office.facts()
    calendar.open("order.answered", service="personal_assistant", outcome="refused", reason="Нет свободных")
    assert [one["reason"] for one in calendar.held("orders")] == ["Ремонт корпуса", "Нет свободных"]
    assert page.complaints() == []


def test_an_invitation_is_corrected_postponed_signed_and_closed(program: Program, browser: Chrome) -> None:
    morning(program)
    page = Page(browser, program.url, NARROW, lang="kk", phone="+77000000111", user="demo")
    calendar = Calendar(program, page, "kk", "galina")
    day = calendar.today + timedelta(days=10)
    calendar.open("invitation.opened", setting="semi_inpatient", arrive_by=day)
    (invited,) = calendar.held("invitations")
    assert (invited["setting"], invited["arrive_by"]) == ("semi_inpatient", str(day))
    assert page.one("[data-duty] [name=organisation]").attribute("value") == invited["organisation"]
    calendar.press("correct", arrive_by=day + timedelta(days=1))
    (corrected,) = calendar.held("invitations")
    assert (corrected["id"], corrected["arrive_by"]) == (invited["id"], str(day + timedelta(days=1)))
    assert not page.all('[data-key^="sign-"]')

    assert calendar.postpone(invited["id"], day + timedelta(days=11)) == 200
    page.browser.refresh()
    page.until(lambda: page.all('[data-key^="sign-"]'))
    assert calendar.office.state() == "Қол қойылмаған"
    assert "Келу күнін ауыстыру" in calendar.office.relays()[0]
    page.look("esobes")
    page.picture("duties-kk-390-unsigned")
    assert page.fits()
    calendar.press("sign-")
    (signed,) = calendar.held("invitations")
    assert (signed["arrive_by"], signed["signed"]) == (str(day + timedelta(days=11)), True)
    assert not page.all('[data-key^="correct-"]')
    calendar.press("close.passed_on")
    assert calendar.held("invitations")[0]["outcome"] == "passed_on"
    assert page.complaints() == []


def test_after_its_last_day_a_place_is_postponed_no_more(program: Program, browser: Chrome) -> None:
    morning(program)
    page = Page(browser, program.url, WIDE, lang="ru", phone="+77000000112", user="demo")
    calendar = Calendar(program, page, "ru", "viktor")
    calendar.open("invitation.opened", setting="inpatient", arrive_by=calendar.today + timedelta(days=1))
    (invited,) = calendar.held("invitations")
    calendar.office.press("after_last_day")
    page.until(lambda: clock(program).date() == calendar.today + timedelta(days=2))
    page.until(lambda: calendar.office.state() == "Срок прошёл")
    assert calendar.postpone(invited["id"], calendar.today + timedelta(days=9)) == 409
    calendar.press("close.cancelled")
    assert calendar.held("invitations")[0]["outcome"] == "cancelled"


def test_the_form_for_duties_needs_no_mouse(program: Program, browser: Chrome) -> None:
    morning(program)
    page = Page(browser, program.url, WIDE, lang="ru", phone="+77000000113", user="demo")
    calendar = Calendar(program, page, "ru", "zeynep")
    page.tab_to("[data-duty] [name=type]")
    page.press(Keys.ARROW_RIGHT)
    page.tab_to("[data-duty] [name=outcome]")
    page.press(Keys.ARROW_DOWN)
    page.until(lambda: page.one("[data-duty] [name=reason]").is_displayed())
    assert page.script("return document.activeElement.name") == "outcome"
    page.tab_to("[data-duty] .strong")
    page.press(Keys.ENTER)
    page.until(lambda: calendar.held("orders"))
    assert calendar.held("orders")[0]["outcome"] == "refused"

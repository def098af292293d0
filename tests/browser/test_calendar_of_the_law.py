"""The calendar of the law in a real browser: people are invited, fall ill, choose, and the clock goes on."""

import json
import subprocess
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import quote
from urllib.request import urlopen

from selenium.webdriver import Chrome

from gateway.clock import ALMATY
from tests.browser.conftest import Program
from tests.browser.office import clock, ten
from tests.browser.page import Page
from tests.browser.sight import NARROW, SCREENSHOTS, WIDE
from tests.browser.test_duties import Calendar

CHILDRENS_HOME, DAY_CENTRE = "000140000101", "000140000032"
MONDAY, THURSDAY = 0, 3
DAY = timedelta(1)
TONGUE = {"kk": "Қазақша", "ru": "Русский"}


class Citizen:
    """A phone and a chat that is linked to it, as their owner sees them, and E-Sobes beside."""

    def __init__(self, program: Program, page: Page, language: str, person: str) -> None:
        self.page = page
        self.calendar = Calendar(program, page, language, person)
        self.office = self.calendar.office
        self.page.look("chat")
        self._program = program
        self._phone, self._user = (
            str(self.page.one(f"#{one} [data-own]").attribute("textContent")) for one in ("sms", "chat")
        )
        self._read = self._screens()
        self.page.one("#chat .contact").click()
        self.page.until(lambda: self.page.all("#chat .choices button"))
        self.page.choose(TONGUE[language])

    def told(self, act: Callable[[], object], *parts: str) -> None:
        """What follows: one letter by SMS and one in the chat, in both of which these words stand."""
        self._read = self._screens()
        act()
        self.page.until(lambda: all(self._come()))
        (sms,), (chat,) = self._come()
        assert [part for part in parts if part not in sms or part not in chat] == [], (sms, chat)
        self.page.until(lambda: (self.page.messages("sms")[-1], self.page.messages("chat")[-1]) == (sms, chat))

    def reads(self, act: Callable[[], object], *parts: str) -> None:
        """The same of what the law does not ask for: it comes to the chat alone."""
        self._read = self._screens()
        act()
        self.page.until(lambda: self._come()[1])
        sms, (chat,) = self._come()
        assert (sms, [part for part in parts if part not in chat]) == ([], [])
        self.page.until(lambda: self.page.messages("chat")[-1] == chat)

    def on(self, day: date, *parts: str) -> None:
        """By the clock: nothing until the evening before, a reminder at ten."""
        self._nothing_until(day)
        self.reads(lambda: self.until(day, time(10)), *parts)

    def by_law(self, day: date, *parts: str) -> None:
        """Likewise, if the law wants the reminder."""
        self._nothing_until(day)
        self.told(lambda: self.until(day, time(10)), *parts)

    def _nothing_until(self, day: date) -> None:
        self._read = self._screens()
        self.until(day - DAY, time(23))
        assert self._come() == ([], [])

    def nothing_comes_for(self, days: int) -> None:
        self._read = self._screens()
        self.until(clock(self._program).date() + days * DAY, time(12))
        assert self._come() == ([], [])

    def until(self, day: date, hour: time) -> None:
        """What is due by then has left when the clock stands there."""
        clock(self._program, datetime.combine(day, hour, ALMATY))

    def say(self, text: str) -> str:
        self.page.look("chat")
        return self.page.say("chat", text)

    def press(self, words: str) -> str:
        """The newest button with these words."""
        self.page.look("chat")
        labels = self.page.texts("#chat .choices button")
        return self.page.choose(next(label for label in reversed(labels) if words in label))

    def days(self) -> list[str]:
        """That can be pressed in the calendar under the latest message."""
        (*_, latest) = self._asked(f"telegram/{quote(self._user)}")
        offered = (button["id"].partition(":") for button in latest["buttons"])
        return [day for kind, _, day in offered if kind == "day"]

    def file(self, name: str) -> bytes:
        """Of the latest message that has one, by its link."""
        link = self.page.all("#chat .file")[-1]
        assert link.text == name
        with urlopen(str(link.get_attribute("href"))) as answer:
            content: bytes = answer.read()
        return content

    def picture(self, name: str, tab: str = "chat") -> None:
        self.page.look(tab)
        self.page.picture(f"calendar-{name}")
        assert self.page.fits()

    def _come(self) -> tuple[list[str], list[str]]:
        sms, chat = (now[len(before) :] for before, now in zip(self._read, self._screens(), strict=True))
        return sms, chat

    def _screens(self) -> tuple[list[str], list[str]]:
        sms, chat = (self._asked(path) for path in (f"sms/{quote(self._phone)}", f"telegram/{quote(self._user)}"))
        return [one["text"] for one in sms], [one["text"] for one in chat]

    def _asked(self, path: str) -> list[dict[str, Any]]:
        with urlopen(f"{self._program.url}/sandbox/{path}") as answer:
            messages: list[dict[str, Any]] = json.load(answer)["messages"]
        return messages


def test_a_child_is_invited_falls_ill_and_comes_on_the_day_that_was_signed(program: Program, browser: Chrome) -> None:
    today = ten(program, 10, 12, weekday=THURSDAY)
    old, new = today + 11 * DAY, today + 35 * DAY
    page = Page(browser, program.url, WIDE, lang="kk", phone="+77000000120", user="demo")
    mother = Citizen(program, page, "kk", "alan")
    calendar, office = mother.calendar, mother.office
    invited = {"setting": "inpatient", "organisation": CHILDRENS_HOME, "arrive_by": old}
    mother.told(lambda: calendar.open("invitation.opened", **invited), "Алан", "21 желтоқсанға", "«Күншуақ»")
    assert "1 – Ауырып" in page.say("sms", "2")

    mother.press("келе алмайды")
    mother.press("Ауырып")
    december = mother.days()
    mother.press("Қаңтар")
    assert december + mother.days() == [str(old + number * DAY) for number in range(1, 31)]
    mother.picture("kk-1280-days")
    assert "14 қаңтар, бейсенбі" in mother.press("14")
    mother.picture("kk-1280-confirm")

    before = len(office.relays())
    mother.press("Иә")
    page.until(lambda: page.all("#chat .file"))
    assert "21 желтоқсанға, дүйсенбіге дейін" in page.messages("chat")[-1]
    page.until(lambda: office.state() == "Қол қойылмаған")
    wish, *earlier = office.relays()
    assert "Жаңа күні: 14 қаңтар, бейсенбі, ауырып қалды" in wish
    assert len(earlier) == before
    mother.picture("kk-1280-letter")
    notice = looked_at(mother.file("habarlama.pdf"), "kk")
    for words in (
        "Уақытында келе алмау туралы хабарлама",
        "Сериқбаев Алан Асқарұлы",
        "14 қаңтарға ауыстыруды сұраймын",
    ):
        assert words in notice
    assert "21 желтоқсан, дүйсенбі (6 жұмыс күні қалды)" in mother.say("/deadlines")
    mother.press("үнтізбе")
    assert f"DTSTART;VALUE=DATE:{old:%Y%m%d}" in mother.file("merzimder.ics").decode()
    mother.picture("kk-1280-deadlines")

    mother.on(today + 5 * DAY, "21 желтоқсанға, дүйсенбіге дейін", "ЭЦҚ")
    mother.on(today + 8 * DAY, "21 желтоқсанға, дүйсенбіге дейін", "ЭЦҚ")
    mother.told(lambda: calendar.press("sign-"), "14 қаңтарға, бейсенбіге дейін")
    assert office.state() == "Келуі кейінге қалды"
    mother.on(new - 3 * DAY, "14 қаңтарға, бейсенбіге дейін")
    mother.on(new - DAY, "14 қаңтарға, бейсенбіге дейін")
    calendar.press("close.admitted")
    assert office.state() == "Орналасты"
    mother.nothing_comes_for(8)
    assert page.complaints() == []


def looked_at(pdf: bytes, language: str) -> str:
    """Its words; and for the eye, what it looks like."""
    SCREENSHOTS.mkdir(exist_ok=True)
    picture = str(SCREENSHOTS / f"calendar-{language}-notice")
    subprocess.run(["pdftoppm", "-r", "96", "-png", "-singlefile", "-", picture], input=pdf, check=True)
    words = subprocess.run(["pdftotext", "-layout", "-", "-"], input=pdf, check=True, capture_output=True)
    return words.stdout.decode()


def test_a_choice_opened_on_the_31st_is_blocked_and_reactivated_and_an_order_is_refused_after_all(
    program: Program, browser: Chrome
) -> None:
    today = ten(program, 1, 2, weekday=MONDAY)
    march, april = (date(today.year, month, 1) for month in (3, 4))
    page = Page(browser, program.url, WIDE, lang="ru", phone="+77000000120", user="demo")
    timur = Citizen(program, page, "ru", "timur")
    calendar, office = timur.calendar, timur.office
    opened = {"service": "prosthetic_orthopaedic_aid", "opened_on": today - DAY}
    timur.told(lambda: calendar.open("provider_choice.opened", **opened), "31 марта")
    timur.by_law(march - DAY, "31 марта")
    timur.by_law(april, "aleumet.egov.kz")
    page.until(lambda: office.state() == "Выбор закрыт")
    assert "31 марта" in timur.say("/deadlines")
    timur.picture("ru-1280-blocked")
    timur.told(lambda: calendar.press("reactivate-"), "1 июня")
    assert office.state() == "Ждут выбора"
    timur.reads(lambda: calendar.press("close.chosen"), "5 рабочих дней")

    thursday = april + 21 * DAY
    accepted = {"service": "sanatorium_treatment", "outcome": "accepted", "provider": "Санаторий «Шипа»"}
    stay = {"arrive_on": thursday, "leave_on": thursday + 14 * DAY}
    timur.told(lambda: calendar.open("order.answered", **accepted, **stay), "22 апреля", "19 апреля")
    page.until(lambda: "понедельник, 19 апреля" in office.facts())
    assert "понедельник, 19 апреля (осталось 12 рабочих дней)" in timur.say("сроки")
    timur.picture("ru-1280-order")
    timur.on(thursday - 6 * DAY, "19 апреля")
    timur.told(lambda: calendar.press("refuse-", reason="Ремонт корпуса"), "Ремонт корпуса")
    assert office.state() == "Отказано"
    assert len(calendar.held("orders")) == 1
    timur.nothing_comes_for(8)
    assert page.complaints() == []


def test_about_the_twelfth_day_the_office_reads_both_acts_and_only_the_tenth_is_passed_on(
    program: Program, browser: Chrome
) -> None:
    today = ten(program, 7, 6, weekday=MONDAY)
    page = Page(browser, program.url, NARROW, lang="ru", phone="+77000000120", user="demo")
    galina = Citizen(program, page, "ru", "galina")
    calendar, office = galina.calendar, galina.office
    page.look("esobes")
    invited = {"setting": "semi_inpatient", "organisation": DAY_CENTRE, "arrive_by": today + 11 * DAY}
    galina.told(lambda: calendar.open("invitation.opened", **invited), "18 июня", "«Шапағат»")
    galina.picture("ru-390-invited")
    before = len(office.relays())
    galina.press("Не могу")
    galina.press("Болезнь")
    assert galina.days() == [str(today + number * DAY) for number in range(12, 22)]
    galina.picture("ru-390-days")
    refused = galina.say("+12")
    assert all(part in refused for part in ("30 июня", "230", "263", "понедельник, 28 июня"))
    galina.picture("ru-390-disputed")
    page.until(lambda: page.all("[data-notes] li"))
    page.look("esobes")
    card = page.one("[data-notes] li").text
    for part in ("Петренко Галина Ивановна", "среда, 30 июня, это через 12 дней", "Приказ № 230", "Приказ № 263"):
        assert part in card
    page.script("document.querySelector('[data-office]').scrollIntoView({block: 'center'})")
    page.picture("calendar-ru-390-office")
    assert len(office.relays()) == before

    assert "понедельник, 28 июня" in galina.press("28 июня")
    galina.press("Да")
    page.until(lambda: page.all("#chat .file"))
    page.until(lambda: office.state() == "Не подписано")
    (wish, *earlier) = office.relays()
    assert "Новый день: понедельник, 28 июня, болезнь" in wish
    assert len(earlier) == before
    galina.picture("ru-390-letter")
    assert "Прошу перенести последний день приезда на 28 июня" in looked_at(galina.file("uvedomlenie.pdf"), "ru")
    assert "пятница, 18 июня (осталось 9 рабочих дней)" in galina.say("/deadlines")
    galina.picture("ru-390-deadlines")
    galina.picture("ru-390-esobes", "esobes")
    assert page.complaints() == []

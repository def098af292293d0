"""From a citizen's phone to the specialist's answer and back, as both see it."""

import json
import urllib.request
from collections.abc import Iterator

import pytest
from selenium.webdriver import Chrome

from tests.browser.conftest import Program
from tests.browser.sight import NARROW, WIDE
from tests.browser.staff import Staff

QUESTION = "Анама арба қашан келеді? Үйі 8 701 765 43 21"
ANSWER = "Ертең сағат онда апарып береді."


class Phone:
    """A citizen's, in the simulator."""

    def __init__(self, program: Program, number: str) -> None:
        self._url = f"{program.url}/sandbox/sms"
        self._number = number

    def say(self, *texts: str) -> None:
        for text in texts:
            body = json.dumps({"from": self._number, "text": text}).encode()
            request = urllib.request.Request(self._url, body, {"Content-Type": "application/json"})
            urllib.request.urlopen(request).close()

    def screen(self) -> list[str]:
        with urllib.request.urlopen(f"{self._url}/{self._number.replace('+', '%2B')}") as answer:
            return [one["text"] for one in json.load(answer)["messages"]]


@pytest.fixture
def staff(browser: Chrome, program: Program) -> Iterator[Staff]:
    signed_in = Staff(browser, program)
    yield signed_in
    signed_in.leave()


@pytest.mark.parametrize(
    ("language", "size", "number"),
    [
        ("kk", WIDE, "+77015550001"),
        ("ru", NARROW, "+77015550002"),
        ("ru", WIDE, "+77015550003"),
        ("kk", NARROW, "+77015550004"),
    ],
)
def test_a_question_by_sms_is_answered_by_a_specialist(
    program: Program, staff: Staff, language: str, size: tuple[int, int], number: str
) -> None:
    staff.look(size, language)
    staff.sign_in("operator", "/staff/inbox")
    place = f"{language}-{size[0]}"
    phone = Phone(program, number)
    phone.say("қаз", "маманға")
    staff.until(lambda: staff.all("#queue"))
    phone.say(QUESTION, "Тағы бір сұрақ")

    # it appears by itself, in the list and in the title
    staff.until(lambda: staff.script("return document.title").startswith("(1) "))
    staff.until(lambda: "Тағы бір сұрақ" in staff.one("#queue").text)
    assert number not in staff.source()
    staff.picture(f"inbox-queue-{place}")
    assert staff.fits()

    staff.step("#queue form button")
    staff.until(lambda: "маман жауап береді" in phone.screen()[-1])
    assert "765 43 21" not in staff.one("#lines").text
    assert "••••4321" in staff.one("#lines").text

    staff.one("#text").type("ә" * 200)
    staff.until(lambda: staff.one("#count").attribute("class") == "hint over")
    staff.one("#text").clear()
    staff.one("#text").type(ANSWER)
    staff.picture(f"inbox-case-{place}")
    assert staff.fits()
    staff.step("form.answering button.strong")
    staff.until(lambda: phone.screen()[-1] == f"Маман: {ANSWER}")
    staff.until(lambda: staff.all("#lines .badge.good"))

    # what the person writes now appears while the specialist looks on; the assistant keeps quiet
    phone.say("Рақмет, <b>күтемін</b>")
    staff.until(lambda: "<b>күтемін</b>" in staff.one("#lines").text)
    assert phone.screen()[-1] == "Рақмет, <b>күтемін</b>"

    staff.one("#note").type("Ертең тексеру")
    staff.step("section[aria-labelledby=noting] button")
    assert staff.all(".line.note")
    staff.step("form[action$='/close'] button")
    assert staff.all(".notice.done")
    assert any("аяқталды" in text for text in phone.screen()[-1:])
    staff.picture(f"inbox-closed-{place}")
    assert staff.complaints() == []


def test_hidden_digits_are_shown_for_a_reason_only(program: Program, staff: Staff) -> None:
    staff.look(WIDE, "ru")
    staff.sign_in("operator", "/staff/inbox")
    phone = Phone(program, "+77015550009")
    phone.say("рус", "специалисту", "Мой ИИН 900101300123")
    staff.open("/staff/inbox")
    staff.step("#queue th a")
    assert "900101300123" not in staff.source()
    staff.one("details.unmask summary").click()
    staff.one("#reason").type("Проверить заявление")
    staff.step("details.unmask button")
    assert "900101300123" in staff.one("#lines").text
    staff.open("/staff/inbox")
    assert "900101300123" not in staff.source()


def test_a_ready_answer_is_put_in_in_the_persons_language(program: Program, staff: Staff) -> None:
    staff.look(WIDE, "ru")
    staff.sign_in("operator", "/staff/inbox/quick")
    for name, text in (
        ("title", "Часы"),
        ("kk", "Бөлім 9:00–17:30 жұмыс істейді."),
        ("ru", "Отдел открыт с 9:00 до 17:30."),
    ):
        staff.one(f"section.card:last-child [name={name}]").type(text)
    staff.step("section.card:last-child button.strong")
    assert staff.all(".notice.done")
    for size in (WIDE, NARROW):
        staff.resize(size)
        staff.picture(f"inbox-quick-{size[0]}")
        assert staff.fits()
    Phone(program, "+77015550010").say("қаз", "маманға", "Қашан ашық?")
    staff.open("/staff/inbox")
    staff.step("#queue tbody tr:last-child form button")
    staff.one("[data-quick]").click()
    assert staff.one("#text").attribute("value") == "Бөлім 9:00–17:30 жұмыс істейді."


def test_the_sound_is_off_until_it_is_switched_on(staff: Staff) -> None:
    staff.look(WIDE, "kk")
    staff.sign_in("operator", "/staff/inbox")
    button = staff.one("#sound")
    assert button.attribute("aria-pressed") == "false"
    button.click()
    assert button.attribute("aria-pressed") == "true"
    assert staff.complaints() == []


def test_without_a_script_the_pages_work_all_the_same(program: Program, staff: Staff) -> None:
    Phone(program, "+77015550011").say("қаз", "маманға", "Сұрақ")
    staff.look(NARROW, "kk")
    with staff.without_scripts():
        staff.sign_in("operator", "/staff/inbox")
        staff.step("#queue tbody tr:last-child form button")
        staff.step("#text", "Жауап")
        staff.step("form.answering button.strong")
        assert "Жауап" in staff.one(".line.answer").text

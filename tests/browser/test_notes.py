"""What the assistant has left to the office, on the simulator's page in a real browser."""

from datetime import date, datetime

import msgspec
import pytest
from redis import Redis
from selenium.webdriver import Chrome

from dialogs.duties.duty import Setting
from gateway.clock import ALMATY
from gateway.embedded import Embedded
from gateway.matters.writing import Note
from gateway.store import tag
from tests.browser.conftest import Program
from tests.browser.page import Page
from tests.browser.sight import NARROW, WIDE

AT = datetime(2026, 11, 25, 10, 5, tzinfo=ALMATY)
NOTES = (
    Note(AT, "declined", "invitation:in-7", "0a1b", "Петренко Галина Ивановна", None, None),
    Note(
        AT.replace(minute=9),
        "disputed",
        "invitation:in-3",
        "4dd5",
        "Жүнісов Нұрлан Тілеубекұлы",
        "Ахметова Гүлнар",
        "41-26",
        date(2026, 12, 12),
        date(2026, 11, 30),
        Setting.SEMI_INPATIENT,
    ),
)
SAID = {
    "kk": (
        "Бұйрықтар екі түрлі",
        "Соңғы күні: 30 қараша, дүйсенбі. Қалаған күні: 12 желтоқсан, сенбі, одан 12 күн кейін.",
        "22.06.2023 № 230 бұйрық, ¶23(1): 10 күнге дейін",
        "29.06.2023 № 263 бұйрық, 2-қосымша ¶7: 14 күнге дейін",
        "(10 желтоқсан, бейсенбі)",
        "in-3 · Ахметова Гүлнар · № 41-26 іс · 25 қараша, 10:09",
    ),
    "ru": (
        "Приказы расходятся",
        "Последний день: понедельник, 30 ноября. Просит: суббота, 12 декабря, это через 12 дней после него.",
        "Приказ № 230 от 22.06.2023, ¶23(1): до 10 дней",
        "Приказ № 263 от 29.06.2023, приложение 2 ¶7: до 14 дней",
        "(четверг, 10 декабря)",
        "in-3 · Ахметова Гүлнар · дело № 41-26 · 25 ноября, 10:09",
    ),
}


def shown(page: Page) -> list[str]:
    return list(page.script("return [...document.querySelectorAll('[data-notes] li')].map((one) => one.textContent)"))


@pytest.mark.parametrize(("language", "size"), [("kk", NARROW), ("ru", WIDE)])
def test_the_office_reads_both_acts_that_disagree(
    program: Program, browser: Chrome, language: str, size: tuple[int, int]
) -> None:
    with Redis.from_url(Embedded(program.folder).url) as redis:
        redis.delete(*(f"{tag(shard)}:office" for shard in range(2)))
        page = Page(browser, program.url, size, lang=language, phone="+77000000114", user="demo")
        page.until(lambda: not page.script("return document.querySelector('#esobes').hidden"))
        assert not page.one("[data-office]").is_displayed()
        for shard, note in enumerate(NOTES):
            redis.xadd(f"{tag(shard)}:office", {"note": msgspec.json.encode(note)})
    page.browser.refresh()
    page.until(lambda: len(shown(page)) == 2)
    disputed, declined = shown(page)
    assert [part for part in SAID[language] if part not in disputed] == []
    assert "in-7 · 25 " in declined
    page.look("esobes")
    page.script("document.querySelector('[data-office]').scrollIntoView({block: 'center'})")
    page.picture(f"notes-{language}-{size[0]}")
    assert page.fits()
    assert page.complaints() == []

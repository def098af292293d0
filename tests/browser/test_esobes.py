"""Proactive services played in a real browser: E-Sobes asks, the person answers or does not, days go by."""

from dataclasses import dataclass

import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.keys import Keys

from tests.browser.conftest import Program
from tests.browser.office import Office, clock, friday, morning
from tests.browser.page import Page
from tests.browser.sight import NARROW, WIDE


@dataclass(frozen=True)
class Run:
    """Who agrees, who is silent about an offer, and who about a replacement; and what is read meanwhile."""

    size: tuple[int, int]
    people: tuple[str, str, str]
    names: tuple[str, str, str]
    days: tuple[str, str, str, str]
    """Working days after the Friday: over a weekend, and over a holiday."""
    decision: str
    sizes: tuple[str, str]
    letters: tuple[str, str, str, str, str]
    """Consent, decision, reminder, and silence of both kinds."""
    states: tuple[str, str, str, str, str]
    """Open, agreed to, approved, silence of both kinds."""
    relays: tuple[str, str, str]
    ended: str


RUNS = {
    "kk": Run(
        size=WIDE,
        people=("saule", "erbol", "nurlan"),
        names=("Әбдірахманова Сәуле", "Тоқтасынов Ербол", "Жүнісов Нұрлан"),
        days=("14 желтоқсан, дүйсенбі", "15 желтоқсан, сейсенбі", "17 желтоқсан, бейсенбі", "18 желтоқсан, жұма"),
        decision="21 желтоқсан, дүйсенбі",
        sizes=("96 см", "қарапайым"),
        letters=(
            *("Келісіміңіз қабылданды", "мақұлданды", "Бүгін – соңғы күн"),
            *("ұсыныс жойылды", "ауыстыру кезегіне"),
        ),
        states=("Жауап күтеді", "Тіркелді", "Мақұлданды", "Жауап болмады", "Кезекте"),
        relays=("Келісті", "Жауап болмады", "Ескертпе"),
        ended="Жауап: 18 желтоқсан, 00:00",
    ),
    "ru": Run(
        size=NARROW,
        people=("viktor", "zeynep", "galina"),
        names=("Ли Виктор", "Исмаилова Зәйнәп", "Петренко Галина"),
        days=("понедельник, 14 декабря", "вторник, 15 декабря", "четверг, 17 декабря", "пятница, 18 декабря"),
        decision="понедельник, 21 декабря",
        sizes=("96 см", "обычная"),
        letters=(
            *("Согласие принято", "Одобрено", "Сегодня последний день"),
            *("предложение отменено", "в очередь на замену"),
        ),
        states=("Ждёт ответа", "Зарегистрировано", "Одобрено", "Ответа не было", "В очереди"),
        relays=("Согласие", "Ответа не было", "Примечание"),
        ended="Ответ: 18 декабря, 00:00",
    ),
}


@pytest.mark.parametrize("language", RUNS)
def test_consent_and_both_silences_from_the_offer_to_the_end(
    program: Program, browser: Chrome, language: str
) -> None:
    run = RUNS[language]
    picture = f"esobes-{language}-{run.size[0]}"
    friday(program)
    page = Page(browser, program.url, run.size, lang=language, phone="+77000000100", user="demo")
    office = Office(page)
    page.look("esobes")
    page.picture(f"{picture}-people")
    assert page.fits()
    _agree(office, run, picture)
    _be_silent(office, run, picture)
    assert page.fits()
    assert page.complaints() == []


def _agree(office: Office, run: Run, picture: str) -> None:
    page = office.page
    waits, registered, approved, *_ = run.states
    consented, decided, *_ = run.letters
    office.choose(run.people[0])
    yes, _ = office.offer(diapers=True)
    assert run.days[2] in page.messages("sms")[-1]
    page.until(lambda: office.state() == waits)
    assert run.days[2] in office.facts()
    page.picture(f"{picture}-offer")
    page.look("sms")
    page.say("sms", yes)
    page.until(lambda: any(consented in text and run.decision in text for text in page.messages("sms")))
    page.until(lambda: office.state() == registered)
    told = office.relays()[0]
    assert all(part in told for part in (run.relays[0], run.names[0], f"«{yes}»"))
    for said in run.sizes:
        page.say("sms", said)
    page.until(lambda: run.relays[2] in office.relays()[0])
    page.picture(f"{picture}-consent")
    office.press("approve")
    page.until(lambda: office.state() == approved)
    page.until(lambda: decided in page.messages("sms")[-1])
    page.look("sms")
    page.picture(f"{picture}-decision")


def _be_silent(office: Office, run: Run, picture: str) -> None:
    page = office.page
    waits, _, _, silent, queued = run.states
    _, _, today, cancelled, put = run.letters
    for person, kind in zip(run.people[1:], ("proactive", "replacement"), strict=True):
        office.choose(person)
        office.offer(kind)
        page.until(lambda: office.state() == waits)
    for day in run.days[:3]:
        _work_a_day(page, day)
        assert office.state() == waits
    page.until(lambda: today in page.messages("sms")[-1])
    page.picture(f"{picture}-last-day")
    office.press("after_last_day")
    page.until(lambda: office.state() == queued)
    page.until(lambda: _today(page) == run.days[3])
    page.until(lambda: put in page.messages("sms")[-1])
    latest = office.relays()[:2]
    assert all(run.relays[1] in told and run.ended in told for told in latest)
    assert all(any(name in told for told in latest) for name in run.names[1:])
    page.look("esobes")
    page.picture(f"{picture}-silence")
    office.choose(run.people[1])
    page.until(lambda: office.state() == silent)
    page.until(lambda: cancelled in page.messages("sms")[-1])


def _work_a_day(page: Page, day: str) -> None:
    page.script("document.querySelector('#panel').open = true")
    page.one('[data-forward="working_day"]').click()
    page.until(lambda: _today(page) == day)


def _today(page: Page) -> str:
    return str(page.one('[data-clock="day"]').attribute("textContent"))


def test_a_refusal_can_be_taken_back_for_a_quarter_of_an_hour(program: Program, browser: Chrome) -> None:
    morning(program)
    page = Page(browser, program.url, WIDE, lang="ru", phone="+77000000101", user="demo")
    office = Office(page)
    before = len(office.relays())
    office.choose("timur")
    yes, no = office.offer("replacement", "special_transport_wheelchair")
    assert "15 минут" in page.say("sms", no)
    page.until(lambda: "Он может передумать" in office.facts())
    assert len(office.relays()) == before
    page.picture("esobes-ru-1280-refusing")
    assert "Теперь" in page.say("sms", yes) or "Согласие принято" in page.messages("sms")[-1]
    page.until(lambda: office.state() == "В очереди")
    assert "Согласие" in office.relays()[0]
    assert len(office.relays()) == before + 1

    office.choose("erbol")
    _, no = office.offer("proactive", "sanatorium_treatment")
    page.say("sms", no)
    page.one('[data-forward="quarter"]').click()
    page.until(lambda: office.state() == "Отказ")
    assert "Отказ" in office.relays()[0]
    assert "Тоқтасынов Ербол" in office.relays()[0]
    page.until(lambda: len(office.relays()) == before + 2)


def test_while_esobes_is_away_an_answer_waits_and_then_goes_with_its_own_time(
    program: Program, browser: Chrome
) -> None:
    morning(program)
    page = Page(browser, program.url, WIDE, lang="kk", phone="+77000000102", user="demo")
    office = Office(page)
    office.choose("batima")
    before = len(office.relays())
    page.one("[data-away]").click()
    page.until(lambda: page.one("[data-gone]").is_displayed())
    yes, _ = office.offer("proactive", "personal_assistant")
    at = clock(program)
    assert "Келісіміңіз қабылданды" in page.say("sms", yes)
    page.until(lambda: "E-Sobes-қа жетпеген жауап: 1" in office.waiting())
    assert "Нүсіпова Бәтима" in office.waiting()
    assert office.state() == "Жауап күтеді"
    page.until(lambda: "E-Sobes-қа әлі жеткен жоқ" in office.facts())
    page.picture("esobes-kk-1280-away")
    page.one('[data-forward="hour"]').click()
    page.until(lambda: "E-Sobes-қа жетпеген жауап: 1" in office.waiting())
    assert len(office.relays()) == before

    page.one("[data-away]").click()
    page.until(lambda: not page.one("[data-gone]").is_displayed())
    page.one('[data-forward="quarter"]').click()
    page.until(lambda: office.state() == "Тіркелді")
    page.until(lambda: office.waiting() == "")
    assert f"{at:%H}:" in office.relays()[0].split("Жетті")[0]


def test_what_no_phone_of_the_person_took_is_told_as_undelivered(program: Program, browser: Chrome) -> None:
    morning(program)
    page = Page(browser, program.url, WIDE, lang="ru", phone="+77000000103", user="demo")
    office = Office(page)
    office.choose("zeynep")
    page.one("[data-power]").click()
    page.until(lambda: page.one("[data-dark]").is_displayed())
    before = page.messages("sms")
    page.one("[data-offer] .strong").click()
    page.until(lambda: office.state() == "Ждёт ответа")
    page.picture("esobes-ru-1280-off")
    office.press("after_last_day")
    page.until(lambda: office.state() == "SMS не дошло")
    assert page.messages("sms") == before
    assert "SMS не дошло" in office.relays()[0]
    page.one("[data-turn-on]").click()
    page.until(lambda: not page.one("[data-dark]").is_displayed())
    assert page.say("sms", "здравствуйте")


def test_a_withdrawal_and_a_refusal_with_its_reason(program: Program, browser: Chrome) -> None:
    morning(program)
    page = Page(browser, program.url, WIDE, lang="ru", phone="+77000000104", user="demo")
    office = Office(page)
    office.choose("olga")
    office.offer("proactive", "technical_aids_tiflo")
    office.press("withdraw")
    page.until(lambda: office.state() == "Отозвано")
    page.until(lambda: "отозвал" in page.messages("sms")[-1])
    yes, _ = office.offer("proactive", "technical_aids_surdo")
    page.say("sms", yes)
    page.until(lambda: office.state() == "Зарегистрировано")
    office.press("refuse")
    reason = page.one("[data-case] [name=reason]")
    reason.clear()
    reason.type("Нет заключения врача", Keys.ENTER)
    page.until(lambda: office.state() == "Отказано")
    assert "Нет заключения врача" in office.facts()
    page.until(lambda: "Нет заключения врача" in page.messages("sms")[-1])


def test_every_other_event_has_its_button(program: Program, browser: Chrome) -> None:
    morning(program)
    page = Page(browser, program.url, WIDE, lang="ru", phone="+77000000105", user="demo")
    office = Office(page)
    office.choose("olga")
    page.one(".rare summary").click()
    for event in ("application.changed", "hearing.scheduled", "decision.made"):
        _tell(page, event)
    office.choose("aigul")  # there is nothing that an event could be about
    assert not page.one('[data-rare] [value="application.changed"]').is_enabled()
    assert not page.one("[data-rare] .quiet").is_enabled()
    assert page.complaints() == []


def _tell(page: Page, event: str) -> None:
    page.script("document.querySelector('[data-notice]').textContent = ''")
    page.until(lambda: page.all(f'[data-rare] [value="{event}"]:enabled'))
    page.one("[data-rare] [name=type]").select(event)
    if event == "hearing.scheduled":
        page.picture("esobes-ru-1280-rare")
    page.one("[data-rare] .quiet").click()
    page.until(lambda: page.one("[data-notice]").text)
    assert page.one("[data-notice]").text == "Помощник получил сообщение.", event


def test_the_keyboard_alone_plays_esobes(program: Program, browser: Chrome) -> None:
    morning(program)
    page = Page(browser, program.url, WIDE, lang="kk", phone="+77000000106", user="demo")
    office = Office(page)
    page.tab_to('[data-key="person-alan"]')
    page.press(Keys.ENTER)
    page.until(lambda: page.focused() == "Сериқбаев Алан Асқарұлы")
    page.tab_to("[name=kind]")
    page.press(Keys.ARROW_RIGHT)
    page.picture("esobes-kk-1280-keyboard")
    page.tab_to("[data-offer] .strong")
    before = len(page.messages("sms"))
    page.press(Keys.ENTER)
    page.until(lambda: len(page.messages("sms")) > before)
    page.until(lambda: office.state() == "Жауап күтеді")
    page.tab_back(12)
    page.tab_to('[data-key^="withdraw"]')
    page.press(Keys.SPACE)
    page.until(lambda: office.state() == "Қайтарып алынды")
    page.until(lambda: page.focused() == "Сериқбаев Алан Асқарұлы")
    page.tab_back(2)
    assert page.script("return document.activeElement.matches('[data-away]')")
    assert page.shows_focus()

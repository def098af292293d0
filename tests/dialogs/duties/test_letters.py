"""What people read about invitations, choices and orders: every letter in both languages, short enough, with the day
in it, and true of whoever reads it."""

import os
import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from dialogs import workdays
from dialogs.days import with_weekday
from dialogs.dialogue import Dialogue
from dialogs.duties import rules
from dialogs.duties.asking import Act
from dialogs.duties.clipping import clipped, short_address, short_name
from dialogs.duties.duty import (
    AnyDuty,
    Choice,
    Invitation,
    Order,
    Place,
    Postponement,
    Reason,
    Setting,
    name,
)
from dialogs.duties.letters import Letters
from dialogs.duties.steps import LETTERS
from dialogs.language import Language
from dialogs.matters.matter import Person, Telling
from dialogs.matters.voice import key
from dialogs.messages import Button, Message, Surface
from dialogs.sms_length import measure, units
from dialogs.words import spoken
from gateway.clock import ALMATY

REWRITE = bool(os.environ.get("REWRITE"))
WRITTEN = Path(__file__).parents[2] / "transcripts" / "duties" / "letters.txt"
LAW = rules.load(workdays.load(), reminder_at=time(10), quiet=(time(21), time(9)))
NOW = datetime(2026, 11, 23, 10, tzinfo=ALMATY)
FIRST_PART = 67
CAPTION, CHAT = 1024, 4096
"""UTF-16 units: of words beside a file in Telegram, and of words alone."""

AIGUL = Person("680412400123", "Нұрғалиева Айгүл Серікқызы", date(1968, 4, 12), Language.KK)
GULBARSHYN = Person("680412400124", "НҰРҒАЛИЕВА ГҮЛБАРШЫНХАНЫМ СЕРІКҚЫЗЫ", date(1968, 4, 12), Language.KK)
ALAN = Person("160412500125", "Серік Алан Ерланұлы", date(2016, 4, 12), Language.KK)
YOUNG = Person("160412500126", "Серікова Гүлбаршынханым Ерланқызы", date(2016, 4, 12), Language.KK)
PEOPLE = (AIGUL, GULBARSHYN, ALAN, YOUNG)

UMIT = Place("«Үміт» орталығы", "Жаркент, Абай көшесі, 1", "8 (728) 312-34-56")
USUAL = Place(
    "Жаркент қаласындағы «Мейірім» арнаулы әлеуметтік қызметтер көрсету орталығы",
    "Алматы облысы, Панфилов ауданы, Жаркент, Жібек жолы, 118",
    "+7 728 312 34 56",
)
LONG = Place(
    ("Мүгедектігі бар балаларға арналған «Психоневрологиялық аурулар " * 4)[:200], "Жаркент " * 25, "8 728 " * 33
)
UNBROKEN = Place("Ш" * 200, "Щ" * 200, "7" * 200)
PLACES = (UMIT, USUAL, LONG, UNBROKEN, None)
SANATORIUM = Place("«Жаркент-Арасан» санаторийі", "Алматы облысы, Панфилов ауданы", "8 (728) 312-00-01")
SUPPLIER = Place("«Тірек» ЖШС", "Алматы, Төле би көшесі, 59", "8 (727) 300-10-20")

INPATIENT, SEMI, HOME, TEMPORARY = Setting
SETTINGS = (*Setting, None)
WHEELCHAIR, BED, ASSISTANT = "special_transport_wheelchair", "sanatorium_treatment", "personal_assistant"
SERVICES = (*sorted(path.stem for path in Path("dialogs/catalogue/services").glob("*.toml")), "new_service")
DAYS = (date(2026, 11, 30), date(2027, 9, 22), date(2027, 9, 20), date(2028, 2, 29), date(2026, 12, 31))
OF_CHOICES = ("choose", "choose_late", "month_over", "choose_soon", "blocked", "chosen", "choice_cancelled")
BY_MONTHS = ("month_over", "blocked")
OF_ORDERS = ("accepted", "refused", "cancel_soon", "arrive_soon")
OF_INVITATIONS = tuple(sorted(LETTERS - {*OF_CHOICES, *OF_ORDERS}))
STATES = {
    "invited": "invited",
    "invited_late": "lapsed",
    "soon": "invited",
    "eve": "invited",
    "moved": "postponed",
    "passed_on": "over",
    "cancelled": "over",
    "sign": "unsigned",
    "sign_late": "lapsed",
    "sign_soon": "unsigned",
    "sign_eve": "unsigned",
    "sign_last": "unsigned",
    "unsigned": "invited",
    "unsigned_lapsed": "lapsed",
    "conflict": "invited",
    "not_taken": "invited",
}
REASONS = {WHEELCHAIR: "қоймада тауар жоқ", BED: "бөлмеде орын жоқ"}
LATE = {"invited_late", "sign_late", "unsigned_lapsed"}
DATED = set(OF_INVITATIONS) - {"passed_on", "cancelled"}
HIDDEN = re.compile(r"баспана|дағдарыс|приют|кризис|жильё|үміт|уақытша|времен|жаркент|312", re.IGNORECASE)
RELATIVE = re.compile(r"\b(бүгін|ертең|кеше|сегодня|завтра|вчера)\b", re.IGNORECASE)


@pytest.fixture(scope="module")
def letters(dialogue: Dialogue) -> Letters:
    return Letters(dialogue.guide.words, LAW)


def wish(arrive_by: date, sign_by: date | None = None, url: str = "") -> Postponement:
    until = arrive_by + timedelta(10)
    return Postponement(until, Reason.ILLNESS, NOW, "sms", "+77011234567", "sms:+77011234567", sign_by, url)


def invitation(telling: str, setting: Setting | None = INPATIENT, **more: Any) -> Invitation:
    arrive_by = more.pop("arrive_by", NOW.date() - timedelta(3) if telling in LATE else DAYS[0])
    wanted = wish(arrive_by, arrive_by) if "sign" in telling or telling in ("conflict", "not_taken") else None
    given: dict[str, Any] = {"person": AIGUL, "place": UMIT, "state": STATES[telling], "wanted": wanted}
    given["used"] = wanted is not None or telling == "moved"
    return Invitation(
        id="I1", phones=("+77011234567",), sent=NOW, setting=setting, arrive_by=arrive_by, **given | more
    )


def choice(telling: str, service: str = WHEELCHAIR, **more: Any) -> Choice:
    opened_on = NOW.date() - timedelta(1)
    given: dict[str, Any] = {"person": AIGUL, "last": LAW.last_to_choose(service, opened_on)}
    state = {"blocked": "blocked", "chosen": "over", "choice_cancelled": "over"}.get(telling, "open")
    return Choice(
        id="C1",
        phones=("+77011234567",),
        sent=NOW,
        service=service,
        opened_on=opened_on,
        state=state,
        **given | more,
    )


def order(telling: str, service: str = BED, **more: Any) -> Order:
    refused = telling == "refused"
    bed = service == BED and not refused
    given: dict[str, Any] = {
        "person": AIGUL,
        "place": SANATORIUM if service == BED else SUPPLIER,
        "state": "refused" if refused else "accepted",
        "reason": REASONS.get(service, "қызметкер жетпейді") if refused else "",
        "arrive_on": date(2026, 12, 15) if bed or "soon" in telling else None,
        "leave_on": date(2026, 12, 29) if bed else None,
        "round": 1,
    }
    given |= more
    given.setdefault("cancel_by", LAW.last_to_cancel(service, given["arrive_on"]))
    return Order(id="O1", phones=("+77011234567",), sent=NOW, service=service, **given)


def every() -> Iterator[tuple[str, AnyDuty]]:
    """All that can be told, of everybody, with short and with endless names."""
    for person, place in product(PEOPLE, PLACES):
        for telling, setting in product(OF_INVITATIONS, SETTINGS):
            days = [NOW.date() - timedelta(3)] if telling in LATE else DAYS
            for day in days:
                yield telling, invitation(telling, setting, person=person, place=place, arrive_by=day)
        for telling, service in product(OF_ORDERS, SERVICES):
            one = order(telling, service, person=person, place=place)
            if telling == "cancel_soon" and one.cancel_by is None:
                continue
            yield telling, one
    for person, telling, service in product(PEOPLE, OF_CHOICES, SERVICES):
        if telling not in BY_MONTHS or service in LAW.law.months.services:
            yield telling, choice(telling, service, person=person)
    for person, day in product(PEOPLE, DAYS):
        for telling, said in product(("soon", "eve"), ("come", "")):
            for state in ("invited", "postponing", "unsigned", "postponed"):
                more: dict[str, Any] = {
                    "person": person,
                    "arrive_by": day,
                    "said": said,
                    "state": state,
                    "wanted": wish(day, day),
                }
                yield telling, invitation(telling, used=True, place=USUAL, **more)
        yield "choose", choice("choose", WHEELCHAIR, person=person, last=day)
        yield "cancel_soon", order("cancel_soon", person=person, cancel_by=day, arrive_on=day + timedelta(3))
        yield "accepted", order("accepted", person=person, cancel_by=day, arrive_on=day + timedelta(3))
        yield "accepted", order("accepted", person=person, arrive_on=None, leave_on=None, place=LONG)
    for person, reason, again in product(PEOPLE, ("", "жоқ", "Очень длинные слова поставщика. " * 60), (1, 2)):
        for service in SERVICES:
            yield "refused", order("refused", service, person=person, reason=reason, round=again)


def told(
    letters: Letters,
    telling: str,
    duty: AnyDuty,
    language: Language = Language.KK,
    surface: Surface = Surface.SMS,
    *,
    named: bool = False,
) -> Message:
    return letters.about(Telling(telling), duty, language, surface, now=NOW, named=named)


@pytest.mark.parametrize("named", [False, True])
@pytest.mark.parametrize("language", Language)
def test_no_sms_is_longer_than_two_parts(letters: Letters, language: Language, *, named: bool) -> None:
    for telling, duty in every():
        text = told(letters, telling, duty, language, named=named).text
        assert measure(text).parts <= 2, text
        assert not re.search(r"[{}]|\bduty\.|\bNone\b|\.\.|  |«»| \.", text), text
        assert not RELATIVE.search(text), text


@pytest.mark.parametrize("language", Language)
def test_a_chat_has_room_for_all_and_a_caption_for_what_has_to_be_signed(
    letters: Letters, language: Language
) -> None:
    for telling, duty in every():
        text = told(letters, telling, duty, language, Surface.CHAT, named=True).text
        assert units(text) <= (CAPTION if telling == "sign" else CHAT), text
        assert not re.search(r"[{}]|\bduty\.|\bNone\b|\.\.|  |«»|\n\n\n| \.", text), text
        assert not RELATIVE.search(text), text


@pytest.mark.parametrize("surface", Surface)
@pytest.mark.parametrize("language", Language)
def test_the_last_day_is_named_with_its_weekday(letters: Letters, language: Language, surface: Surface) -> None:
    for telling, setting, day, place in product(sorted(DATED - LATE), (INPATIENT, SEMI, HOME), DAYS, (UMIT, LONG)):
        text = told(
            letters, telling, invitation(telling, setting, arrive_by=day, place=place), language, surface
        ).text
        assert weekday(day, language) in text or f"{spoken(day, language):till}" in text, text
    for service in (WHEELCHAIR, BED, ASSISTANT, "special_social_services_inpatient"):
        one = choice("choose", service)
        assert one.last is not None
        text = told(letters, "choose", one, language, surface).text
        assert f"{spoken(one.last, language):till}" in text


def weekday(day: date, language: Language) -> str:
    return with_weekday(day, language)


@pytest.mark.parametrize("named", [False, True])
@pytest.mark.parametrize("language", Language)
def test_the_day_and_the_numbers_come_in_the_first_part_of_an_sms(
    letters: Letters, language: Language, *, named: bool
) -> None:
    for person, place, day in product(PEOPLE, PLACES, DAYS):
        for telling in sorted(DATED - LATE):
            one = invitation(telling, person=person, place=place, arrive_by=day)
            first = told(letters, telling, one, language, named=named).text[:FIRST_PART]
            number = f"{spoken(day, language):date}"
            assert number in first, first
            if telling in ("invited", "soon", "eve") and place:
                assert re.search(r"– 1\b.*– 2\b", first), first
    for telling, service, person in product(("choose", "month_over", "choose_soon"), SERVICES, PEOPLE):
        choosing = choice(telling, service, person=person)
        if choosing.last is not None:
            text = told(letters, telling, choosing, language, named=named).text
            assert f"{spoken(choosing.last, language):date}" in text[:FIRST_PART], text
    for telling, person in product(("accepted", "cancel_soon", "arrive_soon"), PEOPLE):
        bed = order(telling, person=person)
        first_day = bed.cancel_by if telling == "cancel_soon" else bed.arrive_on
        assert first_day is not None
        text = told(letters, telling, bed, language, named=named).text
        assert f"{spoken(first_day, language):date}" in text[:FIRST_PART], text


def test_numbers_are_offered_only_while_they_answer_this_letter(letters: Letters) -> None:
    for state in ("postponing", "unsigned"):
        for said in ("", "come"):
            text = told(letters, "eve", invitation("eve", state=state, said=said, wanted=wish(DAYS[0]))).text
            assert "– 2" not in text
    assert "– 2" not in told(letters, "invited", invitation("invited", place=None)).text


@pytest.mark.parametrize("surface", Surface)
@pytest.mark.parametrize("language", Language)
def test_a_place_of_shelter_is_named_nowhere(letters: Letters, language: Language, surface: Surface) -> None:
    for telling, person in product(OF_INVITATIONS, PEOPLE):
        text = told(letters, telling, invitation(telling, TEMPORARY, person=person), language, surface).text
        assert not HIDDEN.search(text), text
        assert "1414" in text
    for telling in OF_CHOICES:
        text = told(letters, telling, choice(telling, "special_social_services_temporary"), language, surface).text
        assert not HIDDEN.search(text), text
    for telling in ("accepted", "refused", "arrive_soon"):
        one = order(telling, "special_social_services_temporary", place=UMIT)
        assert not HIDDEN.search(told(letters, telling, one, language, surface).text)


@pytest.mark.parametrize("surface", Surface)
def test_a_name_is_said_where_the_reader_has_to_know_it(letters: Letters, surface: Surface) -> None:
    for language in Language:
        for telling in OF_INVITATIONS:
            for setting in (INPATIENT, HOME, None):
                one = invitation(telling, setting)
                assert "Айгүл" not in told(letters, telling, one, language, surface).text
                assert "Айгүл" in told(letters, telling, one, language, surface, named=True).text
                young = invitation(telling, setting, person=ALAN)
                assert "Алан" in told(letters, telling, young, language, surface).text
        for telling in OF_CHOICES:
            assert "Алан" in told(letters, telling, choice(telling, person=ALAN), language, surface).text
        for telling in OF_ORDERS:
            assert "Алан" in told(letters, telling, order(telling, person=ALAN), language, surface).text


@pytest.mark.parametrize("surface", Surface)
def test_for_a_child_the_representative_signs(letters: Letters, surface: Surface) -> None:
    for telling in ("sign", "sign_soon", "sign_eve", "sign_last"):
        for person in (ALAN, YOUNG):
            one = invitation(telling, SEMI, person=person, place=LONG)
            assert "өкіл" in told(letters, telling, one, Language.KK, surface).text
            assert "представител" in told(letters, telling, one, Language.RU, surface).text


@pytest.mark.parametrize("language", Language)
def test_what_has_to_be_signed_says_that_the_old_day_counts_till_then(letters: Letters, language: Language) -> None:
    link = "https://aleumet.egov.kz/notices/118"
    wanted = wish(DAYS[0], date(2026, 11, 27), link)
    for telling in ("sign", "sign_soon", "sign_eve", "sign_last"):
        one = invitation(telling, wanted=wanted)
        sms = told(letters, telling, one, language).text
        chat = told(letters, telling, one, language, Surface.CHAT).text
        assert f"{spoken(date(2026, 11, 27), language):date}" in sms
        assert "aleumet.egov.kz" in sms
        assert link in chat
        assert f"{spoken(DAYS[0], language):till}" in chat
        assert f"{spoken(wanted.until, language):date}" in chat


def test_a_file_is_spoken_of_only_where_there_is_one(letters: Letters) -> None:
    def says(telling: str, surface: Surface = Surface.CHAT, **more: Any) -> bool:
        return "файл" in told(letters, telling, invitation(telling, **more), surface=surface).text

    assert says("sign")
    assert not says("sign", Surface.SMS)
    assert not says("sign", place=None)
    assert not says("sign_soon")


def test_what_came_too_late_for_the_old_day_does_not_send_anybody_there(letters: Letters) -> None:
    for telling in ("conflict", "not_taken", "moved"):
        one = invitation(telling, arrive_by=NOW.date() - timedelta(1))
        for surface in Surface:
            text = told(letters, telling, one, Language.RU, surface).text
            assert "прошёл" in text
            assert "1414" in text
            assert "иезжайте" not in text


def test_what_to_take_along_is_listed_in_a_chat(letters: Letters) -> None:
    chat = told(letters, "invited", invitation("invited"), surface=Surface.CHAT).text
    assert "• Жеке басты растайтын құжат\n" in chat
    assert "•" not in told(letters, "invited", invitation("invited", HOME), surface=Surface.CHAT).text
    bed = told(letters, "arrive_soon", order("arrive_soon", person=ALAN), surface=Surface.CHAT).text
    assert "• Алып жүруші" in bed
    assert "• 069/е санаторий картасы" in bed


def test_only_where_it_can_be_postponed_does_the_chat_speak_of_it(letters: Letters) -> None:
    def chat(setting: Setting | None, **more: Any) -> str:
        return told(letters, "invited", invitation("invited", setting, **more), Language.RU, Surface.CHAT).text

    assert "30 дней" in chat(INPATIENT)
    assert "10 дней" in chat(SEMI)
    assert "перенести" not in chat(HOME)
    assert "перенести" not in chat(None)
    assert "больше нельзя" in chat(INPATIENT, used=True)


def test_the_buttons_answer_an_invitation_and_lead_to_all_days_elsewhere(letters: Letters) -> None:
    for telling in ("invited", "soon", "eve", "moved"):
        for setting in SETTINGS:
            one = invitation(telling, setting)
            ids = [button.id for button in told(letters, telling, one, surface=Surface.CHAT).buttons]
            more = ["deadlines"] * (setting is TEMPORARY)
            assert ids == [*(f"{answer}:{key(name(one))}" for answer in ("come", "cannot", "decline")), *more]
    assert told(letters, "choose", choice("choose"), Language.RU, Surface.CHAT).buttons == (
        Button("deadlines", "Мои сроки"),
    )
    assert told(letters, "invited", invitation("invited")).buttons == ()


def test_a_bed_that_cannot_be_given_up_any_more_is_not_said_to_be(letters: Letters) -> None:
    late = order("accepted", arrive_on=NOW.date() + timedelta(1), leave_on=None, cancel_by=NOW.date() - timedelta(3))
    for surface in Surface:
        assert "откажитесь" not in told(letters, "accepted", late, Language.RU, surface).text
        assert "откажитесь" in told(letters, "accepted", order("accepted"), Language.RU, surface).text


def test_somebody_elses_words_are_cut_between_words_and_their_quotation_is_closed() -> None:
    assert clipped("«Үміт» орталығы", 40) == "«Үміт» орталығы"
    assert clipped("Орталық «Жақсы адамдар үйі»", 20) == "Орталық «Жақсы…»"
    assert short_name(USUAL.name, 40) == "«Мейірім»"
    assert short_name("Шартты атауы жоқ ұзын ұйым", 20) == "Шартты атауы жоқ…"
    assert short_address(USUAL.address, 40) == "Жаркент, Жібек жолы, 118"
    assert short_address("Ш" * 50, 40) == f"{'Ш' * 40}…"


def test_the_journal_has_words_for_every_letter_and_every_answer(dialogue: Dialogue) -> None:
    words = dialogue.guide.words
    for nature in (*(f"duty.{telling}" for telling in LETTERS), *(f"answer.{act}" for act in (*Act, "disputed"))):
        assert words.has(f"journal.nature.{nature}"), nature


# To be read


def test_all_letters_read_as_written(letters: Letters) -> None:
    now = "\n".join(_sheet(letters))
    if REWRITE:
        WRITTEN.write_text(now, "utf-8")
    assert now == WRITTEN.read_text("utf-8")


def _sheet(letters: Letters) -> Iterator[str]:
    for title, telling, duty, named in _all():
        yield f"== {title}"
        for language, surface in product(Language, reversed(Surface)):
            message = told(letters, telling, duty, language, surface, named=named)
            parts = f" {measure(message.text).parts}" if surface is Surface.SMS else ""
            yield f"-- {language} {surface}{parts}"
            yield message.text
            if message.buttons:
                yield " ".join(f"[{button.label}]" for button in message.buttons)
        yield ""


def _all() -> Iterator[tuple[str, str, AnyDuty, bool]]:
    for telling in sorted(OF_INVITATIONS, key=list(STATES).index):
        yield telling, telling, invitation(telling), False
        yield (
            f"{telling} · for a child, a usual name",
            telling,
            invitation(telling, SEMI, person=ALAN, place=USUAL),
            False,
        )
    yield "invited · named, an endless name", "invited", invitation("invited", person=GULBARSHYN, place=LONG), True
    for telling in ("invited", "soon", "moved", "cancelled"):
        yield f"{telling} · at home", telling, invitation(telling, HOME), False
    yield "invited · at home, named", "invited", invitation("invited", HOME, place=USUAL), True
    for telling in ("invited", "passed_on"):
        yield f"{telling} · shelter", telling, invitation(telling, TEMPORARY), False
    yield "invited · shelter, named", "invited", invitation("invited", TEMPORARY), True
    yield "eve · who has said to come", "eve", invitation("eve", said="come"), False
    for state in ("postponing", "unsigned"):
        waits = invitation("eve", state=state, said="come" * (state == "unsigned"), used=True, wanted=wish(DAYS[0]))
        yield f"eve · {state}", "eve", waits, False
    yield "eve · postponed", "eve", invitation("eve", state="postponed", used=True), False
    yield (
        "sign · by an earlier day, with a link",
        "sign",
        invitation("sign", wanted=wish(DAYS[0], date(2026, 11, 27), "https://aleumet.egov.kz/notices/118")),
        False,
    )
    for telling in ("conflict", "not_taken"):
        yield f"{telling} · too late", telling, invitation(telling, arrive_by=NOW.date() - timedelta(1)), False
    for telling in sorted({*OF_CHOICES} - {"choose_soon", "choose_late"}, key=OF_CHOICES.index):
        yield telling, telling, choice(telling), False
        yield f"{telling} · for a child, sanatorium", telling, choice(telling, BED, person=ALAN), False
    for telling, setting in product(("choose", "choose_soon", "choose_late", "chosen"), (INPATIENT, SEMI, HOME)):
        yield f"{telling} · {setting}", telling, choice(telling, f"special_social_services_{setting}"), False
    yield "choose · sign language", "choose", choice("choose", "sign_language_specialist"), False
    yield "chosen · sign language", "chosen", choice("chosen", "sign_language_specialist"), False
    yield "choose · no day is known", "choose", choice("choose", "local_social_aid"), False
    for telling in OF_ORDERS:
        yield f"{telling} · sanatorium", telling, order(telling), False
        yield f"{telling} · sanatorium, for a child", telling, order(telling, person=ALAN), False
    for telling in ("accepted", "refused", "arrive_soon"):
        yield f"{telling} · wheelchair", telling, order(telling, WHEELCHAIR), False
        yield f"{telling} · assistant", telling, order(telling, ASSISTANT, place=USUAL), False
    yield "accepted · sanatorium, no day", "accepted", order("accepted", arrive_on=None, leave_on=None), False
    yield (
        "accepted · sanatorium, too late to give up",
        "accepted",
        order("accepted", cancel_by=NOW.date() - timedelta(1)),
        False,
    )
    yield (
        "refused · sanatorium, after it was accepted",
        "refused",
        order("refused", round=2, reason="форс-мажор"),
        False,
    )
    yield "refused · wheelchair, after it was accepted", "refused", order("refused", WHEELCHAIR, round=2), False
    long = "Товар временно отсутствует на складе, следующая поставка ожидается после Нового года. " * 3
    yield "refused · a long reason", "refused", order("refused", WHEELCHAIR, reason=long), False
    yield "refused · no reason", "refused", order("refused", WHEELCHAIR, reason=""), False

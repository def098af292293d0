"""The files: what stands in their cells, for whom, and that no cell computes anything."""

import csv
import io
import re
from datetime import date, datetime, time, timedelta

import openpyxl
import pytest
from msgspec.structs import replace
from openpyxl.cell import Cell
from openpyxl.worksheet.worksheet import Worksheet

from dialogs import words
from dialogs.language import Language
from dialogs.words import Words
from gateway.connection import Batched
from gateway.journal.export import Format, export
from gateway.journal.form import Asked
from gateway.journal.journal import Entry, JournalError, NothingError, Period
from gateway.letters import Letters, Status
from gateway.staff.roles import Role
from tests.conftest import LOCALES
from tests.gateway.lines import AIGUL, CONSENT, HEADINGS, NOON, write

NOVEMBER = Period(date(2026, 11, 1), date(2026, 11, 30))
ALL = Asked(NOVEMBER, role=Role.AUDITOR)
FIRST = 7
"""Row of the first line."""

HOSTILE = [
    "=cmd|' /C calc'!A0",
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(A1)",
    "\t=1+1",
    "\r\n=1+1",
    " =1+1",
    "\u200b",
    "＝1+1",
    "#N/A",
    "a;b",
    'a"b',
    "a\nb",
    "a\x00\x1b\ufffe\x85b",
    "Әңғүұқөһі Ёё",
    "12345678901234567890",
    "2026-11-16",
    "TRUE",
    "",
]


@pytest.fixture(scope="module", name="texts")
def _texts() -> Words:
    return words.load(LOCALES)


async def sheet(redis: Batched, texts: Words, asked: Asked = ALL) -> Worksheet:
    file = io.BytesIO()
    await export(file, Format.XLSX, asked, redis, texts)
    found = openpyxl.load_workbook(file).active
    assert isinstance(found, Worksheet)
    return found


async def table(redis: Batched, texts: Words, asked: Asked = ALL) -> list[list[str]]:
    file = io.BytesIO()
    await export(file, Format.CSV, asked, redis, texts)
    text = file.getvalue().decode()
    assert text[0] == "\ufeff"
    return list(csv.reader(io.StringIO(text[1:], newline=""), delimiter=";"))


def row(page: Worksheet, number: int) -> list[object]:
    return [cell.value for cell in page[number]]


async def test_the_sheet_is_the_form(batched: Batched, texts: Words) -> None:
    await write(batched, AIGUL, CONSENT)
    page = await sheet(batched, texts)
    assert page["A1"].value == "Смс-хабарламалар журналы"
    assert page["C2"].value == "Барлық қызмет"
    assert page["C3"].value == "(қызмет атауы)"
    assert row(page, 5) == list(HEADINGS[Language.KK])
    assert row(page, 6) == list(range(1, 11))
    assert row(page, FIRST) == [
        1,
        "680412400123",
        "Нұрғалиева Айгүл Серікқызы",
        datetime(1968, 4, 12),
        "2026/118",
        "Гигиеналық құралдар",
        "Келісім сұрау",
        datetime(2026, 11, 16),
        "+77011234567",
        "Оспанов Ерлан",
    ]
    assert row(page, FIRST + 1)[6] == "Келісім / 472"
    assert page.max_row == FIRST + 1
    assert [cell.number_format for cell in page[FIRST]] == ["0", "@", "@", "dd.mm.yyyy", *"@@@", "dd.mm.yyyy", *"@@"]
    assert {cell.border.left.style for cell in page[FIRST]} == {"thin"}


async def test_the_sheet_is_made_to_be_printed(batched: Batched, texts: Words) -> None:
    await write(batched, AIGUL)
    page = await sheet(batched, texts)
    assert (page.page_setup.orientation, page.page_setup.paperSize, page.page_setup.fitToHeight) == (
        "landscape",
        9,
        0,
    )
    assert page.print_title_rows == "$5:$6"
    assert page.freeze_panes == "A7"
    assert page.title == "01.11.2026–30.11.2026"


async def test_in_russian_the_columns_keep_their_order(batched: Batched, texts: Words) -> None:
    await write(batched, CONSENT)
    page = await sheet(batched, texts, replace(ALL, language=Language.RU, service="technical_aids_hygiene"))
    assert page["A1"].value == "Журнал смс-сообщений"
    assert str(page["C2"].value).endswith("обязательные гигиенические средства")
    assert row(page, 5)[6:8] == ["Характер уведомления / код ответа", "Дата передачи смс"]
    assert row(page, FIRST)[5:7] == ["Средства гигиены", "Согласие / 472"]


NATURES = [
    "question",
    "reminder",
    "consented",
    "consented_elsewhere",
    "consented_again",
    "consented_no_way_back",
    "refusing",
    "refused",
    "refused_again",
    "turning",
    "turned",
    "conflict",
    "cancelled",
    "queued",
    "unreached_offer",
    "unreached_replacement",
    "late_cancelled",
    "late_queued",
    "late_withdrawn",
    "late_over",
    "withdrawn",
    "size.waist",
    "size.unclear.absorbency",
    "size.taken",
    "stranger",
    "not_mine",
    "again",
    "explained",
    "office",
    "died",
    "decision",
    "hearing",
    "change",
    "answer.consent",
    "answer.refusal",
    "answer.unclear",
    "answer.question",
    "answer.not_mine",
    "answer.died",
    "answer.late",
    "answer.size",
]


async def test_every_kind_of_letter_and_answer_has_its_words(batched: Batched, texts: Words) -> None:
    await write(batched, *(replace(AIGUL, nature=nature) for nature in NATURES))
    for language in Language:
        natures = [line[6] for line in await table(batched, texts, replace(ALL, language=language))][1:]
        assert len(natures) == len(NATURES)
        assert not any(letter.isascii() and letter.isalpha() for nature in natures for letter in nature)


async def test_letters_about_duties_have_words_of_their_own(batched: Batched, texts: Words) -> None:
    written = [
        replace(AIGUL, nature="refused", letter=letter) for letter in ("offer:1:refused:1:0", "duty:1:refused:1:0")
    ]
    await write(batched, *written)
    assert [line[6] for line in await table(batched, texts, ALL)][1:] == [
        "Бас тарту қабылданды",
        "Тапсырыс қабылданбады",
    ]


async def test_what_is_known_no_more_keeps_its_bare_name(batched: Batched, texts: Words) -> None:
    await write(batched, replace(AIGUL, nature="fax", service="tea", channel="pigeon"))
    line = (await table(batched, texts, replace(ALL, extended=True)))[1]
    assert (line[5], line[6], line[10]) == ("tea", "fax", "pigeon")


@pytest.mark.parametrize("role", Role)
async def test_only_an_auditor_sees_who_it_is(batched: Batched, texts: Words, role: Role) -> None:
    await write(batched, AIGUL)
    asked = replace(ALL, role=role, extended=True)
    shown = row(await sheet(batched, texts, asked), FIRST)
    if role is Role.AUDITOR:
        assert shown[1:4] == ["680412400123", "Нұрғалиева Айгүл Серікқызы", datetime(1968, 4, 12)]
        assert shown[8] == "+77011234567"
        return
    assert shown[1:4] == ["••••••••0123", "Н. А. С.", "1968"]
    assert shown[8] == "••••••••4567"
    whole = str(shown) + str(await table(batched, texts, asked))
    for personal in ("680412", "Нұрғалиева", "Айгүл", "1968-04", "7701123"):
        assert personal not in whole


async def test_nobody_asked_means_nobody_may(batched: Batched, texts: Words) -> None:
    await write(batched, AIGUL)
    assert row(await sheet(batched, texts, Asked(NOVEMBER)), FIRST)[1] == "••••••••0123"


async def test_the_extended_journal_tells_what_became_of_each_letter(batched: Batched, texts: Words) -> None:
    to_chat = replace(AIGUL, at=NOON + timedelta(seconds=1), channel="telegram", letter="chat-letter", parts=0)
    await write(batched, AIGUL, to_chat, CONSENT)
    at = NOON.timestamp() + 5
    await Letters(batched).mark(AIGUL.letter, Status.DELIVERED, at=at, carriage="8b1c-44f0 kannel 2505", proof=True)
    page = await sheet(batched, texts, replace(ALL, extended=True))
    assert row(page, 5)[10:] == [
        "Арна",
        "Бағыты",
        "Уақыты",
        "Жеткізілуі",
        "Жеткізілуі белгілі болған уақыт",
        "Бөлік саны",
        "Провайдер",
        "Бағасы, теңге",
        "Провайдердегі нөмірі",
        "Біздегі нөмірі",
    ]
    moment = datetime(2026, 11, 16, 12, 0, 5)
    sms, chat, answer = (row(page, FIRST + number)[10:] for number in range(3))
    assert sms == ["SMS", "Жіберілді", time(12), "Жетті", moment, 2, "kannel", 25.05, "8b1c-44f0", AIGUL.letter]
    waits = "Жіберілуін күтіп тұр"
    assert chat == ["Telegram", "Жіберілді", time(12, 0, 1), waits, None, None, None, None, None, "chat-letter"]
    assert answer == ["SMS", "Жауап", time(14), *[None] * 7]


async def test_the_fate_of_more_letters_than_are_asked_about_at_once_is_each_letters_own(
    batched: Batched, texts: Words
) -> None:
    lines = [replace(AIGUL, at=NOON + timedelta(seconds=number), letter=f"L{number}") for number in range(1100)]
    lines[3::7] = [replace(line, letter="", direction=CONSENT.direction) for line in lines[3::7]]
    await write(batched, *lines)
    for number in range(0, 1100, 5):
        await Letters(batched).mark(f"L{number}", Status.FAILED, carriage=f"P{number}")
    told = await table(batched, texts, replace(ALL, extended=True))
    for number, (line, cells) in enumerate(zip(lines, told[1:], strict=True)):
        known = bool(line.letter) and number % 5 == 0
        assert cells[18:] == [f"P{number}" if known else "", line.letter]


@pytest.mark.parametrize("hostile", HOSTILE)
async def test_no_cell_of_a_sheet_is_anything_but_what_was_written(
    batched: Batched, texts: Words, hostile: str
) -> None:
    await write(batched, hostile_line(hostile))
    page = await sheet(batched, texts, replace(ALL, extended=True))
    shown = " ".join(re.sub(r"[\x00\x1b\x85\ufffe]", " ", hostile).split()) or None
    for cell in page[FIRST]:
        assert isinstance(cell, Cell)
        assert cell.data_type in ("s", "n", "d")
    assert [row(page, FIRST)[column] for column in (2, 4, 9)] == [shown] * 3


@pytest.mark.parametrize("hostile", HOSTILE)
async def test_no_cell_of_a_table_is_taken_for_a_formula(batched: Batched, texts: Words, hostile: str) -> None:
    await write(batched, hostile_line(hostile))
    told = await table(batched, texts, replace(ALL, extended=True))
    assert len(told) == 2
    assert len(told[1]) == 20
    for cell in told[1]:
        assert not cell.startswith(tuple("=+-@＝＋－＠\t\r\n "))
    if "=1+1" in hostile:
        assert told[1][4] == "'=1+1"


def hostile_line(text: str) -> Entry:
    """Everything that comes from somebody else's system."""
    return replace(AIGUL, name=text, case=text, specialist=text, nature=text, service=text, code=text, letter=text)


async def test_a_table_is_made_for_other_programs(batched: Batched, texts: Words) -> None:
    await write(batched, AIGUL)
    told = await table(batched, texts)
    assert told[1] == [
        "1",
        "680412400123",
        "Нұрғалиева Айгүл Серікқызы",
        "1968-04-12",
        "2026/118",
        "Гигиеналық құралдар",
        "Келісім сұрау",
        "2026-11-16",
        "'+77011234567",
        "Оспанов Ерлан",
    ]


@pytest.mark.parametrize("form", Format)
async def test_where_nothing_happened_there_is_no_file(batched: Batched, texts: Words, form: Format) -> None:
    await write(batched, replace(AIGUL, at=NOON - timedelta(days=30)))
    file = io.BytesIO()
    with pytest.raises(NothingError, match=r"^nothing was sent or answered from 2026-11-01 to 2026-11-30$"):
        await export(file, form, ALL, batched, texts)
    assert file.getvalue() == b""


@pytest.mark.parametrize("service", ["technical_aids", "web", "journal"])
async def test_a_service_that_does_not_exist_is_told(batched: Batched, texts: Words, service: str) -> None:
    with pytest.raises(JournalError, match=f"no service is called «{service}»"):
        await export(io.BytesIO(), Format.CSV, replace(ALL, service=service), batched, texts)

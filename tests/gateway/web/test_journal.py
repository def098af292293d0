"""The sandbox hands out its journal: nobody in there is real."""

import io
from collections.abc import AsyncIterator
from datetime import datetime

import httpx
import openpyxl
import pytest
from fastapi import FastAPI
from msgspec.structs import replace

from dialogs import words
from gateway.clock import Clock
from gateway.connection import Batched
from gateway.web import problems
from gateway.web.journal import SandboxJournal
from tests.conftest import LOCALES
from tests.gateway.lines import AIGUL, CONSENT, NOON, write


class Monday(Clock):
    def now(self) -> datetime:
        return NOON


@pytest.fixture
async def asking(batched: Batched) -> AsyncIterator[httpx.AsyncClient]:
    site = FastAPI()
    problems.install(site)
    site.include_router(SandboxJournal(batched, words.load(LOCALES), Monday()).router())
    async with httpx.AsyncClient(transport=httpx.ASGITransport(site), base_url="http://kelisim") as client:
        yield client


async def test_this_months_journal_is_a_workbook(batched: Batched, asking: httpx.AsyncClient) -> None:
    await write(batched, AIGUL, CONSENT, replace(AIGUL, at=NOON.replace(month=12)))
    answer = await asking.get("/sandbox/journal.xlsx")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    assert answer.headers["content-disposition"] == 'attachment; filename="journal-2026-11-01-2026-11-30.xlsx"'
    page = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    assert page is not None
    assert page["C7"].value == AIGUL.name
    assert page.max_row == 8


async def test_period_service_language_and_kind_can_be_asked_for(batched: Batched, asking: httpx.AsyncClient) -> None:
    december = replace(AIGUL, at=NOON.replace(month=12), channel="telegram")
    await write(batched, AIGUL, december, replace(december, service="sanatorium_treatment"))
    asked = "from=2026-12-01&to=2026-12-31&service=technical_aids_hygiene&extended=true&lang=ru"
    answer = await asking.get(f"/sandbox/journal.csv?{asked}")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert len(lines) == 2
    assert lines[0].startswith("№;Индивидуальный идентификационный номер;")
    assert "Запрос согласия;2026-12-16" in lines[1]
    assert ";Telegram;" in lines[1]


@pytest.mark.parametrize(
    ("asked", "status", "said"),
    [
        ("journal.xlsx", 404, "nothing was sent or answered from 2026-11-01 to 2026-11-30"),
        ("journal.csv?from=2026-12-01", 422, "the period ends on 2026-11-30, before it begins on 2026-12-01"),
        ("journal.csv?service=tea", 422, "no service is called «tea»"),
        ("journal.csv?from=yesterday", 422, "Some fields are not as they should be."),
        ("journal.docx", 422, "Some fields are not as they should be."),
    ],
)
async def test_what_cannot_be_given_is_told(asking: httpx.AsyncClient, asked: str, status: int, said: str) -> None:
    answer = await asking.get(f"/sandbox/{asked}")
    assert answer.status_code == status
    assert answer.json()["detail"] == said

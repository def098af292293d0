"""The workbook as it comes out of a printer: LibreOffice makes a PDF of it, and of that a picture for a person."""

import subprocess
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from msgspec.structs import replace

from dialogs import words
from dialogs.language import Language
from gateway.connection import Batched
from gateway.journal.export import Format, export
from gateway.journal.form import Asked
from gateway.journal.journal import Entry, Period
from gateway.letters import Letters, Status
from gateway.staff.roles import Role
from tests.conftest import LOCALES
from tests.gateway.lines import AIGUL, CONSENT, HEADINGS, NOON, write

SCREENSHOTS = Path(__file__).parent / "screenshots"
PATIENCE = 120
A4, A3 = (842, 595), (1191, 842)
"""In points, across."""

TITLES = {Language.KK: "Смс-хабарламалар журналы", Language.RU: "Журнал смс-сообщений"}


def a_month() -> list[Entry]:
    """What a small department sends in a month: two pages."""
    services = ("technical_aids_hygiene", "special_transport_wheelchair", "prosthetic_orthopaedic_aid")
    names = ("Нұрғалиева Айгүл Серікқызы", "Ким Виктория", "Әбдірахманова-Жұмағұлова Гүлбаршын Дүйсенбайқызы")
    natures = ("question", "reminder", "consented", "late_withdrawn")
    lines = []
    for n in range(36):
        at = NOON + timedelta(hours=7 * n)
        person = replace(AIGUL, name=names[n % 3], service=services[n % 3], iin=f"{680412400000 + n}")
        letter = f"offer:{118 + n}:{natures[n % 4]}:1:0"
        lines.append(replace(person, at=at, nature=natures[n % 4], case=f"2026/{118 + n}", letter=letter))
        if n % 3 == 0:
            lines.append(replace(CONSENT, at=at + timedelta(hours=1), name=person.name, case=f"2026/{118 + n}"))
    return lines


class Printed:
    def __init__(self, about: str, text: str) -> None:
        facts = dict(line.split(":", 1) for line in about.splitlines())
        width, height = facts["Page size"].split("pts")[0].split("x")
        self.size = (round(float(width)), round(float(height)))
        self.pages = [_close(page) for page in text.split("\f")[: int(facts["Pages"])]]

    def shows(self, page: int, *wanted: str) -> None:
        for text in wanted:
            assert _close(text) in self.pages[page - 1]


def _close(text: str) -> str:
    """Without spaces: where the words of a cell are broken is no matter."""
    return "".join(text.split())


def printed(folder: Path, name: str, workbook: bytes) -> Printed:
    def run(*command: str) -> str:
        return subprocess.run(
            command, cwd=folder, check=True, capture_output=True, encoding="utf-8", timeout=PATIENCE
        ).stdout

    (folder / f"{name}.xlsx").write_bytes(workbook)
    run(
        "soffice",
        "--headless",
        f"-env:UserInstallation=file://{folder}/profile",
        "--convert-to",
        "pdf",
        f"{name}.xlsx",
    )
    SCREENSHOTS.mkdir(exist_ok=True)
    run("pdftoppm", "-png", "-r", "100", f"{name}.pdf", str(SCREENSHOTS / name))
    return Printed(run("pdfinfo", f"{name}.pdf"), run("pdftotext", "-raw", f"{name}.pdf", "-"))


async def exported(redis: Batched, asked: Asked) -> bytes:
    file = BytesIO()
    await export(file, Format.XLSX, asked, redis, words.load(LOCALES))
    return file.getvalue()


@pytest.mark.parametrize("language", Language)
async def test_the_form_is_printed_on_one_page_across_with_its_headings_on_every_page(
    batched: Batched, tmp_path: Path, language: Language
) -> None:
    await write(batched, *a_month())
    asked = Asked(Period.month(NOON.date()), language=language, role=Role.AUDITOR)
    paper = printed(tmp_path, f"journal-{language}", await exported(batched, asked))
    assert paper.size == A4
    assert len(paper.pages) == 2
    for number in (1, 2):
        paper.shows(number, *HEADINGS[language], "1 2 3 4 5 6 7 8 9 10")
        paper.shows(number, "01.11.2026–30.11.2026", f"{number} / 2")
    paper.shows(1, TITLES[language])
    paper.shows(1, "1 680412400000 Нұрғалиева Айгүл Серікқызы 12.04.1968 2026/118")
    paper.shows(1, "16.11.2026 +77011234567 Оспанов Ерлан")


async def test_the_form_for_one_service_names_it_below_the_title(batched: Batched, tmp_path: Path) -> None:
    await write(batched, *a_month())
    asked = Asked(Period.month(NOON.date()), service="technical_aids_hygiene")
    paper = printed(tmp_path, "journal-service", await exported(batched, asked))
    paper.shows(1, "техникалық көмекші (компенсаторлық) құралдармен", "(қызмет атауы)")
    paper.shows(1, "1 ••••••••0000 Н. А. С. 1968 2026/118", "16.11.2026 ••••••••4567 Оспанов Ерлан")


async def test_the_extended_journal_is_printed_on_one_page_across(batched: Batched, tmp_path: Path) -> None:
    lines = a_month()
    await write(batched, *lines)
    letters = Letters(batched)
    await letters.mark(lines[0].letter, Status.DELIVERED, at=NOON.timestamp() + 5, carriage="8b1c-44f0", proof=True)
    asked = Asked(Period.month(NOON.date()), extended=True, language=Language.RU, role=Role.AUDITOR)
    paper = printed(tmp_path, "journal-extended", await exported(batched, asked))
    assert paper.size == A3
    paper.shows(
        1, "Номер у провайдера", "SMS Отправлено 12:00:00 Доставлено 16.11.2026 12:00:05 2 8b1c-44f0 offer:118"
    )

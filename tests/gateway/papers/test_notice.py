"""The notice as a PDF, read by a program that is not ours."""

import asyncio
import subprocess
from pathlib import Path

import pytest
from msgspec import structs

from dialogs.dialogue import Dialogue
from dialogs.duties.duty import Place, Reason
from dialogs.language import Language
from dialogs.papers import Notice
from gateway.papers import Papers
from tests.papers import NOTICE, PERSON, PLACE

LETTERS = "әғқңөұүһіӘҒҚҢӨҰҮҺІ"
LARGEST = 60_000
POINTS_PER_LINE = 7 * 1.3


async def read(papers: Papers, notice: Notice, folder: Path) -> str:
    """Its text on one line, after a look at its pages."""
    file = folder / "notice.pdf"
    file.write_bytes((await papers.made(notice)).content)
    told = await asked("pdfinfo", str(file))
    assert "Pages:           1\n" in told
    assert "595.28 x 841.89 pts (A4)" in told
    return " ".join((await asked("pdftotext", str(file), "-")).split())


async def asked(*command: str) -> str:
    done = await asyncio.to_thread(subprocess.run, command, capture_output=True, check=True)
    assert not done.stderr
    return done.stdout.decode()


def every(by_representative: bool, reason: Reason, language: Language) -> Notice:
    return structs.replace(NOTICE, by_representative=by_representative, reason=reason, language=language)


async def test_the_person_writes_what_the_institution_needs_to_know(papers: Papers, tmp_path: Path) -> None:
    assert await read(papers, NOTICE, tmp_path) == (
        "Кімге «Үміт» орталығы Жаркент қаласы, Абай көшесі, 17 "
        "Кімнен Әбдіғалиқызы Гүлмәрия Қуанышбекқызы ЖСН 900101450017 Туған күні: 01.01.1990 "
        "Уақытында келе алмау туралы хабарлама "
        "Мекемеңізге 2026 жылғы 30 қарашаға, дүйсенбіге дейін келуім керек. "
        "Ауырып қалдым, сондықтан бұл күнге үлгермеймін. "
        "Келетін соңғы күнді 2026 жылғы 10 желтоқсанға ауыстыруды сұраймын. "
        "Күні: 2026 жылғы 26 қараша Қолы: aleumet.egov.kz сайтында ЭЦҚ-мен қойылады "
        "Бұл – дайын мәтін, оның өзі келу күнін ауыстырмайды. aleumet.egov.kz сайтында ЭЦҚ-мен қол қойылмаса, "
        "бұрынғы күн қалады: 2026 жылғы 30 қарашаға, дүйсенбіге дейін келу керек."
    )


async def test_who_acts_for_the_person_writes_their_own_name(papers: Papers, tmp_path: Path) -> None:
    notice = every(True, Reason.HOSPITALISATION, Language.RU)
    assert await read(papers, notice, tmp_path) == (
        "Кому «Үміт» орталығы Жаркент қаласы, Абай көшесі, 17 "
        f"От кого {'_' * 36} законный представитель "
        "За кого Әбдіғалиқызы Гүлмәрия Қуанышбекқызы ИИН 900101450017 Дата рождения: 01.01.1990 "
        "Уведомление о невозможности приехать в срок "
        "Получателю услуг нужно приехать к вам до понедельника, 30 ноября 2026 года. "
        "Из-за госпитализации успеть к этому дню не получится. "
        "Прошу перенести последний день приезда на 10 декабря 2026 года. "
        "Дата: 26 ноября 2026 года Подпись: ставится ЭЦП на сайте aleumet.egov.kz "
        "Это готовый текст, сам по себе он ничего не переносит. Пока его не подписали ЭЦП на aleumet.egov.kz, "
        "день прежний: приехать нужно до понедельника, 30 ноября 2026 года."
    )


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("reason", Reason)
@pytest.mark.parametrize("by_representative", [False, True])
async def test_every_notice_has_its_words_on_one_page_and_is_small(
    papers: Papers, tmp_path: Path, language: Language, reason: Reason, *, by_representative: bool
) -> None:
    notice = every(by_representative, reason, language)
    text = await read(papers, notice, tmp_path)
    assert "{" not in text
    assert "?" not in text
    assert "aleumet.egov.kz" in text
    assert len((await papers.made(notice)).content) < LARGEST


@pytest.mark.parametrize("language", Language)
async def test_all_kazakh_letters_can_be_read(papers: Papers, tmp_path: Path, language: Language) -> None:
    bold = structs.replace(NOTICE, language=language, place=Place(LETTERS, LETTERS))
    assert (await read(papers, bold, tmp_path)).count(LETTERS) == 2


@pytest.mark.parametrize("long", ["W" * 200, "Щ " * 100, "Әлеуметтік-қызмет " * 11])
async def test_names_of_any_length_stand_whole_on_the_one_page(papers: Papers, tmp_path: Path, long: str) -> None:
    person, place = structs.replace(PERSON, name=long), Place(long, long)
    text = await read(papers, structs.replace(NOTICE, person=person, place=place, by_representative=True), tmp_path)
    assert text.replace(" ", "").count(long.replace(" ", "")) == 3
    file = tmp_path / "notice.pdf"
    lines = (await asked("pdftotext", "-bbox", str(file), "-")).split('yMax="')[1:]
    assert max(float(line.partition('"')[0]) for line in lines) < 841.89 - POINTS_PER_LINE


async def test_letters_that_the_font_does_not_have_are_shown_as_such_and_not_logged(
    papers: Papers, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    strange = structs.replace(NOTICE, place=Place("日本\n🦽\x00\u202e «Үміт»", ""))
    assert "Кімге ?? ? «Үміт» Кімнен" in await read(papers, strange, tmp_path)
    assert not [record for record in caplog.records if record.name.startswith(("fpdf", "fontTools"))]


async def test_the_same_notice_is_the_same_file_and_its_name_names_nobody(papers: Papers, dialogue: Dialogue) -> None:
    file = await papers.made(NOTICE)
    assert (file.name, file.media_type) == ("habarlama.pdf", "application/pdf")
    assert await Papers(dialogue.guide.words).made(NOTICE) == file
    assert repr(file) == "File('habarlama.pdf')"
    for private in (PERSON.iin, PERSON.name, PLACE.name):
        assert private.encode() not in file.content
        assert private.encode("utf-16-be") not in file.content

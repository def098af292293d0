"""The guide: the same tasks in both languages, a section for every room, and buttons called as they are."""

import re
from pathlib import Path

import pytest

from dialogs.dialogue import Dialogue
from dialogs.language import Language
from dialogs.messages import Say, Surface
from gateway.staff.roles import Role
from gateway.web.staff.console import ROOMS
from gateway.web.staff.guide import PREFIX, Guide, GuideError, GuideRoom, Piece, load, pieces
from tests.gateway.affairs import Affairs
from tests.gateway.web.staff.signed import Staffed, staffed

FOLDER = Path(__file__).parents[4] / "docs" / "guide"
GUIDES = {language: load(FOLDER / f"{language}.md") for language in Language}


@pytest.fixture
def staff(affairs: Affairs, dialogue: Dialogue) -> Staffed:
    made = staffed(affairs.batched, dialogue.guide.words, affairs.clock)
    made.console.open(GuideRoom(made.console, FOLDER).router())
    return made


def shape(guide: Guide) -> list[tuple[str, list[tuple[str, int]]]]:
    return [(one.anchor, [(block.kind, len(block.lines)) for block in one.blocks]) for one in guide.sections]


def test_both_languages_say_the_same_in_the_same_order() -> None:
    assert shape(GUIDES[Language.KK]) == shape(GUIDES[Language.RU])


@pytest.mark.parametrize("language", list(Language))
def test_every_room_has_its_section(language: Language) -> None:
    rooms = {room for room, _ in ROOMS} - {"guide"}
    assert {one.anchor for one in GUIDES[language].sections} == rooms | {"me"}


@pytest.mark.parametrize("language", list(Language))
def test_sections_are_called_as_their_rooms(language: Language, dialogue: Dialogue) -> None:
    for section in GUIDES[language].sections:
        if section.anchor != "me":
            name = dialogue.guide.words.say(Say(f"staff.room.{section.anchor}"), language, Surface.CHAT)
            assert section.title == name


@pytest.mark.parametrize("language", list(Language))
def test_what_stands_in_quotes_stands_on_a_page_as_well(language: Language, dialogue: Dialogue) -> None:
    words = dialogue.guide.words
    known = {
        words.say(Say(text), language, Surface.CHAT)
        for text in words.ids()
        if text.startswith("staff.") and not words.placeholders(text)[language, Surface.CHAT]
    }
    quoted = set(re.findall("«([^»]+)»", (FOLDER / f"{language}.md").read_text("utf-8")))
    assert quoted - known == set()


@pytest.mark.parametrize("language", list(Language))
def test_links_lead_to_rooms(language: Language) -> None:
    rooms = {f"/staff/{room}" for room, _ in ROOMS} | {"/staff/me"}
    found = {
        piece.link
        for section in GUIDES[language].sections
        for block in section.blocks
        for line in block.lines
        for piece in line
        if piece.kind == "link"
    }
    assert found <= rooms


async def test_people_read_what_they_may_do_and_every_page_leads_there(staff: Staffed, affairs: Affairs) -> None:
    front = staff.front(affairs.batched)
    somebody = await staff.signed_in(front, Role.OPERATOR, language=Language.KK)
    page = (await somebody.get(PREFIX)).text
    assert 'id="me"' in page
    assert 'id="keys"' not in page
    assert f'href="{PREFIX}"' in page


async def test_a_page_leads_to_its_own_section(staff: Staffed, affairs: Affairs) -> None:
    front = staff.front(affairs.batched)
    somebody = await staff.signed_in(front, Role.OPERATOR)
    page = (await somebody.get("/staff/nothing")).text
    assert f'href="{PREFIX}#nothing"' in page


async def test_who_is_not_signed_in_reads_nothing(staff: Staffed, affairs: Affairs) -> None:
    front = staff.front(affairs.batched)
    somebody = await staff.signed_in(front, Role.OPERATOR)
    somebody.browser.cookies.clear()
    assert (await somebody.get(PREFIX)).status_code == 303


def test_only_links_within_the_console_are_links() -> None:
    assert pieces("see [here](https://elsewhere.kz) and `a` **b** [in](/staff/x)") == (
        Piece("text", "see [here](https://elsewhere.kz) and "),
        Piece("code", "a"),
        Piece("text", " "),
        Piece("bold", "b"),
        Piece("text", " "),
        Piece("link", "in", "/staff/x"),
    )
    assert pieces("[x](javascript:alert(1))<script>") == (Piece("text", "[x](javascript:alert(1))<script>"),)


def test_a_section_without_its_anchor_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "kk.md"
    file.write_text("# Guide\n\n## A room\n")
    with pytest.raises(GuideError, match=r"kk\.md, line 3"):
        load(file)

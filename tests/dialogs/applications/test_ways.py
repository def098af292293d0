"""How each service can be asked for: the file that ships, and files that must be refused."""

import re
from datetime import date
from pathlib import Path

import pytest

from dialogs.applications import ways
from dialogs.applications.ways import Manner, Ways, WaysError
from dialogs.catalogue.catalogue import facts_on
from dialogs.catalogue.schema import Kind
from dialogs.dialogue import Dialogue
from dialogs.language import Language
from dialogs.messages import Say, Surface
from dialogs.words import Words
from tests.dialogs.matters.test_rules import loaded

TODAY = date(2026, 11, 23)
WHOLE = ways.FILE.read_text("utf-8")


@pytest.fixture(scope="module", name="shipped")
def _shipped(dialogue: Dialogue) -> Ways:
    return dialogue.guide.ways


def of(shipped: Ways, manner: Manner) -> set[str]:
    return {slug for slug, way in shipped.items() if way.manner is manner}


def test_every_service_has_its_way(dialogue: Dialogue, shipped: Ways) -> None:
    assert set(shipped) == set(dialogue.guide.catalogue.services)


def test_a_wish_is_passed_on_exactly_where_the_law_lets_the_office_begin_by_itself(shipped: Ways) -> None:
    assert of(shipped, Manner.OFFICE) == loaded().proactive


def test_there_is_nothing_to_ask_of_a_register_and_a_shelter_is_come_to(shipped: Ways) -> None:
    assert of(shipped, Manner.NONE) == {"provider_register"}
    assert of(shipped, Manner.COME) == {"special_social_services_temporary"}


def test_one_applies_where_the_list_of_papers_says(dialogue: Dialogue, shipped: Ways) -> None:
    """The catalogue and the ways were read out of the same acts."""
    for slug, service in dialogue.guide.catalogue.services.items():
        named = {fact.office for fact in facts_on(service, TODAY) if fact.kind is Kind.WHERE and fact.office}
        if shipped[slug].manner is not Manner.NONE:
            assert set(shipped[slug].places) == named, slug


def test_whatever_needs_a_signature_on_a_site_says_which_site(dialogue: Dialogue, shipped: Ways) -> None:
    sites = {"egov": "egov.kz", "social_portal": "aleumet.egov.kz", "migration_portal": "migration.enbek.kz"}
    words: Words = dialogue.guide.words
    for way in shipped.values():
        for place, text in way.said():
            for language in Language:
                for surface in Surface:
                    said = words.say(Say(text), language, surface)
                    assert sites.get(place, "") in said, text


@pytest.mark.parametrize(
    ("before", "after", "problem"),
    [
        (r"\[housing_assistance\]", "[housing]", "housing_assistance: no way to ask for it"),
        (r'manner = "come"', 'manner = "fly"', r"Invalid enum value 'fly'"),
        (r'places = \["shelter"\]', "", "special_social_services_temporary.places: needed"),
        (r'"shelter"', '"moon"', "«moon» is not in offices.toml"),
        (r'"shelter"', '"contact_centre"', "«way.contact_centre» has no words in both languages"),
        (r'act = "117"', 'act = "118"', "act «118» is not in acts.toml"),
        (r'act = "117"', 'act = "165"', "«165» is not an act in force"),
        (r'at = "¶5–6"', 'at = " "', "the paragraph is missing"),
        (r'sources = \[\{ act = "117".*\]', "sources = []", "length >= 1"),
        (r'manner = "none"', 'manner = "none"\nplace = ["egov"]', "unknown field `place`"),
        (r"manner", "= manner", "Invalid"),
    ],
)
def test_a_file_that_cannot_be_trusted_is_refused(
    dialogue: Dialogue, tmp_path: Path, before: str, after: str, problem: str
) -> None:
    file = tmp_path / "ways.toml"
    text, count = re.subn(before, after, WHOLE, count=1)
    assert count
    file.write_text(text, "utf-8")
    with pytest.raises(WaysError, match=problem):
        ways.load(dialogue.guide.catalogue, dialogue.guide.words, file)


def test_a_service_that_is_no_more_is_refused(dialogue: Dialogue, tmp_path: Path) -> None:
    file = tmp_path / "ways.toml"
    file.write_text(WHOLE + '\n[abolished]\nmanner = "none"\nsources = [{ act = "84", at = "¶1" }]\n', "utf-8")
    with pytest.raises(WaysError, match="abolished: no service is called so"):
        ways.load(dialogue.guide.catalogue, dialogue.guide.words, file)

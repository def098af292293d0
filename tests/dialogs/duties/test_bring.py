"""What to take along: by setting, age and escort, with its sources."""

from datetime import date
from pathlib import Path

import pytest

from dialogs.dialogue import Dialogue
from dialogs.duties import bring
from dialogs.duties.bring import BringError, Escort, for_invitation, for_sanatorium
from dialogs.duties.duty import Setting
from dialogs.language import Language
from dialogs.messages import Say, Surface
from dialogs.sms_length import units

FILE = Path("dialogs/duties/bring.toml")
DAY = date(2026, 11, 30)
ADULT, CHILD = date(1955, 3, 1), date(2016, 8, 5)
ESCORT = "sanatorium_treatment.arrival_escort"
STAYS = "sanatorium_treatment.escort_stays"
LAST = ("sanatorium_treatment.arrival_phone", "sanatorium_treatment.travel")
IN_A_LIST = 60
"""Units of a short word in an SMS."""


@pytest.mark.parametrize(
    ("setting", "birth_date", "things"),
    [
        # order 263, annex 1 ¶5, 9
        (
            Setting.INPATIENT,
            ADULT,
            ("bring.identity", "special_social_services_inpatient.hand_over_adult", "bring.ask"),
        ),
        (Setting.INPATIENT, CHILD, ("bring.birth_certificate", "bring.vaccinations", "bring.ask")),
        # order 263, annex 2 ¶8, annex 3 ¶9: the department sends the papers; neither lists what to bring
        (Setting.SEMI_INPATIENT, ADULT, ("bring.sent", "bring.ask")),
        (Setting.SEMI_INPATIENT, CHILD, ("bring.sent", "bring.ask")),
        (Setting.HOME, ADULT, ("bring.sent", "bring.ask")),
        # order 230, ¶31, 37: taken in without papers as well
        (Setting.TEMPORARY, ADULT, ("special_social_services_temporary.identity", "bring.ask")),
    ],
)
def test_to_an_organisation(setting: Setting, birth_date: date, things: tuple[str, ...]) -> None:
    assert for_invitation(setting, birth_date, DAY) == things


@pytest.mark.parametrize(
    ("day", "first"),
    [(date(2026, 11, 29), "bring.birth_certificate"), (date(2026, 11, 30), "bring.identity")],
)
def test_on_the_eighteenth_birthday_somebody_is_an_adult(day: date, first: str) -> None:
    assert for_invitation(Setting.INPATIENT, date(2008, 11, 30), day)[0] == first


@pytest.mark.parametrize(
    ("escort", "birth_date", "things"),
    [
        # order 283, ¶33; an adult has no escort there
        (None, ADULT, ("bring.identity", "bring.card", "bring.confirmation", *LAST)),
        (Escort.TREATED, ADULT, ("bring.identity", "bring.card", "bring.confirmation", *LAST)),
        (
            Escort.UNTREATED,
            CHILD,
            (
                *("bring.identity_child", "bring.card", "bring.confirmation"),
                *("bring.escort_identity", "bring.escort_proof", "bring.escort_epidemiologist"),
                *(LAST[0], STAYS, LAST[1]),
            ),
        ),
        (
            Escort.TREATED,
            CHILD,
            (
                *("bring.identity_child", "bring.card", "bring.confirmation"),
                *("bring.escort_identity", "bring.escort_proof", "bring.escort_card"),
                *(LAST[0], STAYS, LAST[1]),
            ),
        ),
        (Escort.NOBODY, CHILD, ("bring.identity_child", "bring.card", "bring.confirmation", *LAST)),
        (None, CHILD, ("bring.identity_child", "bring.card", "bring.confirmation", ESCORT, LAST[0], STAYS, LAST[1])),
    ],
)
def test_to_a_sanatorium(escort: Escort | None, birth_date: date, things: tuple[str, ...]) -> None:
    assert for_sanatorium(escort, birth_date, DAY) == things


def test_every_thing_has_its_act_and_paragraph() -> None:
    sources = {thing.says: {(one.act, one.at.split(":")[0]) for one in thing.sources} for thing in bring.things()}
    assert sources["bring.vaccinations"] == {("263", "annex 1 ¶9")}
    assert sources["bring.card"] == sources["bring.escort_card"] == {("283", "¶33")}
    assert sources["sanatorium_treatment.arrival_phone"] == {("283", "¶44-1")}
    assert sources[STAYS] == {("283", "¶34")}


@pytest.mark.parametrize("language", Language)
def test_the_words_need_no_values_and_are_short(dialogue: Dialogue, language: Language) -> None:
    words = dialogue.guide.words
    for thing in bring.things():
        assert words.has(thing.says)
        assert not any(words.placeholders(thing.says).values())
        length = units(words.say(Say(thing.says), language, Surface.SMS))
        assert length <= IN_A_LIST or not thing.says.startswith("bring."), thing.says


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ('act = "283", at = "¶34"', 'act = "2830", at = "¶34"', "act «2830» is not in acts.toml"),
        ('to = ["temporary"]', 'to = ["shelter"]', "Invalid enum value 'shelter'"),
        ('says = "bring.vaccinations"', 'says = "bring.birth_certificate"', "stands there twice for «inpatient»"),
        ('to = ["temporary"]', 'to = ["temporary"]\nescort = ["treated"]', "only a child in a sanatorium has one"),
        ("[[thing]]", "[[thing", "bring.toml: "),
    ],
)
def test_a_list_that_cannot_be_trusted_is_refused_by_name(tmp_path: Path, right: str, wrong: str, said: str) -> None:
    text = FILE.read_text("utf-8")
    assert right in text
    changed = tmp_path / FILE.name
    changed.write_text(text.replace(right, wrong), "utf-8")
    with pytest.raises(BringError, match=r"^bring\.toml: ") as error:
        bring.load(changed)
    assert said in str(error.value)

"""The talk about the register: what is asked, what is shown where, and that no button and no entry leads astray."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from dialogs.dialogue import Answer, Dialogue
from dialogs.inquiries import Organisation
from dialogs.language import Language
from dialogs.messages import Content, Pressed, Surface, Text
from dialogs.organisations import SETTINGS
from dialogs.render import SMS_UNITS
from dialogs.session import Session
from dialogs.sms_length import units
from dialogs.talk import Here
from dialogs.topics.register import A_PAGE
from tests.dialogs.registry import ORGANISATIONS, Registry, answered
from tests.dialogs.talks import READING, Talk

TELLING = Organisation(
    bin="000140000012",
    name="«Үміт» орталығы",
    address="Жаркент қ., Абай к-сі, 1",
    region="Панфилов ауданы, Жетісу облысы",
    setting="inpatient",
    categories=("elderly",),
    capacity=60,
    phone="+77010000121",
    email="umit@example.kz",
    license_issued=date(2023, 4, 10),
    license_until=date(2028, 4, 10),
)


def talk(dialogue: Dialogue, surface: Surface, *entries: Organisation, language: Language = Language.KK) -> Talk:
    registry = Registry()
    registry.organisations = entries or ORGANISATIONS
    return Talk(dialogue, surface, registry=registry).known(language)


def shown(one: Talk) -> str:
    assert one.last is not None
    return one.last.text


def press(one: Talk, *choices: str) -> Talk:
    for choice in choices:
        one.send(f"[old button: {choice}]")
    return one


@pytest.mark.parametrize("surface", Surface)
def test_nothing_is_asked_that_only_one_answer_fits(dialogue: Dialogue, surface: Surface) -> None:
    one = press(talk(dialogue, surface, TELLING), "register", "org_setting:inpatient")
    assert one.session.state == "organisations.list"


def test_who_helps_is_asked_only_if_that_differs(dialogue: Dialogue) -> None:
    other = structs.replace(TELLING, bin="000140000022", categories=("children",))
    one = press(talk(dialogue, Surface.CHAT, TELLING, other), "org_setting:inpatient")
    assert one.session.state == "organisations.category"
    one.choose("org_category:any")
    assert one.session.state == "organisations.list"


def test_where_is_typed_if_there_are_too_many_places_to_choose_from(dialogue: Dialogue) -> None:
    many = [structs.replace(TELLING, bin=f"{n:012}", region=f"Өңір{n} облысы") for n in range(9)]
    one = press(talk(dialogue, Surface.CHAT, *many), "org_setting:inpatient")
    assert one.session.state == "organisations.region"
    assert one.session.offered == ["org_region:any", "back", "menu"]
    one.send("өңір7 облысы")
    assert one.session.offered == ["org:000000000007", "back", "menu"]


@pytest.mark.parametrize("surface", Surface)
def test_a_list_has_pages_of_five_and_back_goes_the_same_way(dialogue: Dialogue, surface: Surface) -> None:
    many = [structs.replace(TELLING, bin=f"{n:012}", name=f"«Үміт {n:02}»") for n in range(12)]
    one = press(talk(dialogue, surface, *many), "org_setting:inpatient")
    seen = []
    for page in (5, 5, 2):
        listed = [choice for choice in one.session.offered if choice.startswith("org:")]
        assert len(listed) == page <= A_PAGE
        seen += listed
        one.send("далее")
    assert seen == [f"org:{n:012}" for n in range(12)]
    one.send("артқа")
    one.send("артқа")
    assert one.session.offered[0] == "org:000000000000"
    one.send("артқа")
    assert one.session.state == "organisations.setting"


def test_a_list_that_has_become_shorter_begins_anew(dialogue: Dialogue) -> None:
    many = [structs.replace(TELLING, bin=f"{n:012}") for n in range(12)]
    one = press(talk(dialogue, Surface.CHAT, *many), "org_setting:inpatient", "org_more", "org_more")
    one.registry.organisations = (TELLING,)
    one.send("қайтала")
    assert one.session.offered[0] == f"org:{TELLING.bin}"


def test_an_expired_licence_is_said_and_what_that_means(dialogue: Dialogue) -> None:
    expired = structs.replace(TELLING, license_until=date(2026, 11, 22))
    one = press(talk(dialogue, Surface.CHAT, expired, language=Language.RU), "org_setting:inpatient")
    assert "(срок лицензии истёк)" in shown(one)
    one.send("1")
    assert "Срок лицензии истёк: последний день был 22.11.2026." in shown(one)
    assert "Пока организация в реестре, она работает." in shown(one)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"license_until": None}, "Лицензия мерзімі тізілімде көрсетілмеген"),
        ({"license_issued": None}, "соңғы күні: 10.04.2028"),
        ({"phone": ""}, "Телефоны тізілімде жоқ"),
        ({"address": ""}, "Мекенжайы: Панфилов ауданы, Жетісу облысы"),
        ({"categories": ("Соғыс ардагерлері",)}, "• Соғыс ардагерлері"),
    ],
)
def test_a_card_says_what_is_known_and_what_is_not(dialogue: Dialogue, change: dict[str, object], said: str) -> None:
    one = press(talk(dialogue, Surface.CHAT, structs.replace(TELLING, **change)), f"org:{TELLING.bin}")
    assert one.session.state == "organisations.one"
    assert said in shown(one)


def test_free_places_are_never_promised(dialogue: Dialogue) -> None:
    for entry in ORGANISATIONS:
        one = press(talk(dialogue, Surface.CHAT), f"org:{entry.bin}")
        assert "Бос орын бар-жоғы тізілімде жазылмайды" in shown(one)


def test_a_card_by_sms_has_no_mail_address(dialogue: Dialogue) -> None:
    one = press(talk(dialogue, Surface.SMS, TELLING), f"org:{TELLING.bin}")
    one.read_on()
    assert TELLING.phone in "\n".join(one.lines)
    assert "@" not in "\n".join(one.lines)


def test_by_sms_nothing_of_a_shelter_is_said(dialogue: Dialogue) -> None:
    """Neither by choosing it, nor by its button, nor by its name or place."""
    one = talk(dialogue, Surface.SMS)
    for line in (
        "[old button: org_setting:temporary]",
        "[old button: org:000140000062]",
        "Жаркент",
        "Пана",
        "қайтала",
    ):
        one.send(line)
    for choice in ("org_region:any", "org_category:any", "org_more"):
        press(one, choice)
    said = "\n".join(line for line in one.lines if not line.startswith("▸"))
    assert "1414" in said
    for hidden in ("Пана", "Сенім", "Масанчи", "+7701", "дағдарыс"):
        assert hidden not in said


def test_a_shelter_may_be_looked_for_in_a_chat(dialogue: Dialogue) -> None:
    one = press(talk(dialogue, Surface.CHAT), "org_setting:temporary", "org_category:any", "org_region:any")
    assert shown(one).startswith("Қазір қауіп төніп тұрса, 102")
    assert "«Пана»" in shown(one)


@pytest.mark.parametrize("surface", Surface)
def test_e_sobes_away_is_said_and_nothing_is_promised(dialogue: Dialogue, surface: Surface) -> None:
    one = talk(dialogue, surface)
    one.registry.away = True
    press(one, "org_setting:home")
    assert "1414" in shown(one)
    assert not one.session.promised
    assert not one.answers[-1].errands
    one.registry.away = False
    one.send("қайтала")
    assert "«Милосердие на дому»" in shown(one)


def test_an_old_copy_says_of_when_it_is(dialogue: Dialogue) -> None:
    one = press(talk(dialogue, Surface.CHAT, TELLING), "org_setting:inpatient")
    assert "Мәлімет алынған уақыт" not in shown(one)
    one.registry.fetched = one.now.replace(day=21)
    one.send("1")
    assert "Мәлімет алынған уақыт: 21 қараша, сенбі, 10:00." in shown(one)


def test_an_entry_that_is_gone_leads_back_to_the_list(dialogue: Dialogue) -> None:
    other = structs.replace(TELLING, bin="000140000022", name="«Мейірім»")
    one = press(talk(dialogue, Surface.CHAT, TELLING, other), "org_setting:inpatient", f"org:{TELLING.bin}")
    one.registry.organisations = (other,)
    one.send("қайтала")
    assert "«Мейірім»" in shown(one)
    press(one, f"org:{TELLING.bin}")
    assert "Бұл тізілімде қазір жоқ." in shown(one)
    assert one.session.state == "organisations.list"


def test_an_old_button_is_found_whatever_is_looked_for_now(dialogue: Dialogue) -> None:
    one = press(talk(dialogue, Surface.CHAT), "org_setting:home", "org:000140000012")
    assert "«Үміт»" in shown(one)
    assert one.session.register["setting"] == "inpatient"


def test_nothing_private_that_was_typed_is_kept(dialogue: Dialogue) -> None:
    one = press(talk(dialogue, Surface.CHAT), "org_setting:home", "org_category:any")
    one.send("жаркент +7 (701) 123-45-67")
    assert one.session.state == "organisations.list"
    assert one.session.register["region"] == "жаркент"


def test_words_that_name_a_service_lead_to_it(dialogue: Dialogue) -> None:
    one = press(talk(dialogue, Surface.CHAT), "org_setting:home", "org_category:any", "org_region:any")
    one.send("кресло-арба")
    assert one.session.service == "special_transport_wheelchair"


@pytest.mark.parametrize("slug", [f"special_social_services_{setting}" for setting in SETTINGS])
def test_a_service_leads_to_its_organisations_and_they_to_its_papers(dialogue: Dialogue, slug: str) -> None:
    number = dialogue.guide.catalogue.services[slug].number
    one = press(talk(dialogue, Surface.CHAT), f"svc:{number}")
    while one.session.state != "documents.answer":
        one.choose(one.session.offered[0])
    one.choose(f"org_setting:{slug.removeprefix('special_social_services_')}")
    while one.session.state != "organisations.list":
        one.choose(next(choice for choice in one.session.offered if choice.endswith(":any")))
    one.choose(one.session.offered[0])
    assert f"svc:{number}" in one.session.offered
    for _ in range(5):
        one.send("артқа")
    assert one.session.state == "documents.answer"


CHOICES = [
    "register",
    "org",
    "org_more",
    "org_category",
    "org_region",
    "org_category:any",
    "org_region:any",
    "org:1:2",
]
anything: st.SearchStrategy[Content] = st.one_of(
    st.builds(Text, st.text(max_size=40)),
    st.builds(Text, st.sampled_from(["1", "2", "5", "артқа", "далее", "қайтала", "Жаркент", "Алматы облысы", "0"])),
    st.builds(Pressed, st.sampled_from([*CHOICES, *(f"org_setting:{one}" for one in (*SETTINGS, "hotel"))])),
    st.builds(Pressed, st.sampled_from([f"org:{entry.bin}" for entry in ORGANISATIONS])),
)
words = st.text(max_size=400)
whatever = st.builds(
    Organisation,
    bin=words,
    name=words,
    address=words,
    region=words,
    setting=st.sampled_from(SETTINGS),
    categories=st.lists(words, max_size=12).map(tuple),
    capacity=st.none() | st.integers(),
    phone=words,
    email=words,
    license_issued=st.none() | st.dates(),
    license_until=st.none() | st.dates(),
)


@settings(max_examples=60, deadline=None)
@given(
    entries=st.lists(whatever, max_size=8),
    sent=st.lists(anything, min_size=1, max_size=8),
    surface=st.sampled_from(list(Surface)),
)
def test_whatever_the_register_holds_and_is_sent_gets_an_answer_that_fits(
    dialogue: Dialogue, entries: list[Organisation], sent: list[Content], surface: Surface
) -> None:
    one = talk(dialogue, surface, *ORGANISATIONS[:2], *entries)
    press(one, f"org_setting:{SETTINGS[len(entries) % 4]}")
    session, now = one.session, one.now
    for content in sent:
        for next_one in (content, *map(Pressed, session.offered[:1])):
            now += READING
            answer = _taken(dialogue, session, next_one, Here(now, surface), one.registry)
            session = answer.session
            assert answer.messages
            for message in answer.messages:
                assert message.text.strip()
                assert len(message.text) <= 4096
                assert all(len(button.id.encode()) <= 64 for button in message.buttons)
                assert surface is Surface.CHAT or units(message.text) <= SMS_UNITS


def _taken(dialogue: Dialogue, session: Session, content: Content, here: Here, registry: Registry) -> Answer:
    return answered(lambda here: dialogue.answer(session, content, here), here, registry)

"""Golden conversations about all that is to be done. REWRITE=1 writes them anew; a person reads the difference."""

import os
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from dialogs.applications.application import Stage
from dialogs.deadlines import Kind
from dialogs.dialogue import Dialogue
from dialogs.duties.duty import AnyDuty, Invitation, Place, Setting, name
from dialogs.language import Language
from dialogs.matters.matter import Kind as OfferKind
from dialogs.matters.matter import Matter
from dialogs.matters.voice import key
from dialogs.messages import Say, Surface
from dialogs.papers import Calendar
from dialogs.sms_length import measure
from tests.dialogs.applications.cases import KINDS, case
from tests.dialogs.open_matters import choice, invitation, offer, order, unsigned
from tests.dialogs.registry import AIGUL, ALMATY, DANA, FAMILY_PHONE, PHONE, Registry
from tests.dialogs.talks import READING, Talk

FOLDER = Path(__file__).parents[1] / "transcripts" / "deadlines"
REWRITE = bool(os.environ.get("REWRITE"))
NOW = datetime(2026, 11, 23, 10, 0, tzinfo=ALMATY)
"""A Monday."""
ASKS = {Language.KK: "не істеу керек", Language.RU: "сроки"}
BETWEEN = "\n\n———\n\n"
SHELTER = Place("«Қамқор» дағдарыс орталығы", "Талдықорған қаласы", "+77282111111")

Story = Callable[[Dialogue, Language, Surface], list[Talk]]


def asked(
    dialogue: Dialogue,
    language: Language,
    surface: Surface,
    *open_here: Matter | AnyDuty,
    phone: str | None = PHONE,
    registry: Registry | None = None,
) -> Talk:
    talk = Talk(dialogue, surface, NOW, registry=registry, phone=phone).known(language)
    talk.offers = tuple(one for one in open_here if isinstance(one, Matter))
    talk.duties = tuple(one for one in open_here if not isinstance(one, Matter))
    talk.send(ASKS[language])
    return talk


def opens(talk: Talk, one: Matter | AnyDuty) -> None:
    """Its page: by what the list offers, or by a button from before."""
    talk.now += READING * 12
    page = f"deadline:{key(one.id if isinstance(one, Matter) else name(one))}"
    if page in talk.session.offered:
        talk.choose(page)
    else:
        talk.send(f"[old button: {page}]")


def read_list(talk: Talk) -> None:
    """To its end."""
    while "later" in talk.session.offered:
        talk.now += READING
        talk.choose("later")


def nothing(dialogue: Dialogue, language: Language, surface: Surface) -> list[Talk]:
    """Nothing is open; E-Sobes cannot be asked either."""
    talk = asked(dialogue, language, surface)
    talk.choose("status")
    away = Talk(dialogue, surface, NOW, phone=PHONE).known(language)
    away.happens("away")
    away.send("/deadlines")
    return [talk, away]


MIXED = (
    offer(date(2026, 11, 26)),
    unsigned(date(2026, 12, 4), date(2026, 11, 27), date(2026, 12, 24), id="I-unsigned"),
    invitation(date(2026, 11, 30)),
    choice(date(2026, 12, 14)),
    order(date(2026, 12, 17), cancel_by=date(2026, 12, 11)),
)


def kinds(dialogue: Dialogue, language: Language, surface: Surface) -> list[Talk]:
    """One of each, a hearing among them; each page, and back."""
    hearing = case(KINDS["housing"], Stage.HEARING_SCHEDULED)
    talk = asked(dialogue, language, surface, *MIXED, registry=Registry(hearing))
    read_list(talk)
    for one in (*MIXED[3:], MIXED[0]):
        opens(talk, one)
        talk.read_on()
    talk.send("/back")
    talk.choose(f"app:{hearing.key}")
    return [talk]


def rare(dialogue: Dialogue, language: Language, surface: Surface) -> list[Talk]:
    """What is over or nearly, has no last day, was refused a moment ago, or is not needed; then the pages."""
    ours = (
        offer(date(2026, 11, 25), kind=OfferKind.REPLACEMENT, yes="346", no="590"),
        offer(date(2026, 11, 24), service="technical_aids_hygiene", state="refusing", yes="213", no="728"),
        invitation(date(2026, 11, 29), setting=Setting.SEMI_INPATIENT, said="decline"),
        choice(None, service="special_social_services_home"),
        choice(date(2026, 12, 2), service="special_social_services_inpatient"),
        choice(date(2026, 12, 30), service="sign_language_specialist"),
        choice(date(2026, 11, 20), state="blocked"),
        choice(date(2026, 11, 18), service="special_social_services_semi_inpatient", state="lapsed"),
        order(None, service="technical_aids_surdo", state="refused", reason="қоймада тауар жоқ"),
        order(date(2026, 11, 25), cancel_by=date(2026, 11, 20)),
    )
    talk = asked(dialogue, language, surface, *ours)
    read_list(talk)
    for one in ours:
        if not isinstance(one, Invitation):
            opens(talk, one)
            talk.read_on()
    lapsed = asked(dialogue, language, surface, invitation(date(2026, 11, 20), state="lapsed"))
    return [talk, lapsed]


def many(dialogue: Dialogue, language: Language, surface: Surface) -> list[Talk]:
    """Fifteen of two persons."""
    ours: list[Matter | AnyDuty] = []
    for number in range(5):
        day, owner = date(2026, 11, 24) + timedelta(9 * number), (AIGUL, DANA)[number % 2]
        ours += [
            offer(day, owner, yes=f"4{number}7", no=f"8{number}1"),
            invitation(day + timedelta(1), owner),
            choice(day + timedelta(31), owner, service="technical_aids_tiflo"),
        ]
    talk = asked(dialogue, language, surface, *ours, phone=FAMILY_PHONE)
    read_list(talk)
    talk.send("/back")
    return [talk]


def away(dialogue: Dialogue, language: Language, surface: Surface) -> list[Talk]:
    """What is ours is shown all the same."""
    talk = Talk(dialogue, surface, NOW, phone=PHONE).known(language)
    talk.duties = MIXED[1:3]
    talk.happens("away")
    talk.send(ASKS[language])
    return [talk]


def sanatorium(dialogue: Dialogue, language: Language, surface: Surface) -> list[Talk]:
    """An adult's; a child's, with each answer to who comes along; after the last day to cancel."""
    grown = order(date(2026, 12, 17), cancel_by=date(2026, 12, 11))
    talk = asked(dialogue, language, surface, grown)
    opens(talk, grown)
    talk.choose(f"take_along:{key(name(grown))}")
    talk.read_on()
    child = order(date(2026, 12, 17), DANA, cancel_by=date(2026, 12, 11))
    small = asked(dialogue, language, surface, child, phone=FAMILY_PHONE)
    opens(small, child)
    begin = f"take_along:{key(name(child))}"
    small.choose(begin)
    for escort in ("nobody", "untreated", "treated"):
        small.choose(f"{begin}:{escort}")
        small.read_on()
        small.send("/back")
    small.send("/back")
    small.send("/back")
    return [talk, small]


def discreet(dialogue: Dialogue, language: Language, surface: Surface) -> list[Talk]:
    """A shelter is nobody's business."""
    shelter = invitation(date(2026, 11, 30), setting=Setting.TEMPORARY, place=SHELTER)
    talk = asked(dialogue, language, surface, shelter)
    over = invitation(date(2026, 11, 20), setting=Setting.TEMPORARY, place=SHELTER, state="lapsed")
    late = asked(dialogue, language, surface, over)
    return [talk, late]


def wanderings(dialogue: Dialogue, language: Language, surface: Surface) -> list[Talk]:
    """Nonsense, a photo, help and back, another language, a number that is none, what is no more."""
    talk = asked(dialogue, language, surface, *MIXED[3:])
    for line in ("абракадабра", "[sends: photo]", "9", "/help", "/back", "[old button: deadline:0123456789]"):
        talk.send(line)
    opens(talk, MIXED[4])
    for line in ("абракадабра", "/help", "/back"):
        talk.send(line)
    talk.duties = ()
    talk.send("/again")
    return [talk]


STORIES: tuple[Story, ...] = (nothing, kinds, rare, many, away, sanatorium, discreet, wanderings)


def compare(file: Path, talks: list[Talk]) -> None:
    for talk in talks:
        talk.read_on()
    text = BETWEEN.join("\n".join(talk.lines) for talk in talks) + "\n"
    if REWRITE:
        file.write_text(text, "utf-8")
    assert text == file.read_text("utf-8")


@pytest.mark.parametrize("surface", Surface)
@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
def test_the_talk_about_deadlines_goes_as_written(
    dialogue: Dialogue, story: Story, language: Language, surface: Surface
) -> None:
    talks = story(dialogue, language, surface)
    compare(FOLDER / f"{story.__name__}.{language}.{surface}.txt", talks)
    if surface is Surface.SMS:
        texts = [message.text for talk in talks for answer in talk.answers for message in answer.messages]
        assert max(measure(text).parts for text in texts) <= 3


@pytest.mark.parametrize("language", Language)
def test_the_talk_in_a_chat_without_a_phone_goes_as_written(dialogue: Dialogue, language: Language) -> None:
    """Linked from where one stands, and by the link's own question."""
    here = asked(dialogue, language, Surface.CHAT, phone=None)
    here.send("[contact: own]")
    here.duties = MIXED[2:3]
    here.choose("deadlines")
    by_link = asked(dialogue, language, Surface.CHAT, phone=None)
    by_link.choose("link")
    compare(FOLDER / f"unlinked.{language}.chat.txt", [here, by_link])


@pytest.mark.parametrize("language", Language)
def test_the_calendar_comes_with_the_same_list(dialogue: Dialogue, language: Language) -> None:
    """Titles say the service at most; the same thing has the same name in every file."""
    ours = (*MIXED, invitation(date(2026, 12, 1), DANA, setting=Setting.TEMPORARY, place=SHELTER, id="I-shelter"))
    hearing = case(KINDS["housing"], Stage.HEARING_SCHEDULED)
    talk = asked(dialogue, language, Surface.CHAT, *ours, registry=Registry(hearing))
    talk.choose("calendar")
    paper = talk.answers[-1].messages[0].paper
    assert isinstance(paper, Calendar)
    assert (paper.language, paper.made) == (language, talk.now)
    for entry in paper.entries:
        when = f"{entry.day}{f' {entry.at:%H:%M}' if entry.at else ''}"
        talk.lines.append(f"  📅 {when} {entry.title}{f' – {entry.place}' if entry.place else ''}")
    names = [entry.name for entry in paper.entries]
    assert len(set(names)) == len(names)
    assert f"{Kind.ARRIVE}:I-unsigned" in names
    assert not any("Қамқор" in f"{entry.title} {entry.place}" for entry in paper.entries)
    talk.send("/again")
    assert talk.answers[-1].messages[0].paper is None
    compare(FOLDER / f"calendar.{language}.chat.txt", [talk])


@pytest.mark.parametrize("language", Language)
def test_nothing_is_said_to_be_over_by_sms_of_a_hidden_order_that_was_just_refused(
    dialogue: Dialogue, language: Language
) -> None:
    hidden = order(None, service="special_social_services_temporary", state="refused")
    listed = asked(dialogue, language, Surface.SMS, hidden).answers[-1].messages[0].text
    assert {Language.RU: "1 – личный вопрос", Language.KK: "1 – жеке мәселе"}[language] in listed


@pytest.mark.parametrize("surface", Surface)
def test_nobody_is_told_to_arrive_where_help_comes_home(dialogue: Dialogue, surface: Surface) -> None:
    at_home = invitation(date(2026, 11, 30), setting=Setting.HOME)
    for language, word in ((Language.RU, "приехать"), (Language.KK, "келу")):
        listed = asked(dialogue, language, surface, at_home).answers[-1].messages[0].text
        assert word not in listed
        assert {Language.RU: "связаться с организацией", Language.KK: "ұйымға хабарласу"}[language] in listed


def test_what_is_declined_or_just_refused_has_no_day_in_a_calendar(dialogue: Dialogue) -> None:
    ours = (invitation(date(2026, 11, 30), said="decline"), offer(date(2026, 11, 26), state="refusing"))
    talk = asked(dialogue, Language.RU, Surface.CHAT, *ours)
    assert "calendar" not in talk.session.offered


@pytest.mark.parametrize("language", Language)
def test_by_sms_a_shelter_is_named_neither_in_the_list_nor_on_its_page(
    dialogue: Dialogue, language: Language
) -> None:
    shelter = invitation(date(2026, 11, 30), setting=Setting.TEMPORARY, place=SHELTER)
    talk = asked(dialogue, language, Surface.SMS, shelter)
    talk.choose(f"arrive:{key(name(shelter))}")
    talk.read_on()
    said = "\n".join(talk.lines).casefold()
    named = dialogue.guide.words.say(Say(f"{shelter.service}.name"), language, Surface.SMS).casefold()
    assert not any(word in said for word in ("қамқор", "дағдарыс", "кризис", named))


def test_there_is_no_calendar_by_sms_or_of_nothing(dialogue: Dialogue) -> None:
    sms = asked(dialogue, Language.KK, Surface.SMS, *MIXED)
    assert "calendar" not in sms.session.offered
    sms.send("[old button: calendar]")
    assert sms.answers[-1].messages[0].paper is None
    chat = asked(dialogue, Language.KK, Surface.CHAT)
    assert "calendar" not in chat.session.offered
    chat.send("[old button: calendar]")
    assert chat.answers[-1].messages[0].paper is None


@pytest.mark.parametrize("surface", Surface)
def test_a_number_of_the_list_answers_no_offer(dialogue: Dialogue, surface: Surface) -> None:
    talk = asked(dialogue, Language.RU, surface, MIXED[0])
    talk.send("1")
    assert talk.session.state == "deadlines.one"
    assert not any(choice.startswith("offer") for choice in talk.session.offered)
    assert "472" in talk.answers[-1].messages[0].text
    assert talk.answers[-1].request is None


def test_whoever_is_new_is_answered_once_the_language_is_known(dialogue: Dialogue) -> None:
    talk = Talk(dialogue, Surface.SMS, NOW, phone=PHONE)
    for line in ("мерзім", "1"):
        talk.send(line)
    assert talk.session.state == "deadlines"

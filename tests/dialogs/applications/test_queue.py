"""The queue: the rules that ship, a month to the day, files that must be refused, and the way to the page."""

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from dialogs import render
from dialogs.applications import lines, queue
from dialogs.applications.application import Stage
from dialogs.applications.queue import QueueError
from dialogs.dialogue import Dialogue
from dialogs.language import Language
from dialogs.messages import Reply, Surface
from dialogs.render import BACK, MENU
from dialogs.sms_length import measure
from tests.dialogs.applications.cases import KINDS, NOW, SERVICES, UNKNOWN, case
from tests.dialogs.registry import AIGUL, ALMATY, DANA, FAMILY_PHONE, PHONE, Registry
from tests.dialogs.talks import Talk

PLACES = ("inpatient", "semi_inpatient", "home")
FILE = Path("dialogs/applications/queue.toml")


def told(kind: str) -> list[str]:
    return [rule.says for rule in queue.load()[KINDS[kind]]]


def source(kind: str, says: str) -> set[tuple[str, str]]:
    (rule,) = (rule for rule in queue.load()[KINDS[kind]] if rule.says == says)
    return {(one.act, one.at) for one in rule.sources}


@pytest.mark.parametrize("kind", PLACES)
def test_in_every_setting_a_new_programme_keeps_the_place_and_veterans_come_first(kind: str) -> None:
    assert {"care.requalify", "queue.first", "queue.in_order", "queue.when_place"} <= set(told(kind))
    assert source(kind, "care.requalify") == {
        ("263", "annex 1 ¶7; annex 2 ¶7; annex 3 ¶8"),
        ("230", "¶12(1), 23(1), 28(1)"),
    }
    assert source(kind, "queue.first") == {("263", "annex 1 ¶10; annex 2 ¶9; annex 3 ¶10")}


@pytest.mark.parametrize(
    ("says", "kinds"),
    [
        ("special_social_services_inpatient.orphans", {"inpatient"}),
        ("queue.doctors", {"inpatient"}),
        ("queue.suspended", {"inpatient"}),
        ("queue.freed", {"inpatient"}),
        ("queue.unannounced", {"semi_inpatient", "home"}),
        ("queue.arrive", {"semi_inpatient"}),
        ("queue.oneself_corner", {"inpatient"}),
        ("queue.oneself", {"semi_inpatient", "home"}),
        ("queue.general", {"aid", "prosthesis", "sanatorium"}),
        ("queue.called", {"aid", "prosthesis", "sanatorium", "assistant", "sign_language"}),
        ("queue.blocked", {"aid", "prosthesis", "sanatorium", "assistant", "sign_language"}),
        ("choice.no_internet", {"aid", "prosthesis", "sanatorium"}),
        ("queue.no_show", {"sanatorium"}),
        ("queue.unsaid", {"aid", "prosthesis", "sanatorium", "assistant", "sign_language"}),
    ],
)
def test_each_rule_is_told_where_an_act_has_it_and_nowhere_else(says: str, kinds: set[str]) -> None:
    known = {KINDS[kind]: kind for kind in KINDS}
    assert {known[slug] for slug, rules in queue.load().items() if slug in known} >= kinds
    assert {kind for slug, kind in known.items() if slug in queue.load() and says in told(kind)} == kinds


@pytest.mark.parametrize(
    ("since", "last"),
    [
        (date(2026, 10, 23), date(2026, 11, 23)),  # Friday to Monday
        (date(2026, 10, 31), date(2026, 11, 30)),  # a month without a 31st
        (date(2026, 12, 15), date(2027, 1, 15)),  # over the end of the year
        (date(2027, 1, 31), date(2027, 2, 28)),
        (date(2028, 1, 31), date(2028, 2, 29)),  # a leap year
    ],
)
def test_doctors_are_due_anew_when_more_than_a_month_has_passed(dialogue: Dialogue, since: date, last: date) -> None:
    at = datetime(since.year, since.month, since.day, 23, 30, tzinfo=ALMATY)
    its = case(KINDS["inpatient"], Stage.QUEUED, at)
    for day, says, follows in (
        (last, "queue.doctors", "status.next.freed"),
        (last + timedelta(1), "queue.doctors_due", "status.next.freed_doctors"),
    ):
        now = datetime(day.year, day.month, day.day, 0, 5, tzinfo=ALMATY)
        assert queue.page(its, dialogue.guide, now)[2].id == says
        assert lines.page(its, dialogue.guide, now, Surface.SMS)[2].id == follows
        assert ("day", last) in queue.page(its, dialogue.guide, now)[2].values or says == "queue.doctors_due"


@pytest.mark.parametrize("surface", Surface)
@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("service", [*SERVICES, UNKNOWN])
def test_the_queue_of_every_service_is_told_and_fits(
    dialogue: Dialogue, service: str, language: Language, surface: Surface
) -> None:
    words = dialogue.guide.words
    for ago in (3, 40, 700):
        its = case(service, Stage.QUEUED, NOW - timedelta(ago))
        page = queue.page(its, dialogue.guide, NOW, whom="Абдрахманбек")
        reply = Reply(page, (BACK, MENU))
        if surface is Surface.CHAT:
            assert len(render.chat(reply, words, language).text) < 4096
            continue
        for portion in render.sms(reply, words, language):
            assert measure(portion.text).parts <= 3
            assert "{" not in portion.text


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("service", SERVICES)
def test_by_sms_the_page_of_an_application_that_waits_takes_one_message_with_the_way_to_its_queue(
    dialogue: Dialogue, service: str, language: Language
) -> None:
    for ago in (3, 40):
        talk = Talk(dialogue, Surface.SMS, NOW, phone=PHONE).known(language)
        talk.registry.applications = (case(service, Stage.QUEUED, NOW - timedelta(ago)),)
        talk.send("/status")
        assert "more" not in talk.session.offered


def test_the_number_stands_first_and_an_unknown_one_is_called_so(dialogue: Dialogue) -> None:
    with_number = case(KINDS["home"], Stage.QUEUED)
    assert queue.page(with_number, dialogue.guide, NOW)[1].id == "status.queue"
    assert lines.page(with_number, dialogue.guide, NOW, Surface.SMS)[1].id == "status.queue"
    without = case(KINDS["home"], Stage.PROVIDER_CHOICE)
    assert queue.page(without, dialogue.guide, NOW)[1].id == "queue.no_number"


def test_of_a_queue_that_no_act_speaks_of_it_is_said_that_we_know_nothing(dialogue: Dialogue) -> None:
    page = queue.page(case(KINDS["housing"], Stage.QUEUED), dialogue.guide, NOW)
    assert [one.id for one in page[2:]] == ["queue.unknown"]


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ('{ act = "263", at = "annex 2 ¶7"', '{ act = "2630", at = "annex 2 ¶7"', "queue.arrive.sources: act «2630»"),
        ('{ act = "283", at = "¶45"', '{ act = "165", at = "¶45"', "queue.no_show.sources: «165» is not an act"),
        ('{ act = "283", at = "¶45"', '{ act = "283", at = ""', "queue.no_show.sources: the paragraph is missing"),
        ('services = ["sanatorium_treatment"]', 'services = ["spa"]', "no service is called «spa»"),
        ("months = 1\n", "", "queue.doctors.late: goes with months"),
        ('says = "queue.arrive"', 'says = "queue.unannounced"', "queue.unannounced: stands there twice"),
        ("months = 1\n", "months = 0\n", "Expected `int` >= 1"),
        ("[[rule]]", "[[rule", "queue.toml: "),
    ],
)
def test_rules_that_cannot_be_trusted_are_refused_by_name(tmp_path: Path, right: str, wrong: str, said: str) -> None:
    text = FILE.read_text("utf-8")
    assert right in text
    changed = tmp_path / FILE.name
    changed.write_text(text.replace(right, wrong), "utf-8")
    with pytest.raises(QueueError, match=r"^queue\.toml: ") as error:
        queue.load(changed)
    assert said in str(error.value)


def begun(dialogue: Dialogue, *kinds: str, phone: str = PHONE, surface: Surface = Surface.SMS) -> Talk:
    waiting = (case(KINDS[kind], Stage.QUEUED) for kind in kinds)
    return Talk(dialogue, surface, NOW, registry=Registry(*waiting), phone=phone).known(Language.RU)


@pytest.mark.parametrize("word", ["кезек", "Очередь", "queue", "/queue", "моя очередь", "Кезегім?"])
def test_the_word_leads_there_where_one_application_waits(dialogue: Dialogue, word: str) -> None:
    talk = begun(dialogue, "aid")
    talk.send(word)
    assert talk.session.state == "status.queue"
    talk.send("/back")
    assert (talk.session.state, talk.session.application) == (
        "status.one",
        case(KINDS["aid"], Stage.QUEUED).key,
    )


def test_of_several_that_wait_the_one_being_read_is_meant_and_else_the_list_is_shown(dialogue: Dialogue) -> None:
    talk = begun(dialogue, "aid", "home")
    talk.send("очередь")
    assert talk.session.state == "status"
    chosen = case(KINDS["home"], Stage.QUEUED).key
    talk.choose(f"app:{chosen}")
    talk.send("очередь")
    assert (talk.session.state, talk.session.application) == ("status.queue", chosen)


def test_where_nothing_waits_the_word_asks_for_the_status(dialogue: Dialogue) -> None:
    talk = Talk(dialogue, Surface.SMS, NOW, registry=Registry(case(KINDS["aid"], Stage.ORDERED)), phone=PHONE).known(
        Language.RU
    )
    talk.send("очередь")
    assert talk.session.state == "status"
    assert "queue" not in " ".join(talk.session.offered)


def test_an_old_button_of_what_waits_no_longer_shows_the_status(dialogue: Dialogue) -> None:
    talk = Talk(dialogue, Surface.CHAT, NOW, registry=Registry(case(KINDS["aid"], Stage.ORDERED)), phone=PHONE).known(
        Language.RU
    )
    talk.send(f"[old button: queue:{case(KINDS['aid'], Stage.QUEUED).key}]")
    assert talk.session.state == "status"


def test_while_the_page_is_open_the_turn_may_come(dialogue: Dialogue) -> None:
    talk = begun(dialogue, "aid")
    talk.send("очередь")
    key = case(KINDS["aid"], Stage.QUEUED, NOW).key
    (its,) = talk.registry.applications
    assert its.key == key
    talk.registry.applications = (case(KINDS["aid"], Stage.PROVIDER_CHOICE),)
    talk.send("/again")
    assert talk.last is not None
    assert "Теперь выбор за вами" in talk.last.text


def test_a_family_is_asked_first_of_whom(dialogue: Dialogue) -> None:
    hers, mine = (
        case(KINDS["semi_inpatient"], Stage.QUEUED, iin=DANA.iin),
        case(KINDS["aid"], Stage.QUEUED, iin=AIGUL.iin),
    )
    talk = Talk(dialogue, Surface.CHAT, NOW, registry=Registry(hers, mine), phone=FAMILY_PHONE).known(Language.RU)
    talk.send("очередь")
    assert talk.session.state == "who.choose"
    talk.send(f"[old button: queue:{hers.key}]")
    assert talk.last is not None
    assert talk.last.text.startswith("Дневной центр (Дана)")


def test_by_sms_nothing_is_said_of_the_queue_for_a_shelter(dialogue: Dialogue) -> None:
    talk = begun(dialogue, "temporary")
    talk.send("очередь")
    assert talk.session.state == "status"
    assert not any(choice.startswith("queue:") for choice in talk.session.offered)


def test_while_e_sobes_is_away_it_is_promised_to_write(dialogue: Dialogue) -> None:
    talk = begun(dialogue, "aid")
    talk.happens("away")
    talk.send("очередь")
    assert talk.session.state == "status"
    assert talk.session.promised

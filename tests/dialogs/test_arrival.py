"""Which day an arrival can be put off to, with its weekday; what is passed on, and what words mean."""

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from dialogs.dialogue import Answer, Dialogue
from dialogs.duties.duty import Invitation, Place, Reason, Setting
from dialogs.language import Language
from dialogs.messages import Pressed, Surface, Text
from dialogs.papers import Notice
from dialogs.talk import Here
from dialogs.topics import arrival_words
from dialogs.topics.arriving import key_of
from tests.dialogs.open_matters import invitation, offer, unsigned
from tests.dialogs.registry import ALMATY, PHONE
from tests.dialogs.talks import Talk

MONDAY = date(2026, 11, 30)
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def begun(dialogue: Dialogue, its: Invitation, *, days_before: int = 5, surface: Surface = Surface.CHAT) -> Talk:
    """Somebody who was asked for the new day."""
    now = datetime.combine(its.arrive_by - timedelta(days_before), time(10), ALMATY)
    talk = Talk(dialogue, surface, now, phone=PHONE).known(Language.RU)
    talk.duties = (its,)
    talk.send("не могу приехать")
    talk.choose(f"because:{key_of(its)}:illness")
    return talk


def the_one(talk: Talk) -> Invitation:
    (its,) = talk.duties
    assert isinstance(its, Invitation)
    return its


@pytest.mark.parametrize(
    ("asked", "until", "weekday", "state"),
    [
        # 30 calendar days: order 230 ¶12(1), order 263 annex 1 ¶7
        (("inpatient", date(2026, 11, 30)), date(2026, 11, 30), "Monday", "arrival.day"),
        (("inpatient", date(2026, 11, 30)), date(2026, 12, 1), "Tuesday", "arrival.confirm"),
        (("inpatient", date(2026, 11, 30)), date(2026, 12, 30), "Wednesday", "arrival.confirm"),
        (("inpatient", date(2026, 11, 30)), date(2026, 12, 31), "Thursday", "arrival.day"),
        (("inpatient", date(2026, 12, 14)), date(2027, 1, 13), "Wednesday", "arrival.confirm"),
        (("inpatient", date(2026, 12, 14)), date(2027, 1, 14), "Thursday", "arrival.day"),
        (("inpatient", date(2028, 1, 31)), date(2028, 2, 29), "Tuesday", "arrival.confirm"),
        (("inpatient", date(2028, 1, 31)), date(2028, 3, 1), "Wednesday", "arrival.confirm"),
        (("inpatient", date(2028, 1, 31)), date(2028, 3, 2), "Thursday", "arrival.day"),
        (("inpatient", date(2027, 1, 31)), date(2027, 3, 2), "Tuesday", "arrival.confirm"),
        (("inpatient", date(2027, 1, 31)), date(2027, 3, 3), "Wednesday", "arrival.day"),
        # ten by order 230 ¶23(1), fourteen by order 263 annex 2 ¶7
        (("semi_inpatient", date(2026, 11, 30)), date(2026, 12, 10), "Thursday", "arrival.confirm"),
        (("semi_inpatient", date(2026, 11, 30)), date(2026, 12, 11), "Friday", "arrival.disputed"),
        (("semi_inpatient", date(2026, 11, 30)), date(2026, 12, 14), "Monday", "arrival.disputed"),
        (("semi_inpatient", date(2026, 11, 30)), date(2026, 12, 15), "Tuesday", "arrival.day"),
        (("semi_inpatient", date(2026, 12, 25)), date(2027, 1, 4), "Monday", "arrival.confirm"),
        (("semi_inpatient", date(2026, 12, 25)), date(2027, 1, 5), "Tuesday", "arrival.disputed"),
        (("semi_inpatient", date(2028, 2, 19)), date(2028, 2, 29), "Tuesday", "arrival.confirm"),
        (("semi_inpatient", date(2028, 2, 19)), date(2028, 3, 1), "Wednesday", "arrival.disputed"),
    ],
)
def test_each_day_leads_where_the_law_allows(
    dialogue: Dialogue, asked: tuple[str, date], until: date, weekday: str, state: str
) -> None:
    assert WEEKDAYS[until.weekday()] == weekday
    setting, arrive_by = asked
    its = invitation(arrive_by, setting=Setting(setting))
    for said in (f"{until:%d.%m}", f"{until:%d.%m.%Y}", f"[old button: day:{until}]"):
        talk = begun(dialogue, its)
        talk.send(said)
        assert talk.session.state == state, said
        assert the_one(talk).wanted is None
        assert the_one(talk).disputed == (until if state == "arrival.disputed" else None)


@pytest.mark.parametrize(
    ("until", "off"),
    [
        (date(2026, 12, 11), False),  # Friday
        (date(2026, 12, 12), True),  # Saturday
        (date(2026, 12, 13), True),  # Sunday
        (date(2026, 12, 16), True),  # Independence Day, a Wednesday
        (date(2026, 12, 17), False),
    ],
)
def test_of_a_day_off_it_is_said_to_ask_whether_anybody_is_there(dialogue: Dialogue, until: date, off: bool) -> None:
    talk = begun(dialogue, invitation(MONDAY))
    talk.send(f"{until:%d.%m}")
    assert talk.last is not None
    assert ("выходной" in talk.last.text) == off


@pytest.mark.parametrize("surface", Surface)
def test_only_an_explicit_yes_passes_it_on_and_once(dialogue: Dialogue, surface: Surface) -> None:
    its = invitation(MONDAY)
    talk = begun(dialogue, its, surface=surface)
    talk.send("20.12")
    for said in ("да", "иә", "ок", "хорошо", "приеду 20 декабря") if surface is Surface.SMS else ("да", "1", "ок"):
        talk.send(said)
        assert the_one(talk).state == "invited", said
    yes = f"postpone:{key_of(its)}:2026-12-20:illness"
    talk.choose(yes)
    wanted = the_one(talk).wanted
    assert wanted is not None
    assert (wanted.until, wanted.reason, the_one(talk).state) == (date(2026, 12, 20), Reason.ILLNESS, "postponing")
    talk.send(f"[old button: {yes}]")
    talk.send("перенести")
    assert (the_one(talk).wanted, talk.session.state) == (wanted, "arrival.stays")


def test_an_old_yes_to_another_day_or_reason_passes_nothing_on(dialogue: Dialogue) -> None:
    its = invitation(MONDAY)
    talk = begun(dialogue, its)
    talk.send("20.12")
    for made_up in ("2026-12-21:illness", "2026-12-20:hospitalisation", "2027-12-20:illness", "", "x:y"):
        talk.send(f"[old button: postpone:{key_of(its)}:{made_up}]")
        assert the_one(talk).wanted is None
        talk.send("[old button: because:" + key_of(its) + ":illness]")
        talk.send("20.12")


@pytest.mark.parametrize("days", [-1, 0, 1])
def test_on_the_last_day_it_can_still_be_put_off_and_not_after_it(dialogue: Dialogue, days: int) -> None:
    its = invitation(MONDAY)
    talk = begun(dialogue, its, days_before=1)
    talk.send("20.12")
    talk.now = datetime.combine(MONDAY + timedelta(days), time(23, 59), ALMATY)
    talk.send(f"[old button: postpone:{key_of(its)}:2026-12-20:illness]")
    assert (the_one(talk).wanted is not None) == (days <= 0)
    assert the_one(talk).state == ("postponing" if days <= 0 else "lapsed")


def test_what_is_being_decided_is_forgotten_with_the_topic_but_not_with_help(dialogue: Dialogue) -> None:
    talk = begun(dialogue, invitation(MONDAY))
    talk.send("/help")
    assert talk.session.arrival is not None
    talk.send("/back")
    assert talk.session.state == "arrival.day"
    talk.send("/menu")
    assert talk.session.arrival is None


@pytest.mark.parametrize("surface", Surface)
def test_the_notice_comes_as_a_file_in_a_chat_and_as_text_by_sms(dialogue: Dialogue, surface: Surface) -> None:
    its = unsigned(MONDAY, date(2026, 11, 27), date(2026, 12, 20))
    talk = Talk(dialogue, surface, datetime(2026, 11, 25, 10, tzinfo=ALMATY), phone=PHONE).known(Language.KK)
    talk.duties = (its,)
    talk.send(f"[old button: notice:{key_of(its)}]")
    assert talk.last is not None
    paper = talk.last.paper
    assert isinstance(paper, Notice) == (surface is Surface.CHAT)
    if isinstance(paper, Notice):
        assert (paper.before, paper.until) == (MONDAY, date(2026, 12, 20))
        assert (paper.by_representative, paper.on) == (False, date(2026, 11, 25))
    else:
        assert "2026 жылғы 30 қараша" in talk.last.text


def test_of_a_shelter_an_sms_says_neither_name_nor_address_nor_phone(dialogue: Dialogue) -> None:
    place = Place("«Қорған» дағдарыс орталығы", "Тәуелсіздік көшесі, 8", "+77282400000")
    its = invitation(MONDAY, setting=Setting.TEMPORARY, place=place)
    for said in ("arrive", "come", "cannot", "decline", "decline_yes"):
        talk = Talk(dialogue, Surface.SMS, datetime(2026, 11, 25, 10, tzinfo=ALMATY), phone=PHONE).known(Language.RU)
        talk.duties = (its,)
        talk.send(f"[old button: {said}:{key_of(its)}]")
        text = "\n".join(talk.lines)
        assert not any(secret in text for secret in ("Қорған", "Тәуелсіздік", "+7728", "дағдарыс")), said


@pytest.mark.parametrize("surface", Surface)
def test_no_word_is_taken_for_an_invitation_where_there_is_none(dialogue: Dialogue, surface: Surface) -> None:
    for said in ("приеду", "келемін", "перенести", "керек емес", "отказываюсь от места", "буду"):
        talk = Talk(dialogue, surface, phone=PHONE).known(Language.RU)
        talk.send(said)
        assert not talk.session.state.startswith("arrival"), said


@pytest.mark.parametrize(
    ("said", "alone", "beside_offers"),
    [
        ("келемін", "come", "come"),
        ("Иә, келемін!", "come", "come"),
        ("жақсы, барамын", "come", "come"),
        ("kelemin", "come", "come"),
        ("да, приеду", "come", "come"),
        ("я приду вовремя", "come", "come"),
        ("келе алмаймын", "cannot", "cannot"),
        ("кешігемін", "cannot", "cannot"),
        ("кейінге қалдыру", "cannot", "cannot"),
        ("к сожалению, не успею", "cannot", "cannot"),
        ("не могу приехать", "cannot", "cannot"),
        ("Перенос", "cannot", "cannot"),
        ("отложить", "cannot", "cannot"),
        ("отказываюсь от места", "decline", "decline"),
        ("орын керек емес", "decline", "decline"),
        ("не приеду", "arrive", "arrive"),
        ("келмеймін", "arrive", "arrive"),
        # these answer offers
        ("керек емес", "decline", ""),
        ("больше не нужно", "decline", ""),
        ("отказываюсь", "decline", ""),
        ("бас тартамын", "decline", ""),
        # nothing of the kind, or more than that
        ("да", "", ""),
        ("жоқ", "", ""),
        ("", "", ""),
        ("я", "", ""),
        ("приеду ли я", "", ""),
        ("когда приедет коляска", "", ""),
        ("келісемін", "", ""),
        ("перенос операции", "", ""),
    ],
)
def test_what_words_mean_of_an_invitation(said: str, alone: str, beside_offers: str) -> None:
    assert arrival_words.wish(said, alone=True) == alone
    assert arrival_words.wish(said, alone=False) == beside_offers


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("ауырып қалдым", Reason.ILLNESS),
        ("заболела", Reason.ILLNESS),
        ("болею", Reason.ILLNESS),
        ("мама болеет", Reason.ILLNESS),
        ("ауруханада жатырмын", Reason.HOSPITALISATION),
        ("лежу в больнице", Reason.HOSPITALISATION),
        ("госпитализация", Reason.HOSPITALISATION),
        ("болезнь, лежу в больнице", Reason.HOSPITALISATION),
        ("не болею", None),
        ("ауырған жоқпын", None),
        ("свадьба", None),
        ("отъезд", None),
        ("большая семья", None),
    ],
)
def test_reasons_in_words(said: str, why: Reason | None) -> None:
    assert arrival_words.reason(said) == why


@pytest.mark.parametrize(("said", "fits"), [("келемін", True), ("не могу приехать", True), ("керек емес", False)])
def test_offers_leave_to_the_talk_what_can_only_be_meant_for_an_invitation(
    dialogue: Dialogue, said: str, fits: bool
) -> None:
    talk = Talk(dialogue, Surface.SMS, phone=PHONE).known(Language.KK)
    told: dict[str, Any] = {"offers": (offer(MONDAY),), "duties": (invitation(MONDAY),)}
    here = Here(talk.now, Surface.SMS, PHONE, **told)
    assert dialogue.grasp(talk.session, Text(said), here).fits == fits
    assert not dialogue.grasp(talk.session, Text(said), Here(talk.now, Surface.SMS, PHONE)).fits


def test_a_button_pressed_before_the_language_is_known_is_not_lost(dialogue: Dialogue) -> None:
    its = invitation(MONDAY, id="I-0123456789")
    talk = Talk(dialogue, Surface.CHAT, phone=PHONE)
    talk.duties, talk.offers = (its,), ()
    session = talk.session
    here = Here(talk.now, Surface.CHAT, PHONE, duties=talk.duties)
    asked: Answer = dialogue.answer(session, Pressed(f"cannot:{key_of(its)}", 7), here)
    assert asked.session.state == "language"
    assert dialogue.answer(asked.session, Pressed("lang:ru", 7), here).session.state == "arrival.reason"


def test_a_number_that_comes_twice_does_not_take_back_what_it_agreed_to(dialogue: Dialogue) -> None:
    """The network may lose an answer, and people send the same again."""
    talk = begun(dialogue, invitation(MONDAY, id="I-1"), surface=Surface.SMS)
    for said in ("20.12", "1", "1"):
        talk.send(said)
    assert the_one(talk).said == ""
    talk.duties = (unsigned(MONDAY, MONDAY, date(2026, 12, 20), id="I-1"),)
    talk.send("1")
    assert the_one(talk).said == ""
    talk.send("1")
    assert talk.session.state == "arrival.notice"


def test_who_comes_after_all_is_no_longer_shown_what_to_sign(dialogue: Dialogue) -> None:
    talk = begun(dialogue, invitation(MONDAY, id="I-1"), surface=Surface.SMS)
    talk.duties = (unsigned(MONDAY, MONDAY, date(2026, 12, 20), id="I-1"),)
    talk.send("приеду")
    talk.send(f"[old button: arrive:{key_of(the_one(talk))}]")
    shown = talk.answers[-1].messages[0].text
    assert "Уведомление не подписывайте" in shown
    assert "подпишите" not in shown


@pytest.mark.parametrize("surface", Surface)
def test_where_help_comes_home_nobody_is_told_to_come(dialogue: Dialogue, surface: Surface) -> None:
    now = datetime.combine(MONDAY - timedelta(5), time(10), ALMATY)
    talk = Talk(dialogue, surface, now, phone=PHONE).known(Language.RU)
    talk.duties = (invitation(MONDAY, setting=Setting.HOME, id="I-3"),)
    key = key_of(the_one(talk))
    for press in (f"arrive:{key}", f"come:{key}"):
        talk.send(f"[old button: {press}]")
        shown = talk.answers[-1].messages[0].text.lower()
        assert "свяжитесь с организацией до понедельника, 30 ноября" in shown
        assert not any(word in shown for word in ("приеду", "ждёт", "с собой", "последний день"))


@pytest.mark.parametrize(
    ("said", "state"),
    [
        ("да", "arrival.come"),
        ("Иә!", "arrival.come"),
        ("1 приеду", "arrival.come"),
        ("конечно приеду", "arrival.come"),
        ("нет", "arrival.reason"),
        ("жоқ", "arrival.reason"),
        ("2 не могу", "arrival.reason"),
        ("не магу приехать", "arrival.reason"),
        ("келе алмаймн", "arrival.reason"),
        ("я заболела", "arrival.reason"),
        ("ауруханада жатырмын", "arrival.reason"),
    ],
)
def test_right_after_its_letter_plain_words_are_answers_to_an_invitation(
    dialogue: Dialogue, said: str, state: str
) -> None:
    its = invitation(MONDAY, id="I-1")
    talk = Talk(dialogue, Surface.SMS, its.sent + timedelta(hours=1), phone=PHONE).known(Language.RU)
    talk.duties = (its,)
    talk.send(said)
    assert talk.session.state == state
    assert the_one(talk).said == ("come" if state == "arrival.come" else "")


@pytest.mark.parametrize("said", ["да", "нет", "я заболела"])
def test_after_another_question_plain_words_are_no_answers_to_an_invitation(dialogue: Dialogue, said: str) -> None:
    its = invitation(MONDAY, id="I-1")
    talk = Talk(dialogue, Surface.SMS, its.sent + timedelta(hours=1), phone=PHONE).known(Language.RU)
    talk.duties = (its,)
    talk.send("/menu")
    talk.send(said)
    assert talk.session.state == "menu"
    assert the_one(talk).said == ""

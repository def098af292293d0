"""What a person answers, from the message to E-Sobes; and what is no answer."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import msgspec
import pytest

from dialogs.dialogue import Dialogue
from dialogs.language import Language
from dialogs.matters.affair import Happening
from dialogs.matters.letters import key
from dialogs.matters.matter import Answer, Given, Kind
from dialogs.messages import Text, Unreadable
from gateway.channels import Inbound, Letter, Outcome, Retry
from gateway.clock import Clock
from gateway.connection import Client
from gateway.journal.journal import Direction
from gateway.matters.answers import ENOUGH
from gateway.matters.store import home_of
from gateway.matters.wakeups import LAG
from gateway.store import Commit, Store
from tests.gateway.affairs import (
    AIGUL,
    FRIDAY,
    MONDAY,
    OTHER,
    PAVEL,
    PHONE,
    Affairs,
    Hands,
    decided,
    opened,
    put_together,
    withdrawn,
)
from tests.gateway.talk import receiver as receiver_of

CHAT = "chat:77"


@pytest.fixture
async def by_sms_only(redis: Client, dialogue: Dialogue) -> AsyncIterator[Affairs]:
    async with put_together(redis, dialogue, Hands(), chat_answers=False) as affairs:
        yield affairs


async def test_the_code_decides_and_e_sobes_hears_when_and_how(affairs: Affairs) -> None:
    await affairs.told(opened())
    yes = (await affairs.matter()).yes
    await affairs.sms(f"R {' '.join(yes)}")
    (told,) = affairs.ministry.taken
    assert told.path == "/offers/O-1/answer"
    assert msgspec.json.decode(told.body) == {
        "answer": "consent",
        "at": "2026-11-23T10:00:00+05:00",
        "channel": "sms",
        "phone": PHONE,
        "code": yes,
        "text": f"R {' '.join(yes)}",
    }
    (line,) = [line for line in await affairs.journal() if line.direction is Direction.IN]
    assert (line.nature, line.code, line.phone, line.at) == ("answer.consent", yes, PHONE, MONDAY)


@pytest.mark.parametrize(("text", "state"), [("Иә, келісемін", "consented"), ("нет", "refusing")])
async def test_a_clear_word_decides_where_one_offer_is_open(text: str, state: str, affairs: Affairs) -> None:
    await affairs.told(opened())
    await affairs.sms(text)
    assert (await affairs.matter()).state == state


async def test_a_clear_word_decides_nothing_where_two_offers_are_open(affairs: Affairs) -> None:
    await affairs.told(opened("O-1"))
    await affairs.told(opened("O-2", kind=Kind.REPLACEMENT))
    await affairs.sms("иә")
    matters = [await affairs.matter(name) for name in ("O-1", "O-2")]
    assert [matter.state for matter in matters] == ["asked", "asked"]
    asked_again = (await affairs.screen())[-1]
    assert all(code in asked_again for matter in matters for code in (matter.yes, matter.no))
    assert await affairs.heard() == ["answer.unclear"]
    await affairs.sms(matters[1].yes)
    await affairs.sms("жоқ")
    assert [(await affairs.matter(name)).state for name in ("O-1", "O-2")] == ["refusing", "consented"]


async def test_no_question_about_the_language_stands_before_an_answer(affairs: Affairs) -> None:
    await affairs.told(opened(person=PAVEL))
    await affairs.sms((await affairs.matter(person=PAVEL)).yes)
    assert "Согласие принято" in (await affairs.screen())[-1]
    await affairs.sms("коляска")  # and then the talk is in the language of the person
    assert "Қазақша" not in (await affairs.screen())[-1]
    assert affairs.answered() == [("O-1:1", "consent")]


class Away:
    """A provider that takes nothing."""

    async def send(self, letter: Letter) -> Outcome:
        return Retry("away")


@pytest.mark.parametrize(
    "after",
    [timedelta(hours=3), timedelta(hours=14, seconds=5), timedelta(days=5)],
    ids=["on the same day", "before the question leaves anew", "after days without a clock"],
)
async def test_a_word_is_no_answer_to_a_question_that_has_never_come(after: timedelta, affairs: Affairs) -> None:
    affairs.channels["sms"] = Away()
    await affairs.told(opened())
    assert isinstance(affairs.clock, Hands)
    affairs.clock.at = MONDAY + after
    await affairs.settle()
    await affairs.sms("иә")
    matter = await affairs.matter()
    assert (matter.state, affairs.answered()) == ("asked", [])
    await affairs.sms(matter.yes)  # whoever has the code has read it somewhere
    assert (await affairs.matter()).state == "consented"


async def test_the_same_message_again_is_not_answered_again(affairs: Affairs) -> None:
    await affairs.told(opened())
    yes = (await affairs.matter()).yes
    for _ in range(3):
        await affairs.sms(yes, name="kannel:1")
    assert await affairs.sent() == ["question", "consented"]
    assert await affairs.heard() == ["answer.consent"]


async def test_what_was_said_before_the_offer_came_is_no_consent_to_it(affairs: Affairs) -> None:
    await affairs.sms("иә", name="kannel:1")
    await affairs.told(opened())
    before = await affairs.screen()
    await affairs.sms("иә", name="kannel:1")
    assert (await affairs.matter()).state == "asked"
    assert await affairs.screen() == before


@pytest.mark.parametrize("chat", [False, True])
async def test_an_unclear_answer_that_comes_again_is_not_clear_then(chat: bool, affairs: Affairs) -> None:
    """Two offers were open when it came, and one when it is repeated."""
    for name in ("O-1", "O-2"):
        await affairs.told(opened(name))
    await affairs.link(CHAT)
    address = CHAT if chat else f"sms:{PHONE}"
    message = Inbound("tg:1", address, Text("иә"))
    await affairs.receiver.receive(message)
    await affairs.told(withdrawn("O-1"))
    await affairs.receiver.receive(message)
    assert (await affairs.matter("O-2")).state == "asked"
    assert await affairs.heard() == ["answer.unclear"]


async def test_whoever_says_that_the_person_has_died_is_met_with_sympathy_and_nothing_is_decided(
    affairs: Affairs,
) -> None:
    await affairs.told(opened())
    await affairs.sms("ол қайтыс болды")
    assert (await affairs.matter()).state == "asked"
    assert await affairs.heard() == ["answer.died"]
    assert await affairs.sent() == ["question", "died"]
    assert "ортақпыз" in (await affairs.screen())[-1]
    assert affairs.answered() == []


async def test_the_first_answer_wins_and_the_other_phone_is_told(affairs: Affairs) -> None:
    await affairs.told(opened(phones=(PHONE, OTHER)))
    matter = await affairs.matter()
    await affairs.sms(matter.yes, PHONE)
    assert await affairs.sent(PHONE) == ["question", "consented"]
    assert await affairs.sent(OTHER) == ["question", "consented_elsewhere"]
    await affairs.sms(matter.no, OTHER)
    assert (await affairs.sent(OTHER))[-1] == "consented_no_way_back"
    assert affairs.answered() == [("O-1:1", "consent")]


async def test_of_two_answers_at_the_same_moment_exactly_one_wins(affairs: Affairs) -> None:
    for number in range(10):
        name = f"O-{number}"
        await affairs.told(opened(name, phones=(PHONE, OTHER)))
        matter = await affairs.matter(name)
        await asyncio.gather(affairs.sms(matter.yes, PHONE), affairs.sms(matter.yes, OTHER))
        assert (await affairs.matter(name)).state == "consented"
    assert affairs.answered() == [(f"O-{number}:1", "consent") for number in range(10)]


async def test_consent_and_refusal_at_the_same_moment_end_in_one_of_them(affairs: Affairs) -> None:
    """A consent is final; a refusal that came before it was still held, so it was taken back."""
    for number in range(10):
        name = f"O-{number}"
        await affairs.told(opened(name, phones=(PHONE, OTHER)))
        matter = await affairs.matter(name)
        await asyncio.gather(affairs.sms(matter.no, PHONE), affairs.sms(matter.yes, OTHER))
    await affairs.until(MONDAY + timedelta(hours=1))
    assert sorted(affairs.answered()) == [(f"O-{number}:1", "consent") for number in range(10)]


async def test_an_answer_to_an_offer_that_has_changed_meanwhile_is_looked_at_again(affairs: Affairs) -> None:
    await affairs.told(opened())
    seen = await affairs.matter()
    await affairs.sms(seen.no)
    agreed = Given(Answer.CONSENT, MONDAY, phone=PHONE, text="иә")
    outcome = await affairs.matters.step(
        home_of(AIGUL.iin), seen.id, lambda _: Happening("consent", agreed), MONDAY, seen=seen
    )
    assert outcome is Commit.CONFLICT
    assert (await affairs.matter()).state == "refusing"


async def test_many_messages_of_one_phone_at_once_are_all_answered(affairs: Affairs) -> None:
    names = [f"O-{number}" for number in range(15)]
    for name in (*names, "O-99"):
        await affairs.told(opened(name))
    matters = [await affairs.matter(name) for name in names]
    texts = [matter.yes for matter in matters] + ["может быть, да"] * 3
    await asyncio.gather(*(affairs.sms(text) for text in texts))
    assert sorted(affairs.answered()) == sorted((f"{name}:1", "consent") for name in names)
    assert sorted(await affairs.heard()) == ["answer.consent"] * 15 + ["answer.unclear"] * 3


class Arrival(Clock):
    """When a message came, while it is later already."""

    def __init__(self, affairs: Affairs) -> None:
        self.at = affairs.clock.now()

    def now(self) -> datetime:
        return self.at


async def test_an_answer_of_the_last_second_counts_however_long_it_took_to_be_stored(
    affairs: Affairs, dialogue: Dialogue
) -> None:
    await affairs.told(opened(phones=(PHONE, OTHER)))
    matter = await affairs.matter()
    await affairs.until(FRIDAY - timedelta(seconds=1))
    slow = receiver_of(Store(affairs.batched), dialogue, affairs.answers, Arrival(affairs), affairs.outbox.wake)
    await affairs.clock.move(FRIDAY + timedelta(seconds=LAG - 1))
    await affairs.wakeups.ring(LAG)
    await slow.receive(Inbound("kannel:1", f"sms:{PHONE}", Text(matter.yes)))
    await affairs.settle()
    await affairs.until(FRIDAY + timedelta(hours=10))
    assert affairs.answered() == [("O-1:1", "consent")]
    given = (await affairs.matter()).given
    assert given is not None
    assert given.at == FRIDAY - timedelta(seconds=1)
    assert "cancelled" not in await affairs.sent(OTHER)


async def test_an_answer_after_midnight_is_late_although_no_clock_has_rung(affairs: Affairs) -> None:
    await affairs.told(opened())
    await affairs.until(FRIDAY - timedelta(seconds=1))
    await affairs.clock.move(FRIDAY)
    await affairs.sms((await affairs.matter()).yes)
    assert affairs.answered() == [("O-1:1", "silence")]
    assert (await affairs.sent())[-1] == "late_cancelled"
    assert await affairs.heard() == ["answer.late"]


async def test_a_late_refusal_of_a_replacement_is_explained_and_not_relayed(affairs: Affairs) -> None:
    await affairs.told(opened(kind=Kind.REPLACEMENT))
    await affairs.until(FRIDAY + timedelta(hours=10))
    await affairs.sms((await affairs.matter()).no)
    assert affairs.answered() == [("O-1:1", "silence")]
    assert (await affairs.sent())[-2:] == ["queued", "late_queued"]


async def test_a_refusal_by_accident_is_taken_back_before_anybody_hears_of_it(affairs: Affairs) -> None:
    await affairs.told(opened())
    matter = await affairs.matter()
    await affairs.sms(matter.no)
    await affairs.until(MONDAY + timedelta(minutes=14))
    await affairs.sms(matter.yes)
    await affairs.until(FRIDAY)
    assert affairs.answered() == [("O-1:1", "consent")]


async def test_after_three_unclear_answers_in_a_day_somebody_to_talk_to_is_named(affairs: Affairs) -> None:
    await affairs.told(opened())
    for text in ("да нет", "если платно, то нет", "иә?", "иә?"):
        await affairs.sms(text)
    assert await affairs.sent() == ["question", "again", "again", "office", "office"]
    await affairs.until(MONDAY + timedelta(days=1))
    await affairs.sms("да нет")
    assert (await affairs.sent())[-1] == "again"
    assert (await affairs.matter()).state == "asked"


async def test_a_robot_is_not_answered_for_ever(affairs: Affairs) -> None:
    await affairs.told(opened())
    for _ in range(ENOUGH + 5):
        await affairs.sms("иә?")
    assert len(await affairs.screen()) == 1 + ENOUGH
    assert len(await affairs.heard()) == ENOUGH


@pytest.mark.parametrize("text", ["не мой номер", "қате нөмір"])
async def test_whoever_was_taken_for_a_robot_is_heard_once_they_say_whose_phone_it_is(
    affairs: Affairs, text: str
) -> None:
    await affairs.told(opened())
    for _ in range(ENOUGH + 1):
        await affairs.sms("иә?")
    await affairs.sms(text)
    assert (await affairs.sent())[-1] == "not_mine"
    await affairs.until(FRIDAY.replace(hour=10))
    assert affairs.answered() == [("O-1:1", "undeliverable")]


async def test_a_size_is_heard_however_often_it_was_said_wrong(affairs: Affairs) -> None:
    await affairs.told(opened(device="diapers"))
    await affairs.sms((await affairs.matter()).yes)
    for _ in range(ENOUGH + 5):
        await affairs.sms("5 см")
    assert len(await affairs.screen()) == 2 + 1 + ENOUGH
    await affairs.sms("96 см обычная")
    assert (await affairs.sent())[-1] == "size.taken"


async def test_a_question_is_answered_with_what_is_offered(affairs: Affairs) -> None:
    await affairs.told(opened(person=PAVEL))
    await affairs.sms("что это?")
    assert await affairs.sent() == ["question", "explained"]
    assert await affairs.heard() == ["answer.question"]


@pytest.mark.parametrize("text", ["Какие документы нужны?", "Қандай құжат керек?"])
async def test_a_question_about_papers_is_one_about_the_offer(text: str, affairs: Affairs) -> None:
    await affairs.told(opened())
    await affairs.sms(text)
    assert await affairs.sent() == ["question", "explained"]
    assert await affairs.heard() == ["answer.question"]


async def test_a_question_that_nobody_here_understands_is_known_for_one(affairs: Affairs) -> None:
    await affairs.told(opened())
    await affairs.sms("ал қашан әкелесіздер?")
    assert "1414" in (await affairs.screen())[-1]
    assert await affairs.sent() == ["question", "again"]


async def test_a_picture_is_asked_for_in_words_while_an_offer_waits(affairs: Affairs) -> None:
    await affairs.told(opened())
    await affairs.receiver.receive(Inbound("tg:1", f"sms:{PHONE}", Unreadable("photo")))
    assert await affairs.sent() == ["question", "again"]


async def test_what_the_talk_understands_is_left_to_the_talk(affairs: Affairs) -> None:
    await affairs.told(opened())
    await affairs.sms("коляска")
    assert await affairs.heard() == []
    assert len(await affairs.screen()) == 2
    assert (await affairs.matter()).state == "asked"


async def test_who_has_refused_is_not_asked_again_by_every_word(affairs: Affairs) -> None:
    await affairs.told(opened())
    await affairs.sms((await affairs.matter()).no)
    await affairs.sms("қалайсыз")
    assert await affairs.heard() == ["answer.refusal"]


@pytest.mark.parametrize(
    ("kind", "word", "letter"),
    [
        (Kind.PROACTIVE, "да", "late_cancelled"),
        (Kind.PROACTIVE, "келісемін", "late_cancelled"),
        (Kind.REPLACEMENT, "нет", "late_queued"),
    ],
)
async def test_a_late_word_without_a_code_is_explained_too(
    kind: Kind, word: str, letter: str, affairs: Affairs
) -> None:
    await affairs.told(opened(kind=kind))
    await affairs.until(FRIDAY.replace(hour=9))
    await affairs.sms(word)
    assert (await affairs.sent())[-1] == letter
    assert await affairs.heard() == ["answer.late"]
    assert affairs.answered() == [("O-1:1", "silence")]


async def test_a_word_long_after_an_offer_is_the_talks(affairs: Affairs) -> None:
    await affairs.told(opened())
    await affairs.until(FRIDAY + timedelta(days=8))
    await affairs.sms("да")
    assert await affairs.heard() == []


async def test_a_second_word_is_told_what_became_of_the_first(affairs: Affairs) -> None:
    await affairs.told(opened())
    for word in ("да", "да", "нет"):
        await affairs.sms(word)
    assert await affairs.sent() == ["question", "consented", "consented_again", "consented_no_way_back"]
    assert affairs.answered() == [("O-1:1", "consent")]


@pytest.mark.parametrize("word", ["да", "согласна", "ошиблась", "не отказываюсь"])
async def test_a_refusal_by_accident_that_is_taken_back_in_words_is_asked_for_by_the_code(
    word: str, affairs: Affairs
) -> None:
    await affairs.told(opened())
    await affairs.sms("нет")
    await affairs.sms(word)
    assert await affairs.sent() == ["question", "refusing", "again"]
    assert (await affairs.matter()).yes in (await affairs.screen())[-1]
    await affairs.sms("нет")
    assert (await affairs.sent())[-1] == "refusing"
    assert (await affairs.matter()).state == "refusing"


async def test_thanks_after_a_refusal_are_the_talks(affairs: Affairs) -> None:
    await affairs.told(opened())
    await affairs.sms("нет")
    await affairs.sms("спасибо")
    assert await affairs.heard() == ["answer.refusal"]


async def test_a_stranger_is_not_written_to_any_more(affairs: Affairs) -> None:
    await affairs.told(opened("O-1", phones=(PHONE, OTHER)))
    await affairs.sms("это не мой номер", PHONE)
    assert await affairs.sent(PHONE) == ["question", "not_mine"]
    await affairs.told(opened("O-2", phones=(PHONE, OTHER)))
    await affairs.told(decided(phones=(PHONE, OTHER)))
    await affairs.told(withdrawn("O-2"))
    await affairs.until(FRIDAY.replace(hour=9))
    assert await affairs.sent(PHONE) == ["question", "not_mine"]
    assert await affairs.sent(OTHER) == ["question", "question", "decision", "withdrawn", "reminder", "cancelled"]
    assert affairs.answered() == [("O-1:1", "silence")]


async def test_a_stranger_does_not_answer_for_the_person(affairs: Affairs) -> None:
    await affairs.told(opened(phones=(PHONE, OTHER)))
    matter = await affairs.matter()
    await affairs.sms("қате нөмір", PHONE)
    await affairs.sms(matter.yes, PHONE)
    assert await affairs.sent(PHONE) == ["question", "not_mine", "stranger"]
    assert (await affairs.matter()).state == "asked"
    await affairs.sms(matter.yes, OTHER)
    assert affairs.answered() == [("O-1:1", "consent")]
    assert len(await affairs.screen(PHONE)) == 3


async def test_where_all_are_strangers_the_person_was_not_reached(affairs: Affairs) -> None:
    await affairs.told(opened())
    await affairs.sms("не мой номер")
    await affairs.until(FRIDAY.replace(hour=10))
    assert affairs.answered() == [("O-1:1", "undeliverable")]
    assert await affairs.sent() == ["question", "not_mine"]


async def test_a_stranger_to_one_person_is_none_to_another(affairs: Affairs) -> None:
    await affairs.told(opened("O-1", person=AIGUL))
    await affairs.told(opened("O-2", person=PAVEL))
    await affairs.sms(f"{(await affairs.matter('O-1')).no} не мой номер")
    await affairs.told(opened("O-3", person=PAVEL))
    await affairs.told(opened("O-4", person=AIGUL))
    assert await affairs.sent() == ["question", "question", "not_mine", "question"]


async def test_the_same_wrong_number_again_is_answered_again(affairs: Affairs) -> None:
    await affairs.told(opened())
    for _ in range(2):
        await affairs.sms("не мой номер")
    assert await affairs.sent() == ["question", "not_mine", "not_mine"]


async def test_a_linked_chat_is_asked_and_may_answer_by_button(affairs: Affairs) -> None:
    await affairs.link(CHAT)
    await affairs.told(opened())
    shown = (await affairs.phones.history(CHAT))[-1]
    assert [button.id for button in shown.buttons] == [f"offer:{key('O-1')}:{word}" for word in ("yes", "no")]
    await affairs.press(f"offer:{key('O-1')}:yes", CHAT)
    (told,) = affairs.ministry.taken
    body = msgspec.json.decode(told.body)
    assert (body["channel"], body["phone"], body["text"]) == ("telegram", PHONE, None)
    assert body["code"] == (await affairs.matter()).yes
    assert len(await affairs.screen(CHAT)) == 2
    assert len(await affairs.screen(PHONE)) == 2  # the phone is told that the chat has answered


@pytest.mark.parametrize("choice", ["offer:0123456789:yes", "offer:{key}:maybe", "offer:{key}", "offer", "menu"])
async def test_a_button_that_is_none_of_ours_decides_nothing(choice: str, affairs: Affairs) -> None:
    await affairs.link(CHAT)
    await affairs.told(opened())
    await affairs.press(choice.replace("{key}", key("O-1")), CHAT)
    assert (await affairs.matter()).state == "asked"
    assert await affairs.heard() == []


async def test_a_chat_that_is_linked_to_nobody_decides_nothing(affairs: Affairs) -> None:
    await affairs.told(opened())
    await affairs.press(f"offer:{key('O-1')}:yes", CHAT)
    await affairs.write((await affairs.matter()).yes, CHAT)
    assert (await affairs.matter()).state == "asked"


async def test_where_chats_may_not_answer_they_say_so(by_sms_only: Affairs) -> None:
    affairs = by_sms_only
    await affairs.link(CHAT)
    await affairs.told(opened())
    assert (await affairs.phones.history(CHAT))[-1].buttons == ()
    matter = await affairs.matter()
    await affairs.press(f"offer:{key('O-1')}:yes", CHAT)
    await affairs.write(matter.yes, CHAT)
    assert (await affairs.matter()).state == "asked"
    assert await affairs.heard() == ["answer.unclear", "answer.unclear"]
    await affairs.sms(matter.yes)
    await affairs.write(matter.yes, CHAT)
    assert (await affairs.heard())[-2:] == ["answer.consent", "answer.consent"]
    assert affairs.answered() == [("O-1:1", "consent")]


async def test_a_late_answer_in_a_chat_that_may_not_answer_is_explained(by_sms_only: Affairs) -> None:
    await by_sms_only.link(CHAT)
    await by_sms_only.told(opened())
    await by_sms_only.until(FRIDAY + timedelta(hours=10))
    await by_sms_only.write((await by_sms_only.matter()).yes, CHAT)
    assert (await by_sms_only.sent())[-1] == "late_cancelled"


async def test_the_talk_goes_on_if_hearing_fails(
    affairs: Affairs, caplog: pytest.LogCaptureFixture, redis: Client
) -> None:
    await affairs.told(opened())
    yes = (await affairs.matter()).yes
    pocket = next(iter([name async for name in redis.scan_iter(match="*:pocket:*")]))
    await redis.set(pocket, b"{")
    await affairs.sms(yes)
    assert len(await affairs.screen()) == 2
    assert "hearing an answer failed" in caplog.text
    assert yes not in caplog.text


async def test_the_language_of_two_persons_is_not_guessed(affairs: Affairs) -> None:
    await affairs.told(opened("O-1", person=AIGUL))
    await affairs.told(opened("O-2", person=PAVEL))
    assert {AIGUL.language, PAVEL.language} == set(Language)
    await affairs.sms("коляска")
    assert "Қазақша" in (await affairs.screen())[-1]


@pytest.mark.parametrize("text", ["что?", "бұл не?"])
async def test_who_wonders_at_the_question_about_the_size_is_asked_it_again(affairs: Affairs, text: str) -> None:
    await affairs.told(opened(device="diapers"))
    await affairs.sms((await affairs.matter()).yes)
    await affairs.sms(text)
    assert (await affairs.sent())[-1] == "size.unclear.waist"
    assert (await affairs.matter()).size == "waist::"

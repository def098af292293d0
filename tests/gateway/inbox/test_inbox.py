"""What is written to the specialists reaches them once, what they answer reaches the person once, and neither is an
answer to an offer."""

import asyncio
import logging
from datetime import timedelta

import msgspec
import pytest

from dialogs.errands import Write
from dialogs.messages import Text, Unreadable
from gateway.channels import Inbound, Letter, Outcome, Retry
from gateway.inbox.case import Case, Kind, RefusedError, State
from gateway.letters import Status
from gateway.store import SHARDS, shard, tag
from tests.gateway.affairs import AIGUL, OTHER, PHONE, Affairs, Hands, opened

ADDRESS = f"sms:{PHONE}"
CHAT = "chat:aigul"
QUESTION = "Анама арба қашан келеді? Үйі: 8 701 765 43 21"


async def nobody(_: str) -> bool:
    return False


async def everybody(_: str) -> bool:
    return True


async def write(affairs: Affairs, *texts: str, address: str = ADDRESS) -> None:
    """By somebody who has chosen a language and to write to a specialist."""
    await begin(affairs, address)
    for text in texts:
        await say(affairs, text, address)


async def begin(affairs: Affairs, address: str = ADDRESS) -> None:
    for text in ("қаз", "маманға"):
        await say(affairs, text, address)


async def say(affairs: Affairs, text: str, address: str = ADDRESS) -> None:
    if address.startswith("sms:"):
        await affairs.sms(text, address[4:])
    else:
        await affairs.write(text, address)


async def case(affairs: Affairs, address: str = ADDRESS) -> Case:
    _, found = await affairs.inbox.desk.load(address)
    assert found is not None
    return found


async def told(affairs: Affairs, address: str = ADDRESS) -> list[tuple[str, str]]:
    return [(str(line.kind), line.text) for line in await affairs.inbox.desk.lines(address, 100)]


async def take(affairs: Affairs, who: str = "dana", address: str = ADDRESS, mark: str = "") -> None:
    await affairs.inbox.take((await case(affairs, address)).id, who, mark or f"take-{who}-{address}", everybody)
    await affairs.settle()


async def answer(affairs: Affairs, text: str, mark: str, who: str = "dana", to: str = "") -> None:
    await affairs.inbox.answer((await case(affairs)).id, who, mark, text, to)
    await affairs.settle()


async def test_what_somebody_writes_waits_for_a_specialist_and_the_assistant_keeps_quiet(affairs: Affairs) -> None:
    await write(affairs, QUESTION, "Тағы сұрақ", "1")
    screen = await affairs.screen()
    assert len(screen) == 3
    assert "Маманға жібердік" in screen[-1]
    assert await told(affairs) == [("said", QUESTION), ("said", "Тағы сұрақ"), ("said", "1")]
    found = await case(affairs)
    assert (found.state, found.reason, found.language, found.last) == (State.WAITING, "asked", "kk", "1")
    assert await affairs.inbox.waiting() == 1


async def test_a_message_that_comes_twice_stands_there_once(affairs: Affairs) -> None:
    await begin(affairs)
    for _ in range(3):
        await affairs.sms("Сұрақ", name="kannel:7")
    assert await told(affairs) == [("said", "Сұрақ")]


async def test_an_errand_that_is_carried_out_twice_is_written_down_once(affairs: Affairs) -> None:
    for _ in range(3):
        await affairs.inbox.heard(Write("Сұрақ", "kk", "asked"), ADDRESS, "desk:kannel:7", 1.0)
    await asyncio.gather(
        *(affairs.inbox.heard(Write(f"{n}", "kk", "asked"), ADDRESS, f"desk:{n % 5}", 2.0) for n in range(20))
    )
    assert [text for _, text in await told(affairs)] == [
        "Сұрақ",
        *sorted(text for _, text in (await told(affairs))[1:]),
    ]
    assert len(await told(affairs)) == 6


async def test_whoever_is_not_understood_three_times_is_in_the_queue_and_goes_on_with_the_assistant(
    affairs: Affairs,
) -> None:
    await affairs.sms("қаз")
    for text in ("ывапролд", "фывапр", "жэдл 87011234567"):
        await affairs.sms(text)
    assert (await case(affairs)).reason == "missed"
    assert await told(affairs) == [("missed", "жэдл …")]
    assert (await case(affairs)).away
    await affairs.sms("мәзір")
    assert "1 –" in (await affairs.screen())[-1]
    await take(affairs)
    await affairs.sms("Көмек керек еді")
    assert (await told(affairs))[-1] == ("said", "Көмек керек еді")
    assert not (await case(affairs)).away


async def test_two_specialists_cannot_take_the_same_person(affairs: Affairs) -> None:
    await write(affairs, "Сұрақ")
    name = (await case(affairs)).id
    outcomes = await asyncio.gather(
        *(affairs.inbox.take(name, who, f"take-{who}", everybody) for who in ("dana", "marat", "asel")),
        return_exceptions=True,
    )
    assert [type(one) for one in outcomes].count(RefusedError) == 2
    taker = (await case(affairs)).taker
    assert [kind for kind, _ in await told(affairs)].count("taken") == 1
    await affairs.inbox.take(name, taker, f"take-{taker}", everybody)  # the same form once more
    assert [kind for kind, _ in await told(affairs)].count("taken") == 1


async def test_what_an_absent_specialist_has_taken_can_be_taken_over(affairs: Affairs) -> None:
    await write(affairs, "Сұрақ")
    await take(affairs, "dana")
    name = (await case(affairs)).id
    with pytest.raises(RefusedError):
        await affairs.inbox.take(name, "marat", "1", everybody)
    assert await affairs.inbox.take(name, "marat", "2", nobody) is Kind.TAKEN_OVER
    with pytest.raises(RefusedError):
        await answer(affairs, "Мен едім ғой", "3", "dana")
    await answer(affairs, "Енді мен жауап беремін", "4", "marat")
    assert (await affairs.screen())[-1] == "Маман: Енді мен жауап беремін"


async def test_an_answer_leaves_once_and_what_became_of_it_is_known(affairs: Affairs) -> None:
    await write(affairs, "Сұрақ")
    await take(affairs)
    for _ in range(3):
        await answer(affairs, "Ертең келеді.", "form-1")
    await asyncio.gather(*(answer(affairs, "Ертең келеді.", "form-1") for _ in range(3)))
    assert [text for text in await affairs.screen() if "Ертең" in text] == ["Маман: Ертең келеді."]
    read = await affairs.inbox.read((await case(affairs)).id, everybody)
    assert read is not None
    assert read.news["inbox:form-1"].status is Status.DELIVERED
    assert read.case.unanswered == 0.0


async def test_only_whoever_has_taken_somebody_answers_and_no_more_than_three_parts_by_sms(affairs: Affairs) -> None:
    await write(affairs, "Сұрақ")
    with pytest.raises(RefusedError):
        await answer(affairs, "Сәлем", "1")
    await take(affairs)
    for text in ("ә" * 195, "   "):
        with pytest.raises(RefusedError):
            await answer(affairs, text, "2")
    await answer(affairs, "ә" * 194, "3")
    assert (await affairs.screen())[-1] == "Маман: " + "ә" * 194


async def test_the_answer_may_go_to_the_linked_phone(affairs: Affairs) -> None:
    await affairs.link(CHAT)
    await write(affairs, "Сұрақ", address=CHAT)
    await take(affairs, address=CHAT)
    await affairs.inbox.answer((await case(affairs, CHAT)).id, "dana", "1", "Чатқа")
    await affairs.inbox.answer((await case(affairs, CHAT)).id, "dana", "2", "Телефонға", "sms")
    await affairs.settle()
    assert (await affairs.screen(CHAT))[-1] == "Маман: Чатқа"
    assert (await affairs.screen())[-1] == "Маман: Телефонға"


async def test_whoever_went_back_to_the_assistant_gets_the_answer_and_is_with_the_specialist_again(
    affairs: Affairs,
) -> None:
    await write(affairs, "Сұрақ")
    await take(affairs)
    await affairs.sms("0")
    assert (await case(affairs)).away
    await affairs.sms("кресло-арба")
    assert "Кресло-арба" in (await affairs.screen())[-1] or "кресло" in (await affairs.screen())[-1].lower()
    await answer(affairs, "Ертең келеді.", "1")
    answered, instructed = (await affairs.screen())[-2:]
    assert answered == "Маман: Ертең келеді."
    assert "маман жауап береді" in instructed
    await affairs.sms("Рақмет сізге")
    assert (await told(affairs))[-1] == ("said", "Рақмет сізге")


async def test_handed_back_it_waits_again_and_closed_the_assistant_answers(affairs: Affairs) -> None:
    await write(affairs, "Сұрақ")
    await take(affairs)
    name = (await case(affairs)).id
    await affairs.inbox.hand_back(name, "dana", "back")
    await affairs.settle()
    assert (await affairs.screen())[-1].startswith("Сұрағыңызды басқа маман")
    assert await affairs.inbox.waiting() == 1
    await take(affairs, "marat")
    await affairs.inbox.close(name, "marat", "close")
    await affairs.settle()
    assert "аяқталды" in (await affairs.screen())[-1]
    assert await affairs.inbox.waiting() == 0
    await affairs.sms("статус")
    assert [kind for kind, _ in await told(affairs)] == ["said", "taken", "returned", "taken", "closed"]
    await affairs.sms("маманға")
    await affairs.sms("Тағы сұрақ")
    assert (await case(affairs)).state is State.WAITING
    assert (await case(affairs)).id == name


async def test_what_is_forgotten_is_gone_from_the_specialists_as_well(affairs: Affairs) -> None:
    await write(affairs, QUESTION)
    await take(affairs)
    await affairs.inbox.note((await case(affairs)).id, "dana", "note", "Қайта хабарласу керек")
    await affairs.sms("/forget")
    await affairs.sms("1")
    assert await affairs.inbox.desk.load(ADDRESS) == (None, None)
    assert await told(affairs) == []
    for state in State:
        assert (await affairs.inbox.queue(state, 10)).many == 0
    keys = [key async for key in affairs.redis.scan_iter("*case*")]
    assert [key.decode() for key in keys] == [f"{shard(ADDRESS)}:case-marks:{ADDRESS}"]


async def test_a_yes_to_the_specialist_is_no_consent_and_a_code_is(affairs: Affairs) -> None:
    await affairs.told(opened())
    await write(affairs, "Сұрақ")
    await take(affairs)
    await answer(affairs, "Ертең үйде боласыз ба?", "1")
    for text in ("иә", "жоқ", "да", "келісемін", "96"):
        await affairs.sms(text)
    assert (await affairs.matter()).state == "asked"
    assert [text for _, text in await told(affairs)][-5:] == ["иә", "жоқ", "да", "келісемін", "96"]
    assert "кодты жіберіңіз" in (await affairs.screen())[-1]
    await affairs.sms((await affairs.matter()).yes)
    assert (await affairs.matter()).state == "consented"
    await affairs.sms("талия 96 см")
    assert (await told(affairs))[-1] == ("said", "талия 96 см")


@pytest.mark.parametrize(("there", "to", "reply"), [(ADDRESS, "chat", CHAT), (CHAT, "sms", ADDRESS)])
async def test_a_yes_to_what_a_specialist_asks_by_the_other_channel_is_no_consent(
    affairs: Affairs, there: str, to: str, reply: str
) -> None:
    await affairs.link(CHAT)
    await affairs.told(opened())
    await write(affairs, "Сұрақ", address=there)
    await take(affairs, address=there)
    await affairs.inbox.answer((await case(affairs, there)).id, "dana", "1", "Ертең үйде боласыз ба?", to)
    await affairs.settle()
    for text in ("иә", "жоқ", "да"):
        await say(affairs, text, reply)
        assert (await affairs.matter()).state == "asked"
    assert (await affairs.matter()).yes in (await affairs.screen(reply))[-1]
    await say(affairs, (await affairs.matter()).yes, reply)
    assert (await affairs.matter()).state == "consented"


async def test_a_yes_to_the_last_words_of_a_specialist_is_no_consent(affairs: Affairs) -> None:
    await affairs.told(opened())
    await write(affairs, "Сұрақ")
    await take(affairs)
    await answer(affairs, "Ертең келеміз, жақсы ма?", "1")
    await affairs.inbox.close((await case(affairs)).id, "dana", "2")
    await affairs.settle()
    await affairs.sms("иә, рақмет")
    assert (await affairs.matter()).state == "asked"


async def test_nothing_that_a_specialist_does_answers_an_offer(affairs: Affairs) -> None:
    await affairs.told(opened())
    matter = await affairs.matter()
    await write(affairs, "Сұрақ")
    await take(affairs)
    await answer(affairs, f"{matter.yes}", "1")
    await affairs.inbox.note((await case(affairs)).id, "dana", "2", f"{matter.yes} келісемін")
    await affairs.inbox.close((await case(affairs)).id, "dana", "3")
    await affairs.settle()
    assert (await affairs.matter()).state == "asked"
    assert affairs.answered() == []


async def test_photos_cannot_be_passed_on_and_the_person_is_told(affairs: Affairs) -> None:
    await write(affairs, "Сұрақ", address=CHAT)
    await affairs.receiver.receive(Inbound("photo-1", CHAT, Unreadable("photo")))
    await affairs.settle()
    assert "мәтін" in (await affairs.screen(CHAT))[-1]
    assert len(await told(affairs, CHAT)) == 1


async def test_the_specialists_own_chat_is_told_at_most_once_a_minute_and_nothing_personal(affairs: Affairs) -> None:
    assert isinstance(affairs.clock, Hands)
    for number in range(3):
        await write(affairs, QUESTION, address=f"sms:+770155500{number:02}")
        affairs.clock.at += timedelta(seconds=1)
    assert len(await affairs.screen("tg:-100")) == 1
    affairs.clock.at += timedelta(seconds=61)
    await affairs.settle()
    first, second = await affairs.screen("tg:-100")
    assert "1 адам" in first
    assert "3 адам" in second
    assert "3 человека" in second
    affairs.clock.at += timedelta(minutes=10)
    await affairs.settle()
    assert len(await affairs.screen("tg:-100")) == 2


async def test_no_log_and_no_other_stream_holds_what_was_written(
    affairs: Affairs, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    send = affairs.channels["desk"].send
    tries = 0

    async def twice(letter: Letter) -> Outcome:
        nonlocal tries
        tries += 1
        return Retry("away") if tries == 1 else await send(letter)

    affairs.channels["desk"].send = twice  # type: ignore[method-assign]
    await begin(affairs)
    await affairs.receiver.receive(Inbound("m-1", ADDRESS, Text(QUESTION)))
    assert isinstance(affairs.clock, Hands)
    while tries < 2:
        affairs.clock.at += timedelta(seconds=5)
        await affairs.settle()
    await take(affairs)
    await answer(affairs, "Құпия жауап", "1")
    assert "арба қашан" not in caplog.text
    assert "Құпия жауап" not in caplog.text
    for number in range(SHARDS):
        for stream in ("journal", "audit", "errands", "events"):
            held = await affairs.batched("XRANGE", f"{tag(number)}:{stream}", "-", "+")
            assert "арба қашан" not in repr([msgspec.json.encode(str(one)) for one in held])
            assert QUESTION.encode() not in b"".join(value for _, fields in held for value in fields.values())


async def test_the_queue_is_in_the_order_in_which_people_came(affairs: Affairs) -> None:
    assert isinstance(affairs.clock, Hands)
    phones = [f"sms:+7701555{number:04}" for number in range(12)]
    for address in phones:
        await write(affairs, f"Мен {address[-2:]}", address=address)
        affairs.clock.at += timedelta(minutes=1)
    queued = await affairs.inbox.queue(State.WAITING, 10)
    assert [one.address for one in queued.cases] == phones[:10]
    assert queued.many == 12


async def test_nobody_elses_case_opens_by_a_name_that_was_made_up(affairs: Affairs) -> None:
    await write(affairs, "Сұрақ")
    for name in ("00-0000000000000000", "99-0000000000000000", "x", OTHER, AIGUL.iin):
        assert await affairs.inbox.read(name, everybody) is None


def test_what_stands_in_a_case_is_in_no_repr() -> None:
    assert "Сұрақ" not in repr(Case("00-1", ADDRESS, State.WAITING, 1.0, "kk", "asked", "Сұрақ"))
    assert "Сұрақ" not in repr(Write("Сұрақ", "kk", "asked"))

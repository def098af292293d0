"""A question of the talk that something else came in the middle of: it is taken up again, or still stands."""

from datetime import timedelta

import pytest

from dialogs import session as sessions
from dialogs.messages import Text
from dialogs.session import Session
from dialogs.sms_length import measure
from gateway.channels import Inbound
from gateway.esobes.events import Told
from gateway.store import shard
from tests.gateway.affairs import MONDAY, PHONE, Affairs, Hands, decided, opened
from tests.gateway.duty_events import invited

SMS, CHAT = f"sms:{PHONE}", "chat:aigul"


async def asked(affairs: Affairs, address: str) -> None:
    """About a wheelchair, in Kazakh."""
    for number, text in enumerate(("қаз", "кресло-арба")):
        await affairs.receiver.receive(Inbound(f"{address}:{number}", address, Text(text)))
    await affairs.settle()
    assert (await session(affairs, address)).state == "documents.question"


async def session(affairs: Affairs, address: str) -> Session:
    stored = await affairs.batched("GET", f"{shard(address)}:session:{address}")
    return sessions.read(stored)


async def test_after_the_answer_to_an_offer_the_question_is_asked_again_by_sms(affairs: Affairs) -> None:
    await asked(affairs, SMS)
    question = (await affairs.screen())[-1]
    await affairs.told(opened())
    await affairs.sms((await affairs.matter()).yes)
    assert (await affairs.matter()).state == "consented"
    assert (await affairs.screen())[-1] == question
    assert measure(question).parts <= 3
    await affairs.sms("1")
    assert (await session(affairs, SMS)).answers == {"channel": "state_corp"}


@pytest.mark.parametrize("invited_first", [True, False])
async def test_the_question_that_is_asked_again_stands_after_the_letter_of_an_invitation(
    affairs: Affairs, *, invited_first: bool
) -> None:
    if invited_first:
        await affairs.told(invited())
    await asked(affairs, SMS)
    if not invited_first:
        await affairs.told(invited())
    await affairs.told(opened())
    await affairs.sms((await affairs.matter()).yes)
    await affairs.sms("1")
    assert (await session(affairs, SMS)).answers == {"channel": "state_corp"}


async def test_the_same_answer_once_more_asks_nothing_again(affairs: Affairs) -> None:
    await asked(affairs, SMS)
    await affairs.told(opened())
    code = (await affairs.matter()).yes
    for _ in range(3):
        await affairs.sms(code, name="the-same")
    before = await affairs.screen()
    await affairs.sms(code, name="the-same")
    assert await affairs.screen() == before
    assert len(before) == 5


async def test_in_a_chat_also_after_a_button_far_above(affairs: Affairs) -> None:
    await affairs.link(CHAT)
    await affairs.told(opened())
    yes = (await affairs.phones.history(CHAT))[-1].buttons[0].id
    await asked(affairs, CHAT)
    await affairs.press(yes, CHAT)
    assert (await affairs.matter()).state == "consented"
    assert (await affairs.screen(CHAT))[-1].startswith("Сұрағымызға оралайық.")
    assert [button.id for button in (await affairs.phones.history(CHAT))[-1].buttons][:1] == [
        "o:6:channel:state_corp"
    ]


@pytest.mark.parametrize("said", ["мүмкін", "иә жоқ"])
async def test_while_the_offer_still_asks_nothing_else_is_asked(affairs: Affairs, said: str) -> None:
    await asked(affairs, SMS)
    await affairs.told(opened())
    question = (await affairs.matter()).yes
    await affairs.sms(said)
    assert question in (await affairs.screen())[-1]


async def test_while_a_size_is_wanted_nothing_else_is_asked(affairs: Affairs) -> None:
    await asked(affairs, SMS)
    await affairs.told(opened(device="подгузники"))
    await affairs.sms((await affairs.matter()).yes)
    assert "96" in (await affairs.screen())[-1]


async def test_where_nothing_is_asked_nothing_is_added(affairs: Affairs) -> None:
    await affairs.sms("қаз")
    await affairs.told(opened())
    before = len(await affairs.screen())
    await affairs.sms((await affairs.matter()).yes)
    assert len(await affairs.screen()) == before + 1


async def test_a_question_of_long_ago_is_not_dug_up(affairs: Affairs) -> None:
    await asked(affairs, SMS)
    await affairs.told(opened())
    assert isinstance(affairs.clock, Hands)
    affairs.clock.at = MONDAY + timedelta(hours=3)
    before = len(await affairs.screen())
    await affairs.sms((await affairs.matter()).yes)
    assert len(await affairs.screen()) == before + 1


@pytest.mark.parametrize("told", [opened(), decided()], ids=["an offer", "a decision"])
async def test_a_letter_that_nobody_asked_for_repeats_nothing_and_the_numbers_still_work(
    affairs: Affairs, told: Told
) -> None:
    """Each SMS costs money, and the question is still on the phone."""
    await asked(affairs, SMS)
    before = len(await affairs.screen())
    await affairs.told(told)
    assert len(await affairs.screen()) == before + 1
    await affairs.sms("1")
    assert (await session(affairs, SMS)).answers == {"channel": "state_corp"}

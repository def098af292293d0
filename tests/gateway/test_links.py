"""A chat linked to its owner's phone: offers come to it as well, and it may answer them."""

import pytest

from dialogs.dialogue import Dialogue
from dialogs.matters.pocket import Pocket
from dialogs.messages import Contact, Content, Text
from gateway.channels import Inbound
from gateway.connection import Client
from tests.gateway.affairs import MONDAY, OTHER, PHONE, Affairs, Hands, opened, put_together, withdrawn

CHAT, SECOND = "chat:aigul", "chat:second"
NIGHT = MONDAY.replace(hour=22)


async def says(affairs: Affairs, chat: str, *contents: Content) -> None:
    for content in contents:
        number = len(await affairs.phones.history(chat))
        await affairs.receiver.receive(Inbound(f"{chat}:{number}", chat, content))
        await affairs.settle()


async def linked(affairs: Affairs, chat: str = CHAT, phone: str = PHONE) -> None:
    await says(affairs, chat, Contact(phone, own=True))


async def buttons(affairs: Affairs, chat: str = CHAT) -> list[str]:
    return [button.id for button in (await affairs.phones.history(chat))[-1].buttons]


async def test_an_offer_comes_by_sms_and_to_the_chat_with_buttons(affairs: Affairs) -> None:
    await linked(affairs)
    await affairs.told(opened())
    assert len(await affairs.screen(PHONE)) == 1
    assert [button.split(":")[0] for button in await buttons(affairs)] == ["offer", "offer"]


async def test_a_button_in_the_chat_consents_and_the_phone_is_told(affairs: Affairs) -> None:
    await linked(affairs)
    await affairs.told(opened())
    yes, _ = await buttons(affairs)
    await affairs.press(yes, CHAT)
    assert affairs.answered() == [("O-1:1", "consent")]
    given, matter = (await affairs.matter()).given, await affairs.matter()
    assert given is not None
    assert (given.channel, given.phone, given.code) == ("telegram", PHONE, matter.yes)
    assert await affairs.sent(PHONE) == ["question", "question", "consented", "consented_elsewhere"]


async def test_the_code_may_be_typed_in_the_chat(affairs: Affairs) -> None:
    await linked(affairs)
    await affairs.told(opened())
    await affairs.write((await affairs.matter()).no, CHAT)
    assert (await affairs.matter()).state == "refusing"


async def test_an_old_button_decides_nothing_any_more(affairs: Affairs) -> None:
    await linked(affairs)
    await affairs.told(opened())
    yes, _ = await buttons(affairs)
    await affairs.told(withdrawn())
    await affairs.press(yes, CHAT)
    assert affairs.answered() == []


async def test_where_only_sms_counts_the_chat_says_so(redis: Client, dialogue: Dialogue) -> None:
    async with put_together(redis, dialogue, Hands(), chat_answers=False) as affairs:
        await linked(affairs)
        await affairs.told(opened())
        assert await buttons(affairs) == []
        await affairs.write((await affairs.matter()).yes, CHAT)
        assert (await affairs.matter()).state == "asked"
        assert "SMS" in (await affairs.screen(CHAT))[-1]


async def test_of_two_chats_linked_to_one_phone_only_the_later_one_answers(affairs: Affairs) -> None:
    await linked(affairs, SECOND)
    await linked(affairs)
    await affairs.told(opened())
    code = (await affairs.matter()).yes
    await affairs.write(code, SECOND)
    assert (await affairs.matter()).state == "asked"
    await affairs.write(code, CHAT)
    assert (await affairs.matter()).state == "consented"


@pytest.mark.parametrize("how", ["forget", "unlink", "other phone"])
async def test_a_link_can_be_ended(affairs: Affairs, how: str) -> None:
    await linked(affairs)
    await says(affairs, CHAT, Text("қаз"))
    if how == "forget":
        await says(affairs, CHAT, Text("/forget"))
        await affairs.press("forget_yes", CHAT)
    elif how == "unlink":
        await affairs.press("unlink", CHAT)
    else:
        await linked(affairs, CHAT, OTHER)
    before = len(await affairs.screen(CHAT))
    await affairs.told(opened())
    assert len(await affairs.screen(CHAT)) == before
    assert (await affairs.pocket(f"sms:{PHONE}")).chat is None


async def blocked(affairs: Affairs, chat: str = CHAT, phone: str = PHONE) -> tuple[bool, bool]:
    return (await affairs.pocket(chat)).blocked, (await affairs.pocket(f"sms:{phone}")).blocked


async def test_a_blocked_chat_is_known_as_such_at_its_phone_until_it_writes_again(affairs: Affairs) -> None:
    await linked(affairs)
    for _ in range(2):
        await affairs.answers.block(CHAT)
        assert await blocked(affairs) == (True, True)
    await says(affairs, CHAT, Text("қаз"))
    assert await blocked(affairs) == (False, False)
    assert (await affairs.pocket(f"sms:{PHONE}")).chat == CHAT


async def test_a_chat_that_is_linked_to_no_phone_is_marked_as_well(affairs: Affairs) -> None:
    await affairs.answers.block(CHAT)
    assert await blocked(affairs) == (True, False)
    await says(affairs, CHAT, Text("қаз"))
    assert await blocked(affairs) == (False, False)


async def test_that_an_earlier_chat_is_blocked_does_not_concern_the_phone(affairs: Affairs) -> None:
    await linked(affairs, SECOND)
    await linked(affairs)
    await affairs.answers.block(SECOND)
    assert await blocked(affairs, SECOND) == (True, False)
    await affairs.answers.unblock(SECOND)
    await affairs.answers.block(CHAT)
    await affairs.answers.unblock(SECOND)
    assert await blocked(affairs) == (True, True)


@pytest.mark.parametrize("chat", [CHAT, SECOND])
async def test_a_link_made_anew_is_not_blocked(affairs: Affairs, chat: str) -> None:
    await affairs.link(CHAT)
    await affairs.answers.block(CHAT)
    await affairs.link(chat)
    assert await blocked(affairs, chat) == (False, False)


async def test_the_phone_that_a_blocked_chat_leaves_is_not_blocked(affairs: Affairs) -> None:
    await affairs.link(CHAT)
    await affairs.answers.block(CHAT)
    await affairs.link(CHAT, OTHER)
    assert await affairs.pocket(f"sms:{PHONE}") == Pocket()
    assert await blocked(affairs, CHAT, OTHER) == (False, False)


async def test_somebody_elses_number_links_nothing(affairs: Affairs) -> None:
    await says(affairs, CHAT, Contact(PHONE, own=False))
    assert (await affairs.pocket(f"sms:{PHONE}")).chat is None


async def test_a_yes_before_the_question_has_left_is_no_answer_to_it(affairs: Affairs) -> None:
    await affairs.until(NIGHT)
    await affairs.told(opened())
    await affairs.sms("да")
    assert (await affairs.matter()).state == "asked"

"""What each kind of update means."""

from collections.abc import Mapping

import msgspec
import pytest

from bot.telegram_updates import BACK, BLOCKED, GROUP, convert, decode, read
from dialogs.messages import Contact, Content, Pressed, Text, Unreadable
from gateway.channels import Inbound

PRIVATE = {"id": 77, "type": "private"}
GROUP_CHAT = {"id": -100500, "type": "supergroup", "title": "Жаркент"}
SENDER = {"id": 77, "is_bot": False, "first_name": "А", "language_code": "ru-KZ"}


def message(chat: object = PRIVATE, **content: object) -> dict[str, object]:
    return {"message_id": 5, "date": 1790000000, "chat": chat, "from": SENDER, **content}


def understood(**update: object) -> Inbound | None:
    whole = {"update_id": 812, **update}
    decoded = decode(msgspec.json.encode(whole))
    assert decoded == convert(whole)
    assert decoded is not None
    return read(decoded, "Kelisim_bot")


THERE = {"file_id": "x", "width": 3}


@pytest.mark.parametrize(
    ("content", "meaning"),
    [
        ({"text": "коляска керек"}, Text("коляска керек")),
        ({"text": "/start"}, Text("/start")),
        ({"text": "/menu@kelisim_bot"}, Text("/menu@kelisim_bot")),
        ({"text": "/start svc-4"}, Pressed("svc:4")),
        ({"text": "/start@kelisim_bot grp-aids"}, Pressed("grp:aids")),
        ({"text": "/start agree"}, Text("/start agree")),
        ({"text": "/start svc-4-agree"}, Text("/start svc-4-agree")),
        ({"contact": {"phone_number": "77011234567", "user_id": 77}}, Contact("77011234567", own=True)),
        ({"contact": {"phone_number": "77011234567", "user_id": 78}}, Contact("77011234567", own=False)),
        ({"contact": {"phone_number": "77011234567"}}, Contact("77011234567", own=False)),
        ({"photo": [THERE, THERE], "caption": "коляска"}, Unreadable("photo")),
        ({"voice": THERE}, Unreadable("voice")),
        ({"audio": THERE}, Unreadable("voice")),
        ({"video_note": THERE}, Unreadable("voice")),
        ({"sticker": THERE}, Unreadable("sticker")),
        ({"animation": THERE, "document": THERE}, Unreadable("sticker")),
        ({"video": THERE}, Unreadable("file")),
        ({"document": THERE}, Unreadable("file")),
        ({"location": {"latitude": 44.1, "longitude": 80.0}}, Unreadable("location")),
        ({"venue": {"title": "x"}, "location": {"latitude": 44.1, "longitude": 80.0}}, Unreadable("location")),
        ({"poll": {"id": "1"}}, Unreadable("other")),
        ({"dice": {"emoji": "🎲", "value": 3}}, Unreadable("other")),
        ({"something_of_next_year": {}}, Unreadable("other")),
    ],
)
def test_a_private_message_says_what_it_is(content: dict[str, object], meaning: Content) -> None:
    assert understood(message=message(**content)) == Inbound("tg:812", "tg:77", meaning, 5)


@pytest.mark.parametrize(
    "notice",
    ["pinned_message", "message_auto_delete_timer_changed", "write_access_allowed", "chat_background_set"],
)
def test_notices_of_telegram_itself_are_not_answered(notice: str) -> None:
    assert understood(message=message(**{notice: {}})) is None


def test_a_pressed_button_names_its_choice_and_its_message() -> None:
    button = {
        "id": "9",
        "from": SENDER,
        "chat_instance": "1",
        "data": "o:4:channel:egov",
        "message": message(text="?"),
    }
    assert understood(callback_query=button) == Inbound("tg:812", "tg:77", Pressed("o:4:channel:egov", 5))


def test_a_button_under_a_message_too_old_to_be_shown_works_as_well() -> None:
    old = {"message_id": 5, "chat": PRIVATE, "date": 0}
    inbound = understood(callback_query={"id": "9", "from": SENDER, "data": "menu", "message": old})
    assert inbound is not None
    assert inbound.content == Pressed("menu", 5)


@pytest.mark.parametrize(
    "button",
    [
        {"id": "9", "from": SENDER, "game_short_name": "x", "message": message()},
        {"id": "9", "from": SENDER, "data": "menu", "inline_message_id": "x"},
        {"id": "9", "from": SENDER, "data": "menu", "message": message(GROUP_CHAT)},
    ],
)
def test_buttons_that_are_not_ours_to_answer_are_passed_over(button: dict[str, object]) -> None:
    assert understood(callback_query=button) is None


def test_an_edited_text_is_not_run_again_but_answered() -> None:
    assert understood(edited_message=message(text="жаңа")) == Inbound("tg:812", "tg:77", Unreadable("edited"), 5)


def test_a_live_location_on_the_move_is_no_edited_message() -> None:
    moving = {"latitude": 44.1, "longitude": 80.0, "live_period": 900}
    assert understood(edited_message=message(location=moving)) is None


@pytest.mark.parametrize(
    "said",
    ["коляска керек", "/menu", "/menu@another_bot", "@kelisim_bot көмек керек", "77011234567"],
)
def test_talk_in_a_group_is_not_listened_to(said: str) -> None:
    assert understood(message=message(GROUP_CHAT, text=said)) is None
    assert understood(edited_message=message(GROUP_CHAT, text=said)) is None


def test_a_command_in_a_group_that_names_the_bot_calls_it() -> None:
    assert understood(message=message(GROUP_CHAT, text="/start@kelisim_BOT x")) == Inbound(
        "tg:812", "tg:-100500", GROUP
    )


def membership(chat: object, before: Mapping[str, object], after: Mapping[str, object]) -> Inbound | None:
    return understood(
        my_chat_member={"chat": chat, "from": SENDER, "date": 1, "old_chat_member": before, "new_chat_member": after}
    )


LEFT, MEMBER, KICKED = {"status": "left"}, {"status": "member"}, {"status": "kicked", "until_date": 0}


def test_being_added_to_a_group_calls_the_bot() -> None:
    called = Inbound("tg:812", "tg:-100500", GROUP)
    assert membership(GROUP_CHAT, LEFT, MEMBER) == called
    assert membership(GROUP_CHAT, KICKED, {"status": "administrator"}) == called
    assert membership(GROUP_CHAT, LEFT, {"status": "restricted", "is_member": True}) == called


def test_who_blocks_the_bot_is_not_reached_until_they_take_it_back() -> None:
    assert membership(PRIVATE, MEMBER, KICKED) == Inbound("tg:812", "tg:77", BLOCKED)
    assert membership(PRIVATE, KICKED, MEMBER) == Inbound("tg:812", "tg:77", BACK)


def test_other_changes_of_membership_are_passed_over() -> None:
    assert membership(GROUP_CHAT, MEMBER, KICKED) is None
    assert membership(GROUP_CHAT, MEMBER, {"status": "administrator"}) is None
    assert membership({"id": -7, "type": "channel"}, LEFT, {"status": "administrator"}) is None


def test_what_happens_in_channels_is_passed_over() -> None:
    post = message({"id": -7, "type": "channel"}, text="/start@kelisim_bot")
    assert understood(channel_post=post) is None
    assert understood(message=post) is None


def test_a_group_that_becomes_a_supergroup_is_passed_over() -> None:
    assert understood(message=message({"id": -5, "type": "group"}, migrate_to_chat_id=-1005)) is None


DEEP = b'{"update_id": 1, "something_new": ' + b"[" * 40_000 + b"]" * 40_000 + b"}"


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b'{"message": 1}', b'{"update_id": "x"}', b"\xff\xfe", b"null", DEEP]
)
def test_what_is_no_update_is_not_read(body: bytes) -> None:
    assert decode(body) is None

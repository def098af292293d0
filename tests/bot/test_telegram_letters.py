"""Letters against a Bot API server that is strict and fails in every known way."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from msgspec import structs

from bot.telegram_calls import RATE, Calls
from bot.telegram_keyboards import rows
from bot.telegram_letters import TelegramLetters, split
from dialogs.messages import Button
from dialogs.sms_length import units
from gateway.channels import Letter, OptedOut, Outcome, Rejected, Retry, Sent
from gateway.connection import Batched
from gateway.outbox.gate import Gate
from gateway.outbox.pace import Pace
from gateway.papers import Papers
from gateway.screens import Screens
from tests.bot.bot_api import TOKEN, BotApi, Fault
from tests.bot.bot_api_chats import EACH, Shown
from tests.papers import CALENDAR, NOTICE

MENU = Button("menu", "Мәзір")
BACK = Button("back", "Артқа")


@pytest.fixture(name="letters")
async def _letters(api: BotApi, papers: Papers, batched: Batched) -> AsyncIterator[TelegramLetters]:
    async with writing(api.url, papers, batched) as letters:
        yield letters


@asynccontextmanager
async def writing(url: str, papers: Papers, batched: Batched) -> AsyncIterator[TelegramLetters]:
    """With shorter pauses between two letters than Telegram wants, and a server that wants no longer ones."""

    async def blocked(address: str) -> None:
        pass

    bot = Bot(TOKEN, AiohttpSession(api=TelegramAPIServer.from_base(url)))
    letters = TelegramLetters(Calls(bot, Gate(Pace(RATE, each=EACH))), "Нөмірім", papers, Screens(batched), blocked)
    yield letters
    await letters.aclose()
    await bot.session.close()


def letter(text: str = "Сәлем", **more: object) -> Letter:
    return Letter("tg:1:0", "tg:77", text, 0.0, **more)  # type: ignore[arg-type]


async def test_a_text_goes_out_exactly_as_written(api: BotApi, letters: TelegramLetters) -> None:
    text = "<b>5 < 7 & 8 > 2</b> _x_ *y* [z](w) &amp; 🦽"
    assert await letters.send(letter(text)) == Sent()
    assert api.sent() == [{"chat_id": "77", "text": text, "link_preview_options": {"is_disabled": True}}]


async def test_buttons_carry_their_choice_and_short_ones_share_a_row(api: BotApi, letters: TelegramLetters) -> None:
    long = Button("svc:4", "Көруге көмек құралдары")
    await letters.send(letter(buttons=(long, BACK, MENU)))
    assert api.sent()[0]["reply_markup"] == {
        "inline_keyboard": [
            [{"text": "Көруге көмек құралдары", "callback_data": "svc:4"}],
            [{"text": "Артқа", "callback_data": "back"}, {"text": "Мәзір", "callback_data": "menu"}],
        ]
    }


async def test_a_letter_that_replaces_a_message_changes_it(api: BotApi, letters: TelegramLetters) -> None:
    api.chats[77][55] = Shown("Сәлем?")
    assert await letters.send(letter(replaces=55, buttons=(MENU,))) == Sent()
    edit = api.sent("editMessageText")[0]
    assert (edit["message_id"], edit["text"]) == ("55", "Сәлем")
    assert not api.sent()


async def test_a_message_that_nobody_else_should_read_is_deleted_before_it_is_answered(
    api: BotApi, letters: TelegramLetters
) -> None:
    api.chats[77][41] = Shown("900101300123", own=False)
    assert await letters.send(letter(erases=41)) == Sent()
    assert [call.method for call in api.calls] == ["deleteMessage", "sendMessage"]
    assert 41 not in api.chats[77]
    assert api.sent("deleteMessage") == [{"chat_id": "77", "message_id": "41"}]


@pytest.mark.parametrize(
    "fault",
    [
        Fault(400, "Bad Request: message can't be deleted for everyone"),
        Fault(400, "Bad Request: message to delete not found"),
        Fault(429, "Too Many Requests: retry after 1", retry_after=1),
        Fault(403, "Forbidden: not enough rights"),
        Fault(500),
        Fault(cut=True),
    ],
)
async def test_what_cannot_be_deleted_is_left_and_answered_all_the_same(
    api: BotApi, letters: TelegramLetters, fault: Fault
) -> None:
    api.faults["deleteMessage"].append(fault)
    assert await letters.send(letter(erases=41)) == Sent()
    assert [call["text"] for call in api.sent()] == ["Сәлем"]


async def test_an_answer_that_is_tried_again_deletes_what_is_gone_already_without_harm(
    api: BotApi, letters: TelegramLetters
) -> None:
    api.faults["sendMessage"].append(Fault(500))
    api.chats[77][41] = Shown("900101300123", own=False)
    assert isinstance(await letters.send(letter(erases=41)), Retry)
    assert await letters.send(letter(erases=41)) == Sent()
    assert [call.method for call in api.calls] == ["deleteMessage", "sendMessage"]


async def test_a_message_that_is_the_same_already_counts_as_changed(api: BotApi, letters: TelegramLetters) -> None:
    api.chats[77][55] = Shown("Сәлем")
    assert await letters.send(letter(replaces=55)) == Sent()
    assert not api.sent()


@pytest.mark.parametrize(
    "description",
    [
        "Bad Request: message can't be edited",
        "Bad Request: message to edit not found",
        "Bad Request: MESSAGE_ID_INVALID",
    ],
)
async def test_a_message_that_cannot_be_changed_is_written_anew(
    api: BotApi, letters: TelegramLetters, description: str
) -> None:
    api.faults["editMessageText"].append(Fault(400, description))
    assert await letters.send(letter(replaces=55)) == Sent()
    assert api.sent()[0]["text"] == "Сәлем"


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        (Fault(429, "Too Many Requests: retry after 7", retry_after=7), Retry("too many letters", 7.0)),
        (Fault(429, "Too Many Requests"), Retry("TelegramAPIError")),
        (
            Fault(403, "Forbidden: bot was blocked by the user"),
            OptedOut("Telegram server says - Forbidden: bot was blocked by the user"),
        ),
        (Fault(403, "Forbidden: user is deactivated"), OptedOut("Forbidden: user is deactivated")),
        (Fault(400, "Bad Request: chat not found"), OptedOut("Bad Request: chat not found")),
        (Fault(400, "Bad Request: BUTTON_DATA_INVALID"), Rejected("Bad Request: BUTTON_DATA_INVALID")),
        (
            Fault(400, "Bad Request: group chat was upgraded to a supergroup chat", migrate_to_chat_id=-1005),
            Rejected("Bad Request: group chat was upgraded to a supergroup chat"),
        ),
        (Fault(401, "Unauthorized"), Retry("TelegramUnauthorizedError")),
        (Fault(404, "Not Found"), Retry("TelegramNotFound")),
        (Fault(500, "Internal Server Error"), Retry("TelegramServerError", unclear=True)),
        (Fault(502, page="<html>Bad Gateway</html>"), Retry("ClientDecodeError", unclear=True)),
        (Fault(200, page="<html>Log in to the hotel's network</html>"), Retry("ClientDecodeError", unclear=True)),
        (Fault(cut=True), Retry("TelegramNetworkError", unclear=True)),
        (Fault(cut=True, after=True), Retry("TelegramNetworkError", unclear=True)),
    ],
)
async def test_every_failure_has_its_outcome(
    api: BotApi, letters: TelegramLetters, fault: Fault, outcome: Outcome
) -> None:
    api.faults["sendMessage"].append(fault)
    found = await letters.send(letter())
    assert type(found) is type(outcome)
    if isinstance(outcome, Retry):
        assert found == outcome
    assert TOKEN not in repr(found)


async def test_nobody_listening_means_to_try_again(papers: Papers, batched: Batched) -> None:
    async with writing("http://127.0.0.1:9", papers, batched) as letters:
        assert await letters.send(letter()) == Retry("TelegramNetworkError")
        assert letters.counts == {("tg", "unclear"): 0}, "it has surely not been taken"


async def test_the_button_for_ones_own_number_comes_and_goes(api: BotApi, letters: TelegramLetters) -> None:
    await letters.send(letter("Нөміріңіз?", ask_contact=True, buttons=(BACK, MENU)))
    asked = api.sent()[0]["reply_markup"]
    assert asked["keyboard"] == [
        [{"text": "Нөмірім", "request_contact": True}],
        [{"text": "Артқа"}, {"text": "Мәзір"}],
    ]
    await letters.send(letter("Жібердік."))
    assert api.sent()[1]["reply_markup"] == {"remove_keyboard": True}
    await letters.send(letter("Тағы не?"))
    assert "reply_markup" not in api.sent()[2]


async def test_a_keyboard_is_taken_away_also_before_a_letter_with_buttons(
    api: BotApi, letters: TelegramLetters
) -> None:
    await letters.send(letter("Нөміріңіз?", ask_contact=True))
    await letters.send(letter("Жібердік.", buttons=(MENU,)))
    passing, answer = api.sent()[1:]
    assert passing["reply_markup"] == {"remove_keyboard": True}
    assert api.sent("deleteMessage") == [{"chat_id": "77", "message_id": "102"}]
    assert answer["reply_markup"]["inline_keyboard"][0][0]["text"] == "Мәзір"


async def test_of_a_letter_in_several_messages_only_what_did_not_go_out_is_sent_again(
    api: BotApi, letters: TelegramLetters
) -> None:
    long = letter("\n\n".join(["а" * 4000, "б" * 4000, "в" * 4000]), buttons=(MENU,))
    api.faults["sendMessage"].extend([None, Fault(429, "Too Many Requests", retry_after=1)])
    assert await letters.send(long) == Retry("too many letters", 1.0)
    assert await letters.send(long) == Sent()
    assert [sent["text"][0] for sent in api.sent()] == ["а", "б", "в"]
    assert ["reply_markup" in sent for sent in api.sent()] == [False, False, True]


async def test_a_file_goes_out_with_the_words_under_it_and_the_buttons(
    api: BotApi, letters: TelegramLetters, papers: Papers
) -> None:
    assert await letters.send(letter(paper=NOTICE, buttons=(MENU,))) == Sent()
    (sent,) = api.sent("sendDocument")
    file = await papers.made(NOTICE)
    assert (sent["chat_id"], sent["caption"], sent["document"]) == ("77", "Сәлем", (file.name, file.content))
    assert sent["reply_markup"]["inline_keyboard"][0][0]["text"] == "Мәзір"
    assert not api.sent()


async def test_words_too_long_to_stand_under_a_file_go_before_it_and_only_once(
    api: BotApi, letters: TelegramLetters
) -> None:
    long = letter("🦽" * 513, paper=CALENDAR, buttons=(MENU,))
    api.faults["sendDocument"].append(Fault(429, "Too Many Requests", retry_after=1))
    assert await letters.send(long) == Retry("too many letters", 1.0)
    assert await letters.send(long) == Sent()
    assert [sent["text"] for sent in api.sent()] == [long.text]
    assert "reply_markup" not in api.sent()[0]
    (sent,) = api.sent("sendDocument")
    assert "caption" not in sent
    assert "reply_markup" in sent


async def test_as_many_words_as_telegram_takes_stand_under_a_file(api: BotApi, letters: TelegramLetters) -> None:
    assert await letters.send(letter("🦽" * 512, paper=CALENDAR)) == Sent()
    assert [call.method for call in api.calls] == ["sendDocument"]


async def test_no_message_that_is_there_is_changed_into_a_file(api: BotApi, letters: TelegramLetters) -> None:
    assert await letters.send(letter(paper=CALENDAR, replaces=55)) == Sent()
    assert [call.method for call in api.calls] == ["sendDocument"]


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        (Fault(403, "Forbidden: bot was blocked by the user"), OptedOut),
        (Fault(413, "Request Entity Too Large"), Rejected),
        (Fault(500), Retry),
        (Fault(cut=True, after=True), Retry),
    ],
)
async def test_a_file_fails_as_words_do(
    api: BotApi, letters: TelegramLetters, fault: Fault, outcome: type[Outcome]
) -> None:
    api.faults["sendDocument"].append(fault)
    found = await letters.send(letter(paper=CALENDAR))
    assert isinstance(found, outcome)
    assert TOKEN not in repr(found)


async def test_the_words_arrive_even_if_their_file_cannot_be_made(
    api: BotApi, letters: TelegramLetters, caplog: pytest.LogCaptureFixture
) -> None:
    nameless = structs.replace(NOTICE, person=structs.replace(NOTICE.person, birth_date=None))
    assert await letters.send(letter(paper=nameless)) == Sent()
    assert [sent["text"] for sent in api.sent()] == ["Сәлем"]
    assert "could not be made" in caplog.text
    assert NOTICE.person.iin not in caplog.text


def test_a_text_is_cut_at_the_end_of_a_paragraph() -> None:
    paragraphs = ["а" * 3000, "б" * 1000, "в" * 3000]
    assert split("\n\n".join(paragraphs)) == ["а" * 3000 + "\n\n" + "б" * 1000, "в" * 3000]


def test_without_paragraphs_it_is_cut_at_lines_then_words_then_anywhere() -> None:
    assert split("а" * 4000 + "\n" + "б" * 400) == ["а" * 4000, "б" * 400]
    assert split("а" * 4000 + " " + "б" * 400) == ["а" * 4000, "б" * 400]
    assert split("а" * 5000) == ["а" * 4096, "а" * 904]


def test_pieces_are_measured_as_telegram_measures_them() -> None:
    pieces = split("🦽" * 5000)
    assert [units(piece) for piece in pieces] == [4096, 4096, 1808]
    assert "".join(pieces) == "🦽" * 5000


@pytest.mark.parametrize(
    "text",
    [
        "сәлем " * 10_900,
        "а" * 65_536,
        "🦽" * 16_384,
        "a🦽" * 20_000,
        "\n" * 65_536,
        "\n" * 10_000 + "а" + "\n" * 10_000 + "б",
        "абзац\n\n" * 9_000,
        " " * 65_536,
        "",
    ],
)
def test_sixty_four_kilobytes_of_anything_are_pieces_that_telegram_takes(text: str) -> None:
    pieces = split(text)
    assert all(0 < units(piece) <= 4096 and piece == piece.strip() for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join(text.split())
    assert len(pieces) <= 2 * len(text.encode("utf-16-le")) // 2 // 4096 + 2


async def test_the_pieces_of_a_long_letter_keep_their_distance(api: BotApi, letters: TelegramLetters) -> None:
    assert await letters.send(letter("сәлем " * 10_900)) == Sent()
    assert len(api.sent()) == 16
    assert api.flood.refused == 0


async def test_a_letter_with_nothing_in_it_is_not_tried_again(api: BotApi, letters: TelegramLetters) -> None:
    assert isinstance(await letters.send(letter(" \n")), Rejected)
    assert not api.calls


def test_many_short_buttons_stand_five_in_a_row() -> None:
    ticks = [Button(f"tick:4:{number}", f"☐ {number}") for number in range(7)]
    assert [len(row) for row in rows(ticks)] == [5, 2]


def test_buttons_of_a_row_stand_side_by_side_and_nothing_else_joins_them() -> None:
    week = [Button(f"day:2026-12-{number}", str(number), "week") for number in range(14, 21)]
    weekend = [Button("day:2026-12-26", "26", "weekend"), Button("day:2026-12-27", "27", "weekend")]
    assert rows([*week, *weekend, BACK, MENU]) == [week, weekend, [BACK, MENU]]
    assert rows([BACK, *week]) == [[BACK], week]

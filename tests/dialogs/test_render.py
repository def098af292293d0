"""Portions of a long SMS: nothing lost, nothing twice, each within three parts, each with a way on."""

from pathlib import Path

import msgspec
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from dialogs import render, words
from dialogs.language import Language
from dialogs.messages import Choice, Reply, Say, say
from dialogs.render import BACK, MENU, SMS_UNITS
from dialogs.sms_length import units
from dialogs.words import Words

HEADER = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'
TEXTS = {
    "line": "{text}",
    "choice.more": "далее",
    "choice.menu": "Меню",
    "choice.back": "Назад",
    "answer.maybe": "(может быть)",
    "label": "{text}",
}


@pytest.fixture(scope="module", name="plain")
def _plain(tmp_path_factory: pytest.TempPathFactory) -> Words:
    folder: Path = tmp_path_factory.mktemp("locales")
    for language in Language:
        place = folder / language / "LC_MESSAGES"
        place.mkdir(parents=True)
        body = "\n\n".join(f'msgid "{name}"\nmsgstr "{text}"' for name, text in TEXTS.items())
        (place / "messages.po").write_text(HEADER + body + "\n", "utf-8")
    return words.load(folder)


def reply(lines: list[str], labels: list[str]) -> Reply:
    choices = tuple(Choice(f"c:{number}", say("label", text=label)) for number, label in enumerate(labels))
    return Reply(tuple(say("line", text=line) for line in lines), (*choices, BACK, MENU))


word = st.text("қжабвгд", min_size=1, max_size=12)
line = st.lists(word, min_size=1, max_size=40).map(" ".join)
label = st.lists(word, min_size=1, max_size=3).map(" ".join)


@given(lines=st.lists(line, min_size=1, max_size=12), labels=st.lists(label, max_size=8))
def test_portions_hold_everything_once_and_fit(plain: Words, lines: list[str], labels: list[str]) -> None:
    pages = render.sms(reply(lines, labels), plain, Language.RU)
    assert all(units(page.text) <= SMS_UNITS for page in pages)
    assert all(page.offered[-1] == "more" for page in pages[:-1])
    assert pages[-1].text.endswith("0 – Меню")
    offered = [choice for page in pages for choice in page.offered if choice != "more"]
    assert offered == [f"c:{number}" for number in range(len(labels))]
    told = " ".join(page.text.replace("\n", " ") for page in pages).split()
    for text in {word for line in lines for word in line.split()}:
        assert told.count(text) >= sum(line.split().count(text) for line in lines)
    for page in pages:
        for number, choice in enumerate(page.offered, 1):
            wanted = "далее" if choice == "more" else labels[int(choice.partition(":")[2])]
            assert f"{number} – {wanted}" in page.text


@pytest.mark.parametrize("length", [*range(150, 210), 450])
def test_a_line_of_any_length_comes_to_an_end(plain: Words, length: int) -> None:
    for text in ("қ" * length, "қ " * (length // 2) + "қ"):
        pages = render.sms(reply(["жол", text, "жол"], ["бір", "екі"]), plain, Language.KK)
        assert all(units(page.text) <= SMS_UNITS for page in pages)
        assert pages[-1].text.endswith("0 – Меню")


def test_a_heading_goes_with_what_it_heads(plain: Words) -> None:
    pages = render.sms(
        reply(["қ" * 150, "Что принести:", "Удостоверение и ещё несколько бумаг"], []), plain, Language.RU
    )
    assert [page.text.split("\n")[0] for page in pages] == ["қ" * 150, "Что принести:"]


def test_what_can_be_chosen_stands_together(plain: Words) -> None:
    labels = ["Подробнее", "Другой случай"]
    for length in range(140, 200):
        pages = render.sms(reply(["қ" * length], labels), plain, Language.RU)
        assert [page.offered for page in pages] in ([("c:0", "c:1")], [("more",), ("c:0", "c:1")])


def test_a_letter_does_not_end_with_a_heading(plain: Words) -> None:
    said = reply(["қ" * 170, "Что принести:", "Удостоверение и доверенность"], [])
    texts = render.letters(said, plain, Language.RU)
    assert texts == ["қ" * 170, "Что принести:\nУдостоверение и доверенность"]


def test_in_a_chat_lists_are_marked_and_numbered(plain: Words) -> None:
    said = (
        say("line", text="Что принести:"),
        Say("line", (("text", "паспорт"),), item=True, number=1, ticked=True),
        Say("line", (("text", "справку"),), item=True, number=2, maybe=True, careful=True),
        Say("line", (("text", "фото"),), item=True),
    )
    message = render.chat(Reply(said, (MENU,)), plain, Language.RU)
    assert message.text == "Что принести:\n✓ 1. паспорт\n2. справку (может быть)*\n• фото"
    assert [(button.id, button.label) for button in message.buttons] == [("menu", "Меню")]


@given(lines=st.lists(line, min_size=1, max_size=12))
def test_letters_to_a_phone_hold_everything_and_offer_nothing(plain: Words, lines: list[str]) -> None:
    texts = render.letters(reply(lines, []), plain, Language.RU)
    assert all(units(text) <= SMS_UNITS for text in texts)
    assert " ".join(texts).split() == " ".join(lines).split()


@given(
    notices=st.lists(line, min_size=1, max_size=2),
    question=st.lists(line, min_size=1, max_size=2),
    labels=st.lists(label, min_size=1, max_size=4),
)
def test_what_is_said_before_a_question_takes_no_number_from_it(
    plain: Words, notices: list[str], question: list[str], labels: list[str]
) -> None:
    alone = render.sms(reply(question, labels), plain, Language.RU)
    shortest = units("\n".join((notices[-1], question[-1], *(f"1 – {label}" for label in labels), "0 – Меню")))
    assume(len(alone) == 1 and shortest <= SMS_UNITS)
    both = msgspec.structs.replace(reply([*notices, *question], labels), notices=len(notices))
    (page,) = render.sms(both, plain, Language.RU)
    assert page.offered == alone[0].offered
    assert notices[-1] in page.text
    assert question[-1] in page.text

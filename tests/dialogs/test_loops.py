"""Robots behind ordinary numbers, and people who are not taken for them."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import count, cycle, islice

import pytest

from dialogs.dialogue import Dialogue
from dialogs.language import Language
from dialogs.loops import MOST, PAUSES
from dialogs.messages import Surface
from tests.dialogs.talks import Talk

Robot = Callable[[str], str]
A_DAY = 30
"""More than so many answers a day no robot gets that does not know how to choose."""


def says(*texts: str) -> Robot:
    turn = cycle(texts)
    return lambda _: next(turn)


def counting(text: str) -> Robot:
    numbers = count()
    return lambda _: text.format(next(numbers))


ROBOTS: dict[str, Callable[[], Robot]] = {
    "drives": lambda: says("Қазір көлік жүргізіп бара жатырмын, кейін хабарласамын"),
    "is busy": lambda: says("Я занят", "Перезвоню позже", "Спасибо за сообщение!"),
    "greets": lambda: says("Здравствуйте!"),
    "thanks": lambda: says("рахмет"),
    "screens": lambda: says("Кто это?"),
    "asks": lambda: says("?"),
    "is empty": lambda: says(""),
    "stops": lambda: says("STOP"),
    "presses one": lambda: says("1"),
    "presses nine": lambda: says("9"),
    "searches": lambda: says("коляска"),
    "asks for the menu": lambda: says("меню"),
    "reports": lambda: counting("Баланс: {} тг"),
    "has a code": lambda: counting("Код подтверждения: 55{:02}"),
    "repeats us": lambda: lambda heard: heard,
}


def exchange(talk: Talk, robot: Robot, *, pause: timedelta = timedelta(seconds=40)) -> int:
    """Until it hears nothing more; how many answers it got."""
    heard = "сәлем"
    for answers in range(MOST * 2):
        talk.now += pause
        talk.send(robot(heard))
        messages = talk.answers[-1].messages
        if not messages:
            return answers
        heard = messages[-1].text
    raise AssertionError("no end")


@pytest.mark.parametrize("language", [*Language, None])
@pytest.mark.parametrize("name", ROBOTS)
def test_a_robot_that_answers_each_sms_is_answered_a_few_times(
    dialogue: Dialogue, name: str, language: Language | None
) -> None:
    talk = Talk(dialogue, Surface.SMS)
    talk = talk.known(language) if language else talk
    assert exchange(talk, ROBOTS[name]()) <= A_DAY


def test_one_that_begins_again_by_itself_gets_less_each_time(dialogue: Dialogue) -> None:
    talk, robot = Talk(dialogue, Surface.SMS).known(Language.KK), ROBOTS["drives"]()
    begun, got = talk.now, [exchange(talk, robot)]
    for minutes in PAUSES[:3]:
        talk.now += timedelta(minutes=minutes)
        got.append(exchange(talk, robot))
    assert got == [8, 2, 2, 2]
    assert talk.now - begun > timedelta(hours=7)


def test_whoever_gets_nowhere_is_told_once_how_to_go_on(dialogue: Dialogue) -> None:
    for language, word in ((Language.KK, "МӘЗІР"), (Language.RU, "МЕНЮ")):
        talk = Talk(dialogue, Surface.SMS).known(language)
        exchange(talk, ROBOTS["drives"]())
        told = [answer.messages[0].text for answer in talk.answers if answer.messages]
        assert word in told[-1]
        assert sum(one == told[-1] for one in told) == 1
        talk.send(word.lower())
        assert talk.answers[-1].note.startswith("menu")
        assert talk.answers[-1].messages


@pytest.mark.parametrize("word", ["оператор", "көмек", "статус", "коляска", "2", "рус"])
def test_a_pause_ends_with_the_first_words_that_mean_something(dialogue: Dialogue, word: str) -> None:
    talk = Talk(dialogue, Surface.SMS).known(Language.KK)
    exchange(talk, says("Я занят"))
    talk.send("Я занят")
    assert not talk.answers[-1].messages
    talk.send(word)
    assert talk.answers[-1].messages


def test_a_pause_takes_nothing_back(dialogue: Dialogue) -> None:
    talk = Talk(dialogue, Surface.SMS).known(Language.KK)
    exchange(talk, says("Я занят"))
    talk.send("тоқтат")
    assert talk.session.quiet
    assert talk.answers[-1].messages


def walk() -> Iterator[str]:
    """As somebody reads who has time."""
    while True:
        yield from ("мәзір", "1", "1", "1", "1", "артқа", "2", "0", "2", "0", "кресло-арба", "1", "2", "0")
        yield from ("статус", "0", "көмек", "артқа", "мерзім", "протез керек", "1", "1", "0", "слух", "1", "0")


@pytest.mark.parametrize("language", Language)
def test_a_person_who_reads_for_an_hour_is_never_silenced(dialogue: Dialogue, language: Language) -> None:
    talk = Talk(dialogue, Surface.SMS).known(language)
    for line in islice(walk(), 180):
        talk.now += timedelta(seconds=20)
        talk.send(line)
        assert talk.answers[-1].messages, line
        assert talk.answers[-1].note != "looping", line


@pytest.mark.parametrize("days", [1, 7])
def test_whoever_is_not_understood_now_and_then_is_no_robot(dialogue: Dialogue, days: int) -> None:
    talk = Talk(dialogue, Surface.SMS).known(Language.RU)
    for _ in range(30):
        talk.now += timedelta(days=days)
        talk.send("Дай бог вам здоровья, дочка приедет и сделает")
        assert talk.answers[-1].messages
        assert talk.answers[-1].note != "looping"


def test_in_a_chat_nobody_is_taken_for_a_robot(dialogue: Dialogue) -> None:
    talk = Talk(dialogue, Surface.CHAT).known(Language.KK)
    for _ in range(100):
        talk.now += timedelta(seconds=40)
        talk.send("Я занят")
        assert talk.answers[-1].messages


@pytest.mark.parametrize("language", [*Language, None])
def test_two_assistants_stop_talking_to_each_other(dialogue: Dialogue, language: Language | None) -> None:
    pair = [Talk(dialogue, Surface.SMS), Talk(dialogue, Surface.SMS)]
    pair = [talk.known(language) for talk in pair] if language else pair
    text, sent = "сәлем", 0
    for turn in range(MOST):
        talk = pair[turn % 2]
        talk.now += timedelta(seconds=20)
        talk.send(text)
        messages = talk.answers[-1].messages
        if not messages:
            break
        sent += 1
        text = messages[-1].text
    assert sent <= 2 * A_DAY


def test_one_that_knows_how_to_choose_gets_no_more_than_a_person_could_read(dialogue: Dialogue) -> None:
    talk, robot = Talk(dialogue, Surface.SMS).known(Language.RU), says("меню", "көмек")
    assert MOST - 1 <= exchange(talk, robot) <= MOST + 20
    last = talk.answers[-2].messages[0].text
    assert "завтра" in last
    assert "МЕНЮ" not in last  # it would not be answered

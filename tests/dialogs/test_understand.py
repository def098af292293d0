"""What a message means: commands in both languages, numbers however they are typed, labels, and free text."""

import pytest

from dialogs import session as sessions
from dialogs.messages import Contact, Content, Event, Pressed, Surface, Text, Unreadable
from dialogs.session import Session
from dialogs.understand import LONGEST, understand
from tests.dialogs.search.score import utterances

LABELS = ["ХҚКО", "Жұмыспен қамту бөлімі", "eGov сайты"]


def offered() -> Session:
    session = sessions.new("ref")
    session.offered = ["o:4:channel:state_corp", "o:4:channel:office", "o:4:channel:egov"]
    return session


@pytest.mark.parametrize(
    ("content", "event"),
    [
        (Text("1"), Event("o", ("4", "channel", "state_corp"))),
        (Text(" 2) "), Event("o", ("4", "channel", "office"))),
        (Text("№3."), Event("o", ("4", "channel", "egov"))),
        (Text("２"), Event("o", ("4", "channel", "office"))),
        (Text("٢"), Event("o", ("4", "channel", "office"))),
        (Text("02"), Event("o", ("4", "channel", "office"))),
        (Text("0"), Event("menu")),
        (Text("4"), Event("no_such_number", ("4",))),
        (Text("хқко"), Event("o", ("4", "channel", "state_corp"))),
        (Text("ЖҰМЫСПЕН   қамту бөлімі"), Event("o", ("4", "channel", "office"))),
        (Text("МӘЗІР"), Event("menu")),
        (Text("мезир"), Event("menu")),
        (Text("1414"), Event("operator")),
        (Text("меню!"), Event("menu")),
        (Text("/menu@kelisim_bot"), Event("menu")),
        (Text("/start abc"), Event("start")),
        (Text("Артқа"), Event("back")),
        (Text("ҚАЗ"), Event("lang", ("kk",))),
        (Text("рус"), Event("lang", ("ru",))),
        (Text("/lang"), Event("lang")),
        (Text("ТОҚТАТ"), Event("quiet")),
        (Text("СТОП"), Event("quiet")),
        (Text("Тоқтатыңыз!"), Event("quiet")),
        (Text("отписаться"), Event("quiet")),
        (Text("Сәлеметсіз бе!"), Event("start")),
        (Text("Добрый день"), Event("start")),
        (Text("рахмет :)"), Event("thanks")),
        (Text("Сау болыңыз!"), Event("thanks")),
        (Text("До свидания"), Event("thanks")),
        (Text("бастау"), Event("loud")),
        (Text("Stop."), Event("quiet")),
        (Text("Баста"), Event("loud")),
        (Text("/forget"), Event("forget")),
        (Text("/deadlines"), Event("deadlines")),
        (Text("Мерзімдер"), Event("deadlines")),
        (Text("Не істеу керек?"), Event("deadlines")),
        (Text("не истеу керек"), Event("deadlines")),
        (Text("merzim"), Event("deadlines")),
        (Text("Сроки"), Event("deadlines")),
        (Text("что делать мне?"), Event("deadlines")),
        (Text("дедлайны"), Event("deadlines")),
        (Text("загранпаспорт срок"), Event("say", ("загранпаспорт срок",))),
        (Text("далее"), Event("more")),
        (Text("/nothing"), Event("unknown_command")),
        (Text("кресло-арба керек"), Event("say", ("кресло-арба керек",))),
        (Text("стоп машина"), Event("say", ("стоп машина",))),
        (Text("1 2"), Event("say", ("1 2",))),
        (Text("123"), Event("say", ("123",))),
        (Text("иә"), Event("say", ("иә",))),
        (Text(""), Event("say", ("",))),
        (Text("да\u0000\u202eнет"), Event("say", ("да нет",))),
        (Pressed("svc:4", 9), Event("svc", ("4",))),
        (Pressed("", 9), Event("")),
        (Contact("+77011234567", own=True), Event("contact", ("+77011234567", "own"))),
        (Unreadable("voice"), Event("unreadable", ("voice",))),
    ],
)
def test_a_message_means(content: Content, event: Event) -> None:
    assert (
        understand(content, offered(), Surface.CHAT, lambda: list(zip(offered().offered, LABELS, strict=True)))
        == event
    )


@pytest.mark.parametrize(
    "said",
    [
        *(
            "статус",
            "Статус?",
            "где моё заявление",
            "Где мое заявление???",
            "что с моим заявлением, готово?",
            "заявка",
        ),
        *("мәртебе", "мартебе", "өтінішім қайда", "Өтінішім кайда", "отинишим", "арызым", "otinishim qaida"),
    ],
)
def test_whoever_asks_where_their_application_is_is_understood(said: str) -> None:
    assert understand(Text(said), offered(), Surface.SMS, list) == Event("status")


@pytest.mark.parametrize(
    "said", ["қайтала", "Қайталаңыз!", "кайта", "тағы да", "повтори", "Повторите", "еще раз", "ещё раз", "/again"]
)
def test_again_is_said_in_many_ways(said: str) -> None:
    assert understand(Text(said), offered(), Surface.SMS, list) == Event("again")


@pytest.mark.parametrize("choice", ["say:коляска", "iin:550301300456", "kept:status"])
def test_a_press_that_was_made_up_brings_nothing_that_only_a_message_can(choice: str) -> None:
    assert understand(Pressed(choice, 9), offered(), Surface.CHAT, list) == Event("old_button")


@pytest.mark.parametrize("choice", ["contact:+77011234567:own", "contact:+77011234567", "contact"])
def test_no_press_brings_a_phone(choice: str) -> None:
    assert understand(Pressed(choice, 9), offered(), Surface.CHAT, list) == Event("contact", ("", "foreign"))


def test_no_command_stands_in_the_way_of_a_service() -> None:
    for utterance in utterances():
        if utterance.expected:
            assert understand(Text(utterance.text), offered(), Surface.SMS, list).name == "say", utterance.text


@pytest.mark.parametrize("said", ["550301300456", "550301 300456", "55-03-01-300456", "ИИН 550301300456"])
def test_an_iin_is_no_number_of_a_choice(said: str) -> None:
    assert understand(Text(said), offered(), Surface.SMS, list) == Event("iin", ("550301300456",))


@pytest.mark.parametrize("said", ["482913", "482 913", "012345", "000001", "код 482913"])
def test_six_digits_are_no_number_of_a_choice(said: str) -> None:
    assert understand(Text(said), offered(), Surface.SMS, list) == Event("say", (said,))


def test_a_number_means_nothing_where_nothing_was_offered() -> None:
    assert understand(Text("1"), sessions.new("ref"), Surface.SMS, list) == Event("no_such_number", ("1",))


def test_of_an_endless_text_only_the_beginning_is_read() -> None:
    event = understand(Text("қ" * 70_000), sessions.new("ref"), Surface.CHAT, list)
    assert len(event.args[0]) == LONGEST


@pytest.mark.parametrize("choice", ["agree:1", "forget_yes"])
def test_a_number_agrees_to_nothing_where_no_numbers_are_shown(choice: str) -> None:
    session = sessions.new("ref")
    session.offered = [choice, "menu"]
    assert understand(Text("1"), session, Surface.CHAT, list) == Event("no_such_number", ("1",))
    assert understand(Text("1"), session, Surface.SMS, list).name == choice.partition(":")[0]


@pytest.mark.parametrize("said", ["Согласен", "согласна", "согласен (согласна)"])
def test_either_word_of_a_label_is_an_answer(said: str) -> None:
    session = sessions.new("ref")
    session.offered = ["agree:1", "decline"]
    labels = [("agree:1", "Согласен (согласна)"), ("decline", "Нет, общий список")]
    assert understand(Text(said), session, Surface.CHAT, lambda: labels) == Event("agree", ("1",))
    assert understand(Text(f"не {said}"), session, Surface.CHAT, lambda: labels).name == "say"


@pytest.mark.parametrize("said", ["нет", "Нет!", "ЖОҚ", "жок"])
def test_a_no_declines_what_was_asked_and_a_yes_agrees_to_nothing(said: str) -> None:
    def meant(text: str, *offered: str) -> Event:
        session = sessions.new("ref")
        session.offered = list(offered)
        return understand(Text(text), session, Surface.SMS, list)

    assert meant(said, "agree:1", "decline") == Event("decline")
    assert meant(said, "forget_yes", "back") == Event("back")
    assert meant(said, "o:4:channel:office").name == "say"
    for yes in ("да", "иә"):
        assert meant(yes, "agree:1", "decline").name == "say"
        assert meant(yes, "forget_yes", "back").name == "say"

"""A person's message → what it means. Nothing here guesses: what is not plain is free text for the search."""

import re
import unicodedata
from collections.abc import Callable, Sequence

from dialogs.asking import asks_for_status
from dialogs.cleaning import UNSURE
from dialogs.day_picker import DAY, PAGE, chosen
from dialogs.messages import (
    Contact,
    Content,
    Event,
    Handed,
    Interrupted,
    Kept,
    Pressed,
    Surface,
    Text,
    Unreadable,
)
from dialogs.session import Session

LONGEST = 500
"""Characters of a text that are read; nobody names a service in more."""

NEVER_BY_NUMBER_IN_CHAT = frozenset({"agree", "forget_yes", "request_yes", "decline_yes", "postpone"})
"""In a chat no numbers stand beside the buttons: a «1» there may mean anything, and agrees to nothing."""

NO_BUTTON = frozenset({"say", "iin", "unreadable", "kept", "handed", "write", "interrupted", "first_contact"})
"""No button stands for these: a press that says so was made up."""

BESIDE_A_SPECIALIST = frozenset({"menu", "back", "quiet", "loud", "forget"})
"""Words that the assistant takes for its own even while a specialist reads."""
LONGEST_LETTER = 4000
"""Characters that a specialist is shown."""

NO = frozenset({"жоқ", "жок", "нет", "zhok", "joq", "net", "no"})
DECLINES = {
    "agree": Event("decline"),
    **dict.fromkeys(("forget_yes", "request_yes", "decline_yes", "postpone"), Event("back")),
}
"""What was asked → what a plain «no» to it means. There is no such row for «yes»: an act is named in full."""

_COMMANDS: dict[str, Event] = {}
for _event, _words in {
    Event("start"): "/start сәлем салем сәлеметсіз_бе салеметсиз_бе салам қайырлы_күн здравствуйте привет "
    "қайырлы_таң қайырлы_кеш добрый_день доброе_утро добрый_вечер salem salam privet hello",
    Event("thanks"): "рахмет рақмет спасибо рахмат спс rahmet raqmet spasibo "
    "сау_бол сау_болыңыз до_свидания всего_доброго",
    Event("menu"): "/menu меню мәзір мазир менью menu mazir 0 басты главное "
    "мәзірге мазір мәзир мезир mezir в_меню главное_меню басты_мәзір басына в_начало menyu",
    Event("services"): "/services қызметтер кызметтер услуги uslugi kyzmetter қызмет услуга",
    Event("status"): "/status статус мәртебе өтінішім заявление status статусы статус_заявления стату "
    "мартебе мәртебесі отинишим өтініш отиниш арызым заявка моя_заявка моё_заявление мое_заявление "
    "otinishim otinish zayavlenie арыз",
    Event(
        "queue"
    ): "/queue кезек очередь queue кезегім моя_очередь kezek kezegim ochered кезегим кезек_туралы про_очередь "
    "кезектегі_орным очередность",
    Event("deadlines"): "/deadlines мерзім мерзімдер мерзімдерім мерзімім мерзим мерзимдер мерзимдерим мерзімі "
    "не_істеу_керек не_істеуім_керек маған_не_істеу_керек мен_не_істеуім_керек не_істеймін не_истеу_керек "
    "не_истеймин ne_isteu_kerek ne_isteimin merzim merzimder merzimderim срок сроки мои_сроки мой_срок что_делать "
    "что_мне_делать что_делать_мне что_мне_нужно_сделать что_мне_надо_сделать что_я_должен_сделать "
    "что_я_должна_сделать что_нужно_сделать что_надо_сделать дедлайн дедлайны сроке срокы srok sroki moi_sroki "
    "chto_delat dedlain dedlayn deadline deadlines",
    Event("help"): "/help көмек комек анықтама помощь справка help помогите komek pomosh хелп аныктама көмектесіңіз",
    Event("operator"): "/operator оператор маман operator человек адам позвонить қоңырау "
    "1414 оператора операторға живой_человек адаммен_сөйлесу коңырау konyrau",
    Event("specialist"): "/specialist маманға маманга маманға_жазу маманга_жазу специалисту написать_специалисту "
    "mamanga spetsialistu",
    Event("settings"): "/settings баптау баптаулар настройки настройка settings баптауы",
    Event("privacy"): "/privacy құпиялық конфиденциальность",
    Event("back"): "/back артқа артка кері назад обратно back nazad artka кери артқа_қайту кері_қайту вернуться",
    Event("again"): "/again қайтала кайтала қайта повтори повторить ещераз again "
    "қайталау қайталаңыз кайталаныз кайта тағы_да повторите повтор ещё_раз еще_раз qaitala povtori",
    Event(
        "more"
    ): "/more жалғасы жалгасы жалғастыр далее дальше продолжить more dalee жалғастыру жалгастыр ещё еще тағы",
    Event("lang"): "/lang /language тіл тил язык til",
    Event("lang", ("kk",)): "қаз каз қазақша казакша kaz kz kk қазақ",
    Event("lang", ("ru",)): "рус орыс русский орысша rus ru по-русски",
    Event("quiet"): "/stop тоқтат токтат стоп stop toktat "
    "тоқтату тоқтатыңыз токтатыныз остановить остановите отписаться стоп_смс stop_sms",
    Event("loud"): "/resume баста бастау старт start қосу косу включить",
    Event("forget"): "/forget ұмыт умыт забудь забыть forget",
}.items():
    _COMMANDS.update(dict.fromkeys((word.replace("_", " ") for word in _words.split()), _event))

_NUMBER = re.compile(r"\W*(?:no\W*)?(\d{1,2})\W*")
"""«№» is normalised to «no»."""
_UNSURE = re.compile(f"[{UNSURE}\u0335-\u0338]")
"""What was seen as another number, or struck out, chooses nothing."""
_IIN = re.compile(r"(?:(?:жсн|иин|iin)\W*)*(\d(?:[ \u2010-\u2015\u2212-]{0,3}\d){11})\W*")
"""Twelve digits, however they are parted."""
_IIN_INSIDE = re.compile(r"(?<![\d+])\d{12}(?!\d)")
_BRACKETED = re.compile(r"\(([^()]+)\)")
_EDGES = re.compile(r"^[\W_]+|[\W_]+$")
_SPACES = re.compile(r"\s+")


Labels = Callable[[], Sequence[tuple[str, str]]]
"""Choices, and their words."""


def understand(content: Content, session: Session, surface: Surface, labels: Labels) -> Event:
    """`labels`: what can be chosen where the person stands, also on a portion of an SMS that they have not read yet;
    asked for only when needed."""
    if isinstance(content, Text):
        return _text(content.text, session, surface, labels)
    if isinstance(content, Pressed):
        event = _chosen(content.choice)
        if event.name == "contact":  # made up as well, to bring another's phone as one's own: the audit has to know
            return Event("contact", ("", "foreign"))
        return Event("old_button") if event.name in NO_BUTTON else event
    if isinstance(content, Contact):
        return Event("contact", (content.phone, "own" if content.own else "foreign"))
    return _happened(content)


def _happened(content: Unreadable | Kept | Handed | Interrupted) -> Event:
    """What is no words."""
    match content:
        case Unreadable(kind):
            return Event("unreadable", (kind,))
        case Kept(promise):
            return Event("kept", (promise,))
        case Handed(what):
            return Event("handed", (what,))
        case Interrupted():
            return Event("interrupted")


def _text(text: str, session: Session, surface: Surface, labels: Labels) -> Event:
    plain = normalised(text)
    word = _EDGES.sub("", plain)
    if session.state == "specialist" and plain and not plain.startswith("/"):
        command = _COMMANDS.get(plain) or _COMMANDS.get(word)
        own = command is not None and (
            command.name in BESIDE_A_SPECIALIST or (command.name == "lang" and command.args)
        )
        return command if command is not None and own else Event("write", (text.strip()[:LONGEST_LETTER],))
    command = _COMMANDS.get(plain) or _COMMANDS.get(word) or _declined(word, session.offered)
    if command is not None:
        return command
    if plain.startswith("/"):
        return _COMMANDS.get(plain.split("@")[0].split(" ")[0], Event("unknown_command"))
    if iin := _iin(plain):
        return iin
    days_later = "+" in plain and _wants_a_day(session.offered)
    if (number := _NUMBER.fullmatch(plain)) and not days_later and not _UNSURE.search(plain):
        return _numbered(number[1], session.offered, surface)
    for choice, label in labels() if session.offered else ():
        if plain in _spellings(normalised(label)) and _chosen(choice).name != PAGE:
            return _chosen(choice)
    return Event("status") if asks_for_status(plain) else Event("say", (plain,))


def _iin(plain: str) -> Event | None:
    """It is seen everywhere, so that it can be erased where nobody asked for it. With it, what was said besides."""
    if alone := _IIN.fullmatch(plain):
        return Event("iin", ("".join(digit for digit in alone[1] if digit.isdigit()),))
    inside = _IIN_INSIDE.search(plain)
    return Event("iin", (inside[0], _SPACES.sub(" ", _IIN_INSIDE.sub("", plain)))) if inside else None


def _declined(word: str, offered: Sequence[str]) -> Event | None:
    if word not in NO:
        return None
    return next((DECLINES[name] for choice in offered if (name := _chosen(choice).name) in DECLINES), None)


def _numbered(number: str, offered: Sequence[str], surface: Surface) -> Event:
    position = int(number)
    if position == 0:
        return Event("menu")
    nothing = Event("no_such_number", (number,))
    if surface is Surface.CHAT and (days := _days(offered)):
        return days.get(position, nothing)
    event = _chosen(offered[position - 1]) if position <= len(offered) else nothing
    return nothing if surface is Surface.CHAT and event.name in NEVER_BY_NUMBER_IN_CHAT else event


def _days(offered: Sequence[str]) -> dict[int, Event]:
    """In a calendar a number is the day that it stands on, and not the button's place among the others."""
    events = [event for choice in offered if (event := _chosen(choice)).name == DAY]
    return {day.day: event for event in events if (day := chosen("".join(event.args)))}


def _wants_a_day(offered: Sequence[str]) -> bool:
    return any(_chosen(choice).name in (DAY, "postpone") for choice in offered)


def _spellings(label: str) -> tuple[str, ...]:
    """«Согласен (согласна)» may be answered by either word."""
    in_brackets = _BRACKETED.search(label)
    return (label, _BRACKETED.sub("", label).strip(), in_brackets[1]) if in_brackets else (label,)


def _chosen(choice: str) -> Event:
    name, *args = choice.split(":")
    return Event(name, tuple(args))


def normalised(text: str) -> str:
    """Lower case, one space between words, full-width and Arabic digits as ours, no control characters."""
    text = unicodedata.normalize("NFKC", text[:LONGEST])
    text = "".join(_letter(c) for c in text)
    return _SPACES.sub(" ", text).strip().casefold()


def _letter(c: str) -> str:
    if c.isdigit() and not c.isascii():
        return str(unicodedata.digit(c, c))
    return " " if unicodedata.category(c) in ("Cc", "Cf", "Zs") else c

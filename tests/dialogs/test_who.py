"""Who somebody is: by phone, by their own contact, by an IIN and the code that follows; and who learns nothing."""

from datetime import datetime, timedelta

import pytest
from msgspec import structs

from dialogs import session as sessions
from dialogs.dialogue import Answer, Dialogue
from dialogs.errands import SendCode
from dialogs.inquiries import Applications, CodeSent, Persons, PersonWith
from dialogs.language import Language
from dialogs.messages import Surface
from dialogs.people import mark
from dialogs.sms_length import measure
from dialogs.topics.proof import KNOWN_FOR, LASTS, LOCKS, PER_DAY, PROVEN_FOR, TRIES
from tests.dialogs.registry import AIGUL, CODE, DANA, FAMILY_PHONE, PAVEL, PHONE, UNKNOWN_PHONE, Registry
from tests.dialogs.talks import MONDAY, Talk

NOBODY = "900101300017"
"""An IIN as it has to be, of somebody whom E-Sobes does not know."""
WRONG = "111111"


class Away(Registry):
    def __init__(self) -> None:
        super().__init__()
        self.away = True


def talk(
    dialogue: Dialogue,
    surface: Surface = Surface.SMS,
    phone: str | None = UNKNOWN_PHONE,
    registry: Registry | None = None,
    language: Language = Language.RU,
) -> Talk:
    return Talk(dialogue, surface, registry=registry, phone=phone).known(language)


def at_iin(dialogue: Dialogue, surface: Surface = Surface.SMS, registry: Registry | None = None) -> Talk:
    one = talk(dialogue, surface, UNKNOWN_PHONE if surface is Surface.SMS else None, registry)
    one.send("/status")
    if surface is Surface.CHAT:
        one.choose("by_iin")
    assert one.session.state == "who.iin"
    return one


def at_code(dialogue: Dialogue, iin: str = PAVEL.iin, surface: Surface = Surface.SMS) -> Talk:
    one = at_iin(dialogue, surface)
    one.send(iin)
    assert one.session.state == "who.code"
    return one


def audited(one: Talk) -> list[tuple[str, str]]:
    return [(audit.what, audit.about) for answer in one.answers for audit in answer.audits]


def names(one: Talk) -> list[str]:
    return [what for what, _ in audited(one)]


def last(one: Talk) -> Answer:
    return one.answers[-1]


def says(one: Talk) -> str:
    return last(one).messages[0].text


def codes(one: Talk) -> list[SendCode]:
    return [errand for answer in one.answers for errand in answer.errands if isinstance(errand, SendCode)]


def guess(one: Talk, times: int = TRIES) -> None:
    for _ in range(times):
        one.now += timedelta(seconds=10)
        one.send(WRONG)


# By the phone.


def test_whoever_e_sobes_knows_by_their_phone_is_asked_nothing(dialogue: Dialogue) -> None:
    one = talk(dialogue, phone=PHONE)
    one.send("/status")
    assert one.session.state == "status"
    assert audited(one) == []


def test_of_several_behind_one_phone_one_is_chosen_and_remembered(dialogue: Dialogue) -> None:
    one = talk(dialogue, phone=FAMILY_PHONE)
    one.send("/status")
    assert one.session.state == "who.choose"
    assert one.session.offered[:2] == [f"whom:{AIGUL.key}", f"whom:{DANA.key}"]
    one.choose(f"whom:{DANA.key}")
    assert (one.session.state, one.session.whom) == ("status", DANA.key)
    one.send("/menu")
    one.send("/status")
    assert one.session.state == "status"


def test_a_button_for_somebody_who_is_not_behind_this_phone_chooses_nobody(dialogue: Dialogue) -> None:
    one = talk(dialogue, Surface.CHAT, FAMILY_PHONE)
    one.send("/status")
    one.send(f"[old button: whom:{PAVEL.key}]")
    assert (one.session.state, one.session.whom) == ("who.choose", "")


def test_of_a_person_who_is_chosen_nothing_stays_once_the_phone_is_another(dialogue: Dialogue) -> None:
    one = talk(dialogue, Surface.CHAT, FAMILY_PHONE)
    one.send("/status")
    one.choose(f"whom:{DANA.key}")
    one.phone = None  # somebody else has linked the phone
    one.send("/again")
    assert one.last is not None
    assert one.last.ask_contact
    assert DANA.name not in says(one)


# By one's own contact.


def test_in_a_chat_ones_own_contact_leads_on(dialogue: Dialogue) -> None:
    one = talk(dialogue, Surface.CHAT, None)
    one.send("/status")
    assert one.session.state == "who.contact"
    one.send("[contact: own]")
    assert one.session.state == "status"
    assert last(one).link == PHONE
    assert names(one) == ["chat_linked"]


@pytest.mark.parametrize(
    ("sent", "what"), [("[contact: foreign]", "contact_foreign"), ("+7 701 123 45 67", "number_typed")]
)
def test_a_forwarded_contact_or_a_typed_number_shows_nobody(dialogue: Dialogue, sent: str, what: str) -> None:
    one = talk(dialogue, Surface.CHAT, None)
    one.send("/status")
    one.send(sent)
    assert (one.session.state, last(one).link) == ("who.contact", None)
    assert names(one) == [what]


def test_a_forwarded_contact_is_written_down_wherever_it_comes(dialogue: Dialogue) -> None:
    one = talk(dialogue, Surface.CHAT, None)
    one.send("[contact: foreign]")
    assert names(one) == ["contact_foreign"]


# Before an IIN, the privacy notice.


def test_an_iin_is_asked_for_only_after_the_notice(dialogue: Dialogue) -> None:
    one = Talk(dialogue, Surface.SMS, phone=UNKNOWN_PHONE)
    one.send("/status")
    one.send("2")
    one.send("/status")
    assert one.session.state == "who.privacy"
    one.send(PAVEL.iin)
    assert (one.session.state, one.session.challenge, codes(one)) == ("who.privacy", None, [])
    assert last(one).erases
    one.send("согласен")
    assert one.session.state == "who.iin"
    assert one.session.agreed is not None


def test_whoever_does_not_agree_is_asked_for_no_iin(dialogue: Dialogue) -> None:
    one = Talk(dialogue, Surface.CHAT)
    one.send("/lang")
    one.send("[Русский]")
    one.send("/status")
    one.choose("by_iin")
    one.send("нет")
    assert one.session.state == "menu"
    assert "1414" in says(one)
    assert one.session.agreed is None


def test_agreeing_here_leads_on_though_a_service_was_looked_at(dialogue: Dialogue) -> None:
    one = Talk(dialogue, Surface.CHAT)
    one.send("/lang")
    one.send("[Русский]")
    one.send("[old button: svc:6]")
    one.send("/status")
    one.choose("by_iin")
    one.choose("agree:2")
    assert one.session.state == "who.iin"


# An IIN.


@pytest.mark.parametrize(
    "sent", ["550301300456", "5503 0130 0456", "ИИН: 550301-300-456", "мой иин 550301300456 вот"]
)
def test_an_iin_is_read_however_it_is_written_and_its_message_erased(dialogue: Dialogue, sent: str) -> None:
    one = at_iin(dialogue)
    one.send(sent)
    assert one.session.state == "who.code"
    assert last(one).erases
    (errand,) = codes(one)
    assert (errand.iin, errand.code, errand.language) == (PAVEL.iin, CODE, "ru")
    assert errand.until == (one.now + timedelta(minutes=5)).timestamp()
    assert audited(one) == [("code_asked", mark(PAVEL.iin))]


@pytest.mark.parametrize(
    ("sent", "part"),
    [
        ("55030130045", "12 цифр, а здесь 11"),
        ("5503013004566", "12 цифр, а здесь 13"),
        ("+7 701 123 45 67", "12 цифр, а здесь 11"),
        ("55О301300456", "только цифры"),
        ("551301300456", "дата рождения"),
        ("550301500456", "век рождения"),
        ("550301300457", "не сходится с остальными"),
    ],
)
def test_it_is_said_which_part_of_an_iin_is_wrong_and_the_message_erased(
    dialogue: Dialogue, sent: str, part: str
) -> None:
    one = at_iin(dialogue)
    one.send(sent)
    assert part in says(one)
    assert (one.session.state, one.session.challenge, codes(one)) == ("who.iin", None, [])
    assert last(one).erases
    assert names(one) == ["iin_wrong"]


def test_words_at_this_question_still_find_a_service(dialogue: Dialogue) -> None:
    one = at_iin(dialogue)
    one.send("кресло-арба")
    assert one.session.service == "special_transport_wheelchair"


@pytest.mark.parametrize("state", ["menu", "settings", "documents.groups", "help"])
def test_where_nobody_asked_for_an_iin_it_is_erased_and_nothing_begins(dialogue: Dialogue, state: str) -> None:
    one = talk(dialogue, Surface.CHAT, None)
    one.send({"menu": "/menu", "settings": "/settings", "documents.groups": "/services", "help": "/help"}[state])
    one.send(PAVEL.iin)
    assert one.session.state == state
    assert last(one).erases
    assert "не нужен" in says(one)
    assert (names(one), codes(one)) == (["iin_unasked"], [])


def test_before_the_language_is_known_an_iin_is_erased_too(dialogue: Dialogue) -> None:
    one = Talk(dialogue, Surface.CHAT)
    one.send("где моя коляска, ИИН 550301300456")
    assert last(one).erases
    assert "550301300456" not in one.session.pending
    one.send("[Русский]")
    assert one.session.service == "special_transport_wheelchair"


def test_no_iin_stands_in_what_is_printed(dialogue: Dialogue) -> None:
    one = at_code(dialogue)
    one.send(CODE)
    session, (errand,) = one.session, codes(one)
    assert PAVEL.iin not in repr((session.proven, errand, last(one).audits, last(one).note))


def test_what_is_asked_of_e_sobes_hides_whom_it_is_about() -> None:
    asked = (Persons(PHONE), PersonWith(PAVEL.iin), Applications(PAVEL.iin), CodeSent(PAVEL.iin, "c1"))
    assert " ".join(map(str, asked)) == "Persons() PersonWith() Applications() CodeSent()"


# The same, whether there is such a person or not.


@pytest.mark.parametrize("surface", Surface)
def test_the_answer_tells_not_whether_there_is_such_a_person(dialogue: Dialogue, surface: Surface) -> None:
    known, unknown = at_iin(dialogue, surface), at_iin(dialogue, surface)
    for one, iin in ((known, PAVEL.iin), (unknown, NOBODY)):
        one.send(iin)
        one.send(WRONG)
        one.now += timedelta(seconds=10)
        one.choose("code_again")
    assert [a.messages for a in known.answers] == [a.messages for a in unknown.answers]
    assert [a.erases for a in known.answers] == [a.erases for a in unknown.answers]


def test_nothing_is_asked_of_e_sobes_before_the_answer(dialogue: Dialogue) -> None:
    class Silent(Registry):
        def _known(self, inquiry: object) -> object:
            raise AssertionError(inquiry)

    one = at_iin(dialogue)
    one.registry = Silent()
    one.send(PAVEL.iin)
    one.send(WRONG)
    one.choose("code_again")
    assert one.session.state == "who.code"


# The code.


@pytest.mark.parametrize("surface", Surface)
@pytest.mark.parametrize("sent", [CODE, "482 913", "код: 482913", "482-913."])
def test_the_right_code_shows_who_it_is(dialogue: Dialogue, surface: Surface, sent: str) -> None:
    one = at_code(dialogue, surface=surface)
    one.send(sent)
    assert one.session.state == "status"
    assert one.session.challenge is None
    assert [proven.iin for proven in one.session.proven] == [PAVEL.iin]
    assert names(one)[-1] == "proven"
    one.send("/menu")
    one.send("/status")
    assert one.session.state == "status"


def test_the_code_is_taken_wherever_the_person_is_by_then(dialogue: Dialogue) -> None:
    one = at_code(dialogue)
    one.send("/menu")
    one.send(CODE)
    assert one.session.state == "status"


def test_it_leads_on_to_what_was_wanted_at_first(dialogue: Dialogue) -> None:
    one = talk(dialogue, Surface.CHAT, None)
    one.send("[old button: request:3]")
    assert one.session.state == "who.contact"
    one.choose("by_iin")
    one.send(PAVEL.iin)
    one.send(CODE)
    assert (one.session.state, one.session.service) == ("request", "technical_aids_hygiene")


def test_whoever_showed_themselves_joins_those_behind_the_phone(dialogue: Dialogue) -> None:
    one = talk(dialogue, Surface.CHAT, FAMILY_PHONE)
    one.send("[old button: by_iin]")
    one.send(PAVEL.iin)
    one.send(CODE)
    assert (one.session.state, one.session.whom) == ("status", PAVEL.key)
    one.choose("others")
    assert one.session.offered[:3] == [f"whom:{known.key}" for known in (AIGUL, DANA, PAVEL)]


def test_after_a_month_it_has_to_be_shown_anew(dialogue: Dialogue) -> None:
    one = at_code(dialogue)
    one.send(CODE)
    one.now += PROVEN_FOR
    one.send("/status")
    assert one.session.state == "who.iin"


def test_no_iin_stays_for_longer_than_it_is_of_use(dialogue: Dialogue) -> None:
    one = at_code(dialogue)
    one.now += LASTS + timedelta(hours=1)
    one.send("мәзір")
    assert one.session.challenge is not None  # another code can be asked for
    one.now += KNOWN_FOR
    one.send("мәзір")
    assert one.session.challenge is None
    one = at_code(dialogue)
    one.send(CODE)
    one.now += PROVEN_FOR + timedelta(1)
    one.send("мәзір")
    assert PAVEL.iin not in sessions.write(one.session).decode()


@pytest.mark.parametrize("surface", Surface)
def test_digits_that_are_missing_are_counted_where_an_iin_or_a_code_is_asked_for(
    dialogue: Dialogue, surface: Surface
) -> None:
    one = at_iin(dialogue, surface)
    one.send("55030")
    assert "12 цифр, а здесь 5" in says(one)
    one = at_code(dialogue, surface=surface)
    tries = one.session.challenge
    one.send("48 29 1")
    assert "6 цифр, а здесь 5" in says(one)
    one.send("4829133")
    assert "6 цифр, а здесь 7" in says(one)
    assert one.session.challenge == tries
    one.send("1414")
    assert "6 цифр, а здесь" not in says(one)
    one.send(CODE)
    assert one.session.state == "status"


def test_a_code_that_was_never_sent_is_not_right_even_if_it_is_guessed(dialogue: Dialogue) -> None:
    one = at_code(dialogue, NOBODY)
    one.send(CODE)
    assert (one.session.state, one.session.proven) == ("who.code", [])
    assert names(one)[-1] == "code_wrong"


def test_a_code_is_of_use_once(dialogue: Dialogue) -> None:
    one = at_code(dialogue)
    one.send(CODE)
    one.send("/settings")
    one.choose("unlink")
    assert one.session.proven == []
    one.send(CODE)
    assert (names(one)[-1], one.session.proven) == ("code_replayed", [])


def test_a_code_is_of_no_use_elsewhere(dialogue: Dialogue) -> None:
    at_code(dialogue)
    other = talk(dialogue, Surface.CHAT, None)
    other.send(CODE)
    assert (names(other), other.session.proven) == (["code_replayed"], [])


def test_a_late_code_is_told_to_be_late(dialogue: Dialogue) -> None:
    one = at_code(dialogue)
    one.now += timedelta(minutes=5)
    one.send(CODE)
    assert (one.session.state, one.session.proven) == ("who.code", [])
    assert "устарел" in says(one)
    assert names(one)[-1] == "code_late"
    one.choose("code_again")
    assert "устарел" not in says(one)
    one.send(CODE)
    assert one.session.state == "status"


def test_a_late_code_is_told_to_be_of_no_use_also_where_no_other_is_given_today(dialogue: Dialogue) -> None:
    one = at_code(dialogue)
    for _ in range(PER_DAY - 1):
        one.now += timedelta(seconds=30)
        one.choose("code_again")
    one.now += timedelta(minutes=6)
    one.send(CODE)
    assert "больше не действует" in says(one)
    assert "24 ноября, 00:00" in says(one)
    assert names(one)[-1] == "code_late"


def test_a_new_code_takes_the_place_of_the_old_one(dialogue: Dialogue) -> None:
    one = at_code(dialogue)
    before = one.session.challenge
    one.now += timedelta(seconds=20)
    one.choose("code_again")
    after = one.session.challenge
    assert before is not None
    assert after is not None
    assert before.id != after.id
    assert len(codes(one)) == 2


# Guessing.


def test_three_wrong_codes_and_there_is_a_break_that_grows(dialogue: Dialogue) -> None:
    one = at_iin(dialogue)
    waits = []
    for _ in range(5):
        one.send(PAVEL.iin)
        guess(one)
        assert names(one)[-4:] == ["code_wrong", "code_wrong", "code_wrong", "code_locked"]
        assert (one.session.state, one.session.challenge) == ("who.iin", None)
        waits.append(datetime.fromtimestamp(one.session.guard.locked, one.now.tzinfo) - one.now)
        one.now = datetime.fromtimestamp(one.session.guard.locked, one.now.tzinfo)
        if one.session.guard.begun >= PER_DAY:
            one.now += timedelta(days=1)
        one.send("/status")
    assert waits == [*LOCKS, LOCKS[-1]]


def test_the_tries_that_are_left_are_told(dialogue: Dialogue) -> None:
    one = at_code(dialogue)
    one.send(WRONG)
    assert "2 попытки" in says(one)
    one.send(WRONG)
    assert "1 попытка" in says(one)


def test_during_a_break_nothing_is_begun_and_the_right_code_is_worth_nothing(dialogue: Dialogue) -> None:
    one = at_code(dialogue)
    guess(one)
    assert "понедельник, 23 ноября, 10:15" in says(one)
    assert "1414" in says(one)
    one.send(CODE)
    assert names(one)[-1] == "code_replayed"
    one.send(PAVEL.iin)
    assert names(one)[-1] == "code_locked"
    assert last(one).erases
    assert (len(codes(one)), one.session.challenge) == (1, None)


@pytest.mark.parametrize("surface", Surface)
def test_to_be_forgotten_ends_no_break(dialogue: Dialogue, surface: Surface) -> None:
    one = at_code(dialogue, surface=surface)
    guess(one)
    one.send("/forget")
    one.choose("forget_yes")
    assert one.session.guard.strikes == 1
    one.now += timedelta(minutes=1)
    one.send("/lang")
    one.choose("lang:ru")
    one.send("/status")
    if surface is Surface.CHAT:
        one.choose("by_iin")
    one.choose("agree:2")
    one.send(PAVEL.iin)
    assert one.session.challenge is None
    assert "10:15" in says(one)


def test_so_many_codes_a_day_and_no_more(dialogue: Dialogue) -> None:
    one = at_code(dialogue)
    for _ in range(PER_DAY - 1):
        one.now += timedelta(minutes=6)
        one.choose("code_again")
    one.now += timedelta(minutes=6)
    one.send(CODE)
    assert "вторник, 24 ноября, 00:00" in says(one)
    one.send(PAVEL.iin)
    assert names(one)[-1] == "code_locked"
    assert len(codes(one)) == PER_DAY
    one.now += timedelta(days=1)
    one.send("/status")
    one.send(PAVEL.iin)
    assert len(codes(one)) == PER_DAY + 1


def test_the_last_code_of_a_day_can_still_be_sent_back(dialogue: Dialogue) -> None:
    one = at_code(dialogue)
    for _ in range(PER_DAY - 1):
        one.now += timedelta(seconds=30)
        one.choose("code_again")
    one.choose("code_again")
    assert names(one)[-1] == "code_locked"
    one.send(CODE)
    assert one.session.state == "status"


# Ending it, and old sessions.


def test_settings_show_who_was_shown_and_end_it(dialogue: Dialogue) -> None:
    one = at_code(dialogue)
    one.send(CODE)
    one.send("/settings")
    assert "••0456" in says(one)
    assert PAVEL.iin not in says(one)
    one.choose("unlink")
    assert (one.session.proven, one.session.challenge, one.session.whom) == ([], None, "")
    one.send("/status")
    assert one.session.state == "who.iin"


def test_ending_a_link_ends_what_was_shown_as_well(dialogue: Dialogue) -> None:
    one = at_code(dialogue, surface=Surface.CHAT)
    one.send(CODE)
    one.send("[contact: own]")
    one.send("/settings")
    assert "••4567" in says(one)
    one.choose("unlink")
    assert (one.session.proven, one.phone) == ([], None)
    assert names(one)[-1] == "chat_unlinked"


@pytest.mark.parametrize("surface", Surface)
@pytest.mark.parametrize("state", ["who.choose", "who.contact", "who.privacy", "who.iin", "who.code", "status"])
@pytest.mark.parametrize("away", [False, True])
@pytest.mark.parametrize("phone", [None, PHONE, UNKNOWN_PHONE, FAMILY_PHONE])
def test_every_view_says_something_in_a_session_of_long_ago(
    dialogue: Dialogue, surface: Surface, state: str, away: bool, phone: str | None
) -> None:
    one = talk(dialogue, surface, phone, Away() if away else None)
    one.send("/menu")
    session = structs.replace(one.session, state=state, whom="gone", challenge=None, aim="")
    one.restore(session)
    for sent in ("/again", "абракадабра", CODE, PAVEL.iin, "/back"):
        one.now += timedelta(minutes=5)
        one.send(sent)
        assert says(one).strip()


@pytest.mark.parametrize("surface", Surface)
def test_while_e_sobes_is_away_nobody_is_asked_who_they_are(dialogue: Dialogue, surface: Surface) -> None:
    one = talk(dialogue, surface, PHONE, Away())
    one.send("/status")
    assert one.session.state == "status"


@pytest.mark.parametrize("language", Language)
def test_every_reply_fits_three_parts(dialogue: Dialogue, language: Language) -> None:
    one = Talk(dialogue, Surface.SMS, MONDAY.replace(month=12, hour=23), phone=UNKNOWN_PHONE)
    sent = ["/status", "1" if language is Language.KK else "2", "/status", PAVEL.iin, "1"]
    sent += ["55030130045", "55О301300456", "551301300456", "550301500456", "550301300457", PAVEL.iin]
    sent += [WRONG, "/settings", PAVEL.iin, "/status", "55030130045", WRONG, WRONG, CODE, PAVEL.iin]
    for text in sent:
        one.now += timedelta(seconds=15)
        one.send(text)
        assert measure(says(one)).parts <= 3, says(one)
        assert not (one.session.state.startswith("who.") and "more" in one.session.offered), says(one)
    assert "code_locked" in names(one)

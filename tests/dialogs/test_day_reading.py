"""What day people mean by what they type; and that nothing else is taken for a day."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogs import months
from dialogs.day_reading import Doubt, Read, read
from dialogs.days import Day
from dialogs.language import Language

TODAY = date(2026, 12, 1)
OLD = date(2026, 12, 10)
FIRST, LAST = date(2026, 12, 11), date(2027, 1, 9)

THE_TWENTIETH = """
    20.12 | 20.12. | 20.12.2026 | 20.12.26 | 20/12 | 20/12/2026 | 20-12 | 20-12-26 | 20 12 | 20 12 2026 | 20,12
    20 . 12 | 20.12 2026 | 2026-12-20 | 2026.12.20 | 20122026 | ٢٠.١٢ | ２０．１２ | 20.12.2026ж | 20.12.2026 г.
    20 желтоқсан | 20-желтоқсан | 20желтоқсан | 20 желтоқсанға дейін | 20 желтоқсанда келемін
    20 желтоқсан күні | желтоқсанның 20-сы | желтоқсанның 20-сына дейін | желтоқсан айының 20 күні
    желтоқсан 20 | 20-сы желтоқсан | 2026 жылғы 20 желтоқсан | 2026 жылғы желтоқсанның 20-сы
    20 желтоқсан 2026 ж. | 20 ЖЕЛТОҚСАН | 20 желтоксан | 20 жельтоқсан | 20 желтаксан | 20 jeltoqsan
    20 zheltoksan | 20 jeltoksanga deyin | 20 жел | жиырмасыншы желтоқсан | желтоқсанның жиырмасы
    жиырма желтоқсан | 20-шы желтоқсан | 20 декабря | до 20 декабря | на 20 декабря | 20-го декабря
    20го декабря | 20-е декабря | 20 дек | 20 дек. | 20дек | декабря 20 | 20 числа декабря
    20 декабря 2026 года | 20 декабря 2026 г. | 20 декабря 26 года | я приеду 20 декабря | можно 20 декабря?
    не позднее 20 декабря | нет, 20 декабря | жоқ, 20 желтоқсан | 20 декобря | 20 дикабря | 20 декабьря
    20 dekabrya | 20 декабрьде | двадцатое декабря | двадцатого декабря | 20 декабря в 10:00
    20 декабря, воскресенье | в воскресенье 20 декабря | 20.12 жексенбі | 20.12 вс | 20 желтоқсан, жексенбі күні
    20 декабря после обеда | 20 желтоқсан түстен кейін
    он приедет 20 декабря | 20 декабря там будем | мен 20 желтоқсанда бара аламын | 20-го | 20го | 20 го
    до 20-го | 20 числа | 20-сы | 20-сына | 20-ға дейін | 20ға | 20-сында | 20-на | 20 күні | двадцатого
    до двадцатого | жиырмасы | жиырмасына | айдың 20-сы | в воскресенье 20-го
"""
OTHERS = """
    2026-12-25: 25 желтоқсан | жиырма бесі | жиырма бесінші желтоқсан | двадцать пятое декабря | двадцать пятого
    2026-12-15: он бесі | он бесіне | он бесінші желтоқсан | пятнадцатого декабря | +5 | + 5 | +5 дней | +5 күн
    2026-12-15: на 5 дней | ещё 5 дней | тағы 5 күн | тағы бес күн | через две недели | через 2 недели
    2026-12-15: екі аптадан кейін | 2 аптадан соң | в следующий вторник | келесі сейсенбі | сейсенбіде | вт
    2026-12-15: сейсенби | seisenbide | 14 күннен кейін | 2 недели спустя
    2026-12-11: через 10 календарных дней | күнтізбелік 10 күннен кейін
    2026-12-11: через 10 дней | через десять дней | 10 күннен кейін | он күннен кейін | 10 kunnen keyin
    2026-12-11: cherez 10 dney | в пятницу | пятница | пт | жұмада | жұма | жума | келесі жұма | до пятницы
    2026-12-11: v pyatnicu | пятнитса | через 1 день
    2026-12-14: келесі дүйсенбі | следующий понедельник | понидельник | дуйсенби | пн | в этот понедельник
    2026-12-17: +1 неделя | неделя +1 | +1 апта
    2026-12-17: через неделю | через одну неделю | бір аптадан кейін | бір аптадан соң | аптадан кейін
    2026-12-17: на неделю | cherez nedelyu | bir aptadan keyin | бир аптадан кейин | бір аптаға | четверг
    2026-12-17: бейсенбі | чирез неделю
    2026-12-24: на 2 недели | на две недели | екі аптаға | +14 | 24.12 | 24 желтоқсан, бейсенбі
    2027-01-01: через месяц | бір айдан кейін | 1 января | бірінші қаңтар | 1.01 | 1.1.27 | первого января
    2027-01-01: 1 янв | 1-го
    2027-01-05: 5 қаңтар | 5 кантар | 5 кантарда | 05.01 | 5/1 | 5 января | 5 yanvarya | 5 қаң | бесінші қаңтар
    2027-01-05: 5-го | 5-інде | 5.1.2027
    2027-01-09: последний день | в последний день | соңғы күні | соңғы күн | 9.01 | songy kuni
    2027-01-09: 9 января, суббота
    2026-12-31: конец месяца | до конца месяца | в конце месяца | айдың соңы | айдың соңына дейін
    2026-12-31: айдың соңғы күні | в конце декабря | желтоқсанның соңы | последний день месяца
    2026-12-31: последний день декабря | отыз бірі | 31-го | тридцать первое декабря | отыз бір желтоқсан
    2026-12-02: завтра | ертең | erten | zavtra | завтрашний день | ертеңге
    2026-12-03: послезавтра | после завтра | бүрсігүні | бүрсүгүні | бурсигуни | bursiguni | poslezavtra
    2026-12-01: сегодня | севодня | бүгін | бугин | bugin | segodnya
    2027-02-10: 10 февраля | 10 ақпан | 10.02 | +62
    2027-12-20: 20.12.2027 | 20.12.27 | 20 желтоқсан 2027
"""
UNCLEAR = """
    20 | 1 | 2 | 31 | 05 | № 20 | двадцать | жиырма | бір | один | первый | вторая | бірінші | екінші | 1-й
    2-я | 1-ші | 10:00 | в 10:00 | 10.00 | сағат 10:00 | 312 | 231 | +312 | 87011234567 | +77011234567
    +7 701 123 45 67 | 8 701 123 45 67 | 8-701-123-45-67 | 8(701)123-45-67 | 701 20 12 | 20 12 45 67 | 45-67
    850712300123 | 850712 300123 | не 20 декабря | кроме 20.12 | 20 декабря не смогу
    20 желтоқсанда келе алмаймын | 20 желтоқсанда емес | 20.12 келмеймін | нет 20 декабря | 20 желтоқсан жоқ
    после 20 декабря | 20 желтоқсаннан кейін | 20.12-ден кейін | 20-дан кейін | 20сынан кейін
    раньше 20 декабря | с 20 по 25 декабря | между 20 и 25 декабря | 20 декабря или 25 декабря
    20 немесе 25 желтоқсан | 20 декабря 5 человек | декабрь | желтоқсан айында | в начале декабря
    декабря 26 года | неделя | апта | через | кейін | на неделе | на днях | через пару дней
    через несколько дней | бірнеше аптадан кейін | екі-үш аптадан кейін | через неделю-две | жарты айдан кейін
    бір жарым аптадан кейін | через полторы недели | келесі аптадан кейін | на следующей неделе
    20 декабря через неделю или две | последняя неделя | в последнюю пятницу | соңғы жұма | в последние дни
    в конце недели | первый день | день рождения | 3 дня назад | четверть | через 10 рабочих дней
    келесі аптада дүйсенбіде | в понедельник на следующей неделе | келемін | приеду | не знаю | білмеймін | көмек
    ??? | . | 20 оны | 1000 желтоқсан
"""
NO_SUCH_DAY = """
    31.11 | 31 қараша | 31 ноября | 20.13 | 12/20 | 29.02 | 29 ақпан | 29.02.2027 | 29 февраля 2027 | 30 февраля
    32.12 | 0 декабря | 32 декабря | 45-го | 00.12 | 32-сі | 31.04.2027 | 2026-13-01 | 29 февраля
"""


def split(table: str) -> list[str]:
    return [text.strip() for line in table.strip().split("\n") for text in line.split("|")]


def dated(table: str) -> list[tuple[str, str]]:
    lines = [line.strip().split(": ", 1) for line in table.strip().split("\n")]
    return [(day, text) for day, texts in lines for text in split(texts)]


def heard(text: str) -> Read:
    return read(text, TODAY, FIRST, LAST)


@pytest.mark.parametrize("text", split(THE_TWENTIETH))
def test_the_twentieth_of_december_is_understood_however_it_is_typed(text: str) -> None:
    assert heard(text) == Read(date(2026, 12, 20))


@pytest.mark.parametrize(("day", "text"), dated(OTHERS))
def test_other_days_are_understood_as_well(day: str, text: str) -> None:
    assert heard(text) == Read(date.fromisoformat(day))


@pytest.mark.parametrize("text", ["", *split(UNCLEAR)])
def test_what_is_not_plainly_a_day_is_asked_again(text: str) -> None:
    assert heard(text) == Read(doubt=Doubt.UNCLEAR)


@pytest.mark.parametrize("text", split(NO_SUCH_DAY))
def test_a_day_that_the_calendar_does_not_have_is_told_so(text: str) -> None:
    assert heard(text) == Read(doubt=Doubt.NO_SUCH_DAY)


@pytest.mark.parametrize(
    ("text", "maybe"),
    [
        ("20.12, 21.12", "2026-12-20 2026-12-21"),
        ("20 декабря, 21 декабря", "2026-12-20 2026-12-21"),
        ("в пятницу 20 декабря", "2026-12-20"),
        ("20.12 жұма", "2026-12-20"),
        ("завтра, 20 декабря", "2026-12-02 2026-12-20"),
        ("20-25 декабря", ""),
        ("20-25 желтоқсан", ""),
        ("через 2-3 недели", ""),
        ("2-3 аптадан кейін", ""),
        ("в пятницу, субботу", ""),
    ],
)
def test_of_several_days_none_is_taken(text: str, maybe: str) -> None:
    assert heard(text) == Read(None, Doubt.SEVERAL, tuple(map(date.fromisoformat, maybe.split())))


@pytest.mark.parametrize("text", ["20.11.2026", "20 қараша", "20.11", "20 ноября 2025", "12.07.1985", "30 ноября"])
def test_a_day_that_is_over_is_told_so(text: str) -> None:
    found = heard(text)
    assert found.doubt is Doubt.PAST
    assert found.day is not None
    assert found.day < TODAY


@pytest.mark.parametrize(
    ("text", "day"), [("20", "2026-12-20"), ("на 5", "2027-01-05"), ("20?", "2026-12-20"), ("отыз бір", "2026-12-31")]
)
def test_a_number_alone_is_a_day_only_where_the_talk_says_so(text: str, day: str) -> None:
    assert heard(text).doubt is Doubt.UNCLEAR
    assert read(text, TODAY, FIRST, LAST, bare=True) == Read(date.fromisoformat(day))


@pytest.mark.parametrize("text", ["312", "87011234567", "10:00", "20 21", "привет", "", "20 человек"])
def test_other_figures_are_no_day_even_then(text: str) -> None:
    assert read(text, TODAY, FIRST, LAST, bare=True).day is None


@pytest.mark.parametrize(
    ("today", "text", "day"),
    [
        ("2026-12-28", "5.01", "2027-01-05"),
        ("2026-12-28", "5 қаңтар", "2027-01-05"),
        ("2026-12-28", "31 декабря", "2026-12-31"),
        ("2027-01-03", "30 желтоқсан", "2026-12-30"),
        ("2027-12-28", "29.02", "2028-02-29"),
        ("2028-02-01", "29 ақпан", "2028-02-29"),
        ("2028-02-01", "конец месяца", "2028-02-29"),
        ("2027-02-01", "айдың соңы", "2027-02-28"),
        ("2027-01-31", "через месяц", "2027-02-28"),
        ("2026-12-31", "завтра", "2027-01-01"),
        ("2028-02-28", "ертең", "2028-02-29"),
        ("2026-12-31", "через неделю", "2027-01-07"),
    ],
)
def test_years_and_months_end_as_in_the_calendar(today: str, text: str, day: str) -> None:
    now = date.fromisoformat(today)
    found = read(text, now, now + timedelta(1), now + timedelta(63))
    assert found.day == date.fromisoformat(day)
    assert (found.doubt is Doubt.PAST) == (found.day < now)


def test_in_a_week_counts_from_today_if_that_can_be_and_else_from_the_old_day() -> None:
    today, old = date(2026, 12, 8), date(2026, 12, 10)
    first, last = old + timedelta(1), old + timedelta(10)
    assert read("через неделю", today, first, last) == Read(date(2026, 12, 15))
    assert read("через 3 дня", today, first, last) == Read(date(2026, 12, 11))
    assert read("через 2 дня", today, first, last) == Read(date(2026, 12, 12))
    assert read("через месяц", today, first, last) == Read(date(2027, 1, 8))
    assert read("на неделю", today, first, last) == Read(date(2026, 12, 17))
    assert read("+3", today, first, last) == Read(date(2026, 12, 13))
    assert read("+3", today, first, last, old=today) == Read(date(2026, 12, 11))


def test_a_number_of_the_month_that_comes_twice_is_asked_about() -> None:
    first, last = date(2027, 2, 1), date(2027, 3, 2)
    both = Read(None, Doubt.SEVERAL, (date(2027, 2, 1), date(2027, 3, 1)))
    assert read("1-го", date(2027, 1, 25), first, last) == both
    assert read("1-сі дүйсенбі", date(2027, 1, 25), first, last) == both  # both are Mondays
    assert read("3-го", date(2027, 1, 25), first, last) == Read(date(2027, 2, 3))
    assert read("30-го", date(2027, 1, 25), first, last) == Read(date(2027, 1, 30))
    assert read("31-го", date(2027, 2, 1), first, last) == Read(date(2027, 3, 31))


def test_where_no_day_is_allowed_days_are_read_all_the_same() -> None:
    assert read("20.12", TODAY, LAST, FIRST) == Read(date(2026, 12, 20))
    assert read("20-сы", TODAY, LAST, FIRST) == Read(date(2026, 12, 20))
    assert read("в пятницу", TODAY, LAST, FIRST) == Read(date(2026, 12, 4))
    assert read("через неделю", TODAY, LAST, FIRST) == Read(date(2026, 12, 8))
    assert read("последний день", TODAY, LAST, FIRST) == Read(doubt=Doubt.UNCLEAR)


# ---- for any day ----

TODAYS = st.dates(date(2024, 1, 1), date(2040, 12, 31))
IN_FIGURES = ("{d}.{m}", "{d:02}.{m:02}", "{d}/{m}", "{d}-{m}", "{d} {m}", "{d}, {m}", "{d:02},{m:02}")
WITH_YEAR = (
    "{d}.{m}.{y}",
    "{d:02}.{m:02}.{y}",
    "{d}.{m}.{s}",
    "{d:02}/{m:02}/{s}",
    "{d} {m} {y}",
    "{y}-{m:02}-{d:02}",
    "{d:02}{m:02}{y}",
    "{ru} {y}",
    "{kk} {y}",
    "{ru} {y} года",
    "{y} жылғы {kk}",
)
IN_WORDS = ("{ru}", "{kk}", "до {ru}", "{kk_by} дейін", "{kk_on} келемін", "{RU}", "{KK}", "приеду {ru}", "{ru_till}")


def written(form: str, day: date) -> str:
    ru, kk = Day(day, Language.RU), Day(day, Language.KK)
    return form.format(
        d=day.day,
        m=day.month,
        y=day.year,
        s=f"{day:%y}",
        ru=f"{ru:date}",
        kk=f"{kk:date}",
        RU=str(ru).upper(),
        KK=str(kk).upper(),
        kk_by=f"{kk:by}",
        kk_on=f"{kk:on}",
        ru_till=f"{ru:till}",
    )


@given(TODAYS, st.integers(0, 20), st.integers(0, 29), st.sampled_from(IN_FIGURES + WITH_YEAR + IN_WORDS))
def test_any_day_allowed_is_read_in_any_form(today: date, until: int, ahead: int, form: str) -> None:
    first = today + timedelta(until + 1)
    day = first + timedelta(ahead)
    text = written(form, day)
    if text.endswith((".00", "-00")):
        return
    assert read(text, today, first, first + timedelta(29)) == Read(day)


@given(TODAYS, st.dates(date(2020, 1, 1), date(2045, 12, 31)), st.sampled_from(WITH_YEAR))
def test_a_day_with_its_year_is_that_day_wherever_it_lies(today: date, day: date, form: str) -> None:
    found = read(written(form, day), today, today + timedelta(1), today + timedelta(30))
    assert found == Read(day, Doubt.PAST if day < today else Doubt.NONE)


@given(TODAYS, st.integers(1, 31), st.sampled_from(("{}-го", "{}-сы", "{} числа", "{}-сына дейін")))
def test_a_number_of_the_month_is_read_in_any_month(today: date, number: int, form: str) -> None:
    last = months.after(today, 1)
    found = read(form.format(number), today, today + timedelta(1), last)
    assert found.doubt is Doubt.NONE
    assert found.day is not None
    assert found.day.day == number
    assert today <= found.day


@given(st.text(max_size=60), TODAYS, st.booleans())
def test_no_text_at_all_breaks_it(text: str, today: date, bare: bool) -> None:
    read(text, today, today + timedelta(1), today + timedelta(30), bare=bare)


PIECES = """
    20 1 31 312 2026 20.12 31.11 +5 +99 10:00 99 00 . , - ? через на до кейін соң после не недели неделю
    апта аптадан күн күннен дней месяц айдан декабря желтоқсан дек бес жиырма он двадцать пятого бесі го сы
    числа күні года жылғы пт жұма завтра ертең последний соңғы соңы конец или
"""


@given(st.lists(st.sampled_from(PIECES.split()), max_size=8), TODAYS, st.booleans(), st.integers(-3, 40))
def test_no_jumble_of_its_own_words_breaks_it(pieces: list[str], today: date, bare: bool, length: int) -> None:
    for glue in (" ", "", "-"):
        found = read(glue.join(pieces), today, today + timedelta(1), today + timedelta(length), bare=bare)
        assert found.day is None or (found.doubt in (Doubt.NONE, Doubt.PAST) and not found.maybe)
        assert found.day is not None or found.doubt not in (Doubt.NONE, Doubt.PAST)


@given(st.integers(0, 999), TODAYS)
def test_a_number_or_a_code_alone_is_never_a_day(number: int, today: date) -> None:
    for text in (str(number), f"{number:03}", f" {number} ", f"№{number}", f"{number}.", f"код {number}"):
        assert read(text, today, today + timedelta(1), today + timedelta(30)).day is None


@given(st.from_regex(r"(\+7|8)[ (\-]?7\d\d[ )\-]?[ ]?\d{3}[ \-]?\d\d[ \-]?\d\d", fullmatch=True), TODAYS)
def test_a_phone_number_is_never_a_day(phone: str, today: date) -> None:
    for bare in (False, True):
        assert read(phone, today, today + timedelta(1), today + timedelta(30), bare=bare).day is None
        assert read(f"тел {phone}", today, today + timedelta(1), today + timedelta(30), bare=bare).day is None


@given(st.from_regex(r"\d{6}[ \-]?\d{6}", fullmatch=True), TODAYS)
def test_an_iin_is_never_a_day(iin: str, today: date) -> None:
    assert read(iin, today, today + timedelta(1), today + timedelta(30), bare=True).day is None


@given(st.times(), TODAYS)
def test_a_time_is_never_a_day(at: object, today: date) -> None:
    for text in (f"{at:%H:%M}", f"сағат {at:%H:%M}", f"в {at:%H:%M}"):
        assert read(text, today, today + timedelta(1), today + timedelta(30), bare=True).day is None

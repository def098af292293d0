"""Figures as staff look at them."""

from datetime import date

from gateway.figures import views
from gateway.figures.figures import Span
from gateway.figures.views import Steps
from gateway.routes.trails import Spent

MONDAY, TUESDAY = date(2026, 11, 23), date(2026, 11, 24)
WEEK = Span(MONDAY, date(2026, 11, 29))


def test_shares_are_of_what_was_decided_and_none_where_nothing_was() -> None:
    days = {MONDAY: {"offer consent a": 1, "offer cancelled a": 2, "offer queued b": 1, "offer withdrawn a": 9}}
    rows = views.silence(Steps(days, WEEK)).rows
    assert rows[0].numbers == (75.0, 3, 4)
    assert rows[1].numbers == (None, 0, 0)


def test_a_long_span_is_drawn_by_weeks_that_begin_on_mondays() -> None:
    span = Span(date(2026, 10, 1), date(2026, 11, 30))
    days = {day: {"heard sms": 1} for day in span}
    rows = views.heard(Steps(days, span)).rows
    assert [row.key for row in rows][:3] == [date(2026, 10, 1), date(2026, 10, 5), date(2026, 10, 12)]
    assert [row.numbers[0] for row in rows] == [4, *[7] * 8, 1]
    assert len(views.heard(Steps(days, span, daily=True)).rows) == 61


def test_a_letter_is_delivered_lost_or_nobody_says() -> None:
    total = {
        "left sms smsc accepted": 10,
        "report smsc sent": 9,
        "report smsc delivered": 6,
        "report smsc failed": 1,
        "report smsc rejected": 1,
        "left sms - expired": 2,
        "left tg - delivered": 5,
        "left tg - opted_out": 1,
        "left esobes - accepted": 40,
        "cast sms smsc accepted": 900,
        "cast tg - accepted": 30,
        "cast-report smsc delivered": 850,
        "cast-report smsc failed": 20,
        "cast test - delivered": 4,
    }
    rows = {row.key: row.numbers for row in views.deliveries(total).rows}
    assert rows == {"smsc": (6, 2, 2, 0), "sms": (0, 0, 0, 2), "tg": (5, 0, 0, 1)}
    rows = {row.key: row.numbers for row in views.casts(total).rows}
    assert rows == {"smsc": (850, 30, 20, 0), "tg": (0, 30, 0, 0)}


def test_reports_of_yesterdays_letters_make_no_number_negative() -> None:
    total = {"left sms smsc accepted": 1, "report smsc delivered": 3}
    assert views.deliveries(total).rows[0].numbers == (3, 0, 0, 0)


def test_money_is_in_tenge_and_by_who_carried() -> None:
    spent = {MONDAY: {("smsc", False): Spent(2, 4, 6600), ("smsc", True): Spent(10, 20, 33000)}}
    assert views.spending(Steps({}, WEEK), spent).rows[0].numbers == (4, 20, 12, 396.0)
    assert views.by_route(spent).rows[0].numbers == (396.0, 12, 24)


def test_half_of_all_answers_had_come_by_then() -> None:
    total = {"answered sms 1h": 2, "answered telegram 6h": 3, "answered sms more": 4}
    assert views.half(views.answered(total)) == "6h"
    assert views.half(views.answered({})) is None


def test_what_people_want_comes_in_its_order() -> None:
    picture = views.wishes({"event status": 3, "event services": 1, "event grp": 4, "event no_such_number": 50})
    assert [(row.key, row.numbers[0]) for row in picture.rows] == [("services", 5), ("status", 3)]


def test_a_service_is_told_with_all_that_became_of_its_offers() -> None:
    total = {"offer opened a": 5, "offer consent a": 1, "offer consent b": 2, "offer turned a": 1}
    picture = views.by_service(total)
    assert [row.key for row in picture.rows] == ["b", "a"]
    assert dict(zip(picture.columns, picture.rows[1].numbers, strict=True))["opened"] == 5
    assert picture.total == 3


def test_where_nothing_happened_nothing_is_drawn() -> None:
    assert views.offers(Steps({}, WEEK)).is_empty
    assert views.deliveries({}).is_empty

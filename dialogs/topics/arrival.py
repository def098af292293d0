"""An invitation: coming, giving the place up, and putting the arrival off, once, for a reason that the law knows.

A notice about putting it off counts when it is signed on the portal. Nothing here says otherwise: until then the old
day is the last one.
"""

from collections.abc import Iterator

from dialogs import day_picker
from dialogs.duties.asking import Act, Verdict
from dialogs.messages import Surface
from dialogs.table import ANYWHERE
from dialogs.talk import Row, Talk, Topic
from dialogs.topics import arrival_day, arrival_pages, arriving, postponing_pages
from dialogs.topics.arrival_day import TYPED_IN
from dialogs.topics.arrival_pages import about
from dialogs.topics.arriving import Condition, both, deciding, keep
from dialogs.topics.menu import understood
from dialogs.topics.postponing_pages import postponing


def wants(wish: str) -> Condition:
    def wants(talk: Talk) -> bool:
        return arriving.wish(talk) == wish

    return wants


def wants_something(talk: Talk) -> bool:
    return bool(arriving.wish(talk))


def come(talk: Talk) -> None:
    keep(talk)
    arriving.do(talk, Act.COME)


def is_the_one(talk: Talk) -> bool:
    """The page before was about this one, and nothing has come in between."""
    return bool(talk.event.args) and talk.event.args[0] == deciding(talk).invitation and arriving.may_come(talk)


def decline(talk: Talk) -> None:
    keep(talk)
    arriving.do(talk, Act.DECLINE)


def is_confirmed(talk: Talk) -> bool:
    """`postpone:{invitation}:{day}:{reason}` for exactly what the last page was about. Whether it may still be done
    is asked when it is done: sent a second time, it is answered as the first time."""
    said = deciding(talk)
    return (
        said.until is not None
        and bool(said.reason)
        and talk.event.args == (said.invitation, str(said.until), said.reason)
    )


def postpone(talk: Talk) -> None:
    """The page says what it still needs, or why it could not be."""
    understood(talk)
    until = deciding(talk).until
    done = arriving.do(talk, Act.POSTPONE)
    if done is Verdict.PENDING:
        talk.say("arrival.faster")
    if done is Verdict.FINE and until is not None and talk.surface is Surface.CHAT:
        talk.say("arrival.passed_on", day=until)


def has_notice(talk: Talk) -> bool:
    its = arriving.known(talk)
    return its is not None and its.state == "unsigned" and arriving.may_come(talk)


def _wishes(name: str, to: str, *, when: Condition, do: arriving.Action = keep) -> Iterator[Row]:
    """By a button of a letter or a page, or by the number of an SMS; and in words."""
    for event in (name, "say"):
        yield Row(event, ANYWHERE, to, when=both(f"{name}_{when.__name__}", wants(name), when), do=do)


def _days() -> Iterator[Row]:
    for at in TYPED_IN:
        for event in (day_picker.DAY, "say", *(("no_such_number",) if at == "arrival.day" else ())):
            yield Row(event, at, "arrival.confirm", when=arrival_day.is_allowed, do=arrival_day.keep)
            yield Row(event, at, "arrival.disputed", when=arrival_day.is_disputed, do=arrival_day.dispute)
            yield Row(event, at, "arrival.day", when=arrival_day.is_some_day, do=arrival_day.explain)
    yield Row("say", "arrival.day", when=arrival_day.nothing_else_meant, do=arrival_day.unclear)
    yield Row(day_picker.PAGE, "arrival.day", do=arrival_day.turn_page)


def _reasons() -> Iterator[Row]:
    for event, at in (("because", ANYWHERE), ("say", "arrival.reason"), ("say", "arrival.other")):
        yield Row(event, at, "arrival.day", when=arrival_day.is_reason, do=arrival_day.keep_reason)
        yield Row(event, at, "arrival.other", when=arrival_day.is_other, do=keep)
    yield Row("because", ANYWHERE, "arrival.stays", when=arriving.may_come, do=keep)
    yield Row("because", ANYWHERE, "arrival", do=keep)
    yield Row("say", "arrival.reason", when=arrival_day.is_unclear, do=arrival_day.unclear_reason)


TOPIC = Topic(
    views={
        "arrival": about(arrival_pages.page),
        "arrival.which": arrival_pages.which,
        "arrival.come": about(arrival_pages.come),
        "arrival.decline": about(arrival_pages.decline),
        "arrival.declined": about(arrival_pages.declined),
        "arrival.reason": postponing(postponing_pages.reason),
        "arrival.other": postponing(postponing_pages.other),
        "arrival.day": postponing(postponing_pages.day),
        "arrival.disputed": postponing(postponing_pages.disputed),
        "arrival.confirm": postponing(postponing_pages.confirm),
        "arrival.stays": about(postponing_pages.stays),
        "arrival.notice": about(postponing_pages.notice),
    },
    rows=(
        *_wishes("come", "arrival.come", when=arriving.may_come, do=come),
        *_wishes("cannot", "arrival.reason", when=arriving.may_be_put_off),
        *_wishes("cannot", "arrival.stays", when=arriving.may_come),
        *_wishes("decline", "arrival.declined", when=arriving.is_given_up),
        *_wishes("decline", "arrival.decline", when=arriving.may_come),
        *(
            row
            for event in (*arriving.WISHES, "say")
            for row in (
                Row(
                    event,
                    ANYWHERE,
                    "arrival.which",
                    when=both("are_several", wants_something, arriving.are_several),
                    do=arriving.keep_wish,
                ),
                Row(event, ANYWHERE, "arrival", when=wants_something, do=keep),
            )
        ),
        Row("decline_yes", "arrival.decline", "arrival.declined", when=is_the_one, do=decline),
        Row("decline_yes", ANYWHERE, "arrival.decline", when=arriving.may_come, do=keep),
        Row("decline_yes", ANYWHERE, "arrival", do=keep),
        *_reasons(),
        *_days(),
        Row("postpone", "arrival.confirm", "arrival.stays", when=is_confirmed, do=postpone),
        Row("postpone", ANYWHERE, "arrival.reason", when=arriving.may_be_put_off, do=keep),
        Row("postpone", ANYWHERE, "arrival.stays", when=arriving.may_come, do=keep),
        Row("postpone", ANYWHERE, "arrival", do=keep),
        Row("notice", ANYWHERE, "arrival.notice", when=has_notice, do=keep),
        Row("notice", ANYWHERE, "arrival", do=keep),
        Row("back", "arrival.which", "menu", do=understood),
        Row("back", "arrival", "menu", do=understood),
        *(
            Row("back", f"arrival.{here}", there, do=understood)
            for here, there in (
                ("come", "arrival"),
                ("decline", "arrival"),
                ("declined", "arrival"),
                ("reason", "arrival"),
                ("other", "arrival.reason"),
                ("day", "arrival.reason"),
                ("disputed", "arrival.day"),
                ("confirm", "arrival.day"),
                ("stays", "arrival"),
                ("notice", "arrival"),
            )
        ),
    ),
    asks=frozenset(
        f"arrival.{state}" for state in ("which", "decline", "reason", "other", "day", "disputed", "confirm")
    ),
)

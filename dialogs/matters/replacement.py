"""The replacement of a device: who does not answer within the window stands in the queue for it, as if they had
agreed (order 287 ¶6). Only an explicit refusal keeps a person out, so nothing here may lose one."""

from dialogs.matters.affair import (
    Affair,
    Row,
    agree,
    contradicted,
    hold,
    in_time,
    never_arrived,
    not_left,
    nothing,
    pass_refusal,
    put_off,
    refuse,
    refused_again,
    remind,
    says,
    still_held,
    to_be_reminded,
    turn,
    turned,
    unheld,
    withdrawn,
)
from dialogs.matters.matter import Answer
from dialogs.table import machine


def queue(affair: Affair) -> None:
    affair.close(Answer.SILENCE, "queued")


def leave_to_office(affair: Affair) -> None:
    """Who was never asked has not been silent."""
    affair.close(Answer.UNDELIVERABLE, "unreached_replacement")


STATES = (
    "asked",
    "refusing",
    "refused",
    "turning",
    "consented",
    "queued",
    "unreached",
    "withdrawn",
    "over",
)

ROWS: tuple[Row, ...] = (
    Row("consent", "asked", "consented", do=agree),
    Row("refusal", "asked", "refused", when=unheld, do=refuse),
    Row("refusal", "asked", "refusing", do=hold),
    Row("day_over", "asked", when=not_left, do=put_off),
    Row("last_day", "asked", when=to_be_reminded, do=remind),
    Row("window_over", "asked", "unreached", when=never_arrived, do=leave_to_office),
    Row("window_over", "asked", "queued", do=queue),
    Row("withdrawn", "asked", "withdrawn", do=withdrawn),
    Row("consent", "refusing", "consented", do=agree),
    Row("refusal", "refusing", do=still_held),
    Row("hold_over", "refusing", "refused", do=pass_refusal),
    Row("withdrawn", "refusing", "withdrawn", do=withdrawn),
    Row("consent", "refused", "turning", when=in_time, do=turn),
    Row("consent", "refused", do=says("late_over", "answer.late")),
    Row("refusal", "refused", do=refused_again),
    Row("contradicted", "refused", "over", do=contradicted),
    Row("withdrawn", "refused", "withdrawn", do=nothing),
    Row("consent", "turning", do=says("turning", "answer.consent")),
    Row("refusal", "turning", do=says("consented_no_way_back", "answer.late")),
    Row("accepted", "turning", "consented", do=turned),
    Row("contradicted", "turning", "over", do=contradicted),
    Row("withdrawn", "turning", "withdrawn", do=withdrawn),
    Row("consent", "consented", do=says("consented_again", "answer.consent")),
    Row("refusal", "consented", do=says("consented_no_way_back", "answer.late")),
    Row("contradicted", "consented", "over", do=contradicted),
    Row("withdrawn", "consented", "withdrawn", do=withdrawn),
    Row("consent", "queued", do=says("late_queued", "answer.late")),
    Row("refusal", "queued", do=says("late_queued", "answer.late")),
    Row("contradicted", "queued", "over", do=contradicted),
    Row("withdrawn", "queued", "withdrawn", do=withdrawn),
    Row("consent", "unreached", do=says("unreached_replacement", "answer.late")),
    Row("refusal", "unreached", do=says("unreached_replacement", "answer.late")),
    Row("contradicted", "unreached", "over", do=contradicted),
    Row("withdrawn", "unreached", "withdrawn", do=nothing),
    Row("consent", "withdrawn", do=says("late_withdrawn", "answer.late")),
    Row("refusal", "withdrawn", do=says("late_withdrawn", "answer.late")),
    Row("consent", "over", do=says("late_over", "answer.late")),
    Row("refusal", "over", do=says("late_over", "answer.late")),
    Row("withdrawn", "over", "withdrawn", do=withdrawn),
)

MACHINE = machine(STATES, ROWS, "asked", otherwise=nothing)

"""A proactive offer: who does not answer within the window does not get it (order 287 ¶107, 283 ¶19)."""

from dialogs.matters import affair as common
from dialogs.matters import sizes
from dialogs.matters.affair import (
    Affair,
    Row,
    contradicted,
    given,
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
    unheld,
    withdrawn,
)
from dialogs.matters.matter import Answer, Relay
from dialogs.table import machine


def agree(affair: Affair) -> None:
    common.agree(affair)
    if sizes.asks(affair.matter, affair.rules):
        affair.matter.size = sizes.start(affair.matter, affair.now.date())
        affair.answer(sizes.question(affair.matter.size))


def turned(affair: Affair) -> None:
    common.turned(affair)
    if sizes.asks(affair.matter, affair.rules):
        affair.matter.size = sizes.start(affair.matter, affair.now.date())
        affair.tell(sizes.question(affair.matter.size))


def size(affair: Affair) -> None:
    """One more answer about the size of the diapers (order 287 ¶72); when all is known, E-Sobes gets a note."""
    said, matter = given(affair), affair.matter
    affair.nature = "answer.size"
    read = sizes.read(said.text or "", matter.size, affair.rules)
    matter.size = read.size
    affair.answer(read.says)
    if read.note:
        affair.relays.append(Relay(0, said, read.note))


def sizes_wanted(affair: Affair) -> bool:
    return sizes.wanted(affair.matter.size)


def cancel(affair: Affair) -> None:
    affair.close(Answer.SILENCE, "cancelled")


def give_up(affair: Affair) -> None:
    affair.close(Answer.UNDELIVERABLE, "unreached_offer")


STATES = (
    "asked",
    "refusing",
    "refused",
    "turning",
    "consented",
    "cancelled",
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
    Row("window_over", "asked", "unreached", when=never_arrived, do=give_up),
    Row("window_over", "asked", "cancelled", do=cancel),
    Row("withdrawn", "asked", "withdrawn", do=withdrawn),
    Row("consent", "refusing", "consented", do=agree),
    Row("refusal", "refusing", do=still_held),
    Row("hold_over", "refusing", "refused", do=pass_refusal),
    Row("withdrawn", "refusing", "withdrawn", do=withdrawn),
    Row("consent", "refused", "turning", when=in_time, do=turn),
    Row("consent", "refused", do=says("late_cancelled", "answer.late")),
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
    Row("sized", "consented", when=sizes_wanted, do=size),
    Row("contradicted", "consented", "over", do=contradicted),
    Row("withdrawn", "consented", "withdrawn", do=withdrawn),
    Row("consent", "cancelled", do=says("late_cancelled", "answer.late")),
    Row("refusal", "cancelled", do=says("late_cancelled", "answer.late")),
    Row("contradicted", "cancelled", "over", do=contradicted),
    Row("withdrawn", "cancelled", "withdrawn", do=nothing),
    Row("consent", "unreached", do=says("late_cancelled", "answer.late")),
    Row("refusal", "unreached", do=says("late_cancelled", "answer.late")),
    Row("contradicted", "unreached", "over", do=contradicted),
    Row("withdrawn", "unreached", "withdrawn", do=nothing),
    Row("consent", "withdrawn", do=says("late_withdrawn", "answer.late")),
    Row("refusal", "withdrawn", do=says("late_withdrawn", "answer.late")),
    Row("consent", "over", do=says("late_over", "answer.late")),
    Row("refusal", "over", do=says("late_over", "answer.late")),
    Row("withdrawn", "over", "withdrawn", do=withdrawn),
)

MACHINE = machine(STATES, ROWS, "asked", otherwise=nothing)

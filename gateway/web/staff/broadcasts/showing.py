"""The page of a broadcast that is no draft: what it is, how far it has come, and what may be done with it."""

from starlette.responses import HTMLResponse

from dialogs.broadcasts import states
from dialogs.broadcasts.states import State
from gateway.broadcasts.broadcast import Broadcast
from gateway.broadcasts.broadcasts import ROUNDS, Progress
from gateway.staff.roles import Right
from gateway.web.staff.broadcasts.desk import Desk
from gateway.web.staff.broadcasts.shown import BADGES, GROUPS, Tally, bubbles, tenge, waits_until
from gateway.web.staff.console import Visit

ACTS = ("pause", "resume", "cancel", "again")
_BEFORE = frozenset({State.DRAFT, State.WAITING, State.SCHEDULED})
"""Nobody has been written to."""


async def shown(
    desk: Desk, visit: Visit, name: str, status: int = 200, *, refused: str = "", unexplained: bool = False
) -> HTMLResponse:
    """`refused`: why what was asked could not be done. `unexplained`: it was sent back without a reason."""
    progress = await desk.progress(name)
    broadcast = progress.broadcast
    estimate = await desk.broadcasts.estimate(broadcast) if broadcast.state in _BEFORE else None
    knows = visit.may(Right.BROADCASTS_WRITE) or visit.may(Right.PERSONAL)
    return desk.page(
        visit,
        "show.html",
        broadcast,
        live(desk, visit, progress),
        status,
        may_be={act for act in ACTS if _may(broadcast, progress, act)},
        approves=visit.may(Right.BROADCASTS_APPROVE) and visit.account.login not in broadcast.writers,
        own=visit.may(Right.BROADCASTS_APPROVE) and visit.account.login in broadcast.writers,
        estimate=estimate,
        bubbles=bubbles(broadcast, estimate, await desk.example(broadcast) if knows else None),
        starts_waits=waits_until(broadcast.starts, desk.quiet) if broadcast.starts else None,
        refused=refused,
        unexplained=unexplained,
    )


def live(desk: Desk, visit: Visit, progress: Progress) -> dict[str, object]:
    """What changes while somebody looks on."""
    broadcast = progress.broadcast
    running = broadcast.state is State.RUNNING
    return {
        "badge": BADGES[broadcast.state],
        "tally": None if broadcast.state in _BEFORE or progress.counts is None else desk.tally(progress.counts),
        "stage": progress.stage,
        "waits": waits_until(visit.now, desk.quiet) if running or broadcast.state is State.WAITING else None,
        "tenge": tenge,
        "key": key(broadcast),
    }


def key(broadcast: Broadcast) -> str:
    """With another one the page is another one."""
    reading = broadcast.reading.roll if broadcast.reading else ""
    roll = broadcast.audience.roll if broadcast.audience else ""
    marks = (broadcast.state, broadcast.round, int(broadcast.settled), reading, roll, len(broadcast.changes))
    return " ".join(map(str, marks))


def missed(tally: Tally | None) -> int:
    """Whom it surely has not reached, and who may be sent to again."""
    return tally.by_group["failed"] if tally else 0


def _may(broadcast: Broadcast, progress: Progress, act: str) -> bool:
    if not states.may(broadcast.state, act):
        return False
    if act != "again":
        return True
    failed = progress.counts is not None and any(progress.counts[fate] for fate in GROUPS["failed"])
    return failed and broadcast.round < ROUNDS

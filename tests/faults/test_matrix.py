"""Route, fault, moment: what becomes of each SMS. `pytest -s` prints the table; `REWRITE=1` writes it into
`docs/routes.md` anew, and a person reads the difference."""

import os
from pathlib import Path

import pytest

from tests.faults.cells import CELLS, KANNEL, MOBIZON, PROVIDERS, SMSC
from tests.faults.matrix import PRICES, Arrival, Play, Story
from tests.faults.town import Town
from tests.gateway.cutting import wire

REWRITE = bool(os.environ.get("REWRITE"))
DOC = Path(__file__).parents[2] / "docs" / "routes.md"
BEGIN, END = "<!-- what was measured -->\n", "<!-- until here -->\n"
BEHIND = {KANNEL: SMSC, SMSC: MOBIZON, MOBIZON: KANNEL}


async def test_what_becomes_of_each_sms(redis_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.outbox.outbox._LOOK", 0.02)
    monkeypatch.setattr("gateway.routes.routes._LOOK", 0.02)
    monkeypatch.setattr("gateway.outbox.outbox.random.random", lambda: 0.0)
    stories = []
    async with wire(redis_url, tmp_path, b"nothing is counted") as (line, client), Town.open() as town:
        for cell in CELLS:
            for name in PROVIDERS:
                if cell.is_played(name):
                    for names in ((name,), (name, BEHIND[name])):
                        stories.append(await Play(cell, names, town, line, client).run())
    print("\n" + table(stories))
    wrong = [f"{title(story)}: {what}" for story in stories for what in wrongs(story)]
    assert not wrong, "\n".join(wrong)
    text = DOC.read_text()
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    anew = f"{before}{BEGIN}{summary(stories)}{END}{after}"
    if REWRITE:
        DOC.write_text(anew)
    assert anew == DOC.read_text()


def wrongs(story: Story) -> list[str]:
    """What is against the law of the house."""
    cell, first, second = story.cell, story.of(0), story.of(1)
    refused_by_all = cell.refused and not story.behind
    routes = {arrival.route for arrival in first}
    again = story.counts.get((story.route, "unclear_again"), 0)
    settled = [arrival.letter for arrival in story.arrivals]
    # An operator's refusal that comes before the provider's answer: it was never taken. Mobizon's comes after it.
    never_taken = "refused" in (cell.happens.get("arrived"), cell.happens.get("waits")) and story.route != MOBIZON
    answered = story.arrivals if never_taken else (*story.arrivals, *story.refused)
    taken = {(one.route, one.letter) for one in answered}
    rules = {
        "got by nobody": bool(first) or refused_by_all or cell.status == "failed",
        "got though it was refused": not (first and refused_by_all),
        "by two routes": len(routes) <= 1,
        "by another route, though it was not known that the first has failed": (
            routes <= {story.route} or cell.refused or cell.known or story.counts.get((story.route, "unclear_failed"))
        ),
        "more than once, and it was known what had become of it": len(first) <= 1 + (0 if cell.known else again),
        "more than twice": len(first) <= 2,
        "the second letter not once": len(second) == 1,
        "out of order": settled == sorted(settled) or cell.refused,
        "a price twice, or never": story.spent == {route: _letters(taken, route) for route in story.spent}
        and story.price == sum(PRICES[route] * number for route, number in story.spent.items())
        and sum(story.spent.values()) == len(taken),
        "a wrong status": story.statuses == ("rejected" if refused_by_all else cell.status, "accepted"),
    }
    return [rule for rule, holds in rules.items() if not holds]


def _letters(taken: set[tuple[str, int]], route: str) -> int:
    return sum(one == route for one, _ in taken)


def title(story: Story) -> str:
    behind = f", then {story.behind}" if story.behind else " alone"
    return f"{story.route}{behind}: {story.cell.moment}, {story.cell.fault}"


def table(stories: list[Story]) -> str:
    """All of it."""
    rows: list[tuple[str, ...]] = [
        ("route", "when", "what goes wrong", "1st SMS", "2nd SMS", "status", "tenge", "counted")
    ]
    for story in stories:
        told = (told_of(story, story.of(number)) for number in (0, 1))
        counts = (
            f"{what.replace('_', ' ')} {times}"
            for (route, what), times in sorted(story.counts.items())
            if what.startswith("unclear") and route == story.route
        )
        routes = f"{story.route}, {story.behind}" if story.behind else story.route
        cell, price = story.cell, f"{story.price / 100:.0f}"
        rows.append((routes, cell.moment, cell.fault, *told, story.statuses[0], price, "; ".join(counts)))
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = ["  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join((lines[0], "-" * sum(widths), *lines[1:]))


def told_of(story: Story, arrivals: list[Arrival]) -> str:
    if not arrivals:
        return "not got"
    times = {1: "once", 2: "twice"}.get(len(arrivals), f"{len(arrivals)} times")
    routes = "+".join(dict.fromkeys(arrival.route for arrival in arrivals))
    by = "" if routes == story.route else f" by {routes}"
    return f"{times}{by}, {' and '.join(_after(arrival.after) for arrival in arrivals)}"


def _after(seconds: float) -> str:
    return f"after {seconds:.0f} s" if seconds >= 1 else "at once"


def summary(stories: list[Story]) -> str:
    """The first letter, for a person to read."""
    found = {(*story.cell.named, story.route, bool(story.behind)): story for story in stories}
    lines = [
        "| when | what goes wrong | Kannel alone | smsc alone | mobizon alone | Kannel, then smsc | "
        "smsc, then mobizon | mobizon, then Kannel |",
        "|" + " --- |" * 8,
    ]
    for cell in CELLS:
        told = [_short(found.get((*cell.named, name, behind))) for behind in (False, True) for name in PROVIDERS]
        lines.append(f"| {' | '.join((cell.moment, cell.fault, *told))} |")
    return "\n".join(lines) + "\n"


def _short(story: Story | None) -> str:
    if story is None:
        return "–"
    if not story.of(0):
        return story.statuses[0]
    return told_of(story, story.of(0))

"""The figures of today under `/metrics`, and the dashboard that is drawn of all of them."""

import json
import re
from pathlib import Path

from gateway.errands import Errands
from gateway.esobes.register import Copies
from gateway.esobes.relays import Backlog
from gateway.figures.counting import Counting
from gateway.figures.today import Today
from gateway.outbox.gate import Gate
from gateway.outbox.pace import Pace
from gateway.routes.routes import Preference, Routes
from gateway.routes.trails import Trails
from gateway.web import app
from tests.gateway.affairs import Affairs, opened
from tests.gateway.web.conftest import browser

DOCS = Path(__file__).parents[3] / "docs"
NAME = re.compile(r"\bkelisim_[a-z_]+")
ENDS = ("_bucket", "_sum", "_count", "_created")


async def told(affairs: Affairs) -> str:
    redis, clock = affairs.batched, affairs.clock
    front = app.build(
        lambda: redis("PING"),
        letters={},
        sms=Routes(
            [],
            Preference((), (), {}),
            Trails(redis),
            clock,
            health={},
            prices={},
            patience=5,
            gate=Gate(Pace(20)),
            took=lambda *_: None,
        ),
        relays=Backlog(redis, clock).figures,
        errands=Errands(redis, clock).figures,
        registers=Copies(redis).all,
        today=Today(redis, clock).counted,
    )
    async with browser(front) as client:
        return (await client.get("/metrics")).text


async def test_the_figures_of_today_are_told_and_name_nobody(affairs: Affairs) -> None:
    await affairs.told(opened())
    matter = await affairs.matter()
    await affairs.sms("рус", phone="+77019999999")
    await affairs.sms("зелёный жираф 5", phone="+77019999999")
    await affairs.sms(matter.yes)
    await Counting(affairs.batched).catch_up()
    lines = (await told(affairs)).splitlines()
    assert f'kelisim_offers_today{{outcome="consent",service="{matter.service}"}} 1.0' in lines
    assert 'kelisim_answers_today{channel="sms",within="1h"} 1.0' in lines
    assert 'kelisim_messages_today{surface="sms"} 2.0' in lines
    assert 'kelisim_unanswered_today{surface="sms"} 1.0' in lines
    assert 'kelisim_replies_today{channel="sms",within="1s"} 3.0' in lines
    assert "kelisim_figures_behind_seconds 0.0" in lines
    assert not any("жираф" in line or "7701" in line for line in lines)


async def test_the_dashboard_names_only_what_is_told(affairs: Affairs) -> None:
    known = set(re.findall(r"^# HELP (\w+)", await told(affairs), re.MULTILINE))
    dashboard = json.loads((DOCS / "grafana" / "kelisim.json").read_text())
    asked = {
        name
        for panel in dashboard["panels"]
        for one in panel.get("targets", ())
        for name in NAME.findall(one["expr"])
    }
    assert len(asked) > 12
    assert {_without_end(name, known) for name in asked} <= known


async def test_every_metric_is_described(affairs: Affairs) -> None:
    known = set(re.findall(r"^# HELP (\w+)", await told(affairs), re.MULTILINE))
    described = set(NAME.findall((DOCS / "metrics.md").read_text()))
    assert {name for name in known if not name.endswith(ENDS)} <= described
    assert {_without_end(name, known) for name in described} <= known


def test_the_panels_of_the_dashboard_do_not_lie_upon_each_other() -> None:
    panels = [one["gridPos"] for one in json.loads((DOCS / "grafana" / "kelisim.json").read_text())["panels"]]
    places = [
        (x, y)
        for one in panels
        for x in range(one["x"], one["x"] + one["w"])
        for y in range(one["y"], one["y"] + one["h"])
    ]
    assert len(places) == len(set(places))
    assert max(x for x, _ in places) < 24


def _without_end(name: str, known: set[str]) -> str:
    """A histogram is told by its parts."""
    return next((name.removesuffix(end) for end in ENDS if name.removesuffix(end) in known), name)

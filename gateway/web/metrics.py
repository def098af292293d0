"""The figures under `/metrics`. They count; they never name anybody."""

from collections.abc import Iterator, Mapping

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector

from gateway.errands import Figures as ErrandFigures
from gateway.esobes.register import Copy
from gateway.esobes.relays import Figures
from gateway.figures.today import Counted
from gateway.routes.health import State
from gateway.routes.routes import Routes

BOUNDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)

LetterCounts = Mapping[tuple[str, str], int]
"""(channel, what became of the letter) → how often, as the outbox counts."""


class Metrics:
    """One registry per application: two of them in one process (as in tests) do not mix."""

    MEDIA_TYPE = CONTENT_TYPE_LATEST

    def __init__(self, letters: LetterCounts, sms: Routes | None = None) -> None:
        self.registry = CollectorRegistry()
        self.registry.register(_Letters(letters))
        if sms is not None:
            self.registry.register(_Routes(sms))
        self._relays = _Relays()
        self.registry.register(self._relays)
        self._errands = _Errands()
        self.registry.register(self._errands)
        self._registers = _Registers()
        self.registry.register(self._registers)
        self._inbox = _Inbox()
        self.registry.register(self._inbox)
        self._today = _Today()
        self.registry.register(self._today)
        self._answers = Counter(
            "kelisim_webhook_answers",
            "Requests of message providers, by what they were answered",
            ["channel", "status"],
            registry=self.registry,
        )
        self._seconds = Histogram(
            "kelisim_webhook_seconds",
            "From a provider's request to our answer: the turn is committed by then",
            ["channel"],
            buckets=BOUNDS,
            registry=self.registry,
        )
        self._ready = Gauge("kelisim_ready", "1 while Redis answers", registry=self.registry)
        # Looking a label up costs more than counting, and there are only a handful.
        self._counters: dict[tuple[str, int], Counter] = {}
        self._timers: dict[str, Histogram] = {}

    def answered(self, channel: str, status: int, seconds: float) -> None:
        counter = self._counters.get((channel, status))
        if counter is None:
            counter = self._counters[channel, status] = self._answers.labels(channel, str(status))
            self._timers[channel] = self._seconds.labels(channel)
        counter.inc()
        self._timers[channel].observe(seconds)

    def text(
        self,
        ready: bool,
        *,
        relays: Figures | None = None,
        errands: ErrandFigures | None = None,
        registers: Mapping[str, Copy] | None = None,
        inbox: int | None = None,
        today: Counted | None = None,
    ) -> bytes:
        """`relays`, `errands`, `registers`, `today`: None while nobody can count them, which is not the same as
        none."""
        self._ready.set(int(ready))
        self._relays.figures = relays
        self._errands.figures = errands
        self._registers.copies = registers or {}
        self._inbox.waiting = inbox
        self._today.counted = today
        return generate_latest(self.registry)


class _Letters(Collector):
    """Read off when somebody looks, so that sending counts nothing twice."""

    def __init__(self, counts: LetterCounts) -> None:
        self._counts = counts

    def collect(self) -> Iterator[CounterMetricFamily]:
        family = CounterMetricFamily(
            "kelisim_letters", "Letters, by what became of them", labels=["channel", "outcome"]
        )
        for (channel, outcome), number in list(self._counts.items()):
            family.add_metric([channel, outcome], number)
        yield family


class _Routes(Collector):
    """Likewise."""

    def __init__(self, sms: Routes) -> None:
        self._sms = sms

    def collect(self) -> Iterator[Metric]:
        state = GaugeMetricFamily(
            "kelisim_sms_route", "How each route is doing: 1 for the state it is in", labels=["route", "state"]
        )
        for name, health in self._sms.health.items():
            for one in State:
                state.add_metric([name, one], health.state is one)
        yield state
        tries = CounterMetricFamily(
            "kelisim_sms_tries", "SMS that were handed to a route, by what came of it", labels=["route", "outcome"]
        )
        for (name, outcome), number in list(self._sms.counts.items()):
            tries.add_metric([name, outcome], number)
        yield tries


class _Relays(Collector):
    """They wait in Redis, so they are counted there."""

    figures: Figures | None = None

    def collect(self) -> Iterator[GaugeMetricFamily]:
        if (now := self.figures) is None:
            return
        yield GaugeMetricFamily("kelisim_relays_waiting", "What E-Sobes is still to be told", now.waiting)
        yield GaugeMetricFamily("kelisim_relays_oldest_seconds", "How long the first of it has waited", now.oldest)
        yield GaugeMetricFamily("kelisim_relays_refused", "What E-Sobes refused and staff has to see to", now.refused)


class _Inbox(Collector):
    """Likewise."""

    waiting: int | None = None

    def collect(self) -> Iterator[GaugeMetricFamily]:
        if self.waiting is not None:
            yield GaugeMetricFamily("kelisim_inbox_waiting", "People who wait for a specialist", self.waiting)


class _Errands(Collector):
    """Likewise."""

    figures: ErrandFigures | None = None

    def collect(self) -> Iterator[GaugeMetricFamily]:
        if (now := self.figures) is None:
            return
        yield GaugeMetricFamily("kelisim_errands_waiting", "Promises to write back, and codes to send", now.waiting)
        yield GaugeMetricFamily("kelisim_errands_oldest_seconds", "How long the first of them has waited", now.oldest)


class _Registers(Collector):
    """Likewise. What was not fetched within a week is not there."""

    copies: Mapping[str, Copy] = {}

    def collect(self) -> Iterator[GaugeMetricFamily]:
        family = GaugeMetricFamily(
            "kelisim_register_fetched_timestamp_seconds",
            "When E-Sobes last told the register of organisations",
            labels=["setting"],
        )
        for setting, copy in self.copies.items():
            family.add_metric([setting], copy.fetched.timestamp())
        yield family


class _Today(Collector):
    """Likewise, by all processes together. At midnight of Kazakhstan they begin anew."""

    counted: Counted | None = None

    FAMILIES = (
        ("offer", "kelisim_offers_today", "Offers of today, by what became of them", ("outcome", "service")),
        ("answered", "kelisim_answers_today", "Answers to offers, by how soon they came", ("channel", "within")),
        ("heard", "kelisim_messages_today", "Messages of people", ("surface",)),
        ("unmet", "kelisim_unanswered_today", "Messages that were not understood", ("surface",)),
        ("reply", "kelisim_replies_today", "Answers of the assistant, by how soon they left", ("channel", "within")),
        ("helped", "kelisim_specialists_today", "Answers of specialists, by how soon", ("channel", "within")),
        ("report", "kelisim_reports_today", "What providers of SMS reported", ("route", "status")),
        ("cast-report", "kelisim_broadcast_reports_today", "What they reported of broadcasts", ("route", "status")),
    )
    """How the names of figures begin; see `figures.tallies`."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        if (counted := self.counted) is None:
            return
        for beginning, name, about, labels in self.FAMILIES:
            family = GaugeMetricFamily(name, about, labels=labels)
            for figure, number in counted.day.items():
                first, *values = figure.split(" ")
                if first == beginning and len(values) == len(labels):
                    family.add_metric(values, number)
            yield family
        yield GaugeMetricFamily("kelisim_figures_behind_seconds", "How far counting is behind", counted.behind)

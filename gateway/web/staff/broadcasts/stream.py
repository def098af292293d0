"""What somebody who looks at a broadcast is told while they do: how far it has come, as a piece of their page."""

from collections import OrderedDict
from collections.abc import AsyncIterator, Mapping
from functools import partial

from msgspec import structs

from gateway.broadcasts.broadcast import UnknownError
from gateway.web.staff.broadcasts.desk import Desk
from gateway.web.staff.broadcasts.showing import live
from gateway.web.staff.console import Visit
from gateway.web.staff.live import Live

_KEPT = 100


class Streams:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._lives: OrderedDict[tuple[str, str], Live] = OrderedDict()
        """All who look at the same in the same language share one look."""

    def events(self, visit: Visit, name: str) -> AsyncIterator[str]:
        place = (name, visit.language.value)
        if place not in self._lives:
            self._lives[place] = Live(self._desk.console, partial(self._look, visit, name))
            if len(self._lives) > _KEPT:
                self._lives.popitem(last=False)
        return self._lives[place].events(visit)

    async def _look(self, visit: Visit, name: str) -> Mapping[str, object]:
        """Of whoever looked first only the language matters: there is nothing in it that not all may see."""
        desk = self._desk
        try:
            progress = await desk.broadcasts.progress(name)
        except UnknownError:
            return {"key": ""}
        visit = structs.replace(visit, now=desk.console.clock.now())
        values = live(desk, visit, progress)
        page = desk.page(visit, "_live.html", progress.broadcast, values)
        return {"key": values["key"], "html": bytes(page.body).decode()}

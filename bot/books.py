"""What is written down, for whoever looks at it later: the journal's index, old months in files, what is open on its
shelves; and the rooms of matters, of a person and of the journal."""

from collections.abc import Iterator

from fastapi import APIRouter
from msgspec import Struct

from bot.ground import Ground
from gateway.esobes.relays import Backlog
from gateway.journal.archive import Archive
from gateway.journal.index import JournalIndex
from gateway.journal.making import Making
from gateway.journal.pages import JournalPages
from gateway.matters.board import Board
from gateway.matters.tidying import Tidying
from gateway.web.staff.console import Console
from gateway.web.staff.journal import JournalRoom
from gateway.web.staff.matters import MattersRoom
from gateway.web.staff.person import PersonRoom

FOLDER = "archive"
"""Below the data folder."""


class Books(Struct, frozen=True):
    ground: Ground
    backlog: Backlog
    index: JournalIndex
    archive: Archive
    tidying: Tidying

    def rooms(self, console: Console) -> Iterator[APIRouter]:
        ground = self.ground
        redis, services = ground.batched, ground.dialogue.guide.catalogue.services
        making = Making(ground.redis_url, ground.locales)
        yield MattersRoom(console, redis, self.backlog).router()
        yield PersonRoom(console, redis, JournalPages(redis, self.index)).router()
        yield JournalRoom(console, redis, self.index, making, services).router()


def build(ground: Ground, backlog: Backlog) -> Books:
    settings, redis, clock = ground.settings, ground.batched, ground.clock
    index = JournalIndex(redis)
    archive = Archive(
        redis, index, clock, folder=settings.data_dir / FOLDER, months=settings.journal_keep, owner=ground.reader
    )
    return Books(ground, backlog, index, archive, Tidying(Board(redis), clock))

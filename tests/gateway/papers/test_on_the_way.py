"""A letter with a paper, from where it is written down until it is on the screen."""

import pytest

from dialogs.papers import Paper
from gateway.channels import Letter
from gateway.store import Line, Store, shard_number
from tests.gateway.affairs import Affairs
from tests.papers import CALENDAR, NOTICE

CHAT = "chat:aigul"


@pytest.mark.parametrize("paper", [NOTICE, CALENDAR])
async def test_a_paper_leaves_as_it_was_written(affairs: Affairs, store: Store, paper: Paper) -> None:
    letter = Letter("a:0", CHAT, "Сәлем", affairs.clock.now().timestamp(), paper=paper)
    line = Line(0, "", "chat", "test", (letter.id,))
    await store.commit("a", CHAT, before=None, after=None, letters=[letter], line=line)
    affairs.outbox.wake(shard_number(CHAT))
    await affairs.outbox.drained()
    (entry,) = await affairs.phones.history(CHAT)
    assert (entry.text, entry.paper) == ("Сәлем", paper)

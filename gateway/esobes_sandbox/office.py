"""What the assistant has left to the office, for the simulator's page: newest first."""

from msgspec import structs

from dialogs.duties import rules
from gateway.connection import Batched
from gateway.matters import office
from gateway.matters.office import Dispute
from gateway.matters.writing import Note

SHOWN = 50


class Office:
    def __init__(self, redis: Batched) -> None:
        self._redis = redis
        self._law, self._acts = rules.read()

    async def shown(self) -> list[dict[str, object]]:
        notes = await office.read(self._redis)
        return [self._note(note) for note in reversed(notes[-SHOWN:])]

    def _note(self, note: Note) -> dict[str, object]:
        about = office.dispute(note, self._law, self._acts)
        return {
            "at": note.at,
            "what": note.what,
            "duty": note.duty,
            "whose": note.whose,
            "specialist": note.specialist,
            "case": note.case,
            "dispute": _dispute(about) if about else None,
        }


def _dispute(about: Dispute) -> dict[str, object]:
    """The page has words of its own for what stands after the paragraph."""
    said = [
        {"act": one.act.number, "of": one.act.of, "at": one.source.at.partition(":")[0], "days": one.days}
        for one in about.said
    ]
    return {**structs.asdict(about), "said": said}

"""What every other part of the program stands on."""

from pathlib import Path

from msgspec import Struct

from bot.settings import Settings
from dialogs.dialogue import Dialogue
from gateway.clock import Clock
from gateway.connection import Batched, Client
from gateway.store import Store


class Ground(Struct, frozen=True):
    settings: Settings
    dialogue: Dialogue
    redis: Client
    batched: Batched
    store: Store
    clock: Clock
    url: str
    """Where we listen."""
    redis_url: str
    """Of the server, with its password: for processes of ours, and for no log."""
    locales: Path
    reader: str
    """The outboxes know what is theirs by it after a restart, and that of another process apart."""
    sms_secret: str
    esobes_token: str
    deeds_secret: str
    """What whoever a deed of staff is about is marked with in their audit."""

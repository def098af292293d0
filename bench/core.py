"""The pure core alone: µs of CPU for one answer, and how long the program takes until it is ready."""

import os
import signal
import socket
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter, process_time, sleep
from urllib.error import URLError
from urllib.request import urlopen

from bench.load import LoadError
from bench.talks import Step, Talk
from dialogs import session as sessions
from dialogs.dialogue import Dialogue
from dialogs.messages import Surface
from dialogs.talk import Here

REPEATS = 200
BATCHES = 5


def cost(dialogue: Dialogue, step: Step, now: datetime, surface: Surface) -> float:
    """µs, the session read and written included."""

    def batch() -> float:
        started = process_time()
        for _ in range(REPEATS):
            session = sessions.read(step.before) if step.before else sessions.new("Zm9yYmVuY2g0")
            answer = dialogue.answer(session, step.content, Here(now, surface))
            sessions.write(answer.session)
        return (process_time() - started) / REPEATS * 1e6

    batch()
    return median(batch() for _ in range(BATCHES))


def costs(dialogue: Dialogue, talks: list[Talk], now: datetime, surface: Surface) -> list[tuple[str, float]]:
    """Every kind of turn by its note in the journal, dearest first; of several alike, the dearest."""
    found: dict[str, float] = {}
    for talk in talks:
        for step in talk:
            kind = " ".join(step.note.split()[:2])
            found[kind] = max(found.get(kind, 0.0), cost(dialogue, step, now, surface))
    return sorted(found.items(), key=lambda pair: -pair[1])


def start_up() -> float:
    """Seconds from the command to the first «ready», in an empty data folder."""
    with TemporaryDirectory() as folder, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        ours = {name: value for name, value in os.environ.items() if not name.startswith("KELISIM_")}
        settings = {"KELISIM_HTTP_PORT": str(port), "KELISIM_DATA_DIR": str(Path(folder) / "var")}
        started = perf_counter()
        process = subprocess.Popen(
            [sys.executable, "-m", "bot", "run"],
            env={**ours, **settings},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            while not _ready(port):
                if process.poll() is not None:
                    raise LoadError("the program ended instead of starting")
                sleep(0.005)
            return perf_counter() - started
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(30)


def _ready(port: int) -> bool:
    try:
        with urlopen(f"http://127.0.0.1:{port}/health/ready", timeout=1) as answer:
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False

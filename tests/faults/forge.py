"""Starts the program again and again without its second of imports and of reading texts and laws, which are the same
every time: reads settings as JSON, a line each, and forks.

Every child is the whole program, `python -m bot run`, in a process of its own. Its pid is written to stdout.
"""

import gc
import json
import os
import signal
import sys

import httpcore  # noqa: F401 - what the children need not import again, as whatever has this mark
import pydantic.v1  # noqa: F401

import bot.app
import bot.telegram  # noqa: F401
from bot.__main__ import LOCALES, main
from dialogs import dialogue
from gateway.authorities import authorities


def serve() -> None:
    authorities()
    dialogue.load(LOCALES)
    gc.freeze()  # nor look through again for what can be thrown away
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the dead are nobody's business here
    for line in sys.stdin:
        settings = json.loads(line)
        child = os.fork()
        if child == 0:
            run(settings)
        print(child, flush=True)


def run(settings: dict[str, str]) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    log = os.open(settings.pop("log"), os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.environ.update(settings)
    sys.argv = ["bot", "run"]
    os._exit(main())


if __name__ == "__main__":
    serve()

"""The command line: `python -m bot run | chat | law`."""

import argparse
import difflib
import gc
import sys
from datetime import date, datetime
from pathlib import Path

from bot.errors import StartError
from dialogs.catalogue.loader import CatalogueError
from dialogs.messages import Language, Surface
from dialogs.words import WordsError

LOCALES = Path(__file__).parent.parent / "locales"


def main() -> int:
    arguments = _parser().parse_args()
    try:
        return int(arguments.command(arguments))
    except (StartError, CatalogueError, WordsError) as error:
        return refused(str(error))
    except (KeyboardInterrupt, BrokenPipeError):
        # Ctrl-C at the prompt, or `… | head`: the person has seen enough.
        sys.stdout = None
        return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bot", description="Kelisim, the citizens' assistant.")
    commands = parser.add_subparsers(required=True, metavar="run | chat | law")
    run = commands.add_parser("run", help="start the assistant")
    run.set_defaults(command=_run)
    chat = commands.add_parser("chat", help="talk to the assistant in the terminal")
    chat.add_argument("--language", choices=[str(language) for language in Language], help="else it asks")
    chat.add_argument("--surface", choices=[str(surface) for surface in Surface], default=str(Surface.CHAT))
    chat.set_defaults(command=_chat)
    law = commands.add_parser("law", help="what the assistant says about a service, and the paragraphs it rests on")
    law.add_argument("service", help="its name in the catalogue, like technical_aids_tiflo, or its number")
    law.add_argument("--on", type=_day, metavar="YYYY-MM-DD", help="the wording of that day; else of today")
    law.set_defaults(command=_law)
    return parser


def _run(_: argparse.Namespace) -> int:
    from bot import settings

    table = settings.load()
    gc.disable()  # nothing of what is built now is ever thrown away: looking for garbage takes a fifth of the start
    from bot import app  # after the settings: a wrong one is told at once

    return app.run(table, LOCALES)


def _chat(arguments: argparse.Namespace) -> int:
    from bot.terminal import Terminal
    from dialogs import dialogue

    language = Language(arguments.language) if arguments.language else None
    Terminal(dialogue.load(LOCALES), language, Surface(arguments.surface)).run()
    return 0


def _law(arguments: argparse.Namespace) -> int:
    from bot import law
    from dialogs import dialogue
    from gateway.clock import ALMATY

    spoken = dialogue.load(LOCALES)
    services = spoken.guide.catalogue.services
    service = services.get(arguments.service) or spoken.guide.catalogue.numbered(arguments.service)
    if service is None:
        near = difflib.get_close_matches(arguments.service, services, 1, 0.3) or [min(services)]
        return refused(f"no service is called «{arguments.service}»; the nearest is {near[0]}")
    print("\n".join(law.lines(spoken, service, arguments.on or datetime.now(ALMATY).date())))
    return 0


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"«{text}» is no day; it looks like 2026-11-26") from None


def refused(why: str) -> int:
    print(f"kelisim: {' '.join(why.split())}", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())

"""The command line: `python -m bot COMMAND`."""

import argparse
import difflib
import gc
import sys
from datetime import date, datetime
from pathlib import Path

from bot import staff_command
from bot.errors import StartError
from dialogs.catalogue.loader import CatalogueError
from dialogs.language import Language
from dialogs.messages import Surface
from dialogs.words import WordsError
from gateway.staff.roles import Role

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
    commands = parser.add_subparsers(
        required=True, metavar="run | chat | law | journal | costs | relays | office | register | audit | staff"
    )
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
    _add_journal(commands.add_parser("journal", help="the SMS journal as a file"))
    costs = commands.add_parser("costs", help="what the SMS of a month have cost")
    costs.add_argument("--month", type=_month, metavar="YYYY-MM", help="else this month")
    costs.set_defaults(command=_costs)
    relays = commands.add_parser("relays", help="what waits for E-Sobes and since when, and what it refused and why")
    relays.add_argument("--again", nargs="+", metavar="ID", help="send what was refused once more; «all»: all of it")
    relays.set_defaults(command=_relays)
    office = commands.add_parser(
        "office", help="places not needed any more, and days that acts in force disagree about"
    )
    office.add_argument("--since", type=_day, metavar="YYYY-MM-DD", help="else from the beginning")
    office.set_defaults(command=_office)
    audit = commands.add_parser("audit", help="what may be a misuse: wrong codes, foreign contacts, links taken over")
    audit.add_argument("--since", type=_day, metavar="YYYY-MM-DD", help="else from the beginning")
    audit.set_defaults(command=_audit)
    register = commands.add_parser("register", help="when E-Sobes last told the register of organisations")
    register.set_defaults(command=_register)
    staff_command.arguments(commands.add_parser("staff", help="who may sign in to the staff console"))
    return parser


def _add_journal(journal: argparse.ArgumentParser) -> None:
    journal.add_argument("--out", type=Path, required=True, metavar="FILE", help="its end says how: .xlsx or .csv")
    journal.add_argument("--from", dest="first", type=_day, metavar="YYYY-MM-DD", help="else of this month")
    journal.add_argument("--to", dest="last", type=_day, metavar="YYYY-MM-DD", help="this day as well")
    journal.add_argument("--service", help="its name in the catalogue; else all of them")
    journal.add_argument("--extended", action="store_true", help="also chats, and what became of each letter")
    journal.add_argument("--language", choices=[str(language) for language in Language], default="kk")
    journal.add_argument(
        "--role",
        choices=[str(role) for role in Role],
        default=str(Role.OPERATOR),
        help="personal data are in full for an auditor only",
    )
    journal.set_defaults(command=_journal)


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


def _journal(arguments: argparse.Namespace) -> int:
    from bot import journal, settings

    order = journal.Order(
        arguments.out,
        arguments.first,
        arguments.last,
        arguments.service,
        arguments.extended,
        Language(arguments.language),
        Role(arguments.role),
    )
    return journal.run(settings.load(), LOCALES, order)


def _costs(arguments: argparse.Namespace) -> int:
    from bot import costs, settings
    from gateway.clock import ALMATY

    return costs.show(settings.load(), f"{arguments.month or datetime.now(ALMATY):%Y-%m}")


def _relays(arguments: argparse.Namespace) -> int:
    from bot import relays, settings

    if arguments.again:
        return relays.again(settings.load(), arguments.again)
    return relays.show(settings.load())


def _register(_: argparse.Namespace) -> int:
    from bot import register, settings

    return register.show(settings.load())


def _office(arguments: argparse.Namespace) -> int:
    from bot import office, settings

    return office.show(settings.load(), arguments.since)


def _audit(arguments: argparse.Namespace) -> int:
    from bot import audit, settings

    return audit.show(settings.load(), arguments.since)


def _month(text: str) -> date:
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        raise argparse.ArgumentTypeError(f"«{text}» is no month; it looks like 2026-11") from None


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

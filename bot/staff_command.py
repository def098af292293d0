"""What follows `python -m bot staff`."""

import argparse

from dialogs.language import Language
from gateway.staff.roles import Role


def arguments(staff: argparse.ArgumentParser) -> None:
    deeds = staff.add_subparsers(required=True, metavar="add | list | end | reset")
    add = deeds.add_parser("add", help="a new account; the password is asked for, or read from a pipe")
    add.add_argument("login")
    add.add_argument("--name", default="", help="as colleagues know them; else the login")
    add.add_argument(
        "--role",
        dest="roles",
        action="append",
        required=True,
        choices=[str(role) for role in Role],
        help="one or more",
    )
    add.add_argument("--phone", default="", help="their own, to try broadcasts on")
    add.add_argument("--language", choices=[str(language) for language in Language], default="kk")
    add.set_defaults(command=_add)
    shown = deeds.add_parser("list", help="who has one")
    shown.set_defaults(command=_list)
    end = deeds.add_parser("end", help="signed out everywhere, and never in again")
    end.add_argument("login")
    end.set_defaults(command=_end)
    reset = deeds.add_parser("reset", help="a new password, no code from an app, no lock; also for an ended account")
    reset.add_argument("login")
    reset.set_defaults(command=_reset)
    for one in (add, reset):
        one.add_argument("--generate", action="store_true", help="make a password up and show it once")


def _add(arguments: argparse.Namespace) -> int:
    from bot import settings, staff

    order = staff.Order(
        arguments.login,
        arguments.name,
        frozenset(map(Role, arguments.roles)),
        arguments.phone,
        Language(arguments.language),
        arguments.generate,
    )
    return staff.add(settings.load(), order)


def _list(_: argparse.Namespace) -> int:
    from bot import settings, staff

    return staff.show(settings.load())


def _end(arguments: argparse.Namespace) -> int:
    from bot import settings, staff

    return staff.end(settings.load(), arguments.login)


def _reset(arguments: argparse.Namespace) -> int:
    from bot import settings, staff

    return staff.reset(settings.load(), arguments.login, generate=arguments.generate)

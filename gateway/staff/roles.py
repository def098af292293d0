"""Who among the staff may do what."""

from collections.abc import Iterable, Mapping
from enum import StrEnum


class Role(StrEnum):
    OPERATOR = "operator"
    BROADCASTER = "broadcaster"
    APPROVER = "approver"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


class Right(StrEnum):
    """What a room of the console asks for."""

    BROADCASTS_SEE = "broadcasts_see"
    BROADCASTS_WRITE = "broadcasts_write"
    BROADCASTS_APPROVE = "broadcasts_approve"
    INBOX = "inbox"
    MATTERS = "matters"
    PERSON = "person"
    PERSONAL = "personal"
    """IIN, name, birth date and phone of a citizen in full."""
    JOURNAL = "journal"
    CALENDAR = "calendar"
    FIGURES = "figures"
    ACCOUNTS = "accounts"
    KEYS = "keys"
    AUDIT = "audit"


RIGHTS: Mapping[Role, frozenset[Right]] = {
    Role.OPERATOR: frozenset({Right.INBOX, Right.MATTERS, Right.PERSON, Right.FIGURES}),
    Role.BROADCASTER: frozenset({Right.BROADCASTS_SEE, Right.BROADCASTS_WRITE, Right.FIGURES}),
    Role.APPROVER: frozenset({Right.BROADCASTS_SEE, Right.BROADCASTS_APPROVE, Right.FIGURES}),
    Role.AUDITOR: frozenset(
        {
            Right.AUDIT,
            Right.JOURNAL,
            Right.MATTERS,
            Right.PERSON,
            Right.PERSONAL,
            Right.BROADCASTS_SEE,
            Right.FIGURES,
        }
    ),
    Role.ADMINISTRATOR: frozenset(
        {
            Right.ACCOUNTS,
            Right.KEYS,
            Right.CALENDAR,
            Right.JOURNAL,
            Right.FIGURES,
            Right.BROADCASTS_SEE,
            Right.AUDIT,
        }
    ),
}


def rights(roles: Iterable[Role]) -> frozenset[Right]:
    """Of somebody who has all of these."""
    return frozenset().union(*(RIGHTS[role] for role in roles))


def may_see_personal(role: Role) -> bool:
    return Right.PERSONAL in RIGHTS[role]

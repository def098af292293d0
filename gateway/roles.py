"""Who among the staff may do what."""

from enum import StrEnum


class Role(StrEnum):
    OPERATOR = "operator"
    BROADCASTER = "broadcaster"
    APPROVER = "approver"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


def may_see_personal(role: Role) -> bool:
    """IIN, name, birth date and phone of a citizen in full."""
    return role in (Role.AUDITOR, Role.ADMINISTRATOR)

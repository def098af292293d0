"""The prepared text of what has to be signed so that another day counts."""

from datetime import date

from dialogs.duties.duty import AnyDuty, Invitation
from dialogs.language import Language
from dialogs.matters.sizes import child
from dialogs.papers import Notice


def notice(duty: AnyDuty, language: Language, on: date) -> Notice | None:
    """Who acts for a child signs it; of an adult nobody knows here whether somebody acts for them."""
    if not isinstance(duty, Invitation) or duty.wanted is None or duty.place is None:
        return None
    wanted = duty.wanted
    return Notice(
        language,
        duty.place,
        duty.person,
        by_representative=child(duty.person.birth_date, on),
        reason=wanted.reason,
        before=duty.arrive_by,
        until=wanted.until,
        on=on,
    )

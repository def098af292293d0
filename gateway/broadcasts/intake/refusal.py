"""A file that is not read at all. Nothing of it is kept."""

from gateway.broadcasts.intake.rows import Reason


class RefusedError(Exception):
    def __init__(self, what: str, **values: str | int) -> None:
        super().__init__(what)
        self.reason = reason(what, **values)


def reason(what: str, **values: str | int) -> Reason:
    return Reason(f"staff.intake.{what}", tuple(values.items()))

"""What may be written to a log about a mistake of ours."""

from traceback import format_tb


def told(error: BaseException) -> str:
    """Its kind and the way to it, but not its own words: they may be a person's, or hold a phone."""
    return f"{type(error).__name__}\n{''.join(format_tb(error.__traceback__))}"

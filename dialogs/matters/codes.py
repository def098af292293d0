"""Consent codes: three digits, so far apart that a slip of one digit never becomes another answer."""

from collections.abc import Callable, Collection

EMERGENCY = range(100, 120)
"""101, 102, 103, 112…: whoever types one of them asks for help."""


def _checked(number: int) -> bool:
    """None of 1, 3, 7 shares a divisor with 10: whichever single digit changes, the sum is not whole tens then."""
    hundreds, tens, ones = number // 100, number // 10 % 10, number % 10
    return (hundreds + 3 * tens + 7 * ones) % 10 == 0


CODES = tuple(str(number) for number in range(100, 1000) if _checked(number) and number not in EMERGENCY)
"""All codes that ever exist."""
_DIGITS = {code: "".join(sorted(code)) for code in CODES}


class NoCodeError(Exception):
    """So many offers are open on one phone that no pair of codes is left for another."""


def draw(used: Collection[str], random: Callable[[int], int], alive: Collection[str] = ()) -> tuple[str, str]:
    """The codes for yes and for no: free, and not each other's digits in another order.

    `used`: what is alive or was lately on any of the person's phones, oldest first. When no pair is free, the oldest
    go round again, but none of `alive`. `random(n)` gives each number below n alike.
    """
    closed = set(alive)
    lately = [code for code in dict.fromkeys(reversed([*used])) if code not in closed]  # newest first
    while True:
        taken = closed.union(lately)
        free = [code for code in CODES if code not in taken]
        if len({_DIGITS[code] for code in free}) > 1:
            break
        if not lately:
            raise NoCodeError
        lately.pop()
    yes = free[random(len(free))]
    others = [code for code in free if _DIGITS[code] != _DIGITS[yes]]
    return yes, others[random(len(others))]

"""Consent codes: how far they are apart, and how they are drawn."""

from collections import Counter
from collections.abc import Callable
from itertools import combinations
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogs.matters.codes import CODES, NoCodeError, draw

ANYTHING = st.randoms(use_true_random=False)


def chance(seed: int = 7) -> Callable[[int], int]:
    return Random(seed).randrange


def apart(one: str, other: str) -> int:
    return sum(a != b for a, b in zip(one, other, strict=True))


def test_any_two_codes_differ_in_two_digits_or_more() -> None:
    assert min(apart(one, other) for one, other in combinations(CODES, 2)) == 2


def test_one_digit_more_or_less_makes_no_other_code() -> None:
    for code in CODES:
        assert not {code[:n] + code[n + 1 :] for n in range(3)} & set(CODES)


def test_a_code_has_three_digits_begins_with_no_zero_and_is_no_emergency_number() -> None:
    assert len(CODES) == len(set(CODES)) == 88
    for code in CODES:
        assert len(code) == 3
        assert code.isdecimal()
        assert 120 <= int(code) <= 999


@given(ANYTHING, st.lists(st.sampled_from(CODES), max_size=60))
def test_what_is_drawn_is_free_and_the_two_are_not_each_others_digits(random: Random, used: list[str]) -> None:
    yes, no = draw(used, random.randrange)
    assert {yes, no} <= set(CODES)
    assert not {yes, no} & set(used)
    assert sorted(yes) != sorted(no)


@given(ANYTHING, st.lists(st.sampled_from(CODES), min_size=88, unique=True, max_size=88))
def test_when_none_is_free_the_longest_retired_go_round_again(random: Random, used: list[str]) -> None:
    drawn = draw(used, random.randrange)
    oldest = used[:7]  # no more than six codes are one another's digits in another order
    assert set(drawn) <= set(oldest)


@given(ANYTHING, st.permutations(CODES), st.integers(0, 40))
def test_a_code_that_is_alive_is_never_given_to_another_offer(random: Random, used: list[str], open_: int) -> None:
    alive = used[:open_]
    assert not set(draw(used, random.randrange, alive)) & set(alive)


def test_a_code_used_twice_counts_from_its_last_time() -> None:
    again, *others = CODES
    yes, no = draw([again, *others, again], chance())
    assert again not in (yes, no)


def test_a_phone_on_which_every_code_is_alive_gets_no_further_offer() -> None:
    with pytest.raises(NoCodeError):
        draw(CODES, chance(), CODES[:-1])


def test_each_code_comes_up_about_as_often() -> None:
    random = chance()
    drawn = Counter(code for _ in range(8_800) for code in draw((), random))
    assert set(drawn) == set(CODES)
    assert 120 < min(drawn.values()) < 200 < max(drawn.values()) < 280

"""Of some items as few as still do."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from chainview.suite.shrink.minimal import minimal

NEEDED = st.frozensets(st.integers(0, 59), max_size=5)


@given(st.integers(60, 120), NEEDED)
def test_what_is_needed_is_left_and_nothing_else(count: int, needed: frozenset[int]) -> None:
    """In its order, where some items have to be there together."""
    assert minimal(range(count), lambda kept: needed <= set(kept)) == tuple(sorted(needed))


@given(st.lists(st.frozensets(st.integers(0, 9), min_size=1), min_size=1, max_size=6), st.integers(0, 10))
def test_nothing_more_can_go_alone(ways: list[frozenset[int]], count: int) -> None:
    """Whatever says whether some of them still do, also where fewer do not that are among them."""

    def still(kept: Sequence[int]) -> bool:
        return set(kept) in ways or len(kept) == count

    left = minimal(range(count), still)
    assert still(left) or left == tuple(range(count))
    assert not any(still(left[:at] + left[at + 1 :]) for at in range(len(left)))


@given(st.frozensets(st.integers(0, 1999), min_size=1, max_size=3))
def test_few_of_many_are_found_in_few_questions(needed: frozenset[int]) -> None:
    """In a number that grows with that of the halvings, not with that of the items."""
    asked = 0

    def still(kept: Sequence[int]) -> bool:
        nonlocal asked
        asked += 1
        return needed <= set(kept)

    minimal(range(2000), still)
    assert asked <= 5 * len(needed) * 12

"""How far two sequences are alike."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from chainview.system.alike import common_start


@given(st.binary(max_size=40), st.binary(max_size=40), st.binary(max_size=40))
def test_a_common_start_is_the_longest(start: bytes, one: bytes, other: bytes) -> None:
    """Up to there both are the same, and one of them ends there or goes on otherwise; bytes and lists alike."""
    one, other = start + one, start + other
    count = common_start(one, other)
    assert count >= len(start)
    assert one[:count] == other[:count]
    assert count == min(len(one), len(other)) or one[count] != other[count]
    assert common_start(list(one), list(other)) == count

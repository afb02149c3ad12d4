"""The parents that are not the event before."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from chainview.chain.files.entries.other_parents import OtherParents

PARENTS = st.dictionaries(st.integers(1, 99), st.none() | st.binary(max_size=24), max_size=20)


@given(PARENTS, st.integers(0, 99), st.none() | st.binary(max_size=24))
def test_each_is_told_as_it_was_taken_in(parents: dict[int, bytes | None], last: int, first: bytes | None) -> None:
    """Also where the oldest were let go, and the first event that is left states another one."""
    held = OtherParents()
    for number in sorted(parents):
        held.add(number, parents[number])
    assert {number: held.at(number) for number in parents} == parents
    held.forget(last)
    held.begin_with(last + 1, first)
    left = {number: parent for number, parent in parents.items() if number > last} | {last + 1: first}
    assert {number: held.at(number) for number in left} == left
    assert len(held) == len(left)

"""The places one came from."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from chainview.ui.find.places import Places


def test_back_and_forward() -> None:
    """Back goes to where one came from, forward undoes that, and a new move gives up what lay ahead."""
    places = Places()
    assert places.back(0) is None
    places.left(0)
    places.left(100)
    assert places.back(500) == 100
    assert places.back(100) == 0
    assert places.back(0) is None
    assert places.forward(0) == 100
    assert places.forward(100) == 500
    assert places.back(500) == 100
    places.left(100)
    assert places.forward(7) is None


@given(st.lists(st.integers(0, 50), max_size=40))
def test_going_back_all_the_way_and_forward_again_ends_where_it_began(visited: list[int]) -> None:
    """Back and forward lose no place."""
    places, here = Places(), 0
    for place in visited:
        places.left(here)
        here = place
    began, steps = here, 0
    while (before := places.back(here)) is not None:
        here, steps = before, steps + 1
    for _ in range(steps):
        forward = places.forward(here)
        assert forward is not None
        here = forward
    assert here == began

"""What stands beside events is told by their numbers, however many there are."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from chainview.chain.event import NO_EXTRAS, Extras, Frame
from chainview.chain.files.entries.noted import Noted

TEXTS = st.text(st.characters(exclude_categories=()), max_size=4)
FRAMES = st.builds(Frame, TEXTS, TEXTS, st.integers(0, 1 << 32))
NOTED = st.builds(
    Extras,
    fuel=st.none() | st.integers(-(1 << 63), (1 << 64) - 1),
    stack=st.lists(FRAMES, max_size=3).map(tuple),
    reason=TEXTS,
)


@given(st.dictionaries(st.integers(1, 60), NOTED), st.integers(0, 61), st.integers(0, 12))
def test_they_are_what_was_taken_in(told: dict[int, Extras], dropped: int, room: int) -> None:
    """Packed or not, lone surrogates and the offsets of frames among it, and after old ones were let go."""
    noted = Noted(room)
    for number in sorted(told):
        noted.add(number, told[number])
    found = {number: noted.at(number) for number in range(62)}
    assert found == {number: told.get(number, NO_EXTRAS) for number in range(62)}
    for number, extras in told.items():
        assert [frame.offset for frame in found[number].stack] == [frame.offset for frame in extras.stack]
    noted.forget(dropped)
    for number in range(62):
        assert noted.at(number) == (told.get(number, NO_EXTRAS) if number > dropped else NO_EXTRAS)

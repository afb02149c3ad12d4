"""What brought events about, in columns."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from chainview.chain.event import Trigger
from chainview.chain.files.entries.triggers import Triggers

TRIGGERS = st.builds(
    Trigger, st.sampled_from(["send", "spawn"]), st.sampled_from(["", "a", "b"]), st.integers(0, (1 << 64) - 1)
)


@given(st.dictionaries(st.integers(1, 60), TRIGGERS), st.integers(0, 61), st.integers(0, 61))
def test_they_are_what_was_taken_in(told: dict[int, Trigger], dropped: int, first: int) -> None:
    """By the number of the event, also of a stretch, and after old ones were let go."""
    triggers = Triggers()
    for number in sorted(told):
        triggers.add(number, told[number])
    assert {number: triggers.at(number) for number in range(62)} == {number: told.get(number) for number in range(62)}
    triggers.forget(dropped)
    left = {number: trigger for number, trigger in told.items() if number > dropped}
    assert len(triggers) == len(left)
    assert dict(triggers.between(first, 62)) == {number: each for number, each in left.items() if number >= first}
    assert triggers.at(dropped) is None

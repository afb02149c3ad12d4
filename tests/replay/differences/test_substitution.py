"""What became what: values that changed once are known when they turn up in another form."""

from __future__ import annotations

import pytest

from chainview.pack.values import U32, String, Value
from chainview.replay.differences.leaves import Leaf
from chainview.replay.differences.substitution import Substitution


def known(recorded: Value, now: Value) -> Substitution:
    """What is known once this became that."""
    substitution = Substitution()
    substitution.learn([Leaf("state.n", recorded, now)])
    return substitution


@pytest.mark.parametrize(
    ("recorded", "now", "explained"),
    [
        ("m0007 by ada", "m0008 by ada", True),
        ("3 of 9", "4 of 9", True),
        ("3 of 9", "5 of 9", False),
        ("cost 1.09", "cost 1.10", True),
        ("cost 1.9", "cost 1.10", False),
        ("m0007 by ada", "m0008 by bob", False),
        ("9,99 EUR", "10,00 EUR", True),
    ],
)
def test_a_number_is_known_in_a_text_by_how_much_it_grew(recorded: str, now: str, explained: bool) -> None:
    """Where a count is one more than recorded, numbers in texts that are one more come of it, as decimals too."""
    assert known(U32(2), U32(3)).explains([Leaf("input", String(recorded), String(now))]) == explained


@pytest.mark.parametrize(
    ("recorded", "now", "told"),
    [
        (None, 'log("posted 5 times")', True),
        ('log("posted 4 times")', None, True),
        (None, 'log("posted 4 times")', False),
    ],
)
def test_a_number_that_one_side_tells_is_that_sides(recorded: str | None, now: str | None, told: bool) -> None:
    """What is told only now holds the number of now, and what is told no more the recorded one."""
    assert known(U32(4), U32(5)).tells_number(recorded, now) == told

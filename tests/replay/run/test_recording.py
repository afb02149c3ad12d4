"""The state around each call of a recording."""

from __future__ import annotations

from chainview.pack.values import S64, UNIT
from chainview.replay.run.build_notes import RecordedBuild
from tests.replay.chains import Made, log, recording

CALLS = [Made("f", UNIT, (log("a"),), S64(1)), Made("g", UNIT, (), S64(2)), Made("h", UNIT, (), S64(3))]


def test_a_call_is_given_what_the_one_before_left() -> None:
    """The state before a call is that of the last result, and of the first call the one that the chain holds."""
    made = recording(*CALLS)
    assert [made.state_before(number) for number in range(3)] == [None, S64(1), S64(2)]
    assert made.state_at(1) is None


def test_a_build_that_was_given_a_state_hands_it_to_its_first_call() -> None:
    """What its calls leave counts from there on, and a build without a state goes on from the one before."""
    made = recording(*CALLS)
    made.builds = [RecordedBuild(3, "", S64(7)), RecordedBuild(5, "", None)]
    assert [made.state_before(number) for number in range(3)] == [None, S64(7), S64(2)]
    assert [made.begins_build(number) for number in range(3)] == [False, True, True]
    assert [made.given_state(number) for number in range(3)] == [None, (S64(1), S64(7)), None]

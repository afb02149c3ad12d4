"""Stretches that differ, and the states that their calls were given."""

from __future__ import annotations

from unittest import mock

import pytest
from hypothesis import given

from chainview.replay.align.history import Side
from chainview.replay.explain.diff import diff_recordings
from chainview.replay.judge import case
from tests.replay.align.test_align import CALLS
from tests.replay.chains import Made, count, log, params, recording


def called(said: str, before: int = 1) -> list[Made]:
    """A call that leaves a state, and one that says something."""
    return [Made("tick", params(0), (), count(before)), Made("tick", params(1), (log(said),), count(2))]


@given(CALLS, CALLS)
def test_states_that_need_not_be_read_change_nothing(recorded: list[Made], now: list[Made]) -> None:
    """What is said of two chains is the same where states of the same bytes are read all the same."""
    told = diff_recordings(recording(*recorded), recording(*now))
    with mock.patch.object(case, "_given_alike", return_value=False):
        assert diff_recordings(recording(*recorded), recording(*now)) == told


@pytest.mark.parametrize(("before", "is_read"), [(1, False), (5, True)])
def test_states_are_read_where_other_ones_were_left(before: int, is_read: bool) -> None:
    """Of calls that results of the same bytes come before no state is read; of others those that they were given."""
    with mock.patch.object(Side, "state_after", autospec=True, side_effect=Side.state_after) as state_after:
        told = diff_recordings(recording(*called("one")), recording(*called("other", before)))
    assert told.causes
    assert state_after.called is is_read

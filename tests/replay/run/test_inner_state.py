"""Replaying chains of actors whose state is inside the module."""

from __future__ import annotations

from pathlib import Path

from chainview.chain.schema import Schema
from chainview.pack.values import S32, Tuple
from tests.actor.guests import inner_counter
from tests.replay.recorded import recording_of, replay_of


def n(number: int) -> Tuple:
    """The params of a call with a number."""
    return Tuple((S32(number),))


CALLS = [("increment", n(2)), ("refuse", n(5)), ("increment", n(1))]


def test_an_unchanged_module_makes_its_chain_again(tmp_path: Path) -> None:
    """Calls, turns of life and errors come back event for event, and no host is reached."""
    path = inner_counter().written(tmp_path)
    recording = recording_of(path, *CALLS, schema=Schema.LIFECYCLE)
    replay = replay_of(recording, path)
    assert (replay.first_mismatch, replay.live_host_calls) == (None, 0)
    assert replay.chain.count == len(recording) == 12
    assert [replay.now.event_type(index) for index in (2, 11)] == ["spawned", "terminated"]


def test_a_changed_module_differs_where_it_answers_otherwise(tmp_path: Path) -> None:
    """The first answer that differs is the first mismatch."""
    recording = recording_of(inner_counter().written(tmp_path), *CALLS, schema=Schema.LIFECYCLE)
    replay = replay_of(recording, inner_counter(step=1).written(tmp_path, "changed.wat"))
    assert replay.first_mismatch == 5

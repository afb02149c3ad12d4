"""Chains that the published Theater recorded of the sample actors."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import chainview
from tests.actor.running import sample
from tests.recordings import Asked, asked

RECORDINGS = asked()


@pytest.mark.parametrize("wanted", RECORDINGS, ids=lambda wanted: wanted.name)
def test_what_theater_recorded_verifies_and_replays_identical(wanted: Asked) -> None:
    """Every hash and link holds, and the module that made it makes it again, asked nothing of any host."""
    with chainview.open_chain(wanted.path) as opened:
        assert chainview.verify(opened).sound
    state = None if wanted.state is None else json.dumps(wanted.state)
    explanation = chainview.replay_chain(sample(wanted.actor), wanted.path, state=state)
    assert (explanation.verdict, explanation.live_host_calls) == (chainview.Verdict.IDENTICAL, 0)


@pytest.mark.parametrize("wanted", [each for each in RECORDINGS if not each.clock], ids=lambda wanted: wanted.name)
def test_the_same_calls_give_the_same_bytes_here(wanted: Asked, tmp_path: Path) -> None:
    """Recording the same calls makes the same events, hash by hash, up to where Theater ends."""
    path = tmp_path / "here.chain"
    state = None if wanted.state is None else json.dumps(wanted.state)
    chainview.record_actor(sample(wanted.actor), path, wanted.calls, state=state)
    with chainview.open_chain(path) as here, chainview.open_chain(wanted.path) as there:
        made, recorded = list(here), list(there)
    assert [each.hash for each in made] == [each.hash for each in recorded]

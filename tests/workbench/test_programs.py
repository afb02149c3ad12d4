"""One call from a program: recording an actor, replaying a chain, comparing two."""

from __future__ import annotations

from pathlib import Path

import pytest

from chainview.actor.hosts.registry.timer import TICK
from chainview.chain.files.opened import open_chain
from chainview.chain.files.verification import verify
from chainview.replay.explain.explanation import Verdict
from chainview.replay.run.serving import Mode
from chainview.system.errors import ChainviewError
from chainview.workbench.chain_diff import diff_chains
from chainview.workbench.programs import record_actor, replay_chain
from tests.actor.running import sample


def test_the_outcomes_are_those_of_every_call(tmp_path: Path) -> None:
    """`init` comes first, then the calls in order; one that fails is told and ends nothing."""
    outcomes = record_actor(sample("faulty"), tmp_path / "c.chain", ["trap()", "returned-error()"])
    assert [each.ok for each in outcomes] == [True, False, False]
    with open_chain(tmp_path / "c.chain") as chain:
        assert verify(chain).sound


@pytest.mark.once
def test_timers_tick_for_as_long_as_asked(tmp_path: Path) -> None:
    """Ticks come after the calls, until the seconds have passed; without any the recording ends with the calls."""
    assert any(each.function == TICK for each in record_actor(sample("pulse"), tmp_path / "a.chain", seconds=3.0))
    record_actor(sample("pulse"), tmp_path / "b.chain")
    with open_chain(tmp_path / "b.chain") as chain:
        assert verify(chain).sound


def test_what_keeps_an_actor_from_running_is_raised(tmp_path: Path) -> None:
    """A module that is not there, and a call that does not fit, are errors, and leave no file."""
    with pytest.raises(ChainviewError, match="there is no file"):
        record_actor(tmp_path / "none.wasm", tmp_path / "c.chain")
    with pytest.raises(ChainviewError, match="increment"):
        record_actor(sample("counter"), tmp_path / "c.chain", ["increment(true)"])
    assert not (tmp_path / "c.chain").exists()


@pytest.mark.parametrize("mode", Mode)
def test_an_unchanged_module_is_identical(tmp_path: Path, mode: Mode) -> None:
    """A recording replays identical with its own module in each mode, without a live host call."""
    chain = tmp_path / "c.chain"
    record_actor(sample("counter"), chain, ["increment(5s32)", "increment(-2s32)"])
    explanation = replay_chain(sample("counter"), chain, mode=mode)
    assert explanation.verdict is Verdict.IDENTICAL
    assert explanation.live_host_calls == 0


def test_a_damaged_chain_is_unusable_on_either_side(tmp_path: Path) -> None:
    """A chain that is not sound is told as unusable, by its name, whichever side it is on."""
    whole, damaged = tmp_path / "whole.chain", tmp_path / "damaged.chain"
    record_actor(sample("counter"), whole, ["increment(5s32)"])
    data = bytearray(whole.read_bytes())
    data[data.index(b"0 -> 5")] ^= 1
    damaged.write_bytes(data)
    for pair in ((whole, damaged), (damaged, whole)):
        explanation = diff_chains(*pair)
        assert explanation.verdict is Verdict.UNUSABLE
        assert "damaged.chain" in explanation.sentence
        assert (explanation.command, explanation.recorded_events, explanation.now_events) == ("diff", 7, 7)
        assert explanation.recorded_module == explanation.now_module != ""
    assert diff_chains(whole, whole).verdict is Verdict.IDENTICAL

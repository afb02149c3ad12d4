"""What a replay's explanation says it took for granted."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chainview.actor.engine.loading import ENGINE, load_module
from chainview.chain.event import Kind
from chainview.chain.files.opened import open_chain
from chainview.replay.explain.explain import explain
from chainview.replay.run.recording import Recording
from chainview.replay.run.replay import Replay
from tests.commands.running import SAMPLES
from tests.replay.chains import from_parts

PRICING = SAMPLES / "pricing"


@pytest.mark.parametrize(("engine", "doubted"), [("wasmtime 1.0.0", True), (ENGINE, False), ("", False)])
def test_another_engine_is_a_doubt(engine: str, doubted: bool) -> None:
    """That the engine may matter is said where the chain was recorded with another one, and nowhere else."""
    with open_chain(PRICING / "workloads" / "short.chain") as opened:
        recording = Recording.of(opened.load())
        assert recording.header is not None
        recording.header = replace(recording.header, engine=engine)
        said = _doubts(recording)
    assert any("whether the engine matters" in each for each in said) is doubted
    if doubted:
        assert f"recorded with {engine}, replayed with {ENGINE}" in " ".join(said)


def test_a_chain_without_a_header_leaves_the_state_in_doubt() -> None:
    """Where a chain does not tell what it began with, another initial state may be why it differs."""
    with open_chain(PRICING / "workloads" / "short.chain") as opened:
        recording = Recording.of(opened.load())
        assert not any("the state that it began with" in each for each in _doubts(recording))
        recording.header = None
        said = _doubts(recording)
    assert any("the state that it began with" in each for each in said)
    assert not any("engine" in each for each in said)


def _doubts(recording: Recording) -> tuple[str, ...]:
    replay = Replay(recording, load_module(PRICING / "faults" / "changed-argument.wasm"))
    return explain(replay.run()).not_tested


def test_a_call_without_its_end_is_told_although_nothing_differs() -> None:
    """An unchanged module repeats such a recording as far as it goes, and what was not recorded is named."""
    with open_chain(PRICING / "workloads" / "short.chain") as opened:
        table = opened.load().table
        starts = [index for index in range(len(table)) if table.kind(index) is Kind.CALL]
        without = {starts[2] - 1, starts[4] - 1}
        parts = [(table.event_type(at), table.payload(at)) for at in range(len(table)) if at not in without]
        recording = Recording(from_parts(parts, opened.schema).table, opened.schema, opened.header)
        replay = Replay(recording, load_module(PRICING / "pricing.wasm"))
        explanation = explain(replay.run())
    ends = f"how the calls at events {starts[1] + 1}, {starts[3]} end"
    assert explanation.verdict == "identical"
    assert explanation.sentence.endswith(f"; {ends} was not recorded")
    assert explanation.not_tested[0] == f"{ends}: that was not recorded"

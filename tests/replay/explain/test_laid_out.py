"""The rows of a replay before there is an explanation."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from chainview.actor.engine.loading import compile_module, read_module
from chainview.chain.files.opened import open_chain
from chainview.replay.explain.explain import explain, laid_out
from chainview.replay.judge.causes import Label
from chainview.replay.run.recording import Recording
from chainview.replay.run.replay import Replay
from chainview.replay.run.serving import Mode
from tests.commands.running import SAMPLES

PRICING = SAMPLES / "pricing"
SAID = (Label.SAME, Label.LINK, Label.SHIFT, Label.UNREACHED)


@pytest.fixture
def recording() -> Iterator[Recording]:
    """A short chain."""
    with closing(open_chain(str(PRICING / "workloads" / "short.chain"))) as opened:
        yield Recording.of(opened.load())


def replayed(recording: Recording, module: Path, mode: Mode = Mode.PROBE) -> Replay:
    """The chain made again by a build."""
    return Replay(recording, compile_module(read_module(module)), mode).run()


@pytest.mark.parametrize("mode", [Mode.PROBE, Mode.STRICT])
@pytest.mark.parametrize("fault", ["moved-call", "extra-middle", "missing-call", "two-faults", "replaced-call"])
def test_they_stand_where_the_explanation_has_them(recording: Recording, fault: str, mode: Mode) -> None:
    """What is shown while the causes are looked for moves nowhere once they are known, and differs in the same rows."""
    replay = replayed(recording, PRICING / "faults" / f"{fault}.wasm", mode)
    laid = laid_out(replay)
    assert laid is not None
    rows, explanation = laid.rows, explain(replay)
    assert explain(replay, laid=laid) == explanation
    assert (rows.recorded, rows.now) == (explanation.rows.recorded, explanation.rows.now)
    differing = {row for row, label in enumerate(explanation.labels) if label not in SAID}
    assert differing == {row for row in rows.differing if explanation.labels[row] != Label.UNREACHED}


def test_what_is_identical_needs_no_laying_out(recording: Recording) -> None:
    """Nothing parts the two sides."""
    assert laid_out(replayed(recording, PRICING / "pricing.wasm")) is None

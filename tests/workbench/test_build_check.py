"""What the check of a build comes to."""

from __future__ import annotations

from pathlib import Path

import pytest

from chainview.actor.manifest import find_target
from chainview.actor.session.options import Options
from chainview.actor.session.session import Session
from chainview.chain.files.entries.header import Header
from chainview.chain.files.native.writer import ChainWriter
from chainview.chain.files.opened import OpenedChain, open_chain
from chainview.chain.schema import Schema
from chainview.replay.explain.explanation import Verdict
from chainview.replay.run.build_notes import BuildState
from chainview.replay.run.recording import Unreplayable
from chainview.system.errors import ChainviewError
from chainview.workbench import build_check
from chainview.workbench.build_check import BuildCheck, outcome
from tests.actor.running import sample
from tests.replay.recorded import compiled


@pytest.mark.parametrize(
    ("verdict", "blameless", "state"),
    [
        (Verdict.IDENTICAL, False, BuildState.IDENTICAL),
        (Verdict.IDENTICAL, True, BuildState.IDENTICAL),
        (Verdict.ACCEPTED, False, BuildState.ACCEPTED),
        (Verdict.ACCEPTED, True, BuildState.IDENTICAL),
        (Verdict.DIVERGED, False, BuildState.DIVERGED),
        (Verdict.DIVERGED, True, BuildState.IDENTICAL),
        (Verdict.UNUSABLE, False, BuildState.DIVERGED),
        (Verdict.UNUSABLE, True, BuildState.IDENTICAL),
    ],
)
def test_only_a_build_at_fault_for_what_no_rule_accepts_waits(
    verdict: Verdict, blameless: bool, state: BuildState
) -> None:
    """A build goes on by itself unless it differs in what is its own doing and not accepted."""
    assert outcome(verdict, blameless=blameless) is state


def test_a_check_that_can_not_begin_keeps_no_file_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A chain without calls can't be replayed: the check is refused with the reason, and lets go of the chain."""
    opened: list[OpenedChain] = []

    def opening(source: Path) -> OpenedChain:
        opened.append(open_chain(source))
        return opened[-1]

    monkeypatch.setattr(build_check, "open_chain", opening)
    ChainWriter.create(tmp_path / "c.chain", Header(schema=Schema.VALUES)).close()
    session = Session(Options(find_target(str(sample("counter")))))
    with pytest.raises(Unreplayable, match="holds no call"):
        BuildCheck(session, tmp_path / "c.chain", compiled(sample("counter")), lambda: True)
    with pytest.raises(ChainviewError, match="is closed"):
        list(opened[0])

"""What the check of a build comes to."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from chainview.actor.limits import Limits
from chainview.actor.manifest import find_target
from chainview.actor.session.options import Options
from chainview.actor.session.session import Session
from chainview.chain.files.entries.header import Header
from chainview.chain.files.native.writer import ChainWriter
from chainview.chain.files.opened import OpenedChain, open_chain
from chainview.chain.schema import Schema
from chainview.pack.values import UNIT
from chainview.replay.explain.explanation import Verdict
from chainview.replay.run import replay
from chainview.replay.run.build_notes import BuildState
from chainview.replay.run.recording import Unreplayable
from chainview.system.errors import ChainviewError
from chainview.workbench import build_check
from chainview.workbench.build_check import BuildCheck, outcome
from tests.actor.guests import SPIN, Guest
from tests.actor.running import INIT, sample
from tests.replay.recorded import compiled
from tests.waiting import LIMIT


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


@pytest.mark.once
def test_a_check_gives_up_after_calls_that_its_time_out_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It ends as a replay does, tells how far the build is identical, and holds the session for who takes it."""
    monkeypatch.setattr(replay, "_LEAST_OUT_OF_TIME", 2)
    monkeypatch.setattr(replay, "_SECONDS_OUT_OF_TIME", 0.0)
    path = Guest().body("f", SPIN).returning(INIT, UNIT).written(tmp_path)
    calls, limits = ("f()",) * 5, Limits(timeout=0.1)
    session = Session(Options(find_target(str(path)), output=tmp_path / "s.chain", calls=calls, limits=limits))
    session.start()
    try:
        assert session.wait_quiet(LIMIT)
        with closing(BuildCheck(session, tmp_path / "s.chain", compiled(path), lambda: True)) as check:
            explanation = check.judge()
            assert explanation is not None
            assert check.gave_up
            assert explanation.sentence.startswith("identical up to event 6 of 12; not tested: what comes after")
            assert outcome(explanation.verdict, blameless=explanation.blameless) is BuildState.IDENTICAL
            assert session.hold(check)
            # Who takes the build all the same has every call made.
            assert check.catch_up() is not None
            assert not check.gave_up
    finally:
        session.close()

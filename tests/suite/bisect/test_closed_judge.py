"""Judging builds in a process of its own."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path

import pytest

from chainview.suite.bisect.bisection import Side
from chainview.suite.bisect.closed_judge import ClosedJudge, require_usable, side_of
from chainview.suite.case import Case, Outcome
from chainview.suite.worker_processes import WorkerProcesses
from chainview.system.errors import ChainviewError
from chainview.system.long_work import GivenUp, given_up_when
from tests.actor.running import sample
from tests.suite.folders import counted, damaged
from tests.suite.shrink.folders import edited_counter, two_guilty

pytestmark = pytest.mark.once


def case_of(chain: Path, **more: str) -> Case:
    """What a build is judged by."""
    return Case(chain.name, str(chain), "", timeout=5.0, **more)  # type: ignore[arg-type]


@pytest.fixture
def judge(tmp_path: Path) -> Iterator[ClosedJudge]:
    """One by a chain of the counter."""
    made = ClosedJudge(case_of(two_guilty(tmp_path, 5)))
    yield made
    made.close()


def test_one_build_after_the_other_is_judged(judge: ClosedJudge, tmp_path: Path) -> None:
    """Also one that is no module, and one that is not there, of which nothing is known."""
    (tmp_path / "none.wasm").write_bytes(b"junk")
    sides = [
        side_of(judge(str(each)))
        for each in (sample("counter"), edited_counter(tmp_path), tmp_path / "none.wasm", tmp_path / "gone.wasm")
    ]
    assert sides == [Side.IDENTICAL, Side.DIFFERS, Side.SKIPPED, Side.SKIPPED]


def test_another_actor_differs(judge: ClosedJudge) -> None:
    """As it does for a replay: its exports are gone."""
    result = judge(str(sample("faulty")))
    assert (result.outcome, side_of(result)) == (Outcome.FOREIGN, Side.DIFFERS)


def test_a_build_that_ends_the_process_is_skipped(judge: ClosedJudge, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next one is judged by another."""
    assert judge(str(sample("counter"))).outcome is Outcome.PASSED
    submit = WorkerProcesses.submit

    def ending(workers: WorkerProcesses, *_: object) -> Future[None]:
        return submit(workers, os.abort)

    with monkeypatch.context() as patched:
        patched.setattr(WorkerProcesses, "submit", ending)
        result = judge(str(sample("counter")))
    assert (result.outcome, side_of(result)) == (Outcome.CRASHED, Side.SKIPPED)
    assert "SIGABRT" in result.says[0]
    assert judge(str(sample("counter"))).outcome is Outcome.PASSED


def test_a_replay_that_nobody_wants_is_given_up(judge: ClosedJudge) -> None:
    """Before it begins, and while it runs."""
    for looks in ([True], [False, True]):
        with given_up_when(iter(looks).__next__), pytest.raises(GivenUp):
            judge(str(sample("counter")))


def test_a_chain_by_which_nothing_can_be_judged_is_told_before_anything_is_built(tmp_path: Path) -> None:
    """One that is not there, is damaged, holds the state that is given, or no call."""
    chain = tmp_path / "c.chain"
    chain.write_bytes(counted())
    require_usable(case_of(chain))
    empty = tmp_path / "empty.json"
    empty.write_text("[]")
    for case, sentence in (
        (case_of(tmp_path / "gone.chain"), "there is no file"),
        (case_of(damaged(tmp_path, "d.chain")), r"d\.chain can't judge a build: event \d"),
        (case_of(chain, state="5s32"), "leave out --state"),
        (case_of(empty), "no call is recorded in it"),
    ):
        with pytest.raises(ChainviewError, match=sentence):
            require_usable(case)


def test_a_folder_of_chains_judges_too(tmp_path: Path) -> None:
    """As all of its members, by a module for each of them."""
    folder = tmp_path / "family"
    folder.mkdir()
    for name in ("0-counter.chain", "1-counter.chain"):
        (folder / name).write_bytes(counted())
    case = case_of(folder)
    require_usable(case)
    judge = ClosedJudge(case)
    try:
        assert side_of(judge(str(sample("counter")))) is Side.IDENTICAL
    finally:
        judge.close()

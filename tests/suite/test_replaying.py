"""The replay of a whole suite, as programs begin it."""

from __future__ import annotations

from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import ExitStack
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest

from chainview import Outcome, SuiteSummary, replay_suite
from chainview.actor.engine.loading import read_module
from chainview.actor.limits import Limits
from chainview.suite import judging
from chainview.system.errors import ChainviewError
from tests.actor.running import sample
from tests.suite.folders import PRICING, counted, damaged, suite_by, suite_of


class Broken(Executor):
    """Takes one test, which it loses, and no other."""

    def __init__(self) -> None:
        self._taken = False

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        """The first is lost."""
        if self._taken:
            raise BrokenExecutor
        self._taken = True
        future: Future[Any] = Future()
        future.set_exception(BrokenExecutor("it ended"))
        return future


@pytest.mark.once
@pytest.mark.parametrize("way", ["processes", "threads", "other processes"])
def test_the_time_of_a_chain_holds_whoever_replays_it(tmp_path: Path, way: str) -> None:
    """In our processes, and by an executor of threads, or of processes, that nobody ends."""
    chains = {"forecast": (PRICING / "workloads" / "forecast.chain").read_bytes()}
    limits = "limits = { timeout = '1h', chain = '3s', jobs = 1 }"
    file = suite_by(PRICING / "faults" / "endless-loop.wasm", tmp_path, limits, **chains)
    with ExitStack() as held:
        executor: Executor | None = None
        if way == "threads":
            executor = held.enter_context(ThreadPoolExecutor(2))
        elif way == "other processes":
            executor = held.enter_context(ProcessPoolExecutor(1, get_context("spawn")))
        found = replay_suite(file, executor=executor, cache=False)
    (forecast,) = found.results
    assert forecast.outcome is Outcome.TIMED_OUT
    assert forecast.says == ("it was not done after 3 s, the time that limits.chain gives a chain",)


def test_a_program_brings_its_own_executor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Which is not shut down; the suite is found upwards, and words choose of it."""
    suite_of(tmp_path, a=counted(), b=counted())
    damaged(tmp_path / "chains", "damaged.chain")
    monkeypatch.chdir(tmp_path / "chains")
    with ThreadPoolExecutor(2) as executor:
        summary = replay_suite(executor=executor, cache=False)
        assert isinstance(summary, SuiteSummary)
        assert summary.counts == {Outcome.PASSED: 2, Outcome.DAMAGED: 1}
        assert executor.submit(int).result() == 0
        found = replay_suite(tmp_path / "chainview.toml", executor=executor, only="a.chain", cache=False)
    assert [each.name for each in found.results] == ["chains/a.chain"]
    assert not found.reach.whole


@pytest.mark.once
def test_without_one_processes_replay(tmp_path: Path) -> None:
    """And what passed is known the next time."""
    file = suite_of(tmp_path, f'cache = "{tmp_path / "kept"}"', a=counted())
    assert [each.from_cache for each in replay_suite(file).results] == [False]
    assert [each.from_cache for each in replay_suite(file).results] == [True]


def test_an_executor_that_breaks_is_each_chains_error(tmp_path: Path) -> None:
    """What it lost and what it does not take any more; no result is missing."""
    summary = replay_suite(suite_of(tmp_path, a=counted(), b=counted()), executor=Broken(), cache=False)
    assert [each.outcome for each in summary.results] == [Outcome.CRASHED] * 2
    assert {each.text for each in summary.results} == {"it ended", "the executor ended before it was replayed"}


def test_without_a_suite_it_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As the command tells it."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ChainviewError, match="chainview test --init"):
        replay_suite()


def test_no_two_threads_share_an_engine() -> None:
    """Stopping a call in one would stop the other's."""
    file = read_module(sample("counter"))
    with ThreadPoolExecutor(1) as executor:
        other = executor.submit(judging._compiled, file, Limits()).result()
        again = executor.submit(judging._compiled, file, Limits()).result()
    assert other is again
    assert judging._compiled(file, Limits()) is not other

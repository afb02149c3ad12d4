"""A suite replayed by the workers of Dask: a scheduler and two workers, each a process of its own, on this machine."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from chainview.suite.case import Case, Outcome, Result
from chainview.suite.judging import judge
from chainview.suite.suite import run_suite
from chainview.suite.worker_processes import WorkerCrashed
from chainview.system.errors import ChainviewError
from tests.actor.running import sample
from tests.suite.folders import PRICING, counted, damaged
from tests.waiting import LIMIT, eventually

distributed = pytest.importorskip("distributed", reason="Dask is not among what tests are run with")

from chainview.suite.adapters import dask_executor, travelling  # noqa: E402 - only where Dask is there
from chainview.suite.adapters.dask_executor import DaskExecutor  # noqa: E402

# What Dask warns of is its own.
pytestmark = [pytest.mark.once, pytest.mark.filterwarnings("default")]
COUNT = 40
ROOT = Path(__file__).parents[3]


@dataclass
class Cluster:
    """A scheduler, by its address, and its workers."""

    address: str
    workers: Sequence[subprocess.Popen[bytes]]


def begun(folder: Path, program: str, *words: str) -> subprocess.Popen[bytes]:
    """A program of Dask's, by this Python and with this chainview."""
    command = [sys.executable, "-m", f"distributed.cli.dask_{program}", "--host", "127.0.0.1", "--no-dashboard", *words]
    with (folder / f"{program}.log").open("ab") as log:
        return subprocess.Popen(
            command,
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=log,
        )


@pytest.fixture(scope="module")
def scheduler(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of one, which outlives the workers of each test."""
    folder = tmp_path_factory.mktemp("dask")
    file = folder / "scheduler.json"
    process = begun(folder, "scheduler", "--port", "0", "--scheduler-file", str(file))
    try:
        eventually(file.exists, lambda: "the scheduler's address")
        yield json.loads(file.read_text())["address"]
    finally:
        process.terminate()
        process.wait(LIMIT)


@pytest.fixture
def cluster(tmp_path: Path, scheduler: str) -> Iterator[Cluster]:
    """The scheduler with two workers."""
    folder = tmp_path / "workers"
    folder.mkdir()
    words = (scheduler, "--nthreads", "1", "--no-nanny", "--local-directory", str(folder))
    workers = [begun(folder, "worker", *words, "--name", f"{folder}{number}") for number in range(2)]
    try:
        with distributed.Client(scheduler, set_as_default=False) as client:
            eventually(lambda: len(client.nthreads()) == len(workers), lambda: "the workers")
        yield Cluster(scheduler, workers)
    finally:
        for each in workers:
            each.kill()
            each.wait(LIMIT)
        with distributed.Client(scheduler, set_as_default=False) as client:
            eventually(lambda: not client.nthreads(), lambda: "the end of the workers")


def many(folder: Path) -> list[Case]:
    """As many tests, of which one is of another actor and one is damaged."""
    chain = folder / "c.chain"
    chain.write_bytes(counted())
    cases = [Case(f"{number}", str(chain), str(sample("counter"))) for number in range(COUNT)]
    cases[4] = replace(cases[4], actor=str(sample("faulty")))
    cases[5] = replace(cases[5], path=str(damaged(folder, "d.chain")))
    return cases


def test_where_a_worker_is_killed_nothing_is_lost_and_nothing_counted_twice(tmp_path: Path, cluster: Cluster) -> None:
    """What it was at is judged by the other one; results come as they are there."""
    cases, seen = many(tmp_path), list[int]()

    def told(results: Sequence[Result]) -> None:
        if results and not seen:
            cluster.workers[0].send_signal(signal.SIGKILL)
            seen.append(len(results))

    executor = DaskExecutor(cluster.address)
    try:
        results = run_suite(cases, executor, told)
    finally:
        executor.shutdown()
    assert cluster.workers[0].wait(LIMIT) == -signal.SIGKILL
    assert [each.name for each in results] == [each.name for each in cases]
    assert Counter(each.outcome for each in results) == {
        Outcome.PASSED: COUNT - 2,
        Outcome.FOREIGN: 1,
        Outcome.DAMAGED: 1,
    }
    assert seen[0] < COUNT


def test_the_time_of_a_chain_holds_at_a_worker(tmp_path: Path, cluster: Cluster) -> None:
    """Which goes on with the other ones: both have as much to do as before."""
    chain, loops = PRICING / "workloads" / "forecast.chain", PRICING / "faults" / "endless-loop.wasm"
    case = Case("0", str(chain), str(loops), timeout=3600.0, chain_timeout=3.0)
    (tmp_path / "c.chain").write_bytes(counted())
    cases = [replace(case, name=f"{number}") for number in range(4)]
    cases += [Case(f"{number}", str(tmp_path / "c.chain"), str(sample("counter"))) for number in range(4, 8)]
    executor = DaskExecutor(cluster.address)
    try:
        results = run_suite(cases, executor)
    finally:
        executor.shutdown()
    assert [each.outcome for each in results] == [Outcome.TIMED_OUT] * 4 + [Outcome.PASSED] * 4
    assert results[0].says == (case.too_long,)


def test_modules_and_chains_travel_once(tmp_path: Path, cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each under its SHA-256, however many tests need them; none is held in the end."""
    executor, sent = DaskExecutor(cluster.address), list[str]()
    submit = executor._client.submit

    def noted(*args: object, key: str, **more: object) -> object:
        sent.append(key)
        return submit(*args, key=key, **more)

    monkeypatch.setattr(executor._client, "submit", noted)
    chain = tmp_path / "c.chain"
    chain.write_bytes(counted())
    # As many as are under way at once.
    cases = [Case(f"{number}", str(chain), str(sample("counter"))) for number in range(12)]
    futures = [executor.submit(judge, each) for each in cases]
    assert all(each.result(LIMIT).outcome is Outcome.PASSED for each in futures)
    executor.shutdown()
    assert len(sent) == len(set(sent))
    assert executor._held == {}
    with pytest.raises(ValueError, match="only tests"):
        executor.submit(len, ())


def test_other_versions_are_refused(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the worker that has them, before anything is sent."""
    monkeypatch.setattr(travelling, "VERSION", "0")
    with pytest.raises(ChainviewError, match=r"chainview 0 and wasmtime"):
        DaskExecutor(cluster.address)


def test_a_scheduler_without_workers_or_none_at_all_is_told(scheduler: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """At once, in a sentence."""
    with pytest.raises(ChainviewError, match="has no worker: start `dask worker` first"):
        DaskExecutor(scheduler)
    monkeypatch.setattr(dask_executor, "_SECONDS", 0.2)
    for address in ("tcp://127.0.0.1:9", "nowhere://x"):
        with pytest.raises(ChainviewError, match="there is no Dask scheduler at"):
            DaskExecutor(address)


@pytest.mark.parametrize(
    ("status", "error", "raised"),
    [
        ("error", distributed.KilledWorker("x", None, 3), "its workers ended again and again"),
        ("lost", None, "the scheduler was lost"),
    ],
)
def test_what_dask_gives_up_is_that_chain_s_error(status: str, error: Exception | None, raised: str) -> None:
    """As of a process of our own that crashed."""
    executor, future = (
        DaskExecutor.__new__(DaskExecutor),
        SimpleNamespace(set_exception=lambda given: told.append(given)),
    )
    told: list[BaseException] = []
    executor._settle(future, SimpleNamespace(status=status, exception=lambda: error))  # type: ignore[arg-type]
    assert isinstance(told[0], WorkerCrashed)
    assert raised in str(told[0])

"""A suite of chains of 200 events by one process, by two, and by two workers of Dask where that is installed.

`python -m tests.bench.bench_suite [CHAINS]` prints the processor seconds of all processes together for each way.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

from chainview.chain.files.native.layout import pack_header
from chainview.chain.files.opened import open_chain
from chainview.suite.case import Result
from chainview.suite.settings import FILE, read_settings
from chainview.suite.suite import Suite, find_suite, run_suite
from chainview.suite.worker_processes import WorkerProcesses
from chainview.workbench.programs import record_actor
from tests.bench.figures import numbers_asked, print_figure, print_machine

COUNTER = Path(__file__).resolve().parents[2] / "sample_actors" / "counter" / "counter.wasm"
CHAINS, RECORDED, CALLS, WORKERS = 300, 20, 66, 2
HOUR = 3600.0


def suite_of(folder: Path, count: int) -> Suite:
    """As many chains as are wanted, of which no two are equal: a few are recorded, and each told of many times."""
    chains = folder / "chains"
    chains.mkdir()
    recorded = []
    for number in range(min(RECORDED, count)):
        path = folder / f"{number}.chain"
        record_actor(COUNTER, path, [f"increment({number + call}s32)" for call in range(CALLS)])
        with open_chain(path) as opened:
            opened.load()
            header = opened.header
        assert header is not None
        recorded.append((header, path.read_bytes().removeprefix(pack_header(header))))
    for number in range(count):
        header, rest = recorded[number % len(recorded)]
        told = pack_header(replace(header, time_ns=header.time_ns + number))
        (chains / f"c{number:05}.chain").write_bytes(told + rest)
    (folder / FILE).write_text(f'module = "{COUNTER}"\n')
    return find_suite(read_settings(folder / FILE))


def spent() -> float:
    """The processor seconds of this process and of those that it has waited for."""
    used = [resource.getrusage(whose) for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


def by_processes(suite: Suite, count: int) -> None:
    """All of them by so many processes."""
    with WorkerProcesses(count, HOUR) as workers:
        require_all(suite, run_suite(suite.cases, workers))


def by_dask(suite: Suite) -> None:
    """All of them by a scheduler and its workers, which end with it."""
    from chainview.suite.adapters.dask_executor import DaskExecutor

    with cluster(Path(suite.settings.folder)) as address:
        executor = DaskExecutor(address)
        try:
            require_all(suite, run_suite(suite.cases, executor))
        finally:
            executor.shutdown()


@contextmanager
def cluster(folder: Path) -> Iterator[str]:
    """The address of a scheduler with two workers, each a process."""
    file, processes = folder / "scheduler.json", []
    words = ["--host", "127.0.0.1", "--no-dashboard", "--scheduler-file", str(file)]

    def begin(program: str, *more: str) -> None:
        command = [sys.executable, "-m", f"distributed.cli.dask_{program}", *words, *more]
        processes.append(subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))

    try:
        begin("scheduler", "--port", "0")
        while not file.exists():
            time.sleep(0.1)
        for _ in range(WORKERS):
            begin("worker", "--nthreads", "1", "--no-nanny", "--local-directory", str(folder))
        from distributed import Client

        with Client(scheduler_file=str(file), set_as_default=False) as client:
            client.wait_for_workers(WORKERS)
            address = client.scheduler.address
        yield address
    finally:
        for each in processes:
            each.terminate()
            each.wait()


def require_all(suite: Suite, results: Sequence[Result]) -> None:
    """Every one passed, and none is missing."""
    assert [each.name for each in results] == [each.name for each in suite.cases]
    assert all(each.outcome.passes for each in results)


def measured(name: str, work: Callable[[], None], count: int) -> None:
    """Prints what one way costs."""
    began, before = time.monotonic(), spent()
    work()
    worked, lasted = spent() - before, time.monotonic() - began
    print_figure(name, f"{worked:,.0f} s of CPU, {worked / count * 1000:.0f} ms a chain, in {lasted:,.0f} s")


def main() -> None:
    """Prints the figures."""
    (count,) = numbers_asked(__doc__, CHAINS)
    print_machine()
    # The processes of a suite, and Dask's, import this chainview.
    os.environ["PYTHONPATH"] = str(Path(__file__).resolve().parents[2])
    with tempfile.TemporaryDirectory() as folder:
        suite = suite_of(Path(folder), count)
        for workers in (1, WORKERS):
            measured(f"{count:,} chains, processes: {workers}", lambda: by_processes(suite, workers), count)  # noqa: B023
        if find_spec("distributed") is None:
            print_figure("Dask", "not installed")
        else:
            measured(f"{count:,} chains, Dask with {WORKERS} workers", lambda: by_dask(suite), count)


if __name__ == "__main__":
    main()

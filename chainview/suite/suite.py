"""A suite: what is to be replayed by which module, and the replay of all of it by whatever executor."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future
from contextlib import suppress
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path
from queue import Empty, SimpleQueue

from chainview.actor.engine.loading import read_module
from chainview.actor.manifest import find_target
from chainview.replay.differences.codes import Code
from chainview.suite.building import built_module
from chainview.suite.case import Case, Outcome, Result, as_of_a_suite
from chainview.suite.equal_chains import with_two_verdicts
from chainview.suite.gathering import gather
from chainview.suite.judging import failed, judge
from chainview.suite.settings import MODULES, OfChain, Settings
from chainview.suite.verdict_cache import VerdictCache
from chainview.suite.worker_processes import WorkerCrashed, WorkerTimedOut
from chainview.system.errors import ChainviewError, failed_itself

_LOOK_SECONDS = 0.1
_DEFAULT_MEMORY = 512 << 20
_WILD = "*?["


@dataclass(frozen=True, slots=True)
class Suite:
    """The tests in the order of their names, and what is to be said beside."""

    settings: Settings
    module: Path
    cases: tuple[Case, ...]
    remarks: tuple[str, ...] = ()
    left_out: tuple[Case, ...] = ()
    """Its tests that are not among those wanted of it."""

    @property
    def is_whole(self) -> bool:
        """Whether all of its tests are there."""
        return not self.left_out

    @property
    def all_cases(self) -> tuple[Case, ...]:
        """All of its tests, also those that are not wanted."""
        return (*self.cases, *self.left_out)

    def only(self, wanted: Callable[[str], bool]) -> Suite:
        """Those of its tests whose names are wanted."""
        chosen = tuple([each for each in self.cases if wanted(each.name)])
        others = tuple([each for each in self.cases if not wanted(each.name)])
        return replace(self, cases=chosen, left_out=(*self.left_out, *others))

    @property
    def jobs(self) -> int:
        """How many processes there may be: one for each processor, as far as there is memory for what all may hold."""
        if self.settings.jobs is not None:
            most = self.settings.jobs
        else:
            memory = self.settings.memory or _DEFAULT_MEMORY
            most = min(_processors(), max(1, _memory() // (2 * memory)))
        return max(1, min(most, len(self.cases)))


def find_suite(settings: Settings, *, in_full: bool = False, build: bool = True) -> Suite:
    """The suite that a file describes, whose module is built now where it says how, unless it was built already.

    Raises ChainviewError where there is no module, or no test.
    """
    gathered = gather(settings)
    module = built_module(settings, build=build)
    sha256 = read_module(find_target(str(module)).module).sha256
    folder, remarks = settings.modules or settings.folder / MODULES, list(gathered.remarks)
    modules = folder if folder.is_dir() else None
    if modules is None and settings.modules is not None:
        remarks.append(f"there is no folder {folder}: recorded modules are looked for in the cache alone")
    cases = []
    for name, path in gathered.paths.items():
        told = settings.of_chains.get(path, OfChain())
        cases.append(
            Case(
                name,
                str(path),
                str(module),
                sha256,
                settings.mode,
                settings.timeout,
                settings.memory,
                settings.chain_timeout,
                told.state,
                None if told.accept is None else str(told.accept),
                None if modules is None else str(modules),
                told.description,
                in_full,
            )
        )
    return Suite(settings, module, tuple(cases), tuple(remarks))


def named_by(patterns: Sequence[str]) -> Callable[[str], bool]:
    """Whether a name holds one of some words, or is matched by one with `*`, `?` or `[…]`, in letters of any size."""

    def wanted(name: str) -> bool:
        low = name.lower()
        return any(
            fnmatchcase(low, each.lower()) if any(sign in each for sign in _WILD) else each.lower() in low
            for each in patterns
        )

    return wanted


def run_suite(
    cases: Sequence[Case],
    executor: Executor,
    told: Callable[[Sequence[Result]], None] = lambda results: None,
    *,
    fail_fast: bool = False,
    cache: VerdictCache | None = None,
) -> list[Result]:
    """Replays tests, large ones first; gives the results in the order of the tests, each once.

    What `cache` knows is not replayed.

    `told` hears of all results up to then, every now and then. After a failure nothing more is begun with `fail_fast`:
    then results are missing.
    """
    order, results = list[Case](), list[Result]()
    for case in cases:
        found = None if cache is None else cache.result_of(case)
        if found is None:
            order.append(case)
        else:
            results.append(found)
    order.sort(key=lambda each: -_size(each.path))
    due: dict[Future[Result], Case] = {_submitted(executor, each): each for each in order}
    # To wait for all of them at once costs as much, for each that is done, as there are left.
    done = SimpleQueue[Future[Result]]()
    for future in due:
        future.add_done_callback(done.put)
    while due:
        for future in _given(done):
            case = due.pop(future)
            if (result := _result(future, case)) is not None:
                results.append(result)
                if cache is not None:
                    cache.keep(result, case)
        if fail_fast and any(not each.outcome.passes for each in results):
            for future in list(due):
                future.cancel()
        told(results)
    places = {each.name: number for number, each in enumerate(cases)}
    judged = with_two_verdicts(cases, sorted(results, key=lambda each: places[each.name]))
    for each in judged if cache is not None else ():
        if each.code == Code.RANDOM and cache is not None:
            cache.forget(each.name)
    return judged


def _given(done: SimpleQueue[Future[Result]]) -> Iterator[Future[Result]]:
    """What is done, once anything is; nothing where that takes a while."""
    with suppress(Empty):
        yield done.get(timeout=_LOOK_SECONDS)
        while True:
            yield done.get_nowait()


def _submitted(executor: Executor, case: Case) -> Future[Result]:
    try:
        return executor.submit(judge, case)
    except BrokenExecutor as error:
        refused: Future[Result] = Future()
        refused.set_exception(error)
        return refused


def _result(future: Future[Result], case: Case) -> Result | None:
    """What came of a test; None for one that was not begun."""
    try:
        return as_of_a_suite(future.result())
    except CancelledError:
        return None
    except WorkerTimedOut:
        return failed(case, Outcome.TIMED_OUT, case.too_long)
    except (WorkerCrashed, BrokenExecutor) as error:
        return failed(case, Outcome.CRASHED, str(error) or "the executor ended before it was replayed")
    except ChainviewError as error:
        return failed(case, Outcome.ERROR, error.sentence)
    except Exception as error:
        return failed(case, Outcome.ERROR, failed_itself(error, f"replayed {case.path}").sentence)


def _size(path: str) -> int:
    try:
        return os.stat(path).st_size
    except OSError:
        return 0


def _processors() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _memory() -> int:
    """The bytes of memory of this machine."""
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")

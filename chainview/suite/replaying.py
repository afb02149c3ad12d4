"""The replay of a whole suite, for the command and for programs: processes of our own, or an executor that is given."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from pathlib import Path

from chainview.actor.engine.loading import load_module
from chainview.actor.manifest import find_target
from chainview.suite.case import Result
from chainview.suite.last_run import keep_failed
from chainview.suite.reports.reach import Reach, reach_of
from chainview.suite.reports.summary import SuiteSummary
from chainview.suite.settings import find_settings, read_settings
from chainview.suite.suite import Suite, find_suite, named_by, run_suite
from chainview.suite.verdict_cache import VerdictCache, usable
from chainview.suite.worker_processes import WorkerProcesses
from chainview.system.errors import ChainviewError
from chainview.system.files.locations import verdicts_folder
from chainview.system.files.working_folder import here


def replay_suite(
    config: str | Path | None = None,
    *,
    executor: Executor | None = None,
    only: str | Sequence[str] = (),
    fail_fast: bool = False,
    cache: bool = True,
) -> SuiteSummary:
    """Replays the chains that a `chainview.toml` names, as `chainview test` does; without `config` it is found upwards.

    `executor` does the work in place of processes of our own, and is not shut down; it has to reach the files, and what
    it is given, and gives, can be pickled. `only` are words and patterns as behind `-k`. Without `cache` all is
    replayed, and no verdict kept. Raises ChainviewError where nothing can be replayed at all.
    """
    settings = read_settings(find_settings(here()) if config is None else Path(config))
    suite = find_suite(settings, in_full=True)
    patterns = [only] if isinstance(only, str) else list(only)
    if patterns:
        suite = suite.only(named_by(patterns))
    verdicts = usable(settings.cache or verdicts_folder()) if cache else VerdictCache(None)
    return replayed(suite, executor, cache=verdicts, fail_fast=fail_fast)


def replayed(
    suite: Suite,
    executor: Executor | None = None,
    told: Callable[[Sequence[Result]], None] = lambda results: None,
    *,
    cache: VerdictCache,
    jobs: int | None = None,
    fail_fast: bool = False,
) -> SuiteSummary:
    """Replays a suite; of processes of our own none is left, however it ends. `told` hears of results as they come."""
    began = time.monotonic()
    if executor is not None:
        results = run_suite(suite.cases, executor, told, fail_fast=fail_fast, cache=cache)
    else:
        workers = WorkerProcesses(max(1, min(jobs or suite.jobs, len(suite.cases))), suite.settings.longest)
        try:
            results = run_suite(suite.cases, workers, told, fail_fast=fail_fast, cache=cache)
            workers.shutdown()
        except BaseException:
            workers.kill()
            raise
    keep_failed(suite.settings.file, results)
    cache.let_oldest_go()
    judged = {each.name for each in results}
    left_out = tuple([each.name for each in suite.cases if each.name not in judged])
    remarks = [*suite.remarks, *([cache.remark] if cache.remark else [])]
    reach = _reach(suite, results, whole=not left_out and suite.is_whole)
    return SuiteSummary(results, left_out, remarks, str(suite.module), time.monotonic() - began, reach)


def _reach(suite: Suite, results: Sequence[Result], *, whole: bool) -> Reach:
    """What the chains reach of the module."""
    try:
        return reach_of(load_module(find_target(str(suite.module)).module), results, whole=whole)
    except ChainviewError:
        # It may be built anew by now, and each chain says so.
        return Reach()

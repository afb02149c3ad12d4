"""`chainview test`: replays all chains of a suite, and tells which of them the actor no longer makes."""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from chainview.commands.options.amounts import positive
from chainview.commands.options.paths import path
from chainview.commands.reporting.long_wait import SignOfLife
from chainview.commands.usage.help import CommandHelp
from chainview.system.clock import wall_moment
from chainview.system.errors import ChainviewError
from chainview.system.files.whole_file import write_whole
from chainview.system.files.working_folder import here
from chainview.system.streams import complain, emit, say
from chainview.system.wording import plural, some_of, visible_json

if TYPE_CHECKING:
    from collections.abc import Sequence
    from concurrent.futures import Executor

    from chainview.suite.case import Result
    from chainview.suite.reports.summary import SuiteSummary
    from chainview.suite.sharing.shards import Shard
    from chainview.suite.suite import Suite
    from chainview.suite.verdict_cache import VerdictCache

HELP = CommandHelp(
    (
        ("chainview test --init", "write a chainview.toml that says where module and chains are"),
        ("chainview test", "replay all chains, and explain those that differ"),
        ("chainview test -k checkout --fail-fast", "only those that are called so, up to the first that fails"),
        ("chainview test --last-failed", "those that failed the last time"),
        ("chainview test --update", "look at each difference, and accept it or take the chain that is made now"),
        ("chainview test --json", "the same as one JSON object"),
        ("chainview test --junit report.xml", "also a report that a CI shows"),
        ("chainview test --shard 2/4", "the second of four shares, each on a runner of its own"),
    ),
    "nothing differs but what was accepted",
    "a chain differs, is damaged or of another actor, or could not be replayed",
)


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the command's options."""
    parser.add_argument(
        "--config",
        type=path,
        metavar="FILE",
        help="the chainview.toml of the suite (default: that of this folder, or of the nearest one above)",
    )
    parser.add_argument("--init", action="store_true", help="write a chainview.toml here, and replay nothing")
    parser.add_argument(
        "-k",
        dest="patterns",
        action="append",
        metavar="PATTERN",
        help="only chains whose path holds this, or is matched by it where it has * or ? (repeatable)",
    )
    parser.add_argument(
        "--last-failed", action="store_true", help="only those that failed the last time; all where none did"
    )
    parser.add_argument("--fail-fast", action="store_true", help="begin no more once one has failed")
    parser.add_argument(
        "-j", "--jobs", type=positive, metavar="N", help="how many processes replay (default: one for each processor)"
    )
    parser.add_argument(
        "--shard",
        type=_shard,
        metavar="I/N",
        help="only the share I (from 1) of N, into which chains fall by what they hold and by durations.json beside "
        "chainview.toml, after -k: each runner of a CI has its own",
    )
    parser.add_argument(
        "--store-durations", action="store_true", help="replay all, and keep how long each took in durations.json"
    )
    parser.add_argument(
        "--dask", metavar="ADDRESS", help="have the workers of this Dask scheduler replay (needs chainview[dask])"
    )
    parser.add_argument(
        "--cache",
        type=path,
        metavar="FOLDER",
        help="where verdicts are kept, as for a CI (default: what chainview.toml says, else the user's cache)",
    )
    parser.add_argument("--no-cache", action="store_true", help="replay also what is known to pass, and keep nothing")
    parser.add_argument(
        "--update",
        action="store_true",
        help="ask about each difference: it is accepted, or the chain that is made now is taken if all it asked was "
        "answered",
    )
    parser.add_argument("--yes", action="store_true", help="with --update: accept all that differs, and ask nobody")
    parser.add_argument(
        "--no-build", action="store_true", help="replay with the module that is there, whatever chainview.toml builds"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument(
        "--progress",
        action="store_true",
        help="say on standard error how far it is, as a JSON object a line, for a program that waits for it",
    )
    parser.add_argument(
        "--junit",
        type=path,
        metavar="FILE",
        help="also write a JUnit report in the shape that pytest writes",
    )


def _shard(text: str) -> Shard:
    from chainview.suite.sharing.shards import shard_in

    try:
        return shard_in(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def run(args: argparse.Namespace) -> int:
    """Replays and reports: 0 when all chains pass, 1 when one does not, 2 when none could be replayed."""
    if args.init:
        from chainview.suite.starting import begin_suite

        path = begin_suite(here())
        emit([f"{path}: written; record chains into chains/, and `chainview test` replays them"])
        return 0
    _refuse_update(args)
    suite = _chosen(args)
    began = wall_moment()
    summary = _replayed(args, suite)
    if args.update:
        summary = _updated(suite, summary, yes=args.yes)
    if args.json:
        from chainview.suite.reports.json_report import suite_object

        emit([visible_json(json.dumps(suite_object(summary), ensure_ascii=False))])
    else:
        from chainview.suite.reports.text_report import suite_text

        emit(suite_text(summary, shutil.get_terminal_size().columns if os.isatty(1) else None))
    # What all came to is told also where a file can't be written.
    if args.store_durations:
        _store_durations(suite, summary)
    if args.junit is not None:
        from chainview.suite.reports.junit import junit_file

        # Each run of a CI has its own, in the place of the one before.
        write_whole(args.junit, [junit_file(summary, began, platform.node())], force=True)
    return summary.exit_code


def _refuse_update(args: argparse.Namespace) -> None:
    """Raises ChainviewError where nobody can be asked, before anything is replayed."""
    if args.yes and not args.update:
        raise ChainviewError("--yes is of --update: it accepts all that differs")
    if args.update and not args.yes and not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise ChainviewError("--update asks about each difference, on a terminal; --update --yes accepts all of them")


def _updated(suite: Suite, summary: SuiteSummary, *, yes: bool) -> SuiteSummary:
    """What it comes to once something was done about what differs."""
    from chainview.commands.reporting.person import AtTerminal
    from chainview.suite.last_run import keep_failed
    from chainview.suite.settings import MODULES
    from chainview.suite.updating.answers import AcceptAll, Answers, updated

    modules = suite.settings.modules or suite.settings.folder / MODULES
    choose = AcceptAll(complain) if yes else Answers(AtTerminal(), modules)
    results = updated(suite.cases, summary.results, choose, complain)
    keep_failed(suite.settings.file, results)
    return replace(summary, results=results)


def _chosen(args: argparse.Namespace) -> Suite:
    """The suite, and of it what is asked for; raises ChainviewError where that is nothing."""
    from chainview.suite.last_run import failed_last
    from chainview.suite.settings import find_settings, read_settings
    from chainview.suite.suite import find_suite, named_by

    settings = read_settings(find_settings(here()) if args.config is None else args.config)
    suite = find_suite(settings, in_full=args.json, build=not args.no_build)
    if args.patterns:
        suite = suite.only(named_by(args.patterns))
        if not suite.cases:
            patterns = some_of([f"{each!r}" for each in args.patterns])
            raise ChainviewError(f"no chain of {settings.file} is called {patterns}")
    if args.shard is not None:
        suite = _shard_of(suite, args.shard)
        if not suite.cases:
            complain(f"shard {args.shard} gets no chain")
    if args.last_failed:
        names = failed_last(settings.file)
        failed = suite.only(names.__contains__)
        if not failed.cases and suite.cases:
            complain("none of them failed the last time: all are replayed")
        suite = failed if failed.cases else suite
    return suite


def _cache(args: argparse.Namespace, suite: Suite) -> VerdictCache:
    """What is known of the chains; nothing with `--no-cache`."""
    from chainview.suite.verdict_cache import VerdictCache, usable
    from chainview.system.files.locations import verdicts_folder

    if args.no_cache or args.store_durations:
        return VerdictCache(None)
    return usable(args.cache or suite.settings.cache or verdicts_folder())


def _replayed(args: argparse.Namespace, suite: Suite) -> SuiteSummary:
    """Replays a suite in processes, of which none is left however it ends, or by Dask, and shows how far it is."""
    from chainview.suite.replaying import replayed
    from chainview.suite.reports.text_report import progress_text

    so_far: list[Result] = []
    of = len(suite.cases)

    def failing() -> int:
        return sum(not each.outcome.passes for each in so_far)

    sign = SignOfLife(lambda: progress_text(len(so_far), of, failing()))

    def told(results: Sequence[Result]) -> None:
        came = len(results) - len(so_far)
        so_far[:] = results
        if args.progress and came:
            say(json.dumps({"done": len(so_far), "of": of, "failing": failing()}))
        elif not args.progress:
            sign.show()

    if args.progress:
        say(json.dumps({"done": 0, "of": of, "failing": 0}))

    cache = _cache(args, suite)
    executor = None if args.dask is None else _dask(args.dask)
    try:
        return replayed(suite, executor, told, cache=cache, jobs=args.jobs, fail_fast=args.fail_fast)
    finally:
        sign.clear()
        if executor is not None:
            executor.shutdown(wait=False, cancel_futures=True)


def _dask(address: str) -> Executor:
    """The workers of a scheduler; raises ChainviewError where they can't be used."""
    try:
        from chainview.suite.adapters.dask_executor import DaskExecutor
    except ImportError:
        raise ChainviewError("--dask needs Dask, which is not installed: pip install 'chainview[dask]'") from None
    return DaskExecutor(address)


def _shard_of(suite: Suite, shard: Shard) -> Suite:
    """The chains that fall to a shard."""
    from chainview.suite.sharing.durations import FILE, read_durations
    from chainview.suite.sharing.shards import cases_of

    names = {each.name for each in cases_of(shard, suite.cases, read_durations(suite.settings.folder / FILE))}
    return suite.only(names.__contains__)


def _store_durations(suite: Suite, summary: SuiteSummary) -> None:
    """Keeps how long the chains took that came to a judgement."""
    from chainview.suite.equal_chains import content_hash
    from chainview.suite.sharing.durations import FILE, Duration, store_durations

    contents = {each.name: content_hash(Path(each.path)) for each in suite.all_cases}
    measured = {
        contents[each.name]: Duration(round(each.seconds * 1_000_000), each.events)
        for each in summary.results
        if each.outcome.judges and not each.from_cache and contents[each.name]
    }
    path = suite.settings.folder / FILE
    store_durations(path, measured, contents.values())
    say(f"{path}: how long {plural(len(measured), 'chain')} took")

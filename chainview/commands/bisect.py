"""`chainview bisect`: the first of many builds, or commits, by which a recorded chain differs."""

from __future__ import annotations

import argparse
import json
from contextlib import closing
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any

from chainview.commands.options.amounts import seconds
from chainview.commands.options.paths import name
from chainview.commands.options.recorded_module import add_recorded_module_option, recorded_modules
from chainview.commands.reporting.explanation import add_closed_replay_options
from chainview.commands.reporting.long_wait import on_a_thread
from chainview.commands.usage.help import CommandHelp
from chainview.system.errors import EXIT_INTERRUPTED, ChainviewError
from chainview.system.files.working_folder import here
from chainview.system.long_work import GivenUp, given_up_when
from chainview.system.signals import interruption
from chainview.system.streams import complain, emit
from chainview.system.wording import visible_json
from chainview.workbench.replay_request import accepted_rules

if TYPE_CHECKING:
    from chainview.suite.bisect.bisecting import Bisected, Bisecting
    from chainview.suite.bisect.builds import Builds
    from chainview.suite.bisect.closed_judge import ClosedJudge
    from chainview.suite.case import Case

_LEAST_BUILDS = 2
_LONGEST_BUILD = 3600.0

HELP = CommandHelp(
    (
        ("chainview bisect c.chain builds/*.wasm", "the first of these that differs, by replaying few of them"),
        (
            "chainview bisect c.chain --git v1..main --build make --module actor.wasm",
            "the first commit that differs, each built in a working tree of its own",
        ),
        ("chainview bisect c.chain builds/*.wasm --json", "the same as one JSON object"),
    ),
    "the first that differs was found, or is one of those that are told",
    "nothing differs: the last build is identical too",
)


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the command's options."""
    parser.add_argument(
        "chain", type=name, metavar="CHAIN", help="the recorded chain, of any format, or a folder of chains"
    )
    builds = parser.add_argument(
        "builds",
        metavar="BUILD",
        nargs="+",
        help="modules or manifests in the order in which they were made: the first is identical, the last differs",
    )
    # With --git none is given; one that may be none would be looked for in front of options alone.
    builds.required = False
    parser.add_argument(
        "--git",
        metavar="GOOD..BAD",
        help="in place of builds: the commits from one that is identical to one that differs, of the repository that "
        "this folder is in",
    )
    parser.add_argument(
        "--build",
        metavar="CMD",
        help="with --git: the command of the shell that builds a commit, in this folder of its working tree",
    )
    parser.add_argument(
        "--module",
        metavar="PATH",
        help="with --git: the module that it makes, or the manifest that names it, from the folder where it runs",
    )
    parser.add_argument(
        "--build-timeout",
        type=seconds,
        metavar="TIME",
        help="with --git: how long the build of a commit may take before it is ended and skipped, such as 90s or 5m "
        "(default: 1h)",
    )
    add_recorded_module_option(parser)
    add_closed_replay_options(parser)
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(args: argparse.Namespace) -> int:
    """Searches and reports: 0 when it was found, or is one of some, 1 when nothing differs."""
    from chainview.suite.bisect.closed_judge import ClosedJudge, require_usable
    from chainview.suite.bisect.reports import bisect_object, bisect_text

    _check(args)
    # What is wrong with it is told before anything is built.
    accepted_rules(args.accept, args.chain)
    case = _case(args)
    require_usable(case)
    search = _Search(args)
    with interruption.held(), closing(ClosedJudge(case)) as judge:
        try:
            found = on_a_thread(lambda: search.found(judge), search.how_far, told=search.told)
        except GivenUp:
            found = None
        except ChainviewError as error:
            if interruption.number is None:
                raise
            raise ChainviewError(error.sentence, EXIT_INTERRUPTED) from None
    if found is None:
        if search.known:
            complain(search.known)
        return EXIT_INTERRUPTED
    if args.json:
        emit([visible_json(json.dumps(bisect_object(found), ensure_ascii=False))])
    else:
        emit(bisect_text(found))
    return found.exit_code


def _check(args: argparse.Namespace) -> None:
    """Raises ChainviewError for words that say neither which builds nor which commits."""
    if args.chain == "-":
        raise ChainviewError("a chain by which builds are judged is read again and again: name a file")
    if args.git is None:
        for name, value in (
            ("--build", args.build),
            ("--module", args.module),
            ("--build-timeout", args.build_timeout),
        ):
            if value is not None:
                raise ChainviewError(f"{name} is of --git GOOD..BAD, whose commits are built")
        if args.builds is None or len(args.builds) < _LEAST_BUILDS:
            raise ChainviewError("name two builds at least, of which the first is identical, or --git GOOD..BAD")
    elif args.builds:
        raise ChainviewError("name builds or --git GOOD..BAD, not both")
    elif args.build is None or args.module is None:
        raise ChainviewError("--git needs --build CMD, which builds a commit, and --module PATH, what that makes")


def _case(args: argparse.Namespace) -> Case:
    """What a build is judged by."""
    from chainview.suite.case import Case

    modules = recorded_modules(args.recorded_module)
    return Case(
        args.chain,
        args.chain,
        "",
        timeout=args.timeout,
        memory=args.max_memory,
        state=args.state,
        accept=None if args.accept is None else str(args.accept),
        modules=None if modules is None else str(modules),
        in_full=args.json,
    )


class _Search:
    """The search that was asked for, on a thread of its own."""

    def __init__(self, args: argparse.Namespace) -> None:
        self._args = args
        self._running: Bisecting[Any] | None = None
        self.told: SimpleQueue[str] = SimpleQueue()
        """Lines for a person, as they come."""

    def how_far(self) -> str:
        """In a few words."""
        return "making a working tree" if self._running is None else self._running.how_far

    @property
    def known(self) -> str:
        """What is known so far, in a sentence; empty where that is nothing yet."""
        return "" if self._running is None else self._running.known

    def found(self, judge: ClosedJudge) -> Bisected:
        """What comes of it; raises GivenUp once a signal has arrived, with nothing left behind."""
        with given_up_when(lambda: interruption.number is not None):
            return self._of_commits(judge) if self._args.git is not None else self._of_builds(judge)

    def _of_builds(self, judge: ClosedJudge) -> Bisected:
        from chainview.suite.bisect.given_builds import GivenBuilds

        return self._among(GivenBuilds(self._args.builds), judge)

    def _of_commits(self, judge: ClosedJudge) -> Bisected:
        from chainview.suite.bisect.commits import Commits, Recipe, ends_of
        from chainview.suite.bisect.repository import Repository
        from chainview.suite.bisect.worktree import worktree_of

        args = self._args
        longest = _LONGEST_BUILD if args.build_timeout is None else args.build_timeout
        recipe, names = Recipe(args.build, args.module, longest), ends_of(args.git)
        repository = Repository(here())
        good, bad = [repository.find(each) for each in names]
        repository.require_line(good, bad, names)
        with worktree_of(repository, good, self.told.put) as worktree:
            return self._among(Commits(repository, worktree, (good, bad), recipe), judge)

    def _among(self, builds: Builds[Any], judge: ClosedJudge) -> Bisected:
        from chainview.suite.bisect.bisecting import Bisecting

        self._running = Bisecting(builds, judge, self.told.put)
        return self._running.run()

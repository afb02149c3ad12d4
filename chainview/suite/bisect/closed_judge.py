"""Judging a build by one chain, in a process of its own, which neither a crash nor a loop of the build takes along."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from pathlib import Path

from chainview.chain.families.folder import find_family
from chainview.chain.files.opened import open_chain
from chainview.suite.bisect.bisection import Side
from chainview.suite.case import Case, Outcome, Result
from chainview.suite.judging import failed, judge, request_of
from chainview.suite.worker_processes import WorkerCrashed, WorkerProcesses
from chainview.system.errors import ChainviewError
from chainview.system.long_work import go_on

_LOOK_SECONDS = 0.05
_NO_LIMIT = 1e6
_SIDES = {
    Outcome.PASSED: Side.IDENTICAL,
    Outcome.ACCEPTED: Side.IDENTICAL,
    # As for `chainview replay`: an actor that has other exports now, or never comes to an end, differs.
    Outcome.DIFFERS: Side.DIFFERS,
    Outcome.FOREIGN: Side.DIFFERS,
    Outcome.TIMED_OUT: Side.DIFFERS,
    Outcome.CRASHED: Side.SKIPPED,
    Outcome.ERROR: Side.SKIPPED,
}


class ClosedJudge:
    """Replays a chain by one build after the other; GivenUp ends what runs. It is to be closed."""

    def __init__(self, case: Case) -> None:
        """`case` is all of the replays but the actor."""
        self._case = case
        self._workers = WorkerProcesses(1, _NO_LIMIT)

    def __call__(self, actor: str) -> Result:
        """What comes of the chain by a build."""
        future = self._workers.submit(judge, replace(self._case, actor=actor))
        while True:
            go_on()
            try:
                return future.result(_LOOK_SECONDS)
            except TimeoutError:
                continue
            except WorkerCrashed as error:
                return failed(self._case, Outcome.CRASHED, str(error))

    def close(self) -> None:
        """Ends the process."""
        self._workers.kill()


def side_of(result: Result) -> Side:
    """On which side a build is; raises ChainviewError where that is nothing that the build could help."""
    if result.outcome is Outcome.DAMAGED:
        raise ChainviewError(f"{result.name} can't judge a build: {result.says[0]}")
    return _SIDES[result.outcome]


def require_usable(case: Case) -> None:
    """Raises ChainviewError, before anything is built, for a chain by which nothing can be judged."""
    if Path(case.path).exists() and find_family(case.path) is not None:
        return
    request = request_of(case)
    with closing(open_chain(case.path)) as opened:
        recording, held = request.recorded(opened)
        if not held.sound:
            raise ChainviewError(f"{case.path} can't judge a build: {held.where}")
        request.require_state_unknown(recording)
        if not recording.starts:
            raise ChainviewError(f"{case.path} can't judge a build: no call is recorded in it")

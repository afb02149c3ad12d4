"""What the status line tells of building and of the suite."""

from __future__ import annotations

from dataclasses import replace

from chainview.ui.builds.build_pane import ROLES
from chainview.ui.lines.line import UNTOLD, Told
from chainview.ui.lines.status import Figures
from chainview.workbench.rebuilding.attempt import Attempt, Stage
from chainview.workbench.rebuilding.suite_run import SuiteState


def told_in(figures: Figures, attempt: Attempt | None, suite: SuiteState | None) -> Figures:
    """The figures, with what the build command and the suite are at."""
    return replace(figures, build=_build(figures.build, attempt), suite=_suite(suite))


def attempt_told(attempt: Attempt) -> Told:
    """What a run of the command comes to."""
    mark, role = ROLES[attempt.stage]
    return tuple([f"{mark} {each}" for each in attempt.forms]), role


def _build(newest: Told, attempt: Attempt | None) -> Told:
    """What is being built, or could not be, goes before what was built last; that is told with how it was built."""
    if attempt is None or attempt.stage is Stage.ENDED:
        return newest
    if newest == UNTOLD or not attempt.stage.over or attempt.stage.is_failure:
        return attempt_told(attempt)
    forms, role = newest
    return (*[f"{forms[0]}, {each}" for each in attempt.forms[:1]], *forms), role


def _suite(state: SuiteState | None) -> Told:
    if state is None:
        return UNTOLD
    role = "dim" if not state.over else "warn" if state.problem or state.failing else "good"
    return state.forms, role

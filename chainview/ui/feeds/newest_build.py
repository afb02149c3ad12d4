"""The newest build of the running actor's module: what the status line tells of it, and what becomes of it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from chainview.replay.run.build_notes import BuildState
from chainview.ui.lines.line import UNTOLD, Told

if TYPE_CHECKING:
    from chainview.actor.watch.trouble import WatchTrouble
    from chainview.workbench.build import Build, BuildWatchLike

Watch = Callable[[Callable[["Build"], None]], "BuildWatchLike"]
"""Makes a watch of a module that tells, on threads of its own, every step of every build."""

BUILD_MARKS = {
    BuildState.IDENTICAL: ("✓", "good"),
    BuildState.ACCEPTED: ("✓", "good"),
    BuildState.DIVERGED: ("≠", "warn"),
    BuildState.BROKEN: ("✖", "warn"),
    BuildState.TAKEN: ("≠", "accent"),
    BuildState.WITHDRAWN: ("≠", "warn"),
    BuildState.KEPT_OUT: ("≠", "dim"),
    BuildState.STOPPED: ("✖", "dim"),
}
_OTHERWISE = (BuildState.ACCEPTED, BuildState.TAKEN, BuildState.WITHDRAWN)
"""Those of builds that run and do something differently."""
_LEFT_OUT = (BuildState.KEPT_OUT, BuildState.STOPPED)


class NewestBuild:
    """The newest build that a watch has told of, and what can be done about it."""

    def __init__(self, watch: Watch) -> None:
        self._build: Build | None = None
        self.begun_ns = 0
        """When it was first told of, in ns of the monotonic clock."""
        self._watch = watch(self._told)

    def _told(self, build: Build) -> None:
        # The check of an older build may end after that of a newer one has begun.
        before = 0 if self._build is None else self._build.number
        if build.number > before:
            self.begun_ns = time.monotonic_ns()
        if build.number >= before:
            self._build = build

    @property
    def says(self) -> Told:
        """The build in fewer and fewer words, with the role they are shown in; empty before there is a new one."""
        build = self._build
        if build is None:
            return UNTOLD
        mark, role = BUILD_MARKS.get(build.state, ("…", "dim"))
        return tuple([f"{mark} {each}" for each in (*build.forms, f"build {build.number}")]), role

    @property
    def build(self) -> Build | None:
        """The build; None before there is a new one."""
        return self._build

    @property
    def trouble(self) -> WatchTrouble:
        """How the watch itself is."""
        return self._watch.trouble

    @property
    def waits(self) -> bool:
        """Whether it differs, so that it is for a person to take it or not."""
        return self._build is not None and self._build.state is BuildState.DIVERGED

    @property
    def runs_otherwise(self) -> bool:
        """Whether it runs and does something differently, accepted or not."""
        return self._build is not None and self._build.state in _OTHERWISE

    @property
    def can_be_taken(self) -> bool:
        """Whether a person may still take it, also one that was left out, or whose check was stopped.

        One that runs can be accepted again where it is accepted no longer.
        """
        open_ = (*_LEFT_OUT, BuildState.WITHDRAWN)
        return self.waits or (self._build is not None and self._build.state in open_)

    def start(self) -> None:
        """Starts watching."""
        self._watch.start()

    def take(self) -> None:
        """Accepts what the build does differently, and goes on with it."""
        self._watch.take()

    def keep(self) -> None:
        """Leaves the build, which differs, out."""
        self._watch.keep()

    @property
    def checked_now(self) -> bool:
        """Whether its check is under way."""
        return self._build is not None and self._build.state is BuildState.CHECKING

    def stop(self) -> bool:
        """Ends the check that is under way; whether there is one."""
        return self._watch.stop()

    def judge_again(self) -> None:
        """Checks a build that differs once more, since what is accepted may have changed."""
        self._watch.judge_again()

    def look_at_rules(self) -> None:
        """Checks a build once more where a rule has ended by now, or was changed by another program."""
        self._watch.look_at_rules()

    def close(self) -> None:
        """Ends watching."""
        self._watch.close()

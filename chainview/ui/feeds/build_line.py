"""New builds of the running actor's module, as the status line tells them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from chainview.ui.lines.blocks import Span
from chainview.workbench.build import BuildState

if TYPE_CHECKING:
    from chainview.actor.session.status import SessionLike
    from chainview.workbench.build import Build, BuildWatchLike

Watch = Callable[["SessionLike", Callable[["Build"], None]], "BuildWatchLike"]
"""Makes a watch of a session's module that tells, on threads of its own, every step of every build."""

_MARKS = {
    BuildState.IDENTICAL: ("✓", "good"),
    BuildState.ACCEPTED: ("✓", "good"),
    BuildState.DIVERGED: ("≠", "warn"),
    BuildState.BROKEN: ("✖", "warn"),
    BuildState.TAKEN: ("≠", "warn"),
    BuildState.KEPT_OUT: ("≠", "dim"),
}


class Builds:
    """The newest build that a watch has told of, and what can be done about it."""

    def __init__(self, watch: Watch, session: SessionLike) -> None:
        self._newest: Build | None = None
        self._watch = watch(session, self._told)

    def _told(self, build: Build) -> None:
        # The check of an older build may end after that of a newer one has begun.
        if self._newest is None or build.number >= self._newest.number:
            self._newest = build

    @property
    def says(self) -> Span:
        """The newest build in a few words, with the role they are shown in; empty before there is a new one."""
        build = self._newest
        if build is None:
            return "", "dim"
        mark, role = _MARKS.get(build.state, ("…", "dim"))
        return f"{mark} {build.text}", role

    @property
    def newest(self) -> Build | None:
        """The newest build; None before there is a new one."""
        return self._newest

    @property
    def waits(self) -> bool:
        """Whether the newest build differs, so that it is for a person to take it or not."""
        return self._newest is not None and self._newest.state is BuildState.DIVERGED

    def start(self) -> None:
        """Starts watching."""
        self._watch.start()

    def take(self) -> None:
        """Accepts what the newest build does differently, and goes on with it."""
        self._watch.take()

    def keep(self) -> None:
        """Leaves the newest build, which differs, out."""
        self._watch.keep()

    def judge_again(self) -> None:
        """Checks a build that differs once more, since what is accepted may have changed."""
        self._watch.judge_again()

    def close(self) -> None:
        """Ends watching."""
        self._watch.close()

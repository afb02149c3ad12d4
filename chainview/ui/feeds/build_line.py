"""New builds of the running actor's module, as the status line tells them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from chainview.ui.lines.blocks import Span

if TYPE_CHECKING:
    from chainview.ui.feeds.ports import BuildPort, BuildsPort, SessionPort

Watch = Callable[["SessionPort", Callable[["BuildPort"], None]], "BuildsPort"]
"""Makes a watch of a session's module that tells, on threads of its own, every step of every build."""

_MARKS = {
    "identical": ("✓", "good"),
    "accepted": ("✓", "good"),
    "diverged": ("≠", "warn"),
    "broken": ("✖", "warn"),
    "taken": ("≠", "warn"),
    "kept out": ("≠", "dim"),
}


class Builds:
    """The newest build that a watch has told of, and what can be done about it."""

    def __init__(self, watch: Watch, session: SessionPort) -> None:
        self._newest: BuildPort | None = None
        self._watch = watch(session, self._told)

    def _told(self, build: BuildPort) -> None:
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
    def newest(self) -> BuildPort | None:
        """The newest build; None before there is a new one."""
        return self._newest

    @property
    def waits(self) -> bool:
        """Whether the newest build differs, so that it is for a person to take it or not."""
        return self._newest is not None and self._newest.state == "diverged"

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

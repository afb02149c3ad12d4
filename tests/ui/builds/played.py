"""Builds that a test makes up."""

from __future__ import annotations

from chainview.replay.run.build_notes import BuildState
from chainview.system.errors import ChainviewError
from chainview.workbench.build import Build
from chainview.workbench.rebuilding.attempt import Attempt, Stage
from chainview.workbench.rebuilding.session_builds import SessionBuild

FAILS = (
    "   Compiling counter v0.1.0\nwarning: unused variable: `x`\n --> src/lib.rs:3:9\n"
    + "note: a line of a note\n" * 60
    + "error[E0308]: mismatched types\n --> src/lib.rs:7:9\n  |\n7 | broken\n"
    + "error: no such macro\n --> src/lib.rs:9:1\n"
    + "  = help: a line of help\n" * 40
)


class PlayedBuilds:
    """Builds whose replays are the test's."""

    def __init__(self, *builds: SessionBuild) -> None:
        self.held, self.asked, self.let_go = list(builds), list[tuple[str, ...]](), 0

    def all(self) -> list[SessionBuild]:
        return self.held

    def replay(self, key: str) -> None:
        self.asked.append((key,))
        raise ChainviewError("that can't be replayed")

    def against(self, *keys: str) -> None:
        self.asked.append(keys)
        raise ChainviewError("those can't be compared")

    def attempted(self, attempt: Attempt) -> None:
        """Notes nothing."""


def listed() -> PlayedBuilds:
    """Four builds, one of which was let go."""
    first = SessionBuild("1", 10**9, Build(1, "a", BuildState.TAKEN), size=1000)
    same = SessionBuild("2", 2 * 10**9, Build(2, "b", BuildState.IDENTICAL, 7, 7), size=2000, is_held=True)
    brief = ("differs at 6: runtime.log, only its number format", "differs at 6: runtime.log")
    differs = SessionBuild("3", 3 * 10**9, Build(3, "c", BuildState.DIVERGED, brief=brief), size=3000, is_held=True)
    failed = SessionBuild("attempt 9", 4 * 10**9, attempt=Attempt(9, Stage.FAILED, errors=2, cause="error: bad"))
    return PlayedBuilds(first, same, differs, failed)

"""What goes on beside an actor that is being changed: building, its suite, and the builds so far."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from chainview.replay.run.build_notes import BuildState
from chainview.system.errors import ChainviewError
from chainview.workbench.build import Build
from chainview.workbench.rebuilding.attempt import Attempt
from chainview.workbench.rebuilding.session_builds import SessionBuilds

if TYPE_CHECKING:
    from chainview.actor.session.session import Session
    from chainview.workbench.build_watch import BuildWatch
    from chainview.workbench.rebuilding.builder import Builder
    from chainview.workbench.rebuilding.suite_run import SuiteRun


class Workshop:
    """Begins what is to go on beside a session, tells of it, and ends all of it."""

    def __init__(
        self,
        builder: Callable[[Callable[[Attempt], None]], Builder] | None = None,
        suite: Callable[[], SuiteRun] | None = None,
    ) -> None:
        """`builder` makes what runs the build command, where there is one. `suite` makes what runs the suite.

        It raises ChainviewError where there is none to run.
        """
        self.builds = SessionBuilds()
        self.builder = None if builder is None else builder(self.builds.attempted)
        self.suite: SuiteRun | None = None
        self.without_suite = ""
        """Why there is no suite."""
        self._make_suite = suite
        self._begun = self._closed = False
        self._seen = 0
        self._lock = threading.Lock()

    def start(self) -> None:
        """Begins to build, and looks for a suite; once."""
        with self._lock:
            if self._begun or self._closed:
                return
            self._begun = True
        try:
            self.suite = None if self._make_suite is None else self._make_suite()
        except ChainviewError as error:
            self.without_suite = error.sentence
        if self.builder is not None:
            self.builder.start()

    def begin(self, session: Session, watch: BuildWatch) -> None:
        """A session has started, whose builds a watch tells."""
        self._seen = watch.build.number
        self.builds.begin(session, watch.build, session.loaded)

    def told(self, build: Build, watch: BuildWatch) -> None:
        """What becomes of a build; a new one goes through the suite, and what is no module any more does not."""
        newest = watch.newest
        self.builds.came(build, newest if newest is not None and newest.file.sha256 == build.sha256 else None)
        suite, is_new = self.suite, build.number > self._seen
        self._seen = max(self._seen, build.number)
        if suite is None or not is_new:
            return
        if build.state is BuildState.BROKEN:
            suite.stop(f"build {build.number:,} can't be used, so that the suite has nothing to try")
        else:
            suite.begin(build.number)

    def close(self) -> None:
        """Ends building and the suite, with all that they began; safe to repeat."""
        with self._lock:
            self._closed = True
        if self.builder is not None:
            self.builder.close()
        if self.suite is not None:
            self.suite.close()

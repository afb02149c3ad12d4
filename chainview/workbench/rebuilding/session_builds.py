"""The builds of a session: what each came to, and, as long as they are held, their modules to be replayed once more."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from chainview.system.errors import ChainviewError
from chainview.workbench.build import Build
from chainview.workbench.rebuilding.attempt import Attempt

if TYPE_CHECKING:
    from chainview.actor.engine.loading import LoadedModule
    from chainview.actor.limits import Limits
    from chainview.actor.module import ModuleFile
    from chainview.actor.session.session import Session
    from chainview.workbench.replay_thread import ReplayThread

MOST_BUILDS = 200
MOST_MODULES, MOST_BYTES = 32, 64 << 20
"""Modules that are held, and their bytes together; the two newest are held whatever their size."""


@dataclass(frozen=True, slots=True)
class SessionBuild:
    """A build of the module, or a run of the build command that made none, and when it came.

    `key` names it among the others. `is_held` says that its module is still there to be replayed.
    """

    key: str
    time_ns: int
    build: Build | None = None
    attempt: Attempt | None = None
    size: int = 0
    is_held: bool = False

    @property
    def name(self) -> str:
        """What it is called."""
        return f"build {self.build.number:,}" if self.build is not None else "no build"


class SessionBuilds:
    """Those of the session that runs, the oldest first; any thread may add one. Very old ones are let go."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._session: Session | None = None
        self._builds: dict[str, SessionBuild] = {}
        self._modules: dict[str, ModuleFile] = {}
        self.let_go = 0
        """How many are not among them any more."""

    def begin(self, session: Session, first: Build, loaded: LoadedModule | None) -> None:
        """Another session begins, with its first build."""
        with self._lock:
            self._session = session
            self._builds.clear()
            self._modules.clear()
            self.let_go = 0
        self.came(first, loaded)

    def came(self, build: Build, loaded: LoadedModule | None) -> None:
        """What a build comes to by now; `loaded` is its module, where it could be loaded."""
        key = str(build.number)
        with self._lock:
            known = self._builds.get(key) or SessionBuild(key, time.time_ns())
            if loaded is not None and loaded.file.sha256 == build.sha256 and key not in self._modules:
                self._modules[key] = loaded.file
                known = replace(known, size=len(loaded.file.data), is_held=True)
            self._builds[key] = replace(known, build=build)
            self._let_go()

    def attempted(self, attempt: Attempt) -> None:
        """A run of the build command is over; one that failed is among the builds."""
        if attempt.stage.is_failure:
            key = f"attempt {attempt.number}"
            with self._lock:
                self._builds[key] = SessionBuild(key, attempt.ended_ns, attempt=attempt)
                self._let_go()

    def all(self) -> list[SessionBuild]:
        """The builds, the oldest first."""
        with self._lock:
            return list(self._builds.values())

    def _let_go(self) -> None:
        while len(self._builds) > MOST_BUILDS:
            oldest = next(iter(self._builds))
            del self._builds[oldest]
            self._modules.pop(oldest, None)
            self.let_go += 1
        while len(self._modules) > 2 and (
            len(self._modules) > MOST_MODULES or sum(len(each.data) for each in self._modules.values()) > MOST_BYTES
        ):
            oldest = next(iter(self._modules))
            del self._modules[oldest]
            self._builds[oldest] = replace(self._builds[oldest], is_held=False)

    # Replays

    def replay(self, key: str) -> ReplayThread:
        """A replay of what the session recorded so far by a build; raises ChainviewError where that can't be."""
        from chainview.workbench.rebuilding.builds_replay import replay_by

        path, limits, (file,) = self._given(key)
        return replay_by(f"replay of {path.name} by build {key}", path, limits, file)

    def against(self, key: str, other: str) -> ReplayThread:
        """What two builds make of what the session recorded, against each other; raises ChainviewError likewise."""
        from chainview.workbench.rebuilding.builds_replay import BuildsDiff

        path, limits, files = self._given(key, other)
        return BuildsDiff((f"build {key}", f"build {other}"), path, limits, files)

    def _given(self, *keys: str) -> tuple[Path, Limits, tuple[ModuleFile, ...]]:
        with self._lock:
            session, files = self._session, tuple([self._modules[each] for each in keys if each in self._modules])
            known = [self._builds[each] for each in keys if each in self._builds]
        path = None if session is None else session.chain_path
        if session is None or path is None:
            raise ChainviewError("there is no chain yet that a build could be put through")
        unmade = next((each.attempt for each in known if each.attempt is not None), None)
        if unmade is not None:
            raise ChainviewError(f"no module was made then: {unmade.cause or unmade.forms[0]}")
        if any(not each.size for each in known):
            raise ChainviewError("that build is no module that could be replayed")
        if len(files) < len(keys):
            raise ChainviewError("its module is not held any more: only those of the newest builds are")
        return path, session.options.limits, files

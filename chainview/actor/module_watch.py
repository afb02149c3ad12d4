"""Noticing new builds of a module: known by their content, and only once they are written whole."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

from chainview.actor.engine.loading import LoadedModule, compile_module, read_module
from chainview.actor.limits import DEFAULT_LIMITS, Limits
from chainview.actor.module import ModuleError

SETTLED_SECONDS = 0.4
"""How long a file that does not load must stay as it is before it counts as a broken build, not a half-written one."""
_STEP_MS, _GROUP_MS, _LOOK_MS = 20, 200, 200


class ModuleWatch:
    """Watches the folder of a module's file, on a thread of its own: a watch on the file goes silent after a rename.

    `on_build` is told each content that loads and differs from the last one, `on_broken` one that does not load, once
    it no longer changes; both on that thread. `sha256` is the content that is known at the start.
    """

    def __init__(
        self,
        path: Path,
        sha256: str,
        on_build: Callable[[LoadedModule], None],
        on_broken: Callable[[ModuleError], None],
        limits: Limits = DEFAULT_LIMITS,
    ) -> None:
        self._path = path
        self._known = sha256
        self._on_build = on_build
        self._on_broken = on_broken
        self._limits = limits
        self._failed: ModuleError | None = None
        self._changed_at = 0.0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._work, name="module watch", daemon=True)

    def start(self) -> None:
        """Starts watching."""
        self._thread.start()

    def close(self) -> None:
        """Ends watching; a build that is being loaded is still told."""
        self._stop.set()
        if self._thread.ident is not None:
            self._thread.join(5)

    def _work(self) -> None:
        from watchfiles import watch

        name = self._path.name
        # What was saved before the watch was up is told to nobody.
        look = True
        for changes in watch(
            self._path.parent,
            watch_filter=lambda change, path: Path(path).name == name,
            step=_STEP_MS,
            debounce=_GROUP_MS,
            rust_timeout=_LOOK_MS,
            yield_on_timeout=True,
            recursive=False,
            raise_interrupt=False,
            stop_event=self._stop,
        ):
            if changes or look:
                look = False
                self._changed_at = time.monotonic()
                self._look()
            elif self._failed is not None and time.monotonic() - self._changed_at >= SETTLED_SECONDS:
                self._look()
                broken, self._failed = self._failed, None
                if broken is not None:
                    # What was known before comes back as a new build.
                    self._known = ""
                    self._on_broken(broken)

    def _look(self) -> None:
        self._failed = None
        try:
            file = read_module(self._path)
            if file.sha256 == self._known:
                return
            loaded = compile_module(file, self._limits)
        except ModuleError as error:
            self._failed = error if self._path.exists() else ModuleError(f"{self._path} is gone")
            return
        self._known = file.sha256
        self._on_build(loaded)

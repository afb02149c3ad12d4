"""One watch of a module for all the actors of a family that run it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from chainview.actor.engine.loading import LoadedModule
from chainview.actor.limits import Limits
from chainview.actor.manifest import Target
from chainview.actor.module import ModuleError
from chainview.actor.watch.module_watch import ModuleWatch
from chainview.actor.watch.trouble import WatchTrouble
from chainview.workbench.turns import Turns

_Built = Callable[[LoadedModule], None]
_Broken = Callable[[ModuleError], None]


@dataclass(slots=True)
class _Shared:
    watch: ModuleWatch
    sha256: str
    """The module that was there when the watch began."""
    last: LoadedModule | None = None
    """The build that was told last."""
    past: set[str] = field(default_factory=set)
    """The SHA-256 of the builds before that."""
    told: list[SharedWatch] = field(default_factory=list)
    ahead: list[SharedWatch] = field(default_factory=list)
    """Those that ran a build before the watch came upon it."""


class ModuleWatches:
    """Makes watches that are shared by those who ask for the same module; any thread may ask."""

    def __init__(self) -> None:
        self.turns = Turns()
        """Those of who puts a build through a chain: all are told of it at once."""
        self._shared: dict[tuple[Path, Path | None], _Shared] = {}
        self._lock = threading.Lock()

    def of(self, target: Target, sha256: str, on_build: _Built, on_broken: _Broken, limits: Limits) -> SharedWatch:
        """A watch of what a target names; what it is told once it was started is what `ModuleWatch` tells."""
        key = (target.module, target.manifest)
        with self._lock:
            if key not in self._shared:

                def built(loaded: LoadedModule) -> None:
                    for each in self._told_of_build(key, loaded):
                        each.on_build(loaded)

                def broken(error: ModuleError) -> None:
                    for each in self._told(key):
                        each.on_broken(error)

                self._shared[key] = _Shared(ModuleWatch(target, sha256, built, broken, limits), sha256)
            return SharedWatch(self, key, sha256, self._shared[key].watch, on_build, on_broken)

    def _told(self, key: tuple[Path, Path | None]) -> list[SharedWatch]:
        with self._lock:
            shared = self._shared.get(key)
            return [] if shared is None else list(shared.told)

    def _told_of_build(self, key: tuple[Path, Path | None], loaded: LoadedModule) -> list[SharedWatch]:
        """All but those that were spawned from that very build."""
        sha256 = loaded.file.sha256
        with self._lock:
            shared = self._shared.get(key)
            if shared is None:
                return []
            shared.past.add(shared.sha256 if shared.last is None else shared.last.file.sha256)
            shared.last = loaded
            run_already = [each for each in shared.ahead if each.sha256 == sha256]
            shared.ahead.clear()
            return [each for each in shared.told if each not in run_already]

    def begin(self, watch: SharedWatch) -> None:
        """Tells one more of what becomes of its module, and of the build that came between its start and now."""
        with self._lock:
            shared = self._shared[watch.key]
            first = not shared.told
            shared.told.append(watch)
            missed = shared.last if watch.sha256 in shared.past else None
            if missed is None and shared.watch.known != watch.sha256:
                shared.ahead.append(watch)
        if first:
            shared.watch.start()
        if missed is not None and missed.file.sha256 != watch.sha256:
            watch.on_build(missed)

    def end(self, watch: SharedWatch) -> None:
        """Tells one no more; nothing is watched for nobody."""
        with self._lock:
            shared = self._shared.get(watch.key)
            if shared is None or watch not in shared.told:
                return
            shared.told.remove(watch)
            if watch in shared.ahead:
                shared.ahead.remove(watch)
            last = not shared.told
            if last:
                del self._shared[watch.key]
        if last:
            shared.watch.close()


@dataclass(frozen=True, slots=True, eq=False)
class SharedWatch:
    """One's share in the watch of a module."""

    watches: ModuleWatches
    key: tuple[Path, Path | None]
    sha256: str
    watch: ModuleWatch
    on_build: _Built
    on_broken: _Broken

    @property
    def trouble(self) -> WatchTrouble:
        """How the watch itself is."""
        return self.watch.trouble

    def start(self) -> None:
        """Is told of builds from now on."""
        self.watches.begin(self)

    def close(self) -> None:
        """Is told no more."""
        self.watches.end(self)

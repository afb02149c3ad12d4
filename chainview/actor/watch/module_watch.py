"""Noticing new builds of a module: known by their content, and only once they are written whole."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from pathlib import Path

from chainview.actor.engine.loading import LARGEST_MODULE, LoadedModule, compile_module, read_module
from chainview.actor.limits import DEFAULT_LIMITS, Limits
from chainview.actor.manifest import Target, read_manifest
from chainview.actor.module import ModuleError
from chainview.actor.watch.trouble import (
    MANIFEST_CHANGED,
    MANIFEST_UNUSABLE,
    MODULE_GONE,
    OUT_OF_REACH,
    WatchTrouble,
)
from chainview.actor.watch.watching import Watching
from chainview.system.errors import words_of
from chainview.system.files.text_file import read_regular
from chainview.system.files.working_folder import WorkingFolder

SETTLED_SECONDS = 0.4
"""How long a file that does not load must stay as it is before it counts as a broken build, not a half-written one."""
SURE_SECONDS = 2.5
"""After how long without a change the content is read once more: two writes within it may leave the same time."""


class ModuleWatch:
    """Watches what a target names, a module or a manifest and its package, on a thread of its own.

    `on_build` is told each content that loads and differs from the last one, `on_broken` one that does not load, once
    it no longer changes; both on that thread. A file that is gone is no build: `trouble` says so, and whatever else
    there is to say of the watch itself. `sha256` is the content that is known at the start.
    """

    def __init__(
        self,
        target: Target,
        sha256: str,
        on_build: Callable[[LoadedModule], None],
        on_broken: Callable[[ModuleError], None],
        limits: Limits = DEFAULT_LIMITS,
    ) -> None:
        self._target = self._started_with = target
        self._known = sha256
        self._on_build = on_build
        self._on_broken = on_broken
        self._limits = limits
        self._folder = WorkingFolder()
        self._module_trouble = self._manifest_trouble = WatchTrouble()
        self._failed: ModuleError | None = None
        self._manifest_failed: ModuleError | None = None
        self._told_broken = ""
        self._changed_at = 0.0
        self._sure = True
        advice = "; start afresh to watch it again"
        self._watching = Watching(self._step, "module watch", "the module is", advice)

    @property
    def known(self) -> str:
        """The SHA-256 of the content that it would not tell as a new one; empty where it would tell any."""
        return self._known

    @property
    def trouble(self) -> WatchTrouble:
        """How the watch itself is: what it can't find, and whether it is told of changes."""
        manifest, module = self._manifest_trouble, self._module_trouble
        if manifest.short == MANIFEST_UNUSABLE and module.short in ("", MODULE_GONE):
            # What is missing may be what the manifest named last, before it was spoilt.
            follows = module.sentence or f"{self._target.module} is still watched"
            manifest = WatchTrouble(manifest.short, f"{manifest.sentence}; {follows}")
            module = WatchTrouble()
        troubles = self._watching.ended, module, manifest, self._watching.lookout.trouble
        return next((each for each in troubles if each.short), WatchTrouble())

    def start(self) -> None:
        """Starts watching."""
        self._watching.start()

    def close(self) -> None:
        """Ends watching; a build that is being loaded is still told."""
        self._watching.close()

    def _step(self) -> None:
        changed = self._watching.lookout.changed(self._names())
        now = time.monotonic()
        if changed:
            self._changed_at, self._sure = now, False
            self._look()
            return
        quiet = now - self._changed_at
        if quiet >= SETTLED_SECONDS and (self._failed is not None or self._manifest_failed is not None):
            self._look()
            self._tell_failures()
        elif quiet >= SURE_SECONDS and not self._sure:
            self._sure = True
            self._look()

    def _names(self) -> list[Path]:
        target = self._target
        return [self._folder.absolute(each) for each in (target.manifest, target.module) if each is not None]

    def _look(self) -> None:
        self._failed = self._manifest_failed = None
        self._look_at_manifest()
        self._look_at_module()

    def _look_at_manifest(self) -> None:
        manifest = self._target.manifest
        if manifest is None:
            return
        try:
            self._target = read_manifest(self._folder.readable(manifest), built=False)
        except ModuleError as error:
            self._manifest_failed = error
            return
        self._manifest_trouble = WatchTrouble()
        if self._target.initial_state != self._started_with.initial_state:
            said = f"{manifest} gives another initial_state than the one the actor began with: start afresh to use it"
            self._manifest_trouble = WatchTrouble(MANIFEST_CHANGED, said)

    def _look_at_module(self) -> None:
        try:
            file = read_module(self._folder.readable(self._target.module))
            self._module_trouble = WatchTrouble()
            if file.sha256 == self._known:
                return
            loaded = compile_module(file, self._limits)
        except ModuleError as error:
            self._failed = error
            return
        self._known, self._told_broken = file.sha256, ""
        self._on_build(loaded)

    def _tell_failures(self) -> None:
        """Tells what can't be used although nobody writes to it any more."""
        if self._manifest_failed is not None:
            self._manifest_trouble = WatchTrouble(MANIFEST_UNUSABLE, self._manifest_failed.sentence)
            self._manifest_failed = None
        broken, self._failed = self._failed, None
        if broken is None:
            return
        # What was known before comes back as a new build.
        self._known = ""
        path = self._folder.readable(self._target.module)
        self._module_trouble = _absence(path)
        if self._module_trouble.short:
            return
        content = _content(path)
        if content != self._told_broken:
            self._told_broken = content
            self._on_broken(broken)


def _absence(path: Path) -> WatchTrouble:
    """That there is no such file, or that nobody can tell, as in a folder that may not be entered."""
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return WatchTrouble(MODULE_GONE, f"{path} is gone: it is used as soon as it is built again")
    except OSError as error:
        said = (
            f"{path} can't be reached ({words_of(error)}): it is looked at every second, and used as soon as it can be"
        )
        return WatchTrouble(OUT_OF_REACH, said)
    return WatchTrouble()


def _content(path: Path) -> str:
    """What tells one broken file from another."""
    try:
        return hashlib.sha256(read_regular(path, LARGEST_MODULE)).hexdigest()
    except OSError as error:
        return str(error)

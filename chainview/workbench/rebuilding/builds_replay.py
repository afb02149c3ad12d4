"""What the builds of a session make of what it recorded: one replayed, or two against each other."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from chainview.actor.engine.loading import compile_module
from chainview.actor.limits import Limits
from chainview.actor.module import ModuleFile
from chainview.chain.files.opened import OpenedChain, open_chain
from chainview.replay.explain.diff import diff_recordings
from chainview.replay.explain.rules.store import rules_file
from chainview.replay.run.recording import Recording
from chainview.replay.run.replay import Replay
from chainview.system.errors import ChainviewError
from chainview.workbench.build_check import CHECK_TIMEOUT
from chainview.workbench.replay_thread import Begun, Progress, ReplayThread, Stage


def replay_by(name: str, path: Path, limits: Limits, file: ModuleFile) -> ReplayThread:
    """A replay of a chain by a module that need not be in its file any more."""
    limits = _bounded(limits)

    def begin(opened: OpenedChain) -> Begun:
        replay = Replay(Recording.of(opened.load()), compile_module(file, limits), limits=limits)
        return Begun(opened.table, replay, rules_file(path))

    return ReplayThread(name, lambda: open_chain(path), begin)


class BuildsDiff(ReplayThread):
    """Has two builds make a recorded chain anew, and compares what they made; the first counts as recorded."""

    def __init__(self, names: tuple[str, str], path: Path, limits: Limits, modules: tuple[ModuleFile, ...]) -> None:
        super().__init__(" ↔ ".join(names), lambda: open_chain(path), self._compared)
        self._names, self._path, self._limits, self._modules = names, path, _bounded(limits), modules
        self._replay: Replay | None = None

    def _compared(self, opened: OpenedChain) -> Begun:
        # What stands on that side is made first.
        self.recorded = None
        made = [self._made(opened, at, file) for at, file in enumerate(self._modules)]
        self.progress = Progress(Stage.EXPLAINING)
        one, other = made
        found = diff_recordings(one, other, names=self._names)
        self.recorded, self.now = one.table, other.table
        return Begun(one.table, found, rules_file(self._path))

    def _made(self, opened: OpenedChain, at: int, file: ModuleFile) -> Recording:
        """What a build makes of the chain."""
        recording = Recording.of(opened)
        replay = self._replay = Replay(recording, compile_module(file, self._limits), limits=self._limits)
        calls = len(recording.starts)
        self.progress = Progress(Stage.REPLAYING, at * calls, 2 * calls)
        for made in replay.steps():
            if self._stopped or self._closing:
                raise ChainviewError("comparing the builds was stopped")
            self.progress = Progress(Stage.REPLAYING, at * calls + made, 2 * calls)
        header = None if opened.header is None else replace(opened.header, module_sha256=file.sha256)
        return Recording(replay.now, opened.schema, header)

    def _interrupt(self) -> None:
        replay = self._replay
        if replay is not None:
            replay.interrupt()

    @property
    def made_by(self) -> tuple[str, str]:
        """Both builds."""
        return self._names

    @property
    def accepts_nothing(self) -> str:
        """What two builds do differently is no difference from what was recorded."""
        return "two builds are compared here: what differs is accepted where one of them is replayed"


def _bounded(limits: Limits) -> Limits:
    """Those under which new builds are checked."""
    return replace(limits, timeout=min(CHECK_TIMEOUT, limits.timeout))

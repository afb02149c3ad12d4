"""New builds of a running actor: each is put through the chain recorded so far, and taken when it behaves the same."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from chainview.actor.hosts.provided import refuse_missing
from chainview.actor.module import LoadedModule, ModuleError
from chainview.actor.session import Phase, Session
from chainview.actor.watching import ModuleWatch
from chainview.chain.native_entry import Note
from chainview.chain.opened import OpenedChain, open_chain
from chainview.errors import ChainviewError
from chainview.replay.driver import Replay
from chainview.replay.recording import Recording
from chainview.replay.serving import Mode

CHECK_TIMEOUT = 5.0
"""Seconds a replayed call may take: a check must not wait for a new endless loop as long as a live call may."""
_CALL_LOOK_SECONDS = 0.02


class BuildState(StrEnum):
    """What is known of a build."""

    CHECKING = "checking"
    IDENTICAL = "identical"
    DIVERGED = "diverged"
    BROKEN = "broken"
    TAKEN = "taken"


@dataclass(frozen=True, slots=True)
class Build:
    """A build: its number, from 1 for the one that was started, its SHA-256, and how its check went.

    `same` of `events` recorded events were replayed equal. `message` says why it is broken, or what differs first.
    """

    number: int
    sha256: str
    state: BuildState
    same: int = 0
    events: int = 0
    message: str = ""

    @property
    def text(self) -> str:
        """One line for a status line."""
        counted = f"{self.same:,} of {self.events:,} events"
        if self.state is BuildState.IDENTICAL:
            return f"build {self.number}: identical, {counted}"
        if self.state is BuildState.CHECKING:
            return f"build {self.number}: checking, {counted}"
        return f"build {self.number}: {self.message}" if self.message else f"build {self.number}: {self.state}"


class BuildWatch:
    """Watches the module of a running session; `on_change` is told every step of every build, on threads of its own.

    An identical build is taken at once, from the state that the replay reached; any other waits for `take`. A newer
    build ends the check of an older one. `differs` tells the first difference in a sentence.
    """

    def __init__(
        self,
        session: Session,
        sha256: str,
        on_change: Callable[[Build], None],
        differs: Callable[[Recording, Replay], str],
    ) -> None:
        self._session = session
        self._on_change = on_change
        self._differs = differs
        self._number = self._running = 1
        self._newest: LoadedModule | None = None
        self._build = Build(1, sha256, BuildState.TAKEN)
        self._lock = threading.Lock()
        self._watch = ModuleWatch(
            session.options.target.module, sha256, self._built, self._broken, session.options.limits
        )

    @property
    def build(self) -> Build:
        """The newest build."""
        return self._build

    def start(self) -> None:
        """Starts watching."""
        self._watch.start()

    def close(self) -> None:
        """Ends watching; a check that runs ends at its next call."""
        with self._lock:
            self._newest = None
        self._watch.close()

    def take(self) -> None:
        """Goes on with the newest build although it differs."""
        with self._lock:
            newest, build = self._newest, self._build
        if newest is not None and build.state is BuildState.DIVERGED:
            self._adopt(newest, replace(build, state=BuildState.TAKEN, message="taken although it differs"))

    def _built(self, loaded: LoadedModule) -> None:
        with self._lock:
            self._number += 1
            self._newest = loaded
            build = Build(self._number, loaded.file.sha256, BuildState.CHECKING)
        threading.Thread(target=self._check, args=(loaded, build), name="build check", daemon=True).start()

    def _broken(self, error: ModuleError) -> None:
        with self._lock:
            self._number += 1
            self._newest = None
        self._settle(Build(self._number, "", BuildState.BROKEN, message=self._unusable(error)))

    def _unusable(self, error: ChainviewError) -> str:
        return f"can't be used, build {self._running} goes on: {error.sentence}"

    def _tell(self, build: Build) -> None:
        self._build = build
        self._on_change(build)

    def _settle(self, build: Build) -> None:
        """Tells what became of a build, and notes it in the chain."""
        data = {"build": build.number, "sha256": build.sha256, "state": build.state.value, "text": build.text}
        with suppress(ChainviewError):
            self._session.chain.note(Note("build", data))
        self._tell(build)

    def _is_newest(self, loaded: LoadedModule) -> bool:
        return self._newest is loaded

    def _check(self, loaded: LoadedModule, build: Build) -> None:
        try:
            refuse_missing(loaded, stub=self._session.options.stub)
            path = self._session.chain_path
            if path is not None:
                self._tell(build)
                self._replay(loaded, build, path)
        except ChainviewError as error:
            if self._is_newest(loaded):
                self._settle(replace(build, state=BuildState.BROKEN, message=self._unusable(error)))
        finally:
            self._session.release()

    def _replay(self, loaded: LoadedModule, build: Build, path: Path) -> None:
        opened = open_chain(path)
        replay: Replay | None = None
        try:
            opened.load()
            recording = Recording(opened.table, opened.schema, opened.header)
            limits = replace(
                self._session.options.limits, timeout=min(CHECK_TIMEOUT, self._session.options.limits.timeout)
            )
            replay = Replay(recording, loaded, Mode.PROBE, limits)
            self._catch_up(loaded, build, opened, recording, replay)
        finally:
            if replay is not None:
                replay.close()
            opened.close()

    def _catch_up(
        self, loaded: LoadedModule, build: Build, opened: OpenedChain, recording: Recording, replay: Replay
    ) -> None:
        """Replays what is recorded, then, with the session held still, what was recorded meanwhile."""
        while self._is_newest(loaded):
            for _ in replay.complete_calls():
                if replay.first_mismatch is not None or not self._is_newest(loaded):
                    break
            if replay.first_mismatch is not None:
                counted = replace(build, same=replay.first_mismatch, events=len(opened.table))
                self._settle(replace(counted, state=BuildState.DIVERGED, message=self._differs(recording, replay)))
                return
            still = self._session.hold()
            opened.grow()
            recording.grow()
            if still and replay.calls_made == len(recording.starts):
                self._adopt(loaded, replace(build, same=replay.chain.count, events=len(opened.table)))
                return
            time.sleep(0 if still else _CALL_LOOK_SECONDS)

    def _adopt(self, loaded: LoadedModule, build: Build) -> None:
        if self._session.status().phase not in (Phase.ENDED, Phase.FAILED):
            self._session.adopt(loaded)
            self._running = build.number
        state = BuildState.IDENTICAL if build.state is BuildState.CHECKING else build.state
        self._settle(replace(build, state=state))

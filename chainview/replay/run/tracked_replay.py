"""A replay whose events are held in a table as they are made, ready to be compared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from chainview.actor.engine.loading import LoadedModule
from chainview.actor.limits import DEFAULT_LIMITS, Limits
from chainview.chain.files.entries.note import Note
from chainview.chain.table import EventTable
from chainview.pack.values import Value
from chainview.replay.run.driver import Replay
from chainview.replay.run.recording import Recording
from chainview.replay.run.serving import Mode

_AT_ONCE = 4096


class TrackedReplay:
    """A recording, its replay by a module, and the events made so far in `now`. Only one thread may use it.

    Raises Unreplayable for a recording that can't be replayed, ModuleError for a module that does not start.
    """

    def __init__(
        self,
        recording: Recording,
        loaded: LoadedModule,
        mode: Mode = Mode.PROBE,
        limits: Limits = DEFAULT_LIMITS,
        *,
        initial_state: Value | None = None,
        stack_at: int | None = None,
        later: Mapping[int, LoadedModule] | None = None,
    ) -> None:
        self.recording = recording
        self.loaded = loaded
        self.mode = mode
        self.limits = limits
        self.initial_state = initial_state
        self.later = later or {}
        self.replay = Replay(
            recording, loaded, mode, limits, initial_state=initial_state, stack_at=stack_at, later=later
        )
        self.now = EventTable()
        self._made = self.replay.chain.subscribe()

    @property
    def first_mismatch(self) -> int | None:
        """The index of the first event that differs; known as soon as it happens."""
        return self.replay.first_mismatch

    def steps(self) -> Iterator[int]:
        """Replays call by call, giving the number of calls made; `now` then holds all their events."""
        for made in self.replay.steps():
            self._take()
            yield made
        self._take()

    def complete_calls(self) -> Iterator[int]:
        """Replays the calls that are over and were not made yet; may be used again once the recording has grown."""
        for made in self.replay.complete_calls():
            self._take()
            yield made

    def finish(self) -> None:
        """Ends the replay once every recorded call was made."""
        self.replay.finish()
        self._take()

    def run(self) -> TrackedReplay:
        """Replays to the end."""
        for _ in self.steps():
            pass
        return self

    def interrupt(self) -> None:
        """Ends the running call, from any thread."""
        self.replay.interrupt()

    def _take(self) -> None:
        while items := self._made.take(_AT_ONCE):
            for item in items:
                if not isinstance(item, Note):
                    self.now.append(*item)

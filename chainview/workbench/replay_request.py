"""A recorded chain and the actor that is to make it again, as a person or a program names them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chainview.actor.engine.loading import LoadedModule
    from chainview.actor.limits import Limits
    from chainview.chain.files.completeness import Completeness
    from chainview.chain.files.opened import OpenedChain
    from chainview.chain.table import EventTable
    from chainview.pack.values import Value
    from chainview.replay.explain.explanation import Explanation
    from chainview.replay.explain.rules.rule import Rule
    from chainview.replay.run.recording import Recording
    from chainview.replay.run.replay import Replay
    from chainview.workbench.replay_thread import ReplayThread


@dataclass(frozen=True, slots=True)
class ReplayRequest:
    """What is to be replayed, and how. `timeout` is in seconds, `rules` a file of accepted differences.

    Making one loads nothing: the engine takes longer than a screen's first frame.
    """

    actor: str
    chain: str
    mode: str = "probe"
    timeout: float = 30.0
    state: str | None = None
    """The initial state as a literal, where the chain does not hold it."""
    rules: Path | None = None
    recorded_module: Path | None = None
    memory: int | None = None
    """Bytes of memory that the module may hold, in place of what the chain asks for and may have."""
    ask_state: bool = True
    """Whether a module that keeps its state inside may be asked for it."""

    @property
    def name(self) -> str:
        """Chain and actor in a few words."""
        paths = [Path(each) for each in (self.chain, self.actor)]
        return " ↔ ".join([_told(path) for path in paths])

    def watched(self) -> ReplayThread:
        """The replay on a thread of its own, for a screen."""
        from chainview.chain.files.opened import open_chain
        from chainview.replay.explain.rules.store import rules_file
        from chainview.workbench.replay_thread import Begun, ReplayThread

        def begin(opened: OpenedChain) -> Begun:
            rules = rules_file(self.chain) if self.rules is None else self.rules
            return Begun(opened.table, self.replay(opened), rules, self.recorded_module)

        return ReplayThread(self.name, lambda: open_chain(self.chain), begin)

    def replay(self, opened: OpenedChain) -> Replay | Explanation:
        """The replay, ready to run; for a chain that is damaged before its first call what is said of it instead."""
        from chainview.actor.engine.loading import compile_module, read_module
        from chainview.actor.manifest import find_target
        from chainview.pack.values import String

        target = find_target(self.actor)
        file = read_module(target.module)
        # Theater's chains do not hold the state they began with; its manifests do.
        state = None if target.initial_state is None else String(target.initial_state)
        return self.replay_by(opened, lambda limits: compile_module(file, limits), state)

    def replay_by(
        self, opened: OpenedChain, compiled: Callable[[Limits], LoadedModule], begun_with: Value | None = None
    ) -> Replay | Explanation:
        """The same by a module, compiled for the limits of the chain; `begun_with` is the state where it holds none."""
        from chainview.actor.exports import exports_of, read_state
        from chainview.actor.limits import recorded_limits
        from chainview.replay.explain.subject import unusable
        from chainview.replay.run.replay import Replay
        from chainview.replay.run.serving import Mode

        recording, held = self.recorded(opened)
        if not held.sound and not recording.starts:
            return unusable(self.mode, recording)
        self.require_state_unknown(recording)
        limits = recorded_limits(recording.header.settings if recording.header else {}, self.timeout, self.memory)
        loaded = compiled(limits)
        state = None if self.state is None else read_state(self.state, exports_of(loaded, recording.schema))
        if state is None and recording.initial_state is None:
            state = begun_with
        return Replay(recording, loaded, Mode(self.mode), limits, initial_state=state)

    def recorded(self, opened: OpenedChain) -> tuple[Recording, Completeness]:
        """What is replayed of a chain, and how much of it is sound."""
        from chainview.chain.files.verification import verify
        from chainview.replay.run.recording import Recording

        soundness = verify(opened)
        recording = Recording.of(opened)
        recording.asks_state = recording.asks_state and self.ask_state
        # A capture of the main branch seldom begins with its chain: it is replayed as far as that goes.
        held = soundness.completeness_but_for_start if recording.keeps_state else soundness.completeness
        return recording.as_far_as(held), held

    def require_state_unknown(self, recording: Recording) -> None:
        """Raises ChainviewError for a state that was given to what holds it."""
        from chainview.system.errors import ChainviewError

        if self.state is not None and recording.initial_state is not None:
            raise ChainviewError(f"{self.chain} holds the state it began with: leave out --state")

    def explanation(self, opened: OpenedChain, rules: Sequence[Rule]) -> Explanation:
        """Replays and explains."""
        return self.explained(opened, rules)[0]

    def explained(
        self, opened: OpenedChain, rules: Sequence[Rule], begun: Callable[[Replay], None] = lambda replay: None
    ) -> tuple[Explanation, EventTable]:
        """Replays and explains; the second is what was made, empty where nothing could be replayed.

        `begun` is told the replay as it begins.
        """
        from chainview.chain.table import EventTable
        from chainview.replay.run.replay import Replay
        from chainview.workbench.replay_thread import explained

        replay = self.replay(opened)
        if isinstance(replay, Replay):
            begun(replay)
            found, now = explained(replay.run(), rules, self.recorded_module)[0], replay.now
        else:
            found, now = replay, EventTable()
        opened.require_unchanged()
        return found, now


def _told(path: Path) -> str:
    """A file or folder by its name, and whole what is neither, such as a device."""
    if path.exists() and not (path.is_file() or path.is_dir()):
        return str(path)
    return path.resolve().name if path.name in ("", "..") else path.name


def accepted_rules(given: Path | None, chain: str) -> list[Rule]:
    """The rules in the file given, which must be there, or in the one beside the chain, which may be missing."""
    from chainview.replay.explain.rules.store import read_rules, rules_file, rules_if_any

    return rules_if_any(rules_file(chain)) if given is None else read_rules(given)

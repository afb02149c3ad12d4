"""A recorded chain and the actor that is to make it again, as a command was given them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chainview.actor.limits import Limits
    from chainview.chain.files.opened import OpenedChain
    from chainview.pack.values import Value
    from chainview.replay.explain.explanation import Explanation
    from chainview.replay.run.recording import Recording
    from chainview.replay.run.replay import Replay
    from chainview.workbench.replay_thread import WatchedReplay


@dataclass(frozen=True, slots=True)
class ChainReplay:
    """What is to be replayed, and how. `timeout` is in seconds, `rules` a file of accepted differences."""

    actor: str
    chain: str
    mode: str = "probe"
    timeout: float = 30.0
    state: str | None = None
    """The initial state as a literal, where the chain does not hold it."""
    rules: Path | None = None
    recorded_module: Path | None = None

    @property
    def name(self) -> str:
        """Chain and actor in a few words."""
        return f"{Path(self.chain).name} ↔ {Path(self.actor).name}"

    def watched(self) -> WatchedReplay:
        """The replay on a thread of its own, for a screen."""
        from chainview.chain.files.opened import open_chain
        from chainview.replay.explain.rules import rules_file
        from chainview.workbench.replay_thread import Begun, WatchedReplay

        def begin(opened: OpenedChain) -> Begun:
            rules = rules_file(self.chain) if self.rules is None else self.rules
            return Begun(opened.table, self.replay(opened), rules, self.recorded_module)

        return WatchedReplay(self.name, lambda: open_chain(self.chain), begin)

    def replay(self, opened: OpenedChain) -> Replay | Explanation:
        """The replay, ready to run; for a chain that is not sound what is said of it instead."""
        from chainview.actor.engine.loading import compile_module, read_module
        from chainview.actor.manifest import find_target
        from chainview.chain.files.verify import verify
        from chainview.pack.values import String
        from chainview.replay.explain.verdict import unusable
        from chainview.replay.run.recording import Recording
        from chainview.replay.run.replay import Replay
        from chainview.replay.run.serving import Mode
        from chainview.system.errors import ChainviewError

        target = find_target(self.actor)
        file = read_module(target.module)
        soundness = verify(opened)
        recording = Recording(opened.table, opened.schema, opened.header, opened.notes)
        if not soundness.sound:
            return unusable(self.mode, recording, soundness)
        if self.state is not None and recording.initial_state is not None:
            raise ChainviewError(f"{self.chain} holds the state it began with: leave out --state")
        limits = _limits(recording, self.timeout)
        loaded = compile_module(file, limits)
        state = _initial_state(self.state)
        if state is None and recording.initial_state is None and target.initial_state is not None:
            # Theater's chains do not hold the state they began with; its manifests do.
            state = String(target.initial_state)
        return Replay(recording, loaded, Mode(self.mode), limits, initial_state=state)


def _limits(recording: Recording, timeout: float) -> Limits:
    """The limits that the recording was made under, but for the time."""
    from chainview.actor.limits import DEFAULT_LIMITS, Limits

    settings = recording.header.settings if recording.header else {}
    memory = settings.get("memory")
    if not isinstance(memory, int) or memory <= 0:
        memory = DEFAULT_LIMITS.memory
    return Limits(timeout, memory, fuel=settings.get("fuel") is True)


def _initial_state(text: str | None) -> Value | None:
    from chainview.pack.literal import parse_literal
    from chainview.system.errors import ChainviewError

    if text is None:
        return None
    try:
        return parse_literal(text)
    except ChainviewError as error:
        raise ChainviewError(f"--state {text} can't be read: {error.sentence}") from None

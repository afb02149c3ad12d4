"""A replay on a thread of its own, that a screen can look at while it runs."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path

from chainview.actor.engine.loading import LoadedModule
from chainview.chain.files.opened import OpenedChain
from chainview.chain.state_chain import Subscription
from chainview.chain.table import EventTable
from chainview.replay.align.alignment import Alignment
from chainview.replay.explain.comparison import LaidOut
from chainview.replay.explain.control import Control, control_experiment, module_told, recorded_modules
from chainview.replay.explain.explain import NOT_CONTROLLED, explain, laid_out
from chainview.replay.explain.explanation import Explanation, Verdict
from chainview.replay.explain.rules.rule import Rule
from chainview.replay.explain.rules.store import append_rule, remove_rule, replace_rule, rules_if_any
from chainview.replay.run.ask import Ask
from chainview.replay.run.replay import Replay
from chainview.system.errors import ChainviewError, failed_itself


class Stage(StrEnum):
    """How far a replay is."""

    OPENING = "opening"
    REPLAYING = "replaying"
    EXPLAINING = "explaining"
    DONE = "done"
    STOPPED = "stopped"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Begun:
    """A replay that is ready to run, or, for a chain of which no call is sound, what is said of it instead.

    `table` holds the recorded events, `rules` is the file of accepted differences. The module that it was recorded with
    is `recorded_module`, or is looked for among those `at_hand`, before the cache.
    """

    table: EventTable
    replay: Replay | Explanation
    rules: Path
    recorded_module: Path | None = None
    at_hand: tuple[LoadedModule, ...] = ()


@dataclass(frozen=True, slots=True)
class Progress:
    """A replay as it stands; replaced as a whole, so that any thread may read it."""

    stage: Stage = Stage.OPENING
    calls: int = 0
    of: int = 0
    """How many calls were made, of how many."""
    first_mismatch: int | None = None
    """The index of the first event that differs, from the moment it is known."""
    explanation: Explanation | None = None
    failure: ChainviewError | None = None
    asks: Sequence[Ask] = field(default_factory=tuple)
    stopped_at: int | None = None
    """The index at which the call begins in which the replay was stopped."""
    rows: Alignment | None = None
    """Where the events of both sides stand, from when all calls were made until it is known what is said of them."""

    @property
    def over(self) -> bool:
        """Whether nothing more comes."""
        return self.stage in (Stage.DONE, Stage.STOPPED, Stage.FAILED)


def explained(
    replay: Replay,
    rules: Sequence[Rule],
    given: Path | None = None,
    control: Control | None = None,
    *,
    at_hand: Sequence[LoadedModule] = (),
    laid: LaidOut | None = None,
) -> tuple[Explanation, Control]:
    """Explains a replay that was run, with the control experiment where it differs and `control` is not known yet.

    The recorded modules are looked for among those `at_hand` and the replayed one before the cache. `laid` is the
    replay laid beside its recording, where that was done already.
    """
    if replay.first_mismatch is None:
        explanation = explain(replay, rules=rules)
        told = module_told(replay, at_hand, given) if explanation.verdict is Verdict.IDENTICAL else ""
        return (replace(explanation, remarks=(told, *explanation.remarks)) if told else explanation), NOT_CONTROLLED
    if control is None:
        modules = recorded_modules(replay.recording, [*at_hand, replay.loaded], given, replay.limits)
        control = control_experiment(replay, modules)
    return explain(replay, control, rules, laid), control


def change_of(opened: OpenedChain | None, called: str) -> str:
    """What became of a chain's file, or its name, since it was opened; empty where it is what it was."""
    if opened is None:
        return ""
    change = opened.change()
    told = opened.name_lost if change is None else f"{change}: open it again"
    return f"{called} {told}" if told else ""


class ReplayThread:
    """Runs a replay and explains it. `open_` opens the chain and `begin` the module, on the thread and with errors.

    `begun` is there from the stage REPLAYING on, and `made` then holds the events as they are made.
    """

    def __init__(self, name: str, open_: Callable[[], OpenedChain], begin: Callable[[OpenedChain], Begun]) -> None:
        self.name = name
        self.progress = Progress()
        self.recorded: EventTable | None = None
        """The recorded events, once they are read: before the module is, which may not be one."""
        self.begun: Begun | None = None
        self.made: Subscription | None = None
        self.now: EventTable | None = None
        """What the recorded chain is compared with, where that is a chain of its own and nothing is made."""
        self.accepted = False
        """Whether what is accepted was changed while it was looked at."""
        self._open = open_
        self._begin = begin
        self._opened: OpenedChain | None = None
        self._control: Control | None = None
        self._stopped = self._closing = False
        self._thread = threading.Thread(target=self._guarded, args=(self._run,), name="replay", daemon=True)

    def start(self) -> None:
        """Starts the thread."""
        self._thread.start()

    def wait(self, seconds: float | None = None) -> None:
        """Waits until the thread has nothing more to do."""
        if self._thread.ident is not None:
            self._thread.join(seconds)

    @property
    def stopped(self) -> bool:
        """Whether it was ended before its end."""
        return self.progress.stage is Stage.STOPPED

    @property
    def chain_path(self) -> Path | None:
        """The file of the recorded chain, once it is open."""
        return None if self._opened is None else Path(self._opened.path)

    @property
    def change(self) -> str:
        """What became of the recorded chain's file, or its name, since it was opened; what is left is still shown."""
        return change_of(self._opened, "the recorded chain")

    def stop(self) -> None:
        """Ends the replay, interrupting the running call; nothing is explained then. From any thread."""
        self._stopped = True
        self._interrupt()

    def close(self) -> None:
        """Ends the replay, interrupting the running call, and closes the chain."""
        self._closing = True
        while self._thread.is_alive():
            self._interrupt()
            self.wait(0.1)
        if self._opened is not None:
            self._opened.close()

    def _interrupt(self) -> None:
        begun = self.begun
        if begun is not None and isinstance(begun.replay, Replay):
            begun.replay.interrupt()

    def rules(self) -> list[Rule]:
        """What is accepted now; raises ChainviewError when the rules can't be read."""
        return [] if self.begun is None else rules_if_any(self.begun.rules)

    @property
    def made_by(self) -> tuple[str, str]:
        """What made the side of recorded and that of now, where both are builds; empty elsewhere."""
        return "", ""

    @property
    def accepts_nothing(self) -> str:
        """Why nothing is accepted here; empty where a rule may be."""
        return ""

    def accept(self, rule: Rule) -> Path:
        """Adds a rule, and explains again; returns the rules' file. Raises ChainviewError."""
        if self.accepts_nothing:
            raise ChainviewError(self.accepts_nothing)
        begun = self.begun
        assert begun is not None
        append_rule(begun.rules, rule)
        self.accepted = True
        self._explain_again(begun)
        return begun.rules

    def change_rule(self, number: int, rule: Rule, other: Rule | None) -> None:
        """Puts another rule in the place of the one at that place, from 0, or none, and explains again.

        Raises ChainviewError, also when another one stands there by now.
        """
        begun = self.begun
        assert begun is not None
        if self.rules()[number : number + 1] != [rule]:
            raise ChainviewError(f"the rules in {begun.rules} have changed: look at them again")
        if other is None:
            remove_rule(begun.rules, number + 1)
        else:
            replace_rule(begun.rules, number + 1, other)
        self.accepted = True
        self._explain_again(begun)

    def _explain_again(self, begun: Begun) -> None:
        if isinstance(begun.replay, Replay):
            replay = begun.replay
            self._thread = threading.Thread(
                target=self._guarded, args=(lambda: self._explain(begun, replay),), name="replay", daemon=True
            )
            self._thread.start()

    def _guarded(self, work: Callable[[], None]) -> None:
        try:
            work()
        except ChainviewError as error:
            self.progress = Progress(Stage.FAILED, failure=error)
        # The one place where an unforeseen error of the engine or of ours becomes a message.
        except Exception as error:
            self.progress = Progress(Stage.FAILED, failure=failed_itself(error, "replayed the chain"))

    def _run(self) -> None:
        opened = self._open()
        # A screen shows it beyond this thread.
        opened.tolerate()
        self._opened = opened
        self.recorded = opened.load().table
        begun = self._begin(self._opened)
        replay = begun.replay
        if isinstance(replay, Explanation):
            self.begun = begun
            self.progress = Progress(Stage.DONE, explanation=replay)
            return
        self.made = replay.chain.subscribe()
        self.begun = begun
        of = len(replay.recording.starts)
        self.progress = Progress(Stage.REPLAYING, 0, of)
        for calls in () if self._stopped else replay.steps():
            if self._stopped:
                break
            self.progress = Progress(Stage.REPLAYING, calls, of, replay.first_mismatch)
            if self._closing:
                return
        if self._stopped:
            # The call that was interrupted says nothing of the build.
            calls, starts = self.progress.calls, replay.recording.starts
            stopped_at = starts[calls] if calls < of else None
            self.progress = replace(self.progress, stage=Stage.STOPPED, stopped_at=stopped_at)
            return
        self._explain(begun, replay)

    def _explain(self, begun: Begun, replay: Replay) -> None:
        of = len(replay.recording.starts)
        self.progress = Progress(Stage.EXPLAINING, of, of, replay.first_mismatch)
        laid = laid_out(replay) if self._control is None and replay.first_mismatch is not None else None
        if laid is not None:
            self.progress = replace(self.progress, rows=laid.rows, asks=tuple(replay.asks))
        rules, given = rules_if_any(begun.rules), begun.recorded_module
        explanation, self._control = explained(replay, rules, given, self._control, at_hand=begun.at_hand, laid=laid)
        if self._opened is not None:
            self._opened.require_unchanged()
        self.progress = Progress(Stage.DONE, of, of, replay.first_mismatch, explanation, asks=tuple(replay.asks))

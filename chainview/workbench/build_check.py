"""A build that is put through the chain of a running session, which may go on meanwhile."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from chainview.actor.engine.loading import LoadedModule
from chainview.actor.session.session import Session
from chainview.chain.files.opened import open_chain
from chainview.pack.values import Value
from chainview.replay.explain.explanation import Explanation, Verdict
from chainview.replay.explain.rules.rule import Rule
from chainview.replay.explain.rules.store import rules_file, rules_if_any
from chainview.replay.families.findings import time_of_first
from chainview.replay.run.build_notes import BuildState
from chainview.replay.run.recording import Recording
from chainview.replay.run.replay import Replay
from chainview.workbench.replay_thread import explained
from chainview.workbench.turns import Turn

CHECK_TIMEOUT = 5.0
"""Seconds a replayed call may take: a check must not wait for a new endless loop as long as a live call may."""
_CALL_LOOK_SECONDS = 0.02


def outcome(verdict: Verdict, *, blameless: bool) -> BuildState:
    """What a check comes to: a build goes on by itself unless it is at fault for something that no rule accepts.

    `blameless` says that what differs is what no build makes as recorded.
    """
    if blameless or verdict is Verdict.IDENTICAL:
        return BuildState.IDENTICAL
    return BuildState.ACCEPTED if verdict is Verdict.ACCEPTED else BuildState.DIVERGED


class BuildCheck:
    """Replays a session's chain with a build, then, the session held still, what was recorded meanwhile.

    `wanted` tells whether anybody still asks for the build; `waits` is called once where it is identical so far and the
    running call of the session has to end before it can be taken. Raises Unreplayable for a chain that can't be
    replayed, ModuleError for a module that does not start.
    """

    def __init__(
        self,
        session: Session,
        chain: Path,
        loaded: LoadedModule,
        wanted: Callable[[], bool],
        waits: Callable[[], None] = lambda: None,
        differs: Callable[[int], None] = lambda index: None,
        turn: Turn | None = None,
    ) -> None:
        """`turn` is given back where the session is waited for; `differs` is told the first mismatch when it is met."""
        self.rules_path = rules_file(chain)
        self._session = session
        self._wanted = wanted
        self._waits, self._waiting = waits, False
        self._differs, self._told_first = differs, False
        self._turn = turn
        self._opened = open_chain(chain)
        try:
            opened = self._opened.load()
            self._recording = Recording.of(opened)
            limits = session.options.limits
            limits = replace(limits, timeout=min(CHECK_TIMEOUT, limits.timeout))
            self._replay = Replay(self._recording, loaded, limits=limits)
        except BaseException:
            self._opened.close()
            raise

    @property
    def state(self) -> Value:
        """The state that the replay reached."""
        return self._replay.state

    @property
    def events(self) -> int:
        """How many events are recorded."""
        return len(self._recording)

    @property
    def same(self) -> int:
        """How many of the first of them were replayed equal."""
        first = self._replay.first_mismatch
        return self._replay.chain.count if first is None else first

    @property
    def gave_up(self) -> bool:
        """Whether calls are left that are not made because so many before were stopped by the time-out."""
        return self._replay.gave_up

    def judge(self) -> Explanation | None:
        """Whether the build behaves as recorded; None when nobody asks any more.

        It ends at the first difference that no rule accepts and the build is to blame for, and gives up as a replay
        does. Where it does neither, the session is held still and the replay has caught up with it.
        """
        rules, tried = self.rules(), False
        while self._replayed(to_judge=True, to_mismatch=not tried):
            if self._replay.first_mismatch is not None:
                self._tell_first(self._replay.first_mismatch)
                explanation = self._explained(rules)
                if outcome(explanation.verdict, blameless=explanation.blameless) is BuildState.DIVERGED:
                    return explanation
                if not tried and not self.gave_up:
                    tried = True
                    continue
            if self.gave_up:
                self._stand_still()
                return self._explained(rules) if self._wanted() else None
            if self._caught_up():
                self._replay.finish()
                return self._explained(rules)
        return None

    def catch_up(self) -> Explanation | None:
        """Replays all that is recorded, whatever differs, the session held still at its end; None as in `judge`."""
        while self._replayed():
            if self._caught_up():
                self._replay.finish()
                return self._explained(self.rules())
        return None

    def time_of_first(self, explanation: Explanation) -> int:
        """When that was recorded which differs first, in ns since the Unix epoch; 0 where nobody knows."""
        return time_of_first(explanation, self._opened.table)

    def rules(self) -> Sequence[Rule]:
        """The accepted differences; raises ChainviewError when their file can't be read."""
        return rules_if_any(self.rules_path)

    def interrupt(self) -> None:
        """Ends the running call, from any thread."""
        self._replay.interrupt()

    def close(self) -> None:
        """Lets go of the session, of the build's instance and of the chain."""
        self._session.release(self)
        self._replay.close()
        self._opened.close()

    def _replayed(self, *, to_judge: bool = False, to_mismatch: bool = False) -> bool:
        """Replays the calls that are over, all or up to the first mismatch; whether the build is still asked for.

        Only who judges gives up; whoever takes a build goes on from the state behind its last call.
        """
        if to_judge and self.gave_up:
            return self._wanted()
        for _ in self._replay.complete_calls():
            if not self._wanted() or (to_mismatch and self._replay.first_mismatch is not None):
                break
            if to_judge and self.gave_up:
                break
        return self._wanted()

    def _stand_still(self) -> None:
        """Holds the session once its running call is over, for a build that may be taken."""
        while self._wanted() and not self._session.hold(self):
            self._let_call_run()

    def _caught_up(self) -> bool:
        """Holds the session; whether it stands still with every call replayed, else there is more to replay."""
        still = self._session.hold(self)
        self._opened.grow()
        self._recording.grow()
        if not still:
            self._tell_waiting()
            self._let_call_run()
        return still and self._replay.calls_made == len(self._recording.starts)

    def _let_call_run(self) -> None:
        """Waits a moment for the running call; others need not wait for it, and what is left to replay is little."""
        if self._turn is not None:
            self._turn.give_back()
        time.sleep(_CALL_LOOK_SECONDS)

    def _tell_first(self, index: int) -> None:
        """Tells once what differs first, since its cause takes longer to find."""
        if not self._told_first:
            self._told_first = True
            self._differs(index)

    def _tell_waiting(self) -> None:
        """Tells once that all is replayed but for the call that is running."""
        calls, made = len(self._recording.starts), self._replay.calls_made
        open_ = calls == made + 1 and not self._recording.call(made).complete
        if open_ and not self._waiting and self._replay.first_mismatch is None:
            self._waiting = True
            self._waits()

    def _explained(self, rules: Sequence[Rule]) -> Explanation:
        """What differs, once it is known whether the builds that made the recording still make it."""
        running = self._session.loaded
        return explained(self._replay, rules, at_hand=() if running is None else (running,))[0]

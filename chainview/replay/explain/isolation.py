"""The isolation experiment: one recorded call made again on a fresh instance, from the state recorded for it."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from chainview.actor.actor import NO_STATE, Actor
from chainview.actor.engine.loading import LoadedModule
from chainview.actor.module import ModuleError, ModuleKind
from chainview.chain.event import Frame
from chainview.chain.files.entries.entry import Note
from chainview.chain.state_chain import Subscription
from chainview.chain.table import EventTable
from chainview.pack.values import UNIT, Value
from chainview.replay.align.alignment import Alignment
from chainview.replay.align.call_pairs import align_call, taking_beyond
from chainview.replay.align.history import Side, says_the_same
from chainview.replay.differences.builds import UNKNOWN_BUILDS, Builds
from chainview.replay.differences.calls import differences
from chainview.replay.differences.codes import Code
from chainview.replay.differences.difference import Difference
from chainview.replay.differences.ends import is_limit
from chainview.replay.explain.reversal import Reversal
from chainview.replay.run.ask import Ask
from chainview.replay.run.compared_chain import ComparedChain, RecordEnds
from chainview.replay.run.no_handlers import NoHandlers
from chainview.replay.run.recording import RecordedCall, Recording
from chainview.replay.run.replay import Replay
from chainview.replay.run.serving import Mode, ProbeInterceptor

MOST_CALLS = 200
MOST_SECONDS = 5.0
_TIMEOUT = 2.0


class Isolation:
    """Makes single calls of a replay again; at most 200 of them, and for some seconds."""

    def __init__(
        self,
        replay: Replay,
        builds: Builds = UNKNOWN_BUILDS,
        most_calls: int = MOST_CALLS,
        seconds: float = MOST_SECONDS,
        *,
        stacks: Mapping[int, tuple[Frame, ...]] = MappingProxyType({}),
        recorded: LoadedModule | None = None,
    ) -> None:
        """`stacks` are those of the recorded module, which is `recorded`, at recorded host calls, by index."""
        self.made = 0
        self.refused = 0
        """How many calls were not made because of the bounds, or because their state is not recorded."""
        self._replay, self._builds = replay, builds
        self._stacks = stacks
        self._most_calls, self._seconds_left = most_calls, seconds
        self._seconds_left_for_others = seconds
        # How much fuel code takes, and that each NaN has the same bits, is known of one compiler.
        soon = not (replay.limits.fuel or replay.limits.canonical_nan)
        self._reversal = None if recorded is None else Reversal(self, recorded, replay.loaded, soon=soon)

    @property
    def answers_alike(self) -> bool:
        """Whether calls were answered from their own records, where by the reference's rule one takes another's."""
        return self._replay.mode is not Mode.REFERENCE

    @property
    def is_one_helper(self) -> bool:
        """Whether nothing changed in the code but a helper that several functions use."""
        return self._reversal is not None and self._reversal.is_one_helper

    @property
    def is_one(self) -> bool:
        """Whether a single change is all that changed in the code."""
        return self._reversal is not None and self._reversal.is_one

    @property
    def is_used_up(self) -> bool:
        """Whether there was more to ask of the code of both builds than is asked."""
        return self._reversal is not None and (self._reversal.is_used_up or self._seconds_left_for_others <= 0)

    def differences(self, number: int) -> list[Difference] | None:
        """How a call, by its position, differs from the recording when it is made alone; None when it was not made."""
        made = self._made_alone(number, self._state_before(number))
        return None if made is None else self._compared(number, made)

    def made_by(self, number: int, loaded: LoadedModule) -> list[Difference] | None:
        """The same of another module, which may not start or not end."""
        state = self._state_before(number)
        if state is None or self._seconds_left_for_others <= 0:
            return None
        begun = time.thread_time()
        try:
            return self._compared(number, self._events(number, state, loaded))
        except ModuleError:
            return None
        finally:
            self._seconds_left_for_others -= time.thread_time() - begun

    @property
    def parts(self) -> int:
        """How many changes there are in the code that can be told apart; 0 where that is not known."""
        return 0 if self._reversal is None else self._reversal.count

    def is_small(self, part: int) -> bool:
        """Whether one of the changes is one at a few places."""
        return self._reversal is not None and self._reversal.is_small(part)

    def alone(self, number: int, part: int) -> list[Difference] | None:
        """How the call made alone differs when one of the changes is the only one."""
        return None if self._reversal is None else self._reversal.alone(number, part)

    def without(self, number: int, part: int) -> list[Difference] | None:
        """How it differs when that change is taken back."""
        return None if self._reversal is None else self._reversal.without(number, part)

    def _compared(self, number: int, alone: _Alone) -> list[Difference] | None:
        """How a call made alone differs from the recording; None where it was stopped by a limit."""
        if alone.is_as_recorded:
            return []
        then, made = Side(self._replay.recording, stacks=self._stacks), alone.side
        call = self._replay.recording.call(number)
        rows = Alignment()
        pairs = align_call(then, made, then.items(call.start, call.stop), made.items(0, len(made)))
        rows.add(pairs if call.complete else taking_beyond(pairs, then, made), number, 0)
        found = [each for hunk in rows.hunks for each in differences(rows, hunk, then, made, self._builds).differences]
        if found and any(each.code is Code.LIMIT for each in found):
            # Made under a shorter limit than the recorded call, so its end says nothing.
            self.refused += 1
            return None
        return found

    def repeats(self, number: int, now: Side, number_now: int) -> bool | None:
        """Whether a call says the same when it is made alone from the state that it was given; None when not made."""
        if not self._replay.recording.call(number).complete:
            return None
        start = now.recording.starts[number_now]
        alone = self._made_alone(number, now.state_after(start))
        made = None if alone is None else alone.side
        if made is None or (len(made) and is_limit(made.failure(len(made) - 1))):
            return None
        items, again = now.items(start, now.stop(number_now)), made.items(0, len(made))
        return len(items) == len(again) and all(
            says_the_same(now, item, made, item_made) for item, item_made in zip(items, again, strict=True)
        )

    def _made_alone(self, number: int, state: Value | None) -> _Alone | None:
        """What a call makes from a state; None when it was not made."""
        if state is None or self.made >= self._most_calls or self._seconds_left <= 0:
            self.refused += 1
            return None
        self.made += 1
        begun = time.thread_time()
        made = self._events(number, state, self._replay.loaded)
        self._seconds_left -= time.thread_time() - begun
        return made

    def _state_before(self, number: int) -> Value | None:
        replay = self._replay
        if replay.loaded.kind is ModuleKind.PACKAGE:
            return UNIT
        recording = replay.recording
        if recording.table.previous_result(recording.starts[number]) is not None:
            return recording.state_before(number)
        state = recording.initial_state if replay.initial_state is None else replay.initial_state
        return NO_STATE if state is None else state

    def _events(self, number: int, state: Value, loaded: LoadedModule) -> _Alone:
        recording = self._replay.recording
        call = recording.call(number)
        asks: list[Ask] = []
        chain = ComparedChain(recording.table, recording.schema, start=call.start)
        made = chain.subscribe()

        def unanswered(interface: str, function: str, input: Value) -> None:
            if not call.complete and chain.count >= call.stop - call.start:
                raise RecordEnds
            asks.append(Ask(interface, function, input, 0, chain.count, actor.guest_stack()))

        module, events = (lambda: loaded), call.stop - call.start
        interceptor = ProbeInterceptor(recording, chain, lambda: actor.guest_stack(), module, events=events)
        interceptor.begin(call, number)
        chain.begin_call(recording.of_runtime_within(call))
        limits = replace(self._replay.limits, timeout=min(_TIMEOUT, self._replay.limits.timeout))
        handlers, values = NoHandlers(unanswered), recording.values
        actor = Actor(loaded, chain, interceptor, handlers, limits, traces=True, values=values)
        try:
            actor.state = state
            actor.call(call.function, call.params)
        except RecordEnds:
            pass
        finally:
            actor.close()
        return _Alone(recording, call, chain, made, asks)


@dataclass(frozen=True, slots=True)
class _Alone:
    """What a recorded call makes by itself: its events, and what was asked and could not be answered."""

    recording: Recording
    call: RecordedCall
    chain: ComparedChain
    made: Subscription
    asks: Sequence[Ask]

    @property
    def is_as_recorded(self) -> bool:
        """Whether all of it says what was recorded."""
        is_same = self.chain.first_mismatch is None and not self.asks
        return is_same and self.chain.count == self.call.stop - self.call.start

    @property
    def side(self) -> Side:
        """The same as a history of its own; can be had once."""
        table = EventTable()
        for item in self.made.take(self.made.waiting):
            if not isinstance(item, Note):
                table.append(*item)
        recording = self.recording
        return Side(Recording(table, recording.schema, recording.header, values=recording.values), self.asks)

"""The isolation experiment: one recorded call made again on a fresh instance, from the state recorded for it."""

from __future__ import annotations

import time
from dataclasses import replace

from chainview.actor.actor import NO_STATE, Actor
from chainview.actor.module import ModuleKind
from chainview.chain.native_entry import Note
from chainview.chain.table import EventTable
from chainview.pack.values import UNIT, Value
from chainview.replay.align import Alignment
from chainview.replay.align_call import align_call
from chainview.replay.ask import Ask
from chainview.replay.difference import Difference
from chainview.replay.driver import NoHandlers
from chainview.replay.find_differences import differences
from chainview.replay.recording import Recording
from chainview.replay.replay_chain import ReplayChain
from chainview.replay.serving import ProbeInterceptor
from chainview.replay.side import Side
from chainview.replay.tracked import TrackedReplay

MOST_CALLS = 200
MOST_SECONDS = 5.0
_TIMEOUT = 2.0


class Isolation:
    """Makes single calls of a replay again; at most 200 of them, and for some seconds."""

    def __init__(self, tracked: TrackedReplay, most_calls: int = MOST_CALLS, seconds: float = MOST_SECONDS) -> None:
        self.made = 0
        self.refused = 0
        """How many calls were not made because of the bounds, or because their state is not recorded."""
        self._tracked = tracked
        self._most_calls, self._seconds_left = most_calls, seconds

    def differences(self, number: int) -> list[Difference] | None:
        """How a call, by its position, differs from the recording when it is made alone; None when it was not made."""
        state = self._state_before(number)
        if state is None or self.made >= self._most_calls or self._seconds_left <= 0:
            self.refused += 1
            return None
        self.made += 1
        begun = time.monotonic()
        found = self._compared(number, state)
        self._seconds_left -= time.monotonic() - begun
        if found and any(each.code == "C9" for each in found):
            # Made under a shorter limit than the recorded call, so its end says nothing.
            self.refused += 1
            return None
        return found

    def _state_before(self, number: int) -> Value | None:
        tracked = self._tracked
        if tracked.loaded.kind is ModuleKind.PACKAGE:
            return UNIT
        recording = tracked.recording
        if recording.table.previous_result(recording.starts[number]) is not None:
            return recording.state_before(number)
        state = recording.initial_state if tracked.initial_state is None else tracked.initial_state
        return NO_STATE if state is None else state

    def _compared(self, number: int, state: Value) -> list[Difference]:
        recording = self._tracked.recording
        call = recording.call(number)
        asks: list[Ask] = []
        chain = ReplayChain(recording.table, recording.schema, start=call.start)
        made = chain.subscribe()

        def unanswered(interface: str, function: str, input: Value) -> None:
            asks.append(Ask(interface, function, input, 0, chain.count))

        interceptor = ProbeInterceptor(recording, chain)
        interceptor.begin(call)
        limits = replace(self._tracked.limits, timeout=min(_TIMEOUT, self._tracked.limits.timeout))
        actor = Actor(self._tracked.loaded, chain, interceptor, NoHandlers(unanswered), limits)
        try:
            actor.state = state
            actor.call(call.function, call.params)
        finally:
            actor.close()
        table = EventTable()
        for item in made.take(made.waiting):
            if not isinstance(item, Note):
                table.append(*item)
        then, now = Side(recording), Side(Recording(table, recording.schema, recording.header), asks)
        rows = Alignment()
        rows.add(align_call(then, now, then.items(call.start, call.stop), now.items(0, len(table))), number, 0)
        return [each for hunk in rows.hunks for each in differences(rows, hunk, then, now)]

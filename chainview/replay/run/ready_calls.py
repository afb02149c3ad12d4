"""The next recorded calls, made ready by the core, so that what is equal is made again inside wasm."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection
from typing import Final

from chainview.actor.engine.between.served import READY_AT, Served
from chainview.chain.event import Kind
from chainview.core.events import MOST_BYTES, MOST_EVENTS
from chainview.core.runs import LOOKED_AT, Ready
from chainview.core.serving import run_core
from chainview.replay.run.forms import KnownCalls
from chainview.replay.run.recording import RecordedCall, Recording

_HOST: Final = bytes((Kind.HOST,))
_FEWEST_EVENTS: Final = 32
"""Events that are looked at together where what is made ready is of no use again and again."""


class ReadyCalls:
    """Serves a recording's host calls and calls, from wherever a replay stands, as long as all is equal."""

    def __init__(
        self,
        recording: Recording,
        served: Served,
        known: KnownCalls,
        *,
        goes_on: bool,
        looked_at: Collection[int] = (),
    ) -> None:
        """Without `goes_on` no call is made ready, only what the running one asks.

        Of the indices `looked_at` host calls are marked, and before any other event it ends.
        """
        self.known = known
        kinds = recording.table.kinds
        self._marks = sorted([index for index in looked_at if kinds[index : index + 1] == _HOST])
        self._stops = sorted(set(looked_at).difference(self._marks))
        self._recording, self._served, self._has_next = recording, served, goes_on
        self._most = MOST_EVENTS
        self._ready = 0
        """How many calls were made ready last."""
        self._limit = 0
        self._current: int | None = None
        self._before = b""

    def begin(self, call: RecordedCall) -> None:
        """From now on this recorded call runs."""
        self._before = self._recording.result_before(call.start)
        self._current = self.known.number(call.function) if self._has_next else None
        if not call.complete:
            # What comes behind the last event of its record is never known.
            self._limit = call.stop - 1
        else:
            self._limit = call.stop if self._current is None else self._recording.next_build(call.start)

    def serve(self, position: int, least: int) -> bool:
        """Lets what is recorded from an event of the running call on be served; False where that is not worth it.

        At least so many host calls have to be, or a call behind this one.
        """
        wanted = self._next_wanted(position)
        if wanted is not None and self._is_near(wanted, position, least):
            # Python is needed soon in any case, and what comes behind may be worth it.
            return True
        ready = self._made_ready(position, wanted)
        if ready is None or (not ready.calls and ready.records < max(least, 1)):
            self._most = max(self._most // 2, _FEWEST_EVENTS)
            return False
        self._ready = ready.calls
        self._served.serve(ready.data)
        return True

    def stop(self) -> None:
        """From now on Python serves."""
        self._served.stop()

    def taken(self) -> tuple[int, int]:
        """How many calls ended as recorded since this was asked last, and the host calls made of the running one."""
        calls, count = self._served.taken()
        if calls or count:
            of_use = 2 * calls >= self._ready
            self._most = min(2 * self._most, MOST_EVENTS) if of_use else max(self._most // 2, _FEWEST_EVENTS)
        return calls, count

    def looked_at(self, event_type: str, packed: bytes) -> tuple[int, int, bytes] | None:
        """The answer to a host call that is marked, behind how many calls and host calls; None for anything else."""
        number = self.known.imported(event_type) if self._marks else None
        return None if number is None else self._served.looked_at(number, packed)

    def _made_ready(self, start: int, wanted: int | None) -> Ready | None:
        """What follows from an event of the running call on, made ready, up to the one that is wanted."""
        table = self._recording.table
        stop = min(start + self._most, self._limit, len(table))
        if wanted is not None:
            stop = min(stop, wanted)
        if table.raw_start(stop) - table.raw_start(start) > MOST_BYTES:
            stop = table.index_at(table.raw_start(start) + MOST_BYTES)
        core = run_core() if stop > start else None
        region = table.region(start, stop, MOST_BYTES) if core is not None else None
        if core is None or region is None or table.kinds.find(Kind.DAMAGED, start, stop) >= 0:
            return None
        if not core.events.learn(table, len(table.type_names), table.type_texts) or not core.events.place(region):
            return None
        kinds = bytearray(table.kinds[start:stop])
        for index in self._marks[bisect_left(self._marks, start) : bisect_left(self._marks, stop)]:
            kinds[index - start] = LOOKED_AT
        return core.ready(self.known.forms, self._current, self._before, bytes(kinds), READY_AT)

    def _next_wanted(self, position: int) -> int | None:
        at = bisect_left(self._stops, position)
        return self._stops[at] if at < len(self._stops) else None

    def _is_near(self, wanted: int, position: int, least: int) -> bool:
        """Whether nothing but a few host calls stands before an event that is wanted."""
        between = wanted - position
        return between < least and self._recording.table.kinds.count(Kind.HOST, position, wanted) == between

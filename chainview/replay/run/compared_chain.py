"""The chain that a replay makes, compared with the recorded one while it grows."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterable

from chainview.chain.event import MODULE_EVENT, NO_EXTRAS, Event, Extras, Kind
from chainview.chain.failure import failure_of, same_failure
from chainview.chain.payload import CallError, Other, read_payload
from chainview.chain.schema import Schema
from chainview.chain.shown_states import ShownState
from chainview.chain.state_chain import StateChain
from chainview.chain.table import EventTable
from chainview.pack.cgrf.glance import is_cgrf, same_but_version, version_of
from chainview.system.clock import wall_ns

_KEBAB = b"chain-event-payload"
"""What every payload holds whose names are in kebab case."""


def two_encodings(one: bytes, other: bytes) -> bool:
    """Whether two payloads in CGRF have two versions, or two spellings of names, so that bytes alone say nothing."""
    return version_of(one) != version_of(other) or (_KEBAB in one) != (_KEBAB in other)


class StopReplay(Exception):
    """The replay is to end where it is."""


class RecordEnds(Exception):
    """The record of a call that has no end is used up: what it would do next can't be compared with anything."""


class ComparedChain(StateChain):
    """Knows the first index at which it differs from a recording whose hashes were checked, in an event or in a state.

    What is equal in bytes takes the recorded hash, which is not computed again. A wasm-error that fails for the
    recorded reason takes the recorded bytes, whatever addresses its message carries, and so does an event that says the
    same under another CGRF version: then `other_version` is set, and `reworded` counts the failures that are told in
    the words of another release. `on_mismatch` is called once, in the middle of the append; `at` asks for a call back
    whenever an event of one of these indices is about to be appended. RecordEnds is raised for an event beyond the call
    recorded up to `record_end`, as long as all is equal. What the runtime recorded in the middle of a call, as Theater
    does of an actor that is stopped in one, stands where it stood.
    """

    def __init__(
        self,
        recorded: EventTable,
        schema: Schema,
        *,
        start: int = 0,
        on_mismatch: Callable[[], None] | None = None,
        at: tuple[Collection[int], Callable[[int], None]] | None = None,
        keep: bool = False,
    ) -> None:
        super().__init__(schema, keep=keep)
        self.first_mismatch: int | None = None
        self.other_version = False
        """Whether an event that counts as the same was recorded under another CGRF version."""
        self.reworded = 0
        """How many failures that count as the same were recorded in the words of another release."""
        self.record_end: int | None = None
        """Where the record of the call that is made now stops without its end; None for a call that has one."""
        self.before_append: Callable[[], None] | None = None
        """Called as an event is about to be appended; it may append recorded ones that come before."""
        self.take_over: Callable[[int, int, int], bool] | None = None
        """In the place of the one subscriber there is: takes the recorded events from an index up to another, with a
        time, or says False."""
        self._recorded = recorded
        self._start = start
        self._on_mismatch = on_mismatch
        self._at = at
        self._inside = deque[int]()
        self._call_at = self._reached = 0
        self._shown_then: ShownState | None = None
        self._shown_now: ShownState | None = None
        self.head = recorded.hash(start - 1)

    def append(
        self, event_type: str, payload: bytes, extras: Extras | None = None, behind: bytes | None = None
    ) -> Event:
        """Links a new event, and notices the first one that differs from the recording."""
        if self.before_append is not None:
            self.before_append()
        if self._inside:
            self._append_of_runtime(event_type)
        index = self._start + self.count
        self.look(index)
        if self.first_mismatch is not None:
            return super().append(event_type, payload, extras, behind)
        if self.record_end is not None and index >= self.record_end:
            raise RecordEnds
        same = self._same(index, event_type, payload, extras or NO_EXTRAS)
        if same is not None and not self._shows_other_state(index, extras):
            return self.append_hashed(same, extras)
        event = super().append(event_type, payload, extras, behind)
        self.first_mismatch = index
        if self._on_mismatch is not None:
            self._on_mismatch()
        return event

    @property
    def looked_at(self) -> Collection[int]:
        """The indices of the events at which a call back is wanted."""
        return () if self._at is None else self._at[0]

    def look(self, index: int) -> None:
        """Calls back where that is wanted at the event of that index, which is about to be made."""
        if self._at is not None and index in self._at[0]:
            self._at[1](index)

    def append_recorded(self, stop: int) -> None:
        """Adds the recorded events up to that index, all of which were made again just so."""
        recorded, extras = self._recorded, Extras(time_ns=wall_ns())
        start = self._start + self.count
        if self.take_over is not None and len(self._subscribers) == 1 and self.take_over(start, stop, extras.time_ns):
            self.head, self.count = recorded.hash(stop - 1), self.count + stop - start
            return
        for index, payload in enumerate(recorded.payloads(start, stop), start):
            hash_, parent = recorded.hash(index) or b"", recorded.hash(index - 1)
            self.append_hashed(Event(hash_, parent, recorded.event_type(index), payload), extras)

    def begin_call(self, inside: Iterable[int]) -> None:
        """A recorded call is made now, in the middle of which the runtime recorded the events of these indices."""
        self._inside = deque(inside)
        self._call_at, self._reached = self.count, 0

    def reach(self, index: int) -> None:
        """The event about to be appended answers the recorded one of that index, whatever differs."""
        self._reached = index

    def _append_of_runtime(self, event_type: str) -> None:
        while self._inside and self._is_due(self._inside[0], event_type):
            at = self._inside.popleft()
            super().append(self._recorded.event_type(at), self._recorded.payload(at))

    def _is_due(self, index: int, event_type: str) -> bool:
        if self.first_mismatch is None:
            return index == self._start + self.count
        ends = event_type == MODULE_EVENT and self.count > self._call_at
        return ends or index < self._reached

    def _shows_other_state(self, index: int, extras: Extras | None) -> bool:
        """Whether a module that keeps its state inside shows another one after an event than it did when recorded."""
        recorded = self._recorded
        if not recorded.shown:
            return False
        then = recorded.shown.at(recorded.number(index))
        now = None if extras is None else extras.state
        self._shown_then, self._shown_now = then or self._shown_then, now or self._shown_now
        if recorded.kinds[index] not in (Kind.RESULT, Kind.ERROR):
            return False
        states = self._shown_then, self._shown_now
        return all(isinstance(state, bytes) for state in states) and states[0] != states[1]

    def _same(self, index: int, event_type: str, payload: bytes, extras: Extras) -> Event | None:
        recorded = self._recorded
        if index >= len(recorded) or recorded.event_type(index) != event_type:
            return None
        stored = recorded.payload(index)
        same = (
            stored == payload
            or self._same_values(stored, payload)
            or self._same_failure(index, stored, payload, extras)
        )
        if not same:
            return None
        return Event(recorded.hash(index) or b"", recorded.hash(index - 1), event_type, stored)

    def _same_values(self, stored: bytes, payload: bytes) -> bool:
        """Whether both say the same under two CGRF versions, which may also stand inside of the schema `bytes`.

        The same goes for the two spellings of names that the main branch had.
        """
        if not is_cgrf(stored) or not two_encodings(stored, payload):
            return False
        same = same_but_version(stored, payload)
        if not same:
            then = read_payload(stored)
            same = not isinstance(then, Other) and then == read_payload(payload)
        self.other_version = self.other_version or same
        return same

    def _same_failure(self, index: int, stored: bytes, payload: bytes, extras: Extras) -> bool:
        if self._recorded.kinds[index] != Kind.ERROR:
            return False
        then, now = read_payload(stored), read_payload(payload)
        if not (isinstance(then, CallError) and isinstance(now, CallError)):
            return False
        failed, fails = failure_of(then, self._recorded.extras(index)), failure_of(now, extras)
        same = same_failure(failed, fails)
        self.reworded += same and failed.wording is not fails.wording
        return same

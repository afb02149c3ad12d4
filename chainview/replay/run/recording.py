"""A recorded chain as what can be replayed: its calls, the state around each, and the answers it holds."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import compress
from typing import Self, overload

from chainview.chain.event import Event, Kind
from chainview.chain.failure import RETURNED
from chainview.chain.files.completeness import Completeness, first_events, sound_completeness
from chainview.chain.files.entries.entry import Note
from chainview.chain.files.entries.header import ASKS_STATE, IS_ASYNCHRONOUS, Header
from chainview.chain.files.opened import OpenedChain
from chainview.chain.payload import INIT, Call, CallError, CallResult, HostCall, Payload, read_payload
from chainview.chain.schema import Schema
from chainview.chain.states import told_before
from chainview.chain.table import EventTable
from chainview.pack.cgrf import SharedValues
from chainview.pack.values import UNIT, Value
from chainview.replay.run.build_notes import RecordedBuild, recorded_builds
from chainview.system.errors import ChainviewError

OF_RUNTIME = frozenset((Kind.SHUTDOWN, Kind.OTHER))
"""The kinds of events that the runtime records itself, of no call."""
_IS_CALL = bytes([value == Kind.CALL for value in range(256)])
_CALL, _RESULT = bytes((Kind.CALL,)), bytes((Kind.RESULT,))
_WITHOUT_END = re.compile(b"%b[^%b]*(?=%b)" % (_CALL, _CALL + _RESULT + bytes((Kind.ERROR,)), _CALL), re.DOTALL)
"""A call without an end, behind which another one is made."""


class Unreplayable(ChainviewError):
    """The recording can't be replayed; the sentence says why."""


class NothingToReplay(Unreplayable):
    """The recording holds no call, as that of an actor which was never called."""


@dataclass(frozen=True, slots=True)
class RecordedCall:
    """One recorded call. `start` is the index of its wasm-call, `stop` the index just past its last event."""

    start: int
    stop: int
    function: str
    params: Value
    complete: bool
    """Whether its wasm-result or wasm-error is there."""


class Recording:
    """The calls of a chain held in a table, indices from 0. Payloads are decoded when they are asked for.

    `initial_state` is None where the chain does not hold it: only chainview's own files do. `builds` are those that
    the recording went on with, as its notes tell.
    """

    def __init__(
        self,
        table: EventTable,
        schema: Schema,
        header: Header | None = None,
        notes: Sequence[Note] = (),
        completeness: Completeness | None = None,
        values: SharedValues | None = None,
    ) -> None:
        """`completeness` is given where the table holds the beginning of a chain that is not sound.

        `values` are those of the recording that it is compared with.
        """
        self.values = values or SharedValues(table.raw_start(len(table)) - table.raw_start(0))
        """Reads what it holds, and what replays make of it, so that what is equal in both is one object."""
        self.table = table
        self.schema = schema
        self.header = header
        self.asks_state = header is None or header.settings.get(ASKS_STATE) is not False
        """Whether a module that keeps its state inside is asked for it, as it was, or may have been, when recorded."""
        self.starts = _call_starts(table)
        self.builds: list[RecordedBuild] = recorded_builds(notes)
        self._notes = notes
        self._completeness = completeness
        self.payload = lru_cache(maxsize=4096)(self._payload)

    @classmethod
    def of(cls, opened: OpenedChain) -> Self:
        """The recording that an opened chain holds, as far as it was read.

        Raises ChainviewError for a format that does not hold what was recorded.
        """
        if not opened.holds_payloads:
            raise ChainviewError(
                f"{opened.path} holds the types and hashes that Theater's command line prints, and no payloads: "
                "what happened can't be replayed"
            )
        return cls(opened.table, opened.schema, opened.header, opened.notes)

    def as_far_as(self, completeness: Completeness) -> Recording:
        """The same as far as it is sound."""
        if completeness.sound:
            return self
        table, until = self.table, completeness.until
        if 0 < completeness.event <= len(table):
            completeness = replace(completeness, event_type=table.event_type(completeness.event - 1))
        if until < len(table):
            table = first_events(table, until)
        notes = [note for note in self._notes if note.after <= until]
        recording = Recording(table, self.schema, self.header, notes, completeness, self.values)
        recording.asks_state = self.asks_state
        return recording

    @property
    def completeness(self) -> Completeness:
        """How much of what happened it holds."""
        return self._completeness or sound_completeness(self.table)

    @property
    def without_end(self) -> list[int]:
        """The indices of the calls whose end is not recorded although what came later is."""
        return [found.start() for found in _WITHOUT_END.finditer(self.table.kinds)]

    @property
    def keeps_state(self) -> bool:
        """Whether the actor keeps its state inside the module, so that no call can be given one."""
        return self.schema is Schema.LIFECYCLE and not self.keeps_nothing

    @property
    def keeps_nothing(self) -> bool:
        """Whether each call had a fresh instance, as those of an asynchronous module have."""
        return self.header is not None and self.header.settings.get(IS_ASYNCHRONOUS) is True

    @property
    def lacks_init(self) -> bool:
        """Whether an actor that keeps its state inside is called in it without the init that comes before all else."""
        first = self.payload(self.starts[0]) if self.keeps_state and self.starts else None
        return isinstance(first, Call) and first.function != INIT

    @property
    def lacks_state(self) -> bool:
        """Whether it begins with an init and does not hold the state that this was given, as chains of Theater do not.

        What was exported from one has a header, which names no module.
        """
        if self.initial_state is not None:
            return False
        if self.header is not None and self.header.module_sha256 and not self.header.initial_state:
            return False
        first = self.payload(self.starts[0]) if self.starts and self.schema is not Schema.LIFECYCLE else None
        return isinstance(first, Call) and first.function == INIT

    def __len__(self) -> int:
        return len(self.table)

    @property
    def initial_state(self) -> Value | None:
        """The state that the first call was given; None where it is not held, or can't be decoded."""
        if self.header is None or not self.header.initial_state:
            return None
        try:
            return self.values.decode_stored(self.header.initial_state)
        except ChainviewError:
            return None

    def grow(self) -> None:
        """Takes in the calls and builds that table and notes have gained."""
        after = self.starts[-1] + 1 if self.starts else 0
        self.starts.extend(_call_starts(self.table, after))
        self.builds = recorded_builds(self._notes)

    def _payload(self, index: int) -> Payload:
        return read_payload(self.table.payload(index), read=self.values.decode_stored)

    def host_call(self, index: int) -> HostCall | None:
        """The host call at an index; None when it is none, or can't be decoded."""
        payload = self.payload(index)
        return payload if isinstance(payload, HostCall) else None

    def call(self, number: int) -> RecordedCall:
        """The call by its position among the calls; raises Unreplayable when its payload can't be decoded."""
        start = self.starts[number]
        payload = self.payload(start)
        if not isinstance(payload, Call) or payload.params is None:
            event = self.table.number(start)
            raise Unreplayable(f"event {event} is a wasm-call whose params can't be decoded: it can't be made again")
        stop = start + self.table.steps(start) + 1
        return RecordedCall(start, stop, payload.function, payload.params, not self.table.call_open(start))

    def comes_back(self, end: int) -> bool:
        """Whether a call whose last event has that index did not fail, or with an error that it returned itself."""
        if self.table.kinds[end] != Kind.ERROR:
            return True
        payload = self.payload(end)
        return isinstance(payload, CallError) and payload.message.startswith(RETURNED)

    def of_runtime_within(self, call: RecordedCall) -> Iterator[int]:
        """The events in the middle of a call that the runtime recorded itself, such as a stop that comes during it."""
        kinds, end = self.table.kinds, call.stop - 1 if call.complete else call.stop
        found = [kinds.find(kind, call.start, end) for kind in OF_RUNTIME]
        first = min((index for index in found if index >= 0), default=end)
        return (index for index in range(first, end) if kinds[index] in OF_RUNTIME)

    def state_before(self, number: int) -> Value | None:
        """The state that a call was given: what the last wasm-result before it left, else the initial one."""
        return self.state_at(self.starts[number])

    def state_at(self, index: int) -> Value | None:
        """The state just before an event: that of the last wasm-result or of a build that was given one, if later.

        One that is inside the module is known where the module showed it.
        """
        if self.keeps_nothing:
            return UNIT
        if self.keeps_state:
            told = told_before(self.table, index)
            return None if told is None else told.value()
        found = self.table.kinds.rfind(_RESULT, 0, index)
        given = self._given(found + 1, index)
        return self._left_by(found) if given is None else given

    def result_before(self, start: int) -> bytes:
        """The payload of the wasm-result that left the state which a call was given that starts at an index.

        Empty where none did, or a build was given another state.
        """
        found = self.table.kinds.rfind(_RESULT, 0, start)
        return b"" if found < 0 or self._given(found + 1, start) is not None else self.table.payload(found)

    def next_build(self, start: int) -> int:
        """Where the first call starts, behind the one at an index, that another build made; the end where none is."""
        after = min((build.start for build in self.builds if build.start > start), default=None)
        at = len(self.starts) if after is None else bisect_left(self.starts, after)
        return self.starts[at] if at < len(self.starts) else len(self.table)

    def functions(self, most: int | None = None) -> set[str]:
        """What is called, by the first calls where `most` is given, but for the init that every actor has."""
        payloads = map(self.payload, self.starts[:most])
        return {each.function for each in payloads if isinstance(each, Call)} - {INIT}

    def begins_build(self, number: int) -> bool:
        """Whether a call is the first one that a build made which the recording went on with."""
        first, start = self._since_call_before(number)
        return any(first <= build.start <= start for build in self.builds)

    def given_state(self, number: int) -> tuple[Value | None, Value] | None:
        """Where a call was the first of a build that was given a state: the state left before, and the one given."""
        first, start = self._since_call_before(number)
        given = self._given(first, start)
        return None if given is None else (self._left_by(self.table.kinds.rfind(_RESULT, 0, start)), given)

    def _since_call_before(self, number: int) -> tuple[int, int]:
        """The first event behind the start of the call before, and where the call itself starts."""
        return self.starts[number - 1] + 1 if number else 0, self.starts[number]

    def _given(self, first: int, last: int) -> Value | None:
        """The state that the last build was given that began with an event from `first` to `last`."""
        states = [build.state for build in self.builds if build.state is not None and first <= build.start <= last]
        return states[-1] if states else None

    def _left_by(self, result: int) -> Value | None:
        if result < 0:
            return self.initial_state
        payload = self.payload(result)
        return payload.state if isinstance(payload, CallResult) else None


class RecordedEvents(Sequence[Event]):
    """The events of a table as a sequence that makes each when it is asked for."""

    def __init__(self, table: EventTable) -> None:
        self._table = table

    def __len__(self) -> int:
        return len(self._table)

    @overload
    def __getitem__(self, index: int) -> Event: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Event]: ...
    def __getitem__(self, index: int | slice) -> Event | Sequence[Event]:
        if isinstance(index, slice):
            return [self._table.event(each) for each in range(*index.indices(len(self)))]
        return self._table.event(index)


def _call_starts(table: EventTable, after: int = 0) -> list[int]:
    kinds = table.kinds
    return list(compress(range(after, len(kinds)), kinds[after:].translate(_IS_CALL)))


def require_replayable(recording: Recording) -> None:
    """Raises Unreplayable for chains whose payloads do not hold what a replay needs."""
    if recording.schema is Schema.JSON:
        raise Unreplayable(
            "the recording is of the oldest generation, whose payloads are JSON without Pack's types: "
            "it can be shown and compared, not replayed"
        )
    if not recording.starts:
        raise NothingToReplay("the recording holds no call, so there is nothing to replay")

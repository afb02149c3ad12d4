"""Answering a replay's host calls from its recording, by the rule of each mode."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum

from chainview.actor.engine.between.passing import Between, Standing
from chainview.actor.engine.between.served import Served, served_by
from chainview.actor.interceptors import CallInterceptor
from chainview.actor.module import Import, Module
from chainview.chain.event import NO_EXTRAS, Event, Extras, Frame, Kind
from chainview.chain.payload import (
    HostCall,
    encode_host_call,
    output_for,
    read_payload,
    split_host_call,
)
from chainview.chain.state_chain import StateChain
from chainview.core.serving import is_always, is_off
from chainview.pack.values import Value
from chainview.replay.run.compared_chain import ComparedChain
from chainview.replay.run.forms import KnownCalls
from chainview.replay.run.ready_calls import ReadyCalls
from chainview.replay.run.recording import RecordedCall, Recording

_LEAST_SERVED = 8
"""Host calls from which serving them by wasm pays, where no call behind theirs is."""
_PAYS = 2000
"""Events from which on it pays to make what serves them."""
MOST_STACKS = 4000
"""In a replay, each of which takes some time."""


_LARGE = 1 << 20
"""Bytes of a record from which it is compared before it is decoded, as decoding takes far longer."""


class Mode(StrEnum):
    """How a replay goes on: strict stops at the first mismatch, probe and reference differ in the serving rule."""

    STRICT = "strict"
    PROBE = "probe"
    REFERENCE = "reference"


class ReplayRecordingInterceptor(CallInterceptor):
    """Serves by Theater's rule: the next recorded host call of that interface and function, whatever its input was.

    The position moves past every event that it skips, and what was skipped is gone. The call is appended to `chain`
    with the input asked now and the output served. Where no record is left it answers nothing; what then follows is up
    to the handlers, and a replay has none.
    """

    def __init__(self, recorded_events: Sequence[Event], chain: StateChain) -> None:
        self.position = 0
        self._events = recorded_events
        self._chain = chain

    def before_import(self, interface: str, function: str, input: Value) -> Value | None:
        wanted = f"{interface}/{function}"
        while self.position < len(self._events):
            event = self._events[self.position]
            self.position += 1
            if event.event_type != wanted:
                continue
            if len(event.payload) >= _LARGE:
                known = output_for(interface, function, input, self._chain.schema, event.payload)
                if known is not None:
                    return known
            payload = read_payload(event.payload)
            if isinstance(payload, HostCall) and payload.output is not None:
                return payload.output
        return None

    def after_import(self, interface: str, function: str, input: Value, output: Value) -> None:
        self._chain.append(
            f"{interface}/{function}",
            encode_host_call(interface, function, input, output, self._chain.version, self._chain.schema),
        )


class ProbeInterceptor(CallInterceptor):
    """Serves from the matching recorded call alone: an unused record with the same input, else the next unused one.

    `begin` names the recorded call that the calls from now on belong to. As long as the actor asks what was recorded,
    in order, nothing is indexed and nothing is decoded. Whenever it does not, `stack` is asked for the guest's stack,
    which is kept beside the event.
    """

    def __init__(
        self,
        recording: Recording,
        chain: ComparedChain,
        stack: Callable[[], tuple[Frame, ...]] = lambda: (),
        module: Callable[[], Module | None] = lambda: None,
        went_on: Callable[[int], RecordedCall] | None = None,
        *,
        events: int | None = None,
    ) -> None:
        """`module` is whose calls are made; without `went_on` each is made from Python.

        It is told the number of the call that runs, once all before it have ended as recorded, and gives that. `events`
        are as many as are made again, where those are not all of the recording.
        """
        self._recording = recording
        self._events = events
        self._chain = chain
        self._stack = stack
        self._position = self._stop = 0
        self._unused: _Unused | None = None
        self._extras = NO_EXTRAS
        self._stacks_left = MOST_STACKS
        self._not_asked: list[int] = []
        self._module, self._went_on = module, went_on
        self._call: RecordedCall | None = None
        self._number = 0
        self._ready: ReadyCalls | None = None
        self._is_failing = False
        self._unready = 0
        """How many host calls to let pass before records are looked for again."""
        chain.before_append = self._settle

    def between(self, imports: Sequence[Import]) -> Standing | None:
        table = self._recording.table
        if is_off() or table.shown:
            return None
        events = len(table) if self._events is None else self._events
        return served_by if is_always() or events >= _PAYS else None

    def begins(self, between: Between | None) -> None:
        module, is_equal = self._module(), self._chain.first_mismatch is None
        self._ready = None
        if isinstance(between, Served) and module is not None and is_equal:
            known = KnownCalls(module, self._recording.table, self._recording.schema, between.slot)
            goes_on, looked_at = self._went_on is not None, self._chain.looked_at
            self._ready = ReadyCalls(self._recording, between, known, goes_on=goes_on, looked_at=looked_at)
            if self._call is not None:
                self._ready.begin(self._call)

    @contextmanager
    def serving(self) -> Iterator[None]:
        self._unready = 0
        self._serve()
        try:
            yield
        finally:
            self._take_note()

    def _serve(self) -> None:
        """Lets what is next be served by wasm, where all is as recorded so far."""
        ready = self._ready
        if ready is None or self._is_failing or self._unused is not None or self._chain.first_mismatch is not None:
            return
        if self._unready:
            self._unready -= 1
        elif not ready.serve(self._position, 1 if is_always() else _LEAST_SERVED) and not is_always():
            self._unready = _LEAST_SERVED

    def _take_note(self) -> None:
        """Takes note of what happened inside wasm, from which Python takes over."""
        if self._ready is not None:
            self._ready.stop()
            self._settle()

    def _settle(self) -> None:
        if self._ready is None:
            return
        calls, count = self._ready.taken()
        if calls and self._went_on is not None:
            self._position = self._stop
            self._number += calls
            self.begin(self._went_on(self._number), self._number)
        if count:
            self._position += count
        if calls or count:
            self._chain.append_recorded(self._position)

    def after_export(self, function: str, input: Value, output: Value) -> None:
        if self._ready is not None:
            self._ready.known.learn(function, output)

    def begin(self, call: RecordedCall, number: int) -> None:
        """From now on the host calls are those of this recorded call, the one of that number."""
        self._end()
        self._call, self._number = call, number
        self._position, self._stop = call.start + 1, call.stop
        # Where a call failed it is asked in its middle how much of it was made.
        self._is_failing = not self._recording.comes_back(call.stop - 1)
        self._unused = None
        if self._chain.first_mismatch is not None:
            # From here on wasm serves nothing.
            self._ready = None
        elif self._ready is not None:
            self._ready.begin(call)

    def not_asked(self) -> Sequence[int]:
        """The recorded host calls that were not made again as they were, of the calls that were begun."""
        self._end()
        self._stop = self._position
        self._unused = None
        return self._not_asked

    def _end(self) -> None:
        left = range(self._position, self._stop) if self._unused is None else self._unused.left()
        kinds, room = self._recording.table.kinds, MOST_STACKS - len(self._not_asked)
        self._not_asked += [index for index in left if kinds[index] == Kind.HOST][:room]

    def answer_packed(self, interface: str, function: str, packed: bytes) -> bytes | None:
        """The recorded output, when the very next record is this call with this input, byte for byte."""
        event_type = f"{interface}/{function}"
        looked_at = None if self._ready is None else self._ready.looked_at(event_type, packed)
        if looked_at is not None:
            calls, count, answer = looked_at
            first = self._recording.starts[self._number + calls] + 1 if calls else self._position
            self._chain.look(first + count)
            return answer
        self._take_note()
        table, position = self._recording.table, self._position
        if self._unused is not None or position >= self._stop or table.kinds[position] != Kind.HOST:
            return None
        if table.event_type(position) != event_type:
            return None
        payload = table.payload(position)
        parts = split_host_call(interface, function, payload)
        if parts is None or parts[0] != packed:
            return None
        self._position += 1
        self._chain.append(event_type, payload)
        self._serve()
        return parts[1]

    def before_import(self, interface: str, function: str, input: Value) -> Value | None:
        self._extras = NO_EXTRAS
        if self._unused is None:
            output = self._large_output(interface, function, input)
            if output is not None:
                self._position += 1
                return output
            record = self._recording.host_call(self._position) if self._position < self._stop else None
            if record is not None and _asks(record, interface, function, input):
                self._position += 1
                return record.output
            self._unused = _Unused(self._recording, range(self._position, self._stop))
        index, in_order = self._unused.take(interface, function, input)
        if not in_order and self._stacks_left:
            self._stacks_left -= 1
            self._extras = Extras(stack=self._stack())
        if index is None:
            return None
        self._chain.reach(index)
        served = self._recording.host_call(index)
        return None if served is None else served.output

    def _large_output(self, interface: str, function: str, input: Value) -> Value | None:
        """The output of the very next record, where its payload is large and has this input, byte for byte."""
        table, position = self._recording.table, self._position
        if position >= self._stop or table.raw_start(position + 1) - table.raw_start(position) < _LARGE:
            return None
        if table.event_type(position) != f"{interface}/{function}" or table.kinds[position] != Kind.HOST:
            return None
        return output_for(interface, function, input, self._chain.schema, table.payload(position))

    def after_import(self, interface: str, function: str, input: Value, output: Value) -> None:
        self._chain.append(
            f"{interface}/{function}",
            encode_host_call(interface, function, input, output, self._chain.version, self._chain.schema),
            self._extras,
        )


def _asks(record: HostCall, interface: str, function: str, input: Value) -> bool:
    return (record.interface, record.function) == (interface, function) and record.input == input


class _Unused:
    """The records of a call that were not served yet, by name and input, and by name alone."""

    def __init__(self, recording: Recording, indices: range) -> None:
        self._indices = indices
        self._next = indices.start
        self._used: set[int] = set()
        self._as_recorded: set[int] = set()
        # By values and not by their bytes: one of a few shared parts may take millions of those.
        self._by_input: dict[tuple[str, str, Value], deque[int]] = {}
        self._by_name: dict[tuple[str, str], deque[int]] = {}
        for index in indices:
            record = recording.host_call(index)
            if record is not None and record.input is not None:
                name = record.interface, record.function
                self._by_name.setdefault(name, deque()).append(index)
                self._by_input.setdefault((*name, record.input), deque()).append(index)

    def take(self, interface: str, function: str, input: Value) -> tuple[int | None, bool]:
        """The record to serve, which is used up, and whether it was asked as recorded, behind the one before.

        None when none of that name is left.
        """
        same = self._taken(self._by_input.get((interface, function, input)))
        index = self._taken(self._by_name.get((interface, function))) if same is None else same
        in_order = same is not None and same >= self._next
        if in_order and same is not None:
            self._as_recorded.add(same)
        if index is not None:
            self._next = max(self._next, index + 1)
        return index, in_order

    def left(self) -> Iterator[int]:
        """The records that were not asked as they were, in order."""
        return (index for index in self._indices if index not in self._as_recorded)

    def _taken(self, queue: deque[int] | None) -> int | None:
        while queue:
            index = queue.popleft()
            if index not in self._used:
                self._used.add(index)
                return index
        return None

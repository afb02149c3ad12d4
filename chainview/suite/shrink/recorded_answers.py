"""Answering the host calls of calls that are made anew from what was recorded, and from nothing else."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection
from dataclasses import dataclass, field

from chainview.actor.interceptors import CallInterceptor
from chainview.chain.event import Kind
from chainview.chain.failure import Failure, failure_of
from chainview.chain.payload import CallError, encode_host_call, split_host_call
from chainview.chain.state_chain import StateChain
from chainview.pack.values import UNIT, Result, Value
from chainview.replay.run.compared_chain import RecordEnds
from chainview.replay.run.recording import RecordedCall, Recording


class NotRecorded(Exception):
    """What is asked was not recorded: nobody knows how it would have been answered."""


@dataclass(slots=True)
class SilentFunctions:
    """The host functions of a recording whose every answer says no more than that it was done, `()` or `ok(())`.

    What they are asked makes no difference to what they answer.
    """

    recording: Recording
    _known: dict[str, Value | None] = field(default_factory=dict)

    def answer(self, event_type: str) -> Value | None:
        """What the function always answers; None where it says something, or was never asked."""
        if event_type not in self._known:
            self._known[event_type] = self._found(event_type)
        return self._known[event_type]

    def _found(self, event_type: str) -> Value | None:
        table, found = self.recording.table, None
        if event_type not in table.type_names:
            return None
        wanted = table.of_types([table.type_names.index(event_type)], 0, len(table))
        at = wanted.find(1)
        while at >= 0:
            if table.kinds[at] == Kind.HOST:
                host_call = self.recording.host_call(at)
                output = None if host_call is None else host_call.output
                if output is None or not _says_nothing(output) or found not in (None, output):
                    return None
                found = output
            at = wanted.find(1, at + 1)
        return found


def _says_nothing(output: Value) -> bool:
    return output == UNIT or (isinstance(output, Result) and output.is_ok and output.value == UNIT)


class RecordedAnswers(CallInterceptor):
    """Answers each host call of a call by what was recorded of that call: the next record with the same input.

    A function that only ever answered that it was done does so whatever it is asked. Anything else raises NotRecorded.
    Each host call is appended to `chain`.
    """

    def __init__(self, recording: Recording, silent: SilentFunctions, chain: StateChain) -> None:
        self._recording, self._silent, self._chain = recording, silent, chain
        self._records: deque[int] = deque()
        self._by_input: dict[tuple[str, str, Value], deque[int]] | None = None
        self._used = set[int]()
        self._call: RecordedCall | None = None
        self.served: list[int] = []
        """The records that were served so far, but for those of functions that say nothing."""

    def begin(self, call: RecordedCall, left_out: Collection[int]) -> None:
        """From now on the host calls are those of this call, but for the records that are left out."""
        table, indices = self._recording.table, range(call.start + 1, call.stop)
        asked = [index for index in indices if table.kinds[index] == Kind.HOST and index not in left_out]
        self._records = deque(index for index in asked if self._silent.answer(table.event_type(index)) is None)
        self._by_input, self._used, self._call = None, set(), call

    def answer_packed(self, interface: str, function: str, packed: bytes) -> bytes | None:
        if self._by_input is not None or not self._records:
            return None
        table, index, event_type = self._recording.table, self._records[0], f"{interface}/{function}"
        if table.event_type(index) != event_type:
            return None
        payload = table.payload(index)
        parts = split_host_call(interface, function, payload)
        if parts is None or parts[0] != packed:
            return None
        self.served.append(self._records.popleft())
        self._chain.append(event_type, payload)
        return parts[1]

    def before_import(self, interface: str, function: str, input: Value) -> Value | None:
        silent = self._silent.answer(f"{interface}/{function}")
        if silent is not None:
            return silent
        index = self._taken(interface, function, input)
        host_call = None if index is None else self._recording.host_call(index)
        if index is None or host_call is None:
            return None
        self.served.append(index)
        return host_call.output

    def after_import(self, interface: str, function: str, input: Value, output: Value) -> None:
        self._chain.append(
            f"{interface}/{function}",
            encode_host_call(interface, function, input, output, self._chain.version, self._chain.schema),
        )

    def unanswered(self, interface: str, function: str, input: Value) -> str | None:
        """Ends the call as it did when it was recorded where that was in this host call, or was not recorded further.

        Raises RecordEnds for the latter, and NotRecorded for all else.
        """
        call = self._call
        if call is None or any(index not in self._used for index in self._records):
            raise NotRecorded
        if not call.complete:
            raise RecordEnds
        failure = self._recorded_failure(call)
        if failure is not None and (failure.was_stopped or failure.unrecorded == f"{interface}.{function}"):
            return failure.reason
        raise NotRecorded

    def _recorded_failure(self, call: RecordedCall) -> Failure | None:
        end = self._recording.payload(call.stop - 1)
        return failure_of(end, self._recording.table.extras(call.stop - 1)) if isinstance(end, CallError) else None

    def _taken(self, interface: str, function: str, input: Value) -> int | None:
        if self._by_input is None:
            self._by_input = {}
            for index in self._records:
                record = self._recording.host_call(index)
                if record is not None and record.input is not None:
                    key = record.interface, record.function, record.input
                    self._by_input.setdefault(key, deque()).append(index)
        queue = self._by_input.get((interface, function, input))
        if not queue:
            return None
        self._used.add(queue[0])
        return queue.popleft()

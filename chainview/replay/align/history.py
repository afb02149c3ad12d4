"""One of the two histories that are compared: its events, and for a replay what was asked and not answered.

Items are numbers: an event is its index, the host call that could not be answered at position k is `asked(k)`, and NONE
is nothing at all.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Hashable, Mapping, Sequence
from types import MappingProxyType

from chainview.chain.event import Frame, Kind
from chainview.chain.failure import Failure, failure_of, same_failure
from chainview.chain.files.completeness import RecordingState
from chainview.chain.payload import INIT, Call, CallError, CallResult, HostCall, Other, Payload, packed, split_host_call
from chainview.chain.schema import Schema
from chainview.chain.states import ToldState, told_before
from chainview.chain.table import EventTable
from chainview.pack.cgrf.glance import under_version
from chainview.pack.cgrf.limits import NEWEST
from chainview.pack.literal import format_literal
from chainview.pack.values import UNIT, Option, Tuple, Value, types
from chainview.replay.run.ask import Ask
from chainview.replay.run.recording import Recording
from chainview.system.errors import ChainviewError

NONE = -1
_FIRST_ASK = -2
_RESULT = bytes((Kind.RESULT,))
_LONGEST = 60
_NOTHING = Option(types.list_of(types.U8), None)
"""What an actor was given that was given nothing, as the oldest generation of Theater writes it."""


def asked(position: int) -> int:
    """The item of the host call that could not be answered at a position among those."""
    return _FIRST_ASK - position


def is_ask(item: int) -> bool:
    """Whether an item is a host call that could not be answered."""
    return item <= _FIRST_ASK


class Side:
    """Reads the items of one history. With `by_value` contents are compared as decoded values, not as bytes.

    `across` says that the other side has another schema, with its own way to write that an actor was given nothing.
    `stacks` are the guest's at host calls, by index, which are not kept beside the events.
    """

    def __init__(
        self,
        recording: Recording,
        asks: Sequence[Ask] = (),
        *,
        by_value: bool = False,
        across: bool = False,
        stacks: Mapping[int, tuple[Frame, ...]] = MappingProxyType({}),
    ) -> None:
        self.recording = recording
        self.asks = asks
        self.by_value = by_value
        self._shown: ToldState | None = None
        self._shown_of: int | None = None
        self.across = across
        self._stacks = stacks

    def with_stacks(self, stacks: Mapping[int, tuple[Frame, ...]]) -> Side:
        """The same history with these stacks."""
        return Side(self.recording, self.asks, by_value=self.by_value, across=self.across, stacks=stacks)

    @property
    def table(self) -> EventTable:
        """The events."""
        return self.recording.table

    def __len__(self) -> int:
        return len(self.recording)

    def stop(self, call: int) -> int:
        """The index just past the last event of a call, by its position among the calls."""
        start = self.recording.starts[call]
        return start + self.table.steps(start) + 1

    def is_open(self, call: int) -> bool:
        """Whether a call, by its position among the calls, was not recorded to its end."""
        return self.table.call_open(self.recording.starts[call])

    def ends_in(self, call: int) -> bool:
        """Whether the recording ends inside a call, by its position: it is the last one, and has no end."""
        return call == len(self.recording.starts) - 1 and self.is_open(call)

    @property
    def goes_on(self) -> bool:
        """Whether more happened than was recorded, or can be read."""
        return self.recording.completeness.state is not RecordingState.WHOLE

    def call_at(self, index: int) -> int | None:
        """The position of the call that an event belongs to; None outside of calls."""
        call = bisect_right(self.recording.starts, index) - 1
        return call if call >= 0 and index < self.stop(call) else None

    def items(self, start: int, stop: int) -> list[int]:
        """The events from `start` up to `stop`, with what was asked between them."""
        found = list(range(start, stop))
        first, last = (bisect_left(self.asks, edge, key=lambda ask: ask.after) for edge in (start, stop))
        for position in range(last - 1, first - 1, -1):
            found.insert(self.asks[position].after - start, asked(position))
        return found

    def ask(self, item: int) -> Ask:
        """The host call that could not be answered."""
        return self.asks[_FIRST_ASK - item]

    def kind(self, item: int) -> Kind:
        """What an item is."""
        return Kind.HOST if is_ask(item) else self.table.kind(item)

    def payload(self, item: int) -> Payload:
        """What an item says; an unanswered host call has no output."""
        if is_ask(item):
            ask = self.ask(item)
            return HostCall(ask.interface, ask.function, ask.input, None)
        return self.recording.payload(item)

    def stack(self, item: int) -> tuple[Frame, ...]:
        """The guest's stack where it made a host call or failed, innermost first; empty where it is not known."""
        if is_ask(item):
            return self.ask(item).stack
        return self._stacks.get(item) or self.table.noted(item).stack

    def name(self, item: int) -> str:
        """What is called or ended: the same for items that differ in values alone."""
        if is_ask(item):
            ask = self.ask(item)
            return f"{ask.interface}/{ask.function}"
        kind = self.table.kinds[item]
        if kind in (Kind.HOST, Kind.OTHER, Kind.SHUTDOWN):
            return self.table.event_type(item)
        if kind in (Kind.RESULT, Kind.ERROR):
            return "end"
        payload = self.payload(item)
        return f"call {payload.function}" if isinstance(payload, Call) else "unreadable"

    def function(self, item: int) -> str:
        """The name that people use: `interface.function` of a host call, the symbol of an export."""
        return self.payload(item).subject or self.table.event_type(item)

    def content(self, item: int) -> Hashable:
        """Equal for items that say the same, whatever event they follow."""
        if is_ask(item):
            return "asked", self.question(item)
        failure = self.failure(item)
        if failure is not None:
            return "error", failure.function, failure.reason
        if self.by_value:
            return self.table.event_type(item), self._plain_payload(item)
        return self.table.event_type(item), self.table.payload(item)

    def failure(self, item: int) -> Failure | None:
        """How a call failed that ends with this item; None for any other item."""
        if is_ask(item) or self.table.kinds[item] != Kind.ERROR:
            return None
        payload = self.payload(item)
        return failure_of(payload, self.table.extras(item)) if isinstance(payload, CallError) else None

    def _plain_payload(self, item: int) -> Hashable:
        payload = self.payload(item)
        if isinstance(payload, Call):
            if payload.params is None and self.table.kinds[item] != Kind.SHUTDOWN:
                # Params that can't be decoded are not the same as others that can't.
                return self.table.payload(item)
            given_nothing = payload.params is None or (self.across and _is_bare_init(payload))
            return Call(payload.function, UNIT) if given_nothing else payload
        if isinstance(payload, Other):
            return self.table.payload(item)
        if isinstance(payload, CallResult) and payload.response is None:
            return CallResult(payload.function, payload.state, UNIT)
        return payload

    def question(self, item: int) -> tuple[str, bytes]:
        """Name and packed input of a host call; empty bytes for everything else."""
        return self.name(item), self.packed_input(item)

    def packed_input(self, item: int) -> bytes:
        """The packed input of a host call, or params of a call; under one version, whatever the event has."""
        if not is_ask(item) and self.table.kinds[item] == Kind.HOST:
            interface, _, function = self.table.event_type(item).rpartition("/")
            parts = split_host_call(interface, function, self.table.payload(item))
            if parts is not None:
                return under_version(parts[0], NEWEST)
        payload = self.payload(item)
        if isinstance(payload, HostCall):
            return _packed(payload.input)
        return _packed(payload.params) if isinstance(payload, Call) else b""

    def shown_state(self, item: int) -> ToldState | None:
        """The state that a module which keeps it inside showed after an event; None where it is not known."""
        if is_ask(item) or not self.table.shown:
            return None
        number = self.table.number(item)
        if self._shown is None or self._shown_of != self.table.shown.last_before(number + 1):
            self._shown = told_before(self.table, item + 1)
            self._shown_of = None if self._shown is None else self._shown.number
        return None if self._shown is None or self._shown.gap is not None else self._shown

    def state_after(self, index: int) -> Value | None:
        """The state that the last wasm-result before an index left, else the initial one; None where none was."""
        state = self.recording.state_at(index)
        is_first = self.across and self.table.kinds.rfind(_RESULT, 0, index) < 0
        return _without_default(state, self.recording.schema) if is_first else state

    def literal(self, item: int) -> str:
        """An item in a few words: a host call with its input, how a call ended."""
        payload = self.payload(item)
        if isinstance(payload, HostCall):
            return f"{self.function(item)}{_arguments(payload.input)}"
        if isinstance(payload, Call):
            return f"{payload.function}{_arguments(payload.params)}"
        if isinstance(payload, CallResult):
            return _short(f"returned {_text(payload.response)}")
        failure = self.failure(item)
        if failure is not None:
            return _short(f"failed: {failure.reason}")
        return self.table.event_type(item)


def other_state(then: Side, one: int, now: Side, other: int) -> bool:
    """Whether modules that keep their state inside show another one on each side after the ends of a call."""
    shown, shown_now = then.shown_state(one), now.shown_state(other)
    return shown is not None and shown_now is not None and shown.packed != shown_now.packed


def says_the_same(then: Side, item: int, now: Side, item_now: int) -> bool:
    """Whether an item of each side have the same content, failures however they are worded."""
    one, other = then.failure(item), now.failure(item_now)
    if one is not None and other is not None:
        return same_failure(one, other)
    return then.content(item) == now.content(item_now)


def _packed(value: Value | None) -> bytes:
    if value is None:
        return b""
    try:
        return packed(value, NEWEST)
    except ChainviewError:
        return b""


def _text(value: Value | None) -> str:
    return "()" if value is None else format_literal(value)


def _arguments(value: Value | None) -> str:
    text = _text(value)
    return _short(text if text.startswith("(") else f"({text})")


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _is_bare_init(call: Call) -> bool:
    """Whether a call is an init with the params by which the oldest releases handed over nothing."""
    return call.function == INIT and call.params == Tuple((_NOTHING,))


def _without_default(state: Value | None, schema: Schema) -> Value | None:
    """An initial state, where it is the default of the schema `bytes` as that of the later ones."""
    return _NOTHING if schema is Schema.BYTES and state == UNIT else state

"""How a call ended, and what its returned Value means by Theater's table: the next state and response, or an error."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from struct import Struct
from typing import Final

from chainview.actor.engine.call_failed import CallFailed
from chainview.chain.event import Event, Frame
from chainview.chain.failure import LONGEST_TOLD, RETURNED, told_text
from chainview.chain.payload import encode_result, result_value
from chainview.chain.schema import Schema
from chainview.pack.cgrf import DecodeError, First, Values, decode
from chainview.pack.cgrf.encoder import HEADER
from chainview.pack.cgrf.glance import nodes, version_of
from chainview.pack.cgrf.laid import Laid, laid
from chainview.pack.cgrf.limits import MAGIC, NODE_HEAD_SIZE
from chainview.pack.cgrf.refusal import refusal
from chainview.pack.literal.rust_text import debug_text
from chainview.pack.values import UNIT, Result, String, Tuple, Value, Variant
from chainview.pack.values.unread import Unread

_U32: Final = Struct("<I")
_TWO_U32: Final = Struct("<2I")
_MOST_TAKEN: Final = 16


@dataclass(slots=True)
class RunningCall:
    """The call that runs, and when it began."""

    function: str
    params: Value
    begun: int

    def goes_on(self, function: str, params: Value) -> None:
        """It is another one, which begins now."""
        self.function, self.params, self.begun = function, params, time.monotonic_ns()


@dataclass(frozen=True, slots=True)
class CallOutcome:
    """How a call ended: its response, or the message of its wasm-error with the guest's stack.

    `reason` tells a person why it failed, which the message of a trap does not; empty for a call that succeeded.
    """

    function: str
    response: Value | None = None
    error: str | None = None
    reason: str = ""
    stack: tuple[Frame, ...] = ()
    event: Event | None = None
    """The wasm-error of a call that failed."""

    @property
    def ok(self) -> bool:
        """Whether the call returned a result."""
        return self.error is None


@dataclass(frozen=True, slots=True)
class Returned:
    """The next state, which may be Unread, and the response, None where there was none."""

    state: Value
    response: Value | None


@dataclass(frozen=True, slots=True)
class Refused:
    """The actor returned an error; its state stays as it was."""

    message: str


def decoded_result(result: bytes, version: int, *, exactly: bool, read: Callable[[bytes], Value] = decode) -> Value:
    """The Value that an export returned, by `decode` or in its way; raises CallFailed where it can't be decoded.

    Theater takes no other CGRF version than the module's, which is asked `exactly` of a module that declares it.
    """
    try:
        value = read(result)
        spoken = version_of(result)
        if spoken == version or not exactly:
            return value
        reason = f"it is CGRF version {spoken}, and the module speaks {version}"
    except DecodeError as error:
        reason = error.sentence
    refused = refusal(result, version)
    cause = "" if refused is None else f"ABI error: {refused}"
    raise CallFailed(f"the result can't be decoded: {reason}", broken=False, cause=cause)


def read_returned(value: Value) -> Returned | Refused:
    """Splits a returned Value. Only a tuple inside an ok is split: a bare tuple is the state as a whole."""
    if isinstance(value, Result):
        return _split(value.value) if value.is_ok else _refused(value.value)
    if isinstance(value, Variant):
        return _read_variant(value)
    return Returned(value, None)


def is_unit_ok(value: Value) -> bool:
    """Whether a returned Value is an ok that holds nothing."""
    return isinstance(value, Result) and value.is_ok and value.value == UNIT


def read_response(value: Value) -> Returned | Refused:
    """The response in a returned Value of an actor that keeps its state inside: what an ok holds, or all of it."""
    if isinstance(value, Result) and value.is_ok:
        return Returned(UNIT, value.value)
    if isinstance(value, Variant) and value.tag == 0:
        return Returned(UNIT, value.payload[0] if value.payload else UNIT)
    return read_returned(value) if isinstance(value, Result | Variant) else Returned(UNIT, value)


def _read_variant(value: Variant) -> Returned | Refused:
    if value.tag == 0 and value.payload:
        return _split(value.payload[0])
    if value.tag == 1:
        return _refused(value.payload[0]) if value.payload else Refused("Function returned error (no message)")
    return Refused(f"Unexpected result variant tag: {value.tag}")


def _split(inner: Value) -> Returned:
    if not isinstance(inner, Tuple) or not inner.items:
        return Returned(inner, None)
    state, *rest = inner.items
    if not rest:
        return Returned(state, Tuple(()))
    return Returned(state, rest[0] if len(rest) == 1 else Tuple(tuple(rest)))


def _refused(error: Value) -> Refused:
    text = told_text(error.value) if isinstance(error, String) else debug_text(error, LONGEST_TOLD)
    return Refused(f"{RETURNED}{text}")


class HandedOn:
    """What calls return that are given a state, on its way into their events and into the next call.

    What lies as the encoder writes it is copied there.
    """

    def __init__(self, schema: Schema, version: int, values: Values) -> None:
        self._schema, self._version, self._values = schema, version, values
        self._first = First(version)
        self._laid: Laid | None = None
        self._taken: dict[str, tuple[Laid, Value]] = {}
        """The pair that each function returned last, and the response in it."""

    def read(self, data: bytes) -> Value:
        """The value that was returned; raises DecodeError."""
        # Another schema says other things of what was returned, and shared values are copied as they are read.
        is_copied = self._schema is Schema.VALUES and not self._values.shares
        self._laid = laid(data, self._version) if is_copied else None
        return self._values.decode(data) if self._laid is None else self._laid.value

    def again(self, function: str, data: bytes) -> tuple[Returned, bytes] | None:
        """What a function returned, and its payload, where that is the pair it returned last but for numbers in it.

        Whatever was found of the types in that one holds for it too, and its state is not read yet.
        """
        before = self._taken.get(function)
        found = None if before is None else before[0].alike(data)
        if before is None or found is None:
            return None
        (state, last), response = found.pair(), before[1]
        if found.nodes_between(state, last) != before[0].nodes_between(state, last):
            response = _pair_in(found.value)[1]
        self._laid, self._taken[function] = found, (found, response)
        return Returned(Unread(state + 1, _States(found), state), response), _result_payload(function, found)

    def payload(self, function: str, output: Value, returned: Returned) -> bytes:
        """What a wasm-result says of what was returned, read as the next state and the response."""
        if self._laid is not None and (self._laid.value is not output or not _is_pair(output, returned)):
            self._laid = None
        if self._laid is not None and returned.response is not None:
            if len(self._taken) >= _MOST_TAKEN:
                self._taken.clear()
            self._taken[function] = self._laid, returned.response
            return _result_payload(function, self._laid)
        told = result_value(self._schema, function, returned.state, returned.response, self._version)
        payload = self._values.encode(told, self._version)
        self._values.know(payload, told)
        return payload

    def keep(self, state: Value, size: int) -> None:
        """Keeps the state for the next call, the one that a payload of that size was made of."""
        if self._laid is not None:
            count = self._laid.pair()[0] + 1
            self._first.keep_nodes(state, self._laid.nodes(count), count)
        elif not self._values.shares:
            # Now that its parts were looked at a moment ago: at the next call that takes three times as long.
            self._first.keep(state, size)

    def input(self, input: Value) -> bytes:
        """The bytes of what is handed over, of which the state may be Unread; raises EncodeError."""
        known = self._first.tuple_of(input)
        if known is not None:
            return known
        if isinstance(input, Tuple) and input.items and isinstance(input.items[0], Unread):
            input = Tuple((input.items[0].value(), *input.items[1:]))
        return self._values.encode(input, self._version)


def _is_pair(output: Value, returned: Returned) -> bool:
    """Whether what was returned is an ok of just that state and that response."""
    inner = output.value if isinstance(output, Result) and output.is_ok else None
    if not isinstance(inner, Tuple) or len(inner.items) != 2:
        return False
    return inner.items[0] is returned.state and inner.items[1] is returned.response


def _pair_in(ok: Value) -> tuple[Value, ...]:
    assert isinstance(ok, Result)
    assert isinstance(ok.value, Tuple)
    return ok.value.items


class _States:
    """Where the state is read from that was returned in a pair."""

    def __init__(self, returned: Laid) -> None:
        self._returned = returned

    def beginning(self, place: int, most: int) -> Value:
        return _pair_in(self._returned.value)[0]

    def written(self, place: int) -> tuple[int, bytes]:
        return place, self._returned.nodes(place + 1)


def _result_payload(function: str, returned: Laid) -> bytes:
    """What `encode_result` gives of a state and a response that were returned as a pair that is an ok."""
    (state, response), version = returned.pair(), version_of(returned.data)
    name, record, event, whole = _result_nodes(function, version)
    return b"".join(
        (
            HEADER.pack(MAGIC, version, 0, response + 5, response + 4),
            name,
            returned.nodes(response + 1, behind=1),
            record + _TWO_U32.pack(state + 1, response + 1),
            event + _U32.pack(response + 2),
            whole + _U32.pack(response + 3),
        )
    )


@lru_cache(maxsize=256)
def _result_nodes(function: str, version: int) -> tuple[bytes, bytes, bytes, bytes]:
    """The nodes of a wasm-result around its state and response, the last ones as far as what changes with those."""
    data = encode_result(Schema.VALUES, function, UNIT, UNIT, version)
    name, _, _, record, event, whole = [data[start - NODE_HEAD_SIZE : end] for _, start, end in nodes(data)]
    return name, record[: -_TWO_U32.size], event[: -_U32.size], whole[: -_U32.size]

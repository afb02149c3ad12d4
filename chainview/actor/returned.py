"""How a call ended, and what its returned Value means by Theater's table: the next state and response, or an error."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from chainview.actor.engine.call_failed import CallFailed
from chainview.chain.event import Event, Frame
from chainview.chain.failure import LONGEST_TOLD, RETURNED, told_text
from chainview.pack.cgrf import DecodeError, decode
from chainview.pack.cgrf.glance import version_of
from chainview.pack.cgrf.refusal import refusal
from chainview.pack.literal.rust_text import debug_text
from chainview.pack.values import UNIT, Result, String, Tuple, Value, Variant


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
    """The next state and the response, None where there was none."""

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

"""Which generation of Theater wrote a chain, told from what its payloads hold, and how it names their parts."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from chainview.pack import cgrf, values
from chainview.pack.cgrf.glance import is_cgrf
from chainview.system.errors import ChainviewError

_LIFECYCLE_MARKS = (b"WasmEventData", b"HostFunctionCall", b"ActorLifecycleEvent", b"actor-lifecycle-event")
_WASM_MARK, _CASE_MARKS = b"wasm-event-data", (b"wasm-result", b"wasm-call")
_SHORTEST_MARKED = min(map(len, (*_LIFECYCLE_MARKS, _WASM_MARK)))


class Schema(Enum):
    """The shape of a chain's payloads."""

    JSON = "json"
    BYTES = "bytes"
    VALUES = "values"
    LIFECYCLE = "lifecycle"


@dataclass(frozen=True, slots=True, eq=False)
class PartNames:
    """How a generation calls the parts of what it writes."""

    payload: str
    host: str
    host_call: str
    wasm: str
    wasm_event: str
    call: str
    result: str
    error: str
    function: str


KEBAB = PartNames(
    "chain-event-payload",
    "host-function",
    "host-function-call",
    "wasm",
    "wasm-event-data",
    "wasm-call",
    "wasm-result",
    "wasm-error",
    "function-name",
)
RUST = PartNames(
    "ChainEventPayload",
    "HostFunction",
    "HostFunctionCall",
    "Wasm",
    "WasmEventData",
    "WasmCall",
    "WasmResult",
    "WasmError",
    "function_name",
)


def names_of(schema: Schema) -> PartNames:
    """The names that chains of a schema have for their parts."""
    return RUST if schema is Schema.LIFECYCLE else KEBAB


def schema_of(payload: bytes) -> Schema | None:
    """The schema that one payload speaks for; None when it could be of several."""
    if payload[:1] == b"{":
        return Schema.JSON
    if len(payload) < _SHORTEST_MARKED:
        return None
    if is_of_lifecycle(payload):
        return Schema.LIFECYCLE
    if _WASM_MARK not in payload or not (_CASE_MARKS[0] in payload or _CASE_MARKS[1] in payload):
        return None
    try:
        return _wasm_schema(cgrf.decode_stored(payload))
    except ChainviewError:
        return None


def is_of_lifecycle(payload: bytes) -> bool:
    """Whether a payload has the words of the schema `lifecycle`."""
    for mark in _LIFECYCLE_MARKS:  # noqa: SIM110 - a third of what a generator takes, for each event of a chain
        if mark in payload:
            return True
    return False


def _wasm_schema(value: values.Value) -> Schema | None:
    for _ in range(2):
        if not isinstance(value, values.Variant) or len(value.payload) != 1:
            return None
        case, value = value.case, value.payload[0]
    if not isinstance(value, values.Record):
        return None
    if case == "wasm-result":
        if value.get("bytes") is not None:
            return Schema.BYTES
        return Schema.LIFECYCLE if value.get("state") is None else Schema.VALUES
    params = value.get("params")
    if case != "wasm-call" or params is None:
        return None
    if isinstance(params, values.Array):
        return Schema.BYTES if is_cgrf(params.data) else None
    return Schema.VALUES

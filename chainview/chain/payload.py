"""What an event says: its payload as typed parts, written in the schema of a chain and read from any of them.

A payload is the CGRF encoding of a variant `chain-event-payload`. Cases and fields are matched by name without dashes,
underscores and capitals, so that every generation of Theater reads alike; a part that is missing stays None. Payloads
are written under the CGRF version that the module speaks.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import ClassVar

from chainview.chain.event import SHUTDOWN_EVENT, Kind, Part
from chainview.chain.lifecycle import Lifecycle, read_lifecycle
from chainview.chain.schema import KEBAB, RUST, PartNames, Schema, names_of
from chainview.pack.cgrf import decode_beginning, decode_stored, encode
from chainview.pack.cgrf.glance import is_cgrf, node_end, one_node_header, only_node, only_node_at
from chainview.pack.cgrf.limits import HEADER_SIZE, MAGIC, OLDEST, VERSIONS
from chainview.pack.values import UNIT, Array, Record, String, Tuple, Value, Variant, bytes_value
from chainview.system.errors import ChainviewError

UNIT_BYTES = {version: encode(UNIT, version) for version in VERSIONS}
"""The unit as CGRF, by version."""
FIRST_BYTES = frozenset([MAGIC[:1], b"{"])
"""What a payload begins with that may be read."""
_VERSION_BYTES = frozenset([bytes((version,)) for version in VERSIONS])

_SHORT_TEXT = 64
"""Characters of a text up to which the call that it is given to is kept."""
ROUND = "theater:simple/loop-client.loop"
"""The export that a loop calls."""
INIT = "theater:simple/actor.init"
"""The export that every actor has."""


@dataclass(frozen=True, slots=True)
class _OfExport:
    function: str

    @property
    def subject(self) -> str:
        """What it is about, as people name it."""
        return self.function

    @property
    def names(self) -> tuple[tuple[str, str], ...]:
        """The names in it, each with what it names."""
        return (("function", self.function),)


@dataclass(frozen=True, slots=True)
class Call(_OfExport):
    """An export is called with `params`; under the schema `bytes` those were stored as CGRF bytes."""

    kind: ClassVar[Kind] = Kind.CALL
    params: Value | None

    @property
    def parts(self) -> tuple[Part, ...]:
        """What it says, in the order in which it is read."""
        return (Part("params", self.params),)


@dataclass(frozen=True, slots=True)
class HostCall:
    """The guest called an import and was answered."""

    kind: ClassVar[Kind] = Kind.HOST
    interface: str
    function: str
    input: Value | None
    output: Value | None

    @property
    def subject(self) -> str:
        """What it is about, as people name it."""
        return f"{self.interface}.{self.function}"

    @property
    def names(self) -> tuple[tuple[str, str], ...]:
        """The names in it, each with what it names."""
        return (("interface", self.interface), ("function", self.function))

    @property
    def parts(self) -> tuple[Part, ...]:
        """What it says, in the order in which it is read."""
        return (Part("input", self.input), Part("output", self.output))


@dataclass(frozen=True, slots=True)
class CallResult(_OfExport):
    """An export returned; `response` is None where none was stored, `state` where the schema has none."""

    kind: ClassVar[Kind] = Kind.RESULT
    state: Value | None
    response: Value | None

    @property
    def parts(self) -> tuple[Part, ...]:
        """What it says, in the order in which it is read."""
        return (Part("response", self.response), Part("state", self.state, is_state=True))


@dataclass(frozen=True, slots=True)
class CallError(_OfExport):
    """An export failed."""

    kind: ClassVar[Kind] = Kind.ERROR
    message: str

    @property
    def parts(self) -> tuple[Part, ...]:
        """What it says, in the order in which it is read."""
        return (Part("message", self.message),)


@dataclass(frozen=True, slots=True)
class Other:
    """A payload that is none of the above; `value` is what it decodes to, `reason` why it does not."""

    kind: ClassVar[Kind] = Kind.OTHER
    subject: ClassVar[str] = ""
    names: ClassVar[tuple[tuple[str, str], ...]] = ()
    value: Value | None
    reason: str = ""

    @property
    def parts(self) -> tuple[Part, ...]:
        """All of it, as it stands."""
        return (Part("payload", self.value),)


Payload = Call | HostCall | CallResult | CallError | Lifecycle | Other


def arguments(given: Value | None) -> tuple[Value, ...]:
    """The single arguments in what a call was given: the items of a tuple, or the bare value."""
    if given is None:
        return ()
    return given.items if isinstance(given, Tuple) else (given,)


def _wasm(names: PartNames, case: str, tag: int, function: str, said: tuple[tuple[str, Value], ...]) -> Value:
    record = Record(case, ((names.function, String(function)), *said))
    inner = Variant(names.wasm_event, case, tag, (record,))
    return Variant(names.payload, names.wasm, 1, (inner,))


def call_value(schema: Schema, function: str, params: Value | None, version: int = OLDEST) -> Value:
    """What a wasm-call says. Under `bytes`, params of None are stored as no bytes at all, as `shutdown` does."""
    stored: Value
    if schema is Schema.BYTES:
        stored = bytes_value(b"" if params is None else encode(params, version))
    else:
        stored = UNIT if params is None else params
    names = names_of(schema)
    return _wasm(names, names.call, 0, function, (("params", stored),))


def encode_call(schema: Schema, function: str, params: Value | None, version: int = OLDEST) -> bytes:
    """The payload of a wasm-call; that of a timer's tick, which comes again and again, is at hand."""
    if type(params) is String and len(params.value) <= _SHORT_TEXT:
        return _call_with_text(schema, function, params.value, version)
    return encode(call_value(schema, function, params, version), version)


@lru_cache(maxsize=256)
def _call_with_text(schema: Schema, function: str, text: str, version: int) -> bytes:
    return encode(call_value(schema, function, String(text), version), version)


def result_value(schema: Schema, function: str, state: Value, response: Value | None, version: int = OLDEST) -> Value:
    """What a wasm-result says, under `lifecycle` no state; None is stored as `()`, under `bytes` as no bytes."""
    names = names_of(schema)
    said: tuple[tuple[str, Value], ...]
    if schema is Schema.BYTES:
        said = (("state", state), ("bytes", bytes_value(b"" if response is None else encode(response, version))))
    else:
        said = (("response", UNIT if response is None else response),)
        if schema is not Schema.LIFECYCLE:
            said = (("state", state), *said)
    return _wasm(names, names.result, 1, function, said)


def encode_result(schema: Schema, function: str, state: Value, response: Value | None, version: int = OLDEST) -> bytes:
    """The payload of a wasm-result."""
    return encode(result_value(schema, function, state, response, version), version)


def error_value(function: str, message: str, schema: Schema = Schema.VALUES) -> Value:
    """What a wasm-error says."""
    names = names_of(schema)
    return _wasm(names, names.error, 2, function, (("message", String(message)),))


def encode_error(function: str, message: str, version: int = OLDEST, schema: Schema = Schema.VALUES) -> bytes:
    """The payload of a wasm-error."""
    return encode(error_value(function, message, schema), version)


def packed(value: Value, version: int = OLDEST) -> bytes:
    """A value as CGRF; the unit, which most host calls answer, is at hand."""
    return UNIT_BYTES[version] if value is UNIT else encode(value, version)


def encode_host_call(
    interface: str, function: str, input: Value, output: Value, version: int = OLDEST, schema: Schema = Schema.VALUES
) -> bytes:
    """The payload of a host call."""
    names = names_of(schema)
    asked, answered = only_node(encode(input, version)), only_node(packed(output, version))
    if asked is not None and answered is not None:
        # Nodes without children hold no index that would move, so the parts can be put together as they are.
        head, tail = host_call_parts(names, interface, function, version)
        return b"".join((head, asked, answered, tail))
    return encode(_host_call(names, interface, function, input, output), version)


def host_call_value(interface: str, function: str, input: Value, output: Value) -> Value:
    """What a host call says."""
    return _host_call(KEBAB, interface, function, input, output)


def _host_call(names: PartNames, interface: str, function: str, input: Value, output: Value) -> Value:
    head = (("interface", String(interface)), ("function", String(function)))
    record = Record(names.host_call, (*head, ("input", input), ("output", output)))
    return Variant(names.payload, names.host, 0, (record,))


def split_host_call(interface: str, function: str, payload: bytes) -> tuple[bytes, bytes] | None:
    """The packed input and output in the payload of a host call, when each is a node without children; else None."""
    nodes = host_call_nodes(interface, function, payload)
    middle = 0 if nodes is None else node_end(nodes, 0)
    if nodes is None or node_end(nodes, middle) != len(nodes):
        return None
    header = one_node_header(payload)
    return header + nodes[:middle], header + nodes[middle:]


def host_call_nodes(interface: str, function: str, payload: bytes) -> bytes | None:
    """What stands in the payload of a host call where those have a node each as input and output; None in any other."""
    for names in (KEBAB, RUST) if payload[4:5] in _VERSION_BYTES else ():
        head, tail = host_call_parts(names, interface, function, payload[4])
        if payload.endswith(tail) and payload.startswith(head):
            return payload[len(head) : -len(tail)]
    return None


def output_for(interface: str, function: str, input: Value, schema: Schema, payload: bytes) -> Value | None:
    """The output in the payload of a host call that was asked exactly this; None where that needs it decoded.

    That is where the output has more than a node, and where the payload is of another writer.
    """
    if payload[4:5] not in _VERSION_BYTES:
        return None
    version = payload[4]
    try:
        asked = encode_host_call(interface, function, input, UNIT, version, schema)
    except ChainviewError:
        return None
    _, tail = host_call_parts(names_of(schema), interface, function, version)
    start = len(asked) - len(tail) - len(only_node(UNIT_BYTES[version]) or b"")
    if payload[HEADER_SIZE:start] != asked[HEADER_SIZE:start] or start >= len(payload):
        return None
    try:
        output = decode_stored(only_node_at(payload, start))
        same = encode_host_call(interface, function, input, output, version, schema) == payload
    except ChainviewError:
        return None
    return output if same else None


@lru_cache(maxsize=512)
def host_call_parts(names: PartNames, interface: str, function: str, version: int) -> tuple[bytes, bytes]:
    """What stands before and after the two values in the payload of a host call whose values are a node each."""
    value = only_node(UNIT_BYTES[version]) or b""
    whole = encode(_host_call(names, interface, function, UNIT, UNIT), version)
    at = whole.rindex(value + value)
    return whole[:at], whole[at + 2 * len(value) :]


def shutdown_payload(schema: Schema, version: int = OLDEST) -> bytes:
    """The payload of the `shutdown` event: a wasm-call of `shutdown` without params."""
    return encode_call(schema, SHUTDOWN_EVENT, None, version)


def _plain(name: str) -> str:
    return name.replace("-", "").replace("_", "").lower()


def _fields(value: Value) -> dict[str, Value]:
    return {_plain(name): item for name, item in value.fields} if isinstance(value, Record) else {}


def _text(value: Value | None) -> str | None:
    return value.value if isinstance(value, String) else None


def _unpacked(stored: Value | None, unpack: Callable[[bytes], Value]) -> Value | None:
    """The Value inside a list of CGRF bytes; None for an empty list or for bytes that do not decode."""
    if not isinstance(stored, Array) or not stored.data:
        return None
    try:
        return unpack(stored.data)
    except ChainviewError:
        return None


def _is_packed(function: str, params: Value | None) -> bool:
    """Whether the params of a call stand in it as the bytes that they are under `bytes`.

    A list of bytes is what a round of a loop is given under `values`; those may be empty, and any CGRF.
    """
    if not isinstance(params, Array):
        return False
    if function == ROUND:
        return isinstance(_unpacked(params, decode_stored), Array)
    return function == SHUTDOWN_EVENT if not params.data else is_cgrf(params.data)


def _wasm_payload(event: Variant, unpack: Callable[[bytes], Value]) -> Payload | None:
    if len(event.payload) != 1:
        return None
    case, fields = _plain(event.case), _fields(event.payload[0])
    function = _text(fields.get("functionname"))
    if function is None:
        return None
    if case == "wasmcall":
        params = fields.get("params")
        return Call(function, _unpacked(params, unpack) if _is_packed(function, params) else params)
    if case == "wasmresult":
        response = fields.get("response")
        if response is None:
            response = _unpacked(fields.get("bytes"), unpack)
        return CallResult(function, fields.get("state"), response)
    if case == "wasmerror":
        message = _text(fields.get("message"))
        return None if message is None else CallError(function, message)
    return None


def read_value(value: Value, unpack: Callable[[bytes], Value] = decode_stored) -> Payload:
    """The parts of a decoded payload; never raises: a shape that is not known becomes Other."""
    if not isinstance(value, Variant) or len(value.payload) != 1:
        return Other(value)
    case, inner = _plain(value.case), value.payload[0]
    if case == "hostfunction":
        fields = _fields(inner)
        interface, function = _text(fields.get("interface")), _text(fields.get("function"))
        if interface is not None and function is not None:
            return HostCall(interface, function, fields.get("input"), fields.get("output"))
    elif case == "wasm" and isinstance(inner, Variant):
        return _wasm_payload(inner, unpack) or Other(value)
    elif case == "lifecycle":
        return read_lifecycle(inner) or Other(value)
    return Other(value)


def decode_payload(payload: bytes) -> Value:
    """The Value that payload bytes stand for, CGRF or JSON; raises ChainviewError when they are neither."""
    return _json_value(payload) if payload[:1] == b"{" else decode_stored(payload)


def _json_value(payload: bytes) -> Value:
    # Those of the registry's chains alone are JSON.
    from chainview.chain.json_payload import json_value

    return json_value(payload)


def is_unreadable(payload: bytes) -> bool:
    """Whether a payload's first byte tells already that it decodes to nothing."""
    return payload[:1] not in FIRST_BYTES


def read_payload(payload: bytes, most: int | None = None, read: Callable[[bytes], Value] = decode_stored) -> Payload:
    """The parts of a payload; never raises: what can't be decoded becomes Other with the reason.

    Where `most` is given, about the first so many values of each part are made, and the others are Unread. `read` may
    decode as `decode_stored` does in another way.
    """
    try:
        if most is None or payload[:1] == b"{":
            return read_value(_json_value(payload) if payload[:1] == b"{" else read(payload), read)
        return read_value(decode_beginning(payload, most, by_field=True), partial(decode_beginning, most=most))
    except ChainviewError as error:
        return Other(None, error.sentence)

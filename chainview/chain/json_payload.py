"""Payloads of early 2026: JSON with an inner tag `category`, read into the shape that CGRF payloads decode to.

`{"category":"HostFunction","interface":…,"function":…,"input":…,"output":…}`, where input and output are either the
bytes of a JSON text or Pack values in JSON form, and `{"category":"Wasm","WasmCall":{"function_name":…,"params":…}}`,
likewise `WasmResult` with `result` as the pair of state and response, and `WasmError` with `message`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from chainview.pack.serde import from_serde
from chainview.pack.serde.parts import BYTES_A_PART, MANY_PARTS, too_many_parts
from chainview.pack.values import (
    F64,
    S64,
    SCALAR_TYPES,
    U64,
    UNIT,
    Bool,
    Record,
    String,
    Tuple,
    Value,
    Variant,
    bytes_value,
    list_value,
    types,
)
from chainview.system.errors import ChainviewError

_DEEPEST = 100
_LEAST_S64, _MOST_S64, _MOST_U64 = -(1 << 63), (1 << 63) - 1, (1 << 64) - 1


class JsonPayloadError(ChainviewError):
    """The bytes are no JSON payload."""


def json_value(payload: bytes) -> Value:
    """The payload as the variant that later generations store; raises JsonPayloadError when it is none."""
    if too_many_parts(payload):
        raise JsonPayloadError("the payload is JSON of more parts than can be shown")
    try:
        stored = json.loads(payload)
    except (ValueError, RecursionError):
        raise JsonPayloadError("the payload begins like JSON and is none") from None
    if not isinstance(stored, dict):
        raise JsonPayloadError("the payload is JSON, but no object")
    category = stored.get("category")
    if category == "HostFunction":
        return Variant("ChainEventPayload", "HostFunction", 0, (_host_function(stored),))
    if category == "Wasm":
        for tag, case in enumerate(("WasmCall", "WasmResult", "WasmError")):
            inner = stored.get(case)
            if isinstance(inner, dict):
                event = Variant("WasmEventData", case, tag, (Record(case, tuple(_wasm_fields(case, inner))),))
                return Variant("ChainEventPayload", "Wasm", 1, (event,))
    if payload.count(b",") > len(payload) // BYTES_A_PART + MANY_PARTS:
        raise JsonPayloadError("the payload is JSON of more parts than can be shown")
    rest = Record("", tuple([(key, _plain(item, 0)) for key, item in stored.items() if key != "category"]))
    return Variant("ChainEventPayload", category if isinstance(category, str) else "", 0, (rest,))


def _host_function(stored: dict[str, object]) -> Record:
    names = ("interface", "function", "input", "output")
    fields = [(name, _said(stored[name])) for name in names if name in stored]
    return Record("HostFunctionCall", tuple(fields))


def _wasm_fields(case: str, stored: dict[str, object]) -> Iterator[tuple[str, Value]]:
    for name, item in stored.items():
        if case == "WasmResult" and name == "result":
            pair = item if isinstance(item, list) and len(item) == 2 else [None, item]
            yield "state", _said(pair[0])
            yield "response", _said(pair[1])
        else:
            yield name, _said(item)


def _said(stored: object) -> Value:
    """What a stored part says: the value in the bytes of a JSON text, a Pack value, or the JSON as it is."""
    if isinstance(stored, str):
        return String(_whole(stored))
    if isinstance(stored, list) and stored and all(type(item) is int and 0 <= item < 256 for item in stored):
        return _of_bytes(bytes(stored))
    if isinstance(stored, dict):
        try:
            return from_serde(stored)
        except ChainviewError:
            return _plain(stored, 0)
    return _plain(stored, 0)


def _of_bytes(data: bytes) -> Value:
    try:
        return _plain(json.loads(data), 0)
    except (ValueError, RecursionError):
        pass
    try:
        return String(data.decode("utf-8"))
    except UnicodeDecodeError:
        return bytes_value(data)


def _plain(stored: object, depth: int) -> Value:
    if depth > _DEEPEST:
        raise JsonPayloadError("the payload is nested too deeply")
    if stored is None:
        return UNIT
    if isinstance(stored, bool):
        return Bool(stored)
    if isinstance(stored, int):
        return _number(stored)
    if isinstance(stored, float):
        return F64.of(stored)
    if isinstance(stored, str):
        return String(_whole(stored))
    if isinstance(stored, list):
        return _list([_plain(item, depth + 1) for item in stored])
    if isinstance(stored, dict):
        return Record("", tuple([(_whole(key), _plain(item, depth + 1)) for key, item in stored.items()]))
    raise JsonPayloadError("the payload holds what is no JSON")


def _list(items: list[Value]) -> Value:
    elem = SCALAR_TYPES.get(items[0].__class__) if items else types.STRING
    if elem is not None and all(item.__class__ is items[0].__class__ for item in items):
        return list_value(elem, items)
    return Tuple(tuple(items))


def _number(number: int) -> Value:
    if _LEAST_S64 <= number <= _MOST_S64:
        return S64(number)
    return U64(number) if 0 <= number <= _MOST_U64 else String(str(number))


def _whole(text: str) -> str:
    """The text without lone surrogates, which no Pack string holds."""
    return text.encode("utf-8", "replace").decode("utf-8")

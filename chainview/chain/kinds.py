"""What an event is, found by looking into its payload."""

from __future__ import annotations

from functools import lru_cache

from chainview.chain.event import MODULE_EVENT, SHUTDOWN_EVENT, Kind
from chainview.pack.cgrf.glance import name_behind

_JSON_KINDS = {b'"WasmCall"': Kind.CALL, b'"WasmResult"': Kind.RESULT, b'"WasmError"': Kind.ERROR}
_NEAR = 64
_SHORT, _MOST_KNOWN = 1 << 9, 1 << 10
"""Bytes of a payload whose kind is kept at hand once it was read, since many are alike; and how many are."""
_CASE_KINDS = {
    b"wasm-call": Kind.CALL,
    b"wasm-result": Kind.RESULT,
    b"wasm-error": Kind.ERROR,
    b"WasmCall": Kind.CALL,
    b"WasmResult": Kind.RESULT,
    b"WasmError": Kind.ERROR,
}
_INNER = (b"wasm-event-data", b"WasmEventData")


def kind_of(event_type: str, payload: bytes) -> Kind:
    """What an event is, found without decoding where the payload is laid out as every known writer does.

    Those put the root variant last and the variant inside it just before, so its type name is the last in the bytes.
    """
    told = kind_of_type(event_type)
    if told is not None:
        return told
    if not payload:
        return Kind.OTHER
    if payload[:1] == b"{" and (json := _json_kind(payload)) is not None:
        return json
    for name in _INNER:
        at = payload.rfind(name)
        if at >= 0:
            kind = _CASE_KINDS.get(name_behind(payload, at + len(name)))
            if kind is not None:
                return kind
    return _known_kind(payload) if len(payload) <= _SHORT else _kind_by_reading(payload)


def kind_of_type(event_type: str) -> Kind | None:
    """What an event of that type is; None where its payload tells."""
    if event_type == SHUTDOWN_EVENT:
        return Kind.SHUTDOWN
    if event_type != MODULE_EVENT:
        return Kind.HOST if "/" in event_type else Kind.OTHER
    return None


def _kind_by_reading(payload: bytes) -> Kind:
    # Decoding takes long to load, and few payloads need it here.
    from chainview.chain.payload import read_payload

    return read_payload(payload).kind


_known_kind = lru_cache(maxsize=_MOST_KNOWN)(_kind_by_reading)


def _json_kind(payload: bytes) -> Kind | None:
    """What a payload of a `wasm` event is, by the key that all known writers put first; None when it is not there."""
    head = payload[:_NEAR]
    return next((kind for key, kind in _JSON_KINDS.items() if key in head), None)

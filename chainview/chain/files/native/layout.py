"""The entries of a native chain file: msgpack arrays that end in a CRC-32 of all their bytes before it.

    ["chainview", header map, crc]
    ["E", hash, parent | nil, event type, payload, extras map | nil, crc]
    ["N", kind, map, crc]
    ["Z", number of events, head hash | nil, crc]

The checksum is always written as a five-byte uint32, so that it can be found and checked without decoding.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from struct import Struct
from typing import Any
from zlib import crc32

import msgpack

from chainview.chain.event import NO_EXTRAS, Event, Extras, Frame, StateGap, Trigger
from chainview.chain.files.entries.entry import End, Note
from chainview.chain.files.entries.header import Header, sha256_in
from chainview.chain.schema import Schema
from chainview.system.errors import ChainviewError

FORMAT_VERSION = 1
HEADER_TAG, EVENT_TAG, NOTE_TAG, END_TAG = "chainview", "E", "N", "Z"
MAGIC = b"\x93\xa9chainview"
CHECKSUM_SIZE, CHECKSUM_LEAD = 5, 0xCE
EVENT_LEAD = 0x97
"""The first byte of an event's entry: an array of seven parts."""
_CHECKSUM = Struct(">BI")
_LARGEST = (1 << 64) - 1
TRIGGER = "by"
"""The key under which extras tell what brought an event about: a kind, the id of an actor, the number of an event."""
_LONGEST_NAME = 100
_GAPS: dict[str, StateGap] = {gap.value: gap for gap in StateGap}

TEXT_ERRORS = "surrogatepass"
"""How texts are packed and unpacked: a path or an event type that is no Unicode text still comes back as it was."""

_packer = msgpack.Packer(use_bin_type=True, autoreset=True, unicode_errors=TEXT_ERRORS)
_pack: Callable[[Any], bytes] = _packer.pack


def _entry(parts: tuple[Any, ...]) -> bytes:
    # The checksum's place is held by a part of one byte, so that the array counts it.
    body = _pack((*parts, None))[:-1]
    return body + _CHECKSUM.pack(CHECKSUM_LEAD, crc32(body))


def checksum_matches(entry: bytes | memoryview) -> bool:
    """Whether a whole entry ends in the checksum of the bytes before it."""
    if len(entry) <= CHECKSUM_SIZE or entry[-CHECKSUM_SIZE] != CHECKSUM_LEAD:
        return False
    return crc32(entry[:-CHECKSUM_SIZE]) == int.from_bytes(entry[-4:], "big")


def pack_header(header: Header) -> bytes:
    """The first entry of a file."""
    return _entry((HEADER_TAG, _header_map(header)))


def pack_event(event: Event, extras: Extras = NO_EXTRAS) -> bytes:
    """The entry of one event."""
    return _entry(
        (EVENT_TAG, event.hash, event.parent, event.event_type, event.payload, _extras_map(extras)),
    )


def pack_type(event_type: str) -> bytes:
    """An event type as it stands in an entry."""
    return _pack(event_type)


def pack_note(note: Note) -> bytes:
    """The entry of a note."""
    return _entry((NOTE_TAG, note.kind, note.data))


def pack_end(end: End) -> bytes:
    """The last entry of a closed file."""
    return _entry((END_TAG, end.events, end.head))


def _header_map(header: Header) -> dict[str, Any]:
    return {
        **header.extra,
        "format": FORMAT_VERSION,
        "schema": header.schema.value,
        "actor": header.actor_name,
        **({"id": header.actor_id} if header.actor_id else {}),
        "module": header.module_path,
        "sha256": header.module_sha256,
        "state": header.initial_state,
        "calls": list(header.calls),
        "engine": header.engine,
        "settings": header.settings,
        "time": header.time_ns,
        "writer": header.writer,
    }


def _extras_map(extras: Extras) -> dict[str, Any] | None:
    stored: dict[str, Any] = {}
    if extras.time_ns:
        stored["t"] = extras.time_ns
    if extras.duration_ns:
        stored["d"] = extras.duration_ns
    if extras.fuel is not None:
        stored["fuel"] = extras.fuel
    if extras.stack:
        stored["stack"] = [[frame.function, frame.place] for frame in extras.stack]
    if extras.reason:
        stored["reason"] = extras.reason
    if extras.stub:
        stored["stub"] = True
    if extras.state is not None:
        stored["state"] = extras.state.value if isinstance(extras.state, StateGap) else extras.state
    if extras.trigger is not None:
        stored[TRIGGER] = [extras.trigger.kind, extras.trigger.actor, extras.trigger.event]
    return stored or None


def _count(value: object) -> int:
    return value if type(value) is int and 0 <= value <= _LARGEST else 0


def _frame(stored: object) -> Frame | None:
    if not isinstance(stored, list) or len(stored) != 2:
        return None
    function, place = stored
    return _known_frame(function, place) if isinstance(function, str) and isinstance(place, str) else None


_known_frame = lru_cache(maxsize=1 << 10)(Frame)
"""Stacks have most of their frames in common."""


def _known(stored: dict[str, Any], key: str, kind: type, default: Any) -> Any:
    value = stored.pop(key, default)
    return value if isinstance(value, kind) else default


def read_header(stored: dict[str, Any]) -> Header:
    """The header in a stored map; a field of a wrong type counts as unknown. Raises for a newer format version."""
    rest = {str(key): value for key, value in stored.items()}
    version = _known(rest, "format", int, 0)
    if version > FORMAT_VERSION:
        raise ChainviewError(
            f"the chain file has format version {version}, and this chainview reads up to {FORMAT_VERSION}: "
            "update chainview"
        )
    name = _known(rest, "schema", str, Schema.VALUES.value)
    header = Header(
        schema=Schema(name) if name in {schema.value for schema in Schema} else Schema.VALUES,
        actor_name=_known(rest, "actor", str, ""),
        actor_id=_known(rest, "id", str, "")[:_LONGEST_NAME],
        module_path=_known(rest, "module", str, ""),
        module_sha256=sha256_in(rest.pop("sha256", "")),
        initial_state=_known(rest, "state", bytes, b""),
        calls=tuple([call for call in _known(rest, "calls", list, []) if isinstance(call, str)]),
        engine=_known(rest, "engine", str, ""),
        settings=_known(rest, "settings", dict, {}),
        time_ns=_known(rest, "time", int, 0),
        writer=_known(rest, "writer", str, ""),
    )
    return replace(header, extra=rest)


def read_extras(stored: object) -> Extras:
    """The extras in a stored map; what is of a wrong type or out of range is left out."""
    if not isinstance(stored, dict):
        return NO_EXTRAS
    told = stored.get
    stack, fuel, reason, state = told("stack"), told("fuel"), told("reason"), told("state")
    frames = [_frame(item) for item in stack] if isinstance(stack, list) else []
    return Extras(
        _count(told("t")),
        _count(told("d")),
        fuel if type(fuel) is int else None,
        tuple([frame for frame in frames if frame is not None]) if frames else (),
        reason if isinstance(reason, str) else "",
        told("stub") is True,
        _state(state) if state is not None else None,
        read_trigger(stored) if TRIGGER in stored else None,
    )


def _state(stored: object) -> bytes | StateGap | None:
    if isinstance(stored, bytes):
        return stored
    return _GAPS.get(stored) if isinstance(stored, str) else None


def read_trigger(stored: dict[Any, Any]) -> Trigger | None:
    """What a stored map tells of who brought the event about; None where it tells nothing, or nothing that may be."""
    told = stored.get(TRIGGER)
    if type(told) is not list or len(told) != 3:
        return None
    kind, actor, event = told
    if type(kind) is not str or type(actor) is not str or type(event) is not int:
        return None
    fits = len(kind) <= _LONGEST_NAME and len(actor) <= _LONGEST_NAME and 0 <= event <= _LARGEST
    return Trigger(kind, actor, event) if fits else None


def plain_times(stored: object) -> tuple[int, int] | None:
    """Time and duration of a stored map that holds nothing else but a trigger, which most do; None for any other."""
    if type(stored) is not dict:
        return None
    time_ns, duration_ns = stored.get("t", 0), stored.get("d", 0)
    if len(stored) != ("t" in stored) + ("d" in stored) + (TRIGGER in stored):
        return None
    if type(time_ns) is not int or type(duration_ns) is not int:
        return None
    return (time_ns, duration_ns) if 0 <= time_ns <= _LARGEST and 0 <= duration_ns <= _LARGEST else None


def read_event(parts: list[Any]) -> Event | None:
    """The event in the parts of a decoded entry; None when a part is missing or of a wrong type."""
    if len(parts) < 6:
        return None
    hash_, parent, event_type, payload = parts[1:5]
    if not (isinstance(hash_, bytes) and isinstance(event_type, str) and isinstance(payload, bytes)):
        return None
    if parent is not None and not isinstance(parent, bytes):
        return None
    return Event(hash_, parent, event_type, payload)

"""The entries of a native chain file: msgpack arrays that end in a CRC-32 of all their bytes before it.

    ["chainview", header map, crc]
    ["E", hash, parent | nil, event type, payload, extras map | nil, crc]
    ["N", kind, map, crc]
    ["Z", number of events, head hash | nil, crc]

The checksum is always written as a five-byte uint32, so that it can be found and checked without decoding.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from zlib import crc32

import msgpack

from chainview.chain.event import NO_EXTRAS, Event, Extras, Frame
from chainview.chain.header import Header

HEADER_TAG, EVENT_TAG, NOTE_TAG, END_TAG = "chainview", "E", "N", "Z"
MAGIC = b"\x93\xa9chainview"
CHECKSUM_SIZE = 5

_packer = msgpack.Packer(use_bin_type=True, autoreset=True)
_pack: Callable[[Any], bytes] = _packer.pack


@dataclass(frozen=True, slots=True)
class Note:
    """What is no event: a new build, a gap, a bookmark. `after` is the number of events before it."""

    kind: str
    data: dict[str, Any]
    after: int = 0


@dataclass(frozen=True, slots=True)
class End:
    """The last entry of a closed file: how many events it holds and the last one's hash."""

    events: int
    head: bytes | None


def _entry(parts: tuple[Any, ...]) -> bytes:
    packed = _pack(parts)
    body = bytes((packed[0] + 1,)) + packed[1:]
    return b"%b\xce%b" % (body, crc32(body).to_bytes(4, "big"))


def checksum_matches(entry: bytes | memoryview) -> bool:
    """Whether a whole entry ends in the checksum of the bytes before it."""
    if len(entry) <= CHECKSUM_SIZE or entry[-CHECKSUM_SIZE] != 0xCE:
        return False
    return crc32(entry[:-CHECKSUM_SIZE]) == int.from_bytes(entry[-4:], "big")


def pack_header(header: Header) -> bytes:
    """The first entry of a file."""
    return _entry((HEADER_TAG, header.to_map()))


def pack_event(event: Event, extras: Extras = NO_EXTRAS) -> bytes:
    """The entry of one event."""
    return _entry(
        (EVENT_TAG, event.hash, event.parent, event.event_type, event.payload, _extras_map(extras)),
    )


def pack_note(note: Note) -> bytes:
    """The entry of a note."""
    return _entry((NOTE_TAG, note.kind, note.data))


def pack_end(end: End) -> bytes:
    """The last entry of a closed file."""
    return _entry((END_TAG, end.events, end.head))


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
    if extras.stub:
        stored["stub"] = True
    return stored or None


def _int(value: object) -> int:
    return value if isinstance(value, int) else 0


def read_extras(stored: object) -> Extras:
    """The extras in a stored map; what is of a wrong type is left out."""
    if not isinstance(stored, dict):
        return NO_EXTRAS
    stack, fuel = stored.get("stack"), stored.get("fuel")
    frames = [item for item in stack if isinstance(item, list) and len(item) == 2] if isinstance(stack, list) else []
    return Extras(
        time_ns=_int(stored.get("t")),
        duration_ns=_int(stored.get("d")),
        fuel=fuel if isinstance(fuel, int) else None,
        stack=tuple(Frame(str(function), str(place)) for function, place in frames),
        stub=stored.get("stub") is True,
    )


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

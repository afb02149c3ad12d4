"""Reading a native chain file entry by entry, past damage, without believing any length in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import msgpack

from chainview.chain.event import Event, Extras
from chainview.chain.header import Header, header_from_map
from chainview.chain.msgpack_skip import skip
from chainview.chain.native_entry import (
    END_TAG,
    EVENT_TAG,
    HEADER_TAG,
    NOTE_TAG,
    End,
    Note,
    checksum_matches,
    read_event,
    read_extras,
)

_CHUNK = 1 << 20
_STARTS = (b"\x97\xa1E", b"\x94\xa1N", b"\x94\xa1Z")
_SEARCH_BUDGET = 64
"""How many times its own size a file may be checksummed in looking for whole entries: a hostile one stays linear."""
_WORDS = {HEADER_TAG: "header", EVENT_TAG: "event", NOTE_TAG: "note", END_TAG: "end"}
_BROKEN = (ValueError, TypeError, RecursionError, msgpack.exceptions.UnpackException)


@dataclass(frozen=True, slots=True)
class EventEntry:
    """An event as it stands in the file; its entry takes the bytes from `start` to `end`."""

    event: Event
    extras: Extras
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Damage:
    """Bytes from `start` to `end` that are no whole entry; `what` names the entry that stood there."""

    start: int
    end: int
    what: str


@dataclass(frozen=True, slots=True)
class Cut:
    """The file ends inside an entry that begins at `start`."""

    start: int


Entry = Header | EventEntry | Note | End | Damage | Cut


class _Decoder:
    """Decodes one entry after the other, handing msgpack only bytes that a whole entry can account for."""

    def __init__(self, view: memoryview, start: int) -> None:
        self._view = view
        self._start = self._fed = self.position = start
        self._unpacker = msgpack.Unpacker(strict_map_key=False, max_buffer_size=0)

    def next(self) -> list[Any] | None:
        """The parts of the entry at `position`, which moves past it; None when there is no whole one."""
        while True:
            try:
                parts = self._unpacker.unpack()
            except msgpack.OutOfData:
                if not self._feed():
                    return None
                continue
            except _BROKEN:
                return None
            self.position = self._start + self._unpacker.tell()
            known = isinstance(parts, list) and len(parts) >= 2 and isinstance(parts[0], str)
            return parts if known else None

    def _feed(self) -> bool:
        size = len(self._view)
        end = min(self._fed + _CHUNK, size)
        if self._fed > self.position or end == size:
            whole = skip(self._view, self.position, size)
            if whole is None:
                return False
            end = max(end, whole)
        if end == self._fed:
            return False
        self._unpacker.feed(self._view[self._fed : end])
        self._fed = end
        return True


def read_entries(data: Any, start: int = 0) -> Iterator[Entry]:
    """The entries of a native chain held in bytes or a memory map, in order; never raises for what is in them.

    An event whose checksum fails but which still reads is given with `extras.damaged`. A stretch that does not read is
    a Damage up to the next whole entry, or a Cut when none follows. Unknown tags are passed over. Raises ChainviewError
    only for a header of a newer format version.
    """
    size, events, budget = len(data), 0, _SEARCH_BUDGET * len(data)
    view = memoryview(data)
    decoder = _Decoder(view, start)
    while (position := decoder.position) < size:
        parts = decoder.next()
        if parts is None:
            found, budget = _next_whole(data, view, position + 1, budget)
            if found is None:
                yield Cut(position) if skip(view, position, size) is None else Damage(position, size, _what(data, position))
                return
            yield Damage(position, found, _what(data, position))
            decoder = _Decoder(view, found)
            continue
        entry = _entry(parts, position, decoder.position, whole=checksum_matches(view[position : decoder.position]))
        if isinstance(entry, EventEntry):
            events += 1
        if entry is not None:
            yield replace(entry, after=events) if isinstance(entry, Note) else entry


def _entry(parts: list[Any], start: int, end: int, *, whole: bool) -> Entry | None:
    tag = parts[0]
    if tag == EVENT_TAG and (event := read_event(parts)) is not None:
        extras = read_extras(parts[5])
        return EventEntry(event, extras if whole else replace(extras, damaged=True), start, end)
    if not whole or tag == EVENT_TAG:
        return Damage(start, end, _WORDS.get(tag, "entry"))
    if tag == HEADER_TAG and isinstance(parts[1], dict):
        return header_from_map(parts[1])
    if tag == NOTE_TAG and len(parts) == 4 and isinstance(parts[1], str) and isinstance(parts[2], dict):
        return Note(parts[1], parts[2])
    if tag == END_TAG and len(parts) == 4 and isinstance(parts[1], int):
        return End(parts[1], parts[2] if isinstance(parts[2], bytes) else None)
    return None


def _what(data: Any, position: int) -> str:
    head = bytes(data[position : position + 12])
    return next((word for tag, word in _WORDS.items() if head[2:].startswith(tag.encode())), "entry")


def _next_whole(data: Any, view: memoryview, start: int, budget: int) -> tuple[int | None, int]:
    candidates = {pattern: data.find(pattern, start) for pattern in _STARTS}
    while budget > 0:
        ahead = [(at, pattern) for pattern, at in candidates.items() if at >= 0]
        if not ahead:
            return None, budget
        at, pattern = min(ahead)
        end = skip(view, at, len(view))
        if end is not None:
            budget -= end - at
            if checksum_matches(view[at:end]):
                return at, budget
        candidates[pattern] = data.find(pattern, at + 1)
    return None, 0

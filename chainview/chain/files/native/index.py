"""Indexing a native chain file: its events go into columns, their payloads stay in the file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any
from zlib import crc32

from chainview.chain.event import StateGap
from chainview.chain.files.entries.entry import Cut, Damage, Data, End, Entry, Note, ReadEvent
from chainview.chain.files.entries.header import Header
from chainview.chain.files.native.layout import (
    CHECKSUM_LEAD,
    CHECKSUM_SIZE,
    EVENT_LEAD,
    EVENT_TAG,
    TEXT_ERRORS,
    plain_times,
)
from chainview.chain.files.native.object_end import BLOB_LENGTH, skip
from chainview.chain.files.native.reader import EntryReader
from chainview.chain.hashing import HASH_SIZE
from chainview.chain.table import EventTable

_NO_TIMES = (0, 0)
_LOOKED_AHEAD, _LOOK_BUDGET = 8, 1 << 12
_HASH_LEAD = b"\xc4\x14"
"""How a hash of 20 bytes begins."""
_TYPE_AT = 47
"""Where the type begins in the entry of an event with a parent, both hashes of 20 bytes."""
_SHORT_BYTES, _LONGER_BYTES = 0xC4, 0xC5
"""How byte strings of up to 255, and of up to 65,535 bytes begin."""


class NativeIndex:
    """What a native chain file holds, grown by `advance`; `position` is how far its bytes are read."""

    def __init__(self, data: Any) -> None:
        self.table = EventTable(NativePayloads(data))
        self.header: Header | None = None
        self.notes: list[Note] = []
        self.damages: list[tuple[int, Damage]] = []
        """Each damaged stretch with the number of events before it."""
        self.end: End | None = None
        self.cut: Cut | None = None
        self._data = data
        self._reader = EntryReader(data)

    @property
    def position(self) -> int:
        """How many bytes were read."""
        return len(self._data) if self.cut is not None else self._reader.position

    def advance(self, most: int) -> bool:
        """Reads up to `most` entries; False when there are no more."""
        reader, view, table, size = self._reader, self._reader.view, self.table, len(self._data)
        decoder = reader.decoder
        for _ in range(most):
            start = decoder.position
            if start >= size:
                return False
            parts = decoder.next()
            if (
                parts is None
                or len(parts) != 7
                or parts[0] != EVENT_TAG
                or parts[6] != crc32(view[start : (checksum := decoder.position - CHECKSUM_SIZE)])
                or view[checksum] != CHECKSUM_LEAD
                or not _appended(table, parts, start)
            ):
                self._read_other(parts, start)
                decoder = reader.decoder
        return decoder.position < size

    def _read_other(self, parts: list[Any] | None, start: int) -> None:
        entry = self._reader.read_parts(parts, start)
        events = len(self.table)
        if isinstance(entry, ReadEvent):
            self.table.append_stored(entry.event, entry.extras, start)
        elif isinstance(entry, Damage):
            if entry.what == "entry" and self._event_is_missing(entry.end):
                entry = replace(entry, what="event")
            self.damages.append((events, entry))
            if entry.what == "event":
                self.table.append_damage(b"", entry.start, entry.what)
        elif isinstance(entry, Cut):
            self.cut = entry
        elif isinstance(entry, End):
            self.end = entry
        elif isinstance(entry, Note):
            self.notes.append(Note(entry.kind, entry.data, events))
        elif isinstance(entry, Header) and self.header is None:
            self.header = entry

    def _event_is_missing(self, position: int) -> bool:
        """Whether the next event from a position on does not follow the last one read, so that one stood between."""
        reader, size = EntryReader(self._data, position, budget=_LOOK_BUDGET), len(self._data)
        entry: Entry | None = None
        for _ in range(_LOOKED_AHEAD):
            if reader.position < size and not isinstance(entry, ReadEvent | Cut):
                entry = reader.read()
        reader.close()
        return isinstance(entry, ReadEvent) and entry.event.parent != self.table.hash(len(self.table) - 1)

    def grow(self, data: Any) -> None:
        """Goes on in a longer view of the same file."""
        start = self._reader.position if self.cut is None else self.cut.start
        self._reader.close()
        self._data, self.cut = data, None
        self._reader = EntryReader(data, start)
        self.table.continue_from(NativePayloads(data))

    def close(self) -> None:
        """Lets go of the data; the table can then give no payload."""
        self._reader.close()
        self.table.continue_from(NativePayloads(b""))


def _appended(table: EventTable, parts: list[Any], start: int) -> bool:
    """Adds the event in the parts of a whole entry to a table; False where they are not as most entries are."""
    _, hash_, parent, event_type, payload, extras, _ = parts
    if type(event_type) is not str or type(payload) is not bytes or type(hash_) is not bytes:
        return False
    if len(hash_) != HASH_SIZE or (parent is not None and type(parent) is not bytes):
        return False
    times = _NO_TIMES if extras is None else plain_times(extras)
    if times is None:
        return False
    table.append_parts(hash_, parent, event_type, payload, start, times[0], times[1])
    return True


class NativePayloads:
    """The payloads in the bytes or the memory map of a native chain file."""

    def __init__(self, data: Data) -> None:
        self.raw = data

    def span(self, start: int) -> tuple[int, int]:
        """Where the payload of the event whose entry begins at `start` begins and ends; both 0 when it isn't found."""
        data = self.raw
        size, lead = len(data), data[start]
        at: int | None = start + (1 if lead <= 0x9F else 3 if lead == 0xDC else 5)
        hashes = data[start + 3 : start + 27]
        if lead == EVENT_LEAD and hashes[:2] == _HASH_LEAD and hashes[22:24] == _HASH_LEAD:
            at = skip(data, start + _TYPE_AT, size)
        else:
            for _ in range(4):
                at = None if at is None else skip(data, at, size)
        width = None if at is None or at >= size else BLOB_LENGTH.get(data[at])
        if at is None or width is None:
            return 0, 0
        begin = at + 1 + width
        return begin, min(begin + int.from_bytes(data[at + 1 : begin], "big"), size)

    def payloads(self, starts: Iterable[int], types: Iterable[int], names: Sequence[str]) -> list[bytes]:
        """The payloads of the events whose entries begin at `starts`, whose types are `names[type]`."""
        raw, leads = self.raw, [_packed_text(name) for name in names]
        found = []
        for start, type_id in zip(starts, types, strict=True):
            at, lead = start + _TYPE_AT, leads[type_id]
            end = at + len(lead)
            # As the writer lays it out: the type stands at this place only behind two hashes of 20 bytes.
            head = raw[at : end + 3]
            if head.startswith(lead) and head[-3] == _SHORT_BYTES:
                found.append(raw[end + 2 : end + 2 + head[-2]])
            elif head.startswith(lead) and head[-3] == _LONGER_BYTES:
                found.append(raw[end + 3 : end + 3 + (head[-2] << 8 | head[-1])])
            else:
                begin, stop = self.span(start)
                found.append(raw[begin:stop])
        return found

    def state(self, start: int) -> bytes | StateGap | None:
        """The state that stands beside the event whose entry begins at `start`."""
        reader = EntryReader(self.raw, start, budget=0)
        entry = reader.read()
        reader.close()
        return entry.extras.state if isinstance(entry, ReadEvent) else None


def _packed_text(text: str) -> bytes:
    """A text as msgpack has it; one of more than 255 bytes, which is no event type, without its head."""
    packed = text.encode("utf-8", TEXT_ERRORS)
    size = len(packed)
    return bytes((0xA0 | size,)) + packed if size < 32 else bytes((0xD9, size)) + packed if size < 256 else packed

"""Indexing a native chain file: its events go into columns, their payloads stay in the file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any
from zlib import crc32

from chainview.chain.event import StateGap
from chainview.chain.event_flags import FLAGS_WITHOUT_HASH
from chainview.chain.files.entries.damages import Damages
from chainview.chain.files.entries.entry import Checked, Cut, Damage, Data, End, Entry, Note, ReadEvent
from chainview.chain.files.entries.header import Header
from chainview.chain.files.native.bulk import BulkIndex
from chainview.chain.files.native.layout import (
    CHECKSUM_LEAD,
    CHECKSUM_SIZE,
    END_TAG,
    EVENT_LEAD,
    EVENT_TAG,
    HEADER_TAG,
    NOTE_TAG,
    TRIGGER,
    plain_times,
    read_trigger,
)
from chainview.chain.files.native.object_end import BLOB_LENGTH, skip, skip_counted
from chainview.chain.files.native.reader import EntryReader, end_of, is_end, is_header, is_note
from chainview.chain.hashing import HASH_SIZE
from chainview.chain.table import EventTable

_NO_TIMES = (0, 0)
_LOOKED_AHEAD, _LOOK_BUDGET = 8, 1 << 12
_MOST_IN_NOTES = 1 << 17
"""Objects that the notes which are held consist of."""
_LOOKED_INTO = 1000
"""Damaged entries of no known kind for which it is found out whether an event is missing there."""
_HASH_LEAD = b"\xc4\x14"
"""How a hash of 20 bytes begins."""
_EVENT_HEAD = bytes((EVENT_LEAD,)) + b"\xa1E\xc4"
_HASH_SIZE_AT = 4
_NO_PARENT, _SHORT_TEXT = b"\xc0", 0xD9
_TYPE_AT = 47
"""Where the type begins in the entry of an event with a parent, both hashes of 20 bytes."""
_HEAD = 512
"""More than can stand before the payload in most entries."""
_LARGEST_HELD, _MOST_HELD = 1 << 16, 32
"""Bytes of a payload up to which it is held, and how many are."""
_BLOB_HEAD = 5
_LEAST_REACH, _LONGEST_REACH = 1 << 9, 1 << 15
_SHORT_BYTES, _LONGER_BYTES = b"\xc4", b"\xc5"
"""How byte strings of up to 255, and of up to 65,535 bytes begin."""
_SHORT_LEADS = b"\xc4\xd9"
"""How byte strings and texts begin of which a byte tells the size."""


class NativeIndex:
    """What a native chain file holds, grown by `advance`; `position` is how far its bytes are read."""

    def __init__(self, data: Data) -> None:
        self.table = EventTable(NativePayloads(data))
        self.header: Header | None = None
        self.notes: list[Note] = []
        self.notes_left_out = 0
        self._room_for_notes = _MOST_IN_NOTES
        self.damages = Damages()
        self._end: list[Any] | None = None
        self.cut: Cut | None = None
        self._data = data
        self._reader = EntryReader(data)
        self._bulk = BulkIndex(data, self.table)

    @property
    def position(self) -> int:
        """How many bytes were read."""
        return len(self._data) if self.cut is not None else self._reader.position

    def advance(self, most: int) -> bool:
        """Reads up to `most` entries; False when there are no more."""
        bulk, size = self._bulk, len(self._data)
        while most > 0 and self._reader.position < size:
            if bulk.by_hand:
                count = min(most, bulk.by_hand)
                bulk.by_hand -= count
                self._read(count)
            else:
                count, position = bulk.take_in(self._reader.position, most)
                self._reader.decoder.go_to(position)
            most -= count
        return self._reader.position < size

    def _read(self, count: int) -> None:
        """Reads up to so many entries one by one."""
        decoder, size = self._reader.decoder, len(self._data)
        for _ in range(count):
            start = decoder.position
            if start >= size:
                return
            parts = decoder.next()
            if parts is not None:
                window, base = decoder.window, decoder.base
                checksum = decoder.position - CHECKSUM_SIZE - base
                whole = parts[-1] == crc32(window[start - base : checksum]) and window[checksum] == CHECKSUM_LEAD
                if whole and self._taken(parts, start):
                    continue
            self._read_other(parts, start)

    def _taken(self, parts: list[Any], start: int) -> bool:
        """Takes in what most of the whole entries of a file are; False where these are the parts of any other."""
        tag = parts[0]
        if tag == EVENT_TAG:
            return len(parts) == 7 and _appended(self.table, parts, start)
        if tag == NOTE_TAG:
            # Of very many notes those that are not held are only counted.
            left_out = self._room_for_notes < 0 and is_note(parts)
            self.notes_left_out += left_out
            return left_out
        if tag == END_TAG and is_end(parts):
            self._end = parts
            return True
        return tag == HEADER_TAG and self.header is not None and is_header(parts)

    @property
    def end(self) -> End | None:
        """The last end entry that was read."""
        return None if self._end is None else end_of(self._end)

    def _read_other(self, parts: list[Any] | None, start: int) -> None:
        entry = self._reader.read_parts(parts, start)
        events = len(self.table)
        if isinstance(entry, ReadEvent):
            self.table.append_stored(entry.event, entry.extras, start)
        elif isinstance(entry, Damage):
            if entry.what == "entry" and len(self.damages) < _LOOKED_INTO and self._event_is_missing(entry.end):
                entry = replace(entry, what="event")
            # The bytes of a damaged row go on to the next event.
            apart = self.damages.add(events, entry, follows=entry.start == self.damages.end)
            if apart and entry.what == "event":
                self.table.append_damage(b"", entry.start, entry.what)
        elif isinstance(entry, Cut):
            self.cut = entry
        elif isinstance(entry, Note):
            self._take_note(entry, start)
        elif isinstance(entry, Header) and self.header is None:
            self.header = entry

    def _take_note(self, note: Note, start: int) -> None:
        if self._room_for_notes >= 0:
            end, objects = skip_counted(self._data, start, len(self._data))
            self._room_for_notes -= objects
            if self._room_for_notes >= 0 and end is not None:
                self.notes.append(Note(note.kind, note.data, len(self.table)))
                return
        self.notes_left_out += 1

    def _event_is_missing(self, position: int) -> bool:
        """Whether the next event from a position on does not follow the last one read, so that one stood between."""
        reader, size = EntryReader(self._data, position, budget=_LOOK_BUDGET), len(self._data)
        entry: Entry | None = None
        for _ in range(_LOOKED_AHEAD):
            if reader.position < size and not isinstance(entry, ReadEvent | Cut):
                entry = reader.read()
        return isinstance(entry, ReadEvent) and entry.event.parent != self.table.hash(len(self.table) - 1)

    def grow(self) -> None:
        """Goes on in a file that has become longer."""
        start = self._reader.position if self.cut is None else self.cut.start
        self.cut = None
        self._reader = EntryReader(self._data, start)

    def close(self) -> None:
        """Lets go of the data; the table can then give no payload."""
        self._data = b""
        self._reader = EntryReader(b"")
        self._bulk = BulkIndex(b"", self.table)
        self.table.continue_from(NativePayloads(b""))


def _appended(table: EventTable, parts: list[Any], start: int) -> bool:
    """Adds the event in the parts of a whole entry to a table; False where they are not as most entries are."""
    _, hash_, parent, event_type, payload, extras, _ = parts
    if type(event_type) is not str or type(payload) is not bytes or type(hash_) is not bytes:
        return False
    if parent is not None and type(parent) is not bytes:
        return False
    times = _NO_TIMES if extras is None else plain_times(extras)
    if times is None:
        return False
    if extras is not None and TRIGGER in extras and (trigger := read_trigger(extras)) is not None:
        table.triggers.add(len(table) + 1 + table.dropped, trigger)
    flags = 0 if len(hash_) == HASH_SIZE else FLAGS_WITHOUT_HASH[Checked.FULL]
    table.append_parts(hash_, parent, event_type, payload, start, times[0], times[1], flags)
    return True


class NativePayloads:
    """The payloads in a native chain file."""

    def __init__(self, data: Data) -> None:
        self.raw = data
        self._newest: dict[int, bytes] = {}
        """Payloads that were asked for lately, by where their entries begin: who compares calls asks again."""

    def span(self, start: int) -> tuple[int, int]:
        """Where the payload of the event whose entry begins at `start` begins and ends; both 0 when it isn't found."""
        return self._span(start, self.raw[start : start + _HEAD])

    def payload(self, start: int) -> bytes:
        """The payload of the event whose entry begins at `start`; empty when it isn't found."""
        held = self._newest.get(start)
        if held is not None:
            return held
        head = self.raw[start : start + _HEAD]
        begin, end = self._span(start, head)
        payload = head[begin - start : end - start] if end <= start + len(head) and begin else self.raw[begin:end]
        if len(payload) <= _LARGEST_HELD:
            if len(self._newest) >= _MOST_HELD:
                # Another thread may look at what is held at this moment: it is replaced, not emptied.
                self._newest = {}
            self._newest[start] = payload
        return payload

    def _span(self, start: int, head: bytes) -> tuple[int, int]:
        """The span in an entry that begins with `head`."""
        data, size = self.raw, len(self.raw)
        if not head:
            return 0, 0
        lead = head[0]
        if lead == EVENT_LEAD and head[3:5] == _HASH_LEAD and head[25:27] == _HASH_LEAD:
            at, before = _TYPE_AT, 1
        else:
            at, before = 1 if lead <= 0x9F else 3 if lead == 0xDC else 5, 4
        near = _behind_short(head, at, before)
        if near is not None:
            return _blob(head[near : near + _BLOB_HEAD], start + near, size)
        behind: int | None = start + at
        for _ in range(before):
            behind = None if behind is None else skip(data, behind, size)
        return (0, 0) if behind is None else _blob(data[behind : behind + _BLOB_HEAD], behind, size)

    def payloads(self, starts: Iterable[int]) -> list[bytes]:
        """The payloads of the events whose entries begin at `starts`."""
        raw = self.raw
        found, near, base, reach = [], b"", 0, _LEAST_REACH
        for start in starts:
            at = start - base
            if at < 0 or at + _HEAD > len(near):
                # Events that follow each other are read together.
                follows = 0 <= at < len(near) + _LONGEST_REACH
                base, reach = start, min(reach * 4, _LONGEST_REACH) if follows else _LEAST_REACH
                near, at = raw[base : base + reach], 0
            place = _payload_at(near, at) if at + _HEAD <= len(near) else None
            width = b"" if place is None else near[place : place + 3]
            if place is not None and width[:1] == _SHORT_BYTES:
                begin, stop = place + 2, place + 2 + width[1]
            elif place is not None and width[:1] == _LONGER_BYTES:
                begin, stop = place + 3, place + 3 + (width[1] << 8 | width[2])
            else:
                begin, stop = self._span(start, near[at : at + _HEAD])
                begin, stop = begin - base, stop - base
            whole = begin >= 0 and stop <= len(near)
            found.append(near[begin:stop] if whole else raw[base + begin : base + stop])
        return found

    def state(self, start: int) -> bytes | StateGap | None:
        """The state that stands beside the event whose entry begins at `start`."""
        reader = EntryReader(self.raw, start, budget=0)
        entry = reader.read()
        return entry.extras.state if isinstance(entry, ReadEvent) else None


def _payload_at(near: bytes, at: int) -> int | None:
    """Where the payload of an entry stands that is laid out as the writer does it; None for most others.

    The first bytes of the entry are there, as many as can stand before it.
    """
    if not near.startswith(_EVENT_HEAD, at) or near[at + _HASH_SIZE_AT] > HASH_SIZE:
        return None
    place = at + _HASH_SIZE_AT + 1 + near[at + _HASH_SIZE_AT]
    if near[place] == _NO_PARENT[0]:
        place += 1
    elif near[place] == _SHORT_BYTES[0] and near[place + 1] <= HASH_SIZE:
        place += 2 + near[place + 1]
    else:
        return None
    lead = near[place]
    if 0xA0 <= lead <= 0xBF:
        return place + 1 + (lead & 0x1F)
    return place + 2 + near[place + 1] if lead == _SHORT_TEXT else None


def _behind_short(head: bytes, at: int, count: int) -> int | None:
    """Where so many short texts and byte strings end, or nothing in their place; None where others stand there.

    What begins an object behind them is in the head too.
    """
    last = len(head) - _BLOB_HEAD
    for _ in range(count):
        if at > last:
            return None
        lead = head[at]
        if lead in _SHORT_LEADS:
            at += 2 + head[at + 1]
        elif lead == _NO_PARENT[0]:
            at += 1
        elif 0xA0 <= lead <= 0xBF:
            at += 1 + (lead & 0x1F)
        else:
            return None
    return at if at <= last else None


def _blob(head: bytes, at: int, size: int) -> tuple[int, int]:
    """Where the bytes begin and end of which the head, and what may follow it, stands at an offset."""
    width = BLOB_LENGTH.get(head[0]) if head else None
    if width is None:
        return 0, 0
    begin = at + 1 + width
    return begin, min(begin + int.from_bytes(head[1 : 1 + width], "big"), size)

"""Reading a native chain file entry by entry, past damage, without believing any length in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import msgpack

from chainview.chain.files.entries.entry import Cut, Damage, Data, End, Entry, Note, ReadEvent
from chainview.chain.files.entries.text_search import Searcher
from chainview.chain.files.native.layout import (
    END_TAG,
    EVENT_LEAD,
    EVENT_TAG,
    FORMAT_VERSION,
    HEADER_TAG,
    NOTE_TAG,
    TEXT_ERRORS,
    checksum_matches,
    read_event,
    read_extras,
    read_header,
)
from chainview.chain.files.native.object_end import skip, skip_counted

_FIRST_CHUNK, _CHUNK = 1 << 12, 1 << 20
_END_START = b"\x94\xa1Z"
_START = re.compile(rb"\x97\xa1E[\xc4-\xc6]|\x94\xa1N[\xa0-\xbf\xd9-\xdb]|\x94\xa1Z[\x00-\x7f\xcc-\xcf]")
"""How an entry begins: an array of as many parts, its tag, and what the second part has to be."""
_LONGEST_START = 4
_KNOWN_TAGS = (b"\x97\xa1E", b"\x94\xa1N", _END_START)
TAIL = 128
"""The bytes in which the end entry of a closed file lies."""
_LEADS = {HEADER_TAG: 0x93, EVENT_TAG: EVENT_LEAD, NOTE_TAG: 0x94, END_TAG: 0x94}
_SEARCH_BUDGET, _SMALLEST_BUDGET = 32, 1 << 20
"""The work that looking for whole entries may take, per byte of the file and at least: a hostile one stays linear."""
_WORK_PER_OBJECT = 64
"""What looking at one object costs beside checksumming one byte."""
_OBJECTS_PER_BYTE, _LEAST_OBJECTS = 3, 1 << 20
"""Of a sound file each is looked at twice at most, and takes a byte at least."""
_LONGEST_ARRAY = 1 << 16
"""Items of one array in an entry. msgpack makes room for all of them as soon as it has read their number."""
_WORDS = {HEADER_TAG: "header", EVENT_TAG: "event", NOTE_TAG: "note", END_TAG: "end"}
_BROKEN = (ValueError, TypeError, RecursionError, msgpack.exceptions.UnpackException)


class EntryDecoder:
    """Decodes one entry after the other, handing msgpack only bytes that a whole entry can account for."""

    def __init__(self, data: Data, start: int, objects: int | None = None, whole: int = 0) -> None:
        """`objects` may be looked at yet, where another did before; `whole` is where the first entry ends, if known."""
        self.window = b""
        """The bytes from `base` on that were looked at last: those of the entry that `next` gave are among them."""
        self.base = start
        self._data = data
        self._start = self._fed = self.position = start
        self.objects = _OBJECTS_PER_BYTE * len(data) + _LEAST_OBJECTS if objects is None else objects
        """How many objects may still be looked at to find where an entry ends."""
        self._whole = whole
        self._chunk = _FIRST_CHUNK
        self._unpacker = msgpack.Unpacker(
            strict_map_key=False,
            max_buffer_size=0,
            max_array_len=_LONGEST_ARRAY,
            max_map_len=_LONGEST_ARRAY,
            unicode_errors=TEXT_ERRORS,
        )

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
            if type(parts) is not list or len(parts) < 2 or type(parts[0]) is not str:
                return None
            self.position = self._start + self._unpacker.tell()
            return parts

    def _feed(self) -> bool:
        size = len(self._data)
        end = min(self._fed + self._chunk, size)
        self._chunk = min(self._chunk * 4, _CHUNK)
        if self._fed > self.position or end == size:
            whole = self._whole_end()
            if whole is None:
                return False
            end = max(end, whole)
        if end == self._fed:
            return False
        self.window, self.base = self._data[self.position : end], self.position
        self._unpacker.feed(memoryview(self.window)[self._fed - self.position :])
        self._fed = end
        return True

    def _whole_end(self) -> int | None:
        """Where the entry here ends; None where it is none, or where finding that out took too long already."""
        if self.position < self._whole:
            return self._whole
        head = self._data[self.position : self.position + _LONGEST_START]
        if self.objects <= 0 or (head[:3] in _KNOWN_TAGS and not _START.match(head)):
            return None
        end, objects = skip_counted(self._data, self.position, len(self._data))
        self.objects -= objects
        return end


class EntryReader:
    """Reads the entries of a native chain; never raises for what is in them.

    An event whose checksum fails but which still reads is given with `extras.damaged`. A stretch that does not read is
    a Damage up to the next whole entry, or a Cut when none follows and the file ends inside it.
    """

    def __init__(self, data: Data, start: int = 0, *, budget: int | None = None) -> None:
        self.decoder = EntryDecoder(data, start)
        self._data = data
        self._budget = _SEARCH_BUDGET * len(data) + _SMALLEST_BUDGET if budget is None else budget
        self._searcher = Searcher(data)

    @property
    def position(self) -> int:
        """Where the next entry begins."""
        return self.decoder.position

    def read(self) -> Entry | None:
        """The next entry; None for one of an unknown tag. Not to be called at the end of the data.

        Raises ChainviewError only for a header of a newer format version.
        """
        start = self.decoder.position
        return self.read_parts(self.decoder.next(), start)

    def read_parts(self, parts: list[Any] | None, start: int) -> Entry | None:
        """The entry whose parts the decoder gave for the position `start`."""
        end = self.decoder.position
        if parts is not None:
            whole = self._is_whole(start)
            if whole or self._ends_at(parts[0], start, end):
                return _entry(parts, start, end, whole=whole)
        found, size = self._next_whole(start + 1), len(self._data)
        at, ends = (size, 0) if found is None else found
        self.decoder = EntryDecoder(self._data, at, self.decoder.objects, ends)
        if found is not None:
            return Damage(start, at, self._what(start))
        return Cut(start) if skip(self._data, start, size) is None else Damage(start, size, self._what(start))

    def is_whole_note(self, parts: list[Any], start: int) -> bool:
        """Whether the parts that the decoder gave for the position `start` are those of a note."""
        return parts[0] == NOTE_TAG and _is_note(parts) and self._is_whole(start)

    def is_whole_header(self, parts: list[Any], start: int) -> bool:
        """Whether the parts that the decoder gave for the position `start` are those of a header of this version."""
        if parts[0] != HEADER_TAG or not isinstance(parts[1], dict):
            return False
        version = parts[1].get("format")
        return not (isinstance(version, int) and version > FORMAT_VERSION) and self._is_whole(start)

    def _is_whole(self, start: int) -> bool:
        """Whether the entry at a position, which the decoder gave last, ends in its checksum."""
        decoder = self.decoder
        return checksum_matches(decoder.window[start - decoder.base : decoder.position - decoder.base])

    def _ends_at(self, tag: str, start: int, end: int) -> bool:
        """Whether an entry that fails its checksum still ends where it says: then another whole one begins there."""
        if self._data[start] != _LEADS.get(tag):
            return False
        return end == len(self._data) or self._whole_end(end) is not None

    def _whole_end(self, at: int) -> int | None:
        if self._budget <= 0:
            return None
        end, objects = skip_counted(self._data, at, len(self._data))
        self._budget -= objects * _WORK_PER_OBJECT
        if end is None:
            return None
        self._budget -= end - at
        return end if checksum_matches(self._data[at:end]) else None

    def _next_whole(self, start: int) -> tuple[int, int] | None:
        """Where the next whole entry begins and ends."""
        while self._budget > 0:
            at = self._next_start(start)
            if at is None:
                return None
            end = self._whole_end(at)
            if end is not None:
                return at, end
            start = at + 1
        return None

    def _next_start(self, start: int) -> int | None:
        """Where the next bytes lie that begin an entry."""
        found = self._searcher.search(_START, start, _LONGEST_START)
        return None if found is None else found.start

    def _what(self, start: int) -> str:
        """The word for what stood at `start`, found although one byte of its beginning may be wrong."""
        head = self._data[start : start + 12]
        if head[:1] == b"\x97" or head[1:3] == b"\xa1E":
            return "event"
        if start == 0:
            return "header"
        return next((word for tag, word in _WORDS.items() if head[2:].startswith(tag.encode())), "entry")


def read_entries(data: Data, start: int = 0) -> Iterator[Entry]:
    """The entries of a native chain, in order; never raises for what is in them.

    Damage is told as EntryReader has it, unknown tags are passed over. Raises ChainviewError only for a header of a
    newer format version.
    """
    reader, events = EntryReader(data, start), 0
    while reader.position < len(data):
        entry = reader.read()
        if isinstance(entry, ReadEvent):
            events += 1
        if entry is not None:
            yield replace(entry, after=events) if isinstance(entry, Note) else entry


def _entry(parts: list[Any], start: int, end: int, *, whole: bool) -> Entry | None:
    tag = parts[0]
    if tag == EVENT_TAG and (event := read_event(parts)) is not None:
        extras = read_extras(parts[5])
        return ReadEvent(event, end, extras=extras if whole else replace(extras, damaged=True))
    if not whole or tag == EVENT_TAG:
        return Damage(start, end, _WORDS.get(tag, "entry"))
    if tag == HEADER_TAG and isinstance(parts[1], dict):
        return read_header(parts[1])
    if tag == NOTE_TAG and _is_note(parts):
        return Note(parts[1], parts[2])
    if tag == END_TAG and len(parts) == 4 and isinstance(parts[1], int):
        return End(parts[1], parts[2] if isinstance(parts[2], bytes) else None)
    return None


def _is_note(parts: list[Any]) -> bool:
    return len(parts) == 4 and isinstance(parts[1], str) and isinstance(parts[2], dict)


def end_in(tail: bytes) -> End | None:
    """The end entry that the last bytes of a file end in, of which TAIL are enough."""
    at = tail.rfind(_END_START)
    if at < 0 or not checksum_matches(tail[at:]):
        return None
    entry = next(read_entries(tail[at:]), None)
    return entry if isinstance(entry, End) else None

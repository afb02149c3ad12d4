"""Reading a native chain file entry by entry, past damage, without believing any length in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, TypeGuard

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

_FIRST_CHUNK, _CHUNK, _WINDOW = 1 << 12, 1 << 20, 1 << 16
_END_START = b"\x94\xa1Z"
_SHORT_TEXT = b"|".join([b"%b.{%d}" % (re.escape(bytes((0xA0 + size,))), size) for size in range(32)])
_START = re.compile(
    rb"\x97\xa1E[\xc4-\xc6]|\x94\xa1N(?:[\xd9-\xdb]|(?:%b)[\x80-\x8f\xde\xdf])|\x94\xa1Z[\x00-\x7f\xcc-\xcf]"
    % _SHORT_TEXT,
    re.DOTALL,
)
"""How an entry begins: an array of as many parts, its tag, and what the second part has to be, of a note the third."""
_LONGEST_START = 36
_BARE_PARTS = {b"\x97\xa1E": 6, b"\x94\xa1N": 3, _END_START: 5}
"""How many of the first objects of an entry hold no others, the entry itself counted."""
_ANY_START = re.compile(rb"(?:[\x92-\x9f]|\xdc..|\xdd....)[\xa0-\xbf\xd9-\xdb]", re.DOTALL)
"""How an entry of any tag begins: an array of two parts or more, and a text."""
TAIL = 128
"""The bytes in which the end entry of a closed file lies."""
_LEADS = {HEADER_TAG: 0x93, EVENT_TAG: EVENT_LEAD, NOTE_TAG: 0x94, END_TAG: 0x94}
_SEARCH_BUDGET, _SMALLEST_BUDGET = 32, 1 << 20
"""The work that looking for whole entries may take, per byte of the file and at least: a hostile one stays linear."""
_WORK_A_LOOK, _WORK_PER_OBJECT = 1 << 9, 64
"""What finding a beginning costs, and looking at one object, beside checksumming one byte."""
_OBJECTS_PER_BYTE, _LEAST_OBJECTS = 1, 1 << 20
"""Of a sound file each is looked at once at most, and takes a byte at least."""
_FEW, LONGEST_ARRAY = 1 << 8, 1 << 16
"""Items of one array: of one that was not looked at yet, and of any. msgpack makes room for all that it is told of."""
_WORDS = {HEADER_TAG: "header", EVENT_TAG: "event", NOTE_TAG: "note", END_TAG: "end"}
BROKEN = (ValueError, TypeError, RecursionError, msgpack.exceptions.UnpackException)


class EntryDecoder:
    """Decodes one entry after the other, handing msgpack only bytes that a whole entry can account for."""

    def __init__(self, data: Data, start: int, searcher: Searcher) -> None:
        self.window = b""
        """The bytes from `base` on that were looked at last: those of the entry that `next` gave are among them."""
        self.base = start
        self._data = data
        self._searcher = searcher
        self._objects = _OBJECTS_PER_BYTE * len(data) + _LEAST_OBJECTS
        """How many objects may still be looked at to find where an entry ends."""
        self.go_to(start)

    def go_to(self, position: int) -> None:
        """Goes on with what begins at a position."""
        self.position = self._start = self._fed = position
        self._chunk = _FIRST_CHUNK
        self._unpacker = _unpacker(_FEW)

    def next(self) -> list[Any] | None:
        """The parts of the entry at `position`, which moves past it; None when there is no whole one."""
        while True:
            try:
                parts = self._unpacker.unpack()
            except msgpack.OutOfData:
                if self._fed == self.position and self._feed():
                    continue
                return self._next_alone(min(self._chunk * 4, _CHUNK))
            except BROKEN:
                return self._next_alone(_FIRST_CHUNK)
            if not _is_entry(parts):
                return None
            self.position = self._start + self._unpacker.tell()
            return parts

    def whole_end(self, start: int) -> tuple[int | None, int]:
        """Where what may be an entry ends, None where it is none; and how many objects were looked at to find it."""
        head = self._searcher.between(start, min(start + _LONGEST_START, len(self._data)))
        bare = _BARE_PARTS.get(head[:3])
        if (_ANY_START if bare is None else _START).match(head) is None:
            return None, 0
        return skip_counted(self._data, start, len(self._data), bare or 1)

    def _feed(self) -> bool:
        end = min(self._fed + self._chunk, len(self._data))
        if end == self._fed:
            return False
        self._unpacker.feed(self._held(self._fed, end))
        self._fed = end
        return True

    def _next_alone(self, chunk: int) -> list[Any] | None:
        """The parts of the entry at `position`, once it is known to be whole; so much is handed on behind it."""
        if self._objects <= 0:
            return None
        end, objects = self.whole_end(self.position)
        self._objects -= objects
        if end is None:
            return None
        unpacker = _unpacker(LONGEST_ARRAY)
        unpacker.feed(self._held(self.position, end))
        try:
            parts = unpacker.unpack()
        except BROKEN:
            return None
        if not _is_entry(parts):
            return None
        self.go_to(end)
        self._chunk = chunk
        return parts

    def _held(self, start: int, end: int) -> memoryview:
        """The bytes between two offsets, which the window holds then."""
        if start < self.base or end > self.base + len(self.window):
            self.base, self.window = start, self._data[start : max(end, min(start + _WINDOW, len(self._data)))]
        return memoryview(self.window)[start - self.base : end - self.base]


def _unpacker(longest: int) -> msgpack.Unpacker:
    return msgpack.Unpacker(
        strict_map_key=False,
        max_buffer_size=0,
        read_size=_FIRST_CHUNK,
        max_array_len=longest,
        max_map_len=longest,
        unicode_errors=TEXT_ERRORS,
    )


def _is_entry(parts: object) -> TypeGuard[list[Any]]:
    return type(parts) is list and len(parts) > 1 and type(parts[0]) is str


class EntryReader:
    """Reads the entries of a native chain; never raises for what is in them.

    An event whose checksum fails but which still reads is given with `extras.damaged`. A stretch that does not read is
    a Damage up to the next whole entry, or a Cut when none follows and the file ends inside it.
    """

    def __init__(self, data: Data, start: int = 0, *, budget: int | None = None) -> None:
        self._searcher = Searcher(data)
        self.decoder = EntryDecoder(data, start, self._searcher)
        self._data = data
        self._budget = _SEARCH_BUDGET * len(data) + _SMALLEST_BUDGET if budget is None else budget

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
        self.decoder.go_to(size if found is None else found)
        if found is not None:
            return Damage(start, found, self._what(start))
        return Cut(start) if skip(self._data, start, size) is None else Damage(start, size, self._what(start))

    def _is_whole(self, start: int) -> bool:
        """Whether the entry at a position, which the decoder gave last, ends in its checksum."""
        decoder = self.decoder
        return checksum_matches(decoder.window[start - decoder.base : decoder.position - decoder.base])

    def _ends_at(self, tag: str, start: int, end: int) -> bool:
        """Whether an entry that fails its checksum still ends where it says: then another whole one begins there."""
        if self._data[start] != _LEADS.get(tag) or self.decoder.whole_end(start)[0] != end:
            return False
        return end == len(self._data) or self._is_whole_at(end)

    def _is_whole_at(self, at: int) -> bool:
        """Whether a whole entry begins at a position, as far as there is work left for finding that out."""
        if self._budget <= 0:
            return False
        end, objects = self.decoder.whole_end(at)
        self._budget -= objects * _WORK_PER_OBJECT + _WORK_A_LOOK
        if end is None:
            return False
        self._budget -= end - at
        return checksum_matches(self._searcher.between(at, end))

    def _next_whole(self, start: int) -> int | None:
        """Where the next whole entry begins."""
        while self._budget > 0:
            at = self._next_start(start)
            if at is None or self._is_whole_at(at):
                return at
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
    if tag == NOTE_TAG and is_note(parts):
        return Note(parts[1], parts[2])
    return end_of(parts) if tag == END_TAG and is_end(parts) else None


def is_header(parts: list[Any]) -> bool:
    """Whether the parts of an entry tagged as one are those of a header that this version reads."""
    version = parts[1].get("format") if isinstance(parts[1], dict) else None
    return isinstance(parts[1], dict) and not (isinstance(version, int) and version > FORMAT_VERSION)


def is_note(parts: list[Any]) -> bool:
    """Whether the parts of an entry tagged as one are those of a note."""
    return len(parts) == 4 and isinstance(parts[1], str) and isinstance(parts[2], dict)


def is_end(parts: list[Any]) -> bool:
    """Whether the parts of an entry tagged as one are those of an end."""
    return len(parts) == 4 and isinstance(parts[1], int)


def end_of(parts: list[Any]) -> End:
    """The end that the parts of its entry tell."""
    return End(parts[1], parts[2] if isinstance(parts[2], bytes) else None)


def end_in(tail: bytes) -> End | None:
    """The end entry that the last bytes of a file end in, of which TAIL are enough."""
    at = tail.rfind(_END_START)
    if at < 0 or not checksum_matches(tail[at:]):
        return None
    entry = next(read_entries(tail[at:]), None)
    return entry if isinstance(entry, End) else None

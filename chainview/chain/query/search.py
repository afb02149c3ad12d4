"""Finding events: by what a person sees of them, and by whether something failed in them.

Payloads are searched where they lie, a stretch at a time, and only where the bytes make a hit possible is the payload
looked into: so a search over a million events is a few hundred cheap steps, and the caller decides when to take them.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterator
from struct import Struct
from typing import Generic, Protocol, TypeVar

from chainview.chain.event import Kind
from chainview.chain.payload import MODULE_EVENT, HostCall, read_payload
from chainview.chain.query.pattern import INTEGER_KINDS, SearchPattern, parse_pattern
from chainview.chain.soundness import soundness
from chainview.chain.table import EventTable
from chainview.chain.words.brief import bytes_as_text
from chainview.chain.words.summary import interface_name, is_failure
from chainview.pack.values import types

_FIRST_STRETCH = 1 << 16
_FAILED = re.compile(rb"(?s:\x01\0\0\0\x01.{4}\x09\0\0\0.{4}\x12\0\0\0host-function-call)")
_FAILED_CASE = b"\x03\0\0\0err\x01\0\0\0"
_FAILURES = bytes([1 if kind in (Kind.ERROR, Kind.DAMAGED) else 0 for kind in range(256)])
_ENVELOPE = frozenset(
    (
        b"chain-event-payload",
        b"host-function-call",
        b"wasm-event-data",
        b"wasm-call",
        b"wasm-result",
        b"wasm-error",
        b"ChainEventPayload",
        b"HostFunctionCall",
        b"WasmEventData",
        b"WasmCall",
        b"WasmResult",
        b"WasmError",
    )
)
"""The types around what an event says: their names are the same everywhere and seen nowhere."""
_TAG_CHAR, _TAG_ARRAY = 0x12, 0x15
_HEAD = Struct("<BxxxI")
_U32 = Struct("<I")


class Stretches(Protocol):
    """What can be searched a stretch at a time: entries whose bytes lie one behind the other."""

    @property
    def dropped(self) -> int: ...
    def __len__(self) -> int: ...
    def raw_start(self, index: int) -> int: ...
    def index_at(self, position: int) -> int: ...


T_co = TypeVar("T_co", bound=Stretches, covariant=True)


class Hits(ABC, Generic[T_co]):
    """The entries of a table that something is true of, found stretch by stretch. Positions are index + `dropped`."""

    counted_at_once = 1 << 18
    """Bytes of payloads that one step counts the hits in."""
    longest_stretch = 1 << 20
    """The most bytes of payloads that one step of a search looks through."""

    def __init__(self, table: T_co) -> None:
        self.table = table
        self._found = array("I")
        self._counted = table.dropped

    @abstractmethod
    def _in_stretch(self, start: int, stop: int) -> Iterator[int]:
        """The hits in a stretch, in order."""

    @property
    def total(self) -> int:
        """How many hits were counted so far."""
        self._forget()
        return len(self._found)

    @property
    def complete(self) -> bool:
        """Whether every event has been counted."""
        self._forget()
        return self._counted >= len(self.table) + self.table.dropped

    @property
    def counted(self) -> int:
        """The first index that has not been counted."""
        self._forget()
        return self._counted - self.table.dropped

    def count_step(self, size: int | None = None) -> bool:
        """Counts the hits in the next `size` bytes of payloads; True when every event has been counted."""
        self._forget()
        start = self.counted
        if start < len(self.table):
            stop = stop_after(self.table, start, size or self.counted_at_once)
            base = self.table.dropped
            self._found.extend([base + index for index in self._in_stretch(start, stop)])
            self._counted = base + stop
        return self.complete

    def ordinal(self, index: int) -> int | None:
        """Which hit, from 1, an event is; None when it is none or was not counted yet."""
        self._forget()
        position = index + self.table.dropped
        at = bisect_left(self._found, position)
        return at + 1 if at < len(self._found) and self._found[at] == position else None

    def any_between(self, start: int, stop: int) -> bool:
        """Whether a hit was counted from `start` up to `stop`."""
        self._forget()
        at = bisect_left(self._found, start + self.table.dropped)
        return at < len(self._found) and self._found[at] < stop + self.table.dropped

    def seek(self, index: int, step: int = 1, accept: Callable[[int], bool] | None = None) -> Seek:
        """A search for the next hit after `index`, or before it for a `step` of -1, that `accept` agrees to."""
        return Seek(self, index, step, accept)

    def next_after(self, index: int) -> int | None:
        """The next hit after `index`; -1 stands before the first event."""
        return self.seek(index).run()

    def previous_before(self, index: int) -> int | None:
        """The last hit before `index`."""
        return self.seek(index, -1).run()

    def hits_between(self, start: int, stop: int) -> Iterator[int]:
        """The hits from `start` up to `stop`, counted or not."""
        self._forget()
        if stop > self.counted:
            return self._in_stretch(start, stop)
        base = self.table.dropped
        low, high = bisect_left(self._found, start + base), bisect_left(self._found, stop + base)
        return iter([position - base for position in self._found[low:high]])

    def _forget(self) -> None:
        base = self.table.dropped
        if self._found and self._found[0] < base:
            del self._found[: bisect_left(self._found, base)]
        self._counted = max(self._counted, base)


class Seek:
    """One search for one hit, taken a stretch of payloads at a time; `hit` is the index once `step` has said True."""

    def __init__(self, hits: Hits[Stretches], index: int, step: int, accept: Callable[[int], bool] | None) -> None:
        self.hit: int | None = None
        self._hits = hits
        self._forward = step > 0
        self._accept = accept
        self._at = index + hits.table.dropped + (1 if self._forward else 0)
        self._size = _FIRST_STRETCH

    def step(self) -> bool:
        """Looks through the next stretch; True when the search is over."""
        table = self._hits.table
        at = max(0, self._at - table.dropped)
        if self._forward:
            if at >= len(table):
                return True
            start, stop = at, stop_after(table, at, self._size)
        else:
            if at == 0:
                return True
            start, stop = _start_before(table, min(at, len(table)), self._size), min(at, len(table))
        found = list(self._accepted(start, stop))
        self.hit = found[-1] if found else None
        self._at = (stop if self._forward else start) + table.dropped
        self._size = min(2 * self._size, self._hits.longest_stretch)
        return self.hit is not None

    def run(self) -> int | None:
        """The hit, however long it takes."""
        while not self.step():
            pass
        return self.hit

    def _accepted(self, start: int, stop: int) -> Iterator[int]:
        for index in self._hits.hits_between(start, stop):
            if self._accept is None or self._accept(index):
                yield index
                if self._forward:
                    return


class Search(Hits[T_co]):
    """The hits of a pattern."""

    def __init__(self, table: T_co, pattern: SearchPattern) -> None:
        super().__init__(table)
        self.pattern = pattern

    @abstractmethod
    def matches(self, index: int) -> bool:
        """Whether an entry is a hit."""

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Where in a shown text the pattern matches."""
        return [found.span() for found in self.pattern.regex.finditer(text) if found.end() > found.start()]


class Finder(Search[EventTable]):
    """Finds events by a smart-case regular expression over what a person sees of them.

    That is their type, and in their payload the texts, the byte lists that are texts, and the names of fields and
    cases; for a pattern such as `42` or `42u64` also integers of that value. `plain` takes the pattern as it stands.
    Raises ChainviewError for an expression that is none.
    """

    def __init__(self, table: EventTable, pattern: str, *, plain: bool = False) -> None:
        super().__init__(table, parse_pattern(pattern, plain=plain))
        self._types: set[int] = set()
        self._types_seen = 0

    def matches(self, index: int) -> bool:
        """Whether an event is a hit."""
        return self.table.type_id(index) in self._matching_types() or self._said(index)

    def _matching_types(self) -> set[int]:
        names = self.table.type_names
        for type_id in range(self._types_seen, len(names)):
            name = names[type_id]
            interface, _, function = name.rpartition("/")
            shown = f"{interface_name(interface)}.{function}"
            search = self.pattern.regex.search
            if name != MODULE_EVENT and (search(name) or search(shown)):
                self._types.add(type_id)
        self._types_seen = len(names)
        return self._types

    def _in_stretch(self, start: int, stop: int) -> Iterator[int]:
        table = self.table
        low = table.raw_start(start)
        suspects = self.pattern.suspects(bytes(table.raw[low : table.raw_start(stop)]))
        matching = self._matching_types()
        typed = table.of_types(matching, start, stop) if matching else b""
        named, place = typed.find(1), suspects.first(0)
        while named >= 0 or place >= 0:
            index = table.index_at(low + place) if place >= 0 else stop
            if 0 <= named <= index - start:
                index = start + named
                yield index
            elif self._said(index):
                yield index
            if 0 <= named <= index - start:
                named = typed.find(1, index - start + 1)
            if place >= 0:
                place = suspects.first(max(place, table.raw_start(index + 1) - low))

    def _said(self, index: int) -> bool:
        table = self.table
        if index < 0 or table.kinds[index] == Kind.DAMAGED:
            return False
        begin, end = table.raw_payload(index)
        return _says(self.pattern, bytes(table.raw[begin:end]))


class FailureFinder(Hits[EventTable]):
    """Finds failed calls, host calls that were answered with an err, damaged stretches, and events that are not sound.

    An event that nobody has checked yet is hashed here, so that a step takes fewer bytes.
    """

    counted_at_once = 1 << 16
    longest_stretch = 1 << 17

    def _in_stretch(self, start: int, stop: int) -> Iterator[int]:
        table = self.table
        low = table.raw_start(start)
        data = bytes(table.raw[low : table.raw_start(stop)])
        failed = set(_places(table.kinds[start:stop].translate(_FAILURES), start))
        unproved = _places(table.unproved(start, stop), start)
        failed.update([index for index in unproved if soundness(table, index).wrong])
        suspects = {table.index_at(low + found.start()) for found in _FAILED.finditer(data)}
        at = data.find(_FAILED_CASE)
        while at >= 0:
            suspects.add(table.index_at(low + at))
            at = data.find(_FAILED_CASE, at + 1)
        failed.update([index for index in suspects if self._host_failed(index)])
        return iter(sorted(failed))

    def _host_failed(self, index: int) -> bool:
        if index < 0 or self.table.kinds[index] != Kind.HOST:
            return False
        payload = read_payload(self.table.payload(index))
        return isinstance(payload, HostCall) and is_failure(payload.output)


def _places(mask: bytes | bytearray, start: int) -> Iterator[int]:
    at = mask.find(1)
    while at >= 0:
        yield start + at
        at = mask.find(1, at + 1)


def stop_after(table: Stretches, start: int, size: int) -> int:
    """The end of the events from `start` that fit in `size` bytes, at least one."""
    return min(len(table), max(start + 1, table.index_at(table.raw_start(start) + size)))


def _start_before(table: Stretches, stop: int, size: int) -> int:
    return max(0, min(stop - 1, table.index_at(table.raw_start(stop) - size) + 1))


def _says(pattern: SearchPattern, payload: bytes) -> bool:
    """Whether a payload holds the pattern in a text, name or number of what the event says."""
    if not payload.startswith(b"CGRF"):
        return pattern.regex.search(payload.decode("utf-8", "replace")) is not None
    at, size = 16, len(payload)
    while at + 8 <= size:
        kind, length = _HEAD.unpack_from(payload, at)
        start = at + 8
        at = start + length
        if kind == types.TAG_STRING:
            if _in_text(pattern, payload[start + 4 : at]):
                return True
        elif kind in (types.TAG_RECORD, types.TAG_VARIANT):
            if any(_in_text(pattern, name) for name in _names(payload, kind, start, min(at, size))):
                return True
        elif kind == _TAG_ARRAY:
            data = payload[start + 5 : at] if payload[start : start + 1] == types.U8.encoded else b""
            if data and _in_text(pattern, data) and bytes_as_text(data) is not None:
                return True
        elif kind == _TAG_CHAR:
            if _in_text(pattern, payload[start:at].decode("utf-32-le", "replace").encode("utf-8", "replace")):
                return True
        elif kind in pattern.kinds:
            signed = INTEGER_KINDS[kind][0] == "s"
            if int.from_bytes(payload[start:at], "little", signed=signed) == pattern.number:
                return True
    return False


def _in_text(pattern: SearchPattern, text: bytes) -> bool:
    if pattern.literal is not None:
        return pattern.literal in (text.lower() if pattern.any_case else text)
    return pattern.regex.search(text.decode("utf-8", "replace")) is not None


def _names(payload: bytes, kind: int, start: int, end: int) -> list[bytes]:
    """The names in a record or variant node that are seen: of its fields, or of its case."""
    type_name, at = _name(payload, start, end)
    if type_name in _ENVELOPE:
        return []
    if kind == types.TAG_VARIANT:
        return [_name(payload, at, end)[0]]
    if at + 4 > end:
        return []
    (count,) = _U32.unpack_from(payload, at)
    names, at = [], at + 4
    while count > 0 and at < end:
        name, at = _name(payload, at, end)
        names.append(name)
        count -= 1
    return names


def _name(payload: bytes, at: int, end: int) -> tuple[bytes, int]:
    if at + 4 > end:
        return b"", end
    (length,) = _U32.unpack_from(payload, at)
    return payload[at + 4 : min(at + 4 + length, end)], at + 4 + length

"""Finding events by what a person sees of them.

Only where the bytes of payloads make a hit possible is a payload looked into, and that without decoding it.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from heapq import merge
from itertools import groupby

from chainview.chain.event import Kind
from chainview.chain.payload import MODULE_EVENT
from chainview.chain.query.hits import Hits, T_co
from chainview.chain.query.pattern import SearchPattern, parse_pattern
from chainview.chain.table import EventTable
from chainview.chain.words.brief import bytes_as_text
from chainview.chain.words.summary import interface_name
from chainview.pack.cgrf.glance import integers, is_cgrf, texts
from chainview.system.errors import ChainviewError
from chainview.system.time_limit import OutOfTime, time_limit

_PATIENCE_SECONDS = 1.0
_LONGEST_SHOWN = 40
_LARGE = 1 << 16
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


class SlowPattern(ChainviewError):
    """A pattern that takes too long on what is searched."""

    def __init__(self, pattern: SearchPattern) -> None:
        shown = pattern.text if len(pattern.text) <= _LONGEST_SHOWN else f"{pattern.text[:_LONGEST_SHOWN]}…"
        super().__init__(f"searching for {shown} takes too long and was given up: use a simpler expression")


class Search(Hits[T_co]):
    """The hits of a pattern."""

    def __init__(self, table: T_co, pattern: SearchPattern) -> None:
        super().__init__(table)
        self.pattern = pattern
        self.given_up = False
        """Whether the pattern took too long, so that nothing is searched for any more."""

    @abstractmethod
    def matches(self, index: int) -> bool:
        """Whether an entry is a hit."""

    @contextmanager
    def limited(self) -> Iterator[None]:
        """A step of the search; raises SlowPattern when it takes too long, and then at each further one."""
        if self.given_up:
            raise SlowPattern(self.pattern)
        try:
            with time_limit(_PATIENCE_SECONDS):
                yield
        except OutOfTime:
            self.given_up = True
            raise SlowPattern(self.pattern) from None

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Where in a shown text the pattern matches; nowhere, when that takes too long."""
        try:
            with self.limited():
                return [found.span() for found in self.pattern.regex.finditer(text) if found.end() > found.start()]
        except SlowPattern:
            return []


class Finder(Search[EventTable]):
    """Finds events by a smart-case regular expression over what a person sees of them.

    That is their type, the reason kept beside a failure, and in their payload, and in a state shown beside it, the
    texts, the byte lists that are texts, and the names of fields and cases; for a pattern such as `42` or `42u64` also
    integers of that value. `plain` takes the pattern as it stands.
    Raises ChainviewError for an expression that is none.
    """

    def __init__(self, table: EventTable, pattern: str, *, plain: bool = False) -> None:
        super().__init__(table, parse_pattern(pattern, plain=plain))
        self._types: set[int] = set()
        self._types_seen = 0
        self._large: dict[int, bool] = {}
        """Whether large events, by number, are hits: a row is painted many times."""

    def matches(self, index: int) -> bool:
        """Whether an event is a hit; it is none when to find out takes too long."""
        number, size = self.table.number(index), self.table.raw_start(index + 1) - self.table.raw_start(index)
        if size > _LARGE and number in self._large:
            return self._large[number]
        try:
            with self.limited():
                found = self.table.type_id(index) in self._matching_types() or self._said(index)
        except SlowPattern:
            found = False
        if size > _LARGE:
            self._large[number] = found
        return found

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
        found, states = [self._in_raw(start, stop)], self.table.shown
        if states and states.source is None:
            # Those of a file stand between the payloads, and are found with them.
            found.append(self._in_states(start, stop))
        if self.table.kinds.find(Kind.ERROR, start, stop) >= 0:
            found.append(self._in_reasons(start, stop))
        return (index for index, _ in groupby(merge(*found))) if len(found) > 1 else found[0]

    def _in_reasons(self, start: int, stop: int) -> Iterator[int]:
        at = self.table.kinds.find(Kind.ERROR, start, stop)
        while at >= 0:
            if self._gives_reason(at):
                yield at
            at = self.table.kinds.find(Kind.ERROR, at + 1, stop)

    def _gives_reason(self, index: int) -> bool:
        reason = self.table.extras(index).reason if self.table.kinds[index] == Kind.ERROR else ""
        return bool(reason) and self.pattern.regex.search(reason) is not None

    def _in_states(self, start: int, stop: int) -> Iterator[int]:
        first = self.table.number(start)
        for number in self.table.shown.between(first, first + stop - start):
            if self._shows(start + number - first):
                yield start + number - first

    def _in_raw(self, start: int, stop: int) -> Iterator[int]:
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
        if table.kinds[index] == Kind.DAMAGED:
            return False
        begin, end = table.raw_payload(index)
        return _says(self.pattern, bytes(table.raw[begin:end])) or self._shows(index) or self._gives_reason(index)

    def _shows(self, index: int) -> bool:
        shown = self.table.shown.at(self.table.number(index)) if self.table.shown else None
        return isinstance(shown, bytes) and _says(self.pattern, shown)


def _says(pattern: SearchPattern, payload: bytes) -> bool:
    """Whether a payload holds the pattern in a text, name or number of what the event says."""
    if not is_cgrf(payload):
        return pattern.regex.search(payload.decode("utf-8", "replace")) is not None
    for text, packed in texts(payload, _ENVELOPE):
        if _in_text(pattern, text) and not (packed and bytes_as_text(text) is None):
            return True
    suspected = any(needle in payload for needle in pattern.needles)
    return suspected and any(number == pattern.number for number in integers(payload, pattern.kinds))


def _in_text(pattern: SearchPattern, text: bytes) -> bool:
    if pattern.literal is not None:
        return pattern.literal in (text.lower() if pattern.any_case else text)
    return pattern.regex.search(text.decode("utf-8", "replace")) is not None

"""Finding events by what a person sees of them.

Only where the bytes of payloads make a hit possible is a payload looked into, and that without decoding it.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from heapq import merge
from itertools import compress, groupby

from chainview.chain.bulk.said import UNSURE, said_at_once
from chainview.chain.event import MODULE_EVENT, Kind
from chainview.chain.query.hits import Hits, T_co
from chainview.chain.query.pattern import SearchPattern, parse_pattern
from chainview.chain.table import EventTable
from chainview.chain.words.brief import bytes_as_text
from chainview.chain.words.summary import interface_name
from chainview.core import serving
from chainview.pack.cgrf.glance import holds_number, is_cgrf, stretches, texts
from chainview.system.errors import ChainviewError
from chainview.system.time_limit import OutOfTime, time_limit

_PATIENCE_SECONDS = 1.0
_LONGEST_SHOWN = 40
_LARGE = 1 << 16
_VERY_LARGE = 1 << 20
_PIECE = 1 << 17
_MANY = 48
"""After so many events of a stretch that had to be looked into, the rest of it is, at once."""
_DENSE = 8
"""Where one in so many events, or more, had to be looked into, all that follow are looked into at once."""
_SHORTEST_TOLD = 1 << 16
"""The fewest bytes of payloads that are worth asking the core about."""
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

    @property
    def was_unsure(self) -> bool:
        """Whether an entry was asked for that is looked through in steps, before those had come to it."""
        return False

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
        self._in_steps = self._was_unsure = False
        self._is_dense = serving.is_always()
        """Whether so many events hold the pattern somewhere that looking into all of them at once pays."""
        self._reading: dict[int, Iterator[bool]] = {}
        """What of very large events, by number, is not looked through yet; a step ends with whether a hit was found."""

    @property
    def was_unsure(self) -> bool:
        return self._was_unsure

    def matches(self, index: int) -> bool:
        """Whether an event is a hit; it is none when to find out takes too long.

        Nor is a very large one before its turn, for who searches in steps.
        """
        number, size = self.table.number(index), self.table.raw_start(index + 1) - self.table.raw_start(index)
        if (known := self._large.get(number)) is not None:
            return known
        if size > _VERY_LARGE and self._in_steps and not self.given_up:
            self._was_unsure = True
            return False
        try:
            with self.limited():
                found = self.table.type_id(index) in self._matching_types() or self._said(index)
        except SlowPattern:
            found = False
        if size > _LARGE:
            self._large[number] = found
        return found

    def ready(self, start: int, stop: int) -> bool:
        """Looks through a piece of a very large event that nobody has looked through yet; whether there is none."""
        table, self._in_steps = self.table, True
        if table.raw_start(stop) - table.raw_start(start) <= _VERY_LARGE:
            return True
        for index in range(start, stop):
            number, size = table.number(index), table.raw_start(index + 1) - table.raw_start(index)
            if size <= _VERY_LARGE or number in self._large or table.kinds[index] == Kind.DAMAGED:
                continue
            if number not in self._reading:
                self._reading[number] = self._saying(index)
            with self.limited():
                found = next(self._reading[number], None)
            if found is not False:
                self._large[number] = bool(found)
                del self._reading[number]
            return False
        return True

    @property
    def shortest_stretch(self) -> int:
        return _SHORTEST_TOLD if self._is_dense and self._asks_core() else super().shortest_stretch

    def _saying(self, index: int) -> Iterator[bool]:
        """Whether an event says it, step by step."""
        table = self.table
        begin, end = table.raw_payload(index)
        yield table.type_id(index) in self._matching_types() or self._shows(index) or self._gives_reason(index)
        payload = bytes(table.raw[begin:end])
        yield False
        yield from _says_in_steps(self.pattern, payload)

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
        if start + 1 == stop and (known := self._large.get(self.table.number(start))) is not None:
            return iter([start] if known else [])
        found, states = [self._in_raw(start, stop)], self.table.shown
        if states and states.source is None:
            # Those of a file stand between the payloads, and are found with them.
            found.append(self._in_states(start, stop))
        if reasons := list(self._in_reasons(start, stop)):
            found.append(iter(reasons))
        return (index for index, _ in groupby(merge(*found))) if len(found) > 1 else found[0]

    def _in_reasons(self, start: int, stop: int) -> Iterator[int]:
        at = self.table.kinds.find(Kind.ERROR, start, stop)
        while at >= 0:
            if self._gives_reason(at):
                yield at
            at = self.table.kinds.find(Kind.ERROR, at + 1, stop)

    def _gives_reason(self, index: int) -> bool:
        reason = self.table.noted(index).reason if self.table.kinds[index] == Kind.ERROR else ""
        return bool(reason) and self.pattern.regex.search(reason) is not None

    def _in_states(self, start: int, stop: int) -> Iterator[int]:
        first = self.table.number(start)
        for number in self.table.shown.between(first, first + stop - start):
            if self._shows(start + number - first):
                yield start + number - first

    def _in_raw(self, start: int, stop: int) -> Iterator[int]:
        table = self.table
        told = self._told(start, stop)
        if told is not None:
            yield from self._told_hits(start, stop, told)
            return
        low = table.raw_start(start)
        suspects = self.pattern.suspects(bytes(table.raw[low : table.raw_start(stop)]))
        matching = self._matching_types()
        typed = table.of_types(matching, start, stop) if matching else b""
        named, place, looked_into = typed.find(1), suspects.first(0), 0
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
                looked_into += 1
                if looked_into == _MANY and self._asks_core() and not self._is_dense:
                    self._is_dense = True
                    yield from self._in_raw(index + 1, stop)
                    return
                place = suspects.first(max(place, table.raw_start(index + 1) - low))
        self._is_dense = looked_into * _DENSE >= stop - start

    def _told(self, start: int, stop: int) -> bytes | None:
        """What the core tells of each event at once; None where it is not asked, or can't tell."""
        pattern, table = self.pattern, self.table
        if not self._is_dense or not pattern.literal or not self._asks_core():
            return None
        return said_at_once(table, start, stop, pattern.literal, _ENVELOPE, any_case=pattern.any_case)

    def _asks_core(self) -> bool:
        """Whether the core can tell who says the pattern, where it serves."""
        # States that are shown stand beside payloads, and numbers are looked for by their bytes.
        return bool(self.pattern.literal) and not self.pattern.forms and not self.table.shown

    def _told_hits(self, start: int, stop: int, told: bytes) -> Iterator[int]:
        if matching := self._matching_types():
            typed = int.from_bytes(self.table.of_types(matching, start, stop), "big")
            told = (int.from_bytes(told, "big") | typed).to_bytes(len(told), "big")
        if UNSURE not in told:
            return compress(range(start, stop), told)
        return (
            index for index in compress(range(start, stop), told) if told[index - start] != UNSURE or self._said(index)
        )

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
    return _number_suspected(pattern, payload) and holds_number(payload, pattern.forms)


def _number_suspected(pattern: SearchPattern, payload: bytes) -> bool:
    listed = pattern.arrays is not None and pattern.arrays.search(payload) is not None
    return listed or any(needle in payload for needle in pattern.needles)


def _says_in_steps(pattern: SearchPattern, payload: bytes) -> Iterator[bool]:
    """As `_says`, for a payload that is long: each step says whether it found the pattern in its piece."""
    if not is_cgrf(payload):
        yield _says(pattern, payload)
        return
    suspected = pattern.literal is None and pattern.suspects(payload).first(0) >= 0
    suspected = suspected or (pattern.arrays is not None and pattern.arrays.search(payload) is not None)
    yield False
    sought = [(needle, False) for needle in pattern.needles]
    if pattern.literal is not None:
        sought.insert(0, (pattern.literal, pattern.any_case))
    for needle, any_case in sought:
        for at in range(0, 0 if suspected else len(payload), _PIECE):
            piece = payload[at : at + _PIECE + len(needle) - 1]
            suspected = needle in (piece.lower() if any_case else piece)
            yield False
            if suspected:
                break
    for start, stop in stretches(payload, _PIECE) if suspected else ():
        for text, packed in texts(payload, _ENVELOPE, start, stop):
            if packed and bytes_as_text(text) is None:
                continue
            if len(text) > _PIECE and pattern.literal is not None:
                for at in range(0, len(text), _PIECE):
                    yield _in_text(pattern, text[at : at + _PIECE + len(pattern.literal) - 1])
            elif _in_text(pattern, text):
                yield True
        yield bool(pattern.forms) and holds_number(payload, pattern.forms, start, stop)


def _in_text(pattern: SearchPattern, text: bytes) -> bool:
    if pattern.literal is not None:
        return pattern.literal in (text.lower() if pattern.any_case else text)
    return pattern.regex.search(text.decode("utf-8", "replace")) is not None

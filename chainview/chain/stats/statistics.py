"""What a chain spends its time and its bytes on, gathered in steps from its table while that grows."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from heapq import heappush, heappushpop

from chainview.chain.event import Kind
from chainview.chain.payload import read_payload
from chainview.chain.stats.rate import Rate
from chainview.chain.table import EventTable
from chainview.pack.cgrf.glance import first_text
from chainview.system.long_work import go_on

_EVENTS_A_STEP = 2000
_READ_TOGETHER = 1 << 16
"""Bytes of a chain whose payloads are read at once."""
_SLOWEST = 20
_LONGEST_NAME = 1000
_MOST_FUNCTIONS = 100_000
"""Functions of a group that are counted by themselves."""
UNNAMED = "a call whose begin is not known"
FURTHER = "further functions"
"""What is counted together where a chain names more than anybody reads about."""


class Group(StrEnum):
    """What a function is, by the word for it in reports."""

    EXPORT = "call"
    """An export that was called."""
    HOST = "host call"
    """An import that the guest called."""
    OTHER = "other event"


@dataclass(slots=True)
class FunctionFigures:
    """What was counted of one function."""

    name: str
    group: Group
    count: int = 0
    failed: int = 0
    """Calls that ended by a wasm-error; of host calls nothing is known here."""
    time_ns: int = 0
    """What all of them took; 0 where no duration was recorded."""
    longest_ns: int = 0
    longest: int = 0
    """The number of the event that took longest."""
    bytes: int = 0
    """The payload bytes of its events."""
    largest_bytes: int = 0
    largest: int = 0
    """The number of its largest event."""

    def took(self, number: int, time_ns: int) -> None:
        """Counts what one of them took."""
        self.time_ns += time_ns
        if time_ns > self.longest_ns:
            self.longest_ns, self.longest = time_ns, number

    def weighs(self, number: int, size: int) -> None:
        """Counts the payload of one of its events."""
        self.bytes += size
        if size > self.largest_bytes:
            self.largest_bytes, self.largest = size, number


@dataclass(frozen=True, slots=True, order=True)
class Slow:
    """A call or host call that took long: what it took, the number of its last event, and its function."""

    time_ns: int
    number: int
    name: str
    group: Group


class Statistics:
    """Figures of a table's events, of all that were there at the last step."""

    def __init__(self, table: EventTable) -> None:
        self.rate = Rate()
        self.events = self.bytes = self.left_out = self.timed = 0
        """`left_out` counts events let go before they were looked at, `timed` those with a known duration."""
        self._table = table
        self._position = 0
        self._functions: dict[Group, dict[str, FunctionFigures]] = {group: {} for group in Group}
        self._slowest: list[Slow] = []
        self._call = UNNAMED

    def step(self, events: int = _EVENTS_A_STEP) -> bool:
        """Looks at so many more events; True when it has seen all that there are."""
        table = self._table
        first = self._position - table.dropped
        if first < 0:
            self.left_out -= first
            self._call, first = UNNAMED, 0
        stop = min(len(table), first + events)
        times, durations = table.times(first, stop)
        self.rate.add(times)
        at = first
        while at < stop:
            near = table.index_at(table.raw_start(at) + _READ_TOGETHER)
            end = min(max(at + 1, near), stop)
            if end == at + 1:
                begin, behind = table.raw_payload(at)
                self._count(at, None, behind - begin, durations[at - first] * 1000)
            else:
                for index, payload in zip(range(at, end), table.payloads(at, end), strict=True):
                    self._count(index, payload, len(payload), durations[index - first] * 1000)
            at = end
        self.events += stop - first
        self._position = stop + table.dropped
        return stop == len(table)

    def finish(self) -> Statistics:
        """Looks at all events."""
        while not self.step():
            go_on()
        return self

    def _count(self, index: int, payload: bytes | None, size: int, time_ns: int) -> None:
        """Counts an event, whose payload was read where that is not very long."""
        table = self._table
        kind, number = table.kinds[index], index + 1 + table.dropped
        self.bytes += size
        if kind == Kind.CALL:
            self._call = _function_of(table.payload(index) if payload is None else payload)
            figures = self._of(self._call, Group.EXPORT)
            figures.count += 1
        elif kind in (Kind.RESULT, Kind.ERROR):
            figures = self._of(self._call, Group.EXPORT)
            figures.failed += kind == Kind.ERROR
        else:
            figures = self._of(table.event_type(index), Group.HOST if kind == Kind.HOST else Group.OTHER)
            figures.count += 1
        figures.weighs(number, size)
        if time_ns:
            self.timed += 1
            figures.took(number, time_ns)
            slow = Slow(time_ns, number, figures.name, figures.group)
            if len(self._slowest) < _SLOWEST:
                heappush(self._slowest, slow)
            else:
                heappushpop(self._slowest, slow)

    def _of(self, name: str, group: Group) -> FunctionFigures:
        known = self._functions[group]
        figures = known.get(name)
        if figures is None:
            name = name if len(known) < _MOST_FUNCTIONS else FURTHER
            figures = known.setdefault(name, FunctionFigures(name, group))
        return figures

    @property
    def functions(self) -> list[FunctionFigures]:
        """Every function, exports first, what took longest first, or else what is largest."""
        found: list[FunctionFigures] = []
        for known in self._functions.values():
            # Of very many functions a key of several parts each would take more than they do.
            group = sorted(known.values(), key=lambda each: -each.bytes)
            group.sort(key=lambda each: -each.time_ns)
            found += group
        return found

    @property
    def slowest(self) -> list[Slow]:
        """The calls that took longest, the slowest first."""
        return sorted(self._slowest, reverse=True)

    @property
    def calls(self) -> int:
        """How many exports were called."""
        return sum(each.count for each in self._functions[Group.EXPORT].values())

    @property
    def failed(self) -> int:
        """How many of these failed."""
        return sum(each.failed for known in self._functions.values() for each in known.values())

    @property
    def time_ns(self) -> int:
        """What all calls took, the host calls in them included."""
        return sum(each.time_ns for each in self._functions[Group.EXPORT].values())


def _function_of(payload: bytes) -> str:
    """The export that a wasm-call calls."""
    found = first_text(payload, _LONGEST_NAME) if payload[:1] not in (b"{", b"") else None
    return found or read_payload(payload).subject or UNNAMED

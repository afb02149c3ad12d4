"""Two histories in one space of rows: each event of either side stands on exactly one row."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from chainview.chain.event import Kind
from chainview.replay.align.call_pairs import ENDS, Pair, align_call, taking_beyond
from chainview.replay.align.history import NONE, Side, other_state, says_the_same
from chainview.replay.align.payloads import Payloads, payloads_of
from chainview.replay.align.sequence import Match, matches, stretches

_BLOCK = 2048
_FIRST_BLOCK = 16


@dataclass(frozen=True, slots=True)
class Hunk:
    """A stretch of rows that is not equal throughout, inside one call or outside of any; calls by position or NONE."""

    rows: range
    recorded_call: int
    now_call: int


@dataclass(slots=True)
class Alignment:
    """Rows of a recorded and a now item each, NONE for a gap. Rows outside of hunks have equal content."""

    recorded: array[int] = field(default_factory=lambda: array("q"))
    now: array[int] = field(default_factory=lambda: array("q"))
    hunks: list[Hunk] = field(default_factory=list)
    differing: set[int] = field(default_factory=set)
    """The rows whose two sides do not say the same, gaps among them."""
    reached: int | None = None
    """The row at which the side of now was stopped; None when it came to its end."""
    in_step: bool = True
    """Whether each call is the recorded one at the same position, as in a replay, and not in a comparison of two."""
    _tail: int | None = field(default=None, init=False)
    _gap_ends: list[int] | None = field(default=None, init=False)

    @property
    def tail(self) -> int:
        """The row from which on only one side goes on; the number of rows when both end together."""
        if self._tail is None:
            column = next((each for each in (self.recorded, self.now) if len(each) and each[-1] == NONE), None)
            at = len(self)
            while column is not None and at > 0 and column[at - 1] == NONE:
                at -= 1
            self._tail = at
        return self._tail

    def next_recorded(self, row: int) -> int:
        """The recorded item of a row or of the next that has one; NONE behind the last. Asked once all rows are in."""
        if row >= len(self):
            return NONE
        if self.recorded[row] != NONE:
            return self.recorded[row]
        if self._gap_ends is None:
            self._gap_ends = _gap_ends(self.recorded)
        end = self._gap_ends[bisect_right(self._gap_ends, row)]
        return self.recorded[end] if end < len(self) else NONE

    def __len__(self) -> int:
        return len(self.recorded)

    def add_equal(self, recorded: int, now: int, length: int) -> None:
        """Adds rows of equal content, from these events on."""
        self.recorded.extend(range(recorded, recorded + length))
        self.now.extend(range(now, now + length))

    def add(self, pairs: list[Pair], recorded_call: int, now_call: int) -> None:
        """Adds a stretch of pairs."""
        first = len(self)
        for row, pair in enumerate(pairs, first):
            self.recorded.append(pair.recorded)
            self.now.append(pair.now)
            if not pair.same:
                self.differing.add(row)
        if any(not pair.same for pair in pairs):
            self.hunks.append(Hunk(range(first, len(self)), recorded_call, now_call))


def _gap_ends(column: array[int]) -> list[int]:
    """The rows behind each run of gaps, rising."""
    found, at = list[int](), 0
    while True:
        try:
            at = column.index(NONE, at)
        except ValueError:
            return found
        while at < len(column) and column[at] == NONE:
            at += 1
        found.append(at)


def align(then: Side, now: Side, same: int, *, in_step: bool) -> Alignment:
    """Aligns two histories whose first `same` events are known to be identical.

    `in_step` is for replays, where each call is the recorded one at the same position; the calls of two recordings are
    put next to each other by function and params. What one side does beyond the end of one that was not recorded to its
    end does not differ; of two recordings that is only the last one. Time grows with the number of events, whatever
    differs.
    """
    first = min(_calls_within(then, same), _calls_within(now, same))
    starts = [_first_read(side, first, same) for side in (then, now)]
    payloads = payloads_of(then.table, now.table, *starts)
    blocks = _in_step(then, now) if in_step else paired_calls(then, now, same, first, payloads)
    return _Aligner(then, now, same, payloads, in_step=in_step).align(blocks)


def align_stopped(then: Side, now: Side, same: int, *, in_step: bool) -> Alignment:
    """Aligns two histories of which the second was stopped early; `reached` is the row at which it was.

    Stopped at the first host call that differs, nothing is put next to anything else, as what follows is not known.
    """
    rows = _stopped_at_host_call(then, now, same)
    if rows is None:
        rows = align(then, now, same, in_step=in_step)
    reached = len(rows)
    while reached > 0 and rows.now[reached - 1] == NONE:
        reached -= 1
    return replace(rows, reached=reached)


def _stopped_at_host_call(then: Side, now: Side, same: int) -> Alignment | None:
    """The rows where the second side ends with the first host call that differs; None for any other stop."""
    call = then.call_at(same)
    if call is None or len(now) != same + 1 or now.asks or now.kind(same) is not Kind.HOST:
        return None
    rows = Alignment()
    rows.add_equal(0, 0, same)
    if then.kind(same) is Kind.HOST:
        rows.add([Pair(same, same)], call, call)
    else:
        rows.add([Pair(NONE, same), Pair(same, NONE)], call, call)
    rows.add([Pair(item, NONE) for item in range(same + 1, len(then))], NONE, NONE)
    return rows


def _in_step(then: Side, now: Side) -> list[Match]:
    count = min(len(then.recording.starts), len(now.recording.starts))
    return [Match(0, 0, count)] if count else []


def _first_read(side: Side, first: int, same: int) -> int:
    """The first event whose payload is compared, where the calls before one lie within those that are the same."""
    starts = side.recording.starts
    return min(starts[first], same) if first < len(starts) else same


def paired_calls(then: Side, now: Side, same: int, first: int, payloads: Payloads) -> list[Match]:
    """The calls of two recordings in pairs: of equal function and params, then of equal function.

    The calls before the one at a position, `first`, lie within the events that are the same.
    """
    if all(first < len(side.recording.starts) and side.recording.starts[first] < same for side in (then, now)):
        # A call that began alike is the same call, however it went on.
        first += 1
    found = [Match(0, 0, first)] if first else []
    ones, others = then.recording.starts[first:], now.recording.starts[first:]
    if then.by_value:
        keys, keys_now = [[side.content(call) for call in calls] for side, calls in ((then, ones), (now, others))]
        same_calls = matches(keys, keys_now)
    else:
        same_calls = matches(*payloads.keys(ones, others))
    for part, part_now, matched in stretches(same_calls, len(ones), len(others)):
        if matched:
            found.append(Match(first + part.start, first + part_now.start, len(part)))
            continue
        names = matches([then.name(ones[at]) for at in part], [now.name(others[at]) for at in part_now])
        found += [Match(first + part.start + e.one, first + part_now.start + e.other, e.length) for e in names]
    return found


def _calls_within(side: Side, same: int) -> int:
    """How many calls lie wholly within the first events."""
    calls = side.recording.starts
    low, high = 0, len(calls)
    while low < high:
        middle = (low + high) // 2
        if side.stop(middle) <= same:
            low = middle + 1
        else:
            high = middle
    return low


class _Aligner:
    """Walks over both sides: equal stretches in bulk, and what differs call by call."""

    def __init__(self, then: Side, now: Side, same: int, payloads: Payloads, *, in_step: bool) -> None:
        self._then, self._now = then, now
        self._in_step = in_step
        self._types = _TypePairs(then, now)
        self._compares_states = bool(then.table.shown and now.table.shown)
        self._payloads = payloads
        self._rows = Alignment(in_step=in_step)
        self._rows.add_equal(0, 0, same)
        self._at = self._at_now = same

    def align(self, blocks: list[Match]) -> Alignment:
        """The alignment, given the calls that belong together."""
        then, now = self._then, self._now
        for block in blocks:
            self._between(then.recording.starts[block.one], now.recording.starts[block.other])
            self._block(block)
        stop, stop_now = len(then), len(now)
        if not self._in_step and then.goes_on and self._at == stop:
            self._rows.add([Pair(NONE, item, same=True) for item in range(self._at_now, stop_now)], NONE, NONE)
        elif not self._in_step and now.goes_on and self._at_now == stop_now:
            self._rows.add([Pair(item, NONE, same=True) for item in range(self._at, stop)], NONE, NONE)
        else:
            self._between(stop, stop_now)
        return self._rows

    def _block(self, block: Match) -> None:
        """Calls that belong together one by one, and whatever stands between them."""
        stop = self._then.stop(block.one + block.length - 1)
        stop_now = self._now.stop(block.other + block.length - 1)
        while True:
            length = self._equal_run(stop, stop_now)
            self._rows.add_equal(self._at, self._at_now, length)
            self._at += length
            self._at_now += length
            if self._at >= stop and self._at_now >= stop_now:
                return
            here, inside = _place(self._then, self._at, block.one, block.length)
            here_now, inside_now = _place(self._now, self._at_now, block.other, block.length)
            number = min(here, here_now)
            if (inside and here == number) or (inside_now and here_now == number):
                self._call(block.one + number, block.other + number)
            else:
                self._between(
                    self._then.recording.starts[block.one + number + 1],
                    self._now.recording.starts[block.other + number + 1],
                )

    def _call(self, call: int, call_now: int) -> None:
        stop, stop_now = max(self._at, self._then.stop(call)), max(self._at_now, self._now.stop(call_now))
        ones, others = self._then.items(self._at, stop), self._now.items(self._at_now, stop_now)
        pairs = align_call(self._then, self._now, ones, others, self._payloads)
        if self._then.is_open(call) if self._in_step else self._then.ends_in(call):
            pairs = taking_beyond(pairs, self._then, self._now)
        if not self._in_step and self._now.ends_in(call_now):
            pairs = [pair.turned for pair in taking_beyond([pair.turned for pair in pairs], self._now, self._then)]
        self._rows.add(pairs, call, call_now)
        self._at, self._at_now = stop, stop_now

    def _between(self, stop: int, stop_now: int) -> None:
        """Events up to these that belong to no pair of calls: single ones are matched, whole calls stand alone."""
        stop, stop_now = max(stop, self._at), max(stop_now, self._at_now)
        if self._at == stop and self._at_now == stop_now:
            return
        ones, others = _units(self._then, self._at, stop), _units(self._now, self._at_now, stop_now)
        keys = [_unit_key(self._then, unit) for unit in ones]
        keys_now = [_unit_key(self._now, unit) for unit in others]
        for part, part_now, matched in stretches(matches(keys, keys_now), len(ones), len(others)):
            if matched:
                for one, other in zip(part, part_now, strict=True):
                    pairs = [Pair(a, b, True) for a, b in zip(ones[one], others[other], strict=True)]
                    self._rows.add(pairs, NONE, NONE)
                continue
            for one in part:
                call = self._then.call_at(ones[one].start)
                self._rows.add([Pair(item, NONE) for item in ones[one]], NONE if call is None else call, NONE)
            for other in part_now:
                call = self._now.call_at(others[other].start)
                items = self._now.items(others[other].start, others[other].stop)
                self._rows.add([Pair(NONE, item) for item in items], NONE, NONE if call is None else call)
        self._at, self._at_now = stop, stop_now

    def _equal_run(self, stop: int, stop_now: int) -> int:
        """How many events from here on say the same on both sides."""
        at, at_now = self._at, self._at_now
        length, size = 0, _FIRST_BLOCK
        longest = min(stop - at, stop_now - at_now)
        while length < longest:
            size = min(size, longest - length)
            equal, differs = self._equal_block(at + length, at_now + length, size)
            length += equal
            if differs:
                if not self._says_the_same(at + length, at_now + length):
                    return length
                length += 1
                continue
            size = min(size * 2, _BLOCK)
        return length

    def _equal_block(self, at: int, at_now: int, size: int) -> tuple[int, bool]:
        """How many of some events are equal byte for byte, and whether the next one differs."""
        equal = self._payloads.run(at, at_now, size)
        differs = equal < size
        types, types_now = self._types.of(at, equal), self._now.table.type_ids(at_now, at_now + equal)
        if types != types_now:
            equal, differs = next(place for place in range(equal) if types[place] != types_now[place]), True
        if self._compares_states:
            same = self._equal_states(at, at_now, equal)
            equal, differs = same, differs or same < equal
        return equal, differs

    def _equal_states(self, at: int, at_now: int, size: int) -> int:
        """How many of some events that are equal byte for byte also leave the same state inside the module."""
        kinds = self._then.table.kinds
        for place in range(size):
            if kinds[at + place] in ENDS and other_state(self._then, at + place, self._now, at_now + place):
                return place
        return size

    def _says_the_same(self, at: int, at_now: int) -> bool:
        """Whether two events that differ in bytes have the same content all the same."""
        comparable = self._then.by_value or self._then.table.kinds[at] == Kind.ERROR
        if not comparable or not says_the_same(self._then, at, self._now, at_now):
            return False
        ends = self._then.table.kinds[at] in ENDS
        return not (ends and other_state(self._then, at, self._now, at_now))


class _TypePairs:
    """The event types of the recorded side as those of the other one."""

    def __init__(self, then: Side, now: Side) -> None:
        self._table = then.table
        known = {name: place for place, name in enumerate(now.table.type_names)}
        self._ids = [known.get(name, -1) for name in then.table.type_names]
        self._equal = self._ids == list(range(len(self._ids)))

    def of(self, at: int, size: int) -> array[int]:
        ids = self._table.type_ids(at, at + size)
        return ids if self._equal else array("q", [self._ids[each] for each in ids])


def _place(side: Side, index: int, first: int, count: int) -> tuple[int, bool]:
    """Which call of a block an index stands in, or behind which it stands; `count` behind the last one."""
    starts = side.recording.starts
    low, high = 0, count
    while low < high:
        middle = (low + high) // 2
        if starts[first + middle] <= index:
            low = middle + 1
        else:
            high = middle
    call = low - 1
    if index < side.stop(first + call):
        return call, True
    return (count, False) if call == count - 1 else (call, False)


def _units(side: Side, start: int, stop: int) -> list[range]:
    """Whole calls, and single events outside of calls."""
    return list(_each_unit(side, start, stop))


def _each_unit(side: Side, start: int, stop: int) -> Iterator[range]:
    at = start
    while at < stop:
        call = side.call_at(at)
        end = at + 1 if call is None else min(side.stop(call), stop)
        yield range(at, end)
        at = end


def _unit_key(side: Side, unit: range) -> object:
    """The content of a single event; whole calls never match here, since their calls were paired before."""
    return side.content(unit.start) if len(unit) == 1 and side.call_at(unit.start) is None else (id(side), unit.start)

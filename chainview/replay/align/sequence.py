"""What two sequences have in common, in order: unique items as anchors, bounded edit distance between them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import AnyStr

from chainview.chain.delta import rising
from chainview.system.alike import common_start

_MOST_EDITS = 300
"""Searchable without a unique item that differ in more places than this are left to the caller."""
_DEEPEST = 24
_BLOCK = 512


@dataclass(frozen=True, slots=True)
class Match:
    """`length` items that are equal on both sides, from `one` and from `other` on."""

    one: int
    other: int
    length: int


@dataclass(frozen=True, slots=True)
class _Range:
    one: int
    one_stop: int
    other: int
    other_stop: int
    depth: int


def matches(one: Sequence[Hashable], other: Sequence[Hashable]) -> list[Match]:
    """The stretches that both sequences have in common, rising on both sides; never quadratic in their length.

    A common beginning is always matched first, so that the first item left out is the first place that differs.
    """
    found: list[Match] = []
    waiting = [_Range(0, len(one), 0, len(other), 0)]
    while waiting:
        part = waiting.pop()
        head = common_head(one, part.one, part.one_stop, other, part.other, part.other_stop)
        if head:
            found.append(Match(part.one, part.other, head))
        at_one, at_other = part.one + head, part.other + head
        tail = _common_tail(one, at_one, part.one_stop, other, at_other, part.other_stop)
        stop_one, stop_other = part.one_stop - tail, part.other_stop - tail
        if tail:
            found.append(Match(stop_one, stop_other, tail))
        if at_one < stop_one and at_other < stop_other:
            middle = _Range(at_one, stop_one, at_other, stop_other, part.depth + 1)
            waiting += _between_anchors(one, other, middle, found)
    return _joined(sorted(found, key=lambda match: match.one))


def stretches(found: Sequence[Match], one: int, other: int) -> Iterator[tuple[range, range, bool]]:
    """Two sequences of these lengths in order: what matched, and the gaps between, of which one side may be empty."""
    at_one = at_other = 0
    for match in [*found, Match(one, other, 0)]:
        if at_one < match.one or at_other < match.other:
            yield range(at_one, match.one), range(at_other, match.other), False
        at_one, at_other = match.one + match.length, match.other + match.length
        if match.length:
            yield range(match.one, at_one), range(match.other, at_other), True


def common_head(
    one: Sequence[Hashable], start: int, stop: int, other: Sequence[Hashable], other_start: int, other_stop: int
) -> int:
    """How many items two ranges have in common at their beginning."""
    longest, length = min(stop - start, other_stop - other_start), 0
    while length < longest:
        size = min(_BLOCK, longest - length)
        at, at_other = start + length, other_start + length
        if one[at : at + size] != other[at_other : at_other + size]:
            while one[start + length] == other[other_start + length]:
                length += 1
            return length
        length += size
    return length


def _common_tail(
    one: Sequence[Hashable], start: int, stop: int, other: Sequence[Hashable], other_start: int, other_stop: int
) -> int:
    longest, length = min(stop - start, other_stop - other_start), 0
    while length < longest and one[stop - 1 - length] == other[other_stop - 1 - length]:
        length += 1
    return length


def alike_at_ends(one: AnyStr, other: AnyStr) -> tuple[int, int]:
    """How much of two texts or byte strings is the same at their beginning and, of the rest, at their end."""
    head = common_start(one, other)
    return head, min(common_start(one[::-1], other[::-1]), min(len(one), len(other)) - head)


def _between_anchors(
    one: Sequence[Hashable], other: Sequence[Hashable], part: _Range, found: list[Match]
) -> list[_Range]:
    """The ranges between the unique items of a range; without any, its few edits are found at once."""
    if part.one_stop - part.one == part.other_stop - part.other == 1:
        # The only item of either side is another one, as those that begin alike are matched by now.
        return []
    anchors = _anchors(one, other, part) if part.depth <= _DEEPEST else []
    if not anchors:
        found += few_edits(one, other, part.one, part.one_stop, part.other, part.other_stop)
        return []
    ranges = []
    at_one, at_other = part.one, part.other
    for place, place_other in anchors:
        ranges.append(_Range(at_one, place, at_other, place_other, part.depth))
        found.append(Match(place, place_other, 1))
        at_one, at_other = place + 1, place_other + 1
    ranges.append(_Range(at_one, part.one_stop, at_other, part.other_stop, part.depth))
    return [each for each in ranges if each.one < each.one_stop and each.other < each.other_stop]


def _anchors(one: Sequence[Hashable], other: Sequence[Hashable], part: _Range) -> list[tuple[int, int]]:
    """Places of items that stand once in the range on each side, as many as keep their order on both."""
    counts = Counter(one[part.one : part.one_stop])
    counts_other = Counter(other[part.other : part.other_stop])
    places = {other[at]: at for at in range(part.other, part.other_stop) if counts_other[other[at]] == 1}
    pairs = [
        (at, places[one[at]]) for at in range(part.one, part.one_stop) if counts[one[at]] == 1 and one[at] in places
    ]
    return rising(pairs)


def few_edits(
    one: Sequence[Hashable], other: Sequence[Hashable], start: int, stop: int, other_start: int, other_stop: int
) -> list[Match]:
    """The common items of two ranges by the fewest edits; nothing where there are too many (Myers, bounded)."""
    count, count_other = stop - start, other_stop - other_start
    furthest = {1: 0}
    trail: list[dict[int, int]] = []
    for edits in range(min(count + count_other, _MOST_EDITS) + 1):
        trail.append(dict(furthest))
        for diagonal in range(-edits, edits + 1, 2):
            down = diagonal == -edits or (
                diagonal != edits and furthest.get(diagonal - 1, -1) < furthest.get(diagonal + 1, -1)
            )
            x = furthest[diagonal + 1] if down else furthest[diagonal - 1] + 1
            y = x - diagonal
            while x < count and y < count_other and one[start + x] == other[other_start + y]:
                x, y = x + 1, y + 1
            furthest[diagonal] = x
            if x >= count and y >= count_other:
                return _walked_back(trail, count, count_other, start, other_start)
    return []


def _walked_back(trail: list[dict[int, int]], x: int, y: int, start: int, other_start: int) -> list[Match]:
    found: list[Match] = []
    for edits in range(len(trail) - 1, -1, -1):
        furthest, diagonal = trail[edits], x - y
        down = diagonal == -edits or (
            diagonal != edits and furthest.get(diagonal - 1, -1) < furthest.get(diagonal + 1, -1)
        )
        before = diagonal + 1 if down else diagonal - 1
        from_x = furthest[before]
        begun = from_x if down else from_x + 1
        if edits == 0:
            begun = 0
        if x > begun:
            found.append(Match(start + begun, other_start + begun - diagonal, x - begun))
        x, y = from_x, from_x - before
    return found[::-1]


def _joined(found: Sequence[Match]) -> list[Match]:
    joined: list[Match] = []
    for match in found:
        last = joined[-1] if joined else None
        if last and last.one + last.length == match.one and last.other + last.length == match.other:
            joined[-1] = Match(last.one, last.other, last.length + match.length)
        else:
            joined.append(match)
    return joined

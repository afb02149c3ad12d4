"""What changed its place with something else: several differences of a function that are one change of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator, Mapping, Sequence
from itertools import combinations

Change = tuple[Sequence[Hashable], Sequence[Hashable]]
"""What stood at a place then, and what stands there now."""
_MOST_PLACES = 24
"""Changed places of a function; of more, too many would have to be tried."""
_MOST_IN_TURN = 3
"""Places that pass what they hold on in a ring; with two of them, each has what the other one had."""
_LONGEST_RUN = 8
_MOVED = 8
"""Instructions in a row that are no chance where they stand at another place."""
_Balance = frozenset[tuple[Hashable, int]]


def exchanges(changes: Mapping[int, Change]) -> list[frozenset[int]]:
    """The changes of one function, by their places in it, that together only move what was there.

    As few as possible each, and nearest ones first; those that lie among each other, as of values that bring their
    forms along, are one.
    """
    left = {at: balance for at, change in changes.items() if (balance := _balance(change))}
    found: list[frozenset[int]] = []
    if len(left) > _MOST_PLACES:
        return found
    for size in range(2, _MOST_IN_TURN + 1):
        for some in sorted(combinations(sorted(left), size), key=lambda places: places[-1] - places[0]):
            if all(at in left for at in some) and not _sum([left[at] for at in some]):
                found.append(frozenset(some))
                for at in some:
                    del left[at]
    return list(_joined(found))


def runs_in_turn(changes: Sequence[Change]) -> list[range]:
    """The changes of one function, by their number in order, that beside each other only move what was there."""
    balances = [dict(_balance(change)) for change in changes]
    found: list[range] = []
    for first in range(len(changes)):
        total: Counter[Hashable] = Counter()
        for last in range(first, min(first + _LONGEST_RUN, len(changes))):
            if not balances[last] and last == first:
                break
            total.update(balances[last])
            if last > first and not any(total.values()):
                found.append(range(first, last + 1))
                break
    return found


def moved_runs(changes: Sequence[Change]) -> Iterator[tuple[int, int]]:
    """The changes of one function, by number, of which one has what stood at the other, many instructions in a row."""
    places: dict[tuple[Hashable, ...], int] = {}
    for number, (then, _) in enumerate(changes):
        places |= {tuple(then[at : at + _MOVED]): number for at in range(len(then) - _MOVED + 1)}
    for number, (_, now) in enumerate(changes):
        found = {places.get(tuple(now[at : at + _MOVED]), number) for at in range(len(now) - _MOVED + 1)}
        yield from [(number, other) for other in found if other != number]


def _balance(change: Change) -> _Balance:
    """How much more of each instruction a place has now."""
    then, now = map(Counter, change)
    return frozenset([(key, now[key] - then[key]) for key in {*then, *now} if now[key] != then[key]])


def _sum(balances: Sequence[_Balance]) -> dict[Hashable, int]:
    total: Counter[Hashable] = Counter()
    for balance in balances:
        total.update(dict(balance))
    return {key: count for key, count in total.items() if count}


def _joined(found: Sequence[frozenset[int]]) -> Iterator[frozenset[int]]:
    """The exchanges, as one where the places of one begin before those of another end."""
    run: frozenset[int] = frozenset()
    for each in sorted(found, key=min):
        if run and min(each) > max(run):
            yield run
            run = frozenset()
        run |= each
    if run:
        yield run

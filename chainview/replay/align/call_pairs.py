"""The events of one call on both sides, put next to each other."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from chainview.chain.event import Kind
from chainview.replay.align.history import NONE, Side, is_ask, other_state, says_the_same
from chainview.replay.align.payloads import Payloads
from chainview.replay.align.sequence import alike_at_ends, matches, stretches

_MOST_WEIGHED = 4096
"""Pairs of items that are weighed against each other; larger gaps are matched by name alone."""
_WEIGHED_BYTES = 1024
_LONGEST_SHIFT = 200
_NUMBER = re.compile(r"[0-9]+")
ENDS = (Kind.RESULT, Kind.ERROR)
_Questions = set[tuple[str, bytes]]


@dataclass(frozen=True, slots=True)
class Pair:
    """An item of each side, NONE for a gap; `same` says that both have the same content.

    In a gap it says that the other side was not recorded so far.
    """

    recorded: int
    now: int
    same: bool = False

    @property
    def turned(self) -> Pair:
        """The same with both sides in each other's place."""
        return Pair(self.now, self.recorded, self.same)


def align_call(
    then: Side, now: Side, ones: Sequence[int], others: Sequence[int], payloads: Payloads | None = None
) -> list[Pair]:
    """The items of both sides in pairs: every item once, in order; equal content first, then equal input, then name.

    The ends of both calls stand next to each other whatever they are. With `payloads`, which must hold the items, what
    is equal need not be read.
    """
    aligner = _Aligner(then, now, payloads)
    tail: list[Pair] = []
    ended, ended_now = _ends(then, ones), _ends(now, others)
    if ended and ended_now:
        same = aligner.says_the_same(ones[-1], others[-1])
        tail = [Pair(ones[-1], others[-1], same and not other_state(then, ones[-1], now, others[-1]))]
    elif ended or ended_now:
        tail = [Pair(ones[-1], NONE) if ended else Pair(NONE, others[-1])]
    ones, others = ones[:-1] if ended else ones, others[:-1] if ended_now else others
    exact = list(_in_step(then, now, list(aligner.by_question(ones, others))))
    return [*aligner.with_names(exact), *tail]


def _ends(side: Side, items: Sequence[int]) -> bool:
    return bool(items) and side.kind(items[-1]) in ENDS


def taking_beyond(pairs: list[Pair], then: Side, now: Side) -> list[Pair]:
    """The pairs of a call that was not recorded to its end; what is made now beyond its record differs from nothing.

    A failure that ends it before all that was recorded does differ, and so does what is only made at another place.
    """
    missing = {then.question(pair.recorded) for pair in pairs if pair.now == NONE}
    stop = len(pairs)
    while stop and pairs[stop - 1].recorded == NONE and not _is_of_record(now, pairs[stop - 1].now, missing):
        stop -= 1
    return [*pairs[:stop], *[replace(pair, same=True) for pair in pairs[stop:]]]


def _is_of_record(now: Side, item: int, missing: set[tuple[str, bytes]]) -> bool:
    """Whether what is made now at the end of a call has to do with recorded host calls that are `missing`."""
    if is_ask(item):
        return True
    if now.kind(item) in ENDS:
        return bool(missing) and now.kind(item) is Kind.ERROR
    return now.question(item) in missing


class _Aligner:
    """Each step matches what it can and leaves the gaps between to the next, coarser one."""

    def __init__(self, then: Side, now: Side, payloads: Payloads | None) -> None:
        self._then, self._now, self._payloads = then, now, payloads
        self._moved: set[int] = set()
        self._moved_now: set[int] = set()

    def by_question(self, ones: Sequence[int], others: Sequence[int]) -> Iterator[Pair]:
        """Pairs of equal content, then of equal input; the rest in gaps."""
        yield from self._matched(ones, others, self._contents, True, self._by_input)

    def _by_input(self, ones: Sequence[int], others: Sequence[int]) -> Iterator[Pair]:
        yield from self._matched(ones, others, self._asked, False, _apart)

    def says_the_same(self, one: int, other: int) -> bool:
        """Whether an item of each side have the same content."""
        if self._are_told_by_payloads((one,), (other,)):
            (key,), (key_now,) = self._contents((one,), (other,))
            return key == key_now
        return says_the_same(self._then, one, self._now, other)

    def _contents(self, ones: Sequence[int], others: Sequence[int]) -> tuple[list[Hashable], list[Hashable]]:
        """What is equal for items of the same content."""
        then, now = self._then, self._now
        if self._payloads is None or not self._are_told_by_payloads(ones, others):
            return [then.content(item) for item in ones], [now.content(item) for item in others]
        keys, keys_now = self._payloads.keys(ones, others)
        types, types_now = map(then.table.event_type, ones), map(now.table.event_type, others)
        return list(zip(types, keys, strict=True)), list(zip(types_now, keys_now, strict=True))

    def _are_told_by_payloads(self, ones: Sequence[int], others: Sequence[int]) -> bool:
        """Whether the contents of all of these are their payloads, byte for byte."""
        sides = (self._then, ones), (self._now, others)
        return self._payloads is not None and all(
            not side.by_value and all(not is_ask(item) and side.table.kinds[item] != Kind.ERROR for item in items)
            for side, items in sides
        )

    def _asked(self, ones: Sequence[int], others: Sequence[int]) -> tuple[list[Hashable], list[Hashable]]:
        return [self._then.question(item) for item in ones], [self._now.question(item) for item in others]

    def with_names(self, pairs: Sequence[Pair]) -> Iterator[Pair]:
        """The pairs with what is left over in each gap matched by name.

        Where all that is left over of a function has the same inputs on both sides it was put in another order, and
        none is the counterpart of one with another input.
        """
        self._find_moved(pairs)
        ones, others = list[int](), list[int]()
        for pair in pairs:
            if pair.recorded == NONE:
                others.append(pair.now)
            elif pair.now == NONE:
                ones.append(pair.recorded)
            else:
                yield from self._by_name(ones, others)
                ones, others = [], []
                yield pair
        yield from self._by_name(ones, others)

    def _find_moved(self, pairs: Sequence[Pair]) -> None:
        missing = [pair.recorded for pair in pairs if pair.now == NONE]
        extra = [pair.now for pair in pairs if pair.recorded == NONE]
        if not (missing and extra):
            return
        asked, asked_now = self._questions(self._then, missing), self._questions(self._now, extra)
        for name, questions in asked.items():
            if Counter(questions.values()) == Counter(asked_now.get(name, {}).values()):
                self._moved.update(questions)
                self._moved_now.update(asked_now[name])

    def _questions(self, side: Side, items: Sequence[int]) -> dict[str, dict[int, bytes]]:
        """The inputs of host calls by name and item."""
        found: dict[str, dict[int, bytes]] = {}
        for item in items:
            if side.kind(item) is Kind.HOST:
                name, input = side.question(item)
                found.setdefault(name, {})[item] = input
        return found

    def _matched(
        self,
        ones: Sequence[int],
        others: Sequence[int],
        keys_of: Callable[[Sequence[int], Sequence[int]], tuple[list[Hashable], list[Hashable]]],
        same: bool,
        then_by: Callable[[Sequence[int], Sequence[int]], Iterator[Pair]],
    ) -> Iterator[Pair]:
        if not (ones and others):
            yield from _apart(ones, others)
            return
        found = matches(*keys_of(ones, others))
        for part, part_now, matched in stretches(found, len(ones), len(others)):
            pairs = zip(part, part_now, strict=False) if matched else ()
            yield from (Pair(ones[one], others[other], same) for one, other in pairs)
            if not matched:
                yield from then_by(ones[part.start : part.stop], others[part_now.start : part_now.stop])

    def _by_name(self, ones: Sequence[int], others: Sequence[int]) -> Iterator[Pair]:
        if not (ones and others):
            yield from _apart(ones, others)
            return
        names: list[Hashable] = [self._name(self._then, item, self._moved) for item in ones]
        names_now: list[Hashable] = [self._name(self._now, item, self._moved_now) for item in others]
        if len(ones) * len(others) <= _MOST_WEIGHED:
            places = self._weighed(ones, others, names, names_now)
        elif len(ones) == len(others) and names == names_now:
            places = [(place, place) for place in range(len(ones))]
        else:
            found = matches(names, names_now)
            places = [(each.one + step, each.other + step) for each in found for step in range(each.length)]
        at = at_now = 0
        for place, place_now in [*places, (len(ones), len(others))]:
            yield from self._by_place(ones[at:place], others[at_now:place_now])
            if place < len(ones):
                yield Pair(ones[place], others[place_now])
            at, at_now = place + 1, place_now + 1

    def _by_place(self, ones: Sequence[int], others: Sequence[int]) -> Iterator[Pair]:
        """One recorded host call in the place of which another function is called now is a pair too."""
        moved = any(item in self._moved for item in ones) or any(item in self._moved_now for item in others)
        if len(ones) == len(others) == 1 and not (moved or is_ask(others[0])):
            yield Pair(ones[0], others[0])
        else:
            yield from _apart(ones, others)

    def _name(self, side: Side, item: int, moved: set[int]) -> Hashable:
        """What a counterpart by name must have in common; nothing else has it for what was moved."""
        return (id(side), item) if item in moved else side.name(item)

    def _weighed(
        self, ones: Sequence[int], others: Sequence[int], names: Sequence[Hashable], names_now: Sequence[Hashable]
    ) -> list[tuple[int, int]]:
        """The pairs of equal names that keep their order, as many and as alike as can be."""
        inputs = [self._then.packed_input(item)[:_WEIGHED_BYTES] for item in ones]
        inputs_now = [self._now.packed_input(item)[:_WEIGHED_BYTES] for item in others]
        best = [[0.0] * (len(others) + 1) for _ in range(len(ones) + 1)]
        for one in range(len(ones) - 1, -1, -1):
            for other in range(len(others) - 1, -1, -1):
                weight = max(best[one + 1][other], best[one][other + 1])
                if names[one] == names_now[other]:
                    alike = 1 + _likeness(inputs[one], inputs_now[other])
                    weight = max(weight, alike + best[one + 1][other + 1])
                best[one][other] = weight
        places, one, other = [], 0, 0
        while one < len(ones) and other < len(others):
            if (
                names[one] == names_now[other]
                and best[one][other] == 1 + _likeness(inputs[one], inputs_now[other]) + best[one + 1][other + 1]
            ):
                places.append((one, other))
                one, other = one + 1, other + 1
            elif best[one + 1][other] >= best[one][other + 1]:
                one += 1
            else:
                other += 1
        return places


def _in_step(then: Side, now: Side, pairs: Sequence[Pair]) -> Iterator[Pair]:
    """The pairs, where host calls of one sort that count are as many on both sides, but count from another number.

    Each then says what its neighbour said, and is the counterpart of the one in its place.
    """
    at = 0
    alone: tuple[_Questions, _Questions] | None = None
    for start, stop in _shifts(pairs):
        yield from pairs[at:start]
        run = pairs[start:stop]
        ones = [pair.recorded for pair in run if pair.recorded != NONE]
        others = [pair.now for pair in run if pair.now != NONE]
        counted = {_counted(side, item) for side, items in ((then, ones), (now, others)) for item in items}
        if len(counted) == 1 and alone is None:
            alone = _said_alone(then, now, pairs)
        if alone is None or len(counted) > 1 or _any_moved(_said_alone(then, now, run), alone):
            yield from run
        else:
            said = [says_the_same(then, one, now, other) for one, other in zip(ones, others, strict=True)]
            yield from map(Pair, ones, others, said)
        at = stop
    yield from pairs[at:]


def _said_alone(then: Side, now: Side, pairs: Sequence[Pair]) -> tuple[_Questions, _Questions]:
    """What each side says alone among pairs."""
    return (
        {then.question(pair.recorded) for pair in pairs if pair.now == NONE},
        {now.question(pair.now) for pair in pairs if pair.recorded == NONE},
    )


def _any_moved(run: tuple[_Questions, _Questions], call: tuple[_Questions, _Questions]) -> bool:
    """Whether something that one side says alone in a run the other one says alone in the call."""
    return not (run[0].isdisjoint(call[1]) and run[1].isdisjoint(call[0]))


def _shifts(pairs: Sequence[Pair]) -> Iterator[tuple[int, int]]:
    """Where pairs stand between as many items of one side alone and of the other, and nothing else is alone there."""
    kinds = [0 if NONE not in (pair.recorded, pair.now) else 1 if pair.now == NONE else 2 for pair in pairs]
    runs = [(kind, len(list(run))) for kind, run in groupby(kinds)]
    between = [0, *[kind for kind, _ in runs], 0]
    at = free = 0
    for number, (kind, length) in enumerate(runs):
        if number >= 2 and kind + runs[number - 2][0] == 3 and kind and not runs[number - 1][0]:
            start = at - runs[number - 1][1] - runs[number - 2][1]
            # What both sides say alone in one place are counterparts there.
            is_alone = not (between[number - 2] or between[number + 2])
            if is_alone and length == runs[number - 2][1] and start >= free and at - start <= _LONGEST_SHIFT:
                yield start, at + length
                free = at + length
        at += length


def _counted(side: Side, item: int) -> Hashable:
    """A host call without the numbers in what it says; itself where it says none."""
    if is_ask(item) or side.kind(item) is not Kind.HOST:
        return side, item
    literal = side.literal(item)
    return _NUMBER.sub("N", literal) if _NUMBER.search(literal) else (side, item)


def _apart(ones: Sequence[int], others: Sequence[int]) -> Iterator[Pair]:
    yield from (Pair(item, NONE) for item in ones)
    yield from (Pair(NONE, item) for item in others)


def _likeness(one: bytes, other: bytes) -> float:
    """How much of two packed values is alike at both ends, from 0 to 1."""
    longest = max(len(one), len(other))
    if not longest:
        return 1.0
    head, tail = alike_at_ends(one, other)
    return (head + tail) / longest

"""The leaves in which two values differ, in words for a person and for a report."""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import TypeGuard

from chainview.chain.delta import Change, Known, below, changes, numbered, rising, same_but_order
from chainview.chain.words.brief import bytes_as_text
from chainview.chain.words.spans import end_cut
from chainview.pack.literal import format_literal, named_parts
from chainview.pack.values import F32, F64, Array, Compound, Integer, List, Map, Record, Set, String, Value, types
from chainview.pack.values.walk import Done, rebuilt
from chainview.replay.changes.apart import told_apart
from chainview.replay.changes.text_change import TextChange, around_change, text_change

_INDEX = re.compile(r"""\[(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)'|[^\]]*)\]""")
_OPENED, _STEP = re.compile(r"\["), re.compile(r"[.\[]")
_LONGEST = 60
_LONGEST_BYTES = 256
_MOST_PARTS = 1000
_MOST_ITEMS = 10_000
_AT_HAND = 4
"""Pairs: both answers and both states of a call, and of the one before."""
_MOST_READ = 1 << 14
_WITH_ITEMS = (List, Array, Map, Set)
_Name = Value | str | int
_MOST_MOVED = 2
"""Moved items that are named each."""
MOST_LEAVES = 200
"""More are not looked for."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """One place in which two values differ; a side that has nothing there is None."""

    path: str
    recorded: Value | None
    now: Value | None

    @property
    def literals(self) -> tuple[str | None, str | None]:
        """Both sides as Pack literals; of long ones what changed, with `…` for the rest, and what differs unseen."""
        return self.literals_in(_LONGEST)

    def literals_in(self, longest: int) -> tuple[str | None, str | None]:
        """The same in about so many characters each."""
        one, other = self.recorded, self.now
        if one is None or other is None:
            sides = [None if side is None else end_cut(format_literal(side), longest) for side in (one, other)]
            return sides[0], sides[1]
        texts = self.texts_in(longest) or around_change(format_literal(one), format_literal(other), longest)
        return told_apart(one, other, texts)

    def texts_in(self, longest: int = _LONGEST) -> tuple[str, str] | None:
        """Both sides of a text as Pack literals and nothing else, however alike they look; None for other leaves."""
        if not (isinstance(self.recorded, String) and isinstance(self.now, String)):
            return None
        short = around_change(self.recorded.value, self.now.value, longest)
        return format_literal(String(short[0])), format_literal(String(short[1]))

    @property
    def text_change(self) -> TextChange | None:
        """What changed inside a text; None for other leaves."""
        if isinstance(self.recorded, String) and isinstance(self.now, String):
            return text_change(self.recorded.value, self.now.value)
        return None

    @property
    def only_numbers(self) -> bool:
        """Whether a number became another one, or a text holds other numbers between the same words."""
        change = self.text_change
        if change is not None:
            return change.only_numbers
        return all(isinstance(side, Integer | F32 | F64) for side in (self.recorded, self.now))

    @property
    def is_reordered(self) -> bool:
        """Whether it is a list, map or set with the same items in another order, or a list in which items moved."""
        if not isinstance(self.recorded, _WITH_ITEMS):
            return False
        return self.has_same_items or bool(_moved(self.recorded, self.now))

    @property
    def has_same_items(self) -> bool:
        """Whether it is a list, map or set with the same items in another order."""
        return _same_items(self.recorded, self.now) or same_but_order(self.recorded, self.now)

    @property
    def order_told(self) -> str:
        """Which items of a list moved, in words; empty for what is not reordered."""
        moved = _moved(self.recorded, self.now)
        places = ", ".join([f"[{before}] moved to [{after}]" for before, after in moved[:_MOST_MOVED]])
        if len(moved) > _MOST_MOVED:
            places = f"{len(moved):,} items moved, the first from [{moved[0][0]}] to [{moved[0][1]}]"
        if self.has_same_items:
            return f"{self.path} has the same items in another order{places and f': {places}'}"
        return places and f"{self.path} has items in another order: {places}"

    @property
    def in_state(self) -> bool:
        """Whether it lies in the actor's state."""
        return self.path.startswith("state")

    @property
    def shape(self) -> str:
        """The path with every index as `[*]`."""
        return collapsed(self.path)


def is_nan(value: Value | None) -> TypeGuard[F32 | F64]:
    """Whether a value is a float that is no number."""
    return isinstance(value, F32 | F64) and value.value != value.value


def only_nan_bits(found: Sequence[Leaf]) -> bool:
    """Whether every leaf is a NaN on both sides."""
    return bool(found) and all(is_nan(leaf.recorded) and is_nan(leaf.now) for leaf in found)


@lru_cache(maxsize=4096)
def collapsed(path: str) -> str:
    """A path with every index and key as `[*]`, so that one edit has one path whatever item it shows in."""
    return _INDEX.sub("[*]", path)


def leaves(under: str, recorded: Value | None, now: Value | None) -> tuple[Leaf, ...]:
    """The leaves that differ, with paths below `under`, 200 at most; empty exactly when the values are equal.

    Byte strings that are text are compared as text.
    """
    if recorded is None or now is None:
        return () if recorded is now else (Leaf(under, recorded, now),)
    if recorded == now:
        return ()
    return _below(under, _changed(recorded, now))


def _changed(recorded: Value, now: Value, read: Done | None = None, known: Known | None = None) -> Sequence[Change]:
    """What differs in two values that do; what was `read` as text, or is `known` to differ, is not looked at again."""
    found = changes(rebuilt(recorded, _readable, read), rebuilt(now, _readable, read), MOST_LEAVES, known)
    if not found or any(_of_two_kinds(each) for each in found):
        found = changes(recorded, now, MOST_LEAVES)
    return _whole_lists(found, recorded, now)


def _below(under: str, found: Sequence[Change]) -> tuple[Leaf, ...]:
    return tuple([Leaf(below(under, each.path), each.before, each.after) for each in found])


class LeavesAtHand:
    """Finds what `leaves` finds, of the pairs of values that it was asked for last without looking again.

    It holds those values, so it belongs to whoever compares them.
    """

    def __init__(self) -> None:
        self._newest: list[tuple[Value, Value, Sequence[Change]]] = []
        self._read: Done = {}
        self._known: Known = {}

    def leaves(self, under: str, recorded: Value | None, now: Value | None) -> tuple[Leaf, ...]:
        """What differs, with paths below `under`."""
        if recorded is None or now is None:
            return leaves(under, recorded, now)
        found = next((each for one, other, each in self._newest if one is recorded and other is now), None)
        if found is None:
            if len(self._read) + len(self._known) > _MOST_READ:
                self._read.clear()
                self._known.clear()
            found = () if recorded == now else _changed(recorded, now, self._read, self._known)
            self._newest = [(recorded, now, found), *self._newest[: _AT_HAND - 1]]
        return _below(under, found)


def _whole_lists(found: Sequence[Change], recorded: Value, now: Value) -> Sequence[Change]:
    """The changes, with one for each list in which items moved, and behind it those of its items beside the order."""
    lists = {each.path[: place.start()] for each in found for place in _OPENED.finditer(each.path)}
    if not lists:
        return found
    kept = list(found)
    for path, one, other in _reordered_lists(lists, recorded, now):
        first = next((at for at, each in enumerate(kept) if each.path.startswith(f"{path}[")), None)
        if first is not None:
            rest = [each for each in kept[first:] if not each.path.startswith(f"{path}[")]
            kept = [*kept[:first], Change(path, one, other), *_beside_order(path, one, other), *rest]
    return kept[:MOST_LEAVES]


def _beside_order(path: str, one: Value, other: Value) -> Iterator[Change]:
    """What differs in the items of a list that stand in another order: items that changed, are gone or are new."""
    if _same_items(one, other) or not (isinstance(one, List) and isinstance(other, List)):
        return
    pairs = _pairs(one.items, other.items)
    for at, at_now in sorted(pairs, key=lambda pair: pair[1]):
        for each in changes(one.items[at], other.items[at_now], MOST_LEAVES):
            yield Change(below(f"{path}[{at_now}]", each.path), each.before, each.after)
    known, known_now = {at for at, _ in pairs}, {at for _, at in pairs}
    yield from [Change(f"{path}[{at}]", each, None) for at, each in enumerate(one.items) if at not in known]
    yield from [Change(f"{path}[{at}]", None, each) for at, each in enumerate(other.items) if at not in known_now]


def _moved(one: Value | None, other: Value | None) -> list[tuple[int, int]]:
    """The items of two lists, by their places, that stand before or behind others than they stood; as few as can be."""
    if not (isinstance(one, List) and isinstance(other, List)) or max(len(one.items), len(other.items)) > _MOST_PARTS:
        return []
    pairs = _pairs(one.items, other.items)
    if all(before[1] < behind[1] for before, behind in pairwise(pairs)):
        return []
    stayed = set(rising(pairs))
    return [pair for pair in pairs if pair not in stayed]


def _pairs(ones: Sequence[Value], others: Sequence[Value]) -> list[tuple[int, int]]:
    """The places of the items that are the same, or of one name and changed, in both lists; in order of the first."""
    waiting: dict[int, deque[int]] = {}
    numbers, numbers_now = numbered(ones, others)
    common = set(numbers).intersection(numbers_now)
    for at, item in enumerate(numbers_now) if common else ():
        if item in common:
            waiting.setdefault(item, deque()).append(at)
    pairs = [(at, waiting[item].popleft()) for at, item in enumerate(numbers) if waiting.get(item)]
    known, known_now = {at for at, _ in pairs}, {at for _, at in pairs}
    rest = [at for at in range(len(ones)) if at not in known]
    rest_now = [at for at in range(len(others)) if at not in known_now]
    named = _names([ones[at] for at in rest], [others[at] for at in rest_now])
    if named is not None:
        there = dict(zip(named[1], rest_now, strict=True))
        pairs += [(at, there[name]) for at, name in zip(rest, named[0], strict=True) if name in there]
    return sorted(pairs)


def _names(ones: Sequence[Value], others: Sequence[Value]) -> tuple[list[_Name], list[_Name]] | None:
    """What names each of some records: the field that says something else in each, and most of it on both sides."""
    records = [each for each in (*ones, *others) if isinstance(each, Record)]
    if not records or len(records) < len(ones) + len(others):
        return None
    if len({each.type_name for each in records}) > 1 or len({len(each.fields) for each in records}) > 1:
        return None
    columns = list(zip(*[each.fields for each in records], strict=True))
    if any(len({name for name, _ in column}) > 1 for column in columns):
        return None
    best: tuple[list[_Name], list[_Name]] | None = None
    most = 0
    for column in columns:
        if most < min(len(ones), len(others)) and isinstance(column[0][1], String | Integer):
            said = _plainly([value for _, value in column])
            here, there = said[: len(ones)], said[len(ones) :]
            names, names_now = set(here), set(there)
            common = len(names & names_now)
            if common > most and len(names) == len(here) and len(names_now) == len(there):
                best, most = (here, there), common
    return best


def _plainly(said: list[Value]) -> list[_Name]:
    """What is the same for the same values: of numbers and texts of one kind what they are of, which is told faster."""
    if len(set(map(type, said))) > 1:
        return list(said)
    return [each.value if isinstance(each, String | Integer) else each for each in said]


def _reordered_lists(lists: Collection[str], recorded: Value, now: Value) -> Iterator[tuple[str, Value, Value]]:
    """Those of the lists in the same place of both values that hold items in another order, with their paths."""
    ways = {"", *lists, *[each[: place.start()] for each in lists for place in _STEP.finditer(each)]}
    waiting: list[tuple[str, Value, Value] | None] = [("", recorded, now)]
    for _ in range(_MOST_PARTS):
        if not waiting:
            return
        pair = waiting.pop()
        if pair is None or pair[0] not in ways:
            continue
        path, one, other = pair
        if isinstance(one, List | Array) and one != other and (_same_items(one, other) or _moved(one, other)):
            yield path, one, other
        elif one.__class__ is other.__class__ and not _is_unpaired(one, other):
            waiting += _pairs_below(path, one, other)


def _pairs_below(path: str, one: Value, other: Value) -> Sequence[tuple[str, Value, Value] | None]:
    """The parts of one name in two values, with their paths; None in the place of those that hold no list."""
    if isinstance(one, Record) and isinstance(other, Record) and one.own == other.own:
        held = one.held
        if not any(isinstance(part, Compound | Array) for part in held) and len(set(one.own[1:])) == len(held):
            return [None] * len(held)
    there = dict(named_parts(other))
    return [
        (label.below(path), part, there[label]) if isinstance(part, Compound | Array) else None
        for label, part in named_parts(one)
        if label in there
    ]


def _is_unpaired(one: Value, other: Value) -> bool:
    """Whether these are lists whose items do not stand in the same places, or too many of them."""
    if not (isinstance(one, List) and isinstance(other, List)):
        return False
    return len(one.items) != len(other.items) or len(one.items) > _MOST_PARTS


def _same_items(one: Value | None, other: Value | None) -> bool:
    if isinstance(one, List) and isinstance(other, List):
        return len(one.items) == len(other.items) <= _MOST_ITEMS and _same_counts(one.items, other.items)
    if isinstance(one, Array) and isinstance(other, Array) and one.elem == other.elem != types.U8:
        return len(one.data) == len(other.data) and len(one) <= _MOST_ITEMS and Counter(one) == Counter(other)
    return False


def _same_counts(ones: Sequence[Value], others: Sequence[Value]) -> bool:
    """Whether two sequences of one length hold the same items; what stands in one place of both is not counted."""
    apart = [(one, other) for one, other in zip(ones, others, strict=True) if one != other]
    rest = [other for _, other in apart]
    # Where items are gone, or others, the first one tells that mostly, and counting takes long.
    return not apart or (apart[0][0] in rest and Counter([one for one, _ in apart]) == Counter(rest))


def _of_two_kinds(change: Change) -> bool:
    """Whether byte strings may look like another type here, because only one of both is text."""
    return {type(change.before), type(change.after)} == {String, Array}


def _readable(value: Value) -> Value:
    """A byte string that is text as a string; anything else as it is."""
    if not isinstance(value, Array) or value.elem != types.U8 or len(value) > _LONGEST_BYTES:
        return value
    text = bytes_as_text(value.data)
    return String(text) if text else value

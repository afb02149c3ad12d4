"""What differs between two values, leaf by leaf, with the path to each leaf."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from chainview.pack.literal import key_label
from chainview.pack.values import HELD, Array, Compound, List, Map, PartLabel, Record, Set, Tuple, Value, types
from chainview.pack.values.unread import Unread, begun
from chainview.system.alike import common_start

_MOST_PAIRS = 50_000
"""Pairs of values looked into; what is left then is compared as a whole."""
_DEEPEST = 50
"""Levels of records in records of which is kept what differs."""
_ANY = "\0"
_WHOLE_BYTES = 64
"""Byte lists up to this length change as a whole, longer ones in the stretch that differs."""
_MOST_ANCHORED = 4096

_PartPair = tuple[PartLabel, Value | None, Value | None]
_Key = tuple[Value, int]
_Entry = tuple[int, Value | None]
_NO_ENTRY: _Entry = (0, None)


@dataclass(frozen=True, slots=True)
class Change:
    """A leaf that differs: `before` is None where it was added, `after` where it was removed.

    The path is such as `count`, `orders[2].status`, `stock["tea"]` or `pair.0`, empty for the value itself. List items
    are numbered as they stand after the change, removed ones as they stood before it.
    """

    path: str
    before: Value | None
    after: Value | None

    @property
    def is_order_alone(self) -> bool:
        """Whether it is a map or a set of the same entries or members, which only stand in another order."""
        return same_but_order(self.before, self.after)


def changes(before: Value, after: Value, limit: int = 1000, known: Known | None = None) -> list[Change]:
    """The leaves that differ, in order, `limit` at most; empty exactly when the values are equal.

    Lists are aligned, so that an item inserted in the middle is one change. Maps are compared by key and sets by
    member, and one that only stands in another order is one change as a whole. Time is bounded by the size of the
    values, also of values that share parts. Pairs of records that are `known` are not compared again.
    """
    return _looked_through("", before, after, limit, known)[0]


def _looked_through(
    path: str, before: Value, after: Value, limit: int, known: Known | None, depth: int = 0
) -> tuple[list[Change], int]:
    """The leaves that differ, with their paths behind that of both values, and how many pairs were looked into."""
    found: list[Change] = []
    waiting: list[tuple[str, Iterator[_PartPair]]] = [(path, iter([(HELD, before, after)]))]
    budget = _MOST_PAIRS
    while waiting and len(found) < limit:
        above, pairs = waiting[-1]
        pair = next(pairs, None)
        if pair is None:
            waiting.pop()
            continue
        label, old, new = pair
        if old is new or (isinstance(old, Unread) and new is not None and old.is_written_as(new)):
            continue
        old, new = old and begun(old), new and begun(new)
        if known is not None and len(waiting) > 1 and isinstance(old, Record) and isinstance(new, Record):
            told = _of_records(old, new, known, depth)
            if len(found) + len(told.changes) < limit and budget > told.pairs:
                budget -= told.pairs
                found += told.at(label.below(above))
                continue
        budget -= 1
        parts = _parts(old, new) if budget > 0 else None
        if parts is not None:
            waiting.append((label.below(above), parts))
        elif old != new:
            found.append(Change(label.below(above), old, new))
    return found, _MOST_PAIRS - budget


@dataclass(frozen=True, slots=True)
class Told:
    """What differs between two records, with ANY in the place of their path, and how many pairs were looked into."""

    sides: tuple[Record, Record]
    changes: tuple[Change, ...]
    pairs: int

    def at(self, path: str) -> Iterator[Change]:
        """The same of records with that path."""
        for each in self.changes:
            rest = each.path[len(_ANY) :]
            yield Change(f"{path}{rest}" if path else rest.removeprefix("."), each.before, each.after)


Known = dict[tuple[int, int], Told]
"""By the identities of both records."""


def _of_records(old: Record, new: Record, known: Known, depth: int) -> Told:
    told = known.get((id(old), id(new)))
    if told is None:
        deeper = known if depth < _DEEPEST else None
        found, pairs = _looked_through(_ANY, old, new, _MOST_PAIRS, deeper, depth + 1)
        told = known[id(old), id(new)] = Told((old, new), tuple(found), pairs)
    return told


def below(under: str, path: str) -> str:
    """A path as one below another one."""
    if not path or not under:
        return under or path
    return f"{under}{path}" if path.startswith("[") else f"{under}.{path}"


def _parts(old: Value | None, new: Value | None) -> Iterator[_PartPair] | None:
    """The pairs of parts that two values of one shape consist of; None for leaves and for other shapes."""
    if old.__class__ is not new.__class__:
        return None
    if isinstance(old, List) and isinstance(new, List):
        return _items(old.items, new.items) if old.elem == new.elem else None
    if isinstance(old, Map) and isinstance(new, Map):
        return _entries(old, new) if old.own == new.own else None
    if isinstance(old, Set) and isinstance(new, Set):
        return _members(old, new) if old.own == new.own else None
    if isinstance(old, Compound) and isinstance(new, Compound):
        if old.own != new.own:
            return _fields(old, new) if isinstance(old, Record) and isinstance(new, Record) else None
        held, held_now = old.held, new.held
        return zip(old.labels(), held, held_now, strict=True) if len(held) == len(held_now) else None
    if isinstance(old, Array) and isinstance(new, Array) and old.elem == new.elem:
        return _elements(old, new)
    return None


def _fields(old: Record, new: Record) -> Iterator[_PartPair] | None:
    """The pairs of fields by their names, where not all are on both sides."""
    before, after = dict(old.fields), dict(new.fields)
    if len(before) != len(old.fields) or len(after) != len(new.fields) or before.keys() == after.keys():
        return None
    if old.type_name != new.type_name:
        return None
    every = dict.fromkeys([*before, *after])
    return ((PartLabel(name), before.get(name), after.get(name)) for name in every)


def same_but_order(one: Value | None, other: Value | None) -> bool:
    """Whether two values are maps, or sets, of the same type that differ in the order of what they hold alone."""
    if isinstance(one, Map) and isinstance(other, Map):
        counted, counted_now = Counter[object](one.entries), Counter[object](other.entries)
        return one.own == other.own and one != other and counted == counted_now
    if isinstance(one, Set) and isinstance(other, Set):
        return one.own == other.own and one != other and Counter(one.items) == Counter(other.items)
    return False


def _entries(old: Map, new: Map) -> Iterator[_PartPair] | None:
    """The pairs of values by their keys, those of a key that occurs again in order; None where only the order differs.

    Entries that are there no more come where they stood, new ones at the end.
    """
    before, after = _by_key(old), _by_key(new)
    if before.keys() == after.keys() and all(before[key][1] == after[key][1] for key in before):
        return None
    return _entry_pairs(before, after)


def _entry_pairs(before: Mapping[_Key, _Entry], after: Mapping[_Key, _Entry]) -> Iterator[_PartPair]:
    for key in dict.fromkeys([*before, *after]):
        (at_old, old), (at_new, new) = before.get(key, _NO_ENTRY), after.get(key, _NO_ENTRY)
        label = key_label(key[0])
        if label is not None:
            yield label, old, new
        elif old is not None and new is not None:
            yield PartLabel(str(at_new), True, ".value"), old, new
        else:
            there = None if old is None else Tuple((key[0], old))
            now = None if new is None else Tuple((key[0], new))
            yield PartLabel(str(at_old if new is None else at_new), True), there, now


def _by_key(of: Map) -> dict[_Key, _Entry]:
    """The place and the value of each entry, by its key and how often that came before."""
    found: dict[_Key, _Entry] = {}
    times: Counter[Value] = Counter()
    for at, (key, value) in enumerate(of.entries):
        found[key, times[key]] = at, value
        times[key] += 1
    return found


def _members(old: Set, new: Set) -> Iterator[_PartPair] | None:
    """The members that only one side has; None where both have the same ones."""
    counts, counts_now = Counter(old.items), Counter(new.items)
    if counts == counts_now:
        return None
    gone = [(PartLabel(str(at), True), item, None) for at, item in _beyond(old.items, counts_now)]
    come = [(PartLabel(str(at), True), None, item) for at, item in _beyond(new.items, counts)]
    return iter([*gone, *come])


def _beyond(items: Sequence[Value], counts: Counter[Value]) -> Iterator[tuple[int, Value]]:
    """The items with their places that come more often than was counted."""
    left = counts.copy()
    for at, item in enumerate(items):
        if left[item] > 0:
            left[item] -= 1
        else:
            yield at, item


def _elements(old: Array, new: Array) -> Iterator[_PartPair] | None:
    width = types.ELEMENT_WIDTHS[old.elem.encoded[0]]
    shorter = min(len(old), len(new))
    head = common_start(old.data, new.data) // width
    tail = min(common_start(old.data[::-1], new.data[::-1]) // width, shorter - head)
    before, after = old[head : len(old) - tail], new[head : len(new) - tail]
    longest = max(len(before), len(after))
    if old.elem == types.U8:
        whole = max(len(old), len(new)) <= _WHOLE_BYTES
        return None if whole or longest == max(len(old), len(new)) else _stretch(before, after, head)
    if longest > _MOST_ANCHORED:
        return None if not head + tail else _stretch(before, after, head)
    return _aligned(tuple(before), tuple(after), head)


def _stretch(before: Array, after: Array, head: int) -> Iterator[_PartPair]:
    place = f"{head}..{head + max(len(before), len(after))}"
    return iter([(PartLabel(place, True), before if len(before) else None, after if len(after) else None)])


def _items(old: Sequence[Value], new: Sequence[Value]) -> Iterator[_PartPair]:
    shorter = min(len(old), len(new))
    head = tail = 0
    while head < shorter and old[head] == new[head]:
        head += 1
    while tail < shorter - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    return _aligned(old[head : len(old) - tail], new[head : len(new) - tail], head)


def _aligned(old: Sequence[Value], new: Sequence[Value], offset: int) -> Iterator[_PartPair]:
    """The pairs of two lists that differ at both ends, around the items that both hold exactly once."""
    one = other = 0
    for at_old, at_new in [*_anchors(old, new), (len(old), len(new))]:
        paired = min(at_old - one, at_new - other)
        for step in range(paired):
            yield PartLabel(str(offset + other + step), True), old[one + step], new[other + step]
        for at in range(one + paired, at_old):
            yield PartLabel(str(offset + at), True), old[at], None
        for at in range(other + paired, at_new):
            yield PartLabel(str(offset + at), True), None, new[at]
        one, other = at_old + 1, at_new + 1


def _anchors(old: Sequence[Value], new: Sequence[Value]) -> list[tuple[int, int]]:
    """Places of items that occur once on each side, as many as keep their order on both."""
    if not old or not new or len(old) + len(new) > _MOST_ANCHORED:
        return []
    ones, others = numbered(old, new)
    counts_old, counts_new = Counter(ones), Counter(others)
    places = {item: at for at, item in enumerate(others) if counts_new[item] == 1}
    pairs = [(at, places[item]) for at, item in enumerate(ones) if counts_old[item] == 1 and item in places]
    return rising(pairs)


def numbered(*sides: Sequence[Value]) -> tuple[list[int], ...]:
    """Numbers in the places of values, the same for equal ones: a value is hashed to its ends each time it is asked."""
    numbers: dict[Value, int] = {}
    return tuple([[numbers.setdefault(item, len(numbers)) for item in side] for side in sides])


def rising(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest run of pairs, which rise in their first place, that also rises in the second."""
    ends: list[int] = []
    lengths: list[int] = []
    for _, place in pairs:
        length = bisect_left(ends, place)
        ends[length : length + 1] = [place]
        lengths.append(length)
    kept: list[tuple[int, int]] = []
    wanted = len(ends) - 1
    for pair, length in zip(reversed(pairs), reversed(lengths), strict=True):
        if length == wanted and (not kept or pair[1] < kept[-1][1]):
            kept.append(pair)
            wanted -= 1
    return kept[::-1]

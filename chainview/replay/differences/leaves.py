"""The leaves in which two values differ, in words for a person and for a report."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeGuard

from chainview.chain.delta import Change, changes, same_but_order
from chainview.chain.words.brief import bytes_as_text
from chainview.pack.literal import format_literal, named_parts
from chainview.pack.values import F32, F64, Array, Integer, List, String, Value, types
from chainview.pack.values.walk import rebuilt
from chainview.replay.differences.apart import told_apart
from chainview.replay.differences.text_change import TextChange, around_change, text_change

_INDEX = re.compile(r"""\[(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)'|[^\]]*)\]""")
_LONGEST = 60
_LONGEST_BYTES = 256
_MOST_PARTS = 1000
_MOST_ITEMS = 10_000
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
        one, other = self.recorded, self.now
        if one is None or other is None:
            return (None if one is None else _cut(format_literal(one))), (
                None if other is None else _cut(format_literal(other))
            )
        texts = self.texts or around_change(format_literal(one), format_literal(other), _LONGEST)
        return told_apart(one, other, texts)

    @property
    def texts(self) -> tuple[str, str] | None:
        """Both sides of a text as Pack literals and nothing else, however alike they look; None for other leaves."""
        if not (isinstance(self.recorded, String) and isinstance(self.now, String)):
            return None
        short = around_change(self.recorded.value, self.now.value, _LONGEST)
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
        """Whether it is a list, map or set with the same items in another order."""
        return _same_items(self.recorded, self.now) or same_but_order(self.recorded, self.now)

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


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


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
    found = changes(rebuilt(recorded, _readable), rebuilt(now, _readable), MOST_LEAVES)
    if not found or any(_of_two_kinds(each) for each in found):
        found = changes(recorded, now, MOST_LEAVES)
    return tuple(
        [Leaf(_joined(under, each.path), each.before, each.after) for each in _whole_lists(found, recorded, now)]
    )


def _whole_lists(found: Sequence[Change], recorded: Value, now: Value) -> Sequence[Change]:
    """The changes, with a single one for each list whose items only stand in another order."""
    if not any("[" in each.path for each in found):
        return found
    kept = list(found)
    for path, one, other in _reordered_lists(recorded, now):
        first = next((at for at, each in enumerate(kept) if each.path.startswith(f"{path}[")), None)
        if first is not None:
            rest = [each for each in kept[first:] if not each.path.startswith(f"{path}[")]
            kept = [*kept[:first], Change(path, one, other), *rest]
    return kept


def _reordered_lists(recorded: Value, now: Value) -> Iterator[tuple[str, Value, Value]]:
    """The lists in the same place of both values that hold the same items in another order, with their paths."""
    waiting: list[tuple[str, Value, Value]] = [("", recorded, now)]
    for _ in range(_MOST_PARTS):
        if not waiting:
            return
        path, one, other = waiting.pop()
        if one is other:
            continue
        if isinstance(one, List | Array) and one != other and _same_items(one, other):
            yield path, one, other
        elif one.__class__ is other.__class__ and not _is_unpaired(one, other):
            there = dict(named_parts(other))
            waiting += [(label.below(path), part, there[label]) for label, part in named_parts(one) if label in there]


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


def _joined(under: str, path: str) -> str:
    if not path or not under:
        return under or path
    return f"{under}{path}" if path.startswith("[") else f"{under}.{path}"


def _readable(value: Value) -> Value:
    """A byte string that is text as a string; anything else as it is."""
    if not isinstance(value, Array) or value.elem != types.U8 or len(value) > _LONGEST_BYTES:
        return value
    text = bytes_as_text(value.data)
    return String(text) if text else value

"""The leaves in which two values differ, in words for a person and for a report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from chainview.chain.delta import Change, changes
from chainview.chain.words.brief import bytes_as_text
from chainview.pack.literal import format_literal
from chainview.pack.values import UNIT, Array, List, Option, Record, Result, String, Tuple, Value, Variant, types
from chainview.replay.differences.text_change import TextChange, around_change, text_change

_LONGEST = 60
_DEEPEST = 40
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
        """Both sides as Pack literals; of long ones what changed, with `…` for the rest."""
        one, other = self.recorded, self.now
        if isinstance(one, String) and isinstance(other, String):
            short = around_change(one.value, other.value, _LONGEST)
            return format_literal(String(short[0])), format_literal(String(short[1]))
        texts = None if one is None else format_literal(one), None if other is None else format_literal(other)
        if texts[0] is None or texts[1] is None:
            return _cut(texts[0]), _cut(texts[1])
        return around_change(texts[0], texts[1], _LONGEST)

    @property
    def text_change(self) -> TextChange | None:
        """What changed inside a text; None for other leaves."""
        if isinstance(self.recorded, String) and isinstance(self.now, String):
            return text_change(self.recorded.value, self.now.value)
        return None

    @property
    def is_reordered(self) -> bool:
        """Whether it is a list with the same items in another order."""
        return _same_items(self.recorded, self.now)

    @property
    def shape(self) -> str:
        """The path with every index as `[*]`."""
        return collapsed(self.path)


def _cut(text: str | None) -> str | None:
    return text if text is None or len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def collapsed(path: str) -> str:
    """A path with every index as `[*]`, so that one edit has one path whatever item it shows in."""
    parts = path.split("[")
    return parts[0] + "".join([f"[*]{part.partition(']')[2]}" for part in parts[1:]])


def leaves(under: str, recorded: Value | None, now: Value | None) -> tuple[Leaf, ...]:
    """The leaves that differ, with paths below `under`, 200 at most; empty exactly when the values are equal.

    Byte strings that are text are compared as text.
    """
    if recorded is None or now is None:
        return () if recorded is now else (Leaf(under, recorded, now),)
    if recorded == now:
        return ()
    found = changes(_readable(recorded), _readable(now), MOST_LEAVES)
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
        elif isinstance(one, Record) and isinstance(other, Record):
            fields = dict(other.fields)
            waiting += [(_joined(path, name), item, fields[name]) for name, item in one.fields if name in fields]
        elif isinstance(one, Tuple) and isinstance(other, Tuple):
            pairs = zip(one.items, other.items, strict=False)
            waiting += [(_joined(path, str(at)), a, b) for at, (a, b) in enumerate(pairs)]
        elif isinstance(one, List) and isinstance(other, List) and len(one.items) == len(other.items) <= _MOST_PARTS:
            pairs = zip(one.items, other.items, strict=True)
            waiting += [(f"{path}[{at}]", a, b) for at, (a, b) in enumerate(pairs)]
        elif isinstance(one, Variant) and isinstance(other, Variant) and len(one.payload) == len(other.payload) == 1:
            waiting.append((path, one.payload[0], other.payload[0]))
        elif isinstance(one, Option | Result) and isinstance(other, Option | Result) and one.value and other.value:
            waiting.append((path, one.value, other.value))


def _same_items(one: Value | None, other: Value | None) -> bool:
    if isinstance(one, List) and isinstance(other, List):
        return len(one.items) == len(other.items) <= _MOST_ITEMS and Counter(one.items) == Counter(other.items)
    if isinstance(one, Array) and isinstance(other, Array) and one.elem == other.elem != types.U8:
        return len(one.data) == len(other.data) and len(one) <= _MOST_ITEMS and Counter(one) == Counter(other)
    return False


def _of_two_kinds(change: Change) -> bool:
    """Whether byte strings may look like another type here, because only one of both is text."""
    return {type(change.before), type(change.after)} == {String, Array}


def _joined(under: str, path: str) -> str:
    if not path or not under:
        return under or path
    return f"{under}{path}" if path.startswith("[") else f"{under}.{path}"


def _readable(value: Value, depth: int = 0) -> Value:
    """The value with byte strings that are text as strings; what lies very deep stays as it is."""
    if isinstance(value, Array):
        text = bytes_as_text(value.data) if value.elem == types.U8 and len(value) <= 256 else None
        return value if not text else String(text)
    if depth > _DEEPEST:
        return value
    deeper = depth + 1
    if isinstance(value, Tuple):
        return Tuple(tuple([_readable(item, deeper) for item in value.items])) if value.items else UNIT
    if isinstance(value, List):
        return List(value.elem, tuple([_readable(item, deeper) for item in value.items]))
    if isinstance(value, Record):
        return Record(value.type_name, tuple([(name, _readable(item, deeper)) for name, item in value.fields]))
    if isinstance(value, Variant):
        held = tuple([_readable(item, deeper) for item in value.payload])
        return Variant(value.type_name, value.case, value.tag, held)
    if isinstance(value, Option) and value.value is not None:
        return Option(value.inner, _readable(value.value, deeper))
    if isinstance(value, Result):
        return Result(value.ok, value.err, value.is_ok, _readable(value.value, deeper))
    return value

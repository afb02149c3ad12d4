"""What became what: values that changed once and turn up again later, as themselves or inside texts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from chainview.pack.literal import format_literal
from chainview.pack.values import F32, F64, Bool, Char, String, Value
from chainview.replay.leaves import Leaf

_NUMBER = re.compile(r"-?\d+")
_MOST = 50_000


class Substitution:
    """Pairs of old and new, and the offsets between old and new numbers."""

    def __init__(self) -> None:
        self._pairs: set[tuple[str, str]] = set()
        self._offsets: set[int] = set()

    def learn(self, found: Iterable[Leaf]) -> None:
        """Takes in what became what in these leaves."""
        if len(self._pairs) > _MOST:
            return
        for leaf in found:
            for pair in _atoms(leaf):
                self._pairs.add(pair)
                offset = _offset(pair)
                if offset:
                    self._offsets.add(offset)

    def explains(self, found: Iterable[Leaf]) -> bool:
        """Whether each of these leaves, at least one, holds nothing but what is known to have become something else."""
        leaves = list(found)
        return bool(leaves) and all(self._explains(leaf) for leaf in leaves)

    def _explains(self, leaf: Leaf) -> bool:
        pairs = list(_atoms(leaf))
        return bool(pairs) and all(pair in self._pairs or _offset(pair) in self._offsets for pair in pairs)


def _atoms(leaf: Leaf) -> Iterator[tuple[str, str]]:
    if leaf.recorded is None or leaf.now is None:
        return
    change = leaf.text_change
    if change is None:
        yield value_text(leaf.recorded), value_text(leaf.now)
        return
    if not change.before and not change.behind:
        yield change.recorded, change.now
    yield from change.atoms


def value_text(value: Value) -> str:
    """A value as it would stand inside a text."""
    if isinstance(value, String | Char):
        return value.value
    if isinstance(value, Bool):
        return "true" if value.value else "false"
    if isinstance(value, F32 | F64):
        return repr(value.value)
    number = getattr(value, "value", None)
    return str(number) if isinstance(number, int) else format_literal(value)


def _offset(pair: tuple[str, str]) -> int | None:
    one, other = pair
    if not (_NUMBER.fullmatch(one) and _NUMBER.fullmatch(other)) or max(len(one), len(other)) > 30:
        return None
    return int(other) - int(one)

"""What became what: values that changed once and turn up again later, as themselves or inside texts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from chainview.pack.literal import format_literal
from chainview.pack.values import F32, F64, Bool, Char, Integer, String, Value
from chainview.replay.differences.leaves import Leaf

_NUMBER = re.compile(r"-?\d+(?:[.,](?P<decimals>\d+))?")
_WHOLE = re.compile(r"\d+")
_LAST_WORD = re.compile(r"\w+$")
_MOST = 50_000
_MOST_PHRASES = 50


class Substitution:
    """Pairs of old and new, and the offsets between old and new numbers."""

    def __init__(self) -> None:
        self._pairs: set[tuple[str, str]] = set()
        self._offsets: set[int] = set()
        self._phrases: list[tuple[str, str]] = []

    def learn(self, found: Iterable[Leaf]) -> None:
        """Takes in what became what in these leaves."""
        if len(self._pairs) > _MOST:
            return
        for leaf in found:
            phrase = _phrase(leaf)
            if phrase is not None and len(self._phrases) < _MOST_PHRASES and phrase not in self._phrases:
                self._phrases.append(phrase)
            for pair in _atoms(leaf):
                self._pairs.add(pair)
                offset = _offset(pair)
                if offset:
                    self._offsets.add(offset)

    def explains(self, found: Iterable[Leaf]) -> bool:
        """Whether each of these leaves, at least one, holds nothing but what is known to have become something else."""
        leaves = list(found)
        return bool(leaves) and all(self._explains(leaf) for leaf in leaves)

    def tells_number(self, recorded: str | None, now: str | None) -> bool:
        """Whether what only one side says holds a number that became another one, as that side has it."""
        text, side = (now or "", 1) if recorded is None else (recorded, 0)
        said = set(_WHOLE.findall(text))
        return any(pair[side] in said for pair in self._pairs if _offset(pair))

    def _explains(self, leaf: Leaf) -> bool:
        if isinstance(leaf.recorded, String) and isinstance(leaf.now, String):
            one, other = leaf.recorded.value, leaf.now.value
            if any(one.replace(*phrase) == other for phrase in self._phrases):
                return True
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
    yield from change.numbers or change.atoms


def _phrase(leaf: Leaf) -> tuple[str, str] | None:
    """A word that gained or lost white space behind it, which says nothing without the word."""
    change = leaf.text_change
    if change is None or (change.recorded + change.now).strip():
        return None
    word = _LAST_WORD.search(change.before)
    return None if word is None else (f"{word[0]}{change.recorded}", f"{word[0]}{change.now}")


def value_text(value: Value) -> str:
    """A value as it would stand inside a text."""
    if isinstance(value, String | Char):
        return value.value
    if isinstance(value, Bool):
        return "true" if value.value else "false"
    if isinstance(value, F32 | F64):
        return repr(value.value)
    return str(value.value) if isinstance(value, Integer) else format_literal(value)


def _offset(pair: tuple[str, str]) -> int | None:
    """By how much a number became another one, in units of its last decimal; None for what are no such numbers."""
    one, other = _NUMBER.fullmatch(pair[0]), _NUMBER.fullmatch(pair[1])
    if one is None or other is None or max(map(len, pair)) > 30:
        return None
    if len(one["decimals"] or "") != len(other["decimals"] or ""):
        return None
    return _whole(other[0]) - _whole(one[0])


def _whole(number: str) -> int:
    return int(number.replace(".", "").replace(",", ""))

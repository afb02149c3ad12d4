"""What became what: values that changed once and turn up again later, as themselves or inside texts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from fractions import Fraction
from math import gcd

from chainview.pack.literal import format_literal
from chainview.pack.values import F32, F64, Array, Bool, Char, Compound, Integer, String, Value
from chainview.replay.changes.leaves import Leaf

_NUMBER = re.compile(r"-?\d+(?:[.,](?P<decimals>\d+))?")
_WHOLE = re.compile(r"\d+")
_LAST_WORD = re.compile(r"\w+$")
_HEX = re.compile(r"(?:0[xX])?(?=[0-9a-fA-F]*[a-fA-F])(?=[0-9a-fA-F]*\d)[0-9a-fA-F]{2,16}|0[xX][0-9a-fA-F]{1,16}")
_UNITS = frozenset({24, 60, 256, 1000, 1024, 3600, 86_400})
"""Ratios that one pair of numbers shows, beside the powers of ten."""
_LEAST_COMMON = 100
"""What two numbers have as a common factor, at least, to show any other ratio."""
_LEAST_ROUNDED = 10
"""The digits of a rounded number that are no chance, as a number."""
_LONGEST_NUMBER = 30
_LONGEST_LEARNED = 1000
_MOST = 50_000
_MOST_PHRASES = 50
_MOST_ROUNDED = 200


class Substitution:
    """Pairs of old and new, and the offsets and ratios between old and new numbers."""

    def __init__(self) -> None:
        self._pairs: set[tuple[str, str]] = set()
        self._offsets: set[int] = set()
        self._ratios: set[Fraction] = set()
        self._fractions: list[tuple[str, str]] = []
        self._phrases: list[tuple[str, str]] = []
        self._learned: dict[tuple[Value | None, Value | None], list[tuple[str, str]]] = {}
        """The leaves taken in, by what became what in them, with the fractions in them."""

    def learn(self, found: Iterable[Leaf]) -> None:
        """Takes in what became what in these leaves."""
        if len(self._pairs) > _MOST:
            return
        for leaf in found:
            is_short = _is_short(leaf.recorded) and _is_short(leaf.now)
            known = self._learned.get((leaf.recorded, leaf.now)) if is_short else None
            if known is not None:
                self._fractions += known[: max(0, _MOST_ROUNDED - len(self._fractions))]
                continue
            before = len(self._fractions)
            phrase = _phrase(leaf)
            if phrase is not None and len(self._phrases) < _MOST_PHRASES and phrase not in self._phrases:
                self._phrases.append(phrase)
            for pair in _atoms(leaf):
                self._pairs.add(pair)
                self._learn_number(pair)
            if is_short:
                self._learned[leaf.recorded, leaf.now] = self._fractions[before:]

    def _learn_number(self, pair: tuple[str, str]) -> None:
        offset, ratio = _offset(pair), _ratio(pair)
        if offset:
            self._offsets.add(offset)
        if ratio is not None and _tells(ratio, pair):
            self._ratios.add(ratio)
        if ratio is not None and "." in pair[0] + pair[1] and len(self._fractions) < _MOST_ROUNDED:
            self._fractions.append(pair)

    def explains(self, found: Iterable[Leaf]) -> bool:
        """Whether each of these leaves, at least one, holds nothing but what is known to have become something else."""
        leaves = list(found)
        moved = [leaf for leaf in leaves if leaf.is_reordered]
        rest = [leaf for leaf in leaves if not leaf.is_reordered] if moved else leaves
        if not leaves or not all(self._explains(leaf) for leaf in rest):
            return False
        # Items stand elsewhere in a sorted list once what it goes by became something else.
        return all(
            any(each.path.startswith(f"{leaf.path}[") for each in rest) or self._explains(leaf) for leaf in moved
        )

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
        return bool(pairs) and all(self._explains_pair(pair) for pair in pairs)

    def _explains_pair(self, pair: tuple[str, str]) -> bool:
        if pair in self._pairs or _offset(pair) in self._offsets or _ratio(pair) in self._ratios:
            return True
        whole = _from_hex(pair)
        if whole is not None and (whole in self._pairs or _offset(whole) in self._offsets):
            return True
        return any(_rounds(pair, known) or _rounds(known, pair) for known in self._fractions)


def _is_short(value: Value | None) -> bool:
    """Whether it is worth no room to keep a value."""
    if isinstance(value, String):
        return len(value.value) <= _LONGEST_LEARNED
    return not isinstance(value, Array | Compound)


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
    if one is None or other is None or max(map(len, pair)) > _LONGEST_NUMBER:
        return None
    if len(one["decimals"] or "") != len(other["decimals"] or ""):
        return None
    return _whole(other[0]) - _whole(one[0])


def _ratio(pair: tuple[str, str]) -> Fraction | None:
    """By which factor a number became another one; None for what are no such numbers, and for nothing."""
    if not all(_NUMBER.fullmatch(each) and len(each) <= _LONGEST_NUMBER for each in pair):
        return None
    one, other = [Fraction(each.replace(",", ".")) for each in pair]
    return other / one if one and other and one != other else None


def _tells(ratio: Fraction, pair: tuple[str, str]) -> bool:
    """Whether one pair of numbers shows that a factor lies between them, which for small numbers is chance."""
    larger, smaller = max(ratio.numerator, ratio.denominator), min(ratio.numerator, ratio.denominator)
    if smaller == 1 and (larger in _UNITS or str(larger).strip("0") == "1"):
        return True
    whole = [abs(_whole(each)) for each in pair]
    return larger <= _LEAST_COMMON and gcd(*whole) >= _LEAST_COMMON


def _from_hex(pair: tuple[str, str]) -> tuple[str, str] | None:
    """Two numbers to the base of sixteen as decimal ones; None for others."""
    one, other = pair
    if not (_HEX.fullmatch(one) or _HEX.fullmatch(other)):
        return None
    try:
        return str(int(one, 16)), str(int(other, 16))
    except ValueError:
        return None


def _rounds(exact: tuple[str, str], rounded: tuple[str, str]) -> bool:
    """Whether two numbers are two others with fewer decimals."""
    return all(_is_rounded(one, other) for one, other in zip(exact, rounded, strict=True))


def _is_rounded(exact: str, rounded: str) -> bool:
    one, other = _NUMBER.fullmatch(exact), _NUMBER.fullmatch(rounded)
    if one is None or other is None or max(len(exact), len(rounded)) > _LONGEST_NUMBER:
        return False
    decimals = len(other["decimals"] or "")
    if len(one["decimals"] or "") < decimals or abs(_whole(rounded)) < _LEAST_ROUNDED:
        return False
    apart = Fraction(exact.replace(",", ".")) - Fraction(rounded.replace(",", "."))
    return abs(apart) < Fraction(1, 10**decimals)


def _whole(number: str) -> int:
    return int(number.replace(".", "").replace(",", ""))

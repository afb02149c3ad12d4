"""Differences that mean nothing: equal once white space, key order, number format and the like are left out."""

from __future__ import annotations

import json
import re
import struct
import unicodedata
from collections.abc import Callable, Sequence
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from functools import lru_cache

from chainview.chain.delta import same_but_order
from chainview.pack.values import Map, Record, Set, String, Value
from chainview.replay.align.sequence import matches
from chainview.replay.changes.leaves import Leaf

_NUMBER = re.compile(r"(?<![\w.])[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.]*\w)")
_HEX = re.compile(r"\b(?:0[xX])?(?=[0-9a-fA-F]*\d)[0-9a-fA-F]{3,}\b")
_DECIMALS = re.compile(r"[+-]?\d{1,10}\.(?P<decimals>\d{1,17})")
"""What is rounded exactly."""
_WORD = re.compile(r"\w+|[^\w\s]")
_LONGEST = 100_000
_SHORT = 1_000
_LONGEST_SPACED = 4000
SPACE = "white space"


def cosmetic(found: Sequence[Leaf]) -> str | None:
    """In what the leaves differ when it is cosmetic for all of them, such as `white space`; None otherwise."""
    if not found or not all(map(_may_be_cosmetic, found)):
        return None
    if len(found) == 1 and isinstance(found[0].recorded, String) and isinstance(found[0].now, String):
        one, other = found[0].recorded.value, found[0].now.value
        return (_of_short if max(len(one), len(other)) <= _SHORT else _of_texts)(one, other)
    return next((name for name, same in _KINDS if all(_same(leaf, same) for leaf in found)), None)


def _of_texts(one: str, other: str) -> str | None:
    """In what two texts differ when it is cosmetic."""
    if max(len(one), len(other)) > _LONGEST:
        return None
    return next((name for name, same in _KINDS if same(one, other)), None)


# Of one change this is asked for its sentence, for its signs and for what else has to do with it.
_of_short = lru_cache(maxsize=1024)(_of_texts)


def _may_be_cosmetic(leaf: Leaf) -> bool:
    """Whether it is a text, or what has keys or members: nothing else can be said in two ways."""
    if isinstance(leaf.recorded, String):
        return isinstance(leaf.now, String)
    return isinstance(leaf.recorded, Set | Map | Record)


def _same(leaf: Leaf, same: Callable[[str, str], bool]) -> bool:
    if isinstance(leaf.recorded, String) and isinstance(leaf.now, String):
        one, other = leaf.recorded.value, leaf.now.value
        return max(len(one), len(other)) <= _LONGEST and same(one, other)
    if same is _same_members:
        return isinstance(leaf.recorded, Set) and same_but_order(leaf.recorded, leaf.now)
    return same is _same_keys and _same_fields(leaf.recorded, leaf.now)


def _same_space(one: str, other: str) -> bool:
    return _WORD.findall(one) == _WORD.findall(other)


def spaced_apart(leaf: Leaf) -> bool:
    """Whether a text that says something else is also spaced otherwise, at two places between words that stayed."""
    if not (isinstance(leaf.recorded, String) and isinstance(leaf.now, String)):
        return False
    recorded, now = leaf.recorded.value, leaf.now.value
    if max(len(recorded), len(now)) > _LONGEST_SPACED:
        return False
    one, other = list(_WORD.finditer(recorded)), list(_WORD.finditer(now))
    apart = 0
    for match in matches([each[0] for each in one], [each[0] for each in other]):
        for at in range(match.length - 1):
            here, there = one[match.one + at : match.one + at + 2], other[match.other + at : match.other + at + 2]
            apart += recorded[here[0].end() : here[1].start()] != now[there[0].end() : there[1].start()]
    return apart > 1


def _same_keys(one: str, other: str) -> bool:
    if one[:1] not in "{[" or not one:
        return False
    try:
        return bool(json.loads(one) == json.loads(other))
    except (ValueError, RecursionError):
        return False


def _same_fields(one: Value | None, other: Value | None) -> bool:
    if isinstance(one, Map):
        return same_but_order(one, other)
    if not (isinstance(one, Record) and isinstance(other, Record)):
        return False
    return (
        one.type_name == other.type_name
        and len(one.fields) == len(other.fields)
        and dict(one.fields) == dict(other.fields)
    )


def _same_members(one: str, other: str) -> bool:
    """No text has members: only sets are the same but for the order of theirs."""
    return False


def _same_hex(one: str, other: str) -> bool:
    return _HEX.sub(lambda found: found[0].lower(), one) == _HEX.sub(lambda found: found[0].lower(), other)


def _same_numbers(one: str, other: str) -> bool:
    return _NUMBER.sub(_plain_number, one) == _NUMBER.sub(_plain_number, other) or _same_rounded(one, other)


def _same_rounded(one: str, other: str) -> bool:
    """Whether only numbers differ, and each is the other one in more or fewer decimals."""
    numbers, numbers_now = _NUMBER.findall(one), _NUMBER.findall(other)
    if len(numbers) != len(numbers_now) or _NUMBER.sub("0", one) != _NUMBER.sub("0", other):
        return False
    return all(a == b or _rounds(*sorted((a, b), key=len)) for a, b in zip(numbers, numbers_now, strict=True))


def _rounds(short: str, long: str) -> bool:
    """Whether a number in decimals is another one with fewer of them."""
    one, other = _DECIMALS.fullmatch(short), _DECIMALS.fullmatch(long)
    if one is None or other is None:
        return _NUMBER.sub(_plain_number, short) == _NUMBER.sub(_plain_number, long)
    exact, fewest = Decimal(long), Decimal(1).scaleb(-len(one["decimals"]))
    return Decimal(short) in [exact.quantize(fewest, rounding) for rounding in (ROUND_HALF_EVEN, ROUND_HALF_UP)]


def _plain_number(found: re.Match[str]) -> str:
    try:
        number = float(found[0])
        return struct.pack("<d", number).hex() if number == number else found[0]
    except (ValueError, OverflowError):
        return found[0]


def _same_form(one: str, other: str) -> bool:
    return unicodedata.normalize("NFC", one) == unicodedata.normalize("NFC", other)


_KINDS: tuple[tuple[str, Callable[[str, str], bool]], ...] = (
    (SPACE, _same_space),
    ("key order", _same_keys),
    ("member order", _same_members),
    ("letter case in hex", _same_hex),
    ("number format", _same_numbers),
    ("Unicode form", _same_form),
)

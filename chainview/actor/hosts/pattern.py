"""Patterns over values, as an actor hands one over to say which events it wants (packr-abi 0.24.1, pattern.rs)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from chainview.actor.hosts.answers import Refusal
from chainview.pack.literal.rust_text import debug_text
from chainview.pack.values import Array, Bool, List, Map, Option, Record, Result, Set, String, Tuple, Value, Variant

_DEEPEST: Final = 200
_ANY, _EQUALS, _RECORD, _MAP, _SET, _LIST, _TUPLE, _VARIANT, _SOME, _NONE, _OK, _ERR = range(12)
"""The tags of a pattern's cases."""


class Pattern:
    """A value with holes; everything is compared exactly but what is said to be open, or to be anything."""

    def matches(self, value: Value) -> bool:
        """Whether the value is of this pattern."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Anything(Pattern):
    """Every value."""

    def matches(self, value: Value) -> bool:
        return True


@dataclass(frozen=True, slots=True)
class _Equals(Pattern):
    expected: Value

    def matches(self, value: Value) -> bool:
        return value == self.expected


@dataclass(frozen=True, slots=True)
class _Record(Pattern):
    fields: tuple[tuple[str, Pattern], ...]
    open: bool

    def matches(self, value: Value) -> bool:
        if not isinstance(value, Record) or not (self.open or len(value.fields) == len(self.fields)):
            return False
        found = [(value.get(name), pattern) for name, pattern in self.fields]
        return all(held is not None and pattern.matches(held) for held, pattern in found)


@dataclass(frozen=True, slots=True)
class _Map(Pattern):
    entries: tuple[tuple[Value, Pattern], ...]
    open: bool

    def matches(self, value: Value) -> bool:
        if not isinstance(value, Map) or not (self.open or len(value.entries) == len(self.entries)):
            return False
        found = [(value.get(key), pattern) for key, pattern in self.entries]
        return all(held is not None and pattern.matches(held) for held, pattern in found)


@dataclass(frozen=True, slots=True)
class _Set(Pattern):
    items: tuple[Pattern, ...]
    open: bool

    def matches(self, value: Value) -> bool:
        if not isinstance(value, Set) or not (self.open or len(value.items) == len(self.items)):
            return False
        return _are_each_met(self.items, value.items)


@dataclass(frozen=True, slots=True)
class _List(Pattern):
    items: tuple[Pattern, ...]
    open: bool

    def matches(self, value: Value) -> bool:
        if isinstance(value, Array):
            return self._fits(len(value)) and _all_match(self.items, value)
        return isinstance(value, List) and self._fits(len(value.items)) and _all_match(self.items, value.items)

    def _fits(self, count: int) -> bool:
        return count >= len(self.items) if self.open else count == len(self.items)


@dataclass(frozen=True, slots=True)
class _Tuple(Pattern):
    items: tuple[Pattern, ...]

    def matches(self, value: Value) -> bool:
        return isinstance(value, Tuple) and len(value.items) == len(self.items) and _all_match(self.items, value.items)


@dataclass(frozen=True, slots=True)
class _Variant(Pattern):
    case: str
    payload: tuple[Pattern, ...]

    def matches(self, value: Value) -> bool:
        if not isinstance(value, Variant) or value.case != self.case or len(value.payload) != len(self.payload):
            return False
        return _all_match(self.payload, value.payload)


@dataclass(frozen=True, slots=True)
class _Option(Pattern):
    inner: Pattern | None

    def matches(self, value: Value) -> bool:
        if not isinstance(value, Option):
            return False
        if self.inner is None or value.value is None:
            return self.inner is None and value.value is None
        return self.inner.matches(value.value)


@dataclass(frozen=True, slots=True)
class _Result(Pattern):
    is_ok: bool
    inner: Pattern

    def matches(self, value: Value) -> bool:
        return isinstance(value, Result) and value.is_ok is self.is_ok and self.inner.matches(value.value)


def pattern_of(value: Value, depth: int = 0) -> Pattern:
    """The pattern that a value stands for, by the tags of its variants; raises Refusal with the reference's words."""
    if depth > _DEEPEST:
        raise Refusal(f"the pattern is nested deeper than {_DEEPEST} levels")
    if not isinstance(value, Variant):
        raise _mismatch("pattern variant", value)
    payload = list(value.payload)
    match value.tag:
        case tag if tag == _ANY:
            return Anything()
        case tag if tag == _NONE:
            return _Option(None)
        case tag if tag == _EQUALS:
            return _Equals(_next(payload))
        case tag if tag == _SOME:
            return _Option(pattern_of(_next(payload), depth + 1))
        case tag if tag in (_OK, _ERR):
            return _Result(tag == _OK, pattern_of(_next(payload), depth + 1))
        case tag if tag == _TUPLE:
            return _Tuple(_patterns(_next(payload), depth))
        case tag if tag in (_SET, _LIST):
            is_open, items = _flag(_next(payload)), _patterns(_next(payload), depth)
            return _Set(items, is_open) if tag == _SET else _List(items, is_open)
        case tag if tag == _VARIANT:
            held = _patterns(_next(payload), depth)
            return _Variant(_name(_next(payload), "variant case name (string)"), held)
        case tag if tag == _RECORD:
            is_open = _flag(_next(payload))
            pairs = _pairs(_next(payload), "record fields list", "record field (name, pattern)")
            fields = [(pattern_of(pattern, depth + 1), name) for name, pattern in pairs]
            return _Record(tuple([(_name(name, "record field name"), pattern) for pattern, name in fields]), is_open)
        case tag if tag == _MAP:
            is_open = _flag(_next(payload))
            pairs = _pairs(_next(payload), "map entries list", "map entry (key, pattern)")
            return _Map(tuple([(key, pattern_of(pattern, depth + 1)) for key, pattern in pairs]), is_open)
    raise Refusal(f"unknown variant tag {value.tag} (max {_ERR})")


def _next(payload: list[Value]) -> Value:
    """What is read next: the reference takes a payload from its end."""
    if not payload:
        raise Refusal("missing payload for variant")
    return payload.pop()


def _patterns(value: Value, depth: int) -> tuple[Pattern, ...]:
    match value:
        case List(_, items):
            return tuple([pattern_of(each, depth + 1) for each in items])
        case Array():
            return tuple([pattern_of(each, depth + 1) for each in value])
    raise _mismatch("list of patterns", value)


def _pairs(value: Value, whole: str, one: str) -> list[tuple[Value, Value]]:
    if not isinstance(value, List | Array):
        raise _mismatch(whole, value)
    pairs = []
    for each in value.items if isinstance(value, List) else value:
        match each:
            case Tuple((first, second)):
                pairs.append((first, second))
            case _:
                raise _mismatch(one, each)
    return pairs


def _flag(value: Value) -> bool:
    if not isinstance(value, Bool):
        raise _mismatch("bool", value)
    return value.value


def _name(value: Value, what: str) -> str:
    if not isinstance(value, String):
        raise _mismatch(what, value)
    return value.value


def _mismatch(expected: str, found: Value) -> Refusal:
    return Refusal(f"type mismatch: expected {expected}, got {debug_text(found)}")


def _all_match(patterns: Iterable[Pattern], values: Iterable[Value]) -> bool:
    return all(pattern.matches(value) for pattern, value in zip(patterns, values, strict=False))


def _are_each_met(patterns: Sequence[Pattern], values: Sequence[Value]) -> bool:
    """Whether each pattern has a value of its own."""
    taken: dict[int, int] = {}
    """Which pattern has the value at a place."""
    return all(_meets(number, patterns, values, taken, set()) for number in range(len(patterns)))


def _meets(
    number: int, patterns: Sequence[Pattern], values: Sequence[Value], taken: dict[int, int], seen: set[int]
) -> bool:
    for place, value in enumerate(values):
        if place in seen or not patterns[number].matches(value):
            continue
        seen.add(place)
        if place not in taken or _meets(taken[place], patterns, values, taken, seen):
            taken[place] = number
            return True
    return False

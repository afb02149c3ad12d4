"""The type that a value shows by itself, where none is declared."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import zip_longest
from typing import Final

from chainview.pack.declared.metadata import TypeDesc
from chainview.pack.values import (
    SCALAR_TYPES,
    Array,
    List,
    Map,
    Option,
    Record,
    Result,
    Set,
    Tuple,
    Value,
    Variant,
)

_UNKNOWN: Final = TypeDesc("value")
_MIXED: Final = TypeDesc("ref")
"""What is of several types, of which none is the type."""
_UNTOLD: Final = ("", None)
"""The cases that a variant does not show: there may always be more."""
_DEEPEST: Final = 64
_MOST_CASES: Final = 256
_MOST_PARTS: Final = 100_000
_LARGEST: Final = 10_000
"""Types in a type, each counted as often as it stands there: parts that a value shares make few of them very many."""


def shown_type(value: Value) -> TypeDesc:
    """What a value tells of its type: `value` where it tells nothing, as an empty list does of what it would hold.

    Of a variant the other cases are not told, and have no name. Where the items of a list are of several types, that
    is a `ref` without a name.
    """
    return _Shown().of(value)


class _Shown:
    """The types of the parts of one value, which may stand in several places."""

    def __init__(self) -> None:
        self._known: dict[int, TypeDesc] = {}
        self._sizes: dict[int, tuple[int, TypeDesc]] = {}
        """By identity, each with the type itself: one that is gone might lend its identity to another."""
        self._merges = 0
        self._depth = 0

    def of(self, value: Value) -> TypeDesc:
        known = self._known.get(id(value))
        if known is not None:
            return known
        if self._depth >= _DEEPEST or len(self._known) >= _MOST_PARTS:
            return _MIXED
        self._depth += 1
        told = self._told(value)
        found = self._known[id(value)] = told if self._size(told) <= _LARGEST else _MIXED
        self._depth -= 1
        return found

    def _size(self, desc: TypeDesc) -> int:
        if id(desc) not in self._sizes:
            parts = [*desc.args, *[field for _, field in desc.fields], *[case for _, case in desc.cases if case]]
            self._sizes[id(desc)] = 1 + sum(map(self._size, parts)), desc
        return self._sizes[id(desc)][0]

    def _told(self, value: Value) -> TypeDesc:
        match value:
            case Record():
                return TypeDesc("record", value.type_name, fields=tuple([(n, self.of(v)) for n, v in value.fields]))
            case Variant():
                return self._variant(value)
            case Array():
                return TypeDesc("list", args=(TypeDesc(str(value.elem)) if len(value) else _UNKNOWN,))
            case List():
                return TypeDesc("list", args=(self._every(value.items),))
            case Set():
                return TypeDesc("set", args=(self._every(value.items),))
            case Map():
                keys, held = [key for key, _ in value.entries], [item for _, item in value.entries]
                return TypeDesc("map", args=(self._every(keys), self._every(held)))
            case Option():
                return TypeDesc("option", args=(_UNKNOWN if value.value is None else self.of(value.value),))
            case Result():
                told = self.of(value.value)
                return TypeDesc("result", args=(told, _UNKNOWN) if value.is_ok else (_UNKNOWN, told))
            case Tuple():
                return TypeDesc("tuple", args=tuple(map(self.of, value.items)))
        return TypeDesc(str(SCALAR_TYPES[value.__class__]))

    def _variant(self, value: Variant) -> TypeDesc:
        if value.tag >= _MOST_CASES:
            return _MIXED
        payload = None
        if value.payload:
            payload = self.of(value.payload[0]) if len(value.payload) == 1 else _MIXED
        return TypeDesc("variant", value.type_name, cases=(*[_UNTOLD] * value.tag, (value.case, payload), _UNTOLD))

    def _every(self, items: Iterable[Value]) -> TypeDesc:
        found = _UNKNOWN
        for desc in {id(desc): desc for desc in map(self.of, items)}.values():
            found = self._merged(found, desc)
        return found

    def _merged(self, one: TypeDesc, other: TypeDesc) -> TypeDesc:
        """What two values of one type tell of it together."""
        if one == other or other == _UNKNOWN:
            return one
        if one == _UNKNOWN:
            return other
        self._merges += 1
        alike = (one.kind, one.name, len(one.args)) == (other.kind, other.name, len(other.args))
        if not alike or self._merges > _MOST_PARTS:
            return _MIXED
        args = tuple([self._merged(*pair) for pair in zip(one.args, other.args, strict=True)])
        fields, fields_now = dict(one.fields), dict(other.fields)
        every = dict.fromkeys([*fields, *fields_now])
        return TypeDesc(
            one.kind,
            one.name,
            args,
            tuple([(name, self._merged(fields.get(name, _MIXED), fields_now.get(name, _MIXED))) for name in every]),
            self._merged_cases(one, other),
        )

    def _merged_cases(self, one: TypeDesc, other: TypeDesc) -> tuple[tuple[str, TypeDesc | None], ...]:
        merged = []
        for case, case_now in zip_longest(one.cases, other.cases, fillvalue=_UNTOLD):
            if "" in (case[0], case_now[0]):
                merged.append(case if case[0] else case_now)
            elif case[1] is None or case_now[1] is None:
                merged.append((case[0], None))
            else:
                merged.append((case[0], self._merged(case[1], case_now[1])))
        return tuple(merged)

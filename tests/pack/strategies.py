"""Hypothesis strategies for Pack types, values and declared types, each made once: most tests share them."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from hypothesis import strategies as st

from chainview.pack.declared.metadata import PRIMITIVES, TypeDesc
from chainview.pack.values import (
    F32,
    F64,
    S8,
    S16,
    S32,
    S64,
    U8,
    U16,
    U32,
    U64,
    Bool,
    Char,
    Flags,
    Map,
    Option,
    Record,
    Result,
    Set,
    String,
    Tuple,
    Value,
    Variant,
    list_value,
    types,
)
from chainview.pack.values.types import Type

SCALARS: dict[Type, st.SearchStrategy[Value]] = {
    types.BOOL: st.builds(Bool, st.booleans()),
    types.U8: st.builds(U8, st.integers(0, 0xFF)),
    types.U16: st.builds(U16, st.integers(0, 0xFFFF)),
    types.U32: st.builds(U32, st.integers(0, 0xFFFF_FFFF)),
    types.U64: st.builds(U64, st.integers(0, (1 << 64) - 1)),
    types.S8: st.builds(S8, st.integers(-(1 << 7), (1 << 7) - 1)),
    types.S16: st.builds(S16, st.integers(-(1 << 15), (1 << 15) - 1)),
    types.S32: st.builds(S32, st.integers(-(1 << 31), (1 << 31) - 1)),
    types.S64: st.builds(S64, st.integers(-(1 << 63), (1 << 63) - 1)),
    types.F32: st.builds(F32.of, st.floats(width=32)) | st.builds(F32, st.integers(0, 0xFFFF_FFFF)),
    types.F64: st.builds(F64.of, st.floats()) | st.builds(F64, st.integers(0, (1 << 64) - 1)),
    types.CHAR: st.builds(Char, st.characters(exclude_categories=["Cs"])),
    types.FLAGS: st.builds(Flags, st.integers(0, (1 << 64) - 1)),
}
"""Values of each type that an array can hold, NaN payloads and extremes included."""


@cache
def identifiers() -> st.SearchStrategy[str]:
    """Names a literal can say."""
    return st.from_regex(r"[A-Za-z_][A-Za-z0-9_-]{0,6}", fullmatch=True)


@cache
def names() -> st.SearchStrategy[str]:
    """Names as they may stand in bytes: those a literal can say, and any text."""
    return identifiers() | st.text(st.characters(exclude_categories=["Cs"]), max_size=6)


@cache
def pack_types() -> st.SearchStrategy[Type]:
    """Types, nested."""
    return _nested_types(
        lambda inner: _old_types(inner) | st.builds(types.map_of, inner, inner) | inner.map(types.set_of)
    )


def _nested_types(deeper: Callable[[st.SearchStrategy[Type]], st.SearchStrategy[Type]]) -> st.SearchStrategy[Type]:
    flat = st.sampled_from(sorted(types.PRIMITIVES.values(), key=lambda primitive: primitive.encoded))
    named = names().map(types.record_named) | names().map(types.variant_named)
    return st.recursive(flat | named, deeper, max_leaves=4)


def _old_types(inner: st.SearchStrategy[Type]) -> st.SearchStrategy[Type]:
    return (
        inner.map(types.list_of)
        | inner.map(types.option_of)
        | st.builds(types.result_of, inner, inner)
        | st.lists(inner, max_size=3).map(types.tuple_of)
    )


@cache
def scalars() -> st.SearchStrategy[Value]:
    """Values without parts."""
    strings = st.builds(String, st.text(st.characters(exclude_categories=["Cs"]), max_size=12))
    return strings | st.one_of(*SCALARS.values())


@cache
def arrays() -> st.SearchStrategy[Value]:
    """Lists of fixed-width elements."""
    return st.sampled_from(sorted(SCALARS, key=lambda elem: elem.encoded)).flatmap(
        lambda elem: st.builds(list_value, st.just(elem), st.lists(SCALARS[elem], max_size=6))
    )


@cache
def old_types() -> st.SearchStrategy[Type]:
    """Types that CGRF version 2 has, nested."""
    return _nested_types(_old_types)


@cache
def values() -> st.SearchStrategy[Value]:
    """Values of every kind, nested; only CGRF version 3 has maps and sets."""
    return st.recursive(
        scalars() | arrays(), lambda inner: _collections(inner) | _compounds(inner, pack_types()), max_leaves=12
    )


@cache
def old_values() -> st.SearchStrategy[Value]:
    """Values of every kind that CGRF version 2 has, nested."""
    return st.recursive(scalars() | arrays(), lambda inner: _compounds(inner, old_types()), max_leaves=12)


def _collections(inner: st.SearchStrategy[Value]) -> st.SearchStrategy[Value]:
    entries = st.lists(st.tuples(inner, inner), max_size=4).map(tuple)
    return st.builds(Map, pack_types(), pack_types(), entries) | st.builds(
        Set, pack_types(), st.lists(inner, max_size=4).map(tuple)
    )


def _compounds(inner: st.SearchStrategy[Value], annotation: st.SearchStrategy[Type]) -> st.SearchStrategy[Value]:
    several = st.lists(inner, max_size=4).map(tuple)
    fields = st.lists(st.tuples(names(), inner), max_size=4).map(tuple)
    listed = annotation.filter(lambda elem: types.fixed_width(elem) is None)
    return (
        st.builds(Tuple, several)
        | st.builds(list_value, listed, several)
        | st.builds(Option, annotation, st.none() | inner)
        | st.builds(Result, annotation, annotation, st.booleans(), inner)
        | st.builds(Record, names(), fields)
        | st.builds(Variant, names(), names(), st.integers(0, 0xFFFF_FFFF), several)
    )


@cache
def type_descs() -> st.SearchStrategy[TypeDesc]:
    """Declared types, nested, without duplicate fields or cases."""
    flat = st.sampled_from(PRIMITIVES).map(TypeDesc) | st.sampled_from([TypeDesc("value"), TypeDesc("unit")])
    return st.recursive(flat, _compound_descs, max_leaves=6)


def _compound_descs(inner: st.SearchStrategy[TypeDesc]) -> st.SearchStrategy[TypeDesc]:
    def members(
        of: st.SearchStrategy[TypeDesc | None], least: int
    ) -> st.SearchStrategy[tuple[tuple[str, TypeDesc | None], ...]]:
        pair = st.tuples(identifiers(), of)
        return st.lists(pair, min_size=least, max_size=3, unique_by=lambda member: member[0]).map(tuple)

    def one(kind: str) -> st.SearchStrategy[TypeDesc]:
        return inner.map(lambda arg: TypeDesc(kind, args=(arg,)))

    return (
        one("list")
        | one("option")
        | one("set")
        | st.tuples(inner, inner).map(lambda args: TypeDesc("map", args=args))
        | st.tuples(inner, inner).map(lambda args: TypeDesc("result", args=args))
        | st.lists(inner, max_size=3).map(lambda args: TypeDesc("tuple", args=tuple(args)))
        | st.builds(TypeDesc, st.just("record"), identifiers(), fields=members(inner, 0))
        | st.builds(TypeDesc, st.just("variant"), identifiers(), cases=members(st.none() | inner, 1))
    )

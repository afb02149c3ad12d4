"""The value model: equality, hashes, arrays, and the types values have."""

from __future__ import annotations

import math
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainview.pack.cgrf import decode, encode
from chainview.pack.values import (
    F32,
    F64,
    S32,
    U8,
    U16,
    UNIT,
    Array,
    Bool,
    List,
    Option,
    Record,
    Result,
    String,
    Tuple,
    Value,
    Variant,
    bytes_value,
    constructors,
    list_value,
    none,
    some,
    type_of,
    types,
)
from chainview.pack.values.types import Type
from tests.pack import strategies


@given(strategies.values(), strategies.values())
def test_values_are_equal_when_their_bytes_are(one: Value, other: Value) -> None:
    """Equality is that of the encoded bytes, and equal values hash alike."""
    assert (one == other) == (encode(one, 3) == encode(other, 3))
    if one == other:
        assert hash(one) == hash(other)


@given(strategies.values())
def test_values_differ_from_what_holds_them(value: Value) -> None:
    """No value equals another kind of value that holds it."""
    holders = (
        Tuple((value,)),
        Option(types.U8, value),
        Result(types.U8, types.U8, True, value),
        Result(types.U8, types.U8, False, value),
        Record("", (("", value),)),
        Variant("", "", 0, (value,)),
        Variant("", "", 1, (value,)),
        List(types.STRING, (value,)),
    )
    assert len({value, *holders}) == len(holders) + 1
    assert len(set(map(repr, holders))) == len(holders)


def test_kinds_of_numbers_are_told_apart() -> None:
    """Equal numbers of different types are different values."""
    assert len({U8(1), U16(1), S32(1), Bool(True), F32(1), F64(1)}) == 6
    assert UNIT != ()


def test_floats_are_their_bits() -> None:
    """Floats compare by bits: NaNs by payload, zeros by sign."""
    assert F32.of(1.5) == F32(0x3FC0_0000)
    assert F64.of(-0.0) != F64.of(0.0)
    assert F32(0x7FC0_0001) != F32(0x7FC0_0002)
    assert F64(0x7FF8_0000_0000_0001) == F64(0x7FF8_0000_0000_0001)
    assert math.isnan(F32(0x7FC0_0001).value)
    assert F64.of(0.1).value == 0.1
    with pytest.raises(OverflowError):
        F32.of(1e39)


@given(st.sampled_from(sorted(strategies.SCALARS, key=lambda elem: elem.encoded)), st.data())
def test_an_array_is_its_elements(elem: Type, data: st.DataObject) -> None:
    """A packed list has the elements it was made of, by number, by slice and in order."""
    items = data.draw(st.lists(strategies.SCALARS[elem], max_size=6))
    array = list_value(elem, items)
    assert isinstance(array, Array)
    assert list(array) == items
    assert len(array) == len(items)
    assert [array[index] for index in range(len(items))] == items
    assert [array[index - len(items)] for index in range(len(items))] == items
    start, end = data.draw(st.integers(-8, 8)), data.draw(st.integers(-8, 8))
    assert list(array[start:end]) == items[start:end]
    assert list(array[::-1]) == items[::-1]
    with pytest.raises(IndexError):
        array[len(items)]


@given(strategies.pack_types(), st.lists(strategies.values(), max_size=4))
def test_a_list_is_packed_where_cgrf_packs_it(elem: Type, items: list[Value]) -> None:
    """A list is an array when its element type is fixed-width and every item has that type, else a list."""
    value = list_value(elem, items)
    fitting = types.fixed_width(elem) is not None and all(type_of(item) == elem for item in items)
    assert isinstance(value, Array if fitting else List)
    assert value.elem == elem
    assert list(value if isinstance(value, Array) else value.items) == items


def test_numbers_out_of_range_are_not_packed() -> None:
    """A number its type can't hold is kept as it is, for the encoder to refuse."""
    assert list_value(types.U8, (U8(256),)) == List(types.U8, (U8(256),))


def test_fields_are_found_by_name() -> None:
    """A record gives the first field of a name, or nothing."""
    record = Record("r", (("a", U8(1)), ("b", U8(2)), ("a", U8(3))))
    assert record.get("a") == U8(1)
    assert record.get("c") is None


def test_types_of_values() -> None:
    """A value's type is its annotation or name, a tuple's that of its items."""
    value = Tuple(
        (
            bytes_value(b""),
            List(types.STRING, (U8(1),)),
            none(types.U8),
            Result(types.S32, types.STRING, True, UNIT),
            Record("r", ()),
            Variant("v", "c", 0, ()),
            Tuple((String("x"), UNIT)),
        )
    )
    text = "tuple<list<u8>, list<string>, option<u8>, result<s32, string>, r, v, tuple<string, tuple<>>>"
    assert str(type_of(value)) == text
    assert some(value) == Option(type_of(value), value)


@given(strategies.values())
def test_the_type_of_a_value_can_annotate_it(value: Value) -> None:
    """A value's type is sane: it is read back as the annotation of an option."""
    assert decode(encode(some(value), 3)) == some(value)


def test_the_type_of_shared_parts_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """A type that would grow without end is refused; one of shared parts within bounds is found at once."""
    value: Value = UNIT
    for _ in range(900):
        value = Tuple((value,))
    assert len(type_of(value).encoded) == 5 * 901
    monkeypatch.setattr(constructors, "MAX_TYPE_SIZE", 10_000)
    for _ in range(60):
        value = Tuple((value, value))
    with pytest.raises(ValueError, match="more than 10000 bytes"):
        type_of(value)


def test_only_values_have_types() -> None:
    """Python's own objects have no Pack type."""
    with pytest.raises(TypeError, match="str is no Pack value"):
        type_of(cast("Value", "text"))


def test_a_thousand_levels_of_every_kind() -> None:
    """Values of every kind nested a thousand levels are compared, hashed and shown without recursion."""

    def nested(innermost: Value) -> Value:
        value = innermost
        for level in range(999):
            value = (
                Tuple((value,)),
                List(types.STRING, (value,)),
                Option(types.U8, value),
                Result(types.U8, types.U8, level % 2 == 0, value),
                Record("r", (("a", value),)),
                Variant("v", "c", 0, (value,)),
            )[level % 6]
        return value

    assert nested(U8(1)) == nested(U8(1))
    assert nested(U8(1)) != nested(U8(2))
    assert hash(nested(U8(1))) == hash(nested(U8(1)))
    assert repr(nested(U8(1))) != repr(nested(U8(2)))
    assert decode(encode(nested(U8(1)))) == nested(U8(1))

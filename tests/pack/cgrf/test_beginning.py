"""The beginning of a value, of which the rest is read once somebody looks at it."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import assume, given
from hypothesis import strategies as st

from chainview.pack.cgrf import DecodeError, decode_beginning, decode_stored, encode
from chainview.pack.literal import format_literal
from chainview.pack.values import S64, U8, UNIT, List, Record, String, Tuple, Value, Variant, types
from chainview.pack.values.unread import Unread
from chainview.pack.values.walk import count, rebuilt, walk
from tests.pack.build import U8 as U8_KIND
from tests.pack.build import cgrf, node, tuple_node
from tests.pack.strategies import values


def made(value: Value) -> int:
    """How many values of a beginning were made."""
    return sum(not isinstance(each, Unread) for each in walk(value))


def told(read: Callable[[], Value]) -> Value | str:
    """What bytes are read as, or why they are not."""
    try:
        return read()
    except DecodeError as error:
        return error.sentence


def whole(value: Value) -> Value:
    """The value without anything that was not read."""
    return rebuilt(value, lambda each: each.value() if isinstance(each, Unread) else each)


@given(values(), st.integers(1, 12))
def test_a_beginning_is_equal_to_the_whole(value: Value, most: int) -> None:
    """A beginning counts, equals, hashes and reads as the value does, however little of it was made."""
    data = encode(value, 3)
    beginning = decode_beginning(data, most)
    assert made(beginning) <= max(most, 1)
    assert count(beginning) == count(value)
    assert beginning == value
    assert value == beginning
    assert hash(beginning) == hash(value)
    assert format_literal(beginning) == format_literal(value)
    assert whole(beginning) == value
    assert beginning == decode_beginning(data, most + 3)


@given(values(), values(), st.integers(1, 6))
def test_beginnings_of_different_values_differ(one: Value, other: Value, most: int) -> None:
    """Two beginnings are equal exactly when the values are."""
    assert (decode_beginning(encode(one, 3), most) == decode_beginning(encode(other, 3), most)) == (one == other)
    inside = Tuple((U8(1), one)), Tuple((U8(1), other))
    first, second = (decode_beginning(encode(each, 3), most) for each in inside)
    assert (first == second) == (one == other)


@given(values(), st.integers(1, 6), st.data())
def test_bytes_that_are_no_value_are_none_from_the_beginning(value: Value, most: int, data: st.DataObject) -> None:
    """Bytes that do not decode as a whole do not decode as a beginning, for the same reason."""
    raw = bytearray(encode(value, 3))
    for _ in range(data.draw(st.integers(1, 3))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    assert told(lambda: decode_beginning(bytes(raw), most)) == told(lambda: decode_stored(bytes(raw)))


@given(st.lists(st.integers(0, 4), min_size=2, max_size=7), st.integers(1, 6))
def test_shared_parts_are_counted_at_each_place(shares: list[int], most: int) -> None:
    """Of nodes that are used in several places, the beginning is as the value."""
    nodes = [node(U8_KIND, b"\5"), *[tuple_node(*[below] * times) for below, times in enumerate(shares)]]
    assume(len(nodes) > most)
    data = cgrf(*nodes)
    value = decode_stored(data)
    assert count(decode_beginning(data, most)) == count(value)
    assert decode_beginning(data, most) == value


def test_each_field_of_the_outermost_record_has_its_share() -> None:
    """By field, a large field takes nothing of the next one, also behind variants."""
    many = List(types.STRING, (String("tea"),) * 50)
    value = Variant("outer", "inner", 1, (Record("r", (("a", many), ("b", many), ("c", S64(7)))),))
    found = decode_beginning(encode(value), 10, by_field=True)
    assert isinstance(found, Variant)
    record = found.payload[0]
    assert isinstance(record, Record)
    assert [made(field) for _, field in record.fields] == [10, 10, 1]
    assert found == value


def test_a_part_is_compared_as_it_is_written() -> None:
    """Parts that are written alike at one place are equal, though nothing of them is read."""
    value = Tuple((UNIT, Tuple((UNIT,) * 100)))
    one, other = (decode_beginning(encode(value), 2) for _ in range(2))
    assert isinstance(one, Tuple)
    assert isinstance(other, Tuple)
    assert isinstance(one.items[1], Unread)
    assert one.items[1].is_written_as(other.items[1])
    assert not one.items[1].is_written_as(UNIT)
    assert one.items[1] == other.items[1] == value.items[1]

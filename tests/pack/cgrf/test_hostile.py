"""Bytes that no encoder writes: each gives a value or a DecodeError, and nothing else."""

from __future__ import annotations

from struct import pack

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainview.pack.cgrf import DecodeError, decode, decode_stored, encode, is_canonical
from chainview.pack.cgrf import decoder as cgrf_decode
from chainview.pack.values import U8, UNIT, Array, List, Option, Record, String, Tuple, Value, Variant, types
from chainview.pack.values.types import MAX_DEPTH
from chainview.pack.values.walk import walk
from tests.pack.build import ARRAY, LIST, OPTION, RECORD, RESULT, STRING, TUPLE, VARIANT, cgrf, node, text, tuple_node
from tests.pack.build import CHAR as CHAR_KIND
from tests.pack.build import U8 as U8_KIND
from tests.pack.strategies import values

FIVE = node(U8_KIND, b"\5")
BAD_CHARS = node(ARRAY, b"\x12" + pack("<II", 1, 0xD800))


def whatever_it_is(data: bytes) -> None:
    """Data that decodes does so to a value that stays the same when written and read again."""
    try:
        value = decode(data)
    except DecodeError:
        assert not is_canonical(data)
        return
    again = encode(value, data[4])
    assert decode(again) == value
    assert is_canonical(data) == (again == data)


@given(st.binary(max_size=200))
def test_any_bytes(data: bytes) -> None:
    """Arbitrary bytes give a value or a DecodeError."""
    whatever_it_is(data)


@given(
    st.lists(st.tuples(st.integers(0, 0x17), st.binary(max_size=24)), min_size=1, max_size=6),
    st.integers(0, 6),
)
def test_any_nodes(nodes: list[tuple[int, bytes]], root: int) -> None:
    """Well-framed nodes with arbitrary payloads give a value or a DecodeError."""
    whatever_it_is(cgrf(*[node(kind, payload) for kind, payload in nodes], root=root))


@given(values(), st.data())
def test_mutated_values(value: Value, data: st.DataObject) -> None:
    """A value's bytes with some changed, added or taken away give a value or a DecodeError."""
    raw = bytearray(encode(value, 3))
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(raw) - 1))
        change = data.draw(st.sampled_from(["set", "insert", "delete"]))
        if change == "set":
            raw[at] = data.draw(st.integers(0, 255) | st.sampled_from([0, 1, 0x7F, 0xFF]))
        elif change == "insert":
            raw[at:at] = data.draw(st.binary(max_size=4))
        elif len(raw) > 1:
            del raw[at]
    whatever_it_is(bytes(raw))


@given(values())
def test_both_ways_of_reading_agree(value: Value) -> None:
    """The way that reads any order of nodes gives what the quick way gives."""
    data = encode(value, 3)
    count, root = int.from_bytes(data[8:12], "little"), int.from_bytes(data[12:16], "little")
    assert cgrf_decode._any_order(data, 3, count, root, MAX_DEPTH) == value


REFUSED = {
    "a header cut short": b"CGRF\2\0\0\0\1\0\0\0\0\0\0",
    "another magic": b"CGRG" + cgrf(FIVE)[4:],
    "version 0": cgrf(FIVE, version=0),
    "version 4": cgrf(FIVE, version=4),
    "version 258": cgrf(FIVE, version=0x0102),
    "no nodes": cgrf(root=0),
    "a count the data can't hold": cgrf(FIVE, count=2, root=0),
    "the largest count": cgrf(FIVE, count=0xFFFF_FFFF, root=0),
    "a root that is not there": cgrf(FIVE, root=1),
    "bytes after the last node": cgrf(FIVE) + b"\0",
    "a node cut short": cgrf(FIVE)[:-1],
    "a node head cut short": cgrf(node(TUPLE, bytes(9)), FIVE[:5], count=2),
    "a payload length without payload": cgrf(pack("<BBHI", TUPLE, 0, 0, 0xFFFF_FFFF)),
    "kind 0": cgrf(node(0)),
    "kind 0x16": cgrf(node(0x16), version=3),
    "an unreachable node of an unknown kind": cgrf(FIVE, node(0xFF), root=0),
    "bool 2": cgrf(node(0x01, b"\2")),
    "an empty bool": cgrf(node(0x01)),
    "a surrogate": cgrf(node(CHAR_KIND, pack("<I", 0xDFFF))),
    "a character past the last": cgrf(node(CHAR_KIND, pack("<I", 0x110000))),
    "an unreachable surrogate": cgrf(FIVE, node(CHAR_KIND, pack("<I", 0xD800)), root=0),
    "a reachable array with a surrogate": cgrf(BAD_CHARS),
    "a text of the longest length": cgrf(node(STRING, b"\xff\xff\xff\xffab")),
    "a text with a byte to spare": cgrf(node(STRING, b"\1\0\0\0ab")),
    "a text that is not UTF-8": cgrf(node(STRING, b"\1\0\0\0\xff")),
    "a text with an encoded surrogate": cgrf(node(STRING, b"\3\0\0\0\xed\xa0\x80")),
    "a text without a length": cgrf(node(STRING, b"\1\0\0")),
    "an unreachable text that is not UTF-8": cgrf(FIVE, node(STRING, b"\1\0\0\0\xff"), root=0),
    "a tuple of the largest count": cgrf(node(TUPLE, b"\xff\xff\xff\xff")),
    "a tuple with bytes to spare": cgrf(node(TUPLE, bytes(5))),
    "an unreachable tuple of nodes that are not there": cgrf(FIVE, tuple_node(2), root=0),
    "an unreachable tuple with bytes to spare": cgrf(FIVE, node(TUPLE, bytes(5)), root=0),
    "an array of texts": cgrf(node(ARRAY, b"\6\0\0\0\0")),
    "an unreachable array of texts": cgrf(FIVE, node(ARRAY, b"\6\0\0\0\0"), root=0),
    "an array of the largest count": cgrf(node(ARRAY, b"\x0f\xff\xff\xff\xff")),
    "an empty array node": cgrf(node(ARRAY)),
    "a list of bytes": cgrf(FIVE, node(LIST, b"\x0c\1\0\0\0\0\0\0\0")),
    "an empty list of bytes": cgrf(node(LIST, b"\x0c\0\0\0\0")),
    "a list of the largest count": cgrf(node(LIST, b"\6\xff\xff\xff\xff")),
    "a list without a type": cgrf(node(LIST)),
    "a list without a count": cgrf(node(LIST, b"\6")),
    "a list of a node that is not there": cgrf(node(LIST, b"\6\1\0\0\0\7\0\0\0")),
    "a list whose type ends early": cgrf(node(LIST, b"\7\7\7")),
    "a list whose type has a name that is not UTF-8": cgrf(node(LIST, b"\x09\1\0\0\0\xff\0\0\0\0")),
    "a list of a tuple of the largest count": cgrf(node(LIST, b"\x0b\xff\xff\xff\xff\0\0\0\0")),
    "an option without presence": cgrf(node(OPTION, b"\x0c")),
    "an option that is none with a child": cgrf(FIVE, node(OPTION, b"\x0c\0\0\0\0\0")),
    "a result without a payload": cgrf(node(RESULT, b"\x0c\6\0\0\0\0\0")),
    "a record whose child is missing": cgrf(FIVE, node(RECORD, text("r") + b"\1\0\0\0" + text("abc"))),
    "a result cut short": cgrf(node(RESULT, b"\x0c\6\0\0")),
    "a record of the largest count": cgrf(node(RECORD, b"\0\0\0\0\xff\xff\xff\xff")),
    "a record with a name that does not end": cgrf(FIVE, node(RECORD, text("r") + b"\1\0\0\0\xff\0\0\0ab\0\0")),
    "a variant of the largest count": cgrf(node(VARIANT, text("v") + text("c") + b"\0\0\0\0\xff\xff\xff\xff")),
    "a node that holds itself": cgrf(tuple_node(0)),
    "two nodes that hold each other": cgrf(tuple_node(1), tuple_node(0)),
    "a long way round to itself": cgrf(*[tuple_node((index + 1) % 50) for index in range(50)]),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_refused(case: str) -> None:
    """Bytes that break a rule are a DecodeError that says so in one sentence."""
    with pytest.raises(DecodeError) as caught:
        decode(REFUSED[case])
    assert not caught.value.sentence.endswith(".")
    assert caught.value.exit_code == 2


ACCEPTED = {
    "header flags": (cgrf(FIVE)[:6] + b"\xff\xff" + cgrf(FIVE)[8:], U8(5)),
    "node flags": (cgrf(pack("<BBHI", U8_KIND, 255, 65535, 1) + b"\5"), U8(5)),
    "a parent before its child": (cgrf(tuple_node(1), FIVE, root=0), Tuple((U8(5),))),
    "a shared child": (cgrf(FIVE, tuple_node(0, 0)), Tuple((U8(5), U8(5)))),
    "shared compounds": (
        cgrf(FIVE, tuple_node(0, 0), tuple_node(1, 1)),
        Tuple((Tuple((U8(5), U8(5))), Tuple((U8(5), U8(5))))),
    ),
    "any truth in an array": (cgrf(node(ARRAY, b"\1\3\0\0\0\0\2\xff")), Array(types.BOOL, b"\0\1\1")),
    "presence 2 as none": (cgrf(node(OPTION, b"\x0c\2")), Option(types.U8, None)),
    "duplicate fields": (
        cgrf(FIVE, node(RECORD, text("r") + b"\2\0\0\0" + text("a") * 2 + bytes(8))),
        Record("r", (("a", U8(5)), ("a", U8(5)))),
    ),
    "any tag": (
        cgrf(node(VARIANT, text("v") + text("c") + b"\xff\xff\xff\xff\0\0\0\0")),
        Variant("v", "c", 0xFFFF_FFFF, ()),
    ),
    "an unreachable malformed list": (cgrf(FIVE, node(LIST, b"zzz"), root=0), U8(5)),
    "an unreachable list of bytes": (cgrf(FIVE, node(LIST, b"\x0c\0\0\0\0"), root=0), U8(5)),
    "an unreachable malformed option": (cgrf(FIVE, node(OPTION), root=0), U8(5)),
    "an unreachable malformed result": (cgrf(FIVE, node(RESULT, b"\xff"), root=0), U8(5)),
    "an unreachable malformed record": (cgrf(FIVE, node(RECORD, b"\0"), root=0), U8(5)),
    "an unreachable malformed variant": (cgrf(FIVE, node(VARIANT), root=0), U8(5)),
    "an unreachable array with a surrogate": (cgrf(FIVE, BAD_CHARS, root=0), U8(5)),
    "an unreachable cycle": (cgrf(FIVE, tuple_node(1), root=0), U8(5)),
    "an unreachable list of a node that is not there": (
        cgrf(FIVE, node(LIST, b"\6\1\0\0\0\7\0\0\0"), root=0),
        U8(5),
    ),
    "items of another type than declared": (
        cgrf(FIVE, node(LIST, b"\6\1\0\0\0\0\0\0\0")),
        List(types.STRING, (U8(5),)),
    ),
    "version 3": (cgrf(node(STRING, text("x")), version=3), String("x")),
}


@pytest.mark.parametrize("case", ACCEPTED)
def test_what_is_tolerated(case: str) -> None:
    """Bytes that are odd but allowed give the value the reference gives."""
    data, value = ACCEPTED[case]
    assert decode(data) == value


def chain_of_tuples(levels: int, order: str) -> bytes:
    """Tuples in tuples, the innermost first or last."""
    if order == "children first":
        return cgrf(tuple_node(), *[tuple_node(index) for index in range(levels - 1)])
    return cgrf(*[tuple_node(index + 1) for index in range(levels - 1)], tuple_node(), root=0)


@pytest.mark.parametrize("order", ["children first", "parents first"])
@pytest.mark.parametrize("levels", [2, 999, 1000])
def test_nesting_up_to_the_limit(levels: int, order: str) -> None:
    """Nodes nested up to 1,000 levels are read in any order."""
    assert encode(decode(chain_of_tuples(levels, order))) == chain_of_tuples(levels, "children first")


@pytest.mark.once
@pytest.mark.parametrize("order", ["children first", "parents first"])
@pytest.mark.parametrize("levels", [1001, 5000, 100_000])
def test_nesting_past_the_limit(levels: int, order: str) -> None:
    """Nodes nested deeper than 1,000 levels are refused, however deep."""
    with pytest.raises(DecodeError, match="deeper than 1000"):
        decode(chain_of_tuples(levels, order))


def test_nesting_counts_through_shared_nodes() -> None:
    """A shared node counts with its depth wherever it is used."""
    deep = [tuple_node(), *[tuple_node(index) for index in range(799)]]
    high = [tuple_node(), *[tuple_node(len(deep) + index) for index in range(400)]]
    high[0] = tuple_node(799)
    with pytest.raises(DecodeError, match="deeper than 1000"):
        decode(cgrf(*deep, *high, tuple_node(799, len(deep) + len(high) - 1)))


@pytest.mark.parametrize(("levels", "fine"), [(1000, True), (1001, False), (100_000, False)])
def test_nesting_of_annotations(levels: int, fine: bool) -> None:
    """Annotations nested deeper than 1,000 levels are refused, however deep."""
    data = cgrf(node(OPTION, b"\x0a" * (levels - 1) + b"\x0c\0"))
    if fine:
        assert encode(decode(data)) == data
        return
    with pytest.raises(DecodeError, match="deeper than 1000"):
        decode(data)


def test_a_wide_annotation_is_read() -> None:
    """A tuple type of very many types is read, whatever its width."""
    data = cgrf(node(OPTION, b"\x0b" + pack("<I", 100_000) + b"\x0c" * 100_000 + b"\0"))
    assert encode(decode(data)) == data


def test_shared_nodes_are_counted_for_each_use() -> None:
    """A few nodes that stand for more than ten million are refused, those that stand for fewer are shared."""
    doubling = [tuple_node(), *[tuple_node(index, index) for index in range(60)]]
    with pytest.raises(DecodeError, match="more than 10000000 nodes"):
        decode(cgrf(*doubling))
    value = decode(cgrf(*doubling[:20]))
    assert isinstance(value, Tuple)
    assert value.items[0] is value.items[1]


def test_a_value_of_shared_parts_is_compared_quickly() -> None:
    """Values of shared parts are equal, and hashed, in the time their distinct parts take."""
    one: Value = UNIT
    other: Value = Tuple(())
    for _ in range(900):
        one, other = Tuple((one, one)), Tuple((other, other))
    assert one == other
    assert hash(one) == hash(other)
    assert one != Tuple((one, one))


def test_many_nodes_are_read() -> None:
    """A value of more nodes than are read in one pass comes out the same."""
    count = 3000
    data = cgrf(*[node(U8_KIND, bytes([index % 256])) for index in range(count)], tuple_node(*range(count)))
    value = decode(data)
    assert value == Tuple(tuple([U8(index % 256) for index in range(count)]))
    assert is_canonical(data)


def test_a_node_within_a_tuple_within_itself_far_below() -> None:
    """A cycle that begins below the root is refused."""
    with pytest.raises(DecodeError, match="holds itself"):
        decode(cgrf(tuple_node(1), tuple_node(2, 3), FIVE, tuple_node(1), root=0))


def test_data_larger_than_any_value_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Data over the limit is refused before anything is read of it."""
    monkeypatch.setattr(cgrf_decode, "MAX_BYTES", 24)
    with pytest.raises(DecodeError, match="more than the 24"):
        decode(cgrf(FIVE))


def test_a_node_larger_than_any_node_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A node over the limit is refused, though its bytes are there."""
    monkeypatch.setattr(cgrf_decode, "MAX_PAYLOAD", 10)
    assert decode(cgrf(node(STRING, text("123456")))) == String("123456")
    with pytest.raises(DecodeError, match="claims 11 bytes"):
        decode(cgrf(node(STRING, text("1234567"))))


@pytest.mark.once
def test_a_stored_value_is_no_larger_than_its_bytes_for_long() -> None:
    """Bytes whose nodes are shared make a value of bounded size where they are read from a file, and else do not."""
    data = cgrf(tuple_node(), *[tuple_node(below, below) for below in range(18)])
    assert sum(1 for _ in walk(decode(data))) == 2**19 - 1
    with pytest.raises(DecodeError, match="counting shared ones"):
        decode_stored(data)
    wide = Tuple((UNIT,) * 100_000)
    assert decode_stored(encode(wide)) == wide

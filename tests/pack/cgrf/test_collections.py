"""Maps and sets, which CGRF version 3 has, against the reference's bytes, and what version 2 says of them."""

from __future__ import annotations

import pytest
from hypothesis import given

from chainview.pack.cgrf import DecodeError, EncodeError, decode, encode, is_canonical
from chainview.pack.cgrf.glance import same_but_version, version_of
from chainview.pack.literal import format_literal, parse_literal
from chainview.pack.values import U32, Map, Option, Set, String, Tuple, Value, none, types
from tests.pack.build import cgrf, node, tuple_node
from tests.pack.strategies import old_values

GOLDEN = (
    ("()", "434752460300000001000000000000000b0000000400000000000000"),
    ("map<string, u32>[]", "434752460300000001000000000000001600000006000000060e00000000"),
    (
        'map<string, u32>["a" => 1u32, "b" => 2u32]',
        "43475246030000000500000004000000060000000500000001000000610e000000040000000100000006000000050000000100000062"
        "0e00000004000000020000001600000016000000060e0200000000000000010000000200000003000000",
    ),
    (
        "set<u32>[1u32, 3u32]",
        "43475246030000000300000002"
        "0000000e00000004000000010000000e0000000400000003000000170000000d0000000e020000000000000001000000",
    ),
    ("set<string>[]", "4347524603000000010000000000000017000000050000000600000000"),
    (
        "map<u64, list<u8>>[7u64 => [1u8, 2u8]]",
        "434752460300000003000000020000000f000000080000000700000000000000"
        "15000000070000000c020000000102160000000f0000000f070c010000000000000001000000",
    ),
    ("none<map<string, set<u8>>>", "434752460300000001000000000000000a000000050000001606170c00"),
    (
        'map<string, u32>["b" => 2u32, "a" => 1u32, "a" => 9u32]',
        "43475246030000000700000006000000060000000500000001000000620e000000040000000200000006000000050000000100000061"
        "0e000000040000000100000006000000050000000100000061"
        "0e0000000400000009000000160000001e000000060e03000000000000000100000002000000030000000400000005000000",
    ),
)
MAP = Map(types.STRING, types.U32, ((String("a"), U32(1)),))
SET = Set(types.U32, (U32(1),))


@pytest.mark.parametrize(("literal", "hexadecimal"), GOLDEN)
def test_the_reference_bytes_read_and_write_back(literal: str, hexadecimal: str) -> None:
    """The bytes of packr-abi 0.24.1 are those of the literal, order and duplicates kept, and the text reads back."""
    data = bytes.fromhex(hexadecimal)
    value = decode(data)
    assert format_literal(value) == literal
    assert parse_literal(literal) == value
    assert encode(value, 3) == data
    assert is_canonical(data)
    assert version_of(data) == 3


@pytest.mark.parametrize(("value", "kind"), [(MAP, "0x16"), (SET, "0x17")])
def test_the_older_version_does_not_know_the_kinds(value: Value, kind: str) -> None:
    """A map or a set under header version 2 is an unknown kind, and is not written under it."""
    newer = encode(value, 3)
    older = newer[:4] + b"\2" + newer[5:]
    assert decode(newer) == value
    with pytest.raises(DecodeError, match=f"unknown kind {kind}"):
        decode(older)
    with pytest.raises(EncodeError, match="CGRF version 2 has no"):
        encode(Tuple((value,)))


@pytest.mark.parametrize("inner", [types.map_of(types.U8, types.U8), types.set_of(types.U8)], ids=str)
def test_the_older_version_does_not_know_the_types(inner: types.Type) -> None:
    """An annotation that names a map or a set is one of version 3 alone, whichever was read before."""
    value: Option = none(types.list_of(inner))
    newer = encode(value, 3)
    assert decode(newer) == value
    with pytest.raises(DecodeError, match="unknown type tag"):
        decode(newer[:4] + b"\2" + newer[5:])
    with pytest.raises(EncodeError, match="annotation"):
        encode(value)


def test_a_name_may_hold_what_would_be_the_tag_of_a_map() -> None:
    """Only where a tag stands is one meant: the name of a record may hold any character."""
    value = none(types.record_named("\x16\x17"))
    assert decode(encode(value)) == value


def test_a_malformed_one_that_nothing_reaches_is_accepted() -> None:
    """As the reference has it, maps and sets are not checked where the root does not reach them."""
    broken = node(0x16, b"\x01"), node(0x17)
    assert decode(cgrf(*broken, tuple_node(), version=3)) == Tuple(())
    for index in range(2):
        with pytest.raises(DecodeError, match=f"node {index} is malformed"):
            decode(cgrf(*broken, tuple_node(), root=index, version=3))


@given(old_values())
def test_the_versions_differ_in_one_byte(value: Value) -> None:
    """What both versions have is the same in both but for the version itself."""
    assert same_but_version(encode(value, 2), encode(value, 3))
    assert not same_but_version(encode(value, 2), encode(value, 2))

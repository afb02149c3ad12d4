"""CGRF against the reference's bytes, and the laws of reading and writing it."""

from __future__ import annotations

from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainview.pack.cgrf import DecodeError, EncodeError, decode, encode, encoded_size, is_canonical
from chainview.pack.cgrf import decoder as cgrf_decode
from chainview.pack.cgrf import encoder as cgrf_encode
from chainview.pack.cgrf import nodes as cgrf_nodes
from chainview.pack.literal import format_literal
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
    UNIT,
    Array,
    Char,
    Flags,
    List,
    Option,
    Record,
    Result,
    String,
    Tuple,
    Value,
    Variant,
    bytes_value,
    types,
)
from chainview.pack.values.types import Type
from tests.pack.golden import GOLDEN
from tests.pack.strategies import old_values, values
from tests.pack.vectors import vectors


@pytest.mark.parametrize(("literal", "hexadecimal"), [row[:2] for row in GOLDEN])
def test_golden_bytes_read_and_write_back(literal: str, hexadecimal: str) -> None:
    """The reference's bytes decode to the value its literal names and encode to themselves."""
    data = bytes.fromhex(hexadecimal)
    value = decode(data)
    assert format_literal(value) == literal
    assert encode(value) == data
    assert is_canonical(data)


def test_every_reference_value_reads_and_writes_back() -> None:
    """Each value of the reference's vectors survives decoding and encoding byte for byte."""
    for vector in vectors("cgrf"):
        data = bytes.fromhex(vector["hex"])
        assert encode(decode(data)) == data, vector["literal"]


def test_every_reference_verdict_on_bytes_is_shared() -> None:
    """What the reference accepts is accepted, with the same canonical bytes; what it refuses is refused."""
    for vector in vectors("decode"):
        data = bytes.fromhex(vector["hex"])
        if not vector["accept"]:
            with pytest.raises(DecodeError):
                decode(data)
            assert not is_canonical(data), vector["case"]
            continue
        value = decode(data)
        assert encode(value).hex() == vector["reencoded"], vector["case"]
        assert is_canonical(data) == vector["canonical"], vector["case"]
        assert format_literal(value) == vector["literal"], vector["case"]


@given(st.tuples(values(), st.just(3)) | st.tuples(old_values(), st.sampled_from([2, 3])))
def test_decoding_undoes_encoding(case: tuple[Value, int]) -> None:
    """Every value that can be encoded comes back equal, with an equal hash, and its bytes are canonical."""
    value, version = case
    data = encode(value, version)
    again = decode(data)
    assert again == value
    assert hash(again) == hash(value)
    assert encode(again, version) == data
    assert is_canonical(data)
    assert data[4] == version


@given(values(), st.binary(max_size=20))
def test_the_size_is_known_whatever_follows(value: Value, rest: bytes) -> None:
    """The size of a value at the start of data does not depend on what comes after it."""
    data = encode(value, 3)
    assert encoded_size(data + rest) == len(data)


@given(values())
def test_a_cut_value_has_no_size(value: Value) -> None:
    """Data that ends before its value does is refused."""
    data = encode(value, 3)
    with pytest.raises(DecodeError):
        encoded_size(data[:-1])


@given(values())
def test_nothing_is_shared_and_children_come_first(value: Value) -> None:
    """A value within itself is written twice, and the root is the last node."""
    single, double = encode(value, 3), encode(Tuple((value, value)), 3)
    count = int.from_bytes(single[8:12], "little")
    assert int.from_bytes(double[8:12], "little") == 2 * count + 1
    assert int.from_bytes(double[12:16], "little") == 2 * count


@pytest.mark.parametrize("version", [0, 1, 4, 512])
def test_other_versions_are_not_written(version: int) -> None:
    """Only header versions 2 and 3 exist for the encoder."""
    with pytest.raises(EncodeError, match=f"version {version}"):
        encode(UNIT, version)


REFUSED = (
    U8(256),
    U8(-1),
    U16(65536),
    U32(1 << 32),
    U64(1 << 64),
    S8(128),
    S16(-32769),
    S32(1 << 31),
    S64(-(1 << 63) - 1),
    F32(1 << 32),
    F64(-1),
    Flags(1 << 64),
    Char(""),
    Char("ab"),
    Char("\ud800"),
    String("\udfff"),
    Record("\ud800", ()),
    Variant("v", "c", 1 << 32, ()),
    Variant("v", "c", -1, ()),
    List(types.U8, (U16(1),)),
    List(types.U8, (U8(256),)),
    List(types.CHAR, (Char("\ud800"),)),
    List(types.BOOL, (UNIT,)),
    Array(types.STRING, b""),
    Array(types.U32, b"\0\0\0"),
    Array(types.BOOL, b"\2"),
    Array(types.CHAR, b"\0\xd8\0\0"),
    Array(types.CHAR, b"\0\0\x11\0"),
    Value(),
)


@pytest.mark.parametrize("value", REFUSED, ids=range(len(REFUSED)))
@pytest.mark.parametrize("wrapped", [False, True])
def test_what_cgrf_cannot_hold_is_refused(value: Value, wrapped: bool) -> None:
    """A value out of the range of its type is an EncodeError, alone and within another value."""
    with pytest.raises(EncodeError):
        encode(Option(types.U8, Tuple((value,))) if wrapped else value)


@pytest.mark.parametrize("thing", ["text", None, 1, 1.5, b"bytes", ()], ids=repr)
def test_what_is_no_value_is_refused(thing: object) -> None:
    """Python's own objects are no values, alone, within a value or in place of a number."""
    stranger = cast("Value", thing)
    with pytest.raises(EncodeError):
        encode(stranger)
    with pytest.raises(EncodeError):
        encode(Tuple((stranger,)))
    with pytest.raises(EncodeError):
        encode(S8(cast("int", "1")))


def test_a_list_of_fixed_width_elements_is_an_array() -> None:
    """A list whose declared elements are fixed-width is written as an array, and read back as one."""
    items = (U32(1), U32(2))
    assert decode(encode(List(types.U32, items))) == Array(types.U32, b"\1\0\0\0\2\0\0\0")
    assert decode(encode(List(types.U32, ()))) == Array(types.U32, b"")


def test_items_need_not_have_the_declared_type() -> None:
    """A list of texts that holds numbers is written as it is; annotations are never checked."""
    value = List(types.STRING, (U32(1), Option(types.BOOL, String("x")), Result(types.U8, types.U8, True, UNIT)))
    assert decode(encode(value)) == value


def nested(levels: int) -> Value:
    """A value of that many levels."""
    value: Value = UNIT
    for _ in range(levels - 1):
        value = Tuple((value,))
    return value


def test_a_thousand_levels_are_the_limit() -> None:
    """A value of 1,000 levels is written, read, compared, hashed and shown; one level more is refused."""
    value = nested(1000)
    data = encode(value)
    again = decode(data)
    assert again == value
    assert hash(again) == hash(value)
    assert repr(again) == repr(value)
    with pytest.raises(EncodeError, match="deeper than 1000"):
        encode(nested(1001))
    with pytest.raises(EncodeError, match="deeper than 1000"):
        encode(Tuple((UNIT, Tuple((nested(999), U8(0))))))


def test_annotations_of_a_thousand_levels_are_the_limit() -> None:
    """A type of 1,000 levels is written and read as an annotation; one level more is refused."""
    elem = types.STRING
    for _ in range(999):
        elem = types.list_of(elem)
    value = Option(elem, None)
    assert decode(encode(value)) == value
    with pytest.raises(EncodeError, match="annotation"):
        encode(Option(types.list_of(elem), None))


@pytest.mark.once
def test_shared_parts_cannot_make_a_huge_encoding() -> None:
    """A small value that would be written out without end is refused."""
    value: Value = bytes_value(bytes(1000))
    for _ in range(60):
        value = Tuple((value, value))
    with pytest.raises(EncodeError, match="more than"):
        encode(value)


def test_the_limits_of_a_reader_hold_for_the_writer(monkeypatch: pytest.MonkeyPatch) -> None:
    """A node or a value that a reader would refuse for its size is not written."""
    monkeypatch.setattr(cgrf_encode, "MAX_PAYLOAD", 1000)
    monkeypatch.setattr(cgrf_encode, "MAX_BYTES", 2000)
    assert len(encode(String("x" * 996))) == 1024
    with pytest.raises(EncodeError, match="a node can hold"):
        encode(String("x" * 997))
    with pytest.raises(EncodeError, match="a reader accepts"):
        encode(Tuple((String("x" * 900),) * 3))
    monkeypatch.setattr(cgrf_encode, "MAX_BYTES", 1100)
    with pytest.raises(EncodeError, match="a reader accepts"):
        encode(String("x" * 1077))
    monkeypatch.setattr(cgrf_encode, "MAX_NODES", 3)
    assert decode(encode(Tuple((UNIT, UNIT)))) == Tuple((UNIT, UNIT))
    with pytest.raises(EncodeError, match="a reader accepts"):
        encode(Tuple((Tuple((UNIT, UNIT)),)))


def test_bytes_like_data_is_read() -> None:
    """A view of memory is read like bytes."""
    data = encode(Record("r", (("a", U8(1)),)))
    assert decode(bytearray(data)) == decode(memoryview(data)) == decode(data)


def test_what_is_remembered_is_bounded() -> None:
    """Names and nodes that never come again do not fill the memory, and are read and written all the same."""
    for number in range(5000):
        value = Record(
            f"r{number}",
            (
                (f"f{number}", Option(types.record_named(f"t{number}"), String(f"s{number}"))),
                ("g", Variant(f"v{number}", "c", number, ())),
            ),
        )
        assert decode(encode(value)) == value
    remembered = (
        cgrf_decode._shapes[2],
        cgrf_nodes._strings,
        cgrf_encode._record_heads,
        cgrf_encode._variant_heads,
        types._memo,
    )
    assert all(0 < len(memo) <= 4096 for memo in remembered)


def test_types_are_shared_bytes() -> None:
    """The type read from an annotation equals the one made by hand."""
    value = decode(encode(Option(types.result_of(types.U8, types.STRING), None)))
    assert isinstance(value, Option)
    assert value.inner == Type(b"\x14\x0c\x06")

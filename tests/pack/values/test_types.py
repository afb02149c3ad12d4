"""Types as bytes and as text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainview.pack.values import types
from chainview.pack.values.types import Type, fixed_width, type_end
from tests.pack.strategies import pack_types

TEXTS = (
    (types.list_of(types.U8), "list<u8>"),
    (types.option_of(types.list_of(types.STRING)), "option<list<string>>"),
    (types.result_of(types.tuple_of(()), types.STRING), "result<tuple<>, string>"),
    (types.tuple_of([types.S64, types.record_named("point"), types.F32]), "tuple<s64, point, f32>"),
    (types.variant_named("expr"), "expr"),
    (types.record_named(""), ""),
    (types.record_named("ré"), "ré"),
)


@pytest.mark.parametrize(("annotation", "text"), TEXTS)
def test_a_type_reads_as_in_a_literal(annotation: Type, text: str) -> None:
    """A type's text is the one a literal carries."""
    assert str(annotation) == text


def test_bytes_of_types() -> None:
    """Types have the tag bytes of CGRF, names counted in UTF-8."""
    assert types.list_of(types.U8).encoded == b"\x07\x0c"
    assert types.option_of(types.S32).encoded == b"\x0a\x02"
    assert types.result_of(types.tuple_of(()), types.STRING).encoded == b"\x14\x0b\0\0\0\0\x06"
    assert types.tuple_of([types.BOOL, types.FLAGS]).encoded == b"\x0b\2\0\0\0\x01\x13"
    assert types.record_named("é").encoded == b"\x09\2\0\0\0\xc3\xa9"
    assert types.variant_named("").encoded == b"\x08\0\0\0\0"


@given(pack_types(), st.binary(max_size=4), st.binary(max_size=4))
def test_a_type_ends_where_it_ends(annotation: Type, before: bytes, after: bytes) -> None:
    """A type's end is found within any bytes around it, and a type cut short is refused."""
    data = before + annotation.encoded + after
    end = len(before) + len(annotation.encoded)
    assert type_end(data, len(before), len(data)) == end
    with pytest.raises(ValueError, match="type"):
        type_end(data, len(before), end - 1)


@given(st.binary(max_size=30))
def test_any_bytes(data: bytes) -> None:
    """Arbitrary bytes begin with a type, which then has a text, or are refused."""
    try:
        end = type_end(data, 0, len(data))
    except ValueError:
        return
    assert isinstance(str(Type(data[:end])), str)


@given(pack_types(), pack_types())
def test_types_are_equal_by_their_bytes(one: Type, other: Type) -> None:
    """Equal types are those of equal bytes, and hash alike."""
    assert (one == other) == (one.encoded == other.encoded)
    assert hash(one) == hash(Type(one.encoded))


@pytest.mark.parametrize("primitive", types.PRIMITIVES.values(), ids=str)
def test_fixed_widths(primitive: Type) -> None:
    """Every primitive type but string has elements of a fixed width, and nothing else has."""
    width = fixed_width(primitive)
    assert (width is None) == (primitive == types.STRING)
    assert fixed_width(types.list_of(primitive)) is None
    if width is not None and str(primitive)[-1].isdigit():
        assert width * 8 == int(str(primitive)[1:])


def test_a_deep_type_has_a_text() -> None:
    """The text of a type nested very deep is found without recursion."""
    annotation = types.U8
    for _ in range(5000):
        annotation = types.option_of(annotation)
    assert str(annotation) == "option<" * 5000 + "u8" + ">" * 5000

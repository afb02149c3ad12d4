"""Looking into CGRF without decoding sees what decoding would."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from chainview.pack.cgrf import EncodeError, decode, encode
from chainview.pack.cgrf.alone import alone
from chainview.pack.cgrf.glance import (
    INTEGERS,
    arrays_of,
    first_text,
    holds_number,
    is_cgrf,
    node_count,
    node_end,
    nodes,
    number_bytes,
    only_node,
    only_node_at,
    texts,
    variant_tags,
)
from chainview.pack.cgrf.limits import HEADER_SIZE, VERSIONS
from chainview.pack.values import SCALAR_TYPES, UNIT, Array, Char, Integer, Record, String, Value, Variant, types
from chainview.pack.values.walk import walk
from tests.pack import strategies


@given(strategies.values())
def test_texts_are_those_of_the_decoded_value(value: Value) -> None:
    """Strings, characters, names of fields and cases, and byte lists are seen, each as often as it stands there."""
    plain: list[str] = []
    packed: list[bytes] = []
    for part in walk(value):
        if isinstance(part, String | Char):
            plain.append(part.value)
        elif isinstance(part, Record):
            plain += [name for name, _ in part.fields]
        elif isinstance(part, Variant):
            plain.append(part.case)
        elif isinstance(part, Array) and part.elem == types.U8:
            packed.append(part.data)
    seen = list(texts(encode(value, 3)))
    assert sorted(text.decode() for text, is_list in seen if not is_list) == sorted(plain)
    assert sorted(text for text, is_list in seen if is_list) == sorted(packed)


_WIDTHS = {kind: int(name[1:]) // 8 for kind, name in INTEGERS.items()}


@given(strategies.values(), st.sampled_from(sorted(INTEGERS)), st.integers(0, 3))
def test_numbers_are_those_of_the_decoded_value(value: Value, kind: int, number: int) -> None:
    """Those of nodes and of lists, but of bytes, are seen by their kind; no other is."""
    held = set()
    for part in walk(value):
        each = part if isinstance(part, Array) and part.elem != types.U8 else (part,)
        held |= {(SCALAR_TYPES[one.__class__].encoded[0], one.value) for one in each if isinstance(one, Integer)}
    data = encode(value, 3)
    for of_kind, found in held | {(kind, number)}:
        form = (found % (1 << 8 * _WIDTHS[of_kind])).to_bytes(_WIDTHS[of_kind], "little")
        assert holds_number(data, {of_kind: form}) == ((of_kind, found) in held)
        if (of_kind, found) in held:
            arrays = arrays_of([of_kind])
            assert number_bytes(form) in data or (arrays is not None and arrays.search(data))


@given(strategies.values(), st.binary(max_size=8))
def test_nodes_fill_the_value_wherever_it_stands(value: Value, before: bytes) -> None:
    """The nodes lie one behind the other, as many as the header counts, from the header to the end."""
    data = before + encode(value, 3)
    at = len(before) + HEADER_SIZE
    found = list(nodes(data, len(before)))
    assert is_cgrf(data[len(before) :])
    assert len(found) == node_count(data[len(before) :])
    for _, _, end in found:
        assert node_end(data, at) == end
        at = end
    assert at == len(data)


@given(strategies.values())
def test_what_is_a_single_node_can_stand_alone(value: Value) -> None:
    """A value of one node is that node behind a header; only such a value is."""
    data = encode(value, 3)
    alone = only_node(data)
    assert (alone is None) == (len(list(walk(value))) > 1)
    if alone is not None:
        assert decode(only_node_at(data, 16)) == value


@given(strategies.values())
def test_tags_of_variants_are_found_where_they_stand(value: Value) -> None:
    """Each variant's tag stands where it is said to."""
    data = encode(value, 3)
    tags = [found for node in nodes(data) for found in variant_tags(data, node)]
    told = [(name, case, int.from_bytes(data[at : at + 4], "little")) for name, case, at in tags]
    expected = [(part.type_name, part.case, part.tag) for part in walk(value) if isinstance(part, Variant)]
    assert sorted(told) == sorted(expected)


@given(st.binary(max_size=60))
def test_any_bytes_can_be_looked_into(data: bytes) -> None:
    """Bytes that are no value, or only a part of one, raise nothing."""
    for junk in (data, b"CGRF" + data):
        assert all(isinstance(text, bytes) for text, _ in texts(junk))
        assert all(end >= start for _, start, end in nodes(junk))
        first_text(junk, 10)


@given(
    strategies.values() | st.text().map(String) | st.just(UNIT), st.sampled_from(VERSIONS), st.sampled_from(VERSIONS)
)
def test_a_text_or_the_unit_alone_is_read_where_it_lies(value: Value, written: int, wanted: int) -> None:
    """Of the wanted version a text or the unit is read as it was written, and every other value is left alone."""
    try:
        data = encode(value, written)
    except EncodeError:
        return
    is_read = written == wanted and (isinstance(value, String) or value == UNIT)
    assert alone(data, wanted) == (value if is_read else None)


@given(st.text(max_size=5).map(String) | st.just(UNIT), st.integers(0, 40), st.integers(0, 255), st.binary(max_size=2))
def test_what_is_read_alone_is_what_would_be_written(value: Value, at: int, changed: int, more: bytes) -> None:
    """Whatever bytes are taken for a text or the unit alone, its encoding is those very bytes."""
    data = bytearray(encode(value))
    data[at % len(data)] = changed
    data += more
    found = alone(bytes(data), 2)
    assert found is None or (encode(found) == data and decode(data) == found)

"""Values that are read where they lie as the encoder writes them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from chainview.pack.cgrf import decode, encode, is_canonical
from chainview.pack.cgrf.laid import laid
from chainview.pack.cgrf.limits import HEADER_SIZE
from chainview.pack.values import U8, UNIT, Result, String, Tuple, Value, types
from tests.pack import strategies

_VERSIONS = st.sampled_from([2, 3])


@given(strategies.old_values(), _VERSIONS)
def test_what_the_encoder_writes_is_read_as_the_decoder_reads_it(value: Value, version: int) -> None:
    """Also what was read before; no other version has it."""
    data = encode(value, version)
    for _ in range(2):
        read = laid(data, version)
        assert read is not None
        assert read.value == decode(data)
    assert laid(data, 5 - version) is None


@given(strategies.values())
def test_maps_and_sets_are_read_under_the_version_that_has_them(value: Value) -> None:
    """The newest has values of every kind."""
    read = laid(encode(value, 3), 3)
    assert read is not None
    assert read.value == value


@given(strategies.old_values(), st.data())
def test_what_the_encoder_does_not_write_is_left_to_the_decoder(value: Value, data: st.DataObject) -> None:
    """Of bytes that were changed somewhere none are taken that the encoder would write otherwise."""
    whole = bytearray(encode(value))
    for _ in range(data.draw(st.integers(1, 3))):
        whole[data.draw(st.integers(4, len(whole) - 1))] = data.draw(st.sampled_from([0, 1, 2, 3, 6, 9, 255]))
    changed = bytes(whole)
    read = laid(changed, changed[4])
    assert read is None or (is_canonical(changed) and read.value == decode(changed))
    for cut in (changed[:-1], changed + b"\0", changed[:HEADER_SIZE]):
        again = laid(cut, cut[4])
        assert again is None or is_canonical(cut)


@given(strategies.old_values(), strategies.old_values(), st.integers(0, 5))
def test_the_parts_of_a_pair_are_copied_as_the_encoder_writes_them(one: Value, other: Value, before: int) -> None:
    """Wherever they stand: behind no nodes, or behind some others."""
    read = laid(encode(Result(types.U8, types.U8, True, Tuple((one, other)))), 2)
    assert read is not None
    pair = read.pair()
    assert read.nodes(pair[0] + 1) == encode(one)[HEADER_SIZE:]
    others = (U8(1),) * before
    whole = encode(Tuple((*others, one, other)))
    ahead = encode(Tuple(others))[HEADER_SIZE:]
    first = len(encode(U8(1))[HEADER_SIZE:]) * before
    nodes = read.nodes(pair[1] + 1, before)
    assert whole[HEADER_SIZE:].startswith(ahead[:first] + nodes)


def test_large_values_are_left_to_the_decoder() -> None:
    """By their bytes, and by their nodes, of which no more can be nested than the encoder writes."""
    assert laid(encode(String("x" * (1 << 16))), 2) is None
    assert laid(encode(Tuple((UNIT,) * 900)), 2) is None
    assert laid(b"", 2) is None

"""Values whose compounds stand in several places are written as all others, and each compound once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given

from chainview.pack.cgrf import EncodeError, copies, decode, encode, encoder
from chainview.pack.cgrf.limits import NEWEST, PARTS_OF_VERSION
from chainview.pack.values import UNIT, Option, String, Tuple, Value, types
from tests.pack.strategies import values

KNOWN = PARTS_OF_VERSION[NEWEST]


def doubled(value: Value, times: int) -> Value:
    """A tuple of two of the value, and so on: one of two of those."""
    for _ in range(times):
        value = Tuple((value, value))
    return value


def one_by_one(value: Value) -> bytes:
    """The nodes of a small value, written one by one."""
    nodes = encoder._nodes(value, KNOWN)
    assert nodes is not None
    return b"".join(nodes)


@given(values())
def test_shared_parts_are_written_as_others(value: Value) -> None:
    """A value has the same bytes whether its parts are written one by one or copied."""
    for whole in (value, Tuple((value, UNIT, Option(types.BOOL, value), doubled(value, 3), String("x"), value))):
        written = encoder._shared_nodes(whole, KNOWN)
        assert bytes(written.data) == one_by_one(whole)
        assert encode(whole, NEWEST)[8:12] == written.count.to_bytes(4, "little")


@pytest.mark.parametrize("size", [5, 6, 7, 64])
def test_no_index_is_torn(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A copy that is made in pieces has the indexes that it would have as a whole."""
    value = doubled(Tuple((String("abc"), UNIT)), 10)
    monkeypatch.setattr(copies, "_COPIED_AT_ONCE", size)
    assert bytes(encoder._shared_nodes(value, KNOWN).data) == one_by_one(value)


def test_each_part_is_written_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A value of sixteen shared compounds is written in a step for each of them, once that is noticed."""
    made = list[Value]()
    compound = encoder.compound_node

    def noted(value: Value, indexes: Sequence[int], known: Mapping[int, int]) -> bytes:
        made.append(value)
        return compound(value, indexes, known)

    monkeypatch.setattr(encoder, "_MANY_NODES", 1024)
    monkeypatch.setattr(encoder, "_PIECE_BYTES", 1024)
    monkeypatch.setattr(encoder, "compound_node", noted)
    value = doubled(String("abc"), 16)
    data = encode(value)
    assert len(made) < 1024
    assert decode(data) == value


def test_the_limits_hold_for_shared_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """What would be too large, or too deep, is refused before it is copied."""
    monkeypatch.setattr(encoder, "MAX_NODES", 1000)
    with pytest.raises(EncodeError, match="more than"):
        encoder._shared_nodes(doubled(String("abc"), 40), KNOWN)
    deep: Value = String("abc")
    for _ in range(600):
        deep = Tuple((deep,))
    deeper = deep
    for _ in range(398):
        deeper = Tuple((deeper,))
    monkeypatch.setattr(encoder, "MAX_NODES", 10_000)
    encoder._shared_nodes(Tuple((deep, deeper)), KNOWN)
    other = deep
    for _ in range(399):
        other = Tuple((UNIT, deep, other)) if other is deep else Tuple((other,))
    with pytest.raises(EncodeError, match="deeper"):
        encoder._shared_nodes(Tuple((deep, other)), KNOWN)

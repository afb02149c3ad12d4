"""The walk over a value's parts."""

from __future__ import annotations

from hypothesis import given

from chainview.pack.cgrf import encode
from chainview.pack.cgrf.glance import node_count
from chainview.pack.values import (
    HELD,
    S32,
    U8,
    UNIT,
    Compound,
    List,
    Option,
    Record,
    String,
    Tuple,
    Value,
    Variant,
    types,
)
from chainview.pack.values.walk import parts, rebuilt, walk
from tests.pack import strategies


def _same(value: Value) -> Value:
    return value


@given(strategies.values())
def test_a_walk_meets_every_node_once(value: Value) -> None:
    """A walk meets as many values as the encoded value has nodes: each of them once."""
    assert len(list(walk(value))) == node_count(encode(value, 3))


@given(strategies.values())
def test_a_walk_is_the_parts_of_parts(value: Value) -> None:
    """A walk is a value, then the walks over its parts in their order."""
    expected = [value]
    for _, part in parts(value):
        expected += walk(part)
    met = list(walk(value))
    assert len(met) == len(expected)
    assert all(one is other for one, other in zip(met, expected, strict=True))


@given(strategies.values())
def test_rebuilding_without_a_change_makes_nothing_new(value: Value) -> None:
    """A value in which nothing changes is the same object after it was rebuilt."""
    assert rebuilt(value, _same) is value


@given(strategies.values())
def test_a_compound_of_its_own_parts_is_equal(value: Value) -> None:
    """What a value holds and what it says itself are all that it is: put together again it is equal."""
    if isinstance(value, Compound):
        again = value.holding(value.held)
        assert again == value
        assert again.own == value.own
        assert len(list(value.labels())) == len(value.held)


@given(strategies.values())
def test_a_change_reaches_every_part(value: Value) -> None:
    """Every string is changed, wherever it stands, and nothing else is."""

    def louder(part: Value) -> Value:
        return String(part.value + "!") if isinstance(part, String) else part

    def quieter(part: Value) -> Value:
        return String(part.value[:-1]) if isinstance(part, String) else part

    changed = rebuilt(value, louder)
    assert all(part.value.endswith("!") for part in walk(changed) if isinstance(part, String))
    assert rebuilt(changed, quieter) == value


def test_labels_are_names_places_and_nothing() -> None:
    """A field is called by its name, an item and a member by its place, what some and the like hold by nothing."""
    one, two = S32(1), S32(2)
    assert [str(label) for label, _ in parts(Record("r", (("a", one), ("b", two))))] == ["a", "b"]
    assert [str(label) for label, _ in parts(List(types.S32, (one, two)))] == ["[0]", "[1]"]
    assert [str(label) for label, _ in parts(Tuple((one, two)))] == ["0", "1"]
    assert [str(label) for label, _ in parts(Variant("v", "c", 0, (one, two)))] == ["0", "1"]
    assert list(parts(Variant("v", "c", 0, (one,)))) == list(parts(Option(types.S32, one))) == [(HELD, one)]
    assert list(parts(one)) == []


def test_depth_and_sharing_cost_nothing_more() -> None:
    """A value of any depth is walked and rebuilt, and what it shares is changed once, however often it stands in it."""
    deep: Value = U8(0)
    for _ in range(5000):
        deep = Option(types.U8, deep)
    assert sum(1 for _ in walk(deep)) == 5001
    shared: Value = U8(0)
    for _ in range(200):
        shared = Tuple((shared, shared))
    changes = 0

    def counted(part: Value) -> Value:
        nonlocal changes
        changes += 1
        return UNIT if isinstance(part, U8) else part

    rebuilt(shared, counted)
    assert changes == 201
    assert sum(1 for _ in walk(rebuilt(deep, counted))) == 5001

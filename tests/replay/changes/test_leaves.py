"""Leaves: differences of values down to what changed, and texts down to the words that changed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainview.pack.literal import parse_literal
from chainview.pack.values import (
    S64,
    U16,
    U32,
    U64,
    UNIT,
    List,
    Map,
    Option,
    Record,
    Result,
    Set,
    String,
    Tuple,
    Value,
    Variant,
    bytes_value,
    list_value,
    some,
    types,
)
from chainview.replay.changes.cosmetic import cosmetic
from chainview.replay.changes.leaves import Leaf, LeavesAtHand, leaves
from chainview.replay.changes.shape import reshaped, reshaping, shape_place
from chainview.replay.changes.substitution import Substitution
from chainview.replay.changes.text_change import around_change, text_change

SCALARS = st.one_of(st.integers(0, 9).map(U32), st.integers(-9, 9).map(S64), st.text(max_size=5).map(String))
VALUES: st.SearchStrategy[Value] = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda items: Tuple(tuple(items)) if items else UNIT),
        st.lists(st.text("ab", max_size=3).map(String), max_size=4).map(lambda items: list_value(types.STRING, items)),
        inner.map(lambda item: Record("r", (("a", item), ("b", U32(1))))),
        inner.map(some),
        inner.map(lambda item: Variant("v", "one", 0, (item,))),
        inner.map(lambda item: Result(types.STRING, types.STRING, True, item)),
        st.binary(max_size=6).map(bytes_value),
    ),
    max_leaves=8,
)


@given(VALUES, VALUES)
def test_there_are_leaves_exactly_when_values_differ(one: Value, other: Value) -> None:
    """Equal values have no leaf; different ones have at least one, each with two different sides."""
    found = leaves("input", one, other)
    assert bool(found) == (one != other)
    assert all(leaf.recorded != leaf.now for leaf in found)
    assert all(leaf.path.startswith("input") for leaf in found)


@pytest.mark.parametrize(
    ("one", "other", "reordered"),
    [
        (list_value(types.U16, [U16(1), U16(2)]), list_value(types.U16, [U16(2), U16(1)]), True),
        (list_value(types.U16, [U16(1), U16(2)]), list_value(types.U16, [U16(2), U16(2)]), False),
        (list_value(types.U16, [U16(1), U16(2)]), list_value(types.U32, [U32(2), U32(1)]), False),
        (bytes_value(b"\x00\x01"), bytes_value(b"\x01\x00"), False),
    ],
)
def test_numbers_are_reordered_and_bytes_are_not(one: Value, other: Value, reordered: bool) -> None:
    """Another order of numbers of one type is said to be that; bytes in another order are other bytes."""
    [leaf] = leaves("input", one, other)
    assert leaf.is_reordered is reordered


def test_maps_and_sets_of_other_types_are_other_shapes() -> None:
    """The types of keys, values and members are named, and one that says the same is the same."""
    one = Leaf("input", Map(types.STRING, types.U32, ()), Map(types.STRING, types.U64, ()))
    assert reshaping(one) == "map<string, u32>→map<string, u64>"
    assert reshaping(Leaf("input", Set(types.U8, ()), Set(types.U16, ()))) == "set<u8>→set<u16>"
    for value in (Map(types.STRING, types.U32, ()), Set(types.U8, ())):
        assert not reshaping(Leaf("input", value, value))


@pytest.mark.parametrize(("path", "shaped"), [("input.a", True), ("input[0]", False), ("input[0].a", True)])
def test_an_item_more_is_data_and_a_field_more_a_type(path: str, shaped: bool) -> None:
    """What only one side has is another type where it is a field; what both have is one wherever it stands."""
    for leaf in (Leaf(path, U32(7), None), Leaf(path, None, U32(7))):
        assert bool(reshaped([leaf])) is shaped
    assert reshaped([Leaf(path, U32(7), U64(7))])


@pytest.mark.parametrize(
    ("one", "other", "literals"),
    [
        (U32(1), None, ("1u32", None)),
        (None, U32(1), (None, "1u32")),
        (Tuple((String("x" * 99),)), None, (f'("{"x" * 57}…', None)),
        (None, Tuple((String("x" * 99),)), (None, f'("{"x" * 57}…')),
        (U32(1), U32(2), ("1u32", "2u32")),
    ],
)
def test_what_one_side_lacks_has_no_literal(
    one: Value | None, other: Value | None, literals: tuple[str | None, str | None]
) -> None:
    """Where a side has nothing, the other one is told by its beginning."""
    assert Leaf("input", one, other).literals == literals


def paths(one: Value, other: Value) -> list[tuple[str, str | None, str | None]]:
    """The leaves of two values as path and literals."""
    return [(leaf.path, *leaf.literals) for leaf in leaves("input", one, other)]


def test_leaves_lie_inside_records_variants_lists_options_and_results() -> None:
    """The path names fields and list positions; variants, options and results add nothing to it."""

    def made(price: int, note: str) -> Value:
        line = Record("line", (("price", U32(price)), ("note", Option(types.STRING, String(note)))))
        lines = List(types.record_named("line"), (line,))
        order = Variant("order", "placed", 0, (Record("placed", (("lines", lines),)),))
        return Result(types.STRING, types.STRING, True, order)

    assert paths(made(1, "a"), made(2, "b")) == [
        ("input.lines[0].price", "1u32", "2u32"),
        ("input.lines[0].note", '"a"', '"b"'),
    ]


def test_an_added_item_has_nothing_on_the_recorded_side() -> None:
    """A list that grew in its middle differs in the new item alone."""
    one, other = (list_value(types.STRING, map(String, text)) for text in ("ab", "axb"))
    assert paths(one, other) == [("input[1]", None, '"x"')]


def test_bytes_that_are_text_are_compared_as_text() -> None:
    """A list<u8> that holds text is shown as text."""
    assert paths(bytes_value(b"tick 7"), bytes_value(b"tock 7")) == [("input", '"tick 7"', '"tock 7"')]


def test_a_text_that_becomes_its_own_bytes_is_still_a_difference() -> None:
    """Showing bytes as text never hides that the type changed."""
    assert len(leaves("input", String("abc"), bytes_value(b"abc"))) == 1


@given(st.text("ab ", max_size=40), st.text("xy ", max_size=8), st.text("xy ", max_size=8), st.text("ab ", max_size=40))
def test_a_text_change_says_what_both_texts_are(head: str, one: str, other: str, tail: str) -> None:
    """What stands before, the change and what stands behind make up both texts again."""
    recorded, now = head + one + tail, head + other + tail
    change = text_change(recorded, now)
    assert change.before + change.recorded + change.behind == recorded
    assert change.before + change.now + change.behind == now


@given(st.text(min_size=0, max_size=300), st.text(min_size=0, max_size=300), st.integers(10, 80))
def test_a_shortened_text_is_short(one: str, other: str, longest: int) -> None:
    """Whatever the length of two texts, both are shown in about as many characters as asked for."""
    for text in around_change(one, other, longest):
        assert len(text) <= longest + 2


def test_a_long_text_is_reduced_to_what_changed() -> None:
    """The equal rest is left out on both sides at the same places."""
    one, other = (f"{'a' * 100} {word} {'b' * 100}" for word in ("tick", "tock"))
    recorded, now = around_change(one, other, 60)
    assert "tick" in recorded
    assert "tock" in now
    assert recorded.replace("tick", "tock") == now


def leaf(one: str, other: str) -> Leaf:
    """A text that changed."""
    return Leaf("input", String(one), String(other))


COSMETIC = [
    ("a = 1", "a  =  1", "white space"),
    ('{"a":1,"b":[2]}', '{"b":[2],"a":1}', "key order"),
    ("id 0xDEAD01", "id 0xdead01", "letter case in hex"),
    ("9.00 and 4.50", "9 and 4.5", "number format"),
    ("caf\u00e9", "cafe\u0301", "Unicode form"),
]


def test_cosmetic_changes_are_known_by_name() -> None:
    """White space, key order, case of hex digits, number format and Unicode form each have their name."""
    for one, other, name in COSMETIC:
        assert cosmetic([leaf(one, other)]) == name


def test_changes_of_meaning_are_not_cosmetic() -> None:
    """Another number, another word, another case of a word and a version are changes."""
    for one, other in (("4.50", "4.51"), ("tea", "tee"), ("AT", "at"), ("v1.10", "v1.1"), ("1 2", "12")):
        assert cosmetic([leaf(one, other)]) is None
    assert cosmetic([]) is None


def test_a_known_substitution_explains_the_same_change_elsewhere() -> None:
    """A value that changed once explains itself inside a text, and a number every number with the same offset."""
    known = Substitution()
    known.learn([Leaf("input.id", U32(7), U32(9)), leaf("Ada", "Bob")])
    assert known.explains([leaf("order 7 of Ada", "order 9 of Bob")])
    assert known.explains([Leaf("response", U32(100), U32(102))])
    assert not known.explains([leaf("order 7 of Ada", "order 9 of Eve")])
    assert not known.explains([Leaf("response", U32(100), U32(103))])
    assert not known.explains([])


def test_another_order_of_a_map_or_a_set_alone_is_cosmetic() -> None:
    """Only the order of keys, or of members, differs: that carries no value, and has a name of its own."""
    for one, other, name in (
        ('map<string, u8>["a" => 1u8, "b" => 2u8]', 'map<string, u8>["b" => 2u8, "a" => 1u8]', "key order"),
        ("set<u8>[1u8, 2u8]", "set<u8>[2u8, 1u8]", "member order"),
    ):
        found = leaves("input", parse_literal(one), parse_literal(other))
        assert [leaf.path for leaf in found] == ["input"]
        assert found[0].is_reordered
        assert cosmetic(found) == name


def test_entries_of_a_map_share_one_path() -> None:
    """One edit has one path whatever key it shows under, and an entry more is data, not another type."""
    found = leaves(
        "state",
        parse_literal('s{m: map<string, u8>["a[0]" => 1u8, "b\\"]" => 2u8]}'),
        parse_literal('s{m: map<string, u8>["b\\"]" => 3u8, "a[0]" => 4u8, "c" => 5u8]}'),
    )
    assert [leaf.path for leaf in found] == ['state.m["a[0]"]', 'state.m["b\\"]"]', 'state.m["c"]']
    assert {leaf.shape for leaf in found} == {"state.m[*]"}
    assert not reshaped(found)


def test_lists_inside_of_maps_are_found_by_their_key() -> None:
    """A list that only stands in another order is one leaf, also where its map's entries moved."""
    found = leaves(
        "state",
        parse_literal('map<string, list<string>>["a" => ["x", "y"], "b" => ["z"]]'),
        parse_literal('map<string, list<string>>["b" => ["z"], "a" => ["y", "x"]]'),
    )
    assert [leaf.path for leaf in found] == ['state["a"]']
    assert found[0].is_reordered


def test_only_lists_of_the_same_items_are_reordered() -> None:
    """A list beside anything else is no other order of it; fields in another order are cosmetic in one type alone."""
    one, other = parse_literal('["a", "b"]'), parse_literal('["b", "a"]')
    assert Leaf("state", one, other).is_reordered
    assert not any(Leaf("state", one, each).is_reordered for each in (String("ab"), None, parse_literal("[1u8, 2u8]")))
    assert not Leaf("state", String("ab"), one).is_reordered
    fields, swapped = (("x", String("1")), ("y", String("2"))), (("y", String("2")), ("x", String("1")))
    assert cosmetic([Leaf("state", Record("a", fields), Record("a", swapped))]) == "key order"
    assert cosmetic([Leaf("state", Record("a", fields), Record("b", swapped))]) is None


def test_where_a_change_of_type_shows() -> None:
    """A field changes its type wherever it stands, a record as a whole, and what has no field at its own place."""
    record, other = Record("a", (("x", U32(1)),)), Record("b", (("y", U32(1)),))
    assert shape_place("f", Leaf("state", record, other)) == ()
    assert shape_place("f", Leaf("state.total", U32(1), record)) == ("total",)
    assert shape_place("f", Leaf("state.items[3].total", U32(1), U64(1))) == ("total",)
    assert shape_place("f", Leaf("state", U32(1), U64(1))) == shape_place("g", Leaf("state", U32(1), U64(1)))
    assert shape_place("f", Leaf("response", U32(1), record)) != shape_place("g", Leaf("response", U32(1), record))


@pytest.mark.parametrize(
    ("one", "other", "paths", "told"),
    [
        ('["a", "b", "c"]', '["c", "a", "b"]', ["l"], "l has the same items in another order: [2] moved to [0]"),
        ('["a", "b", "c"]', '["b", "a"]', ["l", "l[2]"], "l has items in another order: [0] moved to [1]"),
        ('["a", "b"]', '["b", "d", "a"]', ["l", "l[1]"], "l has items in another order: [0] moved to [2]"),
        ('["a", "b", "c"]', '["a", "c"]', ["l[1]"], ""),
        ('["a", "b"]', '["a", "c"]', ["l[1]"], ""),
        (
            '[r{n: "a", v: 1u32}, r{n: "b", v: 2u32}]',
            '[r{n: "b", v: 0u32}, r{n: "a", v: 1u32}]',
            ["l", "l[0].v"],
            "l has items in another order: [0] moved to [1]",
        ),
        ('[r{n: "a", v: 1u32}]', '[r{n: "a", v: 2u32}]', ["l[0].v"], ""),
        (
            '["a", "b", "c", "d", "e", "f"]',
            '["f", "e", "d", "c", "b", "a"]',
            ["l"],
            "l has the same items in another order: 5 items moved, the first from [0] to [5]",
        ),
    ],
)
def test_what_moved_in_a_list_is_told(one: str, other: str, paths: list[str], told: str) -> None:
    """An item that moved, also where others are gone, new or changed, is told as moved, before what else differs."""
    found = leaves("l", parse_literal(one), parse_literal(other))
    assert [leaf.path for leaf in found] == paths
    assert found[0].order_told == told


@given(st.lists(st.tuples(VALUES, VALUES), min_size=1, max_size=3), st.lists(st.integers(0, 9), max_size=20))
def test_leaves_at_hand_are_those_that_would_be_found(pairs: list[tuple[Value, Value]], asked: list[int]) -> None:
    """Whatever was asked for before, what differs in two values is the same, below any path."""
    at_hand = LeavesAtHand()
    for number in asked:
        one, other = pairs[number % len(pairs)]
        under = ("state", "response", "")[number % 3]
        assert at_hand.leaves(under, one, other) == leaves(under, one, other)
    assert at_hand.leaves("state", None, pairs[0][0]) == leaves("state", None, pairs[0][0])

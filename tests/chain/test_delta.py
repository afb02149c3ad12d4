"""What differs between two values."""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainview.chain.delta import Change, Known, changes, same_but_order
from chainview.pack.values import (
    U8,
    U16,
    U32,
    U64,
    UNIT,
    Array,
    Bool,
    List,
    Map,
    Record,
    Result,
    Set,
    String,
    Tuple,
    Value,
    Variant,
    bytes_value,
    list_value,
    none,
    some,
    types,
)

_LEAVES = st.one_of(
    st.integers(0, 3).map(U32),
    st.booleans().map(Bool),
    st.text(max_size=3).map(String),
    st.binary(max_size=80).map(bytes_value),
)


def _compound(inner: st.SearchStrategy[Value]) -> st.SearchStrategy[Value]:
    items = st.lists(inner, max_size=4).map(tuple)
    names = st.lists(st.sampled_from("abc"), max_size=3)
    return st.one_of(
        items.map(Tuple),
        items.map(lambda held: List(types.STRING, held)),
        items.map(lambda held: Set(types.STRING, held)),
        st.lists(st.tuples(inner, inner), max_size=3).map(lambda held: Map(types.STRING, types.STRING, tuple(held))),
        inner.map(lambda held: some(held) if isinstance(held, String | U32) else none(types.U32)),
        st.tuples(st.booleans(), inner).map(lambda pair: Result(types.U32, types.STRING, *pair)),
        st.tuples(st.sampled_from(("x", "y")), items).map(lambda pair: Variant("v", pair[0], 0, pair[1])),
        st.tuples(names, items).map(lambda pair: Record("r", tuple(zip(pair[0], pair[1], strict=False)))),
    )


_VALUES = st.recursive(_LEAVES, _compound, max_leaves=12)


def _state(count: int, *statuses: str) -> Record:
    orders = [Record("order", (("id", U32(at)), ("status", String(text)))) for at, text in enumerate(statuses)]
    fields = (("count", U64(count)), ("orders", List(types.record_named("order"), tuple(orders))))
    return Record("state", fields)


def _numbers(*numbers: int) -> List:
    return List(types.STRING, tuple([U32(number) for number in numbers]))


@given(_VALUES, _VALUES)
@settings(max_examples=200)
def test_nothing_changed_means_equal(before: Value, after: Value) -> None:
    """There are changes exactly when the values differ, and none says that a leaf became itself."""
    found = changes(before, after)
    assert (not found) == (before == after)
    assert all(change.before != change.after for change in found)


@given(_VALUES)
@settings(max_examples=50)
def test_equal_values_have_no_changes(value: Value) -> None:
    """A value does not differ from itself."""
    assert changes(value, value) == []


@given(st.lists(st.integers(0, 5), max_size=12), st.integers(0, 12), st.integers(6, 9))
def test_an_insertion_is_one_change(numbers: list[int], place: int, added: int) -> None:
    """An item put anywhere into a list is one added item, and taking it out one removed item."""
    at = min(place, len(numbers))
    longer = [*numbers[:at], added, *numbers[at:]]
    assert changes(_numbers(*numbers), _numbers(*longer)) == [Change(f"[{at}]", None, U32(added))]
    assert changes(_numbers(*longer), _numbers(*numbers)) == [Change(f"[{at}]", U32(added), None)]


@given(st.permutations(range(6)))
def test_a_list_in_another_order_keeps_all_that_can_stay(order: list[int]) -> None:
    """Of items in another order as many stay as keep their order, and the others are told at their places."""
    before = list(range(6))
    found = changes(_numbers(*before), _numbers(*order))
    after, removed, added = list(order), set(), set()
    for change in found:
        place = int(change.path.strip("[]"))
        assert change.after == (None if change.after is None else U32(order[place]))
        if change.after is None:
            assert change.before == U32(before[place])
        removed |= {change.before} if change.before is not None else set()
        added |= {change.after} if change.after is not None else set()
    assert removed == added
    assert 6 - len(added) == max(_rising(after))


def _rising(numbers: list[int]) -> list[int]:
    """The length of the longest rising run that ends with each of the numbers."""
    found: list[int] = []
    for at, number in enumerate(numbers):
        found.append(1 + max([found[before] for before in range(at) if numbers[before] < number], default=0))
    return found


def test_paths_lead_to_the_leaf() -> None:
    """A change names its leaf by fields and list places, as the value after the change has them."""
    found = changes(_state(41, "new", "paid", "new"), _state(42, "new", "paid", "shipped"))
    assert found == [
        Change("count", U64(41), U64(42)),
        Change("orders[2].status", String("new"), String("shipped")),
    ]


def test_a_queue_that_moves_on_changes_at_both_ends() -> None:
    """Items that stay are aligned, so a shift is one removal and one addition."""
    found = changes(_numbers(1, 2, 3, 4), _numbers(2, 3, 4, 5))
    assert found == [Change("[0]", U32(1), None), Change("[3]", None, U32(5))]


def test_options_and_variants_change_as_a_whole_when_their_case_does() -> None:
    """Another case is one change of the whole value; inside one case the payload's leaves are told."""
    assert changes(none(types.U32), some(U32(1))) == [Change("", none(types.U32), some(U32(1)))]
    assert changes(some(U32(1)), some(U32(2))) == [Change("", U32(1), U32(2))]
    one, other = Variant("v", "x", 0, (U32(1),)), Variant("v", "y", 1, (U32(1),))
    assert changes(one, other) == [Change("", one, other)]
    pair = changes(Tuple((U32(1), U32(2))), Tuple((U32(1), U32(3))))
    assert pair == [Change("1", U32(2), U32(3))]


_OF_ONE_PART = (
    U32(1),
    Tuple((U32(1),)),
    List(types.U32, (U32(1),)),
    some(U32(1)),
    Result(types.U32, types.U32, True, U32(1)),
    Result(types.U32, types.U32, False, U32(1)),
    Record("U32", (("0", U32(1)),)),
    Variant("U32", "0", 0, (U32(1),)),
    Array(types.U32, (1).to_bytes(4, "little")),
)


@pytest.mark.parametrize(("before", "after"), list(permutations(_OF_ONE_PART, 2)), ids=repr)
def test_a_value_that_becomes_one_of_another_kind_changes_as_a_whole(before: Value, after: Value) -> None:
    """A value of another kind is one change, wherever it stands, though what it holds is the same."""
    assert changes(before, after) == [Change("", before, after)]
    held, held_now = Record("r", (("f", before),)), Record("r", (("f", after),))
    assert changes(held, held_now) == [Change("f", before, after)]


def test_fields_come_and_go() -> None:
    """A field that only one side has is added or removed, the others are compared by name."""
    before = Record("s", (("a", U32(1)), ("b", U32(2))))
    after = Record("s", (("b", U32(3)), ("c", U32(4))))
    assert changes(before, after) == [
        Change("a", U32(1), None),
        Change("b", U32(2), U32(3)),
        Change("c", None, U32(4)),
    ]


def test_long_byte_lists_change_in_the_stretch_that_differs() -> None:
    """Of a long byte list the bytes that differ are told; a short one changes as a whole."""
    before, after = bytes(500), bytes(200) + b"here" + bytes(296)
    found = changes(bytes_value(before), bytes_value(after))
    assert found == [Change("[200..204]", bytes_value(bytes(4)), bytes_value(b"here"))]
    assert changes(bytes_value(b"ab"), bytes_value(b"ac")) == [Change("", bytes_value(b"ab"), bytes_value(b"ac"))]


def test_packed_numbers_are_aligned_like_any_list() -> None:
    """A list of fixed-width numbers tells the items that came and went."""
    before = Array(types.U64, b"".join([value.to_bytes(8, "little") for value in (1, 2, 3)]))
    after = Array(types.U64, b"".join([value.to_bytes(8, "little") for value in (1, 9, 2, 3)]))
    assert changes(before, after) == [Change("[1]", None, U64(9))]


def test_shared_parts_do_not_blow_up() -> None:
    """A value that shares its parts 40 levels deep stands for 2**40 leaves and is still compared at once."""
    one: Value = U8(1)
    other: Value = U8(2)
    for _ in range(40):
        one, other = Tuple((one, one)), Tuple((other, other))
    assert len(changes(one, other, limit=10)) == 10


def test_depth_needs_no_recursion() -> None:
    """A value 900 levels deep is followed to its leaf."""
    one: Value = U8(1)
    other: Value = U8(2)
    for _ in range(900):
        one, other = Record("r", (("f", one),)), Record("r", (("f", other),))
    assert changes(one, other) == [Change(".".join(["f"] * 900), U8(1), U8(2))]


def test_the_limit_holds() -> None:
    """No more changes are looked for than asked."""
    assert len(changes(_numbers(*range(500)), _numbers(*range(1000, 1500)), limit=7)) == 7


def _stock(**counts: int) -> Map:
    return Map(types.STRING, types.U32, tuple([(String(key), U32(count)) for key, count in counts.items()]))


def test_maps_change_by_key() -> None:
    """An entry that changed, went or came is told under its key, wherever it stands."""
    assert changes(_stock(tea=1, milk=2, oat=3), _stock(oat=3, tea=4, soy=5)) == [
        Change('["tea"]', U32(1), U32(4)),
        Change('["milk"]', U32(2), None),
        Change('["soy"]', None, U32(5)),
    ]
    inside = Record("shop", (("stock", _stock(tea=1)),)), Record("shop", (("stock", _stock(tea=2)),))
    assert changes(*inside) == [Change('stock["tea"]', U32(1), U32(2))]


def test_a_key_that_holds_values_goes_by_its_place() -> None:
    """What is too much for a name is told by place: the entry as a whole, or what its value became."""
    one, other = Tuple((U8(1),)), Tuple((U8(2),))
    before, after, apart = [
        Map(types.U8, types.U8, ((key, value),)) for key, value in ((one, U8(1)), (one, U8(9)), (other, U8(1)))
    ]
    assert changes(before, after) == [Change("[0].value", U8(1), U8(9))]
    assert changes(before, apart) == [
        Change("[0]", Tuple((one, U8(1))), None),
        Change("[0]", None, Tuple((other, U8(1)))),
    ]


def test_a_key_that_comes_twice_is_compared_in_turn() -> None:
    """The values of equal keys are paired in their order, and one that is left over was added."""
    twice = Map(types.U8, types.U8, ((U8(1), U8(5)), (U8(1), U8(6))))
    once = Map(types.U8, types.U8, ((U8(1), U8(5)),))
    assert changes(once, twice) == [Change("[1u8]", None, U8(6))]


def test_sets_change_by_member() -> None:
    """Only members that came or went are told, whatever the order."""
    before, after = Set(types.U8, (U8(1), U8(2), U8(3))), Set(types.U8, (U8(3), U8(1), U8(4)))
    assert changes(before, after) == [Change("[1]", U8(2), None), Change("[2]", None, U8(4))]


def test_order_alone_is_one_change_that_says_so() -> None:
    """A map or a set with the same in another order changes as a whole; a list does not go for one."""
    pairs = [
        (_stock(tea=1, milk=2), _stock(milk=2, tea=1)),
        (Set(types.U8, (U8(1), U8(2))), Set(types.U8, (U8(2), U8(1)))),
    ]
    for before, after in pairs:
        (change,) = changes(before, after)
        assert change == Change("", before, after)
        assert change.is_order_alone
    assert not any(change.is_order_alone for change in changes(_numbers(1, 2), _numbers(2, 1)))


ONE_TYPE = Map(types.U8, types.U8, ((U8(1), U8(2)), (U8(3), U8(4))))
MEMBERS = Set(types.U8, (U8(1), U8(2)))


@pytest.mark.parametrize("other", [U8(1), UNIT, None, MEMBERS, list_value(types.U16, [U16(1)]), none(types.U8)])
@pytest.mark.parametrize("one", [ONE_TYPE, MEMBERS])
def test_a_map_or_set_that_becomes_something_else_changes_as_a_whole(one: Value, other: Value | None) -> None:
    """What is a map or a set on one side alone is neither in another order nor compared by what it holds."""
    assert not same_but_order(one, other)
    assert not same_but_order(other, one)
    if other is not None and other != one:
        assert changes(one, other) == [Change("", one, other)]
        assert changes(other, one) == [Change("", other, one)]


def _nested(names: st.SearchStrategy[str]) -> st.SearchStrategy[Value]:
    """Records in records, in lists and alone, under any names."""

    def above(inner: st.SearchStrategy[Value]) -> st.SearchStrategy[Value]:
        fields = st.lists(st.tuples(names, inner), max_size=3).map(tuple)
        return st.one_of(
            st.builds(Record, st.sampled_from("rs"), fields),
            st.lists(inner, max_size=3).map(lambda items: list_value(types.record_named("r"), items)),
            inner.map(lambda value: Variant("v", "x", 0, (value,))),
            inner.map(lambda value: Tuple((value, UNIT))),
        )

    return st.recursive(_LEAVES, above, max_leaves=12)


@given(st.lists(_nested(st.sampled_from(["a", "b", "", "[x", ".y", "c.d"])), min_size=2, max_size=4), st.integers(1, 6))
def test_records_that_are_known_are_told_the_same(given_: list[Value], limit: int) -> None:
    """What is kept of pairs of records changes nothing of what is told, however often and wherever they stand."""
    known: Known = {}
    for _ in range(2):
        for one, other in permutations(given_, 2):
            for before, after in ((one, other), (Tuple((one, other)), Tuple((other, one)))):
                assert changes(before, after, limit, known) == changes(before, after, limit)
                assert changes(before, after, known=known) == changes(before, after)


def test_a_known_pair_is_not_compared_again() -> None:
    """A record of a list that was compared with another one is told without looking into either."""
    old, new = (Record("m", (("id", U8(1)), ("n", number))) for number in (U8(1), U8(2)))
    known: Known = {}
    for _ in range(3):
        told = changes(Tuple((UNIT, old)), Tuple((UNIT, new)), known=known)
        assert [each.path for each in told] == ["1.n"]
        assert len(known) == 1


def test_deep_records_are_compared_to_their_end() -> None:
    """Records in records are compared however deep they are nested, also where pairs of them are kept."""
    one, other = U8(1), U8(2)
    nested: list[Value] = [one, other]
    for _ in range(900):
        nested = [Record("r", (("it", each),)) for each in nested]
    assert len(changes(nested[0], nested[1], known={})) == 1

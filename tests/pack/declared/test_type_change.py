"""How a type changed, in words, and what two values of two types have in common."""

from __future__ import annotations

import pytest
from hypothesis import given

from chainview.pack.declared.metadata import TypeDesc
from chainview.pack.declared.shown_type import shown_type
from chainview.pack.declared.type_change import TypeChange
from chainview.pack.values import (
    S32,
    U8,
    U32,
    U64,
    List,
    Option,
    Record,
    String,
    Tuple,
    Value,
    Variant,
    list_value,
    types,
)
from tests.pack.strategies import values

U32_, U64_, TEXT = TypeDesc("u32"), TypeDesc("u64"), TypeDesc("string")


def record(name: str, **fields: TypeDesc) -> TypeDesc:
    """A declared record."""
    return TypeDesc("record", name, fields=tuple(fields.items()))


def variant(*cases: str) -> TypeDesc:
    """A declared variant whose cases hold nothing."""
    return TypeDesc("variant", "Mode", cases=tuple([(case, None) for case in cases]))


def list_of(desc: TypeDesc) -> TypeDesc:
    """A declared list."""
    return TypeDesc("list", args=(desc,))


@pytest.mark.parametrize(
    ("then", "now", "words"),
    [
        (record("R", a=U32_), record("R", a=U32_, b=TEXT), ["R has a new field b: string"]),
        (record("R", a=U32_, b=TEXT), record("R", a=U32_), ["R has no field b any more"]),
        (record("R", a=U32_, b=TEXT), record("R", a=U32_, c=TEXT), ["R.b is called c"]),
        (record("R", a=U32_), record("R", a=U64_), ["R.a is u64, was u32"]),
        (record("R", a=U32_, b=TEXT), record("R", b=TEXT, a=U32_), ["the fields of R stand in another order"]),
        (record("R", a=U32_), record("S", a=U32_), ["record R is called S"]),
        (record("R", a=list_of(U32_)), record("R", a=list_of(TEXT)), ["R.a is list<string>, was list<u32>"]),
        (
            record("R", a=list_of(record("I", x=U32_))),
            record("R", a=list_of(record("I", x=U64_)), n=U32_),
            ["R has a new field n: u32", "I.x is u64, was u32"],
        ),
        (variant("On", "Off"), variant("Idle", "On", "Off"), ["Mode has a new case Idle, put before On"]),
        (variant("On", "Off"), variant("On", "Out"), ["Mode.Off is called Out"]),
        (variant("On", "Off"), variant("Off", "On"), ["the cases of Mode stand in another order"]),
        (U32_, record("R", a=U32_), ["the state is R, was u32"]),
        (record("R", a=U32_), TypeDesc("value"), []),
        (record("R", a=U32_), record("R", a=U32_), []),
    ],
)
def test_a_change_is_told_by_what_a_person_did(then: TypeDesc, now: TypeDesc, words: list[str]) -> None:
    """Each edit of a declaration has its words, and types that are the same, or not told, have none."""
    change = TypeChange(then, now)
    assert (list(change.words), bool(change)) == (words, bool(words))


@pytest.mark.parametrize(
    ("then", "now", "one", "other", "alike"),
    [
        (
            record("R", a=U32_),
            record("R", a=U32_, b=TEXT),
            Record("R", (("a", U32(1)),)),
            Record("R", (("a", U32(1)), ("b", String("x")))),
            True,
        ),
        (
            record("R", a=U32_),
            record("R", a=U32_, b=TEXT),
            Record("R", (("a", U32(1)),)),
            Record("R", (("a", U32(2)), ("b", String("x")))),
            False,
        ),
        (record("R", a=U32_), record("S", b=U32_), Record("R", (("a", U32(1)),)), Record("S", (("b", U32(1)),)), True),
        (list_of(U64_), list_of(U32_), list_value(types.U64, [U64(7)]), list_value(types.U32, [U32(7)]), True),
        (list_of(U64_), list_of(U32_), list_value(types.U64, [U64(7)]), list_value(types.U32, [U32(8)]), False),
        (list_of(U64_), list_of(U32_), list_value(types.U64, [U64(7)]), list_value(types.U32, []), False),
        (TypeDesc("s32"), TypeDesc("u8"), S32(-1), U8(255), True),
        (
            variant("On", "Off"),
            variant("Idle", "On", "Off"),
            Variant("Mode", "On", 0, ()),
            Variant("Mode", "On", 1, ()),
            True,
        ),
        (
            variant("On", "Off"),
            variant("Idle", "On", "Off"),
            Variant("Mode", "On", 0, ()),
            Variant("Mode", "Off", 2, ()),
            False,
        ),
    ],
)
def test_what_two_types_share_is_equal_where_only_the_type_differs(
    then: TypeDesc, now: TypeDesc, one: Value, other: Value, alike: bool
) -> None:
    """Values of two types are alike as far as both can say them, and another value stays another one."""
    change = TypeChange(then, now)
    assert (change.shared(one) == change.shared_now(other)) is alike


def test_no_number_of_a_list_is_taken_for_another() -> None:
    """The items of long lists of numbers are made when they are looked at, each anew."""
    then, now = record("R", a=list_of(U32_), b=list_of(U32_)), record("R", a=list_of(U64_), b=list_of(U64_))
    lists = [list_value(types.U32, [U32(at + shift) for at in range(2000)]) for shift in (0, 5000)]
    shared = TypeChange(then, now).shared(Record("R", (("a", lists[0]), ("b", lists[1]))))
    assert isinstance(shared, Record)
    numbers = [part.items for _, part in shared.fields if isinstance(part, List)]
    assert numbers == [tuple(map(U64, range(2000))), tuple(map(U64, range(5000, 7000)))]


def test_a_case_that_became_another_is_seen_beside_a_change_of_the_type() -> None:
    """Where only values tell of types, a variant of another case differs, whatever else has another type."""
    one = Record("R", (("mode", Variant("Mode", "On", 0, ())), ("n", U32(1))))
    other = Record("R", (("mode", Variant("Mode", "Off", 1, ())), ("n", U64(1))))
    change = TypeChange(shown_type(one), shown_type(other))
    assert change.words == ("R.n is u64, was u32",)
    assert change.shared(one) != change.shared_now(other)


def test_a_type_that_holds_itself_is_seen_by_its_name() -> None:
    """Inside a type that is declared as `value` in its own place, a record is what the module declares of that name."""
    then = record("Node", label=TEXT, below=list_of(TypeDesc("value")))
    now = record("Node", label=TEXT, below=list_of(TypeDesc("value")), size=U32_)

    def node(label: str, *below: Value, new: bool) -> Value:
        fields: list[tuple[str, Value]] = [("label", String(label)), ("below", List(types.record_named("Node"), below))]
        return Record("Node", (*fields, ("size", U32(1))) if new else tuple(fields))

    change = TypeChange(then, now, {"Node": then}, {"Node": now})
    one, other = (node("a", node("b", new=new), new=new) for new in (False, True))
    assert change.shared(one) == change.shared_now(other)


@given(values())
def test_a_value_of_one_type_changed_in_nothing(value: Value) -> None:
    """Whatever the value, its type is the same as itself, and what is shared of it is all of it."""
    change = TypeChange(shown_type(value), shown_type(value))
    assert (change.words, change.shared(value)) == ((), value)


def test_what_a_value_does_not_show_did_not_change() -> None:
    """An empty list, no value at all, and the cases that a variant does not have are no other type."""
    full = Record("R", (("a", list_value(types.U32, [U32(1)])), ("b", Option(types.U32, U32(1)))))
    empty = Record("R", (("a", list_value(types.STRING, [])), ("b", Option(types.STRING, None))))
    on, off = Variant("Mode", "On", 0, ()), Variant("Mode", "Off", 1, ())
    mixed = list_value(types.STRING, [String("a"), Tuple((U32(1),))])
    texts = list_value(types.STRING, [String("a")])
    for one, other in ((full, empty), (on, off), (mixed, texts)):
        assert not TypeChange(shown_type(one), shown_type(other))


@pytest.mark.parametrize(
    ("one", "other", "words"),
    [
        (Variant("Mode", "On", 0, ()), Variant("Mode", "On", 1, ()), ["Mode.On is case 2, was 1"]),
        (Variant("Mode", "On", 1, ()), Variant("Mode", "Out", 1, ()), ["Mode.On is called Out"]),
        (U32(1), U64(1), ["the state is u64, was u32"]),
    ],
)
def test_values_tell_of_their_types(one: Value, other: Value, words: list[str]) -> None:
    """Where nothing is declared, what two values are made of tells how their types differ."""
    assert list(TypeChange(shown_type(one), shown_type(other)).words) == words

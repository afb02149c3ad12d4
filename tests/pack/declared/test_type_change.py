"""How a type changed, in words, and what two values of two types have in common."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainview.pack.declared.metadata import TypeDesc
from chainview.pack.declared.shown_type import shown_type
from chainview.pack.declared.type_change import TypeChange
from chainview.pack.values import (
    F32,
    F64,
    S32,
    U8,
    U32,
    U64,
    Array,
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
        (
            TypeDesc("variant", "Mode", cases=(("On", None), ("Off", TEXT))),
            TypeDesc("variant", "Mode", cases=(("On", TEXT), ("Off", None))),
            ["Mode.On holds a string now", "Mode.Off holds nothing any more"],
        ),
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
        (TypeDesc("f64"), TypeDesc("f32"), F64.of(0.1), F32.of(0.1), True),
        (TypeDesc("f64"), TypeDesc("f32"), F64.of(1e300), F32.of(0.1), False),
        (TypeDesc("u32"), TEXT, U32(1), String("1"), True),
        (record("R", a=U32_), record("S", b=TEXT), Record("R", (("a", U32(1)),)), Record("S", ()), True),
        (list_of(U64_), list_of(U32_), String("no list"), String("no list"), True),
        (record("R", a=U32_), record("R", a=U64_), String("no record"), String("no record"), True),
        (
            TypeDesc("variant", "Mode", cases=(("On", None),)),
            TypeDesc("variant", "Mode", cases=(("On", TEXT),)),
            Variant("Mode", "On", 0, ()),
            Variant("Mode", "On", 0, (String("loud"),)),
            True,
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


@dataclass(frozen=True, slots=True)
class Shape:
    """A type with one u32 in it, the same with a u64, and what makes a value of either around a number."""

    then: TypeDesc
    now: TypeDesc
    value: Callable[[Value], Value]

    def around(self, desc: Callable[[TypeDesc], TypeDesc], value: Callable[[Value], Value]) -> Shape:
        """The shape inside another."""
        return Shape(desc(self.then), desc(self.now), lambda number: value(self.value(number)))


def outer_shapes(inner: Shape) -> st.SearchStrategy[Shape]:
    """Everything that can hold a value, around a shape."""
    any_type = types.STRING
    around: list[tuple[Callable[[TypeDesc], TypeDesc], Callable[[Value], Value]]] = [
        (list_of, lambda held: list_value(types.record_named("L"), [held])),
        (lambda held: TypeDesc("set", args=(held,)), lambda held: Set(any_type, (held,))),
        (lambda held: TypeDesc("option", args=(held,)), lambda held: Option(any_type, held)),
        (lambda held: TypeDesc("result", args=(held, TEXT)), lambda held: Result(any_type, any_type, True, held)),
        (lambda held: TypeDesc("result", args=(TEXT, held)), lambda held: Result(any_type, any_type, False, held)),
        (lambda held: TypeDesc("map", args=(held, TEXT)), lambda held: Map(any_type, any_type, ((held, String("t")),))),
        (lambda held: TypeDesc("map", args=(TEXT, held)), lambda held: Map(any_type, any_type, ((String("t"), held),))),
        (lambda held: TypeDesc("tuple", args=(TEXT, held)), lambda held: Tuple((String("t"), held))),
        (lambda held: record("R", x=TEXT, a=held), lambda held: Record("R", (("x", String("t")), ("a", held)))),
        (
            lambda held: TypeDesc("variant", "V", cases=(("None", None), ("Some", held))),
            lambda held: Variant("V", "Some", 1, (held,)),
        ),
    ]
    return st.sampled_from(around).map(lambda pair: inner.around(*pair))


def shapes() -> st.SearchStrategy[Shape]:
    """A number by itself, or up to five levels deep in anything."""
    shape = st.just(Shape(U32_, U64_, lambda number: number))
    for _ in range(5):
        shape |= shape.flatmap(outer_shapes)
    return shape


@given(shapes(), st.integers(0, 99), st.integers(0, 99))
def test_a_wider_number_anywhere_hides_no_other_number(shape: Shape, number: int, other: int) -> None:
    """Wherever in a value a number became wider, both sides are alike exactly where the number is the same."""
    change = TypeChange(shape.then, shape.now)
    assert change
    alike = change.shared(shape.value(U32(number))) == change.shared_now(shape.value(U64(other)))
    assert alike is (number == other)


@given(shapes(), st.integers(0, 99))
def test_a_value_shows_no_type_but_its_own(shape: Shape, number: int) -> None:
    """What a value shows of its type is nothing that its declared type denies."""
    shown = shown_type(shape.value(U32(number)))
    assert not TypeChange(shown, shape.then).words
    assert TypeChange(shown, shape.now).words


def test_an_array_is_seen_as_a_list() -> None:
    """Numbers that lie in one piece are compared one by one where their type changed."""
    change = TypeChange(list_of(U32_), list_of(U64_))
    assert isinstance(list_value(types.U32, [U32(5)]), Array)
    assert change.shared(list_value(types.U32, [U32(5)])) == change.shared_now(list_value(types.U64, [U64(5)]))


def test_values_of_several_types_in_one_list_tell_no_type() -> None:
    """Of what stands in one list everything is looked at: its fields, cases and parts, as far as they agree."""
    one = Record("R", (("a", U32(1)), ("b", Variant("V", "On", 0, ()))))
    other = Record("R", (("a", U64(1)), ("b", Variant("V", "Off", 1, (U32(1),)))))
    third = Record("R", (("b", Variant("V", "Off", 1, ())), ("c", U32(1))))
    fourth = Record("R", (("b", Variant("V", "Far", 2, (U64(1),))),))
    fifth = Record("R", (("b", Variant("V", "Far", 2, (U64(2),))),))
    shown = shown_type(List(types.record_named("R"), (one, other, third, fourth, fifth)))
    item = shown.args[0]
    assert [name for name, _ in item.fields] == ["a", "b", "c"]
    assert (dict(item.fields)["a"].kind, dict(item.fields)["c"].kind) == ("ref", "ref")
    assert dict(item.fields)["b"].cases[:3] == (("On", None), ("Off", None), ("Far", U64_))


def test_a_value_that_stands_in_many_places_shows_what_fits() -> None:
    """Values may share parts: fifty levels of pairs are no type to print or compare, and the rest is told as ever."""

    def shared() -> Value:
        made: Value = U32(1)
        for _ in range(50):
            made = Tuple((made, made))
        return made

    one, other = Tuple((shared(), U32(1))), Tuple((shared(), U64(1)))
    listed = List(types.record_named("R"), (one, other))
    change = TypeChange(shown_type(one), shown_type(other))
    assert change
    assert len(change.text) < 250
    assert shown_type(listed).args[0].kind == "tuple"
    assert change.shared(one) != change.shared_now(Tuple((shared(), U64(2))))


def test_many_changes_are_told_by_the_first() -> None:
    """The text of a change holds three, and how many more there are."""
    then = record("R", **{f"f{at}": U32_ for at in range(5)})
    now = record("R", **{f"f{at}": U64_ for at in range(5)})
    assert TypeChange(then, now).text.endswith("; R.f2 is u64, was u32 and 2 more")


def test_a_value_without_end_shows_what_fits() -> None:
    """What lies deeper than 64 levels, and a case of an absurd number, tell nothing."""
    deep: Value = U32(1)
    for _ in range(200):
        deep = Tuple((deep,))
    shown, levels = shown_type(deep), 0
    while shown.args:
        shown, levels = shown.args[0], levels + 1
    assert (shown.kind, levels) == ("ref", 64)
    assert shown_type(Variant("V", "Far", 1 << 31, ())).kind == "ref"

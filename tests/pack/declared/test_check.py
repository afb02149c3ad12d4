"""Checking values against declared types, defaults for them, and filling in what a literal can't say."""

from __future__ import annotations

import pytest
from hypothesis import assume, given

from chainview.pack.cgrf import encode
from chainview.pack.declared.check import coerce, default_value, mismatch, type_for
from chainview.pack.declared.metadata import TypeDesc
from chainview.pack.literal import format_literal, parse_literal
from chainview.pack.values import (
    S32,
    U8,
    UNIT,
    Array,
    Char,
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
    types,
)
from tests.pack.strategies import type_descs, values

S32_DESC, U8_DESC, STRING, BOOL = TypeDesc("s32"), TypeDesc("u8"), TypeDesc("string"), TypeDesc("bool")
BYTES = TypeDesc("list", args=(U8_DESC,))
STRINGS = TypeDesc("list", args=(STRING,))
POINT = TypeDesc("record", "point", fields=(("x", S32_DESC), ("y", S32_DESC)))
PAIR = TypeDesc("tuple", args=(U8_DESC, STRING))
SHAPE = TypeDesc(
    "variant",
    "shape",
    cases=(("dot", None), ("circle", S32_DESC), ("poly", TypeDesc("list", args=(POINT,))), ("pair", PAIR)),
)
MAYBE = TypeDesc("option", args=(BYTES,))
NOTHING = TypeDesc("result", args=(BOOL, STRING))
TRUTH = TypeDesc("result", args=(STRING, BOOL))


def point(**fields: Value) -> Record:
    """A record of type point."""
    return Record("point", tuple(fields.items()))


FITTING = (
    (point(x=S32(1), y=S32(2)), POINT),
    (Record("other", (("y", S32(2)), ("x", S32(1)))), POINT),
    (Variant("shape", "dot", 0, ()), SHAPE),
    (Variant("other", "dot", 0, (UNIT,)), SHAPE),
    (Variant("shape", "circle", 1, (S32(1),)), SHAPE),
    (Variant("shape", "pair", 3, (U8(1), String("x"))), SHAPE),
    (Variant("shape", "pair", 3, (Tuple((U8(1), String("x"))),)), SHAPE),
    (bytes_value(b"x"), BYTES),
    (List(types.STRING, ()), BYTES),
    (Array(types.U8, b""), STRINGS),
    (List(types.U8, (String("a"),)), STRINGS),
    (Option(types.STRING, None), MAYBE),
    (Option(types.STRING, bytes_value(b"")), MAYBE),
    (Result(types.U8, types.U8, True, UNIT), NOTHING),
    (Result(types.U8, types.U8, False, UNIT), NOTHING),
    (Result(types.U8, types.U8, False, String("no")), NOTHING),
    (UNIT, TypeDesc("unit")),
    (UNIT, TypeDesc("tuple")),
    (UNIT, TypeDesc("value")),
    (Option(types.U8, UNIT), TypeDesc("option", args=(TypeDesc("value"),))),
)


@pytest.mark.parametrize(("value", "desc"), FITTING)
def test_shapes_that_fit(value: Value, desc: TypeDesc) -> None:
    """Names of types, annotations and the order of fields don't count; `()` stands where `_` was written."""
    assert mismatch(value, desc) is None


AMISS = (
    (U8(1), S32_DESC, "expected s32, got u8"),
    (UNIT, S32_DESC, "expected s32, got ()"),
    (U8(1), TypeDesc("unit"), "expected (), got u8"),
    (Tuple((UNIT,)), BYTES, "expected list<u8>, got tuple"),
    (bytes_value(b""), STRING, "expected string, got list"),
    (List(types.STRING, ()), STRING, "expected string, got list"),
    (Option(types.U8, None), POINT, "expected point, got option"),
    (Variant("v", "c", 0, ()), POINT, "expected point, got variant 'v'"),
    (point(), SHAPE, "expected shape, got record 'point'"),
    (bytes_value(b"x"), STRINGS, "in list[0]: expected string, got u8"),
    (List(types.STRING, (String(""), U8(1))), STRINGS, "in list[1]: expected string, got u8"),
    (Option(types.U8, U8(1)), MAYBE, "in option::some: expected list<u8>, got u8"),
    (Result(types.U8, types.U8, True, U8(1)), NOTHING, "in result::ok: expected bool, got u8"),
    (Result(types.U8, types.U8, False, U8(1)), NOTHING, "in result::err: expected string, got u8"),
    (Result(types.U8, types.U8, True, UNIT), TRUTH, "in result::ok: expected string, got ()"),
    (Result(types.U8, types.U8, False, UNIT), TRUTH, "in result::err: expected bool, got ()"),
    (Tuple((U8(1),)), PAIR, "expected 2 elements, got 1"),
    (Tuple((U8(1), U8(1))), PAIR, "in tuple.1: expected string, got u8"),
    (point(x=S32(1)), POINT, "record 'point' missing field 'y'"),
    (point(x=S32(1), y=S32(1), z=S32(1)), POINT, "record 'point' has unexpected field 'z'"),
    (Record("p", (("x", S32(1)), ("y", S32(1)), ("x", S32(1)))), POINT, "expected 2 fields, got 3"),
    (point(x=S32(1), y=U8(1)), POINT, "in y: expected s32, got u8"),
    (Variant("shape", "square", 0, ()), SHAPE, "variant 'shape' has no case 'square'"),
    (Variant("shape", "circle", 0, ()), SHAPE, "expected tag 1 for case 'circle' of variant 'shape', got 0"),
    (Variant("shape", "dot", 0, (U8(1),)), SHAPE, "expected no payload for case 'dot', got 1 elements"),
    (Variant("shape", "circle", 1, ()), SHAPE, "expected 1 elements, got 0"),
    (Variant("shape", "circle", 1, (U8(1),)), SHAPE, "in circle: expected s32, got u8"),
    (Variant("shape", "pair", 3, (U8(1), U8(1))), SHAPE, "in tuple.1: expected string, got u8"),
    (UNIT, TypeDesc("ref", "T"), "unresolved type reference 'T'"),
    (
        Variant("shape", "poly", 2, (List(types.U8, (point(x=S32(1), y=UNIT),)),)),
        SHAPE,
        "in poly: in list[0]: in y: expected s32, got ()",
    ),
)


@pytest.mark.parametrize(("value", "desc", "reason"), AMISS)
def test_shapes_that_do_not_fit(value: Value, desc: TypeDesc, reason: str) -> None:
    """What does not fit is told with the way to it."""
    assert mismatch(value, desc) == reason
    assert mismatch(value, desc, "state") == f"in state: {reason}"


@given(type_descs())
def test_the_default_of_a_type_fits_it(desc: TypeDesc) -> None:
    """Every declared type has a default, which fits, can be encoded and needs nothing filled in."""
    value = default_value(desc)
    assert mismatch(value, desc) is None
    assert encode(value, 3)
    assert coerce(value, desc) == value


@pytest.mark.parametrize(
    ("desc", "literal"),
    [
        (S32_DESC, "0s32"),
        (STRING, '""'),
        (TypeDesc("f64"), "0.0f64"),
        (BYTES, "[]<u8>"),
        (MAYBE, "none<list<u8>>"),
        (NOTHING, "ok<tuple<>, string>(())"),
        (TRUTH, 'ok<string, bool>("")'),
        (POINT, "point{x: 0s32, y: 0s32}"),
        (SHAPE, "shape::dot"),
        (TypeDesc("variant", "v", cases=(("c", PAIR),)), 'v::c((0u8, ""))'),
        (TypeDesc("value"), "()"),
        (TypeDesc("unit"), "()"),
        (TypeDesc("ref", "T"), "()"),
    ],
)
def test_defaults(desc: TypeDesc, literal: str) -> None:
    """Defaults are zero, empty, none, ok of a default and the first case."""
    assert format_literal(default_value(desc)) == literal


def test_a_default_character_is_a_character() -> None:
    """The default character is NUL."""
    assert default_value(TypeDesc("char")) == Char("\0")


TYPED = (
    ("shape::circle(1s32)", SHAPE, Variant("shape", "circle", 1, (S32(1),))),
    ("::circle(1s32)", SHAPE, Variant("shape", "circle", 1, (S32(1),))),
    ('::pair(1u8, "x")', SHAPE, Variant("shape", "pair", 3, (U8(1), String("x")))),
    ("::dot", SHAPE, Variant("shape", "dot", 0, ())),
    ("::square", SHAPE, Variant("", "square", 0, ())),
    ("{y: 2s32, x: 1s32}", POINT, Record("point", (("y", S32(2)), ("x", S32(1))))),
    ("{z: ::dot}", POINT, Record("point", (("z", Variant("", "dot", 0, ())),))),
    ("[]<u8>", STRINGS, List(types.STRING, ())),
    ('["x"]', STRINGS, List(types.STRING, (String("x"),))),
    ("[1u8]", BYTES, bytes_value(b"\1")),
    ("[1u8]", STRINGS, List(types.STRING, (U8(1),))),
    ("[{x: 1s32, y: 1s32}]", TypeDesc("list", args=(POINT,)), None),
    ("[1u8]", TypeDesc("list", args=(TypeDesc("value"),)), bytes_value(b"\1")),
    ("none<u8>", MAYBE, Option(types.list_of(types.U8), None)),
    ("some<u8>([1u8])", MAYBE, Option(types.list_of(types.U8), bytes_value(b"\1"))),
    ("some<u8>(1u8)", TypeDesc("option", args=(TypeDesc("value"),)), Option(types.U8, U8(1))),
    ("ok<u8, u8>(())", NOTHING, Result(types.tuple_of(()), types.STRING, True, UNIT)),
    ("ok<u8, u8>(true)", NOTHING, None),
    ("err<u8, u8>(())", NOTHING, Result(types.BOOL, types.tuple_of(()), False, UNIT)),
    (
        "(1u8, ::dot)",
        TypeDesc("tuple", args=(U8_DESC, SHAPE)),
        Tuple((U8(1), Variant("shape", "dot", 0, ()))),
    ),
    ("(1u8, ::dot)", TypeDesc("tuple", args=(U8_DESC,)), Tuple((U8(1), Variant("", "dot", 0, ())))),
    ("::circle(1s32)", TypeDesc("value"), Variant("", "circle", 0, (S32(1),))),
    ("1s32", U8_DESC, S32(1)),
)


@pytest.mark.parametrize(("text", "desc", "value"), [row for row in TYPED if row[2] is not None])
def test_what_a_literal_cannot_say_comes_from_the_declaration(text: str, desc: TypeDesc, value: Value) -> None:
    """Tags, names of types and annotations are filled in; numbers and what does not fit stay as typed."""
    assert coerce(parse_literal(text), desc) == value


@pytest.mark.parametrize(("text", "desc"), [row[:2] for row in TYPED if row[2] is None])
def test_what_is_filled_in_is_what_the_declaration_says(text: str, desc: TypeDesc) -> None:
    """A typed value that fits carries the annotations of its declared type."""
    value = coerce(parse_literal(text), desc)
    assert mismatch(value, desc) is None
    carried = (value.elem,) if isinstance(value, List) else (value.ok, value.err) if isinstance(value, Result) else ()
    assert carried == tuple(type_for(arg) for arg in desc.args)


@given(values(), type_descs())
def test_filling_in_is_done_once(value: Value, desc: TypeDesc) -> None:
    """Any value is checked against any type and filled in; filling in again changes nothing."""
    filled = coerce(value, desc)
    assert coerce(filled, desc) == filled
    if mismatch(value, desc) is None:
        assert mismatch(filled, desc) is None


@given(type_descs())
def test_a_typed_default_gets_its_tags_back(desc: TypeDesc) -> None:
    """A default that is written as text and read back is itself again once filled in."""
    value = default_value(desc)
    text = format_literal(value)
    assume("true" not in text)
    assume("false" not in text)
    assert coerce(parse_literal(text), desc) == value


MAP_DESC = TypeDesc("map", args=(TypeDesc("string"), TypeDesc("variant", "v", cases=(("a", None), ("b", None)))))
SET_DESC = TypeDesc("set", args=(TypeDesc("u8"),))


@pytest.mark.parametrize(
    ("literal", "desc", "reason"),
    [
        ('map<string, v>["x" => v::a]', MAP_DESC, None),
        ("map<string, v>[]", MAP_DESC, None),
        ("map<string, v>[1u8 => v::a]", MAP_DESC, "in map[0].key: expected string, got u8"),
        (
            'map<string, v>["x" => v::a, "y" => 1u8]',
            MAP_DESC,
            "in map[1].value: expected v, got u8",
        ),
        ("[]<u8>", MAP_DESC, "expected map<string, v>, got list"),
        ("set<u8>[1u8, 1u8]", SET_DESC, None),
        ("set<u8>[1u8, 1u16]", SET_DESC, "in set[1]: expected u8, got u16"),
        ("map<u8, u8>[]", SET_DESC, "expected set<u8>, got map"),
    ],
)
def test_maps_and_sets_are_checked_entry_by_entry(literal: str, desc: TypeDesc, reason: str | None) -> None:
    """What does not fit is told with the place of the entry, and its half where it is a map's."""
    assert mismatch(parse_literal(literal), desc) == reason


def test_literals_of_maps_and_sets_take_what_they_can_not_say_from_the_declaration() -> None:
    """Tags and annotations come from the declared types, keys included; an empty one is the default."""
    given = parse_literal('map<string, x>["k" => x::b]')
    filled = coerce(given, MAP_DESC)
    assert filled == Map(types.STRING, types.variant_named("v"), ((String("k"), Variant("v", "b", 1, ())),))
    assert coerce(parse_literal("set<u16>[1u8]"), SET_DESC) == Set(types.U8, (U8(1),))
    assert default_value(MAP_DESC) == Map(types.STRING, types.variant_named("v"), ())
    assert default_value(SET_DESC) == Set(types.U8, ())

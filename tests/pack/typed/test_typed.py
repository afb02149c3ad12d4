"""Literals that leave out what a declared type tells."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainview.pack.cgrf import encode
from chainview.pack.cgrf.limits import NEWEST
from chainview.pack.declared.check import Misfit, coerce, default_value, mismatch, type_for
from chainview.pack.declared.metadata import TypeDesc
from chainview.pack.literal import Unfinished, format_literal, parse_arguments, parse_literal
from chainview.pack.literal.outline import place_of
from chainview.pack.typed import UNDECLARED, fitted
from chainview.pack.values import (
    F32,
    F64,
    S32,
    U8,
    UNIT,
    Array,
    Bool,
    Flags,
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
from chainview.pack.values.walk import walk
from tests.pack.sayable import TRUTHS, can_be_said
from tests.pack.strategies import SCALARS, type_descs, values

COLOUR = TypeDesc("variant", "colour", cases=(("red", None), ("green", TypeDesc("u32")), ("none", None)))
POINT = TypeDesc("record", "point", fields=(("x", TypeDesc("s32")), ("y", TypeDesc("f64"))))
TREE = TypeDesc(
    "variant", "tree", cases=(("leaf", TypeDesc("s32")), ("node", TypeDesc("list", args=(TypeDesc("value"),))))
)
NAMED = {each.name: each for each in (COLOUR, POINT, TREE)}


def listed(desc: TypeDesc) -> TypeDesc:
    """A list of that type."""
    return TypeDesc("list", args=(desc,))


def option(desc: TypeDesc) -> TypeDesc:
    """An option of that type."""
    return TypeDesc("option", args=(desc,))


def result(ok: TypeDesc, err: TypeDesc) -> TypeDesc:
    """A result of those types."""
    return TypeDesc("result", args=(ok, err))


def read(text: str, desc: TypeDesc) -> Value | Misfit:
    """What the text means where that is declared."""
    return fitted(parse_literal(text, loose=True), desc, NAMED)


MEANT = (
    ("5", TypeDesc("s32"), "5s32"),
    ("-5", TypeDesc("s64"), "-5s64"),
    ("5", TypeDesc("f32"), "5f32"),
    ("-.5", TypeDesc("f64"), "-0.5f64"),
    ("5s32", TypeDesc("s32"), "5s32"),
    ("none", option(TypeDesc("u8")), "none<u8>"),
    ("some( 5 )", option(TypeDesc("u8")), "some<u8>(5u8)"),
    ("some<u8>(5)", option(TypeDesc("u8")), "some<u8>(5u8)"),
    ("some(none)", option(option(POINT)), "some<option<point>>(none<point>)"),
    ("ok(5)", result(TypeDesc("u8"), TypeDesc("string")), "ok<u8, string>(5u8)"),
    ('err("no")', result(TypeDesc("u8"), TypeDesc("string")), 'err<u8, string>("no")'),
    ("ok(())", result(TypeDesc("bool"), TypeDesc("string")), "ok<tuple<>, string>(())"),
    ("[]", listed(TypeDesc("u8")), "[]<u8>"),
    ("[]", listed(POINT), "[]<point>"),
    ("[1, 2u8,]", listed(TypeDesc("u8")), "[1u8, 2u8]"),
    ("[[], [1]]", listed(listed(TypeDesc("s8"))), "[[]<s8>, [1s8]]"),
    ("[none, some(1)]", listed(option(TypeDesc("s8"))), "[none<s8>, some<s8>(1s8)]"),
    ("{x: 1, y: 2}", POINT, "point{x: 1s32, y: 2f64}"),
    ("p{y: 2, x: 1}", POINT, "point{y: 2f64, x: 1s32}"),
    ("red", COLOUR, "colour::red"),
    ("none", COLOUR, "colour::none"),
    ("green(5)", COLOUR, "colour::green(5u32)"),
    ("::green(5)", COLOUR, "colour::green(5u32)"),
    ("(1, red)", TypeDesc("tuple", args=(TypeDesc("u8"), COLOUR)), "(1u8, colour::red)"),
    ('map["a" => 1]', TypeDesc("map", args=(TypeDesc("string"), TypeDesc("u8"))), 'map<string, u8>["a" => 1u8]'),
    ("map[]", TypeDesc("map", args=(TypeDesc("string"), COLOUR)), "map<string, colour>[]"),
    ("set [1, 2]", TypeDesc("set", args=(TypeDesc("u8"),)), "set<u8>[1u8, 2u8]"),
    ("point{x: 1, y: 2}", UNDECLARED, "point{x: 1s32, y: 2f64}"),
    ("node([tree::leaf(1), tree::node([point{x: 1, y: 2}])])", TREE, None),
)


@pytest.mark.parametrize(("text", "desc", "whole"), MEANT)
def test_a_declared_type_completes_what_is_typed(text: str, desc: TypeDesc, whole: str | None) -> None:
    """What is left out means what the whole literal means, to the byte."""
    found = read(text, desc)
    assert not isinstance(found, Misfit), found
    if whole is None:
        whole = "node([tree::leaf(1s32), tree::node([point{x: 1s32, y: 2f64}])])"
    meant = read(whole, desc)
    assert isinstance(meant, Value)
    assert encode(found, NEWEST) == encode(meant, NEWEST)


REFUSED = (
    ("300", TypeDesc("u8"), 0, "300 is outside the range of u8, from 0 to 255"),
    ("[1, 300]", listed(TypeDesc("u8")), 4, "300 is outside the range of u8, from 0 to 255"),
    ("-1", TypeDesc("u32"), 0, "-1 is no u32, which is a whole number from 0 to 4294967295"),
    ("1.5", TypeDesc("s8"), 0, "1.5 is no s8, which is a whole number from -128 to 127"),
    ("(1, 5u8)", TypeDesc("tuple", args=(TypeDesc("u8"), TypeDesc("s32"))), 4, "expected s32, got u8"),
    ("none<u8>", option(TypeDesc("s32")), 0, "expected option<s32>, got one of u8"),
    ("[]<u8>", listed(TypeDesc("s32")), 0, "expected list<s32>, got one of u8"),
    ("5", option(TypeDesc("s32")), 0, "expected option<s32>, got 5: write some(5) or none"),
    ("some(1, 2)", option(TypeDesc("s32")), 0, "some holds one value"),
    ("5", TypeDesc("string"), 0, "expected string, got 5"),
    ("hello", TypeDesc("string"), 0, 'expected string, got hello: write "hello"'),
    ("[]", TypeDesc("map", args=(TypeDesc("u8"), TypeDesc("u8"))), 0, "write map["),
    ("gren(5)", COLOUR, 5, "variant 'colour' has no case 'gren': did you mean green?"),
    ("red(5)", COLOUR, 4, "expected no payload for case 'red'"),
    ("{x: 1, z: 2}", POINT, 10, "record 'point' has unexpected field 'z'"),
    ("{x: 1}", POINT, 0, "record 'point' missing field 'y'"),
    ("(1, 2)", TypeDesc("tuple", args=(TypeDesc("u8"),)), 1, "expected 1 elements, got 2"),
    ("5", UNDECLARED, 0, "nothing declares the type of 5 here: write 5s32"),
    ("-5.5", UNDECLARED, 0, "write -5.5f64"),
    ("(1u8, [])", UNDECLARED, 6, "write []<u8>"),
    ("{a: none}", UNDECLARED, 4, "write none<u8>"),
    ("red", UNDECLARED, 0, "write TYPE::red"),
    ('{x: 1, y: "a, b" }', POINT, 10, "expected f64, got string"),
    (
        'map["a" => 1, "b" => -1]',
        TypeDesc("map", args=(TypeDesc("string"), TypeDesc("u8"))),
        21,
        "-1 is no u8",
    ),
    ("some<result<u8, s8>>(ok<u8, s8>(1u16))", UNDECLARED, None, ""),
    ("some(ok(1u16))", option(result(TypeDesc("u8"), TypeDesc("s8"))), 8, "expected u8, got u16"),
)


@pytest.mark.parametrize(("text", "desc", "at", "reason"), REFUSED)
def test_what_the_type_does_not_say_is_refused_at_its_place(
    text: str, desc: TypeDesc, at: int | None, reason: str
) -> None:
    """A number out of its range, another suffix, another shape; and where nothing is declared, what to write."""
    found = read(text, desc)
    if at is None:
        assert isinstance(found, Value)
        return
    assert isinstance(found, Misfit)
    assert reason in found.reason
    assert place_of(text, found.path) == at


def of_desc(desc: TypeDesc) -> st.SearchStrategy[Value]:
    """Values that fit a declared type, all of which a literal can say."""
    kind = desc.kind
    if kind == "value":
        return values().filter(can_be_said)
    if kind in types.PRIMITIVES_BY_NAME:
        scalar = types.PRIMITIVES_BY_NAME[kind]
        return st.builds(String, st.text(max_size=5)) if kind == "string" else SCALARS[scalar].filter(can_be_said)
    inner = [of_desc(each) for each in desc.args]
    of = [type_for(each) for each in desc.args]
    if kind == "list":
        return st.lists(inner[0], max_size=3).map(lambda items: list_value(of[0], items))
    if kind == "set":
        return st.lists(inner[0], max_size=3).map(lambda items: Set(of[0], tuple(items)))
    if kind == "option":
        return (st.none() | inner[0]).map(lambda held: Option(of[0], held))
    if kind == "result":
        return inner[0].map(lambda held: Result(of[0], of[1], True, held)) | inner[1].map(
            lambda held: Result(of[0], of[1], False, held)
        )
    if kind == "map":
        return st.lists(st.tuples(*inner), max_size=3).map(lambda entries: Map(of[0], of[1], tuple(entries)))
    if kind == "tuple":
        return st.tuples(*inner).map(lambda items: Tuple(items) if items else UNIT)
    if kind == "record":
        fields = st.tuples(*[of_desc(field) for _, field in desc.fields])
        names = [name for name, _ in desc.fields]
        return fields.map(lambda held: Record(desc.name, tuple(zip(names, held, strict=True))))
    if kind == "variant":
        return st.one_of([_of_case(desc, tag) for tag in range(len(desc.cases))])
    return st.just(UNIT)


def _of_case(desc: TypeDesc, tag: int) -> st.SearchStrategy[Value]:
    case, payload = desc.cases[tag]
    if payload is None:
        return st.just(Variant(desc.name, case, tag, ()))
    return of_desc(payload).map(lambda held: Variant(desc.name, case, tag, (held,)))


def _may_be_any(desc: TypeDesc) -> bool:
    return desc.kind == "value" or any(map(_may_be_any, desc.args))


def loosely(value: Value, desc: TypeDesc, drop: Iterator[bool]) -> str:
    """The literal of a value, without some of what the declared type tells."""
    kind = desc.kind
    # What is held of any type may be annotated as another one than it is, which nothing else tells.
    if kind == "value" or not next(drop) or any(map(_may_be_any, desc.args)):
        return format_literal(value)

    def each(held: tuple[Value, ...], of: TypeDesc) -> str:
        return ", ".join([loosely(part, of, drop) for part in held])

    match value:
        case F32() | F64():
            return format_literal(value)[:-3]
        case _ if kind[0] in "us" and kind[1:].isdigit():
            return format_literal(value)[: -len(kind)]
        case Option():
            return "none" if value.value is None else f"some({loosely(value.value, desc.args[0], drop)})"
        case Result():
            word = "ok" if value.is_ok else "err"
            return f"{word}({loosely(value.value, desc.args[0 if value.is_ok else 1], drop)})"
        case Map():
            entries = [
                f"{loosely(key, desc.args[0], drop)} => {loosely(held, desc.args[1], drop)}"
                for key, held in value.entries
            ]
            return f"map[{', '.join(entries)}]"
        case Set():
            return f"set[{each(value.items, desc.args[0])}]"
        case Tuple() if kind == "tuple":
            return f"({', '.join([loosely(*pair, drop) for pair in zip(value.items, desc.args, strict=True)])})"
        case Record():
            fields = zip(value.fields, desc.fields, strict=True)
            return f"{{{', '.join([f'{name}: {loosely(held, of, drop)}' for (name, held), (_, of) in fields])}}}"
        case Variant():
            payload = desc.cases[value.tag][1]
            within = "" if payload is None else f"({loosely(value.payload[0], payload, drop)})"
            return f"{'' if value.case not in TRUTHS else '::'}{value.case}{within}"
        case List():
            return f"[{each(value.items, desc.args[0])}]"
        case Array():
            return f"[{each(tuple(value), desc.args[0])}]"
    return format_literal(value)


@given(type_descs().flatmap(lambda desc: st.tuples(st.just(desc), of_desc(desc))), st.data())
def test_what_the_type_tells_need_not_be_typed(pair: tuple[TypeDesc, Value], data: st.DataObject) -> None:
    """A value is printed, what its type tells is dropped, and it is read by the type: the bytes are the same.

    They are those of what is printed in full: no literal tells a list of any values, all of one width, from an array.
    """
    desc, value = pair
    whole = coerce(value, desc)
    if mismatch(whole, desc) is not None:
        return
    whole = coerce(parse_literal(format_literal(whole)), desc)
    drops = data.draw(st.randoms(use_true_random=False))
    text = loosely(whole, desc, iter(lambda: drops.random() < 0.8, None))
    found = fitted(parse_literal(text, loose=True), desc, {})
    assert found == whole, text


@given(values())
def test_a_loose_reading_of_a_whole_literal_is_the_strict_one(value: Value) -> None:
    """Where nothing is left out nothing changes, whatever is declared or not."""
    if can_be_said(value):
        text = format_literal(value)
        assert parse_literal(text, loose=True) == value
        assert fitted(parse_literal(text, loose=True), UNDECLARED, {}) == value


@pytest.mark.parametrize("text", ["5u7", "5x", "-", ".", "red::", "some(", "map[1 => ]", "[1 2]", "red(1 2)"])
def test_what_is_no_literal_stays_none(text: str) -> None:
    """Also where a type is declared."""
    with pytest.raises(Exception, match="not a Pack literal"):
        parse_literal(text, loose=True)


@pytest.mark.once
def test_deep_text_is_completed_at_any_depth() -> None:
    """As deep as literals go, on an explicit stack."""
    text = "(" * 900 + "5" + ")" * 900
    found = fitted(parse_literal(text, loose=True), UNDECLARED, {})
    assert isinstance(found, Misfit)
    assert place_of(text, found.path) == 900
    deep = "tree::node([" * 400 + "tree::leaf(5)" + "])" * 400
    whole = fitted(parse_literal(deep, loose=True), TREE, NAMED)
    assert isinstance(whole, Value)
    assert not any(isinstance(part, Unfinished) for part in walk(whole))


def test_defaults_of_every_kind_fit_as_they_are_read() -> None:
    """The plain words of each kind of type: what a person types first."""
    assert parse_arguments("(5, none, [], red)", loose=True)[0] == parse_literal("5", loose=True)
    assert fitted(Bool(True), TypeDesc("bool"), {}) == Bool(True)
    assert fitted(Flags(1), TypeDesc("flags"), {}) == Flags(1)
    assert fitted(U8(1), UNDECLARED, {}) == U8(1)
    assert fitted(S32(1), TypeDesc("s32"), {}) == S32(1)
    assert fitted(default_value(COLOUR), COLOUR, NAMED) == default_value(COLOUR)

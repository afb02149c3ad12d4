"""What Theater holds a call to: its check of states and results, with its order and its words."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping

import pytest
from hypothesis import given

from chainview.pack.cgrf import SharedValues, encode
from chainview.pack.declared import contract
from chainview.pack.declared.contract import contracts, violation
from chainview.pack.declared.metadata import FunctionSignature, Metadata, TypeDesc
from chainview.pack.literal import parse_literal
from chainview.pack.values import (
    S32,
    U8,
    U32,
    UNIT,
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
    types,
)
from tests.pack.strategies import old_values, type_descs, values
from tests.reference import reference_file

U32_DESC, STRING, UNIT_DESC = TypeDesc("u32"), TypeDesc("string"), TypeDesc("unit")
POINT = TypeDesc("record", "point", fields=(("x", U32_DESC), ("y", U32_DESC)))
COLOR = TypeDesc(
    "variant",
    "color",
    cases=(
        ("red", None),
        ("rgb", U32_DESC),
        ("pair", TypeDesc("tuple", args=(U32_DESC, U32_DESC))),
        ("none", UNIT_DESC),
    ),
)
EMPTY = TypeDesc("record", "empty")
FLAGS = TypeDesc("flags")


def of(kind: str, *args: TypeDesc) -> TypeDesc:
    """A declared type with parts."""
    return TypeDesc(kind, args=args)


def point(**fields: Value) -> Record:
    """A record of type point."""
    return Record("point", tuple(fields.items()))


def color(case: str, *payload: Value, tag: int = 0) -> Variant:
    """A variant of type color."""
    return Variant("color", case, tag, payload)


KNOWN = {"point": POINT, "color": COLOR}

CASES: tuple[tuple[Value, TypeDesc, str | None], ...] = (
    # Scalars.
    (U32(1), U32_DESC, None),
    (U8(1), U32_DESC, "expected u32, got u8"),
    (parse_literal("1.0f64"), TypeDesc("f32"), "expected f32, got f64"),
    (parse_literal("'x'"), STRING, "expected string, got char"),
    (parse_literal("flags(0x1)"), U32_DESC, "expected u32, got flags"),
    (UNIT, UNIT_DESC, None),
    (U8(1), UNIT_DESC, "expected unit, got u8"),
    (Tuple((UNIT,)), UNIT_DESC, "expected unit, got tuple<1>"),
    # Theater knows a flags type by its name, which nothing declares.
    (parse_literal("flags(0x1)"), FLAGS, "unresolved type reference 'flags'"),
    # Lists: annotations don't count.
    (List(types.STRING, ()), of("list", U32_DESC), None),
    (Array(types.U8, b"\1\2"), of("list", TypeDesc("u8")), None),
    (Array(types.U8, b"\1\2"), of("list", U32_DESC), "in list[0]: expected u32, got u8"),
    (List(types.STRING, (String(""), U8(1))), of("list", STRING), "in list[1]: expected string, got u8"),
    (U32(1), of("list", U32_DESC), "expected list, got u32"),
    (Array(types.U8, b""), STRING, "expected string, got list"),
    # Options and results.
    (Option(types.STRING, None), of("option", U32_DESC), None),
    (UNIT, of("option", U32_DESC), "expected option, got tuple<0>"),
    (Option(types.U8, String("x")), of("option", U32_DESC), "in option::some: expected u32, got string"),
    (Option(types.U8, None), U32_DESC, "expected u32, got option"),
    (Result(types.U8, types.U8, True, UNIT), of("result", TypeDesc("bool"), STRING),
     "in result::ok: expected bool, got tuple<0>"),
    (Result(types.U8, types.U8, False, UNIT), of("result", TypeDesc("bool"), STRING),
     "in result::err: expected string, got tuple<0>"),
    (Result(types.U8, types.U8, True, UNIT), of("result", of("tuple"), STRING), None),
    (Variant("result", "ok", 0, (UNIT,)), of("result", of("tuple"), STRING),
     "expected result, got variant 'result' (case 'ok')"),
    (Result(types.U8, types.U8, True, UNIT), STRING, "expected string, got result"),
    # Tuples.
    (Tuple((U32(1), U32(2))), U32_DESC, "expected u32, got tuple<2>"),
    (Tuple((U32(1),)), of("tuple", U32_DESC, STRING), "expected 2 elements, got 1"),
    (Tuple((U32(1), U32(2))), of("tuple", U32_DESC, STRING), "in tuple.1: expected string, got u32"),
    (String("x"), of("tuple", U32_DESC), "expected tuple, got string"),
    # Records: every declared field, then no other one, then what the given ones hold, in their own order.
    (Record("other", (("y", U32(1)), ("x", U32(2)))), POINT, None),
    (Record("other", (("x", U32(1)),)), POINT, "record 'point' missing field 'y'"),
    (point(x=String("a")), POINT, "record 'point' missing field 'y'"),
    (point(z=U32(1)), POINT, "record 'point' missing field 'x'"),
    (point(x=String("a"), y=U32(1), z=U32(1)), POINT, "record 'point' has unexpected field 'z'"),
    (point(y=String("b"), x=String("a")), POINT, "in field 'y': expected u32, got string"),
    (Record("point", (("x", U32(1)), ("y", U32(1)), ("x", U32(1)))), POINT, None),
    (Record("point", (("x", U32(1)), ("y", U32(1)), ("x", UNIT))), POINT,
     "in field 'x': expected u32, got tuple<0>"),
    (U32(1), POINT, "expected record 'point', got u32"),
    (color("red"), POINT, "expected record 'point', got variant 'color' (case 'red')"),
    (Record("other", ()), U32_DESC, "expected u32, got record 'other'"),
    # Variants: the case by its name, whatever its tag, and what it holds as one value.
    (color("rgb", U32(1), tag=9), COLOR, None),
    (color("blue"), COLOR, "variant 'color' has no case 'blue'"),
    (color("red", UNIT), COLOR, "in case 'red': expected 0 elements, got 1"),
    (color("none", UNIT), COLOR, "in case 'none': expected 0 elements, got 1"),
    (color("none"), COLOR, None),
    (color("rgb"), COLOR, "in case 'rgb': expected 1 elements, got 0"),
    (color("rgb", String("x")), COLOR, "in case 'rgb': expected u32, got string"),
    (color("pair", U32(1), U32(2)), COLOR, "in case 'pair': expected 1 elements, got 2"),
    (color("pair", Tuple((U32(1), U32(2)))), COLOR, None),
    (UNIT, COLOR, "expected variant 'color', got tuple<0>"),
    (point(), COLOR, "expected variant 'color', got record 'point'"),
    # Names that nothing with members was declared under.
    (Record("empty", ()), EMPTY, "unresolved type reference 'empty'"),
    (UNIT, TypeDesc("ref", "T"), "unresolved type reference 'T'"),
    (point(x=U32(1), y=U32(1)), TypeDesc("record", "", fields=POINT.fields), "unresolved type reference ''"),
    # Maps and sets.
    (Map(types.U8, types.U8, ()), of("map", STRING, U32_DESC), None),
    (Map(types.U8, types.U8, ((U8(1), U32(1)),)), of("map", STRING, U32_DESC),
     "in map[0].key: expected string, got u8"),
    (Map(types.U8, types.U8, ((String(""), U32(1)), (String(""), U8(1)))), of("map", STRING, U32_DESC),
     "in map[1].value: expected u32, got u8"),
    (Set(types.U8, (U32(1), U8(1))), of("set", U32_DESC), "in set[1]: expected u32, got u8"),
    (Set(types.U8, (U32(1), U8(1))), of("map", STRING, U32_DESC), "expected map, got set<2>"),
    (Map(types.U8, types.U8, ((U8(1), U8(1)),)), of("set", U32_DESC), "expected set, got map<1 entries>"),
    # The way to what is wrong, and the first of what is wrong.
    (
        Tuple((Option(types.U8, List(types.U8, (color("rgb", U32(1)), color("rgb", UNIT)))), UNIT)),
        of("tuple", of("option", of("list", COLOR)), U32_DESC),
        "in tuple.0: in option::some: in list[1]: in case 'rgb': expected u32, got tuple<0>",
    ),
    (Option(types.U8, UNIT), of("option", TypeDesc("value")), None),
)  # fmt: skip


@pytest.mark.parametrize(("value", "desc", "reason"), CASES)
def test_values_are_checked_as_theater_checks_them(value: Value, desc: TypeDesc, reason: str | None) -> None:
    """What is of its type and what is not, in Theater's words; names, annotations and tags don't count."""
    assert violation(value, desc, KNOWN) == reason


DECLARED = {
    "variant color{red, green, rgb(u32)}": "variant color",
    "record point{x: u32, y: u32}": "record point",
}
REFERENCE_TYPES = {
    "variant color": TypeDesc("variant", "color", cases=(("red", None), ("green", None), ("rgb", U32_DESC))),
    "record point": POINT,
    "u32": U32_DESC,
    "list<u32>": of("list", U32_DESC),
    "option<u32>": of("option", U32_DESC),
    "tuple<u32, u32>": of("tuple", U32_DESC, U32_DESC),
}


def described(text: str) -> Value:
    """The value that the reference's list of cases describes."""
    found = re.search(r"case (\w+), tag (\d+)[^,]*(?:, payload (.*)|, no payload)?$", text)
    if found is None:
        return parse_literal(text)
    payload = () if found[3] is None else (parse_literal(found[3]),)
    return Variant("color", found[1], int(found[2]), payload)


def test_the_reference_gives_the_same_answers() -> None:
    """Every case that the real runtime was asked has its answer here."""
    lines = reference_file("lab/type-check.jsonl").read_text(encoding="utf-8").splitlines()
    named = {desc.name: desc for desc in REFERENCE_TYPES.values() if desc.name}
    for case in map(json.loads, lines):
        desc = REFERENCE_TYPES[DECLARED.get(case["declared"], case["declared"])]
        answer = violation(described(case["value"]), desc, named) or "ACCEPTED"
        assert (case["case"], answer) == (case["case"], case["reference"])
    assert len(lines) == 15


@given(values())
def test_a_declared_value_takes_anything(value: Value) -> None:
    """Where any value is declared there is nothing to violate."""
    assert violation(value, TypeDesc("value"), {}) is None


@given(values(), type_descs())
def test_what_is_wrong_inside_is_told_with_the_way_to_it(value: Value, desc: TypeDesc) -> None:
    """A value is checked inside of another as it is alone, and its place stands before the reason."""
    alone = violation(value, desc, KNOWN)
    kept = TypeDesc("record", "holder", fields=(("it", desc),))
    held = (
        (Option(types.U8, value), of("option", desc), "option::some"),
        (List(types.STRING, (value,)), of("list", desc), "list[0]"),
        (Tuple((UNIT, value)), of("tuple", of("tuple"), desc), "tuple.1"),
        (Result(types.U8, types.U8, False, value), of("result", UNIT_DESC, desc), "result::err"),
        (Set(types.U8, (value,)), of("set", desc), "set[0]"),
        (Map(types.U8, types.U8, ((UNIT, value),)), of("map", UNIT_DESC, desc), "map[0].value"),
        (Record("x", (("it", value),)), kept, "field 'it'"),
    )
    for whole, declared, place in held:
        found = violation(whole, declared, {**KNOWN, "holder": kept})
        assert found == (None if alone is None else f"in {place}: {alone}")


@given(old_values(), type_descs(), type_descs())
def test_values_that_share_parts_are_checked_alike(value: Value, desc: TypeDesc, other: TypeDesc) -> None:
    """A value that was read among others is found right, or wrong, as it is alone; by each type, and once more."""
    shared = SharedValues()
    read = shared.decode(encode(Tuple((value, String("x")))))
    for declared in (desc, other, desc):
        whole = of("tuple", declared, STRING)
        assert violation(read, whole, KNOWN, shared) == violation(Tuple((value, String("x"))), whole, KNOWN)


def test_what_states_share_is_looked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a state that differs from another in one item nothing is checked but what holds that, and the item."""
    looked, shared, parts = list[Value](), SharedValues(), contract._parts

    def noted(value: Value, desc: TypeDesc, named: Mapping[str, TypeDesc]) -> Iterable[contract._Part]:
        looked.append(value)
        return parts(value, desc, named)

    monkeypatch.setattr(contract, "_parts", noted)
    desc = of("tuple", of("list", POINT), U32_DESC)

    def state(*numbers: int) -> Value:
        items = [point(x=U32(each), y=U32(each)) for each in numbers]
        return shared.decode(encode(Tuple((List(types.record_named("point"), tuple(items)), U32(1)))))

    one, other = state(1, 2, 3), state(1, 2, 3, 4)
    for whole, count in ((one, 5), (one, 0), (other, 3), (state(1, 2, 3), 0)):
        looked.clear()
        assert violation(whole, desc, KNOWN, shared) is None
        assert len(looked) == count
    wrong = of("tuple", of("list", POINT), STRING)
    assert violation(one, wrong, KNOWN, shared) == violation(one, wrong, KNOWN) is not None


def test_contracts_at_hand_are_those_of_the_module() -> None:
    """The contracts of a module are made once, and each knows the types that its function may name."""
    point_of = FunctionSignature("i", "f", (("p", POINT),), ())
    color_of = FunctionSignature("i", "g", (("c", COLOR),), (POINT,))
    later = FunctionSignature("i", "h", (("c", COLOR),), ())
    metadata = Metadata((), (point_of, color_of, later), {}, {})
    found = contract.contracts_at_hand(metadata)
    assert contract.contracts_at_hand(metadata) is found
    plain = contracts(metadata)
    assert {name: dict(each.named) for name, each in found.items()} == {
        name: dict(each.named) for name, each in plain.items()
    }
    assert found["i.g"].named is found["i.h"].named is not found["i.f"].named


def test_a_deep_value_is_checked_to_its_end() -> None:
    """A type that declares itself by way of a name is followed however deep a value goes."""
    node = TypeDesc("record", "node", fields=(("next", of("option", TypeDesc("ref", "node"))),))
    value: Value = Record("node", (("next", UNIT),))
    for _ in range(5000):
        value = Record("node", (("next", Option(types.U8, value)),))
    reason = violation(value, node, {"node": node})
    assert reason is not None
    assert reason.endswith("in field 'next': expected option, got tuple<0>")
    assert reason.count("option::some") == 5000


def signature(name: str, param: TypeDesc, result: TypeDesc) -> FunctionSignature:
    """An export of one parameter and one result."""
    return FunctionSignature("a:b/c", name, (("state", param),), (result,))


def test_the_first_type_of_a_name_holds_for_all_that_follow() -> None:
    """Two types of one name are one to Theater: the one that was met first, in imports and then in exports."""
    other = TypeDesc("record", "point", fields=(("z", U32_DESC),))
    found = contracts(Metadata((), (signature("f", POINT, UNIT_DESC), signature("g", other, UNIT_DESC)), {}, {}))
    given = point(z=U32(1))
    assert found["a:b/c.g"].state_violation(given) == "record 'point' missing field 'x'"
    imported = FunctionSignature("x:y/z", "h", (), (other,))
    found = contracts(Metadata((imported,), (signature("f", POINT, UNIT_DESC),), {}, {}))
    assert found["a:b/c.f"].state_violation(given) is None


def test_a_name_is_known_from_where_it_is_declared_on() -> None:
    """A function does not know what only a later one declares, and a type without members declares nothing."""
    empty = TypeDesc("record", "point")
    functions = (signature("f", empty, UNIT_DESC), signature("g", of("list", POINT), UNIT_DESC))
    found = contracts(Metadata((), functions, {}, {}))
    assert found["a:b/c.f"].state_violation(UNIT) == "unresolved type reference 'point'"
    assert found["a:b/c.g"].state_violation(UNIT) == "expected list, got tuple<0>"
    nested = TypeDesc("record", "point", fields=(("inner", POINT),))
    found = contracts(Metadata((), (signature("f", nested, UNIT_DESC),), {}, {}))
    assert found["a:b/c.f"].state_violation(point(x=U32(1), y=U32(1))) is None


def test_without_parameter_or_result_nothing_is_checked() -> None:
    """An export that declares no parameter takes any state, and one without a result returns anything."""
    found = contracts(Metadata((), (FunctionSignature("a:b/c", "f", (), ()),), {}, {}))
    assert found["a:b/c.f"].state_violation(U8(1)) is None
    assert found["a:b/c.f"].result_violation(U8(1)) is None


def test_very_many_types_are_known_from_where_they_are_declared() -> None:
    """A function knows the types of those before it, however many there are, and none of those behind it."""
    count = 20_000
    refers, records = [], []
    for number in range(count):
        named = TypeDesc("record", f"r{number}", fields=(("a", TypeDesc("s32")),))
        records.append(FunctionSignature("i", f"f{number}", (("state", named),), ()))
        refers.append(TypeDesc("ref", f"r{number}"))
    found = contracts(Metadata((), tuple(records), {}, {}))
    first, middle = found["i.f0"], found["i.f9999"]
    assert len(found) == count
    assert (len(first.named), len(middle.named)) == (1, 10_000)
    value = Record("r5", (("a", S32(1)),))
    assert violation(value, refers[5], middle.named) is None
    assert violation(value, refers[5], first.named) == "unresolved type reference 'r5'"

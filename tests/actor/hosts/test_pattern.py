"""Patterns over values, read from the values that stand for them."""

from __future__ import annotations

import pytest

from chainview.actor.hosts.answers import Refusal
from chainview.actor.hosts.pattern import Anything, pattern_of
from chainview.pack.values import (
    U8,
    U32,
    UNIT,
    Bool,
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
    none,
    some,
    types,
)

PATTERN = types.variant_named("pattern")
_TAGS = ("any", "equals", "record", "map", "set", "list", "tuple", "variant", "some", "none", "ok", "err")
ANY = Variant("pattern", "any", 0, ())
ONE, TWO, THREE = (U32(number) for number in (1, 2, 3))


def p(case: str, *payload: Value) -> Variant:
    """A pattern as the value that stands for it."""
    return Variant("pattern", case, _TAGS.index(case), payload)


def several(*patterns: Value) -> Value:
    """A list of patterns."""
    return List(PATTERN, patterns)


def pairs(*of: tuple[Value, Value]) -> Value:
    """The fields of a record, or the entries of a map."""
    return List(types.tuple_of(()), tuple(map(Tuple, of)))


def eq(value: Value) -> Value:
    """A pattern of one value."""
    return p("equals", value)


RECORD = Record("r", (("kind", String("msg")), ("at", ONE)))
MAP = Map(types.STRING, types.U32, ((String("a"), ONE), (String("b"), TWO)))
SET = Set(types.U32, (ONE, TWO, THREE))


@pytest.mark.parametrize(
    ("pattern", "met", "missed"),
    [
        (ANY, (UNIT, ONE), ()),
        (eq(ONE), (ONE,), (TWO, U8(1), UNIT)),
        (eq(list_value(types.U32, (ONE, TWO))), (list_value(types.U32, (ONE, TWO)),), (list_value(types.U32, (ONE,)),)),
        (p("record", pairs((String("kind"), eq(String("msg")))), Bool(True)), (RECORD,), (UNIT, Record("r", ()))),
        (p("record", pairs((String("kind"), ANY)), Bool(False)), (Record("x", (("kind", ONE),)),), (RECORD,)),
        (p("record", pairs((String("none"), ANY)), Bool(True)), (), (RECORD,)),
        (p("map", pairs((String("a"), eq(ONE))), Bool(True)), (MAP,), (UNIT,)),
        (p("map", pairs((String("a"), eq(TWO))), Bool(True)), (), (MAP,)),
        (p("map", pairs((String("a"), ANY)), Bool(False)), (), (MAP,)),
        (p("set", several(eq(THREE)), Bool(True)), (SET,), (Set(types.U32, (ONE,)), UNIT)),
        (p("set", several(ANY, eq(ONE), ANY), Bool(False)), (SET,), (Set(types.U32, (ONE, TWO)),)),
        (p("set", several(eq(ONE), eq(ONE)), Bool(True)), (), (SET,)),
        (p("list", several(eq(ONE)), Bool(True)), (list_value(types.U32, (ONE, TWO)),), (list_value(types.U32, ()),)),
        (
            p("list", several(ANY), Bool(False)),
            (List(types.STRING, (UNIT,)),),
            (list_value(types.U32, (ONE, TWO)), UNIT),
        ),
        (p("tuple", several(ANY, eq(TWO))), (Tuple((ONE, TWO)),), (Tuple((TWO, ONE)), Tuple((ONE,)), UNIT)),
        (
            p("variant", String("on"), several(eq(ONE))),
            (Variant("v", "on", 9, (ONE,)),),
            (Variant("v", "off", 9, (ONE,)), Variant("v", "on", 9, ()), UNIT),
        ),
        (p("some", eq(ONE)), (some(ONE),), (some(TWO), none(types.U32), UNIT)),
        (p("none"), (none(types.U32),), (some(ONE), UNIT)),
        (p("ok", ANY), (Result(types.U32, types.U32, True, ONE),), (Result(types.U32, types.U32, False, ONE), UNIT)),
        (p("err", eq(ONE)), (Result(types.U32, types.U32, False, ONE),), (Result(types.U32, types.U32, False, TWO),)),
    ],
)
def test_a_pattern_matches_exactly_but_where_it_is_open(
    pattern: Value, met: tuple[Value, ...], missed: tuple[Value, ...]
) -> None:
    """Fields, entries and elements that it does not name are let through only where it is open; holes take anything."""
    read = pattern_of(pattern)
    assert all(read.matches(value) for value in met)
    assert not any(read.matches(value) for value in missed)


def test_a_set_has_an_element_of_its_own_for_each_pattern() -> None:
    """The one that fits a narrow pattern is not given to a wide one."""
    narrow = p("set", several(ANY, eq(ONE)), Bool(False))
    assert pattern_of(narrow).matches(Set(types.U32, (ONE, TWO)))
    assert pattern_of(narrow).matches(Set(types.U32, (TWO, ONE)))


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (U8(7), "type mismatch: expected pattern variant, got U8(7)"),
        (Variant("x", "y", 12, ()), "unknown variant tag 12 (max 11)"),
        (Variant("x", "any", 7, ()), "missing payload for variant"),
        (p("list", several(), ONE), "type mismatch: expected bool, got U32(1)"),
        (p("tuple", ONE), "type mismatch: expected list of patterns, got U32(1)"),
        (p("variant", ONE, several()), "type mismatch: expected variant case name (string), got U32(1)"),
        (p("record", ONE, Bool(True)), "type mismatch: expected record fields list, got U32(1)"),
        (p("map", ONE, Bool(True)), "type mismatch: expected map entries list, got U32(1)"),
        (p("record", pairs((ONE, ANY)), Bool(True)), "type mismatch: expected record field name, got U32(1)"),
        (
            p("record", List(types.U32, (UNIT,)), Bool(True)),
            "type mismatch: expected record field (name, pattern), got Tuple([])",
        ),
        (
            p("map", List(types.U32, (UNIT,)), Bool(True)),
            "type mismatch: expected map entry (key, pattern), got Tuple([])",
        ),
    ],
)
def test_what_is_no_pattern_is_refused_in_the_words_of_the_reference(value: Value, says: str) -> None:
    """What was expected, and what was found as Rust writes it."""
    with pytest.raises(Refusal) as refused:
        pattern_of(value)
    assert refused.value.value == String(says)


def test_a_pattern_is_not_nested_without_end() -> None:
    """One that no stack would hold is refused."""
    nested: Value = ANY
    for _ in range(400):
        nested = p("some", nested)
    with pytest.raises(Refusal, match="nested deeper"):
        pattern_of(nested)


def test_tags_count_and_names_do_not() -> None:
    """The reference reads a pattern by its tags."""
    assert pattern_of(Variant("other", "name", 0, (ONE,))) == Anything()
    assert pattern_of(Variant("other", "name", 9, ())).matches(Option(types.U8, None))

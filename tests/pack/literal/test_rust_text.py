"""Values in Rust's debug form, as the reference's own type writes itself."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainview.pack.literal import parse_literal
from chainview.pack.literal.rust_text import debug_text
from chainview.pack.values import (
    F32,
    F64,
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
    types,
)
from tests.pack.strategies import values

CASES = (
    ("true", "Bool(true)"),
    ("404u32", "U32(404)"),
    ("-42s64", "S64(-42)"),
    ("255u8", "U8(255)"),
    ("-1s16", "S16(-1)"),
    ("flags(0xff)", "Flags(255)"),
    ("()", "Tuple([])"),
    ('(1u8, "x")', 'Tuple([U8(1), String("x")])'),
    ("[1u8, 2u8]", "List { elem_type: U8, items: [U8(1), U8(2)] }"),
    ("[]<list<string>>", "List { elem_type: List(String), items: [] }"),
    ('["a"]', 'List { elem_type: String, items: [String("a")] }'),
    ("none<option<u8>>", "Option { inner_type: Option(U8), value: None }"),
    ("some<u8>(1u8)", "Option { inner_type: U8, value: Some(U8(1)) }"),
    (
        "ok<tuple<>, result<bool, string>>(())",
        "Result { ok_type: Tuple([]), err_type: Result { ok: Bool, err: String }, value: Ok(Tuple([])) }",
    ),
    ('err<char, tuple<u8, f64>>("x")', 'Result { ok_type: Char, err_type: Tuple([U8, F64]), value: Err(String("x")) }'),
    (
        'point{x: 1.5f32, s: "q\\"u"}',
        'Record { type_name: "point", fields: [("x", F32(1.5)), ("s", String("q\\"u"))] }',
    ),
    ("empty{}", 'Record { type_name: "empty", fields: [] }'),
    ("[]<point>", 'List { elem_type: Record("point"), items: [] }'),
    ("color::red", 'Variant { type_name: "color", case_name: "red", tag: 0, payload: [] }'),
    ("color::rgb(1u8, 2u8)", 'Variant { type_name: "color", case_name: "rgb", tag: 0, payload: [U8(1), U8(2)] }'),
    (
        'map<string, u32>["a" => 1u32, "b" => 2u32]',
        'Map { key_type: String, value_type: U32, entries: [(String("a"), U32(1)), (String("b"), U32(2))] }',
    ),
    ("map<u8, set<u8>>[]", "Map { key_type: U8, value_type: Set(U8), entries: [] }"),
    ("set<map<u8, flags>>[1u8]", "Set { elem_type: Map { key: U8, value: Flags }, items: [U8(1)] }"),
)


@pytest.mark.parametrize(("literal", "text"), CASES)
def test_each_kind_has_its_form(literal: str, text: str) -> None:
    """Every kind of value, and of type inside it, is written with the reference's names."""
    assert debug_text(parse_literal(literal)) == text


def test_what_a_literal_does_not_say_is_written() -> None:
    """Tags and the types of variants stand in the text."""
    value = Option(types.variant_named("color"), Variant("color", "red", 7, ()))
    variant = 'Variant { type_name: "color", case_name: "red", tag: 7, payload: [] }'
    assert debug_text(value) == f'Option {{ inner_type: Variant("color"), value: Some({variant}) }}'


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (F64.of(0.0), "0.0"),
        (F64.of(-0.0), "-0.0"),
        (F64.of(1.0), "1.0"),
        (F64.of(1e15), "1000000000000000.0"),
        (F64.of(1e16), "1e16"),
        (F64.of(-1.5e300), "-1.5e300"),
        (F64.of(0.0001), "0.0001"),
        (F64.of(0.000099), "9.9e-5"),
        (F64.of(1e-7), "1e-7"),
        (F64(1), "5e-324"),
        (F64(0x7FF0_0000_0000_0000), "inf"),
        (F64(0xFFF0_0000_0000_0000), "-inf"),
        (F64(0xFFF8_0000_0000_0001), "NaN"),
        (F64.of(562949953421312.25), "562949953421312.3"),
        (F32.of(0.1), "0.1"),
        (F32.of(1e-4), "0.0001"),
        (F32(0x38D1B716), "9.999999e-5"),
        (F32(0x5A0E1BCA), "1e16"),
        (F32(0x5A0E1BC9), "9999999000000000.0"),
        (F32(0xFFC0_0000), "NaN"),
        (F32(1), "1e-45"),
    ],
)
def test_floats_are_written_as_rust_writes_them(number: F32 | F64, text: str) -> None:
    """Shortest digits, with an exponent below 0.0001 and from 1e16 on, each width by itself."""
    assert debug_text(number) == f"{type(number).__name__}({text})"


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("plain ~ text", "plain ~ text"),
        ("quote \" and '", "quote \\\" and '"),
        ("\0\t\n\r\\", "\\0\\t\\n\\r\\\\"),
        ("\x01\x1b\x7f\x80\xa0\xad", "\\u{1}\\u{1b}\\u{7f}\\u{80}\\u{a0}\\u{ad}"),
        ("äß漢😀", "äß漢😀"),
        ("a\u0301", "a\\u{301}"),
        ("\u200b\u200d\u2028\u202e\ufeff", "\\u{200b}\\u{200d}\\u{2028}\\u{202e}\\u{feff}"),
        ("\u3000\ue000\U000e0001\U0010ffff", "\\u{3000}\\u{e000}\\u{e0001}\\u{10ffff}"),
        ("\u0378", "\\u{378}"),
    ],
)
def test_texts_are_escaped_as_rust_escapes_them(text: str, written: str) -> None:
    """What is no print, and what extends the letter before it, stands as its number."""
    assert debug_text(String(text)) == f'String("{written}")'
    assert debug_text(Record(text, ((text, String("")),))) == (
        f'Record {{ type_name: "{written}", fields: [("{written}", String(""))] }}'
    )


@pytest.mark.parametrize(("letter", "written"), [("'", "\\'"), ('"', '"'), ("x", "x"), ("\u0301", "\\u{301}")])
def test_a_character_stands_in_single_quotes(letter: str, written: str) -> None:
    """Only the quote around it is escaped."""
    assert debug_text(Char(letter)) == f"Char('{written}')"


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_a_text_can_be_had_back(text: str) -> None:
    """No two texts are written alike, and none holds what would end its line."""
    written = debug_text(String(text))[8:-2]
    plain = {"0": "\0", "t": "\t", "n": "\n", "r": "\r"}

    def letter(found: re.Match[str]) -> str:
        return chr(int(found[1], 16)) if found[1] else plain.get(found[2], found[2])

    assert re.sub(r"\\(?:u\{([0-9a-f]+)\}|(.))", letter, written) == text
    assert not written or written.splitlines() == [written]


@given(values())
def test_what_is_held_is_written_as_it_is_alone(value: Value) -> None:
    """A value stands inside of any other as it stands alone."""
    text = debug_text(value)
    assert debug_text(Tuple((value, value))) == f"Tuple([{text}, {text}])"
    assert debug_text(List(types.STRING, (value,))) == f"List {{ elem_type: String, items: [{text}] }}"
    assert debug_text(Option(types.U8, value)) == f"Option {{ inner_type: U8, value: Some({text}) }}"
    assert debug_text(Result(types.U8, types.S8, False, value)) == (
        f"Result {{ ok_type: U8, err_type: S8, value: Err({text}) }}"
    )
    assert debug_text(Record("r", (("f", value),))) == f'Record {{ type_name: "r", fields: [("f", {text})] }}'
    assert debug_text(Map(types.U8, types.U8, ((value, value),))) == (
        f"Map {{ key_type: U8, value_type: U8, entries: [({text}, {text})] }}"
    )
    assert debug_text(Set(types.U8, (value,))) == f"Set {{ elem_type: U8, items: [{text}] }}"


def test_an_array_is_a_list_and_a_deep_value_is_written_whole() -> None:
    """Packed elements are written one by one, and depth costs no recursion."""
    assert debug_text(Array(types.BOOL, b"\0\1")) == "List { elem_type: Bool, items: [Bool(false), Bool(true)] }"
    value: Value = Tuple(())
    for _ in range(5000):
        value = Tuple((value,))
    assert debug_text(value) == "Tuple([" * 5001 + "])" * 5001

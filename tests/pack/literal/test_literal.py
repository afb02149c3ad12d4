"""Literals against the reference's texts, and the laws of writing and reading them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainview.pack.cgrf import EncodeError, decode, encode
from chainview.pack.literal import LiteralError, format_literal, parse_arguments, parse_literal, parse_prefix
from chainview.pack.literal import parser as literal_parse
from chainview.pack.values import (
    F32,
    S32,
    U8,
    UNIT,
    Array,
    Char,
    List,
    Option,
    Record,
    String,
    Tuple,
    Value,
    Variant,
    constructors,
    types,
)
from tests.pack.golden import GOLDEN
from tests.pack.sayable import can_be_said
from tests.pack.strategies import values
from tests.pack.vectors import vectors


def read(text: str) -> Value | None:
    """The value of a literal, or None when it is refused with a position in the text."""
    try:
        return parse_literal(text)
    except LiteralError as error:
        if not 0 <= error.position <= len(text.encode("utf-8", "surrogatepass")):
            raise AssertionError(f"position {error.position} lies outside {text!r}") from error
        return None


@pytest.mark.parametrize(("literal", "hexadecimal", "outcome"), GOLDEN)
def test_golden_literals_read_as_the_reference_reads_them(literal: str, hexadecimal: str, outcome: str) -> None:
    """A literal of the reference reads back as the same bytes, as others or not at all, as it does there."""
    value = read(literal)
    if outcome == "error":
        assert value is None
    else:
        assert value is not None
        assert (encode(value).hex() == hexadecimal) == (outcome == "same")


def test_every_reference_literal_is_written_and_read_alike() -> None:
    """Each value has the reference's text, and the text gives what the reference gets from it."""
    for vector in vectors("cgrf"):
        text = format_literal(decode(bytes.fromhex(vector["hex"])))
        assert text == vector["literal"]
        if vector["literal_reparse"] == "error":
            with pytest.raises(LiteralError) as caught:
                parse_literal(text)
            assert vector["literal_error"].startswith(f"parse error at {caught.value.position}:"), text
        else:
            assert encode(parse_literal(text)).hex() == vector.get("literal_reparse_hex", vector["hex"]), text


def test_every_reference_verdict_on_text_is_shared() -> None:
    """What the reference reads is read alike, and what it refuses is refused at the same byte."""
    for vector in vectors("literal"):
        text = vector["input"]
        if not vector["ok"]:
            with pytest.raises(LiteralError) as caught:
                parse_literal(text)
            assert caught.value.position == vector["position"], text
            continue
        value = parse_literal(text)
        assert format_literal(value) == vector["canonical_literal"], text
        if vector["hex"] is None:
            with pytest.raises(EncodeError):
                encode(value)
        else:
            assert encode(value).hex() == vector["hex"], text


@given(values())
def test_a_literal_reads_back_exactly_where_text_can_hold_the_value(value: Value) -> None:
    """Reading undoes writing if and only if nothing in the value is lost or unreadable as text."""
    assert (read(format_literal(value)) == value) == can_be_said(value)


TOKENS = (
    *"()[]{}<>,:'\"\\ \t\n\f\v.-+_é😀",
    *(
        "true",
        "false",
        "none<",
        "some<",
        "ok<",
        "err<",
        "flags(0x",
        "::",
        "tuple<",
        "list<",
        "result<",
        "option<",
    ),
    *("u8", "s32", "f32", "f64", "string", "a", "b-c", "0", "1", "9", "00", "12345678901234567890", "0xff"),
    *("1u8", '"x"', "'c'", "()", "u8>", "[]<", ">(", "a: ", "r{", "NaN", "inf", "1.5f32", "e5"),
)


@given(st.lists(st.sampled_from(TOKENS), max_size=14).map("".join) | st.text(max_size=30))
def test_any_text(text: str) -> None:
    """Any text gives a value, which then has a stable text, or a LiteralError with a place in it."""
    value = read(text)
    if value is not None:
        written = format_literal(value)
        assert format_literal(parse_literal(written)) == written if can_be_said(value) else "inf" in written


@given(values(), st.data())
def test_damaged_literals(value: Value, data: st.DataObject) -> None:
    """A literal with a piece cut out or put in gives a value or a LiteralError."""
    text = format_literal(value)
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 3)))
    read(text[:start] + data.draw(st.sampled_from(["", *TOKENS])) + text[end:])


POSITIONS = (
    ("", 0, "text ends"),
    ("é", 0, "expected a name"),
    ('"é', 3, "must end in a quote"),
    ('("é" 1u8)', 6, r"expected '\)', got '1'"),
    ("'", 1, "character must follow"),
    ("'é", 3, "text ends"),
    ("256u8", 5, "outside the range of u8"),
    ("-129s8", 6, "outside the range of s8"),
    ("-9223372036854775809s64", 23, "outside the range of s64"),
    ("1" * 5000 + "u64", 5003, "outside the range"),
    (".5f32", 0, "expected a name"),
    ("5", 1, "must end in its type"),
    ("flags(0x)", 8, "hexadecimal"),
    ("flags(0x1ffffffffffffffff)", 25, "64 bits"),
    ("flags(1)", 5, "unexpected name 'flags'"),
    ("ok<u8 string>(1u8)", 6, "expected ','"),
    ("some<u8> (1u8)", 8, r"expected '\('"),
    ("some<u8>(1u8, 2u8)", 12, r"expected '\)', got ','"),
    ("[]<u8<u8>>", 5, "expected '>'"),
    ("[]<tuple<u8", 11, "text ends"),
    ("() ()", 3, "more text"),
    ("\ud800", 0, "lone surrogate"),
    ('"é\udfff"', 3, "lone surrogate"),
)


@pytest.mark.parametrize(("text", "position", "reason"), POSITIONS)
def test_errors_name_the_byte_and_the_reason(text: str, position: int, reason: str) -> None:
    """A LiteralError has the UTF-8 byte position of the fault and says in one sentence what is wrong."""
    with pytest.raises(LiteralError, match=reason) as caught:
        parse_literal(text)
    assert caught.value.position == position
    assert caught.value.sentence.startswith(f"not a Pack literal at byte {position}: ")
    assert caught.value.exit_code == 2


READ = (
    ("-1.5f32", F32.of(-1.5)),
    ("1.f32", F32.of(1.0)),
    ("-.5f32", F32.of(-0.5)),
    ("-0.0f32", F32(1 << 31)),
    ("9" * 400 + "f64", "inff64"),
    ("0" * 5000 + "7u8", U8(7)),
    ("-0s32", S32(0)),
    ('"\\"\\\\\\n\\r\\t\0\x1b"', String('"\\\n\r\t\0\x1b')),
    ("'\\''", Char("'")),
    ("[1u8, 2u8, ]", Array(types.U8, b"\1\2")),
    ("[(1u8), (2u8)]", List(types.tuple_of((types.U8,)), (Tuple((U8(1),)), Tuple((U8(2),))))),
    ("[1u8, ()]", List(types.U8, (U8(1), UNIT))),
    ("none<string-x>", Option(types.record_named("string-x"), None)),
    ("none<tuple<tuple<>, list<option<u8>>>>", "none<tuple<tuple<>, list<option<u8>>>>"),
    ("none< result < u8 , list< u8 > > >", None),
    ("none<result<u8 , list< u8 > > >", "none<result<u8, list<u8>>>"),
    ("{a: 1u8, a: 2u8}", Record("", (("a", U8(1)), ("a", U8(2))))),
    ("v :: c ( 1u8 , )", None),
    ("v ::c ( 1u8 , )", Variant("v", "c", 0, (U8(1),))),
)


@pytest.mark.parametrize(("text", "value"), READ)
def test_what_is_read(text: str, value: Value | str | None) -> None:
    """Odd but allowed texts give the value they name (a text here: the literal it is written as)."""
    found = read(text)
    assert (format_literal(found) if isinstance(value, str) and found is not None else found) == value


@given(values(), values(), st.text(max_size=5))
def test_a_prefix_tells_where_it_ends(first: Value, second: Value, rest: str) -> None:
    """A value is read from the middle of a text, up to its own end."""
    text = format_literal(Tuple((first,)))
    if read(text) is not None:
        assert parse_prefix(f"{rest}{text}|{second}", len(rest)) == (
            parse_literal(text),
            len(rest) + len(text),
        )


def test_arguments_are_read_in_their_brackets() -> None:
    """The arguments of a call are the values between its brackets, however many."""
    assert parse_arguments('(5s32, "x")') == (S32(5), String("x"))
    assert parse_arguments(" () ") == ()
    assert parse_arguments("((1u8, 2u8))") == (Tuple((U8(1), U8(2))),)


@pytest.mark.parametrize(("text", "position"), [("", 0), (" 5s32", 1), ("(5s32", 5), ("() x", 3), ("[1u8]", 0)])
def test_arguments_without_brackets_are_refused(text: str, position: int) -> None:
    """Arguments must stand in brackets, with nothing after them."""
    with pytest.raises(LiteralError) as caught:
        parse_arguments(text)
    assert caught.value.position == position


@pytest.mark.once
@pytest.mark.parametrize(
    ("opening", "closing"),
    [("(", ")"), ("{a: ", "}"), ("v::c(", ")"), ("some<u8>(", ")"), ("ok<u8, u8>(", ")"), ("[", "]")],
)
def test_a_thousand_levels_of_text_are_the_limit(opening: str, closing: str) -> None:
    """Text nested up to 1,000 levels is read, written and encoded; deeper text is refused, however deep."""
    text = opening * 999 + "()" + closing * 999
    value = parse_literal(text)
    assert format_literal(value) == text
    assert decode(encode(value)) == value
    for levels in (1000, 1001, 50_000):
        with pytest.raises(LiteralError, match="deeper than 1000"):
            parse_literal(opening * levels + "()" + closing * levels)
        assert read(opening * levels) is None


def test_an_array_is_one_level() -> None:
    """An array within 999 other values is read, though its elements stand in brackets of their own."""
    text = "(" * 999 + "[1u8]" + ")" * 999
    assert decode(encode(parse_literal(text))) == parse_literal(text)


def test_a_thousand_levels_of_annotation_are_the_limit() -> None:
    """An annotation nested up to 1,000 levels is read; anything deeper is refused, however deep."""
    text = f"none<{'list<' * 999}u8{'>' * 1000}"
    assert format_literal(parse_literal(text)) == text
    for levels in (1000, 50_000):
        with pytest.raises(LiteralError, match="deeper than 1000"):
            parse_literal(f"none<{'list<' * levels}u8{'>' * levels}>")


def test_an_inferred_annotation_has_a_size(monkeypatch: pytest.MonkeyPatch) -> None:
    """A list of items whose type is too large to be an annotation is refused."""
    monkeypatch.setattr(constructors, "MAX_TYPE_SIZE", 1000)
    with pytest.raises(LiteralError, match="more than 1000 bytes"):
        parse_literal(f"[({', '.join(['1u8'] * 1001)})]")


def test_inferred_annotations_cannot_grow_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lists in lists whose element types repeat a large type are refused before they take much memory."""
    monkeypatch.setattr(literal_parse, "_MAX_ANNOTATIONS", 1000)
    wide = f"({', '.join(['1u8'] * 400)})"
    assert read(f"[[{wide}]]") is not None
    with pytest.raises(LiteralError, match="nested lists are too large"):
        parse_literal(f"[[[{wide}]]]")

"""The JSON form against the reference's, and the laws of writing and reading it."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainview.pack.cgrf import EncodeError, decode, encode
from chainview.pack.serde import SerdeError, from_serde, to_serde
from chainview.pack.values import (
    F32,
    F64,
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
    types,
)
from tests.pack.strategies import values
from tests.pack.vectors import vectors


def test_every_reference_value_is_written_and_read_alike() -> None:
    """Each value of the reference's vectors has its JSON byte for byte and reads back where it does there."""
    for vector in vectors("cgrf"):
        value = decode(bytes.fromhex(vector["hex"]))
        assert to_serde(value) == vector["serde"]
        if vector["serde_reparse"] == "error":
            with pytest.raises(SerdeError):
                from_serde(vector["serde"])
        else:
            assert from_serde(vector["serde"]) == value


def finite(value: Value) -> bool:
    """Whether no float in a value is NaN or infinite, which JSON can't say."""
    match value:
        case F32() | F64():
            return math.isfinite(value.value)
        case Tuple() | List() | Set():
            return all(map(finite, value.items))
        case Array():
            return all(map(finite, value))
        case Option():
            return value.value is None or finite(value.value)
        case Result():
            return finite(value.value)
        case Map():
            return all(map(finite, value.held))
        case Record():
            return all(finite(field) for _, field in value.fields)
        case Variant():
            return all(map(finite, value.payload))
        case _:
            return True


@given(values())
def test_json_reads_back_exactly_where_every_float_is_finite(value: Value) -> None:
    """Reading undoes writing, tags and annotations included, but for floats that JSON has no word for."""
    text = to_serde(value)
    if finite(value):
        assert from_serde(text) == value
        assert from_serde(text.encode("utf-8")) == value
        assert from_serde(json.loads(text)) == value
    else:
        with pytest.raises(SerdeError):
            from_serde(text)


@given(values())
def test_json_is_compact_json(value: Value) -> None:
    """What is written is JSON without blanks, in Python's own spelling wherever no float stands in it."""
    text = to_serde(value)
    parsed = json.loads(text)
    if '"F32"' not in text and '"F64"' not in text:
        assert json.dumps(parsed, ensure_ascii=False, separators=(",", ":")) == text


JSON_TEXTS = (
    (
        String('"\\\b\t\n\f\r\0\x1f\x7fé\u2028'),
        '{"String":"\\"\\\\\\b\\t\\n\\f\\r\\u0000\\u001f\x7fé\u2028"}',
    ),
    (Array(types.U8, b"\1\xff"), '{"List":{"elem_type":"U8","items":[{"U8":1},{"U8":255}]}}'),
    (Array(types.F32, b""), '{"List":{"elem_type":"F32","items":[]}}'),
    (Option(types.tuple_of(()), None), '{"Option":{"inner_type":{"Tuple":[]},"value":null}}'),
    (
        Result(types.list_of(types.U8), types.variant_named("v"), False, UNIT),
        '{"Result":{"ok_type":{"List":"U8"},"err_type":{"Variant":"v"},"value":{"Err":{"Tuple":[]}}}}',
    ),
    (
        Option(types.result_of(types.tuple_of([types.CHAR, types.FLAGS]), types.option_of(types.S64)), None),
        '{"Option":{"inner_type":{"Result":{"ok":{"Tuple":["Char","Flags"]},"err":{"Option":"S64"}}},"value":null}}',
    ),
    (
        Variant("t", "c", 4294967295, (Char("x"), UNIT)),
        '{"Variant":{"type_name":"t","case_name":"c","tag":4294967295,"payload":[{"Char":"x"},{"Tuple":[]}]}}',
    ),
    (F64.of(math.inf), '{"F64":null}'),
)


@pytest.mark.parametrize(("value", "text"), JSON_TEXTS)
def test_what_is_written(value: Value, text: str) -> None:
    """Values have the text serde_json gives them."""
    assert to_serde(value) == text


READ = (
    ('{"U8":1}', U8(1)),
    (' { "Record" : [ "r" , [ [ "a" , {"U8":1} ] ] ] } ', Record("r", (("a", U8(1)),))),
    ('{"Option":{"inner_type":"U8","spare":1}}', Option(types.U8, None)),
    ('{"Option":["U8",{"U8":1}]}', Option(types.U8, U8(1))),
    ('{"List":["U8",[{"U8":1}]]}', Array(types.U8, b"\1")),
    ('{"Variant":["t","c",7,[]]}', Variant("t", "c", 7, ())),
    ('{"Result":["U8",{"Result":["U8","Bool"]},{"Ok":{"Tuple":[]}}]}', None),
    ('{"F64":1}', F64.of(1.0)),
    ('{"F32":-1}', F32.of(-1.0)),
    ('{"F32":1e39}', F32(0x7F80_0000)),
    ('{"F32":-1e39}', F32(0xFF80_0000)),
    ('{"F64":-0.0}', F64(1 << 63)),
    ('{"F64":-3.1491989967837448e66}', F64.of(-3.1491989967837448e66)),
    ('{"String":"\\ud83d\\ude00"}', String("😀")),
)


@pytest.mark.parametrize(("text", "value"), READ)
def test_what_is_read(text: str, value: Value | None) -> None:
    """Structures as arrays, spare keys, missing options and whole numbers for floats are read."""
    expected = value or Result(types.U8, types.result_of(types.U8, types.BOOL), True, UNIT)
    assert from_serde(text) == expected


REFUSED = (
    "",
    "nonsense",
    "null",
    "[]",
    "1",
    '"Bool"',
    "{}",
    '{"U8":1,"U16":1}',
    '{"U7":1}',
    '{"U8":256}',
    '{"U8":-1}',
    '{"U8":1.0}',
    '{"U8":true}',
    '{"U8":"1"}',
    '{"U8":null}',
    '{"S64":9223372036854775808}',
    '{"Flags":18446744073709551616}',
    '{"Bool":1}',
    '{"F64":null}',
    '{"F64":NaN}',
    '{"F64":Infinity}',
    '{"F64":1e400}',
    '{"F64":true}',
    '{"F64":"1"}',
    '{"F64":' + "9" * 400 + "}",
    '{"F64":' + "9" * 5000 + "}",
    '{"Char":""}',
    '{"Char":"ab"}',
    '{"Char":"\\ud800"}',
    '{"String":"\\udfff"}',
    '{"String":1}',
    '{"Tuple":{}}',
    '{"Tuple":[1]}',
    '{"List":{"elem_type":"U8"}}',
    '{"List":{"items":[]}}',
    '{"List":["U8"]}',
    '{"List":{"elem_type":"u8","items":[]}}',
    '{"List":{"elem_type":{"Tuple":"U8"},"items":[]}}',
    '{"List":{"elem_type":{"Result":{"ok":"U8"}},"items":[]}}',
    '{"List":{"elem_type":{"Bag":"U8"},"items":[]}}',
    '{"List":{"elem_type":{"Record":"\\ud800"},"items":[]}}',
    '{"Result":{"ok_type":"U8","err_type":"U8","value":{"Maybe":{"U8":1}}}}',
    '{"Result":{"ok_type":"U8","err_type":"U8"}}',
    '{"Record":{"type_name":"r","fields":[["a"]]}}',
    '{"Record":{"type_name":"r","fields":[["a",{"U8":1},1]]}}',
    '{"Record":{"type_name":1,"fields":[]}}',
    '{"Record":{"type_name":"r","fields":{"a":{"U8":1}}}}',
    '{"Variant":{"type_name":"t","case_name":"c","tag":-1,"payload":[]}}',
    '{"Variant":{"type_name":"t","case_name":"c","tag":0}}',
)


@pytest.mark.parametrize("text", REFUSED, ids=lambda text: text[:40])
def test_what_is_refused(text: str) -> None:
    """JSON that is no value, alone or within one, is a SerdeError with one sentence."""
    for source in (text, text.encode(), f'{{"Tuple":[{{"U8":1}},{text}]}}'):
        with pytest.raises(SerdeError) as caught:
            from_serde(source)
        assert caught.value.exit_code == 2


def test_bytes_that_are_no_utf_8_are_refused() -> None:
    """Text in another encoding is a SerdeError."""
    with pytest.raises(SerdeError, match="no JSON"):
        from_serde('{"String":"é"}'.encode("latin-1"))


def nested(levels: int) -> Any:
    """JSON of tuples in tuples."""
    source: dict[str, Any] = {"Tuple": []}
    for _ in range(levels - 1):
        source = {"Tuple": [source]}
    return source


def test_a_thousand_levels_are_the_limit() -> None:
    """A value of 1,000 levels is read and written; anything deeper is refused, however deep, as text too."""
    value = from_serde(nested(1000))
    assert decode(encode(value)) == value
    assert to_serde(value) == '{"Tuple":[' * 1000 + "]}" * 1000
    with pytest.raises(SerdeError, match="deeper than 1000"):
        from_serde(nested(1001))
    for text in ('{"Tuple":[' * 100_000 + "]}" * 100_000, "[" * 100_000, '{"a":' * 100_000):
        with pytest.raises(SerdeError):
            from_serde(text)


def test_a_thousand_levels_of_annotation_are_the_limit() -> None:
    """An annotation of 1,000 levels is read and written; anything deeper is refused."""
    annotation: Any = "U8"
    for _ in range(999):
        annotation = {"List": annotation}
    value = from_serde({"Option": [annotation, None]})
    assert decode(encode(value)) == value
    assert to_serde(value).count('{"List":') == 999
    with pytest.raises(SerdeError, match="deeper than 1000"):
        from_serde({"Option": [{"List": annotation}, None]})


def test_a_list_of_other_items_than_declared_is_kept() -> None:
    """A list whose items are not of its fixed-width element type is read, and refused only by the encoder."""
    value = from_serde('{"List":{"elem_type":"U8","items":[{"U16":1}]}}')
    assert to_serde(value) == '{"List":{"elem_type":"U8","items":[{"U16":1}]}}'
    with pytest.raises(EncodeError):
        encode(value)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "U8",
                    "F32",
                    "Tuple",
                    "List",
                    "Option",
                    "Result",
                    "Record",
                    "Variant",
                    "value",
                    "Ok",
                    "items",
                ]
            ),
            inner,
            max_size=3,
        )
    ),
    max_leaves=12,
)


@given(JSON)
def test_any_json(source: object) -> None:
    """Any parsed JSON gives a value, which is then written and read back, or a SerdeError."""
    try:
        value = from_serde(source)
    except SerdeError:
        return
    if finite(value):
        assert from_serde(to_serde(value)) == value


@given(st.text() | st.binary())
def test_any_text(text: str | bytes) -> None:
    """Any text gives a value or a SerdeError."""
    try:
        value = from_serde(text)
    except SerdeError:
        return
    assert isinstance(value, Value)

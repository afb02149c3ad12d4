"""What the core tells of events is what each of them says alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainview.chain.bulk.told import told_at_once
from chainview.chain.event import Extras
from chainview.chain.payload import encode_call, encode_error, encode_host_call, encode_result
from chainview.chain.schema import Schema
from chainview.chain.state_chain import linked
from chainview.chain.table import EventTable, table_of
from chainview.chain.words.lines import EventLines
from chainview.chain.words.report import event_line, event_texts
from chainview.core import serving
from chainview.core.events import MOST_BYTES
from chainview.pack.cgrf import encode
from chainview.pack.cgrf.limits import NEWEST, OLDEST
from chainview.pack.values import (
    S8,
    S64,
    U8,
    U64,
    UNIT,
    Array,
    Bool,
    Char,
    Flags,
    List,
    Option,
    Record,
    Result,
    String,
    Tuple,
    Value,
    Variant,
    bytes_value,
    types,
)
from chainview.system.errors import ChainviewError
from tests.chain import samples
from tests.pack.strategies import values

SCHEMAS = st.sampled_from([Schema.VALUES, Schema.BYTES, Schema.LIFECYCLE])
TEXTS = st.text(alphabet='ab/."\\\n\t-_[é日\0\x7f', max_size=14) | st.integers(0, 70).map("x".__mul__)
LEAVES = st.one_of(
    TEXTS.map(String),
    st.integers(0, 2**64 - 1).map(U64),
    st.integers(-(2**63), 2**63 - 1).map(S64),
    st.integers(-128, 127).map(S8),
    st.booleans().map(Bool),
    st.characters(codec="utf-8").map(Char),
    st.integers(0, 2**64 - 1).map(Flags),
    st.binary(max_size=30).map(bytes_value),
    st.integers(0, 300).map(lambda size: bytes_value(b"\x01" * size)),
    TEXTS.map(lambda text: bytes_value(text.encode())),
    st.lists(st.integers(0, 2**64 - 1), max_size=6).map(
        lambda held: Array(types.U64, b"".join(each.to_bytes(8, "little") for each in held))
    ),
    st.just(UNIT),
)


def _around(inner: st.SearchStrategy[Value]) -> st.SearchStrategy[Value]:
    """Values that hold such others."""
    held = st.lists(inner, max_size=3).map(tuple)
    named = st.lists(st.tuples(TEXTS, inner), max_size=3).map(tuple)
    return st.one_of(
        held.map(Tuple),
        held.map(lambda items: List(types.list_of(types.U8), items)),
        st.builds(Record, TEXTS, named),
        st.builds(Variant, TEXTS | st.just("result"), TEXTS | st.just("err"), st.integers(0, 3), held),
        st.builds(Option, st.just(types.tuple_of([types.U8, types.STRING])), st.none() | inner),
        st.builds(Result, st.just(types.option_of(types.STRING)), st.just(types.F64), st.booleans(), inner),
    )


SAID = st.recursive(LEAVES, _around, max_leaves=6) | values()


@st.composite
def changed(draw: st.DrawFn, value: Value) -> Value:
    """A state as a call may leave it: of one shape with that before it, or of any."""
    if isinstance(value, Record) and value.fields and draw(st.booleans()):
        at = draw(st.integers(0, len(value.fields) - 1))
        fields = list(value.fields)
        fields[at] = fields[at][0], draw(changed(fields[at][1]))
        return Record(value.type_name, tuple(fields))
    if isinstance(value, Tuple | List) and value.items and draw(st.booleans()):
        items = [draw(changed(each)) if draw(st.booleans()) else each for each in value.items]
        return value.holding(tuple(items))
    other: Value = draw(st.one_of(st.just(value), LEAVES, SAID))
    return other


@st.composite
def said(draw: st.DrawFn) -> list[tuple[str, bytes]]:
    """What some events say in a row."""
    found, state = list[tuple[str, bytes]](), draw(SAID)
    for _ in range(draw(st.integers(0, 12))):
        schema, name, version = draw(SCHEMAS), draw(TEXTS), draw(st.sampled_from([OLDEST, NEWEST]))
        kind = draw(st.integers(0, 6))
        try:
            if kind == 0:
                found.append(("wasm", encode_call(schema, name, draw(SAID), version)))
            elif kind < 3:
                payload = encode_host_call(name, draw(TEXTS), draw(SAID), draw(SAID), version, schema)
                found.append((f"{name}/f", payload))
            elif kind < 6:
                state = draw(changed(state))
                found.append(("wasm", encode_result(schema, name, state, draw(SAID), version)))
            else:
                found.append(draw(st.sampled_from([("wasm", encode_error("f", "no")), ("a", b""), ("b", b"no value")])))
        except ChainviewError:
            continue
        if found[-1][1] and draw(st.integers(0, 9)) == 0:
            raw = bytearray(found[-1][1])
            raw[draw(st.integers(0, len(raw) - 1))] = draw(st.integers(0, 255))
            found[-1] = found[-1][0], bytes(raw)
    return found


EXTRAS = st.sampled_from([Extras(), Extras(), Extras(), Extras(stub=True), Extras(state=encode(String("x")))])


@given(said(), st.lists(EXTRAS, min_size=12, max_size=12))
def test_lines_and_texts_are_those_of_each_event(saying: list[tuple[str, bytes]], beside: list[Extras]) -> None:
    """Whatever events say, whoever tells them, each has the line and the texts that it has alone."""
    table = EventTable()
    for event, extras in zip(linked(saying), beside, strict=False):
        table.append(event, extras)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(serving.VARIABLE, "always")
        made = EventLines(table)
        lines = made.lines(0, len(table)) if len(table) else []
        texts = list(made.texts(0, len(table)))
    assert lines == [event_line(table, index) for index in range(len(table))]
    for index, each in enumerate(texts):
        assert set(each) - {""} == set(event_texts(table, index)) - {""}


def test_what_is_plain_is_told_by_the_core(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of ordinary events the core tells most, also what a call changed in the state."""
    monkeypatch.setenv(serving.VARIABLE, "always")
    before, after = (Record("s", (("count", U64(count)), ("all", Tuple((U8(1),))))) for count in (1, 2))
    saying = [
        ("wasm", encode_call(Schema.VALUES, "a:b/c.f", Tuple((U8(7), String("tea"))))),
        ("a:b/c/log", encode_host_call("a:b/c", "log", String("tea"), U64(12_345_678_901))),
        ("wasm", encode_result(Schema.VALUES, "a:b/c.f", before, UNIT)),
        ("wasm", encode_result(Schema.VALUES, "a:b/c.f", after, Result(types.U8, types.U8, False, U8(1)))),
    ]
    table = table_of(linked(saying))
    payloads = table.payloads(0, 4)
    told = told_at_once(table, 0, payloads, 120, literals=False)
    assert told == ['f(7u8, "tea")', '→ c.log "tea" = 1234…901', "", "err 1   state.count 1 → 2"]
    literals = told_at_once(table, 0, payloads, 120, literals=True)
    assert literals is not None
    assert literals[0].split("\0") == [told[0], "a:b/c.f", '(7u8, "tea")']


def test_what_the_core_has_no_room_for_is_left_to_the_twin(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of no events, of a few, of very long ones and where the core is off nothing is told."""
    monkeypatch.setenv(serving.VARIABLE, "always")
    table = table_of(samples.events(20))
    payloads = table.payloads(0, 20)
    assert told_at_once(table, 0, payloads, 120, literals=False) is not None
    assert told_at_once(table, 0, [], 120, literals=False) is None
    assert told_at_once(table, 0, [bytes(MOST_BYTES + 1)], 120, literals=False) is None
    many = encode_call(Schema.VALUES, "f", bytes_value(b"\0" * 2000))
    assert told_at_once(table, 0, [many] * 20, 120, literals=True) == [""] * 20
    monkeypatch.delenv(serving.VARIABLE)
    assert told_at_once(table, 0, payloads, 120, literals=False) is None
    monkeypatch.setenv(serving.VARIABLE, "off")
    assert told_at_once(table, 0, payloads, 120, literals=False) is None

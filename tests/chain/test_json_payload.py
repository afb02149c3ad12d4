"""Payloads of early 2026, which are JSON."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainview.chain.event import Kind
from chainview.chain.kinds import kind_of
from chainview.chain.payload import Call, CallError, CallResult, HostCall, Other, read_payload
from chainview.pack.cgrf import decode, encode
from chainview.pack.literal import format_literal
from chainview.pack.values import S64, U64, UNIT, Bool, Record, String, Value, bytes_value

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)


def payload(**stored: object) -> bytes:
    """The bytes of a payload with those keys."""
    return json.dumps(stored).encode()


def said(value: object) -> list[int]:
    """A value as the bytes of its JSON text."""
    return list(json.dumps(value).encode())


def test_a_call_is_read() -> None:
    """A wasm-call has its function, and params from the bytes of a JSON text."""
    stored = payload(category="Wasm", WasmCall={"function_name": "a.init", "params": said(None)})
    assert read_payload(stored) == Call("a.init", UNIT)
    assert kind_of("wasm", stored) is Kind.CALL


def test_a_result_is_a_pair_of_state_and_response() -> None:
    """A wasm-result has state and response; bytes that are no JSON are text, or bytes."""
    stored = payload(category="Wasm", WasmResult={"function_name": "f", "result": [said({"n": 1}), said(True)]})
    assert read_payload(stored) == CallResult("f", Record("", (("n", S64(1)),)), Bool(True))
    stored = payload(category="Wasm", WasmResult={"function_name": "f", "result": [list(b"free text"), [255, 0]]})
    assert read_payload(stored) == CallResult("f", String("free text"), bytes_value(b"\xff\x00"))
    stored = payload(category="Wasm", WasmResult={"function_name": "f", "result": [None, []]})
    assert kind_of("wasm", stored) is Kind.RESULT


def test_an_error_is_read() -> None:
    """A wasm-error has its message."""
    stored = payload(category="Wasm", WasmError={"function_name": "f", "message": "boom"})
    assert read_payload(stored) == CallError("f", "boom")
    assert kind_of("wasm", stored) is Kind.ERROR


def test_a_host_call_is_read_in_both_forms() -> None:
    """Input and output are the bytes of JSON texts, or Pack values in their JSON form."""
    stored = payload(category="HostFunction", interface="a:b/c", function="d", input=said("x"), output={"S64": 5})
    assert read_payload(stored) == HostCall("a:b/c", "d", String("x"), S64(5))
    assert kind_of("a:b/c/d", stored) is Kind.HOST


@pytest.mark.parametrize(
    "stored", [b"{", b"{}", b'{"category":5}', b'{"category":"Wasm"}', b"{" * 5000, b'{"a":' * 5000]
)
def test_other_json_is_kept_as_it_is(stored: bytes) -> None:
    """JSON that is none of these payloads is Other, without an exception."""
    assert isinstance(read_payload(stored), Other)
    assert kind_of("wasm", stored) is Kind.OTHER


@pytest.mark.parametrize("number", [0, 1 << 31, 1 << 62, 1 << 63, 1 << 64, 1 << 80])
@pytest.mark.parametrize("near", [-1, 0, 1])
@pytest.mark.parametrize("sign", [1, -1])
def test_a_number_has_the_first_type_that_holds_it(number: int, near: int, sign: int) -> None:
    """A whole number is an s64, else a u64, else a text of its digits, so that each can be encoded and shown."""
    number = sign * (number + near)
    read = read_payload(payload(category="HostFunction", interface="i", function="f", input=said({"n": number})))
    value: Value = S64(number) if -(1 << 63) <= number < 1 << 63 else String(str(number))
    value = U64(number) if 1 << 63 <= number < 1 << 64 else value
    assert isinstance(read, HostCall)
    assert read.input == Record("", (("n", value),))
    assert decode(encode(Record("", (("n", value),)))) == read.input


@given(JSON, JSON, st.sampled_from(["WasmCall", "WasmResult", "WasmError"]))
def test_any_json_can_be_read_and_shown(first: object, second: object, case: str) -> None:
    """Whatever JSON stands in a payload, reading it gives values that have a literal."""
    inner = {"function_name": "f", "params": first, "result": [first, second], "message": second}
    read = read_payload(payload(category="Wasm", **{case: inner}))
    if isinstance(read, Call) and read.params is not None:
        assert format_literal(read.params)
    stored = payload(category="HostFunction", interface="i", function="f", input=first, output=second)
    host = read_payload(stored)
    assert isinstance(host, HostCall)
    assert host.input is not None
    assert host.output is not None
    assert format_literal(host.input) + format_literal(host.output)

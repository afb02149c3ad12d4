"""What payloads say: each kind as it is written and read back, and its parts."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chainview.chain.event import MODULE_EVENT, Kind
from chainview.chain.kinds import kind_of
from chainview.chain.payload import (
    ROUND,
    Call,
    CallError,
    CallResult,
    HostCall,
    Other,
    Payload,
    arguments,
    call_value,
    encode_call,
    encode_error,
    encode_host_call,
    encode_result,
    output_for,
    read_payload,
    split_host_call,
)
from chainview.chain.schema import Schema
from chainview.pack.cgrf import encode
from chainview.pack.cgrf.glance import same_but_version, under_version
from chainview.pack.values import UNIT, Array, String, Tuple, Value, bytes_value
from tests.pack import strategies

_NAMES = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
_SCHEMAS = st.sampled_from([Schema.BYTES, Schema.VALUES])


def _said(payload: Payload) -> dict[str, str | Value | None]:
    return dict(payload.names) | {part.name: part.said for part in payload.parts}


@given(_SCHEMAS, _NAMES, strategies.values().filter(lambda value: not isinstance(value, Array)))
def test_a_call_says_what_it_was_given(schema: Schema, function: str, params: Value) -> None:
    """A call is read back as it was written, and its parts are its function and its params."""
    payload = encode_call(schema, function, params, 3)
    assert read_payload(payload) == Call(function, params)
    assert kind_of(MODULE_EVENT, payload) is read_payload(payload).kind is Kind.CALL
    assert _said(read_payload(payload)) == {"function": function, "params": params}


@given(st.sampled_from(list(Schema)), _NAMES, _NAMES | st.just("x" * 65), st.sampled_from([2, 3]))
def test_a_call_that_comes_again_is_written_as_the_first(
    schema: Schema, function: str, text: str, version: int
) -> None:
    """What is kept of a call that is given a text is what the encoder writes, of each schema and version its own."""
    written = encode(call_value(schema, function, String(text), version), version)
    assert [encode_call(schema, function, String(text), version) for _ in range(2)] == [written, written]


@pytest.mark.parametrize("data", [b"", b"x", encode(String("kept")), encode(UNIT, 3)])
@pytest.mark.parametrize("schema", [Schema.BYTES, Schema.VALUES])
def test_a_round_of_a_loop_is_given_bytes_whatever_is_in_them(schema: Schema, data: bytes) -> None:
    """They may be empty, or packed by the guest itself, and are never read as params that stand there as bytes."""
    payload = encode_call(schema, ROUND, bytes_value(data), 3)
    assert read_payload(payload) == Call(ROUND, bytes_value(data))


@given(_NAMES, _NAMES, strategies.values(), strategies.values())
def test_a_host_call_says_what_was_asked_and_answered(interface: str, function: str, asked: Value, out: Value) -> None:
    """A host call is read back as it was written; where it can be split without decoding, both halves are its parts."""
    payload = encode_host_call(interface, function, asked, out, 3)
    read = read_payload(payload)
    assert read == HostCall(interface, function, asked, out)
    assert _said(read) == {"interface": interface, "function": function, "input": asked, "output": out}
    assert split_host_call(interface, function, payload) in (None, (encode(asked, 3), encode(out, 3)))


@given(_SCHEMAS, _NAMES, strategies.values(), strategies.values())
@example(Schema.VALUES, "f", UNIT, bytes_value(b""))
def test_a_result_says_its_response_and_the_state(schema: Schema, function: str, state: Value, out: Value) -> None:
    """A result is read back as it was written; the state comes last and is marked as such."""
    payload = encode_result(schema, function, state, out, 3)
    read = read_payload(payload)
    assert read == CallResult(function, state, out)
    assert kind_of(MODULE_EVENT, payload) is read.kind is Kind.RESULT
    assert [(part.name, part.value, part.is_state) for part in read.parts] == [
        ("response", out, False),
        ("state", state, True),
    ]


@given(_NAMES, _NAMES)
def test_an_error_says_its_message(function: str, message: str) -> None:
    """A failed call is read back as it was written; its message is a text, and as a value a string."""
    payload = encode_error(function, message)
    read = read_payload(payload)
    assert read == CallError(function, message)
    assert kind_of(MODULE_EVENT, payload) is read.kind is Kind.ERROR
    assert _said(read) == {"function": function, "message": message}
    assert [part.value for part in read.parts] == [String(message)]


@given(strategies.scalars())
def test_what_is_no_event_says_itself(value: Value) -> None:
    """A payload of no known kind has one part, all of it, and no subject."""
    read = read_payload(encode(value))
    assert read == Other(value)
    assert (read.subject, read.names, read.kind) == ("", (), Kind.OTHER)
    assert [part.said for part in read.parts] == [value]


@pytest.mark.parametrize(
    ("given_", "expected"),
    [(None, ()), (UNIT, ()), (String("a"), (String("a"),)), (Tuple((UNIT, String("a"))), (UNIT, String("a")))],
)
def test_arguments_are_the_items_or_the_bare_value(given_: Value | None, expected: tuple[Value, ...]) -> None:
    """What a call was given counts as its arguments one by one."""
    assert arguments(given_) == expected


@given(_SCHEMAS, strategies.old_values(), strategies.old_values())
def test_a_payload_under_another_version_differs_in_that_alone(schema: Schema, one: Value, other: Value) -> None:
    """What both CGRF versions hold is written alike but for the versions, and read as the same."""
    made = [
        (encode_host_call("i", "f", one, other, version), encode_call(schema, "f", one, version)) for version in (2, 3)
    ]
    (asked, called), (asked_now, called_now) = made
    assert same_but_version(asked, asked_now)
    assert called.replace(b"CGRF\2", b"CGRF\3") == called_now.replace(b"CGRF\2", b"CGRF\3")
    assert read_payload(asked) == read_payload(asked_now)
    split, split_now = split_host_call("i", "f", asked), split_host_call("i", "f", asked_now)
    assert (split is None) == (split_now is None)
    if split is not None and split_now is not None:
        assert split_now == (under_version(split[0], 3), under_version(split[1], 3))


@pytest.mark.parametrize("schema", list(Schema))
def test_the_output_of_a_host_call_is_found_behind_the_input_that_it_was_asked(schema: Schema) -> None:
    """It is told only where the payload is exactly that of the call, and the output a single node."""
    asked: Value = Tuple((String("a"), Tuple((String("b"), UNIT))))
    payload = encode_host_call("a:b/c", "f", asked, String("out"), schema=schema)
    assert output_for("a:b/c", "f", asked, schema, payload) == String("out")
    assert output_for("a:b/c", "g", asked, schema, payload) is None
    assert output_for("a:b/c", "f", Tuple((asked,)), schema, payload) is None
    assert output_for("a:b/c", "f", asked, schema, payload[:-1]) is None
    assert output_for("a:b/c", "f", asked, schema, b"{}") is None
    larger = encode_host_call("a:b/c", "f", asked, Tuple((UNIT, asked)), schema=schema)
    assert output_for("a:b/c", "f", asked, schema, larger) is None

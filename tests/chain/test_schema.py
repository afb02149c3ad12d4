"""Which generation of Theater a payload speaks for."""

from __future__ import annotations

import json

import pytest

from chainview.chain.payload import encode_call, encode_error, encode_host_call, encode_result
from chainview.chain.schema import Schema, schema_of
from chainview.pack import cgrf
from chainview.pack.cgrf import encode
from chainview.pack.values import S64, UNIT, Array, Option, Record, String, Value, Variant, bytes_value, types

_WRITTEN = (Schema.VALUES, Schema.BYTES)


@pytest.mark.parametrize("schema", _WRITTEN)
@pytest.mark.parametrize("response", [None, UNIT, S64(5), Option(types.U8, None)], ids=repr)
def test_a_result_tells_its_schema(schema: Schema, response: Value | None) -> None:
    """The result of a call speaks for the schema that it was written in, whatever the actor answered."""
    assert schema_of(encode_result(schema, "f", S64(1), response)) is schema


@pytest.mark.parametrize("schema", _WRITTEN)
@pytest.mark.parametrize("params", [UNIT, S64(5), bytes_value(b"text")], ids=repr)
def test_a_call_tells_its_schema(schema: Schema, params: Value) -> None:
    """A call speaks for its schema, unless its params are bytes that might be a list of bytes as well."""
    unsure = schema is Schema.VALUES and isinstance(params, Array)
    assert schema_of(encode_call(schema, "f", params)) is (None if unsure else schema)


def test_a_result_without_a_state_is_of_the_newest_generation() -> None:
    """A result that holds no state speaks for the generation that keeps the state inside the module."""
    result = Record("wasm-result", (("function-name", String("f")), ("response", UNIT)))
    inner = Variant("wasm-event-data", "wasm-result", 1, (result,))
    assert schema_of(encode(Variant("chain-event-payload", "wasm", 1, (inner,)))) is Schema.LIFECYCLE


def test_what_is_the_same_in_several_schemas_tells_none() -> None:
    """Failed calls, host calls, other values and what is no value speak for no schema; JSON speaks for itself."""
    assert schema_of(json.dumps({"category": "Wasm"}).encode()) is Schema.JSON
    for payload in (
        encode_error("f", "no"),
        encode_host_call("a:b/c", "d", UNIT, UNIT),
        encode(String("x")),
        b"",
        b"x",
    ):
        assert schema_of(payload) is None
    assert schema_of(encode_result(Schema.VALUES, "f", UNIT, UNIT)[:-1]) is None


def test_what_tells_none_is_not_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Since a chain of very many failed calls is asked at each of them."""

    def decoded(_: bytes) -> Value:
        raise AssertionError("it was decoded")

    monkeypatch.setattr(cgrf, "decode_stored", decoded)
    assert schema_of(encode_error("f", "no")) is None
    assert schema_of(encode_host_call("a:b/c", "d", UNIT, UNIT)) is None

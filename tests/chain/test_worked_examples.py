"""Events whose bytes and hashes are known from Theater's own rule, worked out apart from this program."""

from __future__ import annotations

import pytest

from chainview.chain.hashing import event_hash, hashed_text
from chainview.chain.payload import encode_call, encode_error, encode_host_call, encode_result, shutdown_payload
from chainview.chain.schema import Schema
from chainview.pack.values import UNIT, String, Tuple, none, types

INIT, TICK = "theater:simple/actor.init", "theater:simple/timer.handle-tick"
RUNTIME, LOG = "theater:simple/runtime", "theater:simple/runtime/log"
NO_STATE = none(types.list_of(types.U8))
LOGGED = encode_host_call(RUNTIME, "log", String("[hello] init"), UNIT)
VALUES = [
    ("wasm", encode_call(Schema.VALUES, INIT, UNIT), 228, 697, "7df1d45f275f4b950dbbe0f58be5c101fae07ec2"),
    (LOG, LOGGED, 255, 883, "4c40e6eac10bf541659db651c382d90840e723b3"),
    (
        "wasm",
        encode_result(Schema.VALUES, INIT, NO_STATE, UNIT),
        258,
        856,
        "072980b4ee7d26c386d0e155345c46603d48a133",
    ),
    (
        "wasm",
        encode_call(Schema.VALUES, TICK, String("beat")),
        239,
        802,
        "6aeaf6b270b9c62064748985e7d323ed8ad86b04",
    ),
    (
        "wasm",
        encode_error(TICK, "Function returned error: boom"),
        267,
        926,
        "a5874cec473e6fbced7915678748aaa8e6efe11b",
    ),
    ("shutdown", shutdown_payload(Schema.VALUES), 211, 709, "5b8c66117c873d3067da29b99412617fccba0aec"),
]
BYTES = [
    ("wasm", encode_call(Schema.BYTES, INIT, UNIT), 257, "752f94aee6d7d32bccb1794cd22d62ad0f579709"),
    (LOG, LOGGED, 255, "b9aa0dcb36a9e1fb4c4842611cfa272c8f629016"),
    (
        "wasm",
        encode_result(Schema.BYTES, INIT, NO_STATE, UNIT),
        284,
        "6190da9038d34238812a00391fec1adbdb20f500",
    ),
    ("shutdown", shutdown_payload(Schema.BYTES), 212, "4cb515bcc591facbdf7299e3d16bdba547c10cec"),
]


@pytest.mark.parametrize("index", range(len(VALUES)))
def test_an_event_of_values_has_the_known_sizes_and_hash(index: int) -> None:
    """Each event of the example chain under the schema `values` has its known payload size, text size and hash."""
    event_type, payload, size, text_size, hash_ = VALUES[index]
    parent = bytes.fromhex(VALUES[index - 1][4]) if index else None
    assert len(payload) == size
    assert len(hashed_text(parent, event_type, payload)) == text_size
    assert event_hash(parent, event_type, payload).hex() == hash_


@pytest.mark.parametrize("index", range(len(BYTES)))
def test_an_event_of_bytes_has_the_known_size_and_hash(index: int) -> None:
    """Each event of the example chain under the schema `bytes` has its known payload size and hash."""
    event_type, payload, size, hash_ = BYTES[index]
    parent = bytes.fromhex(BYTES[index - 1][3]) if index else None
    assert len(payload) == size
    assert event_hash(parent, event_type, payload).hex() == hash_


def test_the_oldest_command_line_wrapped_the_initial_state() -> None:
    """The init call of Theater 0.3.1 to 0.3.8, with a tuple of one absent state, has the known size and hash."""
    payload = encode_call(Schema.BYTES, INIT, Tuple((NO_STATE,)))
    assert len(payload) == 272
    assert event_hash(None, "wasm", payload).hex() == "cebeeaeaf7a8a90aecd296c1aec62081c00d87a9"

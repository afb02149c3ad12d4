"""What the reference says of bytes that are no CGRF value."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainview.pack.cgrf import DecodeError, decode, encode
from chainview.pack.cgrf.refusal import refusal
from chainview.pack.values import Value
from tests.pack.strategies import old_values, values

HEADER = "434752460200000001000000"
"""That of a value of one node, without the index of its root."""

# Each answer was given by the decoder of packr 0.7.3.
CASES = (
    ("", "Buffer too small: need 4 bytes, have 0"),
    ("ffffffff", "Invalid encoding: Invalid magic"),
    ("43475246", "Buffer too small: need 6 bytes, have 4"),
    ("434752460300", "Invalid encoding: Unsupported version"),
    ("434752460200000001ffffff", "Invalid encoding: Node count exceeds limit"),
    ("43475246020000000000000000000000", "Invalid encoding: Root index out of range"),
    (f"{HEADER}00000000", "Buffer too small: need 17 bytes, have 16"),
    (f"{HEADER}000000001600000000000000", "Invalid variant tag: 22"),
    (f"{HEADER}0000000001", "Buffer too small: need 18 bytes, have 17"),
    (f"{HEADER}0000000001000000ffffffff", "Invalid encoding: Payload too large"),
    (f"{HEADER}010000000100000001000000" + "01", "Invalid encoding: Root index out of range"),
    (f"{HEADER}000000000100000001000000" + "0100", "Invalid encoding: Trailing bytes"),
    (f"{HEADER}000000000100000001000000" + "02", "Invalid encoding: Invalid bool payload at node 0"),
    (f"{HEADER}000000000100000002000000" + "0100", "Invalid encoding: Trailing payload bytes at node 0"),
    (f"{HEADER}000000000200000003000000" + "010000", "Buffer too small: need 4 bytes, have 3"),
    (f"{HEADER}000000001200000004000000" + "00d80000", "Invalid encoding: Invalid char scalar at node 0"),
    (f"{HEADER}000000000600000005000000" + "01000000ff", "Invalid encoding: Invalid UTF-8 string at node 0"),
    (f"{HEADER}000000000b00000008000000" + "0100000001000000", "Invalid encoding: Child index out of range at node 0"),
    (f"{HEADER}000000000b00000008000000" + "0100000000000000", "Invalid encoding: Cycle detected in graph buffer"),
    (f"{HEADER}000000001500000005000000" + "0600000000",
     "Invalid encoding: Non-primitive element type in Array at node 0"),
    (f"{HEADER}000000001500000009000000" + "120100000000d80000", "Invalid encoding: Invalid char in array"),
    (f"{HEADER}000000000700000005000000" + "0c00000000",
     "Invalid encoding: List node with primitive elem_type; expected Array node"),
    (f"{HEADER}000000000700000005000000" + "1500000000", "Invalid variant tag: 21"),
    (f"{HEADER}000000000700000009000000" + "060100000007000000", "Invalid encoding: Node index 7 out of range"),
    (f"{HEADER}000000000a00000003000000" + "060000", "Invalid encoding: Trailing payload bytes at node 0"),
    (f"{HEADER}000000001400000007000000" + "06060000000000", "Invalid encoding: Result must have payload"),
    (f"{HEADER}000000000900000005000000" + "01000000ff", "Invalid encoding: Invalid UTF-8 in type name"),
    (f"{HEADER}00000000090000000d000000" + "000000000100000001000000ff",
     "Invalid encoding: Invalid UTF-8 in field name"),
    (f"{HEADER}000000000800000009000000" + "0000000001000000ff", "Invalid encoding: Invalid UTF-8 in case name"),
    (f"{HEADER}00000000070000000a000000" + "0901000000ff00000000", "Invalid encoding: Invalid UTF-8 in record name"),
)  # fmt: skip


@pytest.mark.parametrize(("data", "says"), CASES)
def test_what_is_wrong_is_told_in_the_words_of_the_reference(data: str, says: str) -> None:
    """Of all that may be wrong the first thing in the reference's order is told, and it is wrong here too."""
    assert refusal(bytes.fromhex(data)) == says
    if says != "Invalid encoding: Unsupported version":
        with pytest.raises(DecodeError):
            decode(bytes.fromhex(data))


@given(values())
def test_nothing_is_wrong_with_what_is_encoded(value: Value) -> None:
    """Bytes of the writer are refused by nobody who reads their version."""
    assert refusal(encode(value, 3), 3) is None
    assert refusal(encode(value, 3)) == "Invalid encoding: Unsupported version"


@given(old_values(), st.data())
def test_what_can_not_be_decoded_is_refused_and_nothing_else(value: Value, data: st.DataObject) -> None:
    """Bytes with a change somewhere are refused exactly where they do not decode."""
    changed = bytearray(encode(value))
    at = data.draw(st.integers(8, len(changed) - 1))
    changed[at] = data.draw(st.integers(0, 255))
    whole = bytes(changed[: data.draw(st.integers(at, len(changed)))])
    try:
        decode(whole)
    except DecodeError:
        assert refusal(whole) is not None
    else:
        assert refusal(whole) is None

"""The hash of an event against the rule written down a second time."""

from __future__ import annotations

import hashlib
import json
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainview.chain.hashing import (
    byte_array_text,
    event_hash,
    event_hashes,
    hash_behind,
    hashed_pieces,
    hashed_text,
    text_behind_parent,
)
from chainview.system.long_work import GivenUp, given_up_when

HASHES = st.none() | st.binary(min_size=20, max_size=20)


def by_the_book(parent: bytes | None, event_type: str, payload: bytes) -> bytes:
    """SHA-1 of the compact JSON of the event with an empty hash."""
    stated = None if parent is None else list(parent)
    event = {"hash": [], "parent_hash": stated, "event_type": event_type, "data": list(payload)}
    text = json.dumps(event, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha1(text.encode("utf-8")).digest()


@given(HASHES, st.text(), st.binary(max_size=600))
def test_the_hash_is_that_of_the_compact_json(parent: bytes | None, event_type: str, payload: bytes) -> None:
    """Any event's hash is the SHA-1 of its compact JSON with the hash emptied."""
    assert event_hash(parent, event_type, payload) == by_the_book(parent, event_type, payload)


@given(
    st.lists(st.tuples(HASHES, st.sampled_from(["wasm", "a/b", '"']), st.binary(max_size=90) | st.just(bytes(9000))))
)
def test_many_hashes_are_those_of_each(events: list[tuple[bytes | None, str, bytes]]) -> None:
    """What is hashed together has the hashes that each event has by itself, whatever is empty or large among it."""
    parents, types, payloads = ([event[part] for event in events] for part in range(3))
    assert event_hashes(parents, types, payloads) == [event_hash(*event) for event in events]  # type: ignore[arg-type]


@given(st.binary(min_size=20, max_size=20), st.text(), st.binary(max_size=600))
def test_the_text_behind_the_parent_is_enough(parent: bytes, event_type: str, payload: bytes) -> None:
    """A hash is the same where all of its text but the parent was made before."""
    behind = text_behind_parent(event_type, byte_array_text(payload))
    assert hash_behind(parent, behind) == by_the_book(parent, event_type, payload)


@given(st.binary(max_size=300))
def test_byte_arrays_are_decimal(data: bytes) -> None:
    """Bytes of any length are written as their decimal values joined by commas."""
    assert byte_array_text(data) == ",".join(map(str, data)).encode()


@pytest.mark.parametrize("size", [65_535, 65_536, 65_537, 131_072, 200_001])
def test_a_large_payload_is_hashed_in_pieces(size: int) -> None:
    """The hash is that of the whole text, and the memory that takes does not grow with the payload."""
    payload = bytes(range(256)) * (size // 256) + bytes(size % 256)
    assert event_hash(None, "wasm", payload) == by_the_book(None, "wasm", payload)
    large = bytes(8 << 20)
    tracemalloc.start()
    event_hash(None, "wasm", large)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1 << 20


def test_the_pieces_of_a_large_payload_make_its_text() -> None:
    """The pieces are the whole text, and none of them is of the payload's size."""
    payload = bytes(range(256)) * 2048 + b"odd"
    pieces = list(hashed_pieces(None, "a/b", payload))
    assert b"".join(pieces) == hashed_text(None, "a/b", payload)
    assert max(map(len, pieces)) < len(payload)


def test_hashing_is_given_up_where_it_is_not_wanted() -> None:
    """Whoever does not wait for the hash of a large payload any more ends it in the middle."""
    looks = iter(range(1000))
    with pytest.raises(GivenUp), given_up_when(lambda: next(looks) == 3):
        event_hash(None, "wasm", bytes(1 << 20))
    assert next(looks) == 4

"""The core hashes events as its twin does, and keeps out what it can't hold."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainview.chain.hashing import event_hash, event_hashes, type_text
from chainview.core import serving
from chainview.core.events import HASH_SIZE, KEY_SIZE, MOST_TYPES, EventCore, Region, TypeText

HASHES = st.binary(min_size=HASH_SIZE, max_size=HASH_SIZE)
TYPES = st.lists(st.text(st.characters(codec=None), max_size=40), min_size=1, max_size=5, unique=True)
PAYLOADS = st.binary(max_size=300) | st.integers(0, 255).map(lambda value: bytes([value]) * 2000)


class Owner:
    """Whose types the core is told."""

    def __init__(self, names: list[str]) -> None:
        self.names = names

    def texts(self, start: int) -> list[TypeText]:
        """The types from one on."""
        return [TypeText(name.encode("utf-8", "surrogatepass"), type_text(name), 0) for name in self.names[start:]]


def bare(payloads: Sequence[bytes], ids: Sequence[int] | None = None, base: int = 0) -> Region:
    """Payloads one behind the other from the place `base` on, of the first type where none is told."""
    starts = list(accumulate(map(len, payloads), initial=base))[: len(payloads)]
    packed = struct.pack(f"<{len(starts)}Q", *starts)
    types = struct.pack(f"<{len(starts)}I", *(ids or [0] * len(starts)))
    return Region(b"".join(payloads), packed, base, types, in_entries=False)


def served() -> EventCore:
    """The core, which must be at hand."""
    core = serving.event_core()
    assert core is not None, serving.served()
    return core


@given(TYPES, st.lists(st.tuples(st.integers(0, 4), PAYLOADS, HASHES), max_size=40), st.none() | HASHES)
def test_hashes_are_those_of_the_twin(
    names: list[str], events: list[tuple[int, bytes, bytes]], parent: bytes | None
) -> None:
    """Events of any type, payload and parent hash to what Python computes, however many are hashed at once."""
    core, owner = served(), Owner(names)
    assert core.learn(owner, len(names), owner.texts)
    ids = [number % len(names) for number, _, _ in events]
    payloads, hashes = [payload for _, payload, _ in events], [hash_ for _, _, hash_ in events]
    found = core.hashes(bare(payloads, ids), parent, b"".join(hashes))
    assert found == b"".join(event_hashes([parent, *hashes][:-1], [names[at] for at in ids], payloads))


@pytest.mark.parametrize("size", range(130))
def test_every_length_is_padded_right(size: int) -> None:
    """A text hashes right wherever in a block of SHA-1 it ends."""
    core, owner = served(), Owner(["x/y"])
    assert core.learn(owner, 1, owner.texts)
    payload = bytes(size)
    found = core.hashes(bare([payload]), None, bytes(HASH_SIZE))
    assert found == event_hash(None, "x/y", payload)


def test_a_text_larger_than_its_room_is_left_to_the_twin() -> None:
    """An event whose text the core has no room for is not hashed by it."""
    core, owner = served(), Owner(["x"])
    assert core.learn(owner, 1, owner.texts)
    payload = b"\xff" * 900_000
    assert core.hashes(bare([payload]), None, bytes(HASH_SIZE)) is None


def test_more_types_than_there_is_room_for_are_refused() -> None:
    """Very many types, and very long ones, are left to the twin; the ones of another owner are served then."""
    core = served()
    many, long, few = Owner([str(number) for number in range(MOST_TYPES + 1)]), Owner(["x" * 300_000]), Owner(["x"])
    assert not core.learn(many, len(many.names), many.texts)
    assert not core.learn(long, 1, long.texts)
    assert core.learn(few, 1, few.texts)


def test_types_may_come_later() -> None:
    """An owner that adds a type tells only that one, and both are known."""
    core, owner, told = served(), Owner(["a"]), list[int]()

    def texts(start: int) -> list[TypeText]:
        told.append(start)
        return owner.texts(start)

    assert core.learn(owner, 1, texts)
    owner.names.append("b")
    assert core.learn(owner, 2, texts)
    assert core.learn(owner, 2, texts)
    assert told == [0, 1]
    found = core.hashes(bare([b"", b""], [0, 1]), None, bytes(2 * HASH_SIZE))
    assert found == event_hash(None, "a", b"") + event_hash(bytes(HASH_SIZE), "b", b"")


def siphash(key: bytes, data: bytes) -> int:
    """SipHash-1-3, as its authors define it."""
    most = (1 << 64) - 1

    def left(value: int, by: int) -> int:
        return (value << by | value >> (64 - by)) & most

    one, other = struct.unpack("<2Q", key)
    a, b = one ^ 0x736F6D6570736575, other ^ 0x646F72616E646F6D
    c, d = one ^ 0x6C7967656E657261, other ^ 0x7465646279746573
    padded = data + bytes(7 - len(data) % 8) + bytes((len(data) & 255,))
    for word in [*struct.unpack(f"<{len(padded) // 8}Q", padded), None, None, None]:
        if word is None and len(padded):
            c, padded = c ^ 0xFF, b""
        d ^= word or 0
        a = (a + b) & most
        b = left(b, 13) ^ a
        a = left(a, 32)
        c = (c + d) & most
        d = left(d, 16) ^ c
        a = (a + d) & most
        d = left(d, 21) ^ a
        c = (c + b) & most
        b = left(b, 17) ^ c
        c = left(c, 32)
        a ^= word or 0
    return int(a ^ b ^ c ^ d)


@given(
    st.lists(st.binary(max_size=40), max_size=20),
    st.binary(min_size=KEY_SIZE, max_size=KEY_SIZE),
    st.integers(0, 1 << 40),
)
def test_fingerprints_are_keyed_hashes(payloads: list[bytes], key: bytes, base: int) -> None:
    """A fingerprint is SipHash-1-3 of the payload, wherever in a file of any length that lies."""
    found = served().prints(bare(payloads, base=base), key)
    assert found == struct.pack(f"<{len(payloads)}Q", *[siphash(key, payload) for payload in payloads])

"""Finding where a msgpack object ends."""

from __future__ import annotations

import msgpack
import pytest

from chainview.chain.files.native.object_end import skip

_NIL = b"\xc0"
OBJECTS: dict[str, bytes] = {
    "nil": _NIL,
    "false": b"\xc2",
    "true": b"\xc3",
    "small": b"\x7f",
    "negative": b"\xe0",
    "float 32": b"\xca" + bytes(4),
    "float 64": b"\xcb" + bytes(8),
    **{f"uint {8 << at}": bytes((0xCC + at,)) + bytes(1 << at) for at in range(4)},
    **{f"int {8 << at}": bytes((0xD0 + at,)) + bytes(1 << at) for at in range(4)},
    **{f"ext of {1 << at}": bytes((0xD4 + at,)) + b"\x01" + bytes(1 << at) for at in range(5)},
    "short text": b"\xbf" + bytes(31),
    **{f"text {8 << at}": bytes((0xD9 + at,)) + (40).to_bytes(1 << at, "big") + bytes(40) for at in range(3)},
    **{f"bytes {8 << at}": bytes((0xC4 + at,)) + (40).to_bytes(1 << at, "big") + bytes(40) for at in range(3)},
    **{f"ext {8 << at}": bytes((0xC7 + at,)) + (40).to_bytes(1 << at, "big") + b"\x01" + bytes(40) for at in range(3)},
    "long bytes": b"\xc5\x01\x02" + bytes(0x102),
    "very long bytes": b"\xc6\x00\x01\x00\x02" + bytes(0x10002),
    "short array": b"\x9f" + _NIL * 15,
    "array 16": b"\xdc\x01\x02" + _NIL * 0x102,
    "array 32": b"\xdd\x00\x01\x00\x02" + _NIL * 0x10002,
    "short map": b"\x8f" + b"".join([bytes((key,)) + _NIL for key in range(15)]),
    "map 16": b"\xde\x00\x7f" + b"".join([bytes((key,)) + _NIL for key in range(0x7F)]),
    "map 32": b"\xdf\x00\x00\x00\x7f" + b"".join([bytes((key,)) + _NIL for key in range(0x7F)]),
    "nested": b"\x92\x81\xa1k\xc4\x03abc\x91\xd9\x01x",
}


@pytest.mark.parametrize("name", OBJECTS)
def test_an_object_ends_where_its_bytes_do(name: str) -> None:
    """An object of any kind ends behind its last byte, whatever follows, and not at all when a byte is missing."""
    data = OBJECTS[name]
    msgpack.unpackb(data, strict_map_key=False)
    for tail in (b"", _NIL, b"\xff" * 9):
        assert skip(b"\xff" + data + tail, 1, 1 + len(data) + len(tail)) == 1 + len(data)
    assert skip(data, 0, len(data) - 1) is None


def test_what_is_no_msgpack_has_no_end() -> None:
    """The one byte that begins no object has no end, nor has an array that promises more than there is."""
    for data in (b"\xc1", b"\x92\xc0\xc1", b"\xdd\xff\xff\xff\xff" + _NIL * 9, b""):
        assert skip(data, 0, len(data)) is None

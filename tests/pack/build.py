"""CGRF bytes made by hand, for what no encoder writes."""

from __future__ import annotations

from struct import pack

STRING, LIST, VARIANT, RECORD, OPTION, TUPLE, U8, CHAR, RESULT, ARRAY = (
    0x06,
    0x07,
    0x08,
    0x09,
    0x0A,
    0x0B,
    0x0C,
    0x12,
    0x14,
    0x15,
)


def cgrf(*nodes: bytes, root: int | None = None, count: int | None = None, version: int = 2) -> bytes:
    """A header and nodes; the root is the last node and the count their number unless told otherwise."""
    number = len(nodes) if count is None else count
    last = len(nodes) - 1 if root is None else root
    return pack("<4sHHII", b"CGRF", version, 0, number, last) + b"".join(nodes)


def node(kind: int, payload: bytes = b"") -> bytes:
    """A node of that kind."""
    return pack("<BBHI", kind, 0, 0, len(payload)) + payload


def tuple_node(*children: int) -> bytes:
    """A tuple of the nodes with those indexes."""
    return node(TUPLE, pack(f"<I{len(children)}I", len(children), *children))


def text(value: str) -> bytes:
    """A counted text."""
    raw = value.encode("utf-8")
    return pack("<I", len(raw)) + raw

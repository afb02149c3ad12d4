"""Numbers as a module holds them."""

from __future__ import annotations


def number(value: int) -> bytes:
    """An unsigned number as a module holds it."""
    made = bytearray()
    while value > 0x7F:
        made.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*made, value])


def signed(value: int) -> bytes:
    """A number as a constant holds it."""
    made = bytearray()
    while not -0x40 <= value <= 0x3F:
        made.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*made, value & 0x7F])

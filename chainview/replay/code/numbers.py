"""Numbers as a module holds them."""

from __future__ import annotations

from chainview.actor.engine.instructions import number_at


def number(value: int) -> bytes:
    """An unsigned number as a module holds it."""
    made = bytearray()
    while value > 0x7F:
        made.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*made, value])


def constant_of(instruction: bytes) -> int:
    """The number of an instruction that is a constant."""
    value, behind = number_at(instruction, 1)
    return value - (1 << 7 * (behind - 1)) if instruction[behind - 1] & 0x40 else value


def signed(value: int) -> bytes:
    """A number as a constant holds it."""
    made = bytearray()
    while not -0x40 <= value <= 0x3F:
        made.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*made, value & 0x7F])

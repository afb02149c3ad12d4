"""How much the parts of a JSON text take, told before it is read."""

from __future__ import annotations

BYTES_A_PART, MANY_PARTS = 16, 1 << 16
"""The events of a chain have a part for some 30 bytes, and each part takes some 64 bytes where it is read."""


def too_many_parts(text: str | bytes) -> bool:
    """Whether a JSON text consists of so many arrays, objects and texts that they would take many times its size."""
    if isinstance(text, bytes):
        parts = text.count(b"[") + text.count(b"{") + text.count(b'"') // 2
    else:
        parts = text.count("[") + text.count("{") + text.count('"') // 2
    return parts > len(text) // BYTES_A_PART + MANY_PARTS

"""Actor ids as text: UUIDs in each form that Theater reads, and its words for what is none (uuid 1.29.3)."""

from __future__ import annotations

import re
from typing import Final
from uuid import UUID

_HYPHENATED = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_SIMPLE = re.compile(r"[0-9a-fA-F]{32}")
_STARTS: Final = (0, 9, 14, 19, 24)
"""Where the groups of a hyphenated id begin."""
_LONGEST = 45


def actor_id(text: str) -> str:
    """The id in the form in which actors are known; raises ValueError with Theater's words for what is no id."""
    inner = text
    if len(text) == 38 and text.startswith("{") and text.endswith("}"):
        inner = text[1:-1]
    elif len(text) == 45 and text[:9].lower() == "urn:uuid:":
        inner = text[9:]
    if _HYPHENATED.fullmatch(inner) or _SIMPLE.fullmatch(text):
        return str(UUID(inner))
    raise ValueError(_wrong(inner, is_hyphenated=len(inner.encode("utf-8", "replace")) == 36))


def _wrong(text: str, *, is_hyphenated: bool) -> str:
    size = len(text.encode("utf-8", "replace"))
    if size == 0 or size > _LONGEST:
        return f"invalid length: found {size}"
    inner = text
    if not is_hyphenated and text.startswith("{") and text.endswith("}"):
        inner = text[1:-1]
    elif not is_hyphenated and text[:9].lower() == "urn:uuid:":
        inner = text[9:]
    hyphens, bounds, at = 0, [0] * 4, 0
    for letter in inner:
        if letter == "-":
            if hyphens < 4:
                bounds[hyphens] = at
            hyphens += 1
        elif letter not in "0123456789abcdefABCDEF":
            return f"invalid character: found `{letter}` at {at + text.index(inner)}"
        at += len(letter.encode("utf-8", "replace"))
    if hyphens == 0 and not is_hyphenated and inner is text:
        return f"invalid length: found {size}"
    if hyphens != 4:
        return f"invalid group count: expected 5, found {hyphens + 1}"
    for group in range(4):
        if bounds[group] != _STARTS[group + 1] - 1:
            found = bounds[group] - _STARTS[group]
            return f"invalid group length in group {group}: expected {(8, 4, 4, 4)[group]}, found {found}"
    return f"invalid group length in group 4: expected 12, found {at - _STARTS[4]}"

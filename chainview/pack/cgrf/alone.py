"""A text or a unit that stands alone: what most host calls are asked, and answered, with."""

from __future__ import annotations

from struct import Struct
from typing import Final

from chainview.pack.cgrf.glance import ONE_NODE_HEADERS
from chainview.pack.cgrf.limits import HEADER_SIZE
from chainview.pack.values import UNIT, String, Tuple
from chainview.pack.values.types import TAG_STRING, TAG_TUPLE

BEFORE_TEXT: Final = {version: header + bytes((TAG_STRING, 0, 0, 0)) for version, header in ONE_NODE_HEADERS.items()}
"""What a text that stands alone begins with, by version."""
_TEXT_AT: Final = HEADER_SIZE + 4
_TWO_U32: Final = Struct("<2I")
LONGEST_ALONE: Final = 1 << 16
"""Bytes up to which a value is looked at as a whole."""
_UNITS: Final = {
    version: header + bytes((TAG_TUPLE, 0, 0, 0)) + (4).to_bytes(4, "little") + bytes(4)
    for version, header in ONE_NODE_HEADERS.items()
}


def alone(data: bytes, version: int) -> String | Tuple | None:
    """The text or the unit that a value is, where it stands alone and written as the encoder writes it, else None."""
    size = len(data)
    if data[:_TEXT_AT] == BEFORE_TEXT[version] and size >= _TEXT_AT + 8:
        length, text = _TWO_U32.unpack_from(data, _TEXT_AT)
        if length == size - _TEXT_AT - 4 and text == length - 4 and size <= LONGEST_ALONE:
            try:
                return String(str(data[_TEXT_AT + 8 :], "utf-8"))
            except UnicodeDecodeError:
                return None
    return UNIT if data == _UNITS[version] else None

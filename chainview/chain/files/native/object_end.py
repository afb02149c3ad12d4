"""Where a msgpack object ends, found without decoding it and without believing a length that the buffer can't hold."""

from __future__ import annotations

import re

from chainview.chain.files.entries.entry import Data

_LOOKED_AT = 256
"""Bytes that are looked at together."""
_LONGEST_HEAD = 5

_FIXED = {0xC0: 0, 0xC2: 0, 0xC3: 0, 0xCA: 4, 0xCB: 8, 0xCC: 1, 0xCD: 2, 0xCE: 4, 0xCF: 8}
_FIXED |= {0xD0: 1, 0xD1: 2, 0xD2: 4, 0xD3: 8, 0xD4: 2, 0xD5: 3, 0xD6: 5, 0xD7: 9, 0xD8: 17}
BLOB_LENGTH = {0xC4: 1, 0xC5: 2, 0xC6: 4, 0xD9: 1, 0xDA: 2, 0xDB: 4}
_EXTENSION_LENGTH = {0xC7: 1, 0xC8: 2, 0xC9: 4}
_ARRAY_LENGTH = {0xDC: 2, 0xDD: 4}
_MAP_LENGTH = {0xDE: 2, 0xDF: 4}
_LENGTH_WIDTH = BLOB_LENGTH | _EXTENSION_LENGTH | _ARRAY_LENGTH | _MAP_LENGTH
_OF_A_BYTE = re.compile(rb"[\x00-\x7f\xe0-\xff\xc0\xc2\xc3]*+")
"""Objects of a byte each, such as stand in lists of small numbers."""
_TAGS = (b"\xa1E\xc4", b"\xa1N\xa1", b"\xa1Z")
_MANY = 16
"""Objects that are due from which on it is worth a look whether they take a byte each."""


MOST_OBJECTS = 1 << 18
"""Objects of one entry: what is made of them takes some 64 bytes each, and one byte of a file can hold one."""


def skip(data: Data, start: int, end: int) -> int | None:
    """The offset just past the object at `start`; None when it is malformed or does not end before `end`.

    What consists of more than MOST_OBJECTS counts as malformed.
    """
    return skip_counted(data, start, end)[0]


def skip_counted(data: Data, start: int, end: int, bare: int = 0) -> tuple[int | None, int]:
    """What `skip` gives, and how many objects were looked at to find it.

    With `bare` it is an entry, which counts as malformed where it holds another one, or where one of the first objects,
    as many as are `bare`, holds any, but for the very first.
    """
    position, pending, seen = start, 1, 0
    near, base, behind = (data, 0, end + _LONGEST_HEAD) if isinstance(data, bytes) else (b"", start, start)
    while pending:
        # Every object takes a byte at least, so more pending objects than bytes left is a lie.
        if position >= end or pending > end - position or pending > MOST_OBJECTS - seen:
            return None, seen
        seen += 1
        if position + _LONGEST_HEAD > behind:
            near, base = data[position : position + _LOOKED_AT], position
            behind = base + len(near)
        lead = near[position - base]
        position += 1
        pending -= 1
        if lead < 0x80 or lead >= 0xE0:
            if pending >= _MANY:
                among = _OF_A_BYTE.match(near, position - base, min(position + pending, end) - base)
                more = 0 if among is None else among.end() - among.start()
                position, pending, seen = position + more, pending - more, seen + more
            continue
        if lead < 0xA0:
            if bare and seen > 1 and (seen <= bare or near.startswith(_TAGS, position - base)):
                return None, seen
            pending += (2 if lead < 0x90 else 1) * (lead & 0x0F)
        elif lead < 0xC0:
            position += lead & 0x1F
        elif lead in _FIXED:
            position += _FIXED[lead]
        else:
            width = _LENGTH_WIDTH.get(lead)
            if width is None or position + width > end:
                return None, seen
            length = int.from_bytes(near[position - base : position - base + width], "big")
            position += width
            if lead in _ARRAY_LENGTH or lead in _MAP_LENGTH:
                if 1 < seen <= bare:
                    return None, seen
                pending += length if lead in _ARRAY_LENGTH else 2 * length
            else:
                position += length + (lead in _EXTENSION_LENGTH)
    return (position if position <= end else None), seen

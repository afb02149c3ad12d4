"""The limits of CGRF data that reader and writer share, so that what is written can be read."""

from __future__ import annotations

from typing import Final

from chainview.pack.values.types import PARTS, TAG_MAP, TAG_SET

MAX_BYTES: Final = 256 << 20
"""Bytes of one encoded value."""

MAX_NODES: Final = 10_000_000
"""Nodes of one encoded value, counting a node once for each place it is used in."""

MAX_PAYLOAD: Final = 128 << 20
"""Bytes of the payload of one node. A tuple or array can't reach the limit of 134,217,728 items within it."""

MAGIC: Final = b"CGRF"
HEADER_SIZE: Final = 16
NODE_HEAD_SIZE: Final = 8
KIND_ARRAY: Final = 0x15
OLDEST, NEWEST = 2, 3
VERSIONS: Final = (OLDEST, NEWEST)
"""Header versions that are read and written: the newest has maps and sets too, and all else is the same in both."""

PARTS_OF_VERSION: Final = {
    OLDEST: {tag: parts for tag, parts in PARTS.items() if tag not in (TAG_MAP, TAG_SET)},
    NEWEST: PARTS,
}
"""Header version to the tags of types that it has, with how many types follow each."""

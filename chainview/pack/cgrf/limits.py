"""The limits of CGRF data that reader and writer share, so that what is written can be read."""

from __future__ import annotations

from typing import Final

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
VERSIONS: Final = (2, 3)
"""Header versions that are read and written; payloads are the same in both."""

"""The SHA-256 of a file, whatever its size."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from chainview.system.files.text_file import open_regular

_PIECE = 1 << 20


def sha256_of(path: Path) -> str:
    """The SHA-256 of what a regular file holds, in hex digits; raises OSError."""
    with open_regular(path) as file:
        # Read by pieces: a chain may be larger than memory.
        digest = sha256()
        while piece := file.read(_PIECE):
            digest.update(piece)
        return digest.hexdigest()

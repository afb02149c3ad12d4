"""Where code that was compiled is kept: a folder of ours alone, since what lies in it is executed."""

from __future__ import annotations

from contextlib import suppress

from chainview.system.errors import ChainviewError
from chainview.system.files.kept_bytes import KeptBytes
from chainview.system.files.locations import code_folder, is_ours_alone, made

LARGEST_KEPT = 256 << 20
"""Bytes of one piece of code, and of all together."""
MOST_KEPT = 512


def kept_code(name: str) -> bytes | None:
    """The code kept under a SHA-256, as it was given; None where there is none, or none that may be executed."""
    try:
        kept = _kept()
        return kept.get(name) if is_ours_alone(kept.folder) else None
    except OSError:
        return None


def keep_code(name: str, code: bytes) -> None:
    """Keeps code under a SHA-256, letting the oldest go; where that can't be done nothing is lost but time."""
    with suppress(OSError, ChainviewError):
        kept = _kept()
        if is_ours_alone(made(kept.folder)):
            kept.keep(name, code)
            kept.let_oldest_go(LARGEST_KEPT)


def _kept() -> KeptBytes:
    return KeptBytes(code_folder(), LARGEST_KEPT, MOST_KEPT)

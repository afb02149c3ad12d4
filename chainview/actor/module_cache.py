"""The modules that chains were recorded with, kept by their SHA-256 so that a later replay can try them again."""

from __future__ import annotations

import os
from hashlib import file_digest
from pathlib import Path

from chainview.actor.module import ModuleFile
from chainview.chain.files.entries.header import sha256_in
from chainview.system.clock import wall_seconds
from chainview.system.errors import ChainviewError
from chainview.system.files.locations import made, modules_folder
from chainview.system.files.whole_file import write_whole

LARGEST_CACHE = 1 << 30
_LEFT_BEHIND_SECONDS = 3600.0
"""After this time nobody still writes a file that has not got its name yet."""


def cached_module(sha256: str) -> Path | None:
    """Where the module with that SHA-256 is kept; None when it is not.

    A file whose bytes have another is thrown away: the disk was full, or somebody changed it.
    """
    if not sha256_in(sha256):
        return None
    path = modules_folder() / f"{sha256}.wasm"
    try:
        if not path.is_file():
            return None
        if _is_whole(path, sha256):
            return path
        path.unlink()
    except (OSError, ValueError):
        return None
    return None


def keep_module(file: ModuleFile) -> None:
    """Keeps a module, letting the oldest go above 1 GiB. A cache that can't be written is no reason not to run."""
    try:
        folder = made(modules_folder())
        path = folder / f"{file.sha256}.wasm"
        if path.is_file() and _is_whole(path, file.sha256):
            os.utime(path)
            return
        write_whole(path, (file.data,), force=True)
        _let_oldest_go(folder)
    except (OSError, ChainviewError):
        return


def _is_whole(path: Path, sha256: str) -> bool:
    with path.open("rb") as kept:
        return path.stat().st_size <= LARGEST_CACHE and file_digest(kept, "sha256").hexdigest() == sha256


def _let_oldest_go(folder: Path) -> None:
    for left in folder.glob(".*.wasm.*"):
        if wall_seconds() - left.stat().st_mtime > _LEFT_BEHIND_SECONDS:
            left.unlink(missing_ok=True)
    kept = sorted(folder.glob("*.wasm"), key=lambda path: path.stat().st_mtime)
    total = sum(path.stat().st_size for path in kept)
    for path in kept[:-1]:
        if total <= LARGEST_CACHE:
            return
        total -= path.stat().st_size
        path.unlink()

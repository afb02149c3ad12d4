"""Where the engine keeps the code that it compiled: a folder of ours alone, since what lies in it is executed."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path

from chainview.system.errors import ChainviewError
from chainview.system.files.locations import code_folder, made
from chainview.system.files.whole_file import write_whole

_LARGEST = "256Mi"
_MOST_FILES = 512


def engine_cache() -> Path | None:
    """The settings of the engine's cache, written at first; None where its folder can't be had, or is not ours alone.

    The engine lets the oldest go.
    """
    folder = code_folder()
    settings = folder.parent / f"{folder.name}.toml"
    text = (
        f"[cache]\ndirectory = {_quoted(folder)}\n"
        f'files-total-size-soft-limit = "{_LARGEST}"\nfile-count-soft-limit = "{_MOST_FILES}"\n'
    )
    try:
        if not _is_ours_alone(made(folder)):
            return None
        with suppress(OSError, ValueError):
            if settings.read_text(encoding="utf-8") == text:
                return settings
        write_whole(settings, (text.encode(),), force=True)
    except (OSError, ValueError, ChainviewError):
        return None
    return settings


def _is_ours_alone(folder: Path) -> bool:
    """Whether nobody else may write into a folder, so that nobody else's code is executed from there."""
    found = folder.stat()
    owned = not hasattr(os, "getuid") or found.st_uid == os.getuid()
    return owned and not found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def _quoted(folder: Path) -> str:
    """A path as a TOML text; raises ValueError for one that is no Unicode text."""
    text = str(folder.absolute())
    text.encode()
    escaped = "".join([f"\\u{ord(each):04x}" if ord(each) < 32 or each in '"\\\x7f' else each for each in text])
    return f'"{escaped}"'

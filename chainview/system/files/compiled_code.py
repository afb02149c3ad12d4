"""Where code that was compiled is kept: a folder of ours alone, since what lies in it is executed.

Each file begins with a digest of its name and of all behind it: what a disk or somebody damaged is never executed, and
only compiled again.
"""

from __future__ import annotations

import os
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from chainview.system.errors import ChainviewError
from chainview.system.files.locations import code_folder, is_ours_alone, made

LARGEST_KEPT = 256 << 20
MOST_KEPT = 512
_DIGEST = sha256().digest_size


def kept_code(name: str) -> bytes | None:
    """The code kept under that name, as it was given; None where there is none, or none that may be executed."""
    try:
        folder = code_folder()
        if not is_ours_alone(folder):
            return None
        path = folder / name
        held = path.read_bytes()
        code = held[_DIGEST:]
        if held[:_DIGEST] != _digest(name, code):
            path.unlink()
            return None
        # The oldest that nobody asks for goes first.
        os.utime(path)
    except (OSError, ValueError):
        return None
    return code


def keep_code(name: str, code: bytes) -> None:
    """Keeps code under a name, letting the oldest go; where that can't be done nothing is lost but time."""
    # Few a command compiles, and this loads much.
    import tempfile

    with suppress(OSError, ValueError, ChainviewError):
        folder = made(code_folder())
        if len(code) > LARGEST_KEPT or not is_ours_alone(folder):
            return
        descriptor, temporary = tempfile.mkstemp(prefix=f".{name}.", dir=folder)
        try:
            # Nobody waits for the disk: what did not get there before a crash fails its digest.
            with open(descriptor, "wb") as file:
                file.writelines((_digest(name, code), code))
            os.replace(temporary, folder / name)
        except OSError:
            os.unlink(temporary)
            raise
        _let_oldest_go(folder)


def _digest(name: str, code: bytes) -> bytes:
    digest = sha256(name.encode())
    digest.update(b"\0")
    digest.update(code)
    return digest.digest()


def _let_oldest_go(folder: Path) -> None:
    """Leaves what was used last, also of files that never got their name."""
    with os.scandir(folder) as entries:
        found = [(entry.stat(follow_symlinks=False), entry.path) for entry in entries if entry.is_file()]
    total = 0
    newest_first = sorted(found, key=lambda each: each[0].st_mtime_ns, reverse=True)
    for number, (told, path) in enumerate(newest_first):
        total += told.st_size
        if number >= MOST_KEPT or total > LARGEST_KEPT:
            with suppress(FileNotFoundError):
                os.unlink(path)

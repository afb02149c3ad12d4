"""Bytes that are kept by name in a folder of ours, of which the oldest go.

Each file begins with a digest of its name and of all behind it: what a disk or somebody damaged is never given.
"""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from chainview.system.files.text_file import read_regular

_DIGEST = sha256().digest_size
_NAME_LETTERS = 2 * _DIGEST
_UNNAMED = ".tmp"
"""How files begin that have not got their names yet."""


@dataclass(frozen=True, slots=True)
class KeptBytes:
    """What lies in a folder under names that are SHA-256 in 64 hexadecimal digits; other files there are left alone."""

    folder: Path
    largest: int
    """The bytes that are kept under one name at most."""
    most: int
    """How many names there are at most."""

    def get(self, name: str) -> bytes | None:
        """What was kept under that name, as it was given; None where there is nothing, or it is damaged."""
        path = self.folder / name
        try:
            held = read_regular(path, _DIGEST + self.largest)
            data = held[_DIGEST:]
            if held[:_DIGEST] != _digest(name, data):
                path.unlink()
                return None
            # The oldest that nobody asks for goes first.
            os.utime(path)
        except (OSError, ValueError):
            return None
        return data

    def keep(self, name: str, data: bytes) -> None:
        """Keeps bytes under a name; where that can't be done nothing is lost but time."""
        # What only reads does without it, and it loads much.
        import tempfile

        with suppress(OSError, ValueError):
            if len(data) > self.largest:
                return
            descriptor, temporary = tempfile.mkstemp(prefix=_UNNAMED, dir=self.folder)
            try:
                # Nobody waits for the disk: what did not get there before a crash fails its digest.
                with open(descriptor, "wb") as file:
                    file.writelines((_digest(name, data), data))
                os.replace(temporary, self.folder / name)
            except OSError:
                os.unlink(temporary)
                raise

    def let_go(self, name: str) -> None:
        """Keeps nothing under a name any more."""
        with suppress(OSError, ValueError):
            os.unlink(self.folder / name)

    def let_oldest_go(self, total: int | None = None) -> None:
        """Leaves what was used last, of so many bytes together; also of files that never got their name."""
        with suppress(OSError):
            with os.scandir(self.folder) as entries:
                found = [(entry.stat(follow_symlinks=False), entry.path) for entry in entries if _is_own(entry)]
            held = 0
            for number, (told, path) in enumerate(sorted(found, key=lambda each: -each[0].st_mtime_ns)):
                held += told.st_size
                if number >= self.most or (total is not None and held > total):
                    with suppress(FileNotFoundError):
                        os.unlink(path)


def _is_own(entry: os.DirEntry[str]) -> bool:
    named = len(entry.name) == _NAME_LETTERS
    return entry.is_file(follow_symlinks=False) and (named or entry.name.startswith(_UNNAMED))


def _digest(name: str, data: bytes) -> bytes:
    digest = sha256(name.encode())
    digest.update(b"\0")
    digest.update(data)
    return digest.digest()

"""Writing a file whole or not at all."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from chainview.system.errors import ChainviewError, words_of
from chainview.system.files.footprint import footprint
from chainview.system.files.lock import being_written

_STREAMS = "/proc"
"""Where the names of streams lead, on Linux."""


class NotKept(ChainviewError):
    """A file is there, whole and under its name, and the system does not say that it outlives a power cut."""


def write_whole(path: Path, pieces: Iterable[bytes], *, force: bool = False) -> None:
    """Writes a file at once; like `whole_file` otherwise."""
    with whole_file(path, force=force) as file:
        file.writelines(pieces)


@contextmanager
def whole_file(path: Path, *, force: bool = False) -> Iterator[BinaryIO]:
    """A new file to write to, private to the user, that appears under its name when all of it is on the disk.

    Raises ChainviewError when it exists and `force` is not set, when another program is writing it, or when it can't be
    written; then, and when the block raises, what was there before is as it was: but for NotKept, which is raised once
    the file is there. A link stays, and what it leads to is replaced.
    """
    # It loads more than many a command that writes nothing does.
    import tempfile

    refuse_existing(path, force=force)
    target = replaced(path) if force else path
    try:
        descriptor, temporary = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    except OSError as error:
        raise ChainviewError(f"can't write {path}: {words_of(error)}") from None
    try:
        with open(descriptor, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        _put_in_place(temporary, target, force=force)
    except OSError as error:
        raise ChainviewError(f"can't write {path}: {words_of(error)}") from None
    finally:
        # A disk that lets nothing be removed has said before why nothing could be written, or has all of it.
        with suppress(OSError):
            Path(temporary).unlink(missing_ok=True)
    try:
        sync_folder(target.parent)
    except OSError as error:
        raise NotKept(f"{path} is written, but may not outlive a power cut: {words_of(error)}") from None


def sync_folder(folder: Path) -> None:
    """Puts a folder's names on the disk, where its file system can; raises OSError where that fails."""
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except PermissionError:
        # One may write in it, and not read it.
        return
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP, errno.EBADF):
            raise
    finally:
        with suppress(OSError):
            # What was only read loses nothing.
            os.close(descriptor)


def refuse_existing(path: Path, *, force: bool) -> None:
    """Raises ChainviewError where a name can't be written to, so that nobody works for nothing."""
    if path.is_dir():
        raise ChainviewError(f"{path} is a folder: give the name of a file")
    if not os.path.lexists(path):
        return
    if not force:
        raise ChainviewError(f"{path} exists already: give another name, or --force to replace it")
    if not path.is_file():
        raise ChainviewError(f"{path} is no file that can be replaced: give another name")
    replaced(path)
    if being_written(path):
        raise ChainviewError(f"{path} is being written by another program: give another name")


def replaced(path: Path) -> Path:
    """What is replaced under a name: what a link leads to; raises ChainviewError where that is an open stream."""
    if _is_open_stream(path):
        raise ChainviewError(f"{path} is no file that can be replaced: give another name")
    return Path(os.path.realpath(path)) if path.is_symlink() else path


def _is_open_stream(path: Path) -> bool:
    """Whether a name is that of a stream that a process has open, such as standard output, whatever it leads to."""
    return any(
        step.folder == _STREAMS or step.folder.startswith(f"{_STREAMS}/") for step in footprint(path.absolute()).steps
    )


def _put_in_place(temporary: str, path: Path, *, force: bool) -> None:
    if force:
        os.replace(temporary, path)
        return
    try:
        os.link(temporary, path)
    except FileExistsError:
        raise ChainviewError(f"{path} exists already: give another name, or --force to replace it") from None
    except OSError:
        # A file system without hard links: the name was free a moment ago.
        os.replace(temporary, path)

"""The folder that an actor uses by names of its own choice, and can't leave."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cached_property
from typing import BinaryIO, Final
from uuid import uuid4

from chainview.actor.hosts.interface import Host
from chainview.pack.cgrf.limits import MAX_BYTES
from chainview.system.files.text_file import read_regular

_LONGEST: Final = 4096
"""Letters of a path that some system takes; no more."""
_DEEPEST: Final = 256
"""Names behind each other that a path below the folder may have: many folders in each other no program clears away."""


class LeadsOut(PermissionError):
    """A name that leads out of the folder."""


class BeyondLimit(LeadsOut):
    """A name that leads out of what `--allow` names."""


class Folder:
    """What the manifest configures, else what `--allow` names, else the chain's own, or if `shared` the family's.

    No name leads out of it: not by `..`, not as a whole path and not by a link; nor out of what `--allow` names. That
    an actor tried is told once.
    """

    def __init__(self, host: Host, handler: str, configured: str | None, *, shared: bool = False) -> None:
        self._host, self._handler, self._shared = host, handler, shared
        self._limits = tuple(map(os.path.expanduser, host.leave.limits_of(handler)))
        self._configured = configured if configured is not None else next(iter(self._limits), None)

    @cached_property
    def root(self) -> str:
        """Where it is, in the words of whoever named it; it may not exist yet."""
        if self._configured is not None:
            return self._configured
        of_chainview = self._host.family_folder if self._shared else self._host.own_folder
        return str(of_chainview(self._handler))

    def at(self, *names: str) -> str:
        """The path below the folder that the names lead to, one from the other; raises LeadsOut, or another OSError."""
        path = os.path.join(self.root, *names)
        if any(map(_climbs, names)):
            raise self._refused(LeadsOut(errno.EACCES, "it leads out of the folder"))
        if "\0" in path or len(path) > _LONGEST:
            # The system refuses it, and would look each of its parts up before.
            return path
        if path.count(os.sep) - self.root.count(os.sep) > _DEEPEST:
            raise OSError(errno.ENAMETOOLONG, os.strerror(errno.ENAMETOOLONG))
        real = os.path.realpath(path)
        if not _is_in(real, self.root):
            raise self._refused(LeadsOut(errno.EACCES, "it leads out of the folder"))
        if self._limits and not any(_is_in(real, each) for each in self._limits):
            raise self._refused(BeyondLimit(errno.EACCES, "it leads out of what is allowed"))
        return path

    def _refused(self, error: LeadsOut) -> LeadsOut:
        self.tell_refused()
        return error

    def tell_refused(self) -> None:
        """Tells the person, once, that the actor tried to leave it."""
        self._host.warn(f"{self._handler}: what leads out of {self.root} is refused to the actor")

    def make(self, path: str) -> None:
        """Makes a folder of it with those that lead to it, where it is missing; raises OSError."""
        if self._configured is None:
            os.makedirs(self.root, mode=0o700, exist_ok=True)
        make_folder(path)


def _climbs(name: str) -> bool:
    """Whether a name leads out of what it is joined to."""
    return os.path.isabs(name) or os.path.normpath(name).split(os.sep, 1)[0] == os.pardir


def _is_in(real: str, folder: str) -> bool:
    whole = os.path.realpath(folder)
    return real == whole or real.startswith(os.path.join(whole, ""))


def make_folder(path: str) -> None:
    """Makes a folder with those that lead to it, where it is missing; raises OSError as Rust's library finds it."""
    try:
        _make_last(path)
    except FileNotFoundError:
        parent = os.path.dirname(path)
        if parent in ("", path):
            raise
        make_folder(parent)
        _make_last(path)


def _make_last(path: str) -> None:
    try:
        os.mkdir(path)
    except OSError:
        # It may be there, or have come meanwhile.
        if not os.path.isdir(path):
            raise


def read_whole(path: str) -> bytes:
    """The content of a regular file, no more of it than a value can hold; raises OSError."""
    return read_regular(path, MAX_BYTES)


@contextmanager
def put_whole(path: str, aside: str) -> Iterator[BinaryIO]:
    """A new file to write, which takes the place of `path` once it is whole; raises OSError.

    Where that fails, what was there before is as it was. It is written in the folder `aside`, of the same disk.
    """
    temporary = os.path.join(aside, f".{uuid4().hex}")
    try:
        with open(temporary, "xb") as file:
            yield file
        os.replace(temporary, path)
    finally:
        with suppress(OSError):
            os.unlink(temporary)

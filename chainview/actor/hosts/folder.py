"""The folder that an actor uses by names of its own choice, and can't leave."""

from __future__ import annotations

import errno
import os
from functools import cached_property
from pathlib import Path
from typing import Final

from chainview.actor.hosts.interface import Host
from chainview.pack.cgrf.limits import MAX_BYTES
from chainview.system.text_file import open_regular

_LONGEST: Final = 4096
"""Letters of a path that some system takes."""
_DEEPEST: Final = 256
"""Names behind each other that a path below the folder may have: less than the system takes."""


class LeadsOut(PermissionError):
    """A name that leads out of the folder."""


class Folder:
    """What the manifest configures, else what `--allow` names, else a folder that belongs to the chain.

    No name leads out of it: not by `..`, not as a whole path and not by a link; nor out of what `--allow` names. That
    an actor tried is told once.
    """

    def __init__(self, host: Host, handler: str, configured: str | None) -> None:
        self._host, self._handler = host, handler
        self._limits = tuple(map(os.path.expanduser, host.leave.limits_of(handler)))
        self._configured = configured if configured is not None else next(iter(self._limits), None)

    @cached_property
    def root(self) -> str:
        """Where it is, in the words of whoever named it; it may not exist yet."""
        return str(self._host.own_folder(self._handler)) if self._configured is None else self._configured

    def at(self, *names: str) -> str:
        """The path below the folder that the names lead to, one from the other; raises LeadsOut, or another OSError."""
        path = os.path.join(self.root, *names)
        if "\0" in path:
            raise OSError(errno.EINVAL, "a name contains a NUL")
        if len(path) > _LONGEST or path.count(os.sep) - self.root.count(os.sep) > _DEEPEST:
            # The system would say so after each of its parts was looked up; many folders in each other nobody clears.
            raise OSError(errno.ENAMETOOLONG, os.strerror(errno.ENAMETOOLONG))
        if any(_climbs(each) for each in names) or not self._holds(path):
            self._host.warn(f"{self._handler}: what leads out of {self.root} is refused to the actor")
            raise LeadsOut(errno.EACCES, "it leads out of the folder")
        return path

    def _holds(self, path: str) -> bool:
        real = os.path.realpath(path)
        return _is_in(real, self.root) and (not self._limits or any(_is_in(real, each) for each in self._limits))

    def make(self, path: str) -> None:
        """Makes a folder of it with those that lead to it, where it is missing; raises OSError."""
        missing = list[Path]()
        for each in (Path(path), *Path(path).parents):
            if each.is_dir():
                break
            missing.append(each)
        for each in reversed(missing):
            each.mkdir(0o700 if self._configured is None else 0o777, exist_ok=True)


def _climbs(name: str) -> bool:
    """Whether a name leads out of what it is joined to."""
    return os.path.isabs(name) or os.path.normpath(name).split(os.sep, 1)[0] == os.pardir


def _is_in(real: str, folder: str) -> bool:
    whole = os.path.realpath(folder)
    return real == whole or real.startswith(os.path.join(whole, ""))


def read_whole(path: str) -> bytes:
    """The content of a regular file, no more of it than a value can hold; raises OSError."""
    with open_regular(path) as file:
        return file.read(MAX_BYTES)

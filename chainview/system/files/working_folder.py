"""The folder that relative names were given in, by its name: a process stays in a folder that was moved away."""

from __future__ import annotations

import os
from pathlib import Path

from chainview.system.errors import ChainviewError, limit_met


class WorkingFolder:
    """The folder that this process works in when this is made."""

    def __init__(self) -> None:
        named = os.environ.get("PWD", "")
        try:
            self._path = here()
        except ChainviewError:
            # It may come back by the name that it had.
            self._path = Path(named if os.path.isabs(named) else os.sep)
        # The shell's name for it tells the links that led to it.
        if os.path.isabs(named) and _same(Path(named)):
            self._path = Path(named)

    def absolute(self, path: Path) -> Path:
        """The name with the folder in front, whatever folder has that name now."""
        return self._path / path

    def readable(self, path: Path) -> Path:
        """The name as it was given where that still leads there, else with the folder in front."""
        return path if path.is_absolute() or _same(self._path) else self._path / path


def here() -> Path:
    """The folder that this process works in; raises ChainviewError where it is there no more."""
    try:
        return Path.cwd()
    except FileNotFoundError as error:
        raise limit_met(error) or error from None


def whole(path: Path) -> str:
    """The whole path of a file: what stands before `..` in it may be a link."""
    return str(path.resolve() if ".." in path.parts else path.absolute())


def from_here(path: Path) -> str:
    """The name of a file from the folder that this process works in, or its whole one where that is shorter."""
    try:
        return min(os.path.relpath(whole(path)), whole(path), key=len)
    except (OSError, ValueError):
        # The folder is gone, or lies on another drive.
        return str(path)


def _same(path: Path) -> bool:
    try:
        return os.path.samefile(path, ".")
    except OSError:
        return False

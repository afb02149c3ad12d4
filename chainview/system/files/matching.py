"""What lies in folders, and what a pattern matches there, of so many files looked at and no more."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path

from chainview.system.errors import ChainviewError, words_of

_MOST = 100_000
_ANY_DEPTH = "**"
_MOST_PARTS = 100
_MAGIC = re.compile(r"[*?[]")


class Looking:
    """Looks into folders, and raises ChainviewError where that comes to very many files; what begins with `.` is none.

    `what` says on whose behalf it looks.
    """

    def __init__(self, what: str, most: int = _MOST) -> None:
        self._what, self._most = what, most
        self._left = most

    def into(self, folder: Path) -> list[Path]:
        """What lies in a folder, sorted; raises ChainviewError where it can't be read."""
        try:
            with os.scandir(folder) as entries:
                found = [folder / each.name for each in self._counted(entries) if not each.name.startswith(".")]
        except OSError as error:
            raise ChainviewError(f"can't read the folder {folder}: {words_of(error)}") from None
        return sorted(found)

    def matched(self, folder: Path, pattern: str) -> list[Path]:
        """What a pattern matches in a folder, sorted: `**` is any depth; what can't be read holds nothing."""
        parts = Path(pattern).parts
        if len(parts) > _MOST_PARTS:
            raise ChainviewError(f"{self._what} has a pattern of more than {_MOST_PARTS} parts: {pattern[:40]}…")
        only_folders = pattern.endswith("/")
        found = set(self._below(folder, parts)) - {folder}
        return sorted([path for path in found if not only_folders or os.path.isdir(path)])

    def _counted(self, entries: Iterator[os.DirEntry[str]]) -> Iterator[os.DirEntry[str]]:
        for each in entries:
            self._left -= 1
            if self._left < 0:
                raise ChainviewError(f"{self._what} looks at more than {self._most:,} files: name a folder of fewer")
            yield each

    def _below(self, base: Path, parts: tuple[str, ...]) -> Iterator[Path]:
        if not parts:
            yield base
            return
        part, rest = parts[0], parts[1:]
        if part == _ANY_DEPTH:
            for path in self._at_any_depth(base, files=not rest):
                yield from self._below(path, rest)
        elif _MAGIC.search(part):
            for path in self._entries(base, hidden=part.startswith(".")):
                if fnmatchcase(path.name, part) and (not rest or os.path.isdir(path)):
                    yield from self._below(path, rest)
        elif os.path.lexists(base / part) and (not rest or os.path.isdir(base / part)):
            yield from self._below(base / part, rest)

    def _at_any_depth(self, base: Path, *, files: bool) -> Iterator[Path]:
        """A folder and those below it, with their files where those are asked for; no link leads back into itself."""
        open_ = [(base, frozenset((os.path.realpath(base),)))]
        while open_:
            folder, within = open_.pop()
            yield folder
            for path in self._entries(folder):
                if not os.path.isdir(path):
                    if files:
                        yield path
                elif (real := os.path.realpath(path)) not in within:
                    open_.append((path, within | {real}))

    def _entries(self, folder: Path, *, hidden: bool = False) -> list[Path]:
        try:
            with os.scandir(folder) as entries:
                return [folder / each.name for each in self._counted(entries) if hidden or each.name[0] != "."]
        except OSError:
            return []

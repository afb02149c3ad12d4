"""Noticing that sources were saved: which files of some folders hold something else than before."""

from __future__ import annotations

import hashlib
import os
import re
import stat
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from chainview.actor.watch.lookout import LOOK_SECONDS
from chainview.actor.watch.trouble import WatchTrouble
from chainview.actor.watch.watching import Watching
from chainview.system.files.text_file import read_regular

QUIET_SECONDS = 0.15
"""How long nothing may change until saves that follow each other at once are told as one."""
MOST_FILES = 3000
TOO_MANY = "not all is watched"
_LEFT_OUT = frozenset(("target", "node_modules", "__pycache__"))
"""Folders of what is made of sources; those that say so by a mark, as cargo's do, are left out whatever their name."""
_MARK = "CACHEDIR.TAG"
_NOISE = re.compile(r"\.|.*~$|.*\.(?:swp|swo|swx|tmp|bak|pyc|chain)$|#.*#$|flycheck_|4913$|.*\.___jb_...___$")
"""Names of files that are hidden, or that editors and we write beside sources."""

_MOST_READ = 4 << 20
"""Bytes of a source that is known by its content; a larger one is known by its size and time."""


@dataclass(frozen=True, slots=True)
class _Source:
    """A file as it was at the last look."""

    sign: tuple[int, int, int]
    content: bytes
    """What tells what it holds."""


class SourceWatch:
    """Watches folders on a thread of its own; `on_saved` is told on it which files were saved, in the order of names.

    A file that was written and holds what it held was not saved, one that came or went was. What is made of sources is
    no source: hidden files and folders, `target` and other caches, what editors leave, and what `left_out` names by
    then. Where the system tells of no changes, it looks every second, and `trouble` says so.
    """

    def __init__(
        self,
        folders: Sequence[Path],
        on_saved: Callable[[Sequence[Path]], None],
        left_out: Callable[[], Sequence[Path]] = tuple,
    ) -> None:
        self._folders = [folder.absolute() for folder in folders]
        self._on_saved = on_saved
        self._left_out = left_out
        self._watching = Watching(self._step, "source watch", "the sources are")
        self._known: dict[Path, _Source] = {}
        self._watched: list[Path] = []
        """The folders that hold sources."""
        self._too_many = False
        self._walked_at = self._changed_at = float("-inf")
        self._saved: set[Path] = set()

    @property
    def trouble(self) -> WatchTrouble:
        """How the watch itself is."""
        if self._watching.ended.short:
            return self._watching.ended
        if self._too_many:
            return WatchTrouble(TOO_MANY, f"only the first {MOST_FILES:,} files are watched: name a folder by --src")
        return self._watching.lookout.trouble

    @property
    def newest_ns(self) -> int:
        """When the youngest of the sources was written, in ns since the Unix epoch; 0 where there is none."""
        return max([each.sign[2] for each in self._known.values()], default=0)

    def start(self) -> None:
        """Starts watching for what changes from now on."""
        self._walk()
        self._watching.start()

    def close(self) -> None:
        """Ends watching."""
        self._watching.close()

    def _step(self) -> None:
        # To look at the way to each file as well, as is done for a module, would cost more than all else.
        lookout = self._watching.lookout
        changed = lookout.changed(self._watched) or lookout.heard
        now = time.monotonic()
        if changed or now - self._walked_at >= LOOK_SECONDS:
            before = self._known
            self._walk()
            left_out = {each.absolute() for each in self._left_out()}
            saved = {
                path
                for path in before.keys() | self._known.keys()
                if _content_of(before.get(path)) != _content_of(self._known.get(path))
            }
            if saved - left_out:
                self._saved |= saved - left_out
                self._changed_at = now
        if self._saved and now - self._changed_at >= QUIET_SECONDS:
            saved, self._saved = self._saved, set()
            self._on_saved(sorted(saved))

    def _walk(self) -> None:
        """Looks which sources there are, and how they are."""
        self._walked_at = time.monotonic()
        folders, known = list[Path](), dict[Path, _Source]()
        for path, sign in self._found(folders):
            before = self._known.get(path)
            known[path] = before if before is not None and before.sign == sign else _Source(sign, _content(path, sign))
            if len(known) >= MOST_FILES:
                break
        self._too_many = len(known) >= MOST_FILES
        self._known, self._watched = known, folders

    def _found(self, folders: list[Path]) -> Iterator[tuple[Path, tuple[int, int, int]]]:
        """The sources, each with what tells that it was written; the folders that hold them are added to `folders`."""
        waiting = list(reversed(self._folders))
        while waiting:
            folder = waiting.pop()
            folders.append(folder)
            try:
                with os.scandir(folder) as held:
                    entries = sorted(held, key=lambda entry: entry.name)
            except OSError:
                # It is gone for a moment, or may not be looked into.
                continue
            if any(entry.name == _MARK for entry in entries):
                folders.pop()
                continue
            below = list[Path]()
            for entry in entries:
                if _NOISE.match(entry.name):
                    continue
                try:
                    if entry.is_dir(follow_symlinks=False):
                        if entry.name not in _LEFT_OUT:
                            below.append(folder / entry.name)
                        continue
                    found = entry.stat()
                except OSError:
                    continue
                if stat.S_ISREG(found.st_mode):
                    yield folder / entry.name, (found.st_ino, found.st_size, found.st_mtime_ns)
            waiting += reversed(below)


def _content_of(source: _Source | None) -> bytes | None:
    return None if source is None else source.content


def _content(path: Path, sign: tuple[int, int, int]) -> bytes:
    """What tells what a file holds: its hash, or where it can't be read, or is very large, how it is."""
    if sign[1] <= _MOST_READ:
        try:
            return hashlib.sha256(read_regular(path, _MOST_READ)).digest()
        except OSError:
            pass
    return repr(sign).encode()

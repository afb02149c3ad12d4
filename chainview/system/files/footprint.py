"""What every name on the way to a file is now, so that a later look tells whether it leads to the same content."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path

_MOST_LINKS = 40


@dataclass(frozen=True, slots=True)
class Step:
    """A name in a folder, and what it is: a link with its text, else numbers of the system's; none where it is missing.

    The numbers of the last name on a way tell its content apart, those of the others only which folder it is.
    """

    folder: str
    name: str
    numbers: tuple[int, ...] = ()
    link: str | None = None

    def is_told_of(self, before: Step) -> bool:
        """Whether a system tells who listens to the folder that the name became this.

        It does not where only something about the file changed, as another name of it elsewhere that came or went.
        """
        return self.link is not None or self.numbers[:-1] != before.numbers[:-1]


@dataclass(frozen=True, slots=True)
class Footprint:
    """The way from a name to the file behind it, through every link; it ends at the first name that is missing."""

    steps: tuple[Step, ...]

    @property
    def way(self) -> tuple[tuple[Step, ...], str]:
        """All but the file itself: while it is as it was, the same folders are to be watched."""
        return self.steps[:-1], self.steps[-1].folder

    @property
    def folders(self) -> frozenset[str]:
        """The folders in which the file and the links on the way to it stand, up to the nearest one that exists."""
        links = {step.folder for step in self.steps if step.link is not None}
        return frozenset(links | {self.steps[-1].folder})

    def first_change(self, since: Footprint) -> Step | None:
        """The first name that is another one than it was; None where all is as it was."""
        changes = self._changes(since)
        return changes[0][0] if changes else None

    def first_told(self, since: Footprint) -> Step | None:
        """The first of them of which a system tells who listens to its folder."""
        return next((step for step, before in self._changes(since) if step.is_told_of(before)), None)

    def _changes(self, since: Footprint) -> list[tuple[Step, Step]]:
        """The names that are others than they were, each with what it was, in order."""
        changes = [(step, before) for step, before in zip(self.steps, since.steps, strict=False) if step != before]
        last = self.steps[-1]
        return changes or ([] if len(self.steps) == len(since.steps) else [(last, Step(last.folder, ""))])


def footprint(path: Path) -> Footprint:
    """The way to `path`, which is absolute, as it is now."""
    at, left, links = path.anchor, list(reversed(path.parts[1:])), 0
    steps = []
    while left:
        name = left.pop()
        if name == os.pardir:
            at = os.path.dirname(at)
            continue
        step = _step(at, name, last=not left)
        steps.append(step)
        if step.link is not None:
            links += 1
            target = Path(step.link)
            at = target.anchor or at
            left += reversed(target.parts[1:] if target.anchor else target.parts)
        elif step.numbers[:1] != (stat.S_IFDIR,):
            break
        else:
            at = os.path.join(at, name)
        if links > _MOST_LINKS:
            break
    return Footprint(tuple(steps) or (Step(at, ""),))


def _step(folder: str, name: str, *, last: bool) -> Step:
    full = os.path.join(folder, name)
    try:
        now = os.lstat(full)
        if stat.S_ISLNK(now.st_mode):
            return Step(folder, name, link=os.readlink(full))
    except (OSError, ValueError):
        return Step(folder, name)
    kind = stat.S_IFMT(now.st_mode)
    content = (now.st_size, now.st_mtime_ns, now.st_ctime_ns) if last else ()
    return Step(folder, name, (kind, now.st_dev, now.st_ino, *content))

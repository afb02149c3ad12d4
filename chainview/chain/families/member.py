"""One actor of a recorded family."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from chainview.chain.families.index import Entry


@dataclass(frozen=True, slots=True)
class Member:
    """An actor by its place in the order, from 0, with the file of its chain and what the index tells of it."""

    number: int
    file: Path
    entry: Entry
    problem: str = ""
    """Why its file can't be opened, to stand behind a colon; empty where nothing is known to keep it from that."""
    name: str = ""
    """What the index, its header or its manifest calls it, else its file's name."""
    parent: str = ""
    """The id of the actor that spawned it, as the index or that one's chain tells; empty where that is not known."""

    @property
    def title(self) -> str:
        """Its file's name, and what it is called where the file's name does not say so."""
        return self.file.name if self.name in self.file.name else f"{self.file.name} ({self.name})"

    def as_object(self) -> dict[str, object]:
        """What every command tells of it with `--json`."""
        return {
            "number": self.number,
            "file": self.file.name,
            "name": self.name,
            "id": self.entry.id or None,
            "parent": self.parent or None,
        }


def in_tree_order(members: Sequence[Member]) -> list[tuple[Member, int]]:
    """The members with how deep each is below a root, children behind their parent."""
    ids = {each.entry.id for each in members if each.entry.id}
    below = dict[str, list[Member]]()
    for each in members:
        below.setdefault(each.parent if each.parent in ids else "", []).append(each)
    ordered, left = list[tuple[Member, int]](), [(each, 0) for each in reversed(below.pop("", []))]
    while left or below:
        if not left:
            # Who are each other's children have no root.
            left = [(each, 0) for each in reversed(below.pop(next(iter(below))))]
        member, depth = left.pop()
        ordered.append((member, depth))
        children = below.pop(member.entry.id, []) if member.entry.id else []
        left += [(each, depth + 1) for each in reversed(children)]
    return ordered

"""One actor of a recorded family."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, runtime_checkable

from chainview.chain.families.index import Entry
from chainview.chain.families.link import Basis

_NOBODY = -1


@runtime_checkable
class InOrder(Protocol):
    """What held the events of several actors in one order."""

    def places(self, number: int) -> Sequence[int] | None:
        """Where the events of an actor stood in it, ascending; None where what they say of each other tells more."""
        ...


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
    spawned_by: int | None = None
    """The number of that actor, where its chain tells it: its id may not be known."""
    id_basis: Basis | None = None
    """How its id is known where neither the index nor its chain tells it."""
    held: object = field(default=None, repr=False, compare=False)
    """What its file is there with, where it is not there for good."""

    @property
    def is_guessed(self) -> bool:
        """Whether its id is told by order alone."""
        return self.id_basis is Basis.UNSURE

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
            "id_basis": None if self.id_basis is None else self.id_basis.value,
            "parent": self.parent or None,
            "spawned_by": self.spawned_by,
        }


def places_of(member: Member) -> Sequence[int] | None:
    """Where its events stood among those of all actors, where lines of all came one after the other without more."""
    return member.held.places(member.number) if isinstance(member.held, InOrder) else None


def in_tree_order(members: Sequence[Member]) -> list[tuple[Member, int]]:
    """The members with how deep each is below a root, children behind their parent."""
    numbers = {each.entry.id: each.number for each in members if each.entry.id}
    there = {each.number for each in members}
    below = dict[int, list[Member]]()
    for each in members:
        parent = numbers.get(each.parent, _NOBODY) if each.spawned_by is None else each.spawned_by
        below.setdefault(parent if parent in there else _NOBODY, []).append(each)
    ordered, left = list[tuple[Member, int]](), [(each, 0) for each in reversed(below.pop(_NOBODY, []))]
    while left or below:
        if not left:
            # Who are each other's children have no root.
            left = [(each, 0) for each in reversed(below.pop(next(iter(below))))]
        member, depth = left.pop()
        ordered.append((member, depth))
        left += [(each, depth + 1) for each in reversed(below.pop(member.number, []))]
    return ordered

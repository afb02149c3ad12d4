"""The members of a family in the order of a tree."""

from __future__ import annotations

from pathlib import Path

from chainview.chain.families.index import Entry
from chainview.chain.families.member import Member, in_tree_order


def member(number: int, id: str = "", parent: str = "") -> Member:
    """A member of a name of one letter."""
    return Member(number, Path(f"{number}-x.chain"), Entry(f"{number}-x.chain", id=id), name="x", parent=parent)


def test_children_stand_behind_their_parent() -> None:
    """As deep as they are; who names a parent that is not there is a root, and of two that name each other one is."""
    members = [
        member(0, "a"),
        member(1, "b", "a"),
        member(2, "c", "a"),
        member(3, "d", "b"),
        member(4, "e", "gone"),
        member(5, "f", "g"),
        member(6, "g", "f"),
        member(7),
    ]
    order = [(each.number, depth) for each, depth in in_tree_order(members)]
    assert order == [(0, 0), (1, 1), (3, 2), (2, 1), (4, 0), (7, 0), (5, 0), (6, 1)]

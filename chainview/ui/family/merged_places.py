"""Going to events of all chains, and taking one along, where they stand in one order."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from chainview.chain.families.link import Place
from chainview.chain.table import EventTable
from chainview.ui.find.go_to import GoToActions

if TYPE_CHECKING:
    from chainview.ui.family.merged_view import MergedView
    from chainview.ui.feeds.roster import Roster
    from chainview.ui.find.tree_screen import TreeScreen


class MergedGoTo(GoToActions):
    """Goes to events of all actors: a number is first that of the one under the cursor."""

    def __init__(self, screen: TreeScreen, view: MergedView) -> None:
        super().__init__(screen)
        self._view = view

    def tables(self) -> Sequence[EventTable]:
        """The chain of the actor under the cursor, then the others."""
        place, tables = self._view.place, self._view.table.tables
        own = None if place is None else place.actor
        return [tables[actor] for actor in sorted(tables, key=lambda actor: (actor != own, actor))]

    def row_of(self, table: EventTable, index: int) -> int | None:
        """The row of an event of a chain."""
        merged = self._view.table
        actor = next(actor for actor, each in merged.tables.items() if each is table)
        return merged.order.row_of(Place(actor, index + table.dropped))

    def extent(self) -> str:
        """Where the longest chain ends."""
        longest = max(self._view.table.tables.values(), key=lambda table: len(table) + table.dropped)
        return f"the longest chain here ends at {longest.number(len(longest) - 1):,}"


class HeldRow:
    """The chain of the event under the cursor."""

    def __init__(self, view: MergedView, roster: Roster) -> None:
        self._view = view
        self._roster = roster

    def at(self) -> tuple[EventTable, int | None] | None:
        """That chain and the event; None where there is none, or where it was let go of."""
        cursor = self._view.cursor
        return None if cursor is None or cursor >= len(self._view.table) else self._view.table.event(cursor)

    def path(self) -> Path | None:
        """The file of that chain."""
        place = self._view.place
        return next((each.path() for each in self._roster.all() if place and each.number == place.actor), None)

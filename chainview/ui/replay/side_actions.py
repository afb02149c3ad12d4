"""Going to an event and copying it where there are two sides to look on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from chainview.chain.files.theater.json_array import event_json
from chainview.chain.table import EventTable
from chainview.system.errors import ChainviewError
from chainview.ui.find.clipboard import copy
from chainview.ui.find.go_to import GoToActions
from chainview.ui.replay.pair_painter import Shown
from chainview.ui.widgets.keys import ActionId, Handlers

if TYPE_CHECKING:
    from chainview.ui.replay.pair_panes import PairPanes
    from chainview.ui.replay.replay_screen import ReplayScreen


class SideGoToActions(GoToActions):
    """Goes to events of either side, first of the side that an event's number is of."""

    def __init__(self, screen: ReplayScreen) -> None:
        super().__init__(screen)
        self._panes: PairPanes = screen.panes

    def tables(self) -> Sequence[EventTable]:
        """What was recorded, then what is now, or the other way round where now has the keys."""
        tree = self._panes.active
        both = (tree.sides.recorded, tree.sides.now)
        return both[::-1] if tree.shown is Shown.NOW else both

    def row_of(self, table: EventTable, index: int) -> int | None:
        """The row in which an event of a side stands."""
        tree = self._panes.active
        rows = tree.pairs.recorded if table is tree.sides.recorded else tree.pairs.now
        return rows.index(index) if index in rows else None

    def extent(self) -> str:
        """Where either side ends."""
        sides = self._panes.sides
        return f"recorded ends at {len(sides.recorded):,}, now at {len(sides.now):,}"


class SideCopyActions:
    """What copies on a replay screen."""

    def __init__(self, screen: ReplayScreen) -> None:
        self._screen = screen

    def handlers(self) -> Handlers:
        """What the copying keys do."""
        return {ActionId.COPY_EVENT: self._copy_events, ActionId.COPY_HASH: self._copy_hash}

    def _copy_events(self) -> None:
        """Both sides in one JSON object, null for one that is not there."""
        parts, numbers = [], []
        for name, table, item in self._items():
            try:
                held = event_json(table.event(item), table.number(item)).decode() if _holds(table, item) else "null"
            except ChainviewError as error:
                self._screen.say(error.sentence, "warning")
                return
            parts.append(f'"{name}":{held}')
            numbers += [f"{name} {item + 1:,}"] if _holds(table, item) else []
        if not numbers:
            self._screen.say("there is no event to take", "warning")
            return
        self._copy(f"{' and '.join(numbers)} as JSON", "{" + ",".join(parts) + "}")

    def _copy_hash(self) -> None:
        """The hash of the recorded event, or of now's where that has the keys or stands alone."""
        items = self._items()
        if self._screen.panes.active.shown is Shown.NOW:
            items.reverse()
        for name, table, item in items:
            hash_ = table.hash(item) if _holds(table, item) else None
            if hash_ is not None:
                self._copy(f"hash of {name} {item + 1:,}", hash_.hex())
                return
        self._screen.say("there is no hash to take", "warning")

    def _items(self) -> list[tuple[str, EventTable, int]]:
        panes = self._screen.panes
        sides, (recorded, now) = panes.sides, panes.pair
        return [("recorded", sides.recorded, recorded), ("now", sides.now, now)]

    def _copy(self, what: str, text: str) -> None:
        copy(self._screen, what, text, "chainview show prints events of a chain file")


def _holds(table: EventTable, item: int) -> bool:
    return 0 <= item < len(table)

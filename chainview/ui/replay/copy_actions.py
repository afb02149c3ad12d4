"""Copying what the cursor of a replay screen is on."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from textual.screen import Screen

from chainview.chain.files.theater.json_array import event_json
from chainview.chain.table import EventTable
from chainview.system.errors import ChainviewError
from chainview.ui.find.copying import copy
from chainview.ui.replay.pair_painter import Shown
from chainview.ui.replay.pair_panes import PairPanes
from chainview.ui.widgets.keys import ActionId, Handlers

if TYPE_CHECKING:
    from chainview.ui.widgets.notice import Severity


class ReplayTaking:
    """What copies on a replay screen."""

    def __init__(self, screen: Screen[None], say: Callable[[str, Severity], None], panes: PairPanes) -> None:
        self._screen = screen
        self._say = say
        self._panes = panes

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
                self._say(error.sentence, "warning")
                return
            parts.append(f'"{name}":{held}')
            numbers += [f"{name} {item + 1:,}"] if _holds(table, item) else []
        if not numbers:
            self._say("there is no event to take", "warning")
            return
        self._copy(f"{' and '.join(numbers)} as JSON", "{" + ",".join(parts) + "}")

    def _copy_hash(self) -> None:
        """The hash of the recorded event, or of now's where that has the keys or stands alone."""
        items = self._items()
        if self._panes.active.shown is Shown.NOW:
            items.reverse()
        for name, table, item in items:
            hash_ = table.hash(item) if _holds(table, item) else None
            if hash_ is not None:
                self._copy(f"hash of {name} {item + 1:,}", hash_.hex())
                return
        self._say("there is no hash to take", "warning")

    def _items(self) -> list[tuple[str, EventTable, int]]:
        sides, (recorded, now) = self._panes.sides, self._panes.pair
        return [("recorded", sides.recorded, recorded), ("now", sides.now, now)]

    def _copy(self, what: str, text: str) -> None:
        copy(self._screen, self._say, what, text, "chainview show prints events of a chain file")


def _holds(table: EventTable, item: int) -> bool:
    return 0 <= item < len(table)

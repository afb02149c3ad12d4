"""Going back and forward through the places one came from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chainview.ui.find.places import Places
from chainview.ui.widgets.keys import ActionId, Handlers

if TYPE_CHECKING:
    from chainview.ui.find.tree_screen import TreeScreen


class PlaceActions:
    """Takes note of far moves of the cursor, and goes back on them."""

    def __init__(self, screen: TreeScreen) -> None:
        self._screen = screen
        self._places = Places()
        self._at: int | None = None
        self._going = self._followed = False

    def handlers(self) -> Handlers:
        """Back and forward."""
        return {ActionId.PLACE_BACK: lambda: self._go(-1), ActionId.PLACE_FORWARD: lambda: self._go(1)}

    def moved(self, *, following: bool = False) -> None:
        """The cursor is elsewhere; what it passes while it follows what arrives is no place."""
        tree, before = self._screen.chain_tree, self._at
        noted, self._followed = not (self._followed and following), following
        self._at = tree.position
        far = before is not None and self._at is not None and abs(self._at - before) > max(1, tree.size.height)
        if before is not None and far and noted and not self._going:
            self._places.left(before)
        self._going = False

    def _go(self, step: int) -> None:
        here = self._screen.chain_tree.position
        place = None
        if here is not None:
            place = self._places.back(here) if step < 0 else self._places.forward(here)
        if place is None:
            self._screen.say(f"there is no place to go {'back' if step < 0 else 'forward'} to", "warning")
            return
        self._going = True
        self._screen.chain_tree.move_to_position(place)

"""A pane whose edge is moved by keys and by the mouse, to where it was left the last time."""

from __future__ import annotations

import json
from pathlib import Path

from textual import events
from textual.containers import Vertical
from textual.widget import Widget

from chainview.system.errors import ChainviewError
from chainview.system.files.locations import made, panes_file
from chainview.system.files.whole_file import write_whole

_LEAST, _MOST = 0.15, 0.85
_LEAST_CELLS = 20
_LEAST_ROWS = 4
_STEP_CELLS, _STEP_ROWS = 4, 2
_OVER = 0.01
"""Per cent by which a share is more than its cells, so that what is cut off of the number takes none of them."""


def read_shares(path: Path) -> dict[str, float]:
    """The shares of the screen that panes were given, by name; none where the file can't be read."""
    try:
        stored = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    held = stored.items() if isinstance(stored, dict) else ()
    return {name: float(share) for name, share in held if isinstance(share, int | float) and _LEAST <= share <= _MOST}


def remembered_shares() -> dict[str, float]:
    """The shares that panes were given the last time."""
    return read_shares(panes_file())


def remember_share(path: Path, name: str, share: float) -> None:
    """Keeps the share of a pane beside those of others; raises ChainviewError where that can't be."""
    made(path.parent)
    shares = read_shares(path) | {name: round(share, 5)}
    write_whole(path, [json.dumps(shares).encode() + b"\n"], force=True)


class SizedPane(Vertical):
    """Takes a share of the screen that a person gives it; the one of its kind is given the same the next time."""

    size_name = ""
    """What the share is remembered by, with whether the pane stands beside the rows or below them."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.beside = False
        """Whether it stands beside the rows, so that its width is what changes."""
        self.zoomed = False
        """Whether it has all the room there is."""
        self._shares: dict[str, float] | None = None
        self._dragged = False

    @property
    def _remembered_as(self) -> str:
        return f"{self.size_name} {'beside' if self.beside else 'below'}"

    def lay_out(self) -> None:
        """Takes the share that was given, or else that of the stylesheet."""
        if self._shares is None:
            self._shares = remembered_shares()
        share = None if self.zoomed else self._shares.get(self._remembered_as)
        for rule in ("width", "height", "min_width", "max_width", "max_height"):
            self.styles.clear_rule(rule)
        if share is None:
            return
        if self.beside:
            self.styles.width = f"{share * 100 + _OVER:.2f}%"
            self.styles.min_width, self.styles.max_width = _LEAST_CELLS, "100%"
        else:
            self.styles.height = f"{share * 100 + _OVER:.2f}%"
            self.styles.max_height = "100%"

    def grow(self, steps: int) -> None:
        """Moves the edge by some steps, for a negative number so that the pane is smaller; that is remembered."""
        size = self.outer_size
        self._give(size.width + steps * _STEP_CELLS if self.beside else size.height + steps * _STEP_ROWS)
        self._remember()

    def _give(self, cells: int) -> None:
        assert isinstance(self.parent, Widget)
        whole = self.parent.size.width if self.beside else self.parent.size.height
        if not whole or self._shares is None:
            return
        least = max(_LEAST, (_LEAST_CELLS if self.beside else _LEAST_ROWS) / whole)
        self._shares[self._remembered_as] = max(least, min(cells / whole, _MOST))
        self.lay_out()

    def _remember(self) -> None:
        try:
            if self._shares and self._remembered_as in self._shares:
                remember_share(panes_file(), self._remembered_as, self._shares[self._remembered_as])
        except ChainviewError:
            # It is as it was given for as long as it is looked at.
            return

    # The mouse

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Takes hold of the edge."""
        at = event.screen_offset
        on_edge = at.x == self.region.x if self.beside else at.y == self.region.y
        if on_edge and not self.zoomed:
            self._dragged = True
            self.capture_mouse()
            event.stop()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Moves the edge along."""
        if self._dragged:
            right, bottom = self.region.right, self.region.bottom
            self._give(right - event.screen_x if self.beside else bottom - event.screen_y)

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """Lets go of the edge; where it is then is remembered."""
        if self._dragged:
            self._dragged = False
            self.release_mouse()
            self._remember()

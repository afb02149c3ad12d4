"""The room that the pane of a terminal will have, for an actor that asks before it is shown."""

from __future__ import annotations

from typing import Final

from chainview.ui.panes.sized_pane import remembered_shares

_REMEMBERED_AS: Final = "terminal below"
_SHARE: Final = 0.3
_LEAST_ROWS: Final = 4
_FRAME_ROWS: Final = 2
"""Its edge and its title."""
_MARGINS: Final = 2


def terminal_room(columns: int, rows: int) -> tuple[int, int]:
    """Columns and rows for what actors write, on a screen of that size; the stylesheet has the same numbers."""
    share = remembered_shares().get(_REMEMBERED_AS, _SHARE)
    return columns - _MARGINS, max(_LEAST_ROWS, int(rows * share + 1e-6)) - _FRAME_ROWS

"""What of a chain is under the cursor, to be taken along."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from chainview.chain.table import EventTable
    from chainview.ui.feeds.sources import Source
    from chainview.ui.tree.chain_tree import ChainTree


class Held(Protocol):
    """What is shown of a chain."""

    def at(self) -> tuple[EventTable, int | None] | None:
        """The chain under the cursor, with the index of the event there; None where there is no chain."""
        ...

    def path(self) -> Path | None:
        """The file of that chain, where it is in one."""
        ...


class HeldTree:
    """The one chain whose rows a tree shows."""

    def __init__(self, tree: ChainTree, source: Source) -> None:
        self._tree = tree
        self._source = source

    def at(self) -> tuple[EventTable, int | None] | None:
        """The chain, with the event under the cursor."""
        tree = self._tree
        return tree.table, None if tree.cursor is None or tree.cursor >= len(tree.table) else tree.cursor

    def path(self) -> Path | None:
        """Its file."""
        return self._source.path()

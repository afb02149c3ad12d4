"""The chain tree of a file that nobody writes."""

from __future__ import annotations

from chainview.ui.tree.chain_tree import ChainTree
from chainview.ui.tree.view import TreeView


class StillTree(ChainTree):
    """A chain tree that tells of new events below only when they are new, not when they are read for the first time."""

    grows = False
    """Whether more can come than what the file held when it was opened."""

    reading = False
    """Whether the file is still being read for the first time."""

    def extended(self) -> None:
        """Shows what was appended; errors and hits are looked for only once all of the file is there to be searched."""
        if self.reading:
            TreeView.extended(self)
        else:
            super().extended()

    @property
    def new_below(self) -> int:
        """How many rows came below since following stopped and were not on screen yet."""
        return super().new_below if self.grows else 0

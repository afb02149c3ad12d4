"""From a pipe into a screen."""

from __future__ import annotations

from chainview.chain.files.opened import OpenedChain
from chainview.ui.feeds.file_feed import FileFeed
from chainview.ui.feeds.live_feed import Taken
from chainview.ui.feeds.spool import Spool


class PipeFeed(FileFeed):
    """A feed that grows until the pipe has ended."""

    def __init__(self, opened: OpenedChain, spool: Spool) -> None:
        super().__init__(opened, grows=not spool.ended, name="standard input")
        self._spool = spool

    def take(self) -> Taken:
        """Reads on, and takes note when nothing more will come."""
        ended = self._spool.ended
        taken = super().take()
        if ended and self.grows and not self.indexing:
            before = len(self.table)
            self.finish_growing()
            return Taken(taken.appended + len(self.table) - before, 0, taken.more, taken.notes)
        return taken

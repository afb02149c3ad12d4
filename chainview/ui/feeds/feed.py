"""What a screen takes the events of a chain from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from chainview.chain.files.entries.entry import Note
from chainview.chain.table import EventTable
from chainview.ui.lines.status import Figures


@dataclass(frozen=True, slots=True)
class Taken:
    """What a tick brought: how many events came and how many of the oldest went, whether more wait, and the notes."""

    appended: int = 0
    dropped: int = 0
    more: bool = False
    notes: tuple[Note, ...] = ()


class Feed(Protocol):
    """A session, a file or a pipe, whose events come into a table as they are taken."""

    @property
    def live(self) -> bool:
        """Whether an actor runs at its other end."""
        ...

    @property
    def table(self) -> EventTable:
        """The events taken so far."""
        ...

    @property
    def grows(self) -> bool:
        """Whether more may come than there was at the beginning."""
        ...

    @property
    def indexing(self) -> bool:
        """Whether a file is still being read for the first time."""
        ...

    @property
    def settled(self) -> bool:
        """Whether nothing will come of it any more, but what becomes of its file."""
        ...

    def take(self) -> Taken:
        """Moves what has come into the table, at most what a tick may cost."""
        ...

    def cancel(self) -> None:
        """Reads no further, where a file is still being read."""
        ...

    def figures(self) -> Figures:
        """What the status line tells now."""
        ...

"""What a reader of a chain file format yields."""

from __future__ import annotations

import mmap
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import IntEnum

from chainview.chain.event import NO_EXTRAS, Event, Extras
from chainview.chain.files.native.entry import End, Note
from chainview.chain.files.native.reader import Cut, Damage

Data = bytes | mmap.mmap

OTHER_CHAINS = "other chains"
"""The kind of the note that tells of events left out because they belong to another actor's chain."""


class Checked(IntEnum):
    """How far what is read of an event can be checked."""

    FULL = 0
    """Its hash can be computed again."""
    PROVED = 1
    """The reader has computed its hash again, by a rule of that format's own."""
    LINK = 2
    """Its payload is not what was hashed; only the link to the event before can be checked."""
    NONE = 3
    """Nothing can be checked."""

    @property
    def word(self) -> str:
        """The lower-case word that reports use."""
        return ("full", "full", "link", "none")[self]


@dataclass(frozen=True, slots=True)
class ReadEvent:
    """An event as a format tells it; what it says ends at the offset `end` of the file."""

    event: Event
    end: int
    checked: Checked = Checked.FULL
    extras: Extras = NO_EXTRAS


FormatEntry = ReadEvent | Note | End | Damage | Cut
Reader = Callable[[Data], Iterator[FormatEntry]]

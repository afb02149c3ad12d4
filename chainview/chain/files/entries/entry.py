"""What the reader of a chain file yields, one entry after the other."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from chainview.chain.event import NO_EXTRAS, Event, Extras
from chainview.chain.files.entries.file_bytes import FileBytes
from chainview.chain.files.entries.header import Header
from chainview.core.casts import Made

OTHER_CHAINS = "other chains"
"""The kind of the note that tells of events left out because they belong to another actor's chain."""
LOG = "log"
"""The kind of the note that tells what an actor logged, where that stands between its events."""
BOOKMARK = "bookmark"
"""The kind of the note that a person's bookmark on an event is."""
Data = bytes | FileBytes
"""What a chain is read from."""


@dataclass(frozen=True, slots=True)
class Note:
    """What is no event: a new build, a gap, a bookmark. `after` is the number of events before it."""

    kind: str
    data: dict[str, Any]
    after: int = 0


class Checked(IntEnum):
    """How far what is read of an event can be checked."""

    FULL = 0
    """Its hash can be computed again."""
    PROVED = 1
    """Its hash was computed and is right, where need be by a rule of its format's own."""
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
    """An event as a file tells it; what it says ends at the offset `end` of the file."""

    event: Event
    end: int
    checked: Checked = Checked.FULL
    extras: Extras = NO_EXTRAS


@dataclass(frozen=True, slots=True)
class Again:
    """An event that stands `count` times more behind where it stood twice, each time in `size` bytes."""

    read: ReadEvent
    count: int
    size: int


@dataclass(frozen=True, slots=True)
class Run:
    """Events in a row that are proved, each the child of the one before; what they say ends at the offset `end`.

    `types` has the type of each. Of `lost` ones the hash is not known, and those that do not follow state that parent.
    Where they have marks not all of them are proved, or follow, and some are no event.
    """

    made: Made
    types: tuple[str, ...]
    end: int
    lost: bytes | None = None

    def events(self) -> Iterator[Event]:
        """The events, of which hashes and parents are not told, and what stands in the place of one."""
        made, begin = self.made, 0
        ends = array("I", made.ends)
        for at in range(made.count):
            payload = made.payloads[begin : ends[at]]
            yield Event(b"", None, self.types[at], payload)
            begin = ends[at]


@dataclass(frozen=True, slots=True)
class End:
    """The last entry of a closed file: how many events it holds and the last one's hash."""

    events: int
    head: bytes | None


@dataclass(frozen=True, slots=True)
class Damage:
    """Bytes from `start` to `end` that are no whole entry; `what` names the entry that stood there."""

    start: int
    end: int
    what: str


@dataclass(frozen=True, slots=True)
class Cut:
    """The file ends inside an entry that begins at `start`."""

    start: int


@dataclass(frozen=True, slots=True)
class Pause:
    """Nothing more is there yet of a file that grows; the reader goes on once it is asked again."""


def may_grow(data: Data) -> bool:
    """Whether more may be appended, so that an entry at the end may not be all there yet."""
    return isinstance(data, FileBytes) and data.growing


Entry = Header | ReadEvent | Again | Run | Note | End | Damage | Cut | Pause
Reader = Callable[[Data], Iterator[Entry]]

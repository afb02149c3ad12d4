"""What a table holds of how events link: their hashes and parents, and a byte of flags each."""

from __future__ import annotations

from enum import IntEnum
from typing import Final

from chainview.chain.files.entries.entry import Checked
from chainview.chain.files.entries.other_parents import OtherParents
from chainview.chain.hashing import HASH_SIZE

STUB: Final = 1
DAMAGED: Final = 2
OTHER_PARENT: Final = 4
NO_HASH: Final = 8
WRONG: Final = 64
NOT_WRONG: Final = 128
CHECKED_SHIFT: Final = 4
"""Where among them stands how far the event can be checked."""
_CHECKED: Final = 3 << CHECKED_SHIFT
_EVERY_CHECKED: Final = tuple(Checked)
CHECKED_FLAGS: Final = [checked << CHECKED_SHIFT for checked in Checked]
"""The flags of an event, by how far it can be checked."""
FLAGS_WITHOUT_HASH: Final = [
    NO_HASH | CHECKED_FLAGS[Checked.NONE if checked is Checked.FULL else checked] for checked in Checked
]
"""The flags of an event whose hash is not told, by how far it could be checked else."""
PROVED: Final = CHECKED_FLAGS[Checked.PROVED]


class Standing(IntEnum):
    """What the soundness of an event hangs on, as far as its flags tell."""

    ODD = 0
    """Its entry is damaged, or no hash stands where one could be checked."""
    PLAIN = 1
    """On its hash alone."""
    PROVED = 2
    """On nothing more: its hash was computed and is right."""
    NOT_HELD = 3
    """On nothing that is in the file, which does not hold what was hashed."""
    UNKNOWN = 4
    """On nothing that is in the file, which does not tell its hash."""
    NOT_HELD_ELSEWHERE = 5
    """As NOT_HELD, but it does not link on."""
    UNKNOWN_ELSEWHERE = 6
    """As UNKNOWN, but it does not link on."""
    PLAIN_ELSEWHERE = 7
    """As PLAIN, but it does not link on."""
    PROVED_ELSEWHERE = 8
    """As PROVED, but it does not link on."""


def checked_in(flags: int) -> Checked:
    """How far an event with these flags can be checked."""
    return _EVERY_CHECKED[(flags & _CHECKED) >> CHECKED_SHIFT]


def judged(*, proved: bool, wrong: bool) -> int:
    """The flags of what was found: whether the hash was computed and is right, and whether anything is wrong."""
    return (PROVED if proved else 0) | (WRONG if wrong else NOT_WRONG)


def _standing(flags: int) -> Standing:
    checked = checked_in(flags)
    if flags & DAMAGED or (flags & NO_HASH and checked in (Checked.FULL, Checked.PROVED)):
        return Standing.ODD
    return (_ELSEWHERE if flags & OTHER_PARENT else _STANDING_OF)[checked]


_STANDING_OF: Final = (Standing.PLAIN, Standing.PROVED, Standing.NOT_HELD, Standing.UNKNOWN)
"""By how far the event can be checked, where it links on."""
_ELSEWHERE: Final = (
    Standing.PLAIN_ELSEWHERE,
    Standing.PROVED_ELSEWHERE,
    Standing.NOT_HELD_ELSEWHERE,
    Standing.UNKNOWN_ELSEWHERE,
)
"""The same, where it does not."""
STANDINGS: Final = bytes([_standing(flags) for flags in range(256)])
JUDGED_RIGHT: Final = bytes([flags | PROVED | NOT_WRONG for flags in range(256)])
JUDGED_WRONG: Final = bytes([flags | WRONG for flags in range(256)])
JUDGED_NOT_WRONG: Final = bytes([flags | NOT_WRONG for flags in range(256)])
UNPROVED: Final = bytes(
    [flags & (OTHER_PARENT | DAMAGED) != 0 or checked_in(flags) is Checked.FULL for flags in range(256)]
)
DOUBTED: Final = bytes(
    [flags & ~(WRONG | NOT_WRONG | (PROVED if checked_in(flags) is Checked.PROVED else 0)) for flags in range(256)]
)
_WITHOUT_HASH: Final = bytes([flags & NO_HASH != 0 for flags in range(256)])
TOLD_OF: Final = bytes([flags & (STUB | DAMAGED) != 0 for flags in range(256)])
UNSOUND: Final = bytes(
    [flags & WRONG != 0 or flags & (OTHER_PARENT | NOT_WRONG) == OTHER_PARENT for flags in range(256)]
)


class LinkedEvents:
    """Hashes, parents and flags of events by index; an event's number is its index + 1 + `dropped`."""

    def __init__(self) -> None:
        self.dropped = 0
        """How many of the oldest events were let go."""
        self._flags = bytearray()
        self._hashes = bytearray()
        self._parents = OtherParents()

    def number(self, index: int) -> int:
        """The event number that belongs to an index."""
        return index + 1 + self.dropped

    def hash(self, index: int) -> bytes | None:
        """The hash; None where the file holds none, and before the first event."""
        if index < 0 or self._flags[index] & NO_HASH:
            return None
        return bytes(self._hashes[index * HASH_SIZE : (index + 1) * HASH_SIZE])

    def hash_bytes(self, start: int, stop: int) -> bytes:
        """The hashes of the events from `start` up to `stop`, one behind the other; zeros where there is none."""
        return bytes(self._hashes[start * HASH_SIZE : stop * HASH_SIZE])

    def hashes(self, start: int, stop: int) -> list[bytes | None]:
        """The hashes of the events from `start` up to `stop`."""
        column = self.hash_bytes(start, stop)
        found = [column[at : at + HASH_SIZE] for at in range(0, len(column), HASH_SIZE)]
        return [None if flag & NO_HASH else hash_ for flag, hash_ in zip(self._flags[start:stop], found, strict=True)]

    def have_hashes(self, start: int, stop: int) -> bool:
        """Whether the hash of each event from `start` up to `stop` is told."""
        return 1 not in self._flags[start:stop].translate(_WITHOUT_HASH)

    def parent(self, index: int) -> bytes | None:
        """The parent hash as the event states it."""
        if self._flags[index] & OTHER_PARENT:
            return self._parents.at(self.number(index))
        return self.hash(index - 1)

    def links_on(self, index: int) -> bool:
        """Whether the stated parent is the hash of the event before; the oldest event held is taken at its word."""
        return not self._flags[index] & OTHER_PARENT or (index == 0 and self.dropped > 0)

    def is_stub(self, index: int) -> bool:
        """Whether a stub answered it."""
        return bool(self._flags[index] & STUB)

    def is_damaged(self, index: int) -> bool:
        """Whether the event was read from an entry that fails its checksum."""
        return bool(self._flags[index] & DAMAGED)

    def checked(self, index: int) -> Checked:
        """How far the event can be checked."""
        return checked_in(self._flags[index])

    def judged(self, index: int, *, proved: bool, wrong: bool) -> None:
        """Remembers whether the event's hash was computed and is right, and whether anything is wrong with it."""
        self._flags[index] |= judged(proved=proved, wrong=wrong)

    def judged_alike(self, start: int, stop: int, *, wrong: bool) -> None:
        """Remembers of the events from `start` up to `stop` whether something is wrong, where no hash was computed."""
        if start < stop:
            self._flags[start:stop] = self._flags[start:stop].translate(JUDGED_WRONG if wrong else JUDGED_NOT_WRONG)

    def standings(self, start: int, stop: int) -> bytes:
        """A Standing for each event from `start` up to `stop`."""
        return bytes(self._flags[start:stop].translate(STANDINGS))

    def judged_right(self, start: int, stop: int) -> None:
        """Remembers of the events from `start` up to `stop` that their hashes were computed, and that all is right."""
        if start < stop:
            self._flags[start:stop] = self._flags[start:stop].translate(JUDGED_RIGHT)

    def any_unsound(self, start: int, stop: int) -> bool:
        """Whether an event from `start` up to `stop` was judged to be wrong, or, not judged yet, does not link on."""
        first = 1 if start == 0 and self.dropped else start
        return 1 in self._flags[first:stop].translate(UNSOUND)

    def unsound(self, start: int, stop: int) -> bytes:
        """A byte for each event from `start` up to `stop`: whether `any_unsound` holds of it alone."""
        found = self._flags[start:stop].translate(UNSOUND)
        return bytes(b"\0" + found[1:] if start == 0 and self.dropped else found)

    def told_of(self, start: int, stop: int) -> bytes:
        """A byte for each event from `start` up to `stop`: whether a stub answered it, or its entry is damaged."""
        return bytes(self._flags[start:stop].translate(TOLD_OF))

    def unproved(self, start: int, stop: int) -> bytes:
        """A byte for each event from `start` up to `stop`: 0 where all is known to be right, or can't be checked."""
        return bytes(self._flags[start:stop].translate(UNPROVED))

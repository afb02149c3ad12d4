"""The byte of flags that a table holds of each event, and what many of them say at once."""

from __future__ import annotations

from enum import IntEnum
from typing import Final

from chainview.chain.files.entries.entry import Checked

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
PROVED: Final = CHECKED_FLAGS[Checked.PROVED]


class Standing(IntEnum):
    """What the soundness of an event hangs on, as far as its flags tell."""

    ODD = 0
    """It does not link on, can't be checked in full, or its entry is damaged."""
    PLAIN = 1
    """On its hash alone."""
    PROVED = 2
    """On nothing more: its hash was computed and is right."""
    NOT_HELD = 3
    """On nothing that is in the file, which does not hold what was hashed."""
    UNKNOWN = 4
    """On nothing that is in the file, which does not tell its hash."""


def checked_in(flags: int) -> Checked:
    """How far an event with these flags can be checked."""
    return _EVERY_CHECKED[(flags & _CHECKED) >> CHECKED_SHIFT]


def judged(*, proved: bool, wrong: bool) -> int:
    """The flags of what was found: whether the hash was computed and is right, and whether anything is wrong."""
    return (PROVED if proved else 0) | (WRONG if wrong else NOT_WRONG)


def _standing(flags: int) -> Standing:
    checked = checked_in(flags)
    if flags & (OTHER_PARENT | DAMAGED) or (flags & NO_HASH and checked in (Checked.FULL, Checked.PROVED)):
        return Standing.ODD
    return _STANDING_OF[checked]


_STANDING_OF: Final = (Standing.PLAIN, Standing.PROVED, Standing.NOT_HELD, Standing.UNKNOWN)
"""By how far the event can be checked, where it links on."""
STANDINGS: Final = bytes([_standing(flags) for flags in range(256)])
JUDGED_RIGHT: Final = bytes([flags | PROVED | NOT_WRONG for flags in range(256)])
UNPROVED: Final = bytes(
    [flags & (OTHER_PARENT | DAMAGED) != 0 or checked_in(flags) is Checked.FULL for flags in range(256)]
)
DOUBTED: Final = bytes(
    [flags & ~(WRONG | NOT_WRONG | (PROVED if checked_in(flags) is Checked.PROVED else 0)) for flags in range(256)]
)
UNSOUND: Final = bytes(
    [flags & WRONG != 0 or flags & (OTHER_PARENT | NOT_WRONG) == OTHER_PARENT for flags in range(256)]
)

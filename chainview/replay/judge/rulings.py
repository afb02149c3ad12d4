"""What a difference inside a call counts as, by what is known when its turn comes."""

from __future__ import annotations

from enum import Enum, auto

from chainview.replay.differences.codes import Code
from chainview.replay.differences.difference import Difference


class Ruling(Enum):
    """What becomes of a difference."""

    FOLLOWS = auto()
    """It comes with something before it, and nobody asks further."""
    ANSWERED = auto()
    """Another answer, to an interface that was asked something else before."""
    CAUSE = auto()
    AGAIN = auto()
    """Another place of a cause that is known."""
    SUSPECT = auto()
    """It may follow from what differs before it in its call, without being explained by that."""


def in_sequence(
    found: Difference,
    *,
    explained: bool = False,
    asked_before: bool = False,
    held: bool = False,
    answered: bool = False,
    first_elsewhere: bool = False,
    known: bool = False,
) -> Ruling:
    """What a difference counts as in a call that was given the recorded state.

    `explained` says that earlier differences of the call account for it, `asked_before` that its interface was asked
    something else, `held` that a cause that carries a value stands before it in the call, `answered` that another
    answer does, `first_elsewhere` that some call begins to differ like this, `known` that a cause is like it.
    """
    if found.follows or explained:
        return Ruling.FOLLOWS
    if found.code is Code.OTHER_ANSWER and asked_before:
        return Ruling.ANSWERED
    if found.is_reshaped or not (held or answered):
        return Ruling.CAUSE
    if first_elsewhere and not found.at_end:
        return Ruling.CAUSE
    return Ruling.AGAIN if known and not held else Ruling.SUSPECT


def from_recorded_state(found: Difference, *, held: bool = False, first_elsewhere: bool = False) -> Ruling:
    """What a difference counts as in a call that was made alone, as it was given another state in sequence."""
    if found.follows or (held and found.code is Code.OTHER_ANSWER):
        return Ruling.FOLLOWS
    if held and not found.is_reshaped and (found.at_end or not first_elsewhere):
        return Ruling.SUSPECT
    return Ruling.CAUSE

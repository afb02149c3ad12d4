"""The causes that a comparison finds, and what is said of each row."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Protocol

from chainview.replay.align.history import Side
from chainview.replay.differences.difference import Difference
from chainview.replay.judge.seen import Seen


class Label(IntEnum):
    """What is said of a row; every row has exactly one."""

    SAME = 0
    CAUSE = 1
    VALUE = 2
    """It differs because of a value, or an end, that an earlier difference in its call changed."""
    STATE = 3
    """It differs because the state that its call was given differs."""
    SHIFT = 4
    """The same content at another position."""
    LINK = 5
    """The same content at the same position under another hash."""
    UNREACHED = 6
    """The replay was stopped before, or one side was not recorded so far."""
    ACCEPTED = 7
    """A cause that a rule accepts."""
    UNTOLD = 8
    """The sides do not say the same; whether that is a cause is not known yet."""


class Experiment(Protocol):
    """Makes one call again on a fresh instance."""

    @property
    def answers_alike(self) -> bool:
        """Whether a call made alone is answered by the same rule as in sequence, however much differed before it."""

    @property
    def is_one_helper(self) -> bool:
        """Whether nothing changed in the code but a helper that several functions use."""

    @property
    def is_one(self) -> bool:
        """Whether a single change is all that changed in the code."""

    @property
    def is_used_up(self) -> bool:
        """Whether there was more to take back than the bounds allow."""

    def differences(self, number: int) -> list[Difference] | None:
        """How the call differs when it is made alone from its recorded state; None when that was not tried."""

    @property
    def parts(self) -> int:
        """How many changes there are in the code that can be told apart; 0 where that is not known."""

    def is_small(self, part: int) -> bool:
        """Whether one of the changes is one at a few places, so that all that it makes has one cause."""

    def alone(self, number: int, part: int) -> list[Difference] | None:
        """How the call made alone differs when one of the changes is the only one; None when it was not tried."""

    def without(self, number: int, part: int) -> list[Difference] | None:
        """How it differs when that change is taken back; None when it was not tried, or ends in another way."""

    def repeats(self, number: int, now: Side, number_now: int) -> bool | None:
        """Whether the call says the same when it is made alone from the state it was given; None when not tried."""


@dataclass(frozen=True, slots=True)
class Cause:
    """A difference that nothing before it accounts for, with the rows of all places at which it shows."""

    first: Difference
    rows: tuple[int, ...]
    events: tuple[int, ...]
    """The recorded event of each of them, or the one before which it stands."""
    seen: tuple[Seen, ...] = ()
    """What changed at all its places; empty where that is more than is kept."""
    relations: tuple[str, ...] = ()
    """What holds of every one of these changes."""
    suspects: tuple[Cause, ...] = ()
    """What differs later in the same calls, and is taken as following from it without being explained by it."""


@dataclass(frozen=True, slots=True)
class Judged:
    """The causes in order, the label of every row, and how much rests on rules rather than on experiments."""

    causes: tuple[Cause, ...]
    labels: bytes
    untraced: tuple[int, ...] = ()
    """The indices of events that were taken as consequences because what differs before in the call may have led there.
    """
    undecided: tuple[int, ...] = ()
    """Those of calls that were given another state and not made again from the recorded one."""
    unread: int = 0
    """Differing rows that were not looked into, and are taken as consequences too."""
    answered: int = 0
    """Other answers of an interface that was asked something else before."""
    half_separated: bool = False
    """Whether there was more to ask about causes that may stand behind these than is asked."""

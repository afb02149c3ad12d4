"""Whether host calls that one side has more are turns of a loop that both sides ran."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from chainview.replay.align.history import Side
from chainview.replay.align.sequence import alike_at_ends
from chainview.replay.differences.text_change import pattern_of

_LEAST_TURNS = 3
_LEAST_SINGLE_TURNS = 4
"""Of a loop of one host call, which a few calls in a row resemble."""
_LONGEST_PERIOD = 32
_ALIKE = 0.75
_READ_TURNS = 50
_READ_ASKED = 2000


@dataclass(frozen=True, slots=True)
class Loop:
    """A loop of `period` host calls; how often it turned around the stretch, and in the stretch itself."""

    period: int
    turns_around: int
    turns_inside: int
    interrupted: bool = False
    """Whether it turned more often in the same call, with other host calls between, so that no count is the whole."""


def loop_of(side: Side, stretch: Sequence[int], before: Sequence[int], behind: Sequence[int]) -> Loop | None:
    """The loop that a stretch of host calls belongs to, given what stands before and behind it in its call.

    Three turns make a loop. A loop of one call needs four that say alike things; where no two of them say the same,
    one that repeats another is no further turn.
    """
    for period in range(1, min(len(stretch), _LONGEST_PERIOD) + 1):
        if len(stretch) % period:
            continue
        turn = [stretch[at] for at in range(period)]
        turns = len(stretch) // period
        if any(not _alike(side, turn, stretch[at * period : (at + 1) * period]) for at in range(1, turns)):
            continue
        turns_before, turns_behind = _turns(side, turn, before[::-1], backwards=True), _turns(side, turn, behind)
        around = turns_before + turns_behind
        least = _LEAST_SINGLE_TURNS if period == 1 else _LEAST_TURNS
        if around < 1 or around + turns < least:
            continue
        rest = [*before[: len(before) - turns_before * period], *behind[turns_behind * period :]]
        near = [*before[len(before) - turns_before * period :], *behind[: turns_behind * period]]
        if period == 1 and _only_repeats(side, stretch, near):
            return None
        return Loop(period, around, turns, side.name(turn[0]) in {side.name(item) for item in rest})
    return None


def _only_repeats(side: Side, stretch: Sequence[int], around: Sequence[int]) -> bool:
    """Whether a stretch asks anew what was asked, in a loop that asks something else each time."""
    asked = [side.question(item) for item in around[:_READ_ASKED]]
    known = set(asked)
    return len(known) == len(asked) > 1 and all(side.question(item) in known for item in stretch[:_READ_ASKED])


def _turns(side: Side, turn: list[int], items: Sequence[int], *, backwards: bool = False) -> int:
    size, count = len(turn), 0
    while (count + 1) * size <= len(items):
        part = list(items[count * size : (count + 1) * size])
        part = part[::-1] if backwards else part
        # So many turns that say alike things are a loop; the rest is counted by name.
        same = _alike(side, turn, part) if count < _READ_TURNS else _names(side, turn) == _names(side, part)
        if not same:
            break
        count += 1
    return count


def _alike(side: Side, turn: Sequence[int], other: Sequence[int]) -> bool:
    if _names(side, turn) != _names(side, other):
        return False
    return len(turn) > 1 or _says_alike(side.literal(turn[0]), side.literal(other[0]))


def _names(side: Side, items: Sequence[int]) -> list[str]:
    return [side.name(item) for item in items]


def _says_alike(one: str, other: str) -> bool:
    one, other = pattern_of(one), pattern_of(other)
    begin = one.find("(") + 1
    one, other = one[begin:], other[begin:]
    head, tail = alike_at_ends(one, other)
    return head + tail >= _ALIKE * max(len(one), len(other), 1)

"""Whether host calls that one side has more are turns of a loop that both sides ran."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from chainview.replay.side import Side
from chainview.replay.text_change import pattern_of

_LEAST_TURNS = 3
_LONGEST_PERIOD = 32
_ALIKE = 0.75
_READ_TURNS = 50


@dataclass(frozen=True, slots=True)
class Loop:
    """A loop of `period` host calls; how often it turned around the stretch, and in the stretch itself."""

    period: int
    turns_around: int
    turns_inside: int


def loop_of(side: Side, stretch: Sequence[int], before: Sequence[int], behind: Sequence[int]) -> Loop | None:
    """The loop that a stretch of host calls belongs to, given what stands before and behind it in its call.

    Three turns make a loop. A loop of one call must also say alike things each time.
    """
    for period in range(1, min(len(stretch), _LONGEST_PERIOD) + 1):
        if len(stretch) % period:
            continue
        turn = [stretch[at] for at in range(period)]
        turns = len(stretch) // period
        if any(not _alike(side, turn, stretch[at * period : (at + 1) * period]) for at in range(1, turns)):
            continue
        around = _turns(side, turn, before[::-1], backwards=True) + _turns(side, turn, behind, backwards=False)
        if around >= 1 and around + turns >= _LEAST_TURNS:
            return Loop(period, around, turns)
    return None


def _turns(side: Side, turn: list[int], items: Sequence[int], *, backwards: bool) -> int:
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
    head = _common(one, other)
    tail = min(_common(one[::-1], other[::-1]), min(len(one), len(other)) - head)
    return head + tail >= _ALIKE * max(len(one), len(other), 1)


def _common(one: str, other: str) -> int:
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))

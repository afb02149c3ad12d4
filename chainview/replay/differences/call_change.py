"""What became of host calls that stand on one side only: exactly, and as what may hold wherever the same is done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256

from chainview.replay.align.history import Side, is_ask

_WRITTEN = 8
"""Host calls that are written out."""
_READ = 2000
"""Those of which a hash is made."""
_CUT = "…"
_HASH_LETTERS = 16
_START, _END = "the start", "the end"


class CallKind(StrEnum):
    """In which way host calls are others, by the words that rules have for it."""

    MOVED_LATER = "moved later"
    MOVED_EARLIER = "moved earlier"
    SWAPPED = "swapped"
    REPLACED = "replaced by"
    ADDED = "in addition"
    GONE = "no longer"

    @property
    def is_move(self) -> bool:
        """Whether the same host call is made at another place."""
        return self in (CallKind.MOVED_LATER, CallKind.MOVED_EARLIER)


@dataclass(frozen=True, slots=True)
class CallChange:
    """Host calls of one place, `missing` among what was recorded and `extra` now; written out only when asked for.

    `distance` is how many recorded events those pass that are made at another place.
    """

    kind: CallKind
    then: Side
    now: Side
    missing: tuple[int, ...] = ()
    extra: tuple[int, ...] = ()
    distance: int = 0

    @property
    def is_one_sided(self) -> bool:
        """Whether host calls of one side have no counterpart."""
        return self.kind in (CallKind.ADDED, CallKind.GONE)

    @property
    def how(self) -> str:
        """How the ones became the others, with all of what they ask where literals do not tell it.

        Of those that moved, or have no counterpart, also where they stand in their call.
        """
        way = f"{self.kind} {self._place}" if self.is_one_sided else self.kind.value
        if self.kind.is_move:
            way = f"{self.kind} by {self.distance:,}, {self._way}"
        sides = self._sides
        told = max(len(self.missing), len(self.extra)) > 1 or any(_CUT in side for side in sides)
        return f"{way}: {' → '.join(dict.fromkeys(sides))}" if told else way

    @property
    def relations(self) -> frozenset[str]:
        """What holds wherever the same is done whatever is asked, or wherever the same is asked."""
        if max(len(self.missing), len(self.extra)) > _READ:
            return frozenset()
        recorded, made = _functions(self.then, self.missing), _functions(self.now, self.extra)
        if self.kind.is_move:
            return frozenset({f"{recorded} {self.kind}, {self._way}"})
        if self.kind is CallKind.SWAPPED:
            return frozenset({f"{self.kind}: {recorded} and {made}"})
        if self.kind is CallKind.REPLACED:
            return frozenset({f"{recorded} {self.kind} {made}"})
        there = f"{recorded or made} {self.kind} {self._place}"
        return frozenset({there, *[f"{each} {self.kind}" for each in self._sides]})

    @property
    def _sides(self) -> list[str]:
        """What is written out of every side that there is."""
        sides = (self.then, self.missing), (self.now, self.extra)
        return [_written(side, items) for side, items in sides if items]

    @property
    def _way(self) -> str:
        return f"from {_place(self.then, self.missing)} to {_place(self.now, self.extra)}"

    @property
    def _place(self) -> str:
        return _place(self.then, self.missing) if self.missing else _place(self.now, self.extra)


def _written(side: Side, items: Sequence[int]) -> str:
    """Host calls as literals; where these are many, or one is cut, with a hash of what all of them ask."""
    text = ", ".join([side.literal(item) for item in items[:_WRITTEN]])
    if len(items) <= _WRITTEN and _CUT not in text:
        return text
    asked = sha256()
    for item in items[:_READ]:
        name, packed = side.question(item)
        for part in (name.encode("utf-8", "surrogatepass"), packed):
            asked.update(len(part).to_bytes(8, "big") + part)
    more = f" and {len(items) - _WRITTEN:,} more" if len(items) > _WRITTEN else ""
    return f"{text}{more} sha256:{asked.hexdigest()[:_HASH_LETTERS]}"


def _functions(side: Side, items: Sequence[int]) -> str:
    """The functions of host calls, in order, one that is called several times running once."""
    names: list[str] = []
    for item in items:
        name = side.function(item)
        if names[-1:] != [name]:
            names.append(name)
    return ", ".join(names)


def _place(side: Side, items: Sequence[int]) -> str:
    """Between which host calls of their call some stand: a place that another recording has too."""
    return f"between {_beside(side, items[0], -1)} and {_beside(side, items[-1], 1)}"


def _beside(side: Side, item: int, step: int) -> str:
    """The function of what stands directly before or behind an item in its call."""
    if is_ask(item):
        after = side.ask(item).after
        other, call = after - 1 if step < 0 else after, side.ask(item).call
    else:
        found = side.call_at(item)
        if found is None:
            return _START if step < 0 else _END
        other, call = item + step, found
    start, stop = side.recording.starts[call], side.stop(call)
    last = stop if side.is_open(call) else stop - 1
    return side.function(other) if start < other < last else _START if step < 0 else _END

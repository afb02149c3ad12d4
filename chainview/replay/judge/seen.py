"""What a cause changed, place by place and exactly, and what all its places have in common: what a person accepts."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from hashlib import sha256

from chainview.chain.words.spans import end_cut
from chainview.pack.literal import format_literal
from chainview.pack.values import Integer, String, Value
from chainview.replay.changes.cosmetic import cosmetic
from chainview.replay.changes.leaves import MOST_LEAVES, Leaf, collapsed
from chainview.replay.differences.codes import Code
from chainview.replay.differences.difference import Difference

_MOST = 1000
"""Changes of a cause that are kept; one with more can't be accepted change by change."""
_MOST_LETTERS = 4 << 20
_LONGEST = 200
_LONGEST_RELATION = 120
_HASH_LETTERS = 16
_WHOLE = re.compile(r"[0-9]{1,30}")


@dataclass(frozen=True, slots=True)
class Seen:
    """A value that became another one: the path with `[*]` for every index, and both sides as Pack literals.

    Of a long literal stands the beginning, with a hash of all of it; None is for a side that has nothing there. `how`
    tells of host calls how the one became the other; where it is empty, any way is meant.
    """

    path: str
    recorded: str | None
    now: str | None
    how: str = ""

    @property
    def as_object(self) -> dict[str, str | None]:
        """The same as reports have it."""
        how = {"how": self.how} if self.how else {}
        return {"path": self.path, "recorded": self.recorded, "now": self.now, **how}

    @property
    def in_any_way(self) -> Seen:
        """The same, however it came to be."""
        return replace(self, how="") if self.how else self


@dataclass(slots=True)
class Sight:
    """Takes in the places of a cause one after the other."""

    changes: dict[Seen, None] = field(default_factory=dict)
    relations: frozenset[str] | None = None
    """What holds of the change at every place so far, such as `+1`, `quote→offer` or `log replaced by print`."""
    left_out: bool = False
    """Whether there was more than is kept."""
    _letters: int = 0

    def take(self, found: Difference) -> None:
        """Takes in one place."""
        if self.relations is None:
            self.relations = _relations(found)
        elif self.relations:
            self.relations &= _relations(found)
        if self.left_out:
            return
        for each in _seen(found):
            self.changes[each] = None
            self._letters += len(each.recorded or "") + len(each.now or "")
        self.left_out = len(self.changes) > _MOST or self._letters > _MOST_LETTERS or _is_cut(found)


def _is_cut(found: Difference) -> bool:
    """Whether there may be more leaves than are told, of which nothing is known."""
    return len(found.leaves) >= MOST_LEAVES


def _seen(found: Difference) -> list[Seen]:
    # The values of a state of another type are those of each call, and its change is told by the sentence.
    if found.leaves and found.code is not Code.STATE_TYPE:
        return [Seen(bounded(collapsed(leaf.path)), _exact(leaf.recorded), _exact(leaf.now)) for leaf in found.leaves]
    if found.recorded is None and found.now is None:
        return [Seen(bounded(collapsed(found.path)), None, bounded(found.sentence))]
    sides = [None if each is None else bounded(each) for each in (found.recorded, found.now)]
    how = "" if found.became is None else bounded(found.became.how)
    return [Seen(bounded(collapsed(found.path)), sides[0], sides[1], how)]


def _exact(value: Value | None) -> str | None:
    return None if value is None else bounded(format_literal(value))


def bounded(text: str) -> str:
    """A text, or the beginning of a long one with a hash of all of it."""
    if len(text) <= _LONGEST:
        return text
    return (
        f"{end_cut(text, _LONGEST)} sha256:{sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()[:_HASH_LETTERS]}"
    )


def _relations(found: Difference) -> frozenset[str]:
    """What holds of the change of every leaf of a difference, or of what became of its host calls."""
    if found.became is not None:
        return frozenset([bounded(each) for each in found.became.relations])
    if not found.leaves or _is_cut(found):
        return frozenset()
    kind = cosmetic(found.leaves)
    named = frozenset({f"only the {kind}"} if kind else ())
    return named | frozenset.intersection(*[_relations_of_leaf(leaf) for leaf in found.leaves])


def _relations_of_leaf(leaf: Leaf) -> frozenset[str]:
    one, other = leaf.recorded, leaf.now
    if isinstance(one, Integer) and isinstance(other, Integer) and type(one) is type(other):
        return _of_numbers(one.value, other.value)
    change = leaf.text_change if isinstance(one, String) else None
    if change is None:
        return frozenset()
    numbers = [_of_numbers(int(a), int(b)) for a, b in change.numbers if _WHOLE.fullmatch(a) and _WHOLE.fullmatch(b)]
    if numbers and len(numbers) == len(change.numbers):
        return frozenset.intersection(*numbers)
    return frozenset([each for each in (change.pattern,) if 1 < len(each) <= _LONGEST_RELATION])


def _of_numbers(one: int, other: int) -> frozenset[str]:
    if one == other:
        return frozenset()
    found = {f"{other - one:+d}"}
    if one and other and other % one == 0:
        found.add(f"×{other // one}")
    if one and other and one % other == 0:
        found.add(f"÷{one // other}")
    return frozenset(found)

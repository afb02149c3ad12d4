"""Whether a value became what it is by two changes, each of which is known by itself."""

from __future__ import annotations

import re

from chainview.pack.values import F32, F64, Integer, String, Value
from chainview.replay.align.sequence import matches, stretches
from chainview.replay.changes.leaves import Leaf

_WORD = re.compile(r"\w+|\s+|[^\w\s]")
_LONGEST = 4000
_Changes = frozenset[tuple[int, int, str]]
_Words = list[str]


def are_two_changes(leaf: Leaf, one: Value, other: Value) -> bool:
    """Whether what a leaf became is what two other values became of it, taken together.

    Of a text the words that changed are those that changed in either, none in both, or one brought new words and the
    other moved them; of numbers both steps, or both factors, come to that of the leaf.
    """
    then, now = leaf.recorded, leaf.now
    if all(isinstance(each, String) for each in (then, now, one, other)):
        return _of_texts(*[each.value for each in (then, now, one, other) if isinstance(each, String)])
    if all(isinstance(each, Integer | F32 | F64) for each in (then, now, one, other)):
        return _of_numbers(*[each.value for each in (then, now, one, other) if isinstance(each, Integer | F32 | F64)])
    return False


def _of_texts(then: str, now: str, one: str, other: str) -> bool:
    if max(map(len, (then, now, one, other))) > _LONGEST:
        return False
    changes, ones, others = (_changes(then, each) for each in (now, one, other))
    words = tuple([_WORD.findall(each) for each in (then, now, one, other)])
    if sorted(words[0]) == sorted(words[1]) and _reach_into_each_other(ones, others):
        # Nothing is new but the order: a text whose parts are told the other way round.
        return False
    if (
        bool(ones)
        and bool(others)
        and not ones & others
        and (ones | others == changes or now == _made(then, ones | others))
    ):
        return True
    return len(set(map(len, words))) == 1 and (_moved(*words) or _moved(words[0], words[1], words[3], words[2]))


def _reach_into_each_other(ones: _Changes, others: _Changes) -> bool:
    """Whether neither of two changes of a text is at its end before the other one begins."""
    begins = [min([start for start, _, _ in own], default=0) for own in (ones, others)]
    ends = [max([stop for _, stop, _ in own], default=0) for own in (ones, others)]
    return max(begins) < min(ends)


def _moved(then: _Words, now: _Words, changed: _Words, moved: _Words) -> bool:
    """Whether words that changed stand where others only moved them to."""
    places = [at for at, (one, other) in enumerate(zip(then, moved, strict=True)) if one != other]
    came_from = {then[at]: at for at in places}
    if then in (changed, moved) or sorted(came_from) != sorted([moved[at] for at in places]):
        # Of a word that stands at two of these places nothing tells to which one it moved.
        return False
    made = list(changed)
    for at in places:
        made[at] = changed[came_from[moved[at]]]
    return made == now


def _made(then: str, changes: _Changes) -> str | None:
    """A text with these stretches of words as others; None where they overlap."""
    words, made, at = _WORD.findall(then), list[str](), 0
    for start, stop, text in sorted(changes):
        if start < at:
            return None
        made += [*words[at:start], text]
        at = stop
    return "".join([*made, *words[at:]])


def _of_numbers(then: float, now: float, one: float, other: float) -> bool:
    if then in (one, other):
        return False
    return (one - then) + (other - then) == now - then or one * other == then * now


def _changes(then: str, now: str) -> _Changes:
    """The stretches of words of a text that became others, each with what it became."""
    words, words_now = _WORD.findall(then), _WORD.findall(now)
    found = stretches(matches(words, words_now), len(words), len(words_now))
    return frozenset(
        [(part.start, part.stop, "".join(words_now[at.start : at.stop])) for part, at, same in found if not same]
    )

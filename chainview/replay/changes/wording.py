"""Whether a text is only put otherwise, in other words or another order: of that nothing else in a call is made."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from chainview.pack.values import Compound, List, String
from chainview.pack.values.walk import walk
from chainview.replay.changes.leaves import Leaf
from chainview.replay.changes.substitution import Substitution, value_text

_WORD = re.compile(r"\w+")
_TOKEN = re.compile(r"[^\W\d_]+|\s+|\d+|.", re.DOTALL)
_FURTHEST = 5
"""Tokens on each side of a change that may belong to its words."""
_TENS, _SIXTEENS = re.compile(r"[0-9]{1,30}"), re.compile(r"(?:0x)?[0-9a-f]{1,30}", re.IGNORECASE)
_LEAST_LETTERS, _LEAST = 2, 3
"""Letters, and characters, that a piece has at least."""
_MOST_TOKENS = 400
_MOST_LOOKED_UP = 5000
_SHORT = 500


class Wording:
    """The constants of two modules, in which what an actor says is looked up; nothing of modules not at hand."""

    def __init__(self, then: bytes = b"", now: bytes = b"") -> None:
        self._modules = then, now
        self._looked_up: dict[str, tuple[bool, ...]] = {}

    def changed(self, found: Sequence[Leaf]) -> bool:
        """Whether in each of these leaves, at least one, words that only one module holds became such of the other.

        A branch that is taken otherwise says words that both modules hold, or one alone where it was left out. Words
        that stand beside the others now are new where only the new module holds them.
        """
        return bool(found) and all(self._changed(leaf) for leaf in found)

    def _changed(self, leaf: Leaf) -> bool:
        change = leaf.text_change
        if change is None or any(map(str.isdigit, change.recorded + change.now)):
            return False
        texts = (change.recorded, change.now)
        if not change.recorded.strip() and change.now.strip():
            return self._own(_around(change.before, change.now, change.behind), 1)
        return all(self._own(_around(change.before, text, change.behind), side) for side, text in enumerate(texts))

    def _own(self, pieces: Iterator[str], side: int) -> bool:
        """Whether the longest piece of a text that the module of one side holds is in that module alone."""
        for piece in pieces:
            held = self._holders(piece)
            if held[side]:
                return not held[1 - side]
        return False

    def _holders(self, piece: str) -> tuple[bool, ...]:
        if piece not in self._looked_up:
            if len(self._looked_up) >= _MOST_LOOKED_UP:
                return False, False
            packed = piece.encode("utf-8", "surrogatepass")
            self._looked_up[piece] = tuple([packed in module for module in self._modules])
        return self._looked_up[piece]


def is_unmade(said: Sequence[Leaf], found: Sequence[Leaf], known: Substitution, *, at_end: bool) -> bool:
    """Whether what differs is not made of what its call `said` otherwise before; `known` is what became what."""
    left = [leaf for leaf in found if not known.explains([leaf])]
    if found and not left:
        return False
    return is_other_form(said, left) or (at_end and is_apart(said, found, known))


def is_apart(said: Sequence[Leaf], end: Sequence[Leaf], known: Substitution) -> bool:
    """Whether an end has nothing of a text that said the same words in another order; `known` is what became what."""
    return is_reordered(said) and not any(known.explains([leaf]) or _is_order_of(said, leaf) for leaf in end)


def is_other_form(one: Sequence[Leaf], other: Sequence[Leaf]) -> bool:
    """Whether of two differences one is of another form of the same alone, so that neither makes the other."""
    return form_of(one) != form_of(other)


def form_of(found: Sequence[Leaf]) -> str:
    """In which form alone the texts of these leaves differ, empty where they say something else."""
    if len(found) == 1:
        one, other = found[0].recorded, found[0].now
        if not (isinstance(one, String) and isinstance(other, String)):
            return ""
        if max(len(one.value), len(other.value)) <= _SHORT:
            return _form_of_short(one.value, other.value)
    return _form_of(found)


@lru_cache(maxsize=4096)
def _form_of_short(recorded: str, now: str) -> str:
    """The same of one leaf, which stands in one state after the other."""
    return _form_of([Leaf("", String(recorded), String(now))])


def _form_of(found: Sequence[Leaf]) -> str:
    changes = [leaf.text_change for leaf in found]
    if not changes or None in changes:
        return ""
    pairs = [(leaf.recorded, leaf.now) for leaf in found]
    if all(isinstance(a, String) and isinstance(b, String) and a.value.lower() == b.value.lower() for a, b in pairs):
        return "letter case"
    atoms = [atom for change in changes if change is not None for atom in change.atoms]
    return "number base" if atoms and all(_is_other_base(*atom) for atom in atoms) else ""


def _is_other_base(one: str, other: str) -> bool:
    """Whether a number in tens became the same one in sixteens, or the other way round."""
    return any(
        _TENS.fullmatch(a) and _SIXTEENS.fullmatch(b) and int(a) == int(b, 16) for a, b in ((one, other), (other, one))
    )


def _is_order_of(said: Sequence[Leaf], leaf: Leaf) -> bool:
    """Whether the items of a list, which only stand in another order, are words of a text in another order.

    Of items that hold texts beside numbers, the text may leave out or round the numbers, and items that did not move.
    """
    if not (leaf.has_same_items and isinstance(leaf.recorded, List) and isinstance(leaf.now, List)):
        return False
    changes = [each.text_change for each in said]
    words = {word for change in changes if change is not None for word in _WORD.findall(change.recorded)}
    moved = [one for one, other in zip(leaf.recorded.items, leaf.now.items, strict=True) if one != other]
    parts = [part for item in moved for part in walk(item) if not isinstance(part, Compound)]
    texts = [part for part in parts if isinstance(part, String)]
    return all(word in words for text in texts or parts for word in _WORD.findall(value_text(text)))


def is_reordered(found: Sequence[Leaf]) -> bool:
    """Whether in each of these leaves, at least one, a text says the same words in another order."""
    changes = [leaf.text_change for leaf in found]
    return bool(found) and all(
        change is not None and sorted(_WORD.findall(change.recorded)) == sorted(_WORD.findall(change.now))
        for change in changes
    )


def _around(before: str, text: str, behind: str) -> Iterator[str]:
    """The pieces of a text that hold a stretch of it and end at words, the longest ones first."""
    left = _TOKEN.findall(before[-_MOST_TOKENS:])[-_FURTHEST:]
    right = _TOKEN.findall(behind[:_MOST_TOKENS])[:_FURTHEST]
    reach = [(one, other) for one in range(len(left) + 1) for other in range(len(right) + 1)]
    for one, other in sorted(reach, key=lambda pair: -sum(pair)):
        piece = "".join([*left[len(left) - one :], text, *right[:other]])
        if _tells(piece):
            yield piece


def _tells(piece: str) -> bool:
    return len(piece) >= _LEAST and sum(map(str.isalpha, piece)) >= _LEAST_LETTERS and not any(map(str.isdigit, piece))

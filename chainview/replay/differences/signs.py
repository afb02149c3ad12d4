"""The signs of an edit: what its differences have in common wherever they show."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto

from chainview.chain.event import Frame
from chainview.replay.differences.cosmetic import cosmetic
from chainview.replay.differences.leaves import Leaf
from chainview.replay.differences.shape import reshaped, reshaping, shape_place

_NUMBER = re.compile(r"N(?:[usf]N?)?")
"""A number in a pattern, such as `NuN` for `7u32`."""


class Trait(Enum):
    """In which respect differences are alike."""

    SHAPE = auto()
    """Values have another type."""
    STATE_TYPE = auto()
    """The state has another type."""
    INPUT = auto()
    OUTPUT = auto()
    END = auto()
    """What a call answers, and the state that it leaves."""
    COSMETIC = auto()
    SITE = auto()
    """A text at one place of an export."""
    CODE = auto()
    """One place in the code of the new build, and in which way what is asked there changed."""
    ORDER = auto()
    REPLACED = auto()
    EXTRA = auto()
    MISSING = auto()
    FAILURE = auto()
    REASON = auto()
    UNREADABLE = auto()
    ENCODING = auto()
    NAN = auto()
    """Nothing but the bits of a NaN."""
    GIVEN_STATE = auto()
    """Another state that a call was given."""
    OTHER_PLACE = auto()
    """A call that came at another place of the recording."""
    CHAIN_END = auto()
    NOT_EXPORTED = auto()


_MOVED = {Trait.MISSING: Trait.EXTRA, Trait.EXTRA: Trait.MISSING}


@dataclass(frozen=True, slots=True)
class Sign:
    """A trait, with the words that tell one edit from another."""

    trait: Trait
    words: tuple[str, ...] = ()


def shape_signs(function: str, found: Sequence[Leaf]) -> frozenset[Sign]:
    """What the same change of a type has in common wherever it shows."""
    shaped = [(reshaping(leaf), leaf) for leaf in found]
    return frozenset([Sign(Trait.SHAPE, (how, *shape_place(function, leaf))) for how, leaf in shaped if how])


def signs_of(trait: Trait, function: str, found: Sequence[Leaf]) -> frozenset[Sign]:
    """What the same edit has in common elsewhere: the paths, and inside a text of several words what changed there."""
    by_shape = reshaped(found)
    shaped, signs = {id(leaf) for leaf in by_shape}, set(shape_signs(function, by_shape))
    for leaf in found:
        if id(leaf) in shaped:
            continue
        words, change = (function, leaf.shape), leaf.text_change
        if change is None or not (change.before or change.behind):
            signs.add(Sign(trait, words))
            continue
        signs.add(Sign(trait, (*words, change.pattern)))
        if change.place:
            signs.add(Sign(trait, (*words, change.place)))
    return frozenset(signs)


def signs_of_end(export: str, found: Sequence[Leaf]) -> frozenset[Sign]:
    """What the same edit has in common in other calls: the paths in what an export answers and leaves."""
    shaped = {id(leaf) for leaf in reshaped(found)}
    paths = [Sign(Trait.END, (export, leaf.shape)) for leaf in found if id(leaf) not in shaped]
    kind = cosmetic(found)
    return signs_of(Trait.END, export, found) | {*paths, *([] if kind is None else [Sign(Trait.COSMETIC, (kind,))])}


def signs_in_code(stack: Sequence[Frame], found: Sequence[Leaf]) -> frozenset[Sign]:
    """What one line of the code has in common each time that it asks for something else."""
    place = place_in_code(stack)
    return frozenset(
        [Sign(Trait.CODE, (place, leaf.shape, way)) for leaf in found for way in _ways(leaf)] if place else []
    )


def place_in_code(stack: Sequence[Frame]) -> str:
    """The way to a host call through the code, the same however often functions call themselves; empty if unknown."""
    return ">".join(dict.fromkeys([f"{frame.offset:x}" for frame in stack if frame.offset]))


def _ways(leaf: Leaf) -> Iterator[str]:
    """In which ways a leaf changed: a form of the same text and another text may come of one edit, or of two."""
    change = leaf.text_change
    kind = cosmetic([leaf])
    if kind is None:
        yield "content"
    if change is not None and change.only_numbers:
        yield "number"
    if change is not None and change.recorded.casefold() == change.now.casefold():
        yield "letter case"


def all_of_shape(signs: Collection[Sign]) -> bool:
    """Whether nothing but the type of values is in common."""
    return all(sign.trait in (Trait.SHAPE, Trait.STATE_TYPE) for sign in signs)


def moved_signs(signs: Collection[Sign]) -> frozenset[Sign]:
    """The signs, as a missing host call, of one that is extra, and the other way round; of those that say a word."""
    return frozenset(
        [
            replace(sign, trait=_MOVED[sign.trait])
            for sign in signs
            if sign.trait in _MOVED and len(sign.words) > 1 and _says_a_word(sign.words[1])
        ]
    )


def _says_a_word(pattern: str) -> bool:
    """Whether a pattern holds more than numbers, which are alike in host calls that have nothing in common."""
    return any(letter.isalpha() for letter in _NUMBER.sub("", pattern))

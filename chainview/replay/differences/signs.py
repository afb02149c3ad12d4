"""The signs of an edit: what its differences have in common wherever they show."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto

from chainview.chain.event import Frame
from chainview.replay.changes.cosmetic import cosmetic
from chainview.replay.changes.leaves import Leaf
from chainview.replay.changes.shape import reshaped, reshaping, shape_place
from chainview.replay.changes.text_change import TextChange, pattern_of

_NUMBER = re.compile(r"N(?:[usf]N?)?")
"""A number in a pattern, such as `NuN` for `7u32`."""
_ONE_NUMBER = "N→N"
"""A number that became another one, of however many digits before and behind its point."""
_SENTENCE = re.compile(r"[^\W\d_]{2,}\W+[^\W\d_]+\W+[^\W\d_]{2,}")
_TELLING_WORD = re.compile(r"[^\W\d_]{4,}")
_MOST_WORDS = 4
"""Words of one sentence that became others together."""
_MOST_WORDED = 8
"""Leaves of an answer whose words are looked at."""
_EITHER = frozenset({"true", "false", "yes", "no", "on", "off", "ok", "err", "error", "none"})
"""Words of which one becomes the other whatever is asked."""


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
    WORDS = auto()
    """The words of a sentence that is said otherwise, wherever it is said."""
    SITE = auto()
    """A text at one place of an export."""
    CODE = auto()
    """One place in the code, and in which way what is asked there changed: of the new build, or of the recorded one
    where that asks no more."""
    ORDER = auto()
    ITEM_ORDER = auto()
    """The items of a list stand in another order."""
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
        signs.add(Sign(trait, (*words, _ONE_NUMBER if len(change.numbers) == 1 else change.pattern)))
        if change.place:
            signs.add(Sign(trait, (*words, change.place)))
        signs |= signs_of_words(change)
    return frozenset(signs)


def signs_of_words(change: TextChange) -> frozenset[Sign]:
    """What one sentence has in common that several functions say, or one that stands in what several of them say."""
    signs = {*said_no_more(change.recorded), *said_now(change.now)}
    words = [pair for pair in change.words if pair[0] != pair[1]]
    if len(words) == 1:
        one, other = words[0]
        # Of a word that stands in many sentences only the one beside it tells in which.
        near = change.neighbours if {one.casefold(), other.casefold()} & _EITHER else ("",)
        signs |= {Sign(Trait.WORDS, ("became", one, other, each)) for each in near}
    elif 1 < len(words) <= _MOST_WORDS and all(any(map(str.isalpha, "".join(pair))) for pair in words):
        signs.add(Sign(Trait.WORDS, ("became", *[each for pair in sorted(words) for each in pair])))
    if _TELLING_WORD.search(change.place):
        signs.add(Sign(Trait.WORDS, ("beside", change.place)))
    return frozenset(signs)


def said_no_more(text: str) -> frozenset[Sign]:
    """The sign of a sentence that was recorded and is not said any more; none for fewer than three words."""
    return frozenset([Sign(Trait.WORDS, ("no more", pattern_of(text)))] if _SENTENCE.search(text) else [])


def said_now(text: str) -> frozenset[Sign]:
    """The sign of a sentence that is said only now; none for fewer than three words."""
    return frozenset([Sign(Trait.WORDS, ("now", pattern_of(text)))] if _SENTENCE.search(text) else [])


def signs_of_end(export: str, found: Sequence[Leaf]) -> frozenset[Sign]:
    """What the same edit has in common in other calls: the paths in what an export answers and leaves."""
    by_shape = reshaped(found)
    shaped, signs = {id(leaf) for leaf in by_shape}, set(shape_signs(export, by_shape))
    plain = [leaf for leaf in found if id(leaf) not in shaped]
    # All exports share one state, which functions change that several exports call.
    signs |= {Sign(Trait.END, words) for words in {(_owner(export, leaf.path), leaf.shape) for leaf in plain}}
    for leaf in plain:
        if leaf.is_reordered:
            signs.add(Sign(Trait.ITEM_ORDER, (_owner(export, leaf.path), leaf.shape)))
    signs |= {Sign(Trait.END, (_owner(export, path), path, "items")) for path in _other_items(plain)}
    answers = [leaf.text_change for leaf in plain[:_MOST_WORDED] if not leaf.in_state]
    for change in answers:
        signs |= frozenset() if change is None else signs_of_words(change)
    kind = cosmetic(found)
    return frozenset(signs if kind is None else {*signs, Sign(Trait.COSMETIC, (kind,))})


def _owner(export: str, path: str) -> str:
    return "" if path.startswith("state") else export


def _other_items(found: Sequence[Leaf]) -> Iterator[str]:
    """The lists, by path, in which not a value differs but which items there are, or in which order."""
    fields: dict[str, set[str]] = {}
    for leaf in found:
        of_list, index, field = leaf.shape.rpartition("[*]")
        if leaf.is_reordered:
            yield leaf.shape
        elif index and not field:
            yield of_list
        elif index:
            item = leaf.path[: len(leaf.path) - len(field)]
            fields.setdefault(item, set()).add(field)
            if len(fields[item]) > 1:
                yield of_list


def signs_in_code(stack: Sequence[Frame], found: Sequence[Leaf]) -> frozenset[Sign]:
    """What one line of the code has in common each time that it asks for something else."""
    return frozenset([each for leaf in found for way in _ways(leaf) for each in sign_in_code(stack, leaf.shape, way)])


def sign_in_code(stack: Sequence[Frame], path: str = "input", way: str = "content") -> frozenset[Sign]:
    """The sign of one line of the code that asks for something else, or more often; none where it is not known."""
    place = place_in_code(stack)
    return frozenset([Sign(Trait.CODE, (place, path, way))] if place else [])


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

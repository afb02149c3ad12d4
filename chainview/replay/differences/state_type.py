"""What two builds call their state: how its declared type changed, and what of two states that is not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from chainview.actor.generation import GET_STATE
from chainview.pack.declared.metadata import FunctionSignature, Metadata, TypeDesc
from chainview.pack.declared.named import named_types
from chainview.pack.declared.shown_type import shown_type
from chainview.pack.declared.type_change import UNTOLD, TypeChange
from chainview.pack.values import UNIT, Array, Compound, Value, Variant
from chainview.pack.values.walk import walk
from chainview.replay.changes.leaves import Leaf, LeavesAtHand
from chainview.replay.changes.shape import reshaped
from chainview.replay.changes.substitution import value_text

UNCHANGED = TypeChange(UNTOLD, UNTOLD)
_BLANK = (None, "", "0", "0.0", "false", "()")
"""What stands in the place of a value that is not there."""
_MOST_VALUES = 50_000
_KEPT = 4


@dataclass(frozen=True, slots=True)
class Across:
    """Two values of two types: whether the types show in them, and both as far as the other type can say them."""

    change: TypeChange
    whole: tuple[Value, Value]
    recorded: Value
    now: Value

    @property
    def shows(self) -> bool:
        """Whether the types differ in what these values are made of."""
        return (self.recorded, self.now) != self.whole

    @property
    def alike(self) -> bool:
        """Whether nothing but the type differs."""
        return self.recorded == self.now


class ValuesOfType:
    """The values that two states of two types hold on one side alone, as those of a field that is gone."""

    def __init__(self, across: Across) -> None:
        whole, shared = across.whole, (across.recorded, across.now)
        self._gone, self._new = [_texts(one) - _texts(other) for one, other in zip(whole, shared, strict=True)]

    def explains(self, found: Sequence[Leaf]) -> bool:
        """Whether in each of these leaves, at least one, what was held became nothing, or another value held now."""
        return bool(found) and all(self._explains(leaf) for leaf in found)

    def _explains(self, leaf: Leaf) -> bool:
        change = leaf.text_change
        sides = (leaf.recorded, leaf.now)
        one, other = [None if side is None else value_text(side) for side in sides]
        if change is not None:
            one, other = change.recorded, change.now
        is_gone, is_new = one in self._gone, other in self._new
        return (is_gone or is_new) and (is_gone or one in _BLANK) and (is_new or other in _BLANK)


def _texts(value: Value) -> Counter[str]:
    """The texts of what stands at the ends of a value."""
    return Counter([text for text in map(value_text, islice(_ends(value), _MOST_VALUES)) if text not in _BLANK])


def _ends(value: Value) -> Iterator[Value]:
    for part in walk(value):
        if isinstance(part, Array):
            yield from part[:_MOST_VALUES]
        elif not isinstance(part, Compound):
            yield part


class StateTypes:
    """The types of states and responses on both sides, as the modules declare them, else as the values show them."""

    def __init__(self, then: Metadata | None = None, now: Metadata | None = None, *, one_module: bool = False) -> None:
        """Where `one_module` made both sides no type changed, however its values look."""
        self._then, self._now = _Declared(then), _Declared(now)
        self._one_module = one_module
        self._declared: dict[str, TypeChange | None] = {}
        self._newest: list[Across] = []
        self._at_hand = LeavesAtHand()
        self._shown: list[TypeChange] = []

    @property
    def state_change(self) -> TypeChange | None:
        """How the declared type of the state changed; None where that is not told on both sides."""
        return self._change("")

    def leaves(self, under: str, recorded: Value | None, now: Value | None) -> tuple[Leaf, ...]:
        """What differs in two values, which may have been looked at for their types before."""
        return self._at_hand.leaves(under, recorded, now)

    def states(self, recorded: Value | None, now: Value | None) -> Across:
        """Two states; where one is not known, that says nothing of types."""
        return self._across(self.state_change, recorded, now)

    def responses(self, function: str, recorded: Value | None, now: Value | None) -> Across:
        """What an export answers."""
        return self._across(self._change(function) or UNCHANGED, recorded, now)

    def _across(self, declared: TypeChange | None, recorded: Value | None, now: Value | None) -> Across:
        if recorded is None or now is None:
            return Across(UNCHANGED, (UNIT, UNIT), UNIT, UNIT)
        for known in self._newest:
            # What a call leaves is what the next one is given.
            if known.whole[0] is recorded and known.whole[1] is now and declared in (None, known.change):
                return known
        seen = self._seen(declared, recorded, now)
        self._newest = [seen, *self._newest[: _KEPT - 1]]
        return seen

    def _seen(self, declared: TypeChange | None, recorded: Value, now: Value) -> Across:
        return _across(declared, recorded, now) if declared is not None else self._by_values(recorded, now)

    def _by_values(self, recorded: Value, now: Value) -> Across:
        """What the values themselves show, which is a type only where they say the same, or more or less of it."""
        if self._one_module or recorded == now:
            return _across(UNCHANGED, recorded, now)
        for change in self._shown:
            seen = _across(change, recorded, now)
            if seen.shows and (seen.alike or not self._tells_of_type(seen.recorded, seen.now)):
                return seen
        if not self._tells_of_type(recorded, now):
            return _across(UNCHANGED, recorded, now)
        change = TypeChange(shown_type(recorded), shown_type(now))
        self._shown = [change, *self._shown[: _KEPT - 1]] if change else self._shown
        return _across(change, recorded, now)

    def _tells_of_type(self, recorded: Value, now: Value) -> bool:
        """Whether two values say the same, or more or less of it, in other shapes, or one case with another tag."""
        found = self.leaves("", recorded, now)
        return bool(reshaped(found)) or any(
            isinstance(leaf.recorded, Variant)
            and isinstance(leaf.now, Variant)
            and leaf.recorded.case == leaf.now.case
            and leaf.recorded.tag != leaf.now.tag
            for leaf in found
        )

    def _change(self, function: str) -> TypeChange | None:
        """Of the response of a function, of the state where that is empty."""
        if self._one_module:
            return UNCHANGED
        if function not in self._declared:
            then, now = self._then.response(function), self._now.response(function)
            if not function:
                then, now = self._then.state, self._now.state
            told = UNTOLD not in (then, now)
            self._declared[function] = TypeChange(then, now, self._then.named, self._now.named) if told else None
        return self._declared[function]


def _across(change: TypeChange, recorded: Value, now: Value) -> Across:
    if not change:
        return Across(change, (recorded, now), recorded, now)
    return Across(change, (recorded, now), change.shared(recorded), change.shared_now(now))


class _Declared:
    """What a module declares of its state and of what its exports answer; nothing where it is not at hand."""

    def __init__(self, metadata: Metadata | None) -> None:
        self._exports = () if metadata is None else metadata.exports
        self.named = {} if metadata is None else {desc.name: desc for desc in named_types(metadata)}
        self.state = self._state()

    def response(self, function: str) -> TypeDesc:
        for each in self._exports:
            if _symbol(each) == function:
                parts = _returned(each)
                return parts[1] if len(parts) == 2 else UNTOLD
        return UNTOLD

    def _state(self) -> TypeDesc:
        """That of the module's own question for its state, else the first one that any export tells."""
        shown = [each.results[0] for each in self._exports if _symbol(each) == GET_STATE and each.results]
        left = [_returned(each)[0] for each in self._exports if len(_returned(each)) == 2]
        return next((desc for desc in (*shown, *left) if desc.kind not in ("value", "ref")), UNTOLD)


def _symbol(function: FunctionSignature) -> str:
    return f"{function.interface}.{function.name}"


def _returned(function: FunctionSignature) -> tuple[TypeDesc, ...]:
    """State and response, where an export declares that it returns both."""
    match function.results:
        case (TypeDesc("result", args=(TypeDesc("tuple", args=parts), _)),):
            return parts
    return ()

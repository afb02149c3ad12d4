"""The causes that are known so far, while the calls of two histories are judged one after the other."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace

from chainview.replay.align.alignment import Alignment
from chainview.replay.align.history import NONE, Side
from chainview.replay.changes.substitution import Substitution
from chainview.replay.differences.codes import Code, Detail
from chainview.replay.differences.difference import Difference
from chainview.replay.differences.signs import Sign, Trait, all_of_shape, moved_signs
from chainview.replay.judge.causes import Cause, Label
from chainview.replay.judge.origin import with_origin
from chainview.replay.judge.seen import Sight

_COUNTERPARTS = {Code.EXTRA_CALL: Code.MISSING_CALL, Code.MISSING_CALL: Code.EXTRA_CALL}
_BLOCK = 4096
"""Rows that are labelled at once."""


@dataclass(slots=True)
class KnownCause:
    """A cause that may yet show at other places, with the signs of all of them."""

    first: Difference
    rows: list[int]
    signs: set[Sign]
    events: list[int]
    """The recorded event of each place, or the one before which it stands."""
    sight: Sight = field(default_factory=Sight)
    """What changed at each place."""
    suspects: BySign = field(default_factory=lambda: BySign())
    exports: set[str] = field(default_factory=set)
    """The exports in which it shows."""
    at_end: set[str] = field(default_factory=set)
    """Those of them in which some call shows it at its end, and nothing before."""
    elsewhere: list[str] = field(default_factory=list)
    """Where a host call is made instead, or no longer, in words."""

    number: int = 0
    """How many were known before it."""

    @classmethod
    def of(cls, found: Difference, rows: tuple[int, ...], number: int) -> KnownCause:
        """A cause with its first place."""
        known = cls(found, list(rows), set(found.signs), [found.event], exports={found.export}, number=number)
        known.sight.take(found)
        return known

    def shows_again(self, found: Difference, rows: tuple[int, ...]) -> None:
        """Takes in another place."""
        self.sight.take(found)
        self.events.append(found.event)
        self.rows += rows
        self.signs |= found.signs
        self.exports.add(found.export)

    def closed(self) -> Cause:
        """What is known of it in the end."""
        sentence = "".join([self.first.sentence, *[f", and {where}" for where in self.elsewhere]])
        suspects = tuple([each.closed() for each in self.suspects.all])
        first, sight = replace(self.first, sentence=sentence), self.sight
        return Cause(
            first,
            tuple(self.rows),
            tuple(self.events),
            () if sight.left_out else tuple(sight.changes),
            tuple(sorted(sight.relations or ())),
            suspects,
        )


class BySign:
    """Causes in the order in which they were taken, found by the signs of all their places."""

    def __init__(self) -> None:
        self.all: list[KnownCause] = []
        self._numbers: dict[Sign, list[int]] = {}

    def take(self, found: Difference, rows: tuple[int, ...]) -> KnownCause:
        """Takes a difference as a cause."""
        cause = KnownCause.of(found, rows, len(self.all))
        self.all.append(cause)
        self._note(cause, found.signs)
        return cause

    def show(self, cause: KnownCause, found: Difference, rows: tuple[int, ...]) -> None:
        """Takes a difference as another place of one of these."""
        self._note(cause, found.signs - cause.signs)
        cause.shows_again(found, rows)

    def that_have(self, signs: Collection[Sign]) -> Iterator[KnownCause]:
        """Those that have one of these signs."""
        numbers = {number for sign in signs for number in self._numbers.get(sign, ())}
        return map(self.all.__getitem__, sorted(numbers))

    def like(self, found: Difference) -> KnownCause | None:
        """The first that has a sign in common with a difference."""
        return next(self.that_have(found.signs), None)

    def _note(self, cause: KnownCause, signs: Collection[Sign]) -> None:
        for sign in signs:
            self._numbers.setdefault(sign, []).append(cause.number)


class Ledger:
    """Takes in differences as causes, and what shows them again; keeps the label of every row meanwhile.

    Rows before `same` are identical. What differs is a consequence until it is taken as a cause.
    """

    def __init__(self, rows: Alignment, then: Side, same: int) -> None:
        self._known = BySign()
        self._told_numbers: set[str] = set()
        """The exports in which a cause shows that makes other numbers."""
        self.labels = _first_labels(rows, same)
        self._then = then

    @property
    def causes(self) -> list[KnownCause]:
        """The causes in the order in which they were taken."""
        return self._known.all

    def like(self, found: Difference) -> KnownCause | None:
        """The first cause that has a sign in common with a difference."""
        return self._known.like(found)

    def accuse(self, found: Difference, rows: tuple[int, ...]) -> KnownCause:
        """Takes a difference as a cause, or as another place of one that is known."""
        cause = self.like(found)
        if cause is not None:
            common = cause.signs & found.signs
            beyond = found.beyond_shape() if all_of_shape(common) else None
            self.show(cause, found if beyond is None else replace(found, signs=frozenset(common)), rows)
            return cause if beyond is None else self.accuse(beyond, rows)
        elsewhere = self._made_elsewhere(found, rows)
        if elsewhere is not None:
            return elsewhere
        cause = self._known.take(with_origin(found, self._then), rows)
        self._note_numbers(cause, found.export)
        self.mark(rows, Label.CAUSE)
        return cause

    def show(self, cause: KnownCause, found: Difference, rows: tuple[int, ...]) -> None:
        """Takes a difference as another place of a cause."""
        self._known.show(cause, found, rows)
        self._note_numbers(cause, found.export)
        self.mark(rows, Label.CAUSE)

    def _note_numbers(self, cause: KnownCause, export: str) -> None:
        if export not in self._told_numbers and cause.first.only_numbers:
            self._told_numbers.add(export)

    def suspect(self, held: KnownCause | None, found: Difference, rows: tuple[int, ...]) -> None:
        """Notes what is taken as a consequence of a cause without being explained by it."""
        if held is None:
            return
        suspect = held.suspects.like(found)
        if suspect is None:
            held.suspects.take(found, rows)
        else:
            held.suspects.show(suspect, found, rows)

    def shown_at_end(self, found: Sequence[Difference]) -> tuple[KnownCause | None, Substitution]:
        """The known cause that a call shows again as it ends, where some call of its export showed nothing else.

        With it comes what became what then, which says something wherever a known cause is shown.
        """
        values = Substitution()
        end = next((each for each in reversed(found) if each.at_end), None)
        cause = None if end is None else self.like(end)
        if cause is None or end is None:
            return None, values
        values.learn(cause.first.leaves)
        values.learn(end.leaves)
        return (cause if end.export in cause.at_end else None), values

    def note_end(self, found: Sequence[Difference]) -> None:
        """Notes of a call that was judged when nothing differs but how it ended."""
        first = next((each for each in found if not each.follows), None)
        cause = self.like(first) if first is not None and first.at_end else None
        if cause is not None and first is not None:
            cause.at_end.add(first.export)

    def has_numbers_of(self, export: str) -> bool:
        """Whether a cause shows in an export that makes other numbers there."""
        return export in self._told_numbers

    def suspects_order_of(self, found: Difference) -> bool:
        """Whether a list that differs in its order alone was in another order before, following from a cause."""
        orders = {sign for sign in found.signs if sign.trait is Trait.ITEM_ORDER}
        only = orders and all(leaf.is_reordered for leaf in found.leaves)
        return bool(only) and any(any(cause.suspects.that_have(orders)) for cause in self.causes)

    def mark(self, rows: tuple[int, ...], label: Label) -> None:
        """Says what holds of some rows."""
        for row in rows:
            self.labels[row] = label

    def _made_elsewhere(self, found: Difference, rows: tuple[int, ...]) -> KnownCause | None:
        """The cause of a host call that one export makes no longer and another one makes in addition."""
        counterpart = _COUNTERPARTS.get(found.code)
        for cause in self._known.that_have(moved_signs(found.signs)) if counterpart is not None else ():
            first = cause.first
            if first.code is counterpart and first.export != found.export:
                words = Detail.NOW_IN if found.code is Code.EXTRA_CALL else Detail.NO_LONGER_IN
                where = words.format(export=found.export)
                if where not in cause.elsewhere:
                    cause.elsewhere.append(where)
                self.show(cause, found, rows)
                return cause
        return None


def _first_labels(rows: Alignment, same: int) -> bytearray:
    link, shift, unreached = int(Label.LINK), int(Label.SHIFT), int(Label.UNREACHED)
    labels = bytearray(same)
    for start in range(same, len(rows), _BLOCK):
        ones, others = rows.recorded[start : start + _BLOCK], rows.now[start : start + _BLOCK]
        if ones == others:
            labels += bytes((link,)) * len(ones)
            continue
        pairs = zip(ones, others, strict=True)
        labels += bytes([link if one == now else unreached if NONE in (one, now) else shift for one, now in pairs])
    for row in rows.differing:
        labels[row] = Label.VALUE
    if rows.reached is not None:
        labels[rows.reached :] = bytes([Label.UNREACHED]) * (len(rows) - rows.reached)
    return labels

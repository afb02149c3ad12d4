"""Telling two causes in one call apart by experiment: what differs once the change behind one is taken back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from chainview.replay.align.history import NONE
from chainview.replay.differences.codes import Code
from chainview.replay.differences.difference import Difference
from chainview.replay.differences.signs import Trait, signs_of_end
from chainview.replay.judge.case import Case, is_limited
from chainview.replay.judge.causes import Experiment, Head
from chainview.replay.judge.ledger import KnownCause, Ledger

_MOST_ASKED = 2
"""How often the same is asked: other calls may show what the first ones do not."""
_NEVER_APART = (Code.OTHER_ANSWER, Code.OTHER_ENCODING, Code.OTHER_ENGINE, Code.STATE_TYPE, Code.LIMIT)
_OF_ONE_PLACE = frozenset({Trait.CODE, Trait.SITE, Trait.WORDS, Trait.COSMETIC})
"""What differences have in common only where one edit makes them."""


class Separation:
    """Asks the experiment, of each kind of question a few times, and keeps which causes it told from others."""

    def __init__(self, ledger: Ledger, experiment: Experiment | None) -> None:
        self._ledger = ledger
        self._experiment = experiment if experiment is not None and experiment.answers_alike else None
        self._asked: Counter[object] = Counter()
        self._told_apart: list[KnownCause] = []
        self._with_second: list[KnownCause] = []
        self._first: list[tuple[KnownCause, Head]] = []

    def of_call(self, case: Case, found: Sequence[Difference]) -> CallSeparation:
        """The same for one call, in which this was found."""
        call = case.hunk.recorded_call
        possible = call != NONE and case.hunk.now_call != NONE and not (case.other_type or is_limited(case))
        return CallSeparation(self, self._ledger, call if possible else NONE, found)

    def remains(self, call: int, heads: Sequence[Head], rest: Difference, *, closely: bool) -> Difference | None:
        """What is left of a difference once others are as recorded; None for nothing."""
        if self._experiment is None or not self._may_ask(call, rest, "remains", closely):
            return None
        return self._experiment.remains(call, heads, rest, closely=closely)

    def second(self, call: int, found: Difference) -> Difference | None:
        """What another change than the one that is told makes of the same value; None where there is none."""
        if self._experiment is None or not self._may_ask(call, found, "second", *_change(found)):
            return None
        return self._experiment.second(call, found)

    def _may_ask(self, call: int, found: Difference, *about: object) -> bool:
        shown = frozenset([leaf.shape for leaf in found.leaves]) or found.function
        question = found.export, found.code, shown, about
        self._asked[question] += call != NONE
        return call != NONE and self._asked[question] <= _MOST_ASKED

    def of_one_change(self, found: Difference) -> KnownCause | None:
        """The known cause, where a single change in the code makes it and this, too.

        Of one helper that several functions use it makes only what is like the cause: other numbers where that has
        other numbers.
        """
        known = [cause for cause in self._ledger.causes if _may_be_apart(cause.first)]
        if self._experiment is None or not known or not _may_be_apart(found):
            return None
        if self._experiment.is_one:
            return known[0]
        numbers = [cause for cause in known if cause.first.only_numbers]
        return numbers[0] if numbers and found.only_numbers and self._experiment.is_one_helper else None

    def is_told_apart(self, cause: KnownCause) -> bool:
        """Whether a cause was told from another one."""
        return any(cause is each for each in self._told_apart)

    def tell_apart(self, cause: KnownCause) -> None:
        """Keeps that a cause was told from another one."""
        self._told_apart.append(cause)

    def has_second(self, cause: KnownCause) -> bool:
        """Whether another change is known that makes the values of a cause, too."""
        return any(cause is each for each in self._with_second)

    def keep_second(self, cause: KnownCause) -> None:
        """Keeps that another change makes the values of a cause, too."""
        self._with_second.append(cause)

    def keep(self, cause: KnownCause, head: Head) -> None:
        """Keeps where a cause shows first."""
        if self.first_of(cause) is None:
            self._first.append((cause, head))

    def first_of(self, cause: KnownCause) -> Head | None:
        """Where a cause shows first, if in a call that can be made alone."""
        return next((head for each, head in self._first if each is cause), None)


class CallSeparation:
    """What differs in one call, one after the other."""

    def __init__(self, separation: Separation, ledger: Ledger, call: int, found: Sequence[Difference]) -> None:
        self._separation, self._ledger, self._call, self._found = separation, ledger, call, found
        self._heads: list[Head] = []
        """The causes that were found in it so far."""
        end = next((each for each in reversed(found) if each.at_end), None)
        self._at_end = None if end is None else ledger.like(end)

    def parts(self) -> Iterator[Difference]:
        """The differences in order, each in parts where several changes make it."""
        for each in self._found:
            if not _may_be_apart(each):
                yield each
            elif each.at_end and (len(each.leaves) > 1):
                yield from self._parts_of_end(each)
            else:
                yield each
                yield from self._second(each)

    def accuse(self, found: Difference, rows: tuple[int, ...]) -> KnownCause:
        """Takes a difference as a cause, or as another place of a known one that makes it."""
        like = self._ledger.like(found)
        if like is not None and not {sign.trait for sign in like.signs & found.signs} & _OF_ONE_PLACE:
            first = self._separation.first_of(like)
            if first is not None and not found.at_end and self._remains([first], found, closely=False) is not None:
                found = replace(found, signs=found.signs - like.signs)
        cause = None if like is not None else self._separation.of_one_change(found)
        if cause is None:
            cause = self._ledger.accuse(found, rows)
        else:
            self._ledger.show(cause, found, rows)
        self._note(cause, found)
        return cause

    def accuse_behind(self, found: Difference, rows: tuple[int, ...], *, closely: bool) -> bool:
        """Takes a difference as a cause of its own where it is one, whatever else its call shows."""
        heads = self._heads or self._known_at_end(found)
        if not (heads and _may_be_apart(found)):
            return False
        like = self._ledger.like(found)
        if like is not None and self._separation.is_told_apart(like):
            self._ledger.show(like, _shared(found, like)[0], rows)
            return True
        left = self._remains(heads, found, closely=closely)
        if left is None:
            return False
        cause = self._ledger.accuse(left, rows)
        self._note(cause, left)
        self._separation.tell_apart(cause)
        return True

    def _remains(self, heads: Sequence[Head], rest: Difference, *, closely: bool) -> Difference | None:
        return self._separation.remains(self._call, heads, rest, closely=closely)

    def _note(self, cause: KnownCause, found: Difference) -> None:
        if self._call != NONE and _may_be_apart(found):
            self._heads.append((self._call, found))
            self._separation.keep(cause, (self._call, found))

    def _known_at_end(self, found: Difference) -> list[Head]:
        """The known cause that the call shows as it ends, from which something before is taken to follow."""
        first = None if self._at_end is None or found.at_end else self._separation.first_of(self._at_end)
        return [] if first is None else [first]

    def _second(self, found: Difference) -> Iterator[Difference]:
        """The other of two changes that make one value another one, where nothing before it in the call differs."""
        if any(head is not found for _, head in self._heads) or found.code is Code.COSMETIC:
            return
        like = self._ledger.like(found)
        if like is None or self._separation.has_second(like):
            return
        second = self._separation.second(self._call, found)
        if second is not None:
            self._separation.keep_second(like)
            yield replace(second, signs=second.signs - found.signs, is_beside=True)

    def _parts_of_end(self, found: Difference) -> Iterator[Difference]:
        """What an end shows of a known cause, else first, and what of the rest has another cause."""
        like = self._ledger.like(found)
        if like is None and self._heads:
            yield found
            return
        head, rest = (
            _shared(found, like) if like is not None else (found.part(found.leaves[:1]), found.part(found.leaves[1:]))
        )
        heads = [*self._heads, (self._call, head)]
        left = None if rest is None else self._remains(heads, rest, closely=True)
        if left is None:
            yield found
            return
        paths = {leaf.path for leaf in left.leaves}
        yield found.part([leaf for leaf in found.leaves if leaf.path not in paths])
        yield replace(left, is_beside=True)


def _may_be_apart(found: Difference) -> bool:
    return not (found.follows or found.is_reshaped or found.code in _NEVER_APART)


def _change(found: Difference) -> tuple[str, ...]:
    """What became what in the texts of a difference."""
    changes = [leaf.text_change for leaf in found.leaves]
    return tuple([change.pattern for change in changes if change is not None])


def _shared(found: Difference, cause: KnownCause) -> tuple[Difference, Difference | None]:
    """What a difference has in common with a cause, and the rest; all of it where its leaves have no signs apart."""
    if not found.at_end:
        return found, None
    own = [leaf for leaf in found.leaves if signs_of_end(found.export, [leaf]) & cause.signs]
    rest = [leaf for leaf in found.leaves if leaf not in own]
    return (found.part(own), found.part(rest)) if own and rest else (found, None)

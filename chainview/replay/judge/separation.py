"""Telling two causes in one call apart by experiment: what differs once the change behind one is taken back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace

from chainview.replay.align.history import NONE
from chainview.replay.differences.codes import Code
from chainview.replay.differences.difference import Difference
from chainview.replay.differences.signs import signs_of_end
from chainview.replay.judge.case import Case, is_limited
from chainview.replay.judge.causes import Experiment
from chainview.replay.judge.ledger import KnownCause, Ledger

_MOST_ASKED = 2
"""How often the same is asked: other calls may show what the first ones do not."""
_NEVER_APART = (Code.OTHER_ANSWER, Code.OTHER_ENCODING, Code.OTHER_ENGINE, Code.STATE_TYPE, Code.LIMIT)


class Separation:
    """Asks the experiment, of each kind of question a few times, and keeps which causes it told from others."""

    def __init__(self, ledger: Ledger, experiment: Experiment | None) -> None:
        self._ledger = ledger
        self._experiment = experiment if experiment is not None and experiment.answers_alike else None
        self._asked: Counter[object] = Counter()
        self._told_apart: list[KnownCause] = []

    def of_call(self, case: Case) -> CallSeparation:
        """The same for one call."""
        call = case.hunk.recorded_call
        possible = call != NONE and case.hunk.now_call != NONE and not (case.other_type or is_limited(case))
        return CallSeparation(self, self._ledger, call if possible else NONE)

    def remains(self, call: int, heads: list[Difference], rest: Difference, *, closely: bool) -> Difference | None:
        """What is left of a difference once those before it in its call are as recorded; None for nothing."""
        shown = frozenset([leaf.shape for leaf in rest.leaves]) or rest.function
        question = rest.export, rest.code, shown, closely
        if self._experiment is None or call == NONE or self._asked[question] >= _MOST_ASKED:
            return None
        self._asked[question] += 1
        return self._experiment.remains(call, heads, rest, closely=closely)

    def is_told_apart(self, cause: KnownCause) -> bool:
        """Whether a cause was told from another one."""
        return cause in self._told_apart

    def tell_apart(self, cause: KnownCause) -> None:
        """Keeps that a cause was told from another one."""
        self._told_apart.append(cause)


class CallSeparation:
    """What differs in one call, one after the other; `heads` are the causes found in it so far."""

    def __init__(self, separation: Separation, ledger: Ledger, call: int) -> None:
        self._separation, self._ledger, self._call = separation, ledger, call
        self._heads: list[Difference] = []

    def parts(self, found: Iterable[Difference]) -> Iterator[Difference]:
        """The differences in order, where what an end shows has several causes that in parts."""
        for each in found:
            yield from self._parts(each) if self._may_be_apart(each) and each.at_end else (each,)

    def note(self, cause: Difference) -> None:
        """Takes in a difference of the call that is a cause."""
        self._heads.append(cause)

    def accuse(self, found: Difference, rows: tuple[int, ...], *, closely: bool) -> bool:
        """Takes a difference as a cause of its own where it is one, whatever stands before it in its call."""
        if not (self._heads and self._may_be_apart(found)):
            return False
        like = self._ledger.like(found)
        if like is not None and self._separation.is_told_apart(like):
            shown = _shared(found, like)[0]
            self._ledger.show(like, shown, rows)
            return True
        left = self._separation.remains(self._call, self._heads, found, closely=closely)
        if left is None:
            return False
        self._heads.append(left)
        self._separation.tell_apart(self._ledger.accuse(left, rows))
        return True

    def _may_be_apart(self, found: Difference) -> bool:
        return not (found.follows or found.is_reshaped or found.code in _NEVER_APART)

    def _parts(self, found: Difference) -> Iterator[Difference]:
        """What an end shows of a known cause, else first, and what of the rest has another cause."""
        like = self._ledger.like(found)
        if len(found.leaves) < 2 or (like is None and self._heads):
            yield found
            return
        head, rest = _shared(found, like) if like is not None else _halves(found, 1)
        left = None if rest is None else self._separation.remains(self._call, [*self._heads, head], rest, closely=True)
        if left is None:
            yield found
            return
        paths = {leaf.path for leaf in left.leaves}
        yield found.part([leaf for leaf in found.leaves if leaf.path not in paths])
        yield replace(left, is_beside=True)


def _shared(found: Difference, cause: KnownCause) -> tuple[Difference, Difference | None]:
    """What a difference has in common with a cause, and the rest; all of it where its leaves have no signs apart."""
    if not found.at_end:
        return found, None
    own = [leaf for leaf in found.leaves if signs_of_end(found.export, [leaf]) & cause.signs]
    rest = [leaf for leaf in found.leaves if leaf not in own]
    return (found.part(own), found.part(rest)) if own and rest else (found, None)


def _halves(found: Difference, at: int) -> tuple[Difference, Difference]:
    return found.part(found.leaves[:at]), found.part(found.leaves[at:])

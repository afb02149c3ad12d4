"""Telling the causes in one call apart by experiment: what each change of the code makes by itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from chainview.replay.align.history import NONE
from chainview.replay.changes.leaves import Leaf
from chainview.replay.differences.codes import Code
from chainview.replay.differences.difference import Difference
from chainview.replay.differences.signs import Trait, signs_of_end
from chainview.replay.judge.case import Case, is_limited
from chainview.replay.judge.causes import Experiment
from chainview.replay.judge.ledger import KnownCause, Ledger
from chainview.replay.judge.shares import (
    Share,
    ends_like,
    is_gone,
    is_overwritten,
    meet,
    says_the_same,
    share_of,
    without_halves,
)

_MOST_ASKED = 2
"""How often the same is asked: other calls may show what the first ones do not."""
_NEVER_APART = (Code.OTHER_ANSWER, Code.OTHER_ENCODING, Code.OTHER_ENGINE, Code.STATE_TYPE, Code.LIMIT)
_OF_ONE_PLACE = frozenset({Trait.CODE, Trait.SITE, Trait.WORDS, Trait.COSMETIC})
"""What differences have in common only where one edit makes them."""


class Separation:
    """Asks the experiment, of each kind of question a few times, and keeps which change makes which cause."""

    def __init__(self, ledger: Ledger, experiment: Experiment | None) -> None:
        self._ledger = ledger
        self._experiment = experiment if experiment is not None and experiment.answers_alike else None
        self._asked: Counter[object] = Counter()
        self._makers: list[tuple[KnownCause, int]] = []
        """Each known cause with the change that makes it, as far as that is known."""
        self._halves: set[int] = set()
        """The changes that ended a call as all together do not, so that they are nothing without others."""
        self.told_apart: list[KnownCause] = []
        """The causes that were told from what stands before them in one call."""

    def of_call(self, case: Case, found: Sequence[Difference]) -> CallSeparation:
        """The same for one call, in which this was found."""
        call = case.hunk.recorded_call
        possible = call != NONE and case.hunk.now_call != NONE and not (case.other_type or is_limited(case))
        return CallSeparation(self, self._ledger, call if possible else NONE, found)

    def shares(self, call: int, found: Sequence[Difference]) -> list[Share]:
        """What changes make in a call that have made nothing yet, each by itself."""
        experiment = self._experiment
        if experiment is None or call == NONE or not found:
            return []
        unseen = [part for part in range(experiment.parts) if self.made_by(part) is None and part not in self._halves]
        if experiment.parts < 2 or not unseen or not self._may_ask(call, found[0], "shares", *map(_kind, found)):
            return []
        alone = {part: experiment.alone(call, part) or [] for part in range(experiment.parts)}
        for part, made in alone.items():
            others = [each for other, each in alone.items() if other != part]
            if not ends_like(made, found) or is_overwritten(made, found, others):
                self._halves.add(part)
        shares = []
        for part in unseen:
            others = [each for other, each in alone.items() if other != part]
            share = share_of(part, alone[part], found, experiment.without(call, part), others)
            shares += [share] if share is not None else []
        return without_halves(shares)

    def maker(self, call: int, found: Difference, full: Sequence[Difference]) -> int | None:
        """The change that makes a difference, if it is one; of several that each make it, one that made nothing yet."""
        experiment = self._experiment
        if experiment is None or not experiment.parts or not self._may_ask(call, found, "maker"):
            return None
        parts = range(experiment.parts)
        without = [experiment.without(call, part) for part in parts]
        gone = [part for part in parts if is_gone(found, without[part], full)]
        if len(gone) == 1:
            return gone[0]
        if gone:
            return None
        there = {part: [each for each in experiment.alone(call, part) or () if meet(each, found)] for part in parts}
        makers = [part for part in parts if any(says_the_same(found, each) for each in there[part])]
        # What only makes something else there may be no more than half of another change.
        makers = makers or [part for part in parts if there[part]]
        return next((part for part in makers if self.made_by(part) is None), makers[0] if makers else None)

    def staying(self, call: int, found: Difference, cause: KnownCause, full: Sequence[Difference]) -> Difference | None:
        """What a call shows of a difference without what makes a cause before it; None where that can't be told."""
        part = self.maker_of(cause)
        if self._experiment is None or part is None or not self._may_ask(call, found, "staying"):
            return None
        made = self._experiment.without(call, part)
        if made is None or not all(is_gone(each, made, full) for each in full if each.signs & cause.signs):
            return None
        same = next((each for each in made if meet(each, found) and says_the_same(each, found)), None)
        if same is None or not found.leaves:
            return None if same is None else found
        now = {leaf.path: leaf.now for leaf in same.leaves}
        return found.part([leaf for leaf in found.leaves if leaf.path in now and now[leaf.path] == leaf.now])

    def _may_ask(self, call: int, found: Difference, *about: object) -> bool:
        question = found.export, _kind(found), about
        self._asked[question] += call != NONE
        return call != NONE and self._asked[question] <= _MOST_ASKED

    def of_one_change(self, found: Difference) -> KnownCause | None:
        """The known cause, where a single change in the code makes it and this, too.

        Of one helper that several functions use it makes only what is like the cause: other numbers where that has
        other numbers.
        """
        if self._experiment is None or not may_be_apart(found):
            return None
        known = (cause for cause in self._ledger.causes if may_be_apart(cause.first))
        if self._experiment.is_one:
            return next(known, None)
        if not (found.only_numbers and self._experiment.is_one_helper):
            return None
        return next((cause for cause in known if cause.first.only_numbers), None)

    def keep(self, cause: KnownCause, part: int | None) -> None:
        """Keeps which change makes a cause."""
        if part is not None and self.made_by(part) is None:
            self._makers.append((cause, part))

    def is_small(self, part: int | None) -> bool:
        """Whether all that a change makes has one cause."""
        return part is not None and self._experiment is not None and self._experiment.is_small(part)

    def made_by(self, part: int | None) -> KnownCause | None:
        """The known cause that a change makes."""
        return next((cause for cause, maker in self._makers if maker == part), None)

    def maker_of(self, cause: KnownCause) -> int | None:
        """The change that makes a known cause."""
        return next((maker for known, maker in self._makers if known is cause), None)


class CallSeparation:
    """What differs in one call, one after the other."""

    def __init__(self, separation: Separation, ledger: Ledger, call: int, found: Sequence[Difference]) -> None:
        self._separation, self._ledger, self._call, self._found = separation, ledger, call, found
        self._told: list[tuple[Difference, int]] = []
        """What a change makes that made nothing before."""
        self._accused = False

    def parts(self) -> Iterator[Difference]:
        """The differences in order, each in parts where several changes make it."""
        apart = [each for each in self._found if may_be_apart(each)]
        shares = self._separation.shares(self._call, apart)
        hidden = [share for share in shares if share.full is None]
        for each in self._found:
            own = [share for share in shares if share.full is each]
            yield from self._parts_of(each, own)
            if each is self._found[-1]:
                yield from [self._made_by(share.told_at(each), share) for share in hidden]

    def _parts_of(self, found: Difference, shares: Sequence[Share]) -> Iterator[Difference]:
        like = self._ledger.like(found)
        if shares and like is not None and not found.at_end and not _is_of_one_place(like, found):
            like = None
        if like is not None and self._separation.maker_of(like) is None:
            # The change that makes just this makes the known cause, too.
            makers = [share for share in shares if share.is_same and says_the_same(share.alone, found)]
            shares = [share for share in shares if share not in makers]
            self._separation.keep(like, makers[0].part if makers else None)
        if not shares and like is not None and found.at_end:
            yield from self._by_known_causes(found, like)
            return
        if not shares or like is not None:
            first, others = found, list(shares)
        else:
            own = [leaf for leaf in found.leaves if _shows(shares[0], leaf)]
            rest = [leaf for leaf in found.leaves if not any(_shows(share, leaf) for share in shares)]
            first = found
            if own and len(own) < len(found.leaves) and shares[0].is_same:
                first = replace(found.part(own), signs=shares[0].alone.signs)
                if rest:
                    yield replace(found.part(rest), signs=found.signs - first.signs)
            first, others = self._made_by(replace(first, is_beside=True), shares[0]), list(shares[1:])
        yield first
        for share in others:
            yield self._made_by(share.told_at(found), share)

    def _by_known_causes(self, found: Difference, cause: KnownCause) -> Iterator[Difference]:
        """How a call ends, in two where a part of that is alike to another known cause."""
        own = [leaf for leaf in found.leaves if signs_of_end(found.export, [leaf]) & cause.signs]
        rest = [leaf for leaf in found.leaves if leaf not in own]
        other = self._ledger.like(found.part(rest)) if own and rest else None
        if other is None or other is cause:
            yield found
            return
        yield found.part(own)
        yield replace(found.part(rest), is_beside=True)

    def _made_by(self, found: Difference, share: Share) -> Difference:
        """The difference as one that has nothing in common with what other changes make."""
        like = self._ledger.like(found)
        while like is not None:
            found = replace(found, signs=found.signs - like.signs)
            like = self._ledger.like(found)
        for other, _ in self._told:
            found = replace(found, signs=found.signs - other.signs)
        self._told.append((found, share.part))
        return found

    def accuse(self, found: Difference, rows: tuple[int, ...]) -> KnownCause:
        """Takes a difference as a cause, or as another place of a known one that makes it."""
        part = next((maker for each, maker in self._told if each is found), None)
        if part is None and may_be_apart(found):
            like = self._ledger.like(found)
            if like is None or not (_is_of_one_place(like, found) or found.at_end):
                part = self._separation.maker(self._call, found, self._found)
                known = self._separation.made_by(part)
                if known is not None and self._separation.is_small(part):
                    self._ledger.show(known, found, rows)
                    return known
                if part is not None and like is not None and self._separation.maker_of(like) is not None:
                    found = replace(found, signs=found.signs - like.signs)
        cause = None if self._ledger.like(found) is not None else self._separation.of_one_change(found)
        if cause is None:
            cause = self._ledger.accuse(found, rows)
        else:
            self._ledger.show(cause, found, rows)
        self._separation.keep(cause, part)
        if self._accused and any(each is found for each, _ in self._told):
            self._separation.told_apart.append(cause)
        self._accused = True
        return cause

    def apart(self, found: Difference, cause: KnownCause | None) -> Difference | None:
        """What of a difference is there also without what makes the cause that stands before it in its call."""
        if cause is None or not may_be_apart(found):
            return None
        return self._separation.staying(self._call, found, cause, self._found)

    def accuse_behind(self, found: Difference, rows: tuple[int, ...]) -> bool:
        """Takes a difference as another place of a cause that was told from others, whatever else its call shows."""
        like = self._ledger.like(found) if may_be_apart(found) else None
        if like is None or not any(like is each for each in self._separation.told_apart):
            return False
        self._ledger.show(like, found, rows)
        return True


def may_be_apart(found: Difference) -> bool:
    """Whether a change of the code may make a difference beside what another one makes."""
    return not (found.follows or found.is_reshaped or found.code in _NEVER_APART)


def _is_of_one_place(cause: KnownCause, found: Difference) -> bool:
    return bool({sign.trait for sign in cause.signs & found.signs} & _OF_ONE_PLACE)


def _shows(share: Share, leaf: Leaf) -> bool:
    return any(leaf.path == each.path for each in share.alone.leaves)


def _kind(found: Difference) -> tuple[object, ...]:
    shown = frozenset([leaf.shape for leaf in found.leaves]) or found.function
    changes = [leaf.text_change for leaf in found.leaves]
    return found.export, found.code, shown, tuple([each.pattern for each in changes if each is not None])

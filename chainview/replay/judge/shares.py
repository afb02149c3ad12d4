"""What one of several changes of the code makes in a call by itself, and whether all together make that, too."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from chainview.pack.values import String
from chainview.replay.align.sequence import alike_at_ends
from chainview.replay.changes.leaves import Leaf
from chainview.replay.changes.two_changes import are_two_changes
from chainview.replay.differences.call_change import CallKind
from chainview.replay.differences.codes import Code
from chainview.replay.differences.difference import Difference

Made = Sequence[Difference]
"""How a call differs from its recording when it is made by some build."""
_MOST_LEAVES = 8
OTHER_CALLS = (Code.EXTRA_CALL, Code.MISSING_CALL, Code.LOOP_COUNT, Code.OTHER_CALL, Code.UNANSWERABLE)
_ENDED_OTHERWISE = (Code.FAILURE, Code.LIMIT, Code.UNANSWERABLE)
_ENDS_WHAT_COMES = (*OTHER_CALLS, *_ENDED_OTHERWISE)
_HALVES = 3
"""So many changes, of which each makes something else of one place, are more likely halves of one."""
_ZERO = "\0"
_BY_ANOTHER = "by another change, which shows once the first one is undone"


@dataclass(frozen=True, slots=True)
class Share:
    """What a change, by its number, makes first by itself, and what it is among the differences of the call.

    `full` is None where something else stands before it. `is_same` says whether `full` shows just that.
    """

    part: int
    alone: Difference
    full: Difference | None
    is_same: bool

    def told_at(self, place: Difference) -> Difference:
        """What the change makes, as what stands on the rows of another difference."""
        sentence = self.alone.sentence if self.is_same else f"{self.alone.sentence}, {_BY_ANOTHER}"
        return replace(
            self.alone, rows=place.rows, call=place.call, sentence=sentence, stack=(), stack_now=(), is_beside=True
        )


def share_of(part: int, alone: Made, full: Made, without: Made | None, others: Sequence[Made]) -> Share | None:
    """What a change makes, if it is one for itself; None for half of a change, and for nothing.

    `alone` is made by it only, `without` by all but it, and each of `others` by one of those only.
    """
    first = next((each for each in alone if not each.follows), None)
    if first is None or not ends_like(alone, full) or _says_nothing_written(first, full):
        return None
    without = without if without is not None and ends_like(without, full) else None
    met = next((each for each in full if meet(each, first)), None)
    if met is None:
        before = [each for each in full if each.code in _ENDS_WHAT_COMES and each.event <= first.event]
        if first.at_end and all(_asks_less(each) for each in before):
            # The call comes to its end, which is as recorded: what this makes of it the rest of its edit undoes.
            return None
        makers = [each for other in others for each in other]
        hides = any(meet(each, hidden) and says_the_same(each, hidden) for each in before for hidden in makers)
        is_told = hides and without is not None and first.code not in _ENDS_WHAT_COMES
        return Share(part, first, None, is_same=False) if is_told else None
    still = [each for each in without or () if meet(each, met)]
    if says_the_same(met, first):
        is_gone = without is None or not any(says_the_same(each, first) for each in still)
        return Share(part, first, met, is_same=True) if is_gone else None
    if without is not None and any(_says_all(each, met) for each in still):
        # What another change does hides it.
        return Share(part, first, met, is_same=False) if met.code in OTHER_CALLS else None
    if met.code in OTHER_CALLS and without is not None:
        # What one change asks otherwise is asked at another place because of others.
        return Share(part, first, met, is_same=False)
    if met.code is Code.COSMETIC and first.code is not Code.COSMETIC:
        # Two halves of what says the same in another way.
        return None
    beside = [other for other in others if any(meet(each, met) for each in other)]
    if beside and not any(meet(other[0], met) for other in beside):
        # What else becomes of it comes of what others do before.
        return Share(part, first, met, is_same=False)
    together = [each for other in beside for each in other if meet(each, met)]
    if any(_make_together(met, first, each) for each in together):
        return Share(part, first, met, is_same=False)
    return None


def without_halves(shares: Sequence[Share]) -> list[Share]:
    """The shares but those of changes that are likely halves of one, as so many make something else of one place."""

    def makers(one: Share) -> int:
        return sum(not each.is_same and each.full is one.full for each in shares)

    return [each for each in shares if each.is_same or makers(each) < _HALVES]


def is_gone(found: Difference, made: Made | None, full: Made) -> bool:
    """Whether a call that some build makes lacks a difference that the call has with all changes."""
    if made is None or not ends_like(made, full):
        return False
    here = [each for each in made if meet(found, each)]
    # Where a call that was extra is made no more, the one in its place may still ask otherwise.
    return not any(each.code in OTHER_CALLS or found.code not in OTHER_CALLS for each in here)


def meet(one: Difference, other: Difference) -> bool:
    """Whether two differences of one call are at the same place of it."""
    if one.event != other.event or one.at_end != other.at_end:
        return False
    if one.code in OTHER_CALLS and other.code in OTHER_CALLS:
        return True
    if one.leaves and other.leaves:
        return any(lies_among(leaf.path, {each.path for each in other.leaves}) for leaf in one.leaves)
    return one.function == other.function


def says_the_same(full: Difference, part: Difference) -> bool:
    """Whether a difference shows what another one at its place is, beside whatever else it shows."""
    if not (full.leaves and part.leaves):
        alike = full.code is part.code or (full.code in OTHER_CALLS and part.code in OTHER_CALLS)
        return alike and not full.leaves and not part.leaves
    now = {leaf.path: leaf.now for leaf in full.leaves}
    common = [leaf for leaf in part.leaves if leaf.path in now]
    return bool(common) and all(now[leaf.path] == leaf.now for leaf in common)


def is_overwritten(alone: Made, full: Made, others: Sequence[Made]) -> bool:
    """Whether what a change makes first of a value is nowhere to be seen where another one makes all that it is.

    Then it is what the rest of one edit puts right, as where it reads what that would have written.
    """
    first = next((each for each in alone if not each.follows), None)
    met = next((each for each in full if first is not None and meet(each, first)), None)
    if first is None or met is None or not (first.leaves and met.leaves) or says_the_same(met, first):
        return False
    one = {leaf.path for leaf in first.leaves} == {leaf.path for leaf in met.leaves}
    return one and any(meet(each, met) and _says_all(each, met) for other in others for each in other)


def _says_all(full: Difference, part: Difference) -> bool:
    """Whether a difference shows all that another one at its place is."""
    paths = {leaf.path for leaf in full.leaves}
    return says_the_same(full, part) and all(leaf.path in paths for leaf in part.leaves)


def ends_like(some: Made, full: Made) -> bool:
    """Whether a call ends otherwise only where it does so with all changes: half of one need not be a program.

    What ends a call that nobody answered comes of what it asked.
    """
    asks = any(each.code in (Code.EXTRA_CALL, Code.LOOP_COUNT) for each in some)
    known = {each.code for each in full}
    return all(
        each.code in known or (asks and each.code is Code.FAILURE) for each in some if each.code in _ENDED_OTHERWISE
    )


def _says_nothing_written(found: Difference, full: Made) -> bool:
    """Whether all that is new in a text are zeros, as where half of a change reads what the rest would write.

    Zeros that are there with all changes were written.
    """
    written = {leaf.path for each in full if meet(each, found) for leaf in each.leaves if _zeros_in(leaf)}
    return any(_zeros_in(leaf) and leaf.path not in written for leaf in found.leaves)


def _zeros_in(leaf: Leaf) -> bool:
    """Whether a text that held no zeros has these alone where it differs."""
    one, other = leaf.recorded, leaf.now
    if not (isinstance(one, String) and isinstance(other, String)) or _ZERO in one.value:
        return False
    head, tail = alike_at_ends(one.value, other.value)
    new = other.value[head : len(other.value) - tail]
    return bool(new) and not new.strip(_ZERO)


def _asks_less(found: Difference) -> bool:
    """Whether host calls are only made no more, so that none is left without an answer."""
    return found.became is not None and found.became.kind is CallKind.GONE


def _make_together(full: Difference, one: Difference, other: Difference) -> bool:
    """Whether two changes of a value, or of the order of a list, make what a third one is."""
    if says_the_same(full, one) or says_the_same(full, other):
        return False
    if any(each.is_reordered for side in (one, other) for each in side.leaves):
        return True
    if Code.OTHER_CALL in (one.code, other.code):
        return True
    values = [{leaf.path: leaf.now for leaf in each.leaves} for each in (one, other)]
    for leaf in full.leaves[:_MOST_LEAVES]:
        made, made_other = [each.get(leaf.path) for each in values]
        if made is not None and made_other is not None and are_two_changes(leaf, made, made_other):
            return True
    return False


def lies_among(path: str, paths: Collection[str]) -> bool:
    """Whether a path is one of some paths, or within one of them, or holds one."""
    return any(_is_within(path, each) or _is_within(each, path) for each in paths)


def _is_within(path: str, other: str) -> bool:
    return path.startswith(other) and path[len(other) : len(other) + 1] in ("", ".", "[")

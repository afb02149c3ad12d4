"""A cause in one short line, in fewer and fewer words for lines with less and less room."""

from __future__ import annotations

from chainview.chain.words.spans import Forms, cells, end_cut, fitting, middle_cut
from chainview.replay.changes.cosmetic import cosmetic
from chainview.replay.changes.text_change import around_change
from chainview.replay.differences.call_change import CallKind
from chainview.replay.differences.codes import Code, Family
from chainview.replay.explain.explanation import Explanation, Finding
from chainview.system.wording import visible

_VALUES = (48, 24, 12)
"""The letters that each side of a value has in one form after the other."""
_CALLS = (60, 48, 36, 30, 24)
"""The letters that a call has which moved."""
_MOVED = {CallKind.MOVED_LATER: "later", CallKind.MOVED_EARLIER: "earlier"}
_QUOTES = 2
_CUTS = 2
_LONGEST_PATH = 32
_LONGEST_NAME = 40
_OF_EXPORTS = frozenset((Code.OTHER_RESPONSE, Code.OTHER_STATE, Code.STATE_TYPE, Code.FAILURE, Code.LIMIT))
"""The codes whose function is an export, which goes by its own name as in rows."""


def headlines(cause: Finding) -> Forms:
    """What shows a cause first and what changed there, then without the values, then by the name alone."""
    name = _name(cause)
    if cause.code.family is not Family.BEHAVIOUR or not cause.leaves:
        title = cause.code.description.title
        short = f"{title}: {name}" if name else title
        if cause.code is Code.ORDER_OF_CALLS:
            short = f"{name} is called earlier or later"
        return (*_told(cause, name, short), short)
    kind = cosmetic(cause.leaves) if cause.code is Code.COSMETIC else None
    only = f", only its {kind}" if kind else ""
    leaf = cause.leaves[0]
    # The whole of what a function is asked for is named by the function.
    path = visible(middle_cut("" if leaf.path == "input" else leaf.path.removeprefix("input"), _LONGEST_PATH))
    at = f"{name} {path.removeprefix('.')}".rstrip()
    if leaf.is_reordered:
        return f"{at}, its order", at, name
    sides = [leaf.literals_in(room - _QUOTES) for room in _VALUES]
    forms = [f"{at} {_side(one, room)} → {_side(now, room)}" for (one, now), room in zip(sides, _VALUES, strict=True)]
    return (*[f"{each}{only}" for each in forms], f"{at}{only}", f"{name}{only}", name)


def sentence_in(cause: Finding, sentence: str, room: int) -> str:
    """A sentence on a cause in so many cells; where it has no room, the cause in fewer words, not half of it."""
    told = visible(sentence)
    return told if cells(told) <= room else fitting(headlines(cause), room)


def cause_lines(explanation: Explanation) -> tuple[str, ...]:
    """A line for each cause: where it is seen first, its code, and what changed there."""
    return tuple([f"{each.event:,}  {each.code}  {headlines(each)[0]}" for each in explanation.causes])


def verdict_forms(explanation: Explanation) -> Forms:
    """That a replay differs, where and by what cause: whole, then in fewer and fewer words."""
    first, *others = explanation.causes
    more = f" +{len(others):,} more" if others else ""
    at = f"differs at {first.event:,}"
    told = headlines(first)
    return tuple(dict.fromkeys([*[f"{at}: {each}{more}" for each in told], f"{at}: {told[-1]}", at]))


def apart(recorded: str, now: str, room: int) -> tuple[str, str]:
    """Two texts in so much room each, with what differs in them."""
    sides = visible(recorded), visible(now)
    if max(map(cells, sides)) <= room:
        return sides
    if sides[0][:1] != sides[1][:1]:
        # Where they begin is what differs, and what matters in a message.
        return end_cut(sides[0], room), end_cut(sides[1], room)
    # A letter takes two cells at most.
    longest = room - _CUTS
    return around_change(*sides, longest if all(map(str.isascii, sides)) else longest // 2)


def _name(cause: Finding) -> str:
    """A function by the name that rows have for it."""
    name = cause.function.rpartition("/")[2]
    return visible(middle_cut(name.rpartition(".")[2] if cause.code in _OF_EXPORTS else name, _LONGEST_NAME))


def _told(cause: Finding, name: str, short: str) -> Forms:
    """What is made in addition, or no longer, or became of a call, for causes that no leaf tells."""
    if cause.code.family is not Family.BEHAVIOUR:
        return ()
    sides = [visible(each) for each in (cause.recorded, cause.now) if each is not None]
    if cause.kind in _MOVED and sides:
        way, call = _MOVED[cause.kind], f"{name}{sides[0].removeprefix(cause.function)}"
        forms = [f"moved: {each} is called {way} now" for each in [middle_cut(call, room) for room in _CALLS]]
        return *dict.fromkeys(forms), f"moved {way}: {name}"
    if cause.code is Code.OTHER_CALL and len(set(sides)) > 1:
        one, other = [_called(each) for each in sides]
        if cause.kind is CallKind.SWAPPED:
            return (f"swapped: {one} and {other} are called in the other order now", f"swapped: {one} and {other}")
        return (f"{other} is called in the place of {one}", f"{short} → {other}")
    if len(set(sides)) > 1:
        cut = [(room, apart(sides[0], sides[1], room)) for room in _VALUES]
        return tuple([f"{short}, {end_cut(one, room)} → {end_cut(now, room)}" for room, (one, now) in cut])
    said = [each.removeprefix(cause.function) for each in sides[:1] if each.startswith(f"{cause.function}(")]
    return tuple([f"{short}{end_cut(each, room)}" for each in said for room in _VALUES[:2] if each != "()"])


def _called(call: str) -> str:
    """The function of a call that is written out, by its short name."""
    return middle_cut(call.partition("(")[0].rpartition("/")[2], _LONGEST_NAME)


def _side(literal: str | None, room: int) -> str:
    return "nothing" if literal is None else middle_cut(visible(literal), room)

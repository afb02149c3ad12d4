"""How calls end differently: other responses and states, traps, errors and limits."""

from __future__ import annotations

from collections.abc import Iterator

from chainview.chain.failure import Failure
from chainview.chain.payload import CallResult
from chainview.pack.values import Value
from chainview.replay.align.history import NONE
from chainview.replay.changes.apart import texts_apart
from chainview.replay.changes.leaves import Leaf, leaves
from chainview.replay.changes.text_change import pattern_of, text_change
from chainview.replay.changes.wording import form_of
from chainview.replay.differences.codes import Code, Detail
from chainview.replay.differences.difference import MESSAGE, Difference, Stretch
from chainview.replay.differences.signs import (
    Sign,
    Trait,
    said_no_more,
    said_now,
    shape_signs,
    signs_of_end,
    signs_of_words,
)
from chainview.replay.differences.state_type import Across
from chainview.replay.run.ask import UNANSWERABLE

_OTHER_TYPE = "State type mismatch for"
_LIMITS = ("out of memory", "wasm trap: interrupt")
_Sides = tuple[Value | None, Value | None]
_NOT_EXPORTED = ("the module exports no function", "not found in cached type metadata")


def failure(at: Stretch, rows: list[int], row: int) -> Difference:
    """A call that failed on one side, or on both for different reasons; `row` is that of its end.

    A recorded call that has no end went on with the first of the `rows`.
    """
    recorded = at.rows.recorded[row]
    has_end = recorded != NONE
    if not has_end:
        recorded = next(at.rows.recorded[each] for each in rows if at.rows.recorded[each] != NONE)
    then, now = at.then.failure(recorded), at.now.failure(at.rows.now[row])
    reason = None if then is None else then.reason
    reason_now = None if now is None else now.reason
    limit = is_limit(then) or is_limit(now)
    if reason is None:
        detail = f"fails now: {reason_now}; it {'succeeded' if has_end else 'went on'} when recorded"
    elif reason_now is None:
        detail = f"succeeds now; it failed when recorded: {reason}"
    else:
        words, words_now = texts_apart(reason, reason_now)
        detail = f"fails for another reason: {words_now}; recorded: {words}"
    signs = {Sign(Trait.FAILURE, (at.export,))}
    if now is not None and now.was_stopped:
        # What stopped it says nothing about what ran there.
        signs |= {Sign(Trait.REASON, ("stopped in", frame.function)) for frame in at.now.stack(at.rows.now[row])}
    elif reason_now is not None and UNANSWERABLE not in reason_now:
        signs.add(Sign(Trait.REASON, (pattern_of(reason_now),)))
    if then is not None:
        signs |= said_no_more(then.own_words)
    if now is not None and not now.was_stopped:
        signs |= said_now(now.own_words)
    if then is not None and now is not None and then.own_words != now.own_words:
        signs |= signs_of_words(text_change(then.own_words, now.own_words))
    told_then = at.then.literal(recorded) if reason is None else reason
    told_now = at.now.literal(at.rows.now[row]) if reason_now is None else reason_now
    told_then, told_now = texts_apart(told_then, told_now)
    if reason_now is not None and any(words in reason_now for words in _NOT_EXPORTED):
        detail = f"{reason_now}, which this recording calls"
        return at.made(Code.OTHER_MODULE, rows, at.export, detail=detail, signs=frozenset({Sign(Trait.NOT_EXPORTED)}))
    change = at.builds.types.state_change
    if change and reason_now is not None and reason_now.startswith(_OTHER_TYPE):
        detail, signs = Detail.GIVEN_TYPE.format(export=at.export, change=change.text), {Sign(Trait.STATE_TYPE)}
        return at.made(
            Code.STATE_TYPE, rows, at.export, detail=detail, recorded=told_then, now=told_now, signs=frozenset(signs)
        )
    return at.made(
        Code.LIMIT if limit else Code.FAILURE,
        rows,
        at.export,
        detail=f"{reason_now or reason}" if limit else detail,
        path="" if reason is None or reason_now is None else MESSAGE,
        recorded=told_then,
        now=told_now,
        signs=frozenset(signs),
        follows=now is not None and UNANSWERABLE in now.message and len(rows) == 1,
    )


def other_results(at: Stretch, row: int, then: CallResult, now: CallResult) -> Iterator[Difference]:
    """A call that returned on both sides, with another response or state; apart from them, a state of another type."""
    shown = _shown_states(at, row)
    states = (then.state, now.state) if None in shown else shown
    return _other_ends(at, row, (then.response, now.response), states)


def other_shown_states(at: Stretch, row: int) -> Iterator[Difference]:
    """A call that failed alike on both sides and left another state inside the module."""
    return _other_ends(at, row, (None, None), _shown_states(at, row))


def _other_ends(at: Stretch, row: int, answers: _Sides, states: _Sides) -> Iterator[Difference]:
    types = at.builds.types
    answered, left = types.leaves("response", *answers), types.leaves("state", *states)
    of_type: tuple[Leaf, ...] = ()
    across = types.states(*states)
    if across.shows:
        left, of_type = _apart("state", left, across)
        answered, more = _apart("response", answered, types.responses(at.export, *answers))
        of_type = (*of_type, *more)
        yield _other_type(at, row, across, of_type)
    worded = tuple([leaf for leaf in answered if at.builds.wording.changed([leaf])])
    if not worded and len({form_of([leaf]) for leaf in (*answered, *left)} if answered else ()) > 1:
        worded = tuple([leaf for leaf in answered if form_of([leaf])])
    if worded and len(worded) < len(answered) + len(left):
        # An answer in other words, or in another form, is an edit of its own, whatever else the call answers or leaves.
        yield _other_end(at, row, worded, ())
        answered = tuple([leaf for leaf in answered if leaf not in worded])
    if answered or left or not of_type:
        yield _other_end(at, row, answered, left)


def _other_end(at: Stretch, row: int, answered: tuple[Leaf, ...], left: tuple[Leaf, ...]) -> Difference:
    code = Code.OTHER_RESPONSE if answered else Code.OTHER_STATE if left else Code.OTHER_ENCODING
    found = (*answered, *left)
    return at.made(code, [row], at.export, found=found, signs=signs_of_end(at.export, found))


def _apart(under: str, found: tuple[Leaf, ...], across: Across) -> tuple[tuple[Leaf, ...], tuple[Leaf, ...]]:
    """Of what differs between values of two types, what differs beyond these, and what is of the types alone."""
    if not across.shows:
        return found, ()
    by_path = {leaf.path: leaf for leaf in found}
    beyond = {leaf.path: by_path.get(leaf.path, leaf) for leaf in leaves(under, across.recorded, across.now)}
    of_type = tuple([leaf for leaf in found if leaf.path not in beyond])
    return tuple(beyond.values()), of_type or found


def _other_type(at: Stretch, row: int, across: Across, found: tuple[Leaf, ...]) -> Difference:
    signs = shape_signs(at.export, found) | {Sign(Trait.STATE_TYPE)}
    detail = Detail.LEAVES_TYPE.format(export=at.export, change=across.change.text)
    return at.made(Code.STATE_TYPE, [row], at.export, detail=detail, found=found, signs=signs)


def _shown_states(at: Stretch, row: int) -> _Sides:
    """The states that modules showed after a call, where both are known and differ."""
    shown, shown_now = at.then.shown_state(at.rows.recorded[row]), at.now.shown_state(at.rows.now[row])
    if shown is None or shown_now is None or shown.packed == shown_now.packed:
        return None, None
    return shown.value(), shown_now.value()


def is_own_failure(failed: Failure | None) -> bool:
    """A failure of the call itself, not of a recording that could not answer it."""
    return failed is not None and UNANSWERABLE not in failed.message


def is_limit(failed: Failure | None) -> bool:
    """Whether a call was ended from outside: out of time or memory, or interrupted."""
    return failed is not None and (failed.was_stopped or failed.reason.startswith(_LIMITS))

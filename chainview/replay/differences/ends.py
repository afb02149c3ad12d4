"""How calls end differently: other responses and states, traps, errors and limits."""

from __future__ import annotations

from chainview.chain.failure import Failure
from chainview.chain.payload import CallResult
from chainview.replay.differences.codes import Code
from chainview.replay.differences.difference import Difference, Stretch
from chainview.replay.differences.leaves import Leaf, leaves
from chainview.replay.differences.signs import Sign, Trait, signs_of
from chainview.replay.differences.text_change import pattern_of
from chainview.replay.run.ask import UNANSWERABLE

_LIMITS = ("out of memory", "wasm trap: interrupt")
_NOT_EXPORTED = ("the module exports no function", "not found in cached type metadata")


def failure(at: Stretch, rows: list[int], row: int) -> Difference:
    """A call that failed on one side, or on both for different reasons."""
    then, now = at.then.failure(at.rows.recorded[row]), at.now.failure(at.rows.now[row])
    reason = None if then is None else then.reason
    reason_now = None if now is None else now.reason
    limit = is_limit(then) or is_limit(now)
    if reason is None:
        detail = f"fails now: {reason_now}; it succeeded when recorded"
    elif reason_now is None:
        detail = f"succeeds now; it failed when recorded: {reason}"
    else:
        detail = f"fails for another reason: {reason_now}; recorded: {reason}"
    signs = {Sign(Trait.FAILURE, (at.export,))}
    if reason_now is not None and UNANSWERABLE not in reason_now:
        signs.add(Sign(Trait.REASON, (pattern_of(reason_now),)))
    told_then = at.then.literal(at.rows.recorded[row]) if reason is None else reason
    told_now = at.now.literal(at.rows.now[row]) if reason_now is None else reason_now
    if reason_now is not None and any(words in reason_now for words in _NOT_EXPORTED):
        detail = f"{reason_now}, which this recording calls"
        return at.made(Code.OTHER_MODULE, rows, at.export, detail=detail, signs=frozenset({Sign(Trait.NOT_EXPORTED)}))
    return at.made(
        Code.LIMIT if limit else Code.FAILURE,
        rows,
        at.export,
        detail=f"{reason_now or reason}" if limit else detail,
        path="" if reason is None or reason_now is None else "message",
        recorded=told_then,
        now=told_now,
        signs=frozenset(signs),
        follows=now is not None and UNANSWERABLE in now.message and len(rows) == 1,
    )


def other_result(at: Stretch, row: int, then: CallResult, now: CallResult) -> Difference:
    """A call that returned on both sides, with another response or state."""
    answers, states = leaves("response", then.response, now.response), leaves("state", then.state, now.state)
    found = (*answers, *states, *shown_states(at, row))
    states = found[len(answers) :]
    code = Code.OTHER_RESPONSE if answers else Code.OTHER_STATE if states else Code.OTHER_ENCODING
    return at.made(code, [row], at.export, found=found, signs=signs_of(Trait.END, at.export, found))


def other_shown_state(at: Stretch, row: int) -> Difference:
    """A call that failed alike on both sides and left another state inside the module."""
    found = shown_states(at, row)
    return at.made(Code.OTHER_STATE, [row], at.export, found=found, signs=signs_of(Trait.END, at.export, found))


def shown_states(at: Stretch, row: int) -> tuple[Leaf, ...]:
    """In what the states differ that modules showed after a call, where both are known."""
    shown, shown_now = at.then.shown_state(at.rows.recorded[row]), at.now.shown_state(at.rows.now[row])
    if shown is None or shown_now is None or shown.packed == shown_now.packed:
        return ()
    return leaves("state", shown.value(), shown_now.value())


def is_own_failure(failed: Failure | None) -> bool:
    """A failure of the call itself, not of a recording that could not answer it."""
    return failed is not None and UNANSWERABLE not in failed.message


def is_limit(failed: Failure | None) -> bool:
    """Whether a call was ended from outside: out of time or memory, or interrupted."""
    return failed is not None and (failed.was_stopped or failed.reason.startswith(_LIMITS))

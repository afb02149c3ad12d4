"""Why a call failed, without what differs from machine to machine: addresses, and the engine's words around them."""

from __future__ import annotations

import re

_TRAP = re.compile(r"wasm trap: (?P<reason>[^\n]*)")
_PREFIX = re.compile(r"^Failed to call function '(?P<function>[^']*)'(?: with input: )?")
_EXECUTION = ": WASM execution error: "
INTERRUPTED = "interrupted by the user"
OUT_OF_TIME = "stopped after "


def ended_half_way(message: str) -> bool:
    """Whether a call did not come back by itself, so that what it had done was given up with its instance."""
    return _PREFIX.match(message) is not None


def reason_of(message: str) -> str:
    """The reason in the message of a wasm-error, equal for a trap recorded by Theater and by chainview.

    The input that Theater repeats in its message is left out too: params and state stand elsewhere.
    """
    trap = _TRAP.search(message)
    if trap is not None:
        return f"wasm trap: {trap['reason'].strip()}"
    if _PREFIX.match(message) and _EXECUTION in message:
        return message.rpartition(_EXECUTION)[2].strip()
    return message


def reason_key(message: str) -> str:
    """Equal for wasm-errors that failed for the same reason; a call that was stopped may have been so by anything."""
    reason = reason_of(message)
    return "stopped" if _is_stop(reason) else reason


def was_stopped(message: str) -> bool:
    """Whether a call did not end by itself: a person, or the time it may take, ended it where it happened to be."""
    return _is_stop(reason_of(message))


def same_reason(one: str, other: str) -> bool:
    """Whether two wasm-errors failed for the same reason."""
    return one == other or reason_key(one) == reason_key(other)


def _is_stop(reason: str) -> bool:
    return reason == INTERRUPTED or reason.startswith(OUT_OF_TIME)

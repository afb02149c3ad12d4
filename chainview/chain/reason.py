"""Why a call failed, without what differs from machine to machine: addresses, and the engine's words around them."""

from __future__ import annotations

import re

_TRAP = re.compile(r"wasm trap: (?P<reason>[^\n]*)")
_PREFIX = re.compile(r"^Failed to call function '(?P<function>[^']*)'(?: with input: )?")
_EXECUTION = ": WASM execution error: "


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


def same_reason(one: str, other: str) -> bool:
    """Whether two wasm-errors failed for the same reason."""
    return one == other or reason_of(one) == reason_of(other)

"""A call of an export that ended without a result."""

from __future__ import annotations

from chainview.chain.event import Frame


class CallFailed(Exception):
    """A call of an export ended without a result.

    `reason` tells a person why. `cause` is what Theater writes for it behind the input, empty for what only happens
    here, such as a call that is stopped. `broken` says that wasm was left half-way, so that the instance must not be
    used again.
    """

    def __init__(self, reason: str, stack: tuple[Frame, ...] = (), *, broken: bool, cause: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.stack = stack
        self.broken = broken
        self.cause = cause


class ResultTooLarge(CallFailed):
    """A call ended with a result of more bytes than its caller wants; the guest keeps it."""


def out_of_reach(error: IndexError, cause: str) -> CallFailed:
    """What is said of a guest whose memory ends before what it is given, or gives."""
    return CallFailed(f"the guest's memory does not hold {error}", broken=True, cause=f"Memory error: {cause}")

"""How running guest code can fail, as a person and a chain are told."""

from __future__ import annotations

from chainview.chain.event import Frame


class CallFailed(Exception):
    """A call of an export ended without a result.

    `reason` is the text after `WASM execution error: ` in Theater's message. `broken` says that wasm was left half-way,
    so that the instance must not be used again.
    """

    def __init__(self, reason: str, stack: tuple[Frame, ...] = (), *, broken: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.stack = stack
        self.broken = broken

"""A host call of a replay that its recording could not answer."""

from __future__ import annotations

from dataclasses import dataclass

from chainview.chain.event import Frame
from chainview.pack.values import Value

UNANSWERABLE = "the recording holds no answer for"
"""How the wasm-error of a call that asked too much begins."""


@dataclass(frozen=True, slots=True)
class Ask:
    """A host call that the recording could not answer; it was asked when `after` events had been replayed."""

    interface: str
    function: str
    input: Value
    call: int
    """The position of its call among the calls, from 0."""
    after: int
    stack: tuple[Frame, ...] = ()
    """The guest's stack at that moment, where it was looked at."""

"""Asking a module that keeps its state inside to show it between two calls."""

from __future__ import annotations

from chainview.actor.engine.call_failed import CallFailed, ResultTooLarge
from chainview.actor.engine.instance import Instance
from chainview.actor.engine.loading import LoadedModule
from chainview.actor.generation import GET_STATE
from chainview.chain.event import StateGap
from chainview.chain.payload import UNIT_BYTES
from chainview.chain.shown_states import ShownState
from chainview.pack.cgrf import DecodeError, decode
from chainview.pack.cgrf.glance import is_cgrf
from chainview.pack.cgrf.limits import HEADER_SIZE
from chainview.pack.values import UNIT, Value

LARGEST_ASKED = 1 << 20
"""Bytes of a state that is asked for after each call."""
ASKING_SECONDS = 1.0
"""How long a module may take to show its state after each call."""
_MOST_BROKEN = 3
"""Questions that broke the instance, each of which costs making it again, after which no more are asked."""


def refuse_host_call(interface: str, function: str, asked: bytes) -> bytes:
    """Answers no import: raises CallFailed, which ends the question."""
    raise CallFailed(f"{interface}.{function} is called where nothing may be", broken=True)


class StateQuestion:
    """The question to one module, which its living instances are asked; whoever asks keeps their imports closed.

    `newest` is what was shown last.
    """

    def __init__(self, loaded: LoadedModule, *, wanted: bool) -> None:
        self.newest: ShownState | None = None
        self._packed = UNIT_BYTES[loaded.version]
        self._left = _MOST_BROKEN if wanted and GET_STATE in loaded.symbols and not loaded.asynchronous else 0

    @property
    def is_asked(self) -> bool:
        """Whether there is any sense in asking again."""
        return self._left > 0 and self.newest is not StateGap.LARGE

    @property
    def value(self) -> Value:
        """What was shown last; the unit where that is not known."""
        try:
            return decode(self.newest) if isinstance(self.newest, bytes) else UNIT
        except DecodeError:
            return UNIT

    def shown_by(self, instance: Instance, largest: int) -> ShownState:
        """The state that an instance shows; raises CallFailed where asking left it half-way."""
        try:
            shown = instance.call(GET_STATE, self._packed, largest=largest)
        except ResultTooLarge:
            return StateGap.LARGE
        except CallFailed as failed:
            if failed.broken:
                self._left -= 1
                raise
            return StateGap.UNKNOWN
        return shown if is_cgrf(shown) and len(shown) > HEADER_SIZE else StateGap.UNKNOWN

    def taken(self, shown: ShownState) -> ShownState | None:
        """What is to be kept of a state that was shown: None where it is the one shown before."""
        if shown == self.newest:
            return None
        self.newest = shown
        return shown

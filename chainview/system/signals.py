"""SIGINT, SIGTERM and SIGHUP: each ends a command once, and never in the middle of its shutting down."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from chainview.system.errors import Terminated

if TYPE_CHECKING:
    from types import FrameType


def _had(*names: str) -> tuple[signal.Signals, ...]:
    return tuple([signal.Signals[name] for name in names if name in signal.Signals.__members__])


ENDING = _had("SIGINT", "SIGTERM", "SIGHUP")
"""The signals that end a command, as far as this system has them."""
ENDING_SCREENS = (*ENDING, *_had("SIGQUIT"))
"""Those that end a screen: SIGQUIT, which ends another command at once, would leave a screen's terminal raw."""
_AGAIN_SECONDS = 0.01


class Interruption:
    """The signal that arrived, and whether the next one raises Terminated.

    Never KeyboardInterrupt: one that passes through `exec` of a text, as defining a dataclass does, makes `python -m`
    kill itself at the end, whatever became of it.
    """

    def __init__(self) -> None:
        self.number: int | None = None
        """The first signal that arrived."""
        self.count = 0
        """How many arrived."""
        self._raises = False

    @property
    def name(self) -> str:
        """Such as `SIGTERM`; empty when none arrived."""
        return "" if self.number is None else signal.Signals(self.number).name

    def listen(self) -> None:
        """Takes the signals from now on; the first raises, and those after it are ignored.

        What the caller ignores, as `nohup` does, stays ignored.
        """
        self._raises = True
        for number in ENDING:
            if signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, self._arrived)
        if hasattr(signal, "SIGALRM"):
            signal.signal(signal.SIGALRM, self._arrived_again)
            sys.unraisablehook = self._swallowed

    def ignore(self) -> None:
        """Lets no signal do anything any more: the command is shutting down."""
        self._raises = False
        for number in ENDING:
            # Python gives every handler of its own back as it ends, and the next signal would kill it there.
            signal.signal(number, signal.SIG_IGN)
        if hasattr(signal, "SIGALRM"):
            # What was swallowed may be on its way again.
            signal.signal(signal.SIGALRM, signal.SIG_IGN)

    def check(self) -> None:
        """Raises for a signal that arrived where it could not raise."""
        if self.number is not None:
            self._raise()

    def settle(self) -> None:
        """What arrived was dealt with: the command ended as it should."""
        self.number = None

    @contextmanager
    def held(self) -> Iterator[None]:
        """Signals are only noted, so that nothing is left half-way: whoever holds them looks at `number`."""
        self._raises = False
        try:
            yield
        finally:
            self._raises = self.count == 0

    def _arrived(self, number: int, frame: FrameType | None) -> None:
        self.count += 1
        if self.number is None:
            self.number = number
        if self._raises:
            self._raise()

    def _raise(self) -> None:
        self._raises = False
        raise Terminated

    def _swallowed(self, unraisable: sys.UnraisableHookArgs) -> None:
        """Python drops what is raised inside a callback of its own, such as an import's: raises again after it."""
        if unraisable.exc_type is Terminated:
            signal.setitimer(signal.ITIMER_REAL, _AGAIN_SECONDS)
        else:
            sys.__unraisablehook__(unraisable)

    def _arrived_again(self, number: int, frame: FrameType | None) -> None:
        self.check()


interruption = Interruption()
"""The signals of this process."""

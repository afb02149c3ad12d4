"""Waiting for work that may take long: a signal ends the wait, and a person sees that something happens."""

from __future__ import annotations

import gc
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from queue import SimpleQueue
from typing import TypeVar

from chainview.system.streams import say, show_progress

_T = TypeVar("_T")
_LOOK_SECONDS = 0.1
_SILENT_SECONDS = 1.0
"""What is done within this time needs no word."""
_WIDTH = 60
_YOUNG = 300_000
"""How many objects are at least made before the interpreter looks for garbage among them."""


class SignOfLife:
    """A line on standard error, where that is a terminal, that says how far something is."""

    def __init__(self, says: Callable[[], str], clock: Callable[[], float] = time.monotonic) -> None:
        self._says, self._clock = says, clock
        self._began = self._shown_at = clock()
        self._shown = ""

    def show(self) -> None:
        """Says it anew, once a second and not before the first is over."""
        now = self._clock()
        if now - self._shown_at >= _SILENT_SECONDS and sys.stderr.isatty():
            self._shown_at = now
            self._shown = f"{self._says()} · {now - self._began:,.0f} s"
            show_progress(f"\r{self._shown[:_WIDTH]:<{_WIDTH}}")

    def clear(self) -> None:
        """Takes the line away."""
        if self._shown:
            self._shown = ""
            show_progress(f"\r{'':<{_WIDTH}}\r")


def _say_all(told: SimpleQueue[str] | None, sign: SignOfLife) -> None:
    """Says the lines that are waiting, each on a line of its own."""
    while told is not None and not told.empty():
        sign.clear()
        say(told.get())


@contextmanager
def _seldom_collecting() -> Iterator[None]:
    """Lets garbage wait longer: what such work makes, it mostly keeps, and to look through that takes a tenth of it."""
    before = gc.get_threshold()
    if before[0]:
        gc.set_threshold(max(_YOUNG, before[0]), *before[1:])
    try:
        yield
    finally:
        if not gc.get_freeze_count():
            # All that is there by now counts as old: the next collection of young objects would look through it.
            gc.freeze()
            gc.unfreeze()
        gc.set_threshold(*before)


def _nothing() -> None:
    """What is done meanwhile where nothing is."""


def on_a_thread(
    work: Callable[[], _T],
    says: Callable[[], str],
    looked: Callable[[], None] = _nothing,
    told: SimpleQueue[str] | None = None,
) -> _T:
    """What some work returns or raises; a signal ends the wait for it also while a guest runs.

    `says` tells meanwhile how far it is, and `looked` is called each time that somebody looks whether it is over. The
    lines that the work puts into `told` are said as they come.
    """
    found: list[_T | Exception] = []
    over = threading.Event()

    def run() -> None:
        try:
            found.append(work())
        except Exception as error:
            found.append(error)
        finally:
            over.set()

    sign = SignOfLife(says)
    with _seldom_collecting():
        threading.Thread(target=run, name="work", daemon=True).start()
        try:
            # A signal that comes just before a wait begins does not end that wait, but is seen after it.
            while not over.wait(_LOOK_SECONDS):
                _say_all(told, sign)
                sign.show()
                looked()
        finally:
            sign.clear()
            _say_all(told, sign)
    result = found[0]
    if isinstance(result, Exception):
        raise result
    return result

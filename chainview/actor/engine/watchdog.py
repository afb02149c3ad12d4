"""Ending guest code that does not end by itself: interrupted, out of time, or looping after a panic."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import contextmanager
from typing import Any

import wasmtime

from chainview.actor.engine.call_failed import CallFailed
from chainview.actor.engine.stacks import guest_frames, in_allocation_error, seems_panicked
from chainview.chain.event import Frame
from chainview.chain.failure import INTERRUPTED, OUT_OF_TIME, PANICKED, SEEMS_PANICKED, in_panic
from chainview.system.long_work import GivenUp, given_up_when, go_on, over_here

TICK_SECONDS = 0.1
_LOOKS_TO_BE_SURE = 3
_MOST_BUSY = 8
"""How many times as long as it may run a call may take on a machine that is busy with something else."""


class _Ticker:
    """Moves the epoch of each engine on every 100 ms while guest code runs in it, by one thread for all watchdogs.

    There may be a thousand of these: with a thread each they would do little but wake up. The thread stays once there
    was one, and sleeps while nothing runs: who looks at the stacks of all threads, as Dask's workers do, may wait for
    ever for one that ends just then (CPython's issue 106883).
    """

    def __init__(self) -> None:
        self._running: dict[wasmtime.Engine, int] = {}
        self._thread: threading.Thread | None = None
        self._lock = threading.RLock()
        self._changed = threading.Condition(self._lock)

    def begin(self, engine: wasmtime.Engine) -> None:
        """Guest code is about to run."""
        with self._lock:
            self._running[engine] = self._running.get(engine, 0) + 1
            if self._thread is None:
                self._thread = threading.Thread(target=self._tick, name="watchdog", daemon=True)
                self._thread.start()
            elif len(self._running) == 1:
                self._changed.notify_all()

    def end(self, engine: wasmtime.Engine) -> None:
        """It runs no more."""
        with self._lock:
            self._running[engine] -= 1
            if not self._running[engine]:
                del self._running[engine]

    def _tick(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._running)
            time.sleep(TICK_SECONDS)
            with self._changed:
                engines = list(self._running)
            for engine in engines:
                engine.increment_epoch()


_ticker = _Ticker()


class Watchdog:
    """Looks at running guest code every 100 ms and says when, and why, it must end.

    The engine lets it look at loops and at the beginning of functions alone: what runs in between, each host call and
    long work of ours, asks `is_over`.

    Rust guests of packr-guest before 0.24.1 loop for ever after a panic: the same innermost frame at three looks in a
    row, with a panic's name, is one. Without names it is a loop in the `module` that does nothing. `reason` and `stack`
    tell about the call that was ended last.
    """

    def __init__(self, engine: wasmtime.Engine, module: bytes, timeout: float) -> None:
        self.reason = ""
        self.stack: tuple[Frame, ...] = ()
        self.probe: Callable[[], str] = str
        """Gives the engine's backtrace text of the guest that runs at the moment it is called."""
        self._engine, self._module = engine, module
        self._timeout = self._allowed = timeout
        self._interrupted = False
        self._unwanted: Callable[[], bool] | None = None
        """What says that the work is not wanted any more of which the call is a part."""
        self._waited: Future[None] | None = None
        """What ends a wait of the call; None while it does not wait."""
        self._lock = threading.Lock()
        self._deadline = self._ran_enough = self._latest = 0.0
        self._looks: list[tuple[Frame, ...]] = []
        self._running = False

    def begin(self, seconds: float | None = None) -> None:
        """A call begins on this thread, which may take what any call may, or `seconds` where those are less."""
        self.reason, self.stack = "", ()
        self._interrupted = False
        self._allowed = min(self._timeout, self._timeout if seconds is None else seconds)
        self.goes_on()
        self._unwanted = over_here()
        self._running = True
        _ticker.begin(self._engine)

    def goes_on(self) -> None:
        """Another call runs from now on, which may take as long as the one before might."""
        self._looks.clear()
        now = time.monotonic()
        self._deadline, self._latest = now + self._allowed, now + self._allowed * _MOST_BUSY
        self._ran_enough = time.thread_time() + self._allowed

    def end(self) -> None:
        """The call has ended."""
        self._running = False
        _ticker.end(self._engine)

    @contextmanager
    def watching(self, seconds: float | None = None) -> Iterator[None]:
        """Ends guest code, and long work of ours, once that must end; raises CallFailed for the latter.

        Raises GivenUp where the work of which the call is a part is not wanted any more.
        """
        self.begin(seconds)
        try:
            with given_up_when(self.is_over, self.wait_for):
                yield
        except GivenUp:
            raise CallFailed(self.why_over, broken=True) from None
        except MemoryError:
            raise CallFailed("there is not enough memory for what it hands over", broken=True) from None
        finally:
            self.end()
            go_on()

    def interrupt(self, *, waiting: bool = False) -> bool:
        """Ends the running call, or only one that is `waiting`, from any thread; False when there is none."""
        if not self._running:
            return False
        with self._lock:
            if waiting and self._waited is None:
                return False
            self._interrupted = True
            if self._waited is not None and not self._waited.done():
                self._waited.set_result(None)
        self._engine.increment_epoch()
        return True

    def wait_for(self, awaited: Future[Any], seconds: float | None = None) -> None:
        """Waits until it is done, or so many seconds, which is no time of the call's.

        Raises GivenUp once the call is interrupted. Only on the thread that runs the call.
        """
        begun, interrupted = time.monotonic(), Future[None]()
        with self._lock:
            self._waited = interrupted
            if self._interrupted:
                interrupted.set_result(None)
        _ticker.end(self._engine)
        try:
            wait((awaited, interrupted), seconds, FIRST_COMPLETED)
        finally:
            _ticker.begin(self._engine)
        self._waited = None
        waited = time.monotonic() - begun
        self._deadline, self._latest = self._deadline + waited, self._latest + waited
        if interrupted.done() and not awaited.done():
            raise GivenUp

    def is_over(self) -> bool:
        """Whether the time of the call is over, or someone interrupted it; asked on the thread that runs it.

        What the machine gave to others meanwhile is not the call's.
        """
        if self._interrupted:
            return True
        if self._unwanted is not None and self._unwanted():
            self._interrupted = True
            return True
        now = time.monotonic()
        return now >= self._deadline and (time.thread_time() >= self._ran_enough or now >= self._latest)

    @property
    def why_over(self) -> str:
        """Why the call that is over must end."""
        return INTERRUPTED if self._interrupted else f"{OUT_OF_TIME}{self._timeout:g} s without a result"

    def look(self) -> str | None:
        """Why the running call must end now, or None; called on the thread that runs it."""
        try:
            return self._seen()
        # The engine calls this, and what is raised through it would be printed and forgotten.
        except Exception as error:
            self.reason = f"chainview itself failed while it looked at the guest ({type(error).__name__}: {error})"
            return self.reason

    def _seen(self) -> str | None:
        text = self.probe()
        stack = guest_frames(text)
        self._looks = [*self._looks, stack][-_LOOKS_TO_BE_SURE:]
        if self._interrupted:
            self.reason = self.why_over
        elif self._panicked():
            self.reason = "out of memory" if in_allocation_error(stack) else PANICKED
        elif seems_panicked(text, self._module, probed=True):
            self.reason = SEEMS_PANICKED
        elif self.is_over():
            self.reason = self.why_over
        else:
            return None
        self.stack = stack
        return self.reason

    def _panicked(self) -> bool:
        first = self._looks[0][:1]
        same = len(self._looks) == _LOOKS_TO_BE_SURE and all(look[:1] == first for look in self._looks)
        return same and in_panic(self._looks[0])

"""Calls of an actor that are made one after the other, as a handler of Theater makes those that reach it."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

from chainview.actor.hosts.interface import Host
from chainview.chain.event import Trigger
from chainview.pack.values import Value
from chainview.system.long_work import wait_for


class NeverMade(Exception):
    """The queue was closed before the turn of a call had come."""


Then = Callable[[Future[Value]], None]
"""Told of the response of a call, or of why there is none; on any thread."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    function: str
    params: Value
    then: Then | None
    trigger: Trigger | None


class CallQueue:
    """The next call waits for its turn with the actor once the one before is done; any thread may add one.

    Whoever adds one while `most` wait is held up until there is room, as long as the work of its thread may wait.
    """

    def __init__(self, host: Host, most: int) -> None:
        self._host, self._most = host, most
        self._waiting: deque[_Waiting] = deque()
        self._held_up: deque[Future[None]] = deque()
        self._runs = self._closed = False
        self._lock = threading.Lock()

    def put(
        self,
        function: str,
        params: Value,
        then: Then | None = None,
        *,
        may_wait: bool = True,
        trigger: Trigger | None = None,
    ) -> bool:
        """Adds a call; False where it comes too late, or where there is no room and it may not wait for that.

        `then` fails with NeverMade for what still waits at the end.
        """
        call = _Waiting(function, params, then, trigger)
        while True:
            with self._lock:
                if self._closed:
                    return False
                if len(self._waiting) < self._most:
                    self._waiting.append(call)
                    break
                if not may_wait:
                    return False
                room = Future[None]()
                self._held_up.append(room)
            try:
                wait_for(room)
            finally:
                with self._lock, suppress(ValueError):
                    self._held_up.remove(room)
        self._begin()
        return True

    def close(self) -> None:
        """Makes no further call."""
        with self._lock:
            self._closed = True
            left, held_up = list(self._waiting), list(self._held_up)
            self._waiting.clear()
            self._held_up.clear()
        for each in held_up:
            each.set_result(None)
        for call in left:
            if call.then is not None:
                never = Future[Value]()
                never.set_exception(NeverMade())
                call.then(never)

    def _begin(self) -> None:
        while (call := self._next()) is not None:
            made = self._host.call_back(call.function, call.params, call.trigger)
            if not made.done():
                made.add_done_callback(partial(self._done, call))
                return
            self._answered(call, made)

    def _next(self) -> _Waiting | None:
        """The call that is to be made now; None while one runs, or where none waits."""
        with self._lock:
            if self._runs or not self._waiting:
                return None
            self._runs = True
            room = self._held_up.popleft() if self._held_up else None
            call = self._waiting.popleft()
        if room is not None:
            room.set_result(None)
        return call

    def _done(self, call: _Waiting, made: Future[Value]) -> None:
        self._answered(call, made)
        self._begin()

    def _answered(self, call: _Waiting, made: Future[Value]) -> None:
        if call.then is not None:
            call.then(made)
        with self._lock:
            self._runs = False

"""The calls that wait for an actor: a person's and those of its host interfaces, in the order in which they came."""

from __future__ import annotations

import threading
import time
from collections import deque
from concurrent.futures import Future
from dataclasses import dataclass, field

from chainview.actor.exports import Request
from chainview.actor.hosts.interface import CallbackFailed
from chainview.pack.values import UNIT, Value


@dataclass(frozen=True, slots=True, eq=False)
class Callback:
    """A call that a host interface makes of the actor, and what becomes of it."""

    function: str
    params: Value
    response: Future[Value] = field(default_factory=Future)

    def answer(self, response: Value | None, error: str | None) -> None:
        """Tells whoever waits what became of the call: its response, or the message of its failure."""
        if error is not None:
            self.fail(error)
        elif self.response.set_running_or_notify_cancel():
            self.response.set_result(UNIT if response is None else response)

    def fail(self, why: str) -> None:
        """Tells whoever waits for the response that there will be none."""
        if self.response.set_running_or_notify_cancel():
            self.response.set_exception(CallbackFailed(why))


class Mailbox:
    """Any thread may put a call into it; `changed` guards it, and is told of each."""

    def __init__(self) -> None:
        self.changed = threading.Condition()
        self.closed = False
        """Whether nothing more is taken in."""
        self._queue: deque[tuple[float, Request | Callback]] = deque()

    def __len__(self) -> int:
        return len(self._queue)

    @property
    def oldest(self) -> float | None:
        """When the call that is next came, in seconds of the monotonic clock; None where there is none."""
        return self._queue[0][0] if self._queue else None

    def put(self, call: Request | Callback) -> bool:
        """Takes a call in; False where it is closed."""
        with self.changed:
            if self.closed:
                return False
            self._queue.append((time.monotonic(), call))
            self.changed.notify()
            return True

    def call_back(self, function: str, params: Value) -> Future[Value]:
        """Takes in a call of a host interface; the future has its response, or fails with CallbackFailed."""
        callback = Callback(function, params)
        if not self.put(callback):
            callback.fail("Actor has ended")
        return callback.response

    def take(self) -> Request | Callback | None:
        """The call that is next."""
        return self._queue.popleft()[1] if self._queue else None

    def close(self) -> int:
        """Takes nothing in any more, and lets those fail that wait for a response; how many of a person's are left."""
        with self.changed:
            self.closed = True
            left = [call for _, call in self._queue]
            self._queue.clear()
        for call in left:
            if isinstance(call, Callback):
                call.fail("Actor has ended")
        return sum(isinstance(call, Request) for call in left)

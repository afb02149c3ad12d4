"""The calls that wait for an actor: a person's and those of its host interfaces, in the order in which they came."""

from __future__ import annotations

import threading
import time
from collections import deque
from concurrent.futures import Future
from dataclasses import dataclass, field

from chainview.actor.exports import Request
from chainview.actor.hosts.family import CHANNEL_CLOSED, ActorError, CallbackFailed, internal_error
from chainview.actor.returned import CallOutcome
from chainview.chain.event import Trigger
from chainview.pack.values import Value


@dataclass(frozen=True, slots=True, eq=False)
class Callback:
    """A call that a host interface makes of the actor, and what becomes of it."""

    function: str
    params: Value
    trigger: Trigger | None = None
    response: Future[Value] = field(default_factory=Future)

    def answer(self, response: Value) -> None:
        """Tells whoever waits what the call answered."""
        if self.response.set_running_or_notify_cancel():
            self.response.set_result(response)

    def fail(self, error: ActorError = CHANNEL_CLOSED) -> None:
        """Tells whoever waits for the response that there is none."""
        if self.response.set_running_or_notify_cancel():
            self.response.set_exception(CallbackFailed(error))


@dataclass(frozen=True, slots=True, eq=False)
class Inquiry:
    """A question for the actor's state, which is answered between two calls, before those that wait."""

    state: Future[Value] = field(default_factory=Future)


class Mailbox:
    """Any thread may put a call into it; `changed` guards it, and is told of each."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        """What `changed` locks, which takes longer by itself."""
        self.changed = threading.Condition(self.lock)
        self.closed = False
        """Whether nothing more is taken in."""
        self.quiet = threading.Event()
        """Set while nothing waits, nothing runs, and nothing is expected; whoever takes from it sets it."""
        self.asked_for = 0
        """How many calls of a person's were not taken out."""
        self._queue: deque[tuple[float, Request | Callback]] = deque()
        self._inquiries: deque[Inquiry] = deque()

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
            self.asked_for += isinstance(call, Request)
            self.quiet.clear()
            self.changed.notify()
            return True

    def call_back(self, function: str, params: Value, trigger: Trigger | None = None) -> Future[Value]:
        """Takes in a call of a host interface; the future has its response, or fails with CallbackFailed."""
        callback = Callback(function, params, trigger)
        if not self.put(callback):
            callback.fail()
        return callback.response

    def inquire(self) -> Future[Value]:
        """Asks for the actor's state; the future has it, or fails with CallbackFailed."""
        inquiry = Inquiry()
        with self.changed:
            if not self.closed:
                self._inquiries.append(inquiry)
                self.changed.notify()
                return inquiry.state
        inquiry.state.set_exception(CallbackFailed(CHANNEL_CLOSED))
        return inquiry.state

    def take_inquiry(self) -> Inquiry | None:
        """The question that is next."""
        return self._inquiries.popleft() if self._inquiries else None

    def take(self) -> Request | Callback | None:
        """The call that is next."""
        call = self._queue.popleft()[1] if self._queue else None
        self.asked_for -= isinstance(call, Request)
        return call

    def close(self) -> None:
        """Takes nothing in any more, and lets those fail that wait for a response."""
        with self.changed:
            self.closed = True
            left, inquiries = [call for _, call in self._queue], list(self._inquiries)
            self._queue.clear()
            self._inquiries.clear()
        for inquiry in inquiries:
            inquiry.state.set_exception(CallbackFailed(CHANNEL_CLOSED))
        for call in left:
            if isinstance(call, Callback):
                call.fail()


def error_of(outcome: CallOutcome) -> ActorError:
    """Theater's error of a call that failed."""
    return CHANNEL_CLOSED if outcome.event is None else internal_error(outcome.event)

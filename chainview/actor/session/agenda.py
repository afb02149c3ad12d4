"""What a session does now and next: calls wait for their turn, timers tick, a build takes over between two of them."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass

from chainview.actor.engine.loading import LoadedModule
from chainview.actor.exports import CallRefused, Request
from chainview.actor.session.host import SessionHost
from chainview.actor.session.mailbox import Callback, Inquiry
from chainview.actor.session.status import Phase, Status
from chainview.pack.values import Value


@dataclass(frozen=True, slots=True)
class Tick:
    """A timer's tick that is due."""

    timer: str


@dataclass(frozen=True, slots=True)
class Adoption:
    """Another build of the module that the session is to go on with, and the state it goes on from."""

    loaded: LoadedModule
    state: Value


Work = Request | Callback | Tick | Inquiry | Adoption


class Agenda:
    """Any thread may ask for something; the session's thread takes what comes next and tells what became of it."""

    def __init__(self, host: SessionHost) -> None:
        self._host = host
        self._mailbox = host.mailbox
        self._adoption: Adoption | None = None
        self._phase = Phase.STARTING
        self._function: str | None = None
        self._since = 0
        self._calls = 0
        self._message = ""
        self._paused = self._stopping = self._begun = False
        self._held_by: set[object] = set()
        self._lock, self._changed = self._mailbox.lock, self._mailbox.changed

    def status(self, actor: str) -> Status:
        """What the session that runs the actor of that name is doing now."""
        with self._changed:
            return Status(
                Phase.PAUSED if self._paused and self._phase is Phase.IDLE else self._phase,
                actor,
                self._function,
                self._since,
                self._calls,
                self._host.timers,
                len(self._mailbox),
                self._message,
            )

    # What may be asked for from any thread

    @property
    def paused(self) -> bool:
        """Whether no further call may begin."""
        return self._paused

    @property
    def adoption(self) -> Adoption | None:
        """The build that waits to take over."""
        return self._adoption

    def add(self, request: Request) -> None:
        """Queues a call; raises CallRefused when the actor has ended, or is about to."""
        with self._changed:
            if self._stopping or self._phase.over:
                raise CallRefused("the actor has ended: start it again to call it")
            self._mailbox.put(request)

    def pause(self) -> None:
        """Lets no further call or tick begin; a running call goes on."""
        with self._changed:
            self._paused = True

    def resume(self) -> None:
        """Lets calls and ticks begin again."""
        with self._changed:
            self._paused = False
            self._changed.notify()

    def hold(self, by: object) -> bool:
        """Lets no further call or tick begin until all who hold it `release` it; whether none runs now."""
        with self._changed:
            self._held_by.add(by)
            return self._phase is not Phase.RUNNING

    def release(self, by: object) -> None:
        """Lets calls and ticks begin again after `hold`, where nobody else holds it."""
        with self._changed:
            self._held_by.discard(by)
            self._changed.notify()

    def adopt(self, adoption: Adoption) -> None:
        """Lets another build take over once no call runs, also while it is held."""
        with self._changed:
            self._adoption = adoption
            self._changed.notify()

    @property
    def stopping(self) -> bool:
        """Whether nothing may begin any more."""
        return self._stopping

    @property
    def begun(self) -> bool:
        """Whether the session's thread has begun; where it has not when `stop` returns, it never will."""
        return self._begun

    def stop(self) -> None:
        """Lets nothing begin any more."""
        with self._changed:
            self._stopping = True
            self._changed.notify()

    def wait_quiet(self, seconds: float | None) -> bool:
        """Waits until the session has ended, or has nothing to do and no timer that could change that."""
        return self._mailbox.quiet.wait(seconds)

    # What the session's thread takes and tells

    def begin(self) -> bool:
        """Whether the session may begin, since it was not stopped before."""
        with self._changed:
            self._begun = not self._stopping
            return self._begun

    def start_with(self, requests: Iterable[Request]) -> None:
        """Queues the calls that the session was given."""
        for request in requests:
            self._mailbox.put(request)

    def next(self) -> Work | None:
        """Waits for what is to be done next, which is then about to run; None when nothing may begin any more."""
        with self._lock:
            self._phase = Phase.IDLE
            while not self._stopping:
                if self._adoption is not None:
                    adoption, self._adoption = self._adoption, None
                    return adoption
                inquiry = self._mailbox.take_inquiry()
                if inquiry is not None:
                    return inquiry
                work = None if self._paused or self._held_by else self._due()
                if work is not None:
                    self._phase = Phase.RUNNING
                    self._mailbox.quiet.clear()
                    return work
                until_tick = self._host.seconds_to_tick()
                if not self._mailbox and until_tick is None and not self._host.expected:
                    self._mailbox.quiet.set()
                # An actor may ask for an interval that no clock counts.
                until = None if until_tick is None else min(until_tick, threading.TIMEOUT_MAX)
                self._changed.wait(None if self._paused or self._held_by else until)
            return None

    def _due(self) -> Request | Callback | Tick | None:
        """What has waited longest: in Theater ticks and calls wait in one line."""
        timer = self._host.due_timer(self._mailbox.oldest)
        return self._mailbox.take() if timer is None else Tick(timer)

    def began(self, function: str) -> None:
        """A call runs."""
        with self._lock:
            self._phase, self._function, self._since = Phase.RUNNING, function, time.monotonic_ns()

    def finished(self) -> None:
        """The call that ran has returned."""
        with self._lock:
            self._phase, self._function = Phase.IDLE, None
            self._calls += 1

    def ended(self, phase: Phase, message: str) -> None:
        """The session is over; the calls that still wait are not made."""
        with self._changed:
            self._phase, self._function, self._message = phase, None, message
        self._mailbox.close()
        self._mailbox.quiet.set()

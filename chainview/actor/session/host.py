"""What the host interfaces may ask of the actor that a session runs, and when its timers are due."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from chainview.chain.event import Event
from chainview.chain.state_chain import StateChain


@dataclass(slots=True)
class _Timer:
    interval: float
    due: float


class Timers:
    """Named intervals in seconds of a monotonic clock; the first tick of each is due at once."""

    def __init__(self) -> None:
        self._timers: dict[str, _Timer] = {}

    @property
    def names(self) -> tuple[str, ...]:
        """The running timers, oldest first."""
        return tuple(self._timers)

    def start(self, name: str, interval: float, now: float) -> bool:
        """Starts a timer; False when that name already runs."""
        if name in self._timers:
            return False
        self._timers[name] = _Timer(interval, now)
        return True

    def stop(self, name: str) -> bool:
        """Ends a timer; False when there is none of that name."""
        return self._timers.pop(name, None) is not None

    def next_due(self) -> float | None:
        """When the next tick is due; None without timers."""
        return min((timer.due for timer in self._timers.values()), default=None)

    def take_due(self, now: float) -> str | None:
        """The timer whose tick has waited longest, with its next tick planned; None when none is due.

        A tick that was missed while the actor was busy is not made up for.
        """
        due = [(timer.due, name) for name, timer in self._timers.items() if timer.due <= now]
        if not due:
            return None
        _, name = min(due)
        timer = self._timers[name]
        timer.due = max(timer.due + timer.interval, now)
        return name


class SessionHost:
    """The actor's id, its timers, its wish to end, and its chain; timers may be looked at from any thread."""

    def __init__(self, chain: StateChain) -> None:
        self.actor_id = str(uuid.uuid4())
        self.ending = False
        """The actor asked to end once its call is done."""
        self.handed_over: bytes | None = None
        """The bytes that it ended with."""
        self._chain = chain
        self._timers = Timers()
        self._lock = threading.Lock()

    def shut_down(self, data: bytes | None) -> None:
        """The actor asks to end."""
        self.ending, self.handed_over = True, data

    def start_timer(self, name: str, milliseconds: int) -> bool:
        """Starts a timer; False when that name already runs."""
        with self._lock:
            return self._timers.start(name, milliseconds / 1000, time.monotonic())

    def stop_timer(self, name: str) -> bool:
        """Ends a timer; False when there is none of that name."""
        with self._lock:
            return self._timers.stop(name)

    def events_so_far(self) -> Sequence[Event]:
        """The events of the chain, oldest first; only where the chain keeps them."""
        return self._chain.events

    @property
    def timers(self) -> tuple[str, ...]:
        """The names of the running timers."""
        with self._lock:
            return self._timers.names

    def due_timer(self) -> str | None:
        """A timer whose tick is due now, with its next tick planned."""
        with self._lock:
            return self._timers.take_due(time.monotonic())

    def seconds_to_tick(self) -> float | None:
        """How long until the next tick is due; None without timers."""
        with self._lock:
            due = self._timers.next_due()
        return None if due is None else max(0.0, due - time.monotonic())

"""When an actor's timers are due. A timer never has more than one tick waiting."""

from __future__ import annotations

from dataclasses import dataclass


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

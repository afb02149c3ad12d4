"""How many events came when, in stretches of equal time that grow with the session."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

_MOST = 512
"""The stretches that are kept apart; twice as many are made half as many, of twice the time."""
_FIRST_NS = 1_000_000
LEVELS = "▁▂▃▄▅▆▇█"


class Rate:
    """Counts events by their time, whatever the length of the session, in bounded room."""

    def __init__(self) -> None:
        self.began_ns = self.ended_ns = 0
        """The first and the last time, 0 where none is known."""
        self.stretch_ns = _FIRST_NS
        self.counts: list[int] = []
        """The events of each stretch."""

    def add(self, times_ns: Iterable[int]) -> None:
        """Counts events; one whose clock was set back belongs to the first stretch, one without a time to none."""
        for time_ns in times_ns:
            if not time_ns:
                continue
            if not self.began_ns:
                self.began_ns = self.ended_ns = time_ns
            self.ended_ns = max(self.ended_ns, time_ns)
            at = max(0, time_ns - self.began_ns) // self.stretch_ns
            while at >= _MOST:
                self._coarsen()
                at = max(0, time_ns - self.began_ns) // self.stretch_ns
            if at >= len(self.counts):
                self.counts += [0] * (at + 1 - len(self.counts))
            self.counts[at] += 1

    def _coarsen(self) -> None:
        self.stretch_ns *= 2
        counts = self.counts if len(self.counts) % 2 == 0 else [*self.counts, 0]
        self.counts = [one + other for one, other in zip(counts[::2], counts[1::2], strict=True)]

    @property
    def lasted_ns(self) -> int:
        """The time from the first event to the last."""
        return self.ended_ns - self.began_ns

    def parts(self, most: int) -> list[int]:
        """The events in at most so many stretches of equal time."""
        width = max(1, -(-len(self.counts) // max(1, most)))
        return [sum(self.counts[at : at + width]) for at in range(0, len(self.counts), width)]

    def highest(self, most: int) -> float:
        """The most events a second in any of at most so many stretches."""
        parts = self.parts(most)
        if not parts:
            return 0.0
        width = max(1, -(-len(self.counts) // max(1, most)))
        seconds = min(self.stretch_ns * width, max(self.lasted_ns, 1)) / 1e9
        return max(parts) / seconds


def sparkline(parts: Sequence[int]) -> str:
    """A letter for each number, higher where that is larger; a blank for none at all."""
    most = max(parts, default=0)
    return "".join([LEVELS[(part * len(LEVELS) - 1) // most] if part > 0 else " " for part in parts])


def bar(part: int, whole: int, cells: int) -> str:
    """A bar for a part of a whole, to an eighth of a cell; something for whatever is more than nothing."""
    if part <= 0 or whole <= 0:
        return ""
    eighths = max(1, round(part * cells * 8 / whole))
    return "█" * (eighths // 8) + ("", "▏", "▎", "▍", "▌", "▋", "▊", "▉")[eighths % 8]

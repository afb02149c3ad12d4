"""From a running session into a table: a bounded piece at each tick, and the figures of the status line."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Sized
from dataclasses import replace

from chainview.actor.session.status import Phase, SessionLike
from chainview.chain.files.entries.entry import Checked, Note
from chainview.chain.table import EventTable
from chainview.ui.feeds.feed import Taken
from chainview.ui.feeds.newest_build import NewestBuild
from chainview.ui.lines.line import UNTOLD, Span
from chainview.ui.lines.status import Badge, Figures

MOST_A_TICK = 4000
_SLICE = 250
_SLICE_SECONDS = 0.02
_RATE_SECONDS = 2.0
_BADGES = {
    Phase.STARTING: Badge.STARTING,
    Phase.RUNNING: Badge.LIVE,
    Phase.IDLE: Badge.LIVE,
    Phase.PAUSED: Badge.PAUSED,
    Phase.ENDED: Badge.ENDED,
    Phase.FAILED: Badge.FAILED,
}


class LiveFeed:
    """Takes what a session's chain hands over. `keep` is the most events to hold, 0 for all of them.

    The oldest go in batches of a tenth, since letting go costs the same for one event as for many.
    """

    live = True
    indexing = settled = False

    def __init__(
        self,
        session: SessionLike,
        keep: int = 0,
        clock: Callable[[], int] = time.monotonic_ns,
        *,
        number: int = 0,
        family: Sized = (),
    ) -> None:
        """`number` is that of its actor in its `family`."""
        self.session = session
        self._number, self._family = number, family
        self.table = EventTable()
        self.newest_build: NewestBuild | None = None
        self.grows = True
        """Whether the session was not over at the last look."""
        self._keep = keep
        self._unseen = Taken()
        """What was taken while no screen looked."""
        self._clock = clock
        self._subscription = session.chain.subscribe()
        self._counts: deque[tuple[int, int]] = deque()

    def take(self) -> Taken:
        """Moves what waits into the table, at most what a tick may cost; what comes meanwhile waits for the next."""
        until = time.perf_counter() + _SLICE_SECONDS
        appended, notes, waiting = 0, [], self._subscription.waiting
        before, self._unseen = self._unseen, Taken()
        while appended < MOST_A_TICK and time.perf_counter() < until:
            items = self._subscription.take(_SLICE)
            for item in items:
                if isinstance(item, Note):
                    notes.append(replace(item, after=self.total))
                else:
                    # The chain hashed it a moment ago.
                    self.table.append(*item, checked=Checked.PROVED)
            appended += len(items)
            if len(items) < _SLICE:
                break
        return Taken(
            before.appended + appended - len(notes),
            before.dropped + self._let_go(),
            appended < waiting,
            (*before.notes, *notes),
        )

    def take_unseen(self) -> bool:
        """Moves what waits into the table for others than its screen, which is told of it when it takes next.

        Whether more waits.
        """
        self._unseen = self.take()
        return self._unseen.more

    def _let_go(self) -> int:
        if not self._keep or len(self.table) <= self._keep + max(100, self._keep // 10):
            return 0
        return self.table.drop_oldest(self._keep)

    @property
    def total(self) -> int:
        """How many events have come, those let go included."""
        return len(self.table) + self.table.dropped

    def figures(self) -> Figures:
        """What the status line tells now."""
        status = self.session.status()
        badge = _BADGES[status.phase]
        over = status.phase.over
        build = self.newest_build
        self.grows = not over
        if self.session.paused and not over:
            badge = Badge.PAUSED
        return Figures(
            name=f"{self._number} {status.actor}" if self._number else status.actor,
            actors=len(self._family),
            badge=badge,
            reason=status.message if over else "",
            events=self.total,
            dropped=self.table.dropped,
            rate=None if over else self._rate(),
            sound=self._sound(),
            running=(status.function or "").rpartition("/")[2],
            running_ns=self._clock() - status.since_ns if status.function else 0,
            awaited=status.awaited,
            waiting=status.waiting,
            timers=len(status.timers),
            build=UNTOLD if build is None else build.says,
            watch=("", "dim") if build is None else (build.trouble.short, "warn"),
            build_waits=build is not None and build.waits,
            build_differs=build is not None and build.runs_otherwise,
        )

    def _sound(self) -> Span:
        loss = self.session.loss
        if loss is not None:
            return f"✖ the chain file {loss}", "bad"
        return ("chain sound", "good") if self.total else ("", "dim")

    def _rate(self) -> float:
        now = self._clock()
        recorded = self.session.chain.count
        self._counts.append((now, recorded))
        while len(self._counts) > 2 and now - self._counts[1][0] >= _RATE_SECONDS * 1e9:
            self._counts.popleft()
        then, count = self._counts[0]
        return (recorded - count) * 1e9 / (now - then) if now > then else 0.0

    def cancel(self) -> None:
        """Has nothing to end: what a session recorded is not read from a file."""

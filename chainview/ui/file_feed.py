"""From a chain file into a screen: indexed in slices, then checked in slices, then watched for what is appended."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from pathlib import PurePath

from chainview.chain.event import Kind
from chainview.chain.hashing import event_hash
from chainview.chain.opened import OpenedChain, Progress
from chainview.chain.table import EventTable
from chainview.chain.verify import Verdict, verify_steps
from chainview.errors import ChainviewError
from chainview.ui.feed import Taken
from chainview.ui.lines import Span
from chainview.ui.status import Badge, Figures

_INDEX_SECONDS = 0.03
_CHECK_SECONDS = 0.015
_LOOK_SECONDS = 0.1
_EVENTS_A_STEP = 500


class FileFeed:
    """An opened chain as a feed. With `grows` the file is looked at for new events ten times a second."""

    live = False

    def __init__(
        self, opened: OpenedChain, *, grows: bool = False, name: str = "", clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.opened = opened
        self._name = name or PurePath(opened.path).name
        self._grows = grows
        self._clock = clock
        self._indexing: Generator[Progress] | None = _generator(opened)
        self._checking: Generator[Progress, None, Verdict] | None = None
        self._verdict: Verdict | None = None
        self._progress = Progress(0, 0, 0)
        self._checked = 0
        self._unsound: int | None = None
        self._looked = 0.0
        self._stopped = ""

    @property
    def table(self) -> EventTable:
        """The events read so far."""
        return self.opened.table

    @property
    def grows(self) -> bool:
        """Whether more events may come."""
        return self._grows

    @property
    def indexing(self) -> bool:
        """Whether the file is still being read for the first time."""
        return self._indexing is not None

    @property
    def busy(self) -> bool:
        """Whether there is work for another slice."""
        return self._indexing is not None or self._checking is not None

    def take(self) -> Taken:
        """Reads or checks on for a slice."""
        before = len(self.table)
        if self._indexing is not None:
            self._index(self._indexing)
        else:
            if self._checking is not None:
                self._check(self._checking)
            if self._grows:
                self._grow()
        return Taken(len(self.table) - before, 0, self.busy)

    def cancel(self) -> None:
        """Stops reading: what was read so far stays to be looked at."""
        if self._indexing is not None:
            self._indexing = None
            self._stopped = f"reading stopped after event {len(self.table):,}"
            self._grows = False

    def finish_growing(self) -> None:
        """Tells that nothing more will come; what is there already is still taken."""
        self._grow(always=True)
        self._grows = False

    def _index(self, steps: Generator[Progress]) -> None:
        until = time.perf_counter() + _INDEX_SECONDS
        while time.perf_counter() < until:
            step = next(steps, None)
            if step is None:
                self._indexing = None
                self._checking = verify_steps(self.opened)
                self._checked = len(self.table)
                return
            self._progress = step

    def _check(self, steps: Generator[Progress, None, Verdict]) -> None:
        until = time.perf_counter() + _CHECK_SECONDS
        while time.perf_counter() < until:
            try:
                self._progress = next(steps)
            except StopIteration as done:
                self._verdict, self._checking = done.value, None
                return

    def _grow(self, *, always: bool = False) -> None:
        now = self._clock()
        if not always and now - self._looked < _LOOK_SECONDS:
            return
        self._looked = now
        try:
            self.opened.grow()
        except ChainviewError as error:
            self._stopped, self._grows = error.sentence, False
        self._check_grown()

    def _check_grown(self) -> None:
        table = self.table
        while self._checked < len(table):
            index, self._checked = self._checked, self._checked + 1
            event = table.event(index)
            right = event_hash(event.parent, event.event_type, event.payload)
            if table.kind(index) is Kind.DAMAGED or not table.links_on(index) or right != event.hash:
                self._unsound = self._unsound or table.number(index)

    def figures(self) -> Figures:
        """What the status line tells now."""
        return Figures(
            name=self._name,
            badge=Badge.FILE,
            events=len(self.table),
            sound=self._sound(),
            extra=self.opened.format if self.opened.format != "native" else "",
        )

    def _sound(self) -> Span:
        if self._stopped:
            return self._stopped, "warn"
        if self._indexing is not None:
            return f"reading {self._percent()}", "warn"
        if self._checking is not None:
            return f"verifying {self._percent()}", "dim"
        verdict = self._verdict
        if verdict is not None and verdict.problems:
            first = verdict.problems[0]
            more = len(verdict.problems) - 1
            rest = f" (and {more:,} more)" if more else ""
            return f"✖ event {first.event:,}: {first.message}{rest}", "bad"
        if self._unsound is not None:
            return f"✖ event {self._unsound:,}: its hash or link is wrong", "bad"
        remark = next(iter(verdict.remarks), "") if verdict is not None and not self._grows else ""
        return ("chain sound" + (f", {remark}" if remark else ""), "good")

    def _percent(self) -> str:
        total = self._progress.total_bytes
        return f"{100 * self._progress.done_bytes // total} %" if total else f"{len(self.table):,} events"


def _generator(opened: OpenedChain) -> Generator[Progress]:
    yield from opened.steps(_EVENTS_A_STEP)

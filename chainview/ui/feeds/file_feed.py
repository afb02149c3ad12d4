"""From a chain file or a pipe into a screen: indexed in slices, checked in slices, watched for what is appended."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator
from dataclasses import replace
from pathlib import PurePath
from typing import Protocol

from chainview.chain.files.opened import STANDARD_INPUT, Extent, OpenedChain
from chainview.chain.files.verification import LINKS_RIGHT, Verification, stretch_problems, verify_steps
from chainview.chain.soundness import Soundness, soundness_steps
from chainview.chain.table import EventTable
from chainview.system.errors import ChainviewError
from chainview.system.wording import plural
from chainview.ui.feeds.feed import Taken
from chainview.ui.feeds.file_change import FileChange
from chainview.ui.feeds.roster import Roster
from chainview.ui.feeds.spool import Spool
from chainview.ui.lines.line import Span
from chainview.ui.lines.status import Badge, Figures

_INDEX_SECONDS = 0.02
_CHECK_SECONDS = 0.015
_LOOK_SECONDS = 0.1
_EVENTS_A_STEP = 500


class Coming(Protocol):
    """What writes a file from elsewhere, until that has ended, for `reason` where early."""

    ended: bool
    reason: str


class FileFeed:
    """An opened chain as a feed. With `grows` the file is looked at for new events ten times a second.

    Of one that is written while something is `coming` that ends once nothing more will.
    """

    live = False

    def __init__(
        self,
        opened: OpenedChain,
        *,
        grows: bool = False,
        name: str = "",
        coming: Coming | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.opened = opened
        self._name = name or PurePath(opened.path).name
        ended = coming is not None and coming.ended
        self._grows = grows = grows and not ended
        self._coming = coming
        self._clock = clock
        self._indexing: Generator[Extent] | None = _generator(opened)
        self._checker: Checker | None = None
        self._progress = Extent(0, 0, 0)
        self._checked = self._noted = 0
        self._checking: Generator[None, None, Soundness] | None = None
        self._unsound: int | None = None
        self._looked = 0.0
        self._stopped = coming.reason if coming is not None and ended else ""
        self._change = FileChange(opened, clock, named=coming is None)
        opened.tolerate()
        if grows:
            opened.let_grow()

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
        return self._indexing is not None or self._behind

    @property
    def settled(self) -> bool:
        """Whether all is read and checked, and nothing is appended."""
        checked = self._checker is None or self._checker.verdict is not None
        return checked and not self.busy and not self._grows

    @property
    def _behind(self) -> bool:
        return self._grows and self._checked < len(self.table)

    @property
    def file_says(self) -> str:
        """What became of the file that is shown; empty while all is well."""
        return self._change.says

    def take(self) -> Taken:
        """Reads or checks on for a slice, and takes note when nothing more will come."""
        before, coming = len(self.table), self._coming
        ended = coming is not None and coming.ended
        if self._change.look():
            self._check_what_is_left()
        if self._indexing is not None:
            self._index(self._indexing)
        elif self._grows:
            self._grow()
            self._check_grown()
        if coming is not None and ended and self._grows and self._indexing is None:
            self.finish_growing()
            self._stopped = self._stopped or coming.reason
        notes = tuple(self.opened.notes[self._noted :])
        self._noted += len(notes)
        return Taken(len(self.table) - before, 0, self.busy, notes)

    def _check_what_is_left(self) -> None:
        """Checks all that was read once more, in a file that was changed, and reads no further."""
        self._grows, self._indexing = False, None
        self.close()
        self.opened.doubt()
        self._checked, self._unsound, self._checking = 0, None, None
        self._checker = Checker(self.opened)

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
        self.opened.let_grow(growing=False)
        self.opened.load()
        self._checker = Checker(self.opened)

    def _index(self, steps: Generator[Extent]) -> None:
        until = time.perf_counter() + _INDEX_SECONDS
        while time.perf_counter() < until:
            step = next(steps, None)
            if step is None:
                self._indexing = None
                if not self._grows:
                    self._checker = Checker(self.opened)
                return
            self._progress = step

    def _grow(self, *, always: bool = False) -> None:
        now = self._clock()
        if not always and now - self._looked < _LOOK_SECONDS:
            return
        self._looked = now
        try:
            self.opened.grow()
        except ChainviewError as error:
            self._stopped, self._grows = error.sentence, False

    def _check_grown(self) -> None:
        """Checks on for a slice; a growing file may end inside an entry at any time, so only its events are checked."""
        until = time.perf_counter() + _CHECK_SECONDS
        while self._checked < len(self.table) and time.perf_counter() < until:
            self._checking = self._checking or soundness_steps(self.table, self._checked)
            try:
                next(self._checking)
            except StopIteration as end:
                index, self._checked, self._checking = self._checked, self._checked + 1, None
                if end.value.wrong:
                    self._unsound = self._unsound or self.table.number(index)

    def figures(self) -> Figures:
        """What the status line tells now."""
        return Figures(
            name=self._name,
            badge=Badge.FILE,
            events=len(self.table),
            sound=self._sound(),
            damaged=self._damaged(),
            changed=bool(self._change.says),
            extra=self.opened.format if self.opened.format != "native" else "",
        )

    def _damaged(self) -> tuple[int, ...]:
        verdict = None if self._checker is None else self._checker.verdict
        # What is amiss with the header is told at the first event.
        return () if verdict is None else tuple([max(1, problem.event) for problem in verdict.problems])

    def _sound(self) -> Span:
        if self._change.says:
            verdict = self._checker.verdict if self._checker is not None else None
            lost = verdict.problems[0].event if verdict is not None and verdict.problems else 0
            return f"✖ it {self._change.says}" + (f": event {lost:,} is not there any more" if lost else ""), "bad"
        if self._stopped:
            return self._stopped, "warn"
        if self._indexing is not None:
            return f"reading {self._percent()}", "warn"
        if self._behind and self._unsound is None:
            return f"verifying {100 * self._checked // len(self.table)} %", "dim"
        checker = self._checker
        if checker is not None and checker.verdict is None:
            return f"verifying {checker.percent} %", "dim"
        verdict = checker.verdict if checker is not None else None
        if verdict is not None and verdict.problems:
            first = verdict.problems[0]
            more = len(verdict.problems) + verdict.problems_left_out - 1
            rest = f" (and {more:,} more)" if more else ""
            return f"✖ event {first.event:,}: {first.message}{rest}", "bad"
        if self._unsound is not None:
            return f"✖ event {self._unsound:,}: its hash or link is wrong", "bad"
        stretch = next(stretch_problems(self.opened), None) if checker is None else None
        if stretch is not None:
            return f"✖ event {max(1, stretch.event):,}: {stretch.message}", "bad"
        remark = next(iter(verdict.remarks), "") if verdict is not None and not self._grows else ""
        if not self.opened.holds_payloads:
            return LINKS_RIGHT, "good"
        return ("chain sound" + (f", {remark}" if remark else ""), "good")

    def _percent(self) -> str:
        total = self._progress.total_bytes
        return f"{100 * self._progress.done_bytes // total} %" if total else plural(len(self.table), "event")

    def close(self) -> None:
        """Ends checking, so that the file can be closed."""
        if self._checker is not None:
            self._checker.stop()


class MemberFeed(FileFeed):
    """The chain of an actor of a family, under the name that is known of it by now."""

    def __init__(
        self,
        opened: OpenedChain,
        roster: Roster,
        number: int,
        *,
        grows: bool = False,
        name: str = "",
        coming: Coming | None = None,
    ) -> None:
        """With a `name` that is what its chain is called for as long as it is the only one."""
        super().__init__(opened, grows=grows, name=name, coming=coming)
        self._roster, self._number, self._alone = roster, number, bool(name)

    def figures(self) -> Figures:
        """What the status line tells now."""
        if self._alone and len(self._roster) == 1:
            return super().figures()
        name = next((each.title for each in self._roster.all() if each.number == self._number), self._name)
        return replace(super().figures(), name=f"{self._number} {name}", actors=len(self._roster))


class PipeFeed(FileFeed):
    """A chain that comes through a pipe: it grows until the pipe has ended."""

    def __init__(self, opened: OpenedChain, spool: Spool) -> None:
        super().__init__(opened, grows=True, name=STANDARD_INPUT, coming=spool)


class Checker:
    """Checks a chain that nothing is added to any more, on a thread: such a table may be read by two at once.

    In slices on the screen's thread a single event of 10 MB, which takes half a second to hash, would hold up the keys.
    """

    def __init__(self, opened: OpenedChain) -> None:
        self.verdict: Verification | None = None
        self.percent = 0
        self._steps = verify_steps(opened)
        self._stopped = False
        self._thread = threading.Thread(target=self._check, name="verify", daemon=True)
        self._thread.start()

    def _check(self) -> None:
        while not self._stopped:
            try:
                progress = next(self._steps)
            except StopIteration as done:
                self.verdict = done.value
                return
            self.percent = 100 * progress.done_bytes // max(1, progress.total_bytes)

    def stop(self) -> None:
        """Ends checking after the step it is at."""
        self._stopped = True
        self._thread.join()


def _generator(opened: OpenedChain) -> Generator[Extent]:
    yield from opened.steps(_EVENTS_A_STEP)

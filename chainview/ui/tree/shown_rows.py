"""The rows on screen: the events that the fold lets through, with notes standing between them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from typing import Generic

from chainview.chain.files.entries.entry import Note
from chainview.chain.words.spans import Forms
from chainview.ui.tree.fold import Fold
from chainview.ui.tree.outline import T


@dataclass(frozen=True, slots=True, eq=False)
class Divider:
    """A note that stands between events, in fewer and fewer words for its line."""

    note: Note
    forms: Forms


class TreeRows(Generic[T]):
    """Rows in order, each an event or the divider of a note; a note stands before the first event that came after it.

    Notes are few, so their rows are found by bisection when they are asked for and nothing has to be moved when the
    chain grows or folds. A filter hides them.
    """

    def __init__(self, table: T) -> None:
        self.table = table
        self.fold = Fold(table)
        self._after: list[int] = []
        self._dividers: list[Divider] = []

    def __len__(self) -> int:
        return len(self.fold) + self._notes

    @property
    def _notes(self) -> int:
        return 0 if self.fold.filtered else len(self._dividers)

    def _note_row(self, note: int) -> int:
        return self.fold.rows_before(self._after[note] - self.fold.base) + note

    def add_divider(self, divider: Divider) -> None:
        """Puts a note's divider behind the events before it, and behind the notes that stand there already."""
        at = bisect_right(self._after, divider.note.after)
        self._after.insert(at, divider.note.after)
        self._dividers.insert(at, divider)

    def drop(self) -> None:
        """Takes out what stood before the oldest event that the table still holds."""
        self.fold.drop()
        gone = bisect_left(self._after, self.fold.base)
        del self._after[:gone], self._dividers[:gone]

    def at(self, row: int) -> int | Divider:
        """The index of the event in a row, or the divider of a note."""
        note = bisect_left(range(self._notes), row, key=self._note_row)
        if note < self._notes and self._note_row(note) == row:
            return self._dividers[note]
        return self.fold.event_at(row - note)

    def first_from(self, row: int) -> int:
        """The first event in a row or below it; how many events there are when there is none."""
        at = row - bisect_left(range(self._notes), row, key=self._note_row)
        return self.fold.event_at(at) if at < len(self.fold) else len(self.table)

    def row_of(self, index: int) -> int:
        """The row of an event, or of the nearest event above that has one."""
        row = self.fold.row_of(index)
        if not self._notes or not len(self.fold):
            return row
        shown = self.fold.event_at(row) + self.fold.base
        return row + bisect_right(self._after, shown)

    def row_of_divider(self, divider: Divider) -> int | None:
        """The row of a note; None where a filter hides it, or it is let go."""
        notes = self._dividers[: self._notes]
        return self._note_row(notes.index(divider)) if divider in notes else None

    def event_near(self, row: int, step: int) -> int | None:
        """The event in the row nearest to `row`: in itself, else in the direction of `step`, else in the other."""
        if not len(self.fold):
            return None
        row = max(0, min(row, len(self) - 1))
        for direction in (1 if step > 0 else -1, -1 if step > 0 else 1):
            at = row
            while 0 <= at < len(self):
                item = self.at(at)
                if isinstance(item, int):
                    return item
                at += direction
        return None

    def next_call(self, index: int) -> int | None:
        """The first event shown after the call that holds `index`."""
        call = self.fold.holder(index)
        end = index + 1 if call is None else call + self.table.steps(call) + 1
        row = self.fold.rows_before(end)
        return self.fold.event_at(row) if row < len(self.fold) else None

    def previous_call(self, index: int) -> int | None:
        """The first event shown of the call that holds `index`; when that is `index`, of the call before it."""
        first = self._first_shown(index)
        if first < index:
            return first
        row = self.fold.rows_before(first)
        return self._first_shown(self.fold.event_at(row - 1)) if row > 0 else None

    def _first_shown(self, index: int) -> int:
        call = self.fold.holder(index)
        return index if call is None else self.fold.event_at(self.fold.rows_before(call))

    def reveal(self, index: int) -> None:
        """Gives an event a row by opening its call; an event outside calls that a filter hides stays hidden."""
        call = None if self.fold.shows(index) else self.fold.holder(index)
        if call is not None:
            self.fold.set_open(call, True)

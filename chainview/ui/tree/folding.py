"""Going from call to call, and folding."""

from __future__ import annotations

from chainview.ui.tree.view import TreeView


class FoldingView(TreeView):
    """Rows whose calls fold."""

    def next_sibling(self) -> None:
        """To the next call."""
        if self.cursor is not None:
            self._go(self._rows.next_call(self.cursor))

    def previous_sibling(self) -> None:
        """To the call's first event, from there to the call before."""
        if self.cursor is not None:
            self._go(self._rows.previous_call(self.cursor))

    def open_or_child(self) -> None:
        """Unfolds the call; where it is open goes to its first event."""
        cursor, fold = self.cursor, self._rows.fold
        call = None if cursor is None else fold.holder(cursor)
        if call is None:
            return
        if not fold.is_open(call):
            self._set_open(call, True)
        elif cursor == call and self.table.steps(call):
            self._go(call + 1)

    def close_or_parent(self) -> None:
        """Folds the call; on one of its events goes to the call."""
        cursor, fold = self.cursor, self._rows.fold
        call = None if cursor is None else fold.holder(cursor)
        if call is None:
            return
        if cursor != call and fold.shows(call):
            self._go(call)
        elif fold.is_open(call):
            self._set_open(call, False)

    def fold_all(self) -> None:
        """Folds every call, also those still to come."""
        with self._keeping_place():
            self._rows.fold.fold_all()

    def unfold_all(self) -> None:
        """Unfolds every call."""
        with self._keeping_place():
            self._rows.fold.unfold_all()

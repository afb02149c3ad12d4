"""Two chains compared on a thread of its own, for a screen that shows replays."""

from __future__ import annotations

import threading
from pathlib import Path

from chainview.chain.files.opened import OpenedChain, open_chain
from chainview.replay.explain.explanation import Explanation
from chainview.replay.explain.rules.store import rules_file, rules_if_any
from chainview.workbench.chain_diff import diff_opened
from chainview.workbench.replay_thread import Begun, Progress, ReplayThread, Stage, change_of


class DiffThread(ReplayThread):
    """Compares a chain with one that counts as now; nothing is run."""

    def __init__(self, recorded: str, now: str, rules: Path | None = None) -> None:
        names = " ↔ ".join([Path(each).name for each in (recorded, now)])
        super().__init__(names, lambda: open_chain(recorded), self._compared)
        self._names = recorded, now
        self._rules = rules_file(recorded) if rules is None else rules
        self._other: OpenedChain | None = None

    def _compared(self, opened: OpenedChain) -> Begun:
        """What the comparison found, in the place of a replay."""
        self.progress = Progress(Stage.EXPLAINING)
        self._other = self._other or open_chain(self._names[1])
        self._other.tolerate()
        found = diff_opened((opened, self._other), rules_if_any(self._rules), self._names)
        self.now = self._other.table
        return Begun(opened.table, found, self._rules)

    @property
    def change(self) -> str:
        """What became of one of both."""
        return super().change or change_of(self._other, "the other chain")

    def _explain_again(self, begun: Begun) -> None:
        self._thread = threading.Thread(target=self._guarded, args=(self._compare_again,), name="diff", daemon=True)
        self._thread.start()

    def _compare_again(self) -> None:
        assert self._opened is not None
        found = self._compared(self._opened).replay
        assert isinstance(found, Explanation)
        self.progress = Progress(Stage.DONE, explanation=found)

    def close(self) -> None:
        """Waits for the comparison, and closes both chains."""
        super().close()
        if self._other is not None:
            self._other.close()

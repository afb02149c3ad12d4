"""Which chains are kept, and how sound they are: found one after the other on a thread, newest first."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from chainview.chain.families.kept_chains import KeptChain
from chainview.chain.files.opened import open_chain
from chainview.chain.files.verification import Verification, verify_steps
from chainview.system.errors import ChainviewError
from chainview.ui.lines.line import Span

_MOST_BYTES = 256 << 20
_LOOK_SECONDS = 1.0


class Verdicts:
    """Verifies chains until it is closed; what was found is in `found`, by their paths.

    With `again`, which lists the chains of `folder`, it lists them anew whenever one came there or went.
    """

    def __init__(
        self,
        chains: Sequence[KeptChain],
        folder: Path | None = None,
        again: Callable[[Path], Sequence[KeptChain]] | None = None,
    ) -> None:
        self.found: dict[Path, Span] = {}
        self.looked_at = 0
        """How many chains were verified, those that were verified again too."""
        self.chains = chains
        """Those that are there, as far as it is known."""
        self._folder = folder
        self._again = again
        # What came between their listing and now is not among them.
        self._changed: int | None = None
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._work, name="verdicts", daemon=True)
        self._thread.start()

    def _work(self) -> None:
        known: set[KeptChain] = set()
        while not self._closing.is_set():
            for chain in self.chains:
                if chain not in known:
                    verdict = self._verdict(chain)
                    if verdict is None:
                        return
                    self.found[chain.path] = verdict
                    self.looked_at += 1
                    known.add(chain)
                if self._changed != _changed(self._folder):
                    break
            while not self._listed_anew() and not self._closing.wait(_LOOK_SECONDS):
                pass

    def _listed_anew(self) -> bool:
        changed = _changed(self._folder)
        if self._folder is None or self._again is None or changed == self._changed:
            return False
        try:
            self.chains = self._again(self._folder)
        except ChainviewError:
            # What was listed stays, and opening a chain says what is wrong.
            return False
        finally:
            self._changed = changed
        return True

    def _verdict(self, chain: KeptChain) -> Span | None:
        if chain.problem or chain.events is None:
            return "can't be read", "bad"
        if chain.size > _MOST_BYTES:
            return "too large to check", "dim"
        problems = 0
        for path in chain.members or (chain.path,):
            found = self._problems(path)
            if found is None:
                return None
            problems += found
        if not problems:
            return "sound", "good"
        return f"{problems:,} problem{'' if problems == 1 else 's'}", "bad"

    def _problems(self, path: Path) -> int | None:
        """How many problems a chain has; None where nobody wants to know any more."""
        try:
            with open_chain(path) as opened:
                steps = verify_steps(opened)
                while not self._closing.is_set():
                    try:
                        next(steps)
                    except StopIteration as done:
                        verification: Verification = done.value
                        return len(verification.problems) + verification.problems_left_out
        except ChainviewError:
            return 1
        return None

    def close(self) -> None:
        """Looks at no more of them."""
        self._closing.set()
        self._thread.join()


def _changed(folder: Path | None) -> int | None:
    """When something came into a folder or went out of it; None where there is none."""
    try:
        return None if folder is None else folder.stat().st_mtime_ns
    except OSError:
        return None

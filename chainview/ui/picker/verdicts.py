"""Which chains are kept, and how sound they are: found one after the other on a thread, newest first."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from chainview.chain.families.kept_chains import KeptChain
from chainview.chain.files.opened import open_chain
from chainview.chain.files.verification import Verification, verify_steps
from chainview.system.errors import ChainviewError
from chainview.ui.lines.line import Span

_MOST_BYTES = 256 << 20
_LOOK_SECONDS = 0.2
_LIST_SECONDS = 2.0
_LIST_SHARE = 20
"""A listing comes no sooner than so many times its own length after the one before began."""


class Verdicts:
    """Verifies chains until it is closed; what was found is in `found`, by their paths.

    With `again` it lists them anew every few seconds, so that what came, went, grew or ended is found.
    """

    def __init__(self, chains: Sequence[KeptChain], again: Callable[[], Sequence[KeptChain]] | None = None) -> None:
        self.found: dict[Path, Span] = {}
        self.looked_at = 0
        """How many chains were verified, those that were verified again too."""
        self.chains = chains
        """Those that are there, as far as it is known."""
        self._again = again
        self._verified: set[KeptChain] = set()
        self._list_at = 0.0
        self._is_listing = False
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._work, name="verdicts", daemon=True)
        self._thread.start()

    def _work(self) -> None:
        while not self._closing.is_set():
            chain = next((each for each in self.chains if self._is_new(each)), None)
            if chain is not None:
                verdict = self._verdict(chain)
                if verdict is None:
                    return
                self.found[chain.path] = verdict
                self.looked_at += 1
                self._verified.add(chain)
            elif self._again is None or self._closing.wait(_LOOK_SECONDS):
                return
            if self._again is not None and time.monotonic() >= self._list_at:
                self._list(self._again)

    def _is_new(self, chain: KeptChain) -> bool:
        """Whether it was not verified as it is; one that is being written is again once it has ended."""
        return chain not in self._verified and not (chain.live and chain.path in self.found)

    def _list(self, again: Callable[[], Sequence[KeptChain]]) -> None:
        begun, self._is_listing = time.monotonic(), True
        # What can't be listed stays as it was, and opening a chain says what is wrong.
        with suppress(ChainviewError, OSError):
            listed = again()
            if list(listed) != list(self.chains):
                self.chains = listed
        self._is_listing = False
        self._list_at = max(begun + _LIST_SECONDS, begun + _LIST_SHARE * (time.monotonic() - begun))

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
        # A listing can't be given up, and does no more than read.
        if not self._is_listing:
            self._thread.join()

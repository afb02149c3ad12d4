"""How sound kept chains are, found one after the other on a thread, newest first."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path

from chainview.chain.families.kept_chains import KeptChain
from chainview.chain.files.opened import open_chain
from chainview.chain.files.verification import Verification, verify_steps
from chainview.system.errors import ChainviewError
from chainview.ui.lines.line import Span

_MOST_BYTES = 256 << 20


class Verdicts:
    """Verifies chains until it is closed; what was found is in `found`, by their paths."""

    def __init__(self, chains: Sequence[KeptChain]) -> None:
        self.found: dict[Path, Span] = {}
        self._chains = chains
        self._closed = False
        self._thread = threading.Thread(target=self._work, name="verdicts", daemon=True)
        self._thread.start()

    def _work(self) -> None:
        for chain in self._chains:
            verdict = self._verdict(chain)
            if self._closed or verdict is None:
                return
            self.found[chain.path] = verdict

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
                while not self._closed:
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
        self._closed = True
        self._thread.join()

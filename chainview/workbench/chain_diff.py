"""Two chain files compared."""

from __future__ import annotations

from pathlib import Path

from chainview.chain.files.opened import open_chain
from chainview.chain.files.verification import verify
from chainview.replay.explain.diff import diff_recordings
from chainview.replay.explain.explanation import Explanation
from chainview.replay.explain.subject import unusable_pair
from chainview.replay.run.recording import Recording
from chainview.workbench.replay_request import accepted_rules


def diff_chains(recorded: str | Path, now: str | Path, *, accept: str | Path | None = None) -> Explanation:
    """Compares two chains, of any format; the first counts as recorded. Raises ChainviewError for an unusable file."""
    rules = accepted_rules(None if accept is None else Path(accept), str(recorded))
    with open_chain(recorded) as opened, open_chain(now) as opened_now:
        chains = (opened, opened_now)
        found = [verify(each).completeness for each in chains]
        one, other = [Recording.of(each).as_far_as(held) for each, held in zip(chains, found, strict=True)]
        names = str(recorded), str(now)
        if any(not each.completeness.sound and not each.completeness.until for each in (one, other)):
            return unusable_pair(one, other, names)
        difference = diff_recordings(one, other, rules, names)
        for each in chains:
            each.require_unchanged()
        return difference

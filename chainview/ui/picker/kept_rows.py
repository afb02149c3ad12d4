"""The kept chains as rows: who, when, how large, and how sound; and which of them a typed text means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from chainview.chain.families.kept_chains import KeptChain
from chainview.system.wording import moment, size_words, visible
from chainview.ui.lines.line import Line, Span, in_cells, plain

UNCHECKED: Span = ("…", "dim")
_NARROW = 110
"""Below this many columns the year and the ends of long names need the room more than they are worth."""
_EVENTS_CELLS, _SIZE_CELLS, _VERDICT_CELLS = 11, 9, 19


def row(chain: KeptChain, verdict: Span, width: int) -> Line:
    """A chain in a line of so many cells."""
    more = f" and {len(chain.members) - 1:,} more" if len(chain.members) > 1 else ""
    events = "–" if chain.events is None else f"{chain.events:,}"
    begun = moment(chain.time_ns, " ")[:16]
    line: Line = [
        (f" {begun[5:] if width < _NARROW else begun}  ", "dim"),
        *in_cells([(f"{visible(chain.actor) or '?'}{more}", "name")], _actor_cells(width), "dim"),
        (f"{events:>{_EVENTS_CELLS}}  {size_words(chain.size):>{_SIZE_CELLS}}  ", "text"),
        *in_cells([verdict, *_standing(chain)], _VERDICT_CELLS, "dim"),
        (f"  {visible(chain.path.name)}", "quiet"),
    ]
    return in_cells(line, width, "dim")


def head(width: int) -> Line:
    """What stands in the columns."""
    begun = f"{'begun':<11}" if width < _NARROW else f"{'begun (UTC)':<16}"
    numbers = f"{'events':>{_EVENTS_CELLS}}  {'size':>{_SIZE_CELLS}}"
    titles = f" {begun}  {'actor':<{_actor_cells(width)}}{numbers}  {'verdict':<{_VERDICT_CELLS}}  file"
    return in_cells([(titles, "dim")], width, "dim")


def _actor_cells(width: int) -> int:
    return 14 if width < _NARROW else 24


def _standing(chain: KeptChain) -> Line:
    """Whether it is being written, or was never closed."""
    if chain.live:
        return [(", live", "good")]
    return [] if chain.closed or chain.events is None else [(", not closed", "warn")]


def meant(chains: Sequence[KeptChain], text: str, verdicts: Mapping[Path, Span]) -> list[KeptChain]:
    """Those in whose row every word of a text stands, whatever its case."""
    words = text.lower().split()
    found = []
    for chain in chains:
        verdict = verdicts.get(chain.path, UNCHECKED)
        said = plain([*row(chain, verdict, 1000), (str(chain.path), "text")]).lower()
        if all(word in said for word in words):
            found.append(chain)
    return found

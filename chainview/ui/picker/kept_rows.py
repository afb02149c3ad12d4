"""The kept chains as rows: who, when, how large, and how sound; and which of them a typed text means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from chainview.chain.families.kept_chains import KeptChain
from chainview.system.wording import moment, plural, size_words, visible
from chainview.ui.lines.line import Line, Span, in_cells, plain

UNCHECKED: Span = ("…", "dim")
_ACTOR_CELLS = 22


def row(chain: KeptChain, verdict: Span, width: int) -> Line:
    """A chain in a line of so many cells."""
    more = f" and {len(chain.members) - 1:,} more" if len(chain.members) > 1 else ""
    events = "–" if chain.events is None else plural(chain.events, "event")
    line: Line = [
        (f" {moment(chain.time_ns, ' ')[:16]}  ", "dim"),
        *in_cells([(f"{visible(chain.actor) or '?'}{more}", "name")], _ACTOR_CELLS, "dim"),
        (f"  {events:>16}  {size_words(chain.size):>9}  ", "text"),
        *in_cells([state_of(chain)], 7, "dim"),
        ("  ", "text"),
        *in_cells([verdict], 18, "dim"),
        (f"  {visible(chain.path.name)}", "quiet"),
    ]
    return in_cells(line, width, "dim")


def head(width: int) -> Line:
    """What stands in the columns."""
    titles = f" {'begun (UTC)':<16}  {'actor':<{_ACTOR_CELLS}}  {'':>16}  {'size':>9}  {'':<7}  {'verdict':<18}  file"
    return in_cells([(titles, "dim")], width, "dim")


def state_of(chain: KeptChain) -> Span:
    """Whether it is being written, or was closed."""
    if chain.live:
        return "live", "good"
    return ("closed", "dim") if chain.closed else ("open", "warn")


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

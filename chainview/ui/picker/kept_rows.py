"""The kept chains as rows: who, when, how large, and how sound; and which of them a typed text means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path

from chainview.chain.families.kept_chains import KeptChain
from chainview.system.wording import moment, size_words, visible
from chainview.ui.lines.line import Line, Span, in_cells, plain

UNCHECKED: Span = ("…", "dim")
_NARROW = 110
"""Below this many columns the year and the ends of long names need the room more than they are worth."""
_EVENTS_CELLS, _SIZE_CELLS, _VERDICT_CELLS = 11, 9, 19


class Column(Enum):
    """A column by which the rows can be sorted."""

    BEGUN = auto()
    ACTOR = auto()
    EVENTS = auto()
    SIZE = auto()
    VERDICT = auto()
    FILE = auto()


@dataclass(frozen=True, slots=True)
class Order:
    """What the rows are sorted by, and whether the other way round than it is read."""

    column: Column = Column.BEGUN
    reverse: bool = True

    def clicked(self, column: Column) -> Order:
        """The order once the head of a column was clicked: by that, or the other way round; most and newest first."""
        if column is self.column:
            return Order(column, not self.reverse)
        return Order(column, column in (Column.BEGUN, Column.EVENTS, Column.SIZE))


NEWEST_FIRST = Order()


def in_order(chains: Sequence[KeptChain], order: Order, verdicts: Mapping[Path, Span]) -> list[KeptChain]:
    """The chains in an order."""

    def key(chain: KeptChain) -> tuple[int, str]:
        numbers = {
            Column.BEGUN: chain.time_ns,
            Column.EVENTS: -1 if chain.events is None else chain.events,
            Column.SIZE: chain.size,
        }
        texts = {
            Column.ACTOR: chain.actor.casefold(),
            Column.VERDICT: verdicts.get(chain.path, UNCHECKED)[0],
            Column.FILE: chain.path.name,
        }
        return numbers.get(order.column, 0), texts.get(order.column, "")

    return sorted(chains, key=key, reverse=order.reverse)


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


def heads(width: int, order: Order) -> list[tuple[Column, Span]]:
    """What stands over the columns, each in its cells; that by which the rows are sorted says so."""
    narrow = width < _NARROW
    titles = (
        (Column.BEGUN, " ", f"{'begun' if narrow else 'begun (UTC)'}", -(11 if narrow else 16), "  "),
        (Column.ACTOR, "", "actor", -_actor_cells(width), ""),
        (Column.EVENTS, "", "events", _EVENTS_CELLS, "  "),
        (Column.SIZE, "", "size", _SIZE_CELLS, "  "),
        (Column.VERDICT, "", "verdict", -_VERDICT_CELLS, "  "),
        (Column.FILE, "", "file", 0, ""),
    )
    told = []
    for column, before, title, cells, behind in titles:
        here = column is order.column
        text = f"{title}{('↓' if order.reverse else '↑') if here else ''}"
        text = text.rjust(cells) if cells > 0 else text.ljust(-cells)
        told.append((column, (f"{before}{text}{behind}", "key" if here else "dim")))
    return told


def head(width: int, order: Order = NEWEST_FIRST) -> Line:
    """What stands in the columns."""
    return in_cells([span for _, span in heads(width, order)], width, "dim")


def column_at(x: int, width: int, order: Order) -> Column | None:
    """The column whose title is at a cell of the head."""
    end = 0
    for column, (text, _) in heads(width, order):
        end += len(text)
        if x < end:
            return column
    return None


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

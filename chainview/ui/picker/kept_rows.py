"""The kept chains as rows: who, when, how large, and how sound; and which of them a typed text means."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path
from typing import TYPE_CHECKING

from rich.cells import cell_len

from chainview.system.wording import moment, size_words, visible
from chainview.ui.lines.line import Line, Span, in_cells, plain

if TYPE_CHECKING:
    from chainview.chain.families.kept_chains import KeptChain

UNCHECKED: Span = ("…", "dim")
_NARROW = 110
"""Below this many columns the year and the ends of long names need the room more than they are worth."""
_NO_LIMIT = 1000


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


@dataclass(frozen=True, slots=True)
class Columns:
    """The cells of the columns between the time and the file: what the chains need, so that the file has the rest."""

    actor: int
    events: int
    size: int
    verdict: int

    @classmethod
    def of(cls, chains: Sequence[KeptChain], verdicts: Mapping[Path, Span], width: int) -> Columns:
        """Those of these chains on a row of so many cells."""

        def needed(column: Column, texts: Iterable[str], most: int) -> int:
            # The arrow of the order has room behind each title.
            return min(most, max([len(column.name) + 1, *map(cell_len, texts)]))

        narrow = width < _NARROW
        return cls(
            needed(Column.ACTOR, (_actor(chain) for chain in chains), 14 if narrow else 24),
            needed(Column.EVENTS, (_events(chain) for chain in chains), 11),
            needed(Column.SIZE, (size_words(chain.size) for chain in chains), 9),
            needed(
                Column.VERDICT,
                (plain(_verdict(chain, verdicts.get(chain.path, UNCHECKED))) for chain in chains),
                17 if narrow else 24,
            ),
        )


_WHOLE = Columns(_NO_LIMIT, _NO_LIMIT, _NO_LIMIT, _NO_LIMIT)


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


def row(chain: KeptChain, verdict: Span, width: int, columns: Columns) -> Line:
    """A chain in a line of so many cells."""
    begun = moment(chain.time_ns, " ")[:16]
    line: Line = [
        (f" {begun[5:] if width < _NARROW else begun}  ", "dim"),
        *in_cells([(_actor(chain), "name")], columns.actor, "dim"),
        (f"  {_events(chain):>{columns.events}}  {size_words(chain.size):>{columns.size}}  ", "text"),
        *in_cells(_verdict(chain, verdict), columns.verdict, "dim"),
        (f"  {visible(chain.path.name)}", "quiet"),
    ]
    return in_cells(line, width, "dim")


def heads(width: int, order: Order, columns: Columns) -> list[tuple[Column, Span]]:
    """What stands over the columns, each in its cells; that by which the rows are sorted says so."""
    narrow = width < _NARROW
    titles = (
        (Column.BEGUN, " ", f"{'begun' if narrow else 'begun (UTC)'}", -(11 if narrow else 16), "  "),
        (Column.ACTOR, "", "actor", -columns.actor, "  "),
        (Column.EVENTS, "", "events", columns.events, "  "),
        (Column.SIZE, "", "size", columns.size, "  "),
        (Column.VERDICT, "", "verdict", -columns.verdict, "  "),
        (Column.FILE, "", "file", 0, ""),
    )
    told = []
    for column, before, title, cells, behind in titles:
        here = column is order.column
        text = f"{title}{('↓' if order.reverse else '↑') if here else ''}"
        text = text.rjust(cells) if cells > 0 else text.ljust(-cells)
        told.append((column, (f"{before}{text}{behind}", "key" if here else "dim")))
    return told


def head(width: int, order: Order, columns: Columns) -> Line:
    """What stands in the columns."""
    return in_cells([span for _, span in heads(width, order, columns)], width, "dim")


def column_at(x: int, width: int, order: Order, columns: Columns) -> Column | None:
    """The column whose title is at a cell of the head."""
    end = 0
    for column, (text, _) in heads(width, order, columns):
        end += len(text)
        if x < end:
            return column
    return None


def _actor(chain: KeptChain) -> str:
    more = f" and {len(chain.members) - 1:,} more" if len(chain.members) > 1 else ""
    return f"{visible(chain.actor) or '?'}{more}"


def _events(chain: KeptChain) -> str:
    return "–" if chain.events is None else f"{chain.events:,}"


def _verdict(chain: KeptChain, verdict: Span) -> Line:
    return [verdict, *_standing(chain)]


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
        said = plain([*row(chain, verdict, 4 * _NO_LIMIT, _WHOLE), (str(chain.path), "text")]).lower()
        if all(word in said for word in words):
            found.append(chain)
    return found

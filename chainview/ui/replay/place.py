"""A cause at the place under the cursor: the values that differ there, where it shows at several places."""

from __future__ import annotations

from dataclasses import replace

from chainview.replay.align.history import NONE
from chainview.replay.changes.leaves import Leaf, collapsed, leaves
from chainview.replay.explain.explanation import Explanation, Finding
from chainview.ui.event.facts import INLINE_BYTES
from chainview.ui.replay.pair_details import compare_pair, gather_pair
from chainview.ui.replay.pairs import Sides


def at_place(explanation: Explanation, cause: Finding, row: int, sides: Sides) -> Finding | None:
    """The cause with the values, and the call, of the row of the alignment; None where no values tell it there."""
    recorded, now = explanation.rows.recorded[row], explanation.rows.now[row]
    if NONE in (recorded, now) or not cause.leaves:
        return None
    facts = gather_pair(sides, recorded, now)
    parts = compare_pair(facts).parts if facts.size <= INLINE_BYTES else None
    found = [leaf for part in parts or () for leaf in leaves(part.name, part.recorded, part.now)]
    of_cause = _alike(found, cause)
    if not of_cause:
        return None
    call = sides.recorded.call_of(recorded)
    return replace(
        cause,
        event=recorded + 1,
        call=0 if call is None else call + 1,
        path=of_cause[0].path,
        leaves=tuple(of_cause),
        recorded=of_cause[0].literals[0],
        now=of_cause[0].literals[1],
    )


def place_told(cause: Finding, row: int, *, with_values: bool) -> str:
    """Which of its places a row is, and, where its values are not told, of which of them the rest is said."""
    count = len(cause.rows)
    told = f"the same cause as at event {cause.event:,}: place {cause.rows.index(row) + 1:,} of {count:,}"
    return told if with_values else f"{told}; the values below are those of event {cause.event:,}"


def _alike(found: list[Leaf], cause: Finding) -> list[Leaf]:
    """The leaves that differ where those of a cause do, whichever item of a list they are in."""
    wanted = {collapsed(leaf.path) for leaf in cause.leaves}
    return [leaf for leaf in found if collapsed(leaf.path) in wanted]

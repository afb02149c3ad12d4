"""Going to an event: by its number, by steps from the cursor, or by the start of its hash."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chainview.chain.table import EventTable
from chainview.system.wording import visible
from chainview.ui.widgets.keys import ActionId, Handlers
from chainview.ui.widgets.prompt import Hint, PlainPurpose

if TYPE_CHECKING:
    from chainview.ui.find.tree_screen import TreeScreen

_NUMBER = re.compile(r"#?([0-9][0-9,_]*)")
_STEP = re.compile(r"[+-][0-9]{1,12}")
_HASH = re.compile(r"[0-9a-fA-F]{4,40}")
_EVENTS_A_STEP = 5000


@dataclass(frozen=True, slots=True)
class Wanted:
    """An event by its number, by steps from the cursor, or by how its hash begins.

    Digits alone may be a number and the start of a hash; the number then goes first.
    """

    number: int | None = None
    step: int | None = None
    hash_prefix: str = ""


def parse_wanted(text: str) -> Wanted | None:
    """What a typed text asks for; None when it is nothing that could be an event."""
    text = text.strip()
    if _STEP.fullmatch(text):
        return Wanted(step=int(text))
    prefix = text.lower() if _HASH.fullmatch(text) else ""
    found = _NUMBER.fullmatch(text)
    digits = found[1].replace(",", "").replace("_", "") if found else ""
    if digits and len(digits) <= 18:
        return Wanted(number=int(digits), hash_prefix=prefix)
    return Wanted(hash_prefix=prefix) if prefix else None


def hash_matches(table: EventTable, prefix: str) -> Iterator[int | None]:
    """The indices of events whose hash begins with these hexadecimal digits; None after each stretch without one."""
    even, odd = bytes.fromhex(prefix[: len(prefix) & ~1]), prefix[len(prefix) & ~1 :]
    start = table.dropped
    while start - table.dropped < len(table):
        at = max(0, start - table.dropped)
        for index in range(at, min(at + _EVENTS_A_STEP, len(table))):
            hash_ = table.hash(index)
            if (
                hash_ is not None
                and hash_.startswith(even)
                and hash_.hex()[len(prefix) - len(odd) : len(prefix)] == odd
            ):
                yield index
        start = table.dropped + at + _EVENTS_A_STEP
        yield None


class GoToActions:
    """Goes to events of one chain, whose index is their row; `tables` and `row_of` say where else they stand."""

    def __init__(self, screen: TreeScreen) -> None:
        self._screen = screen

    def handlers(self) -> Handlers:
        """What the key does."""
        return {ActionId.GOTO: lambda: self._screen.ask(_GoToPurpose(self))}

    def tables(self) -> Sequence[EventTable]:
        """Where events are looked for, first where a number is most likely meant."""
        return (self._screen.chain_tree.table,)

    def row_of(self, table: EventTable, index: int) -> int | None:
        """What to move to for an event of a table; None where it has no row."""
        return index

    def extent(self) -> str:
        """What can be gone to, in words."""
        table = self._screen.chain_tree.table
        return f"the chain here has {table.number(0):,} to {table.number(len(table) - 1):,}"

    def go_to(self, wanted: Wanted) -> str:
        """Moves to an event; returns why it can't. A hash is looked for in slices."""
        tree = self._screen.chain_tree
        if not len(tree.table):
            return "there are no events yet"
        if wanted.step is not None:
            tree.move_to(max(0, min(len(tree.table) - 1, (tree.cursor or 0) + wanted.step)))
            return ""
        if wanted.number is not None and self._to_number(wanted.number):
            return ""
        missing = "" if wanted.number is None else f"there is no event {wanted.number:,}: {self.extent()}"
        if not wanted.hash_prefix:
            return missing
        self._screen.slices.add("goto", self._to_hash(wanted.hash_prefix, missing))
        return ""

    def _to_number(self, number: int) -> bool:
        for table in self.tables():
            index = number - 1 - table.dropped
            if 0 <= index < len(table) and self._to_event(table, index):
                return True
        return False

    def _to_event(self, table: EventTable, index: int) -> bool:
        row = self.row_of(table, index)
        if row is not None:
            self._screen.chain_tree.move_to(row, centre=True)
        return row is not None

    def _to_hash(self, prefix: str, missing: str) -> Iterator[None]:
        for table in self.tables():
            for found in hash_matches(table, prefix):
                if found is not None and self._to_event(table, found):
                    return
                yield
        also = f"{missing}; " if missing else ""
        self._screen.say(f"{also}no event's hash begins with {prefix}", "warning")


class _GoToPurpose(PlainPurpose):
    label = "go to :"

    def __init__(self, go_to: GoToActions) -> None:
        self._go_to = go_to

    @property
    def keys(self) -> Sequence[tuple[str, str]]:
        return (("enter", "go there"), ("esc", "leave"))

    def changed(self, text: str) -> Hint:
        return Hint([("an event's number, +n or -n, or the start of a hash", "dim")])

    def entered(self, text: str) -> str:
        wanted = parse_wanted(text)
        if wanted is None:
            return f"{visible(text)!r} is neither a number nor the start of a hash" if text.strip() else "what event?"
        return self._go_to.go_to(wanted)

"""The kept chains as what a screen shows, to choose one of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from chainview.ui.picker.kept_rows import NEWEST_FIRST, Order
from chainview.ui.widgets.keys import Scope

if TYPE_CHECKING:
    from chainview.chain.families.kept_chains import KeptChain
    from chainview.ui.feeds.feed import Feed


@dataclass(slots=True)
class PickerPlace:
    """Where in the list a person was: what was typed, the chain under the cursor, what it was sorted by."""

    typed: str = ""
    path: Path | None = None
    order: Order = NEWEST_FIRST


class KeptSource:
    """Chains of which one is to be chosen."""

    scope = Scope.FILE
    name = "kept chains"
    roster = None
    number = 0
    unfinished = False

    def __init__(
        self,
        chains: Sequence[KeptChain],
        place: PickerPlace | None = None,
        again: Callable[[], Sequence[KeptChain]] | None = None,
    ) -> None:
        """`place` is where to begin in the list, and is kept up to date; `again` lists the chains anew."""
        self.chains = chains
        self.place = PickerPlace() if place is None else place
        self.again = again
        self.chosen: KeptChain | None = None
        """The one that was chosen."""

    def open(self) -> Feed | None:
        """There is no chain to show yet."""
        return None

    def abandon(self) -> None:
        """Opening waits for nobody here."""

    def path(self) -> Path | None:
        """They are many."""
        return None

    def close(self) -> None:
        """Holds nothing open."""

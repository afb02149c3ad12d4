"""The kept chains as what a screen shows, to choose one of them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from chainview.ui.widgets.keys import Scope

if TYPE_CHECKING:
    from chainview.chain.families.kept_chains import KeptChain
    from chainview.ui.feeds.feed import Feed


class KeptSource:
    """Chains of which one is to be chosen."""

    scope = Scope.FILE
    name = "kept chains"
    roster = None
    number = 0
    unfinished = False

    def __init__(self, chains: Sequence[KeptChain]) -> None:
        self.chains = chains
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

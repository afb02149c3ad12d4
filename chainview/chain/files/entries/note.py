"""What a chain holds between its events."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

OTHER_CHAINS = "other chains"
"""The kind of the note that tells of events left out because they belong to another actor's chain."""


@dataclass(frozen=True, slots=True)
class Note:
    """What is no event: a new build, a gap, a bookmark. `after` is the number of events before it."""

    kind: str
    data: dict[str, Any]
    after: int = 0

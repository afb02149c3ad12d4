"""What is known of two builds beside what they did: the types that they declare, and the words that they hold."""

from __future__ import annotations

from dataclasses import dataclass, field

from chainview.replay.changes.wording import Wording
from chainview.replay.differences.state_type import StateTypes


@dataclass(frozen=True, slots=True)
class Builds:
    """The recorded build and the new one; by default neither is at hand."""

    types: StateTypes = field(default_factory=StateTypes)
    wording: Wording = field(default_factory=Wording)


UNKNOWN_BUILDS = Builds()

"""A part of what an event says."""

from __future__ import annotations

from dataclasses import dataclass

from chainview.pack.values import String, Value


@dataclass(frozen=True, slots=True)
class Part:
    """A part of what an event says: a text or a value; None where none was stored, or none that can be decoded."""

    name: str
    said: str | Value | None
    is_state: bool = False
    """Whether it is the actor's state, which not every schema stores."""

    @property
    def value(self) -> Value | None:
        """What it says, a text as a string."""
        return String(self.said) if isinstance(self.said, str) else self.said

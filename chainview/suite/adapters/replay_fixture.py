"""What the fixture `chainview_replay` of the pytest plugin is, for who types a test."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from chainview.replay.explain.explanation import Explanation


class ChainviewReplay(Protocol):
    """Replays a chain by an actor, closed; fails the test with the explanation where something differs."""

    def __call__(
        self,
        actor: str | Path,
        chain: str | Path,
        *,
        mode: str = "probe",
        timeout: float = 30.0,
        memory: int | None = None,
        state: str | None = None,
        accept: str | Path | None = None,
        recorded_module: str | Path | None = None,
    ) -> Explanation:
        """The explanation of a replay that passes; the options are those of `replay_chain`."""
        ...

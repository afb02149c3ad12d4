"""What a table of events asks of the file in which they lie."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol

from chainview.chain.event import StateGap


class PayloadSource(Protocol):
    """Where the payloads of a table's events lie, each somewhere behind the place at which its event begins."""

    @property
    def raw(self) -> Any:
        """The bytes of the events, one after the other: bytes or a memory map."""

    def span(self, start: int) -> tuple[int, int]:
        """Where the payload of the event that begins at `start` begins and ends; both 0 when it can't be found."""

    def payload(self, start: int) -> bytes:
        """The payload of the event that begins at `start`; empty when it can't be found."""

    def payloads(self, starts: Iterable[int]) -> list[bytes]:
        """The payloads of the events that begin at `starts`."""

    def state(self, start: int) -> bytes | StateGap | None:
        """The state that stands beside the event that begins at `start`."""

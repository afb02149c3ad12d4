"""What stands in the place of host functions where nothing real may be reached."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from chainview.actor.engine.call_failed import CallFailed
from chainview.actor.hosts.interface import Handler
from chainview.actor.hosts.provided import Imported
from chainview.pack.values import Value
from chainview.replay.run.ask import UNANSWERABLE


class NoHandlers(Mapping[Imported, Handler]):
    """In the place of host functions: whatever is asked is told and ends the call, so that nothing real is reached."""

    def __init__(self, unanswered: Callable[[str, str, Value], str | None]) -> None:
        """`unanswered` may tell for which other reason the call ends."""
        self._unanswered = unanswered

    def __getitem__(self, imported: Imported) -> Handler:
        interface, function = imported

        def unanswerable(input: Value) -> Value:
            reason = self._unanswered(interface, function, input)
            raise CallFailed(reason or f"{UNANSWERABLE} {interface}.{function}", broken=True)

        return unanswerable

    def __iter__(self) -> Iterator[Imported]:
        return iter(())

    def __len__(self) -> int:
        return 0

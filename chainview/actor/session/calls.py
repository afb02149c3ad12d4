"""The calls of one actor: what its agenda asks for is made, told while it runs, and answered to whoever waits."""

from __future__ import annotations

from collections.abc import Callable

from chainview.actor.actor import Actor
from chainview.actor.exports import Request
from chainview.actor.hosts.registry.message_server import Router
from chainview.actor.hosts.registry.timer import TICK
from chainview.actor.returned import CallOutcome
from chainview.actor.session.agenda import Agenda, Tick
from chainview.actor.session.family import Family
from chainview.actor.session.host import SessionHost
from chainview.actor.session.mailbox import Callback, error_of
from chainview.chain.event import OUTSIDE
from chainview.chain.failure import INTERRUPTED
from chainview.pack.values import String


class Calls:
    """Makes the calls of an actor on its thread; `failed` are those that failed.

    `cut_off` says whether one was interrupted because the actor was to end.
    """

    def __init__(
        self, agenda: Agenda, host: SessionHost, family: Family, told: Callable[[CallOutcome], None] | None
    ) -> None:
        """`told` is told how each call ended."""
        self.failed: list[CallOutcome] = []
        self.cut_off = False
        self._agenda = agenda
        self._host = host
        self._family = family
        self._told = told

    def take(self, actor: Actor, work: Request | Callback | Tick) -> CallOutcome:
        """Does what the agenda asks for; a timer whose tick failed is stopped."""
        if isinstance(work, Request):
            if work.is_message and not self._family.shared("messages", Router).takes(self._host.actor_id):
                reason = "the actor has not registered with the message server, so that no message reaches it"
                return self.make(work.symbol, lambda: CallOutcome(work.symbol, error=reason, reason=reason))
            # What nobody noted may be inferred, where there are others who may have sent it.
            trigger = None if self._family.folder is None else OUTSIDE
            return self.make(work.symbol, lambda: actor.call(work.symbol, work.params, trigger))
        if isinstance(work, Callback):
            outcome = self.make(work.function, lambda: actor.call(work.function, work.params, work.trigger))
            if outcome.response is None:
                work.fail(error_of(outcome))
            else:
                work.answer(outcome.response)
            return outcome
        outcome = self.make(TICK, lambda: actor.call(TICK, String(work.timer)))
        if not outcome.ok:
            self._host.stop_timer(work.timer)
        return outcome

    def make(self, function: str, call: Callable[[], CallOutcome]) -> CallOutcome:
        """Makes a call in the family's turn, and tells of it while it runs and how it ended."""
        self._agenda.began(function)
        with self._family.turns.taken():
            outcome = call()
        self._agenda.finished()
        self.cut_off = self.cut_off or (self._agenda.stopping and outcome.reason == INTERRUPTED)
        if not outcome.ok:
            self.failed.append(outcome)
        if self._told is not None:
            self._told(outcome)
        return outcome

"""Why an actor ends, how its chain tells that, and how its family is told."""

from __future__ import annotations

from concurrent.futures import Future

from chainview.actor.hosts.family import ActorError, Ended, SpawnFailed, SpawnStage, Way
from chainview.actor.module import ImportsRefused, ModuleError
from chainview.actor.returned import CallOutcome
from chainview.actor.session.host import SessionHost
from chainview.actor.session.mailbox import error_of
from chainview.chain.event import Trigger
from chainview.chain.lifecycle import KILLED, STOPPED, Lifecycle, completed, failed
from chainview.system.errors import ChainviewError


class Fate:
    """What is known of one actor's end: any thread may ask for it, the actor's thread decides it."""

    def __init__(self, host: SessionHost) -> None:
        self._host = host
        self._asked: Lifecycle | None = None
        self._asked_by: Trigger | None = None
        self.trigger: Trigger | None = None
        """Which actor of the family ended it, once that is decided."""
        self._error: ActorError | None = None
        self._failure: Lifecycle | None = None
        self._recorded: Lifecycle | None = None

    def ask(self, ending: Lifecycle, trigger: Trigger | None = None) -> None:
        """Someone wants it to end; who came first is recorded, but that it was killed comes before all."""
        if self._asked is None or (ending is KILLED and self._asked is not KILLED):
            self._asked, self._asked_by = ending, trigger

    def fail(self, outcome: CallOutcome) -> str:
        """It ends because a call failed; the sentence that says so."""
        self._error, self._failure = error_of(outcome), failed(outcome.error or "")
        return f"stopped after a failed call: {outcome.reason}"

    def decided(self, message: str) -> tuple[str, Lifecycle]:
        """Why it ends, given why a call ends it, and how its chain tells that."""
        ending = self._failure or self._asked or STOPPED
        if self._asked is KILLED:
            message, ending, self._error = "the actor was killed", KILLED, None
        elif self._host.ending:
            message, ending = "the actor shut itself down", completed(self._host.handed_over)
        self._recorded = ending
        self.trigger = self._asked_by if ending is self._asked else None
        return message, ending

    def tell_initialized(self, initialized: Future[None]) -> None:
        """Its init is done, or has failed."""
        if self._error is None:
            initialized.set_result(None)
        else:
            initialized.set_exception(SpawnFailed(self._error.text, SpawnStage.INIT))

    def not_begun(self, failure: ChainviewError | None) -> SpawnFailed:
        """What is told of one whose init was not called."""
        if failure is None:
            return SpawnFailed("it was stopped before it began")
        if isinstance(failure, ImportsRefused):
            return SpawnFailed(failure.sentence, SpawnStage.IMPORTS, self._host.actor_id)
        stage = SpawnStage.MODULE if isinstance(failure, ModuleError) else SpawnStage.SETUP
        return SpawnFailed(failure.sentence, stage, self._host.actor_id)

    def ended(self, failure: ChainviewError | None, events: int) -> Ended:
        """How it ended, with what kept it from going on, and how many events it recorded."""
        error = self._error
        if failure is not None:
            error = error or ActorError("unexpected-error", f"Unexpected error: {failure.sentence}")
        way = Way.COMPLETED if self._host.ending and self._recorded is not KILLED else Way.STOPPED
        return Ended(
            self._host.actor_id,
            way if error is None else Way.FAILED,
            error,
            self._host.handed_over,
            self._recorded,
            events,
        )

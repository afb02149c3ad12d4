"""A running actor on a thread of its own: calls queue up, timers tick; it can be paused, interrupted and stopped."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path

from chainview.actor.actor import Actor, CallOutcome
from chainview.actor.engine.loading import LoadedModule
from chainview.actor.exports import CallRefused, Export, Request, exports_of, parse_call
from chainview.actor.hosts.registry.timer import TICK
from chainview.actor.module import ModuleError
from chainview.actor.session.host import SessionHost
from chainview.actor.session.launch import Launch, prepare, successor
from chainview.actor.session.options import Options
from chainview.actor.session.status import Phase, Status
from chainview.chain.payload import INIT
from chainview.chain.state_chain import StateChain
from chainview.pack.values import UNIT, String, Value
from chainview.system.errors import ChainviewError

GRACE_SECONDS = 0.5
_ADOPT: tuple[str, Value] = "", UNIT
"""In place of work: another build is there to go on with."""


class Session:
    """Runs one actor. The module loads, and every call runs, on the session's thread.

    `failure` is what kept it from starting or from going on; `on_outcome` is told how each call ended, on that thread.
    """

    def __init__(self, options: Options, on_outcome: Callable[[CallOutcome], None] | None = None) -> None:
        self.options = options
        self.chain = StateChain(options.schema)
        self.chain_path: Path | None = None
        self.failure: ChainviewError | None = None
        self.warnings: tuple[str, ...] = options.target.warnings
        self._on_outcome = on_outcome
        self._host = SessionHost(self.chain)
        self._launch: Launch | None = None
        self._actor: Actor | None = None
        self._adopting: tuple[LoadedModule, Value] | None = None
        self._exports: tuple[Export, ...] = ()
        self._queue: deque[Request] = deque()
        self._phase = Phase.STARTING
        self._message = ""
        self._function: str | None = None
        self._since = 0
        self._calls = self._failed = 0
        self._paused = self._stopping = False
        self._held_by: set[object] = set()
        self._changed = threading.Condition()
        self._started = threading.Event()
        self._quiet = threading.Event()
        # Waited for in place of the thread: on Python 3.11 a join that ^C interrupted makes the next return at once.
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._work, name="actor", daemon=True)

    def start(self) -> None:
        """Starts the session's thread."""
        self._thread.start()

    def status(self) -> Status:
        """What the session is doing now."""
        with self._changed:
            return Status(
                Phase.PAUSED if self._paused and self._phase is Phase.IDLE else self._phase,
                self.options.target.module.name,
                self._function,
                self._since,
                self._calls,
                self._failed,
                self._host.timers,
                len(self._queue),
                self._message,
            )

    @property
    def loaded(self) -> LoadedModule | None:
        """The module that the actor was started with; None until it is loaded."""
        return self._launch.loaded if self._launch else None

    @property
    def state(self) -> Value:
        """The actor's state; it stands still while `hold` says so."""
        adopting, actor = self._adopting, self._actor
        if adopting is not None:
            return adopting[1]
        return UNIT if actor is None else actor.state

    @property
    def paused(self) -> bool:
        """Whether no further call may begin."""
        return self._paused

    def exports(self) -> tuple[Export, ...]:
        """What can be called; empty until the module is loaded."""
        return self._exports

    def check(self, text: str) -> str | None:
        """Why a typed call does not fit; None when it does."""
        try:
            parse_call(text, self.exports())
        except CallRefused as refused:
            return refused.reason
        return None

    def call(self, text: str) -> None:
        """Queues a typed call; raises CallRefused when it does not fit, or when the actor has ended."""
        request = parse_call(text, self.exports())
        with self._changed:
            if self._stopping or self._phase.over:
                raise CallRefused("the actor has ended: start it again to call it")
            self._queue.append(request)
            self._quiet.clear()
            self._changed.notify()

    def pause(self) -> None:
        """Lets no further call or tick begin; a running call goes on."""
        with self._changed:
            self._paused = True

    def resume(self) -> None:
        """Lets calls and ticks begin again."""
        with self._changed:
            self._paused = False
            self._changed.notify()

    def hold(self, by: object) -> bool:
        """Lets no further call or tick begin until all who hold it `release` it; whether none runs now.

        Then the chain stands still.
        """
        with self._changed:
            self._held_by.add(by)
            return self._phase is not Phase.RUNNING

    def release(self, by: object) -> None:
        """Lets calls and ticks begin again after `hold`, where nobody else holds it."""
        with self._changed:
            self._held_by.discard(by)
            self._changed.notify()

    def adopt(self, loaded: LoadedModule, state: Value) -> None:
        """Goes on with another build of the module, from a state and with the timers of the running one.

        The change happens between two calls, on the session's thread. The imports must have passed `refuse_missing`.
        """
        with self._changed:
            self._adopting = loaded, state
            self._changed.notify()

    def interrupt(self) -> bool:
        """Ends the running call, which fails; False when none runs."""
        return self._actor is not None and self._actor.interrupt()

    def stop(self) -> None:
        """Ends the actor once the running call is done; a living actor gets its `shutdown` event."""
        with self._changed:
            self._stopping = True
            self._changed.notify()

    def wait_started(self) -> ChainviewError | None:
        """Waits until the actor is about to be called for the first time; why it can't be, or None."""
        self._started.wait()
        return self.failure if self._launch is None else None

    def wait_quiet(self, seconds: float) -> bool:
        """Waits until the session has ended, or has nothing to do and no timer that could change that."""
        return self._quiet.wait(seconds)

    def close(self, grace: float = GRACE_SECONDS) -> None:
        """Ends the session for good, interrupting a call that outlasts `grace` seconds; safe to repeat."""
        self.stop()
        if self._thread.ident is None:
            return
        over = self._ended.wait(grace)
        while not over:
            self.interrupt()
            over = self._ended.wait(0.2)

    def _work(self) -> None:
        try:
            self._launch = prepare(self.options, self._host, self.chain)
            self.chain_path = self._launch.writer.path
            self.warnings += self._launch.warnings
            self._started.set()
            self._run(self._launch)
        except ChainviewError as error:
            self.failure = error
        # The one place where an unforeseen error of the engine or of ours becomes a message.
        except Exception as error:
            text = f"{type(error).__name__}: {error}"
            self.failure = ChainviewError(f"chainview itself failed while it ran the actor ({text})")
        finally:
            self._finish()

    def _run(self, launch: Launch) -> None:
        actor = self._actor = launch.actor
        self._exports = launch.exports
        with self._changed:
            self._queue.extend(launch.requests)
        if launch.is_actor:
            self._make(INIT, lambda: actor.initialize(launch.state))
        while not self._host.ending:
            work = self._next_work()
            if work is None:
                break
            if work is _ADOPT:
                actor = self._current(actor)
                continue
            function, params = work
            outcome = self._make(function, lambda: actor.call(function, params))  # noqa: B023 - called at once
            if not outcome.ok and function == TICK and isinstance(params, String):
                self._host.stop_timer(params.value)
            if not outcome.ok and self.options.stop_on_error:
                self._message = f"stopped after a failed call: {outcome.error}"
                break
        if self._host.ending:
            self._message = "the actor shut itself down"
        elif launch.is_actor:
            actor.shut_down()

    def _current(self, actor: Actor) -> Actor:
        with self._changed:
            adopting, self._adopting = self._adopting, None
        if adopting is None:
            return actor
        loaded, state = adopting
        try:
            adopted = successor(loaded, state, self._host, self.chain, self.options.limits)
        except ModuleError as refused:
            self._message = f"the running build goes on: {refused.sentence}"
            return actor
        actor.close()
        self._actor, self._exports = adopted, exports_of(loaded)
        return adopted

    def _next_work(self) -> tuple[str, Value] | None:
        with self._changed:
            while not self._stopping:
                if self._adopting is not None:
                    return _ADOPT
                if not self._paused and not self._held_by:
                    if self._queue:
                        request = self._queue.popleft()
                        self._phase = Phase.RUNNING
                        return request.symbol, request.params
                    timer = self._host.due_timer()
                    if timer is not None:
                        self._phase = Phase.RUNNING
                        return TICK, String(timer)
                until_tick = self._host.seconds_to_tick()
                if not self._queue and until_tick is None:
                    self._quiet.set()
                self._changed.wait(None if self._paused or self._held_by else until_tick)
            return None

    def _make(self, function: str, call: Callable[[], CallOutcome]) -> CallOutcome:
        with self._changed:
            self._phase, self._function, self._since = Phase.RUNNING, function, time.monotonic_ns()
        outcome = call()
        with self._changed:
            self._phase, self._function = Phase.IDLE, None
            self._calls += 1
            self._failed += not outcome.ok
        if self._on_outcome is not None:
            self._on_outcome(outcome)
        return outcome

    def _finish(self) -> None:
        if self._actor is not None:
            self._actor.close()
        if self._launch is not None:
            try:
                self._launch.writer.close()
            except ChainviewError as error:
                self.failure = self.failure or error
        with self._changed:
            self._phase = Phase.FAILED if self.failure else Phase.ENDED
            self._message = self.failure.sentence if self.failure else self._message or "stopped"
            self._function = None
            self._queue.clear()
        self._started.set()
        self._quiet.set()
        self._ended.set()

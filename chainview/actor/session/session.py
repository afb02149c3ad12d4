"""A running actor on a thread of its own: it can be called, paused, interrupted, given another build, and stopped."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path

from chainview.actor.actor import Actor
from chainview.actor.engine.loading import LoadedModule
from chainview.actor.exports import CallRefused, Export, exports_of, messages_of, parse_call
from chainview.actor.given_answers import GivenAnswers
from chainview.actor.hosts.family import Ended
from chainview.actor.manifest import Target
from chainview.actor.module import ModuleError
from chainview.actor.rebuild import PastCall
from chainview.actor.returned import CallOutcome
from chainview.actor.session.agenda import Adoption, Agenda
from chainview.actor.session.calls import Calls
from chainview.actor.session.family import Family, FamilyMember
from chainview.actor.session.fate import Fate
from chainview.actor.session.host import SessionHost
from chainview.actor.session.launch import Launch, kept_calls, open_file, prepare, refuse_unanswered, successor
from chainview.actor.session.mailbox import Inquiry
from chainview.actor.session.options import Options
from chainview.actor.session.status import Phase, SessionLike, Status
from chainview.chain.event import Event, Trigger
from chainview.chain.files.native.rescue import Loss
from chainview.chain.files.native.writer import ChainWriter
from chainview.chain.lifecycle import KILLED, STOPPED, Lifecycle
from chainview.chain.payload import INIT
from chainview.chain.schema import Schema
from chainview.chain.state_chain import StateChain
from chainview.pack.values import UNIT, Value
from chainview.system.errors import ChainviewError, failed_itself

GRACE_SECONDS = 0.5


class Session:
    """Runs one actor. The module loads, and every call runs, on the session's thread.

    `failure` is what kept it from starting or from going on; `on_outcome` is told how each call ended, on that thread.
    What it spawns is of its `family`, whose root is the session that was not made by another one.
    """

    def __init__(
        self,
        options: Options,
        on_outcome: Callable[[CallOutcome], None] | None = None,
        *,
        family: Family | None = None,
        spawned_by: Trigger | None = None,
    ) -> None:
        self.options = options
        self.chain = StateChain()
        self.failure: ChainviewError | None = None
        self._warnings: tuple[str, ...] = options.target.warnings
        self.family = family or Family(options, self._child)
        self.initialized = Future[None]()
        """Done once init was called, where there is one; fails with SpawnFailed where that failed."""
        self.over = Future[Ended]()
        """How it ended, once it has."""
        given, name = GivenAnswers(options.answers), options.target.name
        self._host = SessionHost(self.chain, options.leave, self.family, spawned_by, options.terminal, given, name)
        self._agenda = Agenda(self._host)
        self._calls = Calls(self._agenda, self._host, self.family, on_outcome)
        self._launch: Launch | None = None
        self._writer: ChainWriter | None = None
        self._actor: Actor | None = None
        self._exports: tuple[Export, ...] = ()
        self._fate = Fate(self._host)
        self._started = threading.Event()
        # Waited for in place of the thread: on Python 3.11 a join that ^C interrupted makes the next return at once.
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._work, name="actor", daemon=True)

    def start(self) -> None:
        """Starts the session's thread."""
        self.family.join(self)
        self._thread.start()

    def _child(self, options: Options, spawned_by: Trigger) -> Session:
        return Session(options, family=self.family, spawned_by=spawned_by)

    @property
    def actor_id(self) -> str:
        """What other actors know it by."""
        return self._host.actor_id

    @property
    def name(self) -> str:
        """What a person is told that it is called."""
        return self._host.name

    @property
    def parent_id(self) -> str | None:
        """The id of the actor that spawned it; None for the root."""
        return self._host.parent_id

    @property
    def can_be_watched(self) -> bool:
        """Whether its module was loaded from a file, whose new builds are builds of it."""
        return self.loaded is not None and self.options.from_file

    @property
    def exported(self) -> tuple[str, ...]:
        """The interfaces that its module declares to export, in its order."""
        return () if self.loaded is None else self.loaded.declared_interfaces

    def tell_of_family(self, told: Callable[[SessionLike], None]) -> None:
        """Lets `told` be told of each actor of its family that is about to begin, on any thread."""

        def tell(member: FamilyMember) -> None:
            assert isinstance(member, Session)
            told(member)

        self.family.tell(tell)

    @property
    def awaits(self) -> str | None:
        """The actor of the family that the running call waits for."""
        return self._host.awaits

    @property
    def quiet(self) -> threading.Event:
        """Set while it has nothing to do, and nothing could change that but another actor."""
        return self._host.mailbox.quiet

    def call_back(self, function: str, params: Value, trigger: Trigger | None = None) -> Future[Value]:
        """Lets it be called once its turn comes; the future has the response, or fails with CallbackFailed."""
        return self._host.call_back(function, params, trigger)

    def state_now(self) -> Future[Value]:
        """Its state once the call that runs has ended; fails with CallbackFailed where it has ended."""
        return self._host.mailbox.inquire()

    @property
    def recorded(self) -> int:
        """How many events its chain holds by now."""
        return self.chain.count

    def watch(self, told: Callable[[Event, int], None]) -> Callable[[], None]:
        """Lets `told` be told of each event and its number, on the session's thread, until the result is called."""
        return self.chain.tell(told)

    def status(self) -> Status:
        """What the session is doing now."""
        status = self._agenda.status(self.options.target.module.name)
        return status if self.awaits is None else replace(status, awaited=self.family.awaited_by(self.actor_id).words)

    @property
    def chain_path(self) -> Path | None:
        """The chain file; None until the module is loaded. It is another one once the chain had to be written again."""
        return None if self._writer is None else self._writer.path

    @property
    def family_folder(self) -> Path | None:
        """The folder of all chains of its family, where that may be more than one actor."""
        return self.family.folder

    @property
    def loss(self) -> Loss | None:
        """What became of the chain file while it was written, where the chain was not written again yet."""
        return None if self._writer is None else self._writer.loss

    @property
    def rescues(self) -> tuple[str, ...]:
        """A sentence for each time that the chain, and of a root the index of its family, had to be written again."""
        of_family = self.family.rescues if self.parent_id is None else ()
        return of_family if self._writer is None else self._writer.rescues + of_family

    def rescue(self) -> None:
        """Writes the chain again, whole, into a new file, and goes on in that; it is done at the end by itself."""
        if self._writer is not None:
            self._writer.rescue()

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a person should know of the actor, a sentence each."""
        return self._warnings + self._host.warnings

    @property
    def news(self) -> tuple[str, ...]:
        """What a person is told of its family's actors while they run, each by its name, oldest first."""
        return self.family.news

    @property
    def loaded(self) -> LoadedModule | None:
        """The module that the actor was started with; None until it is loaded."""
        return self._launch.loaded if self._launch else None

    @property
    def state(self) -> Value:
        """The actor's state; it stands still while `hold` says so."""
        held = self._agenda.adoption or self._actor
        return UNIT if held is None else held.state

    @property
    def paused(self) -> bool:
        """Whether no further call may begin."""
        return self._agenda.paused

    def exports(self) -> tuple[Export, ...]:
        """What can be called; empty until the module is loaded."""
        return self._exports

    def check(self, text: str) -> CallRefused | None:
        """What refuses a typed call that does not fit; None when it does."""
        try:
            parse_call(text, self.exports())
        except CallRefused as refused:
            return refused
        return None

    def call(self, text: str) -> None:
        """Queues a typed call; raises CallRefused when it does not fit, or when the actor has ended."""
        self._agenda.add(parse_call(text, self.exports()))

    def pause(self) -> None:
        """Lets no further call or tick begin; a running call goes on."""
        self._agenda.pause()

    def resume(self) -> None:
        """Lets calls and ticks begin again."""
        self._agenda.resume()

    def hold(self, by: object) -> bool:
        """Lets no call or tick begin until all who hold it `release` it; whether none runs, so it stands still."""
        return self._agenda.hold(by)

    def release(self, by: object) -> None:
        """Lets calls and ticks begin again after `hold`, where nobody else holds it."""
        self._agenda.release(by)

    def refuse_unanswered(self, loaded: LoadedModule) -> None:
        """Raises ModuleError for a build whose imports nobody would answer."""
        refuse_unanswered(loaded, self._host, self.options)

    def adopt(self, loaded: LoadedModule, state: Value) -> None:
        """Goes on with another build of the module, from a state and with the timers of the running one.

        The change happens between two calls, on the session's thread. The imports must have passed `refuse_unanswered`.
        """
        self._agenda.adopt(Adoption(loaded, state))

    def interrupt(self, *, waiting: bool = False) -> bool:
        """Ends the running call, or only one that is `waiting` for something, which fails; False when there is none."""
        return self._actor is not None and self._actor.interrupt(waiting=waiting)

    @property
    def target(self) -> Target:
        """What it runs, and what its manifest says."""
        return self.options.target

    def stop(self, ending: Lifecycle = STOPPED, trigger: Trigger | None = None) -> None:
        """Ends the actor once the running call is done; a living actor gets its `shutdown` event.

        On the main branch that is `terminated`, as the `ending` that was given first says.
        """
        self._fate.ask(ending, trigger)
        self._agenda.stop()
        self._host.stop()
        if not self._agenda.begun:
            # It never will, and nobody is to wait until its module is loaded.
            self._started.set()

    def kill(self, trigger: Trigger | None = None) -> None:
        """Ends the actor with the call that runs; to be repeated until it is over, as one may be about to begin."""
        self.stop(KILLED, trigger)
        self.interrupt()

    def wait_started(self) -> ChainviewError | None:
        """Waits until the actor is about to be called for the first time; why it can't be, or None."""
        self._started.wait()
        return None if self._launch else self.failure or ChainviewError("the actor was stopped before it began")

    def wait_quiet(self, seconds: float | None = None) -> bool:
        """Waits until its family has nothing to do, or has ended, and nothing from outside could change that."""
        return self.family.wait_quiet(seconds)

    @property
    def failed_calls(self) -> Sequence[CallOutcome]:
        """The calls that failed, in their order."""
        return self._calls.failed

    @property
    def unfinished(self) -> bool:
        """Whether it was ended while a call ran, or with calls left that were asked for."""
        return self._calls.cut_off or self.calls_left > 0

    @property
    def calls_left(self) -> int:
        """How many calls that were asked for have not begun."""
        return len(self.options.calls) if self._launch is None else self._host.mailbox.asked_for

    def close(self, grace: float = GRACE_SECONDS) -> None:
        """Ends it and its family for good, interrupting calls that outlast `grace` seconds; safe to repeat."""
        self.end(grace)
        self.family.close(grace)

    def end(self, grace: float) -> None:
        """Ends it alone for good, interrupting a call that outlasts `grace` seconds; safe to repeat.

        One whose module is still loaded writes no chain, and is waited for by nobody.
        """
        self.stop()
        if self._thread.ident is None or not self._agenda.begun:
            return
        while not self._ended.wait(grace):
            self.interrupt()
            grace = 0.2

    def _work(self) -> None:
        message = ""
        try:
            launch = prepare(self.options, self._host, self.chain, history=self._past_calls)
            if not self._agenda.begin():
                launch.actor.close()
                return
            self._writer = open_file(self.options, launch, self.chain, self._host)
            self._warnings += launch.warnings
            self._launch = launch
            self._started.set()
            message = self._run(launch)
        except ChainviewError as error:
            self.failure = error
        # The one place where an unforeseen error of the engine or of ours becomes a message.
        except Exception as error:
            self.failure = failed_itself(error, "ran the actor")
        finally:
            self._finish(message)

    def _run(self, launch: Launch) -> str:
        """Calls the actor until nothing more may begin; why that is so, where it was not asked to stop."""
        actor = self._actor = launch.actor
        self._exports = launch.exports
        self._agenda.start_with(launch.requests)
        message = ""
        if launch.is_actor and self.options.with_init:
            message = self._after(self._calls.make(INIT, lambda: actor.initialize(launch.state, self._host.spawned_by)))
        self._fate.tell_initialized(self.initialized)
        while not message and not self._host.ending and (work := self._agenda.next()) is not None:
            if isinstance(work, Adoption):
                actor = self._take_over(actor, work)
                continue
            if isinstance(work, Inquiry):
                work.state.set_result(actor.state_now())
                continue
            message = self._after(self._calls.take(actor, work))
        message, ending = self._fate.decided(message)
        if launch.is_actor:
            actor.shut_down(ending, self._fate.trigger)
        return message

    def _after(self, outcome: CallOutcome) -> str:
        """Why the actor ends after a call; empty where it goes on."""
        return "" if outcome.ok or not self.options.stop_on_error else self._fate.fail(outcome)

    def _take_over(self, actor: Actor, adoption: Adoption) -> Actor:
        """The actor of the build that takes over; the one before where that does not start."""
        try:
            adopted = successor(adoption.loaded, adoption.state, self._host, self.chain, self.options, self._past_calls)
        except ModuleError as refused:
            self._warnings += (f"the running build goes on: {refused.sentence}",)
            return actor
        actor.close()
        exports = exports_of(adoption.loaded, self.chain.schema)
        self._actor, self._exports = adopted, (*exports, *messages_of(adoption.loaded))
        return adopted

    def _past_calls(self) -> Sequence[PastCall]:
        return () if self._writer is None else kept_calls(self._writer.path)

    def _finish(self, message: str) -> None:
        try:
            if self._actor is not None:
                self._actor.close()
            self._host.close()
            if self._writer is not None:
                self._writer.close()
        except ChainviewError as error:
            self.failure = self.failure or error
        finally:
            # Whoever waits for the end gets it, whatever closing brought.
            failed = self.failure
            self._agenda.ended(*((Phase.FAILED, failed.sentence) if failed else (Phase.ENDED, message or "stopped")))
            self._started.set()
            self._part()
            self._ended.set()

    def _part(self) -> None:
        """Tells the family that it has ended, and how."""
        self.family.part(self, with_children=self.chain.schema is not Schema.LIFECYCLE)
        if not self.initialized.done():
            self.initialized.set_exception(self._fate.not_begun(self.failure))
        self.over.set_result(self._fate.ended(self.failure, self.chain.count))

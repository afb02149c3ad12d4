"""An actor that a program calls on its own thread, without a session around it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from chainview.actor.answers import given_answers
from chainview.actor.exports import CallRefused, Export, parse_call
from chainview.actor.given_answers import GivenAnswers
from chainview.actor.interceptors import CallInterceptor
from chainview.actor.limits import DEFAULT_LIMITS, Limits
from chainview.actor.manifest import find_target
from chainview.actor.returned import CallOutcome
from chainview.actor.session.family import Family
from chainview.actor.session.host import SessionHost
from chainview.actor.session.launch import Launch, open_file, prepare
from chainview.actor.session.options import Options
from chainview.chain.files.native.writer import ChainWriter
from chainview.chain.lifecycle import STOPPED, completed
from chainview.chain.schema import Schema
from chainview.chain.state_chain import StateChain
from chainview.pack.values import Value


class LoadedActor:
    """An actor whose init was called, or a package; made by `load_actor`. Only the thread that made it may call it.

    `chain` holds every event so far. Timers tick only when the program calls their callback itself.
    """

    def __init__(self, launch: Launch, chain: StateChain, host: SessionHost, writer: ChainWriter | None) -> None:
        self.chain = chain
        self.started: CallOutcome | None = None
        """How init ended; None for a package, which has none."""
        self._launch = launch
        self._host = host
        self._writer = writer
        self._closed = False
        try:
            if launch.is_actor:
                self.started = launch.actor.initialize(launch.state)
        except BaseException:
            self.close()
            raise

    @property
    def exports(self) -> tuple[Export, ...]:
        """What can be called, with its signature."""
        return self._launch.exports

    @property
    def state(self) -> Value:
        """The state that the last call which succeeded left; the unit for a package.

        Of an actor that keeps its state inside the module it is what that showed last, the unit where it shows nothing.
        """
        actor = self._launch.actor
        return actor.question.value if self.chain.schema is Schema.LIFECYCLE else actor.state

    @property
    def ended(self) -> bool:
        """Whether the actor shut itself down, or was closed: it can't be called any more."""
        return self._closed or self._host.ending

    def call(self, text: str) -> CallOutcome:
        """Calls an export as at the prompt, such as `increment(5s32)`; the outcome tells whether the call failed.

        Raises CallRefused, and records nothing, for a call that does not fit what the module declares, and after the
        end.
        """
        request = parse_call(text, self.exports)
        if self.ended:
            raise CallRefused("the actor has ended: load it again to call it")
        return self._launch.actor.call(request.symbol, request.params)

    def interrupt(self) -> bool:
        """Ends the running call, from any thread; False when none runs."""
        return self._launch.actor.interrupt()

    def close(self) -> None:
        """Stops the actor, which records `shutdown` unless it ended itself, and closes the file; safe to repeat."""
        if self._closed:
            return
        self._closed = True
        try:
            if self._launch.is_actor:
                self._launch.actor.shut_down(completed(self._host.handed_over) if self._host.ending else STOPPED)
        finally:
            self._launch.actor.close()
            self._host.close()
            if self._writer is not None:
                self._writer.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def load_actor(
    actor: str | Path,
    *,
    output: str | Path | None = None,
    state: str | None = None,
    schema: Schema | None = None,
    limits: Limits = DEFAULT_LIMITS,
    stub: bool = False,
    allow: str | Sequence[str] = (),
    answers: str | Path | Sequence[str] = (),
    answers_from: str | Path | None = None,
    force: bool = False,
    intercept: Callable[[StateChain], CallInterceptor] | None = None,
) -> LoadedActor:
    """Loads a module or a manifest, and calls init with `state`, a literal, or with what the manifest gives.

    `schema` is that of the module's generation unless it is given, as it has to be where nothing tells it. The chain
    stays in memory and, with `output`, is written to that file while it grows. `stub` answers imports that nobody
    provides with the default of their type; `allow` lets the actor use interfaces that reach outside, each a `NAME` or
    a `NAME:LIMIT` as behind `--allow`; `answers`, a file or its lines, and `answers_from`, a chain, answer host calls
    as behind the options of these names; `intercept` makes the interceptor for the chain, in place of one that records.
    Nothing can be spawned: `record_actor` runs families. Raises ChainviewError for whatever keeps the actor from being
    called.
    """
    chain = StateChain(keep=True)
    options = Options(
        find_target(str(actor)),
        schema=schema,
        state=state,
        limits=limits,
        stub=stub,
        answers=given_answers(answers, answers_from),
        allowed=(allow,) if isinstance(allow, str) else tuple(allow),
        output=None if output is None else Path(output),
        force=force,
    )
    host = SessionHost(chain, options.leave, Family(options), answers=GivenAnswers(options.answers))
    launch = prepare(options, host, chain, intercept)
    writer = None if output is None else open_file(options, launch, chain, host)
    return LoadedActor(launch, chain, host, writer)

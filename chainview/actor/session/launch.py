"""From what was asked for to an actor that is ready to be called, and its chain file; nothing is recorded yet."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from chainview.actor.actor import NO_STATE, Actor
from chainview.actor.engine.loading import ENGINE, LoadedModule, read_module
from chainview.actor.exports import (
    CallRefused,
    Export,
    Request,
    check_state,
    exports_of,
    messages_of,
    parse_call,
    read_state,
)
from chainview.actor.generation import chosen_schema, declared_signature, passes_state
from chainview.actor.given_answers import Answered
from chainview.actor.hosts.provided import (
    Imported,
    handlers_for,
    may_spawn,
    reads_own_chain,
    refuse_imports,
    theater_warnings,
)
from chainview.actor.interceptors import CallInterceptor, RecordingInterceptor
from chainview.actor.limits import FamilyShare, limit_settings
from chainview.actor.module import ModuleKind
from chainview.actor.module_cache import keep_module
from chainview.actor.rebuild import History, PastCall, past_calls
from chainview.actor.session.host import SessionHost
from chainview.actor.session.options import Options
from chainview.chain.files.entries.header import ASKS_STATE, IS_ASYNCHRONOUS, Header
from chainview.chain.files.native.writer import ChainWriter
from chainview.chain.files.opened import open_chain
from chainview.chain.payload import INIT
from chainview.chain.schema import Schema
from chainview.chain.state_chain import StateChain
from chainview.pack.cgrf import encode
from chainview.pack.values import UNIT, String, Value
from chainview.system.clock import wall_ns
from chainview.system.version import VERSION


@dataclass(frozen=True, slots=True)
class Launch:
    """An actor that is ready to be called."""

    actor: Actor
    state: Value | None
    exports: tuple[Export, ...]
    requests: tuple[Request, ...]
    loaded: LoadedModule
    warnings: tuple[str, ...]

    @property
    def is_actor(self) -> bool:
        """Whether it has an init, which is called first."""
        return self.loaded.kind is ModuleKind.ACTOR


def prepare(
    options: Options,
    host: SessionHost,
    chain: StateChain,
    intercept: Callable[[StateChain], CallInterceptor] | None = None,
    history: History | None = None,
) -> Launch:
    """Loads the module, and checks state and calls against what it declares.

    The calls are recorded, unless `intercept` makes another interceptor; `history` gives those so far where the chain
    does not keep them. Raises ChainviewError for whatever keeps the actor from running.
    """
    loaded = host.family.compiled(options.module or read_module(options.target.module), options.limits)
    refuse_unanswered(loaded, host, options)
    chain.schema = chosen_schema(loaded, options.schema)
    exports = (*exports_of(loaded, chain.schema), *messages_of(loaded))
    requests = tuple(parse_call(text, exports) for text in options.calls)
    state = _initial_state(options, loaded, exports)
    if reads_own_chain(loaded):
        chain.keep_events()
    actor = _actor(loaded, host, chain, options, intercept, history)
    if state is not None and not options.with_init:
        actor.state = state
    return Launch(actor, state, exports, requests, loaded, tuple(theater_warnings(loaded)))


def refuse_unanswered(loaded: LoadedModule, host: SessionHost, options: Options) -> None:
    """Raises ModuleError for imports that nobody answers, and for answers that were given and do not fit."""
    refuse_imports(loaded, options.leave, stub=options.stub, answered=_answered(loaded, host, options))


def _answered(loaded: LoadedModule, host: SessionHost, options: Options) -> dict[Imported, Answered]:
    others = host.parent_id is not None or may_spawn(loaded)
    return host.answers.of(loaded, options.leave, stub=options.stub, others=others)


def open_file(options: Options, launch: Launch, chain: StateChain, host: SessionHost) -> ChainWriter:
    """The new file in which the chain is kept from now on; the module is kept too.

    Raises ChainviewError when the file can't be made; the actor is closed then.
    """
    family, loaded, name = host.family, launch.loaded, options.target.name
    try:
        with family.place_of(name, may_spawn=may_spawn(loaded)) as path:
            writer = ChainWriter.create(path, _header(options, launch, chain.schema, host), force=options.force)
            try:
                family.note(host.actor_id, host.parent_id, name, path, loaded.file.sha256)
            except BaseException:
                writer.close()
                path.unlink(missing_ok=True)
                raise
    except BaseException:
        launch.actor.close()
        raise
    chain.keep_in(writer)
    family.keep(writer)
    host.chain_file = writer.path
    keep_module(loaded.file)
    return writer


def kept_calls(path: Path) -> Sequence[PastCall]:
    """The calls so far, as the chain's file holds them."""
    with open_chain(path) as opened:
        return list(past_calls(opened.load().table))


def successor(
    loaded: LoadedModule, state: Value, host: SessionHost, chain: StateChain, options: Options, history: History
) -> Actor:
    """An actor of another build that goes on in the same chain; its module is kept. Raises ModuleError.

    It goes on from a state, or, where that is inside the module, from what a closed replay of the chain leads to.
    """
    following = _actor(loaded, host, chain, options, history=history, goes_on=True)
    following.state = state
    keep_module(loaded.file)
    return following


def _actor(
    loaded: LoadedModule,
    host: SessionHost,
    chain: StateChain,
    options: Options,
    intercept: Callable[[StateChain], CallInterceptor] | None = None,
    history: History | None = None,
    *,
    goes_on: bool = False,
) -> Actor:
    host.module = loaded
    answered = _answered(loaded, host, options)
    handlers, stubs = handlers_for(loaded, host, chain.schema, answered)
    marks = {key: each.mark for key, each in answered.items()}

    def fuel() -> int | None:
        return actor.fuel_since_last()

    recording: CallInterceptor = RecordingInterceptor(chain, stubs, fuel if options.limits.fuel else None, marks)
    actor = Actor(
        loaded,
        chain,
        recording if intercept is None else intercept(chain),
        handlers,
        options.limits,
        ask_state=options.ask_state,
        history=history,
        goes_on=goes_on,
        share=FamilyShare(host.family.memory),
    )
    return actor


def _initial_state(options: Options, loaded: LoadedModule, exports: tuple[Export, ...]) -> Value | None:
    if options.initial is not None:
        return options.initial
    if options.state is None and options.target.initial_state is None:
        return None
    if loaded.kind is ModuleKind.PACKAGE:
        raise CallRefused(f"{loaded.file.path} is a package without init: it takes no initial state")
    declared = declared_signature(loaded, INIT)
    if options.state is not None and declared is not None and not declared.params:
        raise CallRefused(f"the init of {loaded.file.path} takes nothing: leave out --state")
    if options.state is not None:
        state = read_state(options.state, exports)
    else:
        state = String(options.target.initial_state or "")
    check_state(state, exports)
    return state


def _header(options: Options, launch: Launch, schema: Schema, host: SessionHost) -> Header:
    loaded, state = launch.loaded, launch.state
    default = UNIT if schema is Schema.BYTES else NO_STATE
    handed_over = passes_state(loaded, schema)
    return Header(
        schema=schema,
        actor_name=options.target.name,
        actor_id="" if host.family.folder is None else host.actor_id,
        module_path=str(loaded.file.path),
        module_sha256=loaded.file.sha256,
        initial_state=encode(default if state is None else state, loaded.version) if handed_over else b"",
        calls=options.calls,
        engine=ENGINE,
        settings={
            **limit_settings(options.limits),
            "stub": options.stub,
            **({"answers": [each.source for each in options.answers]} if options.answers else {}),
            **({} if options.ask_state else {ASKS_STATE: False}),
            **({IS_ASYNCHRONOUS: True} if loaded.asynchronous else {}),
        },
        time_ns=wall_ns(),
        writer=f"chainview {VERSION}",
    )

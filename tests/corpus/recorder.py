"""Recording a run the way a session does, with a host that may do what a recording does not hold."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from chainview.actor.actor import NO_STATE, Actor
from chainview.actor.engine.loading import ENGINE, LoadedModule
from chainview.actor.exports import exports_of, parse_call
from chainview.actor.hosts.interface import Handler
from chainview.actor.hosts.provided import Imported, handlers_for
from chainview.actor.interceptors import RecordingInterceptor
from chainview.actor.limits import Limits
from chainview.actor.session.host import SessionHost
from chainview.chain.files.entries.entry import Note
from chainview.chain.files.entries.header import Header
from chainview.chain.schema import Schema
from chainview.chain.state_chain import StateChain
from chainview.chain.table import EventTable
from chainview.pack.cgrf import encode
from chainview.pack.values import U64, Value
from chainview.replay.run.build_notes import BuildState, build_note
from chainview.replay.run.recording import Recording

NOW = ("theater:simple/timer", "now")
MOMENT = U64(1_723_550_000_000)


class Forgetful(RecordingInterceptor):
    """Records other outputs than those that the guest gets: `written` tells what is written for some host calls."""

    def __init__(
        self, chain: StateChain, fuel: Callable[[], int | None], written: Mapping[Imported, Callable[[Value], Value]]
    ) -> None:
        super().__init__(chain, fuel=fuel)
        self._written = written

    def after_import(self, interface: str, function: str, input: Value, output: Value) -> None:
        write = self._written.get((interface, function))
        super().after_import(interface, function, input, output if write is None else write(input))


class Recorder:
    """A live run of an actor. Stubs and a clock that stands still answer it, but for `answers`."""

    def __init__(
        self,
        loaded: LoadedModule,
        limits: Limits,
        answers: Mapping[Imported, Handler] | None = None,
        written: Mapping[Imported, Callable[[Value], Value]] | None = None,
    ) -> None:
        self.made_by = [loaded]
        self._limits, self._answers, self._written = limits, answers or {}, written or {}
        self._chain = StateChain(Schema.VALUES)
        self._events = self._chain.subscribe()
        self.actor = self._started(loaded)
        self.actor.initialize(None)

    def call(self, *texts: str) -> None:
        """Makes calls, as they are typed."""
        for text in texts:
            request = parse_call(text, exports_of(self.made_by[-1]))
            self.actor.call(request.symbol, request.params)

    def go_on_with(self, loaded: LoadedModule, *, noted: bool) -> None:
        """Goes on from the same state on a new instance, as when a build is taken; a note may tell so."""
        if noted:
            number = len(self.made_by) + 1
            self._chain.note(build_note(number, loaded.file.sha256, BuildState.TAKEN, f"build {number}: taken", None))
        state = self.actor.state
        self.actor.close()
        self.made_by.append(loaded)
        self.actor = self._started(loaded)
        self.actor.state = state

    def recording(self) -> Recording:
        """What was recorded, once the actor has been shut down."""
        self.actor.shut_down()
        self.actor.close()
        table, notes = EventTable(), []
        for item in self._events.take(self._events.waiting):
            if isinstance(item, Note):
                notes.append(replace(item, after=len(table)))
            else:
                table.append(*item)
        sha256, state = self.made_by[0].file.sha256, encode(NO_STATE)
        return Recording(table, Schema.VALUES, Header(module_sha256=sha256, initial_state=state, engine=ENGINE), notes)

    def _started(self, loaded: LoadedModule) -> Actor:
        handlers, _ = handlers_for(loaded, SessionHost(StateChain()))
        known: dict[Imported, Handler] = {**handlers, NOW: lambda _: MOMENT, **self._answers}
        interceptor = Forgetful(self._chain, lambda: self.actor.fuel_since_last(), self._written)
        return Actor(loaded, self._chain, interceptor, known, self._limits)

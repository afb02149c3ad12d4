"""Chains that the recorded module makes anew of some calls of its recording, closed off from every host."""

from __future__ import annotations

from chainview.actor.actor import NO_STATE, Actor
from chainview.actor.engine.loading import LoadedModule
from chainview.actor.limits import Limits
from chainview.actor.rebuild import PastCall, past_calls
from chainview.chain.files.entries.entry import Note
from chainview.chain.payload import INIT
from chainview.chain.schema import Schema
from chainview.chain.state_chain import StateChain, Subscription
from chainview.chain.table import EventTable
from chainview.pack.values import UNIT, Value
from chainview.replay.run.compared_chain import RecordEnds
from chainview.replay.run.no_handlers import NoHandlers
from chainview.replay.run.recording import OF_RUNTIME, RecordedCall, Recording
from chainview.suite.shrink.recorded_answers import NotRecorded, RecordedAnswers, SilentFunctions
from chainview.suite.shrink.selection import Made, Selection

_AT_ONCE = 4096


class Remaker:
    """Makes chains of selections by a module, for one thread; `interrupt` aside, which ends the running call."""

    def __init__(self, recording: Recording, loaded: LoadedModule, limits: Limits, initial_state: Value | None) -> None:
        """`initial_state` is the state of the first call, where it is known."""
        self._recording, self._loaded, self._limits = recording, loaded, limits
        self._initial_state = initial_state
        self._silent = SilentFunctions(recording)
        self._running: Actor | None = None

    def interrupt(self) -> None:
        """Ends the running call, from any thread."""
        running = self._running
        if running is not None:
            running.interrupt()

    def make(self, selection: Selection) -> Made | None:
        """The chain of a selection; None where the module asks for what was not recorded."""
        chain, table = StateChain(self._recording.schema), EventTable()
        events = chain.subscribe()
        answers = RecordedAnswers(self._recording, self._silent, chain)

        def calls_so_far() -> list[PastCall]:
            _take(events, table)
            return list(past_calls(table))

        self._running = actor = Actor(
            self._loaded,
            chain,
            answers,
            NoHandlers(answers.unanswered),
            self._limits,
            ask_state=self._recording.asks_state,
            history=calls_so_far,
        )
        try:
            if self._recording.lacks_init and INIT in self._loaded.symbols:
                actor.begin_unrecorded(self._initial_state)
            for place, number in enumerate(selection.calls):
                call = self._recording.call(number)
                if place == 0:
                    actor.state = self._first_state(call)
                answers.begin(call, selection.left_out)
                actor.call(call.function, call.params)
                if number == 0 and call.function == INIT:
                    self._append_turn(chain, call)
                _take(events, table)
        except RecordEnds:
            pass
        except NotRecorded:
            return None
        finally:
            self._running = None
            actor.close()
        _take(events, table)
        return Made(selection, table, tuple(answers.served))

    def _first_state(self, call: RecordedCall) -> Value:
        if self._initial_state is not None:
            return self._initial_state
        return UNIT if self._recording.schema is Schema.BYTES and call.function == INIT else NO_STATE

    def _append_turn(self, chain: StateChain, call: RecordedCall) -> None:
        """What the runtime recorded just behind init, as that the actor was spawned."""
        table, starts = self._recording.table, self._recording.starts
        # What stands behind the last call of all is of the actor's end.
        for index in range(call.stop, starts[1] if len(starts) > 1 else call.stop):
            if table.kinds[index] in OF_RUNTIME:
                chain.append(table.event_type(index), table.payload(index))


def _take(events: Subscription, table: EventTable) -> None:
    while items := events.take(_AT_ONCE):
        for item in items:
            if not isinstance(item, Note):
                table.append(*item)

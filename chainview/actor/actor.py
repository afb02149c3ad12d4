"""An actor, or a package, that is called: its state threaded from call to call, every call recorded in its chain."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace

from chainview.actor.engine.call_failed import CallFailed
from chainview.actor.engine.instance import Instance
from chainview.actor.engine.loading import LoadedModule
from chainview.actor.engine.watchdog import Watchdog
from chainview.actor.generation import declared_signature, passes_state
from chainview.actor.host_calls import HostCalls
from chainview.actor.hosts.interface import Handler
from chainview.actor.hosts.provided import Imported
from chainview.actor.inner_state import ASKING_SECONDS, LARGEST_ASKED, StateQuestion, refuse_host_call
from chainview.actor.interceptors import CallInterceptor
from chainview.actor.limits import Limits, Share
from chainview.actor.module import ModuleError, ModuleKind
from chainview.actor.rebuild import Answering, DefaultAnswers, History, PastAnswers, PastCall, led_through, past_calls
from chainview.actor.returned import (
    CallOutcome,
    HandedOn,
    Refused,
    Returned,
    RunningCall,
    decoded_result,
    read_response,
    read_returned,
)  # fmt: skip
from chainview.actor.terms import Terms
from chainview.chain.event import MODULE_EVENT, SHUTDOWN_EVENT, Event, Extras, Frame, StateGap, Trigger
from chainview.chain.failure import INTERRUPTED, LONGEST_TOLD, OUT_OF_TIME, Failure, recordable
from chainview.chain.lifecycle import SPAWNED, STOPPED, Cause, Lifecycle, encode_lifecycle
from chainview.chain.payload import INIT, arguments, encode_call, encode_error, shutdown_payload
from chainview.chain.schema import Schema
from chainview.chain.shown_states import ShownState
from chainview.chain.state_chain import StateChain
from chainview.chain.table import table_of
from chainview.pack.cgrf import EACH_ALONE, DecodeError, EncodeError, Values, decode
from chainview.pack.cgrf.limits import NEWEST
from chainview.pack.literal import format_literal
from chainview.pack.values import UNIT, Option, Tuple, Value, types
from chainview.pack.values.unread import read
from chainview.system.clock import wall_ns

NO_STATE = Option(types.list_of(types.U8), None)
_Ended = tuple[Returned, bytes]  # What a call returned, and the payload that tells so.


class Actor:
    """Calls a module's exports by Theater's rules; only the thread that made it may use it, `interrupt` aside.

    `handlers` answers every import that the interceptor lets through. A package has no state: its exports get their
    arguments alone and their whole result is the response. Nor is an actor handed its state where the chain's schema is
    `lifecycle`: it keeps that inside the module, and is asked for it between its calls where `ask_state` says so. Once
    its instance has to be given up, another one is made by doing again the calls of `history`, which are those of the
    kept chain unless it is given, closed off from every host; where it `goes_on` it begins with that.
    """

    def __init__(
        self,
        loaded: LoadedModule,
        chain: StateChain,
        interceptor: CallInterceptor,
        handlers: Mapping[Imported, Handler],
        limits: Limits,
        *,
        traces: bool = False,
        ask_state: bool = True,
        history: History | None = None,
        goes_on: bool = False,
        share: Share | None = None,
        values: Values = EACH_ALONE,
    ) -> None:
        """`traces` looks at the stack of an asynchronous guest whenever it asks, for `guest_stack`; that takes time."""
        self._state: Value = UNIT
        """It may be Unread."""
        self._loaded, self._version = loaded, loaded.version
        self._chain = chain
        self._interceptor = interceptor
        self._host_calls = HostCalls(interceptor, handlers, loaded.version)
        self._limits, self._share, self._traces = limits, share, traces
        self._is_actor = loaded.kind is ModuleKind.ACTOR
        self._schema = chain.schema
        self._passes_state = passes_state(loaded, chain.schema)
        self._terms = Terms(loaded, passes_state=self._passes_state, values=values)
        self._handed_on = HandedOn(chain.schema, loaded.version, values)
        # What an asynchronous module keeps is gone with each call: there is nothing to ask for or to lead back to.
        self._keeps_state = self._is_actor and chain.schema is Schema.LIFECYCLE and not loaded.asynchronous
        self.question = StateQuestion(loaded, wanted=ask_state and self._keeps_state)
        """Asks for the state inside the module, and knows what it was last."""
        self._history = history or (lambda: list(past_calls(table_of(chain.events))))
        self._unrecorded: PastCall | None = None
        """The init that led every instance to where the chain begins, where that lacks it."""
        self._running: RunningCall | None = None
        self._fuel_mark = 0
        self._watchdog = Watchdog(loaded.engine, loaded.file.data, limits.timeout)
        chain.version = loaded.version
        self._instance: Instance | None = None
        try:
            self._instance = self._made_again() if goes_on and self._keeps_state else self._new_instance()
        except BaseException:
            # Nobody gets to close what was not made.
            self.close()
            raise

    def initialize(self, state: Value | None, trigger: Trigger | None = None) -> CallOutcome:
        """Calls an actor's init as the release that wrote the chain's schema did.

        Without a state of its own the actor starts with what that release handed over. Under `lifecycle` `state` is the
        configuration that init takes, and an actor that was initialized is recorded as spawned.
        """
        if self._schema is Schema.LIFECYCLE:
            outcome = self.call(INIT, self._configuration(state), trigger)
            if outcome.ok:
                self._record_turn(SPAWNED)
            return outcome
        if self._schema is Schema.BYTES:
            self.state = UNIT if state is None else state
            return self.call(INIT, Tuple((NO_STATE,)), trigger)
        self.state = NO_STATE if state is None else state
        return self.call(INIT, UNIT, trigger)

    def begin_unrecorded(self, configuration: Value | None) -> None:
        """Calls init where the chain lacks its call: host calls are answered by the defaults of their types."""
        self._unrecorded = PastCall(INIT, self._configuration(configuration), (), None)
        self._instance = self._new_instance()

    def call(self, function: str, params: Value, trigger: Trigger | None = None) -> CallOutcome:
        """Calls an export and records the call; a failed one leaves the state as it was.

        Where the interceptor lets others make the calls behind it too, the outcome is that of the last of them.
        """
        unready = self._make_ready()
        call = self._running = RunningCall(function, params, time.monotonic_ns())
        self._chain.append(MODULE_EVENT, self._call_payload(function, params), _noted(trigger))
        try:
            if unready is not None:
                raise CallFailed(unready.sentence, unready.stack, broken=True)
            ended = self._run(call)
        except CallFailed as failed:
            if failed.broken:
                self._let_go()
            message = f"Failed to call function '{call.function}'"
            if self._schema is not Schema.BYTES or not failed.cause:
                cause = failed.cause or f"WASM execution error: {failed.reason}"
                message = f"{message} with input: {self._input_text(call.params)}: {cause}"
            return self._failed(Failure(call.function, recordable(message), failed.reason), failed.stack, call.begun)
        if isinstance(ended, Refused):
            return self._failed(Failure(call.function, recordable(ended.message)), (), call.begun)
        returned, told = ended
        self._state = returned.state
        self._append_end(told, self._extras(call.begun))
        if self._passes_state:
            self._handed_on.keep(returned.state, len(told))
        return CallOutcome(call.function, UNIT if returned.response is None else returned.response)

    def goes_on(self, function: str, params: Value, state: Value | None) -> None:
        """The call that runs is another one by now, since those before it were made and recorded by others.

        `state` is the one that they left, None for the same. Only by the interceptor, while it is serving.
        """
        assert self._running is not None
        self._watchdog.goes_on()
        self._running.goes_on(function, params)
        self.state = self.state if state is None else state

    def shut_down(self, ending: Lifecycle = STOPPED, trigger: Trigger | None = None) -> None:
        """Records how a living actor ended; before `lifecycle` that is told only where the runtime ended it."""
        if self._schema is Schema.LIFECYCLE:
            self._record_turn(ending, trigger)
        elif ending.cause is not Cause.COMPLETED:
            self._chain.append(SHUTDOWN_EVENT, shutdown_payload(self._schema, self._version), _noted(trigger))
            self._chain.call_ended()

    def show_state(self, largest: int = LARGEST_ASKED, seconds: float = ASKING_SECONDS) -> ShownState | None:
        """The state that the living instance shows between two calls; None where there is no instance.

        An instance that asking left half-way is made again for the next call.
        """
        if self._instance is None:
            return None
        try:
            with self._host_calls.closed(refuse_host_call), self._watchdog.watching(seconds):
                return self.question.shown_by(self._instance, largest)
        except CallFailed:
            self._let_go()
            return StateGap.UNKNOWN
        finally:
            self.fuel_since_last()

    def state_now(self) -> Value:
        """The state between two calls: what the module shows of one that it keeps inside, else the unit."""
        if not self._keeps_state:
            return self.state
        shown = self.show_state()
        if shown is not None:
            self.question.taken(shown)
        return self.question.value

    @property
    def state(self) -> Value:
        """The state that the next call is given."""
        return read(self._state)

    @state.setter
    def state(self, state: Value) -> None:
        self._state = state

    @property
    def host_answers(self) -> int:
        """How many host calls a handler answered, rather than the interceptor."""
        return self._host_calls.handled

    def takes(self, function: str, state: Value) -> bool | None:
        """Whether an export can be given a state; None where it does not declare what it takes."""
        return self._terms.takes(function, state)

    def interrupt(self, *, waiting: bool = False) -> bool:
        """Ends the running call, or only one that is `waiting`, from any thread; False when there is none."""
        return self._watchdog.interrupt(waiting=waiting)

    def fuel_since_last(self) -> int | None:
        """The fuel used since this was asked last, which is at each event; None where it is not measured."""
        used = self._instance.fuel_used() if self._instance else None
        if used is None:
            return None
        since, self._fuel_mark = used - self._fuel_mark, used
        return since

    def guest_stack(self) -> tuple[Frame, ...]:
        """The guest's stack at this moment, innermost first; only from inside a host call."""
        return self._instance.guest_stack() if self._instance else ()

    def close(self) -> None:
        """Lets go of the instance; no call may be running."""
        self._let_go()

    def _let_go(self) -> None:
        if self._instance is not None:
            self._instance.close()
            self._instance = None
        if self._share is not None:
            self._share.let_go()

    def _run(self, call: RunningCall) -> _Ended | Refused:
        refusal = self._terms.refusal(call.function, self._state)
        if refusal is not None:
            return Refused(refusal)
        instance = self._ready_instance()
        with self._watchdog.watching():
            output = None
            if self._interceptor.sees_exports:
                output = self._interceptor.before_export(call.function, self._input(call.params))
            if output is None:
                packed = self._packed_input(self._input_unread(call.params))
                with self._interceptor.serving():
                    result = instance.call(call.function, packed)
                again = None if self._interceptor.sees_exports else self._handed_on.again(call.function, result)
                if again is not None:
                    self._terms.takes_for_right(call.function, again[0].state)
                    return again
                output = decoded_result(result, self._version, exactly=self._terms.bind, read=self._handed_on.read)
            self._interceptor.after_export(call.function, self._input(call.params), output)
            return self._ended(call.function, output)

    def _ended(self, function: str, output: Value) -> _Ended | Refused:
        wrong = self._terms.violation(function, output)
        if wrong is not None:
            return Refused(f"Return type violation from '{function}': {wrong}")
        if not self._is_actor:
            returned: Returned | Refused = Returned(UNIT, output)
        else:
            returned = read_returned(output) if self._passes_state else read_response(output)
        if isinstance(returned, Refused):
            return returned
        try:
            payload = self._handed_on.payload(function, output, returned)
        except EncodeError as error:
            raise CallFailed(f"the result can't be recorded: {error.sentence}", broken=True) from None
        return returned, payload

    def _configuration(self, given: Value | None) -> Value:
        """The params of init under `lifecycle`.

        Unsettled: no capture holds an init call. That the configuration stands in a tuple, and the option in the place
        of one that was not given, is what the sources say of what the guest gets, not of what is recorded.
        """
        declared = declared_signature(self._loaded, INIT)
        if given is None and declared is not None and not declared.params:
            return UNIT
        return Tuple((NO_STATE if given is None else given,))

    def _record_turn(self, turn: Lifecycle, trigger: Trigger | None = None) -> None:
        # Unsettled: that `spawned` stands behind the events of init is told by a comment of the sources alone.
        self._chain.append(turn.turn.value, encode_lifecycle(turn, self._version), _noted(trigger))
        self._chain.call_ended()

    def _call_payload(self, function: str, params: Value) -> bytes:
        try:
            return encode_call(self._schema, function, params, self._version)
        except EncodeError:
            # A replay may ask an older build for what only the newest version holds: then the call fails, recorded.
            return encode_call(self._schema, function, params, NEWEST)

    def _packed_input(self, input: Value) -> bytes:
        try:
            return self._handed_on.input(input)
        except EncodeError as error:
            raise CallFailed(f"the input can't be handed over: {error.sentence}", broken=False) from None

    def _ready_instance(self) -> Instance:
        if self._instance is not None and self._instance.spent:
            self._let_go()
        try:
            self._instance = self._instance or self._new_instance()
        except ModuleError as error:
            raise CallFailed(error.sentence, error.stack, broken=True) from None
        return self._instance

    def _input(self, params: Value) -> Value:
        self._state = read(self._state)
        return self._input_unread(params)

    def _input_unread(self, params: Value) -> Value:
        """The input of an export, in which an Unread state stands as it is."""
        items = arguments(params)
        if self._passes_state:
            return Tuple((self._state, *items))
        return items[0] if len(items) == 1 and not self._is_actor else Tuple(items)

    def _input_text(self, params: Value) -> str:
        return format_literal(self._input(params), LONGEST_TOLD)

    def _failed(self, failure: Failure, stack: tuple[Frame, ...], begun: int) -> CallOutcome:
        payload = encode_error(failure.function, failure.message, self._version, self._schema)
        told = Failure(failure.function, failure.message).reason == failure.reason
        event = self._append_end(payload, self._extras(begun, stack, "" if told else failure.beside))
        return CallOutcome(failure.function, error=failure.message, reason=failure.reason, stack=stack, event=event)

    def _append_end(self, payload: bytes, extras: Extras) -> Event:
        shown = self.show_state() if self.question.is_asked else None
        shown = None if shown is None else self.question.taken(shown)
        event = self._chain.append(MODULE_EVENT, payload, extras if shown is None else replace(extras, state=shown))
        self._chain.call_ended()
        return event

    def _extras(self, begun: int, stack: tuple[Frame, ...] = (), reason: str = "") -> Extras:
        return Extras(wall_ns(), time.monotonic_ns() - begun, self.fuel_since_last(), stack, reason)

    def _new_instance(self) -> Instance:
        self._fuel_mark = 0
        with self._watchdog.watching():
            given = self._loaded, self._host_calls.answer, self._limits, self._watchdog
            between = self._interceptor.between(self._loaded.imports)
            instance = Instance(*given, traces=self._traces, share=self._share, between=between)
        self._interceptor.begins(instance.between)
        if self._unrecorded is not None:
            self._does_again(instance, self._unrecorded, DefaultAnswers(self._loaded))
        return instance

    def _make_ready(self) -> ModuleError | None:
        """Makes an instance again that was given up with what it kept; why that can't be done, or None."""
        if self._instance is None and self._keeps_state:
            try:
                self._instance = self._made_again()
            except ModuleError as error:
                return error
        return None

    def _made_again(self) -> Instance:
        """Another instance, led to where the chain has come by doing again what its calls did."""
        calls = self._history()
        instance, note = led_through(calls, self._new_instance, self._does_again)
        if calls:
            self._chain.note(note)
        self._fuel_mark = instance.fuel_used() or 0
        return instance

    def _does_again(self, instance: Instance, call: PastCall, answering: Answering | None = None) -> bool | None:
        """Whether a call answers the same when it is made again; None where it can't be made."""
        answers = answering or PastAnswers(call.host_calls, self._version)
        try:
            with self._host_calls.closed(answers), self._watchdog.watching():
                output = decode(instance.call(call.function, self._packed_input(self._input(call.params))))
        except CallFailed as failed:
            if failed.reason == INTERRUPTED or failed.reason.startswith(OUT_OF_TIME):
                raise ModuleError(f"the instance could not be made again: {failed.reason}") from None
            return None
        except (DecodeError, EncodeError):
            return None
        returned = read_response(output)
        return (None if isinstance(returned, Refused) else returned.response) == call.response


def _noted(trigger: Trigger | None) -> Extras | None:
    return None if trigger is None else Extras(time_ns=wall_ns(), trigger=trigger)

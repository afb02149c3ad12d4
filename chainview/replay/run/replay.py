"""Re-executing a recorded chain: every recorded call is made again, closed off from every real host function."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from chainview.actor.actor import NO_STATE, Actor
from chainview.actor.engine.loading import LoadedModule
from chainview.actor.limits import DEFAULT_LIMITS, Limits
from chainview.actor.rebuild import PastCall, past_calls
from chainview.actor.returned import CallOutcome
from chainview.chain.event import Frame, Kind
from chainview.chain.failure import OUT_OF_TIME, Failure, failure_of
from chainview.chain.files.entries.entry import Note
from chainview.chain.payload import INIT, CallError, CallResult
from chainview.chain.schema import Schema
from chainview.chain.table import EventTable
from chainview.pack.declared.shown_type import shown_type
from chainview.pack.declared.type_change import TypeChange
from chainview.pack.values import UNIT, Value
from chainview.replay.run.ask import Ask
from chainview.replay.run.compared_chain import ComparedChain, RecordEnds, StopReplay
from chainview.replay.run.made_again import add_made_again, can_be_added
from chainview.replay.run.no_handlers import NoHandlers
from chainview.replay.run.recorded_share import RecordedShare
from chainview.replay.run.recording import OF_RUNTIME, RecordedCall, RecordedEvents, Recording, require_replayable
from chainview.replay.run.serving import Mode, ProbeInterceptor, ReplayRecordingInterceptor

_AT_ONCE = 4096
_LEAST_OUT_OF_TIME, _SECONDS_OUT_OF_TIME = 5, 60.0


class Replay:
    """One re-execution of a recording by a module, for one thread. `now` holds the events of the calls made so far.

    `asks` are the host calls that could not be answered, and `live_host_calls` counts real host functions reached: 0.
    `stack` is the guest's stack at the first mismatch; in its place there are the `stacks` at the events of some
    indices, `stacks_at`, where these are given.
    `later` are modules that take over, by the position of their first call, as builds did in the recording.
    Raises Unreplayable for a recording that can't be replayed, ModuleError for a module that does not start. The hashes
    of the recording must have been checked.
    """

    def __init__(
        self,
        recording: Recording,
        loaded: LoadedModule,
        mode: Mode = Mode.PROBE,
        limits: Limits = DEFAULT_LIMITS,
        *,
        initial_state: Value | None = None,
        stacks_at: Collection[int] = (),
        later: Mapping[int, LoadedModule] | None = None,
    ) -> None:
        require_replayable(recording)
        self.recording = recording
        self.loaded = loaded
        self.mode = mode
        self.limits = limits
        self.initial_state = initial_state
        self.later = later or {}
        self.now = EventTable()
        self.asks: list[Ask] = []
        self._outcomes: list[CallOutcome | None] = []
        """None for a call that ended as it was recorded, and was not made from here."""
        self.restarted: set[int] = set()
        """The calls, by their position, that were given their recorded state again."""
        self.stack: tuple[Frame, ...] = ()
        self.stacks: dict[int, tuple[Frame, ...]] = {}
        self.calls_made = 0
        self.finished = False
        """Whether every recorded call was made; a strict replay stops before, and one that gave up."""
        self.out_of_time = 0
        """How many calls were stopped by the time-out."""
        self.most_out_of_time = max(_LEAST_OUT_OF_TIME, int(_SECONDS_OUT_OF_TIME / limits.timeout))
        """How many of them it takes until the replay gives up."""
        self._call = self._began = 0
        self._returned: int | None = None
        """The last call that returned, whose state is the module's own one."""
        self._answered = 0
        self._share = RecordedShare(lambda: "" if (failure := self._failed_here()) is None else failure.reason)
        at = (stacks_at, self._take_stack_of) if stacks_at else None
        self.chain = ComparedChain(
            recording.table, recording.schema, on_mismatch=None if at else self._mismatched, at=at
        )
        self._made = self.chain.subscribe()
        self.chain.take_over = self._take_over
        self._interceptor: ProbeInterceptor | ReplayRecordingInterceptor
        if mode is Mode.REFERENCE:
            self._interceptor = ReplayRecordingInterceptor(RecordedEvents(recording.table), self.chain)
        else:
            self._interceptor = ProbeInterceptor(
                recording, self.chain, self._guest_stack, lambda: self._running, self._went_on
            )
        self._running = loaded
        """The module whose calls are made now: `loaded`, or one of those that take over later."""
        self._actor = self._made_actor()
        if recording.lacks_init and INIT in loaded.symbols:
            try:
                self._actor.begin_unrecorded(initial_state)
            except BaseException:
                self.close()
                raise

    def _made_actor(self, *, goes_on: bool = False) -> Actor:
        return Actor(
            self._running,
            self.chain,
            self._interceptor,
            NoHandlers(self.unanswered),
            self.limits,
            traces=True,
            ask_state=self.recording.asks_state,
            history=self._past_calls,
            goes_on=goes_on,
            share=self._share,
            values=self.recording.values,
        )

    def _past_calls(self) -> Sequence[PastCall]:
        """The calls made so far."""
        self._take_made()
        return list(past_calls(self.now))

    @property
    def first_mismatch(self) -> int | None:
        """The index of the first event that differs; known as soon as it happens. Missing events count at the end."""
        if self.chain.first_mismatch is not None:
            return self.chain.first_mismatch
        return self.chain.count if self.finished and self.chain.count < len(self.recording) else None

    @property
    def gave_up(self) -> bool:
        """Whether calls are left that are not made because so many before were stopped by the time-out."""
        return self.out_of_time >= self.most_out_of_time and self.calls_made < len(self.recording.starts)

    def not_asked(self) -> Sequence[int]:
        """The recorded host calls, by index, that were not made again as they were; none of a reference replay."""
        return self._interceptor.not_asked() if isinstance(self._interceptor, ProbeInterceptor) else ()

    @property
    def outcomes(self) -> Sequence[CallOutcome]:
        """How each call ended that was made so far, without the event of a failure."""
        return [self._recorded_outcome(at) if each is None else each for at, each in enumerate(self._outcomes)]

    @property
    def lacks_state(self) -> bool:
        """Whether nobody knows the state that init was given when it was recorded."""
        return self.recording.lacks_state and self.initial_state is None

    @property
    def live_host_calls(self) -> int:
        """How many host calls a real host function answered."""
        return self._answered + self._actor.host_answers

    @property
    def state(self) -> Value:
        """The state that the calls made so far have led to."""
        return self._actor.state

    def unanswered(self, interface: str, function: str, input: Value) -> str | None:
        """Notes a host call that finds no record, unless the recorded call ended here: then this one does, too.

        Raises RecordEnds where the call was not recorded to its end, and all that was recorded of it has been served.
        """
        failed = self._failed_here()
        if failed is not None and (failed.was_stopped or failed.unrecorded == f"{interface}.{function}"):
            return failed.reason
        if self._record_is_used_up():
            raise RecordEnds
        stack = self._guest_stack()
        self.asks.append(Ask(interface, function, input, self._call, self.chain.count, stack))
        if not self.stack and self.chain.first_mismatch is None:
            self._take_stack()
        return None

    def _recorded_failure(self, call: RecordedCall) -> str:
        """Why a call failed when it was recorded; empty where it did not."""
        end, table = call.stop - 1, self.recording.table
        payload = self.recording.payload(end) if table.kinds[end] == Kind.ERROR else None
        return failure_of(payload, table.extras(end)).reason if isinstance(payload, CallError) else ""

    def _failed_here(self) -> Failure | None:
        """How the recorded call failed, where all that was recorded of it before has been made."""
        call = self.recording.call(self._call)
        end = self.recording.payload(call.stop - 1)
        host_calls, recorded = self.chain.count - self._began - 1, call.stop - call.start - 2
        if not isinstance(end, CallError) or host_calls < recorded:
            return None
        return failure_of(end, self.recording.table.extras(call.stop - 1))

    def _record_is_used_up(self) -> bool:
        call = self.recording.call(self._call)
        return not call.complete and self.chain.count - self._began >= call.stop - call.start

    def interrupt(self) -> None:
        """Ends the running call, from any thread."""
        self._actor.interrupt()

    def run(self) -> Replay:
        """Replays to the end."""
        for _ in self.steps():
            pass
        return self

    def steps(self) -> Iterator[int]:
        """Replays call by call to the end, giving the number of calls made, and closes the replay.

        It gives up after calls that are stopped by the time-out, as many as take a minute, at least five.
        """
        try:
            for made in self.complete_calls(to_the_end=True):
                yield made
                if self.gave_up:
                    return
            self.finish()
        except StopReplay:
            return
        finally:
            self._take_made()
            self.close()

    def complete_calls(self, *, to_the_end: bool = False) -> Iterator[int]:
        """Replays the calls that were not made yet, giving the number of calls made.

        A call without its wasm-result or wasm-error is made only `to_the_end`: in a chain that still grows it is not
        over. May be used again once the recording has grown.
        """
        while self.calls_made < len(self.recording.starts):
            if not to_the_end and not self.recording.call(self.calls_made).complete:
                return
            self._make(self.calls_made)
            self.calls_made = self._call + 1
            self._take_made()
            yield self.calls_made

    def finish(self) -> None:
        """Ends the replay once every recorded call was made: what the recording does not have any more is missing."""
        self._append_runtime_events(len(self.recording))
        self.finished = True
        self._take_made()

    def close(self) -> None:
        """Lets go of the module's instance."""
        self._actor.close()

    def _make(self, number: int) -> None:
        call = self.recording.call(number)
        self._append_runtime_events(call.start)
        self._call = number
        if self.recording.begins_build(number):
            # The recording went on with another instance here, whatever the one before kept outside of its state.
            self._running = self.later.get(number, self._running)
            self._renew()
        given = self.recording.given_state(number)
        if number == 0:
            self._actor.state = self._first_state(call)
        elif self.mode is not Mode.REFERENCE and self._call_before_was_spoilt(number):
            # One call that could not be answered must not hide how the following ones behave; an actor that keeps its
            # state inside, or whose state has another type now, goes on as if that call had not been made.
            state = self.recording.state_before(number)
            if state is not None and self._takes(call.function, state):
                self._actor.state = state
                self.restarted.add(number)
        elif given is not None and self._actor.state == given[0]:
            # Where the recording goes on from a state that its build was given; a replay that is in another state
            # than the one recorded before has come to its own.
            self._actor.state = given[1]
        if isinstance(self._interceptor, ProbeInterceptor):
            self._interceptor.begin(call, number)
        self._began = self.chain.count
        self._share.begin(self._recorded_failure(call))
        self.chain.begin_call(self.recording.of_runtime_within(call))
        self.chain.record_end = None if call.complete else call.stop
        try:
            outcome = self._actor.call(call.function, call.params)
        except RecordEnds:
            # The guest is left in the middle of its call.
            self._renew()
            return
        finally:
            self.chain.record_end = None
        # The event of a failure lies in the chain.
        self._outcomes.append(outcome if outcome.event is None else replace(outcome, event=None))
        self.out_of_time += outcome.reason.startswith(OUT_OF_TIME)
        if outcome.ok:
            self._returned = self._call
        if not outcome.ok and not self.stack and self.chain.first_mismatch == self.chain.count - 1:
            self.stack = outcome.stack

    def _went_on(self, number: int) -> RecordedCall:
        """The call of that number runs now, since those before it ended as recorded, of which none was made here."""
        recording, call = self.recording, self.recording.call(number)
        self._outcomes += [None] * (number - self._call)
        self.chain.append_recorded(call.start)
        left = recording.table.kinds.rfind(Kind.RESULT, self._began, call.start)
        state = None
        if left >= 0:
            state = recording.state_at(left + 1)
            self._returned = bisect_right(recording.starts, left) - 1
        self._actor.goes_on(call.function, call.params, state)
        self._call, self._began = number, call.start
        self._share.begin(self._recorded_failure(call))
        self.chain.begin_call(recording.of_runtime_within(call))
        return call

    def _recorded_outcome(self, number: int) -> CallOutcome:
        """How a call ended that ended as it was recorded."""
        call, table = self.recording.call(number), self.recording.table
        end = self.recording.payload(call.stop - 1)
        if isinstance(end, CallError):
            failure = failure_of(end, table.extras(call.stop - 1))
            return CallOutcome(end.function, error=end.message, reason=failure.reason)
        response = end.response if isinstance(end, CallResult) else None
        return CallOutcome(call.function, UNIT if response is None else response)

    def _call_before_was_spoilt(self, number: int) -> bool:
        """Whether the call before could not be answered, or was an init whose initial state nobody knows."""
        if self.asks and self.asks[-1].call == number - 1:
            return True
        return number == 1 and self.lacks_state and self.chain.first_mismatch is not None

    def _takes(self, function: str, state: Value) -> bool:
        """Whether the module can be given a recorded state, by what it declares, else by what both left so far."""
        declared = self._actor.takes(function, state)
        if declared is not None or self._returned is None:
            return declared is not False
        left = self.recording.state_at(self.recording.call(self._returned).stop)
        return left is None or not TypeChange(shown_type(left), shown_type(self._actor.state))

    def _renew(self) -> None:
        before, self._actor = self._actor, self._made_actor(goes_on=True)
        self._actor.state = before.state
        self._answered += before.host_answers
        before.close()

    def _take_made(self) -> None:
        while items := self._made.take(_AT_ONCE):
            for item in items:
                if not isinstance(item, Note):
                    self.now.append(*item)

    def _take_over(self, start: int, stop: int, time_ns: int) -> bool:
        """Takes recorded host calls that were made again just so, where they can be had as they are."""
        self._take_made()
        if not can_be_added(self.now, self.recording.table, start, stop):
            return False
        add_made_again(self.now, self.recording.table, start, stop, time_ns)
        return True

    def _first_state(self, call: RecordedCall) -> Value:
        initial = self.recording.initial_state if self.initial_state is None else self.initial_state
        if initial is not None:
            return initial
        bytes_init = self.recording.schema is Schema.BYTES and call.function == INIT
        return UNIT if bytes_init else NO_STATE

    def _append_runtime_events(self, before: int) -> None:
        """What the runtime itself records, such as `shutdown`, stands where it stood, as long as all is equal."""
        table = self.recording.table
        at = self.chain.count
        if self.chain.first_mismatch is not None:
            at = _outside_calls(table, before)
        while at < before and table.kinds[at] in OF_RUNTIME:
            self.chain.append(table.event_type(at), table.payload(at))
            at += 1

    def _mismatched(self) -> None:
        if not self.stack:
            self._take_stack()
        if self.mode is Mode.STRICT:
            raise StopReplay

    def _take_stack(self) -> None:
        self.stack = self._guest_stack()

    def _take_stack_of(self, index: int) -> None:
        self.stacks[index] = self._guest_stack()

    def _guest_stack(self) -> tuple[Frame, ...]:
        return self._actor.guest_stack()


def _outside_calls(table: EventTable, before: int) -> int:
    """Where the run of events outside of calls begins that ends just before an index."""
    at = before
    while at > 0 and table.kinds[at - 1] in OF_RUNTIME:
        at -= 1
    return at

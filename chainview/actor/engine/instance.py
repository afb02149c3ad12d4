"""One instance of a module, called by the Pack calling convention."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import wasmtime

from chainview.actor.engine.backtrace import backtrace
from chainview.actor.engine.between.passing import (
    ANSWER_AT,
    LARGEST_FIXED_ANSWER,
    RESULT_LENGTH,
    RESULT_POINTER,
    Between,
    Caller,
    Standing,
)
from chainview.actor.engine.binding import (
    I32,
    Arguments,
    DeadlineHook,
    Exports,
    GuestFunction,
    HostFunction,
    Memory,
    StackProbe,
    Trapped,
    export_function,
)
from chainview.actor.engine.call_failed import CallFailed, ResultTooLarge, out_of_reach
from chainview.actor.engine.linkage import Given
from chainview.actor.engine.loading import RESUME, LoadedModule
from chainview.actor.engine.stacks import frames_of, guest_frames, in_allocation_error, seems_panicked, trap_reason
from chainview.actor.engine.store import limit_store, not_started, start_refusal
from chainview.actor.engine.watchdog import Watchdog
from chainview.actor.limits import Limits, Share
from chainview.actor.module import Import, ModuleError
from chainview.chain.event import Frame
from chainview.chain.failure import LONGEST_TOLD, PANICKED, SEEMS_PANICKED, in_panic, told_text
from chainview.system.long_work import GivenUp

_DONE, _PENDING, _ERROR = 0, 1, -1
"""What an export and `__pack_resume` of the asynchronous convention return; an import answers PENDING, too."""
_FUEL = (1 << 63) - 1
_UNSIGNED = 0xFFFF_FFFF


Answer = Callable[[bytes], bytes]
"""Answers one imported function: packed input to packed output; what it raises ends the call."""


@dataclass(frozen=True, slots=True)
class _Parked:
    """A host call that an asynchronous guest waits for: its completion id, what was asked, and from where."""

    id: int
    name: str
    answer: Answer
    asked: bytes
    stack: tuple[Frame, ...]


class Instance:
    """A module's instance in a store of its own; only one thread may use it, `watchdog.interrupt` aside.

    `imports` gives the answer function of every import. Raises ModuleError when it does not start.

    A module of the asynchronous convention is driven as packr-wasmtime 0.24.1 does in `call_resume`: an import never
    waits, it answers PENDING with a completion id, which count from 0 in each instance. Once the guest has returned,
    the one host call in flight is answered, and the guest entered again with the answer.
    """

    def __init__(
        self,
        loaded: LoadedModule,
        imports: Callable[[str, str], Answer],
        limits: Limits,
        watchdog: Watchdog,
        *,
        traces: bool = False,
        share: Share | None = None,
        between: Standing | None = None,
    ) -> None:
        """`traces` looks at the stack of an asynchronous guest whenever it asks, for `guest_stack`; that takes time.

        What it holds is of its actor's `share`. `between` makes what stands between the guest and its host functions.
        """
        self._limits = limits
        self._watchdog, self._share = watchdog, share
        self._error: BaseException | None = None
        self._asynchronous, self._traces = loaded.asynchronous, traces
        self._module = loaded.file.data
        self._store = wasmtime.Store(loaded.engine)
        limit_store(self._store, limits.memory, besides=0 if between is None else 2)
        if limits.fuel:
            self._store.set_fuel(_FUEL)
        self._hook = DeadlineHook(self._store, self._look)
        self._probe = StackProbe(self._store, loaded.probe)
        self._stacks: dict[tuple[int, ...], tuple[Frame, ...]] = {}
        kind = wasmtime.FuncType([I32] * 4, [I32])
        self._functions = {
            (each.interface, each.function): HostFunction(
                self._store, kind, self._body(each, imports(each.interface, each.function))
            )
            for each in loaded.imports
        }
        self._memory: Memory | None = None
        self.between: Between | None = None
        """What stands between the guest and its host functions, where that is wanted and can be had."""
        watchdog.probe = self._probe.text
        try:
            self._given = Given(self._store, loaded.linkage)
            functions = {name: each.function for name, each in self._functions.items()}
            if between and functions and not loaded.asynchronous and not limits.fuel:
                self.between = between(loaded.engine, self._store, list(functions.values()))
            if self.between is not None:
                functions = dict(zip(functions, self.between.functions, strict=True))
            externs = functions | self._given.externs
            given = [externs[of, name] for of, name, _ in loaded.linkage.imports]
            instance = wasmtime.Instance(self._store, loaded.code, given)
            self._exports = Exports(self._store, instance)
            memory = self._given.settle(self._exports)
        except (wasmtime.WasmtimeError, wasmtime.Trap, Trapped) as error:
            raise self._start_failure(loaded.file.path, error) from None
        self._memory = Memory(self._store, memory)
        if self.between is not None and not self.between.begins(memory, self._exports):
            self.between = None
        if told := self._outgrown():
            self.close()
            raise not_started(loaded.file.path, told, ())
        self._alloc = export_function(self._store, self._exports, "__pack_alloc", 1, 1)
        self._free = export_function(self._store, self._exports, "__pack_free", 2, 0)
        self._resume = export_function(self._store, self._exports, RESUME, 5, 1) if self._asynchronous else None
        self._called: dict[str, GuestFunction] = {}
        self._largest = _UNSIGNED
        self._parked: _Parked | None = None
        self._completions = 0
        self._answering: tuple[Frame, ...] = ()
        self.spent = False
        """Whether it must not be called again: the reference's driver starts a fresh instance for each asynchronous
        call, so that what a guest keeps in its memory is gone with the call."""

    def _start_failure(self, path: Path, error: Exception) -> ModuleError:
        """Why the instance can't be made, and where its start function was."""
        trapped = Trapped(error) if isinstance(error, wasmtime.Trap) else Trapped(str(error))
        stack = frames_of(trapped.text)
        if self._error is None and trapped.code is not None:
            failed = self._failure(trapped)
            reason, stack = failed.reason, failed.stack or stack
        elif isinstance(self._error, GivenUp):
            reason = self._watchdog.why_over
        else:
            told = self._error.reason if isinstance(self._error, CallFailed) else ""
            reason, stack = (
                self._watchdog.reason or told or start_refusal(str(error), self._limits),
                self._watchdog.stack or stack,
            )
        return not_started(path, reason, stack)

    @property
    def memory(self) -> Memory:
        """The guest's linear memory."""
        assert self._memory is not None
        return self._memory

    def fuel_used(self) -> int | None:
        """The fuel used since the instance was made; None where it is not measured."""
        return _FUEL - self._store.get_fuel() if self._limits.fuel else None

    def guest_stack(self) -> tuple[Frame, ...]:
        """The guest's stack at this moment, innermost first; only from inside a host call.

        An asynchronous guest has returned by then: its stack is that of the moment at which it asked, where that is
        traced.
        """
        return self._answering or self._looked()

    def _looked(self) -> tuple[Frame, ...]:
        """The stack as the engine tells it, which it is asked for once for each way to a host call."""
        way = self._probe.offsets()
        if way not in self._stacks:
            self._stacks[way] = guest_frames(self._probe.text())
        return self._stacks[way]

    def close(self) -> None:
        """Lets go of what the guest holds at once, not when Python comes to it; no call may run, now or later."""
        if self.between is not None:
            self.between.ends()
        self._store.close()

    def _outgrown(self) -> str:
        """Why what it holds by now is too much for its family; empty where it is not."""
        return "" if self._share is None or self._memory is None else self._share.hold(self._memory.__len__)

    def _look(self) -> str | None:
        """Why the running call must end now, or None."""
        if self.between is not None and self.between.look():
            self._watchdog.goes_on()
        why = self._watchdog.look()
        if why is None and (told := self._outgrown()):
            self._error = CallFailed(told, broken=True)
            return told
        return why

    def call(self, symbol: str, packed: bytes, *, largest: int = _UNSIGNED) -> bytes:
        """Calls an export with a packed Value and gives its packed result; raises CallFailed.

        Raises ResultTooLarge for a result of more than `largest` bytes.
        """
        self._error = None
        self._largest = largest
        try:
            result = self._call(symbol, packed)
            if told := self._outgrown():
                raise CallFailed(told, broken=True)
            return result
        except Trapped as trapped:
            raise self._failure(trapped) from None
        except IndexError as error:
            raise out_of_reach(error, "Failed to write input") from None

    def _call(self, symbol: str, packed: bytes) -> bytes:
        function = self._function(symbol)
        if self._resume is not None:
            return self._driven(function, self._resume, packed)
        pointer, size = self._placed(packed)
        caller = None if self.between is None else self.between.caller
        if caller is None:
            status = function(pointer, size, RESULT_POINTER, RESULT_LENGTH)
            if self._alloc and self._free:
                self._free(pointer, size)
        else:
            status = self._called_in_wasm(caller, symbol, pointer, size)
            symbol = caller.symbol
        try:
            at, length, result = self._told()
        except IndexError as error:
            cause = "Failed to read error" if status else "out of bounds memory access"
            raise out_of_reach(error, cause) from None
        if self._free:
            self._free(at, length)
        if status != 0:
            said = told_text(result[: 4 * LONGEST_TOLD].decode("utf-8", "replace"))
            reason = f"function '{symbol}' returned error: {said}"
            raise CallFailed(reason, broken=False, cause=f"WASM execution error: {reason}")
        return result

    def _called_in_wasm(self, caller: Caller, symbol: str, pointer: int, size: int) -> int:
        """The status of the call that came last, whose result was not read yet."""
        status = caller.call(symbol, pointer, size)
        if caller.unplaced is not None:
            pointer, size = caller.unplaced
            self._require_place(pointer, size)
            raise IndexError(f"{size} bytes at address {pointer}")
        return status

    def _driven(self, function: GuestFunction, resume: GuestFunction, packed: bytes) -> bytes:
        self.spent = True
        status = function(*self._placed(packed), RESULT_POINTER, RESULT_LENGTH)
        while status == _PENDING:
            parked, self._parked = self._parked, None
            if parked is None:
                reason = "guest parked but no host call is in flight (resume deadlock)"
                raise CallFailed(reason, broken=True, cause=f"ABI error: {reason}")
            status = resume(parked.id, *self._placed(self._completed(parked)), RESULT_POINTER, RESULT_LENGTH)
        if status != _DONE:
            told = f"guest returned error tag {status}"
            silent = " (an asynchronous export gives no reason)" if status == _ERROR else ""
            raise CallFailed(f"{told}{silent}", broken=True, cause=f"WASM execution error: {told}")
        return self._told()[2]

    def _completed(self, parked: _Parked) -> bytes:
        self._answering = parked.stack
        try:
            return parked.answer(parked.asked)
        except CallFailed as failed:
            stack = failed.stack or parked.stack
            raise CallFailed(failed.reason, stack, broken=True, cause=failed.cause) from None
        except GivenUp:
            raise CallFailed(self._watchdog.why_over, parked.stack, broken=True) from None
        finally:
            self._answering = ()

    def _placed(self, packed: bytes) -> tuple[int, int]:
        pointer = self._allocated(len(packed)) if self._alloc else 0
        self.memory.write(pointer, packed)
        return pointer, len(packed)

    def _told(self) -> tuple[int, int, bytes]:
        at, length = self._unsigned(RESULT_POINTER), self._unsigned(RESULT_LENGTH)
        if length > self._largest:
            raise ResultTooLarge(f"the result has {length:,} bytes", broken=False)
        return at, length, self.memory.read(at, length)

    def _function(self, symbol: str) -> GuestFunction:
        function = self._called.get(symbol)
        if function is None:
            function = export_function(self._store, self._exports, symbol, 4, 1)
            if function is None:
                cause = f"Function not found: failed to find function export `{symbol}`"
                raise CallFailed(f"the module exports no function '{symbol}'", broken=False, cause=cause)
            self._called[symbol] = function
        return function

    def _unsigned(self, address: int) -> int:
        return int.from_bytes(self.memory.read(address, 4), "little")

    def _allocated(self, size: int) -> int:
        assert self._alloc is not None
        pointer = self._alloc(size) & _UNSIGNED
        self._require_place(pointer, size)
        return pointer

    def _require_place(self, pointer: int, size: int) -> None:
        if self._alloc and pointer == 0 and size > 0:
            raise CallFailed(self._out_of_memory(f"{size:,} bytes"), broken=True)

    def _out_of_memory(self, wanted: str) -> str:
        used, limit = 0 if self._memory is None else len(self._memory) >> 20, self._limits.memory >> 20
        return f"out of memory: the guest holds {used} MiB of at most {limit} MiB and wanted {wanted}"

    def _failure(self, trapped: Trapped) -> CallFailed:
        if self._error is not None:
            error, self._error = self._error, None
            if isinstance(error, Trapped):
                return self._failure(error)
            if isinstance(error, CallFailed):
                return CallFailed(error.reason, error.stack or frames_of(trapped.text), broken=True)
            if isinstance(error, GivenUp):
                return CallFailed(self._watchdog.why_over, frames_of(trapped.text), broken=True)
            raise error
        watchdog = self._watchdog
        if watchdog.reason:
            reason = watchdog.reason
            if reason == "out of memory":
                reason = self._out_of_memory("more")
            return CallFailed(reason, watchdog.stack, broken=True)
        trap, stack = f"wasm trap: {trap_reason(trapped.text)}", frames_of(trapped.text)
        cause = f"WASM execution error: {backtrace(trapped, self._module) or trap}"
        reason = self._panic(trapped, stack) if trapped.code is wasmtime.TrapCode.UNREACHABLE else ""
        return CallFailed(reason or trap, stack, broken=True, cause=cause)

    def _panic(self, trapped: Trapped, stack: tuple[Frame, ...]) -> str:
        """Why an `unreachable` was reached, if that was by a panic: as packr-guest 0.24.1 and later end one."""
        if in_panic(stack):
            return self._out_of_memory("more") if in_allocation_error(stack) else PANICKED
        return SEEMS_PANICKED if seems_panicked(trapped.text, self._module, probed=False) else ""

    def _body(self, imported: Import, answer: Answer) -> Callable[[Arguments], int | str]:
        name = f"{imported.interface}.{imported.function}"
        is_over = self._watchdog.is_over

        def body(given: Arguments) -> int | str:
            try:
                # The engine does not look where a guest calls one import after the other.
                if is_over():
                    raise GivenUp
                if self._memory is None:
                    raise CallFailed(f"its start function calls {name}, which no host can answer yet", broken=True)
                if self._asynchronous:
                    return self._park(given, name, answer)
                return self._answer(self._memory, given, answer)
            except IndexError as error:
                self._error = CallFailed(f"the guest's memory does not hold what {name} is given: {error}", broken=True)
                return "the host call failed"
            # No Python exception may cross the guest's frames: it is raised again once they are gone.
            except BaseException as error:
                self._error = error
                return "the host call failed"

        return body

    def _park(self, given: Arguments, name: str, answer: Answer) -> int:
        if self._parked is not None:
            reason = "concurrent host call: actors are sequential (one in-flight host call)"
            raise CallFailed(f"{reason}, and {name} was called before {self._parked.name} was answered", broken=True)
        memory = self.memory
        pointer, length, completion, _ = given
        asked = memory.read(pointer, length)
        memory.write(completion, self._completions.to_bytes(4, "little"))
        stack = self._looked() if self._traces else ()
        self._parked = _Parked(self._completions, name, answer, asked, stack)
        self._completions += 1
        return _PENDING

    def _answer(self, memory: Memory, given: Arguments, answer: Answer) -> int:
        pointer, length, pointer_slot, length_slot = given
        output = answer(memory.read(pointer, length))
        at = ANSWER_AT
        if len(output) > LARGEST_FIXED_ANSWER or at + len(output) > len(memory):
            if self._alloc is None:
                raise CallFailed(f"the answer of {len(output):,} bytes does not fit into the guest", broken=True)
            at = self._allocated(len(output))
        memory.write_answer(at, output, pointer_slot, length_slot)
        return 0

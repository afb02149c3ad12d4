"""The few calls into wasmtime's C interface that its Python classes do not offer, or offer too slowly.

Calling an export through `Func` costs 33 us and a host callback 10 us; the unchecked calls used here cost 2.4 us and
1.5 us. They take their arguments as they are, so everything that reaches them is checked here first.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Any, cast

import wasmtime
from wasmtime import _bindings, _ffi
from wasmtime._extern import wrap_extern

from chainview.actor.engine.stacks import with_own_names
from chainview.system.errors import ChainviewError

I32 = wasmtime.ValType.i32()

_Raw = _ffi.wasmtime_val_raw_t
_Callback = _bindings.wasmtime_func_unchecked_callback_t
_DeadlineCallback, _, _Finalizer = _bindings._wasmtime_store_epoch_deadline_callback.argtypes[1:]
_I32 = 0
"""WASM_I32 of the C API."""
_NO_FINALIZER = _Finalizer(0)
_MemoryData = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p)
_memory_data = _MemoryData(("wasmtime_memory_data", _ffi.dll))
_MemorySize = ctypes.CFUNCTYPE(ctypes.c_size_t, ctypes.c_void_p, ctypes.c_void_p)
_memory_size = _MemorySize(("wasmtime_memory_data_size", _ffi.dll))

Arguments = Any
"""The raw argument slots of a call, which also take its results; `slots[i].i32` is a signed 32-bit integer."""


class Trapped(Exception):
    """Running guest code ended early, by a trap or with an error that is told in the engine's words."""

    def __init__(self, how: wasmtime.Trap | str) -> None:
        super().__init__(how)
        self._how = how

    def __str__(self) -> str:
        return self.text

    @property
    def text(self) -> str:
        """The engine's message with its backtrace, which takes the engine some time to write."""
        if isinstance(self._how, str):
            return self._how
        names = [(frame.module_name, frame.func_name) for frame in self._how.frames]
        return with_own_names(self._how.message, names)

    @property
    def code(self) -> wasmtime.TrapCode | None:
        """What kind of trap it was; None where it was none."""
        return None if isinstance(self._how, str) else self._how.trap_code

    @property
    def frames(self) -> list[wasmtime.Frame]:
        """The frames of the guest, innermost first; none where it did not trap."""
        return [] if isinstance(self._how, str) else self._how.frames

    @property
    def offsets(self) -> tuple[int, ...]:
        """Where in its module's bytes each frame goes on, innermost first."""
        if isinstance(self._how, str):
            return ()
        found = _ffi.wasm_frame_vec_t(0, None)
        _ffi.wasm_trap_trace(self._how.ptr(), ctypes.byref(found))
        try:
            return tuple([_ffi.wasm_frame_module_offset(found.data[at]) for at in range(found.size)])
        finally:
            _ffi.wasm_frame_vec_delete(ctypes.byref(found))


class Memory:
    """A guest's linear memory. The base may move whenever guest code runs, so it is asked for at each access."""

    def __init__(self, store: wasmtime.Store, memory: wasmtime.Memory) -> None:
        self._context = ctypes.cast(store._context(), ctypes.c_void_p)
        self._raw = memory._memory
        self._memory = ctypes.cast(ctypes.byref(self._raw), ctypes.c_void_p)

    def __len__(self) -> int:
        return int(_memory_size(self._context, self._memory))

    def read(self, pointer: int, length: int) -> bytes:
        """`length` bytes at `pointer`; raises IndexError when they are not all inside the memory."""
        if pointer + length > _memory_size(self._context, self._memory):
            raise IndexError(f"{length} bytes at address {pointer}")
        return ctypes.string_at(_memory_data(self._context, self._memory) + pointer, length)

    def write(self, pointer: int, data: bytes) -> None:
        """Puts `data` at `pointer`; raises IndexError when it does not fit inside the memory."""
        if pointer + len(data) > _memory_size(self._context, self._memory):
            raise IndexError(f"{len(data)} bytes at address {pointer}")
        ctypes.memmove(_memory_data(self._context, self._memory) + pointer, data, len(data))

    def write_answer(self, at: int, data: bytes, pointer_slot: int, length_slot: int) -> None:
        """Puts `data` at `at` and tells the guest so in two slots; raises IndexError as `write` does."""
        size = _memory_size(self._context, self._memory)
        if at + len(data) > size or max(pointer_slot, length_slot) + 4 > size:
            raise IndexError(f"{len(data)} bytes at address {at}, told at {pointer_slot} and {length_slot}")
        base = _memory_data(self._context, self._memory)
        ctypes.memmove(base + at, data, len(data))
        ctypes.memmove(base + pointer_slot, at.to_bytes(4, "little"), 4)
        ctypes.memmove(base + length_slot, len(data).to_bytes(4, "little"), 4)


class GuestFunction:
    """An exported function whose parameters and results are all i32, at most `slots` of either."""

    def __init__(self, store: wasmtime.Store, function: wasmtime.Func, slots: int) -> None:
        self._context = store._context()
        self._raw = function._func
        self._function = ctypes.byref(self._raw)
        self._slots = slots

    def __call__(self, *arguments: int) -> int:
        """Calls it with signed or unsigned 32-bit integers; the first result as a signed one. Raises Trapped."""
        slots = (_Raw * self._slots)()
        for index, argument in enumerate(arguments):
            slots[index].i32 = argument
        trap = ctypes.POINTER(_ffi.wasm_trap_t)()
        error = _ffi.wasmtime_func_call_unchecked(self._context, self._function, slots, self._slots, ctypes.byref(trap))
        if error:
            raise Trapped(str(wasmtime.WasmtimeError._from_ptr(error)))
        if trap:
            raise Trapped(wasmtime.Trap._from_ptr(trap))
        return int(slots[0].i32)


class HostFunction:
    """A function of i32 parameters that the guest can import; `body` must not raise.

    It gets the argument slots and returns None, with its result in slot 0, or the message of a trap. `kind` may be
    shared by the functions of one engine.
    """

    def __init__(
        self,
        store: wasmtime.Store,
        kind: wasmtime.FuncType,
        body: Callable[[Arguments], str | None],
    ) -> None:
        def callback(env: object, caller: object, arguments: Arguments, count: int) -> int:
            message = body(arguments)
            return 0 if message is None else _trap(message)

        self._callback = _Callback(callback)
        raw = _ffi.wasmtime_func_t()
        _ffi.wasmtime_func_new_unchecked(
            store._context(), kind.ptr(), self._callback, None, _NO_FINALIZER, ctypes.byref(raw)
        )
        self.function = wasmtime.Func._from_raw(raw)


def _trap(message: str) -> int:
    text = message.encode()
    pointer = _ffi.wasmtime_trap_new(ctypes.create_string_buffer(text), len(text))
    return ctypes.cast(pointer, ctypes.c_void_p).value or 0


class DeadlineHook:
    """Calls `look` at every epoch tick while guest code of the store runs; a message it returns ends the call."""

    def __init__(self, store: wasmtime.Store, look: Callable[[], str | None]) -> None:
        def callback(context: object, data: object, ticks: Any, kind: Any) -> int:
            message = look()
            ticks[0] = 1
            kind[0] = 0
            if message is None:
                return 0
            pointer = _ffi.wasmtime_error_new(message.encode())
            return ctypes.cast(pointer, ctypes.c_void_p).value or 0

        self._callback = _DeadlineCallback(callback)
        _bindings._wasmtime_store_epoch_deadline_callback(store.ptr(), self._callback, None, _NO_FINALIZER)
        store.set_epoch_deadline(1)


def probe_code(engine: wasmtime.Engine) -> wasmtime.Module:
    """The compiled helper of a stack probe."""
    return wasmtime.Module(engine, bytes(wasmtime.wat2wasm('(module (func (export "look") unreachable))')))


class StackProbe:
    """Shows the stack of the guest code that runs in a store without ending it, by a helper that traps."""

    def __init__(self, store: wasmtime.Store, code: wasmtime.Module) -> None:
        look = Exports(store, wasmtime.Instance(store, code, [])).get("look")
        if not isinstance(look, wasmtime.Func):
            raise ChainviewError("the engine does not export a function it was given")
        self._look = GuestFunction(store, look, 1)

    def text(self) -> str:
        """The engine's message for a trap at this moment, whose first frame is the helper's own."""
        try:
            self._look()
        except Trapped as trapped:
            return trapped.text
        return ""

    def offsets(self) -> tuple[int, ...]:
        """Where in their modules' bytes the frames go on, which costs a fraction of their text; the helper's first."""
        try:
            self._look()
        except Trapped as trapped:
            return trapped.offsets
        return ()


Extern = wasmtime.Memory | wasmtime.Table | wasmtime.Global | wasmtime.Func


class Exports:
    """What an instance exports, found by name; the binding's own makes all of it first, in quadratic time."""

    def __init__(self, store: wasmtime.Store, instance: wasmtime.Instance) -> None:
        self._context, self._instance = store._context(), instance._instance

    def get(self, name: str) -> Extern | None:
        """The export of that name; None where there is none, or one of another kind."""
        raw, item = name.encode("utf-8"), _ffi.wasmtime_extern_t()
        text = ctypes.create_string_buffer(raw, max(len(raw), 1))
        instance = ctypes.byref(self._instance)
        if not _ffi.wasmtime_instance_export_get(self._context, instance, text, len(raw), ctypes.byref(item)):
            return None
        extern = wrap_extern(item)
        return extern if isinstance(extern, Extern) else None


def export_function(
    store: wasmtime.Store, exports: Exports, name: str, parameters: int, results: int
) -> GuestFunction | None:
    """The exported function of that name when all its types are i32 and its counts are right, else None."""
    function = exports.get(name)
    if not isinstance(function, wasmtime.Func):
        return None
    kind = function.type(store)
    if not is_i32_function(kind, parameters, results):
        return None
    return GuestFunction(store, function, max(parameters, results, 1))


def is_i32_function(kind: wasmtime.FuncType, parameters: int, results: int) -> bool:
    """Whether a function type takes and returns that many i32 and nothing else.

    The binding would make an object of each type, and a module may have 50,000 functions.
    """
    lists = _ffi.wasm_functype_params(kind.ptr()).contents, _ffi.wasm_functype_results(kind.ptr()).contents
    if (lists[0].size, lists[1].size) != (parameters, results):
        return False
    kinds = [cast("int", _ffi.wasm_valtype_kind(each.data[at])) for each in lists for at in range(each.size)]
    return all(kind == _I32 for kind in kinds)

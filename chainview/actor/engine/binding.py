"""The few calls into wasmtime's C interface that its Python classes do not offer, or offer too slowly.

Calling an export through `Func` costs 33 us and a host callback 10 us; the unchecked calls used here cost 2.4 us and
1.5 us. They take their arguments as they are, so everything that reaches them is checked here first.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from functools import cached_property
from struct import Struct
from typing import Any, Final, cast
from weakref import WeakValueDictionary

import wasmtime
from wasmtime import _bindings, _ffi
from wasmtime._extern import wrap_extern

from chainview.actor.engine.stacks import with_own_names
from chainview.system.errors import ChainviewError

I32 = wasmtime.ValType.i32()

_Raw = _ffi.wasmtime_val_raw_t
_SLOT = ctypes.sizeof(_Raw) // 4
"""An argument's slot in numbers of 32 bits, of which it is the first."""
_CallbackType = _bindings.wasmtime_func_unchecked_callback_t
_Callback = ctypes.CFUNCTYPE(ctypes.c_size_t, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t, ctypes.c_size_t)
"""The same with the slots as the address that they are, which costs a call less."""
_MOST_PLACES = 64
_U32 = Struct("<I")
_DeadlineCallback, _, _Finalizer = _bindings._wasmtime_store_epoch_deadline_callback.argtypes[1:]
_BASELINE = 2
"""WASMTIME_STRATEGY_WINCH of the C API."""
_baselines: Final = WeakValueDictionary[int, wasmtime.Engine]()
_I32 = 0
"""WASM_I32 of the C API."""
_NO_FINALIZER = _Finalizer(0)
_MemoryData = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p)
_memory_data = _MemoryData(("wasmtime_memory_data", _ffi.dll))
_MemorySize = ctypes.CFUNCTYPE(ctypes.c_size_t, ctypes.c_void_p, ctypes.c_void_p)
_memory_size = _MemorySize(("wasmtime_memory_data_size", _ffi.dll))
_Call = ctypes.CFUNCTYPE(
    ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t, ctypes.c_void_p
)
_call = _Call(("wasmtime_func_call_unchecked", _ffi.dll))
_Error = ctypes.POINTER(_ffi.wasmtime_error_t)
_Trap = ctypes.POINTER(_ffi.wasm_trap_t)

Arguments = list[int]
"""The arguments of a call of a host function, as unsigned 32-bit integers."""


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
    """A guest's linear memory, of which the size is asked for at each access: it may move only as it grows."""

    def __init__(self, store: wasmtime.Store, memory: wasmtime.Memory) -> None:
        self._context = ctypes.cast(store._context(), ctypes.c_void_p)
        self._raw = memory._memory
        self._memory = ctypes.cast(ctypes.byref(self._raw), ctypes.c_void_p)
        self._view, self._size = memoryview(bytearray()), 0

    def _now(self) -> memoryview:
        """All of it, where it lies now."""
        size = _memory_size(self._context, self._memory)
        if size != self._size:
            base = _memory_data(self._context, self._memory)
            self._view, self._size = memoryview((ctypes.c_char * size).from_address(base)).cast("B"), size
        return self._view

    def __len__(self) -> int:
        return int(_memory_size(self._context, self._memory))

    def read(self, pointer: int, length: int) -> bytes:
        """`length` bytes at `pointer`; raises IndexError when they are not all inside the memory."""
        view, end = self._now(), pointer + length
        if end > self._size:
            raise IndexError(f"{length} bytes at address {pointer}")
        return view[pointer:end].tobytes()

    def write(self, pointer: int, data: bytes) -> None:
        """Puts `data` at `pointer`; raises IndexError when it does not fit inside the memory."""
        view, end = self._now(), pointer + len(data)
        if end > self._size:
            raise IndexError(f"{len(data)} bytes at address {pointer}")
        view[pointer:end] = data

    def write_answer(self, at: int, data: bytes, pointer_slot: int, length_slot: int) -> None:
        """Puts `data` at `at` and tells the guest so in two slots; raises IndexError as `write` does."""
        view, size = self._now(), len(data)
        end, last = at + size, self._size - 4
        if end > self._size or pointer_slot > last or length_slot > last:
            raise IndexError(f"{size} bytes at address {at}, told at {pointer_slot} and {length_slot}")
        view[at:end] = data
        _U32.pack_into(view, pointer_slot, at)
        _U32.pack_into(view, length_slot, size)


class GuestFunction:
    """An exported function whose parameters and results are all i32, at most `slots` of either."""

    def __init__(self, store: wasmtime.Store, function: wasmtime.Func, slots: int) -> None:
        self._context = ctypes.cast(store._context(), ctypes.c_void_p)
        self._raw, self._slots = function._func, (_Raw * slots)()
        self._function, self._place, self._count = ctypes.addressof(self._raw), ctypes.addressof(self._slots), slots
        # The engine reads arguments as a call begins and writes results as it ends: one may run within another.
        self._cells = (ctypes.c_int32 * (_SLOT * slots)).from_buffer(self._slots)

    def __call__(self, *arguments: int) -> int:
        """Calls it with signed or unsigned 32-bit integers; the first result as a signed one. Raises Trapped."""
        cells, at, trap = self._cells, 0, ctypes.c_void_p()
        for argument in arguments:
            cells[at] = argument
            at += _SLOT
        error = _call(self._context, self._function, self._place, self._count, ctypes.byref(trap))
        if error:
            raise Trapped(str(wasmtime.WasmtimeError._from_ptr(ctypes.cast(error, _Error))))
        if trap:
            raise Trapped(wasmtime.Trap._from_ptr(ctypes.cast(trap, _Trap)))
        return cells[0]


class HostFunction:
    """A function of i32 parameters, and one result, that the guest can import; `body` must not raise.

    It gets the arguments and returns its result, or the message of a trap. `kind` may be shared by the functions of one
    engine.
    """

    def __init__(
        self,
        store: wasmtime.Store,
        kind: wasmtime.FuncType,
        body: Callable[[Arguments], int | str],
    ) -> None:
        # A guest calls from the same few places of its stack.
        known: dict[int, Any] = {}

        def callback(env: object, caller: object, place: int, count: int) -> int:
            slots = known.get(place)
            if slots is None:
                if len(known) >= _MOST_PLACES:
                    known.clear()
                slots = known[place] = (ctypes.c_uint32 * (_SLOT * count)).from_address(place)
            result = body(slots[::_SLOT])
            if isinstance(result, str):
                return _trap(result)
            slots[0] = result
            return 0

        self._callback = _Callback(callback)
        raw = _ffi.wasmtime_func_t()
        _ffi.wasmtime_func_new_unchecked(
            store._context(),
            kind.ptr(),
            ctypes.cast(self._callback, _CallbackType),
            None,
            _NO_FINALIZER,
            ctypes.byref(raw),
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


def baseline_engine() -> wasmtime.Engine | None:
    """The engine that compiles in a sixth of the time, to slower code; None where there is none for this processor.

    The stack holds fewer frames of such code, and the bits of a NaN may be others. It is one as long as anybody holds
    it: one that stays for good would outlive what lets go of it.
    """
    known = _baselines.get(_BASELINE)
    if known is not None:
        return known
    config = wasmtime.Config()
    config.epoch_interruption = True
    # The setter of the binding knows the other compilers alone.
    _bindings.wasmtime_config_strategy_set(config.ptr(), _BASELINE)
    try:
        engine = _baselines[_BASELINE] = wasmtime.Engine(config)
    except wasmtime.WasmtimeError:
        return None
    return engine


def probe_code(engine: wasmtime.Engine) -> wasmtime.Module:
    """The compiled helper of a stack probe."""
    return wasmtime.Module(engine, bytes(wasmtime.wat2wasm('(module (func (export "look") unreachable))')))


class StackProbe:
    """Shows the stack of the guest code that runs in a store without ending it, by a helper that traps.

    That is made once somebody looks, which in most stores nobody does. Where it can't be had no frame is shown.
    """

    def __init__(self, store: wasmtime.Store, code: wasmtime.Module) -> None:
        self._store, self._code = store, code

    @cached_property
    def _look(self) -> GuestFunction:
        look = Exports(self._store, wasmtime.Instance(self._store, self._code, [])).get("look")
        if not isinstance(look, wasmtime.Func):
            raise ChainviewError("the engine does not export a function it was given")
        return GuestFunction(self._store, look, 1)

    def text(self) -> str:
        """The engine's message for a trap at this moment, whose first frame is the helper's own."""
        trapped = self._trapped()
        return "" if trapped is None else trapped.text

    def offsets(self) -> tuple[int, ...]:
        """Where in their modules' bytes the frames go on, which costs a fraction of their text; the helper's first."""
        trapped = self._trapped()
        return () if trapped is None else trapped.offsets

    def _trapped(self) -> Trapped | None:
        """How the helper ended; None where the store has no room for it."""
        try:
            self._look()
        except Trapped as trapped:
            return trapped
        except wasmtime.WasmtimeError:
            # In the middle of a call: no stack is better than no call.
            return None
        return None


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

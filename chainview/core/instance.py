"""An instance of the core and its memory, of which the host lays out every part."""

from __future__ import annotations

import ctypes

import wasmtime
from wasmtime import _ffi

_MOST_ARGUMENTS = 10
_PAGE = 1 << 16
_ALIGNED = 16


class Instance:
    """One instance, for the thread of its store."""

    def __init__(self, store: wasmtime.Store, instance: wasmtime.Instance) -> None:
        self._store = store
        exports = instance.exports(store)
        self._functions = {name: each._func for name, each in exports.items() if isinstance(each, wasmtime.Func)}
        self._slots = (_ffi.wasmtime_val_raw_t * _MOST_ARGUMENTS)()
        memory = exports["memory"]
        assert isinstance(memory, wasmtime.Memory)
        self.memory = memory
        """Of which others may only write to what was reserved for them."""
        self._free = self.call("free_from")

    def function(self, name: str) -> wasmtime.Func:
        """A function of the core, for another instance of its store."""
        return wasmtime.Func._from_raw(self._functions[name])

    def call(self, name: str, *arguments: int) -> int:
        """What a function of the core gives, of which every argument and result is an i32."""
        slots, trap = self._slots, ctypes.POINTER(_ffi.wasm_trap_t)()
        for at, argument in enumerate(arguments):
            slots[at].i32 = argument
        # `Func` takes 100 us to look at the types of ten arguments.
        error = _ffi.wasmtime_func_call_unchecked(
            self._store._context(), ctypes.byref(self._functions[name]), slots, _MOST_ARGUMENTS, ctypes.byref(trap)
        )
        if error:
            raise wasmtime.WasmtimeError._from_ptr(error)
        if trap:
            raise wasmtime.Trap._from_ptr(trap)
        return int(slots[0].i32)

    def reserve(self, size: int) -> int:
        """A place for so many bytes, which nobody else gets."""
        place = (self._free + _ALIGNED - 1) & -_ALIGNED
        self._free = place + size
        lacking = self._free - self.memory.data_len(self._store)
        if lacking > 0:
            self.memory.grow(self._store, -(-lacking // _PAGE))
        return place

    def write(self, place: int, data: bytes | bytearray | memoryview) -> None:
        """Puts bytes at a place that was reserved for as many."""
        size = len(data)
        held = data if isinstance(data, bytes) else bytes(data)
        ctypes.memmove(self._address(place, size), held, size)

    def read(self, place: int, size: int) -> bytes:
        """The bytes at a place."""
        return ctypes.string_at(self._address(place, size), size)

    def _address(self, place: int, size: int) -> int:
        if place + size > self._free:
            raise IndexError(f"{size} bytes at {place}, and {self._free} are reserved")
        base = ctypes.cast(self.memory.data_ptr(self._store), ctypes.c_void_p).value or 0
        return base + place

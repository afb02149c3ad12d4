"""What passes a guest's host calls on, so that something else can take a host function's place while it lives."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Final, Protocol, TypeVar
from weakref import WeakKeyDictionary

import wasmtime

from chainview.actor.engine.binding import Exports, Extern
from chainview.actor.engine.stacks import SERVED_MODULE
from chainview.actor.engine.wat import assembled

ANSWER_AT = 16392
"""Where hosts of packr 0.7 and older put every answer to a host call."""
LARGEST_FIXED_ANSWER = 32 * 1024
RESULT_POINTER: Final = 16384
RESULT_LENGTH: Final = 16388
"""Where an export tells where its result lies, and how large it is."""
PAGE: Final = 1 << 16
KIND: Final = "(type $host (func (param i32 i32 i32 i32) (result i32)))"
ARGUMENTS: Final = "(local.get 0) (local.get 1) (local.get 2) (local.get 3)"
LIES: Final = """(func $lies (param $at i32) (param $size i32) (result i32)
  (i64.le_u (i64.add (i64.extend_i32_u (local.get $at)) (i64.extend_i32_u (local.get $size)))
    (i64.shl (i64.extend_i32_u (memory.size $guest)) (i64.const 16))))"""
"""Whether so many bytes at a place lie in the guest's memory."""
_Kind = TypeVar("_Kind", bound=Extern)
_codes: WeakKeyDictionary[wasmtime.Engine, dict[str, wasmtime.Module]] = WeakKeyDictionary()
_serialized: dict[str, bytes] = {}
"""The compiled code of texts, as the last engine that had to compile one made it."""
_MOST_KEPT = 32


class Caller(Protocol):
    """What calls the exports of a guest, and may make calls behind them that are known beforehand."""

    def call(self, symbol: str, pointer: int, size: int) -> int:
        """Calls an export with an input that was placed, and gives the input back: the status of the last call made.

        Nothing else was done yet for the result of that one.
        """
        ...

    @property
    def symbol(self) -> str:
        """The export that was called last."""
        ...

    @property
    def unplaced(self) -> tuple[int, int] | None:
        """Where the input of the call that came last could not be put, and its size; None where it was called."""
        ...


class Between(Protocol):
    """What stands between a guest and its host functions; only the thread of its instance may use it."""

    @property
    def functions(self) -> Sequence[wasmtime.Func]:
        """What the guest imports, in the order of the host functions."""
        ...

    @property
    def caller(self) -> Caller | None:
        """What is to call the guest's exports in the place of who would; None where nothing is."""
        ...

    def begins(self, memory: wasmtime.Memory, exports: Exports) -> bool:
        """Told of the memory and the exports of the guest, which are there by now; False where it can't stand there."""
        ...

    def ends(self) -> None:
        """Told before the guest and its store go."""
        ...

    def look(self) -> bool:
        """Told every 100 ms while guest code runs; whether another call runs by now than at the last look."""
        ...


Standing = Callable[[wasmtime.Engine, wasmtime.Store, Sequence[wasmtime.Func]], Between | None]
"""Makes what stands between a guest and these host functions; None where the engine can't have it."""


class Passing:
    """Stands for host functions by tail calls through a table, so that no stack shows it."""

    def __init__(self, engine: wasmtime.Engine, store: wasmtime.Store, functions: Sequence[wasmtime.Func]) -> None:
        self._store = store
        exports = Exports(store, wasmtime.Instance(store, compiled_once(engine, passing_text(len(functions))), []))
        self._table = exported(exports, "table", wasmtime.Table)
        self.functions = [exported(exports, str(at), wasmtime.Func) for at in range(len(functions))]
        for at, function in enumerate(functions):
            self.replace(at, function)

    def replace(self, at: int, function: wasmtime.Func) -> None:
        """From now on the host function at this place is another one."""
        self._table.set(self._store, at, function)


def exported(exports: Exports, name: str, kind: type[_Kind]) -> _Kind:
    """What a module of ours exports under a name."""
    found = exports.get(name)
    assert isinstance(found, kind)
    return found


def compiled_once(engine: wasmtime.Engine, text: str) -> wasmtime.Module:
    """The module of a text of ours, compiled once an engine, and for engines of the same settings once a process."""
    known = _codes.setdefault(engine, {})
    if text not in known:
        known[text] = _taken_over(engine, text) or _compiled(engine, text)
    return known[text]


def _taken_over(engine: wasmtime.Engine, text: str) -> wasmtime.Module | None:
    code = _serialized.get(text)
    # An engine of other settings refuses it.
    with suppress(wasmtime.WasmtimeError):
        return None if code is None else wasmtime.Module.deserialize(engine, code)
    return None


def _compiled(engine: wasmtime.Engine, text: str) -> wasmtime.Module:
    module = wasmtime.Module(engine, assembled(text.encode()))
    if len(_serialized) >= _MOST_KEPT:
        _serialized.clear()
    _serialized[text] = bytes(module.serialize())
    return module


def passing_text(count: int) -> str:
    """The module that passes the calls of so many imports on."""
    functions = "\n".join(
        [
            f'(func (export "{at}") (type $host) (return_call_indirect (type $host) {ARGUMENTS} (i32.const {at})))'
            for at in range(count)
        ]
    )
    return f'(module ${SERVED_MODULE} {KIND} (table (export "table") {count} {count} funcref) {functions})'


def host_imports(count: int) -> str:
    """The imports of so many host functions, of which the first is `$host0`."""
    return "\n".join([f'(import "host" "{at}" (func $host{at} (type $host)))' for at in range(count)])


def tried_first(count: int, first: str) -> str:
    """Functions that stand for as many: `first` is asked with the number of the import, and the host if it gives 0."""
    return "\n".join(
        [
            f"""(func (export "{at}") (type $host)
              (if (call {first} (i32.const {at}) {ARGUMENTS}) (then (return (i32.const 0))))
              (return_call $host{at} {ARGUMENTS}))"""
            for at in range(count)
        ]
    )

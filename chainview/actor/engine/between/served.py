"""Recorded calls that lie in wasm: what asks what was recorded, in its order, is answered without Python.

Up to three modules are made for an instance. The first stands for its imports and passes each call on through a table,
in which Python's host functions stand at first: by tail calls, so that no stack shows it. The second, made once the
guest's memory is there, takes their places: it compares the packed input, byte for byte, with the next record, and puts
the recorded answer where the calling convention wants it. The third calls the guest's exports: what one returns is
compared, byte for byte, and as long as that is what is expected the next recorded call is made at once. Whatever is
unusual is left to the host function, or to who made the call, as if nothing stood between. None of them imports
anything of a host but those functions.
"""

from __future__ import annotations

from collections.abc import Sequence
from struct import Struct
from typing import Final

import wasmtime

from chainview.actor.engine.between.passing import (
    ANSWER_AT,
    KIND,
    LIES,
    PAGE,
    RESULT_LENGTH,
    RESULT_POINTER,
    Caller,
    Passing,
    compiled_once,
    exported,
    host_imports,
    tried_first,
)
from chainview.actor.engine.binding import Exports, GuestFunction, Memory, is_i32_function
from chainview.actor.engine.stacks import SERVED_MODULE
from chainview.core.runs import MARK, MOST_READY

READY_AT: Final = 48
"""Where what was made ready has to lie."""
_STATE = Struct("<9I")
"""Where the next record is, and where those of the call end; how many were asked; how many calls have ended as
recorded; the entry of the one that runs; whether its input could not be placed, where, and its size; its export."""
_ENTRY_AT: Final = 16
_FIRST = Struct("<3I")
_NEXT = Struct("<4I")
_RECORD = Struct("<3I")
_COUNTS = Struct("<8x2I")
_PLACE = Struct("<20x4I")


class Served:
    """The records that answer the imports of one instance, and its calls; only its thread may use it."""

    def __init__(self, engine: wasmtime.Engine, store: wasmtime.Store, functions: Sequence[wasmtime.Func]) -> None:
        self._engine, self._store, self._host = engine, store, list(functions)
        self._passing = Passing(engine, store, functions)
        self.functions: Sequence[wasmtime.Func] = self._passing.functions
        """What the guest imports, in the order of the host functions."""
        self._exports: Exports | None = None
        self._memory: Memory | None = None
        self._run: GuestFunction | None = None
        self._table: wasmtime.Table | None = None
        self._slots: dict[str, int | None] = {}
        self._is_serving = False
        self._calls = self._count = self._seen = 0
        self._went_on = False

    def begins(self, memory: wasmtime.Memory, exports: Exports) -> bool:
        """Takes the places of the host functions of a guest with this memory; False where that can't be had."""
        try:
            self._begin(memory, exports)
        except wasmtime.WasmtimeError:
            return False
        return True

    def _begin(self, memory: wasmtime.Memory, exports: Exports) -> None:
        code = compiled_once(self._engine, serving_text(len(self._host)))
        serving = Exports(self._store, wasmtime.Instance(self._store, code, [memory, *self._host]))
        records = exported(serving, "records", wasmtime.Memory)
        for at in range(len(self._host)):
            self._passing.replace(at, exported(serving, str(at), wasmtime.Func))
        owners = [self._export(exports, "__pack_alloc", 1, 1), self._export(exports, "__pack_free", 2, 0)]
        given = [each for each in owners if each is not None]
        code = compiled_once(self._engine, running_text(*[each is not None for each in owners]))
        running = Exports(self._store, wasmtime.Instance(self._store, code, [memory, records, *given]))
        self._run = GuestFunction(self._store, exported(running, "run", wasmtime.Func), 3)
        self._table = exported(running, "exports", wasmtime.Table)
        self._exports, self._memory = exports, Memory(self._store, records)

    def _export(self, exports: Exports, name: str, parameters: int, results: int) -> wasmtime.Func | None:
        function = exports.get(name)
        if not isinstance(function, wasmtime.Func):
            return None
        return function if is_i32_function(function.type(self._store), parameters, results) else None

    def ends(self) -> None:
        """Lets go of all that is in the store."""
        self._is_serving = False
        self._exports = self._memory = self._run = self._table = None

    def look(self) -> bool:
        """Whether another call runs by now than at the last look."""
        moved, self._went_on = self._went_on, False
        if self._is_serving and self._memory is not None:
            calls = _COUNTS.unpack(self._memory.read(0, _COUNTS.size))[1]
            moved, self._seen = moved or calls != self._seen, calls
            # Who waits for the calls is told of those made so far.
            if moved:
                self._memory.write(_ENTRY_AT, bytes(4))
        return moved

    def slot(self, symbol: str) -> int | None:
        """Where an export stands among those that can be called; None for one that can't be."""
        if symbol not in self._slots and self._exports is not None and self._table is not None:
            function = self._export(self._exports, symbol, 4, 1)
            self._slots[symbol] = None if function is None else self._table.grow(self._store, 1, function)
        return self._slots.get(symbol)

    @property
    def caller(self) -> Caller | None:
        """Itself, where the exports can be called here."""
        return self if self._run is not None else None

    def call(self, symbol: str, pointer: int, size: int) -> int:
        """Calls an export and, as long as all is as recorded, what was made ready behind it."""
        slot = self.slot(symbol)
        assert slot is not None
        assert self._run is not None
        return self._run(slot, pointer, size)

    @property
    def symbol(self) -> str:
        """The export that was called last."""
        assert self._memory is not None
        slot = _PLACE.unpack(self._memory.read(0, _PLACE.size))[3]
        return next(symbol for symbol, known in self._slots.items() if known == slot)

    @property
    def unplaced(self) -> tuple[int, int] | None:
        """Where the input of the call that came last could not be put, and its size; None where it was called."""
        assert self._memory is not None
        code, pointer, size, _ = _PLACE.unpack(self._memory.read(0, _PLACE.size))
        return (pointer, size) if code else None

    def serve(self, ready: bytes) -> None:
        """From now on this answers, which was made ready to lie at READY_AT, up to MOST_READY bytes of it."""
        assert self._memory is not None
        _, first, stop = _FIRST.unpack_from(ready)
        slot = _PLACE.unpack(self._memory.read(0, _PLACE.size))[3]
        state = _STATE.pack(first, stop, 0, 0, READY_AT, 0, 0, 0, slot)
        self._memory.write(0, state.ljust(READY_AT, b"\0") + ready)
        self._is_serving = True

    def looked_at(self, number: int, asked: bytes) -> tuple[int, int, bytes] | None:
        """The answer to what the import of that number is asked, where that is the next record and is looked at.

        Before it how many calls ended, and how many host calls were made of the running one; None for anything else.
        """
        if not self._is_serving or self._memory is None:
            return None
        memory = self._memory
        at, stop, count, calls = _NEXT.unpack(memory.read(0, _NEXT.size))
        if at == stop:
            return None
        told, size, answered = _RECORD.unpack(memory.read(at, _RECORD.size))
        answer = at + _RECORD.size + size
        if told != number | MARK or memory.read(answer - size, size) != asked:
            return None
        memory.write(0, _FIRST.pack(answer + answered, stop, count + 1))
        return calls, count, memory.read(answer, answered)

    def stop(self) -> None:
        """From now on the host functions answer, and no call is made behind the one that runs."""
        if self._is_serving and self._memory is not None:
            self._is_serving = False
            count, calls = _COUNTS.unpack(self._memory.read(0, _COUNTS.size))
            self._count = count if calls else self._count + count
            self._calls += calls
            self._went_on, self._seen = self._went_on or calls != self._seen, 0
            # What could not be placed, and which export it was, stays.
            self._memory.write(0, bytes(_PLACE.size - 16))

    def taken(self) -> tuple[int, int]:
        """What happened as recorded up to the last stop, since this was asked last: calls that ended, and host calls.

        The latter are those of the call that runs.
        """
        taken = self._calls, self._count
        self._calls = self._count = 0
        return taken


def served_by(engine: wasmtime.Engine, store: wasmtime.Store, functions: Sequence[wasmtime.Func]) -> Served | None:
    """What stands between a guest and these host functions; None where the engine can't have it."""
    try:
        return Served(engine, store, functions)
    except wasmtime.WasmtimeError:
        return None


SAME: Final = """(func $same (param $at i32) (param $stop i32) (param $other i32) (result i32)
  (local $end i32)
  (local.set $end (i32.sub (local.get $stop) (i32.const 7)))
  (block $eights (loop $again
    (br_if $eights (i32.ge_s (local.get $at) (local.get $end)))
    (if (i64.ne (i64.load $records (local.get $at)) (i64.load $guest (local.get $other)))
      (then (return (i32.const 0))))
    (local.set $at (i32.add (local.get $at) (i32.const 8)))
    (local.set $other (i32.add (local.get $other) (i32.const 8)))
    (br $again)))
  (block $ones (loop $again
    (br_if $ones (i32.ge_u (local.get $at) (local.get $stop)))
    (if (i32.ne (i32.load8_u $records (local.get $at)) (i32.load8_u $guest (local.get $other)))
      (then (return (i32.const 0))))
    (local.set $at (i32.add (local.get $at) (i32.const 1)))
    (local.set $other (i32.add (local.get $other) (i32.const 1)))
    (br $again)))
  (i32.const 1))"""
"""Whether what lies in ours from a place up to another is what lies in the guest's memory from one on."""


def serving_text(count: int) -> str:
    """The module that answers the calls of so many imports from records.

    A record is the number of its import, the sizes of what is asked and answered, and the bytes of both. No import has
    the number of one that is marked, so that it is left to the host function, which looks.
    """
    pages = -(-(READY_AT + MOST_READY) // PAGE)
    return f"""(module ${SERVED_MODULE} {KIND}
      (import "guest" "memory" (memory $guest 0))
      {host_imports(count)}
      (memory $records (export "records") {pages} {pages})
      {LIES}
      {SAME}
      (func $served (param $import i32) (param $asked i32) (param $size i32) (param $pointer i32) (param $length i32)
          (result i32)
        (local $at i32) (local $answer i32) (local $answered i32)
        (local.set $at (i32.load $records (i32.const 0)))
        (if (i32.eq (local.get $at) (i32.load $records (i32.const 4))) (then (return (i32.const 0))))
        (if (i32.ne (i32.load $records (local.get $at)) (local.get $import)) (then (return (i32.const 0))))
        (if (i32.ne (i32.load $records offset=4 (local.get $at)) (local.get $size)) (then (return (i32.const 0))))
        (local.set $answered (i32.load $records offset=8 (local.get $at)))
        (if (i32.eqz (i32.and (i32.and (call $lies (local.get $asked) (local.get $size))
              (call $lies (i32.const {ANSWER_AT}) (local.get $answered)))
              (i32.and (call $lies (local.get $pointer) (i32.const 4)) (call $lies (local.get $length) (i32.const 4)))))
          (then (return (i32.const 0))))
        (local.set $at (i32.add (local.get $at) (i32.const 12)))
        (local.set $answer (i32.add (local.get $at) (local.get $size)))
        (if (i32.eqz (call $same (local.get $at) (local.get $answer) (local.get $asked)))
          (then (return (i32.const 0))))
        (memory.copy $guest $records (i32.const {ANSWER_AT}) (local.get $answer) (local.get $answered))
        (i32.store $guest (local.get $pointer) (i32.const {ANSWER_AT}))
        (i32.store $guest (local.get $length) (local.get $answered))
        (i32.store $records (i32.const 0) (i32.add (local.get $answer) (local.get $answered)))
        (i32.store $records (i32.const 8) (i32.add (i32.load $records (i32.const 8)) (i32.const 1)))
        (i32.const 1))
      {tried_first(count, "$served")})"""


def running_text(allocates: bool, frees: bool) -> str:
    """The module that makes recorded calls, of a guest that has an allocator of its own or that has none.

    An entry tells where the next is, from where to where its records go, where and how large what it returns is, which
    export it calls, and where and how large the input is.
    """
    given = [
        '(import "guest" "alloc" (func $alloc (param i32) (result i32)))' if allocates else "",
        '(import "guest" "free" (func $free (param i32 i32)))' if frees else "",
    ]
    takes_back = "(call $free (local.get $pointer) (local.get $size))" if allocates and frees else ""
    place = "(call $alloc (local.get $size))" if allocates else "(i32.const 0)"
    return f"""(module ${SERVED_MODULE} {KIND}
      (import "guest" "memory" (memory $guest 0))
      (import "served" "records" (memory $records 0))
      {"".join(given)}
      (table $exports (export "exports") 0 funcref)
      {LIES}
      {SAME}
      (func $run (export "run") (param $slot i32) (param $pointer i32) (param $size i32) (result i32)
        (local $status i32) (local $entry i32) (local $expected i32) (local $at i32)
        (i64.store $records offset=20 (i32.const 0) (i64.const 0))
        (i32.store $records offset=28 (i32.const 0) (i32.const 0))
        (i32.store $records offset=32 (i32.const 0) (local.get $slot))
        (loop $calls
          (local.set $status (call_indirect $exports (type $host) (local.get $pointer) (local.get $size)
            (i32.const {RESULT_POINTER}) (i32.const {RESULT_LENGTH}) (local.get $slot)))
          {takes_back}
          (local.set $entry (i32.load $records (i32.const {_ENTRY_AT})))
          (if (i32.or (i32.eqz (local.get $entry)) (i32.ne (local.get $status) (i32.const 0)))
            (then (return (local.get $status))))
          (local.set $size (i32.load $records offset=16 (local.get $entry)))
          ;; What is expected of it lies here, all that was recorded was asked, and the result lies in the memory.
          (if (i32.or (i32.eqz (local.get $size))
              (i32.ne (i32.load $records (i32.const 0)) (i32.load $records (i32.const 4))))
            (then (return (i32.const 0))))
          (if (i32.eqz (call $lies (i32.const {RESULT_POINTER}) (i32.const 8))) (then (return (i32.const 0))))
          (local.set $at (i32.load $guest (i32.const {RESULT_POINTER})))
          (if (i32.ne (i32.load $guest (i32.const {RESULT_LENGTH})) (local.get $size)) (then (return (i32.const 0))))
          (if (i32.eqz (call $lies (local.get $at) (local.get $size))) (then (return (i32.const 0))))
          (local.set $expected (i32.load $records offset=12 (local.get $entry)))
          (if (i32.eqz (call $same (local.get $expected) (i32.add (local.get $expected) (local.get $size))
              (local.get $at)))
            (then (return (i32.const 0))))
          {"(call $free (local.get $at) (local.get $size))" if frees else ""}
          ;; It has ended as recorded: the next one runs from here on.
          (local.set $entry (i32.load $records (local.get $entry)))
          (i32.store $records (i32.const 12) (i32.add (i32.load $records (i32.const 12)) (i32.const 1)))
          (i32.store $records (i32.const 8) (i32.const 0))
          (i32.store $records (i32.const {_ENTRY_AT}) (local.get $entry))
          (i32.store $records (i32.const 0) (i32.load $records offset=4 (local.get $entry)))
          (i32.store $records (i32.const 4) (i32.load $records offset=8 (local.get $entry)))
          (local.set $slot (i32.load $records offset=20 (local.get $entry)))
          (local.set $size (i32.load $records offset=28 (local.get $entry)))
          (i32.store $records offset=32 (i32.const 0) (local.get $slot))
          (local.set $pointer {place})
          (i32.store $records offset=24 (i32.const 0) (local.get $pointer))
          (i32.store $records offset=28 (i32.const 0) (local.get $size))
          (if (i32.or {"(i32.eqz (local.get $pointer))" if allocates else "(i32.const 0)"}
              (i32.eqz (call $lies (local.get $pointer) (local.get $size))))
            (then (i32.store $records offset=20 (i32.const 0) (i32.const 1)) (return (i32.const 0))))
          (memory.copy $guest $records (local.get $pointer) (i32.load $records offset=24 (local.get $entry))
            (local.get $size))
          (br $calls))
        (unreachable)))"""

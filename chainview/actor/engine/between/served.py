"""Recorded answers that lie in wasm: host calls that ask what was recorded, in its order, are answered without Python.

Two modules are made for an instance. The first stands for its imports and passes each call on through a table, in which
Python's host functions stand at first: by tail calls, so that no stack shows it. The second, made once the guest's
memory is there, takes their places: it compares the packed input, byte for byte, with the next record, and puts the
recorded answer where the calling convention wants it. Whatever is unusual it passes on to the host function, as if it
were not there. Neither imports anything of a host but those functions.
"""

from __future__ import annotations

from collections.abc import Sequence
from struct import Struct

import wasmtime

from chainview.actor.engine.between.passing import (
    ANSWER_AT,
    KIND,
    LARGEST_FIXED_ANSWER,
    LIES,
    PAGE,
    Passing,
    compiled_once,
    exported,
    host_imports,
    tried_first,
)
from chainview.actor.engine.binding import Exports, Memory
from chainview.actor.engine.stacks import SERVED_MODULE
from chainview.pack.cgrf.limits import HEADER_SIZE, NODE_HEAD_SIZE

MOST_BYTES = 1 << 20
"""Of records that lie in wasm at once."""
_STATE = Struct("<3I")
_RECORD = Struct("<2I")
_RECORDS_AT = 16


def record(imported: int, header: bytes, nodes: bytes) -> bytes:
    """A record of what an import was asked and what it answered: a node each, and the header that both have alone."""
    return b"".join((_RECORD.pack(imported, len(nodes)), header, nodes))


class Served:
    """The records that answer the imports of one instance; only its thread may use it."""

    def __init__(self, engine: wasmtime.Engine, store: wasmtime.Store, functions: Sequence[wasmtime.Func]) -> None:
        self._engine, self._store, self._host = engine, store, list(functions)
        self._passing = Passing(engine, store, functions)
        self.functions: Sequence[wasmtime.Func] = self._passing.functions
        """What the guest imports, in the order of the host functions."""
        self._memory: Memory | None = None
        self._is_serving = False
        self._count = 0

    def begins(self, memory: wasmtime.Memory) -> bool:
        """Takes the places of the host functions of a guest with this memory; False where that can't be had."""
        try:
            self._begin(memory)
        except wasmtime.WasmtimeError:
            return False
        return True

    def _begin(self, memory: wasmtime.Memory) -> None:
        code = compiled_once(self._engine, serving_text(len(self._host)))
        exports = Exports(self._store, wasmtime.Instance(self._store, code, [memory, *self._host]))
        self._memory = Memory(self._store, exported(exports, "records", wasmtime.Memory))
        for at in range(len(self._host)):
            self._passing.replace(at, exported(exports, str(at), wasmtime.Func))

    def look(self) -> None:
        """Nothing of it has to be known before the next call that it can't answer."""

    def serve(self, records: bytes) -> None:
        """From now on the host calls are answered by these records, of which there are up to MOST_BYTES."""
        assert self._memory is not None
        self._memory.write(0, _STATE.pack(_RECORDS_AT, _RECORDS_AT + len(records), 0) + bytes(4) + records)
        self._is_serving = True

    def stop(self) -> None:
        """From now on the host functions answer."""
        if self._is_serving and self._memory is not None:
            self._is_serving = False
            self._count += _STATE.unpack(self._memory.read(0, _STATE.size))[2]
            self._memory.write(0, bytes(_STATE.size))

    def taken(self) -> int:
        """How many host calls were answered here up to the last stop, since this was asked last."""
        count, self._count = self._count, 0
        return count


def served_by(engine: wasmtime.Engine, store: wasmtime.Store, functions: Sequence[wasmtime.Func]) -> Served | None:
    """What stands between a guest and these host functions; None where the engine can't have it."""
    try:
        return Served(engine, store, functions)
    except wasmtime.WasmtimeError:
        return None


def serving_text(count: int) -> str:
    """The module that answers the calls of so many imports from records."""
    pages = -(-(_RECORDS_AT + MOST_BYTES) // PAGE)
    return f"""(module ${SERVED_MODULE} {KIND}
      (import "guest" "memory" (memory $guest 0))
      {host_imports(count)}
      (memory $records (export "records") {pages} {pages})
      {LIES}
      (func $served (param $import i32) (param $asked i32) (param $size i32) (param $pointer i32) (param $length i32)
          (result i32)
        (local $at i32) (local $node i32) (local $answer i32) (local $answered i32) (local $end i32) (local $stop i32)
        (local.set $at (i32.load $records (i32.const 0)))
        (if (i32.eq (local.get $at) (i32.load $records (i32.const 4))) (then (return (i32.const 0))))
        (if (i32.ne (i32.load $records (local.get $at)) (local.get $import)) (then (return (i32.const 0))))
        (local.set $node (i32.add (local.get $at) (i32.const {_RECORD.size + HEADER_SIZE})))
        (local.set $stop (i32.add (local.get $node) (i32.load $records offset=4 (local.get $at))))
        ;; The input is a header and the first node; the second has to end where the record does.
        (local.set $answer (i32.add (local.get $node) (i32.sub (local.get $size) (i32.const {HEADER_SIZE}))))
        (if (i32.or (i32.lt_u (local.get $size) (i32.const {HEADER_SIZE + NODE_HEAD_SIZE}))
            (i32.gt_u (local.get $size) (i32.sub (local.get $stop) (local.get $at))))
          (then (return (i32.const 0))))
        (if (i32.ne (i32.load $records offset=4 (local.get $node))
            (i32.sub (local.get $size) (i32.const {HEADER_SIZE + NODE_HEAD_SIZE})))
          (then (return (i32.const 0))))
        (local.set $end (i32.sub (local.get $stop) (local.get $answer)))
        (if (i32.lt_s (local.get $end) (i32.const {NODE_HEAD_SIZE})) (then (return (i32.const 0))))
        (if (i32.ne (i32.load $records offset=4 (local.get $answer))
            (i32.sub (local.get $end) (i32.const {NODE_HEAD_SIZE})))
          (then (return (i32.const 0))))
        (local.set $answered (i32.add (local.get $end) (i32.const {HEADER_SIZE})))
        (if (i32.gt_u (local.get $answered) (i32.const {LARGEST_FIXED_ANSWER})) (then (return (i32.const 0))))
        (local.set $at (i32.add (local.get $at) (i32.const {_RECORD.size})))
        (if (i32.eqz (i32.and (i32.and (call $lies (local.get $asked) (local.get $size))
              (call $lies (i32.const {ANSWER_AT}) (local.get $answered)))
              (i32.and (call $lies (local.get $pointer) (i32.const 4)) (call $lies (local.get $length) (i32.const 4)))))
          (then (return (i32.const 0))))
        (local.set $end (i32.sub (local.get $answer) (i32.const 7)))
        (block $eights (loop $again
          (br_if $eights (i32.ge_u (local.get $at) (local.get $end)))
          (if (i64.ne (i64.load $records (local.get $at)) (i64.load $guest (local.get $asked)))
            (then (return (i32.const 0))))
          (local.set $at (i32.add (local.get $at) (i32.const 8)))
          (local.set $asked (i32.add (local.get $asked) (i32.const 8)))
          (br $again)))
        (block $ones (loop $again
          (br_if $ones (i32.ge_u (local.get $at) (local.get $answer)))
          (if (i32.ne (i32.load8_u $records (local.get $at)) (i32.load8_u $guest (local.get $asked)))
            (then (return (i32.const 0))))
          (local.set $at (i32.add (local.get $at) (i32.const 1)))
          (local.set $asked (i32.add (local.get $asked) (i32.const 1)))
          (br $again)))
        (memory.copy $guest $records (i32.const {ANSWER_AT})
          (i32.sub (local.get $node) (i32.const {HEADER_SIZE})) (i32.const {HEADER_SIZE}))
        (memory.copy $guest $records (i32.const {ANSWER_AT + HEADER_SIZE}) (local.get $answer)
          (i32.sub (local.get $answered) (i32.const {HEADER_SIZE})))
        (i32.store $guest (local.get $pointer) (i32.const {ANSWER_AT}))
        (i32.store $guest (local.get $length) (local.get $answered))
        (i32.store $records (i32.const 0) (local.get $stop))
        (i32.store $records (i32.const 8) (i32.add (i32.load $records (i32.const 8)) (i32.const 1)))
        (i32.const 1))
      {tried_first(count, "$served")})"""

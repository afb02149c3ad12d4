"""Host calls that have no effect but their event, recorded inside wasm.

As for what is served from records, one module passes each call on through a table. Once it pays, a second takes the
places of those calls alone: it hands their input to the recorder, and answers where that recorded it. Whatever is
unusual it passes on to the host function, as if it were not there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import wasmtime

from chainview.actor.engine.between.passing import (
    ANSWER_AT,
    KIND,
    LIES,
    Passing,
    compiled_once,
    exported,
    host_imports,
    tried_first,
)
from chainview.actor.engine.binding import Exports
from chainview.actor.engine.stacks import SERVED_MODULE
from chainview.core.recording import LARGEST_INPUT, Form, Recorded, RecordingCore


class RecordedCalls:
    """What records some calls of one instance; only its thread may use it."""

    def __init__(self, engine: wasmtime.Engine, store: wasmtime.Store, functions: Sequence[wasmtime.Func]) -> None:
        self._engine, self._store, self._host = engine, store, list(functions)
        self._passing = Passing(engine, store, functions)
        self.functions: Sequence[wasmtime.Func] = self._passing.functions
        self.told: Callable[[], None] = _nobody
        """Called every 100 ms while guest code runs, at a moment at which what was recorded can be taken."""
        self._memory: wasmtime.Memory | None = None
        self._core: RecordingCore | None = None

    @property
    def caller(self) -> None:
        """Exports are called as ever."""
        return

    def begins(self, memory: wasmtime.Memory, exports: Exports) -> bool:
        """Nothing is recorded here before `stands_on`."""
        self._memory = memory
        return True

    def ends(self) -> None:
        """Lets go of the file, and of who is told; nothing is recorded any more by then."""
        self._core, self.told = None, _nobody

    def look(self) -> bool:
        """Lets what was recorded be told, unless a call is being recorded."""
        if self._core is not None and not self._core.is_busy:
            self.told()
        return False

    def stands_on(self, path: Path, forms: Mapping[int, Form], answer: bytes) -> bool:
        """Takes the places of these imports, to record in that file what `answer` answers; False where it can't."""
        try:
            self._core = self._standing(path, forms, answer)
        except (wasmtime.WasmtimeError, OSError):
            self._core = None
        return self._core is not None

    def _standing(self, path: Path, forms: Mapping[int, Form], answer: bytes) -> RecordingCore:
        assert self._memory is not None
        core = RecordingCore(self._engine, self._store, path, list(forms.values()))
        code = compiled_once(self._engine, recording_text(len(forms), core.at, core.input_at, answer))
        host = [self._host[at] for at in forms]
        exports = Exports(
            self._store, wasmtime.Instance(self._store, code, [self._memory, core.memory, core.function, *host])
        )
        for number, at in enumerate(forms):
            self._passing.replace(at, exported(exports, str(number), wasmtime.Func))
        return core

    def go_on(self, head: bytes, offset: int) -> None:
        """From now on it records, behind an event with this hash and from this place of the file on."""
        assert self._core is not None
        self._core.begin(head, offset)

    def taken(self) -> Recorded:
        """From now on it records nothing; what it has recorded since it was told to go on."""
        assert self._core is not None
        return self._core.end()


def _nobody() -> None:
    """What is told to nobody."""


def recorded_by(
    engine: wasmtime.Engine, store: wasmtime.Store, functions: Sequence[wasmtime.Func]
) -> RecordedCalls | None:
    """What stands between a guest and these host functions; None where the engine can't have it."""
    try:
        return RecordedCalls(engine, store, functions)
    except wasmtime.WasmtimeError:
        return None


def recording_text(count: int, recorder: int, input_at: int, answer: bytes) -> str:
    """The module that lets a recorder record the calls of so many imports, all of which have the same answer."""
    words = "\n".join(
        [
            f"(i32.store8 $guest offset={at} (i32.const {ANSWER_AT}) (i32.const {value}))"
            for at, value in enumerate(answer)
        ]
    )
    return f"""(module ${SERVED_MODULE} {KIND}
      (import "guest" "memory" (memory $guest 0))
      (import "recorder" "memory" (memory $recorder 0))
      (import "recorder" "record" (func $record (param i32 i32 i32) (result i32)))
      {host_imports(count)}
      {LIES}
      (func $recorded (param $import i32) (param $asked i32) (param $size i32) (param $pointer i32) (param $length i32)
          (result i32)
        (if (i32.gt_u (local.get $size) (i32.const {LARGEST_INPUT})) (then (return (i32.const 0))))
        (if (i32.eqz (i32.and (i32.and (call $lies (local.get $asked) (local.get $size))
              (call $lies (i32.const {ANSWER_AT}) (i32.const {len(answer)})))
              (i32.and (call $lies (local.get $pointer) (i32.const 4)) (call $lies (local.get $length) (i32.const 4)))))
          (then (return (i32.const 0))))
        (memory.copy $recorder $guest (i32.const {input_at}) (local.get $asked) (local.get $size))
        (if (i32.eqz (call $record (i32.const {recorder}) (local.get $import) (local.get $size)))
          (then (return (i32.const 0))))
        {words}
        (i32.store $guest (local.get $pointer) (i32.const {ANSWER_AT}))
        (i32.store $guest (local.get $length) (i32.const {len(answer)}))
        (i32.const 1))
      {tried_first(count, "$recorded")})"""

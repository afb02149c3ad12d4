"""What host calls are measured by: the same guest whose imports answer at once, and the real Theater, where it is."""

from __future__ import annotations

import os
import re
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

import wasmtime

from chainview.actor.actor import Actor
from chainview.actor.engine.between.passing import Standing, compiled_once, exported
from chainview.actor.engine.between.recorded import RecordedCalls, recording_text
from chainview.actor.engine.binding import Exports, Extern
from chainview.actor.engine.loading import compile_module, read_module
from chainview.actor.hosts.provided import handlers_for
from chainview.actor.interceptors import CallInterceptor
from chainview.actor.limits import DEFAULT_LIMITS
from chainview.actor.module import Import
from chainview.actor.session.host import SessionHost
from chainview.chain.payload import UNIT_BYTES
from chainview.chain.state_chain import StateChain
from chainview.pack.cgrf import encode
from chainview.pack.values import U32, Tuple
from tests.actor.running import sample

CHAT = "sample:chatter/chatter.chat"
THEATER = "CHAINVIEW_THEATER"
"""The variable that names a program which runs an actor in the real Theater.

`PROGRAM record --wasm MODULE --script FILE --out FOLDER` makes the calls of a script, a line each: `init`,
`call SYMBOL HEX`, the parameters in CGRF, and `stop`. It leaves `events.json` in the folder and prints `SYMBOL: ok …
[M ms, …`. `PROGRAM replay --wasm MODULE --chain FILE --out FOLDER` prints `… events in Some(Ns)`.
"""

_NOTHING = """(module (memory (export "memory") 2)
  (func (export "record") (param i32 i32 i32) (result i32) (i32.const 1)))"""


class _AtOnce(RecordedCalls):
    """Answers every host call as `log` is answered, inside wasm, and does nothing else."""

    def begins(self, memory: wasmtime.Memory, exports: Exports) -> bool:
        made: list[Extern] = [memory, *self._nothing(), *self._host]
        code = compiled_once(self._engine, recording_text(len(self._host), 0, 0, UNIT_BYTES[2]))
        answering = Exports(self._store, wasmtime.Instance(self._store, code, made))
        for at in range(len(self._host)):
            self._passing.replace(at, exported(answering, str(at), wasmtime.Func))
        return True

    def _nothing(self) -> tuple[wasmtime.Memory, wasmtime.Func]:
        code = compiled_once(self._engine, _NOTHING)
        nothing = Exports(self._store, wasmtime.Instance(self._store, code, []))
        return exported(nothing, "memory", wasmtime.Memory), exported(nothing, "record", wasmtime.Func)


class _Answering(CallInterceptor):
    def between(self, imports: Sequence[Import]) -> Standing | None:
        return _AtOnce


def at_once_seconds(calls: int, size: int) -> float:
    """The processor seconds of a chatter that makes so many host calls of that size, all answered at once."""
    loaded, chain = compile_module(read_module(sample("chatter"))), StateChain()
    handlers, _ = handlers_for(loaded, SessionHost(chain))
    actor = Actor(loaded, chain, _Answering(), handlers, DEFAULT_LIMITS)
    actor.initialize(None)
    begun = time.process_time()
    assert actor.call(CHAT, _asked(calls, size)).ok
    spent = time.process_time() - begun
    actor.close()
    return spent


def theater_seconds(folder: Path, calls: int, size: int) -> tuple[float, float] | None:
    """The seconds that the real Theater takes to record such a call, and to replay it; None where it is not at hand."""
    program = os.environ.get(THEATER)
    if not program:
        return None
    script, made = folder / "script", folder / "made"
    made.mkdir(exist_ok=True)
    script.write_text(f"init\ncall {CHAT} {encode(_asked(calls, size)).hex()}\nstop\n")
    module = ["--wasm", str(sample("chatter"))]
    recorded = _said([program, "record", *module, "--script", str(script), "--out", str(made)])
    replayed = _said([program, "replay", *module, "--chain", str(made / "events.json"), "--out", str(made)])
    recorded_in = _number(r"chat: ok .*\[([\d.]+) ms, ", recorded) / 1000
    return recorded_in, _number(r"events in Some\(([\d.]+)s\)", replayed)


def _asked(calls: int, size: int) -> Tuple:
    return Tuple((U32(calls), U32(size)))


def _said(words: list[str]) -> str:
    return subprocess.run(words, capture_output=True, text=True, check=False).stdout


def _number(pattern: str, said: str) -> float:
    found = re.search(pattern, said)
    if found is None:
        raise SystemExit(f"{os.environ[THEATER]} says no time: {said[-200:]}")
    return float(found[1])

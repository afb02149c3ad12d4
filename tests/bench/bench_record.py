"""What recording costs: `python -m tests.bench.bench_record` prints the time of a host call, and its ratios.

Those are to its twin in Python, to a bare call through wasmtime's own `Func`, to the same guest whose imports answer at
once, and where `CHAINVIEW_THEATER` names a program that asks the real Theater, to that: it says how long it took.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import pytest
import wasmtime

from chainview.actor.manifest import find_target
from chainview.actor.session.family import Family
from chainview.actor.session.host import SessionHost
from chainview.actor.session.launch import open_file, prepare
from chainview.actor.session.options import Options
from chainview.chain.state_chain import StateChain
from chainview.core.serving import VARIABLE
from tests.bench.figures import numbers_asked, print_figure, print_machine
from tests.bench.yardsticks import at_once_seconds, theater_seconds

CHATTER = Path(__file__).resolve().parents[2] / "sample_actors" / "chatter" / "chatter.wasm"
CALLS = 100_000


def recorded_seconds(size: int) -> float:
    """The seconds of one call that makes 100,000 host calls of that size, written to a file."""
    with tempfile.TemporaryDirectory() as folder:
        chain = StateChain()
        options = Options(
            find_target(str(CHATTER)), calls=(f"chat({CALLS}u32, {size}u32)",), output=Path(folder) / "c.chain"
        )
        host = SessionHost(chain, family=Family(options))
        launch = prepare(options, host, chain)
        writer = open_file(options, launch, chain, host)
        launch.actor.initialize(None)
        (request,) = launch.requests
        begun = time.perf_counter()
        assert launch.actor.call(request.symbol, request.params).ok
        spent = time.perf_counter() - begun
        launch.actor.close()
        writer.close()
    return spent


def bare_seconds() -> float:
    """The seconds of the same number of host calls through wasmtime's own `Func`, doing nothing."""
    text = """(module (import "h" "f" (func $f (param i32 i32 i32 i32) (result i32)))
      (func (export "many") (param $n i32) (loop $again
        (drop (call $f (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0)))
        (local.set $n (i32.sub (local.get $n) (i32.const 1))) (br_if $again (local.get $n)))))"""
    store = wasmtime.Store()
    kind = wasmtime.FuncType([wasmtime.ValType.i32()] * 4, [wasmtime.ValType.i32()])
    function = wasmtime.Func(store, kind, lambda a, b, c, d: 0)
    module = wasmtime.Module(store.engine, bytes(wasmtime.wat2wasm(text)))
    many = wasmtime.Instance(store, module, [function]).exports(store)["many"]
    assert isinstance(many, wasmtime.Func)
    begun = time.perf_counter()
    many(store, CALLS)
    return time.perf_counter() - begun


def main() -> None:
    """Prints the figures."""
    numbers_asked(__doc__)
    print_machine()
    bare = min(bare_seconds() for _ in range(3))
    print_figure("bare host call through wasmtime's Func", f"{bare / CALLS * 1e6:.1f} us")
    for size in (16, 256, 4096):
        spent, twin = [_least(word, size) for word in ("", "off")]
        print_figure(f"recorded host call of {size:,} bytes", f"{spent / CALLS * 1e6:.1f} us")
        ratios = {"its twin in Python": twin, "the bare call": bare, "imports that answer at once": _at_once(size)}
        with tempfile.TemporaryDirectory() as folder:
            theaters = theater_seconds(Path(folder), CALLS, size)
        if theaters is not None:
            ratios["the real Theater's"] = theaters[0]
        for name, other in ratios.items():
            print_figure(f"  to {name}", f"{spent / other:.2f}")


def _least(word: str, size: int) -> float:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(VARIABLE, word)
        return min(recorded_seconds(size) for _ in range(3))


def _at_once(size: int) -> float:
    return min(at_once_seconds(CALLS, size) for _ in range(3))


if __name__ == "__main__":
    main()

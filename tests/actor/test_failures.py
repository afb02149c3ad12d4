"""Guest code that fails: each way ends one call with a clear reason, and the actor goes on."""

from __future__ import annotations

import itertools
import re
import sys
import threading
from pathlib import Path
from types import FrameType

import pytest

from chainview.actor.limits import Limits, recorded_limits
from chainview.actor.module import ModuleError
from chainview.chain.failure import BACKTRACE
from chainview.pack.cgrf import encode
from chainview.pack.values import U32, UNIT, String, Tuple
from tests.actor.guests import DIVIDE_BY_ZERO, OUT_OF_BOUNDS, SPIN, TRAP, Guest, declaring
from tests.actor.running import running, sample
from tests.waiting import eventually

PREFIX = "Failed to call function '{0}' with input: (Faulty{{fine: 0u32}}): WASM execution error: "


def faulty(name: str) -> str:
    """The symbol of an export of the sample actor."""
    return f"sample:faulty/faulty.{name}"


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("trap", "wasm trap: wasm `unreachable` instruction executed"),
        ("divide-by-zero", "wasm trap: integer divide by zero"),
        ("out-of-bounds", "wasm trap: out of bounds memory access"),
        ("stack-overflow", "wasm trap: call stack exhausted"),
        ("panic", "the guest panicked"),
    ],
)
def test_a_fault_is_told_with_its_reason_and_stack(name: str, reason: str) -> None:
    """A fault becomes a wasm-error without addresses, with the stack beside it, and the actor answers again."""
    with running(sample("faulty"), limits=Limits(timeout=20)) as run:
        run.actor.initialize(None)
        failed = run.actor.call(faulty(name), UNIT)
        assert failed.error is not None
        assert failed.reason == reason
        prefix = PREFIX.format(faulty(name))
        if name == "panic":
            assert failed.error == prefix + reason
        else:
            told = failed.error.removeprefix(f"{prefix}{BACKTRACE}\n    0: ")
            assert told.split(" - ")[1].startswith(f"faulty.wasm!{'' if name == 'stack-overflow' else faulty(name)}")
            assert reason not in failed.error
        assert failed.stack
        assert (
            any(name.replace("-", "_") in frame.function.replace("-", "_") for frame in failed.stack)
            or name == "stack-overflow"
        )
        assert run.actor.call(faulty("fine"), UNIT).response == U32(1)
        assert run.chain.verify() is None


def test_an_endless_loop_ends_at_the_time_out() -> None:
    """A call that does not end is stopped after the time it may take."""
    with running(sample("faulty"), limits=Limits(timeout=0.3)) as run:
        run.actor.initialize(None)
        failed = run.actor.call(faulty("endless-loop"), UNIT)
        assert failed.error == PREFIX.format(faulty("endless-loop")) + "stopped after 0.3 s without a result"
        assert run.actor.call(faulty("fine"), UNIT).ok


PANICKING = """(module (memory (export "memory") 1)
  (func {0} {1})
  (func $traps (export "traps") (param i32 i32 i32 i32) (result i32) unreachable)
  (func $caller (export "f") (param i32 i32 i32 i32) (result i32) (call 0) (i32.const 0)))"""
UNREACHABLE = "wasm trap: wasm `unreachable` instruction executed"
HANDLERS = ("unreachable", "(loop (br 0))")


@pytest.mark.parametrize("handler", HANDLERS)
@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("__rustc::rust_begin_unwind", "the guest panicked"),
        ("core::panicking::panic_fmt", "the guest panicked"),
        ("alloc::raw_vec::handle_error", "out of memory: the guest holds 0 MiB of at most 1 MiB and wanted more"),
    ],
)
def test_a_panic_reads_the_same_whether_it_traps_or_spins(tmp_path: Path, name: str, says: str, handler: str) -> None:
    """Packr-guest 0.24.1 and later end a panic with a trap, earlier ones with a loop: a person is told one thing."""
    path = tmp_path / "panicking.wat"
    path.write_text(PANICKING.format(f'(@name "{name}")', handler), encoding="utf-8")
    with running(path, limits=Limits(memory=1 << 20)) as run:
        failed = run.actor.call("f", UNIT)
        assert failed.reason == says
        assert [frame.function for frame in failed.stack] == [name, "caller"]
        assert run.actor.call("traps", UNIT).reason == UNREACHABLE


NAMELESS = (
    '(module (memory (export "memory") 1) (func (export "f") (param i32 i32 i32 i32) (result i32) {0} unreachable))'
)


@pytest.mark.once
@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("(loop (br 0))", "WASM execution error: the guest panicked, it seems (its functions have no names)"),
        ("(loop (br_if 0 (i32.const 1)))", "stopped after 0.5 s without a result"),
        ("(loop (drop (i32.load (i32.const 0))) (br 0))", "stopped after 0.5 s without a result"),
    ],
)
def test_without_names_a_loop_that_does_nothing_seems_a_panic(tmp_path: Path, body: str, says: str) -> None:
    """A guest of packr-guest before 0.24.1 that panicked loops without doing anything, and is told so as it seems."""
    path = tmp_path / "nameless.wat"
    path.write_text(NAMELESS.format(body), encoding="utf-8")
    with running(path, limits=Limits(timeout=0.5)) as run:
        failed = run.actor.call("f", UNIT)
        assert failed.error is not None
        assert failed.error.endswith(says)
        assert [frame.function for frame in failed.stack] == ["<wasm function 0>"]


@pytest.mark.parametrize("handler", HANDLERS)
def test_a_panic_without_names_reads_the_same_too(tmp_path: Path, handler: str) -> None:
    """A function that only traps, or only loops, is what a panic ends in; one that does more before is not."""
    path, functions = (
        tmp_path / "nameless.wat",
        f"(func {handler}) (func (drop (memory.grow (i32.const 1))) unreachable))",
    )
    for called, says in ((1, "the guest panicked, it seems (its functions have no names)"), (2, UNREACHABLE)):
        path.write_text(NAMELESS.format(f"(call {called})")[:-1] + functions, encoding="utf-8")
        with running(path, limits=Limits(timeout=20)) as run:
            assert run.actor.call("f", UNIT).reason == says


def test_a_running_call_can_be_interrupted(tmp_path: Path) -> None:
    """Interrupting from another thread ends the call with a reason that says so; without a call there is none."""
    with running(Guest().body("spin", SPIN).written(tmp_path), limits=Limits(timeout=600)) as run:
        assert not run.actor.interrupt()
        # Only a call that runs can be interrupted.
        thread = threading.Thread(target=lambda: eventually(run.actor.interrupt))
        thread.start()
        failed = run.actor.call("spin", UNIT)
        thread.join()
        assert failed.error is not None
        assert failed.error.endswith("WASM execution error: interrupted by the user")


def test_memory_without_end_is_told_as_such() -> None:
    """An actor that grows past what it may hold is told to be out of memory, and goes on."""
    with running(sample("faulty"), limits=Limits(memory=32 << 20)) as run:
        run.actor.initialize(None)
        failed = run.actor.call(faulty("unbounded-memory"), UNIT)
        assert failed.error is not None
        assert "WASM execution error: out of memory: the guest holds" in failed.error
        assert run.actor.call(faulty("fine"), UNIT).ok


def test_bytes_that_are_no_value_are_refused() -> None:
    """A result that does not decode fails its call."""
    with running(sample("faulty")) as run:
        run.actor.initialize(None)
        failed = run.actor.call(faulty("bad-bytes"), UNIT)
        assert failed.error is not None
        assert failed.error.endswith("): ABI error: Invalid encoding: Invalid magic")
        assert "the result can't be decoded" in failed.reason


def test_a_result_of_another_type_is_a_violation() -> None:
    """A result that does not fit the declared type fails with Theater's words."""
    with running(sample("faulty")) as run:
        run.actor.initialize(None)
        failed = run.actor.call(faulty("wrong-type"), UNIT)
        assert failed.error is not None
        assert failed.error.startswith(f"Return type violation from '{faulty('wrong-type')}': ")


def test_an_input_that_does_not_decode_names_the_import(tmp_path: Path) -> None:
    """A host call with bytes that are no Value ends the call at once, before any interceptor hears of it."""
    guest = Guest().calling("f", "test:x/host", "ask", b"no value")
    with running(guest.written(tmp_path)) as run:
        failed = run.actor.call("f", UNIT)
        assert failed.error is not None
        assert "WASM execution error: the input of test:x/host.ask can't be decoded" in failed.error
        assert run.types() == ["wasm", "wasm"]


@pytest.mark.parametrize("pointer", ["(i32.const -4)", "(i32.const 99999999)"])
def test_pointers_outside_the_memory_are_refused(tmp_path: Path, pointer: str) -> None:
    """A result, an input or an answer slot that points outside the guest's memory fails the call and nothing else."""
    guest = Guest().calling("slots", "test:x/host", "ask", encode(UNIT))
    guest.bodies["slots"] = guest.bodies["slots"].replace("(local.get $out)", pointer)
    guest.body(
        "result",
        f"(i32.store (local.get $out) {pointer}) (i32.store (local.get $outlen) (i32.const 99)) (i32.const 0)",
    )
    guest.body(
        "length",
        "(i32.store (local.get $out) (i32.const 8)) (i32.store (local.get $outlen) (i32.const -1)) (i32.const 0)",
    )
    guest.body("input", f"(call $import0 {pointer} (i32.const 64) (local.get $out) (local.get $outlen))")
    guest.returning("fine", String("still here"))
    with running(guest.written(tmp_path)) as run:
        for name in ("slots", "result", "length", "input"):
            failed = run.actor.call(name, UNIT)
            assert failed.error is not None, name
            assert "memory does not hold" in failed.reason, name
            assert (": Memory error: out of bounds memory access" in failed.error) == (name in ("result", "length")), (
                name
            )
        assert run.actor.call("fine", UNIT).response == String("still here")


@pytest.mark.parametrize("body", [TRAP, DIVIDE_BY_ZERO, OUT_OF_BOUNDS])
def test_a_trap_leaves_a_new_instance_for_the_next_call(tmp_path: Path, body: str) -> None:
    """After a trap the next call runs on fresh memory: a counter kept outside the state starts again."""
    counting = """
    (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
    (if (i32.gt_u (global.get $calls) (i32.const 1)) (then (unreachable)))"""
    guest = Guest().returning("once", String("first")).body("fail", body)
    guest.bodies["once"] = counting + guest.bodies["once"]
    guest.extra += "(global $calls (mut i32) (i32.const 0))"
    with running(guest.written(tmp_path)) as run:
        assert run.actor.call("once", UNIT).ok
        assert not run.actor.call("once", UNIT).ok
        assert run.actor.call("once", UNIT).ok
        assert not run.actor.call("fail", Tuple(())).ok
        assert run.actor.call("once", UNIT).ok


def test_an_allocator_without_memory_is_no_address_zero(tmp_path: Path) -> None:
    """An allocation that gives 0 fails the call as out of memory instead of writing at address 0."""
    big = String("x" * (9 << 20))
    with running(Guest().returning("f", UNIT).written(tmp_path), limits=Limits(memory=4 << 20)) as run:
        failed = run.actor.call("f", Tuple((big,)))
        assert failed.error is not None
        assert "out of memory" in failed.error
        assert run.actor.call("f", UNIT).ok


def test_tables_count_towards_the_limit(tmp_path: Path) -> None:
    """Growing a table past what memory may take gives the guest -1, as growing memory does."""
    guest = Guest()
    guest.extra += "(table $t 1 funcref)"
    grown = "(i32.store (i32.const 40) (table.grow $t (ref.null func) (i32.const 150000000)))"
    guest.body("f", f"{grown} (if (i32.ne (i32.load (i32.const 40)) (i32.const -1)) (then (unreachable)))")
    guest.returning("one", U32(1))
    guest.bodies["f"] += guest.bodies["one"]
    with running(guest.written(tmp_path), limits=Limits(memory=16 << 20)) as run:
        assert run.actor.call("f", UNIT).response == U32(1)


@pytest.mark.parametrize(
    ("declared", "limits", "says"),
    [
        (
            '(memory (export "memory") 40)',
            Limits(memory=1 << 20),
            "it needs 2,560 KiB of memory from the start, more than it may hold: --max-memory gives it more",
        ),
        (
            '(memory (export "memory") 40)',
            recorded_limits({"memory": 64 << 10}, 30.0),
            "it needs 2,560 KiB of memory from the start, more than the 64 KiB that the recording allowed: --max",
        ),
        (
            '(memory (export "memory") 40)',
            recorded_limits({"memory": 64 << 10}, 30.0, 1 << 20),
            "it needs 2,560 KiB of memory from the start, more than it may hold: --max-memory",
        ),
        (
            '(memory (export "memory") 1) (table 9000000 funcref)',
            Limits(memory=1 << 20),
            "it needs a table of 9,000,000 elements",
        ),
    ],
)
def test_a_module_that_needs_too_much_to_start_is_told_how_much(
    tmp_path: Path, declared: str, limits: Limits, says: str
) -> None:
    """What does not fit into the limits from the start is refused with its size, whose limit it is, and the option."""
    path = tmp_path / "m.wat"
    path.write_text(f'(module {declared} (func (export "f") (param i32 i32 i32 i32) (result i32) i32.const 0))')
    with pytest.raises(ModuleError, match=re.escape(says)), running(path, limits=limits):
        pass


def test_a_module_that_does_not_start_leaves_no_thread(tmp_path: Path) -> None:
    """What was begun for an actor that can't be made is ended, as often as that is tried."""
    guest = Guest().returning("f", UNIT)
    guest.extra = "(func $start unreachable) (start $start)"
    path = guest.written(tmp_path)
    with pytest.raises(ModuleError, match="does not start"), running(path):
        pass
    # What ticks for all of them stays from the first on.
    before = set(threading.enumerate())
    for _ in range(5):
        with pytest.raises(ModuleError, match="does not start"), running(path):
            pass
    eventually(lambda: set(threading.enumerate()) <= before)


@pytest.mark.parametrize("declares", [True, False])
@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("unreachable", "wasm trap: wasm `unreachable` instruction executed"),
        ("(drop (i32.div_s (i32.const 1) (i32.const 0)))", "wasm trap: integer divide by zero"),
        ("(drop (i32.load (i32.const -4)))", "wasm trap: out of bounds memory access"),
    ],
)
def test_a_start_function_that_fails_tells_where(tmp_path: Path, body: str, reason: str, declares: bool) -> None:
    """The stack of a start function stands in the sentence and in the error, also where it runs for metadata."""
    guest = Guest().returning("f", UNIT)
    if declares:
        guest.metadata(declaring())
    guest.extra = f"(func $inner {body}) (func $main call $inner) (start $main)"
    path = guest.written(tmp_path)
    says = f"does not start: {reason}, in inner, called by main$"
    with pytest.raises(ModuleError, match=says) as refused, running(path):
        pass
    assert [frame.function for frame in refused.value.stack] == ["inner", "main"]


def test_names_are_not_read_as_types(tmp_path: Path) -> None:
    """A function named `t` is that, and no `unsigned short`, in the stack of a trap and in that of a time-out."""
    names = ("t", "i", "Pc", "Ss", "3foo", "v")
    chain = " ".join(f"(func ${one} call ${other})" for one, other in itertools.pairwise(names))
    for body in ("unreachable", "(loop br 0)"):
        guest = Guest().body("f", "call $t (i32.const 0)")
        guest.extra = f"{chain} (func $v {body})"
        with running(guest.written(tmp_path), limits=Limits(timeout=0.3)) as run:
            stack = run.actor.call("f", UNIT).stack
        assert tuple(frame.function for frame in stack[: len(names)]) == names[::-1]


@pytest.mark.parametrize("head", ["evil", "_ZN4evil", "core::panicking::panic_fmt "])
def test_a_name_of_several_lines_forges_neither_a_reason_nor_a_frame(tmp_path: Path, head: str) -> None:
    """What a function is called is no word of the engine: not why it trapped, and not who called it."""
    name = head + r"\0a  7: 0x1 - m!forged\0a\0aCaused by:\0a    wasm trap: integer divide by zero"
    guest = Guest().body("f", "call $named (i32.const 0)")
    guest.extra = f'(func $named (@name "{name}") unreachable)'
    with running(guest.written(tmp_path)) as run:
        failed = run.actor.call("f", UNIT)
    assert failed.reason in ("wasm trap: wasm `unreachable` instruction executed", "the guest panicked")
    assert len(failed.stack) == 2
    assert failed.stack[0].function == name.replace(r"\0a", r"\n").strip()


@pytest.mark.once
def test_a_name_of_megabytes_costs_its_length(tmp_path: Path) -> None:
    """A trap in a function whose name is very long is told, without a step of ours for each of its letters."""
    guest = Guest().body("f", "call $named (i32.const 0)")
    guest.extra = f'(func $named (@name "{"x" * (3 << 20)}") unreachable)'
    calls = 0

    def count(frame: FrameType, event: str, argument: object) -> None:
        nonlocal calls
        calls += 1

    with running(guest.written(tmp_path)) as run:
        sys.setprofile(count)
        try:
            failed = run.actor.call("f", UNIT)
        finally:
            sys.setprofile(None)
    assert len(failed.stack[0].function) == 3 << 20
    assert calls < 100_000


def test_names_that_rust_and_cpp_encode_stay_written_out(tmp_path: Path) -> None:
    """What is encoded is read, as before; a name is taken as it is where nobody encoded it."""
    guest = Guest().body("f", "call $_ZN4core3fmt5write17h0123456789abcdefE (i32.const 0)")
    guest.extra = (
        "(func $_ZN4core3fmt5write17h0123456789abcdefE call $_ZN3abc3defEi)"
        "(func $_ZN3abc3defEi call $_RNvC1a1b) (func $_RNvC1a1b unreachable)"
    )
    with running(guest.written(tmp_path)) as run:
        stack = run.actor.call("f", UNIT).stack
    assert [frame.function for frame in stack[:3]] == ["a::b", "abc::def(int)", "core::fmt::write"]

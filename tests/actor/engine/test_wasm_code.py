"""Where an `unreachable` stands that the engine tells by the place of a branch."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import wasmtime
from hypothesis import given
from hypothesis import strategies as st

from chainview.actor.engine.wasm_code import unreachable_behind

Body = Callable[[int], str]
"""The text of instructions inside of so many blocks."""

ASKS = "(local.set $n (i32.shr_u (local.get $n) (i32.const 1))) (i32.and (local.get $n) (i32.const 1))"
"""The next bit of the argument."""

ONCE_MORE = "(br_if 1 (i32.eqz (local.get $n))) (local.set $n (i32.shr_u (local.get $n) (i32.const 1)))"
"""What a loop begins with, so that it is left once the argument has no bit left."""


def plain(text: str) -> st.SearchStrategy[Body]:
    """Instructions that are the same wherever they stand."""
    return st.just(lambda depth: text)


def branch(word: str) -> st.SearchStrategy[Body]:
    """A branch out of some of the blocks around it."""
    return st.integers(0, 5).map(lambda out: lambda depth: f"{ASKS if 'if' in word else ''} {word} {min(out, depth)}")


def table() -> st.SearchStrategy[Body]:
    """A branch by number."""
    return st.lists(st.integers(0, 5), min_size=1, max_size=3).map(
        lambda outs: lambda depth: f"{ASKS} br_table {' '.join([str(min(out, depth)) for out in outs])}"
    )


def nested(inner: st.SearchStrategy[Body]) -> st.SearchStrategy[Body]:
    """Instructions in blocks, in both halves of an `if`, and one after the other."""
    sequence = st.lists(inner, min_size=1, max_size=3).map(
        lambda parts: lambda depth: " ".join([part(depth) for part in parts])
    )
    return (
        sequence
        | sequence.map(lambda body: lambda depth: f"block {body(depth + 1)} end")
        | sequence.map(lambda body: lambda depth: f"{ASKS} if {body(depth + 1)} end")
        | st.tuples(sequence, sequence).map(
            lambda both: lambda depth: f"{ASKS} if {both[0](depth + 1)} else {both[1](depth + 1)} end"
        )
        # It is left, or repeated with one bit less.
        | sequence.map(lambda body: lambda depth: f"loop {ONCE_MORE} {body(depth + 1)} end").map(
            lambda loop: lambda depth: f"block {loop(depth + 1)} end"
        )
    )


BODIES = st.recursive(
    plain("unreachable")
    | plain("nop")
    | plain("(drop (i64.add (i64.const 0x7fffffffffff) (i64.const -5)))")
    | plain("(drop (call $f (i32.const 0) (f64.const 1.5)))")
    | plain("(global.set $g (i32.const 1))")
    | plain("(memory.fill (i32.const 0) (i32.const 1) (i32.const 2))")
    | plain("(drop (v128.const i32x4 1 2 3 4)) (global.set $g (i32.const 2))")
    | plain("(drop (i32.load offset=300 (i32.const 0)))")
    | branch("br")
    | branch("br_if")
    | table(),
    nested,
    max_leaves=12,
)


def engine(optimised: bool) -> wasmtime.Engine:
    """The engine as it is set up here, and one that leaves every instruction where it stands."""
    config = wasmtime.Config()
    config.epoch_interruption = True
    config.cranelift_opt_level = "speed" if optimised else "none"
    return wasmtime.Engine(config)


def trapped(binary: bytes, argument: int, *, optimised: bool) -> int | None:
    """The place of the `unreachable` at which a call traps, as an engine tells it; None where it does not."""
    used = engine(optimised)
    store = wasmtime.Store(used)
    store.set_epoch_deadline(1)
    module = wasmtime.Module(used, binary)
    function = wasmtime.Instance(store, module, []).exports(store)["main"]
    assert isinstance(function, wasmtime.Func)
    try:
        function(store, argument)
    except wasmtime.Trap as trap:
        return trap.frames[0].module_offset if trap.trap_code is wasmtime.TrapCode.UNREACHABLE else None
    return None


@given(BODIES, st.lists(st.integers(0, 0x7FFF_FFFF), min_size=1, max_size=6))
def test_the_unreachable_that_was_reached_is_found(body: Body, arguments: list[int]) -> None:
    """Its place is the one that an engine tells that moves nothing, where a branch leads to one of them alone."""
    text = f"""(module (memory 1) (global $g (mut i32) (i32.const 0))
      (func $f (param i32 f64) (result i32) (local i64 i64 f32) (i32.const 7))
      (func (export "main") (param $n i32) (local f64 i64) {body(0)} (br 0)))"""
    binary = bytes(wasmtime.wat2wasm(text))
    found = [(each, trapped(binary, each, optimised=False)) for each in arguments]
    traps = [(each, place) for each, place in found if place is not None]
    for argument, place in traps:
        told = trapped(binary, argument, optimised=True)
        assert told is not None
        assert binary[place] == 0
        reached = unreachable_behind(binary, told)
        assert reached == place or text.count("unreachable") > 1


@pytest.mark.parametrize("offset", [0, 8, 40, 1 << 40, (1 << 64) - 1])
def test_a_place_in_no_function_is_left_as_it_is(offset: int) -> None:
    """Nothing is found where no instruction is, or none leads to one that traps."""
    binary = bytes(wasmtime.wat2wasm('(module (func (export "f") (drop (i32.const 1))))'))
    assert unreachable_behind(binary, offset) == offset


def test_an_instruction_that_is_not_known_finds_nothing() -> None:
    """A function of later instructions keeps the place that the engine tells."""
    binary = bytearray(wasmtime.wat2wasm("(module (func (if (i32.const 0) (then unreachable)) (nop)))"))
    at = binary.index(b"\x04\x40\x00")
    assert unreachable_behind(bytes(binary), at) == at + 2
    binary[binary.index(b"\x01", at)] = 0xFB
    assert unreachable_behind(bytes(binary), at) == at

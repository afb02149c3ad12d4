"""A part of what changed in a build can be taken back, and the rest stays."""

from __future__ import annotations

import pytest
import wasmtime

from chainview.replay.code.code_change import CodeChange
from chainview.replay.code.module_code import ModuleCode, UnreadableCode
from chainview.replay.code.taken_back import taken_back
from tests.replay.code.modules import assembled, built


@pytest.mark.parametrize(
    "fault", ["changed-argument", "extra-end", "loop-fewer", "other-result", "other-trap", "state-only", "trap"]
)
def test_all_taken_back_is_the_recorded_code(fault: str) -> None:
    """A build without any of its changes does what the recorded one does, whatever lies elsewhere."""
    change = CodeChange(built(), built(fault))
    assert change.hunks
    module = taken_back(change, range(len(change.hunks)))
    wasmtime.Module.validate(wasmtime.Engine(), module)
    assert CodeChange(built(), ModuleCode(module)).hunks == ()


def test_one_of_two_changes_is_taken_back() -> None:
    """The other one stays as it is."""
    text = "(func $f (result i32) (i32.const {})) (func $g (result i64) (local f64) (i64.const {}))"
    then, now = assembled(text.format(1, 2)), assembled(text.format(3, 4))
    change = CodeChange(then, now)
    for at in range(2):
        back = ModuleCode(taken_back(change, [at]))
        (left,) = CodeChange(then, back).hunks
        assert left.then == change.hunks[1 - at].then


def test_calls_and_locals_are_those_of_the_new_build() -> None:
    """What is taken back calls the same functions, and keeps its values in locals of the same types."""
    then = assembled("(func $f (local i64) (local.set 0 (call $g))) (func $g (result i64) (i64.const 1))")
    now = assembled("(func $new) (func $f (local i32) (nop)) (func $g (result i64) (i64.const 1))")
    back = taken_back(CodeChange(then, now), [0])
    wasmtime.Module.validate(wasmtime.Engine(), back)
    assert ModuleCode(back).body(1).instructions == (b"\x10\x02", b"\x21\x01", b"\x0b")


def test_a_text_that_is_gone_is_brought_along() -> None:
    """Where the new build does not hold a text any more, it lies behind all else in the memory."""
    change = CodeChange(built("changed-argument"), built())
    (hunk,) = change.hunks
    module = taken_back(change, [0])
    wasmtime.Module.validate(wasmtime.Engine(), module)
    back = ModuleCode(module)
    assert back.pages == change.now.pages + 1 + len(change.then.segments[0].data) // 65536
    address = back.address(back.body(hunk.function).instructions[hunk.start])
    assert address is not None
    place = address - back.segments[-1].address
    assert back.segments[-1].data[place : place + 5] == b"offer"


def test_what_needs_a_function_that_is_gone_is_not_taken_back() -> None:
    """A call of what the new build has no more can't be made."""
    then = assembled("(func $f (result i32) (call $g)) (func $g (result i32) (i32.const 1))")
    change = CodeChange(then, assembled("(func $f (result i32) (i32.const 2))"))
    with pytest.raises(UnreadableCode):
        taken_back(change, [0])

"""A part of what changed in a build can be taken back, and the rest stays."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
import wasmtime
from hypothesis import given
from hypothesis import strategies as st

from chainview.actor.engine.instructions import END
from chainview.replay.code.code_change import CodeChange
from chainview.replay.code.module_code import CONST, ModuleCode, UnreadableCode
from chainview.replay.code.numbers import constant_of, signed
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
    """What is taken back calls the same functions, and keeps its values in locals of its own."""
    then = assembled("(func $f (local i64) (local.set 0 (call $g))) (func $g (result i64) (i64.const 1))")
    now = assembled("(func $new) (func $f (local i32) (nop)) (func $g (result i64) (i64.const 1))")
    back = taken_back(CodeChange(then, now), [0])
    wasmtime.Module.validate(wasmtime.Engine(), back)
    assert ModuleCode(back).body(1).instructions == (b"\x10\x02", b"\x21\x00", b"\x0b")


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


SOURCE = """(memory 1) (global (mut i32) (i32.const 1024)) (func (export "f") (param i32) (result i32)
    (local i32 i32 i32 i32)
    (local.set {frame} (i32.sub (global.get 0) (i32.const {size})))
    (i32.store offset={kept} (local.get {frame}) (i32.mul (local.get 0) (i32.const {factor})))
    (local.set {sum} (i32.const 0)) (local.set {best} (i32.const 0))
    (block (loop
        (br_if 1 (i32.eqz (local.get 0)))
        (local.set {sum} (i32.add (local.get {sum}) (local.get 0)))
        {more}
        (local.set {best} (i32.xor (local.get {best}) (i32.load offset={kept} (local.get {frame}))))
        (local.set 0 (i32.sub (local.get 0) (i32.const 1)))
        (br 0)))
    (i32.store offset={told} (local.get {frame}) (i32.add (local.get {frame}) (i32.const {kept})))
    (local.set {best} (i32.add (local.get {best}) (i32.load (i32.load offset={told} (local.get {frame})))))
    (local.set {sum} (i32.add (local.get {sum}) (i32.const {step})))
    (global.set 0 (i32.add (local.get {frame}) (i32.const {size})))
    (i32.add (i32.mul (local.get {sum}) (i32.const 1000)) (local.get {best})))"""
CHANGES = ({"factor": 7}, {"step": 40}, {"more": "(block (br_if 0 (i32.and (local.get 0) (i32.const 1))) {})"})


def source(changes: Sequence[int], order: Sequence[int], size: int, slots: Sequence[int]) -> str:
    """The source with some changes, and its values in these locals and places on the stack."""
    frame, total, best = order[:3]
    parts: dict[str, object] = {"factor": 3, "step": 1, "more": ""}
    for at in changes:
        parts |= CHANGES[at]
    more = str(parts["more"]).format(f"(local.set {total} (i32.add (local.get {total}) (i32.const 500)))")
    kept, told = slots
    places = {"frame": frame, "sum": total, "best": best, "size": size, "kept": kept, "told": told}
    return SOURCE.format(**{**parts, **places, "more": more})


def answers(module: bytes) -> list[object]:
    """What a module answers for some numbers."""
    store = wasmtime.Store()
    instance = wasmtime.Instance(store, wasmtime.Module(store.engine, module), [])
    function = instance.exports(store)["f"]
    assert isinstance(function, wasmtime.Func)
    return [function(store, number) for number in range(6)]


@given(st.permutations([1, 2, 3, 4]), st.sampled_from([16, 32, 48]), st.permutations([0, 4, 8, 12]))
def test_a_change_taken_back_does_what_the_source_without_it_does(
    order: list[int], size: int, slots: list[int]
) -> None:
    """Whichever locals and places on the stack a compiler takes, each change is found and undone by itself."""
    then = assembled(source((), (1, 2, 3), 16, (8, 4)))
    change = CodeChange(then, assembled(source((0, 1, 2), order, size, slots[:2])))
    made = [answers(taken_back(change, part)) for part in change.parts]
    without = [[at for at in range(3) if at != gone] for gone in range(3)]
    assert sorted(map(str, made)) == sorted(
        [str(answers(assembled(source(left, order, size, slots[:2])).module)) for left in without]
    )


@given(st.integers(-(2**31), 2**31 - 1))
def test_a_constant_is_written_as_an_assembler_writes_it_and_read_again(value: int) -> None:
    """Negative ones too, such as a place below a frame."""
    text = f"(module (func (result i32) i32.const {value}))"
    constant = bytes([CONST]) + signed(value)
    assert constant + bytes([END]) in bytes(wasmtime.wat2wasm(text))
    assert constant_of(constant) == value

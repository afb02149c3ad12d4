"""What changed in the code of a build is told from what only lies elsewhere."""

from __future__ import annotations

import pytest

from chainview.replay.code.code_change import CodeChange
from chainview.replay.code.module_code import UnreadableCode
from tests.replay.code.modules import assembled, built


def changed(then: str, now: str) -> CodeChange:
    """The change between two modules as text."""
    return CodeChange(assembled(then), assembled(now))


def test_the_same_module_has_no_change() -> None:
    """Nothing differs from itself."""
    assert CodeChange(built(), built()).hunks == ()


def test_functions_that_only_have_other_numbers_are_the_same() -> None:
    """A function in front renumbers all others, and none of them is changed by that."""
    then = "(func $a (result i32) (call $b)) (func $b (result i32) (i32.const 1))"
    assert changed(then, f"(func $new (param f64)) {then}").hunks == ()


def test_a_constant_is_one_hunk() -> None:
    """What was and what is now stand beside each other, with where."""
    text = "(func $f (param i32) (result i32) (i32.add (local.get 0) (i32.const {})))"
    (hunk,) = changed(text.format(3), text.format(4)).hunks
    assert (hunk.start, hunk.stop, hunk.then, hunk.stands_alone) == (1, 2, (b"\x41\x03",), True)


def test_a_text_that_moved_is_no_change_and_one_that_changed_is() -> None:
    """Of a build whose texts all lie elsewhere as one is longer, the code that says that one is changed alone."""
    change = CodeChange(built(), built("changed-argument"))
    assert change.then.segments != change.now.segments
    assert len(change.hunks) == 1
    assert change.hunks[0].tells


def test_functions_changed_in_the_same_way_are_one_unit() -> None:
    """A constant that two functions use is one change, another one in a third function a second one."""
    text = """(func $f (result i32) (i32.const {0})) (func $g (result i32) (i32.add (i32.const {0}) (i32.const 9)))
        (func $h (result i32) (i32.const {1}))"""
    change = changed(text.format(5, 70), text.format(6, 75))
    assert sorted(map(len, change.units())) == [1, 2]


@pytest.mark.parametrize("operation", ["i32.gt_u", "i32.le_s"])
def test_more_than_nine_is_at_least_ten(operation: str) -> None:
    """A bound that a compiler compares in two ways is one change where its step is the same."""
    text = "(func $f (result i32) (i32.{1} (i32.const 1) (i32.const {0})))"
    other = f"(func $g (result i32) ({operation} (i32.const 1) (i32.const {{2}})))"
    change = changed(
        text.format(10, "lt_u", 9) + other.format(10, "", 9), text.format(12, "lt_u", 11) + other.format(12, "", 11)
    )
    assert [len(unit) for unit in change.units()] == [2]


def test_what_is_kept_elsewhere_does_not_stand_alone() -> None:
    """Another place on the stack is a part of a larger change, and never taken back by itself."""
    frame = """(memory 1) (global (mut i32) (i32.const 1024)) (func $f (result i32) (local i32)
        (local.set 0 (i32.sub (global.get 0) (i32.const {0})))
        (i32.store (i32.add (local.get 0) (i32.const {1})) (i32.const {2}))
        (i32.load (i32.add (local.get 0) (i32.const {1}))))"""
    hunks = changed(frame.format(16, 8, 1), frame.format(32, 16, 2)).hunks
    assert [hunk.stands_alone for hunk in hunks] == [False, False, True, False]


def test_modules_whose_functions_can_not_be_paired_are_not_compared() -> None:
    """A function that is gone may be the one that is new: nothing is guessed."""
    with pytest.raises(UnreadableCode):
        changed("(func $a (result i32) (i32.const 1))", "(func $b (result i32) (i32.const 2))")


def test_a_helper_written_out_in_two_functions_is_one_unit() -> None:
    """What both make of a value now is one change, wherever each of them keeps it meanwhile."""
    text = """(func $f (param i32) (result i32) (local i32 i32) (local.set {1} (local.get 0)) (local.get {1}) {0})
        (func $g (param f64 i32) (result i32) (local i32 i32) (local.set {2} (local.get 1)) (local.get {2}) {0})"""
    then, now = text.format("", 1, 3), text.format("(i32.const 10) i32.mul (i32.const 7) i32.rem_u", 2, 2)
    change = changed(then, now)
    assert not any(hunk.stands_alone for hunk in change.hunks)
    assert len(change.units()) == 1


@pytest.mark.parametrize(("prefix", "units"), [("_ZN4core5slice4sort", 1), ("_ZN5depot7Station4sort", 2)])
def test_functions_of_a_library_that_call_each_other_are_one_unit(prefix: str, units: int) -> None:
    """A closure is written into all functions of a sort; functions of the actor are changed one by one."""
    compared = "(param i32) (result i32) (i32.gt_s (i32.const {}) {})"
    one, other = f"${prefix}1aE", f"${prefix}1bE"
    given = "(local.get 0)"

    def text(bound: int, bound_other: int) -> str:
        called = compared.format(bound, f"(call {other} {given})")
        return f"(func {one} {called}) (func {other} {compared.format(bound_other, given)})"

    change = changed(text(10, 20), text(11, 25))
    assert len(change.units()) == units

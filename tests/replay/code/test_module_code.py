"""A module is read as far as is needed to lay the code of two builds side by side."""

from __future__ import annotations

import pytest

from chainview.replay.code.module_code import UnreadableCode, plain_name
from tests.replay.code.modules import assembled, built


def test_a_function_is_read_instruction_by_instruction() -> None:
    """Types of parameters and locals, and each instruction in its bytes."""
    code = assembled("(func $f (param i32) (result i64) (local f32 i64) (i64.const 7))")
    body = code.body(0)
    assert (body.params, body.locals) == (b"\x7f", b"\x7d\x7e")
    assert body.instructions == (b"\x42\x07", b"\x0b")
    assert code.key(0) == "f"


def test_what_a_linked_module_refers_to_is_known() -> None:
    """Of a built module it is known what its code refers to in the memory and in the table."""
    code = built()
    assert code.is_linked
    instructions = [each for function in code.functions for each in code.body(function).instructions]
    addresses = [code.address(each) for each in instructions if code.address(each) is not None]
    assert b"quote " in b"".join([code.told(each, 20) for each in addresses if each and not code.region(each)[0]])
    assert any(code.entry(each) is not None for each in instructions)


def test_a_small_module_is_not_linked() -> None:
    """Numbers in a module that no linker made are numbers."""
    code = assembled('(memory 1) (data (i32.const 8) "x") (func (result i32) (i32.const 8))')
    assert not code.is_linked
    assert code.address(code.body(0).instructions[0]) is None


@pytest.mark.parametrize(
    "text",
    [
        '(import "env" "memory" (memory 1))',
        '(memory 1) (data "passive")',
        "(memory 1 2 shared)",
    ],
)
def test_a_module_of_another_make_is_not_read(text: str) -> None:
    """Imported and shared memories, and data that lie nowhere yet, are told instead of guessed at."""
    with pytest.raises(UnreadableCode):
        assembled(text)


def test_hashes_are_no_part_of_a_name() -> None:
    """Two builds of one function have one plain name."""
    assert plain_name("_ZN5depot6report17h2c2c1a4264db9115E") == plain_name("_ZN5depot6report17h0000000000000000E")
    assert plain_name("_RNvCs5cOc02OMXlo_5depot6report") == plain_name("_RNvCsgXGp5Oqx2Ny_5depot6report")

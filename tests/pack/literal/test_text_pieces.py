"""Texts of values that are longer than is wanted, or not wanted any more."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainview.pack.literal import format_literal
from chainview.pack.literal.rust_text import debug_text
from chainview.pack.values import U8, Array, Record, String, Tuple, Value, bytes_value, types
from chainview.system.long_work import GivenUp, given_up_when
from tests.pack.strategies import values

BOTH = pytest.mark.parametrize("written", [format_literal, debug_text])


@BOTH
@given(value=values(), most=st.integers(0, 40))
def test_a_text_is_cut_behind_what_is_wanted(written: Callable[..., str], value: Value, most: int) -> None:
    """It is the beginning of the whole text, with a mark where anything is left out."""
    whole = written(value)
    assert written(value, most) == (whole if len(whole) <= most else f"{whole[:most]}…")


@BOTH
@pytest.mark.parametrize("size", [4_096, 4_097, 70_000])
def test_long_texts_and_arrays_are_written_in_pieces_as_in_one(written: Callable[..., str], size: int) -> None:
    """What is long is written as what is short is."""
    ones, letters = bytes([1]) * size, "a\n" * (size // 2)
    one, many = written(bytes_value(b"\1")), written(bytes_value(ones))
    element = "1u8" if written is format_literal else "U8(1)"
    assert many == one.replace(element, ", ".join([element] * size))
    assert written(Array(types.U16, bytes(2) * size)).count("0") == size
    assert written(String(letters)) == written(String("~")).replace("~", "a\\n" * (size // 2))


@BOTH
def test_a_text_without_end_is_not_made_to_its_end(written: Callable[..., str]) -> None:
    """Parts that values share come again and again: no more is made than is wanted, and it can be given up."""
    shared: Value = Record("name" * 10_000, (("field", U8(1)),))
    for _ in range(40):
        shared = Tuple((shared, shared))
    assert len(written(shared, 100_000)) == 100_001
    looks = iter(range(1000))
    with pytest.raises(GivenUp), given_up_when(lambda: next(looks) == 20):
        written(shared)

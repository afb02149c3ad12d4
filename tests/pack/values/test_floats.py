"""Floats as text: exact, shortest, and with the reference's choice of digits."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chainview.pack.literal import format_literal, parse_literal
from chainview.pack.values import F32, F64
from chainview.pack.values.floats import f32_bits, f64_bits, json_float, literal_float
from tests.pack.vectors import vectors

BITS32 = st.integers(0, 0x7F7F_FFFF)
BITS64 = st.integers(0, 0x7FEF_FFFF_FFFF_FFFF)

TEXTS = (
    (F64.of(562949953421312.25), "562949953421312.3", "562949953421312.2"),
    (F32(0xCA21_2AD5), "-2640565.3", "-2640565.2"),
    (F64.of(1e16), "10000000000000000.0", "1e16"),
    (F64.of(1e15), "1000000000000000.0", "1000000000000000.0"),
    (F64.of(1e-5), "0.00001", "0.00001"),
    (F64.of(1e-6), "0.000001", "1e-6"),
    (F64.of(1.5e-7), "0.00000015", "1.5e-7"),
    (F64.of(1e21), "1000000000000000000000.0", "1e21"),
    (F32.of(1e12), "1000000000000.0", "1000000000000.0"),
    (F32.of(1e13), "10000000000000.0", "1e13"),
    (F32(0x501502F9), "10000000000.0", "10000000000.0"),
    (F64(1 << 63), "-0.0", "-0.0"),
    (F32(0x7FC0_0001), "NaN", "null"),
    (F64(0xFFF0_0000_0000_0000), "-inf", "null"),
)


@pytest.mark.parametrize(("number", "literal", "json"), TEXTS)
def test_digits_and_forms(number: F32 | F64, literal: str, json: str) -> None:
    """Literals break ties away from zero and never use an exponent, JSON breaks them to even and does."""
    assert literal_float(number) == literal
    assert json_float(number) == json


def test_every_reference_float_is_written_and_read_alike() -> None:
    """Each float of the reference's vectors has its literal and its JSON, and the literal reads back."""
    for vector in vectors("float"):
        number = (F32 if vector["kind"] == "f32" else F64)(int(vector["bits"], 16))
        assert format_literal(number) == vector["literal"]
        assert json_float(number) == vector["json"]
        if vector["literal_parses"]:
            assert parse_literal(vector["literal"]) == number


@given(BITS32)
def test_f32_texts_are_exact(bits: int) -> None:
    """The texts of a 32-bit float read back to its bits."""
    assert f32_bits(literal_float(F32(bits))) == bits
    assert f32_bits(json_float(F32(bits))) == bits


@given(BITS64)
def test_f64_texts_are_exact(bits: int) -> None:
    """The texts of a 64-bit float read back to its bits."""
    assert f64_bits(literal_float(F64(bits))) == bits
    assert f64_bits(json_float(F64(bits))) == bits


@given(BITS32.filter(bool))
@example(1)
@example(0x0080_0000)
@example(0x0F80_0000)
@example(0x6B00_0000)
@example(0x6C80_0000)
@example(0x7F7F_FFFF)
def test_f32_texts_are_the_shortest_and_closest(bits: int) -> None:
    """No shorter digits read back to a 32-bit float, and no other digits as short are closer to it."""
    exact = Decimal(F32(bits).value)
    written = Decimal(literal_float(F32(bits))).normalize()
    digits = len(written.as_tuple().digits)
    for count in range(1, digits + 1):
        for candidate in around(exact, count):
            if f32_bits(str(candidate)) == bits:
                assert count == digits
                assert abs(Fraction(written) - Fraction(exact)) <= abs(Fraction(candidate) - Fraction(exact))


@given(BITS64.filter(bool))
def test_f64_literals_take_the_larger_of_two_equally_close(bits: int) -> None:
    """A literal's digits are Python's, but for an exact tie, which goes away from zero."""
    value = F64(bits).value
    written, even = Decimal(literal_float(F64(bits))), Decimal(repr(value))
    if written != even:
        assert written > even
        assert Fraction(written) - Fraction(value) == Fraction(value) - Fraction(even)


@given(st.integers(1 << 52, (1 << 53) - 1), st.sampled_from([1, 2]))
def test_ties_of_f64_go_away_from_zero(mantissa: int, places: int) -> None:
    """Numbers that end in a binary half or quarter are written with the larger digit on a tie."""
    value = mantissa / (1 << places)
    written, even = Decimal(literal_float(F64.of(value))), Decimal(repr(value))
    tie = abs(even - Decimal(value)) == Decimal(5).scaleb(even.normalize().as_tuple().exponent - 1)  # type: ignore[operator]
    assert (written > Decimal(value)) if tie else (written == even)


def around(exact: Decimal, count: int) -> tuple[Decimal, Decimal]:
    """The decimals of so many digits just below and above an exact one."""
    unit = Fraction(10) ** (exact.adjusted() - count + 1)
    below = math.floor(Fraction(exact) / unit)
    return decimal(below, exact.adjusted() - count + 1), decimal(below + 1, exact.adjusted() - count + 1)


def decimal(digits: int, exponent: int) -> Decimal:
    """A decimal of those digits, exactly."""
    return Decimal((0, tuple(map(int, str(digits))), exponent))


@given(BITS32.filter(lambda bits: bits < 0x7F7F_FFFF), st.integers(-3, 3), st.integers(150, 220))
def test_f32_decimals_round_once(bits: int, nudge: int, places: int) -> None:
    """A decimal half-way between two 32-bit floats, or a hair beside, reads as the nearer, a tie as even."""
    half = (Fraction(F32(bits).value) + Fraction(F32(bits + 1).value)) / 2
    digits = math.floor(half * 10**places) + nudge
    exact = Fraction(digits, 10**places)
    nearest = bits if exact < half or (exact == half and bits % 2 == 0) else bits + 1
    assert f32_bits(f"{digits}e-{places}") == nearest


@pytest.mark.parametrize(
    ("text", "bits"),
    [
        ("340282356779733661637539395458142568447", 0x7F7F_FFFF),
        ("340282356779733661637539395458142568447.9999999999", 0x7F7F_FFFF),
        ("340282356779733661637539395458142568448", 0x7F80_0000),
        ("-340282356779733661637539395458142568448", 0xFF80_0000),
        ("1e400", 0x7F80_0000),
        ("1e-400", 0),
        ("-0", 0x8000_0000),
        ("7.006492321624085354618e-46", 0),
        ("7.006492321624085354619e-46", 1),
        ("1.00000005960464477539062500000000000001", 0x3F80_0001),
        ("1.000000059604644775390625", 0x3F80_0000),
    ],
)
def test_f32_at_the_edges(text: str, bits: int) -> None:
    """Overflow gives infinity, underflow zero, and neither by a double rounding."""
    assert f32_bits(text) == bits

"""Floats as text: the digits that literals, JSON and Rust use, and reading them back to exact bits."""

from __future__ import annotations

import math
from decimal import Decimal
from struct import Struct
from typing import Final

from chainview.pack.values.scalars import F32, F64

_F32: Final = Struct("<f")
_F64: Final = Struct("<d")
_U32: Final = Struct("<I")
_U64: Final = Struct("<Q")
_SIGN32: Final = 1 << 31
_INFINITY32: Final = 0x7F80_0000
_OVERFLOW32: Final = float((1 << 128) - (1 << 103))
"""Half-way between the largest finite f32 and what would be the next; this and more reads as infinity."""

_SMALLEST32: Final = 9.999999747378752e-05
"""The 32-bit float nearest to 0.0001."""
_SMALLEST64: Final = 1e-4
_LARGEST: Final = 1e16


def literal_float(number: F32 | F64) -> str:
    """A float literal without its suffix: shortest digits, an exact tie away from zero, no exponent.

    Infinities are `inf` and `-inf`, every NaN is `NaN`.
    """
    value = number.value
    if math.isnan(value):
        return "NaN"
    sign = "-" if math.copysign(1.0, value) < 0 else ""
    if math.isinf(value):
        return f"{sign}inf"
    digits, point = _shortest(number, away=True)
    return sign + _positional(digits, point)


def json_float(number: F32 | F64) -> str:
    """A float as serde_json writes it: shortest digits, an exact tie to even, an exponent when far from zero.

    NaN and infinities are `null`.
    """
    value = number.value
    if math.isnan(value) or math.isinf(value):
        return "null"
    sign = "-" if math.copysign(1.0, value) < 0 else ""
    digits, point = _shortest(number, away=False)
    lowest, highest = (-5, 13) if isinstance(number, F32) else (-4, 16)
    if value == 0 or lowest <= point <= highest:
        return sign + _positional(digits, point)
    return sign + _exponential(digits, point)


def debug_float(number: F32 | F64) -> str:
    """A float in Rust's debug form: as a literal has it, with an exponent when it is far from zero."""
    size = abs(number.value)
    smallest = _SMALLEST32 if isinstance(number, F32) else _SMALLEST64
    if size == 0 or smallest <= size < _LARGEST or math.isinf(size) or math.isnan(size):
        return literal_float(number)
    digits, point = _shortest(number, away=True)
    return f"{'-' if number.value < 0 else ''}{_exponential(digits, point)}"


def _exponential(digits: str, point: int) -> str:
    fraction = f".{digits[1:]}" if len(digits) > 1 else ""
    return f"{digits[0]}{fraction}e{point - 1}"


def _positional(digits: str, point: int) -> str:
    if point <= 0:
        return f"0.{'0' * -point}{digits}"
    if point >= len(digits):
        return f"{digits}{'0' * (point - len(digits))}.0"
    return f"{digits[:point]}.{digits[point:]}"


def _shortest(number: F32 | F64, away: bool) -> tuple[str, int]:
    """The shortest digits that read back to the same bits, and where their decimal point stands.

    Of several the closest, of two equally close the even one, or with `away` the one farther from zero.
    """
    value = abs(number.value)
    if value == 0:
        return "0", 1
    text = f"{value!r}" if isinstance(number, F64) else _shortest32(value)
    _, raw, exponent = Decimal(text).as_tuple()
    assert isinstance(exponent, int)
    digits = "".join(map(str, raw))
    point = len(digits) + exponent
    digits = digits.rstrip("0")
    exact = Decimal(value).as_tuple().digits
    while exact[-1] == 0:
        exact = exact[:-1]
    if away and exact[-1] == 5 and len(exact) == len(digits) + 1:
        digits, point = _round_up(exact[:-1], point)
    return digits, point


def _round_up(digits: tuple[int, ...], point: int) -> tuple[str, int]:
    """The digits one unit in the last place farther from zero, and where their decimal point stands."""
    up = str(int("".join(map(str, digits))) + 1)
    return up.rstrip("0"), point + len(up) - len(digits)


def _shortest32(value: float) -> str:
    bits = _bits32(value)
    for places in range(9):
        text = f"{value:.{places}e}"
        if f32_bits(text) == bits:
            return text
        # Below a power of two floats stand closer, so the nearest digits may miss where the next do not.
        mantissa, exponent = text.split("e")
        up = f"{int(mantissa.replace('.', '')) + 1}e{int(exponent) - places}"
        if bits & 0x7F_FFFF == 0 and f32_bits(up) == bits:
            return up
    raise AssertionError("nine digits tell any two 32-bit floats apart")


def f64_bits(text: str) -> int:
    """The bits of the 64-bit float nearest to a decimal; infinity when it is too large."""
    bits: int = _U64.unpack(_F64.pack(float(text)))[0]
    return bits


def f32_bits(text: str) -> int:
    """The bits of the 32-bit float nearest to a decimal, a tie to even; infinity when it is too large."""
    number = float(text)
    sign = _SIGN32 if math.copysign(1.0, number) < 0 else 0
    size = abs(number)
    if size >= _OVERFLOW32:
        below = size == _OVERFLOW32 and Decimal(text).copy_abs() < Decimal(size)
        return sign | (_INFINITY32 - 1 if below else _INFINITY32)
    bits = _bits32(size)
    rounded = _value32(bits)
    if rounded != size:
        # Rounded twice, by way of 64 bits, a decimal near half-way of two floats may end on the wrong one.
        other = bits + 1 if rounded < size else bits - 1
        if other != _INFINITY32 and size - rounded == _value32(other) - size:
            exact = Decimal(text).copy_abs()
            if exact != Decimal(size):
                bits = max(bits, other) if exact > Decimal(size) else min(bits, other)
    return sign | bits


def _bits32(value: float) -> int:
    bits: int = _U32.unpack(_F32.pack(value))[0]
    return bits


def _value32(bits: int) -> float:
    value: float = _F32.unpack(_U32.pack(bits))[0]
    return value

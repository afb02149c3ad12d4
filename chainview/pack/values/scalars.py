"""Pack values that hold no others: scalars, and arrays of them; use them through `chainview.pack.values`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from struct import Struct, pack, unpack
from typing import Any, Final, overload

from chainview.pack.values import types
from chainview.pack.values.types import Type


class Value:
    """Any Pack value; immutable, equal and hashable by content (floats by their bits)."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Bool(Value):
    """A truth value."""

    value: bool


@dataclass(frozen=True, slots=True)
class Integer(Value):
    """An integer of any width, with a sign or without."""

    value: int


class U8(Integer):
    """An unsigned 8-bit integer."""

    __slots__ = ()


class U16(Integer):
    """An unsigned 16-bit integer."""

    __slots__ = ()


class U32(Integer):
    """An unsigned 32-bit integer."""

    __slots__ = ()


class U64(Integer):
    """An unsigned 64-bit integer."""

    __slots__ = ()


class S8(Integer):
    """A signed 8-bit integer."""

    __slots__ = ()


class S16(Integer):
    """A signed 16-bit integer."""

    __slots__ = ()


class S32(Integer):
    """A signed 32-bit integer."""

    __slots__ = ()


class S64(Integer):
    """A signed 64-bit integer."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class F32(Value):
    """A 32-bit float, held as its IEEE bits so that NaN payloads and signs survive."""

    bits: int

    @property
    def value(self) -> float:
        """The number those bits stand for."""
        number: float = unpack("<f", pack("<I", self.bits))[0]
        return number

    @classmethod
    def of(cls, number: float) -> F32:
        """The 32-bit float nearest to a number; OverflowError if a finite one does not fit."""
        return cls(int.from_bytes(pack("<f", number), "little"))


@dataclass(frozen=True, slots=True)
class F64(Value):
    """A 64-bit float, held as its IEEE bits so that NaN payloads and signs survive."""

    bits: int

    @property
    def value(self) -> float:
        """The number those bits stand for."""
        number: float = unpack("<d", pack("<Q", self.bits))[0]
        return number

    @classmethod
    def of(cls, number: float) -> F64:
        """The 64-bit float that is that number."""
        return cls(int.from_bytes(pack("<d", number), "little"))


@dataclass(frozen=True, slots=True)
class Char(Value):
    """One Unicode scalar value, as a string of length one."""

    value: str


@dataclass(frozen=True, slots=True)
class String(Value):
    """A text without lone surrogates."""

    value: str


@dataclass(frozen=True, slots=True)
class Flags(Value):
    """A set of flags without names: bit i is the i-th declared flag."""

    mask: int


@dataclass(frozen=True, slots=True)
class Array(Value):
    """A list of fixed-width elements, packed little-endian as CGRF has them; bools are bytes 0 and 1."""

    elem: Type
    data: bytes

    def __len__(self) -> int:
        """The number of elements."""
        return len(self.data) // types.ELEMENT_WIDTHS[self.elem.encoded[0]]

    def __iter__(self) -> Iterator[Value]:
        """The elements as values."""
        packer, make = _UNPACK[self.elem.encoded]
        for (raw,) in packer.iter_unpack(self.data):
            yield make(raw)

    @overload
    def __getitem__(self, index: int) -> Value: ...
    @overload
    def __getitem__(self, index: slice) -> Array: ...

    def __getitem__(self, index: int | slice) -> Value | Array:
        """The element at an index, or an array of the elements of a slice; IndexError past the end."""
        packer, make = _UNPACK[self.elem.encoded]
        size = packer.size
        positions = range(0, len(self) * size, size)[index]
        if isinstance(positions, int):
            return make(packer.unpack_from(self.data, positions)[0])
        return Array(self.elem, b"".join([self.data[at : at + size] for at in positions]))


_UNPACK: Final[dict[bytes, tuple[Struct, Callable[[Any], Value]]]] = {
    types.BOOL.encoded: (Struct("<?"), Bool),
    types.U8.encoded: (Struct("<B"), U8),
    types.U16.encoded: (Struct("<H"), U16),
    types.U32.encoded: (Struct("<I"), U32),
    types.U64.encoded: (Struct("<Q"), U64),
    types.S8.encoded: (Struct("<b"), S8),
    types.S16.encoded: (Struct("<h"), S16),
    types.S32.encoded: (Struct("<i"), S32),
    types.S64.encoded: (Struct("<q"), S64),
    types.F32.encoded: (Struct("<I"), F32),
    types.F64.encoded: (Struct("<Q"), F64),
    types.CHAR.encoded: (Struct("<I"), lambda code: Char(chr(code))),
    types.FLAGS.encoded: (Struct("<Q"), Flags),
}

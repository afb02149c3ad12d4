"""The classes of Pack values; use them through `chainview.pack.values`."""

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
class U8(Value):
    """An unsigned 8-bit integer."""

    value: int


@dataclass(frozen=True, slots=True)
class U16(Value):
    """An unsigned 16-bit integer."""

    value: int


@dataclass(frozen=True, slots=True)
class U32(Value):
    """An unsigned 32-bit integer."""

    value: int


@dataclass(frozen=True, slots=True)
class U64(Value):
    """An unsigned 64-bit integer."""

    value: int


@dataclass(frozen=True, slots=True)
class S8(Value):
    """A signed 8-bit integer."""

    value: int


@dataclass(frozen=True, slots=True)
class S16(Value):
    """A signed 16-bit integer."""

    value: int


@dataclass(frozen=True, slots=True)
class S32(Value):
    """A signed 32-bit integer."""

    value: int


@dataclass(frozen=True, slots=True)
class S64(Value):
    """A signed 64-bit integer."""

    value: int


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


class _Compound(Value):
    """Values that hold values; compared, hashed and shown on explicit stacks, whatever their depth."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, _Compound):
            return NotImplemented
        return _equal(self, other)

    def __hash__(self) -> int:
        return _hash(self)

    def __repr__(self) -> str:
        return _show(self)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Tuple(_Compound):
    """Values in order, without names; `()` is the unit value."""

    items: tuple[Value, ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class List(_Compound):
    """A list whose element type is not fixed-width; the items need not have that type.

    A list of fixed-width elements is an Array; `list_value` picks the right one.
    """

    elem: Type
    items: tuple[Value, ...]


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


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Option(_Compound):
    """A value or none; the inner type is an annotation, never checked against the value."""

    inner: Type
    value: Value | None


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Result(_Compound):
    """An ok or an err with its payload; both types are annotations, never checked against it."""

    ok: Type
    err: Type
    is_ok: bool
    value: Value


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Record(_Compound):
    """Named values in order; a name may occur twice."""

    type_name: str
    fields: tuple[tuple[str, Value], ...]

    def get(self, name: str) -> Value | None:
        """The value of the first field of that name."""
        for field, value in self.fields:
            if field == name:
                return value
        return None


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Variant(_Compound):
    """One case of a variant type, with the number a guest goes by (tag) and any payload values."""

    type_name: str
    case: str
    tag: int
    payload: tuple[Value, ...]


UNIT: Final = Tuple(())

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


def _anatomy(value: _Compound) -> tuple[tuple[object, ...], tuple[Value, ...]]:
    """What a compound says itself, and the values it holds."""
    if isinstance(value, Tuple):
        return (), value.items
    if isinstance(value, List):
        return (value.elem,), value.items
    if isinstance(value, Record):
        own = (value.type_name, *[name for name, _ in value.fields])
        return own, tuple([item for _, item in value.fields])
    if isinstance(value, Variant):
        return (value.type_name, value.case, value.tag), value.payload
    if isinstance(value, Option):
        return (value.inner,), () if value.value is None else (value.value,)
    assert isinstance(value, Result)
    return (value.ok, value.err, value.is_ok), (value.value,)


def _equal(one: _Compound, other: _Compound) -> bool:
    stack: list[tuple[Value, Value]] = [(one, other)]
    # A pair met before is either equal or about to be found different, so shared parts are compared once.
    met: set[tuple[int, int]] = set()
    while stack:
        a, b = stack.pop()
        if a is b:
            continue
        if a.__class__ is not b.__class__:
            return False
        if not (isinstance(a, _Compound) and isinstance(b, _Compound)):
            if a != b:
                return False
            continue
        if (id(a), id(b)) in met:
            continue
        met.add((id(a), id(b)))
        own_a, held_a = _anatomy(a)
        own_b, held_b = _anatomy(b)
        if own_a != own_b or len(held_a) != len(held_b):
            return False
        stack.extend(zip(held_a, held_b, strict=True))
    return True


def _hash(root: _Compound) -> int:
    known: dict[int, int] = {}
    stack = [root]
    while stack:
        top = stack[-1]
        own, held = _anatomy(top)
        waiting = [item for item in held if isinstance(item, _Compound) and id(item) not in known]
        if waiting:
            stack.extend(waiting)
            continue
        stack.pop()
        parts = [known[id(item)] if isinstance(item, _Compound) else hash(item) for item in held]
        known[id(top)] = hash((top.__class__, own, tuple(parts)))
    return known[id(root)]


def _show(root: _Compound) -> str:
    out: list[str] = []
    stack: list[Value | str] = [root]
    while stack:
        top = stack.pop()
        if isinstance(top, str):
            out.append(top)
        elif isinstance(top, _Compound):
            own, held = _anatomy(top)
            out.append(f"{top.__class__.__name__}({', '.join([repr(part) for part in own])})[")
            stack.append("]")
            for item in reversed(held):
                stack += (item, ", ")
            if held:
                stack.pop()
        else:
            out.append(repr(top))
    return "".join(out)

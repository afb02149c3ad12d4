"""Pack values that hold others; use them through `chainview.pack.values`.

A kind says what it holds in the members that Compound names, and whatever walks values knows it by them alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar, Final

from chainview.pack.values.scalars import Value
from chainview.pack.values.types import Type
from chainview.pack.values.unread import Unread, begun

_LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class PartLabel:
    """What a part is called by the value that holds it: a field's name, or a place, `in_list` that of an item.

    What some, ok, err and the only payload of a case hold has no name. Of an entry of a map, `of_entry` says which
    half it is.
    """

    text: str = ""
    in_list: bool = False
    of_entry: str = ""

    def __str__(self) -> str:
        """`count`, `[2]` in a list, `[2].key` in a map, `2` elsewhere."""
        return f"[{self.text}]{self.of_entry}" if self.in_list else self.text

    def below(self, path: str) -> str:
        """The path of the part, such as `orders[2].status`, from that of what holds it; long names are cut."""
        if self.in_list:
            return f"{path}{self}"
        name = self.text if len(self.text) <= _LONGEST_NAME else f"{self.text[: _LONGEST_NAME - 1]}…"
        return f"{path}.{name}" if path and name else path or name


HELD: Final = PartLabel()
"""The label of the one thing that a value holds without a name."""

# Names repeat from value to value, and places start over in each.
_label: Final = lru_cache(4096)(PartLabel)


class Compound(Value):
    """A value that holds values; compared, hashed and shown on explicit stacks, whatever its depth."""

    __slots__ = ("_known_hash",)

    _known_hash: ClassVar[int]
    """What it hashes to, once somebody has asked."""

    @property
    def own(self) -> tuple[object, ...]:
        """What it says itself, apart from the values it holds."""
        raise NotImplementedError

    @property
    def held(self) -> tuple[Value, ...]:
        """The values it holds, in the order of their declaration."""
        raise NotImplementedError

    def labels(self) -> Iterator[PartLabel]:
        """What it calls each of the values it holds."""
        raise NotImplementedError

    def holding(self, held: tuple[Value, ...]) -> Compound:
        """The same with other values in the places of those it holds."""
        raise NotImplementedError

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Compound):
            return self == other.value() if isinstance(other, Unread) else NotImplemented
        return self is other or (not _hashed_apart(self, other) and _equal(self, other))

    def __hash__(self) -> int:
        try:
            return self._known_hash
        except AttributeError:
            return _hash(self)

    def __repr__(self) -> str:
        return _show(self)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Tuple(Compound):
    """Values in order, without names; `()` is the unit value."""

    items: tuple[Value, ...]

    @property
    def own(self) -> tuple[object, ...]:
        return ()

    @property
    def held(self) -> tuple[Value, ...]:
        return self.items

    def labels(self) -> Iterator[PartLabel]:
        return _places(len(self.items))

    def holding(self, held: tuple[Value, ...]) -> Tuple:
        return Tuple(held) if held else UNIT


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class List(Compound):
    """A list whose element type is not fixed-width; the items need not have that type.

    A list of fixed-width elements is an Array; `list_value` picks the right one.
    """

    elem: Type
    items: tuple[Value, ...]

    @property
    def own(self) -> tuple[object, ...]:
        return (self.elem,)

    @property
    def held(self) -> tuple[Value, ...]:
        return self.items

    def labels(self) -> Iterator[PartLabel]:
        return (_label(str(at), True) for at in range(len(self.items)))

    def holding(self, held: tuple[Value, ...]) -> List:
        return List(self.elem, held)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Option(Compound):
    """A value or none; the inner type is an annotation, never checked against the value."""

    inner: Type
    value: Value | None

    @property
    def own(self) -> tuple[object, ...]:
        return (self.inner,)

    @property
    def held(self) -> tuple[Value, ...]:
        return () if self.value is None else (self.value,)

    def labels(self) -> Iterator[PartLabel]:
        return iter(() if self.value is None else (HELD,))

    def holding(self, held: tuple[Value, ...]) -> Option:
        return Option(self.inner, held[0] if held else None)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Result(Compound):
    """An ok or an err with its payload; both types are annotations, never checked against it."""

    ok: Type
    err: Type
    is_ok: bool
    value: Value

    @property
    def own(self) -> tuple[object, ...]:
        return (self.ok, self.err, self.is_ok)

    @property
    def held(self) -> tuple[Value, ...]:
        return (self.value,)

    def labels(self) -> Iterator[PartLabel]:
        return iter((HELD,))

    def holding(self, held: tuple[Value, ...]) -> Result:
        return Result(self.ok, self.err, self.is_ok, held[0])


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Record(Compound):
    """Named values in order; a name may occur twice."""

    type_name: str
    fields: tuple[tuple[str, Value], ...]

    def get(self, name: str) -> Value | None:
        """The value of the first field of that name."""
        for field, value in self.fields:
            if field == name:
                return value
        return None

    @property
    def own(self) -> tuple[object, ...]:
        return (self.type_name, *[name for name, _ in self.fields])

    @property
    def held(self) -> tuple[Value, ...]:
        return tuple([value for _, value in self.fields])

    def labels(self) -> Iterator[PartLabel]:
        return map(_label, [name for name, _ in self.fields])

    def holding(self, held: tuple[Value, ...]) -> Record:
        return Record(
            self.type_name, tuple([(name, value) for (name, _), value in zip(self.fields, held, strict=True)])
        )


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Variant(Compound):
    """One case of a variant type, with the number a guest goes by (tag) and any payload values."""

    type_name: str
    case: str
    tag: int
    payload: tuple[Value, ...]

    @property
    def own(self) -> tuple[object, ...]:
        return (self.type_name, self.case, self.tag)

    @property
    def held(self) -> tuple[Value, ...]:
        return self.payload

    def labels(self) -> Iterator[PartLabel]:
        return iter((HELD,)) if len(self.payload) == 1 else _places(len(self.payload))

    def holding(self, held: tuple[Value, ...]) -> Variant:
        return Variant(self.type_name, self.case, self.tag, held)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Map(Compound):
    """Keys with a value each, in the order given; nothing is sorted, a key may occur twice, and no type is checked."""

    key: Type
    value: Type
    entries: tuple[tuple[Value, Value], ...]

    def get(self, key: Value) -> Value | None:
        """The value of the first entry of that key."""
        for known, value in self.entries:
            if known == key:
                return value
        return None

    @property
    def own(self) -> tuple[object, ...]:
        return (self.key, self.value)

    @property
    def held(self) -> tuple[Value, ...]:
        return tuple([part for entry in self.entries for part in entry])

    def labels(self) -> Iterator[PartLabel]:
        return (_label(str(at), True, half) for at in range(len(self.entries)) for half in (".key", ".value"))

    def holding(self, held: tuple[Value, ...]) -> Map:
        return Map(self.key, self.value, tuple(zip(held[::2], held[1::2], strict=True)))


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Set(Compound):
    """Members in the order given; nothing is sorted, a member may occur twice, and no type is checked."""

    elem: Type
    items: tuple[Value, ...]

    @property
    def own(self) -> tuple[object, ...]:
        return (self.elem,)

    @property
    def held(self) -> tuple[Value, ...]:
        return self.items

    def labels(self) -> Iterator[PartLabel]:
        return (_label(str(at), True) for at in range(len(self.items)))

    def holding(self, held: tuple[Value, ...]) -> Set:
        return Set(self.elem, held)


def _places(count: int) -> Iterator[PartLabel]:
    return map(_label, map(str, range(count)))


UNIT: Final = Tuple(())
_KNOWN: Final = "_known_hash"


def _hashed_apart(one: Compound, other: Compound) -> bool:
    """Whether two values are known to be others, as somebody has asked what they hash to."""
    hashes = getattr(one, _KNOWN, None), getattr(other, _KNOWN, None)
    return hashes[0] != hashes[1] and None not in hashes


def _equal(one: Compound, other: Compound) -> bool:
    stack: list[tuple[Value, Value]] = [(one, other)]
    # A pair met before is either equal or about to be found different, so shared parts are compared once.
    met: set[tuple[int, int]] = set()
    while stack:
        a, b = stack.pop()
        if a is b:
            continue
        if a.__class__ is not b.__class__:
            if not isinstance(a, Unread) and not isinstance(b, Unread):
                return False
            stack.append((begun(a), begun(b)))
            continue
        if isinstance(a, Unread) and isinstance(b, Unread):
            if a.count != b.count:
                return False
            if not a.is_written_as(b):
                stack.append((begun(a), begun(b)))
            continue
        if not (isinstance(a, Compound) and isinstance(b, Compound)):
            if a != b:
                return False
            continue
        if (id(a), id(b)) in met:
            continue
        if _hashed_apart(a, b):
            return False
        met.add((id(a), id(b)))
        held_a, held_b = a.held, b.held
        if len(held_a) != len(held_b) or a.own != b.own:
            return False
        stack.extend(zip(held_a, held_b, strict=True))
    return True


def _hash(root: Compound) -> int:
    stack = [root]
    while stack:
        top = stack[-1]
        held = () if hasattr(top, _KNOWN) else top.held
        waiting = [item for item in held if isinstance(item, Compound) and not hasattr(item, _KNOWN)]
        if waiting:
            stack.extend(waiting)
            continue
        stack.pop()
        if not hasattr(top, _KNOWN):
            # What is not hashed yet holds only what is.
            object.__setattr__(top, _KNOWN, hash((top.__class__, top.own, held)))
    return root._known_hash


def _show(root: Compound) -> str:
    out: list[str] = []
    stack: list[Value | str] = [root]
    while stack:
        top = stack.pop()
        if isinstance(top, str):
            out.append(top)
        elif isinstance(top, Compound):
            held = top.held
            out.append(f"{top.__class__.__name__}({', '.join([repr(part) for part in top.own])})[")
            stack.append("]")
            for item in reversed(held):
                stack += (item, ", ")
            if held:
                stack.pop()
        else:
            out.append(repr(top))
    return "".join(out)

"""The type metadata a Pack module embeds: what it imports and exports, with parameters, results and types."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from struct import pack
from typing import Final, TypeVar

from chainview.pack.cgrf import DecodeError, decode, encoded_size
from chainview.pack.cgrf.glance import version_of
from chainview.pack.values import U64, Array, List, Option, Record, String, Tuple, Value, Variant, types
from chainview.system.errors import ChainviewError

MAX_DESC_DEPTH: Final = 64
"""The most levels a declared type may be nested."""

_MAX_DESCS: Final = 100_000
_T = TypeVar("_T")

PRIMITIVES: Final = (
    "bool",
    "u8",
    "u16",
    "u32",
    "u64",
    "s8",
    "s16",
    "s32",
    "s64",
    "f32",
    "f64",
    "char",
    "string",
    "flags",
)
"""The kinds of types without parts, in the order of their tags."""
_LIST, _OPTION, _RESULT, _RECORD, _VARIANT, _TUPLE, _VALUE, _UNIT, _MAP, _SET = range(14, 24)


class MetadataError(ChainviewError):
    """Bytes that are no Pack type metadata; the sentence says why."""


@dataclass(frozen=True, slots=True)
class TypeDesc:
    """A declared type.

    `kind` is a primitive's name, "list", "option", "result", "tuple", "record", "variant", "map", "set",
    "value" (anything), "unit", or "ref" (a name whose type is not told). Lists, options and sets have one of `args`,
    results and maps two, tuples any number; records have `fields`, variants `cases` in the order of their tags.
    """

    kind: str
    name: str = ""
    args: tuple[TypeDesc, ...] = ()
    fields: tuple[tuple[str, TypeDesc], ...] = ()
    cases: tuple[tuple[str, TypeDesc | None], ...] = ()

    def __str__(self) -> str:
        """A short readable form: `list<u8>`, records, variants and references by name."""
        if self.kind in ("record", "variant", "ref"):
            return self.name or self.kind
        if self.kind == "unit":
            return "()"
        if self.args or self.kind == "tuple":
            return f"{self.kind}<{', '.join(map(str, self.args))}>"
        return self.kind


@dataclass(frozen=True, slots=True)
class FunctionSignature:
    """A declared function; the interface is empty for one at top level."""

    interface: str
    name: str
    params: tuple[tuple[str, TypeDesc], ...]
    results: tuple[TypeDesc, ...]

    @property
    def text(self) -> str:
        """Such as `increment(by: s32) -> result<s32, string>`."""
        params = ", ".join(f"{name}: {desc}" for name, desc in self.params)
        results = ", ".join(map(str, self.results))
        arrow = " -> " if self.results else ""
        return f"{self.name}({params}){arrow}{f'({results})' if len(self.results) > 1 else results}"


@dataclass(frozen=True, slots=True)
class Metadata:
    """All a module declares, in its own order; hashes are 32 bytes by interface name, none in old modules.

    `version` is that of the CGRF it is written in, which is the one the module speaks.
    """

    imports: tuple[FunctionSignature, ...]
    exports: tuple[FunctionSignature, ...]
    import_hashes: dict[str, bytes]
    export_hashes: dict[str, bytes]
    version: int = 2


def parse_metadata(data: bytes) -> Metadata:
    """The metadata that data begins with, whatever bytes follow; MetadataError when it begins with none.

    Both spellings are read, the guest's and the host's: what counts is field names and the tags of types.
    """
    try:
        value = decode(data[: encoded_size(data)])
    except DecodeError as error:
        raise MetadataError(f"the type metadata can't be read: {error.sentence}") from None
    return _Reader().metadata(value, version_of(data))


class _Reader:
    """Reads metadata, counting the types it makes: shared ones would make a small module's metadata huge."""

    __slots__ = ("descs",)

    def __init__(self) -> None:
        self.descs = 0

    def metadata(self, value: Value, version: int) -> Metadata:
        return Metadata(
            imports=_each(value, "imports", self._signature),
            exports=_each(value, "exports", self._signature),
            import_hashes=dict(_each(value, "import-hashes", _interface_hash, required=False)),
            export_hashes=dict(_each(value, "export-hashes", _interface_hash, required=False)),
            version=version,
        )

    def _signature(self, value: Value) -> FunctionSignature:
        return FunctionSignature(
            _text(value, "interface"),
            _text(value, "name"),
            _each(value, "params", lambda param: (_text(param, "name"), self._desc(_field(param, "type"), 1))),
            _each(value, "results", lambda result: self._desc(result, 1)),
        )

    def _desc(self, value: Value, depth: int) -> TypeDesc:
        self.descs += 1
        if depth > MAX_DESC_DEPTH or self.descs > _MAX_DESCS:
            raise MetadataError("the type metadata declares types nested too deep, or too many of them")
        if not isinstance(value, Variant):
            raise MetadataError("the type metadata has something else where a type should be")
        if value.tag < len(PRIMITIVES):
            return TypeDesc(PRIMITIVES[value.tag])
        if value.tag == _VALUE:
            return TypeDesc("value")
        if value.tag == _UNIT:
            return TypeDesc("unit")
        if len(value.payload) != 1:
            raise MetadataError(f"the type metadata has a type of tag {value.tag} without its parts")
        part = value.payload[0]

        def inner(of: Value) -> TypeDesc:
            return self._desc(of, depth + 1)

        if value.tag == _LIST:
            return TypeDesc("list", args=(inner(part),))
        if value.tag == _OPTION:
            return TypeDesc("option", args=(inner(part),))
        if value.tag == _RESULT:
            return TypeDesc("result", args=(inner(_field(part, "ok")), inner(_field(part, "err"))))
        if value.tag == _TUPLE:
            return TypeDesc("tuple", args=tuple(map(inner, _items(part))))
        if value.tag == _MAP:
            return TypeDesc("map", args=(inner(_field(part, "key")), inner(_field(part, "value"))))
        if value.tag == _SET:
            return TypeDesc("set", args=(inner(part),))
        if value.tag in (_RECORD, _VARIANT):
            return self._named(value.tag, part, inner)
        raise MetadataError(f"the type metadata has a type of the unknown tag {value.tag}")

    def _named(self, tag: int, part: Value, inner: Callable[[Value], TypeDesc]) -> TypeDesc:
        name = _text(part, "name")
        members = _find(part, "fields" if tag == _RECORD else "cases")
        if members is None:
            return TypeDesc("ref", name)
        if tag == _RECORD:
            fields = [(_text(member, "name"), inner(_field(member, "type"))) for member in _items(members)]
            return TypeDesc("record", name, fields=tuple(fields))
        cases: list[tuple[str, TypeDesc | None]] = []
        for member in _items(members):
            payload = _field(member, "payload")
            if not isinstance(payload, Option):
                raise MetadataError(f"the type metadata has no option as the payload of a case of {name!r}")
            cases.append((_text(member, "name"), None if payload.value is None else inner(payload.value)))
        return TypeDesc("variant", name, cases=tuple(cases))


def _find(value: Value, name: str) -> Value | None:
    if not isinstance(value, Record):
        raise MetadataError(f"the type metadata has no record where one with {name!r} should be")
    return value.get(name)


def _field(value: Value, name: str) -> Value:
    found = _find(value, name)
    if found is None:
        raise MetadataError(f"the type metadata has a record without {name!r}")
    return found


def _text(value: Value, name: str) -> str:
    found = _field(value, name)
    if not isinstance(found, String):
        raise MetadataError(f"the type metadata has a {name!r} that is no text")
    return found.value


def _items(value: Value) -> Iterator[Value]:
    if not isinstance(value, List | Array):
        raise MetadataError("the type metadata has something else where a list should be")
    return iter(value.items if isinstance(value, List) else value)


def _each(value: Value, name: str, read: Callable[[Value], _T], required: bool = True) -> tuple[_T, ...]:
    found = _field(value, name) if required else _find(value, name)
    return () if found is None else tuple(map(read, _items(found)))


def _interface_hash(value: Value) -> tuple[str, bytes]:
    digest = _field(value, "hash")
    if isinstance(digest, Array) and digest.elem == types.U8:
        raw = digest.data
    elif isinstance(digest, Tuple) and all(isinstance(item, U64) for item in digest.items):
        raw = b"".join([pack("<Q", item.value) for item in digest.items if isinstance(item, U64)])
    else:
        raw = b""
    if len(raw) != 32:
        raise MetadataError("the type metadata has an interface hash that is not 32 bytes")
    return _text(value, "name"), raw

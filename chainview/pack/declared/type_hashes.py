"""The hashes by which a host tells whether an interface is the one a module was built against."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from hashlib import sha256
from struct import Struct
from typing import Final

from chainview.pack.declared.metadata import PRIMITIVES, FunctionSignature, TypeDesc

_U32: Final = Struct("<I")
_PRIMITIVES: Final = {name: bytes([0, number]) + bytes(30) for number, name in enumerate(PRIMITIVES, start=1)}
_ANYTHING: Final = b"\xff\xff" + bytes(30)
_LIST, _OPTION, _RESULT, _TUPLE, _RECORD, _VARIANT, _FUNCTION, _INTERFACE, _MAP, _SET = range(0x10, 0x1A)


def type_hash(desc: TypeDesc) -> bytes:
    """The 32-byte hash of a type by its structure; names of types and orders of members don't count."""
    kind = desc.kind
    if kind in _PRIMITIVES:
        return _PRIMITIVES[kind]
    if kind == "value":
        return _ANYTHING
    if kind == "ref":
        return sha256(b"ref:" + desc.name.encode("utf-8")).digest()
    if kind == "list":
        return _digest(_LIST, type_hash(desc.args[0]))
    if kind == "option":
        return _digest(_OPTION, type_hash(desc.args[0]))
    if kind == "result":
        return _digest(_RESULT, type_hash(desc.args[0]), type_hash(desc.args[1]))
    if kind == "map":
        return _digest(_MAP, type_hash(desc.args[0]), type_hash(desc.args[1]))
    if kind == "set":
        return _digest(_SET, type_hash(desc.args[0]))
    if kind == "record":
        return _digest(_RECORD, _sorted((name, type_hash(field)) for name, field in desc.fields))
    if kind == "variant":
        return _digest(_VARIANT, _sorted((name, _case(payload)) for name, payload in desc.cases))
    return _digest(_TUPLE, _sequence(desc.args))


def function_hash(function: FunctionSignature) -> bytes:
    """The 32-byte hash of what a function takes and gives; no names count."""
    return _digest(_FUNCTION, _sequence([desc for _, desc in function.params]), _sequence(function.results))


def interface_hash(name: str, functions: Iterable[FunctionSignature]) -> bytes:
    """The 32-byte hash of an interface: its name and its functions by name, in any order."""
    bound = _sorted((function.name, function_hash(function)) for function in functions)
    return _digest(_INTERFACE, _text(name), _U32.pack(0), bound)


def subset_hash(name: str, functions: Iterable[FunctionSignature], imported: Collection[str]) -> bytes:
    """The hash of an interface as a module sees it that imports only some of its functions."""
    return interface_hash(name, [function for function in functions if function.name in imported])


def _digest(kind: int, *parts: bytes) -> bytes:
    return sha256(b"".join((bytes([kind]), *parts))).digest()


def _text(text: str) -> bytes:
    raw = text.encode("utf-8")
    return _U32.pack(len(raw)) + raw


def _sequence(descs: Collection[TypeDesc]) -> bytes:
    return b"".join((_U32.pack(len(descs)), *map(type_hash, descs)))


def _sorted(members: Iterable[tuple[str, bytes]]) -> bytes:
    """Counted members in the order of their names' UTF-8 bytes, which is that of their code points."""
    ordered = sorted(members, key=lambda member: member[0])
    return b"".join((_U32.pack(len(ordered)), *[_text(name) + rest for name, rest in ordered]))


def _case(payload: TypeDesc | None) -> bytes:
    return b"\x00" if payload is None or payload.kind == "unit" else b"\x01" + type_hash(payload)

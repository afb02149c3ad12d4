"""Reading the types a Pack literal carries as annotations."""

from __future__ import annotations

from dataclasses import dataclass
from struct import Struct
from typing import Final

from chainview.pack.literal.scanner import Scanner
from chainview.pack.values import types
from chainview.pack.values.types import MAX_DEPTH, PRIMITIVES_BY_NAME, Type, type_from_bytes

_U32: Final = Struct("<I")
_TAGS: Final = {**{word: tag for tag, word in types.WORDS.items()}, "tuple": types.TAG_TUPLE}
_PARTS: Final = {types.WORDS[tag]: parts for tag, parts in types.PARTS.items()}


@dataclass(slots=True)
class _Open:
    """A type whose parts are being read, how many were, and where a tuple's count goes."""

    name: str
    slot: int
    parts: int = 0


def read_type(scan: Scanner) -> Type:
    """Reads a type; a name that is no primitive type is taken for a record's."""
    out: list[bytes] = []
    path: list[_Open] = []
    while True:
        scan.blanks()
        start = scan.at
        name = scan.name()
        if name in _TAGS and scan.take("<"):
            out.append(bytes([_TAGS[name]]))
            opened = _Open(name, len(out))
            if name == "tuple":
                out.append(_U32.pack(0))
                scan.blanks()
            if not (name == "tuple" and scan.take(">")):
                path.append(opened)
                if len(path) >= MAX_DEPTH:
                    raise scan.fail(f"a type is nested deeper than {MAX_DEPTH} levels", start)
                continue
        elif name in PRIMITIVES_BY_NAME and scan.peek() != "<":
            out.append(PRIMITIVES_BY_NAME[name].encoded)
        else:
            out.append(types.record_named(name).encoded)
        if _close(scan, path, out):
            return type_from_bytes(b"".join(out))


def _close(scan: Scanner, path: list[_Open], out: list[bytes]) -> bool:
    """Ends each open type whose last part was just read; true when none is left open."""
    while path:
        top = path[-1]
        top.parts += 1
        scan.blanks()
        if top.parts < _PARTS.get(top.name, 0):
            scan.expect(",")
            return False
        if top.name == "tuple" and scan.take(","):
            return False
        scan.expect(">")
        if top.name == "tuple":
            out[top.slot] = _U32.pack(top.parts)
        path.pop()
    return True

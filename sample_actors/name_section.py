"""The names of functions in a module: for a trap's backtrace those of one crate are kept, and no others."""

from __future__ import annotations

import re

_CUSTOM, _FUNCTIONS = 0, 1
_HEADER_SIZE = 8


def keep_names(module: bytes, crate: str) -> bytes:
    """The module with the names of that crate's functions and of symbols without mangling, and no other names."""
    # An identifier is mangled as its length and itself. At the end of a name stands who asked for a generic function.
    mark = re.compile(f"_RNv.*{len(crate)}{crate}.".encode())
    parts, at = [module[:_HEADER_SIZE]], _HEADER_SIZE
    while at < len(module):
        section, start = module[at], at
        size, at = _read(module, at + 1)
        body, at = module[at : at + size], at + size
        length, name_start = _read(body, 0)
        name_end = name_start + length
        if section == _CUSTOM and body[name_start:name_end] == b"name":
            body = body[:name_end] + _section(_FUNCTIONS, _kept(_functions(body, name_end), mark))
            parts.append(_section(_CUSTOM, body))
        else:
            parts.append(module[start:at])
    return b"".join(parts)


def _kept(functions: list[tuple[int, bytes]], mark: re.Pattern[bytes]) -> bytes:
    kept = [each for each in functions if mark.match(each[1]) or not each[1].startswith((b"_R", b"_ZN"))]
    named = [_number(index) + _number(len(name)) + name for index, name in kept]
    return _number(len(kept)) + b"".join(named)


def _functions(body: bytes, at: int) -> list[tuple[int, bytes]]:
    """The function names of a name section, whose subsections begin at `at`."""
    while at < len(body):
        kind = body[at]
        size, at = _read(body, at + 1)
        if kind == _FUNCTIONS:
            break
        at += size
    else:
        return []
    functions = []
    count, at = _read(body, at)
    for _ in range(count):
        index, at = _read(body, at)
        length, at = _read(body, at)
        functions.append((index, body[at : at + length]))
        at += length
    return functions


def _section(kind: int, body: bytes) -> bytes:
    return bytes([kind]) + _number(len(body)) + body


def _read(data: bytes, at: int) -> tuple[int, int]:
    """The LEB128 number at a position, and the position after it."""
    number = shift = 0
    while True:
        byte = data[at]
        number |= (byte & 0x7F) << shift
        shift, at = shift + 7, at + 1
        if byte < 0x80:
            return number, at


def _number(value: int) -> bytes:
    """A number in LEB128."""
    encoded = bytearray()
    while value >= 0x80:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    encoded.append(value)
    return bytes(encoded)

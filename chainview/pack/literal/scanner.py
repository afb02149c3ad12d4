"""Reading the smallest parts of a Pack literal: blanks, names, numbers and texts."""

from __future__ import annotations

import re
from typing import Final

from chainview.pack.literal.unfinished import Form, Unfinished
from chainview.pack.values import (
    F32,
    F64,
    S8,
    S16,
    S32,
    S64,
    U8,
    U16,
    U32,
    U64,
    Array,
    Char,
    Flags,
    String,
    Value,
    types,
)
from chainview.pack.values.floats import f32_bits, f64_bits
from chainview.system.errors import ChainviewError

_BLANKS: Final = re.compile(r"[ \t\n\r\f]*")
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_NUMBER: Final = re.compile(r"-?[0-9]*(?:\.[0-9]*)?")
_SUFFIX: Final = re.compile(r"(?:([us])(8|16|32|64)|f(32|64))(?![A-Za-z0-9])")
_MORE: Final = re.compile(r"[A-Za-z0-9_]")
_BYTES: Final = re.compile(r"(?:[0-9]{1,3}u8, )*+[0-9]{1,3}u8\]")
_SOME_BYTES: Final = re.compile(r"(?:[0-9]{1,3}u8, ){0,4095}[0-9]{1,3}u8")
_FLAGS: Final = re.compile(r"0*([0-9A-Fa-f]*)")
_TEXT: Final = re.compile(r'(?:[^"\\]++|\\[nrt\\"])*+')
_ESCAPE: Final = re.compile(r"\\(.)")
_ESCAPES: Final = {"n": "\n", "r": "\r", "t": "\t", "\\": "\\"}
_INTEGERS: Final[dict[str, type[U8 | U16 | U32 | U64 | S8 | S16 | S32 | S64]]] = {
    "u8": U8,
    "u16": U16,
    "u32": U32,
    "u64": U64,
    "s8": S8,
    "s16": S16,
    "s32": S32,
    "s64": S64,
}


class LiteralError(ChainviewError):
    """Text that is no Pack literal; `position` is the UTF-8 byte offset of the fault, `at` the same in characters."""

    def __init__(self, reason: str, text: str, at: int) -> None:
        self.reason = reason
        self.at = at
        self.position = len(text[:at].encode("utf-8", "surrogatepass"))
        super().__init__(f"not a Pack literal at byte {self.position}: {reason}")


class Scanner:
    """A place in a text that moves on as its parts are read; LiteralError names where a part is missing."""

    __slots__ = ("at", "text")

    def __init__(self, text: str, at: int) -> None:
        self.text = text
        self.at = at
        try:
            text.encode("utf-8")
        except UnicodeEncodeError as error:
            raise LiteralError("a lone surrogate is no character", text, error.start) from None

    def fail(self, reason: str, at: int | None = None) -> LiteralError:
        """The error for what stands at a place, by default here."""
        return LiteralError(reason, self.text, self.at if at is None else at)

    def blanks(self) -> None:
        """Passes over blanks."""
        match = _BLANKS.match(self.text, self.at)
        assert match is not None
        self.at = match.end()

    def peek(self) -> str:
        """The character here, or an empty text at the end."""
        return self.text[self.at : self.at + 1]

    def take(self, token: str) -> bool:
        """Passes over a token if it stands here, and says so."""
        if self.text.startswith(token, self.at):
            self.at += len(token)
            return True
        return False

    def expect(self, token: str) -> None:
        """Passes over a token that must stand here."""
        if not self.take(token):
            found = f"got {self.peek()!r}" if self.peek() else "the text ends"
            raise self.fail(f"expected {token!r}, {found}")

    def name(self) -> str:
        """Reads an identifier: an ASCII letter or underscore, then those, digits and dashes."""
        match = _NAME.match(self.text, self.at)
        if match is None:
            raise self.fail("expected a name")
        self.at = match.end()
        return match.group()

    def byte_list(self) -> Array | None:
        """Passes over the rest of a list of bytes as it is written, which may be long; None for any other list."""
        found = _BYTES.match(self.text, self.at)
        if found is None:
            return None
        data = bytearray()
        for piece in _SOME_BYTES.finditer(self.text, self.at, found.end() - 1):
            try:
                data += bytes(map(int, piece.group().replace("u8", "").split(",")))
            except ValueError:
                return None
        self.at = found.end()
        return Array(types.U8, bytes(data))

    def number(self, *, loose: bool) -> Value:
        """Reads a number with its type suffix, which may be missing in a `loose` text."""
        match = _NUMBER.match(self.text, self.at)
        assert match is not None
        self.at = match.end()
        suffix = _SUFFIX.match(self.text, self.at)
        digits = match.group()
        if suffix is None:
            if loose and _has_digit(digits) and _MORE.match(self.text, self.at) is None:
                return Unfinished(Form.NUMBER, digits)
            raise self.fail("a number must end in its type, such as u32, s64 or f32")
        self.at = suffix.end()
        try:
            return number_of(digits, suffix.group())
        except ValueError as error:
            raise self.fail(str(error)) from None

    def string(self) -> String:
        """Reads a text from its opening quote to its closing one."""
        self.expect('"')
        match = _TEXT.match(self.text, self.at)
        assert match is not None
        self.at = match.end()
        if self.take("\\"):
            raise self._unknown_escape('"')
        if not self.take('"'):
            raise self.fail("a text must end in a quote")
        raw = match.group()
        if "\\" in raw:
            raw = _ESCAPE.sub(lambda escape: _ESCAPES.get(escape[1], escape[1]), raw)
        return String(raw)

    def char(self) -> Char:
        """Reads a character from its opening quote to its closing one."""
        self.expect("'")
        escaped = self.take("\\")
        value = self.peek()
        if escaped:
            if value != "'" and value not in _ESCAPES:
                raise self._unknown_escape("'")
            value = _ESCAPES.get(value, value)
        elif not value:
            raise self.fail("a character must follow")
        self.at += 1
        self.expect("'")
        return Char(value)

    def _unknown_escape(self, quote: str) -> LiteralError:
        return self.fail(f"unknown escape, only \\n \\r \\t \\\\ \\{quote} are known")

    def flags(self) -> Flags:
        """Reads the hexadecimal digits and the bracket that follow `flags(0x`."""
        match = _FLAGS.match(self.text, self.at)
        assert match is not None
        if not match.group():
            raise self.fail("expected hexadecimal digits")
        self.at = match.end()
        if len(match.group(1)) > 16:
            raise self.fail("flags have 64 bits")
        self.expect(")")
        return Flags(int(match.group(1) or "0", 16))


def number_of(digits: str, kind: str) -> Value:
    """The number of that type that digits say; ValueError, with the type's range, where they say none."""
    if kind in _INTEGERS:
        return _integer(digits, kind)
    if not _has_digit(digits):
        raise ValueError("a number must have a digit")
    return F32(f32_bits(digits)) if kind == "f32" else F64(f64_bits(digits))


def _integer(digits: str, kind: str) -> Value:
    width = int(kind[1:])
    low, high = (0, (1 << width) - 1) if kind[0] == "u" else (-1 << (width - 1), (1 << (width - 1)) - 1)
    negative = digits.startswith("-")
    if "." in digits or digits in ("", "-") or (negative and kind[0] == "u"):
        raise ValueError(f"{_brief(digits)} is no {kind}, which is a whole number from {low} to {high}")
    # More digits than the widest type has can't be right, and reading a great many is slow.
    plain = digits.lstrip("-").lstrip("0") or "0"
    size = int(plain) if len(plain) <= 20 else 1 << 64
    number = -size if negative else size
    if not low <= number <= high:
        raise ValueError(f"{_brief(digits)} is outside the range of {kind}, from {low} to {high}")
    return _INTEGERS[kind](number)


def _has_digit(digits: str) -> bool:
    return any(map(str.isdigit, digits))


def _brief(digits: str) -> str:
    return digits if len(digits) <= 24 else f"{digits[:20]}…"

"""What is searched for: a smart-case regular expression over texts, and the number that it may be."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import AnyStr

from chainview.pack.cgrf.glance import FLOATS, INTEGERS, arrays_of, number_bytes
from chainview.pack.values.floats import f32_bits, f64_bits
from chainview.system.errors import ChainviewError

_LONGEST_SHOWN = 80
_NUMBER = re.compile(r"(-?[0-9]{1,20}(?:\.[0-9]{1,20})?)([us](?:8|16|32|64)|f(?:32|64))?")
_CALLED = re.compile(r"[\w.:/-]*[\w-](?=\($)")
"""The name of a function as far as a row tells of a call of it."""
_INSIDE_A_TEXT = rb"(?:[^\x00-\x08\n-\x1f\x80-\xbf][\x80-\xbf]*)"
"""A character as UTF-8, but none that occurs between the texts of a payload."""


@dataclass(frozen=True, slots=True)
class SearchPattern:
    """A pattern ready for texts, and for bytes in which it is only to be suspected.

    `needles` are byte strings of which one, or else a match of `coarse`, occurs wherever the pattern matches; both are
    for lower-cased bytes when `any_case`. `forms` are the bytes of the number to look for as a value, by the kinds of
    nodes, and `arrays` what lists begin with that may hold it.
    """

    text: str
    regex: re.Pattern[str]
    any_case: bool
    literal: bytes | None
    coarse: re.Pattern[bytes] | None
    forms: Mapping[int, bytes]
    arrays: re.Pattern[bytes] | None
    needles: tuple[bytes, ...]

    def suspects(self, data: bytes) -> Suspects:
        """Where in these bytes the pattern may match."""
        return Suspects(self, data)


class Suspects:
    """The places in a stretch of bytes where a pattern may match, in order."""

    def __init__(self, pattern: SearchPattern, data: bytes) -> None:
        self._pattern = pattern
        self._data = data
        self._folded = data.lower() if pattern.any_case else data
        self._next = [0] * (len(pattern.needles) + 2)
        self._ended = [False] * len(self._next)

    def first(self, start: int) -> int:
        """The first place at or after `start`, which must not go back; -1 when there is none."""
        found = -1
        for which in range(len(self._next)):
            if self._next[which] <= start and not self._ended[which]:
                at = self._find(which, start)
                # Behind the last byte an expression that matches nothing finds no place, but no end either.
                self._next[which], self._ended[which] = at + 1, not 0 <= at < len(self._data)
            place = self._next[which] - 1
            if not self._ended[which] and (found < 0 or place < found):
                found = place
        return found

    def _find(self, which: int, start: int) -> int:
        pattern = self._pattern
        if which == len(pattern.needles) + 1:
            array = None if pattern.arrays is None else pattern.arrays.search(self._data, start)
            return -1 if array is None else array.start()
        if which > 0:
            return self._data.find(pattern.needles[which - 1], start)
        if pattern.literal is not None:
            return self._folded.find(pattern.literal, start)
        found = pattern.coarse.search(self._folded, start) if pattern.coarse is not None else None
        return -1 if found is None else found.start()


def parse_pattern(text: str, *, plain: bool = False) -> SearchPattern:
    """The pattern a user typed: a regular expression, or a plain text; without capitals it ignores case.

    Raises ChainviewError for a regular expression that is none.
    """
    any_case = not any(letter.isupper() for letter in re.sub(r"\\.", "", text))
    flags = re.IGNORECASE if any_case else 0
    try:
        regex = expression(re.escape(text) if plain else text, flags)
    except re.error as error:
        raise ChainviewError(f"can't search for {text[:_LONGEST_SHOWN]!r}: {error}") from None
    literal = coarse = None
    if (plain or not _is_regex(text)) and (text.isascii() or not any_case):
        literal = text.lower().encode("utf-8") if any_case else text.encode("utf-8", "surrogatepass")
    else:
        coarse = _coarse(re.escape(text) if plain else text, any_case)
    forms = _forms(text)
    needles = tuple(sorted({number_bytes(form) for form in forms.values()}))
    return SearchPattern(text, regex, any_case, literal, coarse, forms, arrays_of(forms), needles)


def expression(text: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """A regular expression that someone typed, without Python's warnings of what another version may read otherwise.

    Raises re.error for every text that is none, also for one whose numbers or nesting Python does not take.
    """
    with warnings.catch_warnings(action="ignore"):
        try:
            return re.compile(text, flags)
        except (ValueError, OverflowError, RecursionError):
            raise re.error("it is too large") from None


def is_pattern(text: str) -> bool:
    """Whether a text is a regular expression; where it is none, it can be searched for as it stands."""
    try:
        expression(text)
    except re.error:
        return False
    return True


def as_it_stands(text: str) -> str:
    """The pattern for a plain text; for one such as `quote(` also for calls of that function, as rows tell of them."""
    called = _CALLED.match(text)
    if called is None:
        return re.escape(text)
    begin = "(?:^|(?<=[./]))" if "." in called[0] else "(?<=[./])"
    return rf"{re.escape(text)}|{begin}{re.escape(called[0])}\Z"


def _is_regex(text: str) -> bool:
    return any(letter in r".^$*+?{}[]\|()" for letter in text)


def _pieces(text: str) -> Iterator[tuple[str, bool]]:
    """A regular expression's characters, escapes whole, each with whether it stands in a class."""
    inside = False
    for piece in re.findall(r"\\.|\[\^?\]?|.", text, re.DOTALL):
        if not inside and piece.startswith("["):
            inside = True
            yield piece, True
        elif inside and piece == "]":
            inside = False
            yield piece, True
        else:
            yield piece, inside


def _coarse(text: str, any_case: bool) -> re.Pattern[bytes] | None:
    """The expression for bytes: never across the end of a text, and wherever `^` and `$` might hold."""
    parts: list[bytes] = []
    for piece, in_class in _pieces(text):
        if in_class:
            parts.append(piece.encode("utf-8"))
        elif piece == ".":
            parts.append(_INSIDE_A_TEXT)
        elif piece in ("^", "$", r"\A", r"\Z"):
            continue
        elif piece.isascii():
            parts.append(piece.encode("ascii"))
        else:
            forms = {piece, piece.lower(), piece.upper()} if any_case else {piece}
            parts.append(b"(?:%b)" % b"|".join([form.encode("utf-8", "surrogatepass") for form in sorted(forms)]))
    try:
        return expression(b"".join(parts))
    except re.error:
        return re.compile(b"")


def _forms(text: str) -> dict[int, bytes]:
    """The bytes of the number that a pattern is, by the kinds of nodes that can hold it."""
    found = _NUMBER.fullmatch(text.replace("\\.", "."))
    if found is None:
        return {}
    digits, named = found[1], found[2]
    forms = {
        kind: (f32_bits(digits).to_bytes(4, "little") if name == "f32" else f64_bits(digits).to_bytes(8, "little"))
        for kind, name in FLOATS.items()
        if named in (None, name)
    }
    number = None if "." in digits else int(digits)
    for kind, name in INTEGERS.items():
        bits = int(name[1:])
        if named in (None, name) and number is not None and _low(name) <= number < _low(name) + (1 << bits):
            forms[kind] = (number % (1 << bits)).to_bytes(bits // 8, "little")
    return forms


def _low(name: str) -> int:
    return 0 if name[0] == "u" else -(1 << (int(name[1:]) - 1))

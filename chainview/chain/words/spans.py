"""Pieces of a line with what they are, and texts cut to the room that a line has for them."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from unicodedata import east_asian_width

from chainview.system.wording import visible

_LONGEST_PART = 4096
_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"})


class Role(StrEnum):
    """What a piece of a line is, which decides its colour."""

    NUMBER = "number"
    MARK = "mark"
    CALL = "call"
    HOST = "host"
    OK = "ok"
    ERROR = "error"
    VALUE = "value"
    STRING = "string"
    STATE = "state"
    FLAG = "flag"
    STUB = "stub"
    NOTE = "note"
    HASH = "hash"
    DIM = "dim"


Span = tuple[str, Role]
Forms = tuple[str, ...]
"""The same in fewer and fewer words, for lines with less and less room; at least one."""


def cells(text: str) -> int:
    """About how many terminal cells a text takes."""
    if text.isascii():
        return len(text)
    return len(text) + sum(east_asian_width(letter) in "WF" for letter in text)


def width(spans: Iterable[Span]) -> int:
    """About how many terminal cells spans take."""
    return sum([cells(text) for text, _ in spans])


def middle_cut(text: str, longest: int) -> str:
    """A text of about `longest` cells at most, with `…` for what is missing in its middle."""
    if len(text) <= longest // 2 or (len(text) <= longest and cells(text) <= longest):
        return text
    if not text.isascii():
        sample = text[: max(1, longest)]
        longest = max(2, longest * len(sample) // cells(sample))
    tail = max(0, longest - 1) * 3 // 8
    return f"{text[: max(0, longest - 1 - tail)].rstrip('…')}…{text[len(text) - tail :].lstrip('…')}"


def end_cut(text: str, longest: int) -> str:
    """A text of `longest` characters at most, with `…` for what is missing at its end."""
    return text if len(text) <= longest else f"{text[: max(0, longest - 1)].rstrip('…')}…"


def start_cut(text: str, longest: int) -> str:
    """A text of about `longest` cells at most, with `…` for what is missing at its beginning."""
    return text if cells(text) <= longest else f"…{_end_of(text, longest - 1)}"


def fitting(forms: Forms, longest: int) -> str:
    """The first of some forms that takes `longest` cells at most; the last one, cut at its end, where none does."""
    return next((each for each in forms if cells(each) <= longest), end_cut(forms[-1], longest))


def path_cut(name: str, longest: int) -> str:
    """A function's name of about `longest` cells at most: the modules it stands in go first, then its middle."""
    while cells(name) > longest:
        behind = _behind_first_part(name)
        if not behind:
            return middle_cut(name, longest)
        name = behind
    return name


def file_cut(path: str, longest: int) -> str:
    """A file's path of `longest` cells at most: its folders go first, from the left, then the beginning of its name."""
    if cells(path) <= longest:
        return path
    rest = path
    while "/" in rest:
        rest = rest.partition("/")[2]
        if cells(rest) + 2 <= longest:
            return f"…/{rest}"
    return f"…{_end_of(rest, longest - 1)}"


def _end_of(text: str, longest: int) -> str:
    rest = text[len(text) - min(len(text), max(longest, 0)) :]
    while rest and cells(rest) > longest:
        rest = rest[1:]
    return rest


def _behind_first_part(name: str) -> str:
    """A path without its first part, empty where it has but one; what stands in brackets belongs to a part."""
    depth = 0
    for at, letter in enumerate(name[:_LONGEST_PART]):
        depth += (letter in "<({[") - (letter in ">)}]" and name[at - 1 : at] != "-")
        if depth == 0 and name.startswith("::", at) and at:
            return name[at + 2 :]
    return ""


def quoted(text: str, longest: int) -> str:
    """A text in quotes, cut in its middle, with nothing in it that could drive a terminal."""
    return f'"{visible(middle_cut(text, longest).translate(_ESCAPES))}"'


def text_of(spans: Iterable[Span]) -> str:
    """The plain text of spans."""
    return "".join([text for text, _ in spans])

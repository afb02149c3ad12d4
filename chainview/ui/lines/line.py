"""A line of text in pieces with roles: its text, and how it is broken, cut and padded to cells."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TypeVar
from unicodedata import category

from rich.cells import cell_len, chop_cells, set_cell_size

from chainview.chain.words.spans import Forms
from chainview.ui.lines.breaks import LONGEST_WORD

Span = tuple[str, str]
"""A piece of text and its role."""
Line = list[Span]
Told = tuple[Forms, str]
"""The same in fewer and fewer words, and their role."""
UNTOLD: Told = (("",), "dim")
R = TypeVar("R", bound=str)

_JOINING = re.compile("[\u200d\ufe0e\ufe0f]|(?<=[^\\s\\w])[\U0001f3fb-\U0001f3ff]")
"""What makes one picture of several, or another of one: joiners, selectors, and the tones of a skin behind one."""


def plain(line: Iterable[Span]) -> str:
    """The text of a line."""
    return "".join([text for text, _ in line])


def steady(text: str) -> str:
    """A text without that on which terminals do not agree how many cells it takes: a joined picture is its parts."""
    return text if text.isascii() else _JOINING.sub("", text)


def steadied(spans: Iterable[tuple[str, R]]) -> list[tuple[str, R]]:
    """Spans whose texts are steady."""
    return [(steady(text), role) for text, role in spans]


def loose_cells(spans: Iterable[tuple[str, R]]) -> int:
    """How many cells more than is counted here the widest of terminals gives to spans that are steady."""
    return sum(
        [category(letter) == "Mc" for text, _ in spans if not text.isascii() for letter in text if letter > "\u0900"]
    )


def wrapped(line: Line, width: int, indent: int = 0, *, words: bool = False) -> list[Line]:
    """The line broken to `width` cells, what continues it indented; with `words` between words where that is near."""
    line = steadied(line)
    if width <= indent + 1 or _widest(plain(line)) <= width:
        return [line]
    lines: list[Line] = [[]]
    room = full = width
    for text, role in line:
        while text:
            piece = text if _widest(text) <= room else _begin(text, max(1, room))
            if _widest(piece) > room:
                piece = ""
            if words and piece != text and (room < full or " " in piece or "/" in piece):
                piece = _to_word(piece, text)
            if piece:
                lines[-1].append((piece, role))
                text = text[len(piece) :]
                room -= _widest(piece)
            if text:
                text = text.lstrip(" ") if words else text
                lines.append([(" " * indent, "text")] if indent else [])
                room = full = width - indent
    return lines


def _widest(text: str) -> int:
    """The cells that the widest of terminals gives to a text."""
    return cell_len(text) + loose_cells([(text, "")])


def _begin(text: str, cells: int) -> str:
    """As much of a text as has room, at least a letter, with the marks that belong to it."""
    piece = chop_cells(text, cells)[0]
    while len(piece) > 1 and _widest(piece) > cells:
        piece = piece[:-1]
    while len(piece) > 1 and category(text[len(piece) : len(piece) + 1] or " ")[0] == "M":
        piece = piece[:-1]
    return piece


def _to_word(piece: str, text: str) -> str:
    """`piece`, with which `text` begins, without a short part of a word, or of a name in a path, at its end."""
    if text[len(piece)].isspace():
        return piece
    for end in (piece.rfind(" ") + 1, piece.rfind("/") + 1):
        if end and len(piece) - end <= LONGEST_WORD:
            return piece[:end]
    return piece


def chopped(line: Line, start: int, width: int) -> Line:
    """The cells of a line from `start`, `width` of them at most."""
    line = steadied(line)
    if start <= 0 and cell_len(plain(line)) <= width:
        return line
    out: Line = []
    at = 0
    for text, role in line:
        size = cell_len(text)
        if size == len(text):
            kept = text[max(0, start - at) : max(0, start + width - at)]
        else:
            kept = _within(text, start - at, start + width - at)
        if kept:
            out.append((kept, role))
        at += size
    return out


def in_cells(spans: Iterable[tuple[str, R]], cells: int, fill: R) -> list[tuple[str, R]]:
    """The spans in exactly that many cells: padded, or cut with `…`, never through a wide character.

    Blanks at the end that have no room go without a mark.
    """
    kept: list[tuple[str, R]] = []
    left = cells
    spans = steadied(spans)
    for at, (text, role) in enumerate(spans):
        size = cell_len(text)
        if size <= left:
            kept.append((text, role))
            left -= size
            continue
        if cell_len(text.rstrip()) <= left and not any(later.strip() for later, _ in spans[at + 1 :]):
            return [*kept, (set_cell_size(text, left), role)]
        return _cut(kept, (text, role), left, fill)
    if left:
        kept.append((" " * left, fill))
    return kept


def _cut(kept: list[tuple[str, R]], span: tuple[str, R], left: int, fill: R) -> list[tuple[str, R]]:
    """`kept` and as much of the span as leaves a cell for the `…`, which no second one stands beside."""
    while left <= 0 and kept:
        span = kept.pop()
        left = cell_len(span[0])
    if left <= 0:
        return kept
    begun = set_cell_size(span[0], left - 1)
    before = begun or "".join([text for text, _ in kept[-1:]])
    return [*kept, (begun, span[1]), (" " if before.endswith("…") else "…", fill)]


def _within(text: str, start: int, end: int) -> str:
    """The characters of a text with wide ones whose cells lie from `start` to `end`; a halved one leaves a blank."""
    out, at = [], 0
    for char in text:
        size = cell_len(char)
        if start <= at and at + size <= end:
            out.append(char)
        elif at < end and at + size > start:
            out.append(" " * (min(at + size, end) - max(at, start)))
        at += size
        if at >= end:
            break
    return "".join(out)


def columns(rows: Sequence[tuple[str, str]], gap: int = 2) -> list[Line]:
    """Pairs of name and text, the texts below each other."""
    width = max([cell_len(name) for name, _ in rows], default=0) + gap
    return [[(name + " " * (width - cell_len(name)), "dim"), (text, "text")] for name, text in rows]

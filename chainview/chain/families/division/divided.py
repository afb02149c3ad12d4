"""A file, or what standard input gives, looked at for the chains of several actors, and divided."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

from chainview.chain.files.formats import NATIVE, NEAR, detect
from chainview.chain.files.opened import STANDARD_INPUT, chain_place, standard_input
from chainview.system.errors import ChainviewError, words_of
from chainview.system.signals import interruption

if TYPE_CHECKING:
    from chainview.chain.families.division.division import Division

_PIECE: Final = 1 << 20


def divided(path: str | Path) -> Division | None:
    """What holds the chains of several actors, divided into one for each; None for one chain, a folder, or no chain.

    `-` is standard input. Raises ChainviewError where that gives no chain, or there is no room for what is divided.
    """
    if str(path) == "-":
        file, name = standard_input(), STANDARD_INPUT
    else:
        found = _regular(chain_place(Path(path)))
        if found is None:
            return None
        file, name = found, str(path)
    with file:
        try:
            format = format_of_many(file)
            if format is None or not _holds_several(file, format):
                return None
            from chainview.chain.families.division.division import Division

            division = Division(name, format)
            for piece in _pieces(file):
                division.take(piece)
        except OSError as error:
            raise ChainviewError(f"can't read {name}: {words_of(error)}") from None
    division.finish()
    return division


def format_of_many(file: BinaryIO) -> str | None:
    """The format of a file, where it is one that may hold the chains of several actors; else None."""
    format = detect(os.pread(file.fileno(), NEAR, 0))
    if format is None or format == NATIVE:
        return None
    # Most often there is a chain of chainview's own, and what others may hold takes long to load.
    from chainview.chain.families.division.whose import DIVISIBLE

    return format if format in DIVISIBLE else None


def is_native(path: Path) -> bool:
    """Whether a file begins as a native chain does, which is one actor's."""
    file = _regular(path)
    if file is None:
        return False
    with file:
        try:
            return detect(os.pread(file.fileno(), NEAR, 0)) == NATIVE
        except OSError:
            return False


def _regular(path: Path) -> BinaryIO | None:
    """A file that can be read as often as is wanted; what can't be opened is told of by who opens it as a chain."""
    try:
        return path.open("rb") if stat.S_ISREG(path.stat().st_mode) else None
    except (OSError, ValueError):
        return None


def _holds_several(file: BinaryIO, format: str) -> bool:
    from chainview.chain.families.division.whose import DIVISIBLE, TELLING, Whose

    read, first = DIVISIBLE[format], None
    for number, line in enumerate(_lines_with(TELLING[format], file)):
        whose = read(line)
        if isinstance(whose, Whose):
            first = first or whose
            if whose.key != first.key:
                return True
        if not number & 0xFFFF:
            interruption.check()
    return False


def _lines_with(wanted: re.Pattern[bytes], file: BinaryIO) -> Iterator[bytes]:
    """The lines in which something stands that is wanted; the others cost no more than their bytes."""
    part = list[bytes]()
    for piece in _pieces(file):
        edge = piece.rfind(b"\n") + 1
        part.append(piece[:edge] if edge else piece)
        if edge:
            yield from _lines_of(b"".join(part), wanted)
            part = [piece[edge:]]
    yield from _lines_of(b"".join(part), wanted)


def _lines_of(text: bytes, wanted: re.Pattern[bytes]) -> Iterator[bytes]:
    at = 0
    while (found := wanted.search(text, at)) is not None:
        begin = text.rfind(b"\n", at, found.start()) + 1 or at
        end = text.find(b"\n", found.end())
        end = len(text) if end < 0 else end
        yield text[begin:end]
        at = end + 1


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    at = 0
    while piece := os.pread(file.fileno(), _PIECE, at):
        interruption.check()
        at += len(piece)
        yield piece

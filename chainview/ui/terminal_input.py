"""What a terminal sends, byte by byte: keys are handed on, its replies and what is no text are not."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from textual._ansi_sequences import ANSI_SEQUENCES_KEYS

MOST_PASTED: Final = 64 * 1024
"""Letters of a paste that are taken."""
_LONGEST_SEQUENCE: Final = 4096
_LONGEST_KEY: Final = 64
_LONGEST_WAIT: Final = 10
"""How often nothing came, before the rest of a sequence is not waited for any more."""
_LONGEST_PAUSE: Final = 10
"""How often nothing came, or only what a hand types, before the end of a paste is not waited for any more."""
_MOST_BY_HAND: Final = 16
"""Bytes at once that may be keys pressed behind the beginning of a paste that no terminal ends."""
_ESC: Final = 0x1B
_STRINGS: Final = b"]PX^_"
"""What stands behind ESC where a string begins, which is always a reply: OSC, DCS, SOS, PM, APC."""
_PASTE, _PASTED = b"\x1b[200~", b"\x1b[201~"
_KEYS: Final = re.compile(
    rb"\x1b\[(?:[0-9:;]*[~u]|(?:[0-9]*(?:;[0-9:]*)*)?[A-HPQRSZ]|\[[A-E]|<\d+;-?\d+;-?\d+[mM]|[IO]"
    rb"|\?\d+;\d\$y|48;\d+(?::\d+)*(?:;\d+(?::\d+)*){3}t)"
)
"""Sequences that tell of a key, the mouse, focus, a size, or of a mode that was asked for."""
_TABLE: Final = frozenset([sequence.encode() for sequence in ANSI_SEQUENCES_KEYS if sequence.startswith("\x1b[")])
"""Sequences that Textual has a key for, of terminals of every kind."""
_LARGEST_NUMBER: Final = 7
"""Digits of the numbers in a sequence."""


def _latin(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)
    wrong = error.object[error.start : error.end]
    return "".join([chr(byte) for byte in wrong if byte >= 0xA0]), error.end


codecs.register_error("chainview-terminal", _latin)


@dataclass(frozen=True, slots=True)
class Pasted:
    """A text that was pasted."""

    text: str


class TerminalInput:
    """Splits what a terminal sends. Bytes that are no UTF-8 are taken as Latin-1, and sequences that are cut wait."""

    def __init__(self) -> None:
        self._held = b""
        """The beginning of a sequence."""
        self._waited = 0
        self._in_string = self._in_paste = False
        self._opened = ""
        """What may have begun a string, or be a key with alt."""
        self._paste = b""
        self._decoder = codecs.getincrementaldecoder("utf-8")("chainview-terminal")

    def feed(self, data: bytes) -> Iterator[str | Pasted]:
        """Texts and sequences that mean something here, in order."""
        if not self._in_paste or len(data) > _MOST_BY_HAND:
            self._waited = 0
        data, self._held = self._held + data, b""
        at = 0
        while at < len(data):
            if self._in_string:
                at = self._behind_string(data, at)
            elif self._in_paste:
                end = data.find(_PASTED, at)
                # The end of what came may be the beginning of the mark.
                stop = max(at, len(data) - len(_PASTED) + 1) if end < 0 else end
                self._paste += data[at:stop][: max(0, 4 * MOST_PASTED - len(self._paste))]
                if end < 0:
                    self._held = data[stop:]
                    return
                at = end + len(_PASTED)
                yield self._pasted()
            elif data[at] != _ESC:
                end = data.find(b"\x1b", at)
                end = len(data) if end < 0 else end
                text = self._decoder.decode(data[at:end], final=end < len(data))
                if text:
                    yield text
                at = end
            else:
                size = _sequence_size(data, at)
                if size is None:
                    self._held = data[at:]
                    return
                yield from self._sequence(data[at : at + size])
                at += size

    def idle(self) -> str | Pasted:
        """What the bytes are that wait for more, where none came for a moment: an escape key, or a key with alt.

        The rest of a longer sequence is waited for some time longer, and then given up, as is the end of a paste.
        """
        self._waited += 1
        if self._in_paste and self._waited >= _LONGEST_PAUSE:
            self._paste, self._held = self._paste + self._held, b""
            return self._pasted()
        held = self._held
        if self._opened:
            opened, self._opened, self._in_string = self._opened, "", False
            return opened
        if not self._in_paste and held in (b"\x1b", b"\x1b[", b"\x1bO"):
            self._held = b""
            return held.decode()
        if self._waited >= _LONGEST_WAIT:
            self._held, self._in_string = (held if self._in_paste else b""), False
        return self._decoder.decode(b"", final=True)

    def _sequence(self, sequence: bytes) -> Iterator[str]:
        if sequence == _PASTE:
            self._in_paste, self._paste, self._waited = True, b"", 0
        elif sequence[1:2] and sequence[1] in _STRINGS:
            self._in_string, self._opened = True, sequence.decode()
        elif sequence[1:2] != b"[" or sequence in _TABLE or (_is_sane(sequence) and _KEYS.fullmatch(sequence)):
            yield sequence.decode("utf-8", "ignore")

    def _behind_string(self, data: bytes, at: int) -> int:
        """Where a string ends, with BEL, ST, or an ESC that begins something else; what is in it goes."""
        self._opened = ""
        for place in range(at, len(data)):
            if data[place] == 0x07:
                self._in_string = False
                return place + 1
            if data[place] == _ESC:
                if place + 1 == len(data):
                    self._held = b"\x1b"
                    return len(data)
                self._in_string = False
                return place + 2 if data[place + 1] == 0x5C else place
        return len(data)

    def _pasted(self) -> Pasted:
        text = self._paste.decode("utf-8", "chainview-terminal")[:MOST_PASTED]
        self._in_paste, self._paste = False, b""
        return Pasted(text.replace("\0", ""))


def _sequence_size(data: bytes, at: int) -> int | None:
    """The bytes of the sequence that begins with an ESC; None where its end has not come yet."""
    if at + 1 >= len(data):
        return None
    kind = data[at + 1]
    if kind == _ESC:
        return 1
    if kind in b"O":
        return 3 if at + 2 < len(data) else None
    if kind != 0x5B:
        return 2 if kind < 0x80 else 1
    if data[at + 2 : at + 3] == b"M":
        # A mouse report of X10: three bytes follow, of any value.
        return 6 if at + 6 <= len(data) else None
    if data[at + 2 : at + 3] == b"[":
        return 4 if at + 4 <= len(data) else None
    for place in range(at + 2, min(len(data), at + _LONGEST_SEQUENCE)):
        byte = data[place]
        if 0x40 <= byte <= 0x7E or data[at : place + 1] in _TABLE:
            return place + 1 - at
        if not 0x20 <= byte <= 0x3F:
            return place - at
    return None if len(data) - at < _LONGEST_SEQUENCE else _LONGEST_SEQUENCE


def _is_sane(sequence: bytes) -> bool:
    """Whether it is as short as a key's, and each number in it may be that of a letter or a place on a screen."""
    if len(sequence) > _LONGEST_KEY:
        return False
    numbers = re.findall(rb"\d+", sequence)
    if any(len(number) > _LARGEST_NUMBER for number in numbers):
        return False
    return not sequence.endswith(b"u") or all(int(number) <= 0x10FFFF for number in numbers)

"""Where things stand in the text of a literal, or of a call, by its brackets alone: also in a text that is wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

_MARK: Final = re.compile(
    r""""(?:[^"\\]++|\\.)*+(?P<text>"|\\?\Z)|'(?:[^'\\]++|\\.)*+(?P<char>'|\\?\Z)|=>|::|[()\[\]{}<>,:;=#]""", re.DOTALL
)
_NAME: Final = re.compile(r"\s*[A-Za-z_][A-Za-z0-9_-]*\s*:(?!:)")
_FEED: Final = re.compile(r"(?P<opening>[(\[{])?[ \t\r]*\n\s*(?P<closing>(?=[)\]}]))?")
_WORD: Final = re.compile(r"([A-Za-z_][A-Za-z0-9_-]*)\s*(?:<.*>)?\s*\Z", re.DOTALL)
_LAST_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*\s*:?\Z")
_BLANKS: Final = re.compile(r"\s*")
_MOST_LINES: Final = 10_000
OPENING: Final = ("(", "[", "{")
CLOSING: Final = (")", "]", "}")


@dataclass(frozen=True, slots=True)
class Mark:
    """A bracket, a sign or a whole text in quotes, and how many brackets stand open around it."""

    text: str
    at: int
    depth: int
    is_whole: bool = True
    """False for a text in quotes that does not end."""

    @property
    def end(self) -> int:
        """Where it ends."""
        return self.at + len(self.text)


def marks(text: str, start: int = 0) -> Iterator[Mark]:
    """The brackets, signs and quoted texts from a place on; those of types, `<` and `>`, open nothing."""
    depth = 0
    for found in _MARK.finditer(text, start):
        mark = found[0]
        depth -= mark in CLOSING
        closing = found["text"] if mark[0] == '"' else found["char"] if mark[0] == "'" else mark
        yield Mark(mark, found.start(), depth, closing not in ("", "\\"))
        depth += mark in OPENING


def call_lines(text: str) -> Iterator[tuple[int, int]]:
    """Where each line begins and ends, as lines of calls are told apart: a call whose brackets are open goes on.

    Where they stay open the line stands for itself, and so does a comment, which begins with `#`.
    """
    start = 0
    while start < len(text):
        end = _end_of_call(text, start)
        yield start, end
        start = end + 1


def comment_of(text: str) -> int:
    """Where the comment behind a call begins, or the text ends; a `#` in its name or in a literal begins none."""
    called = False
    for mark in marks(text):
        if mark.text == "#" and mark.depth <= 0 and called:
            return mark.at
        called = called or mark.text in CLOSING
    return len(text)


def _end_of_call(text: str, start: int) -> int:
    first = end = _end_of_line(text, start)
    if text[start:first].lstrip()[:1] == "#":
        return first
    joined, called, is_open = 0, False, False
    for mark in marks(text, start):
        if mark.at > end and not is_open:
            break
        if not mark.is_whole or joined > _MOST_LINES:
            return first
        if mark.text == "#" and mark.depth <= 0 and called:
            break
        called = called or mark.text in CLOSING
        is_open = mark.depth + (mark.text in OPENING) > 0
        if mark.end > end:
            end = _end_of_line(text, mark.end)
            joined += 1
    return first if is_open else end


def _end_of_line(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end


def calls_of(line: str) -> list[tuple[int, int]]:
    """Where each call of a line begins and ends, without blanks around it; a `;` parts them."""
    ends = [mark.at for mark in marks(line) if mark.text == ";" and mark.depth <= 0]
    found = []
    for start, end in zip([0, *[end + 1 for end in ends]], [*ends, len(line)], strict=True):
        call = line[start:end]
        if call.strip():
            found.append((start + len(call) - len(call.lstrip()), start + len(call.rstrip())))
    return found


def one_line(text: str) -> str:
    """The calls of several lines as one, the last as far as it is there: without comments, parted by a `;`."""
    missing = _missing_brackets(text)
    whole = f"{text}\n{missing}" if missing else text
    calls = []
    for start, end in call_lines(whole):
        call = whole[start:end].strip()
        if call and call[0] != "#":
            calls.append(_in_a_line(call[: comment_of(call)].rstrip()))
    return "; ".join(calls).removesuffix(missing)


def _in_a_line(call: str) -> str:
    """The call without line feeds: in a text in quotes each is escaped, elsewhere it is a blank."""
    out, at = [], 0
    for mark in marks(call):
        if "\n" in mark.text:
            out += [_joined(call[at : mark.at]), mark.text.replace("\r", "").replace("\n", "\\n")]
            at = mark.end
    return "".join([*out, _joined(call[at:])])


def _joined(text: str) -> str:
    return _FEED.sub(
        lambda feed: (feed["opening"] or "") + ("" if feed["opening"] or feed["closing"] is not None else " "), text
    )


def closed(text: str) -> str:
    """The text without a comma or a name at its end, and with the brackets that are open closed."""
    levels, before = levels_at(text, len(text)), text.rstrip()
    if levels and levels[-1].opening == "{":
        before = _LAST_NAME.sub("", before)
    return before.rstrip(", \t\n") + _missing_brackets(text)


def _missing_brackets(text: str) -> str:
    return "".join([CLOSING[OPENING.index(level.opening)] for level in reversed(levels_at(text, len(text)))])


@dataclass(slots=True)
class Level:
    """A whole whose parts are being typed: its bracket, the word before it, and which part is typed."""

    opening: str
    word: str
    part: int = 0
    name: str = ""
    """The name before the part, of a record."""
    names: list[str] = field(default_factory=list)
    """The names of a record so far."""
    angles: int = 0


def levels_at(text: str, cursor: int) -> list[Level]:
    """The wholes in which a place of a text lies, the outermost first."""
    levels: list[Level] = []
    before = 0
    for mark in marks(text):
        if mark.at >= cursor:
            break
        top = levels[-1] if levels else None
        if mark.text in OPENING:
            word = _WORD.search(text[before : mark.at])
            levels.append(Level(mark.text, word[1] if word else ""))
        elif mark.text in CLOSING:
            levels[-1:] = []
        elif top is not None and mark.text in "<>":
            top.angles += 1 if mark.text == "<" else -1
        elif top is not None and (mark.text == "=>" or (mark.text == "," and not top.angles)):
            top.part, top.name = top.part + 1, ""
        elif top is not None and mark.text == ":" and top.opening == "{":
            top.name = text[before : mark.at].strip()
            top.names.append(top.name)
        if mark.text not in "<>":
            before = mark.end
    return levels


def place_of(text: str, path: Sequence[int]) -> int:
    """Where the part of a literal begins that `path` leads to: the number of a part in each of the wholes around it."""
    at = _after_blanks(text, 0)
    for step in path:
        opening = next((mark for mark in marks(text, at) if mark.text in OPENING), None)
        if opening is None:
            break
        at = _start_of_part(text, opening, step)
    return at


def _start_of_part(text: str, opening: Mark, step: int) -> int:
    starts = [opening.end]
    angles = 0
    for mark in marks(text, opening.end):
        if mark.depth < 0 or len(starts) > step:
            break
        if mark.depth:
            continue
        angles += (mark.text == "<") - (mark.text == ">")
        if mark.text == "=>" or (mark.text == "," and not angles):
            starts.append(mark.end)
    start = starts[min(step, len(starts) - 1)]
    named = _NAME.match(text, start) if opening.text == "{" else None
    return _after_blanks(text, named.end() if named else start)


def _after_blanks(text: str, at: int) -> int:
    found = _BLANKS.match(text, at)
    assert found is not None
    return found.end()

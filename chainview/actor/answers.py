"""What a person gives to be answered in the place of handlers: the lines of a file, or the host calls of a chain."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from chainview.chain.event import Kind
from chainview.chain.families.folder import refuse_several
from chainview.chain.files.opened import open_chain
from chainview.chain.payload import HostCall, read_payload
from chainview.pack.literal import LiteralError, parse_arguments, parse_literal
from chainview.pack.literal.outline import marks, place_of
from chainview.pack.values import UNIT, Tuple, Value
from chainview.system.errors import ChainviewError
from chainview.system.files.text_file import UnreadableText, read_text

_ALWAYS: Final = "always "


@dataclass(frozen=True, slots=True)
class GivenAnswer:
    """A line of a file: what answers the function of that name, whatever it is asked or only for these arguments.

    Until it is known what the function declares, its literals may be unfinished.
    """

    place: str
    name: str
    arguments: tuple[Value, ...] | None
    answer: Value
    always: bool
    """Whether it is never used up, and answers what nothing else is left for."""
    text: str = ""
    """The line, of which the literals are parts."""
    arguments_at: int = 0
    answer_at: int = 0

    def place_of_answer(self, path: Sequence[int]) -> str:
        """Where a part of the answer stands: file, line and column."""
        return self._column(self.answer_at + place_of(self.text[self.answer_at :], path))

    def place_of_argument(self, path: Sequence[int]) -> str:
        """Where an argument stands, or a part of one: file, line and column."""
        return self._column(self.arguments_at + place_of(self.text[self.arguments_at :], path))

    def _column(self, at: int) -> str:
        return f"{self.place}:{at + 1}"

    def names(self, asked: tuple[str, str]) -> bool:
        """Whether it is meant for that import: by its function, and as much of the interface as it says."""
        whole = ".".join(asked)
        return whole == self.name or (whole.endswith(self.name) and whole[-len(self.name) - 1] in "./")

    def fits(self, input: Value) -> bool:
        """Whether it answers what was asked with that input."""
        if self.arguments is None or input == Tuple(self.arguments):
            return True
        return len(self.arguments) < 2 and input == (self.arguments[0] if self.arguments else UNIT)


@dataclass(frozen=True, slots=True)
class Answers:
    """What a person gave, by the name of the file it stands in: its lines, and the host calls of a chain."""

    source: str
    lines: tuple[GivenAnswer, ...] = ()
    recorded: tuple[HostCall, ...] = ()


def read_answers(path: str | Path) -> Answers:
    """The answers of a file: `FUNCTION = LITERAL` or `FUNCTION(ARGUMENTS) = LITERAL` a line, with `always` before it.

    Raises ChainviewError, with the line, for what can't be read.
    """
    try:
        text = read_text(path)
    except UnreadableText as error:
        raise ChainviewError(f"can't read the answers in {path}: {error}") from None
    return _answers(Path(path).name, str(path), text.split("\n"))


def given_answers(answers: str | Path | Sequence[str], chain: str | Path | None) -> tuple[Answers, ...]:
    """The answers of a file, or of its lines, and those of a chain behind them; raises ChainviewError."""
    if isinstance(answers, str | Path):
        given = [read_answers(answers)]
    else:
        given = [_answers("answers", "answers", answers)] if answers else []
    return (*given, *([] if chain is None else [recorded_answers(chain)]))


def _answers(source: str, place: str, lines: Iterable[str]) -> Answers:
    placed = [(f"{place}:{number}", line.rstrip()) for number, line in enumerate(lines, 1)]
    return Answers(source, tuple([_line(each, line) for each, line in placed if line and line.lstrip()[0] != "#"]))


def recorded_answers(path: str | Path) -> Answers:
    """The answers that a chain holds; raises ChainviewError where it can't be read, or holds none."""
    refuse_several(path)
    with open_chain(path) as opened:
        table = opened.load().table
        said, at = list[HostCall](), table.kinds.find(Kind.HOST)
        while at >= 0:
            call = read_payload(table.payload(at))
            if isinstance(call, HostCall) and call.output is not None:
                said.append(call)
            at = table.kinds.find(Kind.HOST, at + 1)
    if not said:
        raise ChainviewError(f"{path} holds no host call whose answer could be given again")
    return Answers(Path(path).name, recorded=tuple(said))


def _line(place: str, line: str) -> GivenAnswer:
    begin = len(line) - len(line.lstrip())
    always = line.startswith(_ALWAYS, begin)
    begin += len(_ALWAYS) if always else 0
    sign = next((mark.at for mark in marks(line, begin) if mark.text == "=" and mark.depth == 0), begin)
    name = line[begin:sign].partition("(")[0]
    arguments_at, answer_at = begin + len(name), sign + 1
    if not name.strip():
        raise ChainviewError(f"{place}: FUNCTION = LITERAL, or FUNCTION(ARGUMENTS) = LITERAL, was looked for")
    at = arguments_at
    try:
        asked = parse_arguments(line[at:sign], loose=True) if line[at:sign].strip() else None
        at = answer_at
        answer = parse_literal(line[at:], loose=True)
    except LiteralError as error:
        raise ChainviewError(f"{place}:{at + error.at + 1}: {error.reason}") from None
    return GivenAnswer(place, name.strip(), asked, answer, always, line, arguments_at, answer_at)

"""The calls that were asked for on the command line, and where each of them stands."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chainview.system.errors import ChainviewError, words_of
from chainview.system.files.file_kind import ENOUGH, other_than_text
from chainview.system.files.text_file import NoRegularFile, read_regular
from chainview.system.streams import read_waiting

if TYPE_CHECKING:
    from chainview.actor.manifest import Target
    from chainview.chain.schema import Schema

_LARGEST_FILE = 64 << 20
_BLANKS = " \t\r"
STANDARD_INPUT = "-"


@dataclass(frozen=True, slots=True)
class GivenCall:
    """A call as it was typed, and where: `--call 2`, or file and line."""

    text: str
    place: str
    file: str = ""
    line: int = 0
    column: int | None = None
    """The column at which the text begins; None where it does not stand there as it is."""

    def place_of(self, at: int | None) -> str:
        """Where a part of the text stands; the whole call, where that is not known."""
        if at is None or self.column is None:
            return self.place
        feeds, feed = self.text.count("\n", 0, at), self.text.rfind("\n", 0, at)
        column = at - feed if feeds else at + self.column
        return f"{self.file}:{self.line + feeds}:{column}" if self.file else f"{self.place}, column {column}"


def given_calls(args: argparse.Namespace) -> list[GivenCall]:
    """What `--call`, `--calls` and `--messages` ask for; raises ChainviewError for unreadable files."""
    if args.calls == args.messages == STANDARD_INPUT:
        raise ChainviewError("standard input holds either calls or messages: give a file for the others")
    given = [GivenCall(text, f"--call {number}", column=1) for number, text in enumerate(args.call, 1)]
    if args.calls is not None:
        given += _calls_in(args.calls)
    if args.messages is not None:
        given += _messages_in(args.messages)
    return given


def _calls_in(path: str) -> Iterator[GivenCall]:
    from chainview.pack.literal.outline import call_lines, comment_of

    text = _text_of(path, "calls", "NAME(ARGS)")
    name = _named(path)
    line = 1
    for start, end in call_lines(text):
        begin = start + len(text[start:end]) - len(text[start:end].lstrip(_BLANKS))
        call = text[begin:end].rstrip(_BLANKS)
        if call and not call.startswith("#"):
            call = call[: comment_of(call)].rstrip(_BLANKS)
            yield GivenCall(call, f"{name}:{line}", name, line, begin - start + 1)
        line += text.count("\n", start, end) + 1


def _named(path: str) -> str:
    return "standard input" if path == STANDARD_INPUT else path


def _messages_in(path: str) -> Iterator[GivenCall]:
    """A message a line, in plain words or as a call."""
    from chainview.actor.peer_calls import NO_BYTES, spelled

    for number, line in enumerate(_text_of(path, "messages", "send TEXT").split("\n"), 1):
        text, place = line.strip(_BLANKS), f"{_named(path)}:{number}"
        if not text or text.startswith("#"):
            continue
        try:
            yield GivenCall(spelled(text), place)
        except ValueError:
            raise ChainviewError(f"{place}: {NO_BYTES}") from None


def _text_of(path: str, what: str, looked_for: str) -> str:
    try:
        if path == STANDARD_INPUT:
            data = read_waiting(sys.stdin.buffer, _LARGEST_FILE + 1)
        else:
            data = read_regular(path, _LARGEST_FILE + 1)
    except NoRegularFile:
        raise ChainviewError(f"{path} is no regular file: the {what} are read from one, one a line") from None
    except OSError as error:
        raise ChainviewError(f"can't read the {what} in {path}: {words_of(error)}") from None
    except ValueError:
        raise ChainviewError(f"{path!r} can't be the name of a file") from None
    if len(data) > _LARGEST_FILE:
        raise ChainviewError(f"the file of {what} {path} is larger than {_LARGEST_FILE >> 20} MiB")
    kind = other_than_text(data[:ENOUGH])
    if not kind:
        try:
            return data.decode("utf-8-sig")
        except UnicodeDecodeError:
            pass
    instead = f" in UTF-8 but {kind}" if kind else ""
    raise ChainviewError(f"the file of {what} {path} is no text{instead}: one {looked_for} a line was looked for")


def placed(
    failure: ChainviewError, target: Target, calls: Sequence[GivenCall], schema: Schema | None = None
) -> ChainviewError:
    """The failure with the place of the call that it refuses; as it is when it is about something else."""
    from chainview.actor.engine.loading import load_module
    from chainview.actor.exports import CallRefused, exports_of, messages_of, parse_call

    if not calls or not isinstance(failure, CallRefused):
        return failure
    loaded = load_module(target.module)
    exports = (*exports_of(loaded, schema), *messages_of(loaded))
    for call in calls:
        try:
            parse_call(call.text, exports)
        except CallRefused as refused:
            if refused.sentence == failure.sentence:
                return ChainviewError(f"{call.place_of(refused.at)}: {failure.sentence}", failure.exit_code)
    return failure

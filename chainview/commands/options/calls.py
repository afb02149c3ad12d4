"""The calls that were asked for on the command line, and where each of them stands."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chainview.system.errors import ChainviewError, words_of
from chainview.system.file_kind import ENOUGH, file_kind
from chainview.system.text_file import NoRegularFile, open_regular

if TYPE_CHECKING:
    from chainview.actor.manifest import Target
    from chainview.chain.schema import Schema

_LARGEST_FILE = 64 << 20
_HEX = "hex:"
_BLANKS = " \t\r"
_MARKS = re.compile(r""""(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|[()\[\]{}#]""", re.DOTALL)


@dataclass(frozen=True, slots=True)
class GivenCall:
    """A call as it was typed, and where: `--call 2`, or file and line."""

    text: str
    place: str


def given_calls(args: argparse.Namespace) -> list[GivenCall]:
    """What `--call`, `--calls` and `--messages` ask for; raises ChainviewError for unreadable files."""
    given = [GivenCall(text, f"--call {number}") for number, text in enumerate(args.call, 1)]
    if args.calls is not None:
        given += _calls_in(args.calls)
    if args.messages is not None:
        given += _messages_in(args.messages)
    return given


def _calls_in(path: str) -> Iterator[GivenCall]:
    for number, line in enumerate(_text_of(path, "calls", "NAME(ARGS)").split("\n"), 1):
        text = line.strip(_BLANKS)
        if text and not text.startswith("#"):
            yield GivenCall(_without_comment(text), f"{path}:{number}")


def _messages_in(path: str) -> Iterator[GivenCall]:
    """A message a line: how it is sent, such as `send`, and a text, a literal of one, or bytes behind `hex:`."""
    from chainview.pack.literal import format_literal
    from chainview.pack.values import String, bytes_value

    for number, line in enumerate(_text_of(path, "messages", "send TEXT").split("\n"), 1):
        text = line.strip(_BLANKS)
        if not text or text.startswith("#"):
            continue
        way, _, said = text.partition(" ")
        channel, said = said.partition(" ")[::2] if way == "channel-send" else ("", said)
        place = f"{path}:{number}"
        said = said.strip(_BLANKS)
        if said.startswith(_HEX):
            said = format_literal(bytes_value(_bytes_of(said.removeprefix(_HEX), place)))
        elif not said.startswith('"'):
            said = format_literal(String(said))
        before = f"{format_literal(String(channel))}, " if channel else ""
        yield GivenCall(f"{way}({before}{said})", place)


def _bytes_of(digits: str, place: str) -> bytes:
    try:
        return bytes.fromhex(digits)
    except ValueError:
        raise ChainviewError(f"{place}: {_HEX} is followed by an even number of hexadecimal digits") from None


def _text_of(path: str, what: str, looked_for: str) -> str:
    try:
        with open_regular(path) as file:
            data = file.read(_LARGEST_FILE + 1)
    except NoRegularFile:
        raise ChainviewError(f"{path} is no regular file: the {what} are read from one, one a line") from None
    except OSError as error:
        raise ChainviewError(f"can't read the {what} in {path}: {words_of(error)}") from None
    except ValueError:
        raise ChainviewError(f"{path!r} can't be the name of a file") from None
    if len(data) > _LARGEST_FILE:
        raise ChainviewError(f"the file of {what} {path} is larger than {_LARGEST_FILE >> 20} MiB")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        kind = file_kind(data[:ENOUGH])
        instead = f" in UTF-8 but {kind}" if kind else ""
        raise ChainviewError(
            f"the file of {what} {path} is no text{instead}: one {looked_for} a line was looked for"
        ) from None


def _without_comment(text: str) -> str:
    """The call without the comment behind its last bracket; a `#` in its name or in a literal is none."""
    depth, called = 0, False
    for mark in _MARKS.finditer(text):
        if mark[0] in "([{":
            depth += 1
        elif mark[0] in ")]}":
            depth, called = depth - 1, True
        elif mark[0] == "#" and depth == 0 and called:
            return text[: mark.start()].rstrip(_BLANKS)
    return text


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
                return ChainviewError(f"{call.place}: {failure.sentence}", failure.exit_code)
    return failure

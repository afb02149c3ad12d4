"""Reading a small text file whole: settings, rules, manifests and the like, which people write by hand."""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path
from typing import Any, BinaryIO

from chainview.system.errors import words_of
from chainview.system.files.file_kind import ENOUGH, other_than_text

MOST_BYTES = 4 << 20
"""The size up to which a text file is read: what is larger was not written by hand."""


_LONG_NAME = re.compile(r"""(?<![\w"'.-])(?:[\w"'-]++[ \t]*+\.[ \t]*+){100}""")
"""A name of a hundred parts: what the parser takes for one grows with their square."""
_LONG_NUMBER = re.compile(r"(?:[=\[,\s][+-]?|[eE][+-])[0-9][0-9A-Fa-fox_.]{65536}")
"""What the parser takes some hundred times its size for: no number that anybody wrote by hand."""
_QUOTED = re.compile(
    r"""
    \"{3} (?:[^"\\]++|\\.|"(?!""))*+ "{0,5}
    | '{3} (?:[^']++|'(?!''))*+ '{0,5}
    | " (?:[^"\\\n]++|\\.)*+ "?
    | ' [^'\n]*+ '?
    | \#[^\n]*+
    """,
    re.DOTALL | re.VERBOSE,
)
"""Texts and comments, which may hold anything; where the end of one is missing the parser stops there too."""


class UnreadableText(Exception):
    """Why a file can't be read as text, to stand behind a colon."""

    def __init__(self, why: str, *, missing: bool = False) -> None:
        super().__init__(why)
        self.missing = missing
        """Whether there is no such file."""


def read_text(path: str | Path, *, kind: str = "text") -> str:
    """The text of a regular file of bounded size, without its byte order mark; raises UnreadableText."""
    data = _read(path)
    if is_kind := other_than_text(data[:ENOUGH]):
        raise UnreadableText(f"it is {is_kind}")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UnreadableText(f"it is no {kind}, which is UTF-8") from None


class NoRegularFile(OSError):
    """What has the name of a file and is a pipe, a device or the like."""


def open_regular(path: str | Path) -> BinaryIO:
    """A regular file to read bytes from; raises OSError, NoRegularFile for anything else, which is not waited for."""
    # Without waiting, so that a pipe nobody writes to is refused.
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise NoRegularFile("it is no regular file")
    return os.fdopen(descriptor, "rb")


def read_regular(path: str | Path, most: int) -> bytes:
    """What a regular file holds, up to so many bytes; raises OSError, also where there is only something to wait for.

    Such as the system's log, which has the looks of a regular file.
    """
    with open_regular(path) as file:
        data: bytes | None = file.read(most)
    if data is None:
        raise NoRegularFile("it is no regular file")
    return data


def _read(path: str | Path) -> bytes:
    try:
        data = read_regular(path, MOST_BYTES + 1)
    except OSError as error:
        raise UnreadableText(words_of(error), missing=isinstance(error, FileNotFoundError)) from None
    except ValueError:
        raise UnreadableText("that can't be the name of a file") from None
    if len(data) > MOST_BYTES:
        raise UnreadableText(f"it is larger than {MOST_BYTES >> 20} MiB")
    return data


def read_toml(path: str | Path) -> dict[str, Any]:
    """What a TOML file holds; raises UnreadableText, also for one that is no TOML."""
    return parse_toml(read_text(path, kind="TOML"))


def parse_toml(text: str) -> dict[str, Any]:
    """What a text holds that is TOML; raises UnreadableText, also for one that is none."""
    bare = _QUOTED.sub("''", text)
    if _LONG_NAME.search(bare):
        raise UnreadableText("it holds a name of a hundred parts or more")
    if _LONG_NUMBER.search(bare):
        raise UnreadableText("it holds a number that is too long")
    # Only who has such a file pays for the parser.
    import tomllib

    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UnreadableText(f"it is no valid TOML: {error}") from None
    except RecursionError:
        raise UnreadableText("it is nested too deeply") from None
    except ValueError:
        raise UnreadableText("it holds a number that is too long") from None
